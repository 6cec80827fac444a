"""Coming by code: fresh, genuine, of this activity, once; nothing credited by guess."""

import datetime
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaign.errors import Refused
from tests.processes import together
from tests.volunteers import scene
from volunteers import attendance, door, hours, signups
from volunteers.models import Attendance, HourEntry, Signup

START = datetime.datetime(2020, 11, 20, 9, tzinfo=timezone.get_default_timezone())
AFTER = START + timedelta(hours=3)


def signed_up(cast: SimpleNamespace, user: Any = None, **more: Any) -> Signup:
    position = scene.position(cast, 3, starts_at=START, **more)
    person = scene.volunteer(cast, user=user or cast.stranger)
    return signups.join(position, person, now=START - timedelta(days=1))


def at(minutes: float) -> datetime.datetime:
    return START + timedelta(minutes=minutes)


def scanned(signup: Signup, minutes: float, printed: bool = False) -> Attendance:
    code = door.printed_code(signup.activity) if printed else door.rotating_code(signup.activity, at(minutes))
    return door.pass_through(door.read(code, at(minutes)), signup.volunteer, by=signup.volunteer.user)


def refused(code: str, minutes: float) -> str:
    with pytest.raises(Refused) as refusal:
        door.read(code, at(minutes))
    return refusal.value.code


# --- The code ---------------------------------------------------------------------------------------
def test_every_altered_sign_is_found(cast: SimpleNamespace) -> None:
    code = door.rotating_code(signed_up(cast).activity, START)
    assert door.read(code, START).at == START
    for place in range(len(code)):
        altered = code[:place] + ("A" if code[place] != "A" else "B") + code[place + 1 :]
        assert refused(altered, 0) == "forged", place
    for nonsense in ("", "r.1.2", "x" * 500, "r.1.2:", code + "x"):
        assert refused(nonsense, 0) == "forged"


@pytest.mark.parametrize(("minutes", "good"), [(0, True), (0.5, True), (1, False), (60, False), (-1, False)])
def test_a_picture_passed_on_is_old_after_a_minute(cast: SimpleNamespace, minutes: float, good: bool) -> None:
    code = door.rotating_code(signed_up(cast).activity, START)
    assert (door.read(code, at(minutes)) is not None) if good else (refused(code, minutes) == "old")


def test_a_code_of_another_activity_gives_no_place_there(cast: SimpleNamespace) -> None:
    mine = signed_up(cast)
    other = scene.activity(cast, starts_at=START)
    with pytest.raises(Refused) as refusal:
        door.pass_through(
            door.read(door.rotating_code(other, START), START), mine.volunteer, by=cast.stranger
        )
    assert refusal.value.code == "no_place"
    with pytest.raises(Refused) as refusal:
        door.pass_through(
            door.read(door.rotating_code(mine.activity, START), START), mine.volunteer, by=cast.secretary_a
        )
    assert refusal.value.code == "not_you"


@pytest.mark.parametrize(("minutes", "code"), [(-31, "too_early"), (120 + 121, "too_late")])
def test_not_hours_before_or_after(cast: SimpleNamespace, minutes: float, code: str) -> None:
    signup = signed_up(cast)
    with pytest.raises(Refused) as refusal:
        scanned(signup, minutes)
    assert refusal.value.code == code


# --- What is credited -------------------------------------------------------------------------------
def test_who_came_stayed_to_the_planned_end_where_leaving_is_not_asked(cast: SimpleNamespace) -> None:
    signup = signed_up(cast)
    assert scanned(signup, -10) == scanned(signup, 5)  # twice is once
    assert hours.total_minutes(signup.volunteer) == 0
    assert door.end_by_itself(at(119)) == 0
    assert [door.end_by_itself(AFTER), door.end_by_itself(AFTER)] == [1, 0]
    assert hours.total_minutes(signup.volunteer) == 120


def test_who_came_late_is_credited_from_then(cast: SimpleNamespace) -> None:
    signup = signed_up(cast)
    scanned(signup, 50)
    door.end_by_itself(AFTER)
    assert hours.total_minutes(signup.volunteer) == 70


def test_where_leaving_is_noted_a_missing_one_is_pending_and_not_credited(cast: SimpleNamespace) -> None:
    stays, forgets = signed_up(cast, asks_leaving=True), None
    forgets = signups.join(
        stays.position, scene.volunteer(cast, user=cast.patroller), now=START - timedelta(days=1)
    )
    scanned(stays, 0)
    scanned(forgets, 0)
    assert scanned(stays, 2).left_at is None  # a slip, no leaving
    scanned(stays, 90)
    door.end_by_itself(AFTER)
    attendance.close(stays.activity, by=cast.secretary_a, present=[], now=AFTER)
    assert (hours.total_minutes(stays.volunteer), hours.total_minutes(forgets.volunteer)) == (90, 0)
    assert Attendance.objects.get(signup=forgets).is_pending
    attendance.close(stays.activity, by=cast.secretary_a, present={forgets.pk: (None, at(60))}, now=AFTER)
    assert hours.total_minutes(forgets.volunteer) == 60


def test_the_printed_code_waits_for_the_leader(cast: SimpleNamespace) -> None:
    signup = signed_up(cast)
    row = scanned(signup, 0, printed=True)
    door.end_by_itself(AFTER)
    assert (row.waits_for_leader, hours.total_minutes(signup.volunteer)) == (True, 0)
    with pytest.raises(Refused):
        door.admit(row, by=cast.patroller_b)
    for _twice in range(2):
        door.admit(row, by=cast.secretary_a)
    assert (hours.total_minutes(signup.volunteer), HourEntry.objects.count()) == (120, 1)


def test_closing_the_list_does_not_admit_who_only_scanned_the_sheet(cast: SimpleNamespace) -> None:
    signup = signed_up(cast)
    scanned(signup, 0, printed=True)
    attendance.close(signup.activity, by=cast.secretary_a, present=[], now=AFTER)
    assert hours.total_minutes(signup.volunteer) == 0
    attendance.close(signup.activity, by=cast.secretary_a, present=[signup.pk], now=AFTER)
    assert hours.total_minutes(signup.volunteer) == 120


def test_hours_are_rounded_down_to_the_step_of_the_street(cast: SimpleNamespace, settings: Any) -> None:
    settings.HOURS_ROUNDED_TO = 30
    signup = signed_up(cast)
    scanned(signup, 50)
    door.end_by_itself(AFTER)
    assert hours.total_minutes(signup.volunteer) == 60


# --- The pages --------------------------------------------------------------------------------------
def test_the_day_on_two_phones(cast: SimpleNamespace) -> None:
    signup = signed_up(cast)
    leader, volunteer = Client(), Client()
    leader.force_login(cast.secretary_a)
    volunteer.force_login(cast.stranger)
    with time_machine.travel(at(1), tick=False):
        board = reverse("volunteers:door", args=[signup.activity_id])
        assert leader.get(board).context["expected"] == [signup]
        picture = leader.get(reverse("volunteers:door_code", args=[signup.activity_id]))
        assert picture["Content-Type"] == "image/svg+xml" and picture["Cache-Control"] == "no-store"
        assert volunteer.get(reverse("volunteers:door_code", args=[signup.activity_id])).status_code == 404
        code = door.rotating_code(signup.activity)
        here = volunteer.get(reverse("volunteers:scan", args=[code])).url
        assert volunteer.get(here).status_code == 200
    with time_machine.travel(at(3), tick=False):  # a slow reader: what counts is when it was scanned
        assert volunteer.post(here).status_code == 302
        assert volunteer.post(here).status_code == 409  # used up: scan anew
        assert Attendance.objects.get().came_at == START
        assert leader.get(board).context["here"] == [signup]
        assert volunteer.get(reverse("volunteers:scan", args=[code])).status_code == 409  # old by now


def test_who_is_not_signed_in_scans_first_and_signs_in_then(cast: SimpleNamespace, client: Client) -> None:
    signup = signed_up(cast)
    with time_machine.travel(at(1), tick=False):
        here = client.get(reverse("volunteers:scan", args=[door.rotating_code(signup.activity)])).url
        assert client.get(here).url.startswith(reverse("accounts:sign_in_by_code"))


def test_the_leader_admits_on_the_board(cast: SimpleNamespace, client: Client) -> None:
    signup = signed_up(cast)
    row = scanned(signup, 0, printed=True)
    client.force_login(cast.secretary_a)
    assert client.get(reverse("volunteers:door_print", args=[signup.activity_id])).status_code == 200
    assert client.post(reverse("volunteers:admit", args=[row.pk])).status_code == 302
    row.refresh_from_db()
    assert row.confirmed_by == cast.secretary_a
    client.force_login(cast.secretary_b)
    assert client.post(reverse("volunteers:admit", args=[row.pk])).status_code == 404


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_scanning_many_times_at_once_is_coming_once(cast: SimpleNamespace) -> None:
    signup = signed_up(cast)
    outcomes = together(6, lambda _index: scanned(signup, 0).pk)
    assert len({outcome.value for outcome in outcomes}) == 1, [outcome.error for outcome in outcomes]
    assert Attendance.objects.count() == 1
