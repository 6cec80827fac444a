"""Writing .xlsx: the one writer, which lets no cell become a formula (reliability.md §5 row 8)."""

import datetime
import io
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.utils import label_for_field, lookup_field
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(value: Any) -> Any:
    """A cell's value that no program takes for a formula: text that begins like one gets an apostrophe."""
    if value is None or (
        isinstance(value, bool | int | float | datetime.date) and not isinstance(value, datetime.datetime)
    ):
        return "" if value is None else value
    if isinstance(value, datetime.datetime):
        return timezone.localtime(value).replace(tzinfo=None) if timezone.is_aware(value) else value
    if hasattr(value, "as_tuple"):
        return float(value)
    text = "".join(sign for sign in str(value) if sign in "\t\n\r" or sign.isprintable())
    return f"'{text}" if text.startswith(STARTS_A_FORMULA) else text


@dataclass(frozen=True)
class Part:
    """One sheet of a workbook: headings in bold, rows as they come, and before both a note, if there is one."""

    title: str
    headings: Sequence[str]
    rows: Iterable[Sequence[Any]]
    note: str = ""


def workbook(title: str, headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A workbook with one sheet: a bold first row of headings, then the rows as they come."""
    return book([Part(title, headings, rows)])


def book(parts: Iterable[Part]) -> bytes:
    """A workbook with a sheet for each part, their rows written one after the other as they are read."""
    made = Workbook(write_only=True)
    for part in parts:
        _write(made, part)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _write(made: Workbook, part: Part) -> None:
    sheet = made.create_sheet(re.sub(r"[\[\]:*?/\\'\x00-\x1f]", " ", part.title)[:31].strip() or "1")
    sheet.freeze_panes = "A3" if part.note else "A2"
    if part.note:
        sheet.append([harmless(part.note)])
    head = []
    for heading in part.headings:
        cell = WriteOnlyCell(sheet, value=str(harmless(heading)))
        cell.font = Font(bold=True)
        head.append(cell)
    sheet.append(head)
    for row in part.rows:
        sheet.append([harmless(value) for value in row])


def answer(name: str, content: bytes) -> HttpResponse:
    """The workbook as a download."""
    response = HttpResponse(content, content_type=XLSX)
    response.headers["Content-Disposition"] = (
        f'attachment; filename="{name}-{timezone.localdate():%Y%m%d}.xlsx"'
    )
    return response


def admin_export(model_admin: Any, queryset: QuerySet, columns: Sequence[str]) -> HttpResponse:
    """The rows of an admin list as its columns show them; choices by their names, relations by their titles."""
    model = queryset.model
    headings = [str(label_for_field(name, model, model_admin)) for name in columns]
    rows = (
        [_shown(name, row, model_admin) for name in columns] for row in queryset.iterator(chunk_size=1000)
    )
    content = workbook(str(model._meta.verbose_name), headings, rows)
    return answer(model._meta.model_name or "rows", content)


def _shown(name: str, row: Any, model_admin: Any) -> Any:
    field, _attribute, value = lookup_field(name, row, model_admin)
    if field is not None and getattr(field, "flatchoices", None):
        return str(dict(field.flatchoices).get(value, value))
    return value if value is None or isinstance(value, int | float | datetime.date) else str(value)
