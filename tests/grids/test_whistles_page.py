"""The pages of whistles and of requests, and above all what a link opens and what it does not."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.core import signing
from django.urls import reverse
from django.utils import timezone, translation

from accounts.models import PersonalDataAccess
from campaign import tallies
from campaign.errors import Refused
from campaign.registry import todos_of
from grids import cases, whistles
from grids.models import Case, PatrolPlan, Request, RequestContact, Whistle, WhistleEvent, WhistleLink
from grids.whistleflow import TaskState
from grids.whistles import links
from tests.grids.whistle_scene import NOW, blown, more_units, put, raised, task_of

ADDRESS = re.compile(r"/whistles/answer/[^/<\"]+/")


@pytest.fixture
def cast(streets):
    with time_machine.travel(NOW, tick=False):
        yield more_units(streets)


@pytest.fixture
def as_(client):
    def signed_in(user):
        client.force_login(user)
        return client

    return signed_in


def text(answer) -> str:
    return answer.content.decode()


def link_for(cast, unit=None, **given) -> WhistleLink:
    task = task_of(blown(cast, "urgent"), unit or cast.unit_b)
    return whistles.give_link(task, by=cast.official, **given)


def address(link: WhistleLink, step: str = "") -> str:
    token = whistles.token_of(link)
    return (
        reverse("grids:whistle_answer_step", args=[token, step])
        if step
        else reverse("grids:whistle_answer", args=[token])
    )


# --- The way of a whistle through the pages -------------------------------------------------------------
def test_a_community_blows_from_a_case_the_street_approves_and_the_unit_signs(cast, as_):
    case = cases.open(
        committee=cast.huguo, community=cast.a, category=cast.litter, description="垃圾成堆", source="office",
        by=cast.secretary_a, address="头道巷3号",
    )  # fmt: skip
    page = as_(cast.secretary_a).get(reverse("grids:case_detail", args=[case.code]))
    assert reverse("grids:whistle_blow") + f"?case={case.code}" in text(page)
    blow = reverse("grids:whistle_blow") + f"?case={case.code}"
    form = text(as_(cast.secretary_a).get(blow))
    key = re.search(r'name="form_key" value="([^"]+)"', form)[1]
    sent = {"form_key": key, "kind": "daily", "title": "垃圾成堆", "description": "请清运", "lead": cast.unit_a.pk,
            "helpers": [cast.unit_b.pk]}  # fmt: skip
    assert as_(cast.secretary_a).post(blow, sent).status_code == 302
    assert as_(cast.secretary_a).post(blow, sent).status_code == 302
    whistle = Whistle.objects.get()
    assert (whistle.case, whistle.address) == (case, "头道巷3号")
    here = reverse("grids:whistle_detail", args=[whistle.code])
    assert as_(cast.liaison_a).get(here).status_code == 200
    approve = reverse("grids:whistle_step", args=[whistle.code, "approve"])
    assert as_(cast.secretary_a).post(approve).status_code == 409
    assert as_(cast.official).post(approve).status_code == 302
    task = task_of(whistle, cast.unit_a)
    sign = reverse("grids:whistle_task_step", args=[whistle.code, task.pk, "sign"])
    assert as_(cast.liaison_b).post(sign).status_code == 404  # the other unit's task
    assert as_(cast.liaison_a).post(sign).status_code == 302
    assert task_of(whistle, cast.unit_a).state == TaskState.SIGNED
    arrive = reverse("grids:whistle_task_step", args=[whistle.code, task.pk, "arrive"])
    refused = as_(cast.liaison_a).post(arrive, {"person": ""})
    assert refused.status_code == 400
    assert as_(cast.liaison_a).post(arrive, {"person": "赵某"}).status_code == 302
    assert "赵某" in text(as_(cast.official).get(here))
    assert case.code in text(as_(cast.official).get(here))


def test_who_may_not_blow_has_no_form(cast, as_):
    for who in (cast.liaison_a, cast.patroller):
        assert as_(who).get(reverse("grids:whistle_blow")).status_code == 403


def test_a_case_of_elsewhere_is_no_case_to_blow_from(cast, as_):
    case = cases.open(committee=cast.huguo, community=cast.b, category=cast.litter, description="x", source="office",
                      by=cast.official)  # fmt: skip
    assert as_(cast.secretary_a).get(reverse("grids:whistle_blow") + f"?case={case.code}").status_code == 404


def test_a_badge_is_drawn_and_not_told_as_text(cast, as_):
    ended(cast)
    page = text(as_(cast.official).get(reverse("grids:request_list")))
    assert '<span class="badge' in page
    assert "&lt;span" not in page


# --- Links ------------------------------------------------------------------------------------------------
def test_a_link_is_given_on_the_page_opens_one_task_and_answers_for_its_unit_alone(cast, as_, client):
    whistle = blown(cast, "urgent", description="请到现场")
    task = task_of(whistle, cast.unit_b)
    give = reverse("grids:whistle_link", args=[whistle.code, task.pk])
    as_(cast.official).post(give)
    here = text(as_(cast.official).get(reverse("grids:whistle_detail", args=[whistle.code])))
    (found,) = set(ADDRESS.findall(here))
    client.logout()
    page = client.get(found)
    assert page.status_code == 200
    assert page.headers["Referrer-Policy"] == "same-origin"
    assert "no-store" in page.headers["Cache-Control"]
    told = text(page)
    assert "请到现场" in told
    for hidden in (cast.unit_a.name, cast.secretary_a.name, cast.secretary_a.phone, cast.official.name):
        assert f">{hidden}<" not in told.replace("<option", "").split("<select")[0]
    assert client.post(found + "sign/").status_code == 302
    assert client.post(found + "arrive/", {"person": "钱某"}).status_code == 302
    assert client.post(found + "report/", {"note": "已处置"}).status_code == 302
    assert (
        client.post(found + "rate/", {"rating": "good"}).status_code == 409
    )  # the street's step, not theirs
    task.refresh_from_db()
    assert (task.state, task.person, task.result) == (TaskState.REPORTED, "钱某", "已处置")
    assert not WhistleEvent.objects.filter(task=task, step="sign", by__isnull=False).exists()
    assert task_of(whistle, cast.unit_a).state == TaskState.CALLED


def test_only_the_street_gives_and_takes_back_links(cast, as_):
    task = task_of(blown(cast), cast.unit_a)
    for who in (cast.liaison_a, cast.secretary_a, cast.official_far):
        with pytest.raises(Refused):
            whistles.give_link(task, by=who)
    link = whistles.give_link(task, by=cast.official)
    revoke = reverse("grids:whistle_link_revoke", args=[link.pk])
    assert as_(cast.liaison_a).post(revoke).status_code == 404
    assert as_(cast.official_far).post(revoke).status_code == 404
    assert as_(cast.official).post(revoke).status_code == 302
    assert as_(cast.official).get(address(link)).status_code == 404


def test_a_link_that_expired_was_revoked_or_was_replaced_opens_nothing(cast, client):
    expired = link_for(cast, lasts=timedelta(hours=1))
    revoked = whistles.revoke_link(link_for(cast), by=cast.official)
    old = link_for(cast)
    new = whistles.give_link(old.task, by=cast.official)
    with time_machine.travel(NOW + timedelta(hours=1, seconds=1), tick=False):
        answers = {link.pk: client.get(address(link)) for link in (expired, revoked, old)}
        assert {answer.status_code for answer in answers.values()} == {404}
        assert (
            len({re.sub(r"nonce-\S+", "", text(answer)) for answer in answers.values()}) == 1
        )  # none tells why
        assert client.post(address(expired, "sign")).status_code == 404
        assert client.get(address(new)).status_code == 200


def test_each_changed_sign_of_the_address_is_refused(cast, client, settings):
    settings.WHISTLE_LINKS_AN_HOUR = 10_000
    link = link_for(cast)
    token = whistles.token_of(link)
    for place in range(len(token)):
        other = "A" if token[place] != "A" else "B"
        with pytest.raises(Refused):
            links.follow(token[:place] + other + token[place + 1 :])
    for forged in (
        signing.dumps([link.pk, link.nonce]),  # another salt
        signing.dumps([link.pk, "x" * 22], salt=links.SALT),
        signing.dumps([link.pk + 1, link.nonce], salt=links.SALT),
        signing.dumps("x", salt=links.SALT),
        "",
    ):
        with pytest.raises(Refused):
            links.follow(forged)


def test_the_address_holds_nothing_about_anybody(cast):
    link = link_for(cast)
    payload = signing.loads(whistles.token_of(link), salt=links.SALT)
    assert payload == [link.pk, link.nonce]


def test_a_link_dies_when_the_task_goes_to_another_unit(cast, client):
    link = link_for(cast, cast.unit_b)
    task = whistles.answer_by_link(whistles.token_of(link), "refuse", note="不属我单位", unit=cast.unit_c)
    assert task.state == TaskState.OFFERED
    other = whistles.give_link(task, by=cast.official)
    assert other.unit == cast.unit_c
    whistles.answer_by_link(whistles.token_of(other), "accept")
    assert client.get(address(link)).status_code == 404
    assert client.get(address(other)).status_code == 200


def test_guesses_and_answers_are_limited_by_the_hour(cast, client, settings):
    settings.WHISTLE_LINKS_AN_HOUR = 3
    link = link_for(cast)
    wrong = reverse("grids:whistle_answer", args=["not-a-link"])
    assert [client.get(wrong).status_code for _try in range(4)] == [404, 404, 404, 429]
    assert client.get(address(link)).status_code == 200  # the right one still opens
    assert client.post(address(link, "sign")).status_code == 429


# --- Requests ---------------------------------------------------------------------------------------------
def ended(cast) -> Case:
    case = cases.open(
        committee=cast.huguo, community=cast.a, category=cast.litter, description="垃圾未清", source="resident",
        reporter_phone="12012345678",
    )  # fmt: skip
    Case.objects.filter(pk=case.pk).update(
        state="closed", closed_at=timezone.now(), closed_on=NOW.date(), unit=cast.unit_a
    )
    return case


def test_the_list_masks_numbers_and_the_whole_one_is_shown_with_a_reason_alone(cast, as_):
    case = ended(cast)
    listed = text(as_(cast.official).get(reverse("grids:request_list") + "?show=to_call_back"))
    assert "120****5678" in listed
    assert "12012345678" not in listed
    where = reverse("grids:request_phone", args=[case.code])
    assert "12012345678" not in text(as_(cast.official).get(where))
    assert as_(cast.official).post(where, {"reason": " "}).status_code == 400
    assert not PersonalDataAccess.objects.exists()
    assert "12012345678" in text(as_(cast.official).post(where, {"reason": "回访"}))
    looked = PersonalDataAccess.objects.get()
    assert (looked.by, looked.field, looked.reason) == (cast.official, "reporter_phone", "回访")
    assert as_(cast.zone_leader).get(where).status_code == 403


def test_a_call_back_is_recorded_on_the_page_and_dissatisfaction_reopens(cast, as_):
    case = ended(cast)
    here = reverse("grids:request_detail", args=[case.code])
    key = re.search(r'name="form_key" value="([^"]+)"', text(as_(cast.official).get(here)))[1]
    lacking = as_(cast.official).post(here, {"form_key": key, "outcome": "reached"})
    assert lacking.status_code == 409
    sent = {"form_key": key, "outcome": "reached", "solved": "no", "satisfied": "no", "note": "又堆满"}
    for _twice in range(2):
        assert as_(cast.official).post(here, sent).status_code == 302
    assert RequestContact.objects.count() == 1
    assert Case.objects.get(pk=case.pk).state == "filed"
    assert Request.objects.get(case=case).round == 2


def test_percentages_of_few_are_not_shown(cast, as_):
    case = ended(cast)
    as_(cast.official).post(
        reverse("grids:request_detail", args=[case.code]),
        {
            "form_key": "6e9b1a4e-6a0f-4a36-9b52-0c6b6e9a1f10",
            "outcome": "reached",
            "solved": "yes",
            "satisfied": "yes",
        },
    )
    tallies.count_marked()
    page = text(as_(cast.official).get(reverse("grids:request_list")))
    assert "1/1" in page
    assert "%(1/1)" not in page


# --- Hot spots --------------------------------------------------------------------------------------------
def test_one_click_sends_a_patrol_for_a_week_and_a_second_click_no_other(cast, as_):
    for _three in range(3):
        cases.open(committee=cast.huguo, community=cast.a, category=cast.litter, description="x", source="office",
                   by=cast.official, point=cast.point)  # fmt: skip
    page = text(as_(cast.zone_leader).get(reverse("grids:hotspot_list")))
    assert cast.point.name in page
    rows = text(as_(cast.zone_leader).get(
        reverse("grids:hotspot_cases"), {"point": cast.point.pk, "category": cast.litter.pk}
    ))  # fmt: skip
    assert all(case.code in rows for case in Case.objects.all())
    send = reverse("grids:hotspot_patrol")
    spot = {"point": cast.point.pk, "category": cast.litter.pk}
    before = PatrolPlan.objects.count()
    for _twice in range(2):
        assert as_(cast.zone_leader).post(send, spot).status_code == 302
    plan = PatrolPlan.objects.order_by("pk").last()
    assert PatrolPlan.objects.count() == before + 1
    assert (plan.zone, plan.checklist, list(plan.points.all())) == (cast.zone, cast.checklist, [cast.point])
    assert (plan.first_day, plan.last_day) == (NOW.date() + timedelta(days=1), NOW.date() + timedelta(days=7))
    assert plan.patrols.count() == 7
    assert as_(cast.secretary_a).post(send, spot).status_code == 403
    assert as_(cast.official_far).post(send, spot).status_code == 404


def test_a_hot_community_is_patrolled_at_the_points_that_the_card_fits(cast, as_):
    as_(cast.official).post(
        reverse("grids:hotspot_patrol"), {"community": cast.a.pk, "category": cast.litter.pk}
    )
    plan = PatrolPlan.objects.order_by("pk").last()
    assert set(plan.points.all()) == set(cast.points)


def test_the_to_dos_of_a_whistle_reach_those_who_must_act(cast):
    def told(user) -> dict[str, int]:
        with translation.override("en"):
            return {str(todo.title): todo.count for todo in todos_of(user)}

    whistle = raised(cast)
    assert told(cast.official)["Whistles to approve"] == 1
    whistle = whistles.move(whistle, "approve", by=cast.official)
    assert told(cast.liaison_a)["Whistles to answer"] == 1
    put(task_of(whistle, cast.unit_a), TaskState.TO_DECIDE)
    put(task_of(whistle, cast.unit_b), TaskState.REPORTED)
    assert (told(cast.official)["Whistles to decide"], told(cast.official)["Whistles to rate"]) == (1, 1)
    assert "Whistles to answer" not in told(cast.liaison_a)
