"""For staff: the volunteers within reach, and the reasoned look at a telephone number."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import unmask
from accounts.views import status_of
from campaign import keyset, sheets
from campaign.errors import Refused
from campaign.forms import refuse
from campaign.roles import may
from campaign.views.gates import needs
from volunteers import hours
from volunteers.filters import VolunteerFilter
from volunteers.forms import CorrectionForm, ReasonForm
from volunteers.models import HourEntry, Signup, Volunteer
from volunteers.views.me import last_year_of
from volunteers.views.planning import led

ORDER = ("-joined_on", "-pk")


@require_safe
@needs("volunteers.enter")
def volunteer_list(request: HttpRequest) -> HttpResponse:
    """The volunteers of the own communities or teams, the newest first."""
    form = VolunteerFilter(request.GET, user=request.user)
    rows = form.rows()
    context = {
        "form": form,
        "count": rows.count(),
        "page": keyset.page(rows, request.GET.get("cursor"), order=ORDER),
        "may_unmask": may(request.user, "personal.unmask"),
    }
    return render(request, "volunteers/volunteer_list.html", context, status=status_of(form))


@require_safe
@needs("volunteers.enter")
def volunteer_export(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook; phones stay masked there too."""
    form = VolunteerFilter(request.GET, user=request.user)
    headings = [_("volunteer number"), _("name"), _("community"), _("mobile number"), _("registered on")]
    found = form.rows().order_by(*ORDER).iterator(chunk_size=2000)
    rows = ((row.number, row.name, row.community.name, row.masked_phone, row.joined_on) for row in found)
    return sheets.answer("volunteers", sheets.workbook(_("volunteers"), headings, rows))


@require_safe
@needs("volunteers.enter")
def volunteer_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One volunteer's record of service, from which a wrong entry is corrected."""
    found = Volunteer.objects.visible_to(request.user).select_related("community")
    volunteer = get_object_or_404(found, pk=pk)
    ledger = HourEntry.objects.filter(volunteer=volunteer)
    context = {
        "volunteer": volunteer,
        "minutes": hours.total_minutes(volunteer),
        "page": keyset.page(ledger, request.GET.get("cursor"), order=("-day", "-pk")),
        "may_certify": may(request.user, "volunteers.certify"),
        "record_year": last_year_of(ledger),
        # An entry of another community's activity is corrected there.
        "correctable": set(ledger.visible_to(request.user).values_list("pk", flat=True)[:500]),
    }
    return render(request, "volunteers/volunteer_detail.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def hours_correct(request: HttpRequest, pk: int) -> HttpResponse:
    """A counter-entry to a line of the ledger, for which two people stand."""
    found = HourEntry.objects.visible_to(request.user).select_related("volunteer", "community")
    entry = get_object_or_404(found, pk=pk)
    if not may(request.user, "volunteers.enter"):  # a volunteer sees the own lines
        raise PermissionDenied
    form, status = CorrectionForm(request.POST or None, entry=entry, by=request.user), 0
    if request.method == "POST" and form.is_valid():
        try:
            hours.correct(entry, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            messages.success(request, _("The correction was entered."))
            return redirect("volunteers:volunteer_detail", pk=entry.volunteer_id)
    context = {"entry": entry, "form": form}
    return render(request, "volunteers/hours_correct.html", context, status=status or status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def volunteer_phone(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole number of a volunteer within reach."""
    volunteer = get_object_or_404(Volunteer.objects.visible_to(request.user), pk=pk)
    return _phone(request, volunteer)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def signup_phone(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole number of who signed up for an activity that the person runs, from whichever community."""
    found = Signup.objects.visible_to(request.user).select_related("volunteer")
    signup = get_object_or_404(found, pk=pk)
    activity = led(request, signup.activity_id)
    return _phone(request, signup.volunteer, activity.pk)


def _phone(request: HttpRequest, volunteer: Volunteer, activity: int | None = None) -> HttpResponse:
    """Shows a number after the reason was written down; nothing is shown without one."""
    if not may(request.user, "personal.unmask"):
        raise PermissionDenied
    form, number = ReasonForm(request.POST or None), ""
    if request.method == "POST" and form.is_valid():
        number = unmask(volunteer, "phone", by=request.user, reason=form.cleaned_data["reason"])
    context = {"volunteer": volunteer, "form": form, "number": number, "activity": activity}
    response = render(request, "volunteers/volunteer_phone.html", context, status=status_of(form))
    response.headers["Cache-Control"] = "private, no-store"
    return response
