"""Points: written through one verb by page, admin, API and workbook; the plate tells the public no person's name."""

import datetime
import io
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook
from rest_framework.test import APIClient

from campaign import imports
from campaign.errors import Refused
from grids import points, standards
from grids.models import (
    Answer,
    Case,
    CaseCategory,
    Checklist,
    HealthAction,
    Patrol,
    Point,
    PointEvent,
    PointType,
    Zone,
)
from tests import workbooks
from tests.cast import SINCE
from tests.workbooks import book

HEAD = ["Point", "Type", "Community", "Responsibility zone", "Longitude", "Latitude", "Coordinate system"]


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def new_point(streets, **given):
    usual = {
        "committee": streets.huguo, "community": streets.a, "zone": streets.zone,
        "type": streets.point.type, "name": "新巷", "since": SINCE,
    }  # fmt: skip
    return Point(**{**usual, **given})


def client_of(user):
    client = Client(headers={"accept-language": "en"})
    client.force_login(user)
    return client


# --- The verb ---------------------------------------------------------------------------------------
def test_a_point_is_new_changed_or_the_same_and_remembers(streets):
    point = new_point(streets)
    assert points.save(point, by=streets.secretary_a) == imports.NEW
    again = Point.objects.get(pk=point.pk)
    assert points.save(again, by=streets.secretary_a) == imports.SAME
    again.address = "一号"
    assert points.save(again, by=streets.official) == imports.CHANGED
    last, first = PointEvent.objects.filter(point=point)
    assert last.changes == {"address": ["", "一号"]}
    assert (last.by, first.by) == (streets.official, streets.secretary_a)


@pytest.mark.parametrize(
    "who", ["secretary_b", "patroller", "liaison_a", "zone_leader", "stranger", "official_far"]
)
def test_others_write_no_point(streets, who):
    by = getattr(streets, who)
    with pytest.raises(Refused):
        points.save(new_point(streets), by=by)
    streets.point.address = "别处"
    with pytest.raises(Refused):
        points.save(streets.point, by=by)
    assert Point.objects.count() == 2


def test_a_secretary_takes_no_point_of_another_community(streets):
    streets.zone.communities.add(streets.b)
    streets.point.community = streets.b
    with pytest.raises(Refused):
        points.save(streets.point, by=streets.secretary_b)
    assert Point.objects.get(pk=streets.point.pk).community == streets.a


def test_parts_of_a_point_fit_together(streets):
    far_type = PointType.objects.create(committee=streets.other, code="x", name="远方类型")
    for given in (
        {"type": far_type},
        {"community": streets.b},
        {"unit": streets.unit_b},
        {"keeper": streets.official_far},
        {"keeper": streets.stranger},
    ):
        with pytest.raises(Refused):
            points.save(new_point(streets, **given), by=streets.root)
    with pytest.raises(ValidationError):
        points.save(new_point(streets, name=streets.point.name), by=streets.official)


def test_a_position_is_kept_in_wgs84_with_where_it_came_from(streets):
    point = new_point(streets, longitude=Decimal("114.305438"), latitude=Decimal("30.597584"))
    points.save(point, by=streets.official, given_in="gcj02")
    kept = Point.objects.get(pk=point.pk)
    assert (kept.longitude, kept.latitude) == (Decimal("114.300000"), Decimal("30.600000"))
    assert kept.source_system == "gcj02"
    kept.address = "一号"  # a form sends the position back as it stands
    points.save(kept, by=streets.official)
    assert Point.objects.get(pk=point.pk).source_system == "gcj02"


@pytest.mark.parametrize("half", [{"longitude": Decimal(102)}, {"latitude": Decimal(25)}, {"longitude": Decimal(500), "latitude": Decimal(1)}])  # fmt: skip
def test_half_a_position_is_none(streets, half):
    with pytest.raises(ValidationError):
        points.save(new_point(streets, **half), by=streets.official)


# --- Workbooks ----------------------------------------------------------------------------------------
def take(streets, *rows, by=None, head=HEAD, **given):
    return points.take_in(book(head, *rows), street=streets.huguo, by=by or streets.official, **given)


def test_a_workbook_brings_points_once(streets):
    rows = [
        ["一号点", "背街小巷", "南屏街社区", "", 114.305438, 30.597584, "GCJ-02"],
        ["二号点", "背街小巷", "南屏街社区", "一区", "", "", ""],
    ]
    assert take(streets, *rows, dry_run=True).new == 2
    assert Point.objects.count() == 2
    first, second = take(streets, *rows), take(streets, *rows)
    assert (first.new, second.same, second.new) == (2, 2, 0), second.problems
    kept = Point.objects.get(name="一号点")
    assert (str(kept.longitude), kept.source_system, kept.zone) == ("114.300000", "gcj02", streets.zone)


def test_each_row_is_told_by_its_cell_and_nothing_is_half_written(streets):
    outcome = take(
        streets,
        ["一号点", "背街小巷", "南屏街社区", "", "", "", ""],
        ["二号点", "没有这类", "远方社区", "", 300, "x", "火星"],
        ["三号点", "背街小巷", "文庙社区", "", "", "", ""],
        ["四号点", "背街小巷", "南屏街社区", "", 102.7, "", ""],
        ["一号点", "背街小巷", "南屏街社区", "", "", "", ""],
    )
    assert [problem.cell for problem in outcome.problems] == ["B3", "C3", "E3", "F3", "G3", "D4", "F5", "A6"]
    assert Point.objects.count() == 2


def test_a_secretary_takes_in_points_of_the_own_community_alone(streets):
    outcome = take(streets, ["一号点", "背街小巷", "文庙社区", "", "", "", ""], by=streets.secretary_a)
    assert [problem.cell for problem in outcome.problems] == ["C2"]
    with pytest.raises(Refused):
        take(streets, ["一号点", "背街小巷", "南屏街社区", "", "", "", ""], by=streets.patroller)


def test_what_goes_out_comes_in_as_the_same(streets):
    streets.point.keeper = streets.secretary_a
    streets.point.save()
    content = client_of(streets.official).get(reverse("grids:point_export")).content
    sheet = load_workbook(io.BytesIO(content)).active
    assert sheet.max_row == 3
    outcome = points.take_in(workbooks.upload(content), street=streets.huguo, by=streets.official)
    assert (outcome.same, outcome.new, outcome.changed, outcome.problems) == (2, 0, 0, [])


def test_the_page_checks_then_takes_in(streets):
    client = client_of(streets.secretary_a)
    where = reverse("grids:point_import")
    rows = [HEAD, ["一号点", "背街小巷", "南屏街社区", "", "", "", ""]]
    answer = client.post(where, {"file": book(*rows), "check": "1"})
    assert answer.status_code == 200 and "Nothing was written yet" in answer.content.decode()
    answer = client.post(where, {"file": book(HEAD, ["", "x", "", "", "", "", ""]), "take": "1"})
    assert answer.status_code == 400 and "A2" in answer.content.decode()
    answer = client.post(where, {"file": workbooks.upload(b"no table")})
    assert answer.status_code == 400
    assert Point.objects.count() == 2
    assert client.post(where, {"file": book(*rows), "take": "1"}).status_code == 302
    assert Point.objects.count() == 3
    assert client.get(reverse("grids:point_template")).status_code == 200


# --- The plate ----------------------------------------------------------------------------------------
def test_the_plate_tells_everybody_the_standards_and_no_persons_name(streets):
    streets.point.keeper = streets.secretary_a
    streets.point.save()
    where = reverse("grids:point_page", args=[streets.point.plate])
    public = Client(headers={"accept-language": "en"}).get(where).content.decode()
    assert streets.clean.text in public and f"?point={streets.point.plate}" in public
    assert streets.secretary_a.name not in public
    inside = client_of(streets.patroller).get(where).content.decode()
    assert streets.secretary_a.name in inside


def test_a_point_that_has_ended_is_gone_for_the_public(streets):
    Point.objects.filter(pk=streets.point.pk).update(until=timezone.localdate())
    where = reverse("grids:point_page", args=[streets.point.plate])
    assert Client().get(where).status_code == 404
    assert client_of(streets.official).get(where).status_code == 200


def test_a_report_from_the_plate_bears_the_point(streets):
    client = Client()
    page = client.get(reverse("grids:report"), {"point": streets.point.plate})
    form = page.context["form"]
    said = {name: form[name].value() for name in ("form_key", "point", "community", "address")}
    sent = {**said, "category": streets.litter.pk, "description": "垃圾"}
    assert client.post(reverse("grids:report"), sent).status_code == 302
    case = Case.objects.get()
    assert (case.point, case.zone) == (streets.point, streets.zone)


def test_a_plate_of_elsewhere_is_no_point(streets):
    for plate in ("", "nowhere", "x" * 500):
        page = Client().get(reverse("grids:report"), {"point": plate})
        assert page.status_code == 200 and not page.context["form"]["point"].value()


def test_plates_are_printed_with_their_codes(streets):
    page = client_of(streets.official).get(reverse("grids:point_plates")).content.decode()
    assert page.count("<svg") >= 2 and "style=" not in page
    picture = Client().get(reverse("grids:point_qr", args=[streets.point.plate]))
    assert picture["Content-Type"] == "image/svg+xml"


# --- The API ------------------------------------------------------------------------------------------
def test_the_api_writes_through_the_verb(streets):
    client = APIClient()
    client.force_login(streets.secretary_a)
    body = {
        "community": streets.a.pk, "zone": streets.zone.pk, "type": streets.point.type_id, "name": "接口点",
        "since": "2020-01-01", "longitude": "114.305438", "latitude": "30.597584", "coord_system": "gcj02",
    }  # fmt: skip
    made = client.post("/api/v1/points/", body)
    assert made.status_code == 201, made.content
    assert (made.json()["longitude"], made.json()["source_system"]) == ("114.300000", "gcj02")
    changed = client.patch(f"/api/v1/points/{made.json()['id']}/", {"address": "二号"})
    assert changed.status_code == 200 and changed.json()["longitude"] == "114.300000"
    assert (
        client.post("/api/v1/points/", {**body, "name": "别社区", "community": streets.b.pk}).status_code
        == 409
    )
    assert client.get("/api/v1/checklists/").json()["results"][0]["items"]


# --- The starter set ------------------------------------------------------------------------------------
def test_a_new_street_begins_with_forty_types_and_two_sets_of_seven_actions(cast):
    loaded = standards.load_starter(cast.other)
    assert (loaded.types, loaded.cards, loaded.actions) == (41, 41, 14)
    again = standards.load_starter(cast.other)
    assert (again.types, again.cards, again.actions, again.categories) == (0, 0, 0, 0)
    editions = HealthAction.objects.filter(committee=cast.other)
    assert editions.filter(edition="2020").count() == editions.filter(edition="2022").count() == 7
    names = {action.name for action in editions.filter(edition="2020")}
    assert names == {"清垃圾", "扫厕所", "勤洗手", "净餐馆", "常消毒", "管集市", "众参与"}
    for card in Checklist.objects.filter(committee=cast.other).prefetch_related("items"):
        items = card.items.all()
        assert sum(item.max_score for item in items) == 100, card
        assert all(item.good_example and item.bad_example for item in items), card
        assert all(item.deduct is None or item.deduct < item.max_score for item in items), card
    assert not Checklist.objects.filter(committee=cast.huguo).exists()


def test_the_starter_set_leaves_what_a_street_has(streets):
    standards.load_starter(streets.huguo)
    assert PointType.objects.get(committee=streets.huguo, code="lane").pk == streets.point.type_id
    assert Checklist.objects.filter(pk=streets.checklist.pk).get().items.count() == 2
    assert CaseCategory.objects.filter(committee=streets.huguo, code="101").count() == 1


def test_the_starter_set_is_loaded_by_command_and_by_the_admin(cast):
    call_command("standards", cast.other.slug, stdout=io.StringIO())
    with pytest.raises(CommandError):
        call_command("standards", "nowhere", stdout=io.StringIO())
    client = client_of(cast.official)
    where = reverse("admin:grids_pointtype_load_starter")
    assert client.get(where).status_code == 200
    assert not PointType.objects.filter(committee=cast.huguo).exists()
    assert client.post(where).status_code == 302
    assert PointType.objects.filter(committee=cast.huguo).count() == 41
    assert client_of(cast.secretary_a).post(where).status_code in (302, 403)


def test_the_newest_edition_in_force_hangs_at_the_point(streets):
    day = datetime.date(2021, 1, 1)
    new = standards.begin_edition(streets.checklist, "2021", day, by=streets.official)
    assert [item.text for item in new.items.all()] == [item.text for item in streets.checklist.items.all()]
    type = streets.point.type
    assert standards.card_of(type, day) == new
    assert standards.card_of(type, day - datetime.timedelta(days=1)) == streets.checklist
    for by, edition in ((streets.official, "2021"), (streets.official, " "), (streets.secretary_a, "2022")):
        with pytest.raises(Refused):
            standards.begin_edition(streets.checklist, edition, day, by=by)


def test_zones_of_the_export_are_the_own(streets):
    far = Zone.objects.create(committee=streets.other, number=1, name="远方区", since=SINCE)
    far.communities.add(streets.far)
    outcome = take(streets, ["一号点", "背街小巷", "南屏街社区", "远方区", "", "", ""])
    assert [problem.cell for problem in outcome.problems] == ["D2"]


# --- The admin ------------------------------------------------------------------------------------------
def test_the_office_types_a_position_as_its_map_tells_it(streets):
    client, point = client_of(streets.official), streets.point
    where = reverse("admin:grids_point_change", args=[point.pk])
    sent = {
        "community": point.community_id, "zone": point.zone_id, "type": point.type_id, "name": point.name,
        "since": "2020-01-01", "longitude": "114.305438", "latitude": "30.597584", "given_in": "gcj02",
    }  # fmt: skip
    assert client.post(where, sent).status_code == 302
    kept = Point.objects.get(pk=point.pk)
    assert (str(kept.longitude), kept.source_system) == ("114.300000", "gcj02")
    assert client.post(where, {**sent, "zone": ""}).status_code == 200


def test_an_answered_card_is_not_rewritten(streets):
    client = client_of(streets.official)
    where = reverse("admin:grids_checklist_change", args=[streets.checklist.pk])
    assert 'name="items-0-text"' in client.get(where).content.decode()
    streets.plan.refresh_from_db()
    begin = timezone.now() - datetime.timedelta(minutes=1)
    patrol = Patrol.objects.create(
        plan=streets.plan, committee=streets.huguo, community=streets.a, zone=streets.zone, starts_at=begin,
        ends_at=begin + datetime.timedelta(hours=1), day=timezone.localdate(begin), patroller=streets.patroller,
    )  # fmt: skip
    Answer.objects.create(
        patrol=patrol, point=streets.point, item=streets.clean, value="yes", answered_at=begin, day=patrol.day
    )
    assert 'name="items-0-text"' not in client.get(where).content.decode()
    edition = reverse("admin:grids_checklist_begin_edition", args=[streets.checklist.pk])
    assert client.get(edition).status_code == 200
    assert client.post(edition, {"edition": "2021", "since": "2021-01-01"}).status_code == 302
    assert client.post(edition, {"edition": "2021", "since": "2021-01-01"}).status_code == 400
