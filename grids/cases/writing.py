"""What a move writes: the state, the days that are counted, the row of history. Nobody is asked here."""

import datetime
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from campaign.calendar import add_working_hours, working_time_between
from campaign.models import Unit
from grids import requests, signals
from grids.cases import followers, standing
from grids.models import Case, CaseCategory, CaseEvent, LimitUnit
from grids.workflow import ENDED, FIXED, Move

Moment = datetime.datetime


def make(
    case: Case, made: Move, *, by: Any, now: Moment, note: str = "", undoable: bool = False, **given: Any
) -> None:
    """Write the state, the days that are counted, and the row of history. Inside the caller's transaction.

    What stood before is kept with the history when the move is `undoable`; a merge always is.
    """
    kept = standing.kept_of(case) if undoable or made.name == "merge" else None
    event = step(case, made, by=by, now=now, note=note, **given)
    event.before = kept
    case.save()
    event.save()
    announce(event)
    if case.state in FIXED:
        followers.tell(case, event)
    if made.name == "reopen":
        requests.begin_again(case, by=by, now=now, because=note)


def step(case: Case, made: Move, *, by: Any, now: Moment, note: str = "", **given: Any) -> CaseEvent:
    """What a move changes in the case, and the row of history that tells of it; nothing is saved or asked.

    For `move`, and for the demo year, which writes its cases in bulk.
    """
    before, unit_before = case.state, case.unit
    case.state = made.leads_to(case.state)
    if change := _CHANGES.get(made.name):
        change(case, by, now, given)
    if case.state in ENDED:
        _end(case, now)
    case.due_on = timezone.localdate(case.due_at) if case.due_at else None
    return event_of(
        case, made.name, from_state=before, by=by, at=now, note=note.strip(), unit=case.unit or unit_before
    )


def event_of(
    case: Case, name: str, *, from_state: str, by: Any, at: Moment, note: str = "", unit: Unit | None = None
) -> CaseEvent:
    """A row of history, not yet saved."""
    return CaseEvent(
        case=case,
        move=name,
        from_state=from_state,
        to_state=case.state,
        by=by,
        at=at,
        day=timezone.localdate(at),
        unit=unit,
        note=note,
        due_at=case.due_at,
    )


def announce(event: CaseEvent) -> None:
    """Whoever listens to moves hears of this one after the commit."""
    tell = partial(signals.case_moved.send_robust, sender=Case, case_id=event.case_id, move=event.move)
    transaction.on_commit(tell, robust=True)


def deadline(category: CaseCategory, dispatched_at: Moment) -> Moment:
    """When a case of the category, dispatched then, must be closed: after its limit, in its own measure of time."""
    if category.fix_unit == LimitUnit.URGENT:
        return dispatched_at + timedelta(hours=category.fix_limit)
    return add_working_hours(dispatched_at, category.fix_hours)


def _dispatch(case: Case, by: Any, now: Moment, given: dict[str, Any]) -> None:
    case.unit = given["unit"]
    case.dispatched_at = now
    case.due_at = deadline(case.category, now)
    case.handler = case.handled_at = None


def _take_back(case: Case, by: Any, now: Moment, given: dict[str, Any]) -> None:
    """As if never dispatched: the next unit gets the whole time, and nobody is measured by another's."""
    case.unit = case.handler = case.dispatched_at = case.due_at = case.handled_at = None
    case.closed_at = case.closed_on = case.closed_in_time = case.suspended_at = None


def _accept(case: Case, by: Any, now: Moment, given: dict[str, Any]) -> None:
    case.handler = by


def _report_back(case: Case, by: Any, now: Moment, given: dict[str, Any]) -> None:
    case.handler, case.handled_at = by, now


def _rework(case: Case, by: Any, now: Moment, given: dict[str, Any]) -> None:
    case.handled_at = None  # the deadline stays: work that was not good enough buys no time


def _extend(case: Case, by: Any, now: Moment, given: dict[str, Any]) -> None:
    case.due_at = given["due_at"]


def _suspend(case: Case, by: Any, now: Moment, given: dict[str, Any]) -> None:
    case.suspended_at = now


def _resume(case: Case, by: Any, now: Moment, given: dict[str, Any]) -> None:
    if case.due_at and case.suspended_at:
        stood_still = working_time_between(case.suspended_at, now)
        case.due_at = add_working_hours(case.due_at, stood_still.total_seconds() / 3600)
    case.suspended_at = None


def _merge(case: Case, by: Any, now: Moment, given: dict[str, Any]) -> None:
    case.merged_into = given["merged_into"]


_CHANGES = {
    "dispatch": _dispatch,
    "accept": _accept,
    "return": _take_back,
    "report_back": _report_back,
    "rework": _rework,
    "extend": _extend,
    "suspend": _suspend,
    "resume": _resume,
    "merge": _merge,
    "reopen": _take_back,
}


def _end(case: Case, now: Moment) -> None:
    case.closed_at, case.closed_on = now, timezone.localdate(now)
    case.suspended_at = None
    case.closed_in_time = (case.due_at is None or now <= case.due_at) if case.state in FIXED else None
