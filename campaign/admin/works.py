"""Works for the people's livelihood: sites, works, facilities."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from campaign import works
from campaign.admin.scoped import ScopedAdmin, ScopedInline, WithinScope
from campaign.models import Facility, Site, WorkItem


class FacilityLine(ScopedInline):
    model = Facility
    changes = "works.enter"


@admin.register(Site)
class SiteAdmin(ScopedAdmin):
    changes = "works.enter"
    list_display = ("name", "kind", "community", "fit_for_charging", "self_managed_since", "note")
    list_filter = ("kind", ("community", WithinScope), "fit_for_charging")
    search_fields = ("name", "note")
    list_select_related = ("community",)
    fields = ("community", "kind", "name", "fit_for_charging", "self_managed_since", "note")
    inlines = (FacilityLine,)

    def save_row(self, row: Site, by: Any) -> None:
        works.save_site(row, by)


@admin.register(WorkItem)
class WorkItemAdmin(ScopedAdmin):
    changes = "works.enter"
    deletable = True
    list_display = ("accepted_on", "kind", "where", "community", "amount", "contractor")
    list_filter = ("kind", ("community", WithinScope), ("contractor", WithinScope))
    search_fields = ("place", "site__name", "contractor__name", "note")
    list_select_related = ("community", "site", "contractor")
    autocomplete_fields = ("site", "contractor")
    date_hierarchy = "accepted_on"
    export_fields = (
        "kind",
        "community",
        "site",
        "place",
        "quantity",
        "contractor",
        "begun_on",
        "accepted_on",
        "note",
    )

    fields = (
        "community",
        "kind",
        "site",
        "place",
        "quantity",
        "contractor",
        "begun_on",
        "accepted_on",
        "note",
    )

    def save_row(self, row: WorkItem, by: Any) -> None:
        works.save(row, by)

    @admin.display(description=_("where"))
    def where(self, work: WorkItem) -> str:
        return str(work.site or work.place)

    @admin.display(description=_("quantity"), ordering="quantity")
    def amount(self, work: WorkItem) -> str:
        return f"{work.quantity.normalize():,f} {work.quantity_unit}"


@admin.register(Facility)
class FacilityAdmin(ScopedAdmin):
    changes = "works.enter"
    deletable = True
    list_display = ("site", "kind", "quantity", "installed_on")
    list_filter = ("kind", ("site__community", WithinScope))
    search_fields = ("site__name",)
    list_select_related = ("site",)
    autocomplete_fields = ("site",)

    def save_row(self, row: Facility, by: Any) -> None:
        works.install(row, by)
