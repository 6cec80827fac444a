"""A year's record of service on paper: person, service, training, commendations (Order 67, articles 5–9)."""

import datetime

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from campaign.views.gates import needs
from volunteers import certificates, stars
from volunteers.models import HourEntry, Volunteer
from volunteers.views.activities import volunteer_of

MOST_LINES = 400
"""a year has fewer days; who serves more than once a day is told that the rest is counted and not listed"""


@login_required
@require_safe
def own_record(request: HttpRequest, year: int) -> HttpResponse:
    """My own record of a year."""
    volunteer = volunteer_of(request.user)
    if volunteer is None:
        return render(request, "volunteers/me_unknown.html")
    return _record(request, volunteer, year)


@needs("volunteers.enter")
@require_safe
def volunteer_record(request: HttpRequest, pk: int, year: int) -> HttpResponse:
    """The record of a volunteer within reach."""
    return _record(request, get_object_or_404(Volunteer.objects.visible_to(request.user), pk=pk), year)


def _record(request: HttpRequest, volunteer: Volunteer, year: int) -> HttpResponse:
    if not 1950 <= year <= 2200:
        raise Http404
    first, last = datetime.date(year, 1, 1), datetime.date(year, 12, 31)
    ledger = HourEntry.objects.filter(volunteer=volunteer, day__range=(first, last)).order_by("day", "pk")
    lines = list(ledger.select_related("community")[: MOST_LINES + 1])
    context = {
        "volunteer": volunteer,
        "year": str(year),  # a year is no quantity: it has no thousands
        "years": [day.year for day in HourEntry.objects.filter(volunteer=volunteer).dates("day", "year")][
            -8:
        ],
        "served": certificates.served_between(volunteer, first, last),
        "lines": lines[:MOST_LINES],
        "more": len(lines) > MOST_LINES,
        "trainings": volunteer.trainings.filter(day__range=(first, last)).order_by("day")[:MOST_LINES],
        "commendations": volunteer.commendations.filter(day__range=(first, last)).order_by("day")[
            :MOST_LINES
        ],
        "level": stars.stars_of(volunteer),
        "own": volunteer.user_id == request.user.pk,
    }
    return render(request, "volunteers/service_record.html", context)
