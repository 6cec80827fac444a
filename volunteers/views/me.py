"""The volunteer's own pages: what I signed up for, my hours, my data."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.views import status_of
from campaign import keyset
from campaign.errors import Refused
from campaign.forms import refuse
from campaign.streets import street_of
from volunteers import hours, people, signups
from volunteers.forms import SkillsForm
from volunteers.models import Activity, HourEntry, Signup, Star
from volunteers.views.activities import volunteer_of


@login_required
@require_safe
def me(request: HttpRequest) -> HttpResponse:
    """What I signed up for, how many hours I gave, and what is kept about me."""
    volunteer = volunteer_of(request.user)
    if volunteer is None:
        return render(request, "volunteers/me_unknown.html")
    ledger = HourEntry.objects.filter(volunteer=volunteer)
    expected = volunteer.signups.filter(state__in=signups.HOLDS, activity__state=Activity.State.PUBLISHED)
    coming = expected.filter(activity__ends_at__gt=timezone.now())
    context = {
        "volunteer": volunteer,
        "coming": [
            {
                "signup": signup,
                "ahead": waiting_number(signup),
                "may_leave": signup.activity.starts_at > timezone.now(),
            }
            for signup in coming.select_related("activity", "position").order_by("day", "pk")[:20]
        ],
        "minutes": hours.total_minutes(volunteer),
        "times": ledger.filter(reason=HourEntry.Reason.SERVED).count(),
        "page": keyset.page(ledger, request.GET.get("cursor"), order=("-day", "-pk"), size=20),
        "consents": volunteer.consents.all(),
        "must_agree": not people.has_consented(volunteer),
        "stars": volunteer.stars.exclude(state=Star.State.STOPPED).order_by("-level")[:2],
        "certificates": volunteer.certificates.defer("pdf").order_by("-requested_at")[:10],
        "record_year": last_year_of(ledger),
    }
    return render(request, "volunteers/me.html", context)


def last_year_of(ledger: Any) -> str:
    """The year of the last service, whose record may be printed; empty without any."""
    last = ledger.order_by("-day").values_list("day", flat=True).first()
    return str(last.year) if last else ""  # a text, for a year has no thousands


def waiting_number(signup: Signup) -> int:
    """The place in the waiting line, from 1; nought for who has a place."""
    if signup.state != Signup.State.WAITING:
        return 0
    line = Signup.objects.filter(position=signup.position_id, state=Signup.State.WAITING)
    same = line.filter(joined_at=signup.joined_at, pk__lte=signup.pk)
    return line.filter(joined_at__lt=signup.joined_at).count() + same.count()


@login_required
@require_safe
def signup_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Screen three: what came of the sign-up, and how to leave."""
    found = Signup.objects.filter(volunteer__user=request.user)
    signup = get_object_or_404(
        found.select_related("activity__community", "activity__station", "position"), pk=pk
    )
    context = {
        "signup": signup,
        "activity": signup.activity,
        "number": waiting_number(signup),
        "may_leave": signup.state in signups.HOLDS and signup.activity.starts_at > timezone.now(),
    }
    return render(request, "volunteers/signup_detail.html", context)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def my_skills(request: HttpRequest) -> HttpResponse:
    """What I can do, so that I find positions that need me."""
    volunteer = volunteer_of(request.user)
    if volunteer is None:
        return render(request, "volunteers/me_unknown.html")
    form, status = SkillsForm(request.POST or None, volunteer=volunteer), 0
    if request.method == "POST" and form.is_valid():
        try:
            people.set_skills(volunteer, form.cleaned_data["skills"], form.cleaned_data["birth_year"])
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            messages.success(request, _("Noted. Thank you!"))
            return redirect("volunteers:me")
    return render(request, "volunteers/my_skills.html", {"form": form}, status=status or status_of(form))


@login_required
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Take the place that became free."""
    signup = get_object_or_404(Signup, pk=pk, volunteer__user=request.user)
    try:
        signups.accept(signup, by=request.user)
    except Refused as refusal:
        context = {"signup": signup, "activity": signup.activity, "refused": str(refusal)}
        return render(request, "volunteers/signup_detail.html", context, status=409)
    messages.success(request, _("The place is yours. See you there!"))
    return redirect("volunteers:signup_detail", pk=signup.pk)


@login_required
@require_POST
def leave(request: HttpRequest, pk: int) -> HttpResponse:
    """Give up my place; the next in the line moves up."""
    signup = get_object_or_404(Signup, pk=pk, volunteer__user=request.user)
    try:
        signups.leave(signup, by=request.user)
    except Refused as refusal:
        context = {"signup": signup, "activity": signup.activity, "refused": str(refusal)}
        return render(request, "volunteers/signup_detail.html", context, status=409)
    messages.success(request, _("You have left the activity. Thank you for saying so in time."))
    return redirect("volunteers:me")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about volunteers, why, for how long, and what they may ask for."""
    context = {"version": people.NOTICE_VERSION, "street": street_of(request)}
    return render(request, "volunteers/privacy.html", context)
