"""Practice stations: which are open, and what one of them has on its plan for a month."""

import datetime
import re
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from volunteers.models import Activity, Station

PLANNED = (Activity.State.PUBLISHED, Activity.State.HELD)
MOST = 300
"""activities that a month's plan shows; a station with more has a list of its own"""


@dataclass(frozen=True)
class Month:
    """A month of the calendar."""

    first: datetime.date

    @property
    def after(self) -> datetime.date:
        """The first day of the next month."""
        return (self.first + datetime.timedelta(days=31)).replace(day=1)

    @property
    def before(self) -> datetime.date:
        """The first day of the month before."""
        return (self.first - datetime.timedelta(days=1)).replace(day=1)


def month_of(said: str) -> Month:
    """The month written as 2020-11; what is no month is the current one."""
    found = re.fullmatch(r"([0-9]{4})-([0-9]{2})", said)
    year, month = (int(found[1]), int(found[2])) if found else (0, 0)
    if not (1950 <= year <= 2200 and 1 <= month <= 12):
        today = timezone.localdate()
        year, month = today.year, today.month
    return Month(datetime.date(year, month, 1))


def open_ones(street: Any, day: datetime.date | None = None) -> QuerySet[Station]:
    """The stations of a street that are open on that day, the centre first."""
    day = day or timezone.localdate()
    opened = Station.objects.filter(committee=street, opened_on__lte=day)
    still = opened.filter(Q(closed_on=None) | Q(closed_on__gt=day))
    return still.select_related("community").order_by("level", "community__order", "name")


def plan(station: Station, month: Month) -> QuerySet[Activity]:
    """What everybody may come to at the station in that month: published or held, never a draft."""
    rows = Activity.objects.filter(station=station, state__in=PLANNED)
    within = rows.filter(day__gte=month.first, day__lt=month.after)
    return within.select_related("kind").order_by("day", "starts_at", "pk")[:MOST]
