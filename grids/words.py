"""How a case is spoken of: to those who work on it, and in plain words to whoever reported it."""

import datetime
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from grids import clocks
from grids.models import Case, CaseEvent, LadderRung, Request
from grids.models.request import TO_BE_CALLED_BACK
from grids.workflow import ENDED, MOVES, PAUSED, REPORT, UNDO, Move, State

TONES = {
    State.RECEIVED: "wait",
    State.FILED: "wait",
    State.DISPATCHED: "wait",
    State.HANDLING: "wait",
    State.HANDLED: "wait",
    State.WAITING: "none",
    State.SUSPENDED: "none",
    State.CLOSED: "ok",
    State.NOT_FIXED: "none",
}
# What a resident reads; never the office's word for it.
PUBLIC = {
    State.RECEIVED: gettext_lazy("We have your report and will look at it."),
    State.FILED: gettext_lazy("We have looked at it and will say who takes care of it."),
    State.DISPATCHED: gettext_lazy("It was handed to those who take care of it."),
    State.HANDLING: gettext_lazy("It is being taken care of."),
    State.HANDLED: gettext_lazy("The work is done; somebody else is checking it."),
    State.WAITING: gettext_lazy("We have a question for you."),
    State.SUSPENDED: gettext_lazy("It needs more time than usual; we stay with it."),
    State.CLOSED: gettext_lazy("It is fixed and was checked."),
    State.NOT_FIXED: gettext_lazy("It could not be fixed for now."),
    State.NOT_OURS: gettext_lazy("It is not for the street to decide."),
    State.DUPLICATE: gettext_lazy("It was already reported and is followed there."),
    State.WITHDRAWN: gettext_lazy("The report was withdrawn."),
}
TO_DISPATCH = frozenset({State.RECEIVED, State.FILED})
WAITS = {
    State.RECEIVED: gettext_lazy("It waits for somebody to say who handles it."),
    State.FILED: gettext_lazy("It waits for somebody to say who handles it."),
    State.DISPATCHED: gettext_lazy("It waits for %(unit)s to take it up."),
    State.HANDLING: gettext_lazy("%(unit)s is at work; a photo of afterwards is to come."),
    State.HANDLED: gettext_lazy("It waits for a second person to look at it."),
    State.SUSPENDED: gettext_lazy("It is suspended: the clock stands still."),
    State.WAITING: gettext_lazy("It waits for the reporter's answer: the clock stands still."),
}
# Events that are no moves of the table.
BESIDE_THE_TABLE = {
    REPORT: gettext_lazy("reported"),
    UNDO: gettext_lazy("The last step was taken back"),
}
STEPS = (
    (gettext_lazy("Reported"), frozenset()),
    (gettext_lazy("Handed on"), frozenset({"dispatch"})),
    (gettext_lazy("Work done"), frozenset({"report_back"})),
    (
        gettext_lazy("Checked and closed"),
        frozenset({"verify", "close_not_fixed", "reject", "merge", "withdraw"}),
    ),
)


_DAYS = {
    "MO": gettext_lazy("Mon"), "TU": gettext_lazy("Tue"), "WE": gettext_lazy("Wed"), "TH": gettext_lazy("Thu"),
    "FR": gettext_lazy("Fri"), "SA": gettext_lazy("Sat"), "SU": gettext_lazy("Sun"),
}  # fmt: skip


def rule_in_words(rule: str) -> str:
    """A recurrence rule as it is spoken, where that is short; else as it is written."""
    parts = dict(part.partition("=")[::2] for part in rule.upper().split(";"))
    step = int(parts.pop("INTERVAL", "1") or 1)
    kind, days = parts.pop("FREQ", ""), parts.pop("BYDAY", "").split(",")
    if kind == "DAILY" and not parts and days == [""]:
        return _("every day") if step == 1 else _("every %(number)d days") % {"number": step}
    if kind == "WEEKLY" and not parts and set(days) <= set(_DAYS):
        named = _(", ").join(str(_DAYS[day]) for day in days)
        every = _("every week on %(days)s") if step == 1 else _("every %(number)d weeks on %(days)s")
        return every % {"days": named, "number": step}
    return rule


def tone_of(case: Case) -> dict[str, Any]:
    """Tone and word of the case's badge; how its time stands is said by the lamp beside it."""
    return {"tone": TONES.get(State(case.state), "none"), "label": case.get_state_display()}


def lamp_of(case: Case) -> dict[str, Any] | None:
    """Shape and word of the case's lamp, and which clock it is; None when it has no clock."""
    if case.state in PAUSED and case.due_at:
        return {"state": "", "label": _("clock stopped")}
    fix, response = clocks.fix_lamp(case), clocks.response_lamp(case)
    if fix is None:
        return None
    if response and list(clocks.Lamp).index(response) > list(clocks.Lamp).index(fix):
        return {"state": response, "label": _("response %(lamp)s") % {"lamp": response.label}}
    return {"state": fix, "label": fix.label}


def rung(row: LadderRung) -> str:
    """A rung as one says it: "handling: at 80 % of the limit"."""
    told = {"clock": row.get_clock_display(), "percent": row.percent, "hours": row.hours}
    if row.hours and row.percent == 100:
        return _("%(clock)s: %(hours)s hours past the limit") % told
    if row.hours:
        return _("%(clock)s: %(hours)s hours after %(percent)s%% of the limit") % told
    return _("%(clock)s: at %(percent)s%% of the limit") % told


def public_state(case: Case, *, asked: bool = False) -> dict[str, Any]:
    """The same for a resident: how it stands, in a sentence. Only who is `asked` something hears of a question."""
    state = State(case.state)
    if state == State.WAITING and not asked:
        state = State.HANDLING
    return {"tone": TONES.get(state, "none"), "label": PUBLIC[state]}


def of_another(case: Case) -> str:
    """The same to somebody who has not reported it: nothing in it is said to "you"."""
    said_to_you = case.state in (State.RECEIVED, State.WAITING)
    return _("It is on file and is being looked at.") if said_to_you else str(PUBLIC[State(case.state)])


def public_steps(case: Case, reported_at: datetime.datetime | None = None) -> list[dict[str, Any]]:
    """The four steps that a resident sees, with the day of each that was reached since it last began anew.

    `reported_at` is the reader's own day, where theirs was not the first report of it.
    """
    begun = {0: reported_at or case.reported_at}
    reached: dict[int, Any] = dict(begun)
    earlier = [reached]
    for event in case.events.order_by("at", "pk"):
        if event.move == UNDO:
            reached = earlier.pop() if earlier else dict(begun)
            continue
        earlier.append(dict(reached))
        if event.move in ("reopen", "recheck_reopens", "return"):
            reached = dict(begun)
        if event.move == "rework":
            reached.pop(2, None)
        for number, (_title, moves) in enumerate(STEPS):
            if event.move in moves:
                reached[number] = event.at
    last = max(reached)
    ended = case.state in ENDED
    steps = [
        {"title": title, "at": reached.get(number), "done": number in reached, "now": number == last + 1}
        for number, (title, _moves) in enumerate(STEPS)
    ]
    return [step for step in steps if step["done"] or not ended]


def waits_for(case: Case) -> str:
    """Whom an open case waits for, in a sentence; nothing for one that has ended."""
    if case.state not in WAITS:
        return ""
    return str(WAITS[State(case.state)]) % {"unit": case.unit}


def order_of(move: Move, *, grants: bool = False) -> str:
    """The text on the button of a move, which may be the answer to a request."""
    if grants:
        return _("Grant the request")
    return str(move.title)[:1].upper() + str(move.title)[1:]


def said(event: CaseEvent) -> str:
    """A line of the history, such as "dispatch: 城管中队"."""
    title = (
        str(BESIDE_THE_TABLE[event.move]) if event.move in BESIDE_THE_TABLE else order_of(MOVES[event.move])
    )
    if event.move == "return" and event.proposed_unit:
        told = {"unit": event.unit, "proposed": event.proposed_unit}
        return f"{title}{_(': ')}{_('%(unit)s → %(proposed)s') % told}"
    return (
        f"{title}{_(': ')}{event.unit.name}" if event.move in ("dispatch", "return") and event.unit else title
    )


REQUEST_TONES = {
    Request.State.OPEN: "wait",
    Request.State.HEARD: "ok",
    Request.State.UNREACHED: "none",
    Request.State.NOBODY: "none",
}


def tone_of_request(request: Request) -> dict[str, Any]:
    """Tone and word of a request's badge: which call is due, and whether it is late."""
    if request.is_late:
        return {"tone": "late", "label": _("not contacted in time")}
    if request.state == Request.State.OPEN and request.case.is_open:
        told = _("contacted") if request.responded_at else _("to be contacted")
        return {"tone": "ok" if request.responded_at else "wait", "label": told}
    if request.state == Request.State.OPEN and request.case.state not in TO_BE_CALLED_BACK:
        return {"tone": "none", "label": _("no call-back due")}
    return {"tone": REQUEST_TONES[Request.State(request.state)], "label": request.get_state_display()}
