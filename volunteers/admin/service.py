"""Sign-ups, attendance and the hour ledger: looked at here, written by the verbs alone."""

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from campaign.admin.scoped import ReadOnlyAdmin, WithinScope
from volunteers.models import Attendance, Guardianship, HourEntry, Signup, TeamRequest


@admin.register(Signup)
class SignupAdmin(ReadOnlyAdmin):
    list_display = ("volunteer", "activity", "position", "state", "day", "joined_at")
    list_filter = ("state", ("activity__community", WithinScope))
    search_fields = ("volunteer__name", "volunteer__number", "activity__title")
    list_select_related = ("volunteer", "activity", "position")
    date_hierarchy = "day"
    ordering = ("-day", "-pk")


@admin.register(Guardianship)
class GuardianshipAdmin(ReadOnlyAdmin):
    list_display = ("volunteer", "guardian", "relation", "given_at", "withdrawn_at", "entered_by")
    list_filter = ("relation",)
    search_fields = ("volunteer__name", "volunteer__number")
    list_select_related = ("volunteer", "guardian", "entered_by")
    ordering = ("-given_at", "-pk")
    fields = (
        "volunteer",
        "guardian",
        "name",
        "masked_phone",
        "relation",
        "given_at",
        "withdrawn_at",
        "entered_by",
    )
    readonly_fields = fields


@admin.register(TeamRequest)
class TeamRequestAdmin(ReadOnlyAdmin):
    list_display = ("volunteer", "team", "state", "asked_at", "decided_at", "decided_by")
    list_filter = ("state", ("team", WithinScope))
    search_fields = ("volunteer__name", "volunteer__number", "team__name")
    list_select_related = ("volunteer", "team", "decided_by")
    ordering = ("-asked_at", "-pk")


@admin.register(Attendance)
class AttendanceAdmin(ReadOnlyAdmin):
    list_display = ("person", "what", "day", "came_at", "left_at", "confirmed_by")
    list_filter = (("signup__activity__community", WithinScope),)
    search_fields = ("signup__volunteer__name", "signup__activity__title")
    list_select_related = ("signup__volunteer", "signup__activity", "confirmed_by")
    date_hierarchy = "day"

    @admin.display(description=_("volunteer"))
    def person(self, attendance: Attendance) -> str:
        return attendance.signup.volunteer.name

    @admin.display(description=_("activity"))
    def what(self, attendance: Attendance) -> str:
        return attendance.signup.activity.title


@admin.register(HourEntry)
class HourEntryAdmin(ReadOnlyAdmin):
    list_display = ("volunteer", "what", "day", "minutes", "reason", "community", "by", "second", "note")
    list_filter = ("reason", ("community", WithinScope))
    search_fields = ("volunteer__name", "volunteer__number", "what")
    list_select_related = ("volunteer", "community", "by", "second")
    date_hierarchy = "day"
    actions_detail = ("correct",)

    @action(description=_("Enter a correction"), url_path="correct", icon="edit_note")
    def correct(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("volunteers:hours_correct", pk=object_id)
