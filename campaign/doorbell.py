"""Wakes the worker after a fact is safely in the database.

A ring is a courtesy: every task finds by itself, from the database, all that is due, and beat calls it
every few seconds anyway. So a dead broker delays, and never fails a request or loses a fact.
"""

import logging
import time
from functools import partial
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import transaction
from kombu import Connection, pools

log = logging.getLogger(__name__)

PATIENCE = 0.4  # seconds that a request waits for a silent broker
SILENCE = 15.0  # seconds for which a dead broker is not tried again

_silent_until = 0.0


def ring(task_name: str, *args: Any) -> None:
    """Sends the task of that name once the running transaction is committed; nothing if it rolls back.

    `args` must be JSON values and never personal data: ids and days, not names and phones. Raises nothing
    when the broker is away.
    """
    if settings.DOORBELL:
        transaction.on_commit(partial(_send, task_name, args), robust=True)


def _send(task_name: str, args: tuple[Any, ...]) -> None:
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    try:
        with pools.producers[_connection()].acquire(block=True, timeout=PATIENCE) as producer:
            current_app.send_task(task_name, args=args, producer=producer, retry=False)
    except Exception as error:  # every transport has errors of its own, and none may reach the request
        _silent_until = time.monotonic() + SILENCE
        log.warning(
            "The broker does not answer (%s); tasks wait for the next sweep. Not tried again for %d s.",
            type(error).__name__,
            SILENCE,
        )


def _connection() -> Connection:
    """The broker with a short patience; equal connections share one pool."""
    hurry = {
        "socket_connect_timeout": PATIENCE,
        "socket_timeout": PATIENCE,
        "retry_on_timeout": False,
        "max_retries": 0,
        "interval_start": 0,
    }
    usual = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    options = {**usual, **hurry} if settings.REDIS_URL else usual
    return Connection(settings.CELERY_BROKER_URL, connect_timeout=PATIENCE, transport_options=options)
