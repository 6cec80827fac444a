"""A handler asks for more time or to suspend; who dispatches grants or refuses, with a reason.

Asking and answering are moves of the table like all others (ask_extension, ask_suspension, extend, suspend,
refuse_application); this module keeps the paper beside them. A request lapses when the case leaves its unit.
"""

import datetime
from collections.abc import Mapping

from grids.models import Case, CaseApplication, CaseEvent, CaseRules
from grids.workflow import WITH_A_UNIT
from grids.workflow import State as CaseState

Kind, State = CaseApplication.Kind, CaseApplication.State
ASKS: Mapping[str, str] = {"ask_extension": Kind.EXTENSION, "ask_suspension": Kind.SUSPENSION}
GRANTS: Mapping[str, str] = {"extend": Kind.EXTENSION, "suspend": Kind.SUSPENSION}
ANSWERS = frozenset({*GRANTS, "refuse_application"})


def pending_of(case: Case) -> CaseApplication | None:
    """The request that waits for its answer."""
    return case.applications.filter(state=State.PENDING).select_related("by").first()


def is_used_up(case: Case, move: str, day: datetime.date) -> bool:
    """Whether the street's rules let the case have no more of what the move asks for or grants."""
    kind = ASKS.get(move) or GRANTS.get(move)
    if kind is None:
        return False
    rules = CaseRules.of(case.committee_id, day)
    granting, most = (
        ("extend", rules.most_extensions) if kind == Kind.EXTENSION else ("suspend", rules.most_suspensions)
    )
    given = case.events.filter(move=granting).count()
    return given - case.events.filter(undone=granting).count() >= most


def follow(event: CaseEvent, until: datetime.datetime | None) -> None:
    """What a move that was just made means for the requests of its case. Inside the mover's transaction."""
    case = event.case
    if kind := ASKS.get(event.move):
        CaseApplication.objects.create(
            case=case, kind=kind, by=event.by, at=event.at, reason=event.note, until=until
        )
        return
    pending = pending_of(case)
    if pending is None or (state := _answer(event, pending)) is None:
        return
    pending.state, pending.answered_at = state, event.at
    if state != State.LAPSED:
        pending.answered_by, pending.answer = event.by, event.note
    pending.save()


def unfollow(event: CaseEvent) -> None:
    """The move was taken back: what it asked for was not asked, what it answered waits again."""
    case = event.case
    if event.move in ASKS:
        case.applications.filter(at=event.at, state=State.PENDING).delete()
        return
    answered = case.applications.filter(answered_at=event.at)
    answered.update(state=State.PENDING, answered_by=None, answered_at=None, answer="")


def _answer(event: CaseEvent, pending: CaseApplication) -> str | None:
    if event.move == "refuse_application":
        return State.REFUSED
    if GRANTS.get(event.move) == pending.kind:
        return State.GRANTED
    return None if event.to_state in WITH_A_UNIT | {CaseState.WAITING} else State.LAPSED
