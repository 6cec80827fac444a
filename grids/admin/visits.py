"""Rounds of visits and the communities' daily numbers."""

from typing import Any

from django.contrib import admin

from campaign.admin.scoped import PlacedAdmin, WithinScope
from grids import visits
from grids.models import HealthReport, VisitBatch, VisitRound


@admin.register(VisitRound)
class VisitRoundAdmin(PlacedAdmin):
    list_display = ("name", "purpose", "first_day", "last_day")
    search_fields = ("name", "purpose")
    street_from = ()


@admin.register(VisitBatch)
class VisitBatchAdmin(PlacedAdmin):
    changes = "visits.enter"
    list_display = ("day", "community", "kind", "visits", "persons", "round", "place", "entered_by")
    list_filter = ("kind", ("community", WithinScope), ("round", WithinScope))
    search_fields = ("place", "community__name")
    list_select_related = ("community", "round", "entered_by")
    date_hierarchy = "day"

    def save_row(self, row: VisitBatch, by: Any) -> None:
        if row.pk:
            super().save_row(row, by)
            return
        made = visits.enter(
            committee=row.community.committee, community=row.community, kind=row.kind, visits=row.visits,
            day=row.day, place=row.place, persons=row.persons, round=row.round, by=by,
        )  # fmt: skip
        row.pk = made.pk


@admin.register(HealthReport)
class HealthReportAdmin(PlacedAdmin):
    changes = "visits.enter"
    list_display = ("day", "community", "confirmed", "suspected")
    list_filter = (("community", WithinScope),)
    search_fields = ("community__name",)
    list_select_related = ("community",)
    date_hierarchy = "day"
