"""Taking back the last thing that was done with a case, as long as nothing has come after it."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign import outbox
from campaign.errors import Refused
from campaign.scoping import reach_of
from grids import clocks
from grids.cases import applications, rechecks, standing, writing
from grids.cases.people import roles_in
from grids.models import Case, CaseEvent
from grids.workflow import MOVES, UNDO

Moment = datetime.datetime

CHANGES_NOTHING = frozenset({"note"})
"""events of the history after which a move can still be taken back"""


def undo(event: CaseEvent, *, by: Any, now: Moment | None = None) -> Case:
    """Put the case back to where it stood before `event`, and append that to its history.

    What remained of its time remains: the clock of an open case stands still from the event until now. Raises
    Refused when the case has moved on since ("moved_on"), when it was not kept what stood before ("not_kept"),
    or when the step would not be the person's to make ("role"). Whether `by` may see the case is the caller's 404.
    """
    now = now or timezone.now()
    with transaction.atomic():
        case = locked(event.case_id)
        _refuse(case, event, by)
        return _take_back(case, event, by, now)


def locked(key: int) -> Case:
    """The case as it stands now, locked until the transaction ends."""
    rows = Case.objects.select_for_update(of=("self",)).select_related("category", "zone", "committee")
    return rows.get(pk=key)


def has_moved_on(case: Case, event: CaseEvent) -> bool:
    """Whether anything was done with the case after `event`; a note beside it is nothing."""
    return case.events.filter(pk__gt=event.pk).exclude(move__in=CHANGES_NOTHING).exists()


def _refuse(case: Case, event: CaseEvent, by: Any) -> None:
    made = MOVES.get(event.move)
    if made is None or event.before is None:
        raise Refused(_("This step cannot be taken back."), "not_kept")
    if not reach_of(by).everything and roles_in(case, by).isdisjoint(made.by):
        raise Refused(_("This step is not yours to take back."), "role")
    if has_moved_on(case, event):
        raise Refused(_("The case has moved on since."), "moved_on")


def _take_back(case: Case, event: CaseEvent, by: Any, now: Moment) -> Case:
    before = case.state
    standing.put_back(case, event.before or {})
    if case.state in clocks.RUNNING and case.due_at and event.to_state != event.from_state:
        clocks.stood_still(case, event.at, now)
    clocks.look_again(case, now)
    # What the step put on record is taken back with it: it was no deadline kept, and none missed.
    case.clock_records.filter(at=event.at).delete()
    applications.unfollow(event)
    rechecks.unfollow(event)
    case.due_on = timezone.localdate(case.due_at) if case.due_at else None
    case.save()
    told = writing.event_of(case, UNDO, from_state=before, by=by, at=now, unit=case.unit)
    told.undone, told.amount = event.move, -1
    told.save()
    writing.announce(told)
    outbox.call_back(f"case-{event.pk}-")
    return case
