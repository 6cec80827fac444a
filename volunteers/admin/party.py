"""Party members who reported in. Membership is sensitive: officials alone see these lists."""

from django.contrib import admin

from campaign.admin.scoped import PlacedAdmin, WithinScope
from volunteers.models import PartyGroup, PartyMember


@admin.register(PartyGroup)
class PartyGroupAdmin(PlacedAdmin):
    street_from = ("team",)
    list_display = ("name", "kind", "team", "since")
    list_filter = ("kind",)
    search_fields = ("name",)
    list_select_related = ("team",)


@admin.register(PartyMember)
class PartyMemberAdmin(PlacedAdmin):
    list_display = ("volunteer", "group", "community", "unit", "reported_on", "withdrawn_on")
    list_filter = (("group", WithinScope), ("community", WithinScope))
    search_fields = ("volunteer__name", "volunteer__number", "unit__name")
    list_select_related = ("volunteer", "group", "community", "unit")
    autocomplete_fields = ("volunteer", "unit")
    date_hierarchy = "reported_on"
