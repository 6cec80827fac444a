"""The pages of plans, roster, leave and swap: seen first, then saved; and the same through the API."""

import datetime
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from grids import handovers, patrols
from grids.models import Handover, Patrol, PatrolPlan


def signed_in(who) -> Client:
    browser = Client()
    browser.force_login(who)
    return browser


@pytest.fixture
def leader(streets):
    PatrolPlan.objects.update(first_day=timezone.localdate())
    patrols.schedule()
    return signed_in(streets.zone_leader)


def typed(streets, **more):
    return {
        "name": "夜间巡查", "community": streets.a.pk, "checklist": streets.checklist.pk, "covers": "route",
        "points": [point.pk for point in streets.points], "repeat": "WEEKLY", "weekdays": ["MO", "FR"],
        "holidays": "keep", "start_time": "19:00", "window_minutes": "90", "misfire": "latest",
        "first_day": f"{timezone.localdate() + timedelta(days=1)}", "turn0": streets.patroller.pk, "is_active": "on",
        **more,
    }  # fmt: skip


def test_a_plan_is_seen_before_it_is_saved(streets, leader):
    address = reverse("grids:plan_new")
    seen = leader.post(address, {**typed(streets), "look": "1"})
    assert seen.status_code == 200 and len(seen.context["merged"].added) == 4
    assert not PatrolPlan.objects.filter(name="夜间巡查").exists()
    saved = leader.post(address, {**typed(streets), "save": "1"}, follow=True)
    plan = PatrolPlan.objects.get(name="夜间巡查")
    assert (plan.rule, plan.misfire, plan.patrols.count()) == ("FREQ=WEEKLY;BYDAY=MO,FR", "latest", 4)
    assert plan.get_misfire_display() in saved.content.decode()


def test_what_is_wrong_stays_in_the_form(streets, leader):
    for wrong in (
        {"weekdays": []},
        {"repeat": "OTHER", "rule": "FREQ=NEVER"},
        {"points": []},
        {"start_time": "25"},
    ):
        answer = leader.post(reverse("grids:plan_new"), {**typed(streets), **wrong, "save": "1"})
        assert answer.status_code in (400, 409) and answer.context["form"].errors
    assert PatrolPlan.objects.count() == 1


def test_this_and_the_following_are_changed_from_a_patrol_on(streets, leader):
    since = streets.plan.patrols.order_by("starts_at")[4]
    address = reverse("grids:plan_change", args=[streets.plan.pk]) + f"?since={since.pk}"
    assert leader.get(address).status_code == 200
    answer = leader.post(address, {**typed(streets, repeat="DAILY"), "save": "1"})
    after = PatrolPlan.objects.get(continues=streets.plan)
    assert answer.url == reverse("grids:plan_detail", args=[after.pk])
    assert after.first_day == since.day
    assert leader.get(answer.url).status_code == 200


def test_only_this_one_is_changed(streets, leader):
    patrol = streets.plan.patrols.order_by("starts_at")[3]
    wanted = timezone.localtime(patrol.starts_at) + timedelta(hours=3)
    address = reverse("grids:patrol_change", args=[patrol.pk])
    assert leader.get(address).status_code == 200
    leader.post(address, {"starts_at": f"{wanted:%Y-%m-%dT%H:%M}", "patroller": "", "because": "降雨"})
    patrol.refresh_from_db()
    assert (patrol.starts_at, patrol.patroller, patrol.by_hand) == (wanted, None, True)
    leader.post(address, {"withdraw": "1", "because": "道路封闭"})
    patrol.refresh_from_db()
    assert patrol.state == "withdrawn"
    page = leader.get(reverse("grids:roster_week") + f"?day={patrol.day}")
    assert patrol not in [
        p for z in page.context["zones"] for s in z.sections for _day, ps in s.days for p in ps
    ]


def test_the_roster_of_a_week_stands_by_section_and_day_and_prints(streets, leader):
    today = timezone.localdate()
    for name in ("grids:roster_week", "grids:roster_paper"):
        page = leader.get(reverse(name) + f"?day={today + timedelta(days=7)}")
        assert page.status_code == 200
        (zone,) = page.context["zones"]
        (section,) = zone.sections
        assert section.route == [point.name for point in streets.points]
        assert [len(rows) for _day, rows in section.days] == [1] * 7
        assert section.days[0][0].weekday() == 0
        assert streets.patroller.name in page.content.decode()
    assert leader.get(reverse("grids:roster_week") + "?day=kein-tag").status_code == 400


def test_a_swap_is_asked_for_and_agreed_to_on_the_pages(streets, leader):
    own, other = (
        Patrol.objects.filter(patroller=who, starts_at__gt=timezone.now()).order_by("starts_at")[1]
        for who in (streets.patroller, streets.zone_leader)
    )
    patroller = signed_in(streets.patroller)
    address = reverse("grids:handover_ask", args=[own.pk])
    form = patroller.get(address).context["form"]
    assert other in form.fields["other"].queryset
    assert patroller.post(address, {"kind": "swap", "reason": "家里有事"}).status_code == 400
    patroller.post(address, {"kind": "swap", "other": other.pk, "reason": "家里有事"})
    handover = Handover.objects.get()
    assert leader.get(reverse("grids:handover_list")).context["waiting"][0]["row"] == handover
    decide = reverse("grids:handover_decide", args=[handover.pk])
    assert signed_in(streets.secretary_a).post(decide, {"verdict": "agree"}).status_code == 409
    assert signed_in(streets.secretary_b).post(decide, {"verdict": "agree"}).status_code == 404
    leader.post(decide, {"verdict": "agree"})
    own.refresh_from_db()
    assert own.patroller == streets.zone_leader
    assert "已同意" in patroller.get(reverse("grids:handover_list")).content.decode()


def test_a_leave_is_taken_back_or_refused_on_the_page(streets, leader):
    rows = Patrol.objects.filter(patroller=streets.patroller, starts_at__gt=timezone.now()).order_by(
        "starts_at"
    )
    first, second = (handovers.ask(row, "有事", by=streets.patroller) for row in rows[:2])
    signed_in(streets.patroller).post(reverse("grids:handover_decide", args=[first.pk]), {"take_back": "1"})
    decide = reverse("grids:handover_decide", args=[second.pk])
    assert leader.post(decide, {"verdict": "refuse"}).status_code == 409  # without saying why
    leader.post(decide, {"verdict": "refuse", "note": "人手不足"})
    assert set(Handover.objects.values_list("state", flat=True)) == {"taken_back", "refused"}


# --- The API ---------------------------------------------------------------------------------------------
def test_the_api_looks_saves_changes_and_moves_by_the_same_verbs(streets, leader):
    body = {
        "zone": streets.zone.pk, "community": streets.a.pk, "name": "接口计划", "checklist": streets.checklist.pk,
        "points": [point.pk for point in streets.points], "patrollers": [streets.patroller.pk],
        "first_day": f"{timezone.localdate() + timedelta(days=1)}", "start_time": "19:00",
    }  # fmt: skip
    json = "application/json"
    seen = leader.post("/api/v1/patrol-plans/", {**body, "look": True}, json).json()
    assert len(seen["added"]) == 14 and seen["plan"] is None
    made = leader.post("/api/v1/patrol-plans/", body, json).json()
    plan = PatrolPlan.objects.get(pk=made["plan"])
    changed = leader.post(f"/api/v1/patrol-plans/{plan.pk}/change/", {"start_time": "20:00"}, json).json()
    assert len(changed["changed"]) == 14
    patrol = plan.patrols.latest("starts_at")
    wanted = patrol.starts_at + timedelta(hours=1)
    moved = leader.post(f"/api/v1/patrols/{patrol.pk}/move/", {"starts_at": wanted.isoformat()}, json)
    assert datetime.datetime.fromisoformat(moved.json()["starts_at"]) == wanted
    assert (
        leader.post(f"/api/v1/patrols/{patrol.pk}/withdraw/", {"because": "封路"}, json).json()["state"]
        == "withdrawn"
    )
    patroller = signed_in(streets.patroller)
    assert patroller.post("/api/v1/patrol-plans/", {**body, "name": "别的"}, json).status_code == 409
    own = plan.patrols.order_by("starts_at")[0]
    asked = patroller.post("/api/v1/handovers/", {"patrol": own.pk, "reason": "有事"}, json).json()
    agreed = leader.post(f"/api/v1/handovers/{asked['id']}/agree/", {"taker": streets.patroller_b.pk}, json)
    assert agreed.json()["state"] == "agreed"
    strange = {**body, "patrollers": [streets.official_far.pk]}
    assert leader.post("/api/v1/patrol-plans/", strange, json).status_code == 400
