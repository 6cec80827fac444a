"""What dashboard, home page and the page of a figure show: from tallies, to-dos and the panels of the apps."""

import datetime
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db.models import Q, QuerySet, Sum
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from campaign import goals, registry, tallies
from campaign.models import Committee, Community, Goal, Stage, Tally
from campaign.registry import Metric, Todo

Day = datetime.date
WEEK = timedelta(days=7)


# --- Panels of the apps -------------------------------------------------------------------------------
@dataclass(frozen=True)
class Panels:
    """The parts of a page that other apps fill, drawn, and what they add to its first line."""

    drawn: list[SafeString]
    leads: list[str]


def panels(page: str, request: HttpRequest, community: Community | None = None) -> Panels:
    """Ask every app for its part of `page`; a part that has nothing to say is left out."""
    drawn, leads = [], []
    for panel in registry.panels_of(page):
        context = panel.context(request, community)
        if context is None:
            continue
        drawn.append(render_to_string(panel.template, context, request))
        if lead := context.get("lead"):
            leads.append(str(lead))
    return Panels(drawn, leads)


# --- The dashboard ------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Number:
    """One counted number with its change, and where it comes from."""

    metric: Metric
    title: Any
    value: Decimal
    change: Decimal


def this_week(committee: Committee, today: Day, community: Community | None = None) -> list[Number]:
    """What the flows among the table's columns came to in the last seven days, beside the seven before."""
    keys = [
        column.metric
        for column in registry.columns()
        if not column.of and not registry.metrics[column.metric].stock
    ]
    begin = today - WEEK + timedelta(days=1)
    rows = Tally.objects.filter(metric__in=keys, committee=committee, day__range=(begin - WEEK, today))
    if community is not None:
        rows = rows.filter(community=community)
    counted = (
        rows.order_by()
        .values_list("metric")
        .annotate(now=Sum("value", filter=Q(day__gte=begin)), before=Sum("value", filter=Q(day__lt=begin)))
    )
    weeks = {metric: (now or Decimal(0), before or Decimal(0)) for metric, now, before in counted}
    nothing = (Decimal(0), Decimal(0))
    return [
        Number(
            metric=registry.metrics[key],
            title=registry.metrics[key].title,
            value=weeks.get(key, nothing)[0],
            change=weeks.get(key, nothing)[0] - weeks.get(key, nothing)[1],
        )
        for key in keys
    ]


def standing(
    user: Any, committee: Committee, today: Day, community: Community | None
) -> list[goals.Progress]:
    """The goals of the running stages that concern the community shown, else those of the whole street."""
    # The street's own goals hang on no community: who sees a community sees how far the street is.
    set_for = Goal.objects.filter(stage__in=Stage.objects.visible_to(user).filter(committee=committee))
    running = goals.current(set_for, today)
    own = running.filter(community=community) if community else running.filter(community=None)
    return goals.progresses(own.order_by("stage__first_day", "pk"), today)


def charted() -> list[Metric]:
    """The flows that a chart can show by month and community."""
    return [metric for metric in registry.metrics.values() if not metric.stock and metric.community]


def months(
    metric: Metric, year: int, committee: Committee, community: Community | None, today: Day
) -> dict[str, Any]:
    """The twelve months of a year for `line_chart`; months to come are gaps."""
    communities = None if community is None else [community]
    counted = tallies.by_month(metric.key, year, committee=committee, communities=communities)
    return {
        "title": metric.title,
        "unit": metric.unit,
        "points": [(month_name(first), value if first <= today else None) for first, value in counted],
    }


def month_name(first: Day) -> str:
    """A month as it stands under a chart: 3月; in English its number."""
    return pgettext("a month under a chart", "%(number)s") % {"number": first.month}


def first_line(todos: list[Todo], leads: list[str]) -> str:
    """What is so: how much is overdue, then what the apps say of today."""
    overdue = sum(todo.overdue for todo in todos)
    waiting = sum(todo.count for todo in todos)
    said = []
    if overdue:
        said.append(ngettext("%(n)s overdue", "%(n)s overdue", overdue) % {"n": overdue})
    elif waiting:
        said.append(
            ngettext("%(n)s to do, none overdue", "%(n)s to do, none overdue", waiting) % {"n": waiting}
        )
    else:
        said.append(_("Nothing waits"))
    return pgettext("between clauses", ", ").join([*said, *leads])


# --- The home page ------------------------------------------------------------------------------------
def public_numbers(committee: Committee, today: Day) -> list[Number]:
    """What the street may tell everybody: the public columns of the year so far; those at nought are left out."""
    shown = [registry.metrics[column.metric] for column in registry.columns() if not column.of]
    public = [metric for metric in shown if metric.public]
    counted = tallies.totals(
        [metric.key for metric in public], Day(today.year, 1, 1), today, committee=committee
    )
    return [
        Number(metric, metric.title, counted[metric.key], Decimal(0))
        for metric in public
        if counted[metric.key]
    ]


# --- One figure ---------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Figure:
    """A metric over a stretch of days: its sum, by slice, by community, by month."""

    metric: Metric
    first: Day
    last: Day
    total: Decimal
    by_slice: list[tuple[Any, Decimal]]
    by_community: list[tuple[Any, Decimal]]
    chart: dict[str, Any] | None


def figure(metric: Metric, committee: Committee, first: Day, last: Day) -> Figure:
    """All that is told of one figure, from its tallies."""
    where = {"committee": committee}
    parts = tallies.by_slice(metric.key, first, last, **where) if metric.slice else {}
    labels = metric.labels(parts) if metric.labels and parts else {}
    places = tallies.by_community(metric.key, first, last, **where) if metric.community else {}
    names = dict(tallies.communities_of(committee).values_list("pk", "name"))
    rows = [(name, places.get(key, Decimal(0))) for key, name in names.items() if key in places]
    if places.get(None):
        rows.append((_("No community named"), places[None]))
    same_year = first.year == last.year and not metric.stock
    return Figure(
        metric=metric,
        first=first,
        last=last,
        total=tallies.total(metric.key, first, last, **where),
        by_slice=sorted(
            ((labels.get(part, part), value) for part, value in parts.items()), key=lambda pair: -pair[1]
        ),
        by_community=rows,
        chart=_within(metric, committee, first, last) if same_year else None,
    )


def _within(metric: Metric, committee: Committee, first: Day, last: Day) -> dict[str, Any]:
    """The months of the stretch alone: a part of a month counts with the days that lie in it."""
    counted: dict[Day, Decimal] = {}
    days = tallies.rows(metric.key, first, last, committee=committee).order_by().values_list("day")
    for day, value in days.annotate(sum=Sum("value")):
        month = day.replace(day=1)
        counted[month] = counted.get(month, Decimal(0)) + value
    months = [Day(first.year, number, 1) for number in range(first.month, last.month + 1)]
    return {
        "title": _("By month"),
        "unit": metric.unit,
        "points": [(month_name(month), counted.get(month, Decimal(0))) for month in months],
    }


def rows_behind(metric: Metric, committee: Committee, user: Any, first: Day, last: Day) -> QuerySet:
    """The records that the figure counts, as far as `user` may see them."""
    facts = metric.facts_between(first, last).filter(**{metric.committee: committee.pk})
    seen = metric.model.objects.visible_to(user).values("pk")
    return facts.filter(pk__in=seen)


def quantity_column(metric: Metric) -> str:
    """The column that the metric adds up, "" where it counts rows."""
    value = metric.value
    return value.source_expressions[0].name if isinstance(value, Sum) else ""
