"""The two clocks of a case: how soon its unit must respond, and how soon it must be fixed.

Pure functions. They write the clock's fields of the case that they are given, and ask nothing but the working
calendar. The limits are frozen at the dispatch; a pause gives its working time back, as long as the deadline had
not passed; a new dispatch and an extension begin a new run (domain.md §4.4).
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.calendar import HOURS_A_DAY, add_working_time, take_working_time, working_time_between
from grids.models.category import LimitUnit
from grids.workflow import OPEN, PAUSED, State

if TYPE_CHECKING:
    from grids.models import Case, CaseCategory, ClockRecord

Moment = datetime.datetime
NONE = timedelta()
RUNNING = OPEN - PAUSED
"""in these states the clocks of a dispatched case run"""

WARN_PERCENT = 80
"""of a limit: from here the lamp is amber"""


# --- Limits ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Limit:
    """How much time there is, and in which time it runs."""

    value: int
    unit: str

    @property
    def amount(self) -> timedelta:
        return timedelta(hours=self.value * (HOURS_A_DAY if self.unit == LimitUnit.DAY else 1))

    def later(self, moment: Moment, amount: timedelta) -> Moment:
        """The moment when `amount` has passed since `moment`, in the time of this limit."""
        return moment + amount if self.unit == LimitUnit.URGENT else add_working_time(moment, amount)

    def earlier(self, moment: Moment, amount: timedelta) -> Moment:
        """The moment from which `amount` is left until `moment`."""
        return moment - amount if self.unit == LimitUnit.URGENT else take_working_time(moment, amount)

    def between(self, start: Moment, end: Moment) -> timedelta:
        """How much time of this limit lies between two moments."""
        return max(end - start, NONE) if self.unit == LimitUnit.URGENT else working_time_between(start, end)

    def __str__(self) -> str:
        return f"{self.value} {LimitUnit(self.unit).label}"


def fix_limit(of: Any) -> Limit:
    """The limit for fixing that a category has, or that a case was given at its dispatch; else its category's."""
    return Limit(of.fix_limit, of.fix_unit) if of.fix_limit else fix_limit(of.category)


def response_limit(of: Any) -> Limit:
    """The same for responding."""
    return Limit(of.response_limit, of.response_unit) if of.response_limit else response_limit(of.category)


def deadline(category: "CaseCategory", dispatched_at: Moment) -> Moment:
    """When a case of the category, dispatched then, must be closed."""
    limit = fix_limit(category)
    return limit.later(dispatched_at, limit.amount)


# --- Running --------------------------------------------------------------------------------------
def start(case: "Case", now: Moment) -> None:
    """Freeze both limits and let both clocks run; a new run of the case."""
    fix, response = fix_limit(case.category), response_limit(case.category)
    case.fix_limit, case.fix_unit = fix.value, fix.unit
    case.response_limit, case.response_unit = response.value, response.unit
    case.dispatched_at, case.responded_at = now, None
    case.due_at = fix.later(now, fix.amount)
    case.response_due_at = response.later(now, response.amount)
    _warn(case)
    _next_run(case, now)
    case.response_run = case.clock_run


def stop(case: "Case") -> None:
    """As if it had never been dispatched: the next unit gets the whole time."""
    case.dispatched_at = case.due_at = case.warn_at = None
    case.response_due_at = case.response_warn_at = case.responded_at = None
    end(case)


def end(case: "Case") -> None:
    """No clock of the case is looked at any more."""
    case.suspended_at = case.waiting_since = case.waiting_until = case.clock_at = None


def respond(case: "Case", now: Moment) -> None:
    """The unit has taken the case up; the first time counts."""
    case.responded_at = case.responded_at or now


def extend(case: "Case", due_at: Moment, now: Moment) -> None:
    """Give the case until `due_at`. What came due before stays due; a new run begins."""
    case.due_at = due_at
    _warn(case)
    _next_run(case, now)


def suspend(case: "Case", now: Moment) -> None:
    """Both clocks stand still until somebody lets them go on."""
    case.suspended_at, case.clock_at = now, None


def wait(case: "Case", now: Moment, until: Moment) -> None:
    """Both clocks stand still until the reporter answers, at the longest until `until`."""
    case.waiting_since, case.waiting_until, case.clock_at = now, until, None


def go_on(case: "Case", now: Moment) -> None:
    """Both clocks run again. What stood still is given back, except to a deadline that had passed before."""
    since = case.suspended_at or case.waiting_since
    end(case)
    case.clock_at = now
    if since is not None:
        stood_still(case, since, now)


def stood_still(case: "Case", since: Moment, now: Moment) -> None:
    """Give back what passed meanwhile, except to a deadline that had passed before."""
    if case.response_due_at and case.responded_at is None:
        case.response_due_at = _given_back(response_limit(case), case.response_due_at, since, now)
    if case.due_at:
        case.due_at = _given_back(fix_limit(case), case.due_at, since, now)
    _warn(case)


def look_again(case: "Case", now: Moment) -> None:
    """The sweep looks at the case next, whatever was foreseen before."""
    case.clock_at = now if case.state in RUNNING and case.due_at else None


def _given_back(limit: Limit, due: Moment, since: Moment, now: Moment) -> Moment:
    return limit.later(due, limit.between(since, now)) if since <= due else due


def _next_run(case: "Case", now: Moment) -> None:
    case.clock_run += 1
    case.clock_at = now


def _warn(case: "Case") -> None:
    if case.due_at:
        case.warn_at = at_percent(fix_limit(case), case.due_at, WARN_PERCENT)
    if case.response_due_at:
        case.response_warn_at = at_percent(response_limit(case), case.response_due_at, WARN_PERCENT)


def at_percent(limit: Limit, due: Moment, percent: int) -> Moment:
    """When so much of a limit is used up: 100 is the deadline itself, more lies behind it.

    It is counted from the deadline, so pauses and extensions are in it: at 80 a fifth of the limit is left.
    """
    if percent >= 100:
        return limit.later(due, limit.amount * (percent - 100) / 100) if percent > 100 else due
    return limit.earlier(due, limit.amount * (100 - percent) / 100)


# --- Lamps ----------------------------------------------------------------------------------------
class Lamp(models.TextChoices):
    """How a running clock stands. Each has a word, a shape and a colour; the words of `_lamp.html`."""

    ON_TRACK = "on_track", _("within the limit")
    AT_RISK = "at_risk", _("running out of time")
    BEHIND = "behind", _("past the limit")


def lamp(case: "Case", now: Moment | None = None) -> Lamp | None:
    """The lamp of the case: the worse of its clocks that run; None when none runs. `CaseQuerySet.lit` is the same."""
    lamps = [one for one in (fix_lamp(case, now), response_lamp(case, now)) if one]
    return max(lamps, key=list(Lamp).index, default=None)


def fix_lamp(case: "Case", now: Moment | None = None) -> Lamp | None:
    """How the clock for fixing stands; None when it does not run."""
    runs = case.state in RUNNING and case.due_at
    return _lamp(case.warn_at, case.due_at, now) if runs else None


def response_lamp(case: "Case", now: Moment | None = None) -> Lamp | None:
    """How the clock for responding stands; None when it does not run or has been answered."""
    runs = case.state in RUNNING and case.due_at and case.responded_at is None and case.response_due_at
    return _lamp(case.response_warn_at, case.response_due_at, now) if runs else None


def _lamp(warn_at: Moment | None, due_at: Moment | None, now: Moment | None) -> Lamp:
    now = now or timezone.now()
    if due_at and due_at < now:
        return Lamp.BEHIND
    return Lamp.AT_RISK if warn_at and warn_at < now else Lamp.ON_TRACK


def lit(lamp: str, now: Moment) -> Q:
    """The condition under which a case has that lamp, for lists: columns alone, no computing."""
    running = Q(state__in=RUNNING, due_at__isnull=False)
    waits = Q(responded_at=None)
    behind = Q(due_at__lt=now) | waits & Q(response_due_at__lt=now)
    risky = Q(warn_at__lt=now) | waits & Q(response_warn_at__lt=now)
    return {
        Lamp.BEHIND: running & behind,
        Lamp.AT_RISK: running & risky & ~behind,
        Lamp.ON_TRACK: running & ~risky & ~behind,
    }[Lamp(lamp)]


# --- What came of it ------------------------------------------------------------------------------
def records_at(
    case: "Case", now: Moment, month_end: Callable[[datetime.date], datetime.date]
) -> list["ClockRecord"]:
    """What the running run has to put on record at `now`: a deadline that came, and whether it was kept.

    Asked before and after each move and by the sweep; the same record twice is one (unique on case, run, kind).
    A deadline comes when it passes on an open case whose clock runs, or when the case is closed. `month_end` gives
    the last day of the statistical month of a day: what is closed after it no longer counts in that month.
    """
    from grids.models import ClockRecord

    made: list[ClockRecord] = []

    def note(kind: str, day: datetime.date, run: int = case.clock_run) -> None:
        made.append(
            ClockRecord(
                case=case, committee_id=case.committee_id, community_id=case.community_id, run=run,
                kind=kind, day=day, at=now,
            )
        )  # fmt: skip

    if case.dispatched_at is None:
        return made
    kinds, runs = ClockRecord.Kind, case.state in RUNNING
    if case.response_due_at and (case.responded_at or (runs and case.response_due_at <= now)):
        day = timezone.localdate(case.response_due_at)
        note(kinds.RESPONSE_DUE, day, case.response_run)
        if case.responded_at and case.responded_at <= case.response_due_at:
            note(kinds.RESPONDED_IN_TIME, day, case.response_run)
    if case.due_at and (case.state in (State.CLOSED, State.NOT_FIXED) or (runs and case.due_at <= now)):
        day = timezone.localdate(case.due_at)
        note(kinds.DUE, day)
        if case.state == State.CLOSED and case.closed_at:
            closed = timezone.localdate(case.closed_at)
            within = closed <= month_end(day)
            note(kinds.CLOSED if within else kinds.CLOSED_LATER, day if within else closed)
            if case.closed_at <= case.due_at:
                note(kinds.CLOSED_IN_TIME, day)
    return made
