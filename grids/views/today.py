"""The phone page: the day's patrols and cases of a person, and walking a patrol point by point."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.views import status_of
from campaign import photos
from campaign.errors import Refused
from campaign.forms import refuse
from campaign.scoping import reach_of
from grids import patrols
from grids.forms import AnswerForm, MissedForm
from grids.models import Case, Patrol
from grids.views.gates import staff_only
from grids.workflow import DISPATCHERS, VERIFIERS

MANY = 30


@staff_only
@require_safe
def today(request: HttpRequest) -> HttpResponse:
    """What waits for me today: patrols, cases to handle, to verify, to dispatch."""
    walks = list(_walks_of(request.user)[:MANY])
    lists = [one for one in _cases_of(request.user) if one["rows"]]
    context = {
        "walks": walks,
        "left": sum(patrol.state == Patrol.State.DUE for patrol in walks),
        "lists": lists,
        "waiting": sum(one["count"] for one in lists),
        "now": timezone.now(),
    }
    return render(request, "grids/today.html", context)


def _walks_of(user: Any) -> QuerySet[Patrol]:
    """Today's patrols of the person, and of the zones led; an official's are all of the street's."""
    rows = Patrol.objects.visible_to(user).filter(day=timezone.localdate())
    reach = reach_of(user)
    if not reach.everything and not reach.committees and not reach.communities:
        rows = rows.filter(Q(patroller=user) | Q(zone__leader=user))
    return rows.select_related("plan", "zone", "patroller").order_by("starts_at", "pk")


def _cases_of(user: Any) -> list[dict[str, Any]]:
    """The cases in reach that this person can bring forward, by what is to be done, the most urgent first."""
    reach, rows = reach_of(user), Case.objects.visible_to(user)
    to_handle = rows.to_handle()
    if not reach.everything:
        to_handle = to_handle.filter(Q(unit__in=reach.units) | Q(handler=user))
    wanted = [(_("To handle"), "to_handle", to_handle)]
    if reach.may(*VERIFIERS):
        by_others = rows.to_verify().filter(Q(handler=None) | ~Q(handler=user))
        wanted.append((_("To verify"), "to_verify", by_others))
    if reach.may(*DISPATCHERS):
        wanted.append((_("To dispatch"), "to_dispatch", rows.to_dispatch()))
    return [_listed(title, name, found) for title, name, found in wanted]


def _listed(title: str, name: str, found: QuerySet[Case]) -> dict[str, Any]:
    """The first of the cases and how many there are in all."""
    rows = list(found.select_related("category", "community").order_by("due_at", "reported_at")[: MANY + 1])
    count = len(rows) if len(rows) <= MANY else found.count()
    return {"title": title, "name": name, "rows": rows[:MANY], "count": count}


# --- Walking --------------------------------------------------------------------------------------
def _patrol(request: HttpRequest, pk: int) -> Patrol:
    rows = Patrol.objects.visible_to(request.user)
    return get_object_or_404(
        rows.select_related("plan__checklist", "zone__leader", "community", "patroller"), pk=pk
    )


@staff_only
@require_safe
def patrol_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """A patrol: its points, how far it is, and what was found."""
    return _show(request, _patrol(request, pk))


def _show(
    request: HttpRequest, patrol: Patrol, *, form: Any = None, refused: Any = None, status: int = 200
) -> HttpResponse:
    stops = _stops(patrol)
    context = {
        "patrol": patrol,
        "stops": stops,
        "answered": sum(stop["answered"] for stop in stops),
        "standards": sum(stop["standards"] for stop in stops),
        "may_walk": patrols.may_walk(patrol, request.user),
        "complete": bool(stops) and all(stop["answered"] == stop["standards"] for stop in stops),
        "over": timezone.now() > patrol.ends_at,
        "to_come": patrol.day > timezone.localdate(),
        "form": form or MissedForm(),
        "refused": refused,
    }
    return render(request, "grids/patrol_detail.html", context, status=status)


def _stops(patrol: Patrol) -> list[dict[str, Any]]:
    """The points in the order in which they are walked, each with what was answered there."""
    stops: dict[int, dict[str, Any]] = {}
    for line in patrols.lines(patrol):
        new = {"point": line.point, "standards": 0, "answered": 0, "findings": []}
        stop = stops.setdefault(line.point.pk, new)
        stop["standards"] += 1
        stop["answered"] += line.answer is not None
        if line.answer and line.answer.value == "no":
            stop["findings"].append(line.answer)
    return list(stops.values())


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def point_check(request: HttpRequest, pk: int, point_pk: int) -> HttpResponse:
    """The check-list at one point; all that was answered is kept together, or nothing."""
    patrol = _patrol(request, pk)
    checks = _checks(request, patrol, point_pk)
    if not checks:
        raise Http404
    status, may_walk = 200, patrols.may_walk(patrol, request.user)
    if request.method == "POST":
        if not may_walk:
            raise PermissionDenied
        status = _keep(request, patrol, checks)
        if status == 302:
            return redirect("grids:patrol_detail", pk=patrol.pk)
    context = {
        "patrol": patrol,
        "point": checks[0]["line"].point,
        "checks": checks,
        "may_walk": may_walk and patrol.state != Patrol.State.DONE,
        "wrong": [check for check in checks if check["form"].errors],
    }
    return render(request, "grids/point_check.html", context, status=status)


def _checks(request: HttpRequest, patrol: Patrol, point_pk: int) -> list[dict[str, Any]]:
    """One form for each standard at the point; none for a point that is not the patrol's."""
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    checks = []
    for line in patrols.lines(patrol):
        if line.point.pk != point_pk:
            continue
        said = ("value", "note", "fixed_on_spot")
        initial = {name: getattr(line.answer, name) for name in said} if line.answer else {}
        form = AnswerForm(*sent, prefix=f"item{line.item.pk}", initial=initial)
        name = form.add_prefix("value")
        checks.append({"line": line, "form": form, "name": name, "value": form["value"].value()})
    return checks


def _keep(request: HttpRequest, patrol: Patrol, checks: list[dict[str, Any]]) -> int:
    """Answer every standard that says something new: all in one transaction. Returns the status."""
    if not all(check["form"].is_valid() for check in checks):
        return 400
    opened = []
    try:
        with photos.together():
            for check in checks:
                line, form = check["line"], check["form"]
                if not form.says_something_new:
                    continue
                kept = patrols.answer(patrol, line.point, line.item, by=request.user, **form.cleaned_data)
                if kept.case_id and not (line.answer and line.answer.case_id):
                    opened.append(kept.case)
    except (Refused, ValidationError) as failure:
        return refuse(form, failure)
    for case in opened:
        told = {"code": case.code, "state": case.get_state_display()}
        messages.success(request, _("Case %(code)s was opened: %(state)s.") % told)
    if not opened:
        messages.success(request, _("Saved."))
    return 302


@staff_only
@require_POST
def finish(request: HttpRequest, pk: int) -> HttpResponse:
    """The patrol is walked."""
    patrol = _patrol(request, pk)
    try:
        patrols.finish(patrol, by=request.user)
    except Refused as refusal:
        return _show(request, patrol, refused=refusal, status=409)
    messages.success(request, _("The patrol is done. Thank you."))
    return redirect("grids:today")


@staff_only
@require_POST
def miss(request: HttpRequest, pk: int) -> HttpResponse:
    """Say why a patrol is missed."""
    patrol, form = _patrol(request, pk), MissedForm(request.POST)
    status = status_of(form)
    if form.is_valid():
        try:
            patrols.miss(patrol, form.cleaned_data["because"], request.user)
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            messages.success(request, _("Noted as missed, with the reason."))
            return redirect("grids:today")
    return _show(request, patrol, form=form, refused="; ".join(form.non_field_errors()), status=status)
