"""Cases are looked at here; they are moved on their own page, by the verbs."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from campaign.admin.scoped import PlacedAdmin, ReadOnlyAdmin, WithinScope
from campaign.errors import Refused
from campaign.models import Committee
from grids import categories
from grids.cases import bulk
from grids.models import (
    Case,
    CaseApplication,
    CaseCategory,
    CaseEvent,
    CaseNote,
    CaseRoute,
    CaseRules,
    Recheck,
)


@admin.register(CaseCategory)
class CaseCategoryAdmin(PlacedAdmin):
    list_display = ("name", "code", "class_name", "edition", "fix_text", "unit", "public", "since", "until")
    list_filter = ("kind", "class_name", "public", "edition")
    search_fields = ("name", "code")
    list_select_related = ("unit",)
    autocomplete_fields = ("unit",)
    street_from = ("unit",)
    actions_list = ("load_starter",)

    @admin.display(description=_("limit"))
    def fix_text(self, category: CaseCategory) -> str:
        return category.fix_text

    @action(description=_("Load the starter set"), url_path="starter", icon="library_add")
    def load_starter(self, request: HttpRequest) -> HttpResponse:
        """Ask, then give the person's streets what they lack of the set that is there to begin with."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if request.method != "POST":
            context = {**self.admin_site.each_context(request), "title": _("Load the starter set")}
            return render(request, "admin/grids/load_starter.html", context)
        streets = Committee.objects.visible_to(request.user)
        loaded = sum(categories.load_starter(street) for street in streets)
        messages.success(request, _("%(number)d categories were added.") % {"number": loaded})
        return redirect("admin:grids_casecategory_changelist")


@admin.register(CaseRoute)
class CaseRouteAdmin(PlacedAdmin):
    list_display = ("category", "community", "zone", "unit")
    list_filter = (("community", WithinScope), ("zone", WithinScope), ("unit", WithinScope))
    search_fields = ("category__name", "unit__name")
    list_select_related = ("category", "community", "zone", "unit")
    autocomplete_fields = ("category", "unit")
    street_from = ("category",)
    deletable = True  # a rule for the future; no case hangs on it


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
    actions_list = ("put_on_file", "hotline")
    actions = ("export_rows", "change_together")

    @admin.action(description=_("Change together…"), permissions=["view"])
    def change_together(self, request: HttpRequest, queryset: QuerySet[Case]) -> HttpResponse | None:
        """The chosen cases as a batch; its page asks what is to be done and tries it first."""
        try:
            batch = bulk.choose(queryset.order_by("-reported_at", "-pk"), by=request.user)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return None
        return redirect("grids:batch_detail", code=batch.code)

    @action(description=_("Put a case on file"), url_path="new-case", icon="add")
    def put_on_file(self, request: HttpRequest) -> HttpResponse:
        return redirect("grids:case_new")

    @action(description=_("Orders of the hotline"), url_path="hotline", icon="upload")
    def hotline(self, request: HttpRequest) -> HttpResponse:
        return redirect("grids:hotline_import")

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


class PaperAdmin(ReadOnlyAdmin):
    """What is written beside a case; it is answered on the case's page."""

    search_fields = ("case__code",)
    actions_detail = ("open_page",)

    @action(description=_("Open the case: next steps"), url_path="page", icon="assignment")
    def open_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        paper = get_object_or_404(self.get_queryset(request).select_related("case"), pk=object_id)
        return redirect("grids:case_detail", code=paper.case.code)


@admin.register(CaseApplication)
class CaseApplicationAdmin(PaperAdmin):
    list_display = ("case", "kind", "state", "by", "at", "until", "answered_by", "answered_at")
    list_filter = ("kind", "state")
    list_select_related = ("case__category", "by", "answered_by")


@admin.register(CaseNote)
class CaseNoteAdmin(PaperAdmin):
    list_display = ("case", "text", "public", "by", "at")
    list_filter = ("public",)
    list_select_related = ("case__category", "by")
    exclude = ("form_key",)


@admin.register(Recheck)
class RecheckAdmin(PaperAdmin):
    list_display = ("case", "state", "checker", "drawn_at", "percent", "lot", "done_at")
    list_filter = ("state",)
    list_select_related = ("case__category", "checker")


@admin.register(CaseRules)
class CaseRulesAdmin(PlacedAdmin):
    list_display = ("since", "most_extensions", "most_suspensions", "recheck_percent")
    street_from = ()
