"""The practice stations: all of them, and one with its rooms and plan."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from campaign.streets import street_of
from volunteers import stations


@require_safe
def station_list(request: HttpRequest) -> HttpResponse:
    """Where the practice stations of the street are and when they are open."""
    context = {"stations": stations.open_ones(street_of(request))}
    return render(request, "volunteers/station_list.html", context)


@require_safe
def station_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One station: opening hours, rooms, what is planned in a month."""
    station = get_object_or_404(stations.open_ones(street_of(request)), pk=pk)
    month = stations.month_of(request.GET.get("month", ""))
    context = {
        "station": station,
        "rooms": station.rooms.all(),
        "month": month,
        "plan": stations.plan(station, month),
    }
    return render(request, "volunteers/station_detail.html", context)
