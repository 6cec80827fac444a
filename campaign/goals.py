"""How far a goal is: what was reached, what should have been reached by now, and when it will be at this pace."""

import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import QuerySet, Sum
from django.utils.translation import gettext as _

from campaign import registry, tallies
from campaign.errors import Refused
from campaign.models import Goal, Tally
from campaign.roles import may

Day = datetime.date
Key = tuple[str, int, int | None]

ON_TRACK = Decimal("0.95")
"""of what should have been reached by now: a day's delay in a month is none"""
AT_RISK = Decimal("0.75")
FARTHEST = timedelta(days=3 * 366)
"""a forecast beyond this is no forecast"""


@dataclass(frozen=True)
class Progress:
    """Where a goal stands on a day."""

    goal: Goal
    value: Decimal
    percent: int
    """of the target, whole percent, never above 100"""
    expected: Decimal
    """what should have been reached by now for the target to be met on the last day"""
    lamp: str
    """done, on_track, at_risk, behind; "" before the stage has begun"""
    forecast: Day | None
    """the day on which the target is met at the pace so far; the day it was asked for a goal that is met"""
    title: Any
    unit: Any

    @property
    def late(self) -> bool:
        """Whether the forecast lies behind the stage's last day."""
        return self.forecast is not None and self.forecast > self.goal.stage.last_day


def progress(goal: Goal, today: Day) -> Progress:
    """Where one goal stands at the end of `today`, from the tallies."""
    return progresses([goal], today)[0]


def progresses(goals: Iterable[Goal], today: Day) -> list[Progress]:
    """Where each goal stands; the number of queries grows with the stages, not with the goals.

    Goals whose metric nobody tells any more are left out. `goals` should come with their stage.
    """
    known = [goal for goal in goals if goal.metric in registry.metrics]
    periods = {(goal.stage.first_day, goal.stage.last_day) for goal in known}
    sums = {period: _sums(known, period, min(today, period[1])) for period in periods}
    begins = _stocks_before(known)
    return [_standing(goal, sums[goal.stage.first_day, goal.stage.last_day], begins, today) for goal in known]


def current(goals: QuerySet[Goal], today: Day) -> QuerySet[Goal]:
    """The goals of the stages that run on `today`."""
    running = goals.filter(stage__first_day__lte=today, stage__last_day__gte=today)
    return running.select_related("stage", "community", "stage__committee")


@transaction.atomic
def save(goal: Goal, by: Any) -> Goal:
    """Set a goal. Raises Refused when `by` may not, ValidationError for a metric that nobody counts."""
    if by is not None and not (may(by, "goals.set") and _in_reach(goal, by)):
        raise Refused(_("Goals are set by the officials of the street."), "not_yours")
    goal.full_clean()
    goal.save()
    return goal


def _in_reach(goal: Goal, by: Any) -> bool:
    return type(goal.stage).objects.visible_to(by).filter(pk=goal.stage_id).exists()


def _sums(goals: list[Goal], period: tuple[Day, Day], until: Day) -> dict[Key, Decimal]:
    """Flows of a period and stocks on its last day, for the street (None) and for each community."""
    keys = {goal.metric for goal in goals if (goal.stage.first_day, goal.stage.last_day) == period}
    streets = {goal.stage.committee_id for goal in goals}
    found: dict[Key, Decimal] = {}
    for stock in (False, True):
        asked = [key for key in keys if registry.metrics[key].stock is stock]
        if asked:
            first = tallies.BEGINNING if stock else period[0]
            _add(
                found,
                Tally.objects.filter(metric__in=asked, committee__in=streets, day__range=(first, until)),
            )
    return found


def _stocks_before(goals: list[Goal]) -> dict[tuple[Key, Day], Decimal]:
    """Where each stock stood before its stage began: a goal of a stock is reached by what is gained."""
    begins: dict[tuple[Key, Day], Decimal] = {}
    for day in {goal.stage.first_day for goal in goals if registry.metrics[goal.metric].stock}:
        asked = [goal for goal in goals if goal.stage.first_day == day]
        found: dict[Key, Decimal] = {}
        _add(
            found,
            Tally.objects.filter(
                metric__in={goal.metric for goal in asked},
                committee__in={goal.stage.committee_id for goal in asked},
                day__lt=day,
            ),
        )
        begins.update({(key, day): value for key, value in found.items()})
    return begins


def _add(found: dict[Key, Decimal], rows: QuerySet[Tally]) -> None:
    counted = rows.order_by().values_list("metric", "committee", "community").annotate(sum=Sum("value"))
    for metric, committee, community, value in counted:
        for place in {community, None}:
            key = (metric, committee, place)
            found[key] = found.get(key, Decimal(0)) + value


def _standing(
    goal: Goal, sums: dict[Key, Decimal], begins: dict[tuple[Key, Day], Decimal], today: Day
) -> Progress:
    metric, stage = registry.metrics[goal.metric], goal.stage
    key = (goal.metric, stage.committee_id, goal.community_id)
    value = sums.get(key, Decimal(0))
    begin = begins.get((key, stage.first_day), Decimal(0)) if metric.stock else Decimal(0)
    whole = (stage.last_day - stage.first_day).days + 1
    elapsed = max(0, min(whole, (today - stage.first_day).days + 1))
    expected = begin + (goal.target - begin) * elapsed / whole
    return Progress(
        goal=goal,
        value=value,
        percent=int(min(Decimal(100), max(Decimal(0), 100 * value / goal.target))),
        expected=expected.quantize(Decimal("0.1")),
        lamp=_lamp(
            value - begin, goal.target - begin, expected - begin, elapsed, over=today > stage.last_day
        ),
        forecast=_forecast(goal, value, begin, elapsed, today),
        title=metric.title,
        unit=metric.unit,
    )


def _lamp(gained: Decimal, wanted: Decimal, expected: Decimal, elapsed: int, *, over: bool) -> str:
    if gained >= wanted:
        return "done"
    if not elapsed:
        return ""
    if over or gained < expected * AT_RISK:
        return "behind"
    return "on_track" if gained >= expected * ON_TRACK else "at_risk"


def _forecast(goal: Goal, value: Decimal, begin: Decimal, elapsed: int, today: Day) -> Day | None:
    if value >= goal.target:
        return today
    gained = value - begin
    if gained <= 0 or not elapsed or today > goal.stage.last_day:
        return None
    needed = timedelta(days=min(10_000, -int(-(goal.target - begin) * elapsed / gained // 1)))
    return goal.stage.first_day + needed - timedelta(days=1) if needed < FARTHEST else None
