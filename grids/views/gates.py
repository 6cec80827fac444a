"""Who may open the pages of the streets at all; which rows they show is said by the scope."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.cache import cache
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from accounts.addresses import client_address
from accounts.codes import digest
from campaign.roles import may
from grids.navigation import works_in_the_streets

AN_HOUR = 3600
View = Callable[..., HttpResponse]


def staff_only(view: View) -> View:
    """Decorator: signed in, and appointed to something in the streets; else 403."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not works_in_the_streets(request.user):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def reports_only(view: View) -> View:
    """Decorator: signed in, and one who reads the street's reports; else 403."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may(request.user, "reports.read"):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def too_many(request: HttpRequest, what: str, limit: int) -> bool:
    """Whether more than `limit` of `what` came from one address within the hour: a courtyard behind one connection
    sends less, a program more. The address itself is not kept."""
    key = f"{what}:{digest(client_address(request))}:{timezone.now():%Y%m%d%H}"
    cache.add(key, 0, AN_HOUR)
    try:
        return cache.incr(key) > limit
    except ValueError:  # the cache has just forgotten it, or is away: a report is worth more than a count
        return False
