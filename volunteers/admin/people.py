"""Volunteers and who belongs to which team. Telephone numbers are masked; the whole one needs a reason."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from campaign.admin.scoped import PlacedAdmin, ScopedAdmin, WithinScope
from volunteers import people
from volunteers.models import TeamMember, Volunteer


@admin.register(Volunteer)
class VolunteerAdmin(PlacedAdmin):
    changes = "volunteers.enter"
    list_display = ("name", "number", "community", "masked_phone", "joined_on", "left_on")
    list_filter = (("community", WithinScope), "is_demo")
    search_fields = ("name", "number")
    list_select_related = ("community",)
    ordering = ("-joined_on", "-pk")
    actions_detail = ("whole_number", "record")

    @admin.display(description=_("mobile number"))
    def masked_phone(self, volunteer: Volunteer) -> str:
        return volunteer.masked_phone

    def get_fields(self, request: HttpRequest, obj: Volunteer | None = None) -> list[str]:
        if obj is None:
            return ["name", "phone", "community", "joined_on"]
        phone = "phone" if request.user.is_superuser else "masked_phone"
        return [
            "name",
            "number",
            phone,
            "community",
            "user",
            "joined_on",
            "left_on",
            "skills",
            "birth_year",
            "is_demo",
        ]

    def get_readonly_fields(self, request: HttpRequest, obj: Volunteer | None = None) -> list[str]:
        if obj is None:
            return []
        return ["number", "user", "is_demo"] + ([] if request.user.is_superuser else ["masked_phone"])

    def save_row(self, row: Volunteer, by: Any) -> None:
        if row.pk:
            super().save_row(row, by)
            return
        made = people.register(
            committee=row.community.committee,
            community=row.community,
            name=row.name,
            phone=row.phone,
            joined_on=row.joined_on,
            consent=False,  # the person consents at the first sign-up, not the official
        )
        row.pk, row.number = made.pk, made.number

    @action(description=_("Show the whole number"), url_path="phone", icon="call")
    def whole_number(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("volunteers:volunteer_phone", pk=object_id)

    @action(description=_("Record of service"), url_path="record", icon="schedule")
    def record(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("volunteers:volunteer_detail", pk=object_id)


@admin.register(TeamMember)
class TeamMemberAdmin(ScopedAdmin):
    changes = "volunteers.enter"
    list_display = ("volunteer", "team", "capacity", "joined_on", "left_on")
    list_filter = ("capacity", ("team", WithinScope))
    search_fields = ("volunteer__name", "volunteer__number", "team__name")
    list_select_related = ("volunteer", "team")
    autocomplete_fields = ("volunteer", "team")

    def save_row(self, row: TeamMember, by: Any) -> None:
        row.full_clean()
        row.save()
