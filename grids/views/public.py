"""For residents: report a problem, follow it. No account, no script."""

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.addresses import client_address
from accounts.codes import digest
from accounts.views import status_of
from campaign.errors import Refused
from campaign.forms import refuse
from campaign.streets import street_of
from grids import cases
from grids.forms import FollowForm, ReportForm, spoken_code
from grids.models import Case

AN_HOUR = 3600


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """A resident reports a problem; the answer is its number."""
    street = street_of(request)
    if street is None:
        raise Http404
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ReportForm(*sent, street=street)
    if not form.is_bound or not form.is_valid():
        return _form(request, form, status_of(form))
    if _too_many(request):
        form.add_error(None, _("Too many reports came from your connection. Please try again in an hour."))
        return _form(request, form, 429)
    try:
        case = cases.open(
            committee=street,
            source=Case.Source.RESIDENT,
            by=request.user if request.user.is_authenticated else None,
            **form.cleaned_data,
        )
    except (Refused, ValidationError) as failure:
        return _form(request, form, refuse(form, failure))
    return redirect("grids:reported", code=case.code)


def _form(request: HttpRequest, form: Any, status: int) -> HttpResponse:
    return render(request, "grids/report.html", {"form": form}, status=status)


def _too_many(request: HttpRequest) -> bool:
    """More than `settings.REPORTS_AN_HOUR` from one address: a courtyard behind one connection reports less, a
    program more. The address itself is not kept."""
    key = f"reports:{digest(client_address(request))}:{timezone.now():%Y%m%d%H}"
    cache.add(key, 0, AN_HOUR)
    try:
        return cache.incr(key) > settings.REPORTS_AN_HOUR
    except ValueError:  # the cache has just forgotten it, or is away: a report is worth more than a count
        return False


@require_safe
def reported(request: HttpRequest, code: str) -> HttpResponse:
    """The number to keep."""
    case = get_object_or_404(Case, code=code, committee=street_of(request), source=Case.Source.RESIDENT)
    return render(request, "grids/reported.html", {"case": case})


@require_safe
def follow(request: HttpRequest) -> HttpResponse:
    """Find a case by its number."""
    form = FollowForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        code = spoken_code(form.cleaned_data["code"])
        if Case.objects.filter(code=code, committee=street_of(request)).exists():
            return redirect("grids:case_detail", code=code)
        form.add_error("code", _("There is no case with this number. Please check each sign."))
    return render(request, "grids/follow.html", {"form": form}, status=status_of(form))
