"""The month's list of shops, road by road (红黑榜's honest form: every shop, its status, with n)."""

import calendar
import datetime
from dataclasses import dataclass
from itertools import groupby

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from campaign import sheets
from campaign.models import Committee
from grids.frontage.cards import Card, card_for, latest_statuses, scheme_on
from grids.frontage.register import standing
from grids.models import CardScheme, Merchant


@dataclass(frozen=True)
class Line:
    """A shop as it stood at the end of the month."""

    shop: Merchant
    card: Card | None
    """by the colours of that day; None when nobody had looked yet"""

    @property
    def state(self) -> str:
        """fulfilled, unfulfilled, expired, or none"""
        if self.card is None:
            return "none"
        return "expired" if self.card.expired else self.card.status


@dataclass(frozen=True)
class Road:
    name: str
    lines: list[Line]
    fulfilled: int
    checked: int
    """shops whose card says something: the denominator of the rate"""


def last_day(first: datetime.date) -> datetime.date:
    """The last day of the month that begins on `first`."""
    return first.replace(day=calendar.monthrange(first.year, first.month)[1])


def lines(shops: QuerySet[Merchant], first: datetime.date) -> list[Line]:
    """Every shop on file at the end of the month, by road and address, in three questions."""
    day = last_day(first)
    rows = latest_statuses(standing(shops, day), day).select_related("community", "committee")
    rows = list(rows.order_by("committee", "road", "address", "pk"))
    schemes = {committee: scheme_on(committee, day) for committee in {row.committee for row in rows}}
    return [Line(row, _card(row, schemes[row.committee], day)) for row in rows]


def _card(shop: Merchant, scheme: CardScheme | None, day: datetime.date) -> Card | None:
    if scheme is None or not shop.latest_status:
        return None
    return card_for(shop.latest_status, shop.latest_day, scheme, shop.latest_valid_until, day)


def by_road(rows: list[Line]) -> list[Road]:
    """The lines under their roads; shops without a road come together."""
    return [
        Road(name, here, *_counted(here))
        for name, here in (
            (name, list(group)) for name, group in groupby(rows, key=lambda line: line.shop.road)
        )
    ]


def totals(rows: list[Line]) -> dict[str, int]:
    """How many shops, how many with a card that says something, how many of these fulfilled."""
    fulfilled, checked = _counted(rows)
    return {"shops": len(rows), "checked": checked, "fulfilled": fulfilled}


def _counted(rows: list[Line]) -> tuple[int, int]:
    states = [line.state for line in rows]
    fulfilled = states.count("fulfilled")
    return fulfilled, fulfilled + states.count("unfulfilled")


def sheet(rows: list[Line], first: datetime.date) -> bytes:
    """The list as a workbook; the colour always with its word."""
    headings = [_("Road"), _("Shop"), _("Address"), _("Community"), _("Duties"), _("Card"), _("Inspected on")]
    words = {"none": _("not yet inspected"), "expired": _("card expired")}
    told = (
        (
            line.shop.road,
            line.shop.name,
            line.shop.address,
            line.shop.community.name,
            words.get(line.state) or (line.card.label if line.card else ""),
            line.card.colour_label if line.card and not line.card.expired else "",
            line.card.since if line.card else None,
        )
        for line in rows
    )
    legend = [
        [_legend(scheme)] for scheme in {scheme_on(c, last_day(first)) for c in _streets(rows)} if scheme
    ]
    return sheets.workbook(f"{first:%Y-%m}", [str(heading) for heading in headings], [*told, [], *legend])


def _streets(rows: list[Line]) -> set[Committee]:
    return {line.shop.committee for line in rows}


def _legend(scheme: CardScheme) -> str:
    """What the colours mean, for whoever has the workbook alone."""
    told = {
        "kept": scheme.get_fulfilled_display(),
        "not": scheme.get_unfulfilled_display(),
        "day": scheme.since,
    }
    return _("%(kept)s card: fulfilled; %(not)s card: not fulfilled; in force since %(day)s.") % told
