"""Telling people: once, by the ways they wish, not at night, in the street's words, with its state of delivery."""

import datetime
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from types import SimpleNamespace
from typing import Any

import pytest
from django.core import mail
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from campaign import gateways, messages, outbox, registry
from campaign.errors import Refused
from campaign.models import ContactWish, Message, MessageWording, OutboxMessage, RobotHook

NOON = datetime.datetime(2020, 11, 20, 12, tzinfo=timezone.get_default_timezone())
FIELDS = {"title": "清扫街面", "day": "11月20日 9:00", "place": "门口", "position": "志愿者"}
PHONE = "13800000000"  # only in this test: nothing is sent, the gateway is ours


@pytest.fixture(autouse=True)
def _gateway(settings: Any) -> None:
    settings.SMS_GATEWAY = "campaign.gateways.console"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    settings.PUBLIC_URL = "https://portal.example"


def tell(
    cast: SimpleNamespace, key: str = "one", occasion: str = "volunteers.tomorrow", **more: Any
) -> Message:
    given = {"user": cast.stranger, "phone": PHONE, "path": "/me/", "now": NOON}
    return messages.tell(occasion, committee=cast.huguo, key=key, fields=FIELDS, **{**given, **more})


def ways() -> list[str]:
    return sorted(OutboxMessage.objects.values_list("channel", flat=True))


def test_told_twice_is_told_once(cast: SimpleNamespace) -> None:
    assert tell(cast) == tell(cast)
    assert (Message.objects.count(), ways()) == (1, ["sms"])


def test_who_has_no_account_is_told_by_telephone_alone(cast: SimpleNamespace) -> None:
    message = tell(cast, user=None)
    assert (message.recipient, ways()) == (None, ["sms"])


def test_the_person_says_by_which_ways(cast: SimpleNamespace) -> None:
    wish = messages.wish(cast.stranger, by_sms=False, email="demo@example.org", by_email=True, digest=False)
    OutboxMessage.objects.all().delete()  # the link to confirm
    tell(cast, "before")
    assert ways() == []  # the address was not confirmed yet
    ContactWish.objects.filter(pk=wish.pk).update(confirmed_at=NOON)
    tell(cast, "after")
    assert ways() == ["email"]


@pytest.mark.parametrize(
    ("clock", "until"),
    [
        ((12, 0), (20, 12, 0)),
        ((20, 59), (20, 20, 59)),
        ((21, 0), (21, 8, 0)),
        ((3, 0), (20, 8, 0)),
        ((8, 0), (20, 8, 0)),
    ],
)
def test_nothing_but_what_is_urgent_is_sent_at_night(
    cast: SimpleNamespace, clock: tuple[int, int], until: tuple[int, int, int]
) -> None:
    now = NOON.replace(hour=clock[0], minute=clock[1])
    tell(cast, now=now)
    sent = timezone.localtime(OutboxMessage.objects.get().not_before)
    assert (sent.day, sent.hour, sent.minute) == until
    tell(cast, "urgent", "volunteers.soon", now=now)
    assert OutboxMessage.objects.get(key="urgent-sms").not_before == now


def test_a_street_words_it_anew_and_only_with_names_that_there_are(cast: SimpleNamespace) -> None:
    own = MessageWording(
        committee=cast.huguo, wording="volunteers.tomorrow", subject="明天见", text="{title}，{place}集合"
    )
    own.full_clean()
    own.save()
    message = tell(cast)
    assert (message.subject, message.text) == ("明天见", "清扫街面，门口集合")
    for wrong in ("{phone}", "{title.__class__}", "{", "{0}", "{title[0]}{nobody}"):
        own.text = wrong
        with pytest.raises(ValidationError):
            own.full_clean()
    with pytest.raises(ValidationError):
        MessageWording(committee=cast.huguo, wording="no.such", subject="甲", text="乙").full_clean()


@pytest.mark.parametrize("key", sorted(registry.wordings))
def test_every_wording_is_said_with_its_sample(cast: SimpleNamespace, key: str) -> None:
    wording = registry.wordings[key]
    subject, text = messages.worded(wording, cast.huguo, wording.sample)
    assert subject and text and "{" not in subject + text
    assert len(text) <= 300


def test_what_was_taken_back_is_not_sent(cast: SimpleNamespace) -> None:
    tell(cast, "remind-7-x")
    tell(cast, "remind-71-x")
    messages.call_back("remind-7-")
    assert list(OutboxMessage.objects.values_list("key", flat=True)) == ["remind-71-x-sms"]
    assert Message.objects.get().key == "remind-71-x"


# --- The outbox's ways ------------------------------------------------------------------------------
def test_an_email_bears_the_key_so_that_doubles_are_known(cast: SimpleNamespace) -> None:
    for _try in range(2):
        gateways.send("email", "demo@example.org", "题目", "正文", "the-key")
    first, second = mail.outbox
    assert (first.subject, first.body, first.to) == ("题目", "正文", ["demo@example.org"])
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


def test_the_days_budget_holds_back_all_but_codes(cast: SimpleNamespace, settings: Any) -> None:
    settings.SMS_A_DAY = 1
    for number in range(3):
        outbox.post("sms", PHONE, "甲", key=f"some-{number}")
    outbox.drain(limit=1)
    outbox.post_code(PHONE, "123456")
    outbox.post("email", "demo@example.org", "乙", key="mail")
    while outbox.drain():
        pass
    done = OutboxMessage.objects.filter(done_at__isnull=False)
    assert sorted(key.split("-")[0] for key in done.values_list("key", flat=True)) == ["code", "mail", "some"]


class Gateway(HTTPServer):
    """Another program's side: keeps what it is sent, answers as told."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.seen: list[tuple[str, dict[str, str], bytes]] = []
        self.answer: tuple[int, bytes] = (200, b"{}")
        self.address = f"http://127.0.0.1:{self.server_port}/hook?key=1"


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.seen.append((self.path, dict(self.headers), body))
        status, content = self.server.answer
        self.send_response(status)
        self.send_header("Location", "/elsewhere")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *args: Any) -> None:
        """Silent."""


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    server = Gateway()
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()


def test_the_http_gateway_signs_what_it_sends(gateway: Gateway, settings: Any) -> None:
    import hashlib
    import hmac

    settings.SMS_URL, settings.SMS_SECRET = gateway.address, "a-secret"
    gateways.http_sms(PHONE, "您好", "the-key")
    _path, headers, body = gateway.seen[0]
    assert json.loads(body) | {"time": 0} == {"phone": PHONE, "text": "您好", "key": "the-key", "time": 0}
    assert headers["X-Signature"] == hmac.new(b"a-secret", body, hashlib.sha256).hexdigest()
    assert headers["Idempotency-Key"] == "the-key"


@pytest.mark.parametrize(
    "answer", [(500, b""), (302, b""), (200, b'{"errcode": 93000}'), (200, b'{"code": 9499}')]
)
def test_a_no_of_the_other_side_is_tried_again(
    gateway: Gateway, answer: tuple[int, bytes], cast: SimpleNamespace
) -> None:
    gateway.answer = answer
    robot = RobotHook.objects.create(committee=cast.huguo, name="甲", kind="wecom", address=gateway.address)
    outbox.post("robot", str(robot.pk), "甲", key="robot")
    assert outbox.drain() == 0
    message = OutboxMessage.objects.get()
    assert (message.done_at, message.attempts, len(gateway.seen)) == (None, 1, 1)
    gateway.answer = (200, b'{"errcode": 0}')
    OutboxMessage.objects.update(not_before=NOON)
    assert outbox.drain() == 1


def test_a_robot_that_was_switched_off_hears_nothing_more(gateway: Gateway, cast: SimpleNamespace) -> None:
    robot = RobotHook.objects.create(
        committee=cast.huguo, name="甲", kind="wecom", address=gateway.address, secret="s", is_active=False
    )
    message = outbox.post("robot", str(robot.pk), "甲", key="robot")
    assert (outbox.drain(), gateway.seen) == (0, [])
    assert message.recipient == str(robot.pk)  # no copy of the address or the secret waits anywhere


@pytest.mark.parametrize("kind", ["wecom", "dingtalk", "feishu"])
def test_a_robot_is_told_as_its_chat_wants_it(gateway: Gateway, kind: str, cast: SimpleNamespace) -> None:
    robot = RobotHook(kind=kind, address=gateway.address, secret="s")
    gateways.send("robot", robot, "", "大扫除", "key")
    path, _headers, body = gateway.seen[0]
    assert "大扫除" in body.decode()
    assert ("sign=" in path) == (kind == "dingtalk")
    assert ("sign" in json.loads(body)) == (kind == "feishu")


def test_groups_hear_of_their_topics_and_their_community(cast: SimpleNamespace) -> None:
    def robot(name: str, **more: Any) -> None:
        values = {
            "committee": cast.huguo,
            "name": name,
            "kind": "wecom",
            "address": "https://qyapi.weixin.qq.com/x",
        }
        RobotHook.objects.create(**{**values, **more})

    robot("全街")
    robot("甲", community=cast.a)
    robot("乙", community=cast.b)
    robot("别的", topics="cases")
    robot("停用", is_active=False)
    robot("远方", committee=cast.other)
    given = {"committee": cast.huguo, "community": cast.a, "fields": FIELDS, "key": "k"}
    assert messages.announce("volunteers.published", **given) == 2
    assert messages.announce("volunteers.published", **given) == 2
    assert OutboxMessage.objects.filter(channel="robot").count() == 2


@pytest.mark.parametrize(
    "address",
    [
        "http://qyapi.weixin.qq.com/x",
        "https://127.0.0.1/x",
        "https://qyapi.weixin.qq.com@evil.example/",
        "https://evil.example/",
    ],
)
def test_a_robots_address_leads_to_a_chat_and_nowhere_else(cast: SimpleNamespace, address: str) -> None:
    hook = RobotHook(committee=cast.huguo, name="甲", kind="wecom", address=address)
    with pytest.raises(ValidationError):
        hook.full_clean()


# --- Pages ------------------------------------------------------------------------------------------
def test_reading_my_messages(cast: SimpleNamespace, client: Client) -> None:
    mine, other = tell(cast), tell(cast, "other", user=cast.secretary_a, path="")
    client.force_login(cast.stranger)
    page = client.get(reverse("campaign:message_list"))
    assert page.context["unread"] == 1 and mine.subject in page.content.decode()
    assert client.post(reverse("campaign:message_open", args=[mine.pk])).url == "/me/"
    assert client.post(reverse("campaign:message_open", args=[other.pk])).status_code == 404
    assert (messages.unread(cast.stranger), messages.unread(cast.secretary_a)) == (0, 1)
    client.force_login(cast.secretary_a)
    client.post(reverse("campaign:messages_read"))
    assert messages.unread(cast.secretary_a) == 0


def test_an_address_is_used_after_it_was_confirmed_by_its_owner(
    cast: SimpleNamespace, client: Client
) -> None:
    client.force_login(cast.stranger)
    wishes = reverse("campaign:contact_wish")
    assert client.post(wishes, {"by_sms": "on", "by_email": "on", "email": ""}).status_code == 409
    client.post(wishes, {"by_sms": "on", "by_email": "on", "email": "demo@example.org"})
    link = OutboxMessage.objects.get(channel="email").text.split("https://portal.example")[1].strip()
    assert client.get(link).status_code == 200
    assert ContactWish.objects.get().confirmed_at is None  # mail programs open links by themselves
    client.force_login(cast.secretary_a)
    client.post(link)
    assert ContactWish.objects.get(user=cast.stranger).confirmed_at is None
    client.force_login(cast.stranger)
    client.post(link)
    assert ContactWish.objects.get(user=cast.stranger).confirmed_at is not None
    with pytest.raises(Refused):
        messages.wish(cast.stranger, by_sms=True, email="no address", by_email=False, digest=False)


def test_one_digest_a_day_and_none_when_all_is_read(cast: SimpleNamespace) -> None:
    messages.wish(cast.stranger, by_sms=False, email="demo@example.org", by_email=False, digest=True)
    ContactWish.objects.update(confirmed_at=NOON)
    OutboxMessage.objects.all().delete()
    tell(cast)
    tell(cast, "two")
    for _hour in range(3):
        messages.send_digests(NOON)
    digest = OutboxMessage.objects.get(channel="email")
    assert digest.subject.startswith("2") and "清扫街面" in digest.text
    messages.read(cast.stranger)
    messages.send_digests(NOON + datetime.timedelta(days=1))
    assert OutboxMessage.objects.filter(channel="email").count() == 1


def test_the_office_sees_what_became_of_it(cast: SimpleNamespace, client: Client) -> None:
    tell(cast)
    client.force_login(cast.official)
    page = client.get(reverse("admin:campaign_message_changelist")).content.decode()
    assert "清扫街面" in page and PHONE not in page
