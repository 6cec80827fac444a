"""Joining teams: freely, or by a request that the leader answers."""

from types import SimpleNamespace

import pytest
from django.urls import reverse

from campaign.errors import Refused
from tests.volunteers import scene
from tests.volunteers.pages import browser, with_account
from tests.volunteers.test_rolls import team
from volunteers import teams
from volunteers.models import TeamMember, TeamRequest, Volunteer


def someone(cast: SimpleNamespace) -> Volunteer:
    return with_account(cast, scene.volunteer(cast))


def test_an_open_team_is_joined_at_once_and_once(cast: SimpleNamespace) -> None:
    ours, volunteer = team(cast, admission="free"), someone(cast)
    assert teams.join(ours, volunteer) == teams.join(ours, volunteer)
    teams.leave(ours, volunteer)
    teams.leave(ours, volunteer)
    assert TeamMember.objects.get().left_on


def test_a_request_is_answered_by_the_leader_alone(cast: SimpleNamespace) -> None:
    ours, volunteer = team(cast), someone(cast)
    asked = teams.join(ours, volunteer)
    assert teams.join(ours, volunteer) == asked
    for stranger in (cast.secretary_b, cast.patroller, cast.official_far, volunteer.user):
        with pytest.raises(Refused):
            teams.answer(asked, accept=True, by=stranger)
    teams.answer(asked, accept=True, by=cast.team_leader)
    teams.answer(asked, accept=True, by=cast.team_leader)
    assert TeamMember.objects.get().volunteer == volunteer
    with pytest.raises(Refused):
        teams.answer(asked, accept=False, by=cast.team_leader)


def test_who_was_refused_may_ask_again(cast: SimpleNamespace) -> None:
    ours, volunteer = team(cast), someone(cast)
    first = teams.answer(teams.join(ours, volunteer), accept=False, by=cast.secretary_a)
    assert teams.join(ours, volunteer) != first
    assert not TeamMember.objects.exists()


def test_closed_teams_and_those_of_other_streets_take_nobody(cast: SimpleNamespace) -> None:
    volunteer = someone(cast)
    far = team(cast, committee=cast.other, community=cast.far, name="远方队", leader=None, admission="free")
    for one in (team(cast, admission="closed"), far):
        with pytest.raises(Refused):
            teams.join(one, volunteer)
    client = browser(volunteer.user)
    assert client.post(reverse("volunteers:team_join", args=[far.pk])).status_code == 404


def test_the_pages(cast: SimpleNamespace) -> None:
    ours, volunteer = team(cast), someone(cast)
    client = browser(volunteer.user)
    assert ours.name in client.get(reverse("volunteers:my_teams")).content.decode()
    client.post(reverse("volunteers:team_join", args=[ours.pk]))
    asked = TeamRequest.objects.get()
    leader, answer = browser(cast.team_leader), reverse("volunteers:team_answer", args=[asked.pk])
    assert volunteer.name in leader.get(reverse("volunteers:team_requests")).content.decode()
    assert browser(cast.secretary_b).post(answer, {"accept": "1"}).status_code == 404
    leader.post(answer, {"accept": "1"})
    assert TeamMember.objects.get().volunteer == volunteer
