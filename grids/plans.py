"""Plans of patrols: setting them up, changing this one, the following or all, and seeing first what will be.

What is past, begun or answered is never touched. What is still to come is *merged* with what the changed rule wants,
day by day: a plan has one slot a day at most, so a day tells which patrol became which. `rehearse` does the
very same and undoes it; so the preview cannot say anything else than what saving does.
"""

import copy
import datetime
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.errors import Refused
from campaign.models import Appointment
from campaign.recurrence import SHANGHAI, occurrences
from campaign.scoping import reach_of
from grids import patrols
from grids.models import Answer, Handover, Patrol, PatrolEvent, PatrolPlan, PlanStop, PlanTurn, Point

Moment = datetime.datetime

FURTHEST = timedelta(days=7)
"""how far a single patrol may be moved from its slot"""


@dataclass
class Merged:
    """What a change does to the slots to come."""

    added: list[Patrol] = field(default_factory=list)
    changed: list[tuple[Patrol, Patrol]] = field(default_factory=list)
    """(as it was, as it will be): another time or another patroller"""
    kept: list[Patrol] = field(default_factory=list)
    withdrawn: list[Patrol] = field(default_factory=list)

    @property
    def lines(self) -> list[dict[str, Any]]:
        """One line a patrol, by time: what happens to it ("added", "changed", "kept", "withdrawn")."""
        found = [{"what": "changed", "patrol": row, "was": was} for was, row in self.changed]
        for what in ("added", "kept", "withdrawn"):
            found += [{"what": what, "patrol": row, "was": None} for row in getattr(self, what)]
        return sorted(found, key=lambda line: line["patrol"].starts_at)


@dataclass(frozen=True)
class Draft:
    """A plan as it was typed: the values of its fields, its route in order, its patrollers in turn. What is None
    stays as it is."""

    fields: dict[str, Any]
    points: list[Point] | None = None
    turns: list[User] | None = None


# --- Who may ------------------------------------------------------------------------------------------
def may_plan(place: Any, user: Any) -> bool:
    """Whether `user` may set up and change the plans of a zone, or of a plan's or patrol's zone: its leader, and
    the street's officials."""
    reach = reach_of(user)
    if reach.everything or place.committee_id in reach.committees:
        return True
    zone = getattr(place, "zone", place)
    return zone.leader_id is not None and zone.leader_id == getattr(user, "pk", None)


def crew_of(committee: Any) -> QuerySet[User]:
    """Who can be named as a patroller: the people appointed in the street today."""
    held = Appointment.objects.on(timezone.localdate()).filter(committee=committee)
    return User.objects.filter(is_active=True, pk__in=held.values("user")).order_by("name", "pk")


# --- The whole plan -----------------------------------------------------------------------------------
def make(draft: Draft, *, by: Any, now: Moment | None = None) -> tuple[PatrolPlan, Merged]:
    """Set up a plan and fill its coming days. Raises Refused, or ValidationError for a field of no use."""
    now = now or timezone.now()
    with transaction.atomic():
        plan = PatrolPlan(**draft.fields)
        plan.committee_id = plan.zone.committee_id
        # It begins today at the earliest: nobody is blamed for a patrol of before there was a plan.
        plan.first_day = max(plan.first_day, timezone.localdate(now))
        _store(plan, draft, by)
        merged = _merge(plan, plan.first_day, now)
        _note(plan, PatrolEvent.What.MADE, by, now)
    return plan, merged


def change(
    plan: PatrolPlan, draft: Draft, *, by: Any, since: Patrol | None = None, now: Moment | None = None
) -> tuple[PatrolPlan, Merged]:
    """Change all of a plan that is still to come; or, with `since`, that patrol and the following.

    Then the plan ends before it, and another goes on from there: what was walked keeps the plan and the card by
    which it was walked. Returns the plan that holds the change. Raises Refused or ValidationError.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    with transaction.atomic():
        plan = PatrolPlan.objects.select_for_update().get(pk=plan.pk)
        _refuse_planner(plan, by)
        if plan.cross_check_id:
            raise Refused(_("A cross-check is drawn by lot: it is not changed."), "cross_check")
        if plan.is_active:
            patrols.fill(plan, today, now)  # what a standstill left out, by the rule that was in force
        else:
            plan.filled_until = today  # nothing is owed for the time in which it was not in force
        if since is None or _day_of(since) <= plan.first_day:
            first = today
            _apply(plan, draft, by, today)
        else:
            first = _day_of(since)
            plan = _go_on_changed(plan, since, draft, by, now)
        merged = _merge(plan, first, now)
        _note(plan, PatrolEvent.What.CHANGED, by, now, _counted(merged))
    return plan, merged


def rehearse(verb: Callable[[], tuple[PatrolPlan, Merged]]) -> tuple[PatrolPlan, Merged]:
    """What `make` or `change` would do; nothing of it is kept. Raises what the verb raises."""
    with transaction.atomic():
        outcome = verb()
        transaction.set_rollback(True)
    return outcome


def settle(plan: PatrolPlan, now: Moment | None = None) -> Merged:
    """After a plan was stored as entered (the admin's form): merge its slots to come with the rule."""
    now = now or timezone.now()
    with transaction.atomic():
        plan = PatrolPlan.objects.select_for_update().get(pk=plan.pk)
        if plan.is_active and plan.filled_until:
            patrols.fill(plan, timezone.localdate(now), now)
        return _merge(plan, timezone.localdate(now), now)


def _store(plan: PatrolPlan, draft: Draft, by: Any) -> None:
    _refuse_planner(plan, by)
    _refuse_other_street(plan, draft)
    plan.full_clean()
    plan.save()
    _set_route(plan, draft.points)
    _set_turns(plan, draft.turns)
    _refuse_empty(plan)


def _apply(plan: PatrolPlan, draft: Draft, by: Any, today: datetime.date) -> None:
    card = draft.fields.get("checklist", plan.checklist)
    if card != plan.checklist and Answer.objects.filter(patrol__plan=plan).exists():
        raise Refused(
            _("It was walked by its check-list. Choose “this and the following” to go on with another."),
            "card",
        )
    begun = plan.first_day <= today
    for name, value in draft.fields.items():
        if name != "first_day" or not begun:
            setattr(plan, name, value)
    _store(plan, draft, by)


def _go_on_changed(plan: PatrolPlan, since: Patrol, draft: Draft, by: Any, now: Moment) -> PatrolPlan:
    """End `plan` before the slot of `since`; another begins there and takes over all that is still to come."""
    first = _day_of(since)
    coming = _coming(plan, first, now)
    if since.pk not in {row.pk for row, begun in coming if not begun}:
        raise Refused(_("This patrol has begun or is over: choose a later one."), "begun")
    after = PatrolPlan.objects.get(pk=plan.pk)
    after.pk, after._state.adding = None, True
    after.first_day, after.continues, after.filled_until = first, plan, plan.filled_until
    after.rule = _rule_after(plan, first)
    if draft.turns is None:
        before = patrols.slots(plan, plan.first_day, first - timedelta(days=1))
        after.turn_offset = (plan.turn_offset + len(before)) % max(plan.turns.count(), 1)
    for name, value in draft.fields.items():
        if name != "first_day" and not (name == "rule" and value == plan.rule):
            setattr(after, name, value)
    route = [stop.point for stop in plan.stops.order_by("order", "pk").select_related("point")]
    turns = [turn.patroller for turn in plan.turns.order_by("order").select_related("patroller")]
    whole = Draft(
        draft.fields,
        route if draft.points is None else draft.points,
        turns if draft.turns is None else draft.turns,
    )
    _store(after, whole, by)
    PatrolPlan.objects.filter(pk=plan.pk).update(last_day=first - timedelta(days=1))
    Patrol.objects.filter(pk__in=[row.pk for row, begun in coming if not begun]).update(plan=after)
    _note(plan, PatrolEvent.What.SPLIT, by, now, _("from %(day)s") % {"day": f"{first:%Y-%m-%d}"})
    return after


# --- Merging ------------------------------------------------------------------------------------------
def _merge(plan: PatrolPlan, first: datetime.date, now: Moment) -> Merged:
    """Bring the slots of the locked plan, from `first` on, in line with its rule. A day has one slot at most."""
    today = timezone.localdate(now)
    first = max(first, today)
    until = max(plan.filled_until or today, today + timedelta(days=patrols.AHEAD))
    wanted = {slot.day: slot for slot in patrols.slots(plan, first, until)} if plan.is_active else {}
    merged = Merged()
    for row, begun in _coming(plan, first, now):
        _merge_one(row, begun, wanted.pop(_day_of(row), None), merged, now)
    # What would have begun already is on nobody's roster: it is neither missed nor slid forward.
    merged.added = [slot for slot in wanted.values() if slot.starts_at > now]
    Patrol.objects.bulk_create(merged.added)
    plan.filled_until = until
    plan.save(update_fields=["filled_until"])
    return merged


def _merge_one(row: Patrol, begun: bool, slot: Patrol | None, merged: Merged, now: Moment) -> None:
    if begun or (slot is None and row.state == Patrol.State.WITHDRAWN):
        merged.kept.append(row)
    elif slot is None:
        merged.withdrawn.append(row)
        _take_away(row, now)
    elif row.by_hand:
        # The slot it stands for may have moved; what was settled for this one day stays settled.
        Patrol.objects.filter(pk=row.pk).update(slot_at=slot.slot_at)
        merged.kept.append(row)
    elif all(getattr(row, name) == getattr(slot, name) for name in _MERGED):
        merged.kept.append(row)
    else:
        was = copy.copy(row)
        for name in _MERGED:
            setattr(row, name, getattr(slot, name))
        row.save()
        merged.changed.append((was, row))


_MERGED = ("slot_at", "starts_at", "ends_at", "day", "patroller_id", "zone_id", "community_id")


def _coming(plan: PatrolPlan, first: datetime.date, now: Moment) -> list[tuple[Patrol, bool]]:
    """The patrols of the slots from `first` on, locked, each with whether it has begun; those first."""
    since = datetime.datetime.combine(first, datetime.time(), tzinfo=SHANGHAI)
    locked = Patrol.objects.select_for_update(of=("self",)).filter(plan=plan, slot_at__gte=since)
    rows = list(locked.select_related("patroller").order_by("slot_at", "pk"))
    # Asked after the rows are locked: whoever answers locks the patrol first.
    answered = set(Answer.objects.filter(patrol__in=rows).values_list("patrol", flat=True))
    found = [(row, row.pk in answered or not _is_to_come(row, now)) for row in rows]
    return sorted(found, key=lambda pair: not pair[1])


def _is_to_come(row: Patrol, now: Moment) -> bool:
    return row.state in (Patrol.State.DUE, Patrol.State.WITHDRAWN) and row.starts_at > now


def _day_of(row: Patrol) -> datetime.date:
    return row.slot_at.astimezone(SHANGHAI).date()


def _take_away(row: Patrol, now: Moment) -> None:
    """The rule has no such slot any more. A patrol with a history is withdrawn; any other need not have been."""
    Handover.objects.filter(patrol=row, state=Handover.State.ASKED).update(
        state=Handover.State.TAKEN_BACK, decided_at=now, note=_("The plan was changed.")
    )
    if row.events.exists() or row.handovers.exists() or row.swaps.exists():
        row.state, row.by_hand = Patrol.State.WITHDRAWN, True
        row.save(update_fields=["state", "by_hand"])
    else:
        row.delete()


# --- One patrol alone ---------------------------------------------------------------------------------
def move(
    patrol: Patrol,
    *,
    by: Any,
    starts_at: Moment,
    patroller: User | None,
    because: str = "",
    now: Moment | None = None,
) -> Patrol:
    """Give one patrol that has not begun another time or patroller; the plan and all others stay as they are.

    It stays the patrol of its slot: it may be moved by a week at most, and never out of the past. Raises Refused.
    """
    now = now or timezone.now()
    with transaction.atomic():
        patrol = _to_change(patrol, by, now)
        if starts_at <= now:
            raise Refused(_("This time has passed already: a patrol is never slid back."), "past")
        if abs(starts_at - patrol.slot_at) > FURTHEST:
            raise Refused(_("It may be moved by seven days at most."), "too_far")
        if patroller is not None and not crew_of(patrol.committee_id).filter(pk=patroller.pk).exists():
            raise Refused(_("Only who is appointed in the street today can be named."), "patroller")
        if starts_at == patrol.starts_at and (patroller and patroller.pk) == patrol.patroller_id:
            return patrol
        window = patrol.ends_at - patrol.starts_at
        patrol.starts_at, patrol.ends_at = starts_at, starts_at + window
        patrol.day, patrol.patroller, patrol.by_hand = timezone.localdate(starts_at), patroller, True
        patrol.save()
        _note(patrol.plan, PatrolEvent.What.MOVED, by, now, because, patrol)
    return patrol


def withdraw(patrol: Patrol, because: str, *, by: Any, now: Moment | None = None) -> Patrol:
    """Take one patrol that has not begun off the roster, with the reason. Withdrawing twice is withdrawing once."""
    now = now or timezone.now()
    with transaction.atomic():
        patrol = _to_change(patrol, by, now)
        if patrol.state == Patrol.State.WITHDRAWN:
            return patrol
        if not because.strip() or len(because.strip()) > 120:
            raise Refused(_("Say in a sentence of at most 120 signs why."), "needs_note")
        patrol.state, patrol.by_hand = Patrol.State.WITHDRAWN, True
        patrol.save()
        _note(patrol.plan, PatrolEvent.What.WITHDRAWN, by, now, because, patrol)
    return patrol


def _to_change(patrol: Patrol, by: Any, now: Moment) -> Patrol:
    rows = Patrol.objects.select_for_update(of=("self",)).select_related("plan", "zone")
    patrol = rows.get(pk=patrol.pk)
    _refuse_planner(patrol, by)
    if patrol.plan.cross_check_id:
        raise Refused(_("A cross-check is drawn by lot: it is not changed."), "cross_check")
    if not _is_to_come(patrol, now) or patrol.answers.exists():
        raise Refused(_("This patrol has begun or is over: choose a later one."), "begun")
    return patrol


# --- Parts --------------------------------------------------------------------------------------------
def _refuse_planner(place: Any, by: Any) -> None:
    if not may_plan(place, by):
        raise Refused(_("The zone's leader and the street office set up its patrols."), "role")


def _refuse_other_street(plan: PatrolPlan, draft: Draft) -> None:
    places = [plan.zone, plan.community, plan.checklist, *(draft.points or ())]
    if {place.committee_id for place in places} != {plan.committee_id}:
        raise Refused(_("What was chosen belongs to two different streets."), "foreign")


def _refuse_empty(plan: PatrolPlan) -> None:
    if plan.covers == PatrolPlan.Covers.ROUTE and not plan.stops.exists():
        raise Refused(_("Choose at least one point, or the whole zone."), "no_points")


def _set_route(plan: PatrolPlan, points: Iterable[Point] | None) -> None:
    if points is None:
        return
    wanted = list(dict.fromkeys(points))
    plan.stops.exclude(point__in=wanted).delete()
    known = {stop.point_id: stop for stop in plan.stops.all()}
    for order, point in enumerate(wanted, 1):
        stop = known.get(point.pk) or PlanStop(plan=plan, point=point)
        stop.order = order
        stop.save()


def _set_turns(plan: PatrolPlan, people: Iterable[User] | None) -> None:
    if people is None:
        return
    wanted = list(dict.fromkeys(people))
    own = set(crew_of(plan.committee_id).values_list("pk", flat=True))
    if any(one.pk not in own for one in wanted):
        raise Refused(_("Only who is appointed in the street today can be named."), "patroller")
    if [turn.patroller_id for turn in plan.turns.order_by("order")] != [one.pk for one in wanted]:
        plan.turns.all().delete()
        PlanTurn.objects.bulk_create(
            PlanTurn(plan=plan, order=order, patroller=one) for order, one in enumerate(wanted)
        )


def _rule_after(plan: PatrolPlan, first: datetime.date) -> str:
    """The rule of what is left of a plan from `first` on: a COUNT goes down by what came before."""
    counted = re.search(r"COUNT=(\d+)", plan.rule, re.IGNORECASE)
    if counted is None:
        return plan.rule
    gone = occurrences(
        plan.rule,
        first=plan.first_day,
        last=first - timedelta(days=1),
        start_time=plan.start_time,
        anchor=plan.first_day,
    )
    return plan.rule.replace(counted[0], f"COUNT={max(int(counted[1]) - len(gone), 1)}")


def _counted(merged: Merged) -> str:
    told = {
        "added": len(merged.added), "changed": len(merged.changed),
        "kept": len(merged.kept), "withdrawn": len(merged.withdrawn),
    }  # fmt: skip
    return _("%(added)d added, %(changed)d changed, %(kept)d kept, %(withdrawn)d withdrawn") % told


def _note(
    plan: PatrolPlan, what: str, by: Any, at: Moment, note: str = "", patrol: Patrol | None = None
) -> None:
    PatrolEvent.objects.create(plan=plan, patrol=patrol, what=what, by=by, at=at, note=note.strip()[:200])
