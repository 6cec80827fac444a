"""The duty roster of a week, on the screen and on paper; leave and swap."""

import datetime
from typing import Any

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.views import status_of
from campaign import keyset, moments
from campaign.errors import Refused
from campaign.forms import ScopedForm, refuse
from grids import handovers, plans, roster
from grids.models import Handover, Patrol, Zone
from grids.planforms import DecideForm, HandoverForm
from grids.views.gates import staff_only

WEEK = datetime.timedelta(days=7)


class RosterForm(ScopedForm):
    """Which week, of which zone."""

    day = forms.DateField(
        required=False, label=gettext_lazy("The week of"), validators=[moments.can_be],
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip
    zone = forms.ModelChoiceField(
        Zone.objects.all(), required=False, label=gettext_lazy("in"), empty_label=gettext_lazy("all zones")
    )


def _week(request: HttpRequest) -> tuple[dict[str, Any], int]:
    form = RosterForm(request.GET, user=request.user)
    said = form.cleaned_data if form.is_valid() else {}
    first = roster.monday_of(said.get("day") or timezone.localdate())
    days = [first + datetime.timedelta(days=number) for number in range(7)]
    context = {
        "form": form,
        "days": days,
        "first": first,
        "last": days[-1],
        "before": first - WEEK,
        "after": first + WEEK,
        "zone": said.get("zone"),
        "today": timezone.localdate(),
        "zones": roster.week(request.user, first, said.get("zone")) if form.is_valid() else [],
    }
    return context, status_of(form)


@staff_only
@require_safe
def roster_week(request: HttpRequest) -> HttpResponse:
    """Who walks which road section on which day."""
    context, status = _week(request)
    return render(request, "grids/roster_week.html", context, status=status)


@staff_only
@require_safe
def roster_paper(request: HttpRequest) -> HttpResponse:
    """The same on A4, to be put on a wall."""
    context, status = _week(request)
    return render(request, "grids/roster_paper.html", context, status=status)


# --- Leave and swap ---------------------------------------------------------------------------------
@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def handover_ask(request: HttpRequest, pk: int) -> HttpResponse:
    """A patroller asks for leave from an own patrol, or for a swap."""
    rows = Patrol.objects.visible_to(request.user).select_related("plan", "zone", "patroller")
    patrol = get_object_or_404(rows, pk=pk)
    if patrol.patroller_id != request.user.pk:
        raise PermissionDenied
    form = HandoverForm(request.POST or None, patrol=patrol, user=request.user)
    status = status_of(form)
    if request.method == "POST" and form.is_valid():
        try:
            handovers.ask(patrol, by=request.user, **form.for_the_verb())
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            messages.success(request, _("Asked. You walk it yourself until the zone leader agrees."))
            return redirect("grids:handover_list")
    context = {"patrol": patrol, "form": form}
    return render(request, "grids/handover_ask.html", context, status=status)


@staff_only
@require_safe
def handover_list(request: HttpRequest) -> HttpResponse:
    """What waits for my consent, and what I asked for or took over."""
    return _handovers(request)


def _handovers(request: HttpRequest, refused: str = "", status: int = 200) -> HttpResponse:
    rows = Handover.objects.visible_to(request.user).select_related(
        "patrol__plan", "patrol__zone", "other__plan", "other__zone", "asked_by", "taker", "decided_by"
    )
    mine = Q(asked_by=request.user) | ~Q(state=Handover.State.ASKED)
    asked = rows.filter(state=Handover.State.ASKED).exclude(asked_by=request.user)
    asked = asked.prefetch_related("patrol__plan__turns__patroller")[:50]
    decided_here = [row for row in asked if plans.may_plan(row.patrol, request.user)]
    crews = {street: _names(street) for street in {row.patrol.committee_id for row in decided_here}}
    waiting = [
        {"row": row, "form": DecideForm(handover=row, named=crews[row.patrol.committee_id])}
        for row in decided_here
    ]
    page = keyset.page(rows.filter(mine), request.GET.get("cursor"), order=("-asked_at", "-pk"))
    context = {"waiting": waiting, "page": page, "refused": refused}
    return render(request, "grids/handover_list.html", context, status=status)


def _names(street: int) -> list[tuple[int, str]]:
    return [(person.pk, person.name) for person in plans.crew_of(street)]


@staff_only
@require_POST
def handover_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """The leader agrees or does not; or who asked takes it back."""
    rows = Handover.objects.visible_to(request.user).select_related("patrol", "other", "asked_by", "taker")
    handover = get_object_or_404(rows, pk=pk)
    if "take_back" in request.POST:
        return _after(request, lambda: handovers.take_back(handover, by=request.user))
    form = DecideForm(request.POST, handover=handover)
    if not form.is_valid():
        told = " ".join(str(error) for errors in form.errors.values() for error in errors)
        return _handovers(request, told, 400)
    said = form.cleaned_data
    if said["verdict"] == "refuse":
        return _after(request, lambda: handovers.refuse(handover, said["note"], by=request.user))
    taker = said.get("taker")
    return _after(request, lambda: handovers.agree(handover, by=request.user, taker=taker, note=said["note"]))


def _after(request: HttpRequest, verb: Any) -> HttpResponse:
    try:
        done = verb()
    except Refused as refusal:
        return _handovers(request, str(refusal), 409)
    messages.success(request, done.get_state_display())
    return redirect("grids:handover_list")
