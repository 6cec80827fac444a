"""What a column of an import holds: from a cell as somebody typed it to a value that a verb takes."""

import datetime
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.sheets import STARTS_A_FORMULA

Reader = Callable[[Any], Any]


@dataclass(frozen=True)
class Column:
    """A column of the template: the name its value has in `Line.values`, its heading, how a cell is read."""

    key: str
    heading: Any
    read: Reader
    required: bool = False
    note: Any = ""
    """a line under the heading of the template that says what is asked"""
    aliases: tuple[str, ...] = ()
    """other headings under which the same stands in workbooks of others"""
    empty: Any = ""
    """the value of an empty cell"""

    def headings(self) -> set[str]:
        return {plain(str(self.heading)), *(plain(other) for other in self.aliases)}

    def value(self, cell: Any) -> Any:
        """The value of a cell. Raises ValidationError with a sentence for the person."""
        if shown(cell) == "":
            if self.required:
                raise ValidationError(
                    _("“%(heading)s” must be filled in."), "required", {"heading": self.heading}
                )
            return self.empty
        return self.read(cell)


def shown(cell: Any) -> str:
    """A cell as a person reads it: a whole number without ".0", no signs that cannot be seen, no blanks around.

    The apostrophe that our own writer puts before what looks like a formula is taken away again.
    """
    if isinstance(cell, bool):
        return _("yes") if cell else _("no")
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        cell = int(cell)
    if isinstance(cell, datetime.datetime):
        return f"{cell:%Y-%m-%d %H:%M:%S}"
    said = "".join(sign if sign.isprintable() else " " for sign in unicodedata.normalize("NFC", str(cell)))
    said = " ".join(said.split())
    return said[1:] if said[:1] == "'" and said[1:].startswith(STARTS_A_FORMULA) else said


def plain(heading: str) -> str:
    """A heading without what people add to it: blanks, a star, a bracket with a unit."""
    said = unicodedata.normalize("NFKC", heading).strip().strip("*").strip()
    return re.sub(r"\s*\([^()]*\)$", "", re.sub(r"\s+", "", said)).casefold()


def text(max_length: int) -> Reader:
    """Text of at most `max_length` signs; a phone or a number typed as a number keeps all its digits."""

    def read(cell: Any) -> str:
        said = shown(cell)
        if len(said) > max_length:
            raise ValidationError(_("At most %(limit)d signs."), "too_long", {"limit": max_length})
        return said

    return read


def number(low: int, high: int, *, places: int = 0) -> Reader:
    """A number from `low` to `high`: an int, or with `places` a Decimal of at most so many."""

    def read(cell: Any) -> int | Decimal:
        said = unicodedata.normalize("NFKC", shown(cell)).replace(",", "").replace(" ", "")
        try:
            value = Decimal(said)
            rounded = value.quantize(Decimal(1).scaleb(-places)) if value.is_finite() else Decimal("NaN")
        except InvalidOperation:
            rounded = Decimal("NaN")
        if not rounded.is_finite():
            raise ValidationError(_("This is not a number."), "number")
        if not places and rounded != value:
            raise ValidationError(_("This must be a whole number."), "number")
        if not low <= value <= high:
            raise ValidationError(
                _("This must lie between %(low)s and %(high)s."), "range", {"low": low, "high": high}
            )
        return rounded if places else int(rounded)

    return read


_DAY = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$")
_MOMENT = re.compile(
    r"(\d{4}[-/.年]\d{1,2}[-/.月]\d{1,2}日?)[ T]?(\d{1,2})[:时](\d{1,2})(?:[:分](\d{1,2})?秒?)?分?$"
)


def day(cell: Any) -> datetime.date:
    """A day: a cell formatted as one, or 2020-11-20, 2020/11/20, 2020.11.20, 2020年11月20日."""
    if isinstance(cell, datetime.datetime):
        cell = cell.date()
    if isinstance(cell, datetime.date):
        return _in_our_time(cell)
    found = _DAY.match(unicodedata.normalize("NFKC", shown(cell)))
    try:
        return _in_our_time(datetime.date(*(int(part) for part in found.groups())))  # type: ignore[union-attr]
    except (AttributeError, ValueError) as error:
        raise ValidationError(_("This is not a day. Write it like 2020-11-20."), "day") from error


def moment(cell: Any) -> datetime.datetime:
    """A moment in Shanghai: a cell formatted as one, or a day as above with 9:30 or 9:30:00; a day alone is its
    first minute."""
    if isinstance(cell, datetime.datetime):
        naive = cell
    else:
        said = "" if isinstance(cell, datetime.date) else unicodedata.normalize("NFKC", shown(cell))
        found = _MOMENT.match(said)
        hours, minutes, seconds = (int(part or 0) for part in found.groups()[1:]) if found else (0, 0, 0)
        when = day(found[1] if found else cell)
        try:
            naive = datetime.datetime.combine(when, datetime.time(hours, minutes, seconds))
        except ValueError as error:
            raise ValidationError(_("There is no such time of day."), "moment") from error
    _in_our_time(naive.date())
    return timezone.make_aware(naive)


def _in_our_time(value: datetime.date) -> datetime.date:
    if not 1950 <= value.year <= 2200:
        raise ValidationError(_("Choose a day between 1950 and 2200."), "day")
    return value


def yes_no(cell: Any) -> bool:
    """Yes or no in the ways people write it."""
    if isinstance(cell, bool):
        return cell
    said = shown(cell).casefold()
    if said in ("是", "有", "√", "✓", "1", "y", "yes", "true", _("yes")):
        return True
    if said in ("否", "无", "×", "0", "n", "no", "false", _("no")):
        return False
    raise ValidationError(_("Write yes or no."), "choice")


def choice(options: Mapping[Any, Any]) -> Reader:
    """One of the options, {value: label}; the label is written in the cell, the value is given."""
    return named({str(label): value for value, label in options.items()})


def named(options: Mapping[str, Any]) -> Reader:
    """What bears the name in the cell, {name: thing}. The names should be those that the person may see."""
    known = {plain(name): thing for name, thing in options.items()}

    def read(cell: Any) -> Any:
        said = shown(cell)
        if plain(said) in known:
            return known[plain(said)]
        if 0 < len(options) <= 12:
            told = _(", ").join(options)
            raise ValidationError(
                _("“%(said)s” is not known. Possible: %(options)s."),
                "choice",
                {"said": said[:40], "options": told},
            )
        raise ValidationError(_("“%(said)s” is not known here."), "choice", {"said": said[:40]})

    return read
