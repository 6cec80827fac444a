"""Thresholds, issuers, training and commendations are entered here; stars and certificates are looked at."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _
from unfold.decorators import action

from campaign.admin.scoped import PlacedAdmin, ReadOnlyAdmin, WithinScope
from volunteers import records
from volunteers.models import Certificate, Commendation, Issuer, Star, StarLevel, Training


@admin.register(StarLevel)
class StarLevelAdmin(PlacedAdmin):
    street_from = ()
    deletable = True
    list_display = ("level", "hours")
    ordering = ("level",)


@admin.register(Star)
class StarAdmin(ReadOnlyAdmin):
    list_display = ("volunteer", "level", "state", "community", "noticed_on", "notice_until", "confirmed_on")
    list_filter = ("state", "level", ("community", WithinScope))
    search_fields = ("volunteer__name", "volunteer__number")
    list_select_related = ("volunteer", "community")
    actions_list = ("decide",)

    @action(description=_("Decide on objections"), url_path="decide", icon="gavel")
    def decide(self, request: HttpRequest) -> HttpResponse:
        return redirect("volunteers:star_list")


@admin.register(Issuer)
class IssuerAdmin(PlacedAdmin):
    list_display = ("name", "kind", "community", "person_in_charge", "until")
    list_filter = ("kind", ("community", WithinScope))
    search_fields = ("name",)
    list_select_related = ("community",)


@admin.register(Certificate)
class CertificateAdmin(ReadOnlyAdmin):
    list_display = ("volunteer", "serial", "state", "community", "issuer", "minutes", "issued_on")
    list_filter = ("state", ("community", WithinScope), "year")
    search_fields = ("volunteer__name", "volunteer__number", "code")
    list_select_related = ("volunteer", "community", "issuer")
    exclude = ("contents", "pdf", "seal", "pdf_digest")
    actions_detail = ("decide",)

    @admin.display(description=_("number in the register"))
    def serial(self, certificate: Certificate) -> str:
        return certificate.serial

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).defer("pdf")

    @action(description=_("Put on notice, issue or revoke"), url_path="decide", icon="approval")
    def decide(self, request: HttpRequest, object_id: str) -> HttpResponse:
        return redirect("volunteers:certificate_detail", pk=object_id)


class RecordAdmin(PlacedAdmin):
    """A line of somebody's record: place and author follow from the person and who enters it."""

    changes = "volunteers.enter"
    exclude = ("committee", "community", "entered_by")
    search_fields = ("volunteer__name", "volunteer__number")
    autocomplete_fields = ("volunteer",)
    list_select_related = ("volunteer", "community")

    def save_row(self, row: Any, by: Any) -> None:
        records.enter(row, by=by)


@admin.register(Training)
class TrainingAdmin(RecordAdmin):
    list_display = ("volunteer", "content", "organiser", "day", "minutes")
    list_filter = (("community", WithinScope),)


@admin.register(Commendation)
class CommendationAdmin(RecordAdmin):
    list_display = ("volunteer", "title", "given_by", "day")
    list_filter = (("community", WithinScope),)
