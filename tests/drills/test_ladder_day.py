"""A day of ten thousand cases in six hundred zones: four workers sweep hour by hour and are killed again and again
while others move cases; then five days' standstill. Every rung once, nothing after the end, one digest each.
"""

import os
import random
from datetime import timedelta
from types import SimpleNamespace

import pytest

from campaign import calendar
from grids.models import Case, Digest, Escalation, Reminder
from tests.cast import cast
from tests.grids import ladder_day as day
from tests.grids.conftest import streets
from tests.processes import together

__all__ = ["cast", "streets"]
pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

CASES, ZONES = 10_000, 600
HOURS = 8
SWEEPERS, MOVERS = 4, 2
SECONDS = 8.0  # of killing for each hour of the story
SEED = int(os.environ.get("DRILL_SEED", "1"))


def test_a_day_of_ten_thousand_cases_with_kills(streets: SimpleNamespace) -> None:
    calendar.fill(2026)
    day.set_up(streets, zones=ZONES, cases_in_all=CASES, seed=SEED)
    killed = moved = 0
    for hour in range(1, HOURS + 1):
        now = day.MORNING + timedelta(hours=hour)

        def work(index: int, now: object = now, hour: int = hour) -> int:
            dice = random.Random(f"{SEED} {hour} {index}")
            if index < MOVERS:
                return day.move_some(streets, now, dice, 150)
            return day.sweep_until_killed(now, dice, SECONDS, 2.0)

        outcomes = together(SWEEPERS + MOVERS, work)
        assert [outcome.trace for outcome in outcomes if outcome.error] == []
        moved += sum(outcome.value for outcome in outcomes[:MOVERS])
        killed += sum(outcome.value for outcome in outcomes[MOVERS:])
        day.sweep(now)
    before = day.EVENING - timedelta(minutes=1)
    outcomes = together(SWEEPERS, lambda index: day.sweep(day.EVENING), within=600)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert day.wounds(day.EVENING) == []
    told = day.digests_after(before)
    assert set(told.values()) == {1}
    assert killed > 50
    print(
        f"{Case.objects.count()} cases, {moved} moves, {killed} kills, {Escalation.objects.count()} rungs, "
        f"{Reminder.objects.count()} reminders, {Digest.objects.count()} digests, {len(told)} people told at the end"
    )
