"""Pages of those who run activities: plan, publish, cancel, attendance, the list of volunteers, whole numbers."""

import datetime
import io
import uuid
from types import SimpleNamespace

import pytest
from django.utils import timezone
from openpyxl import load_workbook

from accounts.models import PersonalDataAccess
from tests import factories
from tests.volunteers import scene
from tests.volunteers.pages import browser, detail
from volunteers import attendance, signups
from volunteers.models import Activity, HourEntry, Signup, VolunteerTeam


def plan(cast: SimpleNamespace, **other):
    return {
        "title": "清扫街面", "kind": scene.kind(cast).pk, "community": cast.a.pk, "place": "社区门口",
        "day": (timezone.localdate() + datetime.timedelta(days=3)).isoformat(), "starts": "09:00", "ends": "11:00",
        "position_1": "志愿者", "places_1": "10", "form_key": uuid.uuid4(), **other,
    }  # fmt: skip


# --- Planning --------------------------------------------------------------------------------------
def test_a_secretary_plans_and_publishes_in_one_form(cast):
    answer = browser(cast.secretary_a).post("/activities/plan/", plan(cast))
    made = Activity.objects.get()
    assert answer["Location"] == detail(made)
    assert (made.state, made.leader, made.positions.get().places) == ("published", cast.secretary_a, 10)


def test_the_same_form_sent_twice_is_one_activity(cast):
    body = plan(cast)
    client = browser(cast.secretary_a)
    assert [client.post("/activities/plan/", body).status_code for _sending in range(2)] == [302, 302]
    assert Activity.objects.count() == 1


def test_a_team_leader_plans_what_he_leads(cast):
    assert browser(cast.team_leader).post("/activities/plan/", plan(cast)).status_code == 302
    assert Activity.objects.get().leader == cast.team_leader


def test_a_draft_is_published_by_its_button_and_by_nobody_elses(cast):
    browser(cast.secretary_a).post("/activities/plan/", plan(cast, draft="1"))
    draft = Activity.objects.get()
    assert draft.state == "draft"
    address = f"/activities/{draft.pk}/publish/"
    assert browser(cast.secretary_b).post(address).status_code == 404
    assert browser(cast.secretary_a).get(address).status_code == 405
    assert browser(cast.secretary_a).post(address).status_code == 302
    draft.refresh_from_db()
    assert draft.state == "published"


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"day": "2020-01-01"},
        {"day": "9999-12-31"},
        {"day": "0001-01-01"},
        {"day": "nonsense"},
        {"starts": "25:00"},
        {"ends": "09:00"},
        {"places_1": "0"},
        {"places_1": "-3"},
        {"places_1": "99999999999999999999"},
        {"position_2": "无人"},
        {"position_2": "志愿者", "places_2": "3"},
        {"kind": "0"},
        {"title": "x" * 61},
        {"title": "\x00"},
    ],
)
def test_a_wrong_plan_is_said_and_nothing_is_written(cast, wrong):
    answer = browser(cast.secretary_a).post("/activities/plan/", plan(cast) | wrong)
    assert answer.status_code in (400, 409)
    assert not Activity.objects.exists()


def test_places_of_another_community_or_street_are_no_choice(cast):
    team = factories.make(VolunteerTeam, factories.place_far(cast))
    for wrong in (
        {"community": cast.b.pk},
        {"community": cast.far.pk},
        {"unit": cast.unit_far.pk},
        {"team": team.pk},
    ):
        answer = browser(cast.secretary_a).post("/activities/plan/", plan(cast) | wrong)
        assert answer.status_code == 400, wrong
    assert not Activity.objects.filter(title="清扫街面").exists()


def test_who_plans_nothing_is_refused(cast):
    for user in (cast.patroller, cast.liaison_a, cast.stranger):
        assert browser(user).get("/activities/plan/").status_code == 403
    assert browser().get("/activities/plan/").status_code == 302


# --- Cancelling ------------------------------------------------------------------------------------
def test_cancelling_needs_a_reason_and_the_own_community(cast):
    activity = scene.activity(cast)
    address = f"/activities/{activity.pk}/cancel/"
    assert browser(cast.secretary_b).post(address, {"because": "雨"}).status_code == 404
    assert browser(cast.secretary_b).get(address).status_code == 404
    assert browser(cast.official_far).post(address, {"because": "雨"}).status_code == 404
    assert browser(cast.secretary_a).post(address, {"because": " "}).status_code == 400
    activity.refresh_from_db()
    assert activity.state == "published"
    assert browser(cast.secretary_a).post(address, {"because": "下雨"}).status_code == 302
    assert "下雨" in browser().get(detail(activity)).content.decode()


# --- Attendance ------------------------------------------------------------------------------------
@pytest.fixture
def held(cast) -> SimpleNamespace:
    activity = scene.activity(cast, 5, starts_in=-scene.timedelta(hours=3))
    before = activity.starts_at - scene.timedelta(hours=2)
    rows = [signups.join(activity.positions.get(), scene.volunteer(cast), now=before) for _ in range(3)]
    return SimpleNamespace(activity=activity, rows=rows, address=f"/activities/{activity.pk}/list/")


def test_ticking_and_confirming_enters_the_hours_once(cast, held):
    client = browser(cast.secretary_a)
    page = client.get(held.address).content.decode()
    assert held.rows[0].volunteer.name in page
    assert held.rows[0].volunteer.phone not in page
    for _click in range(2):
        answer = client.post(held.address, {"present": [held.rows[0].pk, held.rows[1].pk]})
        assert answer.status_code == 302
    assert sorted(HourEntry.objects.values_list("volunteer", flat=True)) == sorted(
        row.volunteer_id for row in held.rows[:2]
    )
    assert {entry.minutes for entry in HourEntry.objects.all()} == {120}


def test_the_list_names_only_who_signed_up_here(cast, held):
    other = signups.join(scene.position(cast), scene.volunteer(cast))
    for wrong in (other.pk, "nonsense", "99999999999999999999"):
        answer = browser(cast.secretary_a).post(held.address, {"present": [wrong]})
        assert answer.status_code == 400
    assert not HourEntry.objects.exists()
    held.activity.refresh_from_db()
    assert held.activity.state == "published"


def test_the_list_is_for_its_leaders_alone(cast, held):
    for user in (cast.secretary_b, cast.official_far, cast.stranger, cast.liaison_a):
        assert browser(user).get(held.address).status_code == 404
        assert browser(user).post(held.address, {"present": [held.rows[0].pk]}).status_code == 404
    assert browser().get(held.address).status_code == 302
    assert not HourEntry.objects.exists()


def test_before_the_start_nothing_is_confirmed(cast):
    signup = signups.join(scene.position(cast), scene.volunteer(cast))
    address = f"/activities/{signup.activity_id}/list/"
    assert browser(cast.secretary_a).post(address, {"present": [signup.pk]}).status_code == 409
    assert not HourEntry.objects.exists()


# --- Volunteers and their numbers ------------------------------------------------------------------
def test_the_list_of_volunteers_is_scoped_masked_and_searched(cast):
    mine, other = scene.volunteer(cast, name="演示甲"), scene.volunteer(cast, name="演示乙", community=cast.b)
    client = browser(cast.secretary_a)
    page = client.get("/volunteers/").content.decode()
    assert mine.number in page
    assert mine.phone not in page
    assert other.number not in page
    assert mine.number in client.get(f"/volunteers/?q={mine.number[:6]}").content.decode()
    assert other.name not in client.get(f"/volunteers/?q={other.number}").content.decode()
    assert mine.number not in client.get(f"/volunteers/?q={mine.phone}").content.decode()
    assert client.get(f"/volunteers/{other.pk}/").status_code == 404
    assert client.get(f"/volunteers/?community={cast.far.pk}").status_code == 400


def test_the_workbook_holds_the_own_people_and_masked_phones(cast):
    mine, other = scene.volunteer(cast), scene.volunteer(cast, community=cast.b)
    answer = browser(cast.secretary_a).get("/volunteers/export/")
    cells = [
        cell
        for row in load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
        for cell in row
    ]
    assert mine.number in cells
    assert mine.phone not in cells
    assert other.number not in cells


def test_volunteers_are_no_business_of_who_enters_none(cast):
    for user in (cast.patroller, cast.liaison_a, cast.stranger):
        for address in ("/volunteers/", "/volunteers/export/"):
            assert browser(user).get(address).status_code == 403
    assert browser().get("/volunteers/").status_code == 302


def test_a_whole_number_needs_a_reason_and_leaves_a_row(cast):
    mine, other = scene.volunteer(cast), scene.volunteer(cast, community=cast.b)
    client, address = browser(cast.secretary_a), f"/volunteers/{mine.pk}/phone/"
    assert mine.phone not in client.get(address).content.decode()
    empty = client.post(address, {"reason": "  "})
    assert empty.status_code == 400
    assert mine.phone not in empty.content.decode()
    assert not PersonalDataAccess.objects.exists()
    assert client.post(f"/volunteers/{other.pk}/phone/", {"reason": "联系"}).status_code == 404
    assert mine.phone in client.post(address, {"reason": "通知集合"}).content.decode()
    assert PersonalDataAccess.objects.get().reason == "通知集合"


def test_a_leader_sees_a_whole_number_of_the_own_list_alone(cast, held):
    from_b = signups.join(scene.position(cast, community=cast.b), scene.volunteer(cast, community=cast.b))
    address = f"/signups/{held.rows[0].pk}/phone/"
    assert browser(cast.secretary_a).post(address, {"reason": "点名"}).status_code == 200
    assert browser(cast.secretary_b).post(address, {"reason": "点名"}).status_code == 404
    assert (
        browser(cast.secretary_a).post(f"/signups/{from_b.pk}/phone/", {"reason": "点名"}).status_code == 404
    )
    assert PersonalDataAccess.objects.count() == 1


def test_hours_are_corrected_by_two_names(cast, held):
    attendance.close(held.activity, by=cast.secretary_a, present=[held.rows[0].pk])
    entry = HourEntry.objects.get()
    client, address = browser(cast.secretary_a), f"/hours/{entry.pk}/correct/"
    assert browser(cast.secretary_b).get(address).status_code == 404
    body = {"minutes_delta": "-30", "note": "早退", "second": cast.official.pk, "form_key": uuid.uuid4()}
    for wrong in (
        {"second": cast.secretary_a.pk},
        {"second": cast.official_far.pk},
        {"note": ""},
        {"minutes_delta": "x"},
    ):
        assert client.post(address, body | wrong).status_code == 400
    assert client.post(address, body | {"minutes_delta": "-500"}).status_code == 409
    assert HourEntry.objects.count() == 1
    for _sending in range(2):
        assert client.post(address, body).status_code == 302
    assert sum(HourEntry.objects.values_list("minutes", flat=True)) == 90


def test_the_lists_of_a_leader_ask_no_more_for_thirty_rows(cast, held):
    from tests.volunteers.test_public_pages import queries

    client = browser(cast.secretary_a)
    scene.volunteer(cast)
    few = queries("/volunteers/", client), queries(held.address, client)
    position = held.activity.positions.get()
    position.places = 60
    position.save()
    for _row in range(28):
        signups.join(position, scene.volunteer(cast), now=held.activity.starts_at - scene.timedelta(hours=2))
    assert (queries("/volunteers/", client), queries(held.address, client)) == few
    assert Signup.objects.count() > 30
