"""Three duties at the shop door: the staff's list, the card that everybody may read, the check, the paper."""

import io
from collections.abc import Callable
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import segno
from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import unmask
from accounts.views import status_of
from campaign import imports, keyset, sheets
from campaign.errors import Refused
from campaign.forms import refuse
from campaign.roles import may
from campaign.streets import street_of
from campaign.views.gates import street_or_404
from campaign.views.imports import import_page
from grids import frontage
from grids.filters import MerchantFilter
from grids.forms import (
    AppealForm,
    DecisionForm,
    FrontageCheckForm,
    MonthForm,
    PledgeForm,
    ReasonForm,
    WithdrawForm,
)
from grids.frontage import monthly, register
from grids.models import CardScheme, FrontageAppeal, FrontageDuty, FrontageInspection, Merchant
from grids.views.gates import staff_only

# A scheme may also be yellow and black, as elsewhere: those are drawn dark, with the word.
EXPORTED = 20_000
"""shops in one workbook, at most"""
IN_FULL = 1500
"""shops that a month's page shows one by one; of more it shows the roads alone, until a community is chosen"""
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
        shop.card = _card_in_list(shop, scheme)
    context = {
        "form": form,
        "page": page,
        "legend": legend_of(scheme),
        "inspects": may(request.user, "frontage.inspect"),
        "keeps": may(request.user, "frontage.keep"),
    }
    return render(request, "grids/merchant_list.html", context, status=status_of(form))


def _card_in_list(shop: Any, scheme: CardScheme | None) -> frontage.Card | None:
    if not scheme or not shop.latest_status:
        return None
    return frontage.card_for(shop.latest_status, shop.latest_day, scheme, shop.latest_valid_until)


@staff_only
@require_safe
def merchant_export(request: HttpRequest) -> HttpResponse:
    """Exactly the shops asked for, in the columns in which they come in again; nothing of the owners."""
    form = MerchantFilter(request.GET, user=request.user)
    street = street_or_404(request)
    rows = form.rows().filter(committee=street).select_related("zone").order_by("address", "pk")[:EXPORTED]
    content = sheets.workbook(_("Shops"), register.headings(street, request.user), register.lines(rows))
    return sheets.answer("shops", content)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def merchant_import(request: HttpRequest) -> HttpResponse:
    """Take a workbook of shops in, on trial or for good."""
    street = street_or_404(request)
    if not may(request.user, "frontage.keep"):
        raise PermissionDenied

    def take(file: Any, dry_run: bool) -> imports.Outcome:
        return register.take_in(file, street=street, by=request.user, dry_run=dry_run)

    return import_page(
        request,
        take,
        heading=_("Shops from a workbook"),
        lead=_("Name and address say which shop is meant: one that is there is changed, any other is new."),
        template_url=reverse("grids:merchant_template"),
        back_url=reverse("grids:merchant_list"),
        back_text=_("Three duties at the shop door"),
    )


@staff_only
@require_safe
def merchant_template(request: HttpRequest) -> HttpResponse:
    """The empty workbook."""
    columns = register.columns(street_or_404(request), request.user)
    return sheets.answer("shops-template", imports.template(_("Shops"), columns))


# --- One shop -------------------------------------------------------------------------------------
def _find(request: HttpRequest, plate: str) -> Merchant:
    """The shop: for everybody of its street once its card was approved for the public, else for its own staff."""
    shop = get_object_or_404(Merchant.objects.select_related("community", "committee", "zone"), plate=plate)
    street = street_of(request)
    shown = shop.is_public and not (shop.until and shop.until <= timezone.localdate())
    public = shown and street is not None and shop.committee_id == street.pk
    if not public and not shop.is_visible_to(request.user):
        raise Http404
    return shop


def _own(request: HttpRequest, plate: str, capability: str) -> Merchant:
    """A shop in reach of a person who may do something with it."""
    shop = _find(request, plate)
    inside = shop.is_visible_to(request.user)
    if capability != "frontage.inspect":
        inside = inside and frontage.answers_for(shop, request.user)
    if not inside or not may(request.user, capability):
        raise PermissionDenied
    return shop


@require_safe
def frontage_card(request: HttpRequest, plate: str) -> HttpResponse:
    """The card of a shop with its duties; for the street's own also what was found, signed and decided."""
    return _show(request, _find(request, plate))


def _show(
    request: HttpRequest, shop: Merchant, *, bound: dict[str, forms.Form] | None = None, status: int = 200
) -> HttpResponse:
    today = timezone.localdate()
    scheme, card = frontage.scheme_on(shop.committee, today), frontage.card(shop, today)
    staff = may(request.user, "frontage.inspect") and shop.is_visible_to(request.user)
    context = {
        "shop": shop,
        "card": card,
        "plate": PLATES.get(card.colour, "grey") if card and not card.expired else "grey",
        "legend": legend_of(scheme),
        "scheme": scheme,
        "duties": FrontageDuty.objects.filter(committee=shop.committee_id),
        "inspects": staff,
        **(_for_staff(request, shop, bound or {}) if staff else {}),
    }
    # A refusal of something that is no longer offered has no form of its own to stand at.
    lost = [form for name, form in (bound or {}).items() if name not in context.get("forms", {})]
    context["refused"] = lost[0] if lost else None
    response = render(request, "grids/frontage_card.html", context, status=status)
    if staff:
        response.headers["Cache-Control"] = "private, no-store"
    return response


def _for_staff(request: HttpRequest, shop: Merchant, bound: dict[str, forms.Form]) -> dict[str, Any]:
    """What the public does not see."""
    looks = list(
        shop.inspections.select_related("inspector", "standard", "appeal__filed_by", "appeal__decided_by")[
            :10
        ]
    )
    latest = next((look for look in looks if not look.set_aside_on), None)
    given = getattr(latest, "appeal", None)
    open_appeal = given if given and not given.decision else None
    version = frontage.version_on(shop.committee, timezone.localdate())
    answers = frontage.answers_for(shop, request.user)
    keeps = answers and may(request.user, "frontage.keep")
    offered = {
        "pledge": keeps and version and not shop.pledges.filter(version=version).exists(),
        "appeal": keeps and latest and latest.status == "unfulfilled" and given is None,
        "decide": open_appeal
        and may(request.user, "frontage.decide")
        and request.user.pk not in (latest.inspector_id, open_appeal.filed_by_id),
        "withdraw": answers and shop.is_public and may(request.user, "frontage.publish"),
        "phone": answers and bool(shop.phone) and may(request.user, "personal.unmask"),
    }
    return {
        "inspections": looks,
        "latest": latest,
        "answers": answers,
        "found": list(latest.findings.select_related("item")) if latest else [],
        "open_appeal": open_appeal,
        "version": version,
        "pledges": shop.pledges.select_related("version"),
        "publications": shop.publications.select_related("by")[:5],
        "may_publish": answers and may(request.user, "frontage.publish") and not shop.is_public,
        "forms": {
            name: bound.get(name) or ACTS[name].form(auto_id=f"{name}_%s")
            for name in offered
            if offered[name]
        },
    }


def legend_of(scheme: CardScheme | None) -> list[dict[str, Any]]:
    """What each colour means by the scheme, in words; it stands wherever cards are shown."""
    return [_meaning(scheme, status) for status in FrontageInspection.Status] if scheme else []


def _meaning(scheme: CardScheme, status: FrontageInspection.Status) -> dict[str, Any]:
    colour = CardScheme.Colour(frontage.colour_of(scheme, status)).label
    return {"status": status, "colour": colour, "since": scheme.since}


# --- What is done with one shop -------------------------------------------------------------------
def _pledge(shop: Merchant, by: Any, said: dict[str, Any]) -> None:
    frontage.sign(shop, by=by, signed_on=said["signed_on"])


def _publish(shop: Merchant, by: Any, said: dict[str, Any]) -> None:
    frontage.publish(shop, by=by)


def _withdraw(shop: Merchant, by: Any, said: dict[str, Any]) -> None:
    frontage.withdraw(shop, by=by, because=said["because"])


def _appeal(shop: Merchant, by: Any, said: dict[str, Any]) -> None:
    if (look := frontage.status_of(shop)) is None:
        raise Refused(_("Nobody has checked this shop yet."), "nothing")
    frontage.appeal(look, said["text"], by=by)


def _decide(shop: Merchant, by: Any, said: dict[str, Any]) -> None:
    given = FrontageAppeal.objects.filter(inspection__merchant=shop, decision="").first()
    if given is None:
        raise Refused(_("There is no objection to decide on."), "nothing")
    upheld = said["decision"] == FrontageAppeal.Decision.UPHELD
    frontage.decide(given, upheld=upheld, reason=said["reason"], by=by)


@dataclass(frozen=True)
class Act:
    """Something that is done with a shop on its page: who may, what is asked, the verb, what is said then."""

    capability: str
    form: type[forms.Form]
    verb: Callable[[Merchant, Any, dict[str, Any]], None] | None
    done: str | Promise


ACTS = {
    "pledge": Act("frontage.keep", PledgeForm, _pledge, gettext_lazy("The pledge is on record.")),
    "publish": Act("frontage.publish", forms.Form, _publish, gettext_lazy("The public sees this card now.")),
    "withdraw": Act(
        "frontage.publish", WithdrawForm, _withdraw, gettext_lazy("The public sees this card no longer.")
    ),
    "appeal": Act("frontage.keep", AppealForm, _appeal, gettext_lazy("The objection is on record.")),
    "decide": Act("frontage.decide", DecisionForm, _decide, gettext_lazy("The decision is on record.")),
    "phone": Act("personal.unmask", ReasonForm, None, ""),
}


@require_POST
@staff_only
def frontage_act(request: HttpRequest, plate: str, act: str) -> HttpResponse:
    """Sign, publish, withdraw, object, decide; each by its verb."""
    asked = ACTS.get(act)
    if asked is None:
        raise Http404
    shop = _own(request, plate, asked.capability)
    form = asked.form(request.POST, auto_id=f"{act}_%s")
    status = status_of(form)
    if form.is_valid():
        if asked.verb is None:
            return _phone(request, shop, form.cleaned_data["reason"])
        try:
            asked.verb(shop, request.user, form.cleaned_data)
        except (Refused, ValidationError) as failure:
            status = refuse(form, failure)
        else:
            messages.success(request, asked.done)
            return redirect("grids:frontage_card", plate=shop.plate)
    if not any(form.errors.values()):
        status = 409
    return _show(request, shop, bound={act: form}, status=status)


def _phone(request: HttpRequest, shop: Merchant, reason: str) -> HttpResponse:
    """The whole number, after the reason was written down."""
    number = unmask(shop, "phone", by=request.user, reason=reason)
    response = render(request, "grids/frontage_phone.html", {"shop": shop, "number": number})
    response.headers["Cache-Control"] = "private, no-store"
    return response


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def frontage_check(request: HttpRequest, plate: str) -> HttpResponse:
    """The check at the door: every item of the edition, one thumb, one page."""
    shop = _own(request, plate, "frontage.inspect")
    items = frontage.items_on(shop.committee, timezone.localdate())
    form = FrontageCheckForm(request.POST if request.method == "POST" else None, items=items)
    status = status_of(form)
    if form.is_bound and form.is_valid():
        try:
            look = frontage.inspect(shop, by=request.user, **form.for_the_verb())
        except (Refused, ValidationError) as failure:
            status = refuse(form, failure)
        else:
            told = {"status": look.get_status_display(), "score": look.score, "full": look.full_score}
            messages.success(
                request, _("The check is on record: %(status)s, %(score)d of %(full)d points.") % told
            )
            return redirect("grids:frontage_card", plate=shop.plate)
    context = {"shop": shop, "form": form, "duties": _by_duty(form), "items": items}
    return render(request, "grids/frontage_check.html", context, status=status)


def _by_duty(form: FrontageCheckForm) -> list[dict[str, Any]]:
    """The items under the duty they belong to, with what was answered."""
    told = []
    for duty, items in groupby(form.items, key=lambda item: item.duty):
        lines = [{"item": item, "field": form[f"item{item.pk}"]} for item in items]
        told.append({"duty": duty, "lines": lines})
    return told


# --- Paper ----------------------------------------------------------------------------------------
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


@staff_only
@require_safe
def frontage_door(request: HttpRequest, plate: str) -> HttpResponse:
    """The plate for the door, to print: duties, frontage, QR code; nothing about a person."""
    shop = _own(request, plate, "frontage.inspect")
    duties = FrontageDuty.objects.filter(committee=shop.committee_id)
    scheme = frontage.scheme_on(shop.committee, timezone.localdate())
    context = {"shop": shop, "duties": duties, "legend": legend_of(scheme)}
    return render(request, "grids/frontage_door.html", context)


@staff_only
@require_safe
def frontage_month(request: HttpRequest) -> HttpResponse:
    """The month's list by road: on the screen, on paper, as .xlsx."""
    if not may(request.user, "frontage.inspect"):
        raise PermissionDenied
    asked = request.GET.copy()
    asked.setdefault("month", timezone.localdate().strftime("%Y-%m"))
    form = MonthForm(asked, user=request.user)
    if not form.is_valid():
        return render(request, "grids/frontage_month.html", {"form": form}, status=400)
    asked = form.cleaned_data
    shops = Merchant.objects.visible_to(request.user)
    if asked["community"]:
        shops = shops.filter(community=asked["community"])
    if asked["posted"]:
        shops = shops.filter(is_public=True)
    lines = monthly.lines(shops, asked["month"])
    if request.GET.get("as") == "xlsx":
        return sheets.answer("frontage", monthly.sheet(lines, asked["month"]))
    street = street_of(request)
    scheme = frontage.scheme_on(street, monthly.last_day(asked["month"])) if street else None
    context = {
        "form": form,
        "legend": legend_of(scheme),
        "in_full": len(lines) <= IN_FULL,
        "month": asked["month"],
        "posted": asked["posted"],
        "roads": monthly.by_road(lines),
        "totals": monthly.totals(lines),
    }
    return render(request, "grids/frontage_month.html", context)
