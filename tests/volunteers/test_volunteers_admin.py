"""The admin of volunteering goes through the verbs, masks phones, and lets nothing past them."""

import datetime
from types import SimpleNamespace
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from tests.volunteers import scene
from tests.volunteers.pages import browser
from volunteers import attendance, signups
from volunteers.models import Activity, HourEntry, Volunteer


def page(model: str, name: str, *args: Any) -> str:
    return reverse(f"admin:volunteers_{model}_{name}", args=args)


def new_activity(cast: SimpleNamespace, **other: Any) -> dict[str, Any]:
    day = timezone.localdate() + datetime.timedelta(days=3)
    return {
        "community": cast.a.pk, "kind": scene.kind(cast).pk, "title": "清扫街面", "place": "社区门口",
        "starts_at_0": day.isoformat(), "starts_at_1": "09:00", "ends_at_0": day.isoformat(), "ends_at_1": "11:00",
        "positions-TOTAL_FORMS": "1", "positions-INITIAL_FORMS": "0",
        "positions-0-name": "志愿者", "positions-0-places": "10", **other,
    }  # fmt: skip


def test_an_activity_is_made_with_its_positions_as_a_draft_and_published_by_an_action(cast):
    client = browser(cast.official)
    answer = client.post(page("activity", "add"), new_activity(cast))
    assert answer.status_code == 302, answer.context["errors"]
    made = Activity.objects.get()
    assert (made.state, made.positions.get().places, made.committee) == ("draft", 10, cast.huguo)
    body = {"action": "publish", "_selected_action": [made.pk]}
    assert client.post(page("activity", "changelist"), body).status_code == 302
    made.refresh_from_db()
    assert made.state == "published"


@pytest.mark.parametrize(
    "wrong",
    [
        {"ends_at_1": "09:00"},
        {"positions-0-places": "0"},
        {"positions-0-name": ""},
        {"positions-TOTAL_FORMS": "0"},
        {"title": ""},
        {"kind": "0"},
    ],
)
def test_what_the_verb_refuses_stands_at_the_form_and_nothing_is_written(cast, wrong):
    answer = browser(cast.official).post(page("activity", "add"), new_activity(cast) | wrong)
    assert answer.status_code == 200
    assert answer.context["errors"]
    assert not Activity.objects.exists()


def change(activity: Activity, **other: Any) -> dict[str, Any]:
    position = activity.positions.get()
    start, end = timezone.localtime(activity.starts_at), timezone.localtime(activity.ends_at)
    return {
        "kind": activity.kind_id, "title": activity.title, "place": activity.place,
        "starts_at_0": f"{start:%Y-%m-%d}", "starts_at_1": f"{start:%H:%M:%S}",
        "ends_at_0": f"{end:%Y-%m-%d}", "ends_at_1": f"{end:%H:%M:%S}",
        "positions-TOTAL_FORMS": "1", "positions-INITIAL_FORMS": "1", "positions-0-id": position.pk,
        "positions-0-activity": activity.pk, "positions-0-name": position.name, "positions-0-places": position.places,
        **other,
    }  # fmt: skip


def test_more_places_let_the_waiting_list_move_up_and_fewer_than_taken_are_refused(cast):
    activity = scene.activity(cast, 1)
    _first, second = (signups.join(activity.positions.get(), scene.volunteer(cast)) for _ in range(2))
    client, address = browser(cast.official), page("activity", "change", activity.pk)
    assert client.post(address, change(activity, **{"positions-0-places": "2"})).status_code == 302
    second.refresh_from_db()
    assert second.state == "offered"
    answer = client.post(address, change(activity, **{"positions-0-places": "1"}))
    assert answer.status_code == 200
    assert activity.positions.get().places == 2


def test_state_and_taken_cannot_be_written_by_a_form(cast):
    activity = scene.activity(cast, 3)
    body = change(activity, state="held", title="新名称", **{"positions-0-taken": "3"})
    assert browser(cast.official).post(page("activity", "change", activity.pk), body).status_code == 302
    activity.refresh_from_db()
    assert (activity.state, activity.title, activity.positions.get().taken) == ("published", "新名称", 0)


def test_a_position_of_another_activity_is_not_written_through_this_one(cast):
    mine, other = scene.activity(cast, 3), scene.activity(cast, 3)
    body = change(mine, **{"positions-0-id": other.positions.get().pk, "positions-0-places": "99"})
    browser(cast.official).post(page("activity", "change", mine.pk), body)
    assert [one.positions.get().places for one in (mine, other)] == [3, 3]


def test_a_volunteer_is_registered_through_the_verb_and_the_phone_is_masked(cast):
    client = browser(cast.official)
    body = {"name": "演示新人", "phone": "12700009999", "community": cast.a.pk, "joined_on": "2026-01-01"}
    answer = client.post(page("volunteer", "add"), body)
    assert answer.status_code == 302
    made = Volunteer.objects.get()
    assert made.number.startswith("HG")
    for address in (page("volunteer", "changelist"), page("volunteer", "change", made.pk)):
        assert "12700009999" not in client.get(address).content.decode()
    client.post(page("volunteer", "change", made.pk), {**body, "phone": "12700008888", "name": "改名"})
    made.refresh_from_db()
    assert (made.name, made.phone) == ("改名", "12700009999")


def test_a_wrong_phone_is_said(cast):
    body = {"name": "演示", "phone": "123", "community": cast.a.pk, "joined_on": "2026-01-01"}
    assert browser(cast.official).post(page("volunteer", "add"), body).status_code == 200
    assert not Volunteer.objects.exists()


def test_sign_ups_attendance_and_hours_are_read_only_and_lead_to_the_correction(cast):
    activity = scene.activity(cast, starts_in=-scene.timedelta(hours=3))
    signup = signups.join(
        activity.positions.get(), scene.volunteer(cast), now=activity.starts_at - scene.timedelta(hours=2)
    )
    attendance.close(activity, by=cast.secretary_a, present=[signup.pk])
    entry = HourEntry.objects.get()
    client = browser(cast.official)
    for model, row in (("signup", signup), ("attendance", signup.attendance), ("hourentry", entry)):
        assert client.get(page(model, "changelist")).status_code == 200
        assert client.get(page(model, "change", row.pk)).status_code == 200
        assert client.post(page(model, "change", row.pk), {"minutes": "999"}).status_code == 403
        assert client.get(page(model, "add")).status_code == 403
    assert f"/hours/{entry.pk}/correct/" in client.get(
        f"/admin/volunteers/hourentry/{entry.pk}/correct/"
    ).headers.get("Location", "")
    assert HourEntry.objects.get().minutes == 120


def test_who_is_no_official_finds_no_door(cast):
    for user in (cast.secretary_a, cast.team_leader, cast.stranger):
        assert browser(user).get(page("volunteer", "changelist")).status_code == 302
