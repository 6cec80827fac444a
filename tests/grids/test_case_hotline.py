"""The hotline's workbook: by its headings, all or nothing, the same order once, whoever sends it and however often."""

import datetime

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook

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
