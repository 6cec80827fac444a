"""Entering publicity where it happens."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from accounts.views import status_of
from campaign import keyset, publicity
from campaign.errors import Refused
from campaign.forms import EntryForm, refuse
from campaign.views.gates import needs, street_or_404


@require_http_methods(["GET", "HEAD", "POST"])
@needs("publicity.enter")
def entries(request: HttpRequest) -> HttpResponse:
    """The form with what was chosen last time, and the latest entries below it."""
    street = street_or_404(request)
    form = EntryForm(request.POST or None, user=request.user, street=street, initial=_begin_with(request))
    status = 0
    if request.method == "POST" and form.is_valid():
        try:
            entry = publicity.enter(request.user, **form.for_the_verb())
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            messages.success(
                request,
                _("Entered: %(kind)s, %(quantity)s %(unit)s.")
                % {"kind": entry.get_kind_display(), "quantity": entry.quantity, "unit": entry.quantity_unit},
            )
            return redirect(f"{reverse('campaign:entries')}?kind={entry.kind}&community={entry.community_id}")
    latest = publicity.latest(request.user).filter(committee=street)
    context = {"form": form, "page": keyset.page(latest, request.GET.get("cursor"), order=["-id"], size=12)}
    return render(request, "campaign/entries.html", context, status=status or status_of(form))


def _begin_with(request: HttpRequest) -> dict[str, Any]:
    """Today, and what the last entry was of."""
    chosen = {name: request.GET[name] for name in ("kind", "community") if request.GET.get(name)}
    return {"day": timezone.localdate(), **chosen}
