"""Deadlines run on working time: over nights, weekends, holidays and make-up days; frozen at the dispatch."""

import datetime
from datetime import timedelta

import pytest

from campaign import calendar
from campaign.calendar import add_working_hours, working_time_between
from campaign.errors import Refused
from campaign.recurrence import SHANGHAI
from grids import cases
from grids.models import Case
from tests.grids.conftest import photo


def at(month, day, hour=10, minute=0, year=2020):
    return datetime.datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _calendar(db):
    assert calendar.fill(2020) == 366


def dispatched(streets, now, hours=4) -> Case:
    streets.litter.fix_limit = hours
    streets.litter.save()
    case = cases.open(
        committee=streets.huguo, community=streets.a, category=streets.litter, description="垃圾",
        source="resident", now=now,
    )  # fmt: skip
    return cases.move(case, "dispatch", by=streets.official, unit=streets.unit_a, now=now)


@pytest.mark.parametrize(
    ("sent", "hours", "due"),
    [
        (at(11, 4, 10), 4, at(11, 4, 14)),
        (at(11, 4, 16), 4, at(11, 5, 12)),
        (at(11, 4, 22), 4, at(11, 5, 13)),
        (at(11, 4, 6), 4, at(11, 4, 13)),
        (at(11, 6, 16), 2, at(11, 9, 10)),  # Friday into Monday
        (at(9, 27, 10), 4, at(9, 27, 14)),  # a Sunday that was worked, in exchange for the holiday
        (at(9, 30, 16), 4, at(10, 9, 12)),  # 1 to 8 October: National Day and mid-autumn
        (at(10, 9, 16), 4, at(10, 10, 12)),  # Saturday 10 October is a make-up day
        (at(9, 30, 9), 40, at(10, 13, 17)),
    ],
)
def test_the_deadline_counts_working_hours_only(streets, sent, hours, due):
    case = dispatched(streets, sent, hours)
    assert case.due_at == due
    assert case.due_on == due.date()


def test_a_longer_limit_of_the_category_does_not_move_a_deadline_that_was_given(streets):
    case = dispatched(streets, at(11, 4))
    streets.litter.fix_limit = 80
    streets.litter.save()
    assert cases.move(case, "accept", by=streets.liaison_a, now=at(11, 4, 11)).due_at == at(11, 4, 14)


def test_suspended_time_is_given_back_as_working_time(streets):
    case = dispatched(streets, at(9, 29, 15))  # due on the 30th at 11
    assert case.due_at == at(9, 30, 11)
    case = cases.move(case, "suspend", by=streets.official, note="等待产权单位", now=at(9, 30, 10))
    assert not Case.objects.overdue(at(10, 20)).exists()
    case = cases.move(case, "resume", by=streets.official, now=at(10, 9, 11))
    # seven hours of the 30th and two of the 9th of October stood still: nine from the old deadline
    assert case.due_at == at(10, 9, 12)
    assert case.suspended_at is None


def test_rework_buys_no_time(streets):
    case = dispatched(streets, at(11, 4))
    cases.move(case, "report_back", by=streets.liaison_a, photo=photo(), now=at(11, 4, 11))
    case = cases.move(case, "rework", by=streets.official, note="没清干净", now=at(11, 4, 15))
    assert case.due_at == at(11, 4, 14)
    assert case in Case.objects.overdue(at(11, 4, 15))


@pytest.mark.parametrize("accepted", [False, True])
def test_an_extension_moves_the_deadline_and_leaves_the_state(streets, accepted):
    case = dispatched(streets, at(11, 4))
    if accepted:
        case = cases.move(case, "accept", by=streets.liaison_a, now=at(11, 4, 11))
    state = case.state
    case = cases.move(case, "extend", by=streets.official, note="定制", due_at=at(11, 6), now=at(11, 4, 12))
    assert (case.state, case.due_at, case.due_on) == (state, at(11, 6), datetime.date(2020, 11, 6))


@pytest.mark.parametrize("due", [at(11, 4, 13), at(11, 4, 14), at(11, 3), at(12, 4, year=2022)])
def test_an_extension_backwards_or_for_years_is_refused(streets, due):
    case = dispatched(streets, at(11, 4))
    with pytest.raises(Refused):
        cases.move(case, "extend", by=streets.official, note="定制", due_at=due, now=at(11, 4, 12))


def test_days_that_are_not_in_rows_count_as_monday_to_friday():
    assert add_working_hours(at(11, 6, 16, year=2031), 2) == at(11, 7, 10, year=2031)


def test_time_between_is_what_was_added():
    start = at(9, 29, 20)
    for hours in (0.5, 4, 8, 21.25, 40):
        assert working_time_between(start, add_working_hours(start, hours)) == timedelta(hours=hours)
    assert working_time_between(at(11, 5), at(11, 4)) == timedelta()


def test_remembered_days_give_the_same_answers():
    start = at(9, 29, 20)
    plain = add_working_hours(start, 30)
    with calendar.remembering(start.date(), datetime.date(2020, 12, 31)):
        assert add_working_hours(start, 30) == plain
