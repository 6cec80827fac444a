"""Whose a problem is, by its category and its place."""

import datetime
from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.models import Community, Unit
from grids.models import Case, CaseCategory, CaseRoute, Point, Zone


@dataclass(frozen=True)
class Proposal:
    """Who is to handle a case, and why it is they, as one would say it."""

    unit: Unit
    because: str


def proposal(
    category: CaseCategory,
    community: Community,
    *,
    zone: Zone | None = None,
    point: Point | None = None,
    day: datetime.date | None = None,
) -> Proposal | None:
    """The unit that answers for the category at the place, the most particular rule first; None where none stands.

    A rule for the community within the zone comes before one for the community, that before one for the zone,
    then the category's usual unit, then the point's own.
    """
    day = day or timezone.localdate()
    rules = list(CaseRoute.objects.filter(category=category).select_related("unit", "community", "zone"))
    for rule in sorted(rules, key=_how_general):
        if _covers(rule, community, zone) and _stands(rule.unit, day):
            place = " ".join(str(part) for part in (rule.community, rule.zone) if part)
            told = {"unit": rule.unit, "category": category, "place": place}
            return Proposal(rule.unit, _("%(unit)s answers for “%(category)s” in %(place)s.") % told)
    if category.unit and _stands(category.unit, day):
        told = {"unit": category.unit, "category": category}
        return Proposal(category.unit, _("%(unit)s usually handles “%(category)s”.") % told)
    if point and point.unit and _stands(point.unit, day):
        told = {"unit": point.unit, "point": point}
        return Proposal(point.unit, _("%(point)s belongs to %(unit)s.") % told)
    return None


def proposal_for(case: Case) -> Proposal | None:
    """The same for a case as it stands: whom the last unit named on returning it comes first."""
    if case.proposed_unit and _stands(case.proposed_unit, timezone.localdate()):
        told = {"unit": case.proposed_unit}
        return Proposal(case.proposed_unit, _("%(unit)s was named by the unit that returned it.") % told)
    return proposal(case.category, case.community, zone=case.zone, point=case.point)


def route(
    category: CaseCategory, point: Point | None, community: Community, zone: Zone | None = None
) -> Unit | None:
    """Who is to handle such a case without anyone asking."""
    found = proposal(category, community, zone=zone or (point.zone if point else None), point=point)
    return found.unit if found else None


def zone_of(community: Community, day: datetime.date) -> Zone | None:
    """The zone that answers for a place in the community when the point is not known: its first by number."""
    zones = community.zones.filter(since__lte=day).order_by("number")
    return next((zone for zone in zones if zone.until is None or zone.until > day), None)


def _how_general(rule: CaseRoute) -> tuple[bool, bool, int]:
    return rule.community_id is None, rule.zone_id is None, rule.pk


def _covers(rule: CaseRoute, community: Community, zone: Zone | None) -> bool:
    here = rule.community_id in (None, community.pk)
    return here and (rule.zone_id is None or (zone is not None and rule.zone_id == zone.pk))


def _stands(unit: Unit, day: datetime.date) -> bool:
    return unit.until is None or unit.until > day
