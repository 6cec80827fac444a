"""Recurrence rules (RFC 5545): which are accepted, and the moments they name. For patrols and activities.

Only rules that always have a next day are accepted. A rule that can never be met again (30 February, or
every seventh day that is also another weekday) would keep any reader of rules busy until the year 9999.
"""

import datetime
import re
from collections.abc import Callable
from zoneinfo import ZoneInfo

from dateutil import rrule
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from campaign.calendar import WorkingDays

SHANGHAI = ZoneInfo("Asia/Shanghai")

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
LONGEST_RULE = 200  # signs
MOST_TIMES = 1000  # COUNT
LONGEST_INTERVAL = 366

_WEEKDAYS = "MO|TU|WE|TH|FR|SA|SU"
_GRAMMAR = {
    "FREQ": re.compile("|".join(FREQUENCIES)),
    "INTERVAL": re.compile(r"[0-9]{1,3}"),
    "COUNT": re.compile(r"[0-9]{1,4}"),
    "UNTIL": re.compile(r"[0-9]{8}(T[0-9]{6}Z?)?"),
    "WKST": re.compile(_WEEKDAYS),
    "BYDAY": re.compile(rf"(([+-]?[1-5])?({_WEEKDAYS}))(,([+-]?[1-5])?({_WEEKDAYS})){{0,13}}"),
    "BYMONTH": re.compile(r"[0-9]{1,2}(,[0-9]{1,2}){0,11}"),
    "BYMONTHDAY": re.compile(r"[+-]?[0-9]{1,2}(,[+-]?[0-9]{1,2}){0,30}"),
    "BYSETPOS": re.compile(r"[+-]?[1-4](,[+-]?[1-4]){0,7}"),
}
_LONGEST_MONTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def check_rule(text: str) -> None:
    """Field validator: raises ValidationError, with a sentence for the person, for a rule of no use."""
    _read(text)


def occurrences(
    rule: str,
    *,
    first: datetime.date,
    last: datetime.date,
    start_time: datetime.time,
    holidays: str = "keep",
    anchor: datetime.date,
) -> list[datetime.datetime]:
    """The moments from `first` to `last`, both included, on which `rule` falls, as aware times of Shanghai.

    `anchor` is the day on which the rule begins: intervals and COUNT are counted from it, and nothing comes
    before it. With holidays="skip" days that are not worked (statutory holidays, weekends that are not made
    up for) are left out; COUNT still counts them. Raises ValidationError where `check_rule` does.
    """
    parts = _read(rule)
    if last < first or last < anchor:
        return []
    begin = datetime.datetime.combine(anchor, start_time.replace(tzinfo=None))
    found = _days(parts, begin, max(first, anchor), last)
    if holidays == "skip" and found:
        working = WorkingDays(found[0], found[-1])
        found = [day for day in found if day in working]
    return [datetime.datetime.combine(day, begin.time(), tzinfo=SHANGHAI) for day in found]


def _days(
    parts: dict[str, str], begin: datetime.datetime, first: datetime.date, last: datetime.date
) -> list[datetime.date]:
    days = []
    for moment in rrule.rrulestr(_text(parts), dtstart=begin):
        if moment.date() > last:
            break
        if moment.date() >= first:
            days.append(moment.date())
    return days


def _text(parts: dict[str, str]) -> str:
    """The rule as dateutil reads it. UNTIL names a day, still included, whatever time or zone it bears."""
    spoken = dict(parts)
    if "UNTIL" in spoken:
        spoken["UNTIL"] = spoken["UNTIL"][:8] + "T235959"
    return ";".join(f"{name}={value}" for name, value in spoken.items())


def _read(text: str) -> dict[str, str]:
    parts = _split(text)
    for refuse in _REFUSALS:
        refuse(parts)
    return parts


def _split(text: str) -> dict[str, str]:
    if not isinstance(text, str) or len(text) > LONGEST_RULE:
        raise _unreadable(str(text)[:40])
    parts: dict[str, str] = {}
    for piece in text.strip().upper().removeprefix("RRULE:").rstrip(";").split(";"):
        name, _equals, value = piece.partition("=")
        if name == "FREQ" and value in ("SECONDLY", "MINUTELY", "HOURLY"):
            raise ValidationError(
                _("At most once a day: FREQ is DAILY, WEEKLY, MONTHLY or YEARLY."), "too_dense"
            )
        if name in parts or name not in _GRAMMAR or not _GRAMMAR[name].fullmatch(value):
            raise _unreadable(piece)
        parts[name] = value
    if "FREQ" not in parts:
        raise _unreadable(text)
    return parts


def _unreadable(what: str) -> ValidationError:
    message = _(
        "“%(what)s” cannot be read as a recurrence rule. "
        "Write it like FREQ=DAILY or FREQ=WEEKLY;BYDAY=MO,WE,FR."
    )
    return ValidationError(message, "unreadable", {"what": what})


def _refuse_ranges(parts: dict[str, str]) -> None:
    """Numbers that name no month, no day, no interval, or more times than anyone plans."""
    within = (
        1 <= _interval(parts) <= LONGEST_INTERVAL
        and all(1 <= month <= 12 for month in _numbers(parts, "BYMONTH"))
        and all(1 <= abs(day) <= 31 for day in _numbers(parts, "BYMONTHDAY"))
    )
    if not within:
        raise _unreadable(";".join(f"{name}={value}" for name, value in parts.items()))
    if not 1 <= int(parts.get("COUNT", 1)) <= MOST_TIMES:
        raise ValidationError(_("COUNT is from 1 to %(most)d."), "too_many", {"most": MOST_TIMES})
    if "COUNT" in parts and "UNTIL" in parts:
        raise ValidationError(_("Give either COUNT or UNTIL, not both."), "two_ends")
    if "UNTIL" in parts:
        try:
            datetime.datetime.strptime(parts["UNTIL"][:8], "%Y%m%d")
        except ValueError:
            raise _unreadable(f"UNTIL={parts['UNTIL']}") from None


def _refuse_never(parts: dict[str, str]) -> None:
    """Combinations that need not ever have a day. What is left always has one; a property test holds it."""
    frequency, stepped = parts["FREQ"], _interval(parts) > 1
    by_day, by_month_day = "BYDAY" in parts, "BYMONTHDAY" in parts
    ordinals = by_day and any(sign.isdigit() for sign in parts["BYDAY"])
    monthly = frequency in ("MONTHLY", "YEARLY")
    narrowed = by_day or by_month_day or "BYMONTH" in parts
    never = (
        (not monthly and (ordinals or by_month_day))
        or (frequency == "DAILY" and stepped and narrowed)
        or (frequency == "WEEKLY" and stepped and "BYMONTH" in parts)
        or (monthly and "BYMONTH" in parts and (stepped or not (by_day or by_month_day)))
        or (frequency == "YEARLY" and narrowed and (stepped or "BYMONTH" not in parts))
        or (by_day and by_month_day and (ordinals or stepped))
        or ("BYSETPOS" in parts and (frequency != "MONTHLY" or not by_day or ordinals or by_month_day))
        or (stepped and any(abs(day) > 28 for day in _numbers(parts, "BYMONTHDAY")))
        or (stepped and by_day and "5" in parts["BYDAY"])
        or not _has_a_month_long_enough(parts)
    )
    if never:
        raise ValidationError(
            _("This combination may never have a day, or not for years. Say it more simply."), "never"
        )


def _has_a_month_long_enough(parts: dict[str, str]) -> bool:
    months, days = _numbers(parts, "BYMONTH"), _numbers(parts, "BYMONTHDAY")
    if not months or not days:
        return True
    return any(abs(day) <= _LONGEST_MONTHS[month - 1] for month in months for day in days)


def _interval(parts: dict[str, str]) -> int:
    return int(parts.get("INTERVAL", 1))


def _numbers(parts: dict[str, str], name: str) -> list[int]:
    return [int(number) for number in parts[name].split(",")] if name in parts else []


_REFUSALS: tuple[Callable[[dict[str, str]], None], ...] = (_refuse_ranges, _refuse_never)
