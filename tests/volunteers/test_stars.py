"""Stars: what the ledger holds, put on notice by itself, given when nobody objects."""

import datetime
from types import SimpleNamespace

import pytest
from django.urls import reverse

from campaign.errors import Refused
from tests.volunteers import scene
from volunteers import stars
from volunteers.models import HourEntry, Star, StarLevel, Volunteer

FRIDAY = datetime.date(2020, 11, 20)


def served(cast: SimpleNamespace, hours: float, volunteer: Volunteer | None = None) -> Volunteer:
    """A volunteer of A with so many hours in the ledger."""
    volunteer = volunteer or scene.volunteer(cast)
    scene.entry(volunteer, round(hours * 60))
    return volunteer


def test_the_standard_thresholds_stand_until_the_street_changes_them(cast: SimpleNamespace) -> None:
    assert {step.level: step.hours for step in stars.levels(cast.huguo)} == stars.STANDARD
    StarLevel.objects.filter(committee=cast.huguo, level=1).update(hours=30)
    assert [step.hours for step in stars.levels(cast.huguo)] == [30, 300, 600, 1000, 1500]


@pytest.mark.parametrize(("hours", "level"), [(99.9, None), (100, 1), (299, 1), (300, 2), (1500, 5)])
def test_whoever_reaches_a_threshold_is_put_on_notice_for_the_highest(
    cast: SimpleNamespace, hours: float, level: int | None
) -> None:
    volunteer = served(cast, hours)
    stars.propose(FRIDAY)
    assert list(volunteer.stars.values_list("level", flat=True)) == ([level] if level else [])


def test_the_notice_runs_five_working_days(cast: SimpleNamespace) -> None:
    assert stars.notice_until(FRIDAY) == datetime.date(2020, 11, 27)


def test_proposing_and_confirming_again_changes_nothing(cast: SimpleNamespace) -> None:
    volunteer = served(cast, 120)
    assert (stars.propose(FRIDAY), stars.propose(FRIDAY)) == (1, 0)
    until = volunteer.stars.get().notice_until
    assert stars.confirm(until) == 0  # the last day still counts
    after = until + datetime.timedelta(days=1)
    assert (stars.confirm(after), stars.confirm(after)) == (1, 0)
    assert stars.stars_of(volunteer) == 1
    assert stars.propose(after) == 0


def test_hours_corrected_during_the_notice_give_no_star(cast: SimpleNamespace) -> None:
    volunteer = served(cast, 100)
    stars.propose(FRIDAY)
    scene.correct(HourEntry.objects.get(), -1, cast)
    assert stars.confirm(FRIDAY + datetime.timedelta(days=30)) == 0
    assert volunteer.stars.get().state == Star.State.STOPPED
    assert stars.stars_of(volunteer) == 0


def test_an_objection_stops_it_and_a_new_notice_runs_its_whole_time(cast: SimpleNamespace) -> None:
    volunteer = served(cast, 100)
    stars.propose(FRIDAY)
    star = stars.stop(volunteer.stars.get(), by=cast.secretary_a, note="未到场")
    assert stars.confirm(FRIDAY + datetime.timedelta(days=30)) == 0
    renewed = stars.renew(star, by=cast.official, day=FRIDAY + datetime.timedelta(days=3))
    assert (renewed.state, renewed.note, renewed.notice_until) == ("noticed", "", datetime.date(2020, 11, 30))
    with pytest.raises(Refused):
        stars.renew(renewed, by=cast.official)


def test_only_who_certifies_there_decides_and_never_on_the_own_hours(cast: SimpleNamespace) -> None:
    volunteer = served(cast, 100)
    stars.propose(FRIDAY)
    star = volunteer.stars.get()
    Volunteer.objects.filter(pk=volunteer.pk).update(user=cast.official)
    for person in (cast.secretary_b, cast.team_leader, cast.official):
        with pytest.raises(Refused):
            stars.stop(Star.objects.get(pk=star.pk), by=person, note="不行")
    with pytest.raises(Refused):
        stars.stop(star, by=cast.secretary_a, note="  ")


def test_the_public_notice_masks_the_name(cast: SimpleNamespace, client) -> None:
    volunteer = served(cast, 100)
    stars.propose()
    page = client.get(reverse("volunteers:recognition")).content.decode()
    assert volunteer.name not in page and volunteer.phone not in page
    assert f"{volunteer.name[0]}*" in page


def test_stopping_through_the_page(cast: SimpleNamespace, client) -> None:
    star_of = served(cast, 100)
    stars.propose()
    star = star_of.stars.get()
    client.force_login(cast.secretary_a)
    address = reverse("volunteers:star_stop", args=[star.pk])
    assert client.post(address, {"note": ""}).status_code == 400
    assert client.post(address, {"note": "时长有误"}).status_code == 302
    assert client.post(reverse("volunteers:star_renew", args=[star.pk])).status_code == 302
    assert client.post(reverse("volunteers:star_renew", args=[star.pk])).status_code == 409
    client.force_login(cast.secretary_b)
    assert client.post(address, {"note": "时长有误"}).status_code == 404
