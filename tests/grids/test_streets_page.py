"""The pages of the streets: who may open them, what they show, what they refuse."""

import uuid
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import PersonalDataAccess
from grids.models import Answer, Case, CasePhoto, FrontageInspection, Patrol, VisitBatch
from grids.workflow import State
from tests.grids.conftest import photo
from tests.grids.scene import case_at, shop_at

PAGES = [
    "today",
    "patrol_list",
    "case_list",
    "case_export",
    "merchant_list",
    "frontage_month",
    "visit_list",
    "zone_list",
]


def client(user: Any = None) -> Client:
    made = Client(raise_request_exception=True)
    if user:
        made.force_login(user)
    return made


def text(response: Any) -> str:
    return response.content.decode()


@pytest.mark.parametrize("name", PAGES)
def test_staff_pages_open_for_the_staff_and_ask_others_to_sign_in(scene, name):
    address = reverse(f"grids:{name}")
    assert client(scene.secretary_a).get(address).status_code == 200
    assert client(scene.official).get(address).status_code == 200
    anonymous = client().get(address)
    assert anonymous.status_code == 302 and reverse("accounts:sign_in") in anonymous.url
    assert client(scene.stranger).get(address).status_code == 403


@pytest.mark.parametrize("name", ["case_list", "merchant_list", "patrol_list", "zone_list", "today"])
def test_the_number_of_queries_does_not_grow_with_the_rows(scene, name, django_assert_max_num_queries):
    address, browser = reverse(f"grids:{name}"), client(scene.official)
    browser.get(address)
    with django_assert_max_num_queries(11) as few:
        browser.get(address)
    for number in range(28):
        case_at(scene.huguo, scene.a, scene.litter, zone=scene.zone, description=f"第{number}处")
        shop_at(scene.huguo, scene.a, f"店{number}")
    with django_assert_max_num_queries(len(few)):
        browser.get(address)


# --- Patrols --------------------------------------------------------------------------------------
def point_url(scene: Any, point: Any = None) -> str:
    return reverse("grids:point_check", args=[scene.patrol.pk, (point or scene.point).pk])


def said(scene: Any, **values: str) -> dict[str, Any]:
    return {
        f"item{scene.clean.pk}-value": values.get("clean", "yes"),
        f"item{scene.whole.pk}-value": values.get("whole", "yes"),
    }


def test_a_no_opens_a_case_in_one_form_and_the_patrol_is_finished(scene):
    browser = client(scene.patroller)
    assert scene.plan.name in text(browser.get(reverse("grids:today")))
    assert browser.get(point_url(scene)).status_code == 200
    sent = said(scene, whole="no") | {f"item{scene.whole.pk}-photo": photo()}
    assert browser.post(point_url(scene), sent).status_code == 302
    found = Answer.objects.get(value="no").case
    assert found.point == scene.point and CasePhoto.objects.filter(case=found).count() == 1
    finish = reverse("grids:patrol_finish", args=[scene.patrol.pk])
    assert browser.post(finish).status_code == 409
    browser.post(point_url(scene, scene.points[1]), said(scene))
    assert browser.post(finish).status_code == 302
    assert Patrol.objects.get(pk=scene.patrol.pk).state == Patrol.State.DONE


def test_when_one_standard_is_refused_nothing_of_the_point_is_kept_and_all_typed_stays(scene):
    sent = said(scene, whole="no") | {f"item{scene.whole.pk}-note": "井盖缺失"}  # its photo is missing
    response = client(scene.patroller).post(point_url(scene), sent)
    assert response.status_code == 409 and "井盖缺失" in text(response)
    assert not Answer.objects.exists()


def test_a_file_that_is_no_photo_and_an_answer_that_is_none_are_refused(scene):
    browser = client(scene.patroller)
    broken = photo()
    broken.file.truncate(20)
    broken.size = 20
    sent = said(scene, clean="no") | {f"item{scene.clean.pk}-photo": broken}
    assert browser.post(point_url(scene), sent).status_code == 400
    assert browser.post(point_url(scene), said(scene, clean="maybe")).status_code == 400
    assert not Answer.objects.exists()


def test_a_patrol_of_others_does_not_exist_for_reading_and_writing(scene):
    for user in (scene.patroller_b, scene.secretary_b, scene.official_far, scene.liaison_b):
        browser = client(user)
        assert browser.get(reverse("grids:patrol_detail", args=[scene.patrol.pk])).status_code == 404
        assert browser.get(point_url(scene)).status_code == 404
        assert browser.post(point_url(scene), said(scene)).status_code == 404
        assert browser.post(reverse("grids:patrol_finish", args=[scene.patrol.pk])).status_code == 404
    assert not Answer.objects.exists()


def test_who_sees_a_patrol_but_does_not_walk_it_cannot_answer(scene):
    assert client(scene.secretary_a).get(point_url(scene)).status_code == 200
    assert client(scene.secretary_a).post(point_url(scene), said(scene)).status_code == 403


def test_a_missed_patrol_says_why(scene):
    address = reverse("grids:patrol_miss", args=[scene.patrol.pk])
    assert client(scene.patroller).post(address, {"because": ""}).status_code == 400
    assert client(scene.patroller).post(address, {"because": "暴雨"}).status_code == 302
    assert Patrol.objects.get(pk=scene.patrol.pk).missed_because == "暴雨"


# --- Cases ----------------------------------------------------------------------------------------
def detail(case: Case) -> str:
    return reverse("grids:case_detail", args=[case.code])


def move_url(case: Case, name: str) -> str:
    return reverse("grids:case_move", args=[case.code, name])


def test_the_list_and_its_export_hold_the_own_cases_alone_with_masked_phones(scene):
    shown = text(client(scene.secretary_a).get(reverse("grids:case_list")))
    assert scene.case.code in shown and scene.case_b.code not in shown and scene.case_far.code not in shown
    narrowed = text(client(scene.official).get(reverse("grids:case_list"), {"community": scene.b.pk}))
    assert scene.case_b.code in narrowed and scene.case.code not in narrowed
    from io import BytesIO

    from openpyxl import load_workbook

    sent = client(scene.secretary_a).get(reverse("grids:case_export")).content
    rows = list(load_workbook(BytesIO(sent)).active.values)
    assert [row[0] for row in rows[1:]] == [scene.case.code]
    assert "12012345678" not in str(rows) and "120****5678" in str(rows)


@pytest.mark.parametrize(
    "asked",
    [{"state": "nonsense"}, {"community": "999999"}, {"first": "not a day"}, {"q": "x" * 90}, {"unit": "a"}],
)
def test_filters_that_are_no_choice_are_400(scene, asked):
    assert client(scene.official).get(reverse("grids:case_list"), asked).status_code == 400
    assert client(scene.official).get(reverse("grids:case_list"), {"cursor": "n~x"}).status_code == 404


def test_another_streets_community_is_no_choice_of_the_filter(scene):
    asked = {"community": scene.far.pk}
    assert client(scene.official).get(reverse("grids:case_list"), asked).status_code == 400


def test_who_has_the_number_sees_the_course_but_neither_reporter_phone_nor_note(scene):
    from grids import cases

    cases.move(scene.case, "file", by=scene.official, note="内部说明")
    scene.case.reporter = scene.stranger
    scene.case.save(update_fields=["reporter"])
    for browser in (client(), client(scene.secretary_b)):
        shown = text(browser.get(detail(scene.case)))
        assert scene.case.code in shown
        for secret in ("内部说明", "12012345678", "5678", scene.stranger.name, scene.case.description):
            assert secret not in shown
    whole = text(client(scene.secretary_a).get(detail(scene.case)))
    assert "内部说明" in whole and "120****5678" in whole and "12012345678" not in whole


def test_a_case_of_another_street_does_not_exist(scene):
    assert client(scene.official).get(detail(scene.case_far)).status_code == 404
    assert client(scene.official).post(move_url(scene.case_far, "file")).status_code == 404
    assert client(scene.secretary_a).post(move_url(scene.case_b, "file")).status_code == 404
    scene.case_far.refresh_from_db()
    assert scene.case_far.state == State.RECEIVED


def test_a_case_goes_through_its_moves_by_the_page(scene):
    official, liaison = client(scene.official), client(scene.liaison_a)
    sent = official.post(move_url(scene.case, "dispatch"), {"unit": scene.unit_a.pk})
    assert sent.status_code == 302
    assert liaison.post(move_url(scene.case, "accept")).status_code == 302
    lacking = liaison.post(move_url(scene.case, "report_back"), {"note": "清理好了"})
    assert lacking.status_code == 400 and "清理好了" in text(lacking)
    done = liaison.post(move_url(scene.case, "report_back"), {"photo": photo("green")})
    assert done.status_code == 302
    assert liaison.post(move_url(scene.case, "verify")).status_code == 409
    assert official.post(move_url(scene.case, "verify")).status_code == 302
    scene.case.refresh_from_db()
    assert scene.case.state == State.CLOSED
    assert official.get(detail(scene.case)).status_code == 200


def test_a_move_takes_no_unit_and_no_case_of_another_street(scene):
    official = client(scene.official)
    for move, sent in (
        ("dispatch", {"unit": scene.unit_far.pk}),
        ("merge", {"merged_into": scene.case_far.code}),
        ("extend", {"due_at": "gestern", "note": "x"}),
        *(("extend", {"due_at": edge, "note": "x"}) for edge in ("0001-01-01T00:00", "9999-12-31T23:59")),
    ):
        assert official.post(move_url(scene.case, move), sent).status_code == 400
    assert official.post(move_url(scene.case, "delete")).status_code == 404
    scene.case.refresh_from_db()
    assert scene.case.state == State.RECEIVED


def test_a_photo_is_served_to_who_may_see_the_case_alone(scene):
    from grids import cases

    kept = cases.add_photo(scene.case, photo(), "before")
    address = reverse("grids:case_photo", args=[kept.pk])
    served = client(scene.secretary_a).get(address)
    assert served.status_code == 200 and served["Content-Type"] == "image/jpeg"
    assert served["X-Content-Type-Options"] == "nosniff" and "sandbox" in served["Content-Security-Policy"]
    assert b"".join(served).startswith(b"\xff\xd8")  # to its end, which also closes it
    for browser in (client(), client(scene.secretary_b), client(scene.official_far)):
        assert browser.get(address).status_code == 404


# --- Residents ------------------------------------------------------------------------------------
def a_report(scene: Any, **given: Any) -> dict[str, Any]:
    return {
        "category": scene.litter.pk,
        "community": scene.a.pk,
        "address": "头道巷3号",
        "description": "垃圾没人收",
        "form_key": str(uuid.uuid4()),
        **given,
    }


def test_a_resident_reports_without_an_account_and_follows_it(scene):
    browser, sent = client(), a_report(scene, reporter_phone="120 0000 0001", photo=photo())
    response = browser.post(reverse("grids:report"), sent)
    case = Case.objects.get(description="垃圾没人收")
    assert response.status_code == 302 and case.code in text(browser.get(response.url))
    spoken = f"{case.code[:4]} {case.code[4:].lower()}"
    assert browser.get(reverse("grids:follow"), {"code": spoken}).url == detail(case)
    assert (case.source, case.state, case.reporter) == ("resident", State.RECEIVED, None)


def test_the_same_form_sent_twice_is_one_case(scene):
    sent = a_report(scene)
    first, second = (client().post(reverse("grids:report"), sent) for _time in range(2))
    assert first.url == second.url
    assert Case.objects.filter(description="垃圾没人收").count() == 1


@pytest.mark.parametrize(
    "wrong",
    [
        {"description": ""}, {"description": "x" * 501}, {"category": "0"}, {"community": "x"},
        {"reporter_phone": "110"}, {"longitude": "900"}, {"latitude": "NaN"}, {"form_key": "1"},
        {"website": "http://spam"},
    ],
)  # fmt: skip
def test_a_wrong_report_is_400_and_nothing_is_written(scene, wrong):
    before = Case.objects.count()
    response = client().post(reverse("grids:report"), a_report(scene) | wrong)
    assert response.status_code == 400 and "头道巷3号" in text(response)
    assert Case.objects.count() == before


def test_places_and_categories_of_another_street_cannot_be_reported(scene):
    for wrong in ({"community": scene.far.pk}, {"category": scene.far_category.pk}):
        assert client().post(reverse("grids:report"), a_report(scene) | wrong).status_code == 400


def test_one_address_cannot_flood_the_street(scene, settings):
    settings.REPORTS_AN_HOUR = 2
    anew = a_report(scene) | {"anyway": "1"}
    answers = [
        client().post(reverse("grids:report"), anew | {"form_key": str(uuid.uuid4())}).status_code
        for _time in range(3)
    ]
    assert answers == [302, 302, 429]


def test_an_unknown_number_is_told_so(scene):
    assert client().get(reverse("grids:follow"), {"code": "AAAAAAAAAAAA"}).status_code == 400
    assert client().get(reverse("grids:case_detail", args=["AAAAAAAAAAAA"])).status_code == 404


# --- Frontage and visits --------------------------------------------------------------------------
def card(shop: Any) -> str:
    return reverse("grids:frontage_card", args=[shop.plate])


def check(shop: Any) -> str:
    return reverse("grids:frontage_check", args=[shop.plate])


def all_met(scene: Any, **given: Any) -> dict[str, str]:
    said = {f"item{item.pk}": "yes" for item in scene.items}
    return {**said, "note": "店主在场", "form_key": str(uuid.uuid4()), **given}


def act(shop: Any, name: str) -> str:
    return reverse("grids:frontage_act", args=[shop.plate, name])


def test_the_card_follows_the_inspection_and_everybody_may_read_it(scene):
    sent = all_met(scene)
    assert client(scene.secretary_a).post(check(scene.shop), sent).status_code == 302
    client(scene.secretary_a).post(check(scene.shop), sent)
    assert FrontageInspection.objects.count() == 1
    shown = text(client().get(card(scene.shop)))
    assert "plate--red" in shown and "店主在场" not in shown and scene.secretary_a.name not in shown
    assert "包卫生的要求" in shown
    code = client().get(reverse("grids:frontage_qr", args=[scene.shop.plate]))
    assert code["Content-Type"] == "image/svg+xml" and b"<svg" in code.content


def test_a_shop_is_not_inspected_by_strangers_nor_found_in_another_street(scene):
    sent = all_met(scene)
    assert client().post(check(scene.shop), sent).status_code == 302
    assert client(scene.liaison_a).post(check(scene.shop), sent).status_code == 403
    assert client(scene.official_far).post(check(scene.shop), sent).status_code == 404
    assert client(scene.official).get(card(scene.shop_far)).status_code == 404
    assert client(scene.secretary_a).post(check(scene.shop), {**sent, "form_key": "x"}).status_code == 400
    unanswered = all_met(scene, **{f"item{scene.items[0].pk}": ""})
    assert client(scene.secretary_a).post(check(scene.shop), unanswered).status_code == 409
    assert not FrontageInspection.objects.exists()
    assert "远方店" not in text(client(scene.official).get(reverse("grids:merchant_list")))


def test_nobody_outside_sees_a_shop_that_nobody_approved_and_never_the_owner_or_the_phone(scene):
    shop = scene.shop
    shop.owner, shop.phone, shop.is_public = "王某某", "12099998888", False
    shop.save()
    for who in (None, scene.stranger):
        assert client(who).get(card(shop)).status_code == 404
        assert client(who).get(reverse("grids:frontage_qr", args=[shop.plate])).status_code == 404
    assert client(scene.secretary_a).post(act(shop, "publish")).status_code == 403
    assert client(scene.official).post(act(shop, "publish")).status_code == 302
    shown = text(client().get(card(shop)))
    assert shop.name in shown and "王某某" not in shown and "8888" not in shown
    inside = text(client(scene.secretary_a).get(card(shop)))
    assert "120****8888" in inside and "王某某" in inside and "12099998888" not in inside
    for who in (scene.patroller, scene.secretary_b):  # may check it, and does not answer for it
        assert "8888" not in text(client(who).get(card(shop))) and "王某某" not in text(
            client(who).get(card(shop))
        )
    assert client(scene.official).post(act(shop, "withdraw"), {"because": ""}).status_code == 400
    assert client(scene.official).post(act(shop, "withdraw"), {"because": "店主要求"}).status_code == 302
    assert client().get(card(shop)).status_code == 404
    assert [one.shown for one in shop.publications.order_by("pk")] == [True, False]


def test_the_whole_number_is_shown_for_a_reason_that_is_kept(scene):
    scene.shop.phone = "12099998888"
    scene.shop.save()
    for who in (scene.patroller, scene.secretary_b):
        assert client(who).post(act(scene.shop, "phone"), {"reason": "通知"}).status_code == 403
    assert client(scene.official).post(act(scene.shop, "phone"), {"reason": ""}).status_code == 400
    told = client(scene.official).post(act(scene.shop, "phone"), {"reason": "通知整改"})
    assert "12099998888" in text(told) and "no-store" in told["Cache-Control"]
    assert PersonalDataAccess.objects.get().reason == "通知整改"


def test_a_shop_objects_and_somebody_else_decides_on_its_page(scene):
    sent = all_met(scene, **{f"item{scene.items[0].pk}": "no"})
    client(scene.zone_leader).post(check(scene.shop), sent)
    assert client(scene.secretary_a).post(act(scene.shop, "appeal"), {"text": "正在卸货"}).status_code == 302
    decision = {"decision": "upheld", "reason": "属实"}
    assert client(scene.secretary_a).post(act(scene.shop, "decide"), decision).status_code == 409
    assert client(scene.official).post(act(scene.shop, "decide"), decision).status_code == 302
    assert FrontageInspection.objects.get().set_aside_on
    assert client(scene.official).post(act(scene.shop, "decide"), decision).status_code == 409
    assert client(scene.official).post(act(scene.shop, "nonsense")).status_code == 404


def test_a_check_is_two_taps_from_the_list_and_one_from_the_door(scene):
    address = reverse("grids:frontage_check", args=[scene.shop.plate])
    for page in (reverse("grids:merchant_list"), card(scene.shop)):
        assert f'href="{address}"' in text(client(scene.patroller).get(page))
        assert address not in text(client().get(card(scene.shop)))


def test_the_month_by_road_is_a_page_a_workbook_and_for_posting_only_what_is_public(scene):
    client(scene.secretary_a).post(check(scene.shop), all_met(scene))
    scene.shop_b.is_public = False
    scene.shop_b.save()
    address = reverse("grids:frontage_month")
    whole = text(client(scene.official).get(address))
    assert "甲店" in whole and "乙店" in whole and "远方店" not in whole
    posted = text(client(scene.official).get(address, {"posted": "on"}))
    assert "甲店" in posted and "乙店" not in posted
    assert client(scene.official).get(address, {"month": "2020-13"}).status_code == 400
    assert client(scene.official).get(address, {"as": "xlsx"}).content.startswith(b"PK")


def test_the_plate_for_the_door_bears_duties_and_frontage_and_no_person(scene):
    scene.shop.owner, scene.shop.phone, scene.shop.length_m = "王某某", "12099998888", "6.5"
    scene.shop.save()
    plate = text(client(scene.secretary_a).get(reverse("grids:frontage_door", args=[scene.shop.plate])))
    assert "包绿化的要求" in plate and "6.5" in plate and "qr.svg" in plate
    assert "王某某" not in plate and "8888" not in plate


def a_round(scene: Any, **given: Any) -> dict[str, Any]:
    return {
        "community": scene.a.pk, "kind": "resident", "day": "2026-01-05", "visits": "12",
        "form_key": str(uuid.uuid4()), **given,
    }  # fmt: skip


def test_a_round_of_visits_is_entered_once(scene):
    sent, browser = a_round(scene), client(scene.secretary_a)
    for _time in range(2):
        assert browser.post(reverse("grids:visit_list"), sent).status_code == 302
    assert VisitBatch.objects.get().visits == 12


@pytest.mark.parametrize(
    ("wrong", "status"),
    [
        ({"visits": "0"}, 400),
        ({"day": "0001-01-01"}, 400),
        ({"day": "2199-01-01"}, 409),
        ({"kind": "x"}, 400),
    ],
)
def test_a_wrong_round_is_refused(scene, wrong, status):
    assert (
        client(scene.secretary_a).post(reverse("grids:visit_list"), a_round(scene, **wrong)).status_code
        == status
    )
    assert not VisitBatch.objects.exists()


def test_a_round_is_entered_for_the_own_community_alone(scene):
    for place in (scene.b, scene.far):
        sent = a_round(scene, community=place.pk)
        assert client(scene.secretary_a).post(reverse("grids:visit_list"), sent).status_code == 400
    assert not VisitBatch.objects.exists()
