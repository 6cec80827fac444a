"""Counting: marked days are counted again, sums are read, and every night all is checked.

The order in `count_bucket` is the whole secret (reliability.md §3): lock the bucket, delete the marks that are
there, *then* count. A fact committed after the count has a mark that was not deleted.
"""

import datetime
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import DateField, Max, Min, Sum
from django.db.models.functions import TruncMonth
from django.utils import timezone

from campaign import registry
from campaign.models import Bucket, Community, Mark, Tally, TallyIncident

Day = datetime.date
BEGINNING = datetime.date(1949, 10, 1)
"""before every fact; stocks are summed from here"""


# --- Counting -------------------------------------------------------------------------------------
def count_marked(limit: int = 2000) -> int:
    """Count up to `limit` marked buckets again; any number of counters may run at once. Returns how many."""
    marked = list(
        Mark.objects.order_by()
        .values_list("metric", "day")
        .annotate(oldest=Min("pk"))
        .order_by("oldest")[:limit]
    )
    for metric, day, _oldest in marked:
        count_bucket(metric, day)
    return len(marked)


@transaction.atomic
def count_bucket(key: str, day: Day) -> None:
    """Bring the tally of one metric on one day up to its facts."""
    Bucket.objects.get_or_create(metric=key, day=day)
    bucket = Bucket.objects.select_for_update().get(metric=key, day=day)
    Mark.objects.filter(metric=key, day=day).delete()
    metric = registry.metrics.get(key)
    if metric is None:  # a metric that was retired: its old tallies stand as they are
        return
    _replace(key, day, day, metric.count(day, day))
    bucket.save(update_fields=["counted_at"])


@transaction.atomic
def recount(key: str, first: Day, last: Day) -> int:
    """Count a metric anew for a stretch of days, in one query; for loads and for mending. Returns the rows written.

    Not to be run beside writers of that stretch: it takes no lock on each day.
    """
    Mark.objects.filter(metric=key, day__range=(first, last)).delete()
    return _replace(key, first, last, registry.metrics[key].count(first, last))


def _replace(key: str, first: Day, last: Day, counted: dict[registry.Key, Decimal]) -> int:
    Tally.objects.filter(metric=key, day__range=(first, last)).delete()
    rows = [
        Tally(metric=key, day=day, committee_id=committee, community_id=community, slice=part, value=value)
        for (day, committee, community, part), value in counted.items()
    ]
    Tally.objects.bulk_create(rows, batch_size=2000)
    return len(rows)


def recount_everything() -> int:
    """Count every metric anew over all days that have facts or tallies."""
    written = 0
    for key, metric in registry.metrics.items():
        first, last = _span(metric)
        if first:
            written += recount(key, first, last)
    return written


def _span(metric: registry.Metric) -> tuple[Day | None, Day | None]:
    asked = {f"{edge.__name__}_{column}": edge(column) for column in metric.days for edge in (Min, Max)}
    found = [
        day for day in metric.model._base_manager.filter(metric.where).aggregate(**asked).values() if day
    ]
    stated = Tally.objects.filter(metric=metric.key).aggregate(first=Min("day"), last=Max("day"))
    found += [day for day in stated.values() if day]
    return (min(found), max(found)) if found else (None, None)


# --- Audit ----------------------------------------------------------------------------------------
def audit() -> list[TallyIncident]:
    """Count everything again and compare bucket by bucket: a fact in the wrong community differs though the day's
    sum does not. Differences become incidents; days with a mark are still on their way."""
    incidents = []
    for metric in registry.metrics.values():
        incidents += _audit_metric(metric)
    return TallyIncident.objects.bulk_create(incidents)


@transaction.atomic
def _audit_metric(metric: registry.Metric) -> list[TallyIncident]:
    first, last = _span(metric)
    if first is None or last is None:
        return []
    counted = metric.count(first, last)
    rows = Tally.objects.filter(metric=metric.key).values_list(
        "day", "committee", "community", "slice", "value"
    )
    stated = {(day, *place): value for day, *place, value in rows}
    on_their_way = set(Mark.objects.filter(metric=metric.key).values_list("day", flat=True))
    return [
        TallyIncident(metric=metric.key, day=key[0], stated=stated.get(key, 0), counted=counted.get(key, 0))
        for key in sorted(counted.keys() | stated.keys(), key=str)
        if stated.get(key, 0) != counted.get(key, 0) and key[0] not in on_their_way
    ]


# --- Reading --------------------------------------------------------------------------------------
def rows(
    key: str, first: Day, last: Day, *, committee: Any = None, communities: Iterable[Any] | None = None
) -> Any:
    """The tally rows of a metric that make up its value from `first` to `last`; of a stock, all up to `last`."""
    stock = key in registry.metrics and registry.metrics[key].stock
    return _rows([key], BEGINNING if stock else first, last, committee=committee, communities=communities)


def total(key: str, first: Day, last: Day, *, slice: str | None = None, **where: Any) -> Decimal:
    """What the metric came to from `first` to `last`, or, of a stock, where it stands on `last`."""
    found = rows(key, first, last, **where)
    if slice is not None:
        found = found.filter(slice=slice)
    return found.aggregate(sum=Sum("value"))["sum"] or Decimal(0)


def totals(keys: Iterable[str], first: Day, last: Day, **where: Any) -> dict[str, Decimal]:
    """Several metrics at once, in two queries: flows and stocks."""
    keys = list(keys)
    answer = dict.fromkeys(keys, Decimal(0))
    for stock in (False, True):
        asked = [key for key in keys if registry.metrics[key].stock is stock]
        if asked:
            found = _rows(asked, BEGINNING if stock else first, last, **where).order_by()
            answer.update(found.values_list("metric").annotate(sum=Sum("value")))
    return answer


def _rows(keys: list[str], first: Day, last: Day, *, committee: Any = None, communities: Any = None) -> Any:
    found = Tally.objects.filter(metric__in=keys, day__range=(first, last))
    if committee is not None:
        found = found.filter(committee=committee)
    if communities is not None:
        found = found.filter(community__in=communities)
    return found


def by_slice(key: str, first: Day, last: Day, **where: Any) -> dict[str, Decimal]:
    """The metric told apart by slice; slices that came to nothing are left out."""
    found = rows(key, first, last, **where).order_by().values_list("slice").annotate(sum=Sum("value"))
    return {part: value for part, value in found if value}


def by_community(key: str, first: Day, last: Day, **where: Any) -> dict[int | None, Decimal]:
    """The metric by community id; None holds what belongs to no community."""
    found = rows(key, first, last, **where).order_by().values_list("community").annotate(sum=Sum("value"))
    return dict(found)


def by_month(key: str, year: int, **where: Any) -> list[tuple[Day, Decimal]]:
    """Twelve months of a flow, (first of month, value); months without facts are nought."""
    first, last = Day(year, 1, 1), Day(year, 12, 31)
    found = dict(
        rows(key, first, last, **where)
        .filter(day__gte=first)
        .order_by()
        .annotate(month=TruncMonth("day", output_field=DateField()))
        .values_list("month")
        .annotate(sum=Sum("value"))
    )
    return [(Day(year, month, 1), found.get(Day(year, month, 1), Decimal(0))) for month in range(1, 13)]


def as_of() -> datetime.datetime:
    """The moment up to which all facts are in the tallies: now, or when the oldest waiting mark was made."""
    return Mark.objects.aggregate(oldest=Min("made_at"))["oldest"] or timezone.now()


def communities_of(committee: Any) -> Any:
    """The communities of a street in their order, for tables with one line each."""
    return Community.objects.filter(committee=committee)
