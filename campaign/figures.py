"""The figures of the article that the ground states: organisation, publicity, works, stories."""

import datetime
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext_lazy as _

from campaign import tallies
from campaign.metrics import site_names
from campaign.models import Committee
from campaign.registry import Figure, metrics, register

Day = datetime.date

# As the article says them; a kind is a code with us.
FACILITIES = {
    "gate": "门禁",
    "camera": "监控探头",
    "party_room": "党员活动室",
    "council_corner": "红色议事角",
    "mediation_room": "矛盾纠纷调解室",
}
FACILITIES_FOUND = """
SELECT DISTINCT CASE f.kind
WHEN 'gate' THEN '门禁' WHEN 'camera' THEN '监控探头' WHEN 'party_room' THEN '党员活动室'
WHEN 'council_corner' THEN '红色议事角' WHEN 'mediation_room' THEN '矛盾纠纷调解室' END
FROM campaign_facility f JOIN campaign_site s ON s.id = f.site_id
WHERE s.committee_id = %(committee)s AND f.installed_on BETWEEN %(first)s AND %(last)s
"""
COURTYARDS = {"庆云街91号院", "庆云街93号院", "南强街92号院", "头道巷38号", "兴华街2号", "鞋善巷"}


def _total(metric: str, part: str | None = None) -> Callable[[Committee, Day, Day], Decimal]:
    def stated(committee: Committee, first: Day, last: Day) -> Decimal:
        return tallies.total(metric, first, last, committee=committee, slice=part)

    return stated


def _names(metric: str, named: Callable[[set[str]], Mapping[str, Any]]) -> Callable[..., set[str]]:
    """The names of the slices of which something was counted."""

    def stated(committee: Committee, first: Day, last: Day) -> set[str]:
        found = set(tallies.by_slice(metric, first, last, committee=committee))
        return {str(name) for code, name in named(found).items() if code in found}

    return stated


def _figure(
    key: str, metric: str, sql: str, article: Any, *, title: Any = "", part: str | None = None, **more: Any
) -> Figure:
    return Figure(
        key=key,
        title=title or metrics[metric].title,
        unit=metrics[metric].unit,
        sql=sql,
        stated=_total(metric, part),
        article=article,
        metric=metric,
        **more,
    )


def _standing(table: str, more: str = "") -> str:
    """SQL: rows of an own table that stand on the last day. The names are our own words, never input."""
    return f"SELECT COUNT(*) FROM {table} WHERE committee_id = %(committee)s AND since <= %(last)s {more}"  # noqa: S608


def _sum(table: str, column: str, day: str, condition: str) -> str:
    return f"""
        SELECT COALESCE(SUM({column}), 0) FROM {table}
        WHERE committee_id = %(committee)s AND {day} BETWEEN %(first)s AND %(last)s AND {condition}
    """  # noqa: S608


def _publicity(condition: str) -> str:
    return _sum("campaign_publicityentry", "quantity", "day", condition)


def _works(kind: str) -> str:
    return _sum("campaign_workitem", "quantity", "accepted_on", f"kind = '{kind}'")


# --- Organisation -------------------------------------------------------------------------------------
register(
    _figure(
        "organisation.committees",
        "organisation.committees",
        "SELECT COUNT(*) FROM campaign_committee WHERE id = %(committee)s AND since <= %(last)s",
        1,
    ),
    _figure("organisation.teams", "organisation.teams", _standing("campaign_team"), 3),
    _figure("organisation.communities", "organisation.communities", _standing("campaign_community"), 7),
    _figure(
        "organisation.caring_companies",
        "organisation.caring_companies",
        """
        SELECT COUNT(*) FROM campaign_unit WHERE committee_id = %(committee)s
        AND caring_since <= %(last)s AND (until IS NULL OR until > %(last)s)
        """,
        28,
    ),
)

# --- Publicity ----------------------------------------------------------------------------------------
register(
    _figure(
        "publicity.open_letters",
        "publicity.open_letters",
        _publicity("kind = 'open_letter'"),
        20_000,
        at_least=True,
    ),
    _figure("publicity.public_service_adverts", "publicity.adverts", _publicity("kind = 'advert'"), 12_000),
    _figure(
        "publicity.public_service_videos",
        "publicity.video_showings",
        _publicity("kind = 'video'"),
        30_000,
        at_least=True,
    ),
    _figure(
        "publicity.leaflets_by_civilised_units",
        "publicity.leaflets",
        # By whom it was says the team itself, not the copy of its kind that the count is told apart by.
        """
        SELECT COALESCE(SUM(e.quantity), 0) FROM campaign_publicityentry e
        JOIN campaign_team t ON t.id = e.team_id WHERE e.committee_id = %(committee)s
        AND e.day BETWEEN %(first)s AND %(last)s AND e.kind = 'leaflet' AND t.kind = 'unit'
        """,
        8_000,
        title=_("Leaflets handed out by civilised units"),
        part="unit",
        at_least=True,
    ),
    _figure(
        "publicity.leaflets_by_volunteers",
        "publicity.leaflets",
        """
        SELECT COALESCE(SUM(e.quantity), 0) FROM campaign_publicityentry e
        JOIN campaign_team t ON t.id = e.team_id WHERE e.committee_id = %(committee)s
        AND e.day BETWEEN %(first)s AND %(last)s AND e.kind = 'leaflet' AND t.kind = 'volunteer'
        """,
        30_000,
        title=_("Leaflets handed out by volunteers"),
        part="volunteer",
        at_least=True,
    ),
    _figure(
        "publicity.led_and_loudspeaker_broadcasts",
        "publicity.broadcasts",
        _publicity("kind IN ('led', 'loudspeaker')"),
        18_000,
        at_least=True,
    ),
)

# --- Works --------------------------------------------------------------------------------------------
register(
    _figure("works.pavement_bricks_repaired_m2", "works.pavement_bricks_m2", _works("paving"), 185),
    _figure("works.facades_washed_m2", "works.facades_m2", _works("facade"), 50_000, about=True),
    _figure("works.plants_planted", "works.plants", _works("planting"), 5_000, about=True),
    _figure("works.illegal_signs_removed_m2", "works.signs_m2", _works("sign_removal"), 200, about=True),
    Figure(
        key="works.courtyards_renovated",
        title=_("Courtyards and lanes renovated"),
        unit=_("sites"),
        sql="""
        SELECT DISTINCT s.name FROM campaign_workitem w JOIN campaign_site s ON s.id = w.site_id
        WHERE w.committee_id = %(committee)s AND w.kind = 'renovation'
        AND w.accepted_on BETWEEN %(first)s AND %(last)s
        """,
        stated=_names("works.courtyards_renovated", site_names),
        article=COURTYARDS,
        metric="works.courtyards_renovated",
    ),
    Figure(
        key="works.courtyard_facilities",
        title=_("Kinds of facilities in courtyards"),
        unit=_("kinds"),
        sql=FACILITIES_FOUND,
        stated=_names("works.facilities", lambda _found: FACILITIES),
        article=set(FACILITIES.values()),
        metric="works.facilities",
    ),
    _figure(
        "works.charging_piles_installed",
        "works.charging_piles",
        _works("charging_pile"),
        "unstated",
        above_nought=True,
    ),
)

# --- Stories ------------------------------------------------------------------------------------------
register(
    _figure(
        "stories.stories",
        "stories.stories",
        """
        SELECT COUNT(*) FROM campaign_story WHERE committee_id = %(committee)s
        AND happened_on BETWEEN %(first)s AND %(last)s AND published_on IS NOT NULL
        """,
        2,
    ),
)
