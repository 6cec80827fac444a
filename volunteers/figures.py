"""The figures of the year's report that volunteers make: what tallies state, what plain SQL counts again."""

import datetime
from collections.abc import Callable
from decimal import Decimal

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaign import tallies
from campaign.models import Committee
from campaign.registry import Figure, metrics, register

KINDS = frozenset(
    {"friday_labour", "traffic_persuasion", "civility_persuasion", "civil_memorial", "dog_keeping"}
)
STANDING = "{starts} <= %(last)s AND ({ends} IS NULL OR {ends} > %(last)s)"
"""SQL for what stands on the last day, as a stock does"""


def _figure(
    key: str, metric: str, sql: str, article: int, *, title: object = None, at_least: bool = False
) -> Figure:
    counted = metrics[metric]
    return Figure(
        key=key,
        title=title or counted.title,
        unit=counted.unit,
        sql=sql,
        stated=_total(metric),
        article=article,
        at_least=at_least,
        metric=metric,
    )


def _total(metric: str) -> Callable[[Committee, datetime.date, datetime.date], Decimal]:
    def stated(committee: Committee, first: datetime.date, last: datetime.date) -> Decimal:
        return tallies.total(metric, first, last, committee=committee)

    return stated


def _kinds_held(committee: Committee, first: datetime.date, last: datetime.date) -> set[str]:
    """The codes of the kinds of which an activity was held."""
    return set(tallies.by_slice("volunteers.activities_held", first, last, committee=committee))


def _standing(table: str, starts: str, ends: str, more: str = "") -> str:
    """SQL: how many rows stand on the last day. Table and columns are our own words, never input."""
    stands = STANDING.format(starts=starts, ends=ends)
    return f"SELECT COUNT(*) FROM {table} WHERE committee_id = %(committee)s AND {stands} {more}"  # noqa: S608


def _members(capacity: str) -> str:
    stands = STANDING.format(starts="m.joined_on", ends="m.left_on")
    return f"""
        SELECT COUNT(*) FROM volunteers_teammember m
        JOIN volunteers_volunteerteam t ON t.id = m.team_id
        WHERE t.committee_id = %(committee)s AND m.capacity = '{capacity}' AND {stands}
    """  # noqa: S608


register(
    _figure(
        "organisation.party_members_reported_in",
        "volunteers.party_members",
        _standing("volunteers_partymember", "reported_on", "withdrawn_on"),
        800,
    ),
    _figure(
        "organisation.party_member_groups",
        "volunteers.party_groups",
        "SELECT COUNT(*) FROM volunteers_partygroup WHERE committee_id = %(committee)s AND since <= %(last)s",
        2,
    ),
    _figure(
        "organisation.practice_stations",
        "volunteers.stations",
        _standing("volunteers_station", "opened_on", "closed_on"),
        8,
    ),
    _figure(
        "organisation.volunteers",
        "volunteers.registered",
        _standing("volunteers_volunteer", "joined_on", "left_on"),
        13_000,
        at_least=True,
    ),
    _figure(
        "organisation.volunteer_teams_epidemic",
        "volunteers.teams_epidemic",
        _standing("volunteers_volunteerteam", "formed_on", "disbanded_on", "AND purpose = 'epidemic'"),
        9,
    ),
    _figure(
        "organisation.participating_residents",
        "volunteers.residents_taking_part",
        _members("resident"),
        1_447,
    ),
    _figure(
        # The article prints 1433家; one street has no such number of companies: people of theirs are meant.
        "organisation.participating_property_companies",
        "volunteers.property_taking_part",
        _members("property"),
        1_433,
    ),
    _figure(
        "volunteering.activities_held",
        "volunteers.activities_held",
        """
        SELECT COUNT(*) FROM volunteers_activity
        WHERE committee_id = %(committee)s AND state = 'held' AND day BETWEEN %(first)s AND %(last)s
        """,
        2_000,
        at_least=True,
    ),
    Figure(
        key="volunteering.activity_kinds",
        title=_("Kinds of volunteer activities held"),
        unit=pgettext_lazy("unit", "kinds"),
        sql="""
        SELECT DISTINCT k.code FROM volunteers_activity a JOIN volunteers_activitykind k ON k.id = a.kind_id
        WHERE a.committee_id = %(committee)s AND a.state = 'held' AND a.day BETWEEN %(first)s AND %(last)s
        """,
        stated=_kinds_held,
        article=set(KINDS),
        metric="volunteers.activities_held",
    ),
)
