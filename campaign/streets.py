"""Which street's public pages a request asks for."""

from django.http import HttpRequest

from campaign.models import Committee
from campaign.scoping import reach_of


def street_of(request: HttpRequest) -> Committee | None:
    """The street of a signed-in person, else the one named by the host, else the first; None on an empty portal.

    Read once a request.
    """
    if not hasattr(request, "_street"):
        request._street = _find(request)
    return request._street


def _find(request: HttpRequest) -> Committee | None:
    reach = reach_of(getattr(request, "user", None))
    if reach.member_of:
        return Committee.objects.filter(pk=min(reach.member_of)).first()
    host = request.get_host().split(":")[0].lower()
    found = list(Committee.objects.filter(host__in=("", host)).order_by("pk")[:20])
    return next((street for street in found if street.host == host), found[0] if found else None)
