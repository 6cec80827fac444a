"""Rounds of visits: entered once, by who may, in numbers that can be."""

import datetime
import uuid

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse

from campaign.errors import Refused
from grids import visits
from grids.models import VisitBatch, VisitRound

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


# --- Persons and rounds ---------------------------------------------------------------------------------
def test_persons_and_person_visits_are_two_numbers(streets):
    enter(streets, visits=40, persons=25)
    enter(streets, visits=10)
    enter(streets, visits=7, persons=7, kind="firm")
    residents, firms = visits.reached(VisitBatch.objects.all())
    assert (residents.batches, residents.visits, residents.persons, residents.counted) == (2, 50, 25, 1)
    assert (firms.visits, firms.persons) == (7, 7)
    with pytest.raises(Refused):
        enter(streets, visits=5, persons=6)
    with pytest.raises(ValidationError):
        enter(streets, visits=5, persons=0)


def test_a_batch_lies_within_its_round(streets):
    round = VisitRound.objects.create(
        committee=streets.huguo, name="走访", first_day=DAY, last_day=DAY + datetime.timedelta(days=3)
    )
    assert enter(streets, round=round).round == round
    for day in (DAY - datetime.timedelta(days=1), DAY + datetime.timedelta(days=4)):
        with pytest.raises(Refused):
            enter(streets, round=round, day=day)
    far = VisitRound.objects.create(committee=streets.other, name="远方走访", first_day=DAY)
    with pytest.raises(Refused):
        enter(streets, round=far)


def test_the_page_tells_both_numbers(streets):
    enter(streets, visits=40, persons=25)
    client = Client(headers={"accept-language": "en"})
    client.force_login(streets.secretary_a)
    page = client.get(reverse("grids:visit_list")).content.decode()
    assert "Person-visits: residents" in page and "in 1 of 1 batches" in page
