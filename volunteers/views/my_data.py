"""My data: correct it, take it along, take the consent back, have it deleted."""

from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.views import status_of
from campaign import sheets
from campaign.errors import Refused
from campaign.forms import refuse
from volunteers import my_data, people
from volunteers.forms import EraseForm, MyDataForm
from volunteers.models import Volunteer
from volunteers.views.activities import volunteer_of

UNKNOWN = "volunteers/me_unknown.html"


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest) -> HttpResponse:
    """The own name and community; beside it what else may be done with the own data."""
    volunteer = volunteer_of(request.user)
    if volunteer is None:
        return render(request, UNKNOWN)
    form, status = MyDataForm(request.POST or None, volunteer=volunteer), 0
    if request.method == "POST" and form.is_valid():
        try:
            my_data.correct(volunteer, **form.cleaned_data)
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            messages.success(request, _("Corrected."))
            return redirect("volunteers:me")
    context = {"form": form, "agreed": people.has_consented(volunteer)}
    return render(request, "volunteers/my_data.html", context, status=status or status_of(form))


@login_required
@require_safe
def export(request: HttpRequest, form: str) -> HttpResponse:
    """All that is kept about me, as a workbook (xlsx) or for programs (json)."""
    sections = my_data.kept(_me(request))
    if form == "xlsx":
        headings = [_("Section"), _("Row"), _("Particular"), _("Value")]
        response = sheets.answer(
            "my-data", sheets.workbook(_("My data"), headings, my_data.as_rows(sections))
        )
    elif form == "json":
        response = JsonResponse(my_data.as_tree(sections), json_dumps_params={"ensure_ascii": False})
        response.headers["Content-Disposition"] = 'attachment; filename="my-data.json"'
    else:
        raise Http404
    response.headers["Cache-Control"] = "private, no-store"
    return response


@login_required
@require_POST
def agree(request: HttpRequest) -> HttpResponse:
    """Agree to today's notice."""
    people.agree(_me(request))
    messages.success(request, _("Noted. Thank you!"))
    return redirect("volunteers:me")


@login_required
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take the consent back."""
    my_data.withdraw(_me(request), by=request.user)
    messages.success(request, _("Your consent is taken back, and you have left what was to come."))
    return redirect("volunteers:me")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def erase(request: HttpRequest) -> HttpResponse:
    """Have my data deleted, after saying so twice; then nobody is signed in any more."""
    volunteer = volunteer_of(request.user)
    if volunteer is None:
        return render(request, UNKNOWN)
    form = EraseForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        my_data.erase(volunteer, by=request.user)
        logout(request)
        messages.success(request, _("Your data is deleted. Thank you for your service!"))
        return redirect("campaign:home")
    return render(request, "volunteers/my_data_erase.html", {"form": form}, status=status_of(form))


def _me(request: HttpRequest) -> Volunteer:
    if (volunteer := volunteer_of(request.user)) is None:
        raise Http404
    return volunteer
