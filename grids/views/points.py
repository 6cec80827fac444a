"""Points: the list, a point's own page (which its plate opens for everybody), plates to print, workbooks in and out."""

from typing import Any

import segno
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.views import status_of
from campaign import imports, keyset, sheets
from campaign.coordinates import ERROR_M, System
from campaign.roles import may
from campaign.streets import street_of
from campaign.views.gates import street_or_404
from campaign.views.imports import import_page
from grids import points, scores, standards
from grids.coding import qr_svg
from grids.filters import PointFilter
from grids.models import Answer, Case, Patrol, Point
from grids.navigation import works_in_the_streets
from grids.views.gates import staff_only

PLATES = 120
"""plates of one print: fifteen sheets"""
EXPORTED = 5000
"""points of one workbook"""


@staff_only
@require_safe
def point_list(request: HttpRequest) -> HttpResponse:
    """The points that the street looks at."""
    form = PointFilter(request.GET, user=request.user)
    context = {
        "form": form,
        "page": keyset.page(form.rows(), request.GET.get("cursor"), order=("name", "pk")),
        "asked": request.GET.urlencode(),
        "changes": may(request.user, "points.change"),
    }
    return render(request, "grids/point_list.html", context, status=status_of(form))


@staff_only
@require_safe
def point_export(request: HttpRequest) -> HttpResponse:
    """Exactly the points asked for, in the columns in which they come in again."""
    form = PointFilter(request.GET, user=request.user)
    street = street_or_404(request)
    rows = form.rows().filter(committee=street).order_by("name", "pk")[:EXPORTED]
    content = sheets.workbook(_("Points"), points.headings(street, request.user), points.lines(rows))
    return sheets.answer("points", content)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def point_import(request: HttpRequest) -> HttpResponse:
    """Take a workbook of points in, on trial or for good."""
    street = street_or_404(request)
    if not may(request.user, "points.change"):
        raise PermissionDenied

    def take(file: Any, dry_run: bool) -> imports.Outcome:
        return points.take_in(file, street=street, by=request.user, dry_run=dry_run)

    return import_page(
        request,
        take,
        heading=_("Points from a workbook"),
        lead=_("The name says which point is meant: one that is there is changed, any other is new."),
        template_url=reverse("grids:point_template"),
        back_url=reverse("grids:point_list"),
        back_text=_("Points"),
    )


@staff_only
@require_safe
def point_template(request: HttpRequest) -> HttpResponse:
    """The empty workbook."""
    columns = points.columns(street_or_404(request), request.user)
    return sheets.answer("points-template", imports.template(_("Points"), columns))


# --- One point --------------------------------------------------------------------------------------
def _find(request: HttpRequest, plate: str) -> tuple[Point, bool]:
    """The point of the plate and whether the person works with it. To the public an ended point is gone."""
    rows = Point.objects.filter(plate=plate, committee=street_of(request))
    rows = rows.select_related("type", "community", "zone", "unit", "keeper", "committee")
    inside = works_in_the_streets(request.user)
    point = (rows if inside else points.standing(rows)).first()
    if point is None:
        raise Http404
    return point, inside and point.is_visible_to(request.user)


@require_safe
def point_page(request: HttpRequest, plate: str) -> HttpResponse:
    """What everybody sees at the point's address: its name, its standards, the way to report a problem here. Who
    works in the streets also sees who answers for it and how it last was."""
    point, inside = _find(request, plate)
    card = standards.card_of(point.type)
    items = list(card.items.order_by("order", "pk")) if card else []
    context = {
        "point": point,
        "card": card,
        "items": items,
        "whole": sum(item.max_score for item in items),
        "inside": inside,
        "error_m": ERROR_M[System(point.source_system)],
        "report_url": f"{reverse('grids:report')}?point={point.plate}",
        **(_dossier(request, point) if inside else {}),
    }
    return render(request, "grids/point_page.html", context)


def _dossier(request: HttpRequest, point: Point) -> dict[str, Any]:
    """How it last was, what is open here, what was changed of it."""
    open_cases = Case.objects.visible_to(request.user).filter(point=point).open()
    patrol = (
        Patrol.objects.visible_to(request.user)
        .filter(answers__point=point)
        .order_by("-starts_at", "-pk")
        .first()
    )
    answers = Answer.objects.filter(patrol=patrol, point=point).select_related("item") if patrol else []
    return {
        "cases": open_cases.select_related("category").order_by("-reported_at", "-pk")[:5],
        "patrol": patrol,
        "score": scores.score_of(answers) if patrol else None,
        "events": [_told(event) for event in point.events.select_related("by")[:8]],
        "changes": may(request.user, "points.change"),
    }


def _told(event: Any) -> dict[str, Any]:
    names = [str(Point._meta.get_field(name).verbose_name) for name in event.changes]
    is_new = all(old == "" for old, _new in event.changes.values())
    return {"at": event.at, "by": event.by, "title": _("Put on file") if is_new else _(", ").join(names)}


def _address(request: HttpRequest, point: Point) -> str:
    return request.build_absolute_uri(reverse("grids:point_page", args=[point.plate]))


@require_safe
def point_qr(request: HttpRequest, plate: str) -> HttpResponse:
    """The QR code of the plate: the address of the point's page."""
    point, _inside = _find(request, plate)
    return qr_svg(_address(request, point), point.name)


@staff_only
@require_safe
def point_plates(request: HttpRequest) -> HttpResponse:
    """The plates of the points asked for, eight on a sheet."""
    form = PointFilter(request.GET, user=request.user)
    rows = list(
        form.rows().filter(committee=street_or_404(request)).order_by("community", "name", "pk")[: PLATES + 1]
    )
    context = {
        "plates": [{"point": point, "qr": _inline(_address(request, point))} for point in rows[:PLATES]],
        "more": len(rows) > PLATES,
        "limit": PLATES,
        "asked": request.GET.urlencode(),
    }
    return render(request, "grids/point_plates.html", context, status=status_of(form))


def _inline(address: str) -> str:
    """The code as a part of the page: a hundred plates are not a hundred requests."""
    drawn = segno.make(address, error="m").svg_inline(
        scale=1, border=2, omitsize=True, svgclass="qr", lineclass=None
    )
    return mark_safe(drawn)
