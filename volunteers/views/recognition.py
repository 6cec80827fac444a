"""Stars and certificates: the public notice and check, the register of who certifies, the volunteer's request."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import names
from accounts.views import status_of
from campaign import keyset, spoken
from campaign.errors import Refused
from campaign.forms import refuse
from campaign.roles import may
from campaign.streets import street_of
from campaign.views.gates import needs
from volunteers import certificates, stars
from volunteers.filters import CertificateFilter, StarFilter
from volunteers.forms import CertificateForm, CheckCodeForm, PaperForm, WhyForm
from volunteers.models import Certificate, Star, Volunteer
from volunteers.views.activities import volunteer_of

MOST_ON_NOTICE = 500
"""a notice board holds no more: who looks for one name finds it by community"""


# --- For everybody ----------------------------------------------------------------------------------
@require_safe
def notice(request: HttpRequest) -> HttpResponse:
    """What is on public notice today: masked names, so that the neighbours can object and strangers learn nothing."""
    street, today = street_of(request), timezone.localdate()
    open_stars = Star.objects.filter(committee=street, state=Star.State.NOTICED, notice_until__gte=today)
    open_papers = Certificate.objects.filter(
        committee=street, state=Certificate.State.NOTICED, notice_until__gte=today
    )
    context = {
        "stars": _masked(open_stars.order_by("community__order", "-level", "pk")),
        "certificates": _masked(open_papers.defer("pdf").order_by("community__order", "pk")),
        "most": MOST_ON_NOTICE,
    }
    return render(request, "volunteers/recognition.html", context)


def _masked(rows: Any) -> list[Any]:
    found = list(rows.select_related("volunteer", "community")[:MOST_ON_NOTICE])
    for row in found:
        row.masked_name = names.mask(row.volunteer.name)
    return found


@require_safe
def find(request: HttpRequest) -> HttpResponse:
    """Find a certificate by the code at its foot."""
    form = CheckCodeForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        code = spoken.heard(form.cleaned_data["code"])
        if _registered(request).filter(code=code).exists():
            return redirect("volunteers:certificate_check", code=code)
        form.add_error("code", _("No certificate bears this code. Compare each sign with the paper."))
    return render(request, "volunteers/certificate_find.html", {"form": form}, status=status_of(form))


@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest, code: str) -> HttpResponse:
    """What the register holds of a certificate, and whether a file is the paper that was issued."""
    certificate = get_object_or_404(_registered(request), code=code)
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form, same = PaperForm(*sent), None
    if form.is_bound and form.is_valid():
        same = certificates.is_the_paper(certificate, form.cleaned_data["paper"].read())
    served = certificates.served_between(certificate.volunteer, certificate.first_day, certificate.last_day)
    context = {
        "certificate": certificate,
        "paper": certificate.contents,
        "name": names.mask(str(certificate.contents.get("name", ""))),
        "intact": certificates.is_intact(certificate),
        "ledger_minutes": served["minutes"],
        "form": form,
        "same": same,
    }
    return render(request, "volunteers/certificate_check.html", context, status=status_of(form))


def _registered(request: HttpRequest) -> Any:
    issued = (Certificate.State.ISSUED, Certificate.State.REVOKED)
    rows = Certificate.objects.filter(committee=street_of(request), state__in=issued)
    return rows.select_related("volunteer")


# --- Asking for one ---------------------------------------------------------------------------------
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def request_own(request: HttpRequest) -> HttpResponse:
    """A volunteer asks for a certificate."""
    volunteer = volunteer_of(request.user)
    if volunteer is None:
        return render(request, "volunteers/me_unknown.html")
    return _ask(request, volunteer, reverse("volunteers:me"))


@needs("volunteers.certify")
@require_http_methods(["GET", "HEAD", "POST"])
def request_for(request: HttpRequest, pk: int) -> HttpResponse:
    """The community asks on behalf of a volunteer who came to the counter."""
    volunteer = get_object_or_404(Volunteer.objects.visible_to(request.user), pk=pk)
    return _ask(request, volunteer, reverse("volunteers:volunteer_detail", args=[pk]))


def _ask(request: HttpRequest, volunteer: Volunteer, back: str) -> HttpResponse:
    form, status = CertificateForm(request.POST or None, volunteer=volunteer), 0
    if request.method == "POST" and form.is_valid():
        try:
            made = certificates.request(volunteer, by=request.user, **form.cleaned_data)
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            messages.success(
                request, _("The certificate was asked for. The community puts it on notice first.")
            )
            return redirect("volunteers:certificate_detail", pk=made.pk)
    context = {"form": form, "volunteer": volunteer, "back": back}
    return render(request, "volunteers/certificate_request.html", context, status=status or status_of(form))


# --- The register -----------------------------------------------------------------------------------
@needs("volunteers.certify")
@require_safe
def register(request: HttpRequest) -> HttpResponse:
    """The register of certificates of the own communities, the newest first."""
    form = CertificateFilter(request.GET, user=request.user)
    rows = form.rows()
    context = {
        "form": form,
        "count": rows.count(),
        "page": keyset.page(rows, request.GET.get("cursor"), order=("-requested_at", "-pk")),
    }
    return render(request, "volunteers/certificate_register.html", context, status=status_of(form))


@login_required
@require_safe
def detail(request: HttpRequest, pk: int) -> HttpResponse:
    """One certificate: how far it is, and what is to be done next."""
    return _detail(request, _seen(request, pk), WhyForm())


@login_required
@require_POST
def decide(request: HttpRequest, pk: int, move: str) -> HttpResponse:
    """Put on notice, issue, refuse or revoke."""
    certificate = _seen(request, pk)
    if not may(request.user, "volunteers.certify"):
        raise PermissionDenied
    form = WhyForm(request.POST)
    if move in ("refuse", "revoke") and not form.is_valid():
        return _detail(request, certificate, form, status=400)
    try:
        _decide(request, certificate, move, form)
    except Refused as refusal:
        return _detail(request, certificate, WhyForm(), status=409, refused=str(refusal))
    return redirect("volunteers:certificate_detail", pk=pk)


def _decide(request: HttpRequest, certificate: Certificate, move: str, form: WhyForm) -> None:
    if move == "notice":
        certificates.put_on_notice(certificate, by=request.user)
        messages.success(request, _("It is on public notice now."))
    elif move == "issue":
        certificates.issue(certificate, by=request.user, site=request.build_absolute_uri("/"))
        messages.success(request, _("The certificate was issued and entered in the register."))
    elif move == "refuse":
        certificates.refuse(certificate, by=request.user, note=form.cleaned_data["note"])
    elif move == "revoke":
        certificates.revoke(certificate, by=request.user, note=form.cleaned_data["note"])
    else:
        raise Http404


def _detail(
    request: HttpRequest, certificate: Certificate, form: WhyForm, status: int = 200, refused: str = ""
) -> HttpResponse:
    decides = may(request.user, "volunteers.certify") and certificate.volunteer.user_id != request.user.pk
    context = {
        "certificate": certificate,
        "form": form,
        "refused": refused,
        "decides": decides,
        "may_issue": certificate.state == Certificate.State.NOTICED
        and certificate.notice_until < timezone.localdate(),
    }
    return render(request, "volunteers/certificate_detail.html", context, status=status)


@login_required
@require_safe
def paper(request: HttpRequest, pk: int) -> HttpResponse:
    """The certificate itself, for the volunteer and for who certifies."""
    certificate = _seen(request, pk)
    if not certificate.pdf:
        raise Http404
    response = HttpResponse(bytes(certificate.pdf), content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="certificate-{certificate.serial}.pdf"'
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _seen(request: HttpRequest, pk: int) -> Certificate:
    found = Certificate.objects.visible_to(request.user)
    return get_object_or_404(found.select_related("volunteer", "issuer", "community"), pk=pk)


# --- Stars ------------------------------------------------------------------------------------------
@needs("volunteers.certify")
@require_safe
def star_list(request: HttpRequest) -> HttpResponse:
    """Who reached which level in the own communities, the newest notice first. No order by hours: nobody is ranked."""
    form = StarFilter(request.GET, user=request.user)
    rows = form.rows()
    context = {
        "form": form,
        "count": rows.count(),
        "page": keyset.page(rows, request.GET.get("cursor"), order=("-noticed_on", "-pk")),
    }
    return render(request, "volunteers/star_list.html", context, status=status_of(form))


@needs("volunteers.certify")
@require_http_methods(["GET", "HEAD", "POST"])
def star_stop(request: HttpRequest, pk: int) -> HttpResponse:
    """An objection was found right."""
    star = _star(request, pk)
    form, status = WhyForm(request.POST or None), 0
    if request.method == "POST" and form.is_valid():
        try:
            stars.stop(star, by=request.user, note=form.cleaned_data["note"])
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            messages.success(request, _("The star is not given."))
            return redirect("volunteers:star_list")
    context = {"star": star, "form": form}
    return render(request, "volunteers/star_stop.html", context, status=status or status_of(form))


@needs("volunteers.certify")
@require_POST
def star_renew(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a stopped star on notice again."""
    star = _star(request, pk)
    try:
        stars.renew(star, by=request.user)
    except Refused as refusal:
        context = {"star": star, "form": WhyForm(), "refused": str(refusal)}
        return render(request, "volunteers/star_stop.html", context, status=409)
    messages.success(request, _("It is on public notice now."))
    return redirect("volunteers:star_list")


def _star(request: HttpRequest, pk: int) -> Star:
    found = Star.objects.visible_to(request.user).select_related("volunteer", "community")
    return get_object_or_404(found, pk=pk)
