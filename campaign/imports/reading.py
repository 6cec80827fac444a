"""The one reader of .xlsx: from a file that anybody may have built to plain rows (reliability.md §5 row 9)."""

import datetime
import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaign.imports import child

LIMIT_BYTES = 8 * 1024 * 1024
"""of the file as it is sent"""
LIMIT_UNPACKED = 96 * 1024 * 1024
"""of all its parts together"""
LIMIT_PARTS = 500
MOST_ROWS = 20_000
MOST_COLUMNS = 100
MEMORY = 768 * 1024 * 1024
"""address space of the reading process"""
SECONDS = 5
"""of the processor; a file of 20,000 rows takes a fifth of a second"""

Row = list[Any]


def rows_of(upload: Any) -> list[Row]:
    """The rows of the first sheet, the first being row 1; empty cells are "".

    Values are text, numbers, bools, days and moments (without a zone, as the sheet shows them); of a formula, its
    last result. Raises ValidationError with a sentence for the person for whatever is no such file or is too
    large, and never anything else.
    """
    content = _read(upload)
    _look_inside(content)
    return [[_value(cell) for cell in row] for row in _rows(content)]


def _read(upload: Any) -> bytes:
    try:
        upload.seek(0)
        content = upload.read(LIMIT_BYTES + 1)
    except Exception as error:
        raise ValidationError(_("The file did not arrive. Please send it again."), "unreadable") from error
    if len(content) > LIMIT_BYTES:
        limit = LIMIT_BYTES // (1024 * 1024)
        raise ValidationError(_("The file is larger than %(limit)d MB."), "too_large", {"limit": limit})
    return content


def _look_inside(content: bytes) -> None:
    """Refuse by the archive's own directory, before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
    except Exception as error:
        raise _unreadable() from error
    if "[Content_Types].xml" not in {part.filename for part in parts}:
        raise _unreadable()
    if len(parts) > LIMIT_PARTS or sum(part.file_size for part in parts) > LIMIT_UNPACKED:
        raise ValidationError(
            _("The file unpacks to more than a table of this kind ever holds."), "too_large"
        )


def _rows(content: bytes) -> list[Row]:
    limits = [str(number) for number in (MOST_ROWS, MOST_COLUMNS, MEMORY, SECONDS)]
    program = [sys.executable, "-I", str(Path(child.__file__)), *limits]
    try:
        # The program is this interpreter with a file of ours; what was sent comes by standard input alone.
        done = subprocess.run(program, input=content, capture_output=True, timeout=4 * SECONDS, check=False)  # noqa: S603
    except subprocess.TimeoutExpired as error:
        raise _unreadable() from error
    if done.returncode == child.TOO_MANY_ROWS:
        raise ValidationError(
            _("The table has more than %(limit)d rows. Please split it."), "too_long", {"limit": MOST_ROWS}
        )
    if done.returncode == child.TOO_MANY_COLUMNS:
        raise ValidationError(
            _("The table has more than %(limit)d columns."), "too_wide", {"limit": MOST_COLUMNS}
        )
    if done.returncode != 0:
        raise _unreadable()
    return json.loads(done.stdout)


def _unreadable() -> ValidationError:
    return ValidationError(
        _(
            "The file cannot be read. Save it as an Excel workbook (.xlsx) without a password and send it again."
        ),
        "unreadable",
    )


def _value(cell: Any) -> Any:
    if not isinstance(cell, list):
        return cell
    kind, text = cell
    moment = datetime.datetime.fromisoformat(text)
    return moment.date() if kind == "day" else moment
