"""Publicity is entered once, by those whose place it is, and counted exactly."""

import uuid
from datetime import date, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone

from campaign import publicity, tallies
from campaign.errors import Refused
from campaign.models import PublicityEntry

pytestmark = pytest.mark.django_db


def enter(by, community, **changes):
    given = {"kind": "leaflet", "day": timezone.localdate(), "quantity": 30, **changes}
    return publicity.enter(by, community=community, **given)


def test_an_entry_is_counted_on_its_day_and_by_its_team(cast):
    enter(cast.secretary_a, cast.a, team=cast.teams.volunteer)
    tallies.count_marked()
    today = timezone.localdate()
    found = tallies.by_slice("publicity.leaflets", today, today, committee=cast.huguo)
    assert found == {"volunteer": 30}


def test_the_same_form_twice_is_one_entry(cast):
    key = uuid.uuid4()
    first = enter(cast.secretary_a, cast.a, form_key=key)
    assert enter(cast.secretary_a, cast.a, form_key=key, quantity=99) == first
    assert PublicityEntry.objects.get().quantity == 30


def test_the_form_key_of_another_person_gives_nothing_away(cast):
    key = uuid.uuid4()
    enter(cast.secretary_a, cast.a, form_key=key)
    with pytest.raises(Refused):
        enter(cast.secretary_b, cast.b, form_key=key)
    assert PublicityEntry.objects.count() == 1


@pytest.mark.parametrize(
    "who", ["secretary_b", "official_far", "stranger", "patroller", "zone_leader", "liaison_b"]
)
def test_nobody_enters_for_a_community_that_is_not_theirs(cast, who):
    with pytest.raises(Refused):
        enter(getattr(cast, who), cast.a)
    assert not PublicityEntry.objects.exists()


def test_a_liaison_enters_for_the_own_unit_and_for_nothing_else(cast):
    assert enter(cast.liaison_a, cast.a, unit=cast.unit_a).unit == cast.unit_a
    for unit in (None, cast.unit_b, cast.unit_far):
        with pytest.raises(Refused):
            enter(cast.liaison_a, cast.a, unit=unit)


@pytest.mark.parametrize(
    "wrong",
    [
        {"day": timezone.localdate() + timedelta(days=1)},
        {"day": date(1999, 1, 1)},
        {"quantity": 0},
        {"quantity": -5},
        {"quantity": 1_000_001},
        {"items": 3},
    ],
)
def test_what_cannot_be_is_refused(cast, wrong):
    with pytest.raises(Refused):
        enter(cast.secretary_a, cast.a, **wrong)
    assert not PublicityEntry.objects.exists()


def test_a_kind_that_does_not_exist_is_an_error_of_the_field(cast):
    with pytest.raises(ValidationError):
        enter(cast.secretary_a, cast.a, kind="smoke_signal")


def test_a_team_of_another_street_is_refused(cast):
    team = cast.other.teams.first()
    with pytest.raises(Refused):
        enter(cast.official, cast.a, team=team)


def test_a_correction_moves_the_count_from_the_old_day_to_the_new(cast):
    today = timezone.localdate()
    entry = enter(cast.secretary_a, cast.a)
    publicity.correct(entry, cast.secretary_a, day=today - timedelta(days=3), quantity=12)
    tallies.count_marked()
    assert tallies.total("publicity.leaflets", today, today, committee=cast.huguo) == 0
    before = today - timedelta(days=3)
    assert tallies.total("publicity.leaflets", before, before, committee=cast.huguo) == 12


@pytest.mark.parametrize("who", ["secretary_b", "official_far", "stranger"])
def test_another_community_s_entry_is_not_corrected(cast, who):
    entry = enter(cast.secretary_a, cast.a)
    with pytest.raises(Refused):
        publicity.correct(entry, getattr(cast, who), quantity=1)
    entry.refresh_from_db()
    assert entry.quantity == 30


def test_an_entry_is_not_moved_into_another_community(cast):
    entry = enter(cast.secretary_a, cast.a)
    for target in (cast.b, cast.far):
        with pytest.raises(Refused):
            publicity.correct(entry, cast.secretary_a, community=target)


def test_lines_of_a_program_are_all_or_none(cast):
    def line(quantity):
        return PublicityEntry(
            committee=cast.huguo, community=cast.a, kind="leaflet", day=date(2020, 5, 5), quantity=quantity,
            team=cast.teams.unit,
        )  # fmt: skip

    with pytest.raises(Refused):
        publicity.enter_many([line(5), line(0)])
    assert not PublicityEntry.objects.exists()
    assert publicity.enter_many([line(5), line(6)]) == 2
    assert set(PublicityEntry.objects.values_list("by", flat=True)) == {"unit"}
