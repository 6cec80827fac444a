"""Signing up in at most three screens: the activity, the code, done. A known volunteer needs one button."""

from typing import Any

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts import phones
from accounts.forms import CodeForm
from accounts.views import BACKEND, send_code, shown_code, status_of, use_code
from campaign.errors import Refused
from campaign.models import Community
from campaign.roles import ADMIN_ROLES
from campaign.scoping import reach_of
from volunteers import leaders, people, signups
from volunteers.forms import JoinForm, RegisterForm, StrangerForm
from volunteers.models import Activity, Position, Skill, Volunteer
from volunteers.views.activities import find, leads, volunteer_of

ASKED = "sign_up"
"""what was typed on screen one, kept in the session until the code came"""


@require_http_methods(["GET", "HEAD", "POST"])
def activity_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Screen one: what, when and where, and the way to sign up that fits this person."""
    activity = find(request, pk)
    volunteer = volunteer_of(request.user)
    form = _form_for(request, activity, volunteer)
    if request.method == "POST" and form.is_valid():
        if isinstance(form, StrangerForm):
            if _ask_for_code(request, activity, form):
                return redirect("volunteers:sign_up_code", pk=activity.pk)
        elif (signup := _join(request, activity, form, volunteer)) is not None:
            return redirect("volunteers:signup_detail", pk=signup.pk)
    return _show(request, activity, form, volunteer)


def _form_for(request: HttpRequest, activity: Activity, volunteer: Volunteer | None) -> Any:
    data = request.POST if request.method == "POST" else None
    if volunteer is not None:
        return JoinForm(data, activity=activity, volunteer=volunteer)
    if request.user.is_authenticated:
        return RegisterForm(data, activity=activity)
    return StrangerForm(data, activity=activity)


def _show(
    request: HttpRequest, activity: Activity, form: Any, volunteer: Volunteer | None, status: int = 0
) -> HttpResponse:
    verdict = signups.verdict(activity, volunteer, by=request.user)
    mine = volunteer and activity.signups.filter(volunteer=volunteer, state__in=signups.HOLDS).first()
    context = {
        "activity": activity,
        "positions": activity.positions.all(),
        "form": form,
        "verdict": verdict,
        "mine": mine,
        "volunteer": volunteer,
        "leads": leads(request, activity),
        "brings": request.user.is_authenticated and leaders.colleagues(request.user, activity).exists(),
        "one_button": volunteer is not None,
    }
    return render(request, "volunteers/activity_detail.html", context, status=status or _status(form))


def _status(form: Any) -> int:
    return 409 if getattr(form, "refused", False) else status_of(form)


def _refuse(form: Any, refusal: Refused) -> None:
    """The refusal of a verb as an error of the form, answered with 409."""
    form.add_error(None, str(refusal))
    form.refused = True


def _join(request: HttpRequest, activity: Activity, form: Any, volunteer: Volunteer | None) -> Any:
    """Sign up who is signed in, registering the person first if need be; None when it is refused."""
    try:
        if volunteer is None:
            volunteer = people.register(
                committee=activity.committee,
                community=form.cleaned_data["community"],
                name=request.user.name,
                phone=request.user.phone,
                user=request.user,
            )
        people.complete(volunteer, **form.completion())
        return signups.join(form.cleaned_data["position"], volunteer, by=request.user)
    except Refused as refusal:
        _refuse(form, refusal)
        return None


def _ask_for_code(request: HttpRequest, activity: Activity, form: StrangerForm) -> bool:
    """Send a code to the number that was typed, and keep the rest until it comes back."""
    verdict = signups.verdict(activity)
    if not verdict.may_join:
        _refuse(form, Refused(verdict.label, verdict.value))
        return False
    given = form.cleaned_data
    if not send_code(request, form, given["phone"]):
        return False
    request.session[ASKED] = {
        "activity": activity.pk,
        "position": given["position"].pk,
        "community": given["community"].pk,
        "name": given["name"],
        "phone": given["phone"],
        "skills": [skill.pk for skill in given.get("skills") or ()],
        "birth_year": given.get("birth_year"),
    }
    return True


@require_http_methods(["GET", "HEAD", "POST"])
def sign_up_code(request: HttpRequest, pk: int) -> HttpResponse:
    """Screen two: the code that proves the number; with it the person is registered and signed up."""
    activity = find(request, pk)
    asked = request.session.get(ASKED)
    if not asked or asked["activity"] != activity.pk:
        return redirect("volunteers:activity_detail", pk=activity.pk)
    form = CodeForm(request.POST or None)
    if request.method == "POST" and form.is_valid() and use_code(request, form, asked["phone"]):
        return _finish(request, activity, asked)
    context = {
        "activity": activity,
        "form": form,
        "shown_code": shown_code(request),
        "phone": phones.mask(asked["phone"]),
    }
    return render(request, "volunteers/sign_up_code.html", context, status=status_of(form))


@require_POST
def send_again(request: HttpRequest, pk: int) -> HttpResponse:
    """A new code to the same number."""
    activity = find(request, pk)
    asked = request.session.get(ASKED)
    if not asked or asked["activity"] != activity.pk:
        return redirect("volunteers:activity_detail", pk=activity.pk)
    form = CodeForm({})
    form.errors.clear()
    if send_code(request, form, asked["phone"]):
        messages.success(request, _("A new code was sent. The earlier one is no longer valid."))
        return redirect("volunteers:sign_up_code", pk=activity.pk)
    context = {
        "activity": activity,
        "form": form,
        "shown_code": shown_code(request),
        "phone": phones.mask(asked["phone"]),
    }
    return render(request, "volunteers/sign_up_code.html", context, status=409)


def _finish(request: HttpRequest, activity: Activity, asked: dict[str, Any]) -> HttpResponse:
    """The number is proved: register, sign in, sign up. What a verb refuses is said on screen one."""
    request.session.pop(ASKED, None)
    volunteer = None
    try:
        volunteer = people.register_with_account(
            committee=activity.committee,
            community=get_object_or_404(Community, pk=asked["community"], committee=activity.committee_id),
            name=asked["name"],
            phone=asked["phone"],
        )
        _sign_in(request, volunteer)
        position = get_object_or_404(Position, pk=asked["position"], activity=activity)
        skills = Skill.objects.filter(pk__in=asked["skills"], committee=activity.committee_id)
        people.complete(volunteer, skills=skills, birth_year=asked["birth_year"])
        signup = signups.join(position, volunteer, by=volunteer.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
        form = _blank(request, activity, volunteer, asked)
        return _show(request, activity, form, volunteer, status=409)
    return redirect("volunteers:signup_detail", pk=signup.pk)


def _blank(
    request: HttpRequest, activity: Activity, volunteer: Volunteer | None, asked: dict[str, Any]
) -> JoinForm:
    """Screen one again, with what was typed."""
    typed = {name: asked[name] for name in ("position", "community", "name", "phone", "skills", "birth_year")}
    if volunteer:
        return JoinForm(activity=activity, volunteer=volunteer, initial=typed)
    return StrangerForm(activity=activity, initial=typed)


def _sign_in(request: HttpRequest, volunteer: Volunteer) -> None:
    """Sign the person in, unless the account opens the admin: that needs its password, never a code."""
    if reach_of(volunteer.user).may(*ADMIN_ROLES):
        raise Refused(
            _("This number belongs to an account of the office. Sign in with its password."), "staff"
        )
    login(request, volunteer.user, backend=BACKEND)
