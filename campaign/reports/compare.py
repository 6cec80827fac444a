"""The article's figures beside what the report states (from tallies) and what plain SQL counts (from records)."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection

from campaign import registry
from campaign.models import Committee
from campaign.registry import Figure

ABOUT = Decimal("0.05")
"""a figure that the article gives as "about" is met within five in a hundred"""

# The order in which the article speaks of them.
SECTIONS = ("organisation", "publicity", "volunteering", "visits", "works", "frontage", "stories")


@dataclass(frozen=True)
class Line:
    """One figure: what the article says, what is stated, what is counted, and whether all agree."""

    key: str
    title: Any
    unit: Any
    article: Any
    stated: Any
    counted: Any
    met: bool
    agrees: bool
    """whether the stated figure is the counted one, whatever the article says"""
    metric: str = ""

    def as_json(self) -> dict[str, Any]:
        """Numbers as numbers, sets of names as sorted lists."""
        return {
            "key": self.key,
            "article": _plain(self.article),
            "stated": _plain(self.stated),
            "counted": _plain(self.counted),
            "met": self.met,
        }


def compare(committee: Committee, year: int) -> list[Line]:
    """One line for every figure that any app registered, in the article's order."""
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    order = sorted(registry.figures.values(), key=lambda figure: _place(figure.key))
    return [_line(figure, committee, first, last) for figure in order]


def _place(key: str) -> int:
    section = key.split(".")[0]
    return SECTIONS.index(section) if section in SECTIONS else len(SECTIONS)


def _line(figure: Figure, committee: Committee, first: datetime.date, last: datetime.date) -> Line:
    stated = _value(figure.stated(committee, first, last))
    counted = count(figure, committee, first, last)
    return Line(
        key=figure.key,
        title=figure.title,
        unit=figure.unit,
        article=figure.article,
        stated=stated,
        counted=counted,
        agrees=stated == counted,
        met=stated == counted and _meets(figure, counted),
        metric=figure.metric,
    )


def count(figure: Figure, committee: Committee, first: datetime.date, last: datetime.date) -> Any:
    """What the figure's plain SQL finds: a number, a text, or a set of names where the article gives names."""
    with connection.cursor() as cursor:
        cursor.execute(figure.sql, {"committee": committee.pk, "first": first, "last": last})
        rows = cursor.fetchall()
    if isinstance(figure.article, set | frozenset):
        return {str(row[0]) for row in rows if row[0] is not None}
    return _value(rows[0][0] if rows else "")


def _value(value: Any) -> Any:
    """A number as an exact one, names as a set, anything else as it is."""
    if isinstance(value, set | frozenset | list | tuple):
        return {str(name) for name in value}
    if isinstance(value, float):  # SQLite adds up decimals as floats
        value = round(value, 2)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        return Decimal(str(value)).normalize()
    return "" if value is None else str(value)


def _meets(figure: Figure, counted: Any) -> bool:
    if figure.above_nought:
        return isinstance(counted, Decimal) and counted > 0
    wanted = _value(figure.article)
    if figure.at_least:
        return isinstance(counted, Decimal) and counted >= wanted
    if figure.about:
        return isinstance(counted, Decimal) and abs(counted - wanted) <= wanted * ABOUT
    return counted == wanted


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, Iterable) and not isinstance(value, str):
        return sorted(str(name) for name in value)
    return value
