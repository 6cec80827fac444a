"""Hot spots: where the same thing keeps coming up, its cases, and the patrol that goes there."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.views import status_of
from campaign import keyset
from campaign.errors import Refused
from campaign.roles import may
from grids import hotspots, plans
from grids.filters import HotSpotFilter, SpotForm
from grids.navigation import in_the_office
from grids.views.gates import staff_only


@staff_only
@require_safe
def hotspot_list(request: HttpRequest) -> HttpResponse:
    """The spots in reach, the most cases first, each with its numbers."""
    if not in_the_office(request.user):
        raise PermissionDenied
    form = HotSpotFilter(request.GET, user=request.user)
    spots = form.spots()
    rows = []
    for spot in spots:
        zone = spot.zone
        rows.append(
            {
                "spot": spot,
                "url": reverse("grids:hotspot_cases")
                + f"?{urlencode({**spot.key, 'days': form.cleaned_data['days'] or ''})}",
                "may_patrol": zone is not None
                and may(request.user, "patrols.plan")
                and plans.may_plan(zone, request.user),
            }
        )
    context = {"form": form, "rows": rows}
    return render(request, "grids/hotspot_list.html", context, status=status_of(form))


@staff_only
@require_safe
def hotspot_cases(request: HttpRequest) -> HttpResponse:
    """The cases behind one spot."""
    if not in_the_office(request.user):
        raise PermissionDenied
    form = SpotForm(request.GET, user=request.user)
    if not form.is_valid():
        raise Http404
    context = {
        "spot": form.cleaned_data,
        "page": keyset.page(form.cases(), request.GET.get("cursor"), order=("-reported_at", "-pk")),
    }
    return render(request, "grids/hotspot_cases.html", context)


@staff_only
@require_POST
def hotspot_patrol(request: HttpRequest) -> HttpResponse:
    """One click: a patrol goes there every day of the coming week."""
    if not may(request.user, "patrols.plan"):
        raise PermissionDenied
    form = SpotForm(request.POST, user=request.user)
    if not form.is_valid():
        raise Http404
    asked = form.cleaned_data
    community = asked["community"] or asked["point"].community
    try:
        plan, new = hotspots.send_patrol(
            asked["category"], point=asked["point"], community=community, by=request.user
        )
    except (Refused, ValidationError) as failure:
        told = str(failure) if isinstance(failure, Refused) else " ".join(failure.messages)
        messages.error(request, told)
    else:
        said = (
            _("“%(plan)s” is planned daily until %(day)s.")
            if new
            else _("“%(plan)s” goes there already, until %(day)s.")
        )
        messages.success(request, said % {"plan": plan.name, "day": date_format(plan.last_day)})
    return redirect("grids:hotspot_list")
