"""One-time codes by phone: sent, checked, used once. Limits follow reliability.md §5 row 14."""

import hashlib
import hmac
import secrets
from datetime import timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import OneTimeCode
from accounts.signals import code_issued

VALID_FOR = timedelta(minutes=10)
COOL_DOWN = timedelta(seconds=60)
TRIES = 5
PER_PHONE_A_DAY = 10
PER_ADDRESS_A_DAY = 60
ALL_A_DAY = 20_000


class CodeRefused(Exception):
    """The code cannot be sent or is not right; the message says what to do."""


def digest(text: str) -> str:
    """A keyed digest, so that the stored value tells nothing to who has no key."""
    return hmac.new(settings.SECRET_KEY.encode(), text.encode(), hashlib.sha256).hexdigest()


@transaction.atomic
def send(phone: str, *, session: str, address: str) -> str:
    """Issue a code to `phone`, bound to the browser session. Returns the code (shown only by the demo).

    Raises CodeRefused within the cool-down or over a day's limit.
    """
    now = timezone.now()
    today = OneTimeCode.objects.filter(sent_at__gt=now - timedelta(days=1))
    to_phone = today.filter(phone_digest=digest(phone))
    if to_phone.filter(sent_at__gt=now - COOL_DOWN).exists():
        raise CodeRefused(_("A code was sent less than a minute ago. Wait a minute, then ask again."))
    if (
        to_phone.count() >= PER_PHONE_A_DAY
        or today.filter(address_digest=digest(address)).count() >= PER_ADDRESS_A_DAY
        or today.count() >= ALL_A_DAY
    ):
        raise CodeRefused(
            _("Too many codes today. Try again tomorrow, or ask your community to sign you up.")
        )
    code = f"{secrets.randbelow(1_000_000):06d}"
    to_phone.filter(used_at=None).update(expires_at=now)
    OneTimeCode.objects.create(
        phone_digest=digest(phone),
        code_digest=digest(phone + code),
        session_digest=digest(session),
        address_digest=digest(address),
        sent_at=now,
        expires_at=now + VALID_FOR,
    )
    code_issued.send(sender=OneTimeCode, phone=phone, code=code)
    return code


def use(phone: str, code: str, *, session: str) -> None:
    """Use up the code. Raises CodeRefused if it is wrong, old, used, of another browser, or tried too often.

    A wrong try is counted in a transaction of its own, so that the refusal does not undo the count.
    """
    with transaction.atomic():
        issued = (
            OneTimeCode.objects.select_for_update()
            .filter(
                phone_digest=digest(phone),
                session_digest=digest(session),
                used_at=None,
                expires_at__gt=timezone.now(),
            )
            .order_by("-sent_at")
            .first()
        )
        right = (
            issued is not None
            and issued.tries < TRIES
            and secrets.compare_digest(issued.code_digest, digest(phone + code.strip()))
        )
        if issued is not None:
            issued.tries += 1
            if right:
                issued.used_at = timezone.now()
            issued.save(update_fields=["tries", "used_at"])
    if not right:
        raise CodeRefused(_("The code is not right or no longer valid. Check it, or ask for a new one."))
