"""Zones, points and their types, cards of standards."""

from django.contrib import admin

from campaign.admin.scoped import PlacedAdmin, ScopedInline, WithinScope
from grids.models import Checklist, ChecklistItem, Point, PointType, Zone


@admin.register(Zone)
class ZoneAdmin(PlacedAdmin):
    list_display = ("name", "number", "leader", "deputy_director_at", "since", "until")
    list_filter = (("communities", WithinScope),)
    search_fields = ("name", "leader__name")
    list_select_related = ("leader", "deputy_director_at")
    street_from = ("deputy_director_at",)
    filter_horizontal = ("communities",)


@admin.register(PointType)
class PointTypeAdmin(PlacedAdmin):
    list_display = ("name", "code")
    search_fields = ("name", "code")
    street_from = ()


@admin.register(Point)
class PointAdmin(PlacedAdmin):
    list_display = ("name", "type", "community", "zone", "unit", "keeper", "since", "until")
    list_filter = (("type", WithinScope), ("community", WithinScope), ("zone", WithinScope))
    search_fields = ("name", "address")
    list_select_related = ("type", "community", "zone", "unit", "keeper")
    autocomplete_fields = ("unit",)


class ChecklistItemInline(ScopedInline):
    model = ChecklistItem
    fields = (
        "order",
        "text",
        "max_score",
        "deduct",
        "veto",
        "photo_needed",
        "category",
        "good_example",
        "bad_example",
    )


@admin.register(Checklist)
class ChecklistAdmin(PlacedAdmin):
    list_display = ("title", "edition", "point_type", "since")
    list_filter = (("point_type", WithinScope),)
    search_fields = ("title", "edition")
    list_select_related = ("point_type",)
    inlines = (ChecklistItemInline,)
    street_from = ("point_type",)
