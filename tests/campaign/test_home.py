"""The home page is read for everybody at once: twice a minute, and never for who is signed in."""

import datetime

import pytest
import time_machine
from django.core.cache import cache
from django.test import Client

from campaign.models import Story
from campaign.views import home
from tests import factories
from tests.campaign.counted import count, leaflets

STORY = "扶起老人的快递员"


@pytest.fixture
def place(cast):
    return factories.place_a(cast)


def story(cast) -> Story:
    day = datetime.date(2020, 11, 1)
    return Story.objects.create(
        committee=cast.huguo,
        community=cast.a,
        title=STORY,
        body="他停下车。",
        happened_on=day,
        published_on=day,
    )


def shows_it(client: Client, **headers: str) -> bool:
    answer = client.get("/", headers=headers)
    assert answer.status_code == 200
    return STORY in answer.content.decode()


def test_the_page_is_of_one_reading_for_half_a_minute(cast, monkeypatch):
    kept = []
    monkeypatch.setattr(cache, "set", lambda *args: kept.append(args))
    assert not shows_it(Client())
    monkeypatch.undo()
    ((key, parts, seconds),) = kept
    assert seconds == home.KEPT == 30
    cache.set(key, parts, seconds)
    story(cast)
    assert not shows_it(Client())
    cache.delete(key)
    assert shows_it(Client())


def test_who_is_signed_in_sees_what_stands_now(cast):
    assert not shows_it(Client())
    story(cast)
    client = Client()
    client.force_login(cast.secretary_a)
    assert shows_it(client)


def test_what_was_read_for_one_street_or_language_is_shown_to_no_other(cast):
    cast.other.host = "far.example"
    cast.other.save()
    shows_it(Client())
    english = Client().get("/", headers={"accept-language": "en"}).content.decode()
    far = Client().get("/", headers={"host": "far.example"}).content.decode()
    assert "远方街道" in far and "远方社区" in far and "南屏街社区" not in far
    assert "civilised-city" in english


@time_machine.travel(datetime.datetime(2020, 11, 20, 10, tzinfo=datetime.UTC), tick=False)
def test_the_numbers_kept_are_shown_with_their_moment(cast, place):
    leaflets(place, 4321)
    count()
    first, second = (Client().get("/").content.decode() for _ in range(2))
    assert "4,321" in second or "4321" in second
    assert first == second
