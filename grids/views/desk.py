"""The office's desk: putting a case on file for others, the hotline's workbook, filters that are kept."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.views import status_of
from campaign import sheets
from campaign.errors import Refused
from campaign.forms import refuse
from campaign.streets import street_of
from campaign.views.imports import import_page
from grids import cases, saved_filters
from grids.cases import hotline
from grids.forms import CaseEntryForm, SavedFilterForm
from grids.models import Case, SavedFilter
from grids.navigation import in_the_office
from grids.views.gates import staff_only


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def case_new(request: HttpRequest) -> HttpResponse:
    """Put a case on file that came by telephone, on paper or over the counter."""
    street = _office_of(request)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = CaseEntryForm(*sent, user=request.user, street=street)
    if not form.is_bound or not form.is_valid():
        return _entry(request, form, status_of(form))
    said = dict(form.cleaned_data)
    # With a photo the case is taken at once, as a browser would lose the photo; its page shows what is alike.
    alike = [] if "anyway" in request.POST or said["photo"] else _alike(request, said)
    if alike:
        return _entry(request, form, 200, alike)
    try:
        case = cases.open(committee=street, by=request.user, **said)
    except (Refused, ValidationError) as failure:
        return _entry(request, form, refuse(form, failure))
    messages.success(request, _("It is on file under the number %(code)s.") % {"code": case.code})
    return redirect("grids:case_detail", code=case.code)


def _entry(request: HttpRequest, form: Any, status: int, alike: Any = ()) -> HttpResponse:
    context = {"form": form, "alike": alike, "may_import": hotline.may_import(request.user)}
    return render(request, "grids/case_new.html", context, status=status)


def _alike(request: HttpRequest, said: dict[str, Any]) -> list[Any]:
    names = ("category", "community", "point", "address")
    rows = Case.objects.visible_to(request.user).exclude(form_key=said["form_key"])
    return cases.likely(rows, **{name: said[name] for name in names})


def _office_of(request: HttpRequest) -> Any:
    """The street for which the person may put cases on file; 403 for who may not."""
    street = street_of(request)
    if street is None or not in_the_office(request.user):
        raise PermissionDenied
    return street


# --- The hotline ------------------------------------------------------------------------------------
@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def hotline_import(request: HttpRequest) -> HttpResponse:
    """Take in the hotline's workbook."""
    street = _hotline_of(request)
    return import_page(
        request,
        take=lambda file, dry_run: hotline.take_in(file, committee=street, by=request.user, dry_run=dry_run),
        heading=_("Orders of the hotline"),
        lead=_("Every order becomes a case, once, however often its list is sent."),
        template_url=reverse("grids:hotline_template"),
        back_url=reverse("grids:case_list") + "?source=hotline",
        back_text=_("Cases"),
    )


@staff_only
@require_safe
def hotline_template(request: HttpRequest) -> HttpResponse:
    """The empty workbook, with this street's own names in its examples."""
    street = _hotline_of(request)
    return sheets.answer("hotline", hotline.template(street, request.user))


def _hotline_of(request: HttpRequest) -> Any:
    street = street_of(request)
    if street is None or not hotline.may_import(request.user):
        raise PermissionDenied
    return street


# --- Kept filters -----------------------------------------------------------------------------------
@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def filter_list(request: HttpRequest) -> HttpResponse:
    """The kept filters that are offered to the person; keeping one more."""
    street = street_of(request)
    if street is None:
        raise PermissionDenied
    sent = request.POST if request.method == "POST" else None
    form = SavedFilterForm(sent, user=request.user, street=street, query=request.GET.urlencode())
    status = status_of(form)
    if form.is_bound and form.is_valid():
        try:
            row = saved_filters.save(committee=street, owner=request.user, **form.cleaned_data)
        except (Refused, ValidationError) as failure:
            status = refuse(form, failure)
        else:
            messages.success(request, _("“%(name)s” is kept.") % {"name": row.name})
            return redirect(reverse("grids:case_list") + "?" + row.query)
    offered = SavedFilter.objects.offered_to(request.user).select_related("owner", "community")[:200]
    context = {
        "form": form,
        "filters": [(row, saved_filters.may_remove(row, request.user)) for row in offered],
    }
    return render(request, "grids/filter_list.html", context, status=status)


@staff_only
@require_POST
def filter_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep a filter no longer."""
    row = get_object_or_404(SavedFilter.objects.offered_to(request.user), pk=pk)
    try:
        saved_filters.remove(row, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("grids:filter_list")
