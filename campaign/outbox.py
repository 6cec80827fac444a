"""Messages to the outside: written with the fact, sent by the worker, tried again, keyed against doubles."""

import datetime
import logging
import uuid
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import phones
from campaign import gateways
from campaign.doorbell import ring
from campaign.models import Message, OutboxMessage, RobotHook

log = logging.getLogger(__name__)

LEASE = timedelta(minutes=2)
ATTEMPTS = 5
CODE = "code-"
"""how the keys of one-time codes begin: somebody sits and waits for one, so no budget holds it back"""


def post(
    channel: str,
    recipient: str,
    text: str,
    *,
    key: str,
    subject: str = "",
    not_after: datetime.datetime | None = None,
    not_before: datetime.datetime | None = None,
    message: Message | None = None,
) -> OutboxMessage | None:
    """Write a message into the outbox; a second one with the same key is the first. None if nobody is to be reached.

    `message` is the telling in the portal that this one carries further, for its state of delivery.
    """
    if not gateways.can(channel) or (channel == OutboxMessage.Channel.SMS and phones.is_demo(recipient)):
        return None  # demo numbers belong to nobody; without a gateway the page shows the code itself
    posted, _made = OutboxMessage.objects.get_or_create(
        key=key,
        defaults={
            "channel": channel,
            "recipient": recipient,
            "subject": subject,
            "text": text,
            "message": message,
            "not_before": not_before or timezone.now(),
            "not_after": not_after,
        },
    )
    ring("campaign.drain_outbox")
    return posted


def post_code(phone: str, code: str) -> None:
    """A one-time code by text message; worthless after ten minutes."""
    text = _("Your code is %(code)s, valid for 10 minutes. Do not pass it on.") % {"code": code}
    post("sms", phone, text, key=f"{CODE}{uuid.uuid4()}", not_after=timezone.now() + timedelta(minutes=10))


def call_back(key_begins: str) -> int:
    """Drop the messages whose key begins so and that nobody has begun to send: what they tell was taken back."""
    waiting = OutboxMessage.objects.filter(done_at=None, given_up_at=None, leased_until=None, attempts=0)
    dropped, _by_model = waiting.filter(key__startswith=key_begins).delete()
    return dropped


def drain(limit: int = 50) -> int:
    """Send what waits; any number of workers may drain at once. Returns how many were sent."""
    return sum(_send(message) for message in _lease(limit))


def _lease(limit: int) -> list[OutboxMessage]:
    """Take messages for a while. The lease is committed before anything is sent, so a killed worker's messages
    come up again when it has run out; sent twice only if it was killed between the gateway's yes and our note."""
    now = timezone.now()
    with transaction.atomic():
        waiting = OutboxMessage.objects.filter(done_at=None, given_up_at=None, not_before__lte=now)
        waiting = waiting.filter(Q(leased_until=None) | Q(leased_until__lt=now)).order_by("not_before")
        if _budget_is_spent(now):
            waiting = waiting.exclude(~Q(key__startswith=CODE), channel=OutboxMessage.Channel.SMS)
        taken = list(waiting.select_for_update(skip_locked=True)[:limit])
        for message in taken:
            message.leased_until = now + LEASE
            message.attempts += 1
            if message.attempts > ATTEMPTS or (message.not_after and message.not_after < now):
                message.given_up_at = now
            message.save(update_fields=["leased_until", "attempts", "given_up_at"])
    return [message for message in taken if message.given_up_at is None]


def _budget_is_spent(now: datetime.datetime) -> bool:
    """Whether today's text messages are used up (`SMS_A_DAY`): what can wait then waits for tomorrow."""
    morning = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    sent = OutboxMessage.objects.filter(channel=OutboxMessage.Channel.SMS, done_at__gte=morning)
    spent = sent.count() >= settings.SMS_A_DAY
    if spent:
        log.warning("the day's budget of text messages is spent: the others wait for tomorrow")
    return spent


def _target(message: OutboxMessage) -> Any:
    """To whom: a number, an address, or the robot as it is now; one that was switched off hears nothing more."""
    if message.channel != OutboxMessage.Channel.ROBOT:
        return message.recipient
    robot = RobotHook.objects.filter(pk=message.recipient, is_active=True).first()
    if robot is None:
        raise gateways.NotAccepted("the robot is switched off")
    return robot


def _send(message: OutboxMessage) -> bool:
    try:
        gateways.send(message.channel, _target(message), message.subject, message.text, message.key)
    except Exception as failure:
        log.warning(
            "message %s was not sent, try %s: %s", message.pk, message.attempts, type(failure).__name__
        )
        pause = timedelta(seconds=30 * 2**message.attempts)
        OutboxMessage.objects.filter(pk=message.pk).update(
            leased_until=None, not_before=timezone.now() + pause
        )
        return False
    # The text of a code is not kept longer than it is needed.
    OutboxMessage.objects.filter(pk=message.pk).update(
        done_at=timezone.now(), text="", recipient="", subject=""
    )
    return True
