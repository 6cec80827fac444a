"""Who was there, and the minutes in the ledger."""

import datetime
import uuid
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from campaign.errors import Refused
from tests.cast import person
from tests.volunteers import scene
from volunteers import attendance, hours, signups
from volunteers.models import Attendance, HourEntry, Signup

START = datetime.datetime(2020, 11, 20, 9, tzinfo=timezone.get_default_timezone())
BEFORE, AFTER = START - timedelta(days=1), START + timedelta(hours=3)


def at(minutes: int) -> datetime.datetime:
    return START + timedelta(minutes=minutes)


def signed_up(cast: SimpleNamespace, number: int = 2, **more: Any) -> list[Signup]:
    """So many people with a place at an activity from 9 to 11 o'clock."""
    position = scene.position(cast, number, **{"starts_at": START, **more})
    return [
        signups.join(position, scene.volunteer(cast), now=position.activity.starts_at - timedelta(days=1))
        for _ in range(number)
    ]


def minutes(row: Signup) -> int:
    return hours.total_minutes(row.volunteer)


# --- The leader's list -----------------------------------------------------------------------------
def test_who_is_on_the_list_gets_the_planned_time_and_who_is_not_gets_none(cast: SimpleNamespace) -> None:
    came, stayed_away = signed_up(cast)
    activity = attendance.close(came.activity, by=cast.secretary_a, present=[came.pk], now=AFTER)
    assert activity.state == "held"
    assert (minutes(came), minutes(stayed_away)) == (120, 0)
    entry = HourEntry.objects.get()
    assert (entry.community, entry.day, entry.by, entry.what) == (
        cast.a,
        START.date(),
        cast.secretary_a,
        activity.title,
    )
    assert Attendance.objects.get().confirmed_by == cast.secretary_a


def test_closing_twice_is_closing_once_and_can_add_who_was_forgotten(cast: SimpleNamespace) -> None:
    one, other = signed_up(cast)
    for present in ([one.pk], [one.pk], [one.pk, other.pk], []):
        attendance.close(one.activity, by=cast.secretary_a, present=present, now=AFTER)
    assert (minutes(one), minutes(other)) == (120, 120)
    assert (Attendance.objects.count(), HourEntry.objects.count()) == (2, 2)


def test_times_that_differ_from_the_plan_are_counted_within_the_plan(cast: SimpleNamespace) -> None:
    early, late, left, short = signed_up(cast, 4)
    times = {
        early.pk: (at(-30), at(150)),
        late.pk: (at(20), None),
        left.pk: (None, at(45)),
        short.pk: (at(10), at(10) + timedelta(seconds=119)),
    }
    attendance.close(early.activity, by=None, present=times, now=AFTER)
    assert [minutes(row) for row in (early, late, left, short)] == [120, 100, 45, 1]


def test_who_was_there_only_outside_the_planned_time_has_come_but_served_nothing(
    cast: SimpleNamespace,
) -> None:
    (row,) = signed_up(cast, 1)
    attendance.close(row.activity, by=None, present={row.pk: (at(-60), at(-5))}, now=AFTER)
    assert Attendance.objects.count() == 1
    assert not HourEntry.objects.exists()


def test_an_activity_that_is_closed_early_gives_the_minutes_until_then(cast: SimpleNamespace) -> None:
    (row,) = signed_up(cast, 1)
    attendance.close(row.activity, by=None, present=[row.pk], now=at(90))
    assert minutes(row) == 90


def test_before_the_start_nobody_was_there(cast: SimpleNamespace) -> None:
    (row,) = signed_up(cast, 1)
    for verb in (
        lambda: attendance.close(row.activity, by=None, present=[row.pk], now=START),
        lambda: attendance.confirm(row, by=None, now=START),
    ):
        with pytest.raises(Refused) as refusal:
            verb()
        assert refusal.value.code == "too_early"
    assert not Attendance.objects.exists()


def test_a_list_with_a_stranger_or_one_without_a_place_is_refused_as_a_whole(cast: SimpleNamespace) -> None:
    (row,) = signed_up(cast, 1)
    elsewhere = signups.join(
        scene.position(cast, starts_at=START, community=cast.b), scene.volunteer(cast), now=BEFORE
    )
    waiting = signups.join(row.position, scene.volunteer(cast), now=BEFORE)
    for wrong in (elsewhere.pk, waiting.pk, 999_999):
        with pytest.raises(Refused):
            attendance.close(row.activity, by=None, present=[row.pk, wrong], now=AFTER)
        assert not Attendance.objects.exists()
    row.activity.refresh_from_db()
    assert row.activity.state == "published"


def test_only_who_runs_the_activity_confirms_and_closes(cast: SimpleNamespace) -> None:
    (row,) = signed_up(cast, 1)
    for hand in (cast.secretary_b, cast.official_far, cast.patroller, cast.stranger, cast.liaison_a):
        with pytest.raises(Refused):
            attendance.confirm(row, by=hand, now=AFTER)
        with pytest.raises(Refused):
            attendance.close(row.activity, by=hand, present=[row.pk], now=AFTER)
    assert not Attendance.objects.exists()
    assert attendance.confirm(row, by=cast.official, now=AFTER).confirmed_by == cast.official


# --- One by one ------------------------------------------------------------------------------------
def test_who_is_ticked_off_at_the_door_gets_hours_when_the_activity_is_closed(cast: SimpleNamespace) -> None:
    on_time, late = signed_up(cast)
    attendance.confirm(on_time, by=cast.secretary_a, now=at(15))
    attendance.confirm(late, by=cast.secretary_a, now=at(60))
    attendance.confirm(late, by=cast.secretary_a, now=at(80))
    assert not HourEntry.objects.exists()
    attendance.close(on_time.activity, by=cast.secretary_a, present=[], now=AFTER)
    assert (minutes(on_time), minutes(late)) == (120, 60)


def test_who_checks_out_gets_the_hours_at_once(cast: SimpleNamespace) -> None:
    (row,) = signed_up(cast, 1)
    attendance.confirm(row, by=None, now=at(5))
    attendance.confirm(row, by=None, left_at=at(50), now=at(50))
    assert minutes(row) == 50


def test_leaving_before_coming_is_refused(cast: SimpleNamespace) -> None:
    (row,) = signed_up(cast, 1)
    with pytest.raises(Refused):
        attendance.confirm(row, by=None, came_at=at(50), left_at=at(50), now=AFTER)


# --- The ledger ------------------------------------------------------------------------------------
def served(cast: SimpleNamespace, volunteer: Any, starts: int, length: int, came: int = 0) -> None:
    """The volunteer serves at an activity that begins so many minutes after START."""
    position = scene.position(cast, 1, starts_at=at(starts), ends_at=at(starts + length), community=cast.b)
    row = Signup.objects.create(
        activity=position.activity, position=position, volunteer=volunteer, state="confirmed",
        joined_at=BEFORE, day=position.activity.day,
    )  # fmt: skip
    attendance.close(
        position.activity, by=None, present={row.pk: (at(starts + came), None)}, now=at(starts + length + 60)
    )


def test_no_minute_is_credited_twice(cast: SimpleNamespace) -> None:
    volunteer = scene.volunteer(cast)
    served(cast, volunteer, 0, 120)
    served(cast, volunteer, 110, 60)  # within the grace of ten minutes
    assert hours.total_minutes(volunteer) == 170


def test_a_day_has_eight_hours_at_most(cast: SimpleNamespace) -> None:
    volunteer = scene.volunteer(cast)
    for starts in (0, 200, 400):
        served(cast, volunteer, starts, 180)
    assert hours.total_minutes(volunteer) == 480
    served(cast, volunteer, 600, 60)
    assert HourEntry.objects.count() == 3
    served(cast, volunteer, 24 * 60, 60)
    assert hours.total_minutes(volunteer) == 540


spans = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)).map(sorted), max_size=6)


@given(spans, st.tuples(st.integers(0, 60), st.integers(1, 60)).map(sorted))
def test_minutes_outside_other_services_are_those_that_a_minute_by_minute_count_finds(
    others: list[list[int]], own: list[int]
) -> None:
    covered = {minute for begin, end in others for minute in range(begin, end)}
    expected = sum(minute not in covered for minute in range(*own))
    assert hours._minutes_outside((at(own[0]), at(own[1])), [(at(a), at(b)) for a, b in others]) == expected


def entry_of(cast: SimpleNamespace) -> HourEntry:
    (row,) = signed_up(cast, 1)
    attendance.close(row.activity, by=cast.secretary_a, present=[row.pk], now=AFTER)
    return HourEntry.objects.get()


def test_a_correction_is_a_counter_entry_with_two_names(cast: SimpleNamespace) -> None:
    entry = entry_of(cast)
    fix = hours.correct(entry, -30, by=cast.secretary_a, second=cast.official, note="提前离开")
    assert (fix.corrects, fix.minutes, fix.by, fix.second, fix.day) == (
        entry,
        -30,
        cast.secretary_a,
        cast.official,
        entry.day,
    )
    assert hours.total_minutes(entry.volunteer) == 90
    hours.correct(fix, 10, by=cast.official, second=cast.secretary_a, note="核实")
    assert hours.total_minutes(entry.volunteer) == 100
    entry.refresh_from_db()
    assert entry.minutes == 120


def test_corrections_that_are_refused_write_nothing(cast: SimpleNamespace) -> None:
    entry = entry_of(cast)
    good = {"by": cast.secretary_a, "second": cast.official, "note": "核实"}
    wrong: list[tuple[int, dict[str, Any]]] = [
        (-30, {"second": cast.secretary_a}),
        (-30, {"second": None}),
        (-30, {"by": None}),
        (-30, {"second": cast.secretary_b}),
        (-30, {"by": cast.official_far}),
        (-30, {"second": cast.liaison_a}),
        (-30, {"note": "  "}),
        (0, {}),
        (-121, {}),
        (361, {}),
    ]
    for delta, changed in wrong:
        with pytest.raises(Refused):
            hours.correct(entry, delta, **{**good, **changed})
    assert HourEntry.objects.count() == 1
    hours.correct(entry, 360, **good)
    hours.correct(entry, -480, **good)
    assert hours.total_minutes(entry.volunteer) == 0


def test_the_same_correction_sent_twice_is_one_and_another_with_its_key_is_refused(
    cast: SimpleNamespace,
) -> None:
    entry, key = entry_of(cast), uuid.uuid4()
    good = {"by": cast.secretary_a, "second": cast.official, "note": "核实", "form_key": key}
    assert hours.correct(entry, -10, **good) == hours.correct(entry, -10, **good)
    assert hours.total_minutes(entry.volunteer) == entry.minutes - 10
    with pytest.raises(Refused) as refusal:
        hours.correct(entry, -10, **good | {"by": cast.official, "second": cast.secretary_a})
    assert refusal.value.code == "form_key"


def test_nobody_corrects_their_own_hours(cast: SimpleNamespace) -> None:
    entry = entry_of(cast)
    type(entry.volunteer).objects.filter(pk=entry.volunteer_id).update(user=cast.secretary_a)
    entry = HourEntry.objects.get()
    with pytest.raises(Refused) as refusal:
        hours.correct(entry, -30, by=cast.secretary_a, second=cast.official, note="核实")
    assert refusal.value.code == "own"


def test_a_line_of_the_ledger_is_never_changed_or_deleted(cast: SimpleNamespace) -> None:
    entry = entry_of(cast)
    entry.minutes = 999
    for verb in (
        entry.save,
        entry.delete,
        lambda: HourEntry.objects.update(minutes=999),
        lambda: HourEntry.objects.all().delete(),
        lambda: HourEntry.objects.bulk_update([entry], ["minutes"]),
    ):
        with pytest.raises(Refused):
            verb()
    assert HourEntry.objects.get().minutes == 120


def test_crediting_twice_is_crediting_once(cast: SimpleNamespace) -> None:
    entry = entry_of(cast)
    assert hours.credit(entry.attendance, person("别人")) == entry
    assert HourEntry.objects.count() == 1
