"""Fifty processes at one moment for the last places: none given twice, none lost, nobody double, the line in order.

`wounds` is what looks for harm; the negative controls show that it finds harm where signing up is done naively.
"""

import os
import signal
import time
from collections import Counter
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone

from tests.processes import Outcome, together
from tests.volunteers import scene
from tests.volunteers.scene import wounds
from volunteers import activities, attendance, signups, waiting
from volunteers.models import Activity, Attendance, HourEntry, Position, Signup, SignupEvent, Volunteer

pytestmark = [pytest.mark.processes, pytest.mark.django_db(transaction=True)]

PROCESSES = 50
PLACES = 20


def values(outcomes: list[Outcome]) -> list[Any]:
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    return [outcome.value for outcome in outcomes]


def people(cast: SimpleNamespace, number: int) -> list[Volunteer]:
    return [scene.volunteer(cast) for _ in range(number)]


def test_fifty_for_the_last_places(cast: SimpleNamespace) -> None:
    position, crowd = scene.position(cast, PLACES), people(cast, PROCESSES)

    def join(index: int) -> tuple[int, str]:
        rows = {
            signups.join(position, crowd[index]) for _click in range(2)
        }  # the second click of a double one
        (row,) = rows
        return row.pk, row.state

    answers = values(together(PROCESSES, join))
    assert wounds(position) == []
    assert Counter(state for _pk, state in answers) == {"confirmed": PLACES, "waiting": PROCESSES - PLACES}
    assert dict(answers) == dict(position.signups.values_list("pk", "state"))  # every answer has its row
    assert SignupEvent.objects.count() == PROCESSES

    line = [
        pk
        for pk, _ in position.signups.filter(state="waiting")
        .order_by("joined_at", "pk")
        .values_list("pk", "state")
    ]
    holders = list(position.signups.filter(state="confirmed"))

    def leave(index: int) -> None:
        signups.leave(holders[index])

    values(together(10, leave))
    assert wounds(position) == []
    offered = SignupEvent.objects.filter(what="offered").order_by("pk").values_list("signup", flat=True)
    assert list(offered) == line[:10]  # the head of the line, in its order
    assert (
        list(
            position.signups.filter(state="waiting").order_by("joined_at", "pk").values_list("pk", flat=True)
        )
        == line[10:]
    )


def test_joining_leaving_raising_and_sweeping_at_once(cast: SimpleNamespace) -> None:
    position, crowd = scene.position(cast, 5), people(cast, 40)
    for volunteer in crowd[:20]:
        signups.join(position, volunteer)
    rows = list(position.signups.order_by("pk"))

    def act(index: int) -> None:
        if index < 20:  # five with a place, fifteen of the line
            signups.leave(rows[index])
        elif index < 40:
            signups.join(position, crowd[index])
        elif index < 45:
            activities.set_places(position, index - 34)
        else:
            waiting.sweep()

    outcomes = together(PROCESSES, act)
    refused = [outcome for outcome in outcomes[40:45] if outcome.error]  # lowering below what is taken
    assert {type(outcome.error).__name__ for outcome in refused} <= {"Refused"}
    values([outcome for outcome in outcomes if outcome not in refused])
    assert wounds(position) == []
    states = Counter(position.signups.values_list("state", flat=True))
    position.refresh_from_db()
    assert states["left"] == 20
    assert states["confirmed"] + states["offered"] == position.places
    assert states["confirmed"] + states["offered"] + states["waiting"] == 20


def test_one_person_from_many_windows_has_one_row_and_one_place(cast: SimpleNamespace) -> None:
    position, (volunteer,) = scene.position(cast, PLACES), people(cast, 1)
    rows = values(together(20, lambda index: signups.join(position, volunteer).pk))
    assert len(set(rows)) == 1
    assert wounds(position) == []
    assert SignupEvent.objects.count() == 1


def test_one_person_in_two_activities_of_the_same_hour_gets_into_one(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = timezone.now() + timedelta(days=1)
    both = [scene.position(cast, 5, starts_at=start, community=place) for place in (cast.a, cast.b)]
    (volunteer,) = people(cast, 1)
    really = signups._enter

    def slowly(*args: Any) -> Signup:
        time.sleep(0.3)  # both have looked by now whether the person is expected elsewhere
        return really(*args)

    monkeypatch.setattr(signups, "_enter", slowly)
    outcomes = together(6, lambda index: signups.join(both[index % 2], volunteer).pk)
    assert {getattr(outcome.error, "code", None) for outcome in outcomes} == {None, "clash"}
    assert Signup.objects.filter(state="confirmed").count() == 1


def test_nobody_is_left_in_an_activity_that_is_cancelled_meanwhile(cast: SimpleNamespace) -> None:
    position, crowd = scene.position(cast, 5), people(cast, 20)

    def act(index: int) -> str:
        if index == 10:
            return activities.cancel(position.activity, "下雨").state
        return signups.join(position, crowd[index]).state

    outcomes = together(20, act)
    assert {outcome.error.code for outcome in outcomes if outcome.error} <= {"cancelled"}
    assert wounds(position) == []
    assert not Signup.objects.filter(state__in=signups.HOLDS).exists()


def _offers(cast: SimpleNamespace, number: int) -> tuple[Position, list[Signup]]:
    """A position whose places are all offered to the heads of a line that is twice as long."""
    position, crowd = scene.position(cast, number), people(cast, 3 * number)
    rows = [signups.join(position, volunteer) for volunteer in crowd]
    for row in rows[:number]:
        signups.leave(row)
    return position, rows[number:]


def test_taking_an_offer_as_it_runs_out_gives_the_place_to_one_of_two(cast: SimpleNamespace) -> None:
    position, line = _offers(cast, 5)
    line[0].refresh_from_db()
    end = line[0].offer_expires_at

    def act(index: int) -> str:
        if index < 5:
            return signups.accept(line[index], now=end - timedelta(seconds=1)).state
        return str(waiting.sweep(now=end))

    outcomes = together(15, act)
    assert {getattr(outcome.error, "code", None) for outcome in outcomes} <= {None, "offer_over"}
    assert wounds(position) == []
    states = dict(position.signups.values_list("pk", "state"))
    for row, outcome in zip(line[:5], outcomes[:5], strict=True):  # each answer has its row
        assert states[row.pk] == ("lapsed" if outcome.error else "confirmed")
    lapsed = sum(state == "lapsed" for state in states.values())
    assert [states[row.pk] for row in line[5:10]] == ["offered"] * lapsed + ["waiting"] * (5 - lapsed)


def test_control_taking_and_taking_back_without_the_lock_wounds_the_line(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who takes has looked and not yet written when the offer runs out: what the lock makes impossible."""
    monkeypatch.setattr(waiting, "lock", lambda model, pk: model.objects.get(pk=pk))
    really = signups._check_hand

    def slowly(*args: Any) -> Any:
        time.sleep(1)
        return really(*args)

    monkeypatch.setattr(signups, "_check_hand", slowly)
    monkeypatch.setattr(signups, "accept", signups.accept.__wrapped__)

    def wounded() -> bool:
        position, line = _offers(cast, 5)
        line[0].refresh_from_db()
        end = line[0].offer_expires_at

        def act(index: int) -> None:
            if index < 5:
                signups.accept(line[index], now=end - timedelta(seconds=1))
            else:
                waiting.sweep(now=end)

        together(10, act)
        return wounds(position) != []

    assert any(wounded() for _time in range(3))  # where they miss each other, they are sent again


def test_a_list_that_is_sent_many_times_at_once_credits_hours_once(cast: SimpleNamespace) -> None:
    start = timezone.now() - timedelta(hours=3)
    position = scene.position(cast, 5, starts_at=start)
    before = start - timedelta(hours=1)
    rows = [signups.join(position, volunteer, now=before).pk for volunteer in people(cast, 5)]
    values(together(12, lambda index: attendance.close(position.activity, by=None, present=rows).state))
    assert (Attendance.objects.count(), HourEntry.objects.count()) == (5, 5)
    assert set(HourEntry.objects.values_list("minutes", flat=True)) == {120}


# --- Negative controls -----------------------------------------------------------------------------
def test_control_reading_first_and_writing_then_oversells_and_the_drill_sees_it(
    cast: SimpleNamespace,
) -> None:
    position, crowd = scene.position(cast, 5), people(cast, 20)

    def naive(index: int) -> None:
        if position.signups.filter(state="confirmed").count() < position.places:
            time.sleep(0.2)  # a slow page
            Signup.objects.create(
                activity=position.activity, position=position, volunteer=crowd[index], state="confirmed",
                joined_at=timezone.now(), day=position.activity.day,
            )  # fmt: skip

    values(together(20, naive))
    assert "oversold" in wounds(position)


def test_control_the_schema_stops_even_a_counter_that_is_raised_blindly(cast: SimpleNamespace) -> None:
    position = scene.position(cast, 5)

    def blind(index: int) -> int:
        return Position.objects.filter(pk=position.pk).update(taken=F("taken") + 1)

    outcomes = together(20, blind)
    assert sum(isinstance(outcome.error, IntegrityError) for outcome in outcomes) == 15
    assert Position.objects.get(pk=position.pk).taken == 5


# --- Series ----------------------------------------------------------------------------------------
def test_schedulers_at_once_with_one_killed_make_every_activity_exactly_once(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(6):
        scene.series(cast, title=f"系列{number}", rule="FREQ=DAILY")
    really = activities._from_series
    made = []

    def schedule(index: int) -> int:
        if index == 0:
            monkeypatch.setattr(activities, "_from_series", dies_in_the_middle)
        return activities.schedule()

    def dies_in_the_middle(*args: Any) -> Activity:
        if len(made) == 20:  # in the second series: the first is committed
            os.kill(os.getpid(), signal.SIGKILL)
        made.append(1)
        return really(*args)

    outcomes = together(5, schedule)
    survivors = [outcome for outcome in outcomes if not outcome.error]
    assert len(survivors) >= 4
    activities.schedule()
    slots = Counter(Activity.objects.values_list("series", "starts_at"))
    assert len(slots) == 6 * 15
    assert set(slots.values()) == {1}
    assert Position.objects.count() == 6 * 15


def test_control_looking_first_and_creating_then_doubles_without_the_slot(cast: SimpleNamespace) -> None:
    start = timezone.now() + timedelta(days=1)
    kind = scene.kind(cast)

    def naive(index: int) -> None:
        if not Activity.objects.filter(title="每周五义务劳动", starts_at=start).exists():
            time.sleep(0.2)
            Activity.objects.create(
                committee=cast.huguo, community=cast.a, kind=kind, title="每周五义务劳动", place="门口",
                starts_at=start, ends_at=start + timedelta(hours=2),
            )  # fmt: skip

    values(together(5, naive))
    assert Activity.objects.count() > 1
