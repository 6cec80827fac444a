"""Hot spots (未诉先办): where the same thing keeps coming up, or came back soon after it was fixed.

A place is the point, where a case has one, else the community; a category is the case's own. What repeats, was
withdrawn or is not ours makes no spot hot. Reads only; a targeted patrol is planned by grids.patrols.
"""

import datetime
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import Count, DateTimeField, Exists, ExpressionWrapper, Max, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from campaign.models import Community
from grids.models import Case, CaseCategory, Point
from grids.requests import COMPLAINTS
from grids.workflow import OPEN, State

MOST = 50
"""spots that are listed"""
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
        )
        for row in rows
    ]
