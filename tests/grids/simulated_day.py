"""A simulated day of many zones: schedulers, those who note misses and those who walk, at once, some of them killed in
the middle of a transaction; before it a standstill of days. What must be true afterwards is said by `wounds`.
"""

import datetime
import os
import random
import signal
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import time_machine
from django.db import OperationalError

from campaign import tallies
from campaign.recurrence import SHANGHAI, occurrences
from grids import patrols
from grids.models import Patrol, PatrolEvent, PatrolPlan, PlanStop, PlanTurn, Point, Zone
from tests.cast import SINCE
from tests.processes import together

DAY = datetime.date(2026, 11, 18)  # a Wednesday
STANDSTILL = 3
"""days before it in which nothing ran"""
RULES = ("FREQ=DAILY", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR", "FREQ=DAILY;INTERVAL=2", "FREQ=WEEKLY;BYDAY=WE")
POLICIES = ("all", "latest", "skip")
SCHEDULERS, MISSERS, WALKERS = 3, 2, 2


def at(day: datetime.date, minutes: int = 0) -> datetime.datetime:
    """A moment of the day, in Shanghai."""
    return datetime.datetime.combine(day, datetime.time(), tzinfo=SHANGHAI) + timedelta(minutes=minutes)


def zones_of(streets: SimpleNamespace, count: int) -> list[PatrolPlan]:
    """`count` zones with a point and a plan each; rules, hours and policies in turn, filled up to the standstill."""
    streets.plan.delete()
    streets.whole.delete()  # one standard a point: the walking is not what is tried here
    zones = Zone.objects.bulk_create(
        Zone(committee=streets.huguo, number=100 + number, name=f"区{number}", since=SINCE)
        for number in range(count)
    )
    points = Point.objects.bulk_create(
        Point(
            committee=streets.huguo,
            community=streets.a,
            zone=zone,
            type=streets.point.type,
            name=f"点{zone.number}",
            since=SINCE,
        )
        for zone in zones
    )
    rows = PatrolPlan.objects.bulk_create(
        PatrolPlan(
            committee=streets.huguo, community=streets.a, zone=zone, name=f"计划{number}", checklist=streets.checklist,
            rule=RULES[number % len(RULES)], misfire=POLICIES[number % len(POLICIES)],
            first_day=DAY - timedelta(days=10), start_time=datetime.time(6 + number % 14, 30),
            window_minutes=(30, 90, 180)[number % 3], filled_until=DAY - timedelta(days=STANDSTILL + 1),
        )
        for number, zone in enumerate(zones)
    )  # fmt: skip
    PlanStop.objects.bulk_create(
        PlanStop(plan=plan, point=point) for plan, point in zip(rows, points, strict=True)
    )
    PlanTurn.objects.bulk_create(PlanTurn(plan=plan, order=0, patroller=streets.patroller) for plan in rows)
    return rows


def live(streets: SimpleNamespace, *, every: int, seed: int) -> SimpleNamespace:
    """Let the day pass, `every` so many minutes; returns what the survivors said was walked, and how many died.

    From ten to two nothing runs at all. At the end one clean pass of each, as the next tick of beat would be."""
    walked: set[int] = set()
    died = 0
    for minutes in range(0, 24 * 60, every):
        if 10 * 60 <= minutes < 14 * 60:
            continue
        now = at(DAY, minutes)

        def work(index: int, now: datetime.datetime = now, minutes: int = minutes) -> list[int]:
            dice = random.Random(f"{seed} {minutes} {index}")
            if dice.random() < 0.5:
                _die_somewhere(dice)
            with time_machine.travel(now, tick=False):
                return _work(index, now, dice, streets)

        outcomes = together(SCHEDULERS + MISSERS + WALKERS, work)
        died += sum(outcome.error is not None for outcome in outcomes)
        strange = [outcome.trace for outcome in outcomes if outcome.trace]
        assert strange == []
        walked |= {key for outcome in outcomes for key in outcome.value or ()}
    end = at(DAY + timedelta(days=1))
    patrols.schedule(now=end)
    patrols.note_missed(now=end)
    return SimpleNamespace(walked=walked, died=died, end=end)


def _work(index: int, now: datetime.datetime, dice: random.Random, streets: SimpleNamespace) -> list[int]:
    try:
        if index < SCHEDULERS:
            patrols.schedule(now=now)
        elif index < SCHEDULERS + MISSERS:
            patrols.note_missed(now=now)
        else:
            return _walk(index - SCHEDULERS - MISSERS, now, dice, streets)
    except OperationalError:  # a lock that took too long: the next tick goes on
        pass
    return []


def _walk(index: int, now: datetime.datetime, dice: random.Random, streets: SimpleNamespace) -> list[int]:
    """Walk some of what is open now; each walker its own half."""
    done = []
    rows = Patrol.objects.filter(state="due", starts_at__lte=now, ends_at__gt=now).select_related(
        "plan__checklist"
    )
    for patrol in rows.order_by("pk"):
        if patrol.pk % WALKERS == index and dice.random() < 0.5:
            for line in patrols.lines(patrol):
                patrols.answer(patrol, line.point, line.item, "yes", by=streets.patroller)
            patrols.finish(patrol, by=streets.patroller)
            done.append(patrol.pk)
    return done


def _die_somewhere(dice: random.Random) -> None:
    """Kill this process at one of its next writes: before it, or after it and before the transaction ends."""
    left, before = dice.randrange(0, 4), dice.random() < 0.5

    def deadly(really: Callable[..., Any]) -> Callable[..., Any]:
        def verb(*args: Any, **kwargs: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0 and before:
                os.kill(os.getpid(), signal.SIGKILL)
            result = really(*args, **kwargs)
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        return verb

    patrols._insert = deadly(patrols._insert)
    Patrol.save = deadly(Patrol.save)  # type: ignore[method-assign]


def wounds(plans: list[PatrolPlan], day: SimpleNamespace) -> list[str]:
    """What is not as it must be after the day; an empty list is a day without a loss."""
    found = []
    rows = list(Patrol.objects.all())
    twice = [slot for slot, times in Counter((row.plan_id, row.slot_at) for row in rows).items() if times > 1]
    found += [f"twice: {slot}" for slot in twice]
    by_plan: dict[int, set[datetime.datetime]] = {}
    for row in rows:
        by_plan.setdefault(row.plan_id, set()).add(row.slot_at)
    until = day.end.date() + timedelta(days=patrols.AHEAD)
    for plan in plans:
        found += _wounds_of_slots(plan, by_plan.get(plan.pk, set()), until)
    found += [f"{row.pk} is still due" for row in rows if row.state == "due" and row.ends_at < day.end]
    done = {row.pk for row in rows if row.state == "done"}
    found += [f"{key} was walked, and is not done" for key in day.walked - done]
    while tallies.count_marked():
        pass
    found += [f"the count differs: {incident}" for incident in tallies.audit()]
    return found


def _wounds_of_slots(plan: PatrolPlan, have: set[datetime.datetime], until: datetime.date) -> list[str]:
    first = DAY - timedelta(days=STANDSTILL)
    moments = occurrences(
        plan.rule, first=first, last=until, start_time=plan.start_time, anchor=plan.first_day
    )
    late = [moment for moment in moments if moment.date() < DAY]
    kept = {"all": late, "latest": late[-1:], "skip": []}[plan.misfire]
    wanted = {*kept, *(moment for moment in moments if moment.date() >= DAY)}
    found = [f"{plan} has no slot {moment}" for moment in wanted - have]
    found += [f"{plan} has a slot too many {moment}" for moment in have - wanted]
    notes = PatrolEvent.objects.filter(plan=plan, what="left_out").count()
    if notes != (len(kept) < len(late)):
        found.append(f"{plan} notes {notes} times what it left out")
    return found
