"""Teams, practice stations and kinds of activity."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from campaign.admin.scoped import PlacedAdmin, ScopedAdmin, WithinScope
from volunteers.models import ActivityKind, Room, Skill, Station, VolunteerTeam


@admin.register(VolunteerTeam)
class VolunteerTeamAdmin(PlacedAdmin):
    street_from = ("part_of",)
    list_display = ("name", "part_of", "purpose", "community", "unit", "leader", "formed_on", "disbanded_on")
    list_filter = ("purpose", ("part_of", WithinScope), ("community", WithinScope))
    search_fields = ("name",)
    list_select_related = ("part_of", "community", "unit", "leader")
    autocomplete_fields = ("unit",)
    actions_detail = ("members",)

    @action(description=_("Members"), url_path="members", icon="groups")
    def members(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect(
            reverse("admin:volunteers_teammember_changelist") + f"?team__id__exact={int(object_id)}"
        )


@admin.register(Station)
class StationAdmin(ScopedAdmin):
    list_display = ("name", "level", "community", "address", "hours", "opened_on", "closed_on")
    list_filter = ("level", ("community", WithinScope))
    search_fields = ("name", "address")
    list_select_related = ("community",)

    def save_row(self, row: Station, by: Any) -> None:
        row.full_clean()
        row.save()


@admin.register(Room)
class RoomAdmin(ScopedAdmin):
    list_display = ("name", "station", "seats", "used_for")
    list_filter = (("station", WithinScope),)
    search_fields = ("name", "station__name")
    list_select_related = ("station",)

    def save_row(self, row: Room, by: Any) -> None:
        row.full_clean()
        row.save()


@admin.register(ActivityKind)
class ActivityKindAdmin(ScopedAdmin):
    list_display = ("name", "code", "order")
    list_editable = ("order",)
    search_fields = ("name",)

    def get_readonly_fields(self, request: HttpRequest, obj: ActivityKind | None = None) -> tuple[str, ...]:
        return ("code", "committee") if obj else ()


@admin.register(Skill)
class SkillAdmin(ScopedAdmin):
    list_display = ("name", "order")
    list_editable = ("order",)
    search_fields = ("name",)

    def get_readonly_fields(self, request: HttpRequest, obj: Skill | None = None) -> tuple[str, ...]:
        return ("committee",) if obj else ()
