"""What the apps above tell the ground floor about themselves, found by file name.

An app that has `metrics.py`, `todos.py`, `figures.py`, `panels.py`, `statements.py`, `layers.py`, `wordings.py`
or `navigation.py` is asked once, at start.
So the dashboard, the report and the to-do centre show the streets and the volunteers without importing them.
"""

import datetime
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.apps import apps
from django.db import models
from django.db.models import Count, F, Q, Value
from django.db.models.functions import Cast
from django.utils.module_loading import autodiscover_modules

FILES = ("metrics", "todos", "figures", "panels", "statements", "layers", "wordings", "navigation")

Day = datetime.date
Key = tuple[Day, int, int | None, str]
"""day, committee id, community id or None where the fact belongs to no community, slice"""


@dataclass(frozen=True)
class Metric:
    """Something that is counted from rows, day by day. Its tallies are all that pages and reports read.

    A *flow* adds up over days (leaflets handed out). A *stock* stands (volunteers registered): its days hold
    the net change, so that it too is a sum of days and recounting an old day always gives the same answer.
    Conditions and slices look only at columns of the facts' own table or at relations that never change.
    """

    key: str
    """such as "publicity.open_letters"; a goal, a figure and the API name a metric by it"""
    title: Any
    unit: Any
    definition: Any
    """one or two sentences an official can read out: what is counted, what is not"""
    facts: str
    """the model whose rows are counted, "app.Model"; a subclass of CountedModel"""
    day: str
    """the date column that says on which day the fact counts; rows without a date do not count"""
    committee: str = "committee"
    community: str = "community"
    """path to the community, "" where the fact belongs to the street as a whole"""
    value: Any = None
    """the aggregate, by default the number of rows"""
    where: Q = field(default_factory=Q)
    slice: str = ""
    """column by which the count is told apart, such as "kind"; its values are codes or keys, never names"""
    stock: bool = False
    ends: str = ""
    """of a stock: the date column on which the row ceases to count"""
    public: bool = False
    """whether the whole street's sum may stand on public pages"""
    labels: Callable[[Iterable[str]], Mapping[str, Any]] | None = None
    """names for the slices"""
    rows: str = ""
    """name of the URL that lists the rows behind the figure; takes ?first=&last=&metric="""

    @property
    def model(self) -> type[models.Model]:
        return apps.get_model(self.facts)

    @property
    def days(self) -> tuple[str, ...]:
        """The date columns whose days change when a row changes."""
        return (self.day, self.ends) if self.ends else (self.day,)

    def facts_between(self, first: Day, last: Day) -> models.QuerySet:
        """The rows behind the figure of a flow from `first` to `last`, both included; of a stock, those standing
        on `last`."""
        rows = self.model._base_manager.filter(self.where)
        if not self.stock:
            return rows.filter(**{f"{self.day}__range": (first, last)})
        standing = rows.filter(**{f"{self.day}__lte": last})
        if self.ends:
            standing = standing.filter(Q(**{f"{self.ends}__isnull": True}) | Q(**{f"{self.ends}__gt": last}))
        return standing

    def count(self, first: Day, last: Day) -> dict[Key, Decimal]:
        """Every bucket from `first` to `last`: one grouped query (two for a stock that ends)."""
        counted = self._count_by(self.day, first, last)
        if self.stock and self.ends:
            for key, value in self._count_by(self.ends, first, last).items():
                counted[key] = counted.get(key, Decimal(0)) - value
        return {key: value for key, value in counted.items() if value}

    def _count_by(self, day: str, first: Day, last: Day) -> dict[Key, Decimal]:
        rows = (
            self.model._base_manager.filter(self.where, **{f"{day}__range": (first, last)})
            .order_by()
            .values_list(
                F(day),
                F(self.committee),
                F(self.community) if self.community else Value(None, models.BigIntegerField()),
                Cast(F(self.slice), models.CharField(max_length=60)) if self.slice else Value(""),
            )
            .annotate(counted=self.value or Count("pk"))
        )
        # Two slices that a database casts apart but that read alike would be one bucket: add, never replace.
        buckets: dict[Key, Decimal] = {}
        for when, committee, community, part, value in rows:
            key = (when, committee, community, part or "")
            buckets[key] = buckets.get(key, Decimal(0)) + Decimal(str(value or 0))
        return buckets


@dataclass(frozen=True)
class Todo:
    """One line of the to-do centre: how many things of a kind wait for this person, and where they are done."""

    title: Any
    count: int
    url: str
    overdue: int = 0


@dataclass(frozen=True)
class Panel:
    """A part of a page that another app fills: the dashboard's "patrols of today", the home's "coming activities"."""

    page: str
    """"dashboard", "home", "organisation" or "me" """
    order: int
    template: str
    context: Callable[..., dict[str, Any] | None]
    """called with the request and, on the dashboard, the community shown (None = all); None hides the panel.
    A text under "lead" becomes part of the page's first line, such as "4 patrols today"."""


@dataclass(frozen=True)
class NavigationItem:
    """An entry of the head's navigation."""

    title: Any
    url_name: str
    order: int
    shown: Callable[[Any], bool]
    """called with the user"""


@dataclass(frozen=True)
class Figure:
    """A figure of the year's report: which metric states it, and the plain SQL that counts it again."""

    key: str
    """the entry of the article's list of figures, such as "publicity.open_letters" """
    title: Any
    unit: Any
    sql: str
    """over the records; parameters %(first)s, %(last)s, %(committee)s; one number, or one column of names"""
    stated: Callable[..., Any]
    """called with (committee, first, last), reads tallies only; a number, a text or a set of names"""
    article: Any = None
    """the article's figure: number, text or names"""
    at_least: bool = False
    about: bool = False
    above_nought: bool = False
    """the article gives no number: met when stated and counted agree and are above nought"""
    metric: str = ""
    """the metric whose page shows definition and rows"""


@dataclass(frozen=True)
class Said:
    """A number, or names, inside a sentence of a report."""

    metric: str
    slice: str | None = None
    of: str = ""
    """another metric: the first is said as a share of it, with both numbers"""
    names: bool = False
    """the names of the slices, one after another, instead of their sum"""
    per: int = 1
    """said in units of so many: minutes with 60 as whole hours"""


@dataclass(frozen=True)
class Clause:
    """A piece of a sentence, with a {name} for each figure. It is left out when a figure comes to nothing."""

    text: Any
    figures: Mapping[str, Said]
    when: Callable[[Mapping[str, Decimal]], bool] | None = None
    """says from the figures whether the clause is said, where "none comes to nothing" is the wrong question"""


@dataclass(frozen=True)
class Statement:
    """A sentence of the period's report: its clauses one after another, as many as have something to say."""

    topic: str
    """a topic of campaign.reports.outline"""
    order: int
    clauses: tuple[Clause, ...]
    opening: Any = ""


@dataclass(frozen=True)
class Column:
    """A column of the tables with one line for each community."""

    metric: str
    title: Any
    order: int
    of: str = ""
    """another metric: shown as a share of it"""


@dataclass(frozen=True)
class Feature:
    """A thing on the map, and a line of the list that says the same."""

    key: int
    title: str
    text: str = ""
    """what it is, in a few words"""
    place: str = ""
    """where it is, for who does not see the map"""
    url: str = ""
    state: str = ""
    """a word; a colour never stands alone"""
    tone: str = "none"
    """ok, wait, late, bad or none"""
    longitude: Decimal | None = None
    latitude: Decimal | None = None
    """WGS-84"""
    shape: Mapping[str, Any] | None = None
    """a GeoJSON geometry in WGS-84 instead of a position"""


@dataclass(frozen=True)
class Layer:
    """A kind of things on the map."""

    name: str
    """in addresses"""
    title: Any
    sign: Any
    """one character that stands on the map"""
    order: int
    shown: Callable[[Any], bool]
    """called with the user"""
    rows: Callable[[Any], models.QuerySet]
    """called with the user: the rows within scope, with all that `feature` reads"""
    feature: Callable[[Any], Feature]
    community: str = "community"
    """path to the community"""
    position: tuple[str, ...] = ("longitude", "latitude")
    """the columns of the position; empty for shapes, which are few and not cut to a box"""
    list_url: str = ""
    """name of the URL of the subject's own list"""
    drawn: bool = True
    """whether it is drawn at once; else when somebody ticks it"""


@dataclass(frozen=True)
class Wording:
    """What a message to a person says; a street may word it anew, with the same {names} in it."""

    key: str
    """such as "volunteers.tomorrow"; names the app first"""
    title: Any
    """what occasion it is, for who edits it"""
    subject: Any
    text: Any
    sample: Mapping[str, Any]
    """an example for each {name}: for the preview, and the list of the names that there are"""
    topic: str = ""
    """a work-chat robot that follows the topic tells its group too"""
    urgent: bool = False
    """sent at night too"""
    sms: bool = True
    """worth a text message"""


@dataclass
class _Registry:
    metrics: dict[str, Metric] = field(default_factory=dict)
    todos: list[Callable[[Any], Iterable[Todo]]] = field(default_factory=list)
    figures: dict[str, Figure] = field(default_factory=dict)
    panels: list[Panel] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)
    columns: list[Column] = field(default_factory=list)
    layers: dict[str, Layer] = field(default_factory=dict)
    navigation: list[NavigationItem] = field(default_factory=list)
    wordings: dict[str, Wording] = field(default_factory=dict)


_registry = _Registry()
metrics = _registry.metrics
figures = _registry.figures
wordings = _registry.wordings


Thing = Metric | Figure | Panel | Statement | Column | Layer | NavigationItem | Wording


def register(*things: Thing) -> None:
    """Make metrics, figures, panels, statements, columns, layers, navigation items or wordings known; a key once."""
    keyed: dict[type, dict[str, Any]] = {
        Metric: metrics,
        Figure: figures,
        Layer: _registry.layers,
        Wording: wordings,
    }
    listed: dict[type, list[Any]] = {
        Panel: _registry.panels,
        Statement: _registry.statements,
        Column: _registry.columns,
        NavigationItem: _registry.navigation,
    }
    for thing in things:
        if (drawer := keyed.get(type(thing))) is None:
            listed[type(thing)].append(thing)
        else:
            key = thing.name if isinstance(thing, Layer) else thing.key
            if key in drawer:
                raise ValueError(f"{key} is registered twice")
            drawer[key] = thing


def todo(function: Callable[[Any], Iterable[Todo]]) -> Callable[[Any], Iterable[Todo]]:
    """Decorator: the function tells a user's to-dos of one app."""
    _registry.todos.append(function)
    return function


def todos_of(user: Any) -> list[Todo]:
    """All that waits for `user`, from every app; what is overdue first."""
    found = [entry for tell in _registry.todos for entry in tell(user) if entry.count]
    return sorted(found, key=lambda entry: -entry.overdue)


def panels_of(page: str) -> list[Panel]:
    return sorted((panel for panel in _registry.panels if panel.page == page), key=lambda panel: panel.order)


def statements_of(topic: str) -> list[Statement]:
    return sorted((said for said in _registry.statements if said.topic == topic), key=lambda said: said.order)


def columns() -> list[Column]:
    """The columns of the tables by community whose metrics are told."""
    known = (column for column in _registry.columns if column.metric in metrics)
    return sorted(known, key=lambda column: column.order)


def navigation_for(user: Any) -> list[NavigationItem]:
    return sorted((item for item in _registry.navigation if item.shown(user)), key=lambda item: item.order)


def layers_for(user: Any) -> list[Layer]:
    """The layers that this person sees, in their order."""
    return sorted(
        (layer for layer in _registry.layers.values() if layer.shown(user)), key=lambda layer: layer.order
    )


def metrics_over(model: type[models.Model]) -> list[Metric]:
    """The metrics that count rows of `model`."""
    return [metric for metric in metrics.values() if metric.facts == model._meta.label]


def discover() -> None:
    """Ask every app once; called when the apps are ready."""
    autodiscover_modules(*FILES)
