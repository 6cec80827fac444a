"""The 1+3+7+n in the admin."""

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from campaign import appointments
from campaign.admin.scoped import ScopedAdmin, WithinScope
from campaign.models import Appointment, Committee, Community, Team, Unit


@admin.register(Committee)
class CommitteeAdmin(ScopedAdmin):
    list_display = ("short_name", "name", "district", "since", "telephone")
    search_fields = ("name", "short_name")
    prepopulated_fields = {"slug": ("short_name",)}

    def has_add_permission(self, request: HttpRequest) -> bool:
        """A new street is opened by the system's administrator alone: an official would not see it."""
        return bool(request.user.is_superuser)


@admin.register(Team)
class TeamAdmin(ScopedAdmin):
    list_display = ("name", "kind", "duty", "since")
    list_filter = ("kind",)
    search_fields = ("name", "duty")
    list_select_related = ("committee",)


@admin.register(Community)
class CommunityAdmin(ScopedAdmin):
    list_display = ("name", "order", "feature", "since", "note")
    list_editable = ("order",)
    search_fields = ("name", "feature")
    list_select_related = ("committee",)


@admin.register(Unit)
class UnitAdmin(ScopedAdmin):
    list_display = ("name", "kind", "community", "address", "since", "until", "caring_since")
    list_filter = ("kind", ("community", WithinScope))
    search_fields = ("name", "address")
    list_select_related = ("community", "committee")
    date_hierarchy = "since"


@admin.register(Appointment)
class AppointmentAdmin(ScopedAdmin):
    list_display = ("user", "role", "title", "held_at", "since", "until")
    list_filter = ("role", ("community", WithinScope))
    search_fields = ("user__name", "title", "unit__name")
    list_select_related = ("user", "community", "unit", "committee")
    export_fields = ("user", "role", "title", "committee", "community", "unit", "since", "until")

    @admin.display(description=_("held at"))
    def held_at(self, appointment: Appointment) -> str:
        return str(appointment.place)

    def save_row(self, row: Appointment, by: User) -> None:
        """Put the row down and keep the person's door to the admin in step."""
        row.full_clean()
        row.save()
        appointments.keep_in_step(row.user)
