"""Signing up as a stranger: three screens, one sign-up, and nothing written for what is wrong."""

from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client

from accounts.models import OneTimeCode, User
from tests.volunteers import scene
from tests.volunteers.pages import browser, code_page, detail, typed, with_account
from volunteers import signups
from volunteers.models import Activity, Consent, Signup, Volunteer


@pytest.fixture
def activity(cast: SimpleNamespace) -> Activity:
    return scene.activity(cast, 2)


def ask(client: Client, cast: SimpleNamespace, activity: Activity, **other: Any) -> str:
    """Screen one filled in; the code that the demo shows."""
    answer = client.post(detail(activity), typed(activity, cast.a, **other))
    assert answer.status_code == 302, answer.context["form"].errors
    assert answer["Location"] == code_page(activity)
    return client.session["shown_code"]


def test_three_screens_make_a_volunteer_a_consent_and_a_place(cast, activity):
    client = browser()
    assert client.get(detail(activity)).status_code == 200
    code = ask(client, cast, activity)
    screen_two = client.get(code_page(activity))
    assert code in screen_two.content.decode()
    assert "12700009999" not in screen_two.content.decode()
    screen_three = client.post(code_page(activity), {"code": code}, follow=True)
    assert screen_three.status_code == 200
    signup = Signup.objects.get()
    assert (signup.state, signup.volunteer.name) == ("confirmed", "演示新人")
    assert screen_three.request["PATH_INFO"] == f"/me/signups/{signup.pk}/"
    assert Consent.objects.filter(volunteer=signup.volunteer).exists()
    assert client.get("/me/").status_code == 200, "the person is signed in now"


def test_a_full_activity_gives_a_number_on_the_waiting_list(cast, activity):
    for _place in range(3):
        signups.join(activity.positions.get(), scene.volunteer(cast))
    client = browser()
    answer = client.post(code_page(activity), {"code": ask(client, cast, activity)}, follow=True)
    assert answer.context["number"] == 2
    assert Signup.objects.get(volunteer__phone="12700009999").state == "waiting"


def test_sending_the_code_twice_is_one_sign_up(cast, activity):
    client = browser()
    code = ask(client, cast, activity)
    client.post(code_page(activity), {"code": code})
    again = client.post(code_page(activity), {"code": code})
    assert again.status_code == 302
    assert Signup.objects.count() == 1
    assert Signup.objects.get().events.count() == 1
    assert client.post(detail(activity), {"position": activity.positions.get().pk}).status_code == 302
    assert Signup.objects.count() == 1


def test_a_volunteer_who_is_signed_in_needs_one_button(cast, activity):
    volunteer = with_account(cast, scene.volunteer(cast))
    client = browser(volunteer.user)
    page = client.get(detail(activity)).content.decode()
    assert 'name="phone"' not in page
    for _click in range(2):
        answer = client.post(detail(activity), {"position": activity.positions.get().pk})
        assert answer.status_code == 302
    assert activity.signups.get().volunteer == volunteer


@pytest.mark.parametrize(
    "wrong",
    [
        {"phone": "123"},
        {"phone": ""},
        {"name": ""},
        {"name": "x" * 41},
        {"consent": ""},
        {"position": "0"},
        {"position": "nonsense"},
        {"community": "99999999999999999999"},
        {"phone": "1270000\x009999"},
    ],
)
def test_what_is_wrong_on_screen_one_is_said_and_nothing_is_written(cast, activity, wrong):
    answer = browser().post(detail(activity), typed(activity, cast.a) | wrong)
    assert answer.status_code == 400
    assert not OneTimeCode.objects.exists()
    assert not Volunteer.objects.exists()


def test_a_community_of_another_street_and_a_position_of_another_activity_are_no_choice(cast, activity):
    other = scene.activity(cast, 2, starts_in=scene.timedelta(days=3))
    for wrong in ({"community": cast.far.pk}, {"position": other.positions.get().pk}):
        assert browser().post(detail(activity), typed(activity, cast.a) | wrong).status_code == 400
    assert not OneTimeCode.objects.exists()


def test_a_wrong_code_writes_nothing(cast, activity):
    client = browser()
    code = ask(client, cast, activity)
    for wrong in (f"{(int(code) + 1) % 1_000_000:06d}", "abcdef", "", "1" * 9):
        assert client.post(code_page(activity), {"code": wrong}).status_code == 400
    assert not Volunteer.objects.exists()
    assert not User.objects.filter(phone="12700009999").exists()


def test_after_five_wrong_codes_the_right_one_is_refused_too(cast, activity):
    client = browser()
    code = ask(client, cast, activity)
    for step in range(1, 6):
        client.post(code_page(activity), {"code": f"{(int(code) + step) % 1_000_000:06d}"})
    assert client.post(code_page(activity), {"code": code}).status_code == 400
    assert not Signup.objects.exists()


def test_a_code_is_of_no_use_in_another_browser_or_a_second_time(cast, activity):
    mine, other = browser(), browser()
    code = ask(mine, cast, activity)
    OneTimeCode.objects.update(sent_at=scene.timezone.now() - scene.timedelta(minutes=2))
    other_code = ask(other, cast, activity)
    if other_code != code:
        assert other.post(code_page(activity), {"code": code}).status_code == 400
    assert mine.post(code_page(activity), {"code": code}).status_code == 400, "a newer code ended it"
    assert other.post(code_page(activity), {"code": other_code}).status_code == 302
    assert Signup.objects.count() == 1


def test_the_code_page_without_screen_one_leads_back(cast, activity):
    for answer in (
        browser().get(code_page(activity)),
        browser().post(code_page(activity), {"code": "123456"}),
        browser().post(f"{code_page(activity)}again/"),
    ):
        assert answer.status_code == 302
        assert answer["Location"] == detail(activity)


def test_a_second_code_within_a_minute_is_refused_with_the_page_kept(cast, activity):
    client = browser()
    ask(client, cast, activity)
    answer = client.post(f"{code_page(activity)}again/")
    assert answer.status_code == 409
    assert OneTimeCode.objects.count() == 1


def test_a_code_is_no_key_to_an_account_of_the_office(cast, activity):
    client = browser()
    code = ask(client, cast, activity, phone=cast.official.phone)
    answer = client.post(code_page(activity), {"code": code})
    assert answer.status_code == 409
    assert "_auth_user_id" not in client.session
    assert not Signup.objects.exists()


def test_staff_who_are_no_volunteers_yet_register_without_a_code(cast, activity):
    client = browser(cast.secretary_a)
    body = {"position": activity.positions.get().pk, "community": cast.a.pk, "consent": "on"}
    assert client.post(detail(activity), body).status_code == 302
    assert Signup.objects.get().volunteer.user == cast.secretary_a


def test_what_closed_meanwhile_is_answered_with_409_and_a_reason(cast):
    begun = scene.activity(cast, starts_in=-scene.timedelta(hours=1))
    answer = browser().post(detail(begun), typed(begun, cast.a))
    assert answer.status_code == 409
    assert not OneTimeCode.objects.exists()


# --- Leaving ---------------------------------------------------------------------------------------
def test_leaving_is_for_oneself_alone_and_by_post(cast, activity):
    mine, other = (with_account(cast, scene.volunteer(cast)) for _ in range(2))
    signup = signups.join(activity.positions.get(), mine)
    address = f"/me/signups/{signup.pk}/leave/"
    assert browser(other.user).post(address).status_code == 404
    assert browser(other.user).get(f"/me/signups/{signup.pk}/").status_code == 404
    assert browser(cast.official).post(address).status_code == 404
    assert browser().post(address).status_code == 302, "to the sign-in"
    assert browser(mine.user).get(address).status_code == 405
    signup.refresh_from_db()
    assert signup.state == "confirmed"
    for _click in range(2):
        assert browser(mine.user).post(address).status_code == 302
    signup.refresh_from_db()
    assert signup.state == "left"


def test_leaving_after_the_start_is_refused_with_a_reason(cast):
    mine = with_account(cast, scene.volunteer(cast))
    position = scene.position(cast, starts_in=-scene.timedelta(minutes=30))
    now = position.activity.starts_at - scene.timedelta(hours=5)
    signup = signups.join(position, mine, now=now)
    answer = browser(mine.user).post(f"/me/signups/{signup.pk}/leave/")
    assert answer.status_code == 409
