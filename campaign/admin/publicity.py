"""Publicity entries: entered by communities and units, corrected here, where each change leaves a line of history."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from campaign import publicity
from campaign.admin.scoped import ScopedAdmin, WithinScope
from campaign.models import PublicityEntry


@admin.register(PublicityEntry)
class PublicityEntryAdmin(ScopedAdmin):
    changes = "publicity.enter"
    deletable = True  # a wrong entry may go: its day is counted again
    list_display = ("day", "kind", "community", "amount", "team", "unit", "place", "entered_by")
    list_filter = ("kind", ("community", WithinScope), ("team", WithinScope))
    search_fields = ("place", "unit__name")
    list_select_related = ("community", "team", "unit", "entered_by")
    date_hierarchy = "day"
    autocomplete_fields = ("unit",)
    typed = ("community", "kind", "day", "quantity", "items", "team", "unit", "place")
    fields = typed
    export_fields = ("day", "kind", "community", "quantity", "items", "team", "unit", "place")

    @admin.display(description=_("quantity"), ordering="quantity")
    def amount(self, entry: PublicityEntry) -> str:
        return f"{entry.quantity:,} {entry.quantity_unit}"

    def save_row(self, row: PublicityEntry, by: Any) -> None:
        typed = {name: getattr(row, name) for name in self.typed}
        if row.pk:
            publicity.correct(row, by, **typed)
        else:
            row.pk = publicity.enter(by, **typed).pk
