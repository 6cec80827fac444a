"""The question to the reporter: answered with the case number alone, and not waited for without end."""

import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.errors import Refused
from grids.cases import writing
from grids.models import Case, CaseEvent
from grids.workflow import MOVES, State

Moment = datetime.datetime
LONGEST = CaseEvent._meta.get_field("note").max_length
AT_ONCE = 200


def question(case: Case) -> CaseEvent | None:
    """What the reporter was asked and has not answered; None when nothing is open."""
    if case.state != State.WAITING:
        return None
    return case.events.filter(move="ask").order_by("-at", "-pk").first()


def answer(case: Case, text: str, *, now: Moment | None = None) -> Case:
    """The reporter's answer, from whoever holds the case number; the same answer twice is given once.

    Raises Refused when nothing is said, too much is said, or the case no longer waits.
    """
    text = text.strip()
    if not text:
        raise Refused(_("Please write an answer."), "needs_note")
    if len(text) > LONGEST:
        raise Refused(_("The answer is too long: at most 500 signs."), "note_too_long")
    with transaction.atomic():
        locked = _locked(pk=case.pk).get()
        if locked.state != State.WAITING:
            given = locked.events.filter(move="answer").order_by("-at", "-pk").first()
            if given and given.by_id is None and given.note == text:
                return locked
            raise Refused(
                _("The case has gone on without your answer. Please report anew what is missing."), "state"
            )
        writing.make(locked, MOVES["answer"], by=None, now=now or timezone.now(), note=text)
    return locked


def end_waiting(now: Moment | None = None, limit: int = AT_ONCE) -> int:
    """Let the cases go on whose reporter did not answer in time; any number of workers may do so at once.

    One transaction a case, so whoever is killed has finished those before. Returns how many went on.
    """
    now = now or timezone.now()
    over = Case.objects.filter(state=State.WAITING, waiting_until__lte=now)
    keys = list(over.order_by("waiting_until").values_list("pk", flat=True)[:limit])
    return sum(_go_on(key, now) for key in keys)


def _go_on(key: int, now: Moment) -> bool:
    with transaction.atomic():
        case = _locked(pk=key, state=State.WAITING, waiting_until__lte=now).first()
        if case is not None:
            writing.make(case, MOVES["wait_no_longer"], by=None, now=now)
    return case is not None


def _locked(**which: Any) -> Any:
    rows = Case.objects.select_for_update(of=("self",)).filter(**which)
    return rows.select_related("category", "zone", "committee")
