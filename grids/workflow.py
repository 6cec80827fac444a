"""The life of a case as a table that one can read aloud.

Seven stages as in GB/T 30428: received, filed, dispatched, handling, handled (reported back), verified,
closed; and beside them: return for wrong department with the owner one proposes, extension and suspension (asked
for by who handles, granted or refused by who dispatches), a question
to the reporter, the random re-check after closing, merging, reopening.
"""

from collections.abc import Set
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
    """what must be said with it: "unit", "proposed_unit", "note", "after_photo", "merged_into", "due_at"; or what
    must be there: "application", a request that waits for its answer, and "recheck", one drawn for the person"""
    second_person: bool = False
    """whether whoever handled the case, or ever reported it as handled, may not make it"""

    def leads_to(self, state: str) -> State:
        """Where a case in `state` is after this move."""
        return State(state) if self.goes_to is None else self.goes_to


DISPATCHERS = frozenset({Role.OFFICIAL, Role.ZONE_LEADER})
HANDLERS = frozenset({Role.LIAISON, Role.ZONE_LEADER, Role.SECRETARY, Role.CLERK, Role.PATROLLER})
ASKERS = HANDLERS | {Role.OFFICIAL}
VERIFIERS = frozenset({Role.OFFICIAL, Role.ZONE_LEADER, Role.SECRETARY, Role.PATROLLER})
CHECKERS = frozenset({Role.OFFICIAL, Role.ZONE_LEADER, Role.SECRETARY, Role.CLERK})
"""who may be drawn for a random re-check: they see every case of their place"""
WITH_A_UNIT = frozenset({State.DISPATCHED, State.HANDLING})
"""a unit works at it, and may ask for more time or to suspend it"""


def _move(
    name: str,
    title: object,
    come_from: Set[State],
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
        _move(
            "return",
            _("return as not ours"),
            {S.DISPATCHED, S.HANDLING},
            S.FILED,
            HANDLERS,
            "proposed_unit",
            "note",
        ),
        _move("ask_extension", _("ask for more time"), WITH_A_UNIT, None, HANDLERS, "due_at", "note"),
        _move("ask_suspension", _("ask to suspend it"), WITH_A_UNIT, None, HANDLERS, "note"),
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
            WITH_A_UNIT,
            None,
            DISPATCHERS,
            "due_at",
            "note",
            second_person=True,
        ),
        _move("suspend", _("suspend"), WITH_A_UNIT, S.SUSPENDED, DISPATCHERS, "note", second_person=True),
        _move(
            "refuse_application",
            _("refuse the request"),
            WITH_A_UNIT,
            None,
            DISPATCHERS,
            "application",
            "note",
            second_person=True,
        ),
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
            second_person=True,
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
        _move(
            "recheck_stays",
            _("re-check: it is fixed"),
            {S.CLOSED},
            None,
            CHECKERS,
            "recheck",
            second_person=True,
        ),
        _move(
            "recheck_reopens",
            _("re-check: open it again"),
            {S.CLOSED},
            S.FILED,
            CHECKERS,
            "recheck",
            "note",
            second_person=True,
        ),
        _move("reopen", _("reopen"), {S.CLOSED, S.NOT_FIXED, S.NOT_OURS}, S.FILED, DISPATCHERS, "note"),
    )
}
