"""The hotline's workbook: by its headings, all or nothing, the same order once, whoever sends it and however often."""

import datetime
import io
import re
import zipfile

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from campaign.errors import Refused
from grids.cases import hotline
from grids.models import Case, CaseEvent
from tests import workbooks
from tests.grids.scene import case_at
from tests.processes import together
from tests.workbooks import book

HEAD = ["所属社区", "诉求内容", "工单编号", "诉求类别", "来电时间", "事发地址", "承办人", "联系电话"]


def order(number: str, **given) -> list:
    row = {
        "所属社区": "南屏街社区",
        "诉求内容": "路边有垃圾",
        "工单编号": number,
        "诉求类别": "暴露垃圾",
        "来电时间": datetime.datetime(2026, 11, 3, 9, 30),
        "事发地址": "头道巷3号",
        "承办人": "张三",
        "联系电话": 12012345678,
        **given,
    }
    return [row[name] for name in HEAD]


def take_in(streets, *rows, by=None, dry_run=False):
    return hotline.take_in(
        book(["市民热线工单"], HEAD, *rows),
        committee=streets.huguo,
        by=by or streets.official,
        dry_run=dry_run,
    )


def test_orders_become_cases_whatever_the_columns_are_called_and_wherever_they_stand(streets):
    outcome = take_in(streets, order("A 1"), order("A2", 所属社区="南屏街", 诉求类别="101"))
    assert (outcome.new, outcome.problems) == (2, [])
    first, second = Case.objects.order_by("external_number")
    assert (first.source, first.external_number, first.community) == ("hotline", "A1", streets.a)
    assert (second.category, first.reporter_phone) == (streets.litter, "12012345678")
    assert first.reported_at.astimezone(datetime.UTC).isoformat() == "2026-11-03T01:30:00+00:00"
    assert CaseEvent.objects.filter(move="report").count() == 2
    assert "张三" not in str(Case.objects.values())


def test_twice_is_once(streets):
    take_in(streets, order("A1"))
    outcome = take_in(streets, order("A1", 诉求内容="写法不同"), order("A2"))
    assert (outcome.new, outcome.same) == (1, 1)
    assert Case.objects.count() == 2
    assert Case.objects.get(external_number="A1").description == "路边有垃圾"


def test_a_trial_writes_nothing(streets):
    outcome = take_in(streets, order("A1"), dry_run=True)
    assert (outcome.new, outcome.done) == (1, False)
    assert not Case.objects.exists()


def test_one_wrong_row_keeps_all_out_and_is_told_by_its_cell(streets):
    outcome = take_in(
        streets,
        order("A1"),
        order("A2", 所属社区="远方社区"),
        order("A3", 联系电话="0871-65131234"),
        order("A4", 来电时间="2999-01-01 9:00"),
        order("A1"),
        order(""),
    )
    assert not Case.objects.exists()
    assert {problem.cell for problem in outcome.problems} == {"A4", "H5", "E6", "C7", "C8"}
    told = " ".join(problem.message for problem in outcome.problems)
    assert "65131234" not in told


def test_a_community_takes_in_its_own_orders_alone(streets):
    outcome = take_in(streets, order("A1"), order("A2", 所属社区="文庙社区"), by=streets.secretary_a)
    assert [problem.cell for problem in outcome.problems] == ["A4"]
    assert not Case.objects.exists()
    assert take_in(streets, order("A1"), by=streets.secretary_a).new == 1
    for user in (streets.patroller, streets.liaison_a, streets.zone_leader, streets.stranger):
        with pytest.raises(Refused):
            take_in(streets, order("A9"), by=user)


def test_the_template_comes_back_as_it_went_out(streets, tmp_path):
    content = hotline.template(streets.huguo, streets.official)
    (tmp_path / "t.xlsx").write_bytes(content)
    rows = [[cell.value for cell in row] for row in load_workbook(tmp_path / "t.xlsx").active.iter_rows()]
    assert len(rows) == 4
    assert all(str(row[0]).startswith("※") for row in rows[1:])
    assert "南屏街社区" in rows[2]
    filled = book(*rows, ["A1", "2026-11-03 9:30", "南屏街社区", "暴露垃圾", "头道巷", "有垃圾", ""])
    outcome = hotline.take_in(filled, committee=streets.huguo, by=streets.official)
    assert (outcome.new, outcome.problems) == (1, [])


def as_wps_saves(content: bytes) -> bytes:
    """The same workbook with its texts in a table of their own, as WPS and Excel write them."""
    texts: list[str] = []

    def shared(found: re.Match[str]) -> str:
        texts.append(found[2])
        return f'<c r="{found[1]}" t="s"><v>{len(texts) - 1}</v></c>'

    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"
    relation = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings"
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name).decode()
            if name.endswith("sheet1.xml"):
                part = re.sub(r'<c r="(\w+)"[^>]* t="inlineStr"><is><t>(.*?)</t></is></c>', shared, part)
                part = re.sub(r'<c r="(\w+)" t="inlineStr"><is><t>(.*?)</t></is></c>', shared, part)
            elif name == "[Content_Types].xml":
                override = f'<Override PartName="/xl/sharedStrings.xml" ContentType="{kind}"/></Types>'
                part = part.replace("</Types>", override)
            elif name == "xl/_rels/workbook.xml.rels":
                tie = (
                    f'<Relationship Id="rIdT" Type="{relation}" Target="sharedStrings.xml"/></Relationships>'
                )
                part = part.replace("</Relationships>", tie)
            new.writestr(name, part)
        told = "".join(f"<si><t>{text}</t></si>" for text in texts)
        new.writestr("xl/sharedStrings.xml", f'<sst xmlns="{main}">{told}</sst>')
    assert texts
    return out.getvalue()


def test_a_file_as_wps_saves_it_is_read(streets):
    made = Workbook()
    for row in (HEAD, order("A1", 来电时间="2026/11/03 09:30", 联系电话="138 0000 1234")):
        made.active.append(row)
    sent = workbooks.upload(as_wps_saves(workbooks.saved(made)), "热线工单.xlsx")
    outcome = hotline.take_in(sent, committee=streets.huguo, by=streets.official)
    assert (outcome.new, outcome.problems) == (1, [])
    case = Case.objects.get()
    assert (case.reporter_phone, case.description) == ("13800001234", "路边有垃圾")


def test_the_page_takes_a_file_in(streets):
    browser = Client()
    browser.force_login(streets.official)
    where = reverse("grids:hotline_import")
    assert browser.get(where).status_code == 200
    assert browser.get(reverse("grids:hotline_template")).status_code == 200
    sent = {"file": book(HEAD, order("A1"))}
    assert browser.post(where, sent | {"check": "1"}).status_code == 200
    assert not Case.objects.exists()
    assert browser.post(where, {"file": book(HEAD, order("A1"))}).status_code == 302
    for content in (b"", b"x" * 100, workbooks.hostile()["broken xml"]):
        assert browser.post(where, {"file": workbooks.upload(content)}).status_code == 400
    assert Case.objects.count() == 1


def test_any_number_of_orders_costs_each_the_same(streets, django_assert_max_num_queries):
    with django_assert_max_num_queries(40 + 16 * 20):
        take_in(streets, *(order(f"A{number}") for number in range(20)))


# --- Races ----------------------------------------------------------------------------------------
def rush(streets) -> list:
    forth = [order(f"A{number}") for number in range(12)]

    def send(index: int) -> tuple[int, int]:
        rows = forth if index % 2 else forth[::-1]
        outcome = take_in(streets, *rows)
        return outcome.new, outcome.same

    return together(3, send)


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_three_that_send_the_same_list_at_once_put_each_order_on_file_once(streets):
    outcomes = rush(streets)
    assert [outcome.trace for outcome in outcomes if outcome.error] == []
    assert Case.objects.count() == 12
    assert sum(outcome.value[0] for outcome in outcomes) == 12
    assert sum(outcome.value[1] for outcome in outcomes) == 24


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_control_looking_first_is_not_enough(streets):
    """Look whether the order is on file, then write: without the constraint there are doubles."""
    import time

    def naive(index: int) -> None:
        for number in range(12):
            if not Case.objects.filter(description=f"A{number}").exists():
                time.sleep(0.02)
                case_at(streets.huguo, streets.a, streets.litter, source="hotline", description=f"A{number}")

    together(3, naive)
    assert Case.objects.count() > 12
