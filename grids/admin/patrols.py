"""Plans of patrols, with their rotation and the slots to come; patrols as they were walked."""

from typing import Any

from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from campaign.admin.scoped import PlacedAdmin, ReadOnlyAdmin, ScopedInline, WithinScope
from grids import plans, words
from grids.models import CrossCheck, Handover, Patrol, PatrolEvent, PatrolPlan, PlanStop, PlanTurn


class PlanTurnInline(ScopedInline):
    model = PlanTurn
    changes = "patrols.plan"
    fields = ("order", "patroller")


class PlanStopInline(ScopedInline):
    model = PlanStop
    changes = "patrols.plan"
    fields = ("order", "point")
    autocomplete_fields = ("point",)


@admin.register(PatrolPlan)
class PatrolPlanAdmin(PlacedAdmin):
    changes = "patrols.plan"
    list_display = (
        "name", "zone", "community", "checklist", "repeats", "start_time", "is_active", "filled_until"
    )  # fmt: skip
    list_filter = ("is_active", ("zone", WithinScope), ("community", WithinScope))
    search_fields = ("name",)
    list_select_related = ("zone", "community", "checklist")
    readonly_fields = ("filled_until", "coming")
    inlines = (PlanTurnInline, PlanStopInline)

    actions_detail = ("open_page",)

    @action(description=_("Preview, this or the following"), url_path="page", icon="preview")
    def open_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("grids:plan_detail", pk=object_id)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).filter(cross_check=None)

    def save_related(self, request: HttpRequest, form: Any, formsets: list[Any], change: bool) -> None:
        super().save_related(request, form, formsets, change)
        made = plans.settle(form.instance).added
        messages.info(request, gettext("%(number)d patrols are newly on the roster.") % {"number": len(made)})

    @admin.display(description=_("recurrence rule"), ordering="rule")
    def repeats(self, plan: PatrolPlan) -> str:
        """The rule as it is spoken."""
        return words.rule_in_words(plan.rule)

    @admin.display(description=_("coming patrols"))
    def coming(self, plan: PatrolPlan) -> str:
        """The next patrols of the plan, as they stand on the roster."""
        if not plan.pk:
            return gettext("Shown after saving.")
        rows = plan.patrols.filter(state=Patrol.State.DUE, starts_at__gt=timezone.now())
        lines = (
            (date_format(timezone.localtime(row.starts_at), "DATETIME_FORMAT"),
             row.patroller.name if row.patroller else "—")
            for row in rows.select_related("patroller").order_by("starts_at")[:14]
        )  # fmt: skip
        return format_html_join("", "<div>{} · {}</div>", lines) or "—"


@admin.register(Patrol)
class PatrolAdmin(ReadOnlyAdmin):
    list_display = ("plan", "day", "starts_at", "zone", "community", "patroller", "state", "missed_because")
    list_filter = ("state", ("zone", WithinScope), ("community", WithinScope))
    search_fields = ("plan__name", "patroller__name")
    list_select_related = ("plan", "zone", "community", "patroller")
    date_hierarchy = "day"
    actions_detail = ("open_page",)

    @action(description=_("Open the patrol"), url_path="page", icon="directions_walk")
    def open_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("grids:patrol_detail", pk=object_id)


@admin.register(Handover)
class HandoverAdmin(ReadOnlyAdmin):
    list_display = (
        "patrol",
        "kind",
        "asked_by",
        "asked_at",
        "reason",
        "taker",
        "state",
        "decided_by",
        "decided_at",
    )
    list_filter = ("state", "kind")
    search_fields = ("patrol__plan__name", "asked_by__name", "taker__name")
    list_select_related = ("patrol__plan", "asked_by", "taker", "decided_by")
    date_hierarchy = "asked_at"


@admin.register(PatrolEvent)
class PatrolEventAdmin(ReadOnlyAdmin):
    list_display = ("plan", "patrol", "what", "at", "by", "note")
    list_filter = ("what",)
    search_fields = ("plan__name", "note")
    list_select_related = ("plan", "patrol__plan", "by")
    date_hierarchy = "at"


@admin.register(CrossCheck)
class CrossCheckAdmin(ReadOnlyAdmin):
    list_display = ("title", "day", "checklist", "points_each", "seed", "drawn_by", "drawn_at")
    search_fields = ("title",)
    list_select_related = ("checklist", "drawn_by")
    actions_detail = ("open_page",)

    @action(description=_("Open the round"), url_path="page", icon="casino")
    def open_page(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("grids:cross_check_detail", pk=object_id)
