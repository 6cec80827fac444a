"""What this app shows on the dashboard and on the home page."""

from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.registry import Panel, register
from campaign.scoping import reach_of
from campaign.streets import street_of
from grids.filters import GROUP_NAMES, GROUPS
from grids.models import Case, Patrol, Zone


def streets_today(request: HttpRequest, community: Any = None) -> dict[str, Any]:
    """Today's patrols zone by zone with a lamp, the open cases by state, and how many are overdue."""
    patrols, cases = Patrol.objects.visible_to(request.user), Case.objects.visible_to(request.user)
    if community is not None:
        patrols, cases = patrols.filter(community=community), cases.filter(community=community)
    zones = [_lamp(row) for row in _by_zone(patrols)]
    told = dict(cases.open().order_by().values_list("state").annotate(Count("pk")))
    counts = [
        {"name": name, "title": title, "count": sum(told.get(state, 0) for state in GROUPS[name])}
        for name, title in GROUP_NAMES
        if name not in ("open", "ended")
    ]
    due = sum(zone["due"] for zone in zones)
    return {
        "zones": zones,
        "counts": counts,
        "overdue": cases.overdue().count(),
        "lead": _("%(count)d patrols today") % {"count": due} if due else "",
    }


def _by_zone(patrols: Any) -> Any:
    done, missed = Q(state=Patrol.State.DONE), Q(state=Patrol.State.MISSED)
    return (
        patrols.filter(day=timezone.localdate())
        .exclude(state=Patrol.State.WITHDRAWN)
        .order_by("zone__number", "zone__pk")
        .values("zone__pk", "zone__name")
        .annotate(due=Count("pk"), done=Count("pk", filter=done), missed=Count("pk", filter=missed))
    )


def _lamp(row: dict[str, Any]) -> dict[str, Any]:
    """A zone's lamp: something missed, all walked, or still under way."""
    if row["missed"]:
        tone, label = "bad", _("%(count)d missed") % {"count": row["missed"]}
    elif row["done"] == row["due"]:
        tone, label = "ok", _("all walked")
    else:
        tone, label = "wait", _("under way")
    return {
        "pk": row["zone__pk"], "name": row["zone__name"], "due": row["due"], "done": row["done"],
        "tone": tone, "label": label,
    }  # fmt: skip


def how_to_report(request: HttpRequest, community: Any = None) -> dict[str, Any] | None:
    """The way to report a problem."""
    return {} if street_of(request) else None


def zones_of_the_street(request: HttpRequest, community: Any = None) -> dict[str, Any] | None:
    """The responsibility zones in force, with their communities; who leads them, for the street's own."""
    street = street_of(request)
    if street is None:
        return None
    today = timezone.localdate()
    zones = Zone.objects.filter(committee=street, since__lte=today).filter(Q(until=None) | Q(until__gt=today))
    rows = list(zones.select_related("leader", "deputy_director_at").prefetch_related("communities"))
    reach = reach_of(request.user)
    return {"zones": rows, "named": reach.everything or street.pk in reach.member_of} if rows else None


register(
    Panel("organisation", 20, "grids/_panel_zones.html", zones_of_the_street),
    Panel("dashboard", 20, "grids/_panel_streets.html", streets_today),
    Panel("home", 20, "grids/_panel_report.html", how_to_report),
)
