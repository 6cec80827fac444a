"""The indicators of the statistical month: which count is a share of which (domain.md §4.5, §5.2).

Both counts are tallies of metrics, so each has its definition and its rows. A share is told with both numbers, and
without a percentage where it would be of fewer than ten.
"""

import datetime
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign import registry
from campaign.models import Committee, Community, Tally
from campaign.registry import Metric
from grids.months import StatisticalMonth, months_of

FEWEST = 10
"""of fewer than so many no percentage is said: one case more would turn it over"""


@dataclass(frozen=True)
class Indicator:
    """A share of one count in another."""

    key: str
    title: Any
    part_key: str
    whole_key: str
    slice: str = ""
    """both counts narrowed to this slice"""

    @property
    def part(self) -> Metric:
        return registry.metrics[self.part_key]

    @property
    def whole(self) -> Metric:
        return registry.metrics[self.whole_key]


INDICATORS = (
    Indicator("filing", _("rate of filing"), "grids.cases_filed", "grids.cases_decided"),
    Indicator("closing", _("rate of closing"), "grids.cases_due_closed", "grids.cases_due"),
    Indicator("on_time", _("rate of closing in time"), "grids.cases_due_closed_in_time", "grids.cases_due"),
    Indicator("response", _("rate of units responding in time"), "grids.responses_in_time", "grids.responses_due"),
    Indicator("rework", _("rate of rework"), "grids.cases_reworked", "grids.cases_handled"),
    Indicator("extension", _("rate of extension"), "grids.cases_extended", "grids.cases_due"),
    Indicator(
        "valid_report", _("rate of valid reports by patrols"), "grids.cases_filed", "grids.cases_decided", "patrol"
    ),
    Indicator(
        "contact", _("rate of reporters contacted in time"), "requests.responded_in_time",
        "requests.response_due",
    ),
    Indicator("solved", _("rate of requests solved"), "requests.solved", "requests.call_backs"),
    Indicator("satisfied", _("rate of reporters satisfied"), "requests.satisfied", "requests.call_backs"),
    Indicator(
        "found_first", _("rate of finding before a complaint"), "requests.found_first", "requests.found_or_complained"
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Share:
    """What an indicator came to somewhere in a period."""

    indicator: Indicator
    part: int
    whole: int

    @property
    def percent(self) -> Decimal | None:
        """With two places, as notices write it; None of fewer than ten."""
        if self.whole < FEWEST:
            return None
        return (Decimal(100 * self.part) / self.whole).quantize(Decimal("0.01"), ROUND_HALF_UP)


@dataclass(frozen=True)
class Sheet:
    """All indicators of a month: of the street, and of each community."""

    month: StatisticalMonth
    street: list[Share]
    communities: list[tuple[Community, list[Share]]]


def sheet(committee: Committee, month: StatisticalMonth) -> Sheet:
    """The indicators of a statistical month, in one query over the tallies."""
    counted = _counted(committee, month.first, month.last)
    places = Community.objects.filter(committee=committee)
    return Sheet(
        month,
        [_share(one, [counted[place] for place in counted]) for one in INDICATORS],
        [(place, [_share(one, [counted.get(place.pk, {})]) for one in INDICATORS]) for place in places],
    )


def _counted(
    committee: Committee, first: datetime.date, last: datetime.date
) -> dict[int | None, dict[tuple[str, str], Decimal]]:
    keys = {key for one in INDICATORS for key in (one.part_key, one.whole_key)}
    rows = Tally.objects.filter(metric__in=keys, committee=committee, day__range=(first, last))
    summed = rows.order_by().values_list("community", "metric", "slice").annotate(sum=Sum("value"))
    counted: dict[int | None, dict[tuple[str, str], Decimal]] = defaultdict(dict)
    for community, metric, part, value in summed:
        counted[community][metric, part] = value
    return counted


def _share(one: Indicator, places: Iterable[dict[tuple[str, str], Decimal]]) -> Share:
    def add(key: str) -> int:
        return int(
            sum(
                value
                for place in places
                for (metric, part), value in place.items()
                if metric == key and one.slice in ("", part)
            )
        )

    places = list(places)
    return Share(one, add(one.part_key), add(one.whole_key))


def month_asked(committee: Committee, text: str) -> StatisticalMonth:
    """The month written as 2020-11; by default the one that today belongs to. Raises ValueError for nonsense."""
    months = months_of(committee)
    if not text:
        return months.of(timezone.localdate())
    year, _dash, month = text.partition("-")
    if not (year.isascii() and year.isdecimal() and month.isascii() and month.isdecimal()):
        raise ValueError(text)
    if not (1950 <= int(year) <= 2200 and 1 <= int(month) <= 12):
        raise ValueError(text)
    return months.named(int(year), int(month))


def last_months(committee: Committee, number: int = 24) -> Sequence[StatisticalMonth]:
    """The statistical months to choose from, the newest first."""
    months = months_of(committee)
    found = [months.of(timezone.localdate())]
    while len(found) < number:
        found.append(months.of(found[-1].first - datetime.timedelta(days=1)))
    return found
