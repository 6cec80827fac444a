"""What a move writes: the state, the days that are counted, the row of history. Nobody is asked here."""

import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign import outbox
from campaign.calendar import HOURS_A_DAY, add_working_hours
from campaign.models import Unit
from grids import clocks, requests, signals
from grids.cases import applications, followers, rechecks, standing
from grids.models import Case, CaseEvent, ClockRecord
from grids.months import Months, months_of
from grids.workflow import ENDED, FIXED, Move, State

Moment = datetime.datetime


def make(
    case: Case, made: Move, *, by: Any, now: Moment, note: str = "", undoable: bool = False, **given: Any
) -> None:
    """Write the state, the days that are counted, and the row of history. Inside the caller's transaction.

    What stood before is kept with the history when the move is `undoable`; a merge always is.
    """
    kept = standing.kept_of(case) if undoable or made.name == "merge" else None
    if made.goes_to == State.WAITING:
        given["until"] = _patience(case, now)
    records = records_of(case, now) if case.is_open else []
    event = step(case, made, by=by, now=now, note=note, **given)
    event.before = kept
    case.save()
    event.save()
    applications.follow(event, given.get("due_at"))
    rechecks.follow(event)
    put_on_record(case, [*records, *records_of(case, now)])
    announce(event)
    if case.state in FIXED and event.from_state not in FIXED:
        followers.tell(case, event)
    if made.name in ("reopen", "recheck_reopens"):
        requests.begin_again(case, by=by, now=now, because=note)
    if case.state == State.WAITING:
        _ask_reporter(case, event)


def step(case: Case, made: Move, *, by: Any, now: Moment, note: str = "", **given: Any) -> CaseEvent:
    """What a move changes in the case, and the row of history that tells of it; nothing is saved or asked.

    For `move`, and for the demo year, which writes its cases in bulk.
    """
    before, unit_before = case.state, case.unit
    case.state = made.leads_to(case.state)
    if change := _CHANGES.get(made.name):
        change(case, by, now, given)
    if case.state in ENDED and before not in ENDED:
        _end(case, now)
    case.due_on = timezone.localdate(case.due_at) if case.due_at else None
    event = event_of(
        case, made.name, from_state=before, by=by, at=now, note=note.strip(), unit=case.unit or unit_before
    )
    event.proposed_unit = case.proposed_unit if made.name == "return" else given.get("overruled")
    return event


def records_of(case: Case, now: Moment, months: Months | None = None) -> list[ClockRecord]:
    """What the case's clocks have to put on record at `now`; see `clocks.records_at`."""

    def month_end(day: datetime.date) -> datetime.date:
        return (months or months_of(case.committee_id)).end_of(day)

    return clocks.records_at(case, now, month_end)


def put_on_record(case: Case, records: list[ClockRecord]) -> None:
    """Append those that are not there yet; the constraint stands behind it."""
    if not records:
        return
    runs = {record.run for record in records}
    known = set(case.clock_records.filter(run__in=runs).values_list("run", "kind"))
    fresh = {(record.run, record.kind): record for record in records}
    rows = [record for key, record in fresh.items() if key not in known]
    if rows:
        ClockRecord.objects.bulk_create(rows, ignore_conflicts=True)


def _patience(case: Case, now: Moment) -> Moment:
    """Until when a question to the reporter waits, by the street's setting."""
    days = months_of(case.committee_id).setting_on(timezone.localdate(now)).waiting_days
    return add_working_hours(now, days * HOURS_A_DAY)


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


def _dispatch(case: Case, by: Any, now: Moment, given: dict[str, Any]) -> None:
    case.unit, case.proposed_unit = given["unit"], None
    case.handler = case.handled_at = None
    clocks.start(case, now)


def _take_back(case: Case, by: Any, now: Moment, given: dict[str, Any]) -> None:
    """As if never dispatched: the next unit gets the whole time, and nobody is measured by another's."""
    case.unit = case.handler = case.handled_at = None
    case.closed_at = case.closed_on = case.closed_in_time = None
    clocks.stop(case)


def _return(case: Case, by: Any, now: Moment, given: dict[str, Any]) -> None:
    _take_back(case, by, now, given)
    case.proposed_unit = given.get("unit")


def _accept(case: Case, by: Any, now: Moment, given: dict[str, Any]) -> None:
    case.handler = by
    clocks.respond(case, now)


def _report_back(case: Case, by: Any, now: Moment, given: dict[str, Any]) -> None:
    case.handler, case.handled_at = by, now
    clocks.respond(case, now)


def _rework(case: Case, by: Any, now: Moment, given: dict[str, Any]) -> None:
    case.handled_at = None  # the deadline stays: work that was not good enough buys no time


def _extend(case: Case, by: Any, now: Moment, given: dict[str, Any]) -> None:
    clocks.extend(case, given["due_at"], now)


def _suspend(case: Case, by: Any, now: Moment, given: dict[str, Any]) -> None:
    clocks.suspend(case, now)


def _ask(case: Case, by: Any, now: Moment, given: dict[str, Any]) -> None:
    """Whoever asks has taken the case up."""
    clocks.respond(case, now)
    clocks.wait(case, now, given["until"])


def _resume(case: Case, by: Any, now: Moment, given: dict[str, Any]) -> None:
    clocks.go_on(case, now)


def _merge(case: Case, by: Any, now: Moment, given: dict[str, Any]) -> None:
    case.merged_into = given["merged_into"]


_CHANGES = {
    "dispatch": _dispatch,
    "accept": _accept,
    "return": _return,
    "report_back": _report_back,
    "rework": _rework,
    "extend": _extend,
    "suspend": _suspend,
    "resume": _resume,
    "ask": _ask,
    "answer": _resume,
    "wait_no_longer": _resume,
    "merge": _merge,
    "reopen": _take_back,
    "recheck_reopens": _take_back,
}


def _end(case: Case, now: Moment) -> None:
    case.closed_at, case.closed_on = now, timezone.localdate(now)
    clocks.end(case)
    case.closed_in_time = (case.due_at is None or now <= case.due_at) if case.state in FIXED else None


def _ask_reporter(case: Case, event: CaseEvent) -> None:
    """The question itself stands on the page of the case, not in the message."""
    if case.reporter_phone:
        text = _(
            "We have a question about what you reported. Please answer it under “Follow a report”: %(code)s."
        )
        outbox.post("sms", case.reporter_phone, text % {"code": case.code}, key=f"case-{event.pk}-asked")
