"""What templates say often: numbers, dates, shares, icons, fields and charts, each in one place."""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from django import forms, template
from django.forms import BoundField
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils import timezone
from django.utils.formats import date_format, number_format
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import phones
from campaign import calendar

register = template.Library()

NOTHING = "—"
TEN_THOUSAND = Decimal(10_000)
HUNDRED_MILLION = Decimal(100_000_000)
LONGEST = 30  # digits: nothing that we count comes near, and "1e999999" must not fill a page


# --- Numbers ----------------------------------------------------------------------------------------


def as_number(value: Any) -> Decimal | None:
    """The value as an exact number, or None when it is none (text, NaN, nothing)."""
    if value is None or isinstance(value, bool):
        return None
    try:
        number = Decimal(str(value))
    except InvalidOperation:
        return None
    return number if number.is_finite() and abs(number.adjusted()) < LONGEST else None


def exact(number: Decimal) -> str:
    """Every digit, with separators: 12345 -> 12,345; 7.50 -> 7.5."""
    places = max(0, -number.normalize().as_tuple().exponent)  # type: ignore[operator]
    return number_format(number, decimal_pos=places, use_l10n=True, force_grouping=True)


def _scaled(number: Decimal, unit: Decimal, word: str) -> str:
    """`number` in `unit`s with one decimal, which falls away when it is nought."""
    text = f"{(number / unit).quantize(Decimal('0.1'), ROUND_HALF_UP):,f}"
    return text.removesuffix(".0") + word


@register.filter
def short_number(value: Any) -> str:
    """A number as a Chinese reader takes it in: 972 -> 972, 1234 -> 1,234, 12345 -> 1.2万, 3.2亿.

    万 and 亿 are the Chinese way to group, so other languages get the exact number.
    """
    number = as_number(value)
    if number is None:
        return NOTHING
    chinese = (get_language() or "zh").startswith("zh")
    # 9,999.5万 and more would be written 10,000万: that is 1亿.
    if chinese and abs(number) >= HUNDRED_MILLION - TEN_THOUSAND / 20:
        return _scaled(number, HUNDRED_MILLION, "亿")
    if chinese and abs(number) >= TEN_THOUSAND:
        return _scaled(number, TEN_THOUSAND, "万")
    return exact(number)


@register.filter
def exact_number(value: Any) -> str:
    """Every digit of a number, for tables and exports: 12345 -> 12,345; — for nothing."""
    number = as_number(value)
    return NOTHING if number is None else exact(number)


def _said(value: Any) -> SafeString:
    """A value that is no number: — for nothing; a share keeps what it was taken of in small letters."""
    share, bracket, rest = str(NOTHING if value in (None, "") else value).partition("(")
    return format_html("{}<small>{}</small>", share, bracket + rest) if bracket else format_html("{}", share)


@register.simple_tag
def figure(value: Any, unit: str = "") -> SafeString:
    """`<data value="12345" title="12,345">1.2万</data>`: short to read, exact on hover and for programs.

    A text such as that of `percent_of` is shown as it is.
    """
    number = as_number(value)
    if number is None:
        return _said(value)
    short, full = short_number(number), exact(number)
    small = format_html("<small>{}</small>", unit) if unit else ""
    if short == full:
        return format_html('<data value="{}">{}</data>{}', f"{number:f}", short, small)
    return format_html('<data value="{}" title="{}">{}</data>{}', f"{number:f}", full, short, small)


@register.filter
def percent_of(part: Any, whole: Any) -> str:
    """A share with what it was taken of: `911|percent_of:972` -> 93.7%(911/972); — when nothing was due."""
    n, d = as_number(part), as_number(whole)
    if n is None or not d:
        return NOTHING
    share = (100 * n / d).quantize(Decimal("0.1"), ROUND_HALF_UP)
    return f"{share:f}%({exact(n)}/{exact(d)})"


@register.filter
def percent_only(part: Any, whole: Any) -> str:
    """The share alone, for where part and whole already stand beside it: 93.7%; — when nothing was due."""
    return percent_of(part, whole).split("(")[0]


@register.filter
def share_of(part: Any, whole: Any) -> int:
    """The part as whole percent from 0 to 100, for the length of a bar; 0 when nothing was due."""
    n, d = as_number(part), as_number(whole)
    if n is None or d is None or d <= 0:
        return 0
    return int(min(Decimal(100), max(Decimal(0), 100 * n / d)).to_integral_value(ROUND_HALF_UP))


@register.filter
def signed(value: Any) -> str:
    """A change with its sign: +12, −3 (a true minus), ±0."""
    number = as_number(value)
    if number is None:
        return NOTHING
    sign = "±" if number == 0 else "+" if number > 0 else "−"
    return sign + exact(abs(number))


# --- Days and people --------------------------------------------------------------------------------


@register.filter
def chinese_date(value: Any) -> str:
    """2020年11月20日; a moment also says its hour, in local time: 2020年11月20日 14:05. Empty for nothing."""
    if isinstance(value, datetime.datetime):
        moment = timezone.localtime(value) if timezone.is_aware(value) else value
        return date_format(moment, "DATETIME_FORMAT", use_l10n=True)
    if isinstance(value, datetime.date):
        return date_format(value, "DATE_FORMAT", use_l10n=True)
    return ""


@register.filter
def short_moment(value: Any) -> str:
    """A moment for small places: as `chinese_date`, but without the year when that is this one."""
    if not isinstance(value, datetime.date):
        return ""
    aware = isinstance(value, datetime.datetime) and timezone.is_aware(value)
    moment = timezone.localtime(value) if aware else value  # type: ignore[arg-type]
    if moment.year != timezone.localdate().year:
        return chinese_date(value)
    day = date_format(moment, "MONTH_DAY_FORMAT", use_l10n=True)
    return f"{day} {date_format(moment, 'H:i')}" if isinstance(value, datetime.datetime) else day


@register.filter
def masked_phone(value: Any) -> str:
    """A phone with its middle hidden; the whole number is shown only by pages that log who looked."""
    return phones.mask(str(value)) if value else ""


# --- Pieces -----------------------------------------------------------------------------------------


@register.simple_tag
def icon(name: str, extra: str = "") -> SafeString:
    """One sign of our sprite, for the eye only: the words beside it carry the meaning."""
    return format_html(
        '<svg class="icon{}" width="20" height="20" aria-hidden="true" focusable="false">'
        '<use href="{}#{}"></use></svg>',
        f" {extra}" if extra else "",
        static("portal/icons/sprite.svg"),
        name,
    )


# What the bar under a phone page offers, of the pages that this person's navigation has; four or five fit.
BAR = {
    "/today/": "patrol",
    "/cases/": "case",
    "/dashboard/": "chart",
    "/activities/": "calendar",
    "/me/": "person",
}


@register.filter
def bar_icon(url: str) -> str:
    """The sign of a page in the phone's bar, or nothing for a page that has no place there."""
    return BAR.get(url, "")


TONES = frozenset({"ok", "wait", "late", "bad", "none"})
# Django's message levels, as the notices that show them and the icon that goes with each.
NOTICES = {"success": ("ok", "ok"), "warning": ("warn", "late"), "error": ("bad", "bad")}


@register.filter
def tone_or_none(value: Any) -> str:
    """A tone that the style sheet knows; anything else is shown as neutral."""
    return str(value) if str(value) in TONES else "none"


@register.filter
def notice_tone(level_tag: str) -> str:
    """The notice for a message level: success -> ok, warning -> warn, error -> bad, else info."""
    return NOTICES.get(level_tag, ("info", "info"))[0]


@register.filter
def notice_icon(level_tag: str) -> str:
    """The icon that says the message level by its shape."""
    return NOTICES.get(level_tag, ("info", "info"))[1]


@register.filter
def control(field: BoundField) -> str:
    """How a field is laid out: choices, tick, file, hidden, or plain (label above one control)."""
    widget = field.field.widget
    if widget.is_hidden:
        return "hidden"
    if isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        return "choices"
    if isinstance(widget, forms.CheckboxInput):
        return "tick"
    if isinstance(widget, forms.FileInput):
        return "file"
    return "group" if widget.use_fieldset else "plain"


@register.filter
def anchor(field: BoundField) -> str:
    """The id that a link in the error summary jumps to: the control itself, or the first of several."""
    return f"{field.auto_id}_0" if control(field) in {"choices", "group"} else str(field.auto_id)


@register.simple_tag
def described(field: BoundField) -> SafeString | str:
    """`aria-describedby` for a group of controls: Django writes it by itself on a single control only."""
    notes = field.aria_describedby
    return format_html(' aria-describedby="{}"', notes) if notes else ""


@register.simple_tag
def optional_word(field: BoundField) -> str:
    """Says which fields may be left out; those that must be filled in carry no mark, nor does a single tick."""
    return "" if field.field.required or control(field) == "tick" else _("(optional)")


# --- Charts -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Point:
    """One value of a series as it is drawn; lengths are percents of the plot or pixels from its top."""

    label: str
    value: Decimal | None
    share: str = "0"
    x: str = "0"
    y: str = "0"
    minor: bool = False
    marked: bool = False


def nice_top(highest: Decimal) -> Decimal:
    """The end of the axis: a round number not below the highest value, so that its grid reads well."""
    if highest <= 0:
        return Decimal(1)
    power = Decimal(10) ** highest.adjusted()
    for step in ("1", "2", "2.5", "4", "5", "8", "10"):
        if highest <= Decimal(step) * power:
            return Decimal(step) * power
    return 10 * power


def _readings(series: Mapping[str, Any]) -> list[tuple[str, Decimal | None]]:
    points: Iterable[Sequence[Any]] = series.get("points") or []
    return [(str(point[0]), as_number(point[1])) for point in points]


def _percent(part: Decimal, whole: Decimal) -> str:
    return f"{float(100 * part / whole):.2f}"


@register.simple_tag
def bar_chart(series: Mapping[str, Any]) -> SafeString:
    """Lying bars, each with its name and number beside it.

    `series` = {"title", "unit", "points": [(label, value), …], "goal": number or absent}.
    """
    readings = _readings(series)
    goal = as_number(series.get("goal"))
    top = max([value for _label, value in readings if value is not None] + [goal or Decimal(0), Decimal(0)])
    bars = [
        Point(label, value, share=_percent(max(value or Decimal(0), Decimal(0)), top) if top else "0")
        for label, value in readings
    ]
    context = {
        "title": series.get("title", ""),
        "unit": series.get("unit", ""),
        "points": bars,
        "goal": goal,
        "goal_at": _percent(goal, top) if goal and top else None,
    }
    return render_to_string("_bar_chart.html", context)


# The plot of a line chart: room for the numbers on the left in percent, pixels from the top.
LEFT, RIGHT, TOP, BOTTOM = 12.0, 94.0, 28.0, 208.0


def _height(value: Decimal, top: Decimal) -> str:
    return f"{BOTTOM - (BOTTOM - TOP) * float(max(value, Decimal(0)) / top):.1f}"


def _line_points(readings: list[tuple[str, Decimal | None]], top: Decimal) -> list[Point]:
    """Places every reading; names as many as fit, and writes the highest and the last value at the line."""
    known = [index for index, (_label, value) in enumerate(readings) if value is not None]
    last = known[-1] if known else -1
    highest = max(known, key=lambda index: readings[index][1]) if known else -1  # type: ignore[arg-type,return-value]
    gap = (RIGHT - LEFT) / max(1, len(readings) - 1)
    most = 12 if all(len(label) <= 4 for label, _value in readings) else 7
    every = -(-len(readings) // most)
    points = []
    for index, (label, value) in enumerate(readings):
        named = (len(readings) - 1 - index) % every == 0
        near_last = index != last and abs(index - last) * gap < 8  # two numbers would run into each other
        points.append(
            Point(
                label=label if named else "",
                value=value,
                x=f"{LEFT + gap * index:.2f}",
                y=_height(value, top) if value is not None else "0",
                minor=((len(readings) - 1 - index) // every) % 2 == 1,
                marked=index == last or (index == highest and not near_last),
            )
        )
    return points


@register.simple_tag
def line_chart(series: Mapping[str, Any]) -> SafeString:
    """A line over days or months, with its highest and last value written at the line.

    `series` as for `bar_chart`; a value of None leaves a gap. Places are percents of the width, so the
    letters keep their size on a phone without a script.
    """
    readings = _readings(series)
    goal = as_number(series.get("goal"))
    known = [value for _label, value in readings if value is not None]
    top = nice_top(max([*known, goal or Decimal(0), Decimal(0)]))
    points = _line_points(readings, top)
    context = {
        "title": series.get("title", ""),
        "unit": series.get("unit", ""),
        "points": points,
        "rows": readings,
        "dots": len(readings) <= 31,
        "segments": [(a, b) for a, b in pairwise(points) if a.value is not None and b.value is not None],
        "grid": [(top * step / 2, _height(top * step / 2, top)) for step in (0, 1, 2)],
        "goal": goal,
        "goal_y": _height(goal, top) if goal else None,
        # The goal is written on the side of its line where the curve does not end.
        "goal_below": bool(goal and known and known[-1] >= goal),
    }
    return render_to_string("_line_chart.html", context)


@register.simple_tag
def unknown_years() -> list[int]:
    """The years whose holidays deadlines need now and nobody has entered."""
    return calendar.unknown_years(timezone.localdate())
