"""Whistles: the list, blowing one, its page with every unit's task, and the page of a unit without an account."""

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.views import status_of
from campaign import keyset
from campaign.errors import Refused
from campaign.forms import refuse
from campaign.models import Unit
from campaign.roles import may
from campaign.streets import street_of
from grids import whistles
from grids.filters import WhistleFilter
from grids.forms import BlowForm, StepForm, units_of
from grids.models import Case, Whistle, WhistleLink, WhistlePhoto, WhistleTask
from grids.views.gates import staff_only, too_many
from grids.views.photos import send
from grids.views.shares import shares
from grids.whistleflow import TASK_STEPS, WHISTLE_STEPS, Party, TaskState
from grids.whistles import words

ORDER = ("-raised_at", "-pk")
ASIDE = frozenset({"call_in", "call_off", "release"})
"""steps that are possible and seldom the next one: they stay folded"""
ANSWERING = frozenset({TaskState.CALLED, TaskState.OFFERED, TaskState.SIGNED, TaskState.ARRIVED})
RELATED = ("committee", "community", "case__zone", "case__category", "raised_by", "approved_by")


INFORMATION = (
    # (what is said, the part, the whole)
    (gettext_lazy("Signed for in time"), "whistles.signed_in_time", "whistles.sign_due"),
    (gettext_lazy("Arrived in time"), "whistles.arrived_in_time", "whistles.arrive_due"),
)
PERIOD = 90


@staff_only
@require_safe
def whistle_list(request: HttpRequest) -> HttpResponse:
    """The whistles in reach, the newest first, each with its units."""
    form = WhistleFilter(request.GET, user=request.user)
    page = keyset.page(form.rows(), request.GET.get("cursor"), order=ORDER)
    tasks: dict[int, list[WhistleTask]] = {}
    for task in WhistleTask.objects.filter(whistle__in=page.rows).select_related("unit").order_by("pk"):
        tasks.setdefault(task.whistle_id, []).append(task)
    for whistle in page.rows:
        whistle.units = tasks.get(whistle.pk, [])
    context = {
        "form": form,
        "page": page,
        "may_blow": may(request.user, "whistles.blow"),
        "shares": shares(request, INFORMATION, PERIOD),
    }
    return render(request, "grids/whistle_list.html", context, status=status_of(form))


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def whistle_blow(request: HttpRequest) -> HttpResponse:
    """Blow a whistle, alone or from the case that `?case=` names."""
    if not may(request.user, "whistles.blow"):
        raise PermissionDenied
    street, case = street_of(request), _case(request)
    if street is None:
        raise Http404
    form = BlowForm(request.POST or None, user=request.user, committee=street, case=case)
    status = status_of(form)
    if form.is_bound and form.is_valid():
        try:
            given = {"community": None, **form.cleaned_data}
            whistle = whistles.blow(committee=street, by=request.user, case=case, **given)
        except (Refused, ValidationError) as failure:
            status = refuse(form, failure)
        else:
            messages.success(
                request, _("The whistle is on record: %(state)s.") % {"state": whistle.get_state_display()}
            )
            return redirect("grids:whistle_detail", code=whistle.code)
    return render(request, "grids/whistle_blow.html", {"form": form, "case": case}, status=status)


def _case(request: HttpRequest) -> Case | None:
    code = request.GET.get("case", "")
    if not code:
        return None
    visible = Case.objects.visible_to(request.user).select_related("community", "category", "zone")
    return get_object_or_404(visible, code=code[:20])


@staff_only
@require_safe
def whistle_detail(request: HttpRequest, code: str) -> HttpResponse:
    """All of one whistle: what is asked, each unit's part, and what happened."""
    return _show(request, _find(request, code))


def _find(request: HttpRequest, code: str) -> Whistle:
    visible = Whistle.objects.visible_to(request.user).select_related(*RELATED)
    return get_object_or_404(visible, code=code)


def _show(
    request: HttpRequest,
    whistle: Whistle,
    sent: StepForm | None = None,
    at: int | None = None,
    status: int = 200,
) -> HttpResponse:
    """`sent` is a form that was refused, `at` the task that it belongs to (None: the whistle itself)."""
    units = units_of(whistle.committee, request.user)
    tasks = whistle.tasks.select_related("unit", "proposed").prefetch_related("photos").order_by("pk")
    street = Party.STREET in whistles.parties(whistle, None, request.user)
    links = _links(whistle) if street else {}
    lines = []
    for task in tasks:
        task.whistle = whistle
        lines.append(
            {
                "task": task,
                "state": words.tone_of_task(task),
                "steps": _forms(
                    whistles.answerable(task, request.user), units, f"t{task.pk}", sent, at == task.pk
                ),
                "link": links.get(task.pk),
                "may_link": street and task.state in ANSWERING,
            }
        )
    context = {
        "whistle": whistle,
        "state": words.tone_of(whistle),
        "steps": _forms(whistles.allowed(whistle, request.user), units, "w", sent, at is None),
        "lines": lines,
        "events": _timeline(whistle),
        "sent": sent,
        "case": Case.objects.visible_to(request.user).filter(pk=whistle.case_id).first(),
    }
    for line in lines:
        if link := line["link"]:
            address = reverse("grids:whistle_answer", args=[whistles.token_of(link)])
            line["address"] = request.build_absolute_uri(address)
    response = render(request, "grids/whistle_detail.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _links(whistle: Whistle) -> dict[int, WhistleLink]:
    now = timezone.now()
    good = WhistleLink.objects.filter(task__whistle=whistle, revoked_at=None, expires_at__gt=now)
    return {link.task_id: link for link in good.select_related("unit").order_by("pk")}


def _forms(
    steps: list[Any], units: QuerySet[Unit], prefix: str, sent: StepForm | None, here: bool
) -> list[dict[str, Any]]:
    forms = [
        sent if sent and here and sent.step == step else StepForm(step=step, units=units, prefix_id=prefix)
        for step in steps
    ]
    if sent and here and sent not in forms:
        forms.append(sent)  # it can no longer be made; what was typed is not lost
    return [
        {
            "form": form,
            "title": words.order_of(form.step),
            "sent": form is sent,
            "main": number == 0 and form.step.name not in ASIDE,
        }
        for number, form in enumerate(forms)
    ]


def _timeline(whistle: Whistle) -> list[dict[str, Any]]:
    rows = whistle.events.select_related("by", "unit", "proposed").order_by("-at", "-pk")
    return [
        {
            "at": event.at,
            "title": words.said(event),
            "by": event.by.name if event.by else "",
            "text": event.note,
        }
        for event in rows
    ]


@staff_only
@require_POST
def whistle_step(request: HttpRequest, code: str, step: str) -> HttpResponse:
    """Make one step of the whistle itself."""
    whistle = _find(request, code)
    if step not in WHISTLE_STEPS:
        raise Http404
    units = units_of(whistle.committee, request.user)
    form = StepForm(request.POST, step=WHISTLE_STEPS[step], units=units, prefix_id="w")
    return _made(
        request, whistle, None, form, lambda given: whistles.move(whistle, step, by=request.user, **given)
    )


@staff_only
@require_POST
def whistle_task_step(request: HttpRequest, code: str, pk: int, step: str) -> HttpResponse:
    """Make one step of a unit's task."""
    whistle = _find(request, code)
    task = get_object_or_404(WhistleTask.objects.visible_to(request.user), pk=pk, whistle=whistle)
    if step not in TASK_STEPS:
        raise Http404
    units = units_of(whistle.committee, request.user)
    form = StepForm(request.POST, request.FILES, step=TASK_STEPS[step], units=units, prefix_id=f"t{pk}")
    return _made(
        request, whistle, pk, form, lambda given: whistles.answer(task, step, by=request.user, **given)
    )


def _made(request: HttpRequest, whistle: Whistle, at: int | None, form: StepForm, make: Any) -> HttpResponse:
    status = status_of(form)
    if form.is_valid():
        try:
            made = make(form.cleaned_data)
        except (Refused, ValidationError) as failure:
            status = refuse(form, failure)
        else:
            messages.success(request, _("Done: %(state)s.") % {"state": made.get_state_display()})
            # A unit that has handed its task on no longer sees the whistle.
            if Whistle.objects.visible_to(request.user).filter(pk=whistle.pk).exists():
                return redirect("grids:whistle_detail", code=whistle.code)
            return redirect("grids:whistle_list")
    return _show(request, _find(request, whistle.code), form, at, status)


# --- Links ------------------------------------------------------------------------------------------
@staff_only
@require_POST
def whistle_link(request: HttpRequest, code: str, pk: int) -> HttpResponse:
    """Give the unit of a task a link by which it answers without an account."""
    whistle = _find(request, code)
    task = get_object_or_404(WhistleTask.objects.visible_to(request.user), pk=pk, whistle=whistle)
    try:
        whistles.give_link(task, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The link is ready: pass it on to the unit."))
    return redirect(reverse("grids:whistle_detail", args=[whistle.code]) + f"#task-{task.pk}")


@staff_only
@require_POST
def whistle_link_revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a link back."""
    visible = WhistleLink.objects.visible_to(request.user).select_related("task__whistle")
    link = get_object_or_404(visible, pk=pk)
    try:
        whistles.revoke_link(link, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The link no longer opens anything."))
    return redirect("grids:whistle_detail", code=link.task.whistle.code)


@never_cache
@require_safe
def whistle_answer(request: HttpRequest, token: str) -> HttpResponse:
    """The one task that the link opens, for a unit without an account."""
    try:
        link = whistles.follow(token)
    except Refused as refusal:
        return _over(request, refusal)
    return _show_answer(request, token, link)


@never_cache
@require_POST
def whistle_answer_step(request: HttpRequest, token: str, step: str) -> HttpResponse:
    """A step of the task, made through its link."""
    if too_many(request, "whistle-links", settings.WHISTLE_LINKS_AN_HOUR):
        return render(request, "429.html", status=429)
    try:
        link = whistles.follow(token)
    except Refused as refusal:
        return _over(request, refusal)
    if step not in TASK_STEPS:
        raise Http404
    form = StepForm(request.POST, request.FILES, step=TASK_STEPS[step], units=_others(link), prefix_id="l")
    status = status_of(form)
    if form.is_valid():
        try:
            made = whistles.answer_by_link(token, step, **form.cleaned_data)
        except (Refused, ValidationError) as failure:
            if getattr(failure, "code", "") == "link":
                return _over(request, failure)
            status = refuse(form, failure)
        else:
            messages.success(request, _("Done: %(state)s.") % {"state": made.get_state_display()})
            return redirect("grids:whistle_answer", token=token)
    return _show_answer(request, token, link, form, status)


def _show_answer(
    request: HttpRequest, token: str, link: WhistleLink, sent: StepForm | None = None, status: int = 200
) -> HttpResponse:
    task = link.task
    context = {
        "task": task,
        "whistle": task.whistle,
        "unit": link.unit,
        "token": token,
        "state": words.tone_of_task(task),
        "steps": _forms(whistles.allowed_by_link(task, link.unit_id), _others(link), "l", sent, True),
        "sent": sent,
        "expires_at": link.expires_at,
    }
    response = render(request, "grids/whistle_answer.html", context, status=status)
    # The address is the key: it goes to no other site, and into no search. Not "no-referrer": with that a browser
    # names no origin when the form is sent, and the answer would be taken for a forgery.
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["X-Robots-Tag"] = "noindex"
    return response


def _others(link: WhistleLink) -> QuerySet[Unit]:
    """The units of the street that could be proposed instead: a list of names of offices, nobody's scope."""
    standing = Q(until=None) | Q(until__gt=timezone.localdate())
    units = Unit.objects.filter(standing, committee=link.task.whistle.committee_id)
    return units.exclude(pk=link.unit_id).order_by("name")


def _over(request: HttpRequest, refusal: Exception) -> HttpResponse:
    """The same answer for what never was, is over, or was taken back; guesses are counted."""
    if too_many(request, "whistle-links", settings.WHISTLE_LINKS_AN_HOUR):
        return render(request, "429.html", status=429)
    return render(request, "grids/whistle_link_over.html", {"text": str(refusal)}, status=404)


@staff_only
@require_safe
def whistle_photo(request: HttpRequest, pk: int) -> HttpResponse:
    """A photo from the place, to who may see its task."""
    return send(get_object_or_404(WhistlePhoto.objects.visible_to(request.user), pk=pk))
