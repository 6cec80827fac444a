"""Keyset pages: the hundredth page costs what the first does, and rows that come or go move no page.

A cursor names the row at an edge by the values it is ordered by. Whoever invents one sees nothing that the
queryset would not show anyway.
"""

import datetime
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

SIZE = 30
BETWEEN = "~"


@dataclass(frozen=True)
class Page:
    """Some rows and the cursors of the pages beside them; `_pages.html` draws the links."""

    rows: list[Any]
    next_cursor: str = ""
    previous_cursor: str = ""


def page(rows: QuerySet, cursor: str | None, *, order: Sequence[str], size: int = SIZE) -> Page:
    """The page of `rows` at `cursor` (None or "" = the first), ordered by `order`, whose last column is unique.

    All columns of `order` stand in the rows' own table and are never null. Raises Http404 for a cursor that
    is none.
    """
    back = bool(cursor) and cursor.startswith("p")
    here = _turned(order) if back else list(order)
    found = rows.order_by(*here)
    if cursor:
        found = found.filter(_behind(rows.model, here, cursor))
    taken = list(found[: size + 1])
    more, shown = len(taken) > size, taken[:size]
    if back:
        shown.reverse()
    if not shown:
        return Page([])
    return Page(
        shown,
        next_cursor=_cursor("n", shown[-1], order) if more or back else "",
        previous_cursor=_cursor("p", shown[0], order) if (more if back else cursor) else "",
    )


def _turned(order: Sequence[str]) -> list[str]:
    return [name[1:] if name.startswith("-") else f"-{name}" for name in order]


def _column(model: type[models.Model], name: str) -> Any:
    bare = name.lstrip("-")
    return model._meta.pk if bare == "pk" else model._meta.get_field(bare)


def _cursor(way: str, row: Any, order: Sequence[str]) -> str:
    values = [_column(type(row), name).value_to_string(row) for name in order]
    return BETWEEN.join([way, *values])


def _behind(model: type[models.Model], order: Sequence[str], cursor: str) -> Q:
    """What comes after the row that the cursor names: (a > x) or (a = x and b > y)."""
    way, *texts = cursor.split(BETWEEN)
    if way not in ("n", "p") or len(texts) != len(order):
        raise Http404(_("There is no such page."))
    behind, same = Q(), Q()
    for name, text in zip(order, texts, strict=True):
        column = _column(model, name)
        try:
            value = column.to_python(text)
            column.get_prep_value(value)
        except (ValidationError, ValueError, TypeError, OverflowError) as error:
            raise Http404(_("There is no such page.")) from error
        if value is None or not _storable(value):
            raise Http404(_("There is no such page."))
        behind |= same & Q(**{f"{column.name}__{'lt' if name.startswith('-') else 'gt'}": value})
        same &= Q(**{column.name: value})
    return behind


def _storable(value: Any) -> bool:
    """Whether every database can compare the value: no day at the end of time, no number of twenty digits."""
    if isinstance(value, datetime.date):
        return 1900 <= value.year <= 2200
    return not isinstance(value, int) or abs(value) < 2**63
