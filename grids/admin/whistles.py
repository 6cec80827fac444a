"""Whistles are looked at here and stepped on their own page, by the verbs; their limits are set here."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from campaign.admin.scoped import PlacedAdmin, ReadOnlyAdmin, WithinScope
from grids.models import Whistle, WhistleEvent, WhistleLimit, WhistleLink, WhistleTask


@admin.register(WhistleLimit)
class WhistleLimitAdmin(PlacedAdmin):
    list_display = (
        "kind", "since", "clock", "sign_minutes", "arrive_minutes", "report_minutes", "skips_approval"
    )  # fmt: skip
    list_filter = ("kind",)
    street_from = ()


@admin.register(Whistle)
class WhistleAdmin(ReadOnlyAdmin):
    list_display = ("code", "kind", "title", "community", "state", "raised_by", "raised_at", "blown_at")
    list_filter = ("state", "kind", ("community", WithinScope))
    search_fields = ("code", "title", "description")
    list_select_related = ("community", "raised_by")
    exclude = ("form_key",)
    actions_detail = ("open_page",)

    @action(description=_("Open the whistle: next steps"), url_path="page", icon="sports")
    def open_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        whistle = get_object_or_404(self.get_queryset(request), pk=object_id)
        return redirect("grids:whistle_detail", code=whistle.code)


@admin.register(WhistleTask)
class WhistleTaskAdmin(ReadOnlyAdmin):
    list_display = (
        "whistle", "unit", "state", "refusals", "sign_due_at", "signed_in_time", "arrive_due_at",
        "arrived_in_time", "rating",
    )  # fmt: skip
    list_filter = ("state", "rating", ("unit", WithinScope))
    search_fields = ("whistle__code", "whistle__title", "unit__name")
    list_select_related = ("whistle", "unit")


@admin.register(WhistleEvent)
class WhistleEventAdmin(ReadOnlyAdmin):
    list_display = ("whistle", "step", "from_state", "to_state", "unit", "by", "at")
    search_fields = ("whistle__code", "note")
    list_select_related = ("whistle", "unit", "by")


@admin.register(WhistleLink)
class WhistleLinkAdmin(ReadOnlyAdmin):
    list_display = ("task", "unit", "made_by", "made_at", "expires_at", "revoked_at")
    list_select_related = ("task__unit", "unit", "made_by")
    exclude = ("nonce",)
