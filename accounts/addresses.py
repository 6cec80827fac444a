"""Which address a request came from, told by no header that the sender can write."""

from django.conf import settings
from django.http import HttpRequest


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
