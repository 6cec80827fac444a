"""Making the moves of the table grids/workflow.py: locked, looked at again, refused or made."""

import datetime
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from campaign import photos
from campaign.errors import Refused
from campaign.models import Unit
from grids.cases import applications, rechecks, routing, writing
from grids.cases.people import had_a_hand_in, roles_in
from grids.cases.photos import add_photo, refuse_proof, refuse_unproven, stage_now
from grids.models import Case, CaseApplication, CaseEvent, CasePhoto
from grids.workflow import ENDED, FIXED, MOVES, Move, State

Moment = datetime.datetime

LONGEST_EXTENSION = timedelta(days=366)


def move(
    case: Case,
    name: str,
    *,
    by: Any,
    note: str = "",
    unit: Unit | None = None,
    photo: Any = None,
    due_at: Moment | None = None,
    merged_into: Case | None = None,
    undoable: bool = False,
    now: Moment | None = None,
) -> Case:
    """Make the move `name` of grids.workflow.MOVES and return the case as it then stands.

    The row is locked and looked at again first, so of two people who press at once the second is told that
    the case has moved on. Raises Refused with a sentence: not in this state, not by this person, something
    missing. Whether `by` may see the case at all is the caller's 404.
    """
    now = now or timezone.now()
    wanted = MOVES.get(name)
    if wanted is None:
        raise Refused(_("There is no such step."), "unknown_move")
    picture = photos.accept(photo) if photo else None
    with photos.together():
        case = _locked(case, merged_into)
        _refuse_move(case, wanted, by)
        _refuse_open_whistle(case, wanted)
        _refuse_lack(
            case, wanted, by, note=note, unit=unit, photo=picture, due_at=due_at, target=merged_into, now=now
        )
        if picture:
            stage = CasePhoto.Stage.AFTER if "after_photo" in wanted.needs else stage_now(case)
            add_photo(case, picture, stage, by=by, now=now)
        writing.make(
            case,
            wanted,
            by=by,
            now=now,
            note=note,
            undoable=undoable,
            unit=unit,
            due_at=due_at,
            merged_into=merged_into,
            overruled=_overruled(case, unit) if wanted.name == "dispatch" else None,
        )
    return case


def allowed(case: Case, user: Any) -> list[Move]:
    """The moves that `user` may make with `case` as it stands now, in the order of the table."""
    known = Known(case, user)
    return [wanted for wanted in MOVES.values() if _why_not(wanted, known) is None]


def _locked(case: Case, other: Case | None) -> Case:
    """The case as it stands now, locked; a second one in the order of keys, so that two merges never wait for
    each other."""
    keys = sorted({case.pk, other.pk} if other else {case.pk})
    rows = Case.objects.select_for_update(of=("self",)).filter(pk__in=keys).order_by("pk")
    found = {row.pk: row for row in rows.select_related("category", "zone", "committee")}
    if other and other.pk in found:
        other.state = found[other.pk].state
    return found[case.pk]


def _refuse_move(case: Case, wanted: Move, by: Any) -> None:
    if why := _why_not(wanted, Known(case, by)):
        raise why


def _refuse_open_whistle(case: Case, wanted: Move) -> None:
    """A case does not end over the heads of units that were called for it."""
    if wanted.goes_to in ENDED and case.whistles.open().exists():
        raise Refused(
            _("A whistle of this case is still open: close it or call it off first."), "open_whistle"
        )


class Known:
    """What must be known of a case and a person to say which moves are theirs; each thing is asked once."""

    def __init__(self, case: Case, user: Any) -> None:
        self.case, self.user = case, user

    @cached_property
    def roles(self) -> frozenset[str]:
        return roles_in(self.case, self.user)

    @cached_property
    def had_a_hand(self) -> bool:
        return had_a_hand_in(self.case, self.user)

    @cached_property
    def pending(self) -> CaseApplication | None:
        return applications.pending_of(self.case)

    @cached_property
    def recheck_is_theirs(self) -> bool:
        due = rechecks.due_of(self.case)
        return due is not None and rechecks.may_make(due, self.user)


def _why_not(wanted: Move, known: Known) -> Refused | None:
    case = known.case
    if known.roles.isdisjoint(wanted.by):
        return Refused(_("This step is not yours to make."), "role")
    if case.state not in wanted.come_from:
        state = case.get_state_display()
        return Refused(
            _("The case is now “%(state)s”, so this step cannot be made.") % {"state": state}, "state"
        )
    if wanted.second_person and known.had_a_hand:
        return Refused(_("You handled this case yourself: someone else must decide."), "second_person")
    if "recheck" in wanted.needs and not known.recheck_is_theirs:
        return Refused(_("This case was not drawn for you to re-check."), "recheck")
    return _why_not_of_requests(wanted, known)


def _why_not_of_requests(wanted: Move, known: Known) -> Refused | None:
    asks, answers = wanted.name in applications.ASKS, wanted.name in applications.ANSWERS
    if not asks and not answers:
        return None
    pending = known.pending
    if asks and pending:
        return Refused(_("A request of this case is still waiting for its answer."), "pending")
    if answers and pending and pending.by_id == known.user.pk:
        return Refused(_("You asked for it yourself: someone else must decide."), "second_person")
    if "application" in wanted.needs and not pending:
        return Refused(_("No request is waiting for an answer."), "no_application")
    if applications.is_used_up(known.case, wanted.name, timezone.localdate()):
        return Refused(_("By the street's rules this case can have no more of it."), "used_up")
    return None


def _refuse_lack(
    case: Case,
    wanted: Move,
    by: Any,
    *,
    note: str,
    unit: Unit | None,
    photo: photos.Photo | None,
    due_at: Moment | None,
    target: Case | None,
    now: Moment,
) -> None:
    if "note" in wanted.needs and not note.strip():
        raise Refused(_("Say why in a sentence."), "needs_note")
    if len(note) > CaseEvent._meta.get_field("note").max_length:
        raise Refused(_("The note is too long: at most 500 signs."), "note_too_long")
    if "unit" in wanted.needs:
        _refuse_unit(case, unit, now)
        _refuse_silent_override(case, unit, note)
    if "proposed_unit" in wanted.needs:
        _refuse_owner(case, unit, now)
    if "after_photo" in wanted.needs:
        if photo is None:
            raise Refused(_("Add a photo that shows the place after the work."), "needs_after_photo")
        refuse_proof(case, photo)
    if wanted.goes_to in FIXED:
        refuse_unproven(case)
    if "due_at" in wanted.needs:
        _refuse_due(case, due_at, now)
    if "merged_into" in wanted.needs:
        _refuse_target(case, target, by)


def _refuse_unit(case: Case, unit: Unit | None, now: Moment) -> None:
    if unit is None:
        raise Refused(_("Choose the unit that is to handle it."), "needs_unit")
    if unit.committee_id != case.committee_id:
        raise Refused(_("It belongs to another street."), "foreign")
    if unit.until and unit.until <= timezone.localdate(now):
        raise Refused(_("This unit no longer takes part: choose another."), "unit_ended")


def _overruled(case: Case, unit: Unit | None) -> Unit | None:
    """Whom the rules name for the case, where that is another than `unit`."""
    proposed = routing.proposal_for(case)
    return proposed.unit if proposed and proposed.unit != unit else None


def _refuse_silent_override(case: Case, unit: Unit | None, note: str) -> None:
    if not note.strip() and _overruled(case, unit):
        proposed = routing.proposal_for(case)
        told = {"because": proposed.because if proposed else ""}
        raise Refused(_("%(because)s Say why another unit is to handle it.") % told, "needs_override_reason")


def _refuse_owner(case: Case, unit: Unit | None, now: Moment) -> None:
    if unit is None:
        raise Refused(_("Name the unit whose it is."), "needs_proposed_unit")
    _refuse_unit(case, unit, now)
    if unit.pk == case.unit_id:
        raise Refused(_("Name another unit than the one that returns it."), "proposed_unit")


def _refuse_due(case: Case, due_at: Moment | None, now: Moment) -> None:
    if due_at is None:
        raise Refused(_("Say until when."), "needs_due_at")
    if due_at <= max(now, case.due_at or now):
        raise Refused(_("The new deadline must be later than the old one and than now."), "due_at")
    if due_at > now + LONGEST_EXTENSION:
        raise Refused(_("A deadline can be extended by a year at most."), "due_at")


def _refuse_target(case: Case, target: Case | None, by: Any) -> None:
    if target is None or not target.is_visible_to(by):
        raise Refused(_("Choose the case that this one repeats."), "needs_merged_into")
    if target.committee_id != case.committee_id:
        raise Refused(_("It belongs to another street."), "foreign")
    if target.pk == case.pk or target.state in (State.DUPLICATE, State.WITHDRAWN, State.NOT_OURS):
        raise Refused(_("Choose another case: one cannot merge into this one."), "merged_into")
