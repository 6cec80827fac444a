"""Volunteer service of a place in a period, counted: persons and person-times apart, each figure with its rows.

What is a metric is read from its tallies where the place is seen whole, else counted from the rows in reach.
Persons do not add up over days (docs/decisions/0003-counting.md): they are counted from a bounded stretch of rows.
Kinds, teams and communities are told apart by name; people are never set in an order.
"""

import calendar
import datetime
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from campaign import registry, tallies
from campaign.models import Committee, Community
from campaign.scoping import reach_of
from volunteers.leaders import communities_served
from volunteers.models import Activity, Position, Volunteer
from volunteers.models.activity import MISSING

Day = datetime.date

LONGEST = 366
"""days that may be asked for at once"""
FEWEST = 10
"""of fewer than so many no percentage is said: one person more would turn it over"""
MOST_POSITIONS = 50
"""so many names of positions are listed on the page; all stand behind the figure"""


@dataclass(frozen=True)
class Asked:
    """Who asks for which days and which communities of a street; None is every community that the person serves."""

    user: Any
    street: Committee
    first: Day
    last: Day
    community: Community | None = None

    @property
    def days(self) -> tuple[Day, Day]:
        return self.first, self.last

    @property
    def whole_street(self) -> bool:
        """Whether all of the street is asked for, by somebody who sees it."""
        reach = reach_of(self.user)
        return self.community is None and (reach.everything or self.street.pk in reach.committees)

    @cached_property
    def places(self) -> list[int]:
        """The communities asked for."""
        if self.community:
            return [self.community.pk]
        served = communities_served(self.user).filter(committee=self.street)
        return list(served.values_list("pk", flat=True))

    @property
    def seen_whole(self) -> bool:
        """Whether every row of the place is in reach: a team's leader sees the own team's alone."""
        reach = reach_of(self.user)
        return reach.everything or self.street.pk in reach.committees or reach.communities >= set(self.places)

    def within(self, rows: QuerySet, path: str = "") -> QuerySet:
        """`rows` of the place asked for; `path` leads to what has committee and community, such as "activity__"."""
        rows = rows.filter(**{f"{path}committee": self.street})
        return rows if self.whole_street else rows.filter(**{f"{path}community__in": self.places})

    def before(self) -> "Asked":
        """The same place in the period before: as many months for whole months, else as many days."""
        return Asked(self.user, self.street, *period_before(self.first, self.last), self.community)


def period_before(first: Day, last: Day) -> tuple[Day, Day]:
    """The stretch that ends the day before `first`: the months before whole months, else as many days."""
    end = first - datetime.timedelta(days=1)
    if first.day == 1 and last.day == calendar.monthrange(last.year, last.month)[1]:
        months = (
            first.year * 12 + first.month - 1 - ((last.year - first.year) * 12 + last.month - first.month + 1)
        )
        return Day(months // 12, months % 12 + 1, 1), end
    return first - (last - first) - datetime.timedelta(days=1), end


@dataclass(frozen=True)
class Figure:
    """Something that is counted, with the rows that are counted."""

    key: str
    title: Any
    unit: Any
    definition: Any
    rows: Callable[[Asked], QuerySet]
    adds: str = ""
    """the column that is added up; "" counts the rows"""
    metric: str = ""
    share_of: str = ""
    """the figure of the period before of which this is a share"""

    def value(self, asked: Asked) -> int:
        """Counted from the rows."""
        rows = self.rows(asked).order_by()
        return (rows.aggregate(sum=Sum(self.adds))["sum"] or 0) if self.adds else rows.count()


@dataclass(frozen=True)
class Number:
    """What a figure came to; a share with what it is of."""

    figure: Figure
    value: int
    whole: int | None = None

    @property
    def percent(self) -> Decimal | None:
        """With one place; None of fewer than ten, and where it is no share."""
        if self.whole is None or self.whole < FEWEST:
            return None
        return (Decimal(100 * self.value) / self.whole).quantize(Decimal("0.1"))


# --- The rows behind each figure --------------------------------------------------------------------
def _metric_rows(key: str) -> Callable[[Asked], QuerySet]:
    def rows(asked: Asked) -> QuerySet:
        metric = registry.metrics[key]
        found = metric.facts_between(asked.first, asked.last)
        found = asked.within(found, metric.committee.removesuffix("committee"))
        return found if asked.seen_whole else found.filter(pk__in=metric.model.objects.visible_to(asked.user))

    return rows


attended = _metric_rows("volunteers.attendances")
served = _metric_rows("volunteers.service_minutes")


def persons(asked: Asked) -> QuerySet:
    """Each person once whose presence was confirmed."""
    return Volunteer.objects.filter(pk__in=attended(asked).order_by().values("signup__volunteer"))


def returned(asked: Asked) -> QuerySet:
    """Those of them who had taken part in the period before, too."""
    return persons(asked).filter(pk__in=persons(asked.before()).order_by().values("pk"))


def short(asked: Asked) -> QuerySet:
    """Positions that had, or still have, fewer people than they need; each with `lack`."""
    states = (Activity.State.PUBLISHED, Activity.State.HELD)
    seen = Position.objects.visible_to(asked.user)
    found = seen.filter(activity__day__range=asked.days, activity__state__in=states)
    return asked.within(found, "activity__").annotate(lack=MISSING).filter(lack__gt=0)


def _counted(key: str, name: str, adds: str = "") -> Figure:
    metric = registry.metrics[f"volunteers.{name}"]
    return Figure(
        key, metric.title, metric.unit, metric.definition, _metric_rows(metric.key), adds, metric=metric.key
    )


def figures() -> dict[str, Figure]:
    """Every figure of the page by its key, in their order."""
    person = pgettext_lazy("unit", "persons")
    return {
        figure.key: figure
        for figure in (
            _counted("registered", "registered"),
            _counted("joined", "joined"),
            _counted("activities", "activities_held"),
            _counted("signups", "signups"),
            Figure(
                "persons", _("Persons who took part"), person,
                _("Each person once, in however many activities of these days the presence was confirmed."),
                persons,
            ),
            _counted("attendances", "attendances"),
            _counted("hours", "service_minutes", "minutes"),
            Figure(
                "returned", _("Persons who came again"), person,
                _("Persons who took part in these days and in the period before. The percentage is of all who "
                  "took part in the period before, and is not told of fewer than ten."),
                returned, share_of="persons",
            ),
            Figure(
                "shortage", _("People missing in positions"), person,
                _("What the positions of published and held activities of these days lack for the least number "
                  "they need. Places taken count, not presence."),
                short, "lack",
            ),
        )
    }  # fmt: skip


# --- Counted ----------------------------------------------------------------------------------------
def counted(asked: Asked) -> list[Number]:
    """Every figure of the place and period."""
    stated = _stated(asked)
    found = {}
    for key, figure in figures().items():
        found[key] = stated[figure.metric] if figure.metric in stated else figure.value(asked)
    return [
        Number(
            figure, found[key], figures()[figure.share_of].value(asked.before()) if figure.share_of else None
        )
        for key, figure in figures().items()
    ]


def _stated(asked: Asked) -> dict[str, int]:
    """What the tallies state, where the place is seen whole; nothing elsewhere."""
    if not asked.seen_whole:
        return {}
    where: dict[str, Any] = {} if asked.whole_street else {"communities": asked.places}
    keys = [figure.metric for figure in figures().values() if figure.metric]
    found = tallies.totals(keys, asked.first, asked.last, committee=asked.street, **where)
    return {key: int(value) for key, value in found.items()}


@dataclass
class Line:
    """One kind, team or community: activities held, person-times, minutes."""

    name: str
    held: int = 0
    times: int = 0
    minutes: int = 0


BY = {
    "kind": ("kind", "signup__activity__kind", "activity__kind"),
    "team": ("team", "signup__activity__team", "activity__team"),
    "community": ("community", "signup__activity__community", "community"),
}
"""where activities, attendances and the ledger say it; the ledger keeps its community when the activity is gone"""


def told_apart(asked: Asked, by: str) -> list[Line]:
    """Activities, person-times and minutes by "kind", "team" or "community", in three queries, by name."""
    held, came, entered = BY[by]
    lines: dict[Any, Line] = {}

    def add(rows: QuerySet, path: str, aggregate: Any, column: str) -> None:
        summed = rows.order_by().values_list(path, f"{path}__name").annotate(sum=aggregate)
        for key, name, value in summed:
            setattr(lines.setdefault(key, Line(name or "")), column, value or 0)

    add(_metric_rows("volunteers.activities_held")(asked), held, Count("pk"), "held")
    add(attended(asked), came, Count("pk"), "times")
    add(served(asked), entered, Sum("minutes"), "minutes")
    return sorted(lines.values(), key=lambda line: (not line.name, line.name))


@dataclass
class Shortage:
    """What positions of one name lack together."""

    name: str
    positions: int = 0
    needed: int = 0
    taken: int = 0
    lack: int = 0


def shortages(asked: Asked) -> list[Shortage]:
    """The positions in need, those of one name together, most lacking first; a page's worth."""
    summed = short(asked).order_by().values("name")
    summed = summed.annotate(positions=Count("pk"), all_taken=Sum("taken"), all_lack=Sum("lack"))
    return [
        Shortage(
            row["name"],
            row["positions"],
            row["all_taken"] + row["all_lack"],
            row["all_taken"],
            row["all_lack"],
        )
        for row in summed.order_by("-all_lack", "name")[:MOST_POSITIONS]
    ]
