"""Cases are looked at here; they are moved on their own page, by the verbs."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from campaign.admin.scoped import PlacedAdmin, ReadOnlyAdmin, WithinScope
from grids.models import Case, CaseCategory, CaseEvent


@admin.register(CaseCategory)
class CaseCategoryAdmin(PlacedAdmin):
    list_display = ("name", "code", "kind", "edition", "limit_hours", "unit", "public")
    list_filter = ("kind", "public", "edition")
    search_fields = ("name", "code")
    list_select_related = ("unit",)
    autocomplete_fields = ("unit",)
    street_from = ("unit",)


@admin.register(Case)
class CaseAdmin(ReadOnlyAdmin):
    list_display = (
        "code", "category", "community", "address", "state", "unit", "source", "reported_at", "due_at",
        "closed_at",
    )  # fmt: skip
    list_filter = (
        "state", "source", ("community", WithinScope), ("category", WithinScope), ("unit", WithinScope)
    )  # fmt: skip
    search_fields = ("code", "description", "address")
    list_select_related = ("category", "community", "unit")
    date_hierarchy = "reported_on"
    exclude = ("reporter_phone", "form_key")
    readonly_fields = ("masked_phone",)
    actions_detail = ("open_page",)

    @admin.display(description=_("resident's mobile number"))
    def masked_phone(self, case: Case) -> str:
        return case.masked_phone

    @action(description=_("Open the case: next steps"), url_path="page", icon="assignment")
    def open_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        case = get_object_or_404(self.get_queryset(request), pk=object_id)
        return redirect("grids:case_detail", code=case.code)


@admin.register(CaseEvent)
class CaseEventAdmin(ReadOnlyAdmin):
    list_display = ("case", "move", "from_state", "to_state", "by", "unit", "at")
    list_filter = ("to_state",)
    search_fields = ("case__code", "note")
    list_select_related = ("case__category", "by", "unit")
    date_hierarchy = "day"
