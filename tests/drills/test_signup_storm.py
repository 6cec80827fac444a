"""Eight thousand joins, leaves, double clicks, changed places and sweeps, with processes killed in mid-transaction.

After every round the places are looked over, and every answer that a surviving process got is compared with the
rows: nothing that was acknowledged is lost.
"""

import os
import random
import signal
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from campaign.errors import Refused
from tests.cast import cast
from tests.processes import together
from tests.volunteers import scene
from volunteers import activities, signups, waiting
from volunteers.models import Signup

__all__ = ["cast"]
pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

ROUNDS = 14
PROCESSES = 10
OPERATIONS = 75
PEOPLE_EACH = 6
SEED = int(os.environ.get("DRILL_SEED", "1"))


def test_a_storm_loses_nothing_and_gives_nothing_twice(cast: SimpleNamespace) -> None:
    # Two activities at different times, so that processes hold locks of different rows.
    positions = [scene.position(cast, 12), scene.position(cast, 7, starts_in=timedelta(days=3))]
    crowd = [[scene.volunteer(cast) for _ in range(PEOPLE_EACH)] for _ in range(PROCESSES)]
    done = 0
    for number in range(ROUNDS):

        def storm(index: int, number: int = number) -> dict[tuple[int, int], bool]:
            dice = random.Random(f"{SEED} {number} {index}")
            if index < 2:
                _die_somewhere(dice)
            return _storm(dice, positions, crowd[index])

        outcomes = together(PROCESSES, storm)
        survivors = outcomes[2:]
        assert [outcome.trace for outcome in survivors if outcome.error] == []
        done += OPERATIONS * len(survivors)
        for outcome in survivors:
            for (position, volunteer), inside in outcome.value.items():
                row = Signup.objects.filter(position=position, volunteer=volunteer).first()
                assert (row is not None and row.state in signups.HOLDS) == inside
        # A killed process cannot have left half a move behind, so nothing has to be swept up first.
        assert [scene.wounds(position) for position in positions] == [[], []]
    assert done > 8000


def _die_somewhere(dice: random.Random) -> None:
    """Kill this process between the first and the last write of one of its moves."""
    left = dice.randrange(5, 60)
    really = waiting.note

    def note(*args: Any) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return really(*args)

    waiting.note = note


def _storm(dice: random.Random, positions: list[Any], people: list[Any]) -> dict[tuple[int, int], bool]:
    """Random moves of these people; returns who was told to be in and who to be out."""
    told: dict[tuple[int, int], bool] = {}
    for _operation in range(OPERATIONS):
        position, person = dice.choice(positions), dice.choice(people)
        what = dice.random()
        if what < 0.5:
            for _click in range(dice.choice((1, 1, 2))):
                signups.join(position, person)
            told[position.pk, person.pk] = True
        elif what < 0.9:
            row = Signup.objects.filter(position=position, volunteer=person).first()
            if row is not None:
                signups.leave(row)
                told[position.pk, person.pk] = False
        elif what < 0.97:
            try:
                activities.set_places(position, dice.randrange(4, 15))
            except Refused as refusal:
                assert refusal.code == "taken"
        else:
            waiting.sweep()
    return told
