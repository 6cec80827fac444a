"""Requests and call-backs: whom to call, what came of it, and the rates with what stands below the line."""

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import unmask
from accounts.views import status_of
from campaign import keyset, tallies
from campaign.errors import Refused
from campaign.forms import refuse
from campaign.roles import may
from campaign.scoping import reach_of
from grids import callbacks, requests
from grids.filters import RequestFilter
from grids.forms import ContactForm, ReasonForm, RetypeForm
from grids.models import Case, Request, RequestContact
from grids.navigation import in_the_office
from grids.views.gates import staff_only
from grids.views.shares import shares

RATES = (
    # (what is said, the part, the whole)
    (gettext_lazy("Contacted in time"), "requests.responded_in_time", "requests.response_due"),
    (gettext_lazy("Solved"), "requests.solved", "requests.call_backs"),
    (gettext_lazy("Satisfied"), "requests.satisfied", "requests.call_backs"),
    (gettext_lazy("Found before a complaint"), "requests.found_first", "requests.found_or_complained"),
)
PERIOD = 30


@staff_only
@require_safe
def request_list(request: HttpRequest) -> HttpResponse:
    """Requests in reach: whose reporter is to be contacted, whose is to be called back."""
    if not in_the_office(request.user):
        raise PermissionDenied
    form = RequestFilter(request.GET, user=request.user)
    context = {
        "form": form,
        "counts": form.counts(),
        "page": keyset.page(form.rows(), request.GET.get("cursor"), order=form.order()),
        "rates": shares(request, RATES, PERIOD),
        "as_of": tallies.as_of(),
        "attempts": settings.CALLBACK_ATTEMPTS,
    }
    return render(request, "grids/request_list.html", context, status=status_of(form))


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def request_detail(request: HttpRequest, code: str) -> HttpResponse:
    """One request: its clocks, the calls made, and the record of the next one."""
    asked = _find(request, code)
    purpose = callbacks.purpose_now(asked)
    if purpose and not callbacks.may_record(asked, purpose, request.user):
        purpose = None
    form = ContactForm(request.POST or None, purpose=purpose or "") if purpose else None
    status = status_of(form) if form else 200
    if request.method == "POST" and form is None:
        messages.error(request, _("No call is to be recorded here now."))
        return redirect("grids:request_detail", code=code)
    if form and form.is_bound and form.is_valid():
        try:
            made = callbacks.contact(asked, purpose=purpose or "", by=request.user, **form.cleaned_data)
        except (Refused, ValidationError) as failure:
            status = refuse(form, failure)
        else:
            messages.success(request, _told(made))
            return redirect("grids:request_detail", code=code)
    return _show(request, asked, form, purpose, status)


def _told(made: RequestContact) -> str:
    made.request.refresh_from_db()
    if made.round < made.request.round:
        return _("The call is on record. The case was reopened, with a new clock.")
    return _("The call is on record.")


def _find(request: HttpRequest, code: str) -> Request:
    visible = Request.objects.visible_to(request.user)
    related = (
        "case__category",
        "case__unit",
        "case__zone",
        "case__handler",
        "community",
        "type",
        "committee",
    )
    return get_object_or_404(visible.select_related(*related), case__code=code)


def _show(
    request: HttpRequest, asked: Request, form: ContactForm | None, purpose: str | None, status: int
) -> HttpResponse:
    contacts = list(asked.contacts.select_related("by").order_by("-at", "-pk"))
    retype = asked.responded_at is None and asked.round == 1 and asked.state == Request.State.OPEN
    context = {
        "asked": asked,
        "case": asked.case,
        "form": form,
        "purpose": purpose,
        "contacts": contacts,
        "events": asked.events.select_related("by").order_by("-at", "-pk"),
        "retype": RetypeForm(user=request.user, committee=asked.committee, initial={"type": asked.type_id})
        if retype and requests.may_sort(asked, request.user)
        else None,
        "may_unmask": bool(asked.case.reporter_phone) and may(request.user, "personal.unmask"),
        "left": max(0, settings.CALLBACK_ATTEMPTS - asked.attempts),
        "in_office": in_the_office(request.user),
        "may_exclude": reach_of(request.user).committees,
    }
    response = render(request, "grids/request_detail.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@staff_only
@require_POST
def request_retype(request: HttpRequest, code: str) -> HttpResponse:
    """Give the request another type."""
    asked = _find(request, code)
    form = RetypeForm(request.POST, user=request.user, committee=asked.committee)
    try:
        if form.is_valid():
            requests.retype(asked, form.cleaned_data["type"], by=request.user)
            messages.success(request, _("The type is changed; the clocks follow it."))
        else:
            messages.error(request, _("Choose a type from the list."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("grids:request_detail", code=code)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def request_exclude(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a call-back out of the rates, with the reason."""
    visible = RequestContact.objects.visible_to(request.user).select_related("request__case__zone")
    made = get_object_or_404(visible, pk=pk)
    if (
        not reach_of(request.user).everything
        and made.request.committee_id not in reach_of(request.user).committees
    ):
        raise PermissionDenied
    form = ReasonForm(request.POST or None)
    form.fields["reason"].label = _("Why is it left out?")
    status = status_of(form)
    if form.is_bound and form.is_valid():
        try:
            callbacks.exclude(made, by=request.user, reason=form.cleaned_data["reason"])
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            messages.success(request, _("The call-back is left out of the rates; it stays on record."))
            return redirect("grids:request_detail", code=made.request.case.code)
    context = {"made": made, "case": made.request.case, "form": form}
    return render(request, "grids/request_exclude.html", context, status=status)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def request_phone(request: HttpRequest, code: str) -> HttpResponse:
    """The reporter's whole number, after the reason was written down."""
    asked = _find(request, code)
    if not may(request.user, "personal.unmask"):
        raise PermissionDenied
    form, number = ReasonForm(request.POST or None), ""
    if form.is_bound and form.is_valid() and asked.case.reporter_phone:
        reason = form.cleaned_data["reason"]
        number = unmask(Case.objects.get(pk=asked.case_id), "reporter_phone", by=request.user, reason=reason)
    context = {"case": asked.case, "form": form, "number": number}
    response = render(request, "grids/request_phone.html", context, status=status_of(form))
    response.headers["Cache-Control"] = "private, no-store"
    return response
