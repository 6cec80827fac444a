"""Plans of patrols: their list, one with its slots, setting one up and changing it after a look at what it does."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from campaign.errors import Refused
from campaign.forms import refuse
from campaign.roles import may
from grids import plans
from grids.models import Patrol, PatrolPlan
from grids.planforms import MoveForm, PlanForm, WithdrawForm, ZoneForm, zones_planned_by
from grids.views.gates import staff_only

COMING = 20


@staff_only
@require_safe
def plan_list(request: HttpRequest) -> HttpResponse:
    """The plans in force, and those that ended."""
    today = timezone.localdate()
    rows = PatrolPlan.objects.visible_to(request.user).filter(cross_check=None)
    ended = request.GET.get("show") == "ended"
    over = rows.filter(last_day__lt=today) | rows.filter(is_active=False)
    rows = over if ended else rows.filter(is_active=True).exclude(last_day__lt=today)
    rows = rows.select_related("zone", "community", "checklist").prefetch_related(
        "stops__point", "turns__patroller"
    )
    context = {
        "plans": list(rows.order_by("zone__number", "name", "first_day")[:200]),
        "ended": ended,
        "may_plan": may(request.user, "patrols.plan"),
    }
    return render(request, "grids/plan_list.html", context)


def _plan(request: HttpRequest, pk: int) -> PatrolPlan:
    rows = PatrolPlan.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("zone__leader", "community", "checklist", "continues"), pk=pk
    )


@staff_only
@require_safe
def plan_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A plan: what it asks for, its coming patrols, what became of it."""
    plan = _plan(request, pk)
    now = timezone.now()
    coming = plan.patrols.filter(ends_at__gte=now).select_related("patroller", "plan").order_by("starts_at")
    context = {
        "plan": plan,
        "stops": list(plan.stops.select_related("point").order_by("order", "point")),
        "turns": list(plan.turns.select_related("patroller").order_by("order")),
        "coming": list(coming[:COMING]),
        "events": list(plan.events.select_related("by", "patrol")[:30]),
        "continued_by": plan.continued_by.first(),
        "may_change": plan.cross_check_id is None and plans.may_plan(plan, request.user),
        "now": now,
    }
    return render(request, "grids/plan_detail.html", context)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def plan_new(request: HttpRequest) -> HttpResponse:
    """Set up a plan: first the zone, then the plan, then a look at its slots, then it is saved."""
    zones = zones_planned_by(request.user)
    if not may(request.user, "patrols.plan") and not zones.exists():
        raise PermissionDenied
    chosen = ZoneForm(request.GET, user=request.user) if "zone" in request.GET else None
    only = list(zones[:2]) if chosen is None else []
    if chosen is None and len(only) == 1:
        zone = only[0]
    elif chosen is not None and chosen.is_valid():
        zone = chosen.cleaned_data["zone"]
    else:
        form = chosen or ZoneForm(user=request.user)
        return render(request, "grids/plan_zone.html", {"form": form}, status=400 if form.errors else 200)
    form = PlanForm(request.POST or None, user=request.user, zone=zone)
    return _look_then_save(request, form, partial(_make, by=request.user), {"zone": zone})


def _make(form: PlanForm, *, by: Any) -> tuple[PatrolPlan, plans.Merged]:
    return plans.make(form.draft(), by=by)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def plan_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Change all of a plan; or, with ?since= a patrol, that one and the following."""
    plan = _plan(request, pk)
    if plan.cross_check_id or not plans.may_plan(plan, request.user):
        raise PermissionDenied
    since = None
    if asked := request.GET.get("since", ""):
        if not asked.isascii() or not asked.isdigit() or len(asked) > 18:
            raise Http404
        since = get_object_or_404(plan.patrols.all(), pk=int(asked))
    form = PlanForm(request.POST or None, user=request.user, zone=plan.zone, plan=plan)
    verb = partial(_change, plan=plan, by=request.user, since=since)
    return _look_then_save(request, form, verb, {"plan": plan, "zone": plan.zone, "since": since})


def _change(
    form: PlanForm, *, plan: PatrolPlan, by: Any, since: Patrol | None
) -> tuple[PatrolPlan, plans.Merged]:
    return plans.change(plan, form.draft(), by=by, since=since)


Verb = Callable[[PlanForm], tuple[PatrolPlan, plans.Merged]]


def _look_then_save(
    request: HttpRequest, form: PlanForm, verb: Verb, context: dict[str, Any]
) -> HttpResponse:
    """The form; sent with "look" it shows what saving would do, sent with "save" it does it."""
    status, merged = 200, None
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                if "save" in request.POST:
                    plan, _merged = verb(form)
                    messages.success(request, _("Saved. The roster is up to date."))
                    return redirect("grids:plan_detail", pk=plan.pk)
                _seen, merged = plans.rehearse(partial(verb, form))
                status = 200
                named = [
                    *merged.added,
                    *merged.withdrawn,
                    *merged.kept,
                    *(row for _was, row in merged.changed),
                ]
                prefetch_related_objects(named, "patroller")
            except (Refused, ValidationError) as failure:
                status = refuse(form, failure)
    context = {**context, "form": form, "merged": merged, "crumb": context.get("plan")}
    return render(request, "grids/plan_form.html", context, status=status)


# --- One patrol alone -------------------------------------------------------------------------------
@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def patrol_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Move one patrol, give it to another, or withdraw it; or go on to change the following or all."""
    rows = Patrol.objects.visible_to(request.user).select_related("plan", "zone__leader", "patroller")
    patrol = get_object_or_404(rows, pk=pk)
    if not plans.may_plan(patrol, request.user):
        raise PermissionDenied
    withdrawing = "withdraw" in request.POST
    sent = request.POST if request.method == "POST" else None
    move = MoveForm(None if withdrawing else sent, patrol=patrol)
    withdraw = WithdrawForm(sent if withdrawing else None, auto_id="withdraw_%s")
    form, status = (withdraw if withdrawing else move), 200
    if request.method == "POST":
        status = 400
        if form.is_valid():
            try:
                if withdrawing:
                    plans.withdraw(patrol, form.cleaned_data["because"], by=request.user)
                else:
                    plans.move(patrol, by=request.user, **form.cleaned_data)
            except Refused as refusal:
                status = refuse(form, refusal)
            else:
                messages.success(request, _("Saved. Only this patrol was changed."))
                return redirect("grids:plan_detail", pk=patrol.plan_id)
    context = {"patrol": patrol, "form": move, "withdraw": withdraw}
    return render(request, "grids/patrol_change.html", context, status=status)
