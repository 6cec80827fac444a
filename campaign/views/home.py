"""The public home page."""

from typing import Any

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.views.decorators.http import require_safe

from campaign import dashboards, registry, stories, tallies
from campaign.models import Committee
from campaign.streets import street_of

KEPT = 30
"""seconds for which the page of who is not signed in may be of the same reading"""


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the campaign is, what has been counted, what is coming; how to begin while nothing is there."""
    street = street_of(request)
    if street is None:
        return render(request, "campaign/home_empty.html")
    parts = _parts(request, street)
    numbers = [{"metric": registry.metrics[key], "value": value} for key, value in parts["counted"]]
    return render(request, "campaign/home.html", {"street": street, **parts, "numbers": numbers})


def _parts(request: HttpRequest, street: Committee) -> dict[str, Any]:
    """What stands on the page. For who is not signed in it is the same for all, and when something happens all
    look at once: so it is read twice a minute, and `as_of` says from when the numbers are."""
    if request.user.is_authenticated:
        return _read(request, street)
    key = f"home:{street.pk}:{get_language()}:{timezone.localdate()}"
    parts = cache.get(key)
    if parts is None:
        parts = _read(request, street)
        cache.set(key, parts, KEPT)
    return parts


def _read(request: HttpRequest, street: Committee) -> dict[str, Any]:
    today = timezone.localdate()
    numbers = dashboards.public_numbers(street, today)
    return {
        "counted": [(number.metric.key, number.value) for number in numbers],
        "last": today,
        "as_of": tallies.as_of(),
        "panels": dashboards.panels("home", request).drawn,
        "stories": list(stories.published(street)[:3]),
        "communities": list(tallies.communities_of(street)),
    }
