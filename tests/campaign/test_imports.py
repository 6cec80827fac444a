"""A workbook is read by its headings, told by its cells, taken in whole or not at all; a hostile one harms nobody."""

import datetime
import time
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.utils import translation

from campaign import imports, sheets
from campaign.errors import Refused
from campaign.imports import Column, choice, day, moment, number, text, yes_no
from campaign.imports.columns import plain, shown
from campaign.models import Stage
from tests import workbooks
from tests.workbooks import book

COLUMNS = (
    Column("name", "名称", text(10), required=True, note="如：创建期"),
    Column("kind", "类型", choice({"a": "甲类", "b": "乙类"}), aliases=("种类",)),
    Column("many", "数量", number(1, 100), empty=None),
    Column("day", "日期", day, empty=None),
)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def read(*rows):
    return imports.read(book(*rows), COLUMNS)


# --- Hostile files ----------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def hostile_files():
    return workbooks.hostile()


def test_a_hostile_file_is_refused_with_a_sentence(hostile_files):
    slow = []
    for name, content in hostile_files.items():
        began = time.process_time()
        with pytest.raises(ValidationError) as failure:
            imports.read(workbooks.upload(content), COLUMNS)
        assert failure.value.messages[0].endswith("."), name
        if time.process_time() - began > 2:
            slow.append(name)
    assert slow == [], "the portal's own process has next to nothing to do"


def test_a_file_that_is_too_large_is_not_even_opened(monkeypatch):
    monkeypatch.setattr("campaign.imports.reading.LIMIT_BYTES", 100)
    with pytest.raises(ValidationError, match="larger"):
        read(["名称"], ["x"])


def test_a_file_that_cannot_be_read_in_time_is_refused(monkeypatch):
    monkeypatch.setattr("campaign.imports.reading.SECONDS", 0.0001)
    with pytest.raises(ValidationError, match="cannot be read"):
        read(["名称"], ["x"])


# --- Headings and cells -----------------------------------------------------------------------------
def test_columns_are_found_by_their_headings_wherever_they_stand():
    found = read(
        ["某街道点位表"], [], ["序号", "种 类（必填）", "名称*"], [1, "甲类", "一"], [], [2, "", "二"]
    )
    assert [line.values["name"] for line in found.lines] == ["一", "二"]
    assert [line.values["kind"] for line in found.lines] == ["a", ""]
    assert found.lines[1].values["many"] is None, "a column that is not there is empty"
    assert [line.number for line in found.lines] == [4, 6]
    assert found.lines[0].address("kind") == "B4"


def test_a_missing_heading_is_named():
    with pytest.raises(ValidationError, match="名称"):
        read(["类型", "数量"], ["甲类", 1])


def test_a_table_without_rows_is_refused():
    with pytest.raises(ValidationError, match="no row"):
        read(["名称"])


def test_each_wrong_cell_is_told_by_its_address():
    found = read(
        ["名称", "类型", "数量", "日期"],
        ["一", "丙类", 1, "2020-11-20"],
        ["", "甲类", 1.5, "2020年13月1日"],
        ["太长太长太长太长太长太长", "甲类", 1000, 5],
        ["四", "乙类", "１２", datetime.date(2020, 11, 20)],
    )
    assert [problem.cell for problem in found.problems] == ["B2", "A3", "C3", "D3", "A4", "C4", "D4"]
    assert "甲类" in found.problems[0].message
    assert [line.values["many"] for line in found.lines] == [12]


def test_the_notes_of_the_template_are_no_row():
    template = imports.template("点位", COLUMNS)
    with pytest.raises(ValidationError, match="no row"):
        imports.read(workbooks.upload(template), COLUMNS)


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (13800000000.0, "13800000000"),
        (3, "3"),
        (2.5, "2.5"),
        (" a\u00a0 b\t", "a b"),
        ("'=1+1", "=1+1"),
        ("'quoted'", "'quoted'"),
        (True, "yes"),
        (datetime.date(2020, 1, 2), "2020-01-02"),
    ],
)
def test_a_cell_is_read_as_a_person_reads_it(cell, said):
    assert shown(cell) == said


@pytest.mark.parametrize(
    "cell",
    ["2020-1-2", "2020/01/02", "2020.1.2", "2020年1月2日", "２０２０-1-2", datetime.datetime(2020, 1, 2, 8)],
)
def test_a_day_may_be_written_in_many_ways(cell):
    assert day(cell) == datetime.date(2020, 1, 2)


@pytest.mark.parametrize(
    "cell",
    ["2020-1-2 9:30", "2020/1/2 09:30:00", "2020年1月2日 9时30分", datetime.datetime(2020, 1, 2, 9, 30)],
)
def test_a_moment_is_one_of_shanghai(cell):
    assert moment(cell).isoformat() == "2020-01-02T09:30:00+08:00"


@pytest.mark.parametrize(
    ("reader", "cell"),
    [
        (day, "2020-02-30"),
        (day, "yesterday"),
        (day, "1890-01-01"),
        (day, 44000),
        (moment, "2020-01-01 25:00"),
        (number(1, 5), "NaN"),
        (number(1, 5), "1e400"),
        (number(1, 5), "Infinity"),
        (number(1, 5), "9" * 60),
        (number(1, 5, places=2), "sNaN"),
        (yes_no, "perhaps"),
    ],
)
def test_what_cannot_be_meant_is_refused(reader, cell):
    with pytest.raises(ValidationError):
        reader(cell)


def test_numbers_and_answers():
    assert number(-200, 200, places=6)("114.3054381") == Decimal("114.305438")
    assert number(0, 9999)("1,234") == 1234
    assert [yes_no(cell) for cell in ("是", "√", "否", True, "N")] == [True, True, False, True, False]
    assert plain(" 点位 名称(必填)*") == plain("点位名称")


# --- All or nothing -----------------------------------------------------------------------------------
STAGES = (Column("name", "名称", text(40), required=True), Column("first", "日期", day, required=True))


@pytest.fixture
def take(cast):
    def write(line):
        if line.values["name"] == "refused":
            raise Refused("not like this")
        if line.values["name"] == "unfit":
            raise ValidationError({"first": ["no such day"]})
        first = line.values["first"]
        _made, is_new = Stage.objects.update_or_create(
            committee=cast.huguo, name=line.values["name"], defaults={"first_day": first, "last_day": first}
        )
        return imports.NEW if is_new else imports.SAME

    def take(*rows, dry_run=False):
        sent = book(["名称", "日期"], *rows)
        return imports.take(sent, STAGES, write, key=("name",), dry_run=dry_run)

    return take


def test_all_rows_are_taken_in_and_the_second_time_none_is_new(take):
    rows = [["一", "2020-01-01"], ["二", "2020-02-01"]]
    first, second = take(*rows), take(*rows)
    assert (first.new, first.done, second.new, second.same) == (2, True, 0, 2)
    assert first.digest != ""
    assert Stage.objects.count() == 2


def test_one_row_that_is_refused_undoes_all(take):
    outcome = take(["一", "2020-01-01"], ["refused", "2020-01-01"], ["unfit", "2020-01-01"], ["", "x"])
    assert [(problem.cell, problem.message) for problem in outcome.problems[:2]] == [
        ("3", "not like this"),
        ("B4", "no such day"),
    ]
    assert [problem.cell for problem in outcome.problems] == ["3", "B4", "A5", "B5"]
    assert not outcome.done
    assert Stage.objects.count() == 0


def test_a_dry_run_tells_what_would_come_and_writes_nothing(take):
    outcome = take(["一", "2020-01-01"], dry_run=True)
    assert (outcome.new, outcome.done, outcome.problems) == (1, False, [])
    assert Stage.objects.count() == 0


def test_the_same_twice_in_one_file_is_a_question(take):
    outcome = take(["一", "2020-01-01"], ["一", "2020-01-02"])
    assert [problem.cell for problem in outcome.problems] == ["A3"]
    assert "2" in outcome.problems[0].message


def test_what_we_wrote_is_read_back_as_it_was():
    said = ["=1+1", "+86", "普通", "@x"]
    content = sheets.workbook("x", ["名称"], [[one] for one in said])
    found = imports.read(workbooks.upload(content), COLUMNS)
    assert [line.values["name"] for line in found.lines] == said
