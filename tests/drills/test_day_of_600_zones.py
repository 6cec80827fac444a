"""A day of 600 zones, lived through by schedulers, missers and walkers of whom many are killed, after a standstill."""

import os
from types import SimpleNamespace

import pytest

from grids.models import Patrol
from tests.grids.conftest import cast, streets
from tests.grids.simulated_day import live, wounds, zones_of

__all__ = ["cast", "streets"]
pytestmark = [pytest.mark.drill, pytest.mark.django_db(transaction=True)]

SEED = int(os.environ.get("DRILL_SEED", "1"))


def test_a_day_of_600_zones_loses_no_slot_and_makes_none_twice(streets: SimpleNamespace) -> None:
    plans = zones_of(streets, 600)
    day = live(streets, every=15, seed=SEED)
    assert wounds(plans, day) == []
    assert day.died > 30
    assert len(day.walked) > 100 and Patrol.objects.filter(state="missed").count() > 100
