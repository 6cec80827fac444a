"""The workbook of volunteers: taken in by who enters volunteers, and its template."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from campaign import imports, sheets
from campaign.models import Committee
from campaign.streets import street_of
from campaign.views.gates import needs
from campaign.views.imports import import_page
from volunteers import rolls


@require_http_methods(["GET", "HEAD", "POST"])
@needs("volunteers.enter")
def roll_import(request: HttpRequest) -> HttpResponse:
    """Take a workbook of volunteers in, on trial or for good."""
    street = _street(request)

    def take(file: Any, dry_run: bool) -> imports.Outcome:
        return rolls.take_in(file, street=street, by=request.user, dry_run=dry_run)

    return import_page(
        request,
        take,
        heading=_("Volunteers from a workbook"),
        lead=_("The mobile number says who is meant: who is registered is not changed, any other is new."),
        template_url=reverse("volunteers:volunteer_template"),
        back_url=reverse("volunteers:volunteer_list"),
        back_text=_("List of volunteers"),
    )


@require_safe
@needs("volunteers.enter")
def roll_template(request: HttpRequest) -> HttpResponse:
    """The empty workbook."""
    columns = rolls.columns(_street(request), request.user)
    return sheets.answer("volunteers-template", imports.template(_("volunteers"), columns))


def _street(request: HttpRequest) -> Committee:
    if (street := street_of(request)) is None:
        raise Http404
    return street
