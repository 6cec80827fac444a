"""Rounds of visits: entered once, by who may, in numbers that can be."""

import datetime
import uuid

import pytest
from django.core.exceptions import ValidationError

from campaign.errors import Refused
from grids import visits
from grids.models import VisitBatch

DAY = datetime.date(2020, 3, 2)


def enter(streets, **given) -> VisitBatch:
    usual = {
        "committee": streets.huguo,
        "community": streets.a,
        "kind": "resident",
        "visits": 40,
        "day": DAY,
        "by": streets.secretary_a,
    }
    return visits.enter(**{**usual, **given})


def test_the_same_form_twice_is_one_round(streets):
    key = uuid.uuid4()
    assert enter(streets, form_key=key) == enter(streets, form_key=key, visits=41)
    assert VisitBatch.objects.get().visits == 40
    with pytest.raises(Refused):
        enter(streets, form_key=key, community=streets.b, by=streets.official)


@pytest.mark.parametrize("who", ["secretary_b", "patroller", "liaison_a", "stranger", "official_far"])
def test_others_cannot_enter_for_the_community(streets, who):
    with pytest.raises(Refused):
        enter(streets, by=getattr(streets, who))
    assert not VisitBatch.objects.exists()


def test_a_community_of_another_street_is_refused(streets):
    with pytest.raises(Refused):
        enter(streets, community=streets.far, by=streets.root)


@pytest.mark.parametrize("wrong", [{"visits": 0}, {"visits": -3}, {"kind": "dogs"}, {"place": "长" * 81}])
def test_values_that_cannot_be_are_a_sentence(streets, wrong):
    with pytest.raises(ValidationError):
        enter(streets, **wrong)
    assert not VisitBatch.objects.exists()


def test_the_future_was_not_visited(streets):
    with pytest.raises(Refused):
        enter(streets, day=datetime.date(2999, 1, 1))
