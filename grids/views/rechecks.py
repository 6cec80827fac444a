"""Closed cases drawn for a second look: the list, and handing one on."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from campaign import keyset
from campaign.errors import Refused
from campaign.roles import Role
from campaign.scoping import reach_of
from grids.cases import rechecks
from grids.models import Recheck
from grids.views.gates import staff_only


@staff_only
@require_safe
def recheck_list(request: HttpRequest) -> HttpResponse:
    """What was drawn within reach, the newest first, and how it came out."""
    rows = Recheck.objects.visible_to(request.user).select_related(
        "case__category", "case__community", "checker"
    )
    context = {
        "page": keyset.page(rows, request.GET.get("cursor"), order=("-drawn_at", "-pk")),
        "mine": rechecks.waiting_for(request.user).count(),
        "may_hand_on": reach_of(request.user).may(Role.OFFICIAL),
    }
    return render(request, "grids/recheck_list.html", context)


@staff_only
@require_POST
def recheck_hand_on(request: HttpRequest, pk: int) -> HttpResponse:
    """Give one to the next who had no part in it."""
    recheck = get_object_or_404(Recheck.objects.visible_to(request.user), pk=pk)
    try:
        given = rechecks.hand_on(recheck, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("Now to be re-checked by %(name)s.") % {"name": given.checker})
    return redirect("grids:recheck_list")
