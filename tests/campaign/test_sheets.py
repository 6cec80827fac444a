"""No cell of an export is ever a formula, whatever somebody typed into a name."""

import datetime
import io
import zipfile
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from campaign import sheets

TRIGGERS = st.sampled_from(sheets.STARTS_A_FORMULA)


def cells(content: bytes) -> list[list]:
    sheet = load_workbook(io.BytesIO(content)).active
    return [list(row) for row in sheet.iter_rows()]


@settings(deadline=None, max_examples=150)
@given(text=st.builds(lambda sign, rest: sign + rest, TRIGGERS, st.text(max_size=40)) | st.text(max_size=40))
def test_no_text_becomes_a_formula(text):
    row = cells(sheets.workbook("名册", ["名称", text], [[text, 1]]))
    for line in row:
        for cell in line:
            assert cell.data_type != "f"
            assert cell.hyperlink is None
    assert not str(row[1][0].value or "").startswith(sheets.STARTS_A_FORMULA)


@pytest.mark.parametrize(
    "text",
    ["=1+1", "=cmd|' /C calc'!A0", "@SUM(A1)", "+1", "-1", "＝1+1", "\t=1", "\ufeff=1", "\u200b=1"],
)
def test_what_begins_a_formula_in_some_program_is_made_text(text):
    (_head, (cell,)) = cells(sheets.workbook("x", ["a"], [[text]]))
    assert cell.data_type == "s"
    shown = str(cell.value).lstrip(" \t\r\n\ufeff\u200b")
    assert shown.startswith("'") or not shown.startswith(sheets.STARTS_A_FORMULA)


def test_the_file_itself_holds_no_formula():
    content = sheets.workbook("x", ["=A1"], [["=1+1"], ["+86 138"], [-5], [Decimal("-1.50")]])
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        inside = b"".join(file.read(name) for name in file.namelist() if name.endswith(".xml"))
    assert b"<f>" not in inside
    assert b"<f " not in inside


def test_numbers_days_and_nothing_stay_what_they_are():
    day, moment = datetime.date(2020, 11, 20), datetime.datetime(2020, 11, 20, 1, 0, tzinfo=datetime.UTC)
    content = sheets.workbook("x", ["a"] * 6, [[-5, 2.5, Decimal("7.50"), day, moment, None]])
    values = [cell.value for cell in cells(content)[1]]
    assert values[:3] == [-5, 2.5, 7.5]
    assert values[3].date() == day
    assert values[4] == datetime.datetime(2020, 11, 20, 9, 0), "as the clock in Shanghai shows"
    assert values[5] in (None, "")


@pytest.mark.parametrize("title", ["名册", "x" * 60, "a/b", "[x]:*?\\", "'quoted'", ""])
def test_any_title_makes_a_workbook(title):
    assert load_workbook(io.BytesIO(sheets.workbook(title, ["a"], []))).active is not None


@settings(deadline=None, max_examples=60)
@given(st.text(max_size=60))
def test_any_text_makes_a_workbook(text):
    assert sheets.workbook("x", [text], [[text]])
