"""From the rows of a workbook to rows of ours: every row is checked and told by its cell, all are written or none."""

import hashlib
import itertools
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from campaign import sheets
from campaign.errors import Refused
from campaign.imports import reading
from campaign.imports.columns import Column, plain, shown

NEW, CHANGED, SAME = "new", "changed", "same"
"""what came of a row"""
SEARCHED = 10
"""rows among which the headings are looked for: workbooks of offices begin with a title"""
NOTE = "※"
"""how the line of notes under the headings begins"""
MOST_PROBLEMS = 200
"""told at once; who has more has sent another table"""


@dataclass(frozen=True)
class Line:
    """A row of the sheet whose cells could all be read."""

    number: int
    """as the sheet counts, from 1"""
    values: dict[str, Any]
    letters: dict[str, str] = field(default_factory=dict)
    """the sheet's letter of each column"""

    def address(self, key: str) -> str:
        """The cell of a column, such as C7; the row alone for what is no column."""
        return f"{self.letters.get(key, '')}{self.number}"


@dataclass(frozen=True)
class Problem:
    """Why a row cannot be taken in, and where that stands."""

    cell: str
    message: str
    line: int


@dataclass(frozen=True)
class Reading:
    """The rows that can be read, and what is wrong with the others."""

    lines: list[Line]
    problems: list[Problem]
    digest: str = ""
    """SHA-256 of the file"""


@dataclass(frozen=True)
class Outcome:
    """What an import did, or in a dry run would do."""

    counts: Counter[str]
    problems: list[Problem]
    dry_run: bool
    digest: str = ""

    @property
    def done(self) -> bool:
        """Whether the rows are written."""
        return not self.problems and not self.dry_run

    @property
    def rows(self) -> int:
        """Rows that could be taken in."""
        return sum(self.counts.values())

    new = property(lambda self: self.counts[NEW])
    changed = property(lambda self: self.counts[CHANGED])
    same = property(lambda self: self.counts[SAME])


def read(upload: Any, columns: Sequence[Column]) -> Reading:
    """Read the first sheet of a workbook by its headings, wherever each column stands.

    Columns that nobody asked for are passed over, so are empty rows. Raises ValidationError when the file cannot
    be read or its headings are not found.
    """
    rows = reading.rows_of(upload)
    upload.seek(0)
    digest = hashlib.sha256(upload.read()).hexdigest()
    head, places = _headings(rows, columns)
    letters = {column.key: letter(index) for column, index in places}
    lines: list[Line] = []
    problems: list[Problem] = []
    for number, row in enumerate(rows[head + 1 :], head + 2):
        said = [shown(cell) for cell in row]
        if not any(said) or next(filter(None, said)).startswith(NOTE):
            continue
        values, wrong = {}, []
        for column, index in places:
            try:
                values[column.key] = column.value(row[index] if index < len(row) else "")
            except ValidationError as error:
                wrong.append(Problem(f"{letter(index)}{number}", " ".join(error.messages), number))
        problems += wrong
        if not wrong:
            absent = {column.key: column.empty for column in columns if column.key not in letters}
            lines.append(Line(number, {**absent, **values}, letters))
    if not lines and not problems:
        raise ValidationError(_("There is no row under the headings."), "empty")
    return Reading(lines, problems, digest)


def _headings(rows: list[reading.Row], columns: Sequence[Column]) -> tuple[int, list[tuple[Column, int]]]:
    """The row of the headings, and where each column stands."""
    best: list[tuple[Column, int]] = []
    where = 0
    for number, row in enumerate(rows[:SEARCHED]):
        told = [plain(shown(cell)) for cell in row]
        found = [
            (column, index)
            for column in columns
            for index in itertools.islice((i for i, said in enumerate(told) if said in column.headings()), 1)
        ]
        if len(found) > len(best):
            where, best = number, found
    there = {column.key for column, _index in best}
    lacking = [str(column.heading) for column in columns if column.required and column.key not in there]
    if lacking or not best:
        named = _(", ").join(lacking or [str(column.heading) for column in columns])
        raise ValidationError(
            _("These headings are missing: %(headings)s. The template has them."),
            "headings",
            {"headings": named},
        )
    return where, best


def letter(index: int) -> str:
    """The letter of a column as the sheet names it: 0 is A, 26 is AA."""
    name = ""
    index += 1
    while index:
        index, rest = divmod(index - 1, 26)
        name = chr(65 + rest) + name
    return name


def take(
    upload: Any,
    columns: Sequence[Column],
    write: Callable[[Line], str],
    *,
    key: Sequence[str] = (),
    dry_run: bool = False,
) -> Outcome:
    """Take all rows in, or none: one transaction, undone when a single row is refused or when it is a dry run.

    `write` does one row through its verb and returns NEW, CHANGED or SAME; its Refused and ValidationError become
    problems at the row's cells. Two rows with the same `key` columns are a problem: which one holds? Raises
    ValidationError when the file as a whole cannot be read.
    """
    found = read(upload, columns)
    problems = [*found.problems, *_twice(found.lines, key)]
    counts: Counter[str] = Counter()
    with transaction.atomic():
        for line in found.lines:
            if len(problems) >= MOST_PROBLEMS:
                break
            try:
                with transaction.atomic():
                    counts[write(line)] += 1
            except (Refused, ValidationError) as failure:
                problems += _problems(line, failure)
        if problems or dry_run:
            transaction.set_rollback(True)
    problems.sort(key=lambda problem: problem.line)
    return Outcome(counts, problems[:MOST_PROBLEMS], dry_run, found.digest)


def _twice(lines: list[Line], key: Sequence[str]) -> Iterator[Problem]:
    seen: dict[tuple[Any, ...], int] = {}
    for line in lines if key else ():
        mine = tuple(line.values[name] for name in key)
        if mine in seen:
            told = _("The same already stands in row %(row)d.") % {"row": seen[mine]}
            yield Problem(line.address(key[0]), told, line.number)
        seen.setdefault(mine, line.number)


def _problems(line: Line, failure: Refused | ValidationError) -> Iterator[Problem]:
    if isinstance(failure, ValidationError) and hasattr(failure, "error_dict"):
        for name, messages in failure.message_dict.items():
            yield Problem(line.address(name), " ".join(messages), line.number)
        return
    told = str(failure) if isinstance(failure, Refused) else " ".join(failure.messages)
    yield Problem(line.address(""), told, line.number)


def template(title: str, columns: Sequence[Column], examples: Sequence[Sequence[Any]] = ()) -> bytes:
    """An empty workbook to fill in: the headings (a star where a value is needed), a line of notes, and examples,
    which bear the sign of notes and are passed over as they are."""
    headings = [f"{column.heading}{'*' if column.required else ''}" for column in columns]
    notes = [str(column.note) for column in columns]
    beside = [[f"{NOTE} {first}".strip(), *others] for first, *others in (notes, *examples)]
    return sheets.workbook(title, headings, beside)
