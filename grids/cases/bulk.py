"""One step with many cases: chosen, tried without changing anything, made, and taken back within a day.

Each case goes through the same verb as alone, in a transaction of its own together with the note of what came of
it. So it does not matter how many workers do it, nor at which case one of them dies: whoever comes next goes on
with what is still waiting, and nothing is done twice.
"""

import datetime
import uuid
from collections import Counter
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.doorbell import ring
from campaign.errors import Refused
from campaign.models import Unit
from campaign.once import write_once
from grids.cases import moving, routing, undoing
from grids.models import Case, CaseBatch, CaseBatchItem
from grids.workflow import MOVES, REPORTER, Move

Moment = datetime.datetime
State, Outcome = CaseBatch.State, CaseBatchItem.Outcome

MOST = 5_000
"""cases of one batch; more are narrowed first"""
AT_ONCE = 40
"""cases that are done while the person waits; the worker does the others"""
CHOSEN_FOR = timedelta(days=7)
"""how long a choice is kept with which nothing was done"""
SAID_FOR_ALL = frozenset({"note", "unit", "due_at", "merged_into"})
"""what can be said once for many cases; a photo cannot"""

ONE_BY_ONE = frozenset({"reopen"})
"""moves that begin something with each reporter, which could not be taken back"""

FROM = {
    State.CHECKING: Outcome.WAITING,
    State.RUNNING: Outcome.WOULD_CHANGE,
    State.UNDOING: Outcome.CHANGED,
}
"""which cases of a batch are still to be looked at while it is worked on"""
THEN = {State.CHECKING: State.CHECKED, State.RUNNING: State.DONE, State.UNDOING: State.UNDONE}


def moves() -> list[Move]:
    """The moves that can be made with many cases at once, in the order of the table."""
    return [
        move
        for move in MOVES.values()
        if move.needs <= SAID_FOR_ALL and move.by != {REPORTER} and move.name not in ONE_BY_ONE
    ]


# --- What a person does ---------------------------------------------------------------------------
def choose(
    rows: QuerySet[Case], *, by: Any, form_key: uuid.UUID | None = None, now: Moment | None = None
) -> CaseBatch:
    """Keep the cases of `rows` as a batch of `by`, who sees them; the same `form_key` again is the first batch.

    Raises Refused for no case at all, more than `MOST`, or cases of two streets.
    """
    if first := _chosen_before(form_key, by):
        return first
    found = list(rows.values_list("pk", "committee")[: MOST + 1])
    if not found:
        raise Refused(_("Choose at least one case."), "empty")
    if len(found) > MOST:
        raise Refused(
            _("These are more than %(most)d cases. Narrow the filters first.") % {"most": MOST}, "too_many"
        )
    if len({committee for _pk, committee in found}) > 1:
        raise Refused(_("It belongs to another street."), "foreign")

    def write() -> CaseBatch:
        batch = CaseBatch.objects.create(
            committee_id=found[0][1], by=by, made_at=now or timezone.now(), form_key=form_key
        )
        CaseBatchItem.objects.bulk_create(CaseBatchItem(batch=batch, case_id=key) for key, _street in found)
        return batch

    return write_once(write, lambda: _chosen_before(form_key, by))


def _chosen_before(form_key: uuid.UUID | None, by: Any) -> CaseBatch | None:
    batch = CaseBatch.objects.filter(form_key=form_key).first() if form_key else None
    if batch and batch.by_id != by.pk:
        raise Refused(_("This form was used by someone else. Open the page anew."), "form_key")
    return batch


def check(
    batch: CaseBatch,
    move: str,
    *,
    unit: Unit | None = None,
    note: str = "",
    due_at: Moment | None = None,
    merged_into: Case | None = None,
) -> CaseBatch:
    """Try the step with every case of the batch: what would change and what would be refused, and why.

    Nothing is changed yet. May be repeated with something else. Raises Refused when the batch has begun.
    """
    wanted = MOVES.get(move)
    if wanted not in moves():
        raise Refused(_("This step cannot be made with many cases at once."), "unknown_move")
    with transaction.atomic():
        batch = _locked(batch)
        if batch.state not in (State.CHOSEN, State.CHECKED):
            raise Refused(_("This has already begun."), "begun")
        if merged_into:
            batch.items.filter(case=merged_into).delete()  # the one that the others are to join
        batch.move, batch.unit, batch.note = move, unit, note.strip()
        batch.due_at, batch.merged_into = due_at, merged_into
        batch.state = State.CHECKING
        batch.clean_fields(exclude=["committee", "by", "unit", "merged_into", "undone_by"])
        batch.save()
        batch.items.update(outcome=Outcome.WAITING, why="")
    return _begin(batch)


def start(batch: CaseBatch, *, now: Moment | None = None) -> CaseBatch:
    """Make the step with the cases that the trial said would change. Started twice is started once.

    Raises Refused when it was not tried before.
    """
    with transaction.atomic():
        batch = _locked(batch)
        if batch.state in (State.RUNNING, State.DONE):
            return batch
        if batch.state != State.CHECKED:
            raise Refused(_("Try it first: nothing changes by that."), "not_checked")
        batch.state, batch.started_at = State.RUNNING, now or timezone.now()
        batch.save()
    return _begin(batch)


def undo(batch: CaseBatch, *, by: Any, now: Moment | None = None) -> CaseBatch:
    """Take the step back with every case that has not moved on since. Undone twice is undone once.

    Raises Refused before it is done, and when the 24 hours are over.
    """
    now = now or timezone.now()
    with transaction.atomic():
        batch = _locked(batch)
        if batch.state in (State.UNDOING, State.UNDONE):
            return batch
        if not batch.can_be_undone(now):
            raise Refused(_("Only what was done within the last 24 hours can be taken back."), "too_late")
        batch.state, batch.undone_at, batch.undone_by = State.UNDOING, now, by
        batch.save()
    return _begin(batch)


def counts(batch: CaseBatch) -> dict[str, int]:
    """How many cases of the batch came to what."""
    told = batch.items.order_by().values_list("outcome").annotate(Count("pk"))
    found = Counter(dict(told))
    return {outcome.value: found[outcome.value] for outcome in Outcome} | {"all": found.total()}


def _locked(batch: CaseBatch) -> CaseBatch:
    return CaseBatch.objects.select_for_update(of=("self",)).get(pk=batch.pk)


def _begin(batch: CaseBatch) -> CaseBatch:
    """A few are done at once; the worker is woken for the others."""
    if advance(batch, limit=AT_ONCE) == AT_ONCE:
        ring("grids.advance_batches")
    batch.refresh_from_db()
    return batch


# --- What whoever comes by does -------------------------------------------------------------------
def advance_all() -> int:
    """Go on with every batch that is under way; returns how many cases were looked at. What was chosen and then
    left alone is forgotten."""
    forgotten = CaseBatch.objects.filter(state=State.CHOSEN, made_at__lt=timezone.now() - CHOSEN_FOR)
    forgotten.delete()
    working = CaseBatch.objects.filter(state__in=CaseBatch.WORKING).order_by("made_at", "pk")
    return sum(advance(batch) for batch in working)


def advance(batch: CaseBatch, limit: int = MOST) -> int:
    """Look at up to `limit` cases of the batch that are still waiting; returns how many. Any number of workers
    may do so at once."""
    state = CaseBatch.objects.values_list("state", flat=True).get(pk=batch.pk)
    if state not in FROM:
        return 0
    waiting = batch.items.filter(outcome=FROM[State(state)]).order_by("pk")
    looked_at = sum(_look_at(key, state) for key in list(waiting.values_list("pk", flat=True)[:limit]))
    _finish(batch, state)
    return looked_at


def _look_at(key: int, state: str) -> bool:
    """One case: what is done with it and the note of it are one transaction."""
    with transaction.atomic():
        free = CaseBatchItem.objects.select_for_update(skip_locked=True, of=("self",))
        item = free.filter(pk=key, outcome=FROM[State(state)]).first()
        if item is None:  # another worker has it, or has had it
            return False
        batch = CaseBatch.objects.select_related("by", "unit", "merged_into", "undone_by").get(
            pk=item.batch_id
        )
        if batch.state != state:
            return False
        _DOING[State(state)](item, batch)
        item.save()
    return True


def _try(item: CaseBatchItem, batch: CaseBatch) -> None:
    """The verb itself is asked: it is called and undone."""
    try:
        with transaction.atomic():
            _make(item, batch)
            transaction.set_rollback(True)
    except Refused as refusal:
        item.outcome, item.why = Outcome.REFUSED, str(refusal)[:300]
    else:
        item.outcome = Outcome.WOULD_CHANGE


def _do(item: CaseBatchItem, batch: CaseBatch) -> None:
    try:
        with transaction.atomic():
            case = _make(item, batch)
    except Refused as refusal:
        item.outcome, item.why = Outcome.REFUSED, str(refusal)[:300]
    else:
        item.outcome, item.event = Outcome.CHANGED, case.events.order_by("pk").last()


def _take_back(item: CaseBatchItem, batch: CaseBatch) -> None:
    try:
        with transaction.atomic():
            if item.event is None or not _case(item, batch.undone_by):
                raise Refused(_("This step cannot be taken back."), "not_kept")
            undoing.undo(item.event, by=batch.undone_by)
    except Refused as refusal:
        item.outcome, item.why = Outcome.MOVED_ON, str(refusal)[:300]
    else:
        item.outcome, item.why = Outcome.UNDONE, ""


def _make(item: CaseBatchItem, batch: CaseBatch) -> Case:
    case = _case(item, batch.by)
    if case is None:
        raise Refused(_("You no longer see this case."), "unseen")
    given = batch.given()
    if batch.move == "dispatch" and given["unit"] is None and (proposed := routing.proposal_for(case)):
        given["unit"] = proposed.unit  # each to whom it belongs by category and place
    return moving.move(case, batch.move, by=batch.by, undoable=True, **given)


def _case(item: CaseBatchItem, by: Any) -> Case | None:
    return Case.objects.visible_to(by).filter(pk=item.case_id).first()


_DOING = {State.CHECKING: _try, State.RUNNING: _do, State.UNDOING: _take_back}


def _finish(batch: CaseBatch, state: str) -> None:
    """The batch is through when none of its cases is waiting any more, nor in another worker's hands."""
    with transaction.atomic():
        now_is = _locked(batch)
        if now_is.state != state or now_is.items.filter(outcome=FROM[State(state)]).exists():
            return
        now_is.state = THEN[State(state)]
        if now_is.state == State.DONE:
            now_is.finished_at = timezone.now()
        now_is.save()
