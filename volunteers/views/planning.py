"""For those who run activities: plan, publish, cancel, and say who was there."""

import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from accounts.views import status_of
from campaign.errors import Refused
from campaign.forms import refuse
from campaign.roles import may
from campaign.views.gates import needs
from volunteers import activities, attendance, leaders, signups
from volunteers.activities import Post
from volunteers.forms import AttendanceForm, BecauseForm, PlanForm, PositionForm, PostponeForm
from volunteers.models import Activity, Position, Signup


def led(request: HttpRequest, pk: int) -> Activity:
    """The activity that the person runs: 404 out of scope, 403 for who only sees it."""
    activity = get_object_or_404(
        Activity.objects.visible_to(request.user).select_related("community", "kind", "team"), pk=pk
    )
    if not leaders.leads(request.user, activity):
        raise PermissionDenied
    return activity


@require_http_methods(["GET", "HEAD", "POST"])
@needs("activities.plan")
def plan(request: HttpRequest) -> HttpResponse:
    """A new activity: published at once, or kept as a draft."""
    form, status = PlanForm(request.POST or None, user=request.user), 0
    if request.method == "POST" and form.is_valid():
        try:
            activity = activities.create(**form.for_the_verb(), leader=request.user, by=request.user)
            if "draft" not in request.POST:
                activities.publish(activity, by=request.user)
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            messages.success(
                request,
                _("Saved as a draft. Nobody sees it yet.")
                if "draft" in request.POST
                else _("Published. People can sign up now."),
            )
            return redirect("volunteers:activity_detail", pk=activity.pk)
    return render(request, "volunteers/activity_plan.html", {"form": form}, status=status or status_of(form))


@login_required
@require_POST
def publish(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a draft for sign-up."""
    activity = led(request, pk)
    try:
        activities.publish(activity, by=request.user)
    except Refused as refusal:
        return render(
            request, "volunteers/refused.html", {"activity": activity, "refused": refusal}, status=409
        )
    messages.success(request, _("Published. People can sign up now."))
    return redirect("volunteers:activity_detail", pk=activity.pk)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def cancel(request: HttpRequest, pk: int) -> HttpResponse:
    """Call an activity off; all who signed up are told why."""
    activity = led(request, pk)
    form, status = BecauseForm(request.POST or None), 0
    if request.method == "POST" and form.is_valid():
        try:
            activities.cancel(activity, form.cleaned_data["because"], by=request.user)
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            messages.success(request, _("Cancelled. All who signed up are told."))
            return redirect("volunteers:activity_detail", pk=activity.pk)
    context = {
        "activity": activity,
        "form": form,
        "expected": activity.signups.filter(state__in=signups.HOLDS).count(),
    }
    return render(request, "volunteers/activity_cancel.html", context, status=status or status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def postpone(request: HttpRequest, pk: int) -> HttpResponse:
    """Give an activity another time; all who signed up keep their places and are told."""
    activity = led(request, pk)
    starts, ends = timezone.localtime(activity.starts_at), timezone.localtime(activity.ends_at)
    initial = {"day": starts.date(), "starts": starts.time(), "ends": ends.time()}
    form, status = PostponeForm(request.POST or None, initial=initial), 0
    if request.method == "POST" and form.is_valid():
        try:
            activities.postpone(activity, *form.for_the_verb(), by=request.user)
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            messages.success(request, _("The new time stands. All who signed up are told."))
            return redirect("volunteers:activity_detail", pk=activity.pk)
    context = {
        "activity": activity,
        "form": form,
        "expected": activity.signups.filter(state__in=signups.HOLDS).count(),
    }
    return render(request, "volunteers/activity_postpone.html", context, status=status or status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest, pk: int) -> HttpResponse:
    """The same once more at another time, as a draft."""
    activity = led(request, pk)
    starts, ends = timezone.localtime(activity.starts_at), timezone.localtime(activity.ends_at)
    initial = {"day": next_day(starts.date()), "starts": starts.time(), "ends": ends.time()}
    form, status = PostponeForm(request.POST or None, initial=initial), 0
    if request.method == "POST" and form.is_valid():
        try:
            starts_at, ends_at = form.for_the_verb()
            made = activities.clone(activity, starts_at, by=request.user, ends_at=ends_at)
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            messages.success(request, _("Copied as a draft. Look it through, then publish it."))
            return redirect("volunteers:activity_detail", pk=made.pk)
    context = {"activity": activity, "form": form}
    return render(request, "volunteers/activity_copy.html", context, status=status or status_of(form))


def next_day(day: datetime.date) -> datetime.date:
    """The same weekday, to come."""
    today = timezone.localdate()
    weeks = max(1, -((day - today).days // 7)) if day <= today else 1
    return day + datetime.timedelta(weeks=weeks)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def position_edit(request: HttpRequest, pk: int) -> HttpResponse:
    """How many people a position has room for and needs, and what they must bring along."""
    position = get_object_or_404(Position.objects.visible_to(request.user).select_related("activity"), pk=pk)
    activity = led(request, position.activity_id)
    needs = {name: getattr(position, name) for name in Post._fields}
    form, status = PositionForm(request.POST or None, activity=activity, initial=needs), 0
    if request.method == "POST" and form.is_valid():
        try:
            activities.change_position(position, Post(**form.cleaned_data), by=request.user)
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            messages.success(request, _("The position was changed."))
            return redirect("volunteers:activity_detail", pk=activity.pk)
    context = {"activity": activity, "position": position, "form": form}
    return render(request, "volunteers/position_edit.html", context, status=status or status_of(form))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def attendance_list(request: HttpRequest, pk: int) -> HttpResponse:
    """The list on the leader's phone: tick who is there, confirm once; the hours follow."""
    activity = led(request, pk)
    rows = activity.signups.filter(state__in=signups.HOLDS).select_related(
        "volunteer", "position", "attendance"
    )
    everyone = list(rows.order_by("position", "joined_at", "pk"))
    placed = [signup for signup in everyone if signup.state == Signup.State.CONFIRMED]
    form = AttendanceForm(request.POST if request.method == "POST" else None, signups=placed)
    status = 0
    if request.method == "POST" and form.is_valid():
        try:
            attendance.close(activity, by=request.user, present=form.cleaned_data["present"])
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            messages.success(request, _("Confirmed. The hours of those present are entered."))
            return redirect("volunteers:attendance_list", pk=activity.pk)
    ticked = {str(value) for value in form["present"].value() or ()}
    context = {
        "activity": activity,
        "form": form,
        "rows": [
            {
                "signup": signup,
                "was_there": was_there(signup),
                "ticked": was_there(signup) or str(signup.pk) in ticked,
            }
            for signup in placed
        ],
        "waiting": [signup for signup in everyone if signup.state != Signup.State.CONFIRMED],
        "there": sum(was_there(signup) for signup in placed),
        "may_confirm": activity.starts_at < timezone.now() and activity.state in CLOSABLE,
        "may_unmask": may(request.user, "personal.unmask"),
    }
    return render(request, "volunteers/attendance_list.html", context, status=status or status_of(form))


def was_there(signup: Signup) -> bool:
    """Whether it is settled that the person is or was there."""
    found = getattr(signup, "attendance", None)
    return found is not None and not found.waits_for_leader


CLOSABLE = (Activity.State.PUBLISHED, Activity.State.HELD)
