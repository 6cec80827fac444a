"""For residents: report a problem, follow it. No account, no script."""

import datetime
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.codes import digest
from accounts.views import status_of
from campaign import spoken
from campaign.errors import Refused
from campaign.forms import refuse
from campaign.models import Committee
from campaign.streets import street_of
from grids import cases, words
from grids.cases import duplicates, followers
from grids.cases.duplicates import Likeness
from grids.forms import FollowForm, ReplyForm, ReportForm
from grids.models import Case, CaseFollower, CaseNote
from grids.views.gates import too_many

AN_HOUR = 3600


@require_http_methods(["GET", "HEAD", "POST"])
def report(request: HttpRequest) -> HttpResponse:
    """A resident reports a problem; the answer is its number."""
    street = street_of(request)
    if street is None:
        raise Http404
    sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
    form = ReportForm(*sent, street=street, plate=request.GET.get("point", ""))
    if not form.is_bound or not form.is_valid():
        return _form(request, form, status_of(form))
    if too_many(request, "reports", settings.REPORTS_AN_HOUR):
        form.add_error(None, _("Too many reports came from your connection. Please try again in an hour."))
        return _form(request, form, 429)
    said = dict(form.cleaned_data)
    alike = [] if "anyway" in request.POST or said["photo"] else _alike(street, said)
    same = _meant(alike, request.POST.get("same", ""))
    if alike and same is None:
        return _form(request, form, 200, alike)
    person = request.user if request.user.is_authenticated else None
    try:
        if same is not None:
            phone, key = said["reporter_phone"], said["form_key"]
            taken: Any = followers.follow(same, phone=phone, user=person, form_key=key)
        else:
            taken = cases.open(committee=street, source=Case.Source.RESIDENT, by=person, **said)
    except (Refused, ValidationError) as failure:
        return _form(request, form, refuse(form, failure))
    return redirect("grids:reported", code=taken.code)


def _form(request: HttpRequest, form: Any, status: int, alike: Sequence[Likeness] = ()) -> HttpResponse:
    # Of others' reports nothing is told but how near, since when and how far they are.
    told = [
        {
            "key": _key_of(one.case),
            "category": one.case.category,
            "metres": one.metres,
            "since": one.case.reported_at,
            "state": words.of_another(one.case),
        }
        for one in alike
    ]
    return render(request, "grids/report.html", {"form": form, "alike": told}, status=status)


def _alike(street: Committee, said: dict[str, Any]) -> list[Likeness]:
    """What may be the same problem, of anyone in the street. A report with a photo is taken without asking: a
    browser would lose the photo, and a photo is worth having."""
    names = ("category", "community", "address", "longitude", "latitude")
    rows = Case.objects.filter(committee=street)
    found = duplicates.likely(rows, **{name: said[name] for name in names})
    sent_before = any(one.case.form_key == said["form_key"] for one in found)
    return [] if sent_before else found


def _key_of(case: Case) -> str:
    """Names a case to its neighbours without telling its number, which would let them follow it."""
    return digest(f"alike:{case.pk}")[:20]


def _meant(alike: Sequence[Likeness], key: str) -> Case | None:
    return next((one.case for one in alike if key and _key_of(one.case) == key), None)


def course(request: HttpRequest, code: str, form: ReplyForm | None = None, status: int = 200) -> HttpResponse:
    """How far a report is, for whoever has its number: a reporter's, or a "me too"'s. Of a report that was put
    together with another, how far the other is; whose that was is not told. Not found in any other street."""
    case, since = _numbered(code)
    street = street_of(request)
    if case is None or street is None or case.committee_id != street.pk:
        raise Http404
    head = followers.head_of(case)
    # The question goes to its own reporter; for the others the work simply goes on.
    asked = cases.question(case) if code == case.code else None
    context = {
        "case": case,
        "code": code,
        "together": head != case or since is not None,
        "steps": words.public_steps(head, since or case.reported_at),
        "state": words.public_state(head, asked=asked is not None),
        "question": asked.note if asked else "",
        "form": form or (ReplyForm() if asked else None),
        "notes": CaseNote.objects.filter(case__in={case, head}, public=True).order_by("at", "pk")[:50],
    }
    return render(request, "grids/case_public.html", context, status=status)


def _numbered(code: str) -> tuple[Case | None, datetime.datetime | None]:
    """The case with this number; for a follower's number also since when it is followed."""
    cases = Case.objects.select_related("category", "community")
    if case := cases.filter(code=code).first():
        return case, None
    follower = CaseFollower.objects.filter(code=code).first()
    return (cases.get(pk=follower.case_id), follower.since) if follower else (None, None)


@require_safe
def reported(request: HttpRequest, code: str) -> HttpResponse:
    """The number to keep."""
    case, since = _numbered(code)
    own = case is not None and case.committee == street_of(request)
    if not own or (since is None and case.source != Case.Source.RESIDENT):
        raise Http404
    return render(request, "grids/reported.html", {"case": case, "code": code, "me_too": since is not None})


@require_POST
def answer(request: HttpRequest, code: str) -> HttpResponse:
    """The reporter answers what the case waits for; the case number is the key."""
    case = Case.objects.filter(code=code, committee=street_of(request)).first()
    if case is None:
        raise Http404
    form = ReplyForm(request.POST)
    status = status_of(form)
    if form.is_valid() and too_many(request, "reports", settings.REPORTS_AN_HOUR):
        form.add_error(None, _("Too many reports came from your connection. Please try again in an hour."))
        status = 429
    elif form.is_valid():
        try:
            cases.answer(case, form.cleaned_data["answer"])
        except Refused as refusal:
            status = refuse(form, refusal)
        else:
            messages.success(request, _("Thank you, the answer has arrived."))
            return redirect("grids:case_detail", code=case.code)
    return course(request, case.code, form, status)


@require_safe
def follow(request: HttpRequest) -> HttpResponse:
    """Find a case by its number."""
    form = FollowForm(request.GET if "code" in request.GET else None)
    if form.is_bound and form.is_valid():
        code = spoken.heard(form.cleaned_data["code"])
        case, _since = _numbered(code)
        if case is not None and case.committee == street_of(request):
            return redirect("grids:case_detail", code=code)
        form.add_error("code", _("There is no case with this number. Please check each sign."))
    return render(request, "grids/follow.html", {"form": form}, status=status_of(form))
