"""Messages to the outside: written with the fact, sent once, tried again, given up in the end."""

import datetime

import pytest
import time_machine
from django.db import transaction

from campaign import outbox
from campaign.models import OutboxMessage
from tests.house import gateways

pytestmark = pytest.mark.django_db
PHONE = "13800000000"  # a real range: the gateway of the tests keeps it
NOW = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.UTC)


@pytest.fixture(autouse=True)
def gateway(settings):
    settings.SMS_GATEWAY = "tests.house.gateways.send"
    gateways.sent.clear()


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


def test_a_message_goes_out_once_with_its_key():
    outbox.post("sms", PHONE, "hello", key="one")
    assert gateways.sent == [], "nothing is sent in the request"
    assert outbox.drain() == 1
    assert outbox.drain() == 0
    assert gateways.sent == [(PHONE, "hello", "one")]


def test_saying_it_twice_is_saying_it_once():
    first = outbox.post("sms", PHONE, "hello", key="one")
    assert outbox.post("sms", PHONE, "again", key="one") == first
    outbox.drain()
    assert outbox.post("sms", PHONE, "again", key="one") is not None
    outbox.drain()
    assert len(gateways.sent) == 1


def test_what_was_sent_is_not_kept():
    outbox.post("sms", PHONE, "hello", key="one")
    outbox.drain()
    message = OutboxMessage.objects.get()
    assert (message.recipient, message.text) == ("", "")
    assert message.done_at is not None


def test_nothing_is_written_for_demo_numbers_or_without_a_gateway(settings):
    assert outbox.post("sms", "12000000001", "hello", key="one") is None
    settings.SMS_GATEWAY = ""
    assert outbox.post("sms", PHONE, "hello", key="two") is None
    assert not OutboxMessage.objects.exists()


def test_what_is_rolled_back_is_not_sent():
    with pytest.raises(ValueError), transaction.atomic():
        outbox.post("sms", PHONE, "hello", key="one")
        raise ValueError
    assert outbox.drain() == 0


def test_a_gateway_that_is_down_is_asked_again_later_and_at_last_no_more(settings, clock):
    settings.SMS_GATEWAY = "tests.house.gateways.refuse"
    outbox.post("sms", PHONE, "hello", key="one")
    for number in range(1, outbox.ATTEMPTS + 1):
        assert outbox.drain() == 0
        assert OutboxMessage.objects.get().attempts == number
        assert outbox.drain() == 0, "not at once again"
        assert OutboxMessage.objects.get().attempts == number
        clock.shift(3600)
    outbox.drain()
    assert OutboxMessage.objects.get().given_up_at is not None
    settings.SMS_GATEWAY = "tests.house.gateways.send"
    clock.shift(24 * 3600)
    assert outbox.drain() == 0
    assert gateways.sent == []


def test_a_gateway_that_comes_back_gets_the_message(settings, clock):
    settings.SMS_GATEWAY = "tests.house.gateways.refuse"
    outbox.post("sms", PHONE, "hello", key="one")
    outbox.drain()
    settings.SMS_GATEWAY = "tests.house.gateways.send"
    clock.shift(3600)
    assert outbox.drain() == 1


def test_what_a_killed_worker_held_comes_up_again(clock):
    outbox.post("sms", PHONE, "hello", key="one")
    outbox._lease(10)  # and the worker is gone
    assert outbox.drain() == 0
    clock.shift(outbox.LEASE.total_seconds() + 1)
    assert outbox.drain() == 1


def test_a_code_that_is_too_old_is_not_sent_any_more(clock):
    outbox.post_code(PHONE, "123456")
    clock.shift(601)
    assert outbox.drain() == 0
    assert gateways.sent == []
    assert OutboxMessage.objects.get().given_up_at is not None


def test_the_log_names_no_number(settings, caplog):
    settings.SMS_GATEWAY = "tests.house.gateways.refuse"
    outbox.post("sms", PHONE, "secret 123456", key="one")
    outbox.drain()
    assert PHONE not in caplog.text
    assert "123456" not in caplog.text


def test_the_oldest_goes_first_and_a_drain_has_its_limit(clock):
    for number in range(5):
        outbox.post("sms", PHONE, str(number), key=str(number))
        clock.shift(1)
    assert outbox.drain(limit=2) == 2
    assert [text for _phone, text, _key in gateways.sent] == ["0", "1"]
