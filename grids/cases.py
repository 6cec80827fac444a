"""What can be done with a case. `open` and `move` alone write a case's state, and its history with it.

The table of moves is grids/workflow.py; this module asks it, inside one transaction, with the case locked.
"""

import datetime
import uuid
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign import outbox, photos
from campaign.calendar import add_working_hours, working_time_between
from campaign.errors import Refused
from campaign.models import Appointment, Committee, Community, Unit
from campaign.once import write_once
from campaign.roles import COMMITTEE_WIDE, COMMUNITY_WIDE, Role
from campaign.scoping import reach_of
from grids import signals
from grids.models import Case, CaseCategory, CaseEvent, CasePhoto, Point, Zone
from grids.workflow import ENDED, FIXED, MOVES, REPORT, REPORTER, Move, State

Moment = datetime.datetime

LONGEST_EXTENSION = timedelta(days=366)
_RELATIONS = [field.name for field in Case._meta.fields if field.is_relation]


# --- Opening --------------------------------------------------------------------------------------
def open(
    *,
    committee: Committee,
    community: Community,
    category: CaseCategory,
    description: str,
    source: str,
    by: Any = None,
    zone: Zone | None = None,
    point: Point | None = None,
    address: str = "",
    longitude: Decimal | None = None,
    latitude: Decimal | None = None,
    photo: Any = None,
    reporter_phone: str = "",
    form_key: uuid.UUID | None = None,
    unit: Unit | None = None,
    now: Moment | None = None,
) -> Case:
    """Put a problem on file and return its case; the same `form_key` again returns the first one's case.

    A patrol's case goes at once to `unit`, or to whom `route` names. A point gives its zone, address and
    coordinates where none are given. Raises Refused when the parts belong to different streets or the person
    may not, ValidationError for values that cannot be stored or a photo that cannot be read.
    """
    now = now or timezone.now()
    picture = photos.accept(photo) if photo else None
    if first := _opened_before(form_key, committee, by):
        return first
    _refuse_foreign(committee, community=community, category=category, zone=zone, point=point, unit=unit)
    case = Case(
        committee=committee,
        community=community,
        category=category,
        zone=zone or (point.zone if point else zone_of(community, timezone.localdate(now))),
        point=point,
        source=source,
        description=" ".join(description.split()),
        address=address or (point.address or point.name if point else ""),
        longitude=longitude if longitude is not None or not point else point.longitude,
        latitude=latitude if latitude is not None or not point else point.latitude,
        reporter=by if getattr(by, "pk", None) else None,
        reporter_phone=reporter_phone,
        reported_at=now,
        reported_on=timezone.localdate(now),
        form_key=form_key,
    )
    case.clean_fields(exclude=_RELATIONS)
    if source == Case.Source.OFFICE and not roles_in(case, by) - {REPORTER}:
        raise Refused(_("Only the street, the community or the zone leader can enter a case here."), "role")
    return write_once(
        lambda: _put_on_file(case, picture, unit), lambda: _opened_before(form_key, committee, by)
    )


def _opened_before(form_key: uuid.UUID | None, committee: Committee, by: Any) -> Case | None:
    case = Case.objects.filter(form_key=form_key).first() if form_key else None
    if case and (case.committee_id, case.reporter_id) != (committee.pk, getattr(by, "pk", None)):
        raise Refused(_("This form was used by someone else. Open the page anew."), "form_key")
    return case


def _refuse_foreign(committee: Committee, *, community: Community, **parts: Any) -> None:
    for part in (community, *parts.values()):
        if part is not None and part.committee_id != committee.pk:
            raise Refused(_("It belongs to another street."), "foreign")
    point = parts["point"]
    if point is not None and point.community_id != community.pk:
        raise Refused(_("The point lies in another community."), "foreign")


def _put_on_file(case: Case, picture: photos.Photo | None, unit: Unit | None) -> Case:
    case.save()
    event = event_of(case, REPORT, from_state="", by=case.reporter, at=case.reported_at)
    event.save()
    _announce(event)
    if picture:
        add_photo(case, picture, CasePhoto.Stage.BEFORE, by=case.reporter, now=case.reported_at)
    if case.source == Case.Source.PATROL:
        unit = unit or route(case.category, case.point, case.community)
    if unit and case.source == Case.Source.PATROL:
        _make(case, MOVES["dispatch"], by=None, now=case.reported_at, unit=unit)
    return case


def route(category: CaseCategory, point: Point | None, community: Community) -> Unit | None:
    """Who is to handle such a case without anyone asking: the category's unit, else the point's own unit."""
    today = timezone.localdate()
    known = (category.unit, point.unit if point else None)
    return next((unit for unit in known if unit and (unit.until is None or unit.until > today)), None)


def zone_of(community: Community, day: datetime.date) -> Zone | None:
    """The zone that answers for a place in the community when the point is not known: its first by number."""
    zones = community.zones.filter(since__lte=day).order_by("number")
    return next((zone for zone in zones if zone.until is None or zone.until > day), None)


# --- Moving ---------------------------------------------------------------------------------------
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
        _refuse_lack(
            case, wanted, by, note=note, unit=unit, photo=picture, due_at=due_at, target=merged_into, now=now
        )
        if picture:
            stage = CasePhoto.Stage.AFTER if "after_photo" in wanted.needs else CasePhoto.Stage.BEFORE
            add_photo(case, picture, stage, by=by, now=now)
        _make(case, wanted, by=by, now=now, note=note, unit=unit, due_at=due_at, merged_into=merged_into)
    return case


def allowed(case: Case, user: Any) -> list[Move]:
    """The moves that `user` may make with `case` as it stands now, in the order of the table."""
    roles = roles_in(case, user)
    return [wanted for wanted in MOVES.values() if _why_not(case, wanted, user, roles) is None]


def roles_in(case: Case, user: Any) -> frozenset[str]:
    """As what `user` stands to `case` today: roles of appointments that reach its place, leader, reporter."""
    reach = reach_of(user)
    if reach.everything:
        return frozenset({Role.OFFICIAL})
    if not getattr(user, "pk", None):
        return frozenset()
    held = Appointment.objects.held_by(user, timezone.localdate()).filter(committee=case.committee_id)
    roles = {
        role
        for role, community, unit in held.values_list("role", "community", "unit")
        if role in COMMITTEE_WIDE
        or (role in COMMUNITY_WIDE | {Role.PATROLLER} and community == case.community_id)
        or (role == Role.LIAISON and unit is not None and unit == case.unit_id)
    }
    if case.zone and case.zone.leader_id == user.pk:
        roles.add(Role.ZONE_LEADER)
    if case.reporter_id == user.pk:
        roles.add(REPORTER)
    return frozenset(roles)


def add_photo(case: Case, photo: Any, stage: str, *, by: Any = None, now: Moment | None = None) -> CasePhoto:
    """Keep a photo with the case; the same photo at the same stage is kept once. Raises ValidationError."""
    picture = photos.accept(photo)
    digest = photos.digest(picture)
    if kept := CasePhoto.objects.filter(case=case, stage=stage, digest=digest).first():
        return kept
    kept = CasePhoto(
        case=case, stage=stage, digest=digest, file=picture, taken_at=now or timezone.now(), by=by
    )
    photos.keep(kept)
    return kept


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
    if why := _why_not(case, wanted, by, roles_in(case, by)):
        raise why


def _why_not(case: Case, wanted: Move, by: Any, roles: frozenset[str]) -> Refused | None:
    if roles.isdisjoint(wanted.by):
        return Refused(_("This step is not yours to make."), "role")
    if case.state not in wanted.come_from:
        state = case.get_state_display()
        return Refused(
            _("The case is now “%(state)s”, so this step cannot be made.") % {"state": state}, "state"
        )
    if wanted.second_person and _had_a_hand_in(case, by):
        return Refused(_("You handled this case yourself: someone else must verify it."), "second_person")
    return None


def _had_a_hand_in(case: Case, by: Any) -> bool:
    return case.handler_id == by.pk or case.events.filter(move="report_back", by=by).exists()


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
    if "after_photo" in wanted.needs and photo is None:
        raise Refused(_("Add a photo that shows the place after the work."), "needs_after_photo")
    if wanted.goes_to in FIXED and not case.photos.filter(stage=CasePhoto.Stage.AFTER).exists():
        raise Refused(_("There is no photo of the place after the work: send it back."), "needs_after_photo")
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


# --- Writing --------------------------------------------------------------------------------------
def _make(case: Case, made: Move, *, by: Any, now: Moment, note: str = "", **given: Any) -> None:
    """Write the state, the days that are counted, and the row of history. Inside the caller's transaction."""
    event = step(case, made, by=by, now=now, note=note, **given)
    case.save()
    event.save()
    _announce(event)
    if case.state in FIXED:
        _tell_reporter(case, event)


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


def _announce(event: CaseEvent) -> None:
    tell = partial(signals.case_moved.send_robust, sender=Case, case_id=event.case_id, move=event.move)
    transaction.on_commit(tell, robust=True)


def deadline(category: CaseCategory, dispatched_at: Moment) -> Moment:
    """When a case of the category, dispatched then, must be closed: its limit in working hours."""
    return add_working_hours(dispatched_at, category.limit_hours)


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


def _tell_reporter(case: Case, event: CaseEvent) -> None:
    """A resident who left a number hears once of the end, by text message, if a gateway is set."""
    if case.reporter_phone:
        text = _("What you reported (%(category)s) has been dealt with. Case number %(code)s.")
        text %= {"category": case.category.name, "code": case.code}
        outbox.post("sms", case.reporter_phone, text, key=f"case-closed-{event.pk}")
