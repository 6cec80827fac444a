"""The ways to the outside: text message, e-mail, work-chat robot. Each sends one message or raises."""

import base64
import hashlib
import hmac
import json
import logging
import time
import urllib.error
import urllib.request
from typing import Any
from urllib.parse import quote_plus, urlsplit

from django.conf import settings
from django.core.mail import EmailMessage
from django.utils.module_loading import import_string

log = logging.getLogger(__name__)

PATIENCE = 10  # seconds that a gateway has to answer; a lease lasts longer (campaign.outbox.LEASE)


class NotAccepted(Exception):
    """The other side said no. Says why, and never to whom or what."""


def send(channel: str, recipient: Any, subject: str, text: str, key: str) -> None:
    """Send by the channel to a number, an address or a robot (anything with kind, address, secret).

    `key` is the same at every try, so that a gateway that knows it drops doubles.
    """
    if channel == "sms":
        import_string(settings.SMS_GATEWAY)(recipient, text, key)
    elif channel == "email":
        _mail(recipient, subject, text, key)
    else:
        _tell_robot(recipient, text)


def can(channel: str) -> bool:
    """Whether this installation has the channel at all."""
    if channel == "sms":
        return bool(settings.SMS_GATEWAY)
    return bool(settings.EMAIL_BACKEND) if channel == "email" else True


# --- Text messages ----------------------------------------------------------------------------------
def console(phone: str, text: str, key: str) -> None:
    """For trying out: nothing leaves the machine; the log tells that a message went, not whose and what."""
    log.info("text message %s of %d signs", hashlib.sha256(key.encode()).hexdigest()[:8], len(text))


def http_sms(phone: str, text: str, key: str) -> None:
    """Post {phone, text, key, time} as JSON to SMS_URL, signed: X-Signature is the HMAC-SHA256 of the body under
    SMS_SECRET, in hex. The city's gateway, or ten lines in front of it, checks it and the time."""
    body = {"phone": phone, "text": text, "key": key, "time": int(time.time())}
    content = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
    signature = hmac.new(settings.SMS_SECRET.encode(), content, hashlib.sha256).hexdigest()
    _post(settings.SMS_URL, content, {"X-Signature": signature, "Idempotency-Key": key})


# --- E-mail -----------------------------------------------------------------------------------------
def _mail(recipient: str, subject: str, text: str, key: str) -> None:
    host = urlsplit(settings.PUBLIC_URL).hostname or "portal.invalid"
    known = f"<{hashlib.sha256(key.encode()).hexdigest()[:32]}@{host}>"  # mail programs show one of doubles
    EmailMessage(subject, text, to=[recipient], headers={"Message-ID": known}).send()


# --- Work-chat robots -------------------------------------------------------------------------------
def _tell_robot(robot: Any, text: str) -> None:
    address, body = robot.address, _robot_body(robot.kind, text)
    if robot.secret:
        address, body = _signed(robot, address, body)
    answer = _post(address, json.dumps(body, ensure_ascii=False).encode(), {})
    said = json.loads(answer or b"{}")
    code = said.get("errcode", said.get("code", 0))
    if code:
        raise NotAccepted(f"the robot answered {code}")


def _robot_body(kind: str, text: str) -> dict[str, Any]:
    if kind == "feishu":
        return {"msg_type": "text", "content": {"text": text}}
    return {"msgtype": "text", "text": {"content": text}}


def _signed(robot: Any, address: str, body: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    """As each chat wants it: DingTalk in the address, in milliseconds; Feishu in the body, in seconds."""
    if robot.kind == "dingtalk":
        stamp = str(round(time.time() * 1000))
        sign = _hmac(robot.secret, f"{stamp}\n{robot.secret}")
        return f"{address}&timestamp={stamp}&sign={quote_plus(sign)}", body
    if robot.kind == "feishu":
        stamp = str(int(time.time()))
        return address, {**body, "timestamp": stamp, "sign": _hmac(f"{stamp}\n{robot.secret}", "")}
    return address, body


def _hmac(key: str, message: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), message.encode(), hashlib.sha256).digest()).decode()


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None  # an allowed address must not lead to one that is not


def _post(address: str, content: bytes, headers: dict[str, str]) -> bytes:
    if urlsplit(address).scheme not in ("https", "http"):
        raise NotAccepted("the gateway's address is none")
    request = urllib.request.Request(  # noqa: S310  (the scheme was looked at)
        address, content, {"Content-Type": "application/json; charset=utf-8", **headers}
    )
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=PATIENCE) as answer:
            return answer.read(100_000)
    except urllib.error.HTTPError as refusal:
        raise NotAccepted(f"the gateway answered {refusal.code}") from None
