"""Cross-checks: the street office draws a round and reads what came of it. Nobody else sees the round."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.views import status_of
from campaign import keyset
from campaign.errors import Refused
from campaign.forms import refuse
from campaign.roles import Role
from campaign.scoping import reach_of
from grids import crosschecks
from grids.models import Answer, CrossCheck, Patrol
from grids.planforms import CrossCheckForm
from grids.scores import Score, score_of
from grids.views.gates import staff_only


def _officials_alone(request: HttpRequest) -> None:
    if not reach_of(request.user).may(Role.OFFICIAL):
        raise PermissionDenied


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def cross_check_list(request: HttpRequest) -> HttpResponse:
    """The rounds, and drawing another."""
    _officials_alone(request)
    form = CrossCheckForm(request.POST or None, user=request.user)
    status = status_of(form)
    if request.method == "POST" and form.is_valid():
        said = form.cleaned_data
        try:
            drawn = crosschecks.draw(said["checklist"].committee, by=request.user, **said)
        except (Refused, ValidationError) as failure:
            status = refuse(form, failure)
        else:
            messages.success(request, _("Drawn. Only those who walk it see it before it is done."))
            return redirect("grids:cross_check_detail", pk=drawn.pk)
    rows = CrossCheck.objects.visible_to(request.user).select_related("checklist")
    page = keyset.page(rows, request.GET.get("cursor"), order=("-day", "-pk"))
    return render(request, "grids/cross_check_list.html", {"form": form, "page": page}, status=status)


@staff_only
@require_safe
def cross_check_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Who checks whom, at which points, and what was found."""
    _officials_alone(request)
    rows = CrossCheck.objects.visible_to(request.user).select_related("checklist", "drawn_by")
    round_ = get_object_or_404(rows, pk=pk)
    patrols = Patrol.objects.filter(plan__cross_check=round_).select_related(
        "plan__checked", "community", "patroller", "zone"
    )
    patrols = patrols.prefetch_related("plan__stops__point").order_by("plan__checked__order", "pk")
    context = {"round": round_, "checks": [_found(patrol) for patrol in _with_answers(patrols)]}
    return render(request, "grids/cross_check_detail.html", context)


def _with_answers(patrols: Any) -> list[Patrol]:
    rows = list(patrols)
    answers: dict[int, list[Answer]] = {}
    for answer in Answer.objects.filter(patrol__in=rows).select_related("item", "case"):
        answers.setdefault(answer.patrol_id, []).append(answer)
    for row in rows:
        row.given = answers.get(row.pk, [])
    return rows


def _found(patrol: Any) -> dict[str, Any]:
    """A line of the round: its points with their scores, and the cases that came of it."""
    stops = []
    for stop in sorted(patrol.plan.stops.all(), key=lambda one: one.order):
        given = [answer for answer in patrol.given if answer.point_id == stop.point_id]
        score: Score | None = score_of(given) if given else None
        stops.append({"point": stop.point, "score": score})
    cases = [answer.case for answer in patrol.given if answer.case_id]
    return {"patrol": patrol, "checked": patrol.plan.checked, "stops": stops, "cases": cases}
