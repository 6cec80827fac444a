"""Workbooks for tests: honest ones, and such as nobody should have to open."""

import io
import zipfile
from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from openpyxl import Workbook

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def upload(content: bytes, name: str = "表.xlsx") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type=XLSX)


def book(*rows: Sequence[Any]) -> SimpleUploadedFile:
    """A workbook with these rows."""
    made = Workbook()
    for row in rows:
        made.active.append(list(row))
    return upload(saved(made))


def saved(made: Workbook) -> bytes:
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def _with(part: str, content: bytes, *, name: str = "xl/worksheets/sheet1.xml") -> bytes:
    """An honest workbook in which one part is another."""
    made = Workbook()
    made.active.append(["name"])
    made.active.append(["x"])
    out = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(saved(made))) as old,
        zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        for entry in old.namelist():
            new.writestr(entry, old.read(entry) if entry != part else content)
        if part not in old.namelist():
            new.writestr(part, content)
    return out.getvalue()


SHEET = (
    b'<?xml version="1.0"?>%s<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
    b"<sheetData>%s</sheetData></worksheet>"
)
SHEET1 = "xl/worksheets/sheet1.xml"
LAUGHS = b'<!DOCTYPE x [<!ENTITY a "%s">%s]>' % (
    b"ha" * 20,
    b"".join(
        b'<!ENTITY a%d "%s">' % (number, b"&a%d;" % (number - 1) * 10 if number else b"&a;" * 10)
        for number in range(12)
    ),
)


def _cell(reference: bytes, text: bytes = b"x") -> bytes:
    return b'<row><c r="%s" t="inlineStr"><is><t>%s</t></is></c></row>' % (reference, text)


def hostile() -> dict[str, bytes]:
    """Files that are no table, or a table that is built to exhaust its reader."""
    honest = saved(Workbook())
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as file:
        file.writestr("[Content_Types].xml", b"")
        for number in range(3000):
            file.writestr(f"xl/{number}.xml", b"")
    lying = bytearray(_with(SHEET1, SHEET % (b"", b" " * 40_000_000)))
    at = lying.rfind(b"PK\x01\x02")
    while at >= 0:  # the directory says that each part is small
        lying[at + 24 : at + 28] = (1000).to_bytes(4, "little")
        at = lying.rfind(b"PK\x01\x02", 0, at)
    return {
        "empty": b"",
        "text": b"name,address\nx,y\n",
        "picture": b"\x89PNG\r\n\x1a\n" + b"\x00" * 100,
        "old xls": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 2000,
        "cut off": honest[: len(honest) // 2],
        "without directory": honest[:-30],
        "other archive": _archive({"a.txt": b"x"}),
        "empty workbook parts": _archive({"[Content_Types].xml": b""}),
        "many parts": many.getvalue(),
        "bomb": _with(SHEET1, SHEET % (b"", b" " * 101_000_000)),
        "bomb that lies": bytes(lying),
        "bomb in texts": _with(
            "xl/sharedStrings.xml", b"<sst>" + b"<si><t>x</t></si>" * 6_000_000 + b"</sst>"
        ),
        "a million cells in a row": _with(
            SHEET1, SHEET % (b"", b"<row>" + b"<c><v>1</v></c>" * 600_000 + b"</row>")
        ),
        "nested": _with(SHEET1, SHEET % (b"", b"<row>" * 300_000)),
        "billion laughs": _with(SHEET1, SHEET % (LAUGHS, _cell(b"A1", b"&a11;"))),
        "file of the host": _with(
            SHEET1,
            SHEET % (b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>', _cell(b"A1", b"&e;")),
        ),
        "last cell": _with(SHEET1, SHEET % (b"", _cell(b"A1") + _cell(b"XFD1048576"))),
        "far row": _with(SHEET1, SHEET % (b"", _cell(b"A1") + _cell(b"A1048576"))),
        "far column": _with(SHEET1, SHEET % (b"", _cell(b"A1") + _cell(b"XFD2"))),
        "no such cell": _with(SHEET1, SHEET % (b"", _cell(b"A99999999999999999999"))),
        "broken xml": _with(SHEET1, b"<worksheet><sheetData><row><c r='A1'>"),
        "no xml": _with(SHEET1, b"\x00\xff" * 500),
        "no such text": _with(SHEET1, SHEET % (b"", b'<row><c r="A1" t="s"><v>999999</v></c></row>')),
        "negative text": _with(SHEET1, SHEET % (b"", b'<row><c r="A1" t="s"><v>-1</v></c></row>')),
    }


def _archive(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return out.getvalue()
