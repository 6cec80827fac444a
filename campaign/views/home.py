"""The public home page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from campaign import dashboards, stories, tallies
from campaign.streets import street_of


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the campaign is, what has been counted, what is coming; how to begin while nothing is there."""
    street = street_of(request)
    if street is None:
        return render(request, "campaign/home_empty.html")
    today = timezone.localdate()
    context = {
        "street": street,
        "numbers": dashboards.public_numbers(street, today),
        "first": today.replace(month=1, day=1),
        "last": today,
        "as_of": tallies.as_of(),
        "panels": dashboards.panels("home", request).drawn,
        "stories": stories.published(street)[:3],
        "communities": tallies.communities_of(street),
    }
    return render(request, "campaign/home.html", context)
