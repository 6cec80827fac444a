"""The duty roster (值守排班): who walks which road section on which day of a week."""

import datetime
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db.models import Prefetch

from grids.models import Patrol, PatrolPlan, PlanStop, Zone


@dataclass
class Section:
    """A plan's line of the roster: its road section, and what stands on each of the seven days."""

    plan: PatrolPlan
    days: list[tuple[datetime.date, list[Patrol]]]

    @property
    def route(self) -> list[str]:
        """The points of the route in their order; empty where the whole zone is walked."""
        if self.plan.covers == PatrolPlan.Covers.ZONE:
            return []
        return [stop.point.name for stop in self.plan.stops.all()]


@dataclass
class ZoneRoster:
    """The sections of a zone."""

    zone: Zone
    sections: list[Section]


def monday_of(day: datetime.date) -> datetime.date:
    """The first day of the week that `day` lies in."""
    return day - timedelta(days=day.weekday())


def week(user: Any, first: datetime.date, zone: Zone | None = None) -> list[ZoneRoster]:
    """The roster of the seven days from `first` on, as far as `user` sees it, zone by zone. What was withdrawn is
    not on it; nor is a cross-check, which nobody is to read off a wall before it is done."""
    days = [first + timedelta(days=number) for number in range(7)]
    rows = Patrol.objects.visible_to(user).filter(day__range=(days[0], days[-1]), plan__cross_check=None)
    rows = rows.exclude(state=Patrol.State.WITHDRAWN)
    if zone is not None:
        rows = rows.filter(zone=zone)
    stops = Prefetch("plan__stops", PlanStop.objects.select_related("point").order_by("order", "point"))
    rows = rows.select_related("plan", "zone__leader", "patroller").prefetch_related(stops)
    found: dict[int, ZoneRoster] = {}
    sections: dict[tuple[int, int], Section] = {}
    for row in rows.order_by("zone__number", "zone", "plan__name", "plan", "starts_at"):
        block = found.setdefault(row.zone_id, ZoneRoster(row.zone, []))
        key = (row.zone_id, row.plan_id)
        if key not in sections:
            sections[key] = Section(row.plan, [(day, []) for day in days])
            block.sections.append(sections[key])
        sections[key].days[(row.day - first).days][1].append(row)
    return list(found.values())
