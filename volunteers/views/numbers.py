"""Volunteer service in numbers, for staff: the page, the rows behind each figure, the workbook."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.views import status_of
from campaign import keyset, sheets, tallies
from campaign.errors import Refused
from campaign.forms import refuse
from campaign.roles import may
from campaign.sheets import Part
from campaign.views.gates import needs, street_or_404
from volunteers import exports
from volunteers import numbers as counting
from volunteers.filters import NumbersForm
from volunteers.forms import ReasonForm
from volunteers.models import Activity, Attendance, HourEntry, Position, Signup, Volunteer
from volunteers.numbers import Asked
from volunteers.templatetags.service import as_hours

TOLD_BY: dict[Any, tuple[str, ...]] = {
    Volunteer: ("community",),
    Activity: ("community", "kind"),
    Signup: ("activity__community", "volunteer"),
    Attendance: ("signup__activity__community", "signup__volunteer"),
    HourEntry: ("community", "volunteer"),
    Position: ("activity__community",),
}


@require_safe
@needs("volunteers.enter")
def numbers(request: HttpRequest) -> HttpResponse:
    """Every figure of a place and period, and what kinds, teams and communities did."""
    return page(request, form_of(request))


def page(request: HttpRequest, form: NumbersForm, status: int = 0) -> HttpResponse:
    """The page as the form asks for it; also with what an export refused."""
    context: dict[str, Any] = {"form": form, "as_of": tallies.as_of()}
    if form.is_valid() and not status:
        asked = form.asked()
        context |= {
            "asked": asked,
            "before": asked.before(),
            "numbers": counting.counted(asked),
            "tables": _tables(asked),
            "shortages": counting.shortages(asked),
            "exports": [(which, one.title) for which, one in exports.EXPORTS.items()],
            "may_unmask": may(request.user, "personal.unmask"),
        }
    return render(request, "volunteers/numbers.html", context, status=status or status_of(form))


def form_of(request: HttpRequest) -> NumbersForm:
    """The days and the community in the address; by default this year and all that the person serves."""
    return NumbersForm(request.GET, user=request.user, street=street_or_404(request))


def _tables(asked: Asked) -> list[tuple[str, list[counting.Line]]]:
    titles = {"kind": _("By kind of activity"), "team": _("By team"), "community": _("By community")}
    return [(title, counting.told_apart(asked, by)) for by, title in titles.items()]


@require_safe
@needs("volunteers.enter")
def numbers_rows(request: HttpRequest, key: str) -> HttpResponse:
    """The definition of one figure, and the rows that it counts."""
    figure = counting.figures().get(key)
    if figure is None:
        raise Http404
    form = form_of(request)
    context: dict[str, Any] = {"form": form, "figure": figure}
    if form.is_valid():
        asked = form.asked()
        rows = figure.rows(asked)
        found = keyset.page(
            rows.select_related(*TOLD_BY[rows.model]), request.GET.get("cursor"), order=["-id"]
        )
        context |= {
            "asked": asked, "value": figure.value(asked), "count": rows.count(), "page": found,
            "rows": [_line(row) for row in found.rows],
        }  # fmt: skip
    return render(request, "volunteers/numbers_rows.html", context, status=status_of(form))


def _line(row: Any) -> dict[str, Any]:
    """A row as it is listed: what, when, where, how much; an activity's leads to its page."""
    if isinstance(row, Volunteer):
        return {"what": f"{row.name} {row.number}", "day": row.joined_on, "community": row.community}
    if isinstance(row, HourEntry):
        what = f"{row.what} {row.volunteer.name}"
        return {"what": what, "day": row.day, "community": row.community, "value": row.minutes}
    activity = (
        row if isinstance(row, Activity) else (row.signup if isinstance(row, Attendance) else row).activity
    )
    told = {"what": activity.title, "day": activity.day, "community": activity.community}
    told["url"] = reverse("volunteers:activity_detail", args=[activity.pk])
    if isinstance(row, Position):
        return {**told, "what": f"{activity.title} {row.name}", "value": row.lack}
    if isinstance(row, Activity):
        return told
    volunteer = row.volunteer if isinstance(row, Signup) else row.signup.volunteer
    return {**told, "what": f"{activity.title} {volunteer.name}"}


@require_safe
@needs("volunteers.enter")
def numbers_workbook(request: HttpRequest) -> HttpResponse:
    """The same page as a workbook: the figures with their definitions, then a sheet for each table."""
    form = form_of(request)
    if not form.is_valid():
        return page(request, form)
    asked = form.asked()
    return sheets.answer("volunteer-numbers", sheets.book(_parts(asked, asked.first, asked.last)))


def _parts(asked: Asked, first: datetime.date, last: datetime.date) -> list[Part]:
    place = asked.community.name if asked.community else asked.street.name
    headings = [
        _("figure"), _("quantity"), _("unit of measure"), _("of"), _("percent"), _("community"), _("from"),
        _("until"), _("definition"),
    ]  # fmt: skip
    rows = [
        (one.figure.title, one.value, one.figure.unit, one.whole, one.percent, place, first, last,
         one.figure.definition)
        for one in counting.counted(asked)
    ]  # fmt: skip
    parts = [Part(_("Volunteer service in numbers"), headings, rows)]
    columns = [_("name"), _("activities held"), _("person-times"), _("hours served")]
    for title, lines in _tables(asked):
        told = [
            (line.name or _("none named"), line.held, line.times, as_hours(line.minutes)) for line in lines
        ]
        parts.append(Part(title, columns, told))
    lacking = [_("position"), _("Number of positions"), _("at least"), _("taken"), _("missing")]
    short = [(one.name, one.positions, one.needed, one.taken, one.lack) for one in counting.shortages(asked)]
    return [*parts, Part(_("Positions short of people"), lacking, short)]


# --- Handing on -------------------------------------------------------------------------------------
@require_safe
@needs("volunteers.enter")
def numbers_export(request: HttpRequest, which: str) -> HttpResponse:
    """The period's persons and service in the columns of another system, mobile numbers masked."""
    export = _export(which)
    form = form_of(request)
    if not form.is_valid():
        return page(request, form)
    try:
        return _handed_on(which, export.parts(form.asked()))
    except Refused as refusal:
        return page(request, form, refuse(form, refusal))


@require_http_methods(["GET", "HEAD", "POST"])
@needs("volunteers.enter")
def numbers_phones(request: HttpRequest, which: str) -> HttpResponse:
    """The same with whole mobile numbers, after the reason was written down for each person."""
    export = _export(which)
    if not may(request.user, "personal.unmask"):
        raise PermissionDenied
    period = form_of(request)
    if not period.is_valid():
        return page(request, period)
    form, status, asked = ReasonForm(request.POST or None), 0, period.asked()
    if request.method == "POST" and form.is_valid():
        try:
            exports.check(asked)
            phones = exports.whole_phones(asked, by=request.user, reason=form.cleaned_data["reason"])
            return _handed_on(which, export.parts(asked, phones))
        except Refused as refusal:
            status = refuse(form, refusal)
    context = {"form": form, "asked": asked, "export": export, "number": exports.persons(asked).count()}
    return render(request, "volunteers/numbers_phones.html", context, status=status or status_of(form))


def _export(which: str) -> exports.Export:
    export = exports.EXPORTS.get(which)
    if export is None:
        raise Http404
    return export


def _handed_on(which: str, parts: list[Part]) -> HttpResponse:
    response = sheets.answer(f"volunteers-{which}", sheets.book(parts))
    response.headers["Cache-Control"] = "private, no-store"
    return response
