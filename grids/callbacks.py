"""Calls to reporters: the first contact within the limit, and the call-back (回访) when the case has ended.

"No answer" is no opinion, so it satisfies nobody. A reporter who is not satisfied has the case reopened at once,
through `cases.move`, with a new clock.
"""

import datetime
import uuid
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.errors import Refused
from campaign.once import write_once
from campaign.roles import Role
from grids import cases, requests
from grids.models import Case, Request, RequestContact, RequestEvent
from grids.models.request import TO_BE_CALLED_BACK
from grids.workflow import MOVES, State

Moment = datetime.datetime
Purpose, Outcome = RequestContact.Purpose, RequestContact.Outcome
Solved, Satisfied = RequestContact.Solved, RequestContact.Satisfied

MAY_CONTACT = frozenset({Role.OFFICIAL, Role.SECRETARY, Role.CLERK, Role.ZONE_LEADER, Role.LIAISON})
MAY_CALL_BACK = MOVES["reopen"].by
"""who calls back must be able to reopen; those who handle cases do not ask whether they did it well"""
LONGEST_NOTE = RequestContact._meta.get_field("note").max_length


def contact(
    request: Request,
    *,
    purpose: str,
    outcome: str,
    by: Any,
    solved: str = "",
    satisfied: str = "",
    note: str = "",
    form_key: uuid.UUID | None = None,
    now: Moment | None = None,
) -> RequestContact:
    """Record one call to the reporter; the same `form_key` again returns the first record.

    Whoever reaches the reporter in time keeps the limit of the response. A call-back that is not answered counts
    as an attempt and as nothing else; after settings.CALLBACK_ATTEMPTS no more are made. One that finds the
    reporter dissatisfied reopens the case. Raises Refused.
    """
    now = now or timezone.now()
    if first := _recorded_before(form_key, by):
        return first
    if outcome != Outcome.REACHED or purpose != Purpose.CALLBACK:
        solved = satisfied = ""

    def write() -> RequestContact:
        with transaction.atomic():
            row = requests.locked(request)
            _refuse(row, purpose, outcome, solved, satisfied, note, by)
            made = contact_step(
                row, purpose=purpose, outcome=outcome, by=by, solved=solved, satisfied=satisfied, note=note,
                now=now,
            )  # fmt: skip
            made.form_key = form_key
            made.save()
            row.save()
            if row.state == Request.State.UNREACHED:
                requests.note(row, RequestEvent.What.GIVEN_UP, by=by, at=now)
            if is_dissatisfied(made, row.case):
                _reopen(row.case, made, by, now)
            return made

    return write_once(write, lambda: _recorded_before(form_key, by))


def contact_step(
    request: Request,
    *,
    purpose: str,
    outcome: str,
    by: Any,
    now: Moment,
    solved: str = "",
    satisfied: str = "",
    note: str = "",
) -> RequestContact:
    """What a call changes in the request, and its record; nothing is saved or asked. For `contact` and the demo."""
    if outcome == Outcome.REACHED and request.responded_at is None and request.respond_by:
        request.responded_at, request.responded_in_time = now, now <= request.respond_by
    if purpose == Purpose.CALLBACK:
        request.attempts += 1
        if outcome == Outcome.REACHED:
            request.state = Request.State.HEARD
        elif outcome == Outcome.WRONG_NUMBER or request.attempts >= settings.CALLBACK_ATTEMPTS:
            request.state = Request.State.UNREACHED
    return RequestContact(
        request=request,
        purpose=purpose,
        round=request.round,
        outcome=outcome,
        solved=solved,
        satisfied=satisfied,
        note=note.strip(),
        by=by,
        at=now,
        day=timezone.localdate(now),
    )


def is_dissatisfied(made: RequestContact, case: Case) -> bool:
    """Whether the case is taken up again: the reporter is not satisfied, or what we called fixed is not."""
    not_solved = made.solved == Solved.NO and case.state == State.CLOSED
    return made.satisfied == Satisfied.NO or not_solved


def exclude(made: RequestContact, *, by: Any, reason: str, now: Moment | None = None) -> RequestContact:
    """Leave a call-back out of the rates (剔除), after an objection; the record stays, with the reason beside it.

    Raises Refused: without a reason, by whoever made the call or handled the case, or by nobody of the street.
    """
    now = now or timezone.now()
    with transaction.atomic():
        row = requests.locked(made.request)
        made = RequestContact.objects.select_for_update(of=("self",)).get(pk=made.pk)
        if Role.OFFICIAL not in cases.roles_in(row.case, by):
            raise Refused(_("Only an official can exclude a call-back."), "role")
        if by.pk in (made.by_id, row.case.handler_id):
            raise Refused(_("It was your own call or case: another official decides."), "second_person")
        if not reason.strip() or len(reason) > LONGEST_NOTE:
            raise Refused(_("Say why in a sentence."), "needs_note")
        if made.purpose != Purpose.CALLBACK or made.outcome != Outcome.REACHED:
            raise Refused(_("This call is in no rate."), "not_counted")
        if not made.excluded:
            made.excluded = True
            made.save()
            requests.note(row, RequestEvent.What.EXCLUDED, by=by, at=now, text=reason.strip())
    return made


def may_record(request: Request, purpose: str, by: Any) -> bool:
    """Whether `by` may record such a call for the request at all."""
    wanted = MAY_CALL_BACK if purpose == Purpose.CALLBACK else MAY_CONTACT
    return not wanted.isdisjoint(cases.roles_in(request.case, by))


def purpose_now(request: Request) -> str | None:
    """Which call is due: the call-back of a case that has ended, the first contact before that, or none."""
    if request.state != Request.State.OPEN:
        return None
    if request.case.state in TO_BE_CALLED_BACK:
        return Purpose.CALLBACK
    return Purpose.RESPONSE if request.case.is_open else None


def _recorded_before(form_key: uuid.UUID | None, by: Any) -> RequestContact | None:
    first = RequestContact.objects.filter(form_key=form_key).first() if form_key else None
    if first and first.by_id != by.pk:
        raise Refused(_("This form was used by someone else. Open the page anew."), "form_key")
    return first


def _refuse(
    request: Request, purpose: str, outcome: str, solved: str, satisfied: str, note: str, by: Any
) -> None:
    if purpose not in Purpose.values or outcome not in Outcome.values:
        raise Refused(_("Choose what came of the call."), "outcome")
    if not may_record(request, purpose, by):
        raise Refused(_("This call is not yours to make."), "role")
    if len(note) > LONGEST_NOTE:
        raise Refused(_("The note is too long: at most 300 signs."), "note_too_long")
    if request.state == Request.State.NOBODY:
        raise Refused(_("The reporter left no number."), "nobody")
    if purpose == Purpose.RESPONSE:
        if not request.case.is_open:
            raise Refused(_("The case has ended: this is the time for the call-back."), "case_ended")
        return
    if request.case.state not in TO_BE_CALLED_BACK:
        raise Refused(_("The case has not ended yet: call back when it has."), "case_open")
    if request.state != Request.State.OPEN:
        raise Refused(_("The call-back was made already."), "called_back")
    if request.case.handler_id == by.pk:
        raise Refused(_("You handled this case yourself: someone else calls back."), "second_person")
    told = solved in Solved.values and satisfied in Satisfied.values
    if outcome == Outcome.REACHED and not told:
        raise Refused(_("Say whether it is solved and how satisfied the reporter is."), "needs_opinion")


def _reopen(case: Case, made: RequestContact, by: Any, now: Moment) -> None:
    heard = _("Call-back: %(solved)s, %(satisfied)s.") % {
        "solved": made.get_solved_display(),
        "satisfied": made.get_satisfied_display(),
    }
    cases.move(case, "reopen", by=by, note=f"{heard}{made.note}"[:500], now=now)
