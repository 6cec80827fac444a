"""For staff: the volunteers within reach, and the reasoned look at a telephone number."""

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access import unmask
from accounts.views import status_of
from campaign import keyset, sheets
from campaign.roles import may
from volunteers.filters import VolunteerFilter
from volunteers.forms import ReasonForm
from volunteers.models import Signup, Volunteer
from volunteers.views.planning import led

ORDER = ("-joined_on", "-pk")


def _check_staff(request: HttpRequest) -> None:
    if not may(request.user, "volunteers.enter"):
        raise PermissionDenied


@login_required
@require_safe
def volunteer_list(request: HttpRequest) -> HttpResponse:
    """The volunteers of the own communities or teams, the newest first."""
    _check_staff(request)
    form = VolunteerFilter(request.GET, user=request.user)
    rows = form.rows()
    context = {
        "form": form,
        "count": rows.count(),
        "page": keyset.page(rows, request.GET.get("cursor"), order=ORDER),
        "may_unmask": may(request.user, "personal.unmask"),
    }
    return render(request, "volunteers/volunteer_list.html", context, status=status_of(form))


@login_required
@require_safe
def volunteer_export(request: HttpRequest) -> HttpResponse:
    """The same list as a workbook; phones stay masked there too."""
    _check_staff(request)
    form = VolunteerFilter(request.GET, user=request.user)
    headings = [_("volunteer number"), _("name"), _("community"), _("mobile number"), _("registered on")]
    found = form.rows().order_by(*ORDER).iterator(chunk_size=2000)
    rows = ((row.number, row.name, row.community.name, row.masked_phone, row.joined_on) for row in found)
    return sheets.answer("volunteers", sheets.workbook(_("volunteers"), headings, rows))


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
