"""The shop's card: the status is stored, the colour follows from the scheme of the day."""

import datetime
import uuid

import pytest
import time_machine
from django.core.exceptions import ValidationError

from campaign.errors import Refused
from campaign.recurrence import SHANGHAI
from grids import frontage
from grids.models import CardScheme, FrontageInspection, Merchant
from tests.cast import SINCE

NOW = datetime.datetime(2026, 11, 4, 10, 0, tzinfo=SHANGHAI)
KEPT = {"hygiene": True, "greenery": True, "order": True}


@pytest.fixture
def shop(streets):
    with time_machine.travel(NOW, tick=False):
        CardScheme.objects.create(committee=streets.huguo, since=SINCE)
        yield Merchant.objects.create(
            committee=streets.huguo,
            community=streets.a,
            zone=streets.zone,
            name="米线店",
            address="南强街1号",
            since=SINCE,
        )


def test_the_card_is_red_when_all_duties_are_kept_and_green_when_one_is_not(streets, shop):
    assert frontage.card(shop) is None
    frontage.inspect(shop, by=streets.zone_leader, **KEPT)
    assert (frontage.card(shop).status, frontage.card(shop).colour) == ("fulfilled", "red")
    for duty in KEPT:
        frontage.inspect(shop, by=streets.zone_leader, **{**KEPT, duty: False})
        assert (frontage.card(shop).status, frontage.card(shop).colour) == ("unfulfilled", "green")


def test_a_new_meaning_of_the_colours_leaves_the_past_as_it_was(streets, shop):
    frontage.inspect(shop, by=streets.official, day=datetime.date(2026, 10, 1), **KEPT)
    CardScheme.objects.create(
        committee=streets.huguo, since=datetime.date(2026, 11, 1), fulfilled="green", unfulfilled="red"
    )
    assert frontage.card(shop, datetime.date(2026, 10, 31)).colour == "red"
    assert frontage.card(shop).colour == "green"
    assert frontage.status_of(shop).status == "fulfilled"


def test_a_list_of_shops_tells_their_latest_status_in_one_query(streets, shop, django_assert_num_queries):
    frontage.inspect(shop, by=streets.official, day=datetime.date(2026, 10, 1), **KEPT)
    frontage.inspect(shop, by=streets.official, **{**KEPT, "order": False})
    frontage.inspect(shop, by=streets.official, day=datetime.date(2026, 9, 1), **KEPT)
    with django_assert_num_queries(1):
        (row,) = frontage.latest_statuses(Merchant.objects.all())
    assert (row.latest_status, row.latest_day) == ("unfulfilled", NOW.date())


def test_the_same_form_twice_is_one_inspection_and_for_another_shop_none(streets, shop):
    key = uuid.uuid4()
    first = frontage.inspect(shop, by=streets.official, form_key=key, **KEPT)
    assert frontage.inspect(shop, by=streets.official, form_key=key, **KEPT) == first
    other = Merchant.objects.create(
        committee=streets.huguo, community=streets.a, name="书店", address="南强街2号", since=SINCE
    )
    with pytest.raises(Refused):
        frontage.inspect(other, by=streets.official, form_key=key, **KEPT)
    assert FrontageInspection.objects.count() == 1


@pytest.mark.parametrize("who", ["liaison_a", "team_leader", "stranger", "official_far"])
def test_who_has_no_business_at_the_door_is_refused(streets, shop, who):
    with pytest.raises(Refused):
        frontage.inspect(shop, by=getattr(streets, who), **KEPT)


@pytest.mark.parametrize("day", [datetime.date(2026, 11, 5), datetime.date(2019, 12, 31)])
def test_a_day_to_come_or_before_the_shop_is_refused(streets, shop, day):
    with pytest.raises(Refused):
        frontage.inspect(shop, by=streets.official, day=day, **KEPT)


def test_a_note_that_is_too_long_is_a_sentence(streets, shop):
    with pytest.raises(ValidationError):
        frontage.inspect(shop, by=streets.official, note="长" * 201, **KEPT)
