"""The figures of the article that come out of the streets; what it says is copied from its figures.toml."""

import datetime
from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaign import tallies
from campaign.models import Committee
from campaign.registry import Figure, register
from grids import frontage


def _tally(metric: str) -> Callable[..., Any]:
    def stated(committee: Committee, first: datetime.date, last: datetime.date) -> Any:
        return tallies.total(metric, first, last, committee=committee)

    return stated


def _colour(of: str) -> Callable[..., Any]:
    """A setting and no count: the colour by the scheme in force on the last day, as the cards show it."""

    def stated(committee: Committee, first: datetime.date, last: datetime.date) -> Any:
        scheme = frontage.scheme_on(committee, last)
        return getattr(scheme, of) if scheme else ""

    return stated


ZONES = """
SELECT COUNT(*) FROM grids_zone
WHERE committee_id = %(committee)s AND since <= %(last)s AND (until IS NULL OR until > %(last)s)
"""
VISITS = """
SELECT COALESCE(SUM(visits), 0) FROM grids_visitbatch
WHERE committee_id = %(committee)s AND day BETWEEN %(first)s AND %(last)s AND kind = '{kind}'
"""
HEALTH = """
SELECT COALESCE(SUM({column}), 0) FROM grids_healthreport
WHERE committee_id = %(committee)s AND day BETWEEN %(first)s AND %(last)s
"""
SCHEME = """
SELECT {column} FROM grids_cardscheme
WHERE committee_id = %(committee)s AND since <= %(last)s
ORDER BY since DESC LIMIT 1
"""

register(
    Figure(
        key="organisation.responsibility_zones",
        title=_("responsibility zones"),
        unit=pgettext_lazy("unit", "zones"),
        sql=ZONES,
        stated=_tally("grids.zones"),
        article=6,
        metric="grids.zones",
    ),
    Figure(
        key="organisation.zone_leaders",
        title=_("zone leaders, each deputy director of a community"),
        unit=pgettext_lazy("unit", "persons"),
        sql=ZONES + " AND leader_id IS NOT NULL",
        stated=_tally("grids.zone_leaders"),
        article=6,
        metric="grids.zone_leaders",
    ),
    Figure(
        key="visits.residents_visited",
        title=_("visits to residents"),
        unit=pgettext_lazy("unit", "visits"),
        sql=VISITS.format(kind="resident"),
        stated=_tally("visits.residents"),
        article=210_000,
        metric="visits.residents",
    ),
    Figure(
        key="visits.companies_visited",
        title=_("visits to firms"),
        unit=pgettext_lazy("unit", "visits"),
        sql=VISITS.format(kind="firm"),
        stated=_tally("visits.firms"),
        article=18_700,
        metric="visits.firms",
    ),
    Figure(
        key="visits.confirmed_cases",
        title=_("confirmed infections"),
        unit=pgettext_lazy("unit", "persons"),
        sql=HEALTH.format(column="confirmed"),
        stated=_tally("health.confirmed"),
        article=0,
        metric="health.confirmed",
    ),
    Figure(
        key="visits.suspected_cases",
        title=_("suspected infections"),
        unit=pgettext_lazy("unit", "persons"),
        sql=HEALTH.format(column="suspected"),
        stated=_tally("health.suspected"),
        article=0,
        metric="health.suspected",
    ),
    Figure(
        key="frontage.card_when_fulfilled",
        title=_("card of a shop that keeps its duties"),
        unit="",
        sql=SCHEME.format(column="fulfilled"),
        stated=_colour("fulfilled"),
        article="red",
    ),
    Figure(
        key="frontage.card_when_not",
        title=_("card of a shop that does not"),
        unit="",
        sql=SCHEME.format(column="unfulfilled"),
        stated=_colour("unfulfilled"),
        article="green",
    ),
)
