"""Signing in: a wrong phone and a wrong password read alike, guessing is slowed down, nobody else is locked out."""

from typing import Any

import pytest
from django.conf import settings as portal
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.cast import PASSWORD, person

pytestmark = pytest.mark.django_db
WRONG = "wrong-password-1"


@pytest.fixture
def official(cast):
    cast.official.set_password(PASSWORD)
    cast.official.save()
    return cast.official


def sign_in(phone: str, password: str, client: Client | None = None, address: str = "10.1.1.1") -> Any:
    form = {"username": phone, "password": password}
    return (client or Client()).post(reverse("accounts:sign_in"), form, REMOTE_ADDR=address)


def test_the_right_password_opens(official):
    client = Client()
    assert sign_in(official.phone, PASSWORD, client).status_code == 302
    assert client.session["_auth_user_id"] == str(official.pk)


def test_the_number_may_be_typed_as_people_write_it(official):
    phone = f"+86 {official.phone[:3]} {official.phone[3:7]}-{official.phone[7:]}"
    assert sign_in(phone, PASSWORD).status_code == 302


def shown(answer: Any) -> str:
    """The page without what differs from request to request, and without what was typed."""
    errors = answer.context["form"].errors
    return str(
        sorted(str(error) for found in errors.as_data().values() for one in found for error in one.messages)
    )


def test_a_known_and_an_unknown_number_read_alike(official):
    known, unknown = sign_in(official.phone, WRONG), sign_in("12999999999", WRONG, address="10.1.1.2")
    assert known.status_code == unknown.status_code
    assert shown(known) == shown(unknown)


def test_an_account_that_was_closed_reads_like_a_wrong_password(official):
    User.objects.filter(pk=official.pk).update(is_active=False)
    assert shown(sign_in(official.phone, PASSWORD)) == shown(
        sign_in("12999999999", WRONG, address="10.1.1.2")
    )


def test_after_eight_wrong_tries_there_is_a_pause_that_the_right_password_does_not_end(official):
    answers = [sign_in(official.phone, WRONG).status_code for _try in range(portal.AXES_FAILURE_LIMIT)]
    assert 302 not in answers
    assert sign_in(official.phone, PASSWORD).status_code == 429


def test_the_pause_does_not_lock_the_owner_out_elsewhere(official):
    for _try in range(portal.AXES_FAILURE_LIMIT + 1):
        sign_in(official.phone, WRONG, address="6.6.6.6")
    assert sign_in(official.phone, PASSWORD, address="6.6.6.6").status_code == 429
    assert sign_in(official.phone, PASSWORD, address="10.1.1.1").status_code == 302


def test_another_spelling_of_the_number_or_a_made_up_header_gives_no_further_tries(official):
    spellings = [official.phone, f"+86{official.phone}", f"{official.phone[:3]} {official.phone[3:]}"]
    for number in range(portal.AXES_FAILURE_LIMIT + 1):
        Client().post(
            reverse("accounts:sign_in"),
            {"username": spellings[number % 3], "password": WRONG},
            REMOTE_ADDR="6.6.6.6",
            HTTP_X_FORWARDED_FOR=f"7.7.7.{number}",
        )
    assert sign_in(official.phone, PASSWORD, address="6.6.6.6").status_code == 429


def test_the_key_of_the_session_changes_with_the_person(official):
    client = Client()
    client.get(reverse("accounts:sign_in_by_code"))
    client.post(reverse("accounts:sign_in_by_code"), {"phone": "12900000077"})
    before = client.session.session_key
    sign_in(official.phone, PASSWORD, client)
    assert client.session.session_key != before


def test_signing_out_needs_a_form(official):
    client = Client()
    client.force_login(official)
    assert client.get(reverse("accounts:sign_out")).status_code == 405
    assert "_auth_user_id" in client.session
    client.post(reverse("accounts:sign_out"))
    assert "_auth_user_id" not in client.session


# --- By one-time code -------------------------------------------------------------------------------
def ask_code(client: Client, phone: str) -> str:
    assert client.post(reverse("accounts:sign_in_by_code"), {"phone": phone}).status_code == 302
    return client.session["shown_code"]


def enter(client: Client, code: str) -> Any:
    return client.post(reverse("accounts:enter_code"), {"code": code})


def test_a_volunteer_comes_in_by_code():
    user, client = person("志愿者"), Client()
    assert enter(client, ask_code(client, user.phone)).status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)


def test_who_may_open_the_admin_does_not_come_in_by_code(cast):
    for user in (cast.root, cast.official):
        client = Client()
        enter(client, ask_code(client, user.phone))
        assert "_auth_user_id" not in client.session, user.name


def test_a_known_and_an_unknown_number_are_sent_a_code_alike():
    user = person("志愿者")
    known, unknown = Client(), Client()
    first = known.post(reverse("accounts:sign_in_by_code"), {"phone": user.phone})
    second = unknown.post(reverse("accounts:sign_in_by_code"), {"phone": "12999999999"})
    assert (first.status_code, first.headers["Location"]) == (second.status_code, second.headers["Location"])


def test_a_wrong_code_is_counted_though_it_is_refused():
    user, client = person("志愿者"), Client()
    code = ask_code(client, user.phone)
    for _try in range(5):
        assert enter(client, f"{(int(code) + 1) % 1_000_000:06d}").status_code == 400
    assert enter(client, code).status_code == 400
    assert "_auth_user_id" not in client.session


@pytest.mark.parametrize("typed", ["", "abc", "1", "1" * 40, "<script>", "１２３４５６７"])
def test_what_is_no_number_gets_an_error_and_no_code(typed):
    answer = Client().post(reverse("accounts:sign_in_by_code"), {"phone": typed})
    assert answer.status_code == 400
