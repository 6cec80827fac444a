"""Any order of joining, leaving, offering, taking, running out, raising, lowering, sweeping and cancelling, against
a model of thirty lines."""

import datetime
import itertools
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from campaign.errors import Refused
from tests.volunteers import scene
from volunteers import activities, signups, waiting
from volunteers.models import Position, Signup, SignupEvent

PEOPLE = 6
person = st.integers(0, PEOPLE - 1)


def waiting_for_the_morning(now: datetime.datetime) -> datetime.datetime:
    """Nobody is asked between nine in the evening and eight in the morning."""
    local = timezone.localtime(now)
    if local.hour < 8:
        return local.replace(hour=8, minute=0, second=0, microsecond=0)
    if local.hour >= 21:
        return (local + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
    return now


class Rush(RuleBasedStateMachine):
    """One position. The model: who has a place, to whom one is offered until when, and who waits, in order."""

    cast: SimpleNamespace

    def __init__(self) -> None:
        super().__init__()
        self.undo = transaction.atomic()
        self.undo.__enter__()
        self.places = 2
        self.position = scene.position(self.cast, self.places)
        self.volunteers = [scene.volunteer(self.cast) for _ in range(PEOPLE)]
        self.inside: list[int] = []
        self.offers: dict[int, datetime.datetime] = {}
        self.line: list[int] = []
        self.cancelled = False
        self.joins = itertools.count()
        self.starts_at = self.position.activity.starts_at
        self.now = self.starts_at - timedelta(days=1)

    def teardown(self) -> None:
        transaction.set_rollback(True)
        self.undo.__exit__(None, None, None)

    def move_up(self) -> None:
        asked = waiting_for_the_morning(self.now)
        left = self.starts_at - asked
        while self.line and len(self.inside) + len(self.offers) < self.places:
            who = self.line.pop(0)
            if left < timedelta(hours=2):
                self.inside.append(who)
            else:
                self.offers[who] = asked + min(timedelta(hours=2), left / 4)

    @rule(who=person, tick=st.booleans())
    def join(self, who: int, tick: bool) -> None:
        if tick:
            self.now += timedelta(seconds=1)
        late = self.offers.get(who, self.now + timedelta(1)) <= self.now
        if self.cancelled or late:
            with pytest.raises(Refused):
                signups.join(self.position, self.volunteers[who], now=self.now)
            return
        row = signups.join(self.position, self.volunteers[who], now=self.now)
        if self.offers.pop(who, None):
            self.inside.append(who)
        if who not in self.inside + self.line:
            free = len(self.inside) + len(self.offers) < self.places
            (self.inside if free else self.line).append(who)
        assert row.state == ("confirmed" if who in self.inside else "waiting")

    @precondition(lambda self: self.offers)
    @rule(number=person)
    def take(self, number: int) -> None:
        """Someone takes the place that is offered, in time or too late."""
        who = sorted(self.offers)[number % len(self.offers)]
        row = Signup.objects.get(position=self.position, volunteer=self.volunteers[who])
        if self.offers[who] <= self.now:
            with pytest.raises(Refused):
                signups.accept(row, now=self.now)
            return
        for _click in range(1 + number % 2):
            assert signups.accept(row, now=self.now).state == "confirmed"
        del self.offers[who]
        self.inside.append(who)

    @precondition(lambda self: self.now < self.starts_at - timedelta(hours=4))
    @rule(hours=st.integers(1, 3))
    def time_passes(self, hours: int) -> None:
        self.now += timedelta(hours=hours)

    @rule()
    def run_out(self) -> None:
        """The sweep takes back what was not taken in time and asks the next; once more changes nothing."""
        late = [who for who, end in self.offers.items() if end <= self.now]
        waiting.sweep(self.now)
        for who in late:
            del self.offers[who]
        self.move_up()
        assert waiting.sweep(self.now) == 0

    @precondition(lambda self: self.inside or self.offers)
    @rule(number=person)
    def leave(self, number: int) -> None:
        """Someone who is expected leaves, or leaves once more."""
        expected = self.inside + sorted(self.offers) + self.line
        who = expected[number % len(expected)]
        row = Signup.objects.get(position=self.position, volunteer=self.volunteers[who])
        for _click in range(1 + number % 2):
            signups.leave(row, now=self.now)
        self.inside = [other for other in self.inside if other != who]
        self.line = [other for other in self.line if other != who]
        self.offers.pop(who, None)
        self.move_up()

    @precondition(lambda self: not self.cancelled)
    @rule(places=st.integers(0, 4))
    def set_places(self, places: int) -> None:
        if places < max(1, len(self.inside) + len(self.offers)):
            with pytest.raises(Refused):
                activities.set_places(self.position, places, now=self.now)
            return
        activities.set_places(self.position, places, now=self.now)
        self.places = places
        self.move_up()

    @rule()
    def promote(self) -> None:
        assert waiting.promote(self.position, self.now) == 0

    @precondition(lambda self: len(self.line) > 2)
    @rule()
    def cancel(self) -> None:
        activities.cancel(self.position.activity, "下雨", now=self.now)
        self.cancelled, self.inside, self.line, self.offers = True, [], [], {}

    @invariant()
    def the_rows_are_the_model(self) -> None:
        position = Position.objects.get(pk=self.position.pk)
        assert (position.places, position.taken) == (self.places, len(self.inside) + len(self.offers))
        assert self._people("confirmed") == set(self.inside)
        offered = position.signups.filter(state="offered")
        assert {self._index(row): row.offer_expires_at for row in offered} == self.offers
        line = position.signups.filter(state="waiting").order_by("joined_at", "pk")
        assert [self._index(row) for row in line] == self.line
        assert scene.wounds(position) == []

    @invariant()
    def every_move_is_in_the_history(self) -> None:
        last: dict[int, str] = {}
        for event in SignupEvent.objects.filter(signup__position=self.position).order_by("pk"):
            last[event.signup_id] = event.what
        states = dict(self.position.signups.values_list("pk", "state"))
        told = {
            "confirmed": {"joined", "promoted", "accepted"},
            "offered": {"offered"},
            "lapsed": {"lapsed"},
            "waiting": {"queued"},
            "left": {"left"},
            "cancelled": {"cancelled"},
        }
        assert last.keys() == states.keys()
        assert all(last[pk] in told[state] for pk, state in states.items())

    def _people(self, state: str) -> set[int]:
        return {self._index(row) for row in self.position.signups.filter(state=state)}

    def _index(self, row: Any) -> int:
        return [volunteer.pk for volunteer in self.volunteers].index(row.volunteer_id)


@pytest.mark.slow
def test_whatever_people_do_the_places_and_the_line_are_right(cast: SimpleNamespace) -> None:
    machine = type("RushOfThisCast", (Rush,), {"cast": cast})
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=25,
            stateful_step_count=20,
            phases=[Phase.generate],  # shrinking a failure would take minutes of database
            deadline=None,
            derandomize=True,
            suppress_health_check=list(HealthCheck),
        ),
    )
