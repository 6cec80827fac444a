"""Points of the demo year: types with their cards, some hundred points over the seven communities, special actions.

Names are those of public streets, house numbers and positions are drawn at random: no address is anybody's.
"""

import datetime
import random
from collections.abc import Iterable
from datetime import timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

from django.db.models import Model, QuerySet

from grids import huguo_cards as words
from grids import standards
from grids.models import (
    Checklist,
    ChecklistItem,
    HealthAction,
    HealthAnswer,
    HealthCheck,
    Point,
    PointType,
)
from grids.scores import score

# Each community is a cell of a sketch, three by three, in the middle of Kunming. No official boundary.
WEST, SOUTH, WIDE, HIGH = 102.7040, 25.0330, 0.0052, 0.0042
PLENTY = {"main-street": 4, "lane": 3, "quarter": 3}
"""points of a type in each community; of the others each community has one, in turn"""
AT_EVERY = ("community-hall", "refuse-point", "crossing", "toilet", "food-street", "practice-station")
IN_TURN = 5  # further types a community
OF_THE_COMMUNITY = (
    "community-hall",
    "practice-station",
    "health-station",
    "volunteer-post",
    "counselling-room",
)
"""named after the community, not after a street"""
OF_A_UNIT = 0.6  # share of the points for which a unit of the community answers
MET, NOT_MET = 0.93, 0.05  # of the standards of a special action; the rest does not apply


def _write(model: type[Model], rows: Iterable[Any]) -> list[Any]:
    return QuerySet(model=model).bulk_create(rows, batch_size=2000)


def corner(place: str) -> tuple[float, float]:
    """The south-western corner of a community's cell, in WGS-84."""
    number = list(words.STREETS).index(place)
    return WEST + WIDE * (number % 3), SOUTH + HIGH * (number // 3)


def sketch(places: Iterable[str]) -> dict[str, Any]:
    """The communities' cells as one GeoJSON geometry."""
    return {"type": "MultiPolygon", "coordinates": [[_ring(place)] for place in places]}


def _ring(place: str) -> list[list[float]]:
    west, south = corner(place)
    east, north = west + WIDE * 0.94, south + HIGH * 0.94
    ring = [[west, south], [east, south], [east, north], [west, north], [west, south]]
    return [[round(x, 6), round(y, 6)] for x, y in ring]


def somewhere(place: str, rng: random.Random) -> tuple[Decimal, Decimal]:
    """A position inside a community's cell."""
    west, south = corner(place)
    return (
        Decimal(f"{west + WIDE * rng.uniform(0.08, 0.86):.6f}"),
        Decimal(f"{south + HIGH * rng.uniform(0.08, 0.86):.6f}"),
    )


# --- Cards --------------------------------------------------------------------------------------------
def add_cards(street: SimpleNamespace) -> None:
    """The starter set of types, cards and special actions, in bulk. Sets street.types, cards, items, actions."""
    found = standards.starter("cards")
    rows = [
        PointType(committee=street.committee, code=one["code"], name=one["name"]) for one in found["type"]
    ]
    street.types = {row.code: row for row in _write(PointType, rows)}
    cards = [
        Checklist(
            committee=street.committee, point_type=street.types[one["code"]],
            title=standards.card_title(one["name"]), edition=found["edition"], since=found["since"],
        )
        for one in found["type"]
    ]  # fmt: skip
    wanted = [
        (edition, order, one)
        for edition in standards.starter("health_actions")["edition"]
        for order, one in enumerate(edition["action"], 1)
    ]
    lists = [
        Checklist(
            committee=street.committee, title=one["name"], edition=standards.action_edition(edition["name"]),
            since=edition["first_day"],
        )
        for edition, _order, one in wanted
    ]  # fmt: skip
    _write(Checklist, [*cards, *lists])
    lines = [one["items"] for one in found["type"]] + [one["items"] for _edition, _order, one in wanted]
    items = [
        item
        for card, of_card in zip([*cards, *lists], lines, strict=True)
        for item in standards.starter_items(card, of_card, street.categories)
    ]
    street.items = {}
    for item in _write(ChecklistItem, items):
        street.items.setdefault(item.checklist_id, []).append(item)
    street.cards = {card.point_type.code: card for card in cards}
    street.actions = lists
    street.health_actions = _write(
        HealthAction,
        [
            HealthAction(
                committee=street.committee, edition=edition["name"], order=order, name=one["name"], checklist=card,
                first_day=edition["first_day"], last_day=edition.get("last_day"),
            )
            for (edition, order, one), card in zip(wanted, lists, strict=True)
        ],
    )  # fmt: skip


# --- Points -------------------------------------------------------------------------------------------
def add_points(street: SimpleNamespace, rng: random.Random) -> None:
    """Every type somewhere, the common ones everywhere. Sets street.points and street.points_at."""
    endings = {one["code"]: one["ending"] for one in standards.starter("cards")["type"]}
    others = [code for code in endings if code not in PLENTY and code not in AT_EVERY]
    units: dict[int, list[Any]] = {}
    for unit in street.units:
        units.setdefault(unit.community_id, []).append(unit)
    rows = []
    for order, (place, streets) in enumerate(words.STREETS.items()):
        wanted = [(code, number) for code, many in PLENTY.items() for number in range(many)]
        wanted += [(code, 0) for code in AT_EVERY]
        wanted += [(others[(order * IN_TURN + turn) % len(others)], 0) for turn in range(IN_TURN)]
        for turn, (code, number) in enumerate(wanted):
            where = streets[(number + turn) % len(streets)] if code not in PLENTY else streets[number]
            point = _point(street, rng, place, code, where, endings[code])
            near = units.get(point.community.pk, ())
            point.unit = rng.choice(near) if near and rng.random() < OF_A_UNIT else None
            rows.append(point)
    street.points = _write(Point, rows)
    street.points_at = {}
    for point in street.points:
        street.points_at.setdefault((point.community_id, point.type.code), []).append(point)


def _point(
    street: SimpleNamespace, rng: random.Random, place: str, code: str, where: str, ending: str
) -> Point:
    keepers = street.users.clerks if hasattr(street.users, "clerks") else [street.users.secretaries[place]]
    longitude, latitude = somewhere(place, rng)
    return Point(
        committee=street.committee,
        community=street.communities[place],
        zone=street.zone_at[place],
        type=street.types[code],
        name=f"{place}社区{ending}" if code in OF_THE_COMMUNITY else f"{where}{ending}",
        address=f"{where}{rng.randrange(1, 180)}号",
        longitude=longitude,
        latitude=latitude,
        keeper=rng.choice(keepers),
        since=street.first,
    )


# --- Special actions ----------------------------------------------------------------------------------
def add_checks(street: SimpleNamespace, rng: random.Random) -> int:
    """Every community looked at once a month by every list: the second half of the year, and these weeks."""
    days = [datetime.date(street.year, month, 12) for month in range(7, 13)]
    days += [street.today - timedelta(days=back) for back in (35, 6)]
    checks, answers = [], []
    for day in days:
        for action in street.health_actions:
            if not (action.first_day <= day and (action.last_day is None or day <= action.last_day)):
                continue
            for place, community in street.communities.items():
                given = [
                    HealthAnswer(item=item, value=_seen(rng)) for item in street.items[action.checklist_id]
                ]
                told = score((one.item, one.value, one.faults) for one in given)
                check = HealthCheck(
                    committee=street.committee, community=community, action=action, day=day,
                    points_reached=told.points, points_possible=told.of, by=street.users.secretaries[place],
                )  # fmt: skip
                checks.append(check)
                answers += [(check, one) for one in given]
    _write(HealthCheck, checks)
    for check, one in answers:
        one.of_id = check.pk
    _write(HealthAnswer, [one for _check, one in answers])
    return len(checks)


def _seen(rng: random.Random) -> str:
    drawn = rng.random()
    return "yes" if drawn < MET else "no" if drawn < MET + NOT_MET else "na"
