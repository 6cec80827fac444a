"""What the office's desk keeps: steps with many cases, kept filters, who follows a case. Looked at, not written."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from campaign.admin.scoped import ReadOnlyAdmin, WithinScope
from grids.models import CaseBatch, CaseBatchItem, CaseFollower, SavedFilter


@admin.register(CaseBatch)
class CaseBatchAdmin(ReadOnlyAdmin):
    list_display = ("code", "move", "state", "unit", "by", "made_at", "finished_at", "undone_at")
    list_filter = ("state", ("unit", WithinScope))
    search_fields = ("code", "note")
    list_select_related = ("unit", "by")
    date_hierarchy = "made_at"
    exclude = ("form_key",)
    actions_detail = ("open_page",)

    @action(description=_("Open: try, do, take back"), url_path="page", icon="library_add_check")
    def open_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        batch = get_object_or_404(self.get_queryset(request), pk=object_id)
        return redirect("grids:batch_detail", code=batch.code)


@admin.register(CaseBatchItem)
class CaseBatchItemAdmin(ReadOnlyAdmin):
    list_display = ("batch", "case", "outcome", "why")
    list_filter = ("outcome",)
    search_fields = ("batch__code", "case__code")
    list_select_related = ("batch", "case__category")


@admin.register(CaseFollower)
class CaseFollowerAdmin(ReadOnlyAdmin):
    list_display = ("case", "code", "masked_phone", "since")
    search_fields = ("case__code", "code")
    list_select_related = ("case__category",)
    exclude = ("phone", "form_key")
    readonly_fields = ("masked_phone",)

    @admin.display(description=_("resident's mobile number"))
    def masked_phone(self, follower: CaseFollower) -> str:
        return follower.masked_phone


@admin.register(SavedFilter)
class SavedFilterAdmin(ReadOnlyAdmin):
    list_display = ("name", "shared", "community", "owner", "query", "made_at")
    list_filter = ("shared", ("community", WithinScope))
    search_fields = ("name",)
    list_select_related = ("community", "owner")

    def get_queryset(self, request: HttpRequest) -> QuerySet[SavedFilter]:
        return super().get_queryset(request).offered_to(request.user)
