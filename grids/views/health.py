"""The special actions of public health: how each community stands, and the list to go through."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.views import status_of
from campaign.errors import Refused
from campaign.forms import refuse
from campaign.roles import may
from grids import health
from grids.forms import HealthForm, SeenForm
from grids.models import HealthAction, HealthCheck
from grids.views.gates import staff_only


def _refuse_stranger(request: HttpRequest) -> None:
    if not may(request.user, "health.check"):
        raise PermissionDenied


@staff_only
@require_safe
def health_list(request: HttpRequest) -> HttpResponse:
    """The actions of an edition, by default those that run, community by community with the last score."""
    _refuse_stranger(request)
    actions = HealthAction.objects.visible_to(request.user).order_by("-first_day", "order", "pk")
    editions = list(actions.order_by().values_list("edition", flat=True).distinct().order_by("-edition")[:20])
    wanted = request.GET.get("edition", "")
    shown = list((actions.filter(edition=wanted) if wanted in editions else health.running(actions))[:20])
    newest = health.latest(shown, request.user)
    places = list(health.communities_checked_by(request.user).select_related("committee")[:200])
    context = {
        "actions": shown,
        "editions": editions,
        "edition": wanted if wanted in editions else "",
        "rows": [
            {
                "place": place,
                "cells": [{"action": one, "check": newest.get((place.pk, one.pk))} for one in shown],
            }
            for place in places
        ],
    }
    return render(request, "grids/health_list.html", context)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def health_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Go through an action's list."""
    _refuse_stranger(request)
    rows = HealthAction.objects.visible_to(request.user).select_related("checklist", "committee")
    action = get_object_or_404(rows, pk=pk)
    sent = request.POST if request.method == "POST" else None
    place = request.GET.get("community", "")
    initial = {"community": place} if place.isdecimal() and len(place) < 19 else {}
    form = HealthForm(sent, user=request.user, committee=action.committee, initial=initial)
    checks = [_check(item, sent) for item in action.checklist.items.order_by("order", "pk")]
    valid = form.is_bound and form.is_valid() and all(one["form"].is_valid() for one in checks)
    status = 200 if not form.is_bound or valid else 400
    if valid:
        seen = {one["item"].pk: one["form"].seen() for one in checks}
        said = dict(form.cleaned_data)
        try:
            made = health.check(action, said.pop("community"), seen, by=request.user, **said)
        except (Refused, ValidationError) as failure:
            status = refuse(form, failure)
        else:
            told = {"points": made.points_reached, "of": made.points_possible}
            messages.success(request, _("Kept: %(points)d of %(of)d points.") % told)
            return redirect("grids:health_list")
    wrong = [one for one in checks if form.is_bound and one["form"].errors]
    context = {"action": action, "form": form, "checks": checks, "wrong": wrong}
    return render(request, "grids/health_check.html", context, status=max(status, status_of(form)))


def _check(item: Any, sent: Any) -> dict[str, Any]:
    form = SeenForm(sent, prefix=f"item{item.pk}")
    rules = (item.deduct_rule, item.good_example)
    help = " · ".join(rule for rule in rules if rule)
    return {
        "item": item,
        "form": form,
        "name": form.add_prefix("value"),
        "value": form["value"].value(),
        "help": help,
    }


@staff_only
@require_safe
def health_seen(request: HttpRequest, pk: int) -> HttpResponse:
    """What was seen at one check, standard by standard."""
    _refuse_stranger(request)
    rows = HealthCheck.objects.visible_to(request.user).select_related("action", "community", "point", "by")
    made = get_object_or_404(rows, pk=pk)
    context = {"check": made, "answers": made.answers.select_related("item").order_by("item__order", "pk")}
    return render(request, "grids/health_seen.html", context)
