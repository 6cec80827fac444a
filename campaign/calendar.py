"""Working days and working hours: statutory holidays and make-up days, from rows (domain.md §4.4)."""

import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone

from campaign.models import CalendarDay

MORNING, EVENING = datetime.time(9, 0), datetime.time(17, 0)
"""office hours of a civil office, without the noon break, so that a limit of 4 working hours is half a day"""
HOURS_A_DAY = 8


class WorkingDays:
    """Answers for a stretch of days with one query; days without rows count as Monday to Friday."""

    def __init__(self, first: datetime.date, last: datetime.date) -> None:
        self.first, self.last = first, last
        rows = CalendarDay.objects.filter(day__range=(first, last)).values_list("day", "is_working", "name")
        self._known = {day: works for day, works, _name in rows}
        self._names = {day: name for day, _works, name in rows}

    def covers(self, first: datetime.date, last: datetime.date) -> bool:
        """Whether it was asked for all days from `first` to `last`."""
        return self.first <= first and last <= self.last

    def __contains__(self, day: datetime.date) -> bool:
        return self._known.get(day, day.weekday() < 5)

    def spans(self, first: datetime.date, last: datetime.date) -> list["Span"]:
        """The unusual about the days from `first` to `last`: stretches without work, and weekend days with it."""
        found: list[Span] = []
        day = first
        while day <= last:
            works, weekend = day in self, day.weekday() >= 5
            if not works or weekend:
                name = self._names.get(day, "")
                before = found[-1] if found and found[-1].last == day - timedelta(days=1) else None
                if before and before.works == works:
                    found[-1] = Span(before.first, day, works, before.name or name)
                else:
                    found.append(Span(day, day, works, name))
            day += timedelta(days=1)
        return found


@dataclass(frozen=True)
class Span:
    """Days on end that are not worked, or a weekend's that are."""

    first: datetime.date
    last: datetime.date
    works: bool
    name: str
    """the holiday's; "" for a weekend"""


_remembered: ContextVar[WorkingDays | None] = ContextVar("_remembered", default=None)


@contextmanager
def remembering(first: datetime.date, last: datetime.date) -> Iterator[None]:
    """Reads the days from `first` to `last` once, for a load that asks thousands of times within them."""
    token = _remembered.set(WorkingDays(first, last))
    try:
        yield
    finally:
        _remembered.reset(token)


def _days(first: datetime.date, last: datetime.date) -> WorkingDays:
    """The remembered days where they are enough, else those from `first` to `last`, asked for."""
    known = _remembered.get()
    return known if known and known.covers(first, last) else WorkingDays(first, last)


def fill(year: int) -> int:
    """Copy the calendar of `year` out of the package into rows; returns the days now known, 0 if it has none."""
    import chinese_calendar

    rows = []
    day = datetime.date(year, 1, 1)
    try:
        while day.year == year:
            holiday, name = chinese_calendar.get_holiday_detail(day)
            rows.append(
                CalendarDay(day=day, is_working=chinese_calendar.is_workday(day), name=_name(holiday, name))
            )
            day += timedelta(days=1)
    except NotImplementedError:
        return 0
    CalendarDay.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def _name(holiday: bool, name: str | None) -> str:
    from chinese_calendar import Holiday

    return Holiday(name).chinese if holiday and name else ""


def is_known(year: int) -> bool:
    """Whether the calendar of `year` is in rows; a deadline in an unknown year is a guess that must be shown.

    Two days that are holidays every year tell it, whether the year was filled or its holidays were entered by hand.
    """
    sure = (datetime.date(year, 1, 1), datetime.date(year, 10, 1))
    return CalendarDay.objects.filter(day__in=sure).count() == len(sure)


def unknown_years(today: datetime.date) -> list[int]:
    """The years whose working days are needed now and are not in rows: this one, and in December the next, which
    deadlines then reach. The State Council publishes a year's holidays in the November before it."""
    needed = [today.year, today.year + 1] if today.month == 12 else [today.year]
    return [year for year in needed if not is_known(year)]


def add_working_hours(start: datetime.datetime, hours: float) -> datetime.datetime:
    """The moment when `hours` working hours have passed since `start`; eight make a working day."""
    return add_working_time(start, timedelta(hours=hours))


def add_working_time(start: datetime.datetime, amount: timedelta) -> datetime.datetime:
    """The moment when `amount` of working time has passed since `start`; eight hours of it make a working day."""
    local = timezone.localtime(start)
    until = local.date() + timedelta(days=int(amount / timedelta(hours=HOURS_A_DAY)) * 3 + 30)
    days = _days(local.date(), until)
    left = amount
    day = local.date()
    while True:
        if day in days:
            opens = datetime.datetime.combine(day, MORNING, tzinfo=local.tzinfo)
            closes = datetime.datetime.combine(day, EVENING, tzinfo=local.tzinfo)
            begins = max(local, opens)
            if begins < closes:
                if closes - begins >= left:
                    return begins + left
                left -= closes - begins
        day += timedelta(days=1)


def take_working_time(end: datetime.datetime, amount: timedelta) -> datetime.datetime:
    """The moment from which exactly `amount` of working time is left until `end`."""
    local = timezone.localtime(end)
    since = local.date() - timedelta(days=int(amount / timedelta(hours=HOURS_A_DAY)) * 3 + 30)
    days = _days(since, local.date())
    left = amount
    day = local.date()
    while True:
        if day in days:
            opens = datetime.datetime.combine(day, MORNING, tzinfo=local.tzinfo)
            ends = min(local, datetime.datetime.combine(day, EVENING, tzinfo=local.tzinfo))
            if opens < ends:
                if ends - opens >= left:
                    return ends - left
                left -= ends - opens
        day -= timedelta(days=1)


def working_time_between(start: datetime.datetime, end: datetime.datetime) -> timedelta:
    """How much working time lies between two moments; nought when `end` is not after `start`."""
    begins, ends = timezone.localtime(start), timezone.localtime(end)
    days = _days(begins.date(), ends.date())
    total = timedelta()
    day = begins.date()
    while day <= ends.date():
        if day in days:
            opens = datetime.datetime.combine(day, MORNING, tzinfo=begins.tzinfo)
            closes = datetime.datetime.combine(day, EVENING, tzinfo=begins.tzinfo)
            total += max(min(ends, closes) - max(begins, opens), timedelta())
        day += timedelta(days=1)
    return total
