"""One-time codes: six digits, ten minutes, five tries, one use, one browser; and no more of them than allowed."""

import datetime

import pytest
import time_machine
from django.utils import timezone

from accounts import codes
from accounts.models import OneTimeCode
from accounts.signals import code_issued

pytestmark = pytest.mark.django_db
PHONE = "12900000001"
NOW = datetime.datetime(2026, 11, 23, 9, 0, tzinfo=datetime.UTC)


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


def send(phone: str = PHONE, session: str = "browser", address: str = "10.0.0.1") -> str:
    return codes.send(phone, session=session, address=address)


def refused(phone: str, code: str, session: str = "browser") -> bool:
    try:
        codes.use(phone, code, session=session)
    except codes.CodeRefused:
        return True
    return False


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_a_code_opens_once(clock):
    code = send()
    assert len(code) == 6
    assert code.isdigit()
    assert not refused(PHONE, code)
    assert refused(PHONE, code)


def test_a_code_may_be_typed_with_spaces_around_it(clock):
    assert not refused(PHONE, f" {send()} ")


def test_neither_number_nor_code_is_stored(clock):
    code = send()
    row = OneTimeCode.objects.get()
    kept = " ".join(str(getattr(row, field.attname)) for field in row._meta.concrete_fields)
    assert PHONE not in kept
    assert "10.0.0.1" not in kept
    assert row.code_digest != codes.digest(code), "the digest is bound to the number"


def test_a_code_belongs_to_the_browser_that_asked_and_to_the_number(clock):
    code = send()
    assert refused(PHONE, code, session="another browser")
    assert refused("12900000002", code)
    assert not refused(PHONE, code)


@pytest.mark.parametrize(("seconds", "too_late"), [(599, False), (600, True), (3600, True)])
def test_a_code_is_valid_for_ten_minutes(clock, seconds, too_late):
    code = send()
    clock.shift(seconds)
    assert refused(PHONE, code) is too_late


def test_after_five_wrong_tries_the_right_code_is_refused_too(clock):
    code = send()
    for _try in range(4):
        assert refused(PHONE, wrong(code))
    assert OneTimeCode.objects.get().tries == 4
    assert not refused(PHONE, code)
    clock.shift(61)
    code = send()
    for _try in range(5):
        assert refused(PHONE, wrong(code))
    assert refused(PHONE, code)


def test_a_newer_code_takes_the_place_of_the_older(clock):
    first = send()
    clock.shift(61)
    second = send()
    assert refused(PHONE, first) or first == second
    assert not refused(PHONE, second)


def test_one_code_a_minute(clock):
    send()
    clock.shift(59)
    with pytest.raises(codes.CodeRefused):
        send()
    clock.shift(2)
    assert send()


def many(number: int, **columns: object) -> None:
    """As if `number` codes had gone out an hour ago."""
    hour_ago = timezone.now() - datetime.timedelta(hours=1)
    given = {"phone_digest": "x", "address_digest": "y", **columns}
    OneTimeCode.objects.bulk_create(
        OneTimeCode(sent_at=hour_ago, expires_at=hour_ago, code_digest="", session_digest="", **given)
        for _row in range(number)
    )


@pytest.mark.parametrize(
    ("limit", "column"),
    [
        ("PER_PHONE_A_DAY", {"phone_digest": codes.digest(PHONE)}),
        ("PER_ADDRESS_A_DAY", {"address_digest": codes.digest("10.0.0.1")}),
        ("ALL_A_DAY", {}),
    ],
)
def test_a_day_has_its_limits(clock, monkeypatch, limit, column):
    monkeypatch.setattr(codes, limit, 5)
    many(4, **column)
    send()
    clock.shift(61)
    with pytest.raises(codes.CodeRefused):
        send()
    assert OneTimeCode.objects.count() == 5, "a refusal sends nothing"
    clock.shift(25 * 3600)
    assert send()


def test_who_listens_hears_of_the_code_with_its_fact(clock):
    heard = []

    def listen(sender, phone, code, **kwargs):
        heard.append((phone, code))

    code_issued.connect(listen)
    try:
        code = send()
    finally:
        code_issued.disconnect(listen)
    assert heard == [(PHONE, code)]


def test_codes_are_drawn_from_the_whole_range(clock, monkeypatch):
    drawn = iter([0, 999_999])
    monkeypatch.setattr(codes.secrets, "randbelow", lambda top: next(drawn) if top == 1_000_000 else 1 / 0)
    assert send() == "000000"
    assert send("12900000002") == "999999"
