"""Hot spots (未诉先办): where the same thing keeps coming up, or came back soon after it was fixed.

A place is the point, where a case has one, else the community; a category is the case's own. What repeats, was
withdrawn or is not ours makes no spot hot. What is found here leads to a targeted patrol, planned by grids.plans.
"""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import (
    Count,
    DateTimeField,
    Exists,
    ExpressionWrapper,
    F,
    Max,
    Min,
    OuterRef,
    Q,
    QuerySet,
)
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.errors import Refused
from campaign.models import Community
from grids import cases, plans
from grids.models import Case, CaseCategory, Checklist, PatrolPlan, PlanTurn, Point, Zone
from grids.requests import COMPLAINTS
from grids.workflow import OPEN, State

Moment = datetime.datetime

MOST = 50
"""spots that are listed"""
MOST_POINTS = 10
"""points that a targeted patrol looks at"""
A_WEEK = 7
STARTS = datetime.time(9, 0)
_NO_SPOT = (State.NOT_OURS, State.DUPLICATE, State.WITHDRAWN)


@dataclass(frozen=True)
class HotSpot:
    """One category at one place, with the numbers that make it hot."""

    community: Community
    point: Point | None
    category: CaseCategory
    cases: int
    complaints: int
    """of them reported by residents or the hotline"""
    open: int
    came_back: int
    """of them reported within settings.BACK_WITHIN_DAYS after one was closed as fixed at the same place"""
    first: datetime.date
    last: datetime.date

    zone: Zone | None = None
    """the zone that answers for it"""

    @property
    def key(self) -> dict[str, int]:
        """By which a request names the spot."""
        place = {"point": self.point.pk} if self.point else {"community": self.community.pk}
        return {**place, "category": self.category.pk}


def cases_of(user: Any, since: datetime.date) -> QuerySet[Case]:
    """The cases within reach that can make a spot hot, reported on `since` or later."""
    return Case.objects.visible_to(user).filter(reported_on__gte=since).exclude(state__in=_NO_SPOT)


def find(
    user: Any,
    *,
    cases: int | None = None,
    days: int | None = None,
    community: Community | None = None,
    category: CaseCategory | None = None,
    today: datetime.date | None = None,
) -> list[HotSpot]:
    """The spots within reach of `user` with at least `cases` cases in the last `days`, or with one that came back;
    the most cases first."""
    least, days = cases or settings.HOTSPOT_CASES, days or settings.HOTSPOT_DAYS
    rows = cases_of(user, (today or timezone.localdate()) - timedelta(days=days - 1))
    if community is not None:
        rows = rows.filter(community=community)
    if category is not None:
        rows = rows.filter(category=category)
    return _filled(_grouped(rows, least))


def _grouped(rows: QuerySet[Case], least: int) -> list[dict[str, Any]]:
    return list(
        with_came_back(rows)
        .order_by()
        .values("community", "point", "category")
        .annotate(
            number=Count("pk"),
            complaints=Count("pk", filter=Q(source__in=COMPLAINTS)),
            still_open=Count("pk", filter=Q(state__in=OPEN)),
            back=Count("pk", filter=Q(came_back=True)),
            first=Min("reported_on"),
            last=Max("reported_on"),
        )
        .filter(Q(number__gte=least) | Q(back__gte=1))
        .order_by("-number", "-back", "-last", "community", "point", "category")[:MOST]
    )


def with_came_back(rows: QuerySet[Case]) -> QuerySet[Case]:
    """The rows, each with whether it came back: reported soon after one of its category was fixed at the same
    point, or, without a point, at the same address of the same community."""
    soon = timedelta(days=settings.BACK_WITHIN_DAYS)
    begin = ExpressionWrapper(OuterRef("reported_at") - soon, output_field=DateTimeField())
    same = Q(point__isnull=False, point=OuterRef("point")) | Q(
        point__isnull=True, community=OuterRef("community"), address=OuterRef("address")
    ) & ~Q(address="")
    before = Case.objects.filter(
        same,
        category=OuterRef("category"),
        state=State.CLOSED,
        closed_at__lt=OuterRef("reported_at"),
        closed_at__gte=begin,
    )
    return rows.annotate(came_back=Exists(before))


def _filled(rows: list[dict[str, Any]]) -> list[HotSpot]:
    communities = Community.objects.in_bulk({row["community"] for row in rows})
    points = Point.objects.select_related("type", "zone").in_bulk(
        {row["point"] for row in rows if row["point"]}
    )
    categories = CaseCategory.objects.in_bulk({row["category"] for row in rows})
    zones = _zones_of(communities)
    return [
        HotSpot(
            communities[row["community"]],
            points.get(row["point"]),
            categories[row["category"]],
            row["number"],
            row["complaints"],
            row["still_open"],
            row["back"],
            row["first"],
            row["last"],
            (points[row["point"]].zone if row["point"] else None) or zones.get(row["community"]),
        )
        for row in rows
    ]


def _zones_of(communities: Iterable[int]) -> dict[int, Zone]:
    """The zone of each community, as `cases.zone_of` names it: its first by number that is in force."""
    today = timezone.localdate()
    found: dict[int, Zone] = {}
    standing = Zone.objects.filter(communities__in=communities, since__lte=today)
    standing = standing.filter(Q(until=None) | Q(until__gt=today)).annotate(at=F("communities"))
    for zone in standing.order_by("-number"):
        found[zone.at] = zone
    return found


# --- A targeted patrol ------------------------------------------------------------------------------
def zone_at(point: Point | None, community: Community) -> Zone | None:
    """The zone that answers for a spot."""
    return (point.zone if point else None) or cases.zone_of(community, timezone.localdate())


def send_patrol(
    category: CaseCategory, *, point: Point | None, community: Community, by: Any, now: Moment | None = None
) -> tuple[PatrolPlan, bool]:
    """A plan that looks at the spot every day of the coming week, through `plans.make`; and whether it is new.

    While such a plan is in force, it is the answer: pressing twice sends nobody twice. Raises Refused when no
    zone or no check-list covers the spot, or when the person may not plan there.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    zone = zone_at(point, community)
    if zone is None:
        raise Refused(_("No responsibility zone answers for this place."), "no_zone")
    card, points = _card_for(category, point, community, today)
    place = point.name if point else community.name
    name = _("Targeted patrol: %(place)s, %(category)s") % {"place": place, "category": category.name}
    fields = {
        "zone": zone,
        "community": community,
        "name": name[:60],
        "checklist": card,
        "rule": "FREQ=DAILY",
        "first_day": today + timedelta(days=1),
        "last_day": today + timedelta(days=A_WEEK),
        "start_time": STARTS,
    }
    with transaction.atomic():
        Zone.objects.select_for_update(of=("self",)).get(
            pk=zone.pk
        )  # one after another: two clicks, one plan
        standing = PatrolPlan.objects.filter(zone=zone, name=name[:60], is_active=True, last_day__gt=today)
        if plan := standing.first():
            return plan, False
        draft = plans.Draft(fields, points=points, turns=_walkers(zone))
        return plans.make(draft, by=by, now=now)[0], True


def _card_for(
    category: CaseCategory, point: Point | None, community: Community, today: datetime.date
) -> tuple[Checklist, list[Point]]:
    """The newest card with a standard of the category, and the points that it fits."""
    cards = Checklist.objects.filter(committee=category.committee_id, point_type__isnull=False)
    fitting = cards.filter(items__category__code=category.code).distinct().order_by("-edition", "-pk")
    standing = Point.objects.filter(community=community, since__lte=today).filter(
        Q(until=None) | Q(until__gt=today)
    )
    if point is not None:
        card = next(
            (
                card
                for card in (*fitting, *cards.order_by("-edition", "-pk"))
                if card.point_type_id == point.type_id
            ),
            None,
        )
        if card is not None:
            return card, [point]
    else:
        for card in fitting:
            if points := list(standing.filter(type=card.point_type_id).order_by("pk")[:MOST_POINTS]):
                return card, points
    raise Refused(_("No check-list looks at this there: plan the patrol by hand."), "no_checklist")


def _walkers(zone: Zone) -> list[Any]:
    """Who walks the zone's patrols already, else its leader."""
    turns = PlanTurn.objects.filter(plan__zone=zone, plan__is_active=True).select_related("patroller")
    people = list(
        {turn.patroller_id: turn.patroller for turn in turns.order_by("plan", "order")[:40]}.values()
    )
    return people or ([zone.leader] if zone.leader else [])
