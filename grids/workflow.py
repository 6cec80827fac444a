"""The life of a case as a table that one can read aloud.

Seven stages as in GB/T 30428: received, filed, dispatched, handling, handled (reported back), verified,
closed; and beside them: return for wrong department, extension, suspension, a question to the reporter, merging,
reopening.
"""

from dataclasses import dataclass

from django.db import models
from django.utils.translation import gettext_lazy as _

from campaign.roles import Role


class State(models.TextChoices):
    RECEIVED = "received", _("received")
    FILED = "filed", _("filed")
    DISPATCHED = "dispatched", _("dispatched")
    HANDLING = "handling", _("being handled")
    HANDLED = "handled", _("handled, to be verified")
    WAITING = "waiting", _("waiting for the reporter")
    SUSPENDED = "suspended", _("suspended")
    CLOSED = "closed", _("closed, fixed")
    NOT_FIXED = "not_fixed", _("closed, not fixed")
    NOT_OURS = "not_ours", _("not ours")
    DUPLICATE = "duplicate", _("duplicate")
    WITHDRAWN = "withdrawn", _("withdrawn")


OPEN = frozenset(
    {
        State.RECEIVED,
        State.FILED,
        State.DISPATCHED,
        State.HANDLING,
        State.HANDLED,
        State.WAITING,
        State.SUSPENDED,
    }
)
PAUSED = frozenset({State.WAITING, State.SUSPENDED})
"""open, and no clock runs"""
FIXED = frozenset({State.CLOSED})
ENDED = frozenset(State) - OPEN

# Besides those who are appointed, one party of the case itself may make a move.
REPORTER = "reporter"
"""whoever reported the case"""

REPORT = "report"
"""the name of the event with which every history begins; no move of the table"""

UNDO = "undo"
"""the name of the event that takes the last move back; where it leads is kept with that move"""


@dataclass(frozen=True)
class Move:
    """One line of the table: from which states, to which, by whom."""

    name: str
    title: object
    come_from: frozenset[State]
    goes_to: State | None
    """None: the case stays where it is"""
    by: frozenset[str]
    needs: frozenset[str] = frozenset()
    """what must be said with it: "unit", "note", "after_photo", "merged_into", "due_at" """
    second_person: bool = False
    """whether whoever handled the case, or ever reported it as handled, may not make it"""

    def leads_to(self, state: str) -> State:
        """Where a case in `state` is after this move."""
        return State(state) if self.goes_to is None else self.goes_to


DISPATCHERS = frozenset({Role.OFFICIAL, Role.ZONE_LEADER})
HANDLERS = frozenset({Role.LIAISON, Role.ZONE_LEADER, Role.SECRETARY, Role.CLERK, Role.PATROLLER})
ASKERS = HANDLERS | {Role.OFFICIAL}
VERIFIERS = frozenset({Role.OFFICIAL, Role.ZONE_LEADER, Role.SECRETARY, Role.PATROLLER})


def _move(
    name: str,
    title: object,
    come_from: set[State],
    goes_to: State | None,
    by: frozenset[str],
    *needs: str,
    second_person: bool = False,
) -> Move:
    return Move(name, title, frozenset(come_from), goes_to, by, frozenset(needs), second_person)


S = State
MOVES: dict[str, Move] = {
    move.name: move
    for move in (
        _move("file", _("file"), {S.RECEIVED}, S.FILED, DISPATCHERS),
        _move("dispatch", _("dispatch"), {S.RECEIVED, S.FILED}, S.DISPATCHED, DISPATCHERS, "unit"),
        _move("accept", _("accept"), {S.DISPATCHED}, S.HANDLING, HANDLERS),
        _move(
            "report_back",
            _("report as handled"),
            {S.DISPATCHED, S.HANDLING},
            S.HANDLED,
            HANDLERS,
            "after_photo",
        ),
        _move("return", _("return as not ours"), {S.DISPATCHED, S.HANDLING}, S.FILED, HANDLERS, "note"),
        _move("verify", _("verify and close"), {S.HANDLED}, S.CLOSED, VERIFIERS, second_person=True),
        _move(
            "rework",
            _("send back for rework"),
            {S.HANDLED},
            S.DISPATCHED,
            VERIFIERS,
            "note",
            second_person=True,
        ),
        _move(
            "extend",
            _("extend the deadline"),
            {S.DISPATCHED, S.HANDLING},
            None,
            DISPATCHERS,
            "due_at",
            "note",
        ),
        _move("suspend", _("suspend"), {S.DISPATCHED, S.HANDLING}, S.SUSPENDED, DISPATCHERS, "note"),
        _move("resume", _("resume"), {S.SUSPENDED}, S.DISPATCHED, DISPATCHERS),
        _move("ask", _("ask the reporter"), {S.DISPATCHED, S.HANDLING}, S.WAITING, ASKERS, "note"),
        _move("answer", _("note the answer"), {S.WAITING}, S.HANDLING, ASKERS | {REPORTER}, "note"),
        _move("wait_no_longer", _("go on without an answer"), {S.WAITING}, S.HANDLING, ASKERS),
        _move(
            "close_not_fixed",
            _("close as not fixed"),
            {S.FILED, S.HANDLED, S.SUSPENDED},
            S.NOT_FIXED,
            DISPATCHERS,
            "note",
        ),
        _move("reject", _("reject as not ours"), {S.RECEIVED, S.FILED}, S.NOT_OURS, DISPATCHERS, "note"),
        _move(
            "merge",
            _("merge into another"),
            {S.RECEIVED, S.FILED, S.DISPATCHED},
            S.DUPLICATE,
            DISPATCHERS,
            "merged_into",
        ),
        _move("withdraw", _("withdraw"), {S.RECEIVED, S.FILED}, S.WITHDRAWN, frozenset({REPORTER})),
        _move("reopen", _("reopen"), {S.CLOSED, S.NOT_FIXED, S.NOT_OURS}, S.FILED, DISPATCHERS, "note"),
    )
}
