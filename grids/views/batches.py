"""Steps with many cases: choose on the list, say what, see what would happen, do it, take it back."""

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.views import status_of
from campaign import keyset
from campaign.errors import Refused
from campaign.forms import refuse
from grids import words
from grids.cases import bulk
from grids.filters import CaseFilter
from grids.forms import BatchForm, ChoiceForm
from grids.models import Case, CaseBatch
from grids.views.gates import staff_only
from grids.workflow import MOVES


@staff_only
@require_safe
def batch_list(request: HttpRequest) -> HttpResponse:
    """What was done with many cases at once, the newest first."""
    rows = CaseBatch.objects.visible_to(request.user).exclude(state=CaseBatch.State.CHOSEN)
    page = keyset.page(
        rows.select_related("by", "unit"), request.GET.get("cursor"), order=("-made_at", "-pk")
    )
    told = [(batch, _title(batch)) for batch in page.rows]
    return render(request, "grids/batch_list.html", {"page": page, "batches": told})


@staff_only
@require_POST
def batch_choose(request: HttpRequest) -> HttpResponse:
    """Keep the cases that were ticked, or all that the filters found."""
    form = ChoiceForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(" ".join(told) for told in form.errors.values()))
        return redirect("grids:case_list")
    if "all" in request.POST:
        rows = CaseFilter(QueryDict(form.cleaned_data["query"]), user=request.user).rows()
    else:
        chosen = request.POST.getlist("case")[: bulk.MOST + 1]
        rows = Case.objects.visible_to(request.user).filter(code__in=chosen)
    try:
        batch = bulk.choose(
            rows.order_by("-reported_at", "-pk"), by=request.user, form_key=form.cleaned_data["form_key"]
        )
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("grids:case_list")
    return redirect("grids:batch_detail", code=batch.code)


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def batch_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Say what is to be done and see what would come of it; later, what came of it."""
    batch = _of(request, code)
    sent = request.POST if request.method == "POST" else None
    form = BatchForm(sent, batch=batch, user=request.user)
    status = status_of(form)
    if form.is_bound and form.is_valid():
        try:
            bulk.check(batch, **form.cleaned_data)
        except (Refused, ValidationError) as failure:
            status = refuse(form, failure)
        else:
            return redirect("grids:batch_detail", code=code)
    return _show(request, batch, form, status)


@staff_only
@require_POST
def batch_start(request: HttpRequest, code: str) -> HttpResponse:
    """Do what the trial said."""
    batch = _of(request, code)
    try:
        bulk.start(batch)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("grids:batch_detail", code=code)


@staff_only
@require_POST
def batch_undo(request: HttpRequest, code: str) -> HttpResponse:
    """Take it back, as far as nothing has come after it."""
    batch = _of(request, code)
    try:
        bulk.undo(batch, by=request.user)
    except Refused as refusal:
        messages.error(request, str(refusal))
    return redirect("grids:batch_detail", code=code)


def _of(request: HttpRequest, code: str) -> CaseBatch:
    rows = CaseBatch.objects.visible_to(request.user).select_related("by", "unit", "merged_into", "undone_by")
    return get_object_or_404(rows, code=code)


def _show(request: HttpRequest, batch: CaseBatch, form: BatchForm, status: int) -> HttpResponse:
    told = bulk.counts(batch)
    outcome = request.GET.get("outcome", "")
    # A case that has gone out of the reader's reach meanwhile is counted and not shown.
    rows = batch.items.filter(case__in=Case.objects.visible_to(request.user)).select_related(
        "case__category", "case__community"
    )
    rows = rows.filter(outcome=outcome) if outcome in told and outcome != "all" else rows
    context = {
        "batch": batch,
        "title": _title(batch),
        "form": form,
        "told": told,
        "looked_at": told["all"] - told.get(bulk.FROM.get(batch.state, ""), 0),
        "outcome": outcome,
        "chips": [(one.value, one.label, told[one.value]) for one in bulk.Outcome if told[one.value]],
        "page": keyset.page(rows, request.GET.get("cursor"), order=("pk",)),
        "may_undo": batch.can_be_undone(timezone.now()),
        "can_change": batch.state in (CaseBatch.State.CHOSEN, CaseBatch.State.CHECKED),
    }
    response = render(request, "grids/batch_detail.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _title(batch: CaseBatch) -> str:
    return words.order_of(MOVES[batch.move]) if batch.move in MOVES else ""
