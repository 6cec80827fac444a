"""Four schedulers at once, killed at any moment: every slot of every plan once, none missing, none double.

With the negative control: the same attack on a scheduler that trusts its watermark and has no unique slot
makes doubles. So the attack is one that can be lost.
"""

import contextlib
import datetime
import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
from django.db import OperationalError, connection, connections, transaction

from campaign.recurrence import occurrences
from grids import patrols
from grids.models import Patrol, PatrolPlan
from tests.grids import simulated_day
from tests.processes import together

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

FIRST = datetime.date(2026, 1, 1)
LAST = FIRST + timedelta(days=120)
PLANS = 12
SCHEDULERS = 4
SECONDS = 5.0


@pytest.fixture
def plans(streets):
    rules = ("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,WE,FR", "FREQ=DAILY;INTERVAL=2")
    made = []
    for number in range(PLANS):
        plan = PatrolPlan.objects.get(pk=streets.plan.pk)
        plan.pk, plan.name, plan._state.adding = None, f"计划{number}", True
        plan.rule, plan.first_day = rules[number % len(rules)], FIRST
        plan.save()
        made.append(plan)
    streets.plan.delete()
    return made


def wanted(plans: list[PatrolPlan]) -> Counter:
    return Counter(
        (plan.pk, moment)
        for plan in plans
        for moment in occurrences(
            plan.rule, first=FIRST, last=LAST, start_time=plan.start_time, anchor=plan.first_day
        )
    )


def found() -> Counter:
    return Counter(Patrol.objects.values_list("plan_id", "starts_at"))


def keep_killing(work: Callable[[], None], chance: random.Random) -> int:
    """Runs `work` in a child again and again and kills it at a moment drawn by lot; returns how many died."""
    killed = 0
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        child = os.fork()
        if child == 0:
            connections.close_all()
            with contextlib.suppress(OperationalError):  # a lock that took too long: the next pass goes on
                work()
            os._exit(0)
        time.sleep(chance.uniform(0.0, 0.25))
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
    return killed


def step_by_step() -> None:
    """As the worker would, day after day, so that there is always something to fill when the kill comes."""
    for days in range(0, (LAST - FIRST).days + 1, 3):
        patrols.schedule(until=FIRST + timedelta(days=days))


def test_four_schedulers_that_are_killed_fill_every_slot_once(plans):
    outcomes = together(SCHEDULERS, lambda index: keep_killing(step_by_step, random.Random(index)))
    assert [outcome.error for outcome in outcomes] == [None] * SCHEDULERS
    assert sum(outcome.value for outcome in outcomes) > 10  # there were kills
    patrols.schedule(until=LAST)  # whoever comes next finishes what the dead left
    assert found() == wanted(plans)
    assert not PatrolPlan.objects.exclude(filled_until=LAST).exists()


# --- The negative control ------------------------------------------------------------------------------
@contextlib.contextmanager
def without_the_unique_slot() -> Iterator[None]:
    whole = Patrol._meta.constraints
    (slot,) = (one for one in whole if one.name == "patrol_slot_once")
    Patrol._meta.constraints = [
        one for one in whole if one is not slot
    ]  # SQLite makes the table anew from them
    with connection.schema_editor() as editor:
        editor.remove_constraint(Patrol, slot)
    try:
        yield
    finally:
        Patrol.objects.all().delete()
        Patrol._meta.constraints = whole
        with connection.schema_editor() as editor:
            editor.add_constraint(Patrol, slot)


def trusting_its_watermark() -> None:
    """The scheduler one writes first: read how far it is, fill, write how far it is. No lock, no unique slot."""
    for days in range(0, (LAST - FIRST).days + 1, 10):
        until = FIRST + timedelta(days=days)
        for plan in PatrolPlan.objects.all():
            begin = plan.filled_until + timedelta(days=1) if plan.filled_until else FIRST
            if begin <= until:
                slots = patrols.slots(plan, begin, until)
                time.sleep(0.005)
                Patrol.objects.bulk_create(slots)
                PatrolPlan.objects.filter(pk=plan.pk).update(filled_until=until)


def test_control_a_scheduler_that_trusts_its_watermark_makes_doubles(plans):
    with without_the_unique_slot():
        outcomes = together(SCHEDULERS, lambda index: trusting_its_watermark())
        doubles = [slot for slot, times in found().items() if times > 1]
        assert doubles, [outcome.error for outcome in outcomes]


def test_control_the_unique_slot_alone_stops_the_doubles(plans, monkeypatch):
    """Schedulers that take no turns at all: what holds is the constraint."""

    def fill(keys: list[int], until: datetime.date, now: datetime.datetime) -> int:
        made = 0
        for plan in PatrolPlan.objects.filter(pk__in=keys):
            begin = plan.filled_until + timedelta(days=1) if plan.filled_until else plan.first_day
            with transaction.atomic():
                slots = patrols.slots(plan, begin, until)
                made += len(Patrol.objects.bulk_create(slots, ignore_conflicts=True))
                PatrolPlan.objects.filter(pk=plan.pk).update(filled_until=until)
        return made

    monkeypatch.setattr(patrols, "_fill", fill)
    outcomes = together(SCHEDULERS, lambda index: step_by_step())
    assert [outcome.error for outcome in outcomes] == [None] * SCHEDULERS
    assert found() == wanted(plans)


# --- A day ---------------------------------------------------------------------------------------------
def test_a_day_after_a_standstill_with_kills_loses_no_slot_and_makes_none_twice(streets):
    """The small sister of tests/drills/test_day_of_600_zones.py."""
    plans = simulated_day.zones_of(streets, 12)
    day = simulated_day.live(streets, every=240, seed=3)
    assert simulated_day.wounds(plans, day) == []
    assert day.died and day.walked
