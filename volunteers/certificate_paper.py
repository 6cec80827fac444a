"""The certificate as a PDF: one A4 sheet with the fields of 民发〔2015〕149号, a QR code and room for the seal.

The font is one that every Chinese PDF reader has (STSong-Light, named and not embedded), so that nothing needs
to be installed; `CERTIFICATE_FONT` may name a TrueType file, which is then embedded.
"""

import datetime
import io
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

import segno
from django.conf import settings
from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from reportlab.lib.enums import TA_CENTER
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, Paragraph, Spacer, Table, TableStyle
from reportlab.platypus.frames import Frame

from volunteers.templatetags.service import as_hours

MARGIN = 25 * mm
QR_SIDE = 26 * mm


def draw(contents: dict[str, Any], check_address: str) -> bytes:
    """The sheet for the frozen `contents` of volunteers.certificates; always in Chinese, as the paper is."""
    out = io.BytesIO()
    with translation.override("zh-hans"):
        canvas = Canvas(out, pagesize=A4)
        canvas.setTitle(_("Certificate of voluntary service"))
        canvas.setAuthor(contents["issuer"])
        width, height = A4
        left = Frame(MARGIN, 58 * mm, width - 2 * MARGIN, height - 58 * mm - 18 * mm, 0, 0, 0, 0)
        rest = list(_story(contents, width - 2 * MARGIN))
        left.addFromList(rest, canvas)
        _foot(canvas, contents, check_address, width)
        canvas.showPage()
        canvas.save()
    return out.getvalue()


@cache
def _font(path: str) -> str:
    if path:
        pdfmetrics.registerFont(TTFont("certificate", path))
        return "certificate"
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return "STSong-Light"


def _style(size: float, **more: Any) -> ParagraphStyle:
    font = _font(settings.CERTIFICATE_FONT)
    return ParagraphStyle(
        f"s{size}", fontName=font, fontSize=size, leading=size * 1.6, wordWrap="CJK", **more
    )


def _text(text: Any, size: float = 11, **more: Any) -> Paragraph:
    return Paragraph(escape(str(text)), _style(size, **more))


def _story(contents: dict[str, Any], width: float) -> list[Flowable]:
    said = {
        "name": contents["name"],
        "first": _day(contents["first_day"]),
        "last": _day(contents["last_day"]),
        "times": contents["times"],
        "hours": as_hours(contents["minutes"]),
    }
    sentence = _(
        "This is to certify that %(name)s gave voluntary service %(times)s times between %(first)s and %(last)s, "
        "%(hours)s hours in all. The record is true, and nothing was paid for it."
    )
    return [
        _text(_("Certificate of voluntary service"), 22, alignment=TA_CENTER),
        Spacer(0, 3 * mm),
        _text(_("No. %(number)s") % {"number": contents["serial"]}, 10.5, alignment=TA_CENTER),
        Spacer(0, 7 * mm),
        _table(_person(contents), [34 * mm, width - 34 * mm]),
        Spacer(0, 6 * mm),
        _text(sentence % said, 12, firstLineIndent=24),
        Spacer(0, 5 * mm),
        _table(_service_rows(contents), [width - 56 * mm, 24 * mm, 32 * mm], head=True),
    ]


def _person(contents: dict[str, Any]) -> list[list[Any]]:
    rows = [
        (pgettext("person", "Name"), contents["name"]),
        (_("Volunteer number"), contents["volunteer_number"]),
        (_("Identity document"), contents["document"] or _("not asked for")),
        (_("Used for"), contents["purpose"] or _("not stated")),
    ]
    return [[_text(label), _text(value)] for label, value in rows]


def _service_rows(contents: dict[str, Any]) -> list[list[Any]]:
    head = [_text(_("Service")), _text(_("Times")), _text(_("Hours"))]
    rows = [
        [
            _text(row["what"] or _("other service"), 10.5),
            _text(row["times"], 10.5),
            _text(as_hours(row["minutes"]), 10.5),
        ]
        for row in contents["services"]
    ]
    return [head, *rows]


def _table(rows: list[list[Any]], widths: list[float], head: bool = False) -> Table:
    table = Table(rows, colWidths=widths)
    style = [
        ("GRID", (0, 0), (-1, -1), 0.5, "#444444"),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3),
    ]
    if head:
        style.append(("BACKGROUND", (0, 0), (-1, 0), "#f2f2f2"))
    table.setStyle(TableStyle(style))
    return table


def _foot(canvas: Canvas, contents: dict[str, Any], check_address: str, width: float) -> None:
    """Who issued it on the right, with room for the seal; the code to check it on the left."""
    font = _font(settings.CERTIFICATE_FONT)
    _qr(canvas, check_address, MARGIN, 24 * mm)
    canvas.setFont(font, 8)
    canvas.drawString(MARGIN, 19 * mm, _("Scan to check, or enter the code on the portal"))
    canvas.drawString(MARGIN, 15 * mm, _("Check code %(code)s") % {"code": _spoken(contents["code"])})
    lines = [
        _("Issued by (seal): %(issuer)s") % {"issuer": contents["issuer"]},
        _("Person in charge: %(name)s") % {"name": contents["person_in_charge"]},
        _("Handled by: %(name)s") % {"name": contents["handler"]},
        _("Telephone: %(number)s") % {"number": contents["telephone"]},
        _day(contents["issued_on"]),
    ]
    canvas.setFont(font, 11)
    for number, line in enumerate(lines):
        canvas.drawString(width / 2 - 8 * mm, 48 * mm - number * 7.5 * mm, line)


def _qr(canvas: Canvas, text: str, left: float, bottom: float) -> None:
    modules = [list(row) for row in segno.make(text, error="m").matrix]
    side = QR_SIDE / len(modules)
    for down, row in enumerate(modules):
        for across, dark in enumerate(row):
            if dark:
                canvas.rect(
                    left + across * side, bottom + QR_SIDE - (down + 1) * side, side, side, stroke=0, fill=1
                )


def _day(text: str) -> str:
    return formats.date_format(datetime.date.fromisoformat(text), "DATE_FORMAT")


def _spoken(code: str) -> str:
    return " ".join(code[place : place + 4] for place in range(0, len(code), 4))
