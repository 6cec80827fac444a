"""Responsibility zones."""

from django.contrib import admin

from campaign.admin.scoped import PlacedAdmin, WithinScope
from grids.models import Zone


@admin.register(Zone)
class ZoneAdmin(PlacedAdmin):
    list_display = ("name", "number", "leader", "deputy_director_at", "since", "until")
    list_filter = (("communities", WithinScope),)
    search_fields = ("name", "leader__name")
    list_select_related = ("leader", "deputy_director_at")
    street_from = ("deputy_director_at",)
