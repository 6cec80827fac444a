"""By when a called unit must sign, arrive and report: real time for the urgent, working time for the others."""

import datetime
from datetime import timedelta

from django.utils import timezone

from campaign.calendar import add_working_hours
from campaign.models import Committee
from grids.models import WhistleLimit, WhistleTask
from grids.whistleflow import Kind

Moment = datetime.datetime

A_WORKING_DAY = 480  # minutes
USUAL: dict[str, dict[str, object]] = {
    # Where the whistle comes from (Pinggu, 2017) departments had to be there within 30 minutes.
    Kind.URGENT: {
        "clock": WhistleLimit.Clock.REAL,
        "sign_minutes": 10,
        "arrive_minutes": 30,
        "report_minutes": 24 * 60,
        "skips_approval": True,
    },
    Kind.JOINT: {
        "clock": WhistleLimit.Clock.WORKING,
        "sign_minutes": A_WORKING_DAY // 2,
        "arrive_minutes": 2 * A_WORKING_DAY,
        "report_minutes": 15 * A_WORKING_DAY,
        "skips_approval": False,
    },
    Kind.DAILY: {
        "clock": WhistleLimit.Clock.WORKING,
        "sign_minutes": A_WORKING_DAY,
        "arrive_minutes": 3 * A_WORKING_DAY,
        "report_minutes": 7 * A_WORKING_DAY,
        "skips_approval": False,
    },
}
"""what holds where a committee has set nothing of its own"""


def limits_of(committee: Committee | int, kind: str) -> WhistleLimit:
    """The limits that hold today for a kind of whistle in a street: its newest row in force, else the usual ones,
    not saved."""
    key = committee if isinstance(committee, int) else committee.pk
    rows = WhistleLimit.objects.filter(committee=key, kind=kind, since__lte=timezone.localdate())
    return rows.order_by("-since").first() or WhistleLimit(committee_id=key, kind=kind, **USUAL[kind])


def after(limit: WhistleLimit, minutes: int, start: Moment) -> Moment:
    """The moment when so many minutes have passed since `start`, by the clock of the limit."""
    if limit.clock == WhistleLimit.Clock.REAL:
        return start + timedelta(minutes=minutes)
    return add_working_hours(start, minutes / 60)


def start(task: WhistleTask, limit: WhistleLimit, at: Moment) -> None:
    """Let the clocks of signing and arriving run from `at`; nothing is saved."""
    task.called_at = at
    task.sign_due_at = after(limit, limit.sign_minutes, at)
    task.arrive_due_at = after(limit, limit.arrive_minutes, at)
    task.sign_due_on = timezone.localdate(task.sign_due_at)
    task.arrive_due_on = timezone.localdate(task.arrive_due_at)
