"""Three duties at the shop door: the staff's list, and the card that everybody may read."""

import io
from typing import Any

import segno
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.views import status_of
from campaign import keyset
from campaign.errors import Refused
from campaign.forms import refuse
from campaign.roles import may
from campaign.streets import street_of
from grids import frontage
from grids.filters import MerchantFilter
from grids.forms import InspectionForm
from grids.models import CardScheme, FrontageInspection, Merchant
from grids.views.gates import staff_only

# A scheme may also be yellow and black, as elsewhere: those are drawn dark, with the word.
PLATES = {CardScheme.Colour.RED: "red", CardScheme.Colour.GREEN: "green"}


@staff_only
@require_safe
def merchant_list(request: HttpRequest) -> HttpResponse:
    """The shops in reach, each with its card."""
    form = MerchantFilter(request.GET, user=request.user)
    rows = form.rows().select_related("community", "committee")
    page = keyset.page(rows, request.GET.get("cursor"), order=("address", "pk"))
    scheme = frontage.scheme_on(page.rows[0].committee, timezone.localdate()) if page.rows else None
    for shop in page.rows:
        known = scheme and shop.latest_status
        shop.card = frontage.card_for(shop.latest_status, shop.latest_day, scheme) if known else None
    return render(request, "grids/merchant_list.html", {"form": form, "page": page}, status=status_of(form))


def _find(request: HttpRequest, plate: str) -> Merchant:
    """The shop, in its own street: what hangs at a door may be read by everybody who stands there."""
    shop = get_object_or_404(Merchant.objects.select_related("community", "committee", "zone"), plate=plate)
    street = street_of(request)
    if (street is None or shop.committee_id != street.pk) and not shop.is_visible_to(request.user):
        raise Http404
    return shop


@require_http_methods(["GET", "HEAD", "POST"])
def frontage_card(request: HttpRequest, plate: str) -> HttpResponse:
    """The card of a shop; below it, for those who inspect, the form of the next inspection."""
    shop = _find(request, plate)
    inspects = may(request.user, "frontage.inspect") and shop.is_visible_to(request.user)
    if request.method == "POST" and not inspects:
        raise PermissionDenied
    form = InspectionForm(request.POST if request.method == "POST" else None)
    status = status_of(form)
    if form.is_bound and form.is_valid():
        try:
            frontage.inspect(shop, by=request.user, **form.cleaned_data)
        except (Refused, ValidationError) as failure:
            status = refuse(form, failure)
        else:
            messages.success(request, _("The inspection is on record. The card follows it."))
            return redirect("grids:frontage_card", plate=shop.plate)
    return render(request, "grids/frontage_card.html", _context(shop, form, inspects), status=status)


def _context(shop: Merchant, form: InspectionForm, inspects: bool) -> dict[str, Any]:
    today = timezone.localdate()
    scheme, card = frontage.scheme_on(shop.committee, today), frontage.card(shop, today)
    return {
        "shop": shop,
        "card": card,
        "plate": PLATES.get(card.colour, "grey") if card else "grey",
        "legend": [_meaning(scheme, status) for status in FrontageInspection.Status] if scheme else [],
        "scheme": scheme,
        "form": form,
        "inspects": inspects,
        "inspections": shop.inspections.select_related("inspector")[:10] if inspects else [],
    }


def _meaning(scheme: CardScheme, status: FrontageInspection.Status) -> dict[str, Any]:
    return {"status": status, "colour": CardScheme.Colour(frontage.colour_of(scheme, status)).label}


@require_safe
def frontage_qr(request: HttpRequest, plate: str) -> HttpResponse:
    """The QR code that hangs at the door: the address of the shop's card."""
    shop = _find(request, plate)
    address = request.build_absolute_uri(reverse("grids:frontage_card", args=[shop.plate]))
    out = io.BytesIO()
    segno.make(address, error="m").save(out, kind="svg", scale=6, border=2, omitsize=True, title=shop.name)
    response = HttpResponse(out.getvalue(), content_type="image/svg+xml")
    response.headers["X-Content-Type-Options"] = "nosniff"
    return response
