"""Absences without a word: noted once, appealable, and without consequence unless the street says so."""

import datetime
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaign.errors import Refused
from tests.volunteers import scene
from volunteers import absences, attendance, people, signups
from volunteers.models import NoShow, Signup

START = datetime.datetime(2020, 11, 20, 9, tzinfo=timezone.get_default_timezone())
AFTER = START + timedelta(hours=3)
DAY = START.date()


def missed(cast: SimpleNamespace, volunteer: Any = None, days: int = 0) -> NoShow:
    """An absence of a volunteer, so many days later than the first."""
    starts_at = START + timedelta(days=days)
    position = scene.position(cast, 2, starts_at=starts_at)
    person = volunteer or scene.volunteer(cast, user=cast.stranger)
    signup = signups.join(position, person, now=starts_at - timedelta(days=1))
    attendance.close(signup.activity, by=cast.secretary_a, present=[], now=starts_at + timedelta(hours=3))
    return NoShow.objects.get(signup=signup)


def test_noted_once_and_struck_when_the_list_is_mended(cast: SimpleNamespace) -> None:
    absence = missed(cast)
    attendance.close(absence.signup.activity, by=cast.secretary_a, present=[], now=AFTER)
    assert NoShow.objects.count() == 1
    attendance.close(absence.signup.activity, by=cast.secretary_a, present=[absence.signup_id], now=AFTER)
    assert NoShow.objects.count() == 0


def test_who_left_in_time_is_not_absent(cast: SimpleNamespace) -> None:
    position = scene.position(cast, 2, starts_at=START)
    leaver = signups.join(position, scene.volunteer(cast), now=START - timedelta(days=1))
    signups.leave(leaver, now=START - timedelta(hours=1))
    attendance.close(position.activity, by=cast.secretary_a, present=[], now=AFTER)
    assert (NoShow.objects.count(), Signup.objects.get().state) == (0, "left")


def test_without_a_policy_nothing_follows_and_with_one_a_pause(cast: SimpleNamespace, settings: Any) -> None:
    absence = missed(cast)
    person = absence.signup.volunteer
    assert absences.paused_until(person, DAY) is None
    settings.NO_SHOWS_ALLOWED = 1
    assert absences.paused_until(person, DAY) is None
    second = missed(cast, person, days=7)
    until = second.day + timedelta(days=settings.NO_SHOW_PAUSE_DAYS)
    assert absences.paused_until(person, second.day) == until
    assert absences.paused_until(person, until) is None
    absences.appeal(second, by=cast.stranger, text="孩子生病")
    assert absences.paused_until(person, second.day) is None  # under appeal it does not count
    absences.decide(second, by=cast.secretary_a, excused=False, note="未说明")
    assert absences.paused_until(person, second.day) == until
    absences.decide(second, by=cast.secretary_a, excused=True)
    assert absences.paused_until(person, second.day) is None


def test_whoever_is_paused_signs_up_by_a_leaders_hand_alone(cast: SimpleNamespace, settings: Any) -> None:
    person = missed(cast).signup.volunteer
    people.complete(person, consent=True)
    now = START + timedelta(days=1)
    position = scene.position(cast, 2, starts_at=START + timedelta(days=3))
    assert signups.verdict(position, person, now) == signups.Verdict.FREE  # no policy, no consequence
    settings.NO_SHOWS_ALLOWED = 1
    assert signups.verdict(position, person, now) == signups.Verdict.FREE
    missed(cast, person, days=1)
    now += timedelta(days=1)
    assert signups.verdict(position, person, now) == signups.Verdict.PAUSED
    with pytest.raises(Refused) as refusal:
        signups.join(position, person, by=cast.stranger, now=now)
    assert refusal.value.code == "paused"
    assert signups.join(position, person, by=cast.secretary_a, now=now).state == "confirmed"


def test_only_oneself_appeals_and_only_a_leader_decides(cast: SimpleNamespace) -> None:
    absence = missed(cast)
    for by, text in ((cast.patroller, "我"), (cast.stranger, " ")):
        with pytest.raises(Refused):
            absences.appeal(absence, by=by, text=text)
    with pytest.raises(Refused):
        absences.decide(absence, by=cast.patroller_b, excused=True)
    with pytest.raises(Refused):
        absences.decide(absence, by=cast.secretary_a, excused=False)
    absences.appeal(absence, by=cast.stranger, text="生病")
    with pytest.raises(Refused):
        absences.appeal(absence, by=cast.stranger, text="再说")


def test_through_the_pages(cast: SimpleNamespace, client: Client) -> None:
    absence = missed(cast)
    address = reverse("volunteers:absence", args=[absence.pk])
    client.force_login(cast.stranger)
    assert client.get(address).status_code == 200
    assert client.post(address, {"text": ""}).status_code == 409
    assert client.post(address, {"text": "临时加班"}).status_code == 302
    client.force_login(cast.secretary_b)
    assert client.get(address).status_code == 404
    client.force_login(cast.secretary_a)
    assert "临时加班" in client.get(address).content.decode()
    assert client.post(address, {"text": "", "excuse": "1"}).status_code == 302
    absence.refresh_from_db()
    assert absence.state == NoShow.State.EXCUSED
