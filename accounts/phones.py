"""Mainland mobile numbers: what one is, and how one is shown. Knows no model."""

import re

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

# 12x is given to no operator: demo people and tests have their numbers there, and no message is ever sent to one.
MOBILE = re.compile(r"1[2-9][0-9]{9}")
DEMO_PREFIX = "12"


def normalise(text: str) -> str:
    """The bare eleven digits of a number as people type it: with spaces, dashes, +86, full-width digits."""
    folded = "".join(
        str(int(sign)) if sign.isdecimal() else sign for sign in text.strip() if sign.isprintable()
    )
    bare = re.sub(r"[\s\-()（）－]", "", folded)
    return re.sub(r"^(\+|00)?86(?=1\d{10}$)", "", bare)


def check(text: str) -> None:
    """Raise ValidationError unless `text` is a mainland mobile number of eleven digits."""
    if not MOBILE.fullmatch(text):
        raise ValidationError(_("Enter a mobile number of 11 digits, such as 138 0000 0000."), code="phone")


def mask(phone: str | None) -> str:
    """138****1234: enough to recognise one's own number, too little to call another's."""
    if not phone:
        return ""
    return f"{phone[:3]}****{phone[-4:]}" if len(phone) >= 11 else "****"


def is_demo(phone: str) -> bool:
    """Whether the number belongs to nobody, so that no message may be sent to it."""
    return phone.startswith(DEMO_PREFIX)
