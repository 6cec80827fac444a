"""Cross-checks (交叉互查): unannounced, drawn by lot, walked by patrollers of another community.

Each drawn check is a plan of a single patrol that belongs to the community that walks it. So the scope of plans and
patrols alone keeps it from the checked community, through every door; when it is done, `Patrol.shown_to` opens it.
"""

import datetime
import random
import secrets
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from campaign.errors import Refused
from campaign.models import Appointment, Committee, Community
from campaign.recurrence import SHANGHAI
from campaign.roles import Role
from campaign.scoping import reach_of
from grids.models import Checklist, CrossCheck, Patrol, PatrolPlan, PlanStop, PlanTurn, Point, Zone

Moment = datetime.datetime

MOST_SEED = 999_999


@dataclass(frozen=True)
class Lot:
    """One draw: which points of which community are checked, by whom of which other."""

    checked: Community
    checker: Community
    zone: Zone
    person: User
    points: tuple[Point, ...]


@dataclass(frozen=True)
class Ground:
    """What is drawn from, in a fixed order: the same ground and the same seed give the same lots."""

    communities: list[Community]
    points: dict[int, list[Point]]
    """by community: those that the check-list fits"""
    crews: dict[int, list[User]]
    """by community: its patrollers"""
    zones: dict[tuple[int, int], Zone]
    """(checker, checked): a zone of the checker in which nobody answers for the checked community"""


def may_draw(user: Any, committee: Committee) -> bool:
    """Whether `user` may draw cross-checks of the street: its officials."""
    reach = reach_of(user)
    return reach.everything or committee.pk in reach.committees


def draw(
    committee: Committee,
    *,
    by: Any,
    title: str,
    checklist: Checklist,
    day: datetime.date,
    start_time: datetime.time,
    window_minutes: int = 180,
    points_each: int = 3,
    seed: int | None = None,
    now: Moment | None = None,
) -> CrossCheck:
    """Draw a round and put its patrols on the checkers' rosters. The seed is noted, so that anyone can see that
    nothing was chosen by hand. The same title and day again is the first round. Raises Refused or ValidationError.
    """
    now = now or timezone.now()
    if not may_draw(by, committee):
        raise Refused(_("Only the street office draws cross-checks."), "role")
    starts_at = datetime.datetime.combine(day, start_time, tzinfo=SHANGHAI)
    if starts_at <= now:
        raise Refused(_("The check must lie in the future."), "past")
    if checklist.committee_id != committee.pk:
        raise Refused(_("What was chosen belongs to two different streets."), "foreign")
    with transaction.atomic():
        Committee.objects.select_for_update().get(pk=committee.pk)  # two clicks draw one round
        known = CrossCheck.objects.filter(committee=committee, title=title.strip(), day=day).first()
        if known is not None:
            return known
        seed = secrets.randbelow(MOST_SEED + 1) if seed is None else seed
        round_ = CrossCheck(
            committee=committee, title=title.strip(), checklist=checklist, day=day, start_time=start_time,
            window_minutes=window_minutes, points_each=points_each, seed=seed, drawn_by=by, drawn_at=now,
        )  # fmt: skip
        round_.full_clean()
        lots = lots_of(ground_of(round_), seed, points_each)
        if not lots:
            raise Refused(
                _("There is no patroller of another community, or no point that the check-list fits."),
                "empty",
            )
        round_.save()
        for lot in lots:
            _enter(round_, lot, starts_at)
    return round_


def ground_of(round_: CrossCheck) -> Ground:
    """What the round is drawn from, as it stands on its day."""
    day, street = round_.day, round_.committee
    communities = list(Community.objects.filter(committee=street).order_by("pk"))
    points: dict[int, list[Point]] = {}
    fitting = Point.objects.filter(committee=street, since__lte=day).exclude(until__lte=day)
    if round_.checklist.point_type_id:
        fitting = fitting.filter(type=round_.checklist.point_type_id)
    for point in fitting.order_by("pk"):
        points.setdefault(point.community_id, []).append(point)
    crews: dict[int, list[User]] = {}
    held = Appointment.objects.on(day).filter(committee=street, role=Role.PATROLLER, user__is_active=True)
    for one in held.exclude(community=None).select_related("user").order_by("user", "pk"):
        crews.setdefault(one.community_id, []).append(one.user)
    return Ground(communities, points, crews, _zones_apart(street, day))


def lots_of(ground: Ground, seed: int, points_each: int) -> list[Lot]:
    """The draw itself: pure, and the same for the same ground and seed. Every community with points is checked
    once, as far as there is somebody of another one; the checks are spread evenly, and nobody checks at home."""
    dice = random.Random(seed)  # noqa: S311 - a draw that anyone can repeat, not a secret
    order = [place for place in ground.communities if ground.points.get(place.pk)]
    dice.shuffle(order)
    busy: Counter[int] = Counter()
    tired: Counter[int] = Counter()
    lots = []
    for checked in order:
        own = {person.pk for person in ground.crews.get(checked.pk, [])}
        able = [
            place for place in ground.communities
            if place.pk != checked.pk and (place.pk, checked.pk) in ground.zones
            and any(person.pk not in own for person in ground.crews.get(place.pk, []))
        ]  # fmt: skip
        if not able:
            continue
        least = min(busy[place.pk] for place in able)
        checker = dice.choice([place for place in able if busy[place.pk] == least])
        crew = [person for person in ground.crews[checker.pk] if person.pk not in own]
        freshest = min(tired[person.pk] for person in crew)
        person = dice.choice([one for one in crew if tired[one.pk] == freshest])
        drawn = dice.sample(ground.points[checked.pk], min(points_each, len(ground.points[checked.pk])))
        busy[checker.pk] += 1
        tired[person.pk] += 1
        lots.append(Lot(checked, checker, ground.zones[checker.pk, checked.pk], person, tuple(drawn)))
    return lots


def _zones_apart(street: Committee, day: datetime.date) -> dict[tuple[int, int], Zone]:
    """For each pair of communities a zone of the first whose leader answers for nothing in the second: else the
    leader would read of the check beforehand."""
    zones = Zone.objects.filter(committee=street, since__lte=day).exclude(until__lte=day)
    rows = list(zones.order_by("number", "pk").prefetch_related("communities"))
    covers = {zone.pk: {place.pk for place in zone.communities.all()} for zone in rows}
    led: dict[int | None, set[int]] = {}
    for zone in rows:
        led.setdefault(zone.leader_id, set()).update(covers[zone.pk])
    found: dict[tuple[int, int], Zone] = {}
    every = set().union(*covers.values()) if covers else set()
    for zone in rows:
        answers_for = covers[zone.pk] | (led[zone.leader_id] if zone.leader_id else set())
        for checker in covers[zone.pk]:
            for checked in every - answers_for:
                found.setdefault((checker, checked), zone)
    return found


def _enter(round_: CrossCheck, lot: Lot, starts_at: Moment) -> None:
    name = _("%(title)s: %(community)s") % {"title": round_.title, "community": lot.checked.name}
    plan = PatrolPlan(
        committee=round_.committee, community=lot.checker, zone=lot.zone, name=name[:60],
        checklist=round_.checklist, rule="FREQ=DAILY;COUNT=1", first_day=round_.day, last_day=round_.day,
        start_time=round_.start_time, window_minutes=round_.window_minutes, cross_check=round_,
        checked=lot.checked, filled_until=round_.day,
    )  # fmt: skip
    plan.full_clean()
    plan.save()
    PlanStop.objects.bulk_create(
        PlanStop(plan=plan, point=point, order=order) for order, point in enumerate(lot.points, 1)
    )
    PlanTurn.objects.create(plan=plan, order=0, patroller=lot.person)
    Patrol.objects.create(
        plan=plan, committee=round_.committee, community=lot.checker, zone=lot.zone, slot_at=starts_at,
        starts_at=starts_at, ends_at=starts_at + timedelta(minutes=round_.window_minutes), day=round_.day,
        patroller=lot.person,
    )  # fmt: skip
