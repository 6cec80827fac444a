"""A ring wakes the worker after commit; a dead broker costs a moment and never a request."""

import socket
import time

import pytest
from celery import current_app
from django.db import transaction

from campaign import doorbell
from tests.servers import free_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sent(bell, monkeypatch):
    """The names of the tasks that reached the broker."""
    names: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **_: names.append(name))
    return names


def test_nothing_is_sent_before_the_commit(sent):
    with transaction.atomic():
        doorbell.ring("campaign.heartbeat")
        assert sent == []
    assert sent == ["campaign.heartbeat"]


def test_nothing_is_sent_for_what_was_rolled_back(sent):
    with pytest.raises(ValueError), transaction.atomic():
        doorbell.ring("campaign.heartbeat")
        raise ValueError
    assert sent == []


def test_a_silenced_bell_sends_nothing(sent, settings):
    settings.DOORBELL = False
    doorbell.ring("campaign.heartbeat")
    assert sent == []


def use_redis(settings, port: int) -> None:
    settings.REDIS_URL = settings.CELERY_BROKER_URL = f"redis://127.0.0.1:{port}/0"
    settings.CELERY_BROKER_TRANSPORT_OPTIONS = {}


def seconds_of_ringing() -> float:
    began = time.monotonic()
    doorbell.ring("campaign.heartbeat")
    return time.monotonic() - began


def test_a_broker_that_is_not_there_costs_less_than_a_second_and_is_remembered(bell, settings, caplog):
    use_redis(settings, free_port())
    assert seconds_of_ringing() < 1
    assert seconds_of_ringing() < doorbell.PATIENCE / 2
    assert [record.levelname for record in caplog.records if record.name == "campaign.doorbell"] == [
        "WARNING"
    ]


def test_a_broker_that_accepts_and_never_answers_costs_less_than_a_second(bell, settings):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        use_redis(settings, silent.getsockname()[1])
        assert seconds_of_ringing() < 1


def test_a_broker_that_came_back_is_rung_again_after_the_silence(bell, settings, monkeypatch):
    use_redis(settings, free_port())
    doorbell.ring("campaign.heartbeat")
    names: list[str] = []
    monkeypatch.setattr(current_app, "send_task", lambda name, **_: names.append(name))
    doorbell.ring("campaign.heartbeat")
    assert names == []
    monkeypatch.setattr(doorbell, "_silent_until", time.monotonic() - 1)
    doorbell.ring("campaign.heartbeat")
    assert names == ["campaign.heartbeat"]
