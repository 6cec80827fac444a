"""How a whistle and its tasks are spoken of on pages."""

from typing import Any

from django.utils.translation import gettext as _

from grids.models import Whistle, WhistleEvent, WhistleTask
from grids.whistleflow import CALL, RAISE, TASK_STEPS, WHISTLE_STEPS, TaskState, WhistleState

TONES = {
    WhistleState.RAISED: "wait",
    WhistleState.BLOWN: "wait",
    WhistleState.CLOSED: "ok",
}
TASK_TONES = {
    TaskState.CALLED: "wait",
    TaskState.OFFERED: "wait",
    TaskState.TO_DECIDE: "bad",
    TaskState.SIGNED: "wait",
    TaskState.ARRIVED: "wait",
    TaskState.REPORTED: "ok",
    TaskState.RATED: "ok",
}


def tone_of(whistle: Whistle) -> dict[str, Any]:
    """Tone and word of a whistle's badge."""
    return {"tone": TONES.get(WhistleState(whistle.state), "none"), "label": whistle.get_state_display()}


def tone_of_task(task: WhistleTask) -> dict[str, Any]:
    """Tone and word of a task's badge: overdue before anything else."""
    if task.is_overdue:
        return {"tone": "late", "label": _("%(state)s, overdue") % {"state": task.get_state_display()}}
    return {"tone": TASK_TONES.get(TaskState(task.state), "none"), "label": task.get_state_display()}


def order_of(step: Any) -> str:
    """The text on the button of a step."""
    return str(step.title)[:1].upper() + str(step.title)[1:]


def said(event: WhistleEvent) -> str:
    """A line of the history, such as "签收：城管中队"."""
    plain = {RAISE: _("whistle raised"), CALL: _("unit called")}
    steps = TASK_STEPS if event.task_id else WHISTLE_STEPS
    title = plain.get(event.step) or order_of(steps[event.step])
    if event.task_id and event.unit:
        title = f"{title}{_(': ')}{event.unit.name}"
    return f"{title} → {event.proposed.name}" if event.proposed else title
