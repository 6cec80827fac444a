"""A fact that is counted, for the tests of counting: leaflets handed out at community A."""

import datetime
from decimal import Decimal
from typing import Any

from campaign import registry, tallies
from campaign.models import Mark, PublicityEntry, Tally
from tests import factories

METRIC = "publicity.leaflets"
MONDAY = datetime.date(2020, 11, 16)
TUESDAY = datetime.date(2020, 11, 17)


def leaflets(
    place: factories.Place, quantity: int, day: datetime.date = MONDAY, **more: Any
) -> PublicityEntry:
    return factories.make(
        PublicityEntry, place, kind="leaflet", quantity=quantity, day=day, unit=None, team=None, **more
    )


def marked() -> set[datetime.date]:
    """The days on which leaflets wait to be counted."""
    return set(Mark.objects.filter(metric=METRIC).values_list("day", flat=True))


def count() -> None:
    """Count all that is marked."""
    while tallies.count_marked():
        pass


def stated(day: datetime.date | None = None) -> Decimal:
    rows = Tally.objects.filter(metric=METRIC, **({"day": day} if day else {}))
    return sum((row.value for row in rows), Decimal(0))


def counted(day: datetime.date) -> Decimal:
    return sum(registry.metrics[METRIC].count(day, day).values(), Decimal(0))
