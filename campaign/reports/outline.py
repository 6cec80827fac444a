"""The year's report as data: parts, paragraphs of runs, tables. A page and a Word file draw the same data.

It is written from tallies by the sentences that the apps registered (`statements.py`). A sentence about which
there are no records is not written, so the report of any street in any year reads as if written for it.
"""

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from functools import cached_property
from string import Formatter
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from campaign import goals, registry, tallies
from campaign.models import Committee, Community, Goal, Story
from campaign.registry import Clause, Said, Statement

Day = datetime.date

# The article's four parts, and what each of them speaks of.
PARTS: tuple[tuple[Any, tuple[tuple[str, Any], ...]], ...] = (
    (
        gettext_lazy("Led by party building: everyone has a responsibility"),
        (
            ("organisation", gettext_lazy("The organisation is in place")),
            ("teams", gettext_lazy("Three teams do their part")),
            ("publicity", gettext_lazy("The campaign is known everywhere")),
        ),
    ),
    (
        gettext_lazy("Adapted to each place: everyone takes part"),
        (
            ("mobilising", gettext_lazy("Volunteers reach the whole area")),
            ("communities", gettext_lazy("Each community goes its own way")),
            ("zones", gettext_lazy("Responsibility zones answer to residents")),
            ("frontage", gettext_lazy("Three duties at the shop door")),
            ("stories", gettext_lazy("Good deeds")),
        ),
    ),
    (
        gettext_lazy("Led by people's needs: everything by the standard"),
        (
            ("courtyards", gettext_lazy("Old courtyards and back lanes are renovated")),
            ("surroundings", gettext_lazy("Public space is made beautiful")),
            ("health", gettext_lazy("Epidemic control and the campaign go together")),
        ),
    ),
    (
        gettext_lazy("Made to last: every day is a campaign day"),
        (
            ("patrols", gettext_lazy("Patrols go on")),
            ("cases", gettext_lazy("Problems are followed until solved")),
            ("service", gettext_lazy("Service becomes a habit")),
            ("goals", gettext_lazy("How far the goals are")),
        ),
    ),
)
LONGEST_STORY = 160
"""a longer story is named by its title alone"""


# --- What a report is made of -------------------------------------------------------------------------
@dataclass(frozen=True)
class Run:
    """A stretch of text; with a metric it is a figure, whose definition and rows can be looked up."""

    text: str
    metric: str = ""


@dataclass(frozen=True)
class Paragraph:
    runs: tuple[Run, ...]

    @property
    def text(self) -> str:
        return "".join(run.text for run in self.runs)


@dataclass(frozen=True)
class Heading:
    """A heading inside a part: （一）…"""

    text: str


@dataclass(frozen=True)
class Table:
    title: str
    headings: tuple[str, ...]
    rows: tuple[tuple[Run, ...], ...]


@dataclass(frozen=True)
class Part:
    """一、…"""

    title: str
    blocks: tuple[Heading | Paragraph | Table, ...]


@dataclass(frozen=True)
class Report:
    """A paper with a title, an opening, parts and a signature."""

    committee: Committee
    first: Day
    last: Day
    title: str
    opening: str
    parts: tuple[Part, ...]
    as_of: datetime.datetime
    note: str
    signed_by: str = field(default="")
    signed_on: str = field(default="")

    @property
    def is_empty(self) -> bool:
        return not self.parts


# --- Reading the tallies ------------------------------------------------------------------------------
class Figures:
    """All metrics of a street over a stretch of days: two queries for the sums, one for each told apart."""

    def __init__(self, committee: Committee, first: Day, last: Day) -> None:
        self.committee, self.first, self.last = committee, first, last
        self._slices: dict[str, dict[str, Decimal]] = {}

    @cached_property
    def sums(self) -> dict[str, Decimal]:
        return tallies.totals(registry.metrics, self.first, self.last, committee=self.committee)

    def slices(self, metric: str) -> dict[str, Decimal]:
        if metric not in self._slices:
            self._slices[metric] = tallies.by_slice(metric, self.first, self.last, committee=self.committee)
        return self._slices[metric]

    def value(self, said: Said) -> Decimal:
        """The number itself; of a share, what it is a share of: a rate of nothing due is not said."""
        if said.of:
            return self.sums.get(said.of, Decimal(0))
        if said.slice is not None:
            return self.slices(said.metric).get(said.slice, Decimal(0)) if self._knows(said) else Decimal(0)
        return self.sums.get(said.metric, Decimal(0))

    def _knows(self, said: Said) -> bool:
        return said.metric in registry.metrics

    def text(self, said: Said) -> str:
        """The figure as it stands in a sentence."""
        if said.names:
            return pgettext("between names", ", ").join(self.names(said.metric))
        if said.of:
            return share(self.sums.get(said.metric, Decimal(0)), self.sums.get(said.of, Decimal(0)))
        value = self.value(said)
        return number(value if said.per == 1 else (value / said.per).to_integral_value(ROUND_HALF_UP))

    def names(self, metric: str) -> list[str]:
        """The names of the slices of which there are any, in their own order."""
        found = self.slices(metric)
        labels = registry.metrics[metric].labels
        named = labels(found) if labels else {}
        return [str(named[code]) for code in sorted(found, key=_code_order) if code in named]


def _code_order(code: str) -> tuple[int, int, str]:
    return (0, int(code), "") if code.isdigit() else (1, 0, code)


def number(value: Any) -> str:
    """Every digit: 20,437; 185.5."""
    exact = Decimal(value).normalize()
    places = max(0, -int(exact.as_tuple().exponent))
    return number_format(exact, decimal_pos=places, use_l10n=True, force_grouping=True)


def share(part: Decimal, whole: Decimal) -> str:
    """93.7% (911/972); nothing when nothing was due."""
    if not whole:
        return ""
    percent = (100 * part / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return _("%(percent)s%% (%(part)s/%(whole)s)") % {
        "percent": f"{percent:f}",
        "part": number(part),
        "whole": number(whole),
    }


# --- Writing ------------------------------------------------------------------------------------------
def of_year(committee: Committee, year: int) -> Report:
    """The report of a street about a year; of the present year, up to today."""
    first, last = Day(year, 1, 1), min(Day(year, 12, 31), timezone.localdate())
    figures = Figures(committee, first, max(first, last))
    parts = tuple(part for part in (_part(title, topics, figures) for title, topics in PARTS) if part.blocks)
    as_of = tallies.as_of()
    street = committee.short_name
    return Report(
        committee=committee,
        first=first,
        last=figures.last,
        title=_("Report of %(street)s on the civilised-city campaign in %(year)s")
        % {"street": street, "year": year},
        opening=_opening(street, year, parts),
        parts=parts,
        as_of=as_of,
        note=_("All figures are sums and counts of records made from day to day, as of %(moment)s.")
        % {"moment": date_format(timezone.localtime(as_of), "DATETIME_FORMAT")},
        signed_by=committee.name,
        signed_on=date_format(timezone.localdate(), "DATE_FORMAT"),
    )


def _opening(street: str, year: int, parts: tuple[Part, ...]) -> str:
    if not parts:
        return _("Nothing has been recorded for %(year)s.") % {"year": year}
    return _(
        "In %(year)s %(street)s has taken the civilised-city campaign as an important part of its work: led by "
        "party building, with people's needs as the guide, everyone responsible, everyone taking part, "
        "by the standard and made to last. The report follows."
    ) % {"year": year, "street": street}


def _part(title: Any, topics: tuple[tuple[str, Any], ...], figures: Figures) -> Part:
    blocks: list[Heading | Paragraph | Table] = []
    for topic, heading in topics:
        if written := list(_topic(topic, figures)):
            blocks += [Heading(str(heading)), *written]
    return Part(title=str(title), blocks=tuple(blocks))


def _topic(topic: str, figures: Figures) -> Iterator[Paragraph | Table]:
    """What there is to say on a topic: one paragraph of sentences, and what only this topic has."""
    sentences = [runs for said in registry.statements_of(topic) if (runs := _sentence(said, figures))]
    if sentences:
        yield Paragraph(_stripped(_joined(sentences, "")))
    if topic == "communities":
        yield from _communities(figures)
    elif topic == "stories":
        yield from _stories(figures)
    elif topic == "goals":
        yield from _goals(figures)


def _joined(groups: list[tuple[Run, ...]], between: str) -> Iterator[Run]:
    for order, runs in enumerate(groups):
        if order and between:
            yield Run(between)
        yield from runs


def _sentence(said: Statement, figures: Figures) -> tuple[Run, ...]:
    clauses = [_clause(clause, figures) for clause in said.clauses if _is_said(clause, figures)]
    if not clauses:
        return ()
    opening = (Run(str(said.opening)),) if said.opening else ()
    middle = _joined(clauses, pgettext("between clauses", ", "))
    return _begun((*opening, *middle, Run(pgettext("end of a sentence", ". "))))


def _begun(runs: tuple[Run, ...]) -> tuple[Run, ...]:
    """A sentence begins with a capital, in languages that have them."""
    first = runs[0]
    return (Run(first.text[:1].upper() + first.text[1:], first.metric), *runs[1:])


def _stripped(runs: Iterator[Run]) -> tuple[Run, ...]:
    """A paragraph ends without the space that stands between sentences."""
    *before, last = runs
    return (*before, Run(last.text.rstrip(), last.metric))


def _is_said(clause: Clause, figures: Figures) -> bool:
    asked: Mapping[str, Decimal] = {name: figures.value(said) for name, said in clause.figures.items()}
    return clause.when(asked) if clause.when else all(value > 0 for value in asked.values())


def _clause(clause: Clause, figures: Figures) -> tuple[Run, ...]:
    runs: list[Run] = []
    for text, name, _format, _conversion in Formatter().parse(str(clause.text)):
        if text:
            runs.append(Run(text))
        if name:
            said = clause.figures[name]
            runs.append(Run(figures.text(said), said.metric))
    return tuple(runs)


# --- What only one topic has --------------------------------------------------------------------------
def _communities(figures: Figures) -> Iterator[Paragraph | Table]:
    places = list(Community.objects.filter(committee=figures.committee, since__lte=figures.last))
    features = [
        (
            Run(
                pgettext("what a community does", "%(community)s: %(feature)s")
                % {"community": place.name, "feature": place.feature.rstrip("。.")}
            ),
        )
        for place in places
        if place.feature
    ]
    if features:
        ended = (*_joined(features, pgettext("between clauses of a list", "; ")),)
        yield Paragraph(_stripped(iter((*ended, Run(pgettext("end of a sentence", ". "))))))
    if table := by_community(figures, places):
        yield table


def by_community(figures: Figures, places: list[Community]) -> Table | None:
    """One line for each community, a column for each metric of which there is anything, and the whole street."""
    columns = [
        column
        for column in registry.columns()
        if figures.sums.get(column.of or column.metric) and registry.metrics[column.metric].community
    ]
    if not (columns and places):
        return None
    asked = {key for column in columns for key in (column.metric, column.of) if key}
    counted = {
        key: tallies.by_community(key, figures.first, figures.last, committee=figures.committee)
        for key in asked
    }

    def cell(column: registry.Column, values: Mapping[str, Decimal]) -> Run:
        value = values[column.metric]
        text = share(value, values[column.of]) if column.of else number(value)
        return Run(text or "—", column.metric)

    rows = [
        (
            Run(place.name),
            *(
                cell(column, {key: counted[key].get(place.pk, Decimal(0)) for key in asked})
                for column in columns
            ),
        )
        for place in places
    ]
    rows.append((Run(_("Whole street")), *(cell(column, figures.sums) for column in columns)))
    return Table(
        title=_("The year by community"),
        headings=(_("Community"), *(str(column.title) for column in columns)),
        rows=tuple(rows),
    )


def _stories(figures: Figures) -> Iterator[Paragraph]:
    told = Story.objects.filter(
        committee=figures.committee,
        happened_on__range=(figures.first, figures.last),
        published_on__isnull=False,
    ).order_by("happened_on", "pk")
    for story in told[:6]:
        text = story.body.strip() if len(story.body) <= LONGEST_STORY else story.title
        yield Paragraph((Run(text),))


def _goals(figures: Figures) -> Iterator[Table]:
    set_for = Goal.objects.filter(
        stage__committee=figures.committee,
        community=None,
        stage__first_day__lte=figures.last,
        stage__last_day__gte=figures.first,
    ).select_related("stage", "community", "stage__committee")
    standing = goals.progresses(set_for.order_by("stage__first_day", "metric"), figures.last)
    if standing:
        yield Table(
            title=_("The goals of the stages"),
            headings=(_("Stage"), _("Goal"), _("Target"), _("Reached"), _("State")),
            rows=tuple(
                (
                    Run(one.goal.stage.name),
                    Run(str(one.title)),
                    Run(f"{number(one.goal.target)} {one.unit}"),
                    Run(number(one.value), one.goal.metric),
                    Run(lamp_word(one.lamp)),
                )
                for one in standing
            ),
        )


def lamp_word(lamp: str) -> str:
    """The word of a lamp, for paper and Word."""
    return {
        "done": _("Reached"),
        "on_track": _("On track"),
        "at_risk": _("At risk"),
        "behind": _("Behind"),
    }.get(lamp, _("Not started"))


CHINESE = "一二三四五六七八九十"


def ordinal(place: int) -> str:
    """一、二、三 … for the headings of an official paper; figures beyond ten."""
    return CHINESE[place - 1] if 1 <= place <= len(CHINESE) else str(place)
