"""Rounds of visits: enter a day's, see what was entered."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.views import status_of
from campaign import keyset
from campaign.errors import Refused
from campaign.forms import refuse
from campaign.roles import may
from grids import visits
from grids.filters import VisitFilter
from grids.forms import VisitForm
from grids.views.gates import staff_only


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def visit_list(request: HttpRequest) -> HttpResponse:
    """The rounds in reach, the newest first, and the form for the next."""
    if not may(request.user, "visits.enter"):
        raise PermissionDenied
    entry = VisitForm(request.POST if request.method == "POST" else None, user=request.user)
    status = status_of(entry)
    if entry.is_bound and entry.is_valid():
        street = entry.cleaned_data["community"].committee
        try:
            visits.enter(committee=street, by=request.user, **entry.cleaned_data)
        except (Refused, ValidationError) as failure:
            status = refuse(entry, failure)
        else:
            messages.success(request, _("Entered. Every ledger and report draws on it."))
            return redirect("grids:visit_list")
    form = VisitFilter(request.GET, user=request.user)
    rows = form.rows()
    context = {
        "sums": visits.reached(rows),
        "entry": entry,
        "form": form,
        "page": keyset.page(rows, request.GET.get("cursor"), order=("-day", "-pk")),
    }
    return render(request, "grids/visit_list.html", context, status=max(status, status_of(form)))
