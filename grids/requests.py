"""Requests (接诉即办): a report by a resident or the hotline is also owed an answer, by the clock of its type."""

import datetime
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.errors import Refused
from campaign.models import Committee
from campaign.roles import Role
from campaign.scoping import reach_of
from grids.models import Case, CaseCategory, Request, RequestEvent, RequestType

Moment = datetime.datetime

COMPLAINTS = ("resident", "hotline")
"""sources of cases behind which a person waits for an answer"""
FOUND_FIRST = ("patrol",)
"""sources of cases that were found before anybody complained (主动发现)"""
STARTERS = (
    # code, name, hours to contact the reporter, hours to deal with it: the limits of Beijing (domain.md §5.2).
    ("urgent", "突发急难（2小时）", 2, 2),
    ("supply", "水电气暖（24小时）", 2, 24),
    ("general", "一般诉求（7天）", 24, 7 * 24),
    ("hard", "疑难诉求（15天）", 24, 15 * 24),
)
USUAL = "general"


def types_of(committee: Committee) -> list[RequestType]:
    """The street's types, the shortest limit first; a street that has none yet gets the usual four."""
    found = list(RequestType.objects.filter(committee=committee).order_by("limit_hours", "code"))
    if found:
        return found
    rows = [
        RequestType(
            committee=committee, code=code, name=name, response_hours=response, limit_hours=limit,
            is_usual=code == USUAL,
        )
        for code, name, response, limit in STARTERS
    ]  # fmt: skip
    RequestType.objects.bulk_create(rows, ignore_conflicts=True)
    return list(RequestType.objects.filter(committee=committee).order_by("limit_hours", "code"))


def type_for(category: CaseCategory) -> RequestType:
    """The type that a request about the category has at first: the one that names it, else the usual one."""
    types = types_of(category.committee)
    named = set(category.request_types.values_list("pk", flat=True))
    return next(
        (type for type in types if type.pk in named),
        next((type for type in types if type.is_usual), types[-1]),
    )


def begin(case: Case) -> Request | None:
    """What the reporter of a new case is owed; None where nobody reported it. Inside the caller's transaction."""
    if case.source not in COMPLAINTS:
        return None
    request = first_state(case, type_for(case.category))
    request.save()
    note(request, RequestEvent.What.BEGUN, by=case.reporter, at=case.reported_at)
    return request


def first_state(case: Case, type: RequestType) -> Request:
    """A request as it begins, not saved. Who left no number cannot be contacted and is in no denominator."""
    request = Request(
        case=case,
        committee_id=case.committee_id,
        community_id=case.community_id,
        asked_at=case.reported_at,
        asked_on=case.reported_on,
    )
    if not case.reporter_phone:
        request.state = Request.State.NOBODY
    set_clocks(request, type)
    return request


def set_clocks(request: Request, type: RequestType) -> None:
    """By when the reporter is contacted and the request dealt with; nothing is saved."""
    request.type = type
    request.due_by = request.asked_at + timedelta(hours=type.limit_hours)
    if request.state != Request.State.NOBODY:
        request.respond_by = request.asked_at + timedelta(hours=type.response_hours)
        request.respond_on = timezone.localdate(request.respond_by)


def begin_again(case: Case, *, by: Any, now: Moment, because: str = "") -> None:
    """A case was reopened: its reporter is asked again when it ends again, and the whole time of the type runs
    from now on. Inside the caller's transaction, with the case locked."""
    request = Request.objects.select_for_update(of=("self",)).filter(case=case).first()
    if request is None:
        return
    next_round(request, now)
    request.save()
    note(request, RequestEvent.What.REOPENED, by=by, at=now, text=because)


def next_round(request: Request, now: Moment) -> None:
    """What begins anew; nothing is saved. Who left no number still cannot be called."""
    request.round += 1
    request.attempts = 0
    request.due_by = now + timedelta(hours=request.type.limit_hours)
    if request.state != Request.State.NOBODY:
        request.state = Request.State.OPEN


def retype(request: Request, type: RequestType, *, by: Any, now: Moment | None = None) -> Request:
    """Give a request another type while nobody has spoken to the reporter; its clocks follow. Raises Refused."""
    now = now or timezone.now()
    with transaction.atomic():
        request = locked(request)
        if type.committee_id != request.committee_id:
            raise Refused(_("It belongs to another street."), "foreign")
        if not may_sort(request, by):
            raise Refused(_("Only the street and the community sort requests."), "role")
        if request.responded_at or request.round > 1 or request.state != Request.State.OPEN:
            raise Refused(_("The reporter was spoken to already: the type stays."), "responded")
        before = request.type
        set_clocks(request, type)
        request.save()
        note(request, RequestEvent.What.RETYPED, by=by, at=now, text=f"{before} → {type}")
    return request


def locked(request: Request) -> Request:
    """The request as it stands now, with its case, both locked; the case first, as everywhere."""
    Case.objects.select_for_update(of=("self",)).get(pk=request.case_id)
    rows = Request.objects.select_for_update(of=("self",))
    return rows.select_related("case__zone", "case__category", "case__committee", "type").get(pk=request.pk)


def note(request: Request, what: str, *, by: Any, at: Moment, text: str = "") -> None:
    """Append a row of history."""
    person = by if getattr(by, "pk", None) else None
    RequestEvent.objects.create(request=request, what=what, by=person, at=at, note=text[:300])


def may_sort(request: Request, by: Any) -> bool:
    """Whether `by` may say of which type the request is."""
    reach = reach_of(by)
    at_home = reach.may(Role.SECRETARY, Role.CLERK) and request.case.community_id in reach.communities
    return reach.everything or request.committee_id in reach.committees or at_home
