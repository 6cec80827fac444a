"""Two clocks a case: frozen at the dispatch, standing still in pauses, with lamps that lists and pages agree on."""

import datetime
from datetime import timedelta

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from campaign import calendar
from campaign.calendar import add_working_time, take_working_time, working_time_between
from campaign.errors import Refused
from campaign.recurrence import SHANGHAI
from grids import cases, clocks
from grids.clocks import Lamp, Limit
from grids.models import Case, CaseEvent, ClockRecord, ClockSetting
from grids.months import Months, months_of
from tests.grids.conftest import photo


def at(month, day, hour=10, minute=0, year=2020):
    return datetime.datetime(year, month, day, hour, minute, tzinfo=SHANGHAI)


@pytest.fixture(autouse=True)
def _calendar(db):
    calendar.fill(2020)


def dispatched(streets, now, **limits) -> Case:
    for name, value in {"fix_limit": 10, "fix_unit": "hour", "response_limit": 2, **limits}.items():
        setattr(streets.litter, name, value)
    streets.litter.save()
    case = cases.open(
        committee=streets.huguo, community=streets.a, category=streets.litter, description="垃圾",
        source="resident", reporter_phone="12012345678", now=now,
    )  # fmt: skip
    return cases.move(case, "dispatch", by=streets.official, unit=streets.unit_a, now=now)


def kinds(case):
    return set(case.clock_records.values_list("kind", flat=True))


# --- Freezing and responding --------------------------------------------------------------------------
def test_both_limits_are_frozen_at_the_dispatch(streets):
    case = dispatched(streets, at(11, 4, 16))
    assert (case.response_due_at, case.due_at) == (at(11, 5, 10), at(11, 6, 10))
    streets.litter.fix_limit = streets.litter.response_limit = 500
    streets.litter.save()
    case = cases.move(case, "extend", by=streets.official, note="雨", due_at=at(11, 10), now=at(11, 4, 17))
    assert (case.fix_limit, case.response_limit, case.due_at) == (10, 2, at(11, 10))


@pytest.mark.parametrize(
    ("unit", "due"), [("hour", at(11, 6, 17)), ("day", at(11, 10, 16)), ("urgent", at(11, 6, 18))]
)
def test_a_limit_runs_in_its_own_time(streets, unit, due):
    now = at(11, 6, 14) if unit != "day" else at(11, 6, 16)
    limit = {"hour": 3, "day": 2, "urgent": 4}[unit]
    assert dispatched(streets, now, fix_limit=limit, fix_unit=unit).due_at == due


@pytest.mark.parametrize("move", ["accept", "report_back", "ask"])
def test_taking_the_case_up_is_the_response_and_the_first_time_counts(streets, move):
    case = dispatched(streets, at(11, 4, 10))
    given = {"photo": photo()} if move == "report_back" else {"note": "在哪一侧？"} if move == "ask" else {}
    case = cases.move(case, move, by=streets.liaison_a, now=at(11, 4, 11), **given)
    assert case.responded_at == at(11, 4, 11)
    assert kinds(case) == {"response_due", "responded"}


def test_a_late_response_is_due_and_not_in_time(streets):
    case = dispatched(streets, at(11, 4, 10))
    case = cases.move(case, "accept", by=streets.liaison_a, now=at(11, 4, 13))
    assert kinds(case) == {"response_due"}


# --- Waiting for the reporter --------------------------------------------------------------------------
def asked(streets) -> Case:
    case = dispatched(streets, at(11, 4, 10))  # due on the 5th at 12
    return cases.move(case, "ask", by=streets.liaison_a, note="在哪一侧？", now=at(11, 4, 12))


def test_the_clock_stands_still_while_the_reporter_is_asked(streets):
    case = asked(streets)
    assert cases.question(case).note == "在哪一侧？"
    assert not Case.objects.overdue(at(11, 20)).exists()
    case = cases.answer(case, " 北侧 ", now=at(11, 5, 12))
    assert (case.state, case.due_at, case.waiting_until) == ("handling", at(11, 6, 12), None)
    event = CaseEvent.objects.filter(case=case).order_by("pk").last()
    assert (event.move, event.note, event.by) == ("answer", "北侧", None)


def test_the_same_answer_twice_is_one_and_another_is_too_late(streets):
    case = asked(streets)
    cases.answer(case, "北侧", now=at(11, 5))
    cases.answer(case, "北侧", now=at(11, 5))
    assert case.events.filter(move="answer").count() == 1
    with pytest.raises(Refused) as refusal:
        cases.answer(case, "南侧", now=at(11, 5))
    assert refusal.value.code == "state"
    for nothing in ("", "   ", "长" * 501):
        with pytest.raises(Refused):
            cases.answer(case, nothing)


def test_waiting_ends_by_itself_after_the_street_s_time(streets):
    ClockSetting.objects.create(committee=streets.huguo, since=at(1, 1).date(), waiting_days=2)
    case = asked(streets)
    assert case.waiting_until == at(11, 6, 12)
    assert cases.end_waiting(at(11, 6, 11)) == 0
    assert cases.end_waiting(at(11, 6, 12)) == 1
    assert cases.end_waiting(at(11, 6, 12)) == 0
    case.refresh_from_db()
    assert (case.state, case.due_at) == ("handling", at(11, 9, 12))  # two working days were given back


def test_a_pause_after_the_deadline_gives_nothing_back(streets):
    case = dispatched(streets, at(11, 4, 10))
    case = cases.move(case, "suspend", by=streets.official, note="等待", now=at(11, 5, 14))
    case = cases.move(case, "resume", by=streets.official, now=at(11, 9, 14))
    assert case.due_at == at(11, 5, 12)
    assert kinds(case) == {"response_due", "due"}


# --- What is put on record ---------------------------------------------------------------------------
def closed(streets, case, now):
    cases.move(case, "report_back", by=streets.liaison_a, photo=photo(), now=now - timedelta(minutes=5))
    return cases.move(case, "verify", by=streets.official, now=now)


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (at(11, 5, 12), {"due", "closed", "in_time"}),
        (at(11, 5, 13), {"due", "closed"}),
        (at(11, 25, 17), {"due", "closed"}),
        (at(11, 26, 10), {"due", "later"}),  # after the cut-off of its month, the 25th
    ],
)
def test_a_closing_counts_in_the_month_of_its_deadline_or_not_at_all(streets, when, said):
    case = dispatched(streets, at(11, 4, 10))
    closed(streets, case, when)
    assert kinds(case) - {"response_due", "responded"} == said
    days = dict(case.clock_records.values_list("kind", "day"))
    assert days["due"] == at(11, 5).date()
    assert days.get("later", when.date()) == when.date()


def test_what_came_due_stays_due_after_an_extension_and_a_reopening(streets):
    case = dispatched(streets, at(11, 4, 10))
    case = cases.move(case, "extend", by=streets.official, note="雨", due_at=at(11, 9), now=at(11, 5, 15))
    case = closed(streets, case, at(11, 6))
    case = cases.move(case, "reopen", by=streets.official, note="又有了", now=at(11, 6, 11))
    found = case.clock_records.filter(kind__in=("due", "closed", "in_time")).order_by("day", "run", "kind")
    assert list(found.values_list("run", "kind", "day")) == [
        (1, "due", at(11, 5).date()),
        (2, "closed", at(11, 9).date()),
        (2, "due", at(11, 9).date()),
        (2, "in_time", at(11, 9).date()),
    ]


@pytest.mark.parametrize("move", ["merge", "return"])
def test_what_ends_otherwise_before_its_deadline_never_comes_due(streets, move):
    case = dispatched(streets, at(11, 4, 10))
    if move == "merge":
        other = dispatched(streets, at(11, 4, 10))
        cases.move(case, "merge", by=streets.official, merged_into=other, now=at(11, 4, 11))
    else:
        cases.move(
            case,
            "return",
            by=streets.liaison_a,
            note="不属本单位",
            unit=streets.unit_b,
            now=at(11, 4, 11),
        )
    assert not ClockRecord.objects.filter(case=case).exists()


# --- Lamps ------------------------------------------------------------------------------------------
def test_the_lamp_is_amber_at_eighty_percent_and_red_after_the_deadline(streets):
    case = dispatched(streets, at(11, 4, 9))  # ten hours: due on the 5th at 11, amber from the 4th at 17
    case = cases.move(case, "accept", by=streets.liaison_a, now=at(11, 4, 9, 30))
    assert clocks.lamp(case, at(11, 4, 16, 59)) == Lamp.ON_TRACK
    assert clocks.lamp(case, at(11, 5, 9, 1)) == Lamp.AT_RISK
    assert clocks.lamp(case, at(11, 5, 11)) == Lamp.AT_RISK
    assert clocks.lamp(case, at(11, 5, 11, 1)) == Lamp.BEHIND


def test_the_response_s_lamp_comes_first_and_goes_out_with_the_response(streets):
    case = dispatched(streets, at(11, 4, 10))
    assert clocks.lamp(case, at(11, 4, 11, 40)) == Lamp.AT_RISK
    assert clocks.lamp(case, at(11, 4, 12, 1)) == Lamp.BEHIND
    case = cases.move(case, "accept", by=streets.liaison_a, now=at(11, 4, 12, 2))
    assert clocks.lamp(case, at(11, 4, 12, 3)) == Lamp.ON_TRACK


def test_a_list_asks_the_database_and_finds_the_same_lamps(streets):
    first = dispatched(streets, at(11, 4, 10))
    moved = [dispatched(streets, at(11, 4, 10)) for _case in range(3)]
    cases.move(moved[0], "accept", by=streets.liaison_a, now=at(11, 4, 11))
    cases.move(moved[1], "suspend", by=streets.official, note="等待", now=at(11, 4, 11))
    closed(streets, moved[2], at(11, 4, 11))
    for hours in range(0, 60, 1):
        now = at(11, 4, 10) + timedelta(hours=hours, minutes=17)
        rows = Case.objects.filter(pk__in=[first.pk, *(case.pk for case in moved)])
        wanted = {lamp: {case.pk for case in rows if clocks.lamp(case, now) == lamp} for lamp in Lamp}
        assert {lamp: set(rows.lit(lamp, now).values_list("pk", flat=True)) for lamp in Lamp} == wanted


# --- Counting there and back --------------------------------------------------------------------------
hours = st.integers(0, 200).map(lambda quarters: timedelta(minutes=15 * quarters))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(start=st.datetimes(datetime.datetime(2020, 9, 1), datetime.datetime(2020, 11, 1)), amount=hours)
def test_taking_back_is_the_inverse_of_adding(start, amount):
    start = start.replace(tzinfo=SHANGHAI)
    end = add_working_time(start, amount)
    begin = take_working_time(end, amount)
    assert working_time_between(begin, end) == working_time_between(start, end) == amount


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.integers(1, 40), unit=st.sampled_from(["hour", "day", "urgent"]),
    percent=st.sampled_from([10, 50, 80, 100, 150, 300]),
    start=st.datetimes(datetime.datetime(2020, 9, 20), datetime.datetime(2020, 10, 20)),
)  # fmt: skip
def test_a_share_of_a_limit_is_that_share_of_its_time(value, unit, percent, start):
    limit, start = Limit(value, unit), start.replace(tzinfo=SHANGHAI)
    due = limit.later(start, limit.amount)
    used = limit.between(start, clocks.at_percent(limit, due, percent))
    assert abs(used - limit.amount * percent / 100) < timedelta(seconds=1)


# --- The explanation --------------------------------------------------------------------------------
def steps_of(case):
    return [(step.kind, step.due_at) for step in cases.explain_deadline(case)]


def test_the_explanation_tells_limit_holidays_pauses_and_extension_and_ends_with_the_date(streets):
    case = dispatched(streets, at(9, 29, 15), fix_limit=1, fix_unit="day")  # due on the 30th at 15
    case = cases.move(case, "suspend", by=streets.official, note="等待产权单位", now=at(9, 30, 10))
    case = cases.move(case, "resume", by=streets.official, now=at(10, 9, 11))
    case = cases.move(case, "extend", by=streets.official, note="定制", due_at=at(10, 14), now=at(10, 9, 12))
    told = cases.explain_deadline(case)
    assert steps_of(case) == [
        ("dispatch", None), ("limit", None), ("calendar", None), ("calendar", None),
        ("first", at(9, 30, 15)), ("pause", at(10, 9, 16)), ("extension", at(10, 14)), ("due", at(10, 14)),
    ]  # fmt: skip
    text = "\n".join(f"{step.title} {step.text}" for step in told)
    for word in (
        "1 工作日",
        "10月1日至10月8日",
        "国庆节",
        "10月10日",
        "9 工作时",
        "定制",
        streets.official.name,
    ):
        assert word in text, (word, text)


def test_a_year_without_holidays_is_said_in_the_explanation(streets):
    case = dispatched(streets, at(11, 4, 10, year=2031))
    assert "unknown_year" in [kind for kind, _due in steps_of(case)]
    assert cases.explain_deadline(Case(committee=streets.huguo)) == []


MOVES = st.lists(
    st.tuples(
        st.sampled_from(["suspend", "resume", "ask", "answer", "extend", "accept"]), st.integers(1, 30)
    ),
    max_size=8,
)


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(moves=MOVES)
def test_whatever_happened_the_explanation_ends_with_the_case_s_own_date(streets, moves):
    now = at(9, 25, 10)
    case = dispatched(streets, now)
    for name, hours_later in moves:
        now += timedelta(hours=hours_later)
        due = max(now, case.due_at) + timedelta(hours=5)
        given = {"due_at": due} if name == "extend" else {}
        try:
            case = cases.move(case, name, by=streets.official, note="说明", now=now, **given)
        except Refused:
            continue
    told = [step.due_at for step in cases.explain_deadline(case) if step.due_at]
    assert told[-1] == case.due_at


# --- Statistical months ---------------------------------------------------------------------------------
def test_statistical_months_have_neither_gap_nor_overlap_when_the_setting_changes(streets):
    for since, last in (((2020, 3, 10), 5), ((2020, 6, 1), 31), ((2020, 8, 2), 25)):
        ClockSetting.objects.create(committee=streets.huguo, since=datetime.date(*since), month_ends_on=last)
    months = months_of(streets.huguo)
    named = [months.named(2020, number) for number in range(1, 13)]
    assert [month.last.day for month in named] == [25, 25, 25, 5, 5, 30, 31, 31, 25, 25, 25, 25]
    day = named[0].first
    assert day == datetime.date(2019, 12, 26)
    for month in named:
        assert month.first == day
        while day <= month.last:
            assert months.of(day) == month
            day += timedelta(days=1)


def test_without_a_setting_the_month_ends_on_the_25th():
    month = Months([]).of(datetime.date(2020, 10, 26))
    assert (month.year, month.month, month.first, month.last) == (
        2020, 11, datetime.date(2020, 10, 26), datetime.date(2020, 11, 25),
    )  # fmt: skip


# --- Pages --------------------------------------------------------------------------------------------
def test_the_reporter_answers_on_the_page_of_the_number(streets, client):
    with time_machine.travel(at(11, 4, 13), tick=False):
        case = asked(streets)
        page = client.get(f"/cases/{case.code}/").content.decode()
        assert "在哪一侧？" in page
        sent = client.post(f"/cases/{case.code}/answer/", {"answer": ""})
        assert sent.status_code == 400
        sent = client.post(f"/cases/{case.code}/answer/", {"answer": "北侧"})
        assert sent.status_code == 302
        again = client.post(f"/cases/{case.code}/answer/", {"answer": "南侧"})
        assert again.status_code == 409 or "继续办理" in again.content.decode()
    case.refresh_from_db()
    assert case.state == "handling"


def test_the_case_page_shows_lamp_and_explanation_and_the_list_filters_by_lamp(streets, client):
    with time_machine.travel(at(11, 4, 13), tick=False):
        case = dispatched(streets, at(11, 4, 10))
        client.force_login(streets.official)
        page = client.get(f"/cases/{case.code}/").content.decode()
        assert 'data-state="behind"' in page  # the response is late
        assert "时限是怎样算出的" in page
        assert case.code in client.get("/cases/?lamp=behind").content.decode()
        assert case.code not in client.get("/cases/?lamp=on_track").content.decode()
