"""The statistical month, which ends on a settled day and not with the calendar's (domain.md §4.5)."""

import calendar
import datetime
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from grids.models import ClockSetting

Day = datetime.date

USUAL_LAST_DAY = 25
USUAL_WAITING_DAYS = 3


@dataclass(frozen=True)
class StatisticalMonth:
    """From the day after the last one's end to its own end, both included; named after the month it ends in."""

    year: int
    month: int
    first: Day
    last: Day


class Months:
    """The statistical months of a street, by its settings as they were in force: without gap or overlap."""

    def __init__(self, settings: Iterable[ClockSetting]) -> None:
        self._settings = sorted(settings, key=lambda setting: setting.since)

    def setting_on(self, day: Day) -> ClockSetting:
        """The setting in force on the day; the usual one before the first."""
        found = [setting for setting in self._settings if setting.since <= day]
        usual = ClockSetting(month_ends_on=USUAL_LAST_DAY, waiting_days=USUAL_WAITING_DAYS)
        return found[-1] if found else usual

    def end(self, year: int, month: int) -> Day:
        """The last day of a month, by the setting in force on its first calendar day."""
        ends_on = self.setting_on(Day(year, month, 1)).month_ends_on
        return Day(year, month, min(ends_on, calendar.monthrange(year, month)[1]))

    def named(self, year: int, month: int) -> StatisticalMonth:
        """The statistical month that ends in a calendar month."""
        before = Day(year, month, 1) - timedelta(days=1)
        first = self.end(before.year, before.month) + timedelta(days=1)
        return StatisticalMonth(year, month, first, self.end(year, month))

    def of(self, day: Day) -> StatisticalMonth:
        """The statistical month that a day belongs to."""
        if day <= self.end(day.year, day.month):
            return self.named(day.year, day.month)
        following = Day(day.year, day.month, 28) + timedelta(days=4)
        return self.named(following.year, following.month)

    def end_of(self, day: Day) -> Day:
        """The last day of the month that the day belongs to."""
        return self.of(day).last


def months_of(committee: Any) -> Months:
    """The statistical months of a street, given as row or key."""
    return Months(ClockSetting.objects.filter(committee=committee))
