"""Volunteers from a workbook: all rows or none, twice is once, numbers masked."""

import datetime
import io
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from campaign import sheets
from campaign.errors import Refused
from tests.volunteers import scene
from tests.volunteers.pages import browser
from volunteers import rolls
from volunteers.models import TeamMember, Volunteer, VolunteerTeam

HEADINGS = ["姓名", "手机号码", "所属社区", "所属队伍"]


def team(cast: SimpleNamespace, **more: Any) -> VolunteerTeam:
    values = {
        "committee": cast.huguo,
        "community": cast.a,
        "part_of": cast.teams.volunteer,
        "name": "南屏志愿服务队",
        "leader": cast.team_leader,
        "formed_on": datetime.date(2020, 1, 1),
    }
    return VolunteerTeam.objects.create(**{**values, **more})


def book(*rows: list[Any]) -> io.BytesIO:
    file = io.BytesIO(sheets.workbook("1", HEADINGS, rows))
    file.name = "roll.xlsx"
    return file


def take(cast: SimpleNamespace, *rows: list[Any], by: Any = None, **more: Any) -> Any:
    return rolls.take_in(book(*rows), street=cast.huguo, by=by or cast.secretary_a, **more)


ONE = ["演示一", "127 0000 0001", "南屏街社区", "南屏志愿服务队"]
TWO = ["演示二", 12700000002, "南屏街社区", ""]


def test_taken_in_twice_is_taken_in_once(cast: SimpleNamespace) -> None:
    team(cast)
    first, second = take(cast, ONE, TWO), take(cast, ONE, TWO)
    assert (first.new, first.problems) == (2, [])
    assert (second.new, second.changed, second.same) == (0, 0, 2)
    assert Volunteer.objects.count() == 2
    assert TeamMember.objects.get().volunteer.phone == "12700000001"
    assert not Volunteer.objects.filter(consents__isnull=False).exists()  # nobody consents for another


def test_one_wrong_row_and_nobody_is_entered(cast: SimpleNamespace) -> None:
    outcome = take(cast, TWO, ["演示三", "12345", "南屏街社区", ""])
    assert len(outcome.problems) == 1
    assert not Volunteer.objects.exists()


def test_a_number_of_another_name_is_refused_masked(cast: SimpleNamespace) -> None:
    known = scene.volunteer(cast, phone="12700000002", name="演示另一人")
    (problem,) = take(cast, TWO).problems
    assert "127****0002" in problem.message
    assert known.phone not in problem.message
    assert known.name not in problem.message


def test_who_left_is_not_brought_back_by_another(cast: SimpleNamespace) -> None:
    scene.volunteer(cast, phone="12700000002", name="演示二", left_on=datetime.date(2020, 6, 1))
    assert len(take(cast, TWO).problems) == 1


def test_only_into_the_own_community_and_teams(cast: SimpleNamespace) -> None:
    team(cast, community=cast.b, leader=None, name="文庙志愿服务队")
    assert len(take(cast, ["演示三", "12700000003", "文庙社区", ""]).problems) == 1
    assert len(take(cast, ["演示三", "12700000003", "南屏街社区", "文庙志愿服务队"]).problems) == 1
    assert take(cast, ["演示三", "12700000003", "文庙社区", ""], by=cast.official, dry_run=True).new == 1
    assert not Volunteer.objects.exists()
    with pytest.raises(Refused):
        take(cast, TWO, by=cast.patroller)


def test_a_leader_brings_the_own_team(cast: SimpleNamespace) -> None:
    team(cast)
    assert take(cast, ONE, by=cast.team_leader).new == 1


def test_the_page_takes_in_and_offers_a_template(cast: SimpleNamespace) -> None:
    client = browser(cast.secretary_a)
    page = reverse("volunteers:volunteer_import")
    assert client.get(page).status_code == 200
    assert client.get(reverse("volunteers:volunteer_template")).status_code == 200
    answer = client.post(page, {"file": book(TWO)})
    assert answer.status_code == 302
    assert Volunteer.objects.get().name == "演示二"
    assert browser(cast.patroller).get(page).status_code == 403
