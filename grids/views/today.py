"""The phone page: the day's patrols and cases of a person, and walking a patrol point by point."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.views import status_of
from campaign.errors import Refused
from campaign.forms import refuse
from campaign.scoping import reach_of
from grids import checks, patrols, scores
from grids.forms import AnswerForm, MissedForm, SendingForm
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
        "walker": walker_of(request.user),
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
        "how_far": _how_far(stops),
        "standards": sum(stop["standards"] for stop in stops),
        "may_walk": patrols.may_walk(patrol, request.user),
        "complete": bool(stops) and all(stop["answered"] == stop["standards"] for stop in stops),
        "over": timezone.now() > patrol.ends_at,
        "to_come": patrol.day > timezone.localdate(),
        "form": form or MissedForm(),
        "refused": refused,
        "walker": walker_of(request.user),
    }
    return render(request, "grids/patrol_detail.html", context, status=status)


def _how_far(stops: list[dict[str, Any]]) -> str:
    """How many of the patrol's standards are answered, in words."""
    count = {name: sum(stop[name] for stop in stops) for name in ("answered", "standards")}
    return _("%(answered)d of %(standards)d standards answered") % count


def _stops(patrol: Patrol) -> list[dict[str, Any]]:
    """The points in the order in which they are walked, each with what was answered there."""
    stops: dict[int, dict[str, Any]] = {}
    for line in patrols.lines(patrol):
        new = {"point": line.point, "standards": 0, "answered": 0, "findings": [], "scored": []}
        stop = stops.setdefault(line.point.pk, new)
        stop["standards"] += 1
        stop["answered"] += line.answer is not None
        if line.answer:
            stop["scored"].append((line.item, line.answer.value, line.answer.faults))
        if line.answer and line.answer.value == "no":
            stop["findings"].append(line.answer)
    for stop in stops.values():
        stop["score"] = scores.score(stop["scored"])
    return list(stops.values())


@staff_only
@require_http_methods(["GET", "HEAD", "POST"])
def point_check(request: HttpRequest, pk: int, point_pk: int) -> HttpResponse:
    """The check-list at one point; all that was answered is kept together, or nothing.

    The telephone's script sends the same form and is answered in JSON (`drafts.js`).
    """
    patrol = _patrol(request, pk)
    lines = [line for line in patrols.lines(patrol) if line.point.pk == point_pk]
    if not lines:
        raise Http404
    sheet = _Sheet(request, patrol, lines)
    may_walk = patrols.may_walk(patrol, request.user)
    if request.method == "POST":
        if not may_walk and _by_script(request):
            return JsonResponse({"refused": _("This patrol is not yours to walk.")}, status=403)
        if not may_walk:
            raise PermissionDenied
        sheet.keep()
        if _by_script(request):
            return _told_to_script(request, patrol, sheet)
        if sheet.status == 302:
            return redirect("grids:patrol_detail", pk=patrol.pk)
    context = {
        "patrol": patrol,
        "point": lines[0].point,
        "checks": sheet.checks,
        "sending": sheet.sending,
        "walker": walker_of(request.user),
        "may_walk": may_walk and patrol.state != Patrol.State.DONE,
        "wrong": sheet.wrong(),
        "refused": sheet.sending.non_field_errors(),
    }
    response = render(request, "grids/point_check.html", context, status=sheet.status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def walker_of(user: Any) -> str:
    """A word that stands for the person on a telephone that several share: drafts bear it, and it tells nothing."""
    return salted_hmac("grids.drafts", str(user.pk)).hexdigest()[:20]


def _by_script(request: HttpRequest) -> bool:
    return request.headers.get("X-Draft") == "1"


def _how_it_counts(item: Any) -> str:
    """Under a standard: what it is worth, what a "no" costs and asks for."""
    told = [_("%(points)d points") % {"points": item.max_score}] if item.max_score else []
    if item.veto:
        told.append(_("veto: a “no” brings the point to nought"))
    elif item.deduct and item.deduct < item.max_score:
        told.append(item.deduct_rule)
    if item.photo_needed:
        told.append(_("A “no” needs a photo."))
    return " · ".join(told)


class _Sheet:
    """The forms of one point: a line for each standard, and what the telephone tells of the sending."""

    def __init__(self, request: HttpRequest, patrol: Patrol, lines: list[patrols.Line]) -> None:
        self.request, self.patrol, self.lines = request, patrol, lines
        sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        self.sending = SendingForm(sent[0], initial={"walker": walker_of(request.user)})
        self.checks = [self._check(line, sent) for line in lines]
        self.status = 200
        self.opened: list[Case] = []
        self.of_another = False

    def _check(self, line: patrols.Line, sent: tuple[Any, Any]) -> dict[str, Any]:
        said = ("value", "note", "fixed_on_spot", "faults")
        initial = {name: getattr(line.answer, name) for name in said} if line.answer else {}
        if initial.get("faults") == 1:
            initial["faults"] = None  # one place is what an empty field means
        form = AnswerForm(*sent, prefix=f"item{line.item.pk}", initial=initial)
        return {
            "line": line,
            "form": form,
            "name": form.add_prefix("value"),
            "value": form["value"].value(),
            "help": _how_it_counts(line.item),
        }

    def keep(self) -> None:
        """Answer every standard that says something new, in one transaction; `status` says what came of it."""
        forms_fit = [check["form"].is_valid() for check in self.checks]
        if not self.sending.is_valid() or not all(forms_fit):
            self.status = 400
            return
        told = self.sending.cleaned_data
        try:
            self.of_another = bool(told["walker"]) and told["walker"] != walker_of(self.request.user)
            if self.of_another:
                raise Refused(_("These answers were noted by somebody else on this telephone."), "walker")
            # The script gives each press a key of its own. A page that somebody goes back to bears the old one, and
            # what is changed there must not be taken for a repetition; the answers themselves are unique.
            key = told["form_key"] if _by_script(self.request) else None
            seen_at = checks.seen_when(told["seen_ms"], told["sent_ms"])
            said = [self._said(check) for check in self.checks if check["form"].says_something_new]
            kept = checks.check_point(
                self.patrol, self.lines[0].point, said, by=self.request.user, form_key=key,
                seen_at=seen_at,
            )  # fmt: skip
        except (Refused, ValidationError) as failure:
            self.status = refuse(self.sending, failure)
            return
        known = {check["line"].answer.case_id for check in self.checks if check["line"].answer}
        self.opened = [one.case for one in kept.answers if one.case_id and one.case_id not in known]
        self.status = 302
        if not _by_script(self.request):
            for sentence in self.sentences():
                messages.success(self.request, sentence)

    @staticmethod
    def _said(check: dict[str, Any]) -> checks.Said:
        given = dict(check["form"].cleaned_data)
        return checks.Said(check["line"].item, given.pop("value"), given)

    def sentences(self) -> list[str]:
        """What is said after it was kept."""
        told = [
            _("Case %(code)s was opened: %(state)s.") % {"code": case.code, "state": case.get_state_display()}
            for case in self.opened
        ]
        return told or [_("Saved.")]

    def wrong(self) -> list[dict[str, Any]]:
        return [check for check in self.checks if check["form"].errors]

    def reasons(self) -> list[str]:
        """Why nothing was kept, each in a sentence."""
        said = [str(error) for errors in self.sending.errors.values() for error in errors]
        for check in self.wrong():
            said += [
                f"{check['line'].item.text}{_(': ')}{error}"
                for errors in check["form"].errors.values()
                for error in errors
            ]
        return said


def _told_to_script(request: HttpRequest, patrol: Patrol, sheet: _Sheet) -> JsonResponse:
    """Kept: what is said, and the point's line as the patrol's page now shows it. Else the reasons."""
    if sheet.of_another:
        return JsonResponse({}, status=401)  # the draft stays where it is, for the person whose it is
    if sheet.status != 302:
        return JsonResponse({"refused": " ".join(sheet.reasons())}, status=sheet.status)
    stops = _stops(patrol)
    mine = next(stop for stop in stops if stop["point"].pk == sheet.lines[0].point.pk)
    told = {
        "said": " ".join(sheet.sentences()),
        "point": mine["point"].pk,
        "row": render_to_string("grids/_stop.html", {"stop": mine, "patrol": patrol}, request=request),
        "answered": sum(stop["answered"] for stop in stops),
        "how_far": _how_far(stops),
        "complete": all(stop["answered"] == stop["standards"] for stop in stops),
    }
    return JsonResponse(told)


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
