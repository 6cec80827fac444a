"""A liaison signs up colleagues in one form: as many as fit, the others wait, or nobody."""

from datetime import date, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse

from campaign.errors import Refused
from campaign.models import Message, Team
from tests.processes import together as at_once
from tests.volunteers import scene
from tests.volunteers.pages import browser, with_account
from volunteers import people, signups, together
from volunteers.models import Signup, TeamMember, Volunteer, VolunteerTeam


def colleagues(cast: SimpleNamespace, number: int, *, agreed: bool = True) -> list[Volunteer]:
    """Volunteers of the unit team of community A's liaison."""
    team, _made = VolunteerTeam.objects.get_or_create(
        committee=cast.huguo,
        name="演示单位志愿服务队",
        defaults={
            "unit": cast.unit_a,
            "part_of": Team.objects.filter(committee=cast.huguo).first() or a_team(cast),
            "formed_on": date(2020, 1, 1),
        },
    )
    found = [scene.volunteer(cast) for _ in range(number)]
    for one in found:
        TeamMember.objects.create(team=team, volunteer=one, joined_on=date(2020, 1, 1))
        people.complete(one, consent=agreed)
    return found


def a_team(cast: SimpleNamespace) -> Team:
    from tests.factories import Place, the

    return the(Team, Place(cast.huguo, cast.a, cast.unit_a))


def states(brought: list[together.Brought]) -> list[str]:
    return [row.signup.state if row.signup else "refused" for row in brought]


def test_as_many_as_fit_get_a_place_in_the_order_given_and_the_others_wait(cast: SimpleNamespace) -> None:
    position, ten = scene.position(cast, 6), colleagues(cast, 10)
    brought = together.join(position, ten, by=cast.liaison_a)
    assert states(brought) == ["confirmed"] * 6 + ["waiting"] * 4
    assert states(together.join(position, ten, by=cast.liaison_a)) == states(brought)  # twice is once
    assert scene.wounds(position) == []
    line = position.signups.filter(state="waiting").order_by("joined_at", "pk")
    assert [row.volunteer for row in line] == ten[6:]
    told = Message.objects.filter(wording__startswith="volunteers.brought")
    assert told.count() == 10
    assert all(cast.liaison_a.name in message.text for message in told)


def test_all_or_nobody(cast: SimpleNamespace) -> None:
    position, four = scene.position(cast, 3), colleagues(cast, 4)
    with pytest.raises(Refused) as refusal:
        together.join(position, four, by=cast.liaison_a, all_or_none=True)
    assert refusal.value.code == "not_all"
    assert not Signup.objects.exists()
    assert states(together.join(position, four[:3], by=cast.liaison_a, all_or_none=True)) == ["confirmed"] * 3


def test_who_may_not_be_signed_up_is_passed_over_and_said(cast: SimpleNamespace) -> None:
    position = scene.position(cast, 5)
    (fine,), (silent,) = colleagues(cast, 1), colleagues(cast, 1, agreed=False)
    stranger = scene.volunteer(cast)
    brought = together.join(position, [silent, stranger, fine], by=cast.liaison_a)
    assert states(brought) == ["refused", "refused", "confirmed"]


def test_a_liaison_takes_colleagues_off_but_nobody_else(cast: SimpleNamespace) -> None:
    position, (mine,) = scene.position(cast, 5), colleagues(cast, 1)
    signup = signups.join(position, mine)
    other = signups.join(position, scene.volunteer(cast))
    assert signups.leave(signup, by=cast.liaison_a).state == "left"
    for by, row in ((cast.liaison_a, other), (cast.liaison_b, signups.join(position, mine))):
        with pytest.raises(Refused):
            signups.leave(row, by=by)


def test_the_page_of_a_liaison_with_ten_colleagues(cast: SimpleNamespace) -> None:
    position, ten = scene.position(cast, 8), colleagues(cast, 10)
    address = reverse("volunteers:activity_colleagues", args=[position.activity_id])
    page = browser(cast.liaison_a)
    shown = page.get(address)
    assert all(one.name in shown.text and one.phone not in shown.text for one in ten)
    given: dict[str, Any] = {"position": position.pk, "people": [one.pk for one in ten]}
    assert page.post(address, {**given, "all_or_none": "on"}).status_code == 409
    answer = page.post(address, given, follow=True)
    assert answer.status_code == 200
    assert position.signups.filter(state="confirmed").count() == 8
    assert page.post(address, {**given, "people": [scene.volunteer(cast).pk]}).status_code == 400
    assert page.post(address, {"position": position.pk}).status_code == 400
    assert browser(cast.liaison_b).get(address).status_code == 403
    assert browser(with_account(cast, scene.volunteer(cast)).user).get(address).status_code == 403


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_two_units_at_one_moment_with_the_same_people_neither_oversell_nor_wait_in_a_circle(
    cast: SimpleNamespace,
) -> None:
    position, ten = scene.position(cast, 6), colleagues(cast, 10)
    later = scene.position(cast, 6, starts_in=timedelta(days=3))

    def bring(index: int) -> list[str]:
        people = ten if index % 2 else ten[::-1]
        return states(together.join(later if index % 4 < 2 else position, people, by=cast.liaison_a))

    outcomes = at_once(12, bring)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert [scene.wounds(one) for one in (position, later)] == [[], []]
    assert Signup.objects.filter(state="confirmed").count() == 12
