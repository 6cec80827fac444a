"""How the report's data is drawn on the page."""

from collections.abc import Iterator
from typing import Any

from django import template
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext

from campaign import registry
from campaign.reports import Heading, Line, Part, Report, Run, Table
from campaign.reports.outline import number, ordinal
from campaign.templatetags.portal import as_number

register = template.Library()
register.filter("ordinal", ordinal)


@register.simple_tag
def run(piece: Run, report: Report) -> SafeString:
    """A stretch of text; a figure leads to its definition and rows of the report's days."""
    if not piece.metric:
        return format_html("{}", piece.text)
    address = reverse("campaign:figure", args=[piece.metric])
    return format_html(
        '<a href="{}?first={}&amp;last={}">{}</a>', address, report.first, report.last, piece.text
    )


@register.filter
def numbered(part: Part) -> Iterator[tuple[Any, int]]:
    """The blocks of a part, each heading with its place among the headings, all else with 0."""
    place = 0
    for block in part.blocks:
        if isinstance(block, Heading):
            place += 1
        yield block, place if isinstance(block, Heading) else 0


@register.filter
def cells(table: Table, row: tuple[Run, ...]) -> list[tuple[str, Run]]:
    """Each cell with the heading of its column, which stands beside it on a phone."""
    return list(zip(table.headings, row, strict=True))


# What stands as a word of ours in a figure.
WORDS = {"unstated": _("not stated"), "red": _("red card"), "green": _("green card")}


@register.filter
def plainly(line: Line, column: str) -> str:
    """A number, a text or names, as they stand in a table; codes by their names."""
    value = getattr(line, column)
    if isinstance(value, set | frozenset):
        metric = registry.metrics.get(line.metric)
        named = metric.labels(value) if metric and metric.labels else {}
        return pgettext("between names", ", ").join(sorted(str(named.get(code, code)) for code in value))
    found = as_number(value)
    return str(WORDS.get(value, value)) if found is None else number(found)
