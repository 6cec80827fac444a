"""What the worker does for the streets. A task calls a verb and adds nothing of its own."""

import logging

from celery import shared_task

from grids import patrols

log = logging.getLogger(__name__)


@shared_task(name="grids.schedule_patrols")
def schedule_patrols() -> None:
    """Fill every plan for the coming 14 days, and with all that was left out since."""
    if made := patrols.schedule():
        log.info("%d patrols were scheduled", made)


@shared_task(name="grids.note_missed_patrols")
def note_missed_patrols() -> None:
    """Own up to the patrols whose window has passed."""
    if missed := patrols.note_missed():
        log.info("%d patrols were missed", missed)
