"""What the worker does for this app. A task calls a verb and adds nothing of its own."""

import logging

from celery import shared_task
from django.utils import timezone

from campaign import calendar, heartbeats, messages, outbox, tallies

log = logging.getLogger(__name__)

AT_MOST = 50
"""rounds in one run, so that a flood of marks does not keep a worker from everything else"""


@shared_task(name="campaign.heartbeat")
def heartbeat() -> None:
    """Proves that a task sent by beat reaches a worker, which reaches the database."""
    heartbeats.say("worker")


@shared_task(name="campaign.count_marked_days")
def count_marked_days() -> None:
    """Count again every day that has a mark, until there is none."""
    for _round in range(AT_MOST):
        if not tallies.count_marked():
            return


@shared_task(name="campaign.drain_outbox")
def drain_outbox() -> None:
    """Send the messages that wait, until there is none that can be sent now."""
    for _round in range(AT_MOST):
        if not outbox.drain():
            return


@shared_task(name="campaign.send_digests")
def send_digests() -> int:
    """A mail a person and day about what is unread; asked each hour, so that a missed hour costs an hour."""
    return messages.send_digests()


@shared_task(name="campaign.fill_calendar")
def fill_calendar() -> None:
    """Keep the working days of this year and the next in rows; say so loudly when the calendar has none."""
    this_year = timezone.localdate().year
    for year in (this_year, this_year + 1):
        if not calendar.is_known(year) and not calendar.fill(year):
            # The State Council publishes a year's holidays in the November before it.
            level = logging.ERROR if year == this_year else logging.WARNING
            log.log(level, "the holidays of %d are not known: deadlines count Monday to Friday", year)


@shared_task(name="campaign.audit_tallies")
def audit_tallies() -> None:
    """Count everything again and compare; every difference is an incident that is shown."""
    for incident in tallies.audit():
        log.error("count that differed: %s", incident)
