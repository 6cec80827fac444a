"""The report as a Word file in the measures of GB/T 9704: A4, 仿宋 16 pt on 28 pt lines, headings 黑体 and 楷体."""

import io
from typing import Any

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from campaign.reports.outline import Heading, Paragraph, Part, Report, Run, Table, ordinal

SONG, FANG, HEI, KAI = "方正小标宋简体", "仿宋_GB2312", "黑体", "楷体_GB2312"
BODY, TITLE, SMALL = Pt(16), Pt(22), Pt(12)
LINE = Pt(28)
CONTENT_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def as_word(report: Report) -> bytes:
    """The same text as the page, without links."""
    document = Document()
    _set_page(document)
    document.core_properties.title = report.title
    document.core_properties.author = report.signed_by
    _write(document, [Run(report.title)], font=SONG, size=TITLE, centred=True, indent=False)
    _write(document, [Run("")])
    _write(document, [Run(report.opening)])
    for place, part in enumerate(report.parts, 1):
        _write_part(document, place, part)
    _write(document, [Run(report.note)], size=SMALL)
    _write(document, [Run("")])
    for line in (report.signed_by, report.signed_on):
        paragraph = _write(document, [Run(line)], indent=False)
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
        paragraph.paragraph_format.right_indent = Pt(64)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def _set_page(document: Any) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.top_margin, section.bottom_margin = Cm(3.7), Cm(3.5)
    section.left_margin, section.right_margin = Cm(2.8), Cm(2.6)
    footer = section.footer.paragraphs[0]
    footer.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _add_run(footer, "— ", "宋体", Pt(14))
    _add_page_number(footer)
    _add_run(footer, " —", "宋体", Pt(14))


def _add_page_number(paragraph: Any) -> None:
    run = _add_run(paragraph, "", "宋体", Pt(14))
    for kind, text in (("begin", ""), ("", "PAGE"), ("end", "")):
        part = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            part.set(qn("w:fldCharType"), kind)
        else:
            part.text = text
        run._r.append(part)


def _write_part(document: Any, place: int, part: Part) -> None:
    _write(document, [Run(f"{ordinal(place)}、{part.title}")], font=HEI, keep=True)
    headings = 0
    for block in part.blocks:
        if isinstance(block, Heading):
            headings += 1
            _write(document, [Run(f"（{ordinal(headings)}）{block.text}")], font=KAI, keep=True)
        elif isinstance(block, Paragraph):
            _write(document, block.runs)
        else:
            _write_table(document, block)


def _write(
    document: Any,
    runs: Any,
    *,
    font: str = FANG,
    size: Pt = BODY,
    centred: bool = False,
    indent: bool = True,
    keep: bool = False,
) -> Any:
    paragraph = document.add_paragraph()
    shape = paragraph.paragraph_format
    shape.space_before = shape.space_after = Pt(0)
    shape.line_spacing = LINE
    shape.keep_with_next = keep
    if centred:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    elif indent:
        shape.first_line_indent = size * 2
    for run in runs:
        _add_run(paragraph, run.text, font, size)
    return paragraph


def _add_run(paragraph: Any, text: str, font: str, size: Pt) -> Any:
    run = paragraph.add_run(text)
    run.font.name = font
    run.font.size = size
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), font)
    return run


def _write_table(document: Any, table: Table) -> None:
    _write(document, [Run(table.title)], font=HEI, size=Pt(14), centred=True, keep=True)
    drawn = document.add_table(rows=1, cols=len(table.headings))
    drawn.style = "Table Grid"
    drawn.alignment = WD_TABLE_ALIGNMENT.CENTER
    for cell, heading in zip(drawn.rows[0].cells, table.headings, strict=True):
        _fill(cell, heading, HEI)
    _repeat_heading(drawn.rows[0])
    for row in table.rows:
        for cell, run in zip(drawn.add_row().cells, row, strict=True):
            _fill(cell, run.text, FANG)


def _fill(cell: Any, text: str, font: str) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    _add_run(paragraph, text, font, Pt(10.5))


def _repeat_heading(row: Any) -> None:
    mark = OxmlElement("w:tblHeader")
    mark.set(qn("w:val"), "true")
    row._tr.get_or_add_trPr().append(mark)
