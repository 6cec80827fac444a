"""The API of volunteering: scoped reading, signing up through the verbs, refusals as 409, wrong values as 400."""

import pytest

from tests import factories
from tests.volunteers import scene
from tests.volunteers.pages import browser, with_account
from volunteers import activities, attendance, signups
from volunteers.models import Activity, HourEntry, Signup, VolunteerTeam

API = "/api/v1"


def ids(answer):
    assert answer.status_code == 200, answer.content
    return {row["id"] for row in answer.json()["results"]}


def test_without_signing_in_nothing_is_read(cast):
    for name in (
        "activities",
        "signups",
        "volunteers",
        "volunteer-teams",
        "stations",
        "hours",
        "activity-kinds",
    ):
        assert browser().get(f"{API}/{name}/").status_code in (401, 403), name


def test_a_volunteer_reads_what_is_public_in_the_own_street_and_no_draft(cast):
    mine = with_account(cast, scene.volunteer(cast))
    published = scene.activity(cast, community=cast.b)
    draft = activities.clone(published, published.starts_at + scene.timedelta(days=3))
    far = factories.make(Activity, factories.place_far(cast))
    client = browser(mine.user)
    assert ids(client.get(f"{API}/activities/")) == {published.pk}
    for hidden in (draft, far):
        assert client.get(f"{API}/activities/{hidden.pk}/").status_code == 404
        assert client.post(f"{API}/activities/{hidden.pk}/sign-up/").status_code == 404


def test_signing_up_twice_is_once_and_leaving_twice_is_once(cast):
    mine = with_account(cast, scene.volunteer(cast))
    activity = scene.activity(cast, 1)
    client, address = browser(mine.user), f"{API}/activities/{activity.pk}/sign-up/"
    first, second = (client.post(address) for _ in range(2))
    assert first.status_code == second.status_code == 200
    assert first.json()["id"] == second.json()["id"]
    assert [client.delete(address).status_code for _ in range(2)] == [204, 204]
    assert Signup.objects.get().state == "left"


def test_a_full_activity_gives_a_place_in_the_line(cast):
    mine = with_account(cast, scene.volunteer(cast))
    activity = scene.activity(cast, 1)
    signups.join(activity.positions.get(), scene.volunteer(cast))
    answer = browser(mine.user).post(f"{API}/activities/{activity.pk}/sign-up/")
    assert answer.json()["waiting"] is True


def test_what_the_verb_refuses_is_409_with_its_code(cast):
    mine = with_account(cast, scene.volunteer(cast))
    begun = scene.activity(cast, starts_in=-scene.timedelta(minutes=5))
    answer = browser(mine.user).post(f"{API}/activities/{begun.pk}/sign-up/")
    assert (answer.status_code, answer.json()["code"]) == (409, "too_late")


def test_the_verdict_is_read_for_each_position_and_consent_is_given_with_the_sign_up(cast):
    mine = with_account(cast, scene.volunteer(cast), agreed=False)
    activity = scene.activity(
        cast, positions=[("引导员", 1), activities.Post("护理员", 1, skill=scene.skill(cast))]
    )
    mine.skills.clear()
    client, address = browser(mine.user), f"{API}/activities/{activity.pk}"
    assert {row["verdict"] for row in client.get(f"{address}/verdict/").json()} == {"consent"}
    guide, nurse = activity.positions.order_by("pk")
    body = {"position": guide.pk}
    assert (
        client.post(f"{address}/sign-up/", body, content_type="application/json").json()["code"] == "consent"
    )
    body["consent"] = True
    assert (
        client.post(
            f"{address}/sign-up/", {**body, "position": nurse.pk}, content_type="application/json"
        ).json()["code"]
        == "skill"
    )
    assert client.post(f"{address}/sign-up/", body, content_type="application/json").status_code == 200
    assert {row["verdict"] for row in client.get(f"{address}/verdict/").json()} == {"already"}


@pytest.mark.parametrize(
    "body", [{"position": 0}, {"position": "x"}, {"position": 10**30}, [], "text", {"position": None}]
)
def test_a_wrong_body_is_400_and_writes_nothing(cast, body):
    mine = with_account(cast, scene.volunteer(cast))
    activity = scene.activity(cast, positions=[("一", 1), ("二", 1)])
    answer = browser(mine.user).post(
        f"{API}/activities/{activity.pk}/sign-up/", body, content_type="application/json"
    )
    assert answer.status_code == 400
    assert not Signup.objects.exists()


def test_a_position_of_another_activity_is_400(cast):
    mine = with_account(cast, scene.volunteer(cast))
    activity, other = scene.activity(cast), scene.activity(cast, starts_in=scene.timedelta(days=4))
    body = {"position": other.positions.get().pk}
    answer = browser(mine.user).post(
        f"{API}/activities/{activity.pk}/sign-up/", body, content_type="application/json"
    )
    assert answer.status_code == 400


def test_who_is_no_volunteer_does_not_sign_up(cast):
    activity = scene.activity(cast)
    assert browser(cast.secretary_a).post(f"{API}/activities/{activity.pk}/sign-up/").status_code == 403


def plan(cast, **other):
    start = scene.timezone.now() + scene.timedelta(days=2)
    return {
        "community": cast.a.pk, "kind": scene.kind(cast).pk, "title": "清扫", "place": "门口",
        "starts_at": start.isoformat(), "ends_at": (start + scene.timedelta(hours=2)).isoformat(),
        "positions": [{"name": "志愿者", "places": 5}], **other,
    }  # fmt: skip


def test_a_secretary_plans_publishes_and_cancels_in_the_own_community(cast):
    client = browser(cast.secretary_a)
    made = client.post(f"{API}/activities/", plan(cast), content_type="application/json")
    assert made.status_code == 201, made.content
    address = f"{API}/activities/{made.json()['id']}"
    assert browser(cast.secretary_b).post(f"{address}/publish/").status_code == 404
    assert client.post(f"{address}/publish/").json()["state"] == "published"
    assert client.post(f"{address}/cancel/", {}, content_type="application/json").status_code == 400
    answer = client.post(f"{address}/cancel/", {"because": "下雨"}, content_type="application/json")
    assert answer.json()["state"] == "cancelled"


def test_ids_of_elsewhere_are_refused_and_nothing_is_written(cast):
    team = factories.make(VolunteerTeam, factories.place_far(cast))
    client = browser(cast.secretary_a)
    for wrong, status in (
        ({"community": cast.far.pk}, 400),
        ({"team": team.pk}, 400),
        ({"unit": cast.unit_far.pk}, 400),
        ({"community": cast.b.pk}, 400),
        ({"positions": []}, 409),
        ({"positions": [{"name": "一", "places": 0}]}, 400),
        ({"ends_at": "2020-01-01T00:00:00+08:00"}, 409),
        *(
            ({name: f"{day}T{clock}"}, 400)
            for name in ("starts_at", "ends_at", "sign_up_closes_at")
            for day in ("0001-01-01", "9999-12-31")
            for clock in ("00:00:00", "23:59:59Z", "00:00:00+14:00")
        ),
    ):
        answer = client.post(f"{API}/activities/", plan(cast) | wrong, content_type="application/json")
        assert answer.status_code == status, (wrong, answer.content)
    assert not Activity.objects.filter(title="清扫").exists()


def test_a_volunteer_plans_nothing(cast):
    mine = with_account(cast, scene.volunteer(cast))
    assert (
        browser(mine.user).post(f"{API}/activities/", plan(cast), content_type="application/json").status_code
        == 403
    )


def test_everybody_reads_the_own_rows_and_staff_those_of_their_community(cast):
    mine = with_account(cast, scene.volunteer(cast))
    other = scene.volunteer(cast, community=cast.b)
    activity = scene.activity(cast, starts_in=-scene.timedelta(hours=3))
    early = activity.starts_at - scene.timedelta(hours=2)
    own = signups.join(activity.positions.get(), mine, now=early)
    foreign = signups.join(activity.positions.get(), other, now=early)
    closing = {"present": [own.pk, foreign.pk]}
    address = f"{API}/activities/{activity.pk}/close/"
    assert browser(mine.user).post(address, closing, content_type="application/json").status_code == 404
    assert (
        browser(cast.secretary_b).post(address, closing, content_type="application/json").status_code == 404
    )
    assert (
        browser(cast.secretary_a).post(address, closing, content_type="application/json").status_code == 200
    )
    hours = set(HourEntry.objects.values_list("pk", flat=True))
    assert ids(browser(mine.user).get(f"{API}/signups/")) == {own.pk}
    assert ids(browser(mine.user).get(f"{API}/hours/")) < hours
    assert ids(browser(mine.user).get(f"{API}/volunteers/")) == {mine.pk}
    assert ids(browser(cast.secretary_a).get(f"{API}/hours/")) == hours
    assert ids(browser(cast.secretary_b).get(f"{API}/hours/")) == set()
    assert ids(browser(cast.secretary_b).get(f"{API}/volunteers/")) == {other.pk}
    assert attendance.Attendance.objects.count() == 2


def test_phones_are_masked(cast):
    volunteer = scene.volunteer(cast)
    answer = browser(cast.official).get(f"{API}/volunteers/{volunteer.pk}/")
    assert volunteer.phone not in answer.content.decode()
    assert answer.json()["phone"] == volunteer.masked_phone
