"""The office's desk: cases put on file for others, kept filters, steps with many cases, the list as a workbook."""

import io
import uuid

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

from campaign.errors import Refused
from grids import saved_filters
from grids.models import Case, CaseBatch, CaseEvent, SavedFilter
from grids.workflow import State
from tests.grids.conftest import photo
from tests.grids.scene import case_at


def client(user) -> Client:
    browser = Client()
    browser.force_login(user)
    return browser


def entry(scene, **given) -> dict:
    return {
        "source": "office",
        "category": scene.litter.pk,
        "community": scene.a.pk,
        "address": "头道巷3号",
        "description": "垃圾没人收",
        "form_key": str(uuid.uuid4()),
        **given,
    }


# --- Entry ----------------------------------------------------------------------------------------
def test_the_office_puts_a_call_on_file_once(scene):
    office, sent = client(scene.official), entry(scene, external_number=" 2020 1120 ", source="hotline")
    first, second = (office.post("/cases/new/", sent) for _twice in "ab")
    assert first.status_code == 302
    assert first.url == second.url
    again = office.post("/cases/new/", sent | {"form_key": str(uuid.uuid4()), "anyway": "1"})
    assert again.url == first.url, "the same order is one case"
    case = Case.objects.get(external_number="20201120")
    assert (case.source, case.reporter) == ("hotline", scene.official)


def test_what_may_be_the_same_is_shown_with_links_to_who_may_see_it(scene):
    known = case_at(scene.huguo, scene.a, scene.litter, address="头道巷3号")
    answer = client(scene.secretary_a).post("/cases/new/", entry(scene))
    assert answer.status_code == 200
    assert f"/cases/{known.code}/" in answer.content.decode()
    Case.objects.filter(pk=known.pk).update(community=scene.b)
    assert client(scene.secretary_a).post("/cases/new/", entry(scene)).status_code == 302
    taken = client(scene.secretary_a).post("/cases/new/", entry(scene, photo=photo()), follow=True)
    assert [one.case.address for one in taken.context["alike"]] == ["头道巷3号"]


@pytest.mark.parametrize("who", ["patroller", "liaison_a", "stranger"])
def test_others_enter_nothing_here(scene, who):
    assert client(getattr(scene, who)).get("/cases/new/").status_code == 403


def test_only_the_own_places_can_be_chosen(scene):
    for wrong in (
        {"community": scene.b.pk},
        {"community": scene.far.pk},
        {"category": scene.far_category.pk},
    ):
        assert client(scene.secretary_a).post("/cases/new/", entry(scene) | wrong).status_code == 400


# --- Kept filters ---------------------------------------------------------------------------------
def keep(scene, owner, **given) -> SavedFilter:
    values = {"name": "待派遣", "query": "state=to_dispatch&cursor=n~x&evil=1", **given}
    return saved_filters.save(committee=scene.huguo, owner=owner, **values)


def test_a_kept_filter_holds_the_filters_and_nothing_else(scene):
    assert keep(scene, scene.official).query == "state=to_dispatch"
    assert keep(scene, scene.official, query="state=open").query == "state=open", "the same name, anew"
    assert SavedFilter.objects.count() == 1
    for nothing in ("", "cursor=1", f"community={scene.far.pk}", "state=nonsense", "x" * 3000):
        with pytest.raises(Refused):
            keep(scene, scene.official, query=nothing)


def test_it_is_shared_with_the_place_one_looks_after(scene):
    keep(scene, scene.secretary_a, shared="community", community=scene.a)
    for wrong in (
        {"shared": "committee"},
        {"shared": "community", "community": scene.b},
        {"shared": "community"},
    ):
        with pytest.raises(Refused):
            keep(scene, scene.secretary_a, **wrong)
    keep(scene, scene.official, shared="committee", name="全街道")
    keep(scene, scene.official, name="只我")

    def offered(user) -> list[str]:
        return sorted(SavedFilter.objects.offered_to(user).values_list("name", flat=True))

    assert offered(scene.secretary_a) == ["全街道", "待派遣"]
    assert offered(scene.secretary_b) == ["全街道"]
    assert offered(scene.patroller) == ["全街道", "待派遣"]
    assert offered(scene.official) == ["全街道", "只我", "待派遣"]
    assert offered(scene.official_far) == []


def test_a_shared_filter_shows_nobody_more(scene):
    row = keep(scene, scene.official, shared="committee", query=f"community={scene.b.pk}")
    browser = client(scene.secretary_a)
    page = browser.get(f"/cases/?{row.query}")
    assert "乙处的垃圾" not in page.content.decode()
    listed = client(scene.official).get(f"/cases/?{row.query}")
    assert "乙处的垃圾" in listed.content.decode()


def test_keeping_and_removing_on_the_page(scene):
    browser = client(scene.official)
    answer = browser.post("/cases/filters/", {"query": "overdue=on", "name": "超期", "shared": "nobody"})
    assert answer.url == "/cases/?overdue=on"
    assert "超期" in browser.get("/cases/").content.decode()
    row = SavedFilter.objects.get()
    assert client(scene.secretary_a).post(f"/cases/filters/{row.pk}/remove/").status_code == 404
    browser.post(f"/cases/filters/{row.pk}/remove/")
    assert not SavedFilter.objects.exists()
    assert browser.post("/cases/filters/", {"query": "", "name": "x", "shared": "nobody"}).status_code == 400


# --- Many at once ---------------------------------------------------------------------------------
def test_from_ticking_to_doing_to_taking_back(scene):
    browser = client(scene.official)
    rows = [case_at(scene.huguo, scene.a, scene.litter) for _three in range(3)]
    chosen = browser.post(
        "/cases/batches/choose/", {"form_key": str(uuid.uuid4()), "case": [row.code for row in rows]}
    )
    before = list(CaseEvent.objects.values())
    wrong = browser.post(chosen.url, {"move": "merge", "merged_into": "NONE"})
    assert wrong.status_code == 400
    tried = browser.post(
        chosen.url, {"move": "dispatch", "unit": scene.unit_b.pk, "note": "统一改派"}, follow=True
    )
    assert tried.context["told"]["would"] == 3
    assert list(CaseEvent.objects.values()) == before
    done = browser.post(f"{chosen.url}start/", follow=True)
    assert done.context["told"]["changed"] == 3
    assert Case.objects.filter(unit=scene.unit_b, state=State.DISPATCHED).count() == 3
    back = browser.post(f"{chosen.url}undo/", follow=True)
    assert back.context["told"]["undone"] == 3
    assert chosen.url in browser.get("/cases/batches/").content.decode()


def test_all_that_the_filters_found_is_what_the_list_shows(scene):
    browser = client(scene.secretary_a)
    chosen = browser.post(
        "/cases/batches/choose/", {"form_key": str(uuid.uuid4()), "all": "1", "query": "state=open"}
    )
    batch = CaseBatch.objects.get(code=chosen.url.split("/")[-2])
    assert [item.case for item in batch.items.all()] == [scene.case]


def test_another_persons_cases_cannot_be_chosen(scene):
    browser = client(scene.secretary_a)
    for code in (scene.case_b.code, scene.case_far.code, "NONE"):
        browser.post("/cases/batches/choose/", {"form_key": str(uuid.uuid4()), "case": code})
    browser.post("/cases/batches/choose/", {"form_key": "x", "case": scene.case.code})
    assert not CaseBatch.objects.exists()


def test_a_batch_is_found_by_who_made_it_and_the_street(scene):
    answer = client(scene.secretary_a).post(
        "/cases/batches/choose/", {"form_key": str(uuid.uuid4()), "case": scene.case.code}
    )
    assert client(scene.official).get(answer.url).status_code == 200
    for user in (scene.secretary_b, scene.official_far, scene.patroller):
        assert client(user).get(answer.url).status_code == 404
        assert client(user).post(f"{answer.url}start/").status_code == 404


# --- The workbook of the list and the sheet ----------------------------------------------------------
def test_the_workbook_holds_the_rows_of_the_page_in_their_order(scene):
    Case.objects.filter(pk=scene.case.pk).update(description="=1+1", reporter_phone="13900001234")
    for number in range(3):
        case_at(scene.huguo, scene.a, scene.litter, description=f"第{number}处")
    browser = client(scene.official)
    for query in ("", "?state=open", f"?community={scene.a.pk}", "?q=第1"):
        shown = [case.code for case in browser.get(f"/cases/{query}").context["page"].rows]
        content = browser.get(f"/cases/export/{query}").content
        sheet = load_workbook(io.BytesIO(content)).active
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        assert [row[0] for row in rows] == shown
        assert all(cell.data_type != "f" for row in sheet.iter_rows() for cell in row)
        assert "13900001234" not in str(rows)
    assert "139****1234" in str([[cell.value for cell in row] for row in load_workbook(
        io.BytesIO(browser.get("/cases/export/").content)).active.iter_rows()])  # fmt: skip


def test_a_list_that_is_too_long_for_a_workbook_is_not_cut_in_silence(scene, monkeypatch):
    monkeypatch.setattr("grids.views.cases.MOST_EXPORTED", 1)
    answer = client(scene.official).get("/cases/export/")
    assert answer.status_code == 302
    assert client(scene.official).get("/cases/export/?community=999999").status_code == 302


def test_the_sheet_tells_the_case_with_its_phone_masked(scene):
    Case.objects.filter(pk=scene.case.pk).update(reporter_phone="13900001234")
    page = client(scene.secretary_a).get(reverse("grids:case_sheet", args=[scene.case.code]))
    text = page.content.decode()
    assert scene.case.code in text
    assert "139****1234" in text
    assert "13900001234" not in text
    assert client(scene.secretary_b).get(page.request["PATH_INFO"]).status_code == 404


# --- The API and the admin -------------------------------------------------------------------------
def test_a_program_enters_a_case_once(scene):
    sent = {
        "community": scene.a.pk, "category": scene.litter.pk, "description": "垃圾", "source": "api",
        "external_number": "X-1",
    }  # fmt: skip
    office, key = client(scene.official), str(uuid.uuid4())

    def enter(who=office, key=key, **more):
        return who.post(
            "/api/v1/cases/",
            {**sent, **more},
            content_type="application/json",
            headers={"Idempotency-Key": key},
        )

    first = enter()
    assert first.status_code == 201
    assert enter(external_number="X-2").json()["code"] == first.json()["code"]
    assert enter(key=str(uuid.uuid4())).json()["code"] == first.json()["code"]
    assert enter(key="nonsense").status_code == 400
    for source in ("resident", "patrol", "whistle", "nonsense"):
        assert enter(key=str(uuid.uuid4()), external_number="", source=source).status_code == 400
    hidden = enter(client(scene.secretary_b), str(uuid.uuid4()), community=scene.b.pk)
    assert hidden.json()["code"] == "on_file", "whose case it is, and what it says, is not told"
    assert enter(client(scene.secretary_b), str(uuid.uuid4()), external_number="").status_code == 409
    assert enter(client(scene.official_far), str(uuid.uuid4())).status_code == 400


def test_a_program_tries_does_and_takes_back(scene):
    office = client(scene.official)

    def post(path, body=None):
        return office.post(f"/api/v1/case-batches/{path}", body or {}, content_type="application/json")

    rows = [case_at(scene.huguo, scene.a, scene.litter) for _two in range(2)]
    body = {"cases": [row.code for row in rows], "move": "dispatch", "unit": scene.unit_a.pk}
    tried = post("", body)
    assert tried.status_code == 201, tried.content
    assert tried.json()["counts"]["would"] == 2
    code = tried.json()["code"]
    assert post(f"{code}/start/").json()["counts"]["changed"] == 2
    items = office.get(f"/api/v1/case-batches/{code}/items/").json()["results"]
    assert {item["outcome"] for item in items} == {"changed"}
    assert post(f"{code}/undo/").json()["counts"]["undone"] == 2
    assert post("", body | {"cases": [rows[0].code, scene.case_far.code]}).status_code == 400
    assert post("", body | {"unit": scene.unit_far.pk}).status_code == 400
    assert client(scene.secretary_a).get(f"/api/v1/case-batches/{code}/").status_code == 404


def test_a_program_keeps_filters_within_its_place(scene):
    def keep_by(user, **given):
        sent = {"committee": scene.huguo.pk, "name": "x", "query": "state=open", **given}
        return client(user).post("/api/v1/case-filters/", sent, content_type="application/json")

    made = keep_by(scene.official, shared="committee")
    assert made.status_code == 201
    assert keep_by(scene.secretary_a, shared="committee").status_code == 409
    assert keep_by(scene.secretary_a, committee=scene.other.pk).status_code == 400
    where = f"/api/v1/case-filters/{made.json()['id']}/"
    assert client(scene.secretary_a).get(where).status_code == 200
    assert client(scene.secretary_a).delete(where).status_code == 409
    assert client(scene.official_far).delete(where).status_code == 404
    assert client(scene.official).delete(where).status_code == 204


def test_a_program_sends_the_hotlines_workbook(scene):
    from tests.grids.test_case_hotline import HEAD, order
    from tests.workbooks import book

    office = client(scene.official)

    def send(*rows, **more):
        return office.post(
            "/api/v1/cases/hotline/", {"committee": scene.huguo.pk, "file": book(HEAD, *rows), **more}
        )

    assert send(order("A1"), dry_run="true").json()["done"] is False
    assert send(order("A1")).json() == {"done": True, "new": 1, "same": 0, "problems": []}
    assert send(order("A1")).json()["same"] == 1
    wrong = send(order("A2"), order("A3", 所属社区="远方社区"))
    assert wrong.status_code == 400
    assert wrong.json()["problems"][0]["cell"] == "A3"
    assert Case.objects.filter(source="hotline").count() == 1
    foreign = {"committee": scene.other.pk, "file": book(HEAD, order("A9"))}
    assert office.post("/api/v1/cases/hotline/", foreign).status_code == 400


def test_the_admin_leads_the_chosen_cases_to_the_same_page(scene):
    rows = [case_at(scene.huguo, scene.a, scene.litter) for _two in range(2)]
    sent = {"action": "change_together", "_selected_action": [row.pk for row in rows] + [scene.case_far.pk]}
    answer = client(scene.official).post(reverse("admin:grids_case_changelist"), sent)
    batch = CaseBatch.objects.get()
    assert answer.url == f"/cases/batches/{batch.code}/"
    assert {item.case for item in batch.items.all()} == set(rows)
