"""What the worker does for the streets. A task calls a verb and adds nothing of its own."""

import logging

from celery import shared_task

from grids import cases, ladder, patrols
from grids.cases import bulk

log = logging.getLogger(__name__)

AT_MOST = 100
"""rounds in one run, so that what gathered in a standstill does not keep a worker from everything else"""


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


@shared_task(name="grids.run_clocks")
def run_clocks() -> None:
    """End the waits that are over, climb the ladder for every case whose clock asks for it, then tell people."""
    for _round in range(AT_MOST):
        if not cases.end_waiting() and not ladder.climb():
            break
    if told := ladder.tell():
        log.info("%d people were told of deadlines", told)


@shared_task(name="grids.advance_batches")
def advance_batches() -> None:
    """Go on with steps that are made with many cases at once."""
    if looked_at := bulk.advance_all():
        log.info("%d cases of batches were looked at", looked_at)
