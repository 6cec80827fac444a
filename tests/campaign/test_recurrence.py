"""Recurrence rules: what is refused, and that what is accepted always has a next day."""

import datetime
import time

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from campaign.models import CalendarDay
from campaign.recurrence import FREQUENCIES, SHANGHAI, check_rule, occurrences

MONDAY = datetime.date(2026, 11, 2)
NINE = datetime.time(9, 0)


def days(rule, first=MONDAY, last=MONDAY + datetime.timedelta(days=13), anchor=MONDAY, holidays="keep"):
    found = occurrences(rule, first=first, last=last, start_time=NINE, holidays=holidays, anchor=anchor)
    return [moment.date() for moment in found]


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY",
        "RRULE:FREQ=WEEKLY;BYDAY=MO,WE,FR",
        "freq=weekly;byday=fr",
        "FREQ=MONTHLY;BYDAY=1FR",
        "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1",
        "FREQ=MONTHLY;BYMONTHDAY=-1",
        "FREQ=YEARLY;BYMONTH=4;BYMONTHDAY=5",
        "FREQ=DAILY;INTERVAL=3;COUNT=10",
        "FREQ=WEEKLY;UNTIL=20261231T155959Z",
    ],
)
def test_rules_that_a_street_would_plan_are_accepted(rule):
    check_rule(rule)


@pytest.mark.parametrize(
    "rule",
    [
        "",
        "every Friday",
        "FREQ=DAILY;FREQ=DAILY",
        "FREQ=SECONDLY",
        "FREQ=MINUTELY;INTERVAL=1",
        "FREQ=HOURLY",
        "FREQ=FORTNIGHTLY",
        "INTERVAL=2",
        "FREQ=DAILY;INTERVAL=0",
        "FREQ=DAILY;INTERVAL=99999",
        "FREQ=DAILY;COUNT=0",
        "FREQ=DAILY;COUNT=9999",
        "FREQ=DAILY;COUNT=99999999999",
        "FREQ=DAILY;COUNT=3;UNTIL=20261231",
        "FREQ=DAILY;UNTIL=20261399",
        "FREQ=DAILY;BYHOUR=1,2,3",
        "FREQ=DAILY;BYSECOND=1",
        "FREQ=DAILY;BYSETPOS=1",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=9",
        "FREQ=MONTHLY;BYDAY=MO;BYSETPOS=366",
        "FREQ=MONTHLY;BYMONTHDAY=32",
        "FREQ=YEARLY;BYEASTER=0",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;BYDAY=1FR",
        "FREQ=DAILY\nDTSTART:20200101T000000",
        "FREQ=DAILY\x00",
        "FREQ=DAILY;" + "BYDAY=MO" * 40,
        "FREQ=DAILY;INTERVAL=１",
    ],
)
def test_rules_that_cannot_be_read_or_are_hostile_are_refused(rule):
    with pytest.raises(ValidationError):
        check_rule(rule)


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=DAILY;INTERVAL=7;BYDAY=TU",
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MONTHLY;BYDAY=1MO;BYMONTHDAY=20",
        "FREQ=MONTHLY;INTERVAL=2;BYMONTH=2;BYMONTHDAY=1",
        "FREQ=MONTHLY;BYMONTH=2",
    ],
)
def test_a_rule_that_never_has_a_day_is_refused_at_once_and_not_searched_for_until_the_year_9999(rule):
    began = time.perf_counter()
    with pytest.raises(ValidationError):
        occurrences(rule, first=MONDAY, last=MONDAY, start_time=NINE, anchor=datetime.date(2026, 3, 30))
    assert time.perf_counter() - began < 0.1


numbers = st.lists(st.integers(-31, 31).filter(bool), min_size=1, max_size=3)
weekdays = st.lists(
    st.builds(
        "{}{}".format,
        st.sampled_from(["", "", "1", "-1", "4", "5", "-5"]),
        st.sampled_from(["MO", "WE", "FR", "SU"]),
    ),
    min_size=1,
    max_size=3,
)


@st.composite
def rules(draw):
    parts = [f"FREQ={draw(st.sampled_from(FREQUENCIES))}"]
    for name, values in {
        "INTERVAL": st.integers(1, 40).map(lambda number: [number]),
        "BYMONTH": st.lists(st.integers(1, 12), min_size=1, max_size=2),
        "BYMONTHDAY": numbers,
        "BYDAY": weekdays,
        "BYSETPOS": st.lists(st.integers(-5, 5).filter(bool), min_size=1, max_size=2),
    }.items():
        if draw(st.booleans()):
            parts.append(f"{name}={','.join(map(str, draw(values)))}")
    return ";".join(parts)


@settings(max_examples=60, deadline=None)
@given(rule=rules(), anchor=st.dates(datetime.date(2020, 1, 1), datetime.date(2027, 12, 31)))
def test_every_accepted_rule_has_a_day_within_the_calendars_cycle(rule, anchor):
    try:
        check_rule(rule)
    except ValidationError:
        return
    assert days(rule, anchor, anchor + datetime.timedelta(days=41 * 366), anchor)


@settings(max_examples=60, deadline=None)
@given(
    rule=rules(),
    anchor=st.dates(datetime.date(2026, 1, 1), datetime.date(2026, 12, 31)),
    cut=st.integers(0, 400),
)
def test_a_stretch_read_in_two_parts_is_the_stretch_read_at_once(rule, anchor, cut):
    try:
        check_rule(rule)
    except ValidationError:
        return
    last, middle = anchor + datetime.timedelta(days=400), anchor + datetime.timedelta(days=cut)
    parts = days(rule, anchor, middle, anchor) + days(rule, middle + datetime.timedelta(days=1), last, anchor)
    assert parts == days(rule, anchor, last, anchor)


def test_intervals_count_from_the_anchor_and_not_from_the_window():
    later = MONDAY + datetime.timedelta(days=7)
    assert days("FREQ=WEEKLY;INTERVAL=2", later, later + datetime.timedelta(days=13)) == [
        MONDAY + datetime.timedelta(days=14)
    ]


def test_nothing_comes_before_the_anchor():
    assert days("FREQ=DAILY", MONDAY - datetime.timedelta(days=5), MONDAY) == [MONDAY]


def test_the_last_day_named_by_until_is_still_included():
    assert days("FREQ=DAILY;UNTIL=20261103") == [MONDAY, MONDAY + datetime.timedelta(days=1)]
    assert days("FREQ=DAILY;UNTIL=20261103T000000Z") == days("FREQ=DAILY;UNTIL=20261103")


def test_times_are_shanghai_times():
    (moment,) = occurrences("FREQ=DAILY", first=MONDAY, last=MONDAY, start_time=NINE, anchor=MONDAY)
    assert moment == datetime.datetime(2026, 11, 2, 9, tzinfo=SHANGHAI)
    assert moment.astimezone(datetime.UTC).hour == 1


def test_skipping_holidays_keeps_make_up_days_and_leaves_holidays_out(db):
    saturday, holiday = MONDAY + datetime.timedelta(days=5), MONDAY + datetime.timedelta(days=1)
    CalendarDay.objects.create(day=saturday, is_working=True)
    CalendarDay.objects.create(day=holiday, is_working=False, name="holiday")
    found = days("FREQ=DAILY", last=MONDAY + datetime.timedelta(days=6), holidays="skip")
    assert saturday in found
    assert holiday not in found
    assert MONDAY + datetime.timedelta(days=6) not in found
