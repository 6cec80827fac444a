"""Tallies, only looked at: the counter alone writes them. The logs that an office shows its auditor."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.admin import ModelAdmin

from accounts.models import PersonalDataAccess
from campaign import registry
from campaign.admin.scoped import ReadOnlyAdmin, WithinScope, colleagues
from campaign.models import CalendarDay, Tally, TallyIncident
from campaign.scoping import reach_of


class MetricFilter(admin.SimpleListFilter):
    """By metric, under its title."""

    title = _("metric")
    parameter_name = "metric"

    def lookups(self, request: HttpRequest, model_admin: object) -> list[tuple[str, object]]:
        return [(key, metric.title) for key, metric in sorted(registry.metrics.items())]

    def queryset(self, request: HttpRequest, queryset: QuerySet) -> QuerySet:
        return queryset.filter(metric=self.value()) if self.value() else queryset


@admin.register(Tally)
class TallyAdmin(ReadOnlyAdmin):
    list_display = ("day", "metric_title", "community", "slice_title", "value")
    list_filter = (MetricFilter, ("community", WithinScope))
    list_select_related = ("community",)
    date_hierarchy = "day"

    @admin.display(description=_("metric"), ordering="metric")
    def metric_title(self, tally: Tally) -> str:
        metric = registry.metrics.get(tally.metric)
        return str(metric.title) if metric else tally.metric

    @admin.display(description=_("slice"), ordering="slice")
    def slice_title(self, tally: Tally) -> str:
        metric = registry.metrics.get(tally.metric)
        if not tally.slice or metric is None or metric.labels is None:
            return tally.slice
        return str(metric.labels([tally.slice]).get(tally.slice, tally.slice))


class SeenOnly(ModelAdmin):
    """Rows that nobody enters or changes here."""

    show_full_result_count = False

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return reach_of(request.user).may("official")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(TallyIncident)
class TallyIncidentAdmin(SeenOnly):
    list_display = ("metric", "day", "stated", "counted", "found_at", "mended_at")

    def has_view_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return bool(request.user.is_superuser)  # a day's sum over all streets belongs to none of them


@admin.register(CalendarDay)
class CalendarDayAdmin(SeenOnly):
    """Filled from a package; of a year that it does not have, the system's administrator enters the holidays and
    the weekend days that are worked. Deadlines that were given stay as they are."""

    list_display = ("day", "is_working", "name")
    list_filter = ("is_working",)
    date_hierarchy = "day"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(request.user.is_superuser)  # the calendar is the same for every street

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return bool(request.user.is_superuser)


@admin.register(PersonalDataAccess)
class PersonalDataAccessAdmin(SeenOnly):
    list_display = ("at", "by", "subject", "subject_id", "field", "reason")
    list_select_related = ("by",)
    date_hierarchy = "at"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        return rows.filter(
            by__in=colleagues(rows.model.by.field.related_model.objects.all(), request).values("pk")
        )


@admin.register(LogEntry)
class LogEntryAdmin(SeenOnly):
    """Who changed what in the admin."""

    list_display = ("action_time", "user", "content_type", "object_repr", "action_flag")
    list_select_related = ("user", "content_type")
    date_hierarchy = "action_time"

    def get_queryset(self, request: HttpRequest) -> QuerySet:
        rows = super().get_queryset(request)
        return rows.filter(
            user__in=colleagues(rows.model.user.field.related_model.objects.all(), request).values("pk")
        )
