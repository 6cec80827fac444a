"""Workers sweep the same cases at once, are killed at any moment, and people move the cases meanwhile.

With the negative control: the same attack on a sweep that looks first and writes afterwards, without the locked row
and the unique rung, climbs rungs twice. So the attack is one that can be lost.
"""

import random
import time
from datetime import timedelta

import pytest
from django.db import connection

from campaign import calendar
from grids import ladder
from grids.models import Case, Digest, Escalation, LadderRung, Reminder
from tests.grids import ladder_day as day
from tests.processes import together

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

WORKERS = 4


@pytest.fixture
def morning(streets):
    calendar.fill(2026)
    day.set_up(streets, zones=8, cases_in_all=120)
    return streets


def test_workers_that_are_killed_climb_every_rung_once_and_tell_each_person_once(morning):
    noon = day.MORNING + timedelta(hours=4)

    def work(index: int) -> int:
        dice = random.Random(index)
        if index == 0:
            return -day.move_some(morning, noon, dice, 30)
        return day.sweep_until_killed(noon, dice, 2.5, 0.4, at_once=20)

    outcomes = together(WORKERS, work)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert sum(outcome.value for outcome in outcomes if outcome.value > 0) > 0  # there were kills
    day.sweep(noon)
    day.sweep(noon + day.ladder.REST)
    assert day.wounds(noon + day.ladder.REST) == []
    before = day.EVENING - timedelta(minutes=1)  # five days' standstill, then three workers wake up together
    outcomes = together(3, lambda index: day.sweep(day.EVENING))
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert day.wounds(day.EVENING) == []
    told = day.digests_after(before)
    assert told and set(told.values()) == {1}


def careless(index: int) -> None:
    """The sweep one writes first: ask what is due, then write, then note when to look again."""
    now = day.MORNING + timedelta(hours=4)
    rungs = list(LadderRung.objects.filter(in_use=True))
    for case in Case.objects.filter(clock_at__lte=now).order_by("pk")[:25]:
        climbed = set(case.escalations.values_list("run", "rung"))
        time.sleep(0.002)
        for rung in rungs:
            at = ladder.rung_at(case, rung)
            if at and at <= now and (ladder.run_of(case, rung), rung.pk) not in climbed:
                Escalation.objects.create(
                    case=case, rung=rung, run=ladder.run_of(case, rung), reached="office", rung_at=at,
                    due_at=case.due_at, made_at=now,
                )  # fmt: skip
        Case._base_manager.filter(pk=case.pk).update(clock_at=None)


def test_control_a_careless_sweep_climbs_rungs_twice(morning):
    whole = Escalation._meta.constraints
    (once,) = (one for one in whole if one.name == "rung_once_a_run")
    Escalation._meta.constraints = [one for one in whole if one is not once]  # SQLite makes the table anew
    with connection.schema_editor() as editor:
        editor.remove_constraint(Escalation, once)
    try:
        together(WORKERS, careless)
        assert any("climbed twice" in wound for wound in day.wounds(day.MORNING + timedelta(hours=4)))
    finally:
        Reminder.objects.all().delete()
        Escalation.objects.all().delete()
        Digest.objects.all().delete()
        Escalation._meta.constraints = whole
        with connection.schema_editor() as editor:
            editor.add_constraint(Escalation, once)
