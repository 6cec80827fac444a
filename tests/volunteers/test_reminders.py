"""Reminders: once each, none after leaving or cancelling, never two at once after a standstill."""

import datetime
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.utils import timezone

from campaign.errors import Refused
from campaign.models import Message, OutboxMessage
from tests.processes import together
from tests.volunteers import scene
from volunteers import activities, attendance, reminders, signups
from volunteers.models import Signup, SignupReminder

START = datetime.datetime(2020, 11, 20, 14, tzinfo=timezone.get_default_timezone())
PHONE = "13800000000"  # nothing is sent: the gateway is the log


@pytest.fixture(autouse=True)
def _gateway(settings: Any) -> None:
    settings.SMS_GATEWAY = "campaign.gateways.console"


def signed_up(cast: SimpleNamespace, **more: Any) -> Signup:
    position = scene.position(cast, 3, starts_at=START)
    person = scene.volunteer(cast, user=cast.stranger, **more)
    return signups.join(position, person, now=START - timedelta(days=3))


def told() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("wording", flat=True))


def sweep(*hours_before: float) -> list[str]:
    for hours in hours_before:
        reminders.send(START - timedelta(hours=hours))
    return told()


def test_the_day_before_and_two_hours_before_once_each(cast: SimpleNamespace) -> None:
    signed_up(cast)
    assert sweep(30, 25) == []
    assert sweep(24, 23, 10, 3) == ["volunteers.tomorrow"]
    assert sweep(2, 1, 0.5, -1) == ["volunteers.tomorrow", "volunteers.soon"]


def test_after_a_standstill_the_late_one_alone(cast: SimpleNamespace) -> None:
    signed_up(cast)
    assert sweep(1.5, 1) == ["volunteers.soon"]


def test_who_has_just_signed_up_knows_it_still(cast: SimpleNamespace) -> None:
    signups.join(
        scene.position(cast, 3, starts_at=START), scene.volunteer(cast), now=START - timedelta(hours=10)
    )
    assert sweep(9.9, 5) == []
    assert sweep(1.9) == ["volunteers.soon"]


def test_none_after_leaving_and_what_waits_is_taken_back(cast: SimpleNamespace) -> None:
    signup = signed_up(cast, phone=PHONE)
    reminders.send(
        START - timedelta(hours=17)
    )  # at nine in the evening: the text message waits for the morning
    assert OutboxMessage.objects.count() == 1
    signups.leave(signup, now=START - timedelta(hours=16))
    assert (OutboxMessage.objects.count(), told()) == (0, [])
    assert sweep(15, 1) == []


def test_none_after_cancelling(cast: SimpleNamespace) -> None:
    signup = signed_up(cast, phone=PHONE)
    reminders.send(START - timedelta(hours=17))
    activities.cancel(signup.activity, "下雨", now=START - timedelta(hours=16))
    assert told() == ["volunteers.cancelled"]
    assert "下雨" in OutboxMessage.objects.get().text
    assert sweep(15, 1) == ["volunteers.cancelled"]


def test_who_waits_is_not_reminded(cast: SimpleNamespace) -> None:
    signup = signed_up(cast)
    Signup.objects.filter(pk=signup.pk).update(state="waiting")
    assert sweep(20, 1) == []


def test_what_is_put_off_is_told_once_and_reminded_of_anew(cast: SimpleNamespace) -> None:
    signup = signed_up(cast)
    sweep(20)
    later = START + timedelta(days=2)
    for _twice in range(2):
        activities.postpone(
            signup.activity, later, later + timedelta(hours=2), now=START - timedelta(hours=19)
        )
    assert told() == ["volunteers.postponed"]  # the reminder of the old time is gone
    signup.refresh_from_db()
    assert (signup.state, signup.day) == ("confirmed", later.date())
    assert sweep(1) == ["volunteers.postponed"]
    reminders.send(later - timedelta(hours=20))
    reminders.send(later - timedelta(hours=1))
    assert told()[1:] == ["volunteers.tomorrow", "volunteers.soon"]


@pytest.mark.parametrize("hours", [-1, 14])
def test_an_activity_is_put_off_to_a_time_to_come_of_use(cast: SimpleNamespace, hours: int) -> None:
    activity = signed_up(cast).activity
    starts = START + timedelta(days=1)
    with pytest.raises(Refused):
        activities.postpone(
            activity, starts, starts + timedelta(hours=hours), now=START - timedelta(hours=19)
        )
    with pytest.raises(Refused):
        activities.postpone(activity, starts, starts + timedelta(hours=1), now=START + timedelta(hours=1))


def test_thanks_once_with_the_hours(cast: SimpleNamespace) -> None:
    signup = signed_up(cast)
    for _twice in range(2):
        attendance.close(
            signup.activity, by=cast.secretary_a, present=[signup.pk], now=START + timedelta(hours=3)
        )
    message = Message.objects.get()
    assert (message.wording, "2" in message.text) == ("volunteers.thanks", True)


def test_it_costs_what_is_due_and_not_what_was(
    cast: SimpleNamespace, django_assert_max_num_queries: Any
) -> None:
    signup = signed_up(cast)
    sweep(20, 1)
    with django_assert_max_num_queries(4):
        assert reminders.send(START - timedelta(hours=0.5)) == 0
    assert SignupReminder.objects.filter(signup=signup).count() == 2


@pytest.mark.processes
@pytest.mark.django_db(transaction=True)
def test_workers_that_sweep_at_once_tell_nobody_twice(cast: SimpleNamespace) -> None:
    position = scene.position(cast, 6, starts_at=START)
    for _number in range(6):
        signups.join(position, scene.volunteer(cast), now=START - timedelta(days=3))
    outcomes = together(4, lambda _index: reminders.send(START - timedelta(hours=20)))
    assert [outcome.error for outcome in outcomes if outcome.error] == []
    assert sum(outcome.value for outcome in outcomes) == 6
    assert (Message.objects.count(), SignupReminder.objects.count()) == (6, 6)
