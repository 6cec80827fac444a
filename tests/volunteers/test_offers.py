"""A place that became free is kept for the head of the line, who takes it or passes it on, or lets it run out."""

import datetime
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.urls import reverse
from django.utils import timezone

from campaign.errors import Refused
from campaign.models import OutboxMessage
from tests.volunteers import scene
from tests.volunteers.pages import browser, with_account
from volunteers import activities, signups, waiting
from volunteers.models import Position, Signup

NOON = datetime.datetime(2030, 5, 6, 12, tzinfo=timezone.get_default_timezone())
"""a Monday in the quiet future, when people are told at once"""


def line(cast: SimpleNamespace, starts_in: timedelta = timedelta(days=2), number: int = 3) -> list[Signup]:
    """One place, taken by the first at noon; the others wait."""
    position = scene.position(cast, 1, starts_at=NOON + starts_in)
    return [signups.join(position, scene.volunteer(cast), now=NOON) for _ in range(number)]


def states(rows: list[Signup]) -> list[str]:
    return [Signup.objects.get(pk=row.pk).state for row in rows]


def test_a_place_that_becomes_free_is_offered_kept_and_taken(cast: SimpleNamespace) -> None:
    rows = line(cast)
    signups.leave(rows[0], now=NOON)
    assert states(rows) == ["left", "offered", "waiting"]
    rows[1].refresh_from_db()
    assert rows[1].offer_expires_at == NOON + timedelta(hours=2)
    assert Position.objects.get().taken == 1  # it is not free for anybody else
    late = signups.join(rows[1].position, scene.volunteer(cast), now=NOON)
    assert late.state == "waiting"
    for _tap in range(2):
        assert signups.accept(rows[1], now=NOON + timedelta(hours=1)).state == "confirmed"
    assert [event.what for event in rows[1].events.all()] == ["queued", "offered", "accepted"]
    assert scene.wounds(rows[1].position) == []


def test_an_offer_that_runs_out_goes_to_the_next_and_then_the_place_is_free(cast: SimpleNamespace) -> None:
    rows = line(cast)
    signups.leave(rows[0], now=NOON)
    assert waiting.sweep(NOON + timedelta(hours=1)) == 0
    with pytest.raises(Refused) as refusal:  # too late, though the sweep has not come by
        signups.accept(rows[1], now=NOON + timedelta(hours=2))
    assert refusal.value.code == "offer_over"
    assert waiting.sweep(NOON + timedelta(hours=2)) == 1
    assert states(rows) == ["left", "lapsed", "offered"]
    assert waiting.sweep(NOON + timedelta(hours=4)) == 1
    assert states(rows) == ["left", "lapsed", "lapsed"]
    assert Position.objects.get().taken == 0
    assert (
        signups.join(rows[1].position, rows[1].volunteer, now=NOON + timedelta(hours=5)).state == "confirmed"
    )


def test_who_passes_it_on_is_followed_by_the_next(cast: SimpleNamespace) -> None:
    rows = line(cast)
    signups.leave(rows[0], now=NOON)
    signups.leave(rows[1], now=NOON)
    assert states(rows) == ["left", "left", "offered"]


@pytest.mark.parametrize(
    ("starts_in", "at", "lasts"),
    [
        (timedelta(days=2), NOON, timedelta(hours=2)),
        (timedelta(hours=4), NOON, timedelta(hours=1)),  # a quarter of what is left
        (timedelta(minutes=119), NOON, None),  # given at once
        (timedelta(days=2), NOON + timedelta(hours=10), timedelta(hours=12)),  # asked in the morning
        (timedelta(hours=21), NOON + timedelta(hours=10), None),  # in the morning it is too near
    ],
)
def test_the_nearer_the_start_the_shorter_the_offer(
    cast: SimpleNamespace, starts_in: timedelta, at: datetime.datetime, lasts: timedelta | None
) -> None:
    rows = line(cast, starts_in)
    signups.leave(rows[0], now=at)
    rows[1].refresh_from_db()
    assert rows[1].state == ("offered" if lasts else "confirmed")
    assert rows[1].offer_expires_at == (at + lasts if lasts else None)


@pytest.mark.usefixtures("at_once")
def test_a_street_may_give_the_place_without_asking(cast: SimpleNamespace) -> None:
    rows = line(cast)
    signups.leave(rows[0], now=NOON)
    assert states(rows) == ["left", "confirmed", "waiting"]


def test_a_cancelled_activity_takes_its_offers_back(cast: SimpleNamespace) -> None:
    rows = line(cast)
    signups.leave(rows[0], now=NOON)
    activities.cancel(rows[0].activity, "下雨", now=NOON)
    assert states(rows) == ["left", "cancelled", "cancelled"]
    with pytest.raises(Refused):
        signups.accept(rows[1], now=NOON)


def test_an_offer_still_open_when_it_begins_is_over(cast: SimpleNamespace) -> None:
    rows = line(cast)
    signups.leave(rows[0], now=NOON)
    activities.postpone(rows[0].activity, NOON + timedelta(hours=1), NOON + timedelta(hours=3), now=NOON)
    with pytest.raises(Refused):
        signups.accept(rows[1], now=NOON + timedelta(hours=1))
    assert waiting.sweep(NOON + timedelta(hours=1)) == 1
    assert states(rows) == ["left", "lapsed", "waiting"]  # nobody is called in after the start


def test_a_stranger_may_not_take_what_is_offered_to_another(cast: SimpleNamespace) -> None:
    rows = line(cast)
    signups.leave(rows[0], now=NOON)
    for user in (with_account(cast, scene.volunteer(cast)).user, cast.secretary_b):
        with pytest.raises(Refused):
            signups.accept(rows[1], by=user, now=NOON)
    assert signups.accept(rows[1], by=cast.secretary_a, now=NOON).state == "confirmed"


# --- Told, and answered with one tap ----------------------------------------------------------------
def offered_now(cast: SimpleNamespace) -> tuple[list[Signup], str]:
    """An offer made just now, and the address in the message."""
    position = scene.position(cast, 1, starts_in=timedelta(days=5))
    rows = [signups.join(position, scene.volunteer(cast, phone=f"1390000000{number}")) for number in range(3)]
    signups.leave(rows[0])
    (told,) = OutboxMessage.objects.filter(channel="sms")
    assert told.recipient == "13900000001"
    assert rows[1].volunteer.name not in told.text
    return rows, told.text.rsplit("https://portal.example", 1)[1].strip(" 。")


@pytest.fixture(autouse=True)
def _sent(settings: object) -> None:
    settings.SMS_GATEWAY, settings.PUBLIC_URL = "tests.nobody.sends", "https://portal.example"


def test_the_link_of_the_message_takes_the_place_without_an_account(cast: SimpleNamespace) -> None:
    rows, path = offered_now(cast)
    page = browser().get(path)
    assert page.status_code == 200
    assert rows[1].volunteer.name not in page.text
    assert states(rows) == ["left", "offered", "waiting"]  # opening it, as a preview does, takes nothing
    assert browser().post(path, {"take": "1"}).status_code == 200
    assert states(rows) == ["left", "confirmed", "waiting"]
    assert browser().post(path, {"take": "1"}).status_code == 200  # tapped twice


def test_the_link_passes_the_place_on_and_then_opens_nothing_more(cast: SimpleNamespace) -> None:
    rows, path = offered_now(cast)
    assert browser().post(path, {"pass": "1"}).status_code == 200
    assert states(rows) == ["left", "left", "offered"]
    assert browser().post(path, {"take": "1"}).status_code == 409
    assert states(rows) == ["left", "left", "offered"]


def test_a_link_of_an_earlier_offer_or_an_altered_one_opens_nothing(cast: SimpleNamespace) -> None:
    rows, path = offered_now(cast)
    Signup.objects.filter(pk=rows[1].pk).update(offer_expires_at=timezone.now() - timedelta(seconds=1))
    waiting.sweep()
    signups.leave(rows[2])
    signups.join(rows[0].position, scene.volunteer(cast))
    again = signups.join(rows[1].position, rows[1].volunteer)
    assert again.state == "waiting"
    first = rows[0].position.signups.get(state="confirmed")
    signups.leave(first)
    assert states(rows)[1] == "offered"  # a second offer, and the link of the first is dead
    assert browser().post(path, {"take": "1"}).status_code == 404
    for place in range(len("/offers/"), len(path) - 1):
        altered = path[:place] + ("A" if path[place] != "A" else "B") + path[place + 1 :]
        assert browser().get(altered).status_code == 404


def test_the_own_page_shows_the_offer_and_takes_it(cast: SimpleNamespace) -> None:
    position = scene.position(cast, 1, starts_in=timedelta(days=5))
    holder, waiter = (with_account(cast, scene.volunteer(cast)) for _ in range(2))
    first, second = (signups.join(position, volunteer) for volunteer in (holder, waiter))
    signups.leave(first)
    page = browser(waiter.user)
    assert reverse("volunteers:accept", args=[second.pk]) in page.get(reverse("volunteers:me")).text
    detail = reverse("volunteers:signup_detail", args=[second.pk])
    assert reverse("volunteers:accept", args=[second.pk]) in page.get(detail).text
    assert browser(holder.user).post(reverse("volunteers:accept", args=[second.pk])).status_code == 404
    assert page.post(reverse("volunteers:accept", args=[second.pk])).status_code == 302
    assert states([second]) == ["confirmed"]
    signups.leave(second)
    assert page.post(reverse("volunteers:accept", args=[second.pk])).status_code == 409
