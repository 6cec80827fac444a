"""Calendar feeds, read back by another program's parser."""

import datetime
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import vobject
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.volunteers import scene
from volunteers import activities, calendars, signups
from volunteers.models import Activity


def events(content: bytes) -> dict[str, Any]:
    """The events of a feed by UID, as an independent reader has them."""
    calendar = vobject.readOne(content.decode())
    found = [part for part in calendar.components() if part.name == "VEVENT"]
    assert len({event.uid.value for event in found}) == len(found)
    return {event.uid.value: event for event in found}


def only(content: bytes) -> Any:
    (event,) = events(content).values()
    return event


def test_an_event_says_when_where_and_what(cast: SimpleNamespace) -> None:
    activity = scene.activity(cast, description="请带手套，\n集合后分组；注意安全")
    event = only(calendars.of_community(cast.a))
    assert event.dtstart.value == activity.starts_at.replace(microsecond=0)
    assert event.dtend.value == activity.ends_at.replace(microsecond=0)
    assert (event.summary.value, event.location.value) == ("清扫街面", "南屏街社区 社区门口")
    assert event.description.value == activity.description
    assert event.status.value == "CONFIRMED"


def test_the_uid_stays_and_the_number_of_changes_grows(cast: SimpleNamespace) -> None:
    activity = scene.activity(cast)
    before = only(calendars.of_community(cast.a))
    later = activity.starts_at + timedelta(days=1)
    activities.postpone(activity, later, later + timedelta(hours=2))
    after = only(calendars.of_community(cast.a))
    assert after.uid.value == before.uid.value
    assert int(after.sequence.value) > int(before.sequence.value)
    assert after.dtstart.value == later.replace(microsecond=0)
    activities.cancel(Activity.objects.get(), "下雨")
    off = only(calendars.of_community(cast.a))
    assert (off.status.value, off.uid.value) == ("CANCELLED", before.uid.value)
    assert int(off.sequence.value) > int(after.sequence.value)
    assert off.dtstamp.value > before.dtstamp.value or off.dtstamp.value == before.dtstamp.value


def test_mine_shows_places_lines_and_what_i_left(cast: SimpleNamespace) -> None:
    first, second = scene.volunteer(cast), scene.volunteer(cast)
    position = scene.position(cast, 1)
    signups.join(position, first)
    waiting = signups.join(position, second)
    assert only(calendars.mine(first)).status.value == "CONFIRMED"
    assert only(calendars.mine(second)).status.value == "TENTATIVE"
    signups.leave(waiting)
    assert only(calendars.mine(second)).status.value == "CANCELLED"


def test_drafts_and_what_is_long_past_stay_out(cast: SimpleNamespace) -> None:
    day = timezone.now() + timedelta(days=2)
    given = {
        "community": cast.a,
        "kind": scene.kind(cast),
        "title": "草稿",
        "place": "甲",
        "positions": [("甲", 1)],
    }
    activities.create(starts_at=day, ends_at=day + timedelta(hours=1), **given)
    scene.activity(cast, starts_at=datetime.datetime(2020, 11, 20, 9, tzinfo=timezone.get_default_timezone()))
    assert events(calendars.of_community(cast.a)) == {}


def test_a_hostile_title_breaks_no_line(cast: SimpleNamespace) -> None:
    activity = scene.activity(cast)
    Activity.objects.filter(pk=activity.pk).update(
        title="甲\r\nATTENDEE:mailto:x@example.org", description="长" * 500, place="a;b,c\\d"
    )
    event = only(calendars.of_community(cast.a))
    assert not hasattr(event, "attendee") and event.description.value == "长" * 500
    assert event.location.value == "南屏街社区 a;b,c\\d"


def test_the_feeds_address_is_the_key(cast: SimpleNamespace, client: Client) -> None:
    volunteer = scene.volunteer(cast, user=cast.stranger)
    signups.join(scene.position(cast), volunteer)
    client.force_login(cast.stranger)
    assert client.get(reverse("volunteers:calendar_feed")).context["address"] == ""
    client.post(reverse("volunteers:feed_renew"))
    address = client.get(reverse("volunteers:calendar_feed")).context["address"]
    reader = Client()
    answer = reader.get(address)
    assert answer["Content-Type"].startswith("text/calendar") and only(answer.content)
    assert reader.get(address, headers={"If-None-Match": answer["ETag"]}).status_code == 304
    client.post(reverse("volunteers:feed_renew"))
    assert reader.get(address).status_code == 404
    assert "private" in answer["Cache-Control"]


@pytest.mark.parametrize("name", ["volunteers:community_feed", "volunteers:activity_event"])
def test_everybody_reads_what_is_public(cast: SimpleNamespace, client: Client, name: str) -> None:
    activity = scene.activity(cast)
    key = activity.community_id if name.endswith("feed") else activity.pk
    assert only(client.get(reverse(name, args=[key])).content).summary.value == "清扫街面"
