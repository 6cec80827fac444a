"""/healthz: is everything that the portal consists of alive? For load balancers, bin/serve and people."""

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import redis
from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from campaign import calendar, heartbeats

# Seconds of silence after which a process counts as down: three of the worker's heartbeats, four of beat's.
LONGEST_SILENCE = {"worker": 100, "beat": 60}
BROKER_PATIENCE = 1.0  # seconds

State = dict[str, Any]


@never_cache
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when database, broker, worker and beat are well, else 503; the same JSON either way.

    Each part has `state` ("ok" or "down") and what was measured: `ms` for an answer, `age` in seconds since
    a process was last heard. `calendar` is a warning alone: in a year whose holidays nobody has entered, every
    deadline is a guess, and the portal runs all the same. It names no person, no address and no version.
    """
    database = _timed(_ask_database)
    parts = {
        "database": database,
        "broker": _timed(_ask_broker),
        **{process: _heard(process, database) for process in LONGEST_SILENCE},
    }
    well = all(part["state"] == "ok" for part in parts.values())
    told = {"status": "ok" if well else "down", **parts, "calendar": _calendar(database)}
    return JsonResponse(told, status=200 if well else 503)


class ProbesComeFirst:
    """A load balancer asks by address and without TLS: answered ahead of the rules for people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return healthz(request) if request.path == "/healthz" else self.get_response(request)


def _timed(ask: Callable[[], None]) -> State:
    began = time.monotonic()
    try:
        ask()
    except (DatabaseError, InterfaceError, redis.RedisError, OSError) as error:
        return {"state": "down", "why": type(error).__name__}
    return {"state": "ok", "ms": round((time.monotonic() - began) * 1000, 1)}


def _ask_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


def _ask_broker() -> None:
    if settings.REDIS_URL:
        patience = {"socket_connect_timeout": BROKER_PATIENCE, "socket_timeout": BROKER_PATIENCE}
        with redis.Redis.from_url(settings.REDIS_URL, retry=None, **patience) as client:
            client.ping()
        return
    folder = Path(settings.CELERY_BROKER_TRANSPORT_OPTIONS["data_folder_out"])
    if not os.access(folder, os.W_OK | os.X_OK):
        raise NotADirectoryError(folder)


def _calendar(database: State) -> str:
    """Whether the working days that deadlines need now are in rows; "unknown" where the database cannot tell."""
    if database["state"] == "down":
        return "unknown"
    try:
        return "unknown year" if calendar.unknown_years(timezone.localdate()) else "ok"
    except (DatabaseError, InterfaceError):
        return "unknown"


def _heard(process: str, database: State) -> State:
    """Says how long ago a process was heard, as far as the database can tell."""
    if database["state"] == "down":
        return {"state": "down", "age": None}
    try:
        age = heartbeats.age(process)
    except (DatabaseError, InterfaceError):
        return {"state": "down", "age": None}
    well = age is not None and age <= LONGEST_SILENCE[process]
    return {"state": "ok" if well else "down", "age": None if age is None else round(age, 1)}
