"""Telling people: in the portal, and by the ways that they wish; once, not at night, in the street's own words."""

import datetime
import hashlib
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from campaign import outbox, registry
from campaign.errors import Refused
from campaign.models import Committee, Community, ContactWish, Message, MessageWording, RobotHook
from campaign.registry import Wording

Moment = datetime.datetime


def tell(
    occasion: str,
    *,
    committee: Committee,
    key: str,
    fields: Mapping[str, Any],
    user: Any = None,
    phone: str = "",
    path: str = "",
    not_after: Moment | None = None,
    now: Moment | None = None,
) -> Message:
    """Tell one person of an occasion (a key of registry.wordings), in the transaction of the fact.

    In the portal for `user`; by text message to `phone` (by default the account's) unless the person does not
    wish it; by e-mail to who wishes it. The same `key` again tells nothing again. At night, what is not urgent
    waits for the morning; after `not_after` it is worthless and not sent.
    """
    now = now or timezone.now()
    wording = registry.wordings[occasion]
    subject, text = worded(wording, committee, fields)
    message, made = Message.objects.get_or_create(
        key=key,
        defaults={
            "committee": committee,
            "recipient": user,
            "wording": occasion,
            "subject": subject[:80],
            "text": text[:500],
            "path": path,
            "sent_at": now,
        },
    )
    if made:
        _by_other_ways(message, wording, user, phone or getattr(user, "phone", ""), not_after, now)
    return message


def _by_other_ways(
    message: Message, wording: Wording, user: Any, phone: str, not_after: Moment | None, now: Moment
) -> None:
    wish = ContactWish.objects.filter(user=user).first() if user else None
    common = {
        "not_after": not_after,
        "not_before": now if wording.urgent else after_the_night(now),
        "message": message,
    }
    if phone and wording.sms and (wish is None or wish.by_sms):
        outbox.post("sms", phone, message.text, key=f"{message.key}-sms", **common)
    if wish and wish.by_email and wish.confirmed_at:
        text = f"{message.text}\n\n{_link(message.path)}".rstrip()
        outbox.post("email", wish.email, text, key=f"{message.key}-mail", subject=message.subject, **common)


def announce(
    occasion: str,
    *,
    committee: Committee,
    community: Community | None,
    key: str,
    fields: Mapping[str, Any],
    path: str = "",
    now: Moment | None = None,
) -> int:
    """Tell the groups whose robots follow the occasion's topic; returns how many. Once a key and group."""
    now = now or timezone.now()
    wording = registry.wordings[occasion]
    near = Q(community=None) | Q(community=community)
    robots = [
        robot
        for robot in RobotHook.objects.filter(near, committee=committee, is_active=True)
        if wording.topic and wording.topic in robot.topics.replace("，", ",").replace(" ", "").split(",")
    ]
    subject, text = worded(wording, committee, fields)
    for robot in robots:
        outbox.post(
            "robot",
            str(robot.pk),  # its address and secret stand in its own row alone
            f"{subject}\n{text}\n{_link(path)}".rstrip(),
            key=f"{key}-robot-{robot.pk}",
            not_before=now if wording.urgent else after_the_night(now),
        )
    return len(robots)


def worded(wording: Wording, committee: Committee, fields: Mapping[str, Any]) -> tuple[str, str]:
    """Subject and text of an occasion: the street's own words where it has some, else the portal's, in Chinese."""
    own = MessageWording.objects.filter(committee=committee, wording=wording.key).first()
    with translation.override(settings.LANGUAGE_CODE):
        subject, text = (own.subject, own.text) if own else (str(wording.subject), str(wording.text))
        return subject.format_map(dict(fields)), text.format_map(dict(fields))


def call_back(key_begins: str) -> int:
    """What the messages with such keys tell was taken back: what was not sent yet is not sent."""
    Message.objects.filter(key__startswith=key_begins, read_at=None).delete()
    return outbox.call_back(key_begins)


def after_the_night(now: Moment) -> Moment:
    """`now`, or the coming morning when it is quiet time (`QUIET_FROM` to `QUIET_UNTIL` o'clock)."""
    local = timezone.localtime(now)
    if settings.QUIET_UNTIL <= local.hour < settings.QUIET_FROM:
        return now
    morning = local.replace(hour=settings.QUIET_UNTIL, minute=0, second=0, microsecond=0)
    return morning if local.hour < settings.QUIET_UNTIL else morning + timedelta(days=1)


def _link(path: str) -> str:
    return f"{settings.PUBLIC_URL}{path}" if path and settings.PUBLIC_URL else ""


# --- Reading ----------------------------------------------------------------------------------------
def unread(user: Any) -> int:
    """How many messages the person has not opened."""
    return Message.objects.filter(recipient=user, read_at=None).count()


def read(user: Any, pk: int | None = None) -> int:
    """The person has opened one message, or says that all are read; returns how many were new."""
    mine = Message.objects.filter(recipient=user, read_at=None)
    return (mine if pk is None else mine.filter(pk=pk)).update(read_at=timezone.now())


def send_digests(now: Moment | None = None) -> int:
    """One e-mail a person and day that says how much is unread, to who wishes it; returns how many."""
    now = now or timezone.now()
    day = timezone.localdate(now)
    wishes = ContactWish.objects.filter(digest=True, confirmed_at__isnull=False).exclude(email="")
    return sum(_send_digest(wish, day) for wish in wishes.iterator())


def _send_digest(wish: ContactWish, day: datetime.date) -> bool:
    new = Message.objects.filter(recipient=wish.user_id, read_at=None)
    lines = list(new.order_by("-sent_at").values_list("subject", "text")[:20])
    if not lines:
        return False
    with translation.override(settings.LANGUAGE_CODE):
        count = new.count()
        subject = ngettext("%(count)d unread message", "%(count)d unread messages", count) % {"count": count}
    text = "\n\n".join(f"{subject_of}\n{text_of}" for subject_of, text_of in lines)
    key = f"digest-{wish.user_id}-{day:%Y%m%d}"
    return outbox.post("email", wish.email, text, key=key, subject=subject) is not None


# --- Wishes -----------------------------------------------------------------------------------------
@transaction.atomic
def wish(user: Any, *, by_sms: bool, email: str, by_email: bool, digest: bool) -> ContactWish:
    """Keep how a person wants to be told. A new address is used after it was confirmed by the link sent there.

    Raises Refused for an address that is none, and for wishes by e-mail without one.
    """
    email = email.strip()
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise Refused(_("This is no e-mail address. Look at it again."), "email") from None
    elif by_email or digest:
        raise Refused(_("Enter the address to which it is to be sent."), "email")
    kept, _made = ContactWish.objects.select_for_update().get_or_create(user=user)
    changed = email != kept.email
    kept.by_sms, kept.email, kept.by_email, kept.digest = by_sms, email, by_email, digest
    if changed:
        kept.confirmed_at, kept.confirm_digest = None, ""
    if changed and email:
        _ask_to_confirm(kept)
    kept.save()
    return kept


def _ask_to_confirm(kept: ContactWish) -> None:
    from django.urls import reverse

    token = secrets.token_urlsafe(24)
    kept.confirm_digest = hashlib.sha256(token.encode()).hexdigest()
    path = reverse("campaign:confirm_email", args=[token])
    text = (
        _("Open this address to receive messages of the campaign portal here:") + f"\n{_link(path) or path}"
    )
    outbox.post(
        "email", kept.email, text, key=f"confirm-{kept.confirm_digest[:40]}", subject=_("Confirm the address")
    )


def confirm_email(user: Any, token: str) -> bool:
    """The link that was sent to the address was opened by the person; False for any other link."""
    found = ContactWish.objects.filter(
        user=user, confirm_digest=hashlib.sha256(token.encode()).hexdigest(), confirmed_at=None
    )
    return found.update(confirmed_at=timezone.now(), confirm_digest="") == 1
