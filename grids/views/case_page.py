"""The page of one case, for who works on it: the next step first, then what is known, then what happened."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from grids import cases, whistles, words
from grids.cases.duplicates import Likeness
from grids.forms import MoveForm, NoteForm
from grids.models import Case, CaseApplication, CasePhoto, Request
from grids.workflow import MOVES, Move

RELATED = (
    "category", "community", "zone", "unit", "handler", "committee", "merged_into", "reporter", "proposed_unit",
    "point",
)  # fmt: skip
ANSWERS = ("refuse_application",)
"""what stands first among the folded steps while a request waits"""
# What brings a case forward. Everything else that may be done stands folded under it.
FORWARD = (
    "recheck_stays", "recheck_reopens", "verify", "rework", "report_back", "accept", "return", "resume", "dispatch",
)  # fmt: skip


@dataclass(frozen=True)
class Step:
    """A move with its form and the words on its button."""

    move: Move
    title: str
    form: MoveForm
    sent: bool


def show(
    request: HttpRequest,
    case: Case,
    *,
    sent: MoveForm | None = None,
    note: NoteForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """The page, with a form that was sent and refused if there is one: nothing that was typed is lost."""
    user = request.user
    pending = cases.applications.pending_of(case)
    steps = _steps(case, user, pending, sent)
    first = next((step for step in steps if step.sent), None) or _foremost(steps, pending)
    if note is None and cases.may_note(case, user):
        note = NoteForm(case=case, user=user)
    context = {
        "case": case,
        "first": first,
        "others": sorted(
            (step for step in steps if step is not first), key=lambda step: step.move.name not in ANSWERS
        ),
        "to_answer": pending is not None and any(step.move.name in ANSWERS for step in steps),
        "sent": sent,
        "pending": pending,
        "waits": words.waits_for(case),
        "proposed": cases.proposal_for(case) if case.state in words.TO_DISPATCH else None,
        "state": words.tone_of(case),
        "whistles": case.whistles.visible_to(user).order_by("-pk")[:10],
        "may_blow": case.is_open and whistles.may_blow(user, case.committee_id, case.community, case),
        "asked": Request.objects.visible_to(user).filter(case=case).select_related("type").first(),
        "events": timeline(case),
        "pairs": pairs(case),
        "deadline": cases.explain_deadline(case),
        "escalations": _receipts(case),
        "during": case.photos.filter(stage=CasePhoto.Stage.DURING).order_by("taken_at", "pk"),
        "notes": case.notes.select_related("by").order_by("-at", "-pk")[:100],
        "note_form": note,
        "duplicates": case.duplicates.visible_to(user).order_by("pk")[:20],
        "alike": _alike(user, case) if case.state in MOVES["merge"].come_from else [],
        "may_merge": any(step.move.name == "merge" for step in steps),
        "may_unmerge": cases.may_unmerge(case, user),
        "followers": case.followers.count(),
        "merged": Case.objects.visible_to(user).filter(pk=case.merged_into_id).first(),
    }
    response = render(request, "grids/case_detail.html", context, status=status)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _steps(case: Case, user: Any, pending: CaseApplication | None, sent: MoveForm | None) -> list[Step]:
    moves = cases.allowed(case, user)
    if sent and sent.move not in moves:
        moves.append(sent.move)  # it can no longer be made; what was typed is not lost
    return [
        Step(
            move,
            words.order_of(move, grants=_grants(move, pending)),
            sent if sent and sent.move == move else MoveForm(case=case, move=move, user=user),
            bool(sent and sent.move == move),
        )
        for move in moves
    ]


def _grants(move: Move, pending: CaseApplication | None) -> bool:
    return pending is not None and cases.applications.GRANTS.get(move.name) == pending.kind


def _foremost(steps: list[Step], pending: CaseApplication | None) -> Step | None:
    """The step that is offered open: the answer to a request, what brings the case forward, or none."""
    by_name = {step.move.name: step for step in steps}
    wanted = [name for name in by_name if _grants(MOVES[name], pending)]
    return next((by_name[name] for name in (*wanted, *FORWARD) if name in by_name), None)


def timeline(case: Case) -> list[dict[str, Any]]:
    """What happened, the newest first."""
    rows = case.events.select_related("by", "unit", "proposed_unit").order_by("-at", "-pk")
    return [
        {
            "at": event.at,
            "title": words.said(event),
            "by": event.by.name if event.by else "",
            "text": event.note,
        }
        for event in rows
    ]


def _alike(user: Any, case: Case) -> list[Likeness]:
    """What may be the same problem, as long as the two can be put together."""
    rows = Case.objects.visible_to(user).exclude(pk=case.pk)
    return cases.likely(rows, now=case.reported_at, **cases.place_of(case))


def _receipts(case: Case) -> list[dict[str, Any]]:
    """The rungs that the case has reached, and who has taken note of each."""
    rows = case.escalations.select_related("rung").prefetch_related("reminders__person")
    return [
        {"rung_at": row.rung_at, "title": words.rung(row.rung), "to": row.reminders.all()}
        for row in rows.order_by("-rung_at", "-pk")
    ]


def pairs(case: Case) -> list[dict[str, Any]]:
    """The photos of before and after, one pair beside the other."""
    sides: dict[str, list[CasePhoto]] = {"before": [], "after": []}
    for photo in case.photos.filter(stage__in=sides).order_by("taken_at", "pk"):
        sides[photo.stage].append(photo)
    pairs = []
    for number in range(max(map(len, sides.values()))):
        pair: dict[str, Any] = {}
        for side, kept in sides.items():
            if number < len(kept):
                pair[side] = reverse("grids:case_photo", args=[kept[number].pk])
                pair[f"{side}_at"] = kept[number].taken_at
        pairs.append(pair)
    return pairs
