"""Who of the background processes is alive: each writes a row, /healthz reads its age.

The worker's row is written by a task that beat sends through the broker, so a fresh row proves the
broker and the worker together; beat's row is written by beat itself.
"""

import logging

from django.db import DatabaseError, InterfaceError, close_old_connections
from django.utils import timezone

from campaign.models.heartbeat import Heartbeat

log = logging.getLogger(__name__)


def say(process: str) -> None:
    """Notes that `process` is alive now. One statement, so any number may say it at once."""
    Heartbeat.objects.bulk_create(
        [Heartbeat(process=process, said_at=timezone.now())],
        update_conflicts=True,
        unique_fields=["process"],
        update_fields=["said_at"],
    )


def say_quietly(process: str) -> None:
    """As `say`, for a process that must live on while the database is away."""
    close_old_connections()
    try:
        say(process)
    except (DatabaseError, InterfaceError) as error:
        log.warning("The heartbeat of %s could not be written: %s", process, type(error).__name__)


def age(process: str) -> float | None:
    """Seconds since `process` last said that it is alive; None when it never did."""
    said_at = Heartbeat.objects.filter(process=process).values_list("said_at", flat=True).first()
    return None if said_at is None else max(0.0, (timezone.now() - said_at).total_seconds())
