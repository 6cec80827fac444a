"""The ladder of a street and the settings of its clocks; what came of them is only looked at."""

from typing import Any

from django.contrib import admin

from campaign.admin.scoped import PlacedAdmin, ReadOnlyAdmin, settle
from grids import ladder
from grids.models import ClockRecord, ClockSetting, Digest, Escalation, LadderRung, Reminder


@admin.register(LadderRung)
class LadderRungAdmin(PlacedAdmin):
    list_display = ("clock", "percent", "hours", "to", "in_use")
    list_display_links = ("clock",)
    list_filter = ("clock", "to", "in_use")
    street_from = ()

    def save_row(self, row: LadderRung, by: Any) -> None:
        settle(row, self.street_from, by)
        ladder.set_rung(row)


@admin.register(ClockSetting)
class ClockSettingAdmin(PlacedAdmin):
    list_display = ("since", "month_ends_on", "waiting_days")
    street_from = ()


@admin.register(Escalation)
class EscalationAdmin(ReadOnlyAdmin):
    list_display = ("case", "rung", "run", "reached", "rung_at", "due_at", "made_at")
    list_filter = ("reached",)
    list_select_related = ("case__category", "rung")
    search_fields = ("case__code",)
    date_hierarchy = "made_at"


@admin.register(Reminder)
class ReminderAdmin(ReadOnlyAdmin):
    list_display = ("escalation", "person", "digest", "seen_at", "acknowledged_at")
    list_select_related = ("escalation__rung", "person", "digest__person")
    search_fields = ("escalation__case__code",)


@admin.register(Digest)
class DigestAdmin(ReadOnlyAdmin):
    list_display = ("person", "made_at", "cases")
    list_select_related = ("person",)
    date_hierarchy = "made_at"


@admin.register(ClockRecord)
class ClockRecordAdmin(ReadOnlyAdmin):
    list_display = ("case", "run", "kind", "day", "community", "at")
    list_filter = ("kind",)
    list_select_related = ("case__category", "community")
    search_fields = ("case__code",)
    date_hierarchy = "day"
