"""Accounts in the admin: colleagues alone, nothing privileged, nobody of higher rank."""

from django.test import Client
from django.urls import reverse

from accounts.models import User
from campaign.models import Appointment
from tests.cast import PASSWORD, appoint

ADD = "/admin/accounts/user/add/"


def browser(user):
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def page(user):
    return reverse("admin:accounts_user_change", args=[user.pk])


def new(cast, **other):
    return {
        "name": "演示新书记", "number": "12700007777", "password": "a-first-word-9921", "role": "secretary",
        "committee": cast.huguo.pk, "community": cast.a.pk, **other,
    }  # fmt: skip


def test_an_official_sees_colleagues_and_nobody_else(cast):
    shown = browser(cast.official).get("/admin/accounts/user/").context["cl"].queryset
    assert cast.secretary_a in shown
    assert not shown.filter(pk__in=[cast.official_far.pk, cast.stranger.pk, cast.root.pk]).exists()
    for hidden in (cast.official_far, cast.stranger, cast.root):
        answer = browser(cast.official).get(page(hidden))
        assert answer.status_code in (302, 404)


def test_an_account_is_made_with_its_appointment(cast):
    answer = browser(cast.official).post(ADD, new(cast))
    assert answer.status_code == 302, answer.context["errors"]
    made = User.objects.get(phone="12700007777")
    assert made.check_password("a-first-word-9921")
    assert not made.is_staff
    assert made.appointments.get().community == cast.a
    browser(cast.official).post(ADD, new(cast, number="12700006666", role="official", community=""))
    assert User.objects.get(phone="12700006666").is_staff, "so that no code opens the account of an official"


def test_what_does_not_fit_is_said_and_nothing_is_made(cast):
    client, before = browser(cast.official), (User.objects.count(), Appointment.objects.count())
    for wrong in (
        {"number": "123"},
        {"community": ""},
        {"role": "emperor"},
        {"role": "liaison"},
        {"committee": cast.other.pk},
        {"community": cast.far.pk},
        {"password": "1"},
        {"number": cast.root.phone},
        {"number": cast.official_far.phone},
        {"name": ""},
    ):
        assert client.post(ADD, new(cast, **wrong)).status_code == 200, wrong
    assert (User.objects.count(), Appointment.objects.count()) == before


def test_no_form_gives_privileges(cast):
    body = {
        "name": "改名",
        "is_active": "on",
        "is_superuser": "on",
        "is_staff": "on",
        "groups": "1",
        "user_permissions": "1",
    }
    assert browser(cast.official).post(page(cast.secretary_a), body).status_code == 302
    cast.secretary_a.refresh_from_db()
    assert cast.secretary_a.name == "改名"
    assert not (cast.secretary_a.is_superuser or cast.secretary_a.is_staff)


def test_a_forgotten_password_is_set_anew_and_the_phone_stays_masked(cast):
    client = browser(cast.official)
    assert cast.secretary_a.phone not in client.get(page(cast.secretary_a)).content.decode()
    body = {"name": "书记", "is_active": "on", "new_password": "a-second-word-114"}
    assert client.post(page(cast.secretary_a), body).status_code == 302
    cast.secretary_a.refresh_from_db()
    assert cast.secretary_a.check_password("a-second-word-114")


def test_an_account_of_higher_rank_or_of_two_streets_is_only_looked_at(cast):
    for user, committee in ((cast.root, cast.huguo), (cast.official_far, cast.huguo)):
        appoint(user, "patroller", committee, cast.a)
        user.set_password(PASSWORD)
        user.save()
        answer = browser(cast.official).post(page(user), {"name": "夺取", "new_password": "stolen-word-5512"})
        assert answer.status_code == 403
        user.refresh_from_db()
        assert user.check_password(PASSWORD)
        assert user.name != "夺取"


def test_nobody_closes_the_own_account_or_takes_a_number_in_use(cast):
    client = browser(cast.official)
    assert client.post(page(cast.official), {"name": "官员"}).status_code == 200
    wrong = {"name": "书记", "is_active": "on", "new_number": cast.official_far.phone}
    assert client.post(page(cast.secretary_a), wrong).status_code == 200
    cast.official.refresh_from_db()
    assert cast.official.is_active


def test_accounts_are_closed_and_never_deleted(cast):
    address = reverse("admin:accounts_user_delete", args=[cast.secretary_a.pk])
    assert browser(cast.official).post(address, {"post": "yes"}).status_code == 403
    assert User.objects.filter(pk=cast.secretary_a.pk).exists()


def test_a_password_cannot_be_guessed_through_the_list(cast):
    answer = browser(cast.official).get("/admin/accounts/user/?password__startswith=md5")
    assert answer.status_code in (302, 400)
