"""Shops, their inspections, and what the colours of the cards mean."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from campaign.admin.scoped import PlacedAdmin, ScopedAdmin, WithinScope
from grids import frontage
from grids.models import CardScheme, FrontageInspection, Merchant


@admin.register(Merchant)
class MerchantAdmin(PlacedAdmin):
    list_display = ("name", "address", "community", "zone", "pledged_on", "since", "until")
    list_filter = (("community", WithinScope), ("zone", WithinScope))
    search_fields = ("name", "address")
    list_select_related = ("community", "zone")
    actions_detail = ("open_card",)

    @action(description=_("Card and QR code"), url_path="card", icon="qr_code")
    def open_card(self, request: HttpRequest, object_id: str) -> HttpResponse:
        shop = get_object_or_404(self.get_queryset(request), pk=object_id)
        return redirect("grids:frontage_card", plate=shop.plate)


@admin.register(FrontageInspection)
class FrontageInspectionAdmin(ScopedAdmin):
    changes = "frontage.inspect"
    list_display = ("merchant", "day", "status", "hygiene", "greenery", "order", "inspector")
    list_filter = ("status",)
    search_fields = ("merchant__name", "merchant__address")
    list_select_related = ("merchant", "inspector")
    date_hierarchy = "day"
    autocomplete_fields = ("merchant",)
    fields = ("merchant", "day", "hygiene", "greenery", "order", "note")

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False  # what was seen stays; the next inspection says what is so now

    def save_row(self, row: FrontageInspection, by: Any) -> None:
        made = frontage.inspect(
            row.merchant, by=by, hygiene=row.hygiene, greenery=row.greenery, order=row.order, day=row.day,
            note=row.note,
        )  # fmt: skip
        row.pk, row.status = made.pk, made.status


@admin.register(CardScheme)
class CardSchemeAdmin(PlacedAdmin):
    list_display = ("since", "fulfilled", "unfulfilled")
    street_from = ()
