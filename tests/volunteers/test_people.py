"""Registering: once a street and phone, whatever the door."""

import datetime
import re
from types import SimpleNamespace
from typing import Any

import pytest

from accounts.models import User
from campaign.errors import Refused
from tests.cast import person
from volunteers import people
from volunteers.models import Consent, Volunteer

PHONE = "12988887777"


def register(cast: SimpleNamespace, **more: Any) -> Volunteer:
    values = {"committee": cast.huguo, "community": cast.a, "name": "演示新人", "phone": PHONE}
    return people.register(**{**values, **more})


def register_with_account(cast: SimpleNamespace, **more: Any) -> Volunteer:
    values = {"committee": cast.huguo, "community": cast.a, "name": "演示新人", "phone": PHONE}
    return people.register_with_account(**{**values, **more})


def test_a_new_volunteer_has_a_number_of_ours_that_tells_nothing(cast: SimpleNamespace) -> None:
    volunteer = register(cast)
    assert re.fullmatch(r"HG\d{8}", volunteer.number)
    assert volunteer.number[2:] not in PHONE
    assert (volunteer.user, volunteer.is_demo) == (None, True)
    assert volunteer.consents.get().notice == people.NOTICE_VERSION


def test_registering_twice_is_registering_once_and_changes_nothing(cast: SimpleNamespace) -> None:
    first = register(cast)
    assert register(cast, name="别名", community=cast.b, phone="+86 129 8888 7777") == first
    volunteer = Volunteer.objects.get()
    assert (volunteer.name, volunteer.community) == ("演示新人", cast.a)
    assert Consent.objects.count() == 1


def test_the_same_phone_may_register_in_another_street(cast: SimpleNamespace) -> None:
    register(cast)
    assert register(cast, committee=cast.other, community=cast.far).committee == cast.other


def test_who_comes_back_is_registered_again(cast: SimpleNamespace) -> None:
    volunteer = register(cast)
    volunteer.left_on = datetime.date(2020, 11, 1)
    volunteer.save()
    assert register(cast).left_on is None


@pytest.mark.parametrize(
    "wrong",
    [{"name": " "}, {"name": "长" * 41}, {"phone": "12345"}, {"phone": "0871 6333 3333"}, {"phone": ""}],
    ids=str,
)
def test_a_wrong_name_or_phone_is_refused(cast: SimpleNamespace, wrong: dict[str, str]) -> None:
    for verb in (register, register_with_account):
        with pytest.raises(Refused):
            verb(cast, **wrong)
    assert not Volunteer.objects.exists()
    assert not User.objects.filter(phone=PHONE).exists()


def test_a_community_of_another_street_is_refused(cast: SimpleNamespace) -> None:
    with pytest.raises(Refused):
        register_with_account(cast, community=cast.far)
    assert not User.objects.filter(phone=PHONE).exists()


def test_a_drawn_number_that_is_taken_is_drawn_again(
    cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch
) -> None:
    drawn = iter(["HG00000001", "HG00000001", "HG00000002"])
    monkeypatch.setattr(people, "new_number", lambda: next(drawn))
    assert [register(cast, phone=phone).number for phone in (PHONE, "12988887778")] == [
        "HG00000001",
        "HG00000002",
    ]


def test_who_proved_the_phone_gets_an_account_without_a_password(cast: SimpleNamespace) -> None:
    volunteer = register_with_account(cast)
    assert (volunteer.user.phone, volunteer.user.name) == (PHONE, "演示新人")
    assert not volunteer.user.has_usable_password()
    assert not volunteer.user.is_staff
    assert register_with_account(cast) == volunteer
    assert User.objects.filter(phone=PHONE).count() == 1


def test_an_earlier_registration_with_this_phone_is_linked(cast: SimpleNamespace) -> None:
    entered_by_the_community = register(cast)
    volunteer = register_with_account(cast, name="别名")
    assert volunteer == entered_by_the_community
    assert volunteer.user.phone == PHONE


def test_an_account_with_this_phone_is_taken_unless_it_opens_the_admin(cast: SimpleNamespace) -> None:
    volunteer = register_with_account(cast, phone=cast.stranger.phone)
    assert volunteer.user == cast.stranger
    cast.official.is_staff = True
    cast.official.save()
    for account in (cast.official, cast.root):
        with pytest.raises(Refused) as refusal:
            register_with_account(cast, phone=account.phone)
        assert refusal.value.code == "staff"


def test_an_account_that_was_closed_is_not_opened_by_registering(cast: SimpleNamespace) -> None:
    User.objects.filter(pk=cast.stranger.pk).update(is_active=False)
    with pytest.raises(Refused):
        register_with_account(cast, phone=cast.stranger.phone)


def test_one_account_is_one_volunteer(cast: SimpleNamespace) -> None:
    register(cast, user=cast.stranger, phone=cast.stranger.phone)
    with pytest.raises(Refused):
        register(cast, user=cast.stranger)
    with pytest.raises(Refused):
        register_with_account(cast, committee=cast.other, community=cast.far, phone=cast.stranger.phone)
    with pytest.raises(Refused):
        register(cast, user=person("别人"), phone=cast.stranger.phone)
    assert Volunteer.objects.get().user == cast.stranger
