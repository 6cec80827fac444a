"""What this app shows on the map: zones, points, open cases, shops."""

from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from campaign.registry import Feature, Layer, register
from campaign.roles import may
from grids import clocks, frontage, points
from grids.models import Case, FrontageInspection, Merchant, Point, Zone
from grids.navigation import works_in_the_streets


def _zones(user: Any) -> QuerySet[Zone]:
    today = timezone.localdate()
    standing = Q(until=None) | Q(until__gt=today)
    rows = Zone.objects.visible_to(user).filter(standing, since__lte=today)
    return rows.exclude(boundary__isnull=True).select_related("leader").prefetch_related("communities")


def _zone(zone: Zone) -> Feature:
    return Feature(
        key=zone.pk,
        title=zone.name,
        text=gettext("led by %(person)s") % {"person": zone.leader} if zone.leader else "",
        place=gettext(", ").join(place.name for place in zone.communities.all()),
        url=f"{reverse('grids:point_list')}?zone={zone.pk}",
        shape=zone.boundary,
    )


def _points(user: Any) -> QuerySet[Point]:
    open_here = Case.objects.visible_to(user).open().filter(point=OuterRef("pk")).order_by()
    rows = points.standing(Point.objects.visible_to(user)).select_related("type", "community")
    return rows.annotate(has_open=Exists(open_here))


def _point(point: Any) -> Feature:
    state, tone = (gettext("open case"), "late") if point.has_open else (gettext("nothing open"), "ok")
    return Feature(
        key=point.pk,
        title=point.name,
        text=point.type.name,
        place=_where(point),
        url=reverse("grids:point_page", args=[point.plate]),
        state=state,
        tone=tone,
        longitude=point.longitude,
        latitude=point.latitude,
    )


def _cases(user: Any) -> QuerySet[Case]:
    return Case.objects.visible_to(user).open().select_related("category", "community")


def _case(case: Case) -> Feature:
    late = case.state in clocks.RUNNING and case.due_at is not None and case.due_at < timezone.now()
    state = case.get_state_display()
    return Feature(
        key=case.pk,
        title=case.category.name,
        text=case.code,
        place=_where(case),
        url=reverse("grids:case_detail", args=[case.code]),
        state=gettext("%(state)s, overdue") % {"state": state} if late else str(state),
        tone="bad" if late else "wait",
        longitude=case.longitude,
        latitude=case.latitude,
    )


def _shops(user: Any) -> QuerySet[Merchant]:
    rows = frontage.standing(Merchant.objects.visible_to(user))
    return frontage.latest_statuses(rows).select_related("community")


def _shop(shop: Any) -> Feature:
    status = FrontageInspection.Status
    known = shop.latest_status in status.values
    return Feature(
        key=shop.pk,
        title=shop.name,
        text=gettext("Three duties"),
        place=_where(shop),
        url=reverse("grids:frontage_card", args=[shop.plate]),
        state=str(status(shop.latest_status).label) if known else gettext("not yet inspected"),
        tone={status.FULFILLED: "ok", status.UNFULFILLED: "late"}.get(shop.latest_status, "none"),
        longitude=shop.longitude,
        latitude=shop.latitude,
    )


def _where(row: Any) -> str:
    return " ".join(part for part in (row.community.name, row.address) if part)


def _inspects(user: Any) -> bool:
    return may(user, "frontage.inspect")


register(
    Layer(
        name="points", title=_("Points"), sign=pgettext_lazy("on the map", "P"), order=20,
        shown=works_in_the_streets, rows=_points, feature=_point, list_url="grids:point_list",
    ),
    Layer(
        name="cases", title=_("Open cases"), sign=pgettext_lazy("on the map", "C"), order=30,
        shown=works_in_the_streets, rows=_cases, feature=_case, list_url="grids:case_list",
    ),
    Layer(
        name="shops", title=_("Shops"), sign=pgettext_lazy("on the map", "S"), order=40,
        shown=_inspects, rows=_shops, feature=_shop, list_url="grids:merchant_list", drawn=False,
    ),
    Layer(
        name="zones", title=_("Responsibility zones"), sign=pgettext_lazy("on the map", "Z"), order=50,
        shown=works_in_the_streets, rows=_zones, feature=_zone, community="communities", position=(),
        list_url="grids:zone_list",
    ),
)  # fmt: skip
