"""Writing a step of a whistle or a task with its row of history, and telling the units once it is safe."""

import datetime
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from campaign import outbox
from campaign.models import Appointment, Unit
from campaign.roles import Role
from grids.models import Whistle, WhistleEvent, WhistleLimit, WhistleTask
from grids.whistleflow import CALL, OPEN_WHISTLES, TASK_STEPS, Step, TaskState
from grids.whistles import clocks

Moment = datetime.datetime


def event_of(
    whistle: Whistle,
    name: str,
    *,
    from_state: str,
    to_state: str,
    by: Any,
    at: Moment,
    task: WhistleTask | None = None,
    unit: Unit | None = None,
    proposed: Unit | None = None,
    note: str = "",
) -> WhistleEvent:
    """A row of history, not yet saved."""
    return WhistleEvent(
        whistle=whistle,
        task=task,
        step=name,
        from_state=from_state,
        to_state=to_state,
        by=by if getattr(by, "pk", None) else None,
        at=at,
        unit=unit,
        proposed=proposed,
        note=note.strip(),
    )


def whistle_step(
    whistle: Whistle, made: Step, *, by: Any, now: Moment, note: str = "", unit: Unit | None = None
) -> WhistleEvent:
    """What a step changes in the whistle, and the row of history; nothing is saved or asked."""
    before = whistle.state
    whistle.state = made.leads_to(before)
    if made.name == "approve":
        whistle.approved_by = by
        blown(whistle, now)
    if whistle.state not in OPEN_WHISTLES:
        whistle.ended_at = now
    return event_of(
        whistle, made.name, from_state=before, to_state=whistle.state, by=by, at=now, note=note, unit=unit
    )


def blown(whistle: Whistle, now: Moment) -> None:
    """The units are called from now on; nothing is saved."""
    whistle.blown_at, whistle.blown_on = now, timezone.localdate(now)


def call_step(
    whistle: Whistle, task: WhistleTask, limit: WhistleLimit, *, by: Any, now: Moment
) -> WhistleEvent:
    """A named unit is called: its clocks run. Nothing is saved."""
    before, task.state = task.state, TaskState.CALLED
    clocks.start(task, limit, now)
    return event_of(
        whistle, CALL, task=task, from_state=before, to_state=task.state, by=by, at=now, unit=task.unit
    )


def task_step(
    whistle: Whistle,
    task: WhistleTask,
    made: Step,
    limit: WhistleLimit,
    *,
    by: Any,
    now: Moment,
    note: str = "",
    unit: Unit | None = None,
    person: str = "",
    rating: str = "",
) -> WhistleEvent:
    """What a step changes in a task, and the row of history; nothing is saved or asked.

    For the verbs, and for the demo, which writes its whistles in bulk.
    """
    before, unit_before = task.state, task.unit
    task.state = made.leads_to(before)
    given = {"note": note.strip(), "unit": unit, "person": person.strip(), "rating": rating}
    if change := _CHANGES.get(made.name):
        change(task, limit, now, given)
    return event_of(
        whistle,
        made.name,
        task=task,
        from_state=before,
        to_state=task.state,
        by=by,
        at=now,
        unit=task.unit if made.name in ("accept", "decide") else unit_before,
        proposed=unit if made.name in ("refuse", "decline") else None,
        note=note,
    )


def _sign(task: WhistleTask, limit: WhistleLimit, now: Moment, given: dict[str, Any]) -> None:
    task.signed_at = now
    task.signed_in_time = task.sign_due_at is not None and now <= task.sign_due_at


def _accept(task: WhistleTask, limit: WhistleLimit, now: Moment, given: dict[str, Any]) -> None:
    task.unit, task.proposed = task.proposed, None
    _sign(task, limit, now, given)


def _arrive(task: WhistleTask, limit: WhistleLimit, now: Moment, given: dict[str, Any]) -> None:
    task.arrived_at, task.person = now, given["person"]
    task.arrived_in_time = task.arrive_due_at is not None and now <= task.arrive_due_at
    task.report_due_at = clocks.after(limit, limit.report_minutes, now)


def _report(task: WhistleTask, limit: WhistleLimit, now: Moment, given: dict[str, Any]) -> None:
    task.reported_at, task.result = now, given["note"]


def _refuse(task: WhistleTask, limit: WhistleLimit, now: Moment, given: dict[str, Any]) -> None:
    """The proposed unit has the whole time from now on; the refusing one answers for it until then (首接负责)."""
    task.refusals += 1
    task.proposed = given["unit"]
    clocks.start(task, limit, now)


def _decline(task: WhistleTask, limit: WhistleLimit, now: Moment, given: dict[str, Any]) -> None:
    """Nobody's clock runs until the committee has decided."""
    task.refusals += 1
    task.proposed = given["unit"] if given["unit"] != task.unit else None
    task.sign_due_at = task.arrive_due_at = task.sign_due_on = task.arrive_due_on = None


def _decide(task: WhistleTask, limit: WhistleLimit, now: Moment, given: dict[str, Any]) -> None:
    task.unit, task.proposed, task.is_final = given["unit"], None, True
    clocks.start(task, limit, now)


def _redo(task: WhistleTask, limit: WhistleLimit, now: Moment, given: dict[str, Any]) -> None:
    task.reported_at = None  # the limit stays: a result that was not good enough buys no time


def _rate(task: WhistleTask, limit: WhistleLimit, now: Moment, given: dict[str, Any]) -> None:
    task.rating, task.rated_at = given["rating"], now


_CHANGES = {
    "sign": _sign,
    "accept": _accept,
    "arrive": _arrive,
    "report": _report,
    "refuse": _refuse,
    "decline": _decline,
    "decide": _decide,
    "redo": _redo,
    "rate": _rate,
}
assert set(_CHANGES) <= set(TASK_STEPS)


def tell(whistle: Whistle, task: WhistleTask, event: WhistleEvent) -> None:
    """The liaisons of the unit that must answer now hear of it by text message, if a gateway is set.

    The text names no person and no place beyond the whistle's number: who has it reads the rest on the page.
    """
    unit = task.proposed_id if task.state == TaskState.OFFERED else task.unit_id
    today = timezone.localdate(event.at)
    held = Appointment.objects.on(today).filter(role=Role.LIAISON, unit=unit).select_related("user")
    text = _("Your unit is called: %(kind)s, number %(code)s. Please sign for it by %(moment)s.") % {
        "kind": whistle.get_kind_display(),
        "code": whistle.code,
        "moment": date_format(timezone.localtime(task.sign_due_at), "DATETIME_FORMAT"),
    }
    for appointment in held:
        outbox.post(
            "sms", appointment.user.phone, text, key=f"whistle-{event.pk}-{appointment.user_id}",
            not_after=task.arrive_due_at,
        )  # fmt: skip
