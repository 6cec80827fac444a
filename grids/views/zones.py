"""The responsibility zones: who answers for which streets."""

from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from grids.models import Zone
from grids.views.gates import staff_only


@staff_only
@require_safe
def zone_list(request: HttpRequest) -> HttpResponse:
    """The zones in force, each with its leader, communities and number of points."""
    today = timezone.localdate()
    standing = Q(points__since__lte=today) & (Q(points__until=None) | Q(points__until__gt=today))
    zones = (
        Zone.objects.visible_to(request.user)
        .filter(Q(until=None) | Q(until__gt=today), since__lte=today)
        .select_related("leader", "deputy_director_at")
        .prefetch_related("communities")
        .annotate(standing=Count("points", filter=standing, distinct=True))
        .order_by("committee", "number")
    )
    return render(request, "grids/zone_list.html", {"zones": list(zones[:200])})
