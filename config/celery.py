"""The Celery application. Beat only says "wake up"; what is due stands in the database."""

import os
import time
from typing import Any

from celery import Celery
from celery.beat import PersistentScheduler
from celery.signals import worker_ready

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()

HEARTBEAT_SECONDS = 15


class HeartbeatScheduler(PersistentScheduler):
    """Celery's own scheduler, which also says that it is alive: /healthz reads that row.

    The row is written from `tick`, not from a thread beside it, so a scheduler that hangs falls silent.
    """

    _said_at = 0.0

    def tick(self, *args: Any, **kwargs: Any) -> float:
        wait = super().tick(*args, **kwargs)
        if time.monotonic() - self._said_at >= HEARTBEAT_SECONDS:
            from campaign import heartbeats

            heartbeats.say_quietly("beat")
            self._said_at = time.monotonic()
        return min(wait, HEARTBEAT_SECONDS)


@app.on_after_finalize.connect
def _read_timetable(sender: Celery, **kwargs: Any) -> None:
    from config.timetable import TIMETABLE

    sender.conf.beat_schedule = {name: {**entry, **_stale(entry)} for name, entry in TIMETABLE.items()}


def _stale(entry: dict[str, Any]) -> dict[str, Any]:
    """Bells that nobody heard are thrown away, or a worker that was gone for a day would find thousands.

    Never in less than ten minutes, so that hosts whose clocks differ a little understand each other.
    """
    schedule = entry["schedule"]
    return {"options": {"expires": max(600, schedule) if isinstance(schedule, float) else 6 * 3600}}


@worker_ready.connect
def _say_at_once(sender: Any, **kwargs: Any) -> None:
    """A new worker sends itself the first heartbeat, so that a start is not called down for half a minute."""
    app.send_task("campaign.heartbeat", retry=False)
    app.send_task("campaign.fill_calendar", retry=False)  # a deadline in an unknown year is a guess
