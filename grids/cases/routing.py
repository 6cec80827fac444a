"""Whose a problem is, by its category and its place."""

import datetime

from django.utils import timezone

from campaign.models import Community, Unit
from grids.models import CaseCategory, Point, Zone


def route(category: CaseCategory, point: Point | None, community: Community) -> Unit | None:
    """Who is to handle such a case without anyone asking: the category's unit, else the point's own unit."""
    today = timezone.localdate()
    known = (category.unit, point.unit if point else None)
    return next((unit for unit in known if unit and (unit.until is None or unit.until > today)), None)


def zone_of(community: Community, day: datetime.date) -> Zone | None:
    """The zone that answers for a place in the community when the point is not known: its first by number."""
    zones = community.zones.filter(since__lte=day).order_by("number")
    return next((zone for zone in zones if zone.until is None or zone.until > day), None)
