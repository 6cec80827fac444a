"""Signing in by password and by code; the password of one's own."""

import pytest
from django.test import Client

from accounts.models import OneTimeCode, User
from tests.cast import PASSWORD, person


def with_password(user: User) -> User:
    user.set_password(PASSWORD)
    user.save()
    return user


def sign_in(client: Client, phone: str, password: str = PASSWORD):
    return client.post("/accounts/sign-in/", {"username": phone, "password": password})


def test_phone_and_password_open_the_door_and_wrong_ones_read_alike(cast):
    user = with_password(cast.secretary_a)
    answers = [sign_in(Client(), user.phone, "wrong"), sign_in(Client(), "12799999999", "wrong")]
    assert [answer.status_code for answer in answers] == [400, 400]
    said = [str(answer.context["form"].non_field_errors()) for answer in answers]
    assert said[0] == said[1]
    client = Client()
    assert sign_in(client, f"+86 {user.phone[:3]} {user.phone[3:]}").status_code == 302
    assert "_auth_user_id" in client.session


def test_the_page_says_how_to_get_an_account_and_where_to_go_next_is_ours(cast):
    user = with_password(cast.secretary_a)
    assert "/accounts/sign-in/code/" in Client().get("/accounts/sign-in/").content.decode()
    for wanted in ("https://evil.example/", "//evil.example", "javascript:alert(1)"):
        answer = Client().post(
            "/accounts/sign-in/", {"username": user.phone, "password": PASSWORD, "next": wanted}
        )
        assert answer["Location"].startswith("/accounts/landing/")


def test_signing_out_is_by_post_alone(cast):
    client = Client()
    client.force_login(cast.secretary_a, backend="django.contrib.auth.backends.ModelBackend")
    assert client.get("/accounts/sign-out/").status_code == 405
    client.post("/accounts/sign-out/")
    assert "_auth_user_id" not in client.session


def by_code(client: Client, phone: str) -> str:
    answer = client.post("/accounts/sign-in/code/", {"phone": phone})
    assert answer.status_code == 302, answer.context["form"].errors
    return client.session["shown_code"]


def test_a_volunteer_comes_in_by_code_once(cast):
    volunteer, client = person("演示"), Client()
    code = by_code(client, volunteer.phone)
    page = client.get("/accounts/sign-in/code/enter/").content.decode()
    assert code in page
    assert volunteer.phone not in page
    assert client.post("/accounts/sign-in/code/enter/", {"code": code}).status_code == 302
    assert client.session["_auth_user_id"] == str(volunteer.pk)
    assert OneTimeCode.objects.get().used_at


def test_an_unknown_number_is_asked_for_a_code_like_a_known_one(cast):
    client = Client()
    code = by_code(client, "12755555555")
    assert client.post("/accounts/sign-in/code/enter/", {"code": code})["Location"] == "/activities/"
    assert not User.objects.filter(phone="12755555555").exists()


def test_the_office_does_not_come_in_by_code(cast):
    cast.official.is_staff = True
    cast.official.save()
    client = Client()
    client.post("/accounts/sign-in/code/enter/", {"code": by_code(client, cast.official.phone)})
    assert "_auth_user_id" not in client.session


def test_guessing_ends_after_five_tries(cast):
    volunteer, client = person("演示"), Client()
    code = by_code(client, volunteer.phone)
    for step in range(1, 6):
        guess = f"{(int(code) + step) % 1_000_000:06d}"
        assert client.post("/accounts/sign-in/code/enter/", {"code": guess}).status_code == 400
    assert client.post("/accounts/sign-in/code/enter/", {"code": code}).status_code == 400
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("phone", ["", "123", "abc", "9" * 24, "1\x00"])
def test_no_number_no_code(cast, phone):
    assert Client().post("/accounts/sign-in/code/", {"phone": phone}).status_code == 400
    assert not OneTimeCode.objects.exists()


def test_a_password_is_changed_by_its_owner_who_knows_the_old_one(cast):
    user, client = with_password(cast.secretary_a), Client()
    assert client.get("/accounts/password/").status_code == 302
    sign_in(client, user.phone)
    assert client.get("/accounts/password/").status_code == 200
    new = {"new_password1": "another-word-8812", "new_password2": "another-word-8812"}
    for wrong in (
        {"old_password": "no", **new},
        {"old_password": PASSWORD, "new_password1": "1", "new_password2": "1"},
    ):
        assert client.post("/accounts/password/", wrong).status_code == 400
    assert client.post("/accounts/password/", {"old_password": PASSWORD, **new}).status_code == 302
    user.refresh_from_db()
    assert user.check_password("another-word-8812")
