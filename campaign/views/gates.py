"""Who comes in: signed in first, then by capability. What is seen inside is said by the scope of the rows."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from campaign.models import Committee
from campaign.roles import may
from campaign.streets import street_of

View = Callable[..., HttpResponse]


def needs(capability: str) -> Callable[[View], View]:
    """Only for who is signed in and may do `capability` (a key of campaign.roles.MAY); 403 for others."""

    def gate(view: View) -> View:
        @login_required
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not may(request.user, capability):
                raise PermissionDenied
            return view(request, *args, **kwargs)

        return guarded

    return gate


def street_or_404(request: HttpRequest) -> Committee:
    """The street of the request; 404 while the portal is empty."""
    street = street_of(request)
    if street is None:
        raise Http404(_("No street has been set up yet."))
    return street
