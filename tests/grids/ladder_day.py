"""A day in fast motion for the ladder: cases in many zones, workers that sweep and are killed, people who move cases.

The clock of the story is passed to the verbs, so a day takes seconds. What must be so at its end is said in `wounds`.
"""

import contextlib
import datetime
import os
import random
import signal
import time
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from django.db import OperationalError, connections
from django.db.models import Count, F
from django.utils import timezone

from accounts.models import User
from campaign.calendar import remembering
from campaign.errors import Refused
from campaign.models import Appointment, Community
from campaign.recurrence import SHANGHAI
from campaign.roles import Role
from grids import cases, ladder
from grids.models import Case, CaseEvent, ClockRecord, Digest, Escalation, LadderRung, Reminder, Zone
from grids.workflow import MOVES, OPEN, REPORT
from tests.cast import SINCE

MORNING = datetime.datetime(2026, 11, 4, 9, 0, tzinfo=SHANGHAI)  # a Wednesday
EVENING = MORNING + timedelta(days=5)


def set_up(streets: SimpleNamespace, *, zones: int, cases_in_all: int, seed: int = 1) -> None:
    """Zones with a leader each, and cases dispatched in the course of the morning, with limits of 1 to 12 hours."""
    dice = random.Random(seed)
    people = User.objects.bulk_create(
        User(phone=f"1290000{number:04d}", name=f"分队长{number}", password="!") for number in range(zones)
    )
    Appointment.objects.bulk_create(
        Appointment(user=person, role=Role.ZONE_LEADER, committee=streets.huguo, since=SINCE)
        for person in people
    )
    communities: list[Community] = [streets.a, streets.b]
    rows = Zone.objects.bulk_create(
        Zone(committee=streets.huguo, number=100 + number, name=f"{number}区", leader=person, since=SINCE)
        for number, person in enumerate(people)
    )
    made, events = [], []
    with remembering(MORNING.date() - ladder.REACH, MORNING.date() + ladder.REACH):
        for _number in range(cases_in_all):
            at = MORNING + timedelta(minutes=dice.randrange(0, 240))
            case = Case(
                committee=streets.huguo, community=dice.choice(communities), zone=dice.choice(rows),
                category=streets.litter, source="resident", description="垃圾", reported_at=at,
                reported_on=timezone.localdate(at),
            )  # fmt: skip
            events.append(cases.event_of(case, REPORT, from_state="", by=None, at=at))
            streets.litter.fix_limit, streets.litter.response_limit = (
                dice.randrange(1, 13),
                dice.randrange(1, 4),
            )
            events.append(cases.step(case, MOVES["dispatch"], by=None, now=at, unit=streets.unit_a))
            made.append(case)
    Case.objects.bulk_create(made, batch_size=1000)
    for event in events:
        event.case_id = event.case.pk
    CaseEvent.objects.bulk_create(events, batch_size=1000)


def sweep(now: datetime.datetime, at_once: int = ladder.AT_ONCE) -> None:
    """What the worker's task does, at a moment of the story."""
    while ladder.climb(now, at_once):
        pass
    ladder.tell(now)


def sweep_until_killed(
    now: datetime.datetime, dice: random.Random, seconds: float, longest: float, at_once: int = ladder.AT_ONCE
) -> int:
    """Sweeps in a child again and again and kills it at a moment drawn by lot; returns how many died."""
    killed = 0
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        child = os.fork()
        if child == 0:
            connections.close_all()
            with contextlib.suppress(OperationalError):  # a lock that took too long: the next pass goes on
                sweep(now, at_once)
            os._exit(0)
        time.sleep(dice.uniform(0.0, longest))
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
        _pid, status = os.waitpid(child, 0)
        killed += os.WIFSIGNALED(status)
    return killed


def move_some(streets: SimpleNamespace, now: datetime.datetime, dice: random.Random, number: int) -> int:
    """Somebody's moves with cases drawn by lot; returns how many were made. A refusal is an answer like another."""
    keys = list(Case.objects.filter(state__in=OPEN).values_list("pk", flat=True))
    made = 0
    for key in dice.sample(keys, min(number, len(keys))):
        name = dice.choice(["accept", "accept", "suspend", "resume", "extend", "close", "return", "rework"])
        case = Case.objects.get(pk=key)
        try:
            made += _move(streets, case, name, now)
        except (Refused, OperationalError):
            continue
    return made


def _move(streets: SimpleNamespace, case: Case, name: str, now: datetime.datetime) -> bool:
    given: dict[str, Any] = {"note": "说明"}
    if name == "extend":
        given["due_at"] = max(now, case.due_at or now) + timedelta(hours=3)
    if name == "close":
        name, given = "close_not_fixed", {"note": "无法处理"}
        if case.state != "suspended":
            case = cases.move(case, "suspend", by=streets.official, note="等待", now=now)
    cases.move(case, name, by=streets.official, now=now, **given)
    return True


def wounds(now: datetime.datetime) -> list[str]:
    """All that must not be so once every sweep until `now` is done."""
    found = []
    twice = Escalation.objects.values("case", "run", "rung").annotate(n=Count("pk")).filter(n__gt=1)
    if twice.exists():
        found.append(f"{twice.count()} rungs were climbed twice")
    if late := Escalation.objects.filter(case__closed_at__lt=F("rung_at")).count():
        found.append(f"{late} rungs lie after the end of their case")
    if early := Escalation.objects.filter(rung_at__gt=F("made_at")).count():
        found.append(f"{early} rungs were climbed before their time")
    if untold := Reminder.objects.filter(digest=None).count():
        found.append(f"{untold} reminders were told to nobody")
    if waiting := Case.objects.filter(clock_at__lte=now).count():
        found.append(f"{waiting} cases were not looked at")
    with remembering(MORNING.date() - ladder.REACH, EVENING.date() + ladder.REACH):
        found += _missing(now)
    doubles = ClockRecord.objects.values("case", "run", "kind").annotate(n=Count("pk")).filter(n__gt=1)
    if doubles.exists():
        found.append(f"{doubles.count()} records stand twice")
    return found


def _missing(now: datetime.datetime) -> list[str]:
    """Rungs whose time has come on cases whose clock runs, and that were not climbed."""
    rungs = list(LadderRung.objects.filter(in_use=True))
    climbed = set(Escalation.objects.values_list("case", "run", "rung"))
    recorded = set(ClockRecord.objects.filter(kind="due").values_list("case", "run"))
    missing = 0
    for case in Case.objects.filter(state__in=("dispatched", "handling", "handled")).select_related(
        "category"
    ):
        for rung in rungs:
            at = ladder.rung_at(case, rung)
            if rung.committee_id == case.committee_id and at and at <= now:
                missing += (case.pk, ladder.run_of(case, rung), rung.pk) not in climbed
        if case.due_at and case.due_at <= now:
            missing += (case.pk, case.clock_run) not in recorded
    return [f"{missing} rungs or records are missing"] if missing else []


def digests_after(moment: datetime.datetime) -> dict[int, int]:
    """How many digests each person was given after a moment of the story."""
    rows = Digest.objects.filter(made_at__gte=moment).order_by().values_list("person").annotate(n=Count("pk"))
    return dict(rows)
