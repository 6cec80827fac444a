"""What this app shows on the dashboard and on the home page."""

from typing import Any

from django.http import HttpRequest
from django.utils import timezone

from campaign.registry import Panel, register
from campaign.streets import street_of
from volunteers.models import Activity

SHOWN = 10
"""activities that the dashboard lists; the rest stand behind "all" """


def this_week(request: HttpRequest, community: Any = None) -> dict[str, Any]:
    """The week's activities within the person's scope, with places, and how many people are still short."""
    now = timezone.now()
    week = Activity.objects.visible_to(request.user).of_week(timezone.localdate())
    if community is not None:
        week = week.filter(community=community)
    # One question for all of the week, for the sum is of all of them; the list shows what is still to come.
    rows = list(week.select_related("community"))
    ahead = [row for row in rows if row.state == Activity.State.PUBLISHED and row.starts_at > now]
    shown = [row for row in rows if row.ends_at > now][:SHOWN]
    return {
        "activities": shown,
        "planned": len(rows),
        "short": sum(max(row.room, 0) for row in ahead),
    }


def coming(request: HttpRequest, community: Any = None) -> dict[str, Any] | None:
    """The next five activities of the street, for everybody."""
    street = street_of(request)
    if street is None:
        return None
    rows = Activity.objects.filter(committee=street).coming().select_related("community")
    return {"activities": list(rows[:5])}


def how_to_join(request: HttpRequest, community: Any = None) -> dict[str, Any] | None:
    """Three steps from reader to volunteer."""
    return {} if street_of(request) else None


register(
    Panel("dashboard", 40, "volunteers/_panel_week.html", this_week),
    Panel("home", 40, "volunteers/_panel_coming.html", coming),
    Panel("home", 50, "volunteers/_panel_join.html", how_to_join),
)
