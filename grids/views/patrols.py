"""The office's list of patrols, and with it the roster of a day."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.views import status_of
from campaign import keyset
from campaign.roles import Role
from campaign.scoping import reach_of
from grids.filters import PatrolFilter
from grids.views.gates import staff_only


@staff_only
@require_safe
def patrol_list(request: HttpRequest) -> HttpResponse:
    """Who walks where on a day, and how it went."""
    form = PatrolFilter(request.GET, user=request.user)
    context = {
        "form": form,
        "page": keyset.page(form.rows(), request.GET.get("cursor"), order=("starts_at", "pk")),
        "may_draw": reach_of(request.user).may(Role.OFFICIAL),
        "day": (form.cleaned_data["day"] or timezone.localdate()) if form.is_valid() else None,
    }
    return render(request, "grids/patrol_list.html", context, status=status_of(form))
