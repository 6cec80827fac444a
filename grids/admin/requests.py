"""Types of requests are set here; requests and calls are looked at, and recorded on their own pages."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from campaign.admin.scoped import PlacedAdmin, ReadOnlyAdmin, WithinScope
from grids.models import Request, RequestContact, RequestEvent, RequestType


@admin.register(RequestType)
class RequestTypeAdmin(PlacedAdmin):
    list_display = ("name", "response_hours", "limit_hours", "is_usual")
    search_fields = ("name", "code")
    street_from = ()


@admin.register(Request)
class RequestAdmin(ReadOnlyAdmin):
    list_display = (
        "case", "type", "community", "state", "round", "asked_at", "respond_by", "responded_at", "due_by"
    )  # fmt: skip
    list_filter = ("state", ("type", WithinScope), ("community", WithinScope), "responded_in_time")
    search_fields = ("case__code",)
    list_select_related = ("case__category", "type", "community")
    date_hierarchy = "asked_on"
    actions_detail = ("open_page",)

    @action(description=_("Open the request: calls"), url_path="page", icon="call")
    def open_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        asked = get_object_or_404(self.get_queryset(request).select_related("case"), pk=object_id)
        return redirect("grids:request_detail", code=asked.case.code)


@admin.register(RequestContact)
class RequestContactAdmin(ReadOnlyAdmin):
    list_display = ("request", "purpose", "round", "outcome", "solved", "satisfied", "by", "at", "excluded")
    list_filter = ("purpose", "outcome", "solved", "satisfied", "excluded")
    search_fields = ("request__case__code", "note")
    list_select_related = ("request__type", "by")
    date_hierarchy = "day"
    exclude = ("form_key",)


@admin.register(RequestEvent)
class RequestEventAdmin(ReadOnlyAdmin):
    list_display = ("request", "what", "by", "at", "note")
    list_filter = ("what",)
    search_fields = ("request__case__code", "note")
    list_select_related = ("request__type", "by")
