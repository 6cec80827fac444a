"""Who tries to sign in, and from which address, told by no header that the sender can write."""

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from accounts import phones


def client_address(request: HttpRequest) -> str:
    """The sender's address: the connection's, or, behind N trusted proxies, the Nth forwarded one from the right.

    The left end of X-Forwarded-For is whatever the sender wrote there, so it is never looked at.
    """
    trusted = settings.TRUSTED_PROXY_COUNT
    forwarded = [
        part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()
    ]
    if trusted and len(forwarded) >= trusted:
        return forwarded[-trusted]
    return request.META.get("REMOTE_ADDR", "")


def claimed_phone(request: HttpRequest | None, credentials: Mapping[str, Any] | None = None) -> str | None:
    """The number that somebody tries to sign in with, however it was spelled; the lock-out counts by it."""
    typed = (credentials or {}).get("username") or (request.POST.get("username") if request else None)
    return phones.normalise(str(typed))[:24] if typed else None
