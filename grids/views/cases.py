"""Cases: the staff's list and its export, one case for everybody who has its number, its moves, its photos."""

import uuid

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from accounts.views import status_of
from campaign import keyset, sheets
from campaign.errors import Refused
from campaign.forms import refuse
from grids import cases, words
from grids.filters import CaseFilter
from grids.forms import MoveForm, NoteForm
from grids.models import Case, CasePhoto, SavedFilter
from grids.navigation import in_the_office
from grids.views import case_page, public
from grids.views.gates import staff_only
from grids.views.photos import send
from grids.workflow import MOVES

ORDER = ("-reported_at", "-pk")
MOST_EXPORTED = 20_000
"""rows of one workbook; a longer list is narrowed first"""


@staff_only
@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    """The cases in reach, the newest first."""
    form = CaseFilter(request.GET, user=request.user)
    asked = request.GET.copy()
    asked.pop("cursor", None)
    context = {
        "form": form,
        "page": keyset.page(form.rows(), request.GET.get("cursor"), order=ORDER),
        "counts": form.counts(),
        "query": asked.urlencode(),
        "choice_key": uuid.uuid4(),
        "saved": SavedFilter.objects.offered_to(request.user)[:12],
        "may_enter": in_the_office(request.user),
    }
    return render(request, "grids/case_list.html", context, status=status_of(form))


@staff_only
@require_safe
def case_export(request: HttpRequest) -> HttpResponse:
    """Exactly the list that is shown, as a workbook; phones stay masked there too."""
    form = CaseFilter(request.GET, user=request.user)
    found = form.rows().order_by(*ORDER)
    if not form.is_valid() or len(found.values_list("pk")[: MOST_EXPORTED + 1]) > MOST_EXPORTED:
        told = _("These are more than %(most)d cases. Narrow the filters first.") % {"most": MOST_EXPORTED}
        messages.error(request, told if form.is_valid() else _("Choose the filters anew."))
        return redirect("grids:case_list")
    headings = [
        _("case number"), _("reported at"), _("source"), _("community"), _("category"), _("where"),
        _("what is wrong"), _("state"), _("responsible unit"), _("due at"), _("closed at"),
        _("resident's mobile number"),
    ]  # fmt: skip
    rows = (
        (
            case.code, case.reported_at, case.get_source_display(), case.community.name, case.category.name,
            case.address, case.description, case.get_state_display(), case.unit.name if case.unit else "",
            case.due_at, case.closed_at, case.masked_phone,
        )
        for case in found.iterator(chunk_size=2000)
    )  # fmt: skip
    return sheets.answer("cases", sheets.workbook(_("cases"), headings, rows))


@require_safe
def case_detail(request: HttpRequest, code: str) -> HttpResponse:
    """What became of it: all of it for who may see the case, its course for whoever has the number.

    The number is enough in the case's own street; anywhere else it does not exist.
    """
    case = Case.objects.select_related(*case_page.RELATED).filter(code=code).first()
    if case and case.is_visible_to(request.user):
        return case_page.show(request, case)
    return public.course(request, code)


@staff_only
@require_safe
def case_sheet(request: HttpRequest, code: str) -> HttpResponse:
    """The case on paper: what it is, what happened, its photos before and after."""
    case = get_object_or_404(
        Case.objects.visible_to(request.user).select_related(*case_page.RELATED), code=code
    )
    context = {
        "case": case,
        "state": words.tone_of(case),
        "events": list(reversed(case_page.timeline(case))),
        "pairs": case_page.pairs(case),
        "duplicates": case.duplicates.visible_to(request.user).order_by("pk"),
        "back_url": reverse("grids:case_detail", args=[case.code]),
        "deadline": cases.explain_deadline(case),
    }
    response = render(request, "grids/case_sheet.html", context)
    response.headers["Cache-Control"] = "private, no-store"
    return response


@staff_only
@require_POST
def case_move(request: HttpRequest, code: str, move: str) -> HttpResponse:
    """Make one move of the table."""
    visible = Case.objects.visible_to(request.user).select_related(*case_page.RELATED)
    case = get_object_or_404(visible, code=code)
    if move not in MOVES:
        raise Http404
    form = MoveForm(request.POST, request.FILES, case=case, move=MOVES[move], user=request.user)
    status = status_of(form)
    if form.is_valid():
        try:
            moved = cases.move(case, move, by=request.user, **form.cleaned_data)
        except (Refused, ValidationError) as failure:
            status = refuse(form, failure)
        else:
            told = {"state": moved.get_state_display()}
            messages.success(request, _("Done. The case is now “%(state)s”.") % told)
            return redirect("grids:case_detail", code=moved.code)
    return case_page.show(request, get_object_or_404(visible, code=code), sent=form, status=status)


@staff_only
@require_POST
def case_unmerge(request: HttpRequest, code: str) -> HttpResponse:
    """Make a duplicate a case of its own again."""
    case = get_object_or_404(Case.objects.visible_to(request.user), code=code)
    try:
        cases.unmerge(case, by=request.user)
        messages.success(request, _("It is a case of its own again, with the time that it had left."))
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("grids:case_detail", code=case.code)


@staff_only
@require_POST
def case_note(request: HttpRequest, code: str) -> HttpResponse:
    """Write a line beside the case."""
    visible = Case.objects.visible_to(request.user).select_related(*case_page.RELATED)
    case = get_object_or_404(visible, code=code)
    form = NoteForm(request.POST, request.FILES, case=case, user=request.user)
    status = status_of(form)
    if form.is_valid():
        try:
            cases.note(case, by=request.user, **form.cleaned_data)
        except (Refused, ValidationError) as failure:
            status = refuse(form, failure)
        else:
            messages.success(request, _("Noted."))
            return redirect("grids:case_detail", code=case.code)
    return case_page.show(request, case, note=form, status=status)


@require_safe
def case_photo(request: HttpRequest, pk: int) -> HttpResponse:
    """The photo, to who may see its case; it was painted anew on its way in, so it is nothing but a JPEG."""
    photo = get_object_or_404(CasePhoto.objects.visible_to(request.user), pk=pk)
    return send(photo)
