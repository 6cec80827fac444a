"""Making the steps of the tables in grids/whistleflow.py: locked, looked at again, refused or made.

Every step locks the whistle first and its tasks behind it, so that two units, or a unit and the street, come one
after the other, and nobody waits for anybody in a circle.
"""

import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign import photos
from campaign.errors import Refused
from campaign.models import Unit
from grids.models import Whistle, WhistleEvent, WhistlePhoto, WhistleTask
from grids.whistleflow import (
    OPEN_TASKS,
    TASK_STEPS,
    WHISTLE_STEPS,
    Step,
    TaskState,
    WhistleState,
)
from grids.whistles import writing
from grids.whistles.blowing import MOST_HELPERS, refuse_ended
from grids.whistles.clocks import limits_of
from grids.whistles.parties import of_units, parties

Moment = datetime.datetime

LONGEST_NOTE = WhistleEvent._meta.get_field("note").max_length
LONGEST_PERSON = WhistleTask._meta.get_field("person").max_length
CALLING = frozenset({"refuse", "decide"})
"""steps after which another unit must answer"""


# --- The whistle ------------------------------------------------------------------------------------
def move(
    whistle: Whistle,
    name: str,
    *,
    by: Any,
    note: str = "",
    unit: Unit | None = None,
    now: Moment | None = None,
) -> Whistle:
    """Make the step `name` of WHISTLE_STEPS and return the whistle as it then stands. Raises Refused."""
    now = now or timezone.now()
    wanted = WHISTLE_STEPS.get(name)
    if wanted is None:
        raise Refused(_("There is no such step."), "unknown_step")
    with photos.together():
        whistle = locked(whistle.pk)
        if why := _why_not(wanted, whistle.state, parties(whistle, None, by)):
            raise why
        _refuse_lack(wanted, note=note, unit=unit)
        if wanted.after_children:
            _refuse_open_tasks(whistle)
        if wanted.name == "call_in":
            _refuse_unit(whistle, unit, now)
        event = writing.whistle_step(whistle, wanted, by=by, now=now, note=note, unit=unit)
        whistle.save()
        event.save()
        _follow_up(whistle, wanted, by=by, now=now, note=note, unit=unit)
    return whistle


def allowed(whistle: Whistle, user: Any) -> list[Step]:
    """The steps that `user` may make with the whistle as it stands now, in the order of the table."""
    found = parties(whistle, None, user)
    steps = [step for step in WHISTLE_STEPS.values() if _why_not(step, whistle.state, found) is None]
    if _has_open_task(whistle):
        steps = [step for step in steps if not step.after_children]
    return steps


def _follow_up(whistle: Whistle, made: Step, *, by: Any, now: Moment, note: str, unit: Unit | None) -> None:
    """What a step of the whistle means for its tasks."""
    if made.name == "approve":
        limit = limits_of(whistle.committee_id, whistle.kind)
        for task in whistle.tasks.select_related("unit"):
            _call(whistle, task, limit, by, now)
    elif made.name == "call_in":
        lead = whistle.tasks.exclude(state=TaskState.CALLED_OFF).filter(lead=None).first()
        task = WhistleTask(whistle=whistle, unit=unit, lead=lead)
        task.save()
        _call(whistle, task, limits_of(whistle.committee_id, whistle.kind), by, now)
    elif whistle.state in (WhistleState.CALLED_OFF, WhistleState.DECLINED, WhistleState.WITHDRAWN):
        _release_all(whistle, made, by=by, now=now, note=note)


def _call(whistle: Whistle, task: WhistleTask, limit: Any, by: Any, now: Moment) -> None:
    event = writing.call_step(whistle, task, limit, by=by, now=now)
    task.save()
    event.save()
    writing.tell(whistle, task, event)


def _release_all(whistle: Whistle, made: Step, *, by: Any, now: Moment, note: str) -> None:
    limit = limits_of(whistle.committee_id, whistle.kind)
    for task in whistle.tasks.filter(state__in=OPEN_TASKS).select_related("unit").order_by("-pk"):
        event = writing.task_step(whistle, task, TASK_STEPS["release"], limit, by=by, now=now, note=note)
        task.save()
        event.save()


def _refuse_open_tasks(whistle: Whistle) -> None:
    if _has_open_task(whistle):
        raise Refused(_("A unit has not yet reported and been rated: the whistle stays open."), "open_tasks")
    if not whistle.tasks.filter(state=TaskState.RATED).exists():
        raise Refused(_("No unit has come: call the whistle off instead."), "nobody_came")


def _has_open_task(whistle: Whistle) -> bool:
    return whistle.tasks.filter(state__in=OPEN_TASKS).exists()


# --- A unit's task ----------------------------------------------------------------------------------
def answer(
    task: WhistleTask,
    name: str,
    *,
    by: Any,
    note: str = "",
    unit: Unit | None = None,
    person: str = "",
    rating: str = "",
    photo: Any = None,
    now: Moment | None = None,
) -> WhistleTask:
    """Make the step `name` of TASK_STEPS and return the task as it then stands.

    `note` is the reason of a refusal or the result of the work, `unit` the one that should do it instead or that
    the committee decides for, `person` who came. Raises Refused, ValidationError for a photo that cannot be read.
    """
    return step_as(
        task, name, by=by, link_unit=None, note=note, unit=unit, person=person, rating=rating, photo=photo,
        now=now,
    )  # fmt: skip


def step_as(
    task: WhistleTask,
    name: str,
    *,
    by: Any,
    link_unit: int | None,
    note: str = "",
    unit: Unit | None = None,
    person: str = "",
    rating: str = "",
    photo: Any = None,
    now: Moment | None = None,
) -> WhistleTask:
    """As `answer`; who came through a link stands for `link_unit` and for nothing else."""
    now = now or timezone.now()
    wanted = TASK_STEPS.get(name)
    if wanted is None:
        raise Refused(_("There is no such step."), "unknown_step")
    picture = photos.accept(photo) if photo else None
    with photos.together():
        whistle = locked(task.whistle_id)
        task = _locked_task(task)
        found = parties(whistle, task, by) if link_unit is None else of_units(task, frozenset({link_unit}))
        if why := _why_not_task(wanted, whistle, task, found, now):
            raise why
        _refuse_lack(wanted, note=note, unit=unit, person=person, rating=rating)
        _refuse_proposal(whistle, task, wanted, unit, now)
        if wanted.after_children and task.helpers.filter(state__in=OPEN_TASKS).exists():
            raise Refused(_("A helping unit has not finished: the lead unit comes last."), "open_tasks")
        limit = limits_of(whistle.committee_id, whistle.kind)
        event = writing.task_step(
            whistle, task, wanted, limit, by=by, now=now, note=note, unit=unit, person=person, rating=rating
        )
        task.save()
        event.save()
        if picture:
            _keep(task, wanted, picture, now)
        if wanted.name in CALLING:
            writing.tell(whistle, task, event)
    return task


def answerable(task: WhistleTask, user: Any, now: Moment | None = None) -> list[Step]:
    """The steps that `user` may make with the task as it stands now, in the order of the table."""
    return _open_to(task, parties(task.whistle, task, user), now)


def allowed_by_link(task: WhistleTask, unit: int, now: Moment | None = None) -> list[Step]:
    """The steps that the unit may make through its link."""
    return _open_to(task, of_units(task, frozenset({unit})), now)


def _open_to(task: WhistleTask, found: frozenset[str], now: Moment | None) -> list[Step]:
    now = now or timezone.now()
    steps = [
        step for step in TASK_STEPS.values() if _why_not_task(step, task.whistle, task, found, now) is None
    ]
    if any(step.after_children for step in steps) and task.helpers.filter(state__in=OPEN_TASKS).exists():
        steps = [step for step in steps if not step.after_children]
    return steps


def locked(key: int) -> Whistle:
    """The whistle as it stands now, locked: the one lock behind which its tasks and links change."""
    rows = Whistle.objects.select_for_update(of=("self",))
    return rows.select_related("committee", "case__zone").get(pk=key)


def _locked_task(task: WhistleTask) -> WhistleTask:
    rows = WhistleTask.objects.select_for_update(of=("self",))
    return rows.select_related("unit", "proposed").get(pk=task.pk)


def _why_not(wanted: Step, state: str, found: frozenset[str]) -> Refused | None:
    if wanted.by.isdisjoint(found):
        if "second" in wanted.by and "street" in found:
            return Refused(
                _("You raised this whistle yourself: another official approves it."), "second_person"
            )
        return Refused(_("This step is not yours to make."), "role")
    if state not in wanted.come_from:
        return Refused(_("It has moved on meanwhile: open the page anew to see how it stands."), "state")
    return None


def _why_not_task(
    wanted: Step, whistle: Whistle, task: WhistleTask, found: frozenset[str], now: Moment
) -> Refused | None:
    if why := _why_not(wanted, task.state, found):
        return why
    if whistle.state != WhistleState.BLOWN:
        return Refused(_("It has moved on meanwhile: open the page anew to see how it stands."), "state")
    if wanted.name == "refuse" and task.is_final:
        return Refused(_("The committee has decided: this unit does it."), "final")
    waits = task.state == TaskState.OFFERED and task.sign_due_at and now <= task.sign_due_at
    if wanted.name == "decide" and waits:
        return Refused(_("The proposed unit still has time to answer."), "too_early")
    return None


def _refuse_lack(
    wanted: Step, *, note: str = "", unit: Unit | None = None, person: str = "", rating: str = ""
) -> None:
    if "note" in wanted.needs and not note.strip():
        raise Refused(_("Say it in a sentence."), "needs_note")
    if "unit" in wanted.needs and unit is None:
        raise Refused(_("Choose the unit that should do it."), "needs_unit")
    if "person" in wanted.needs and not person.strip():
        raise Refused(_("Say who came."), "needs_person")
    if "rating" in wanted.needs and rating not in WhistleTask.Rating.values:
        raise Refused(_("Choose how satisfied the street is."), "needs_rating")
    if rating == WhistleTask.Rating.POOR and not note.strip():
        raise Refused(_("Say why the street is not satisfied."), "needs_note")
    if len(note) > LONGEST_NOTE or len(person) > LONGEST_PERSON:
        raise Refused(_("The text is too long."), "too_long")


def _refuse_proposal(
    whistle: Whistle, task: WhistleTask, wanted: Step, unit: Unit | None, now: Moment
) -> None:
    """A refusing unit names another one; the committee may decide for any that has no task of its own here."""
    if "unit" not in wanted.needs or unit is None:
        return
    refusing = {"refuse": task.unit_id, "decline": task.proposed_id}.get(wanted.name)
    if unit.pk == refusing:
        raise Refused(_("Name another unit than the one that refuses."), "same_unit")
    _refuse_unit(whistle, unit, now, but=task)


def _refuse_unit(whistle: Whistle, unit: Unit | None, now: Moment, *, but: WhistleTask | None = None) -> None:
    """Raises Refused for a unit of elsewhere, one that has left, or one that another task here waits for."""
    if unit is None or unit.committee_id != whistle.committee_id:
        raise Refused(_("It belongs to another street."), "foreign")
    refuse_ended(unit, now)
    others = whistle.tasks.exclude(state=TaskState.CALLED_OFF).exclude(pk=but.pk if but else None)
    if others.filter(Q(unit=unit) | Q(proposed=unit, state=TaskState.OFFERED)).exists():
        raise Refused(_("This unit is called already."), "called_already")
    if but is None and others.count() > MOST_HELPERS:
        raise Refused(_("A whistle calls at most 12 helpers."), "too_many")


def _keep(task: WhistleTask, made: Step, picture: photos.Photo, now: Moment) -> None:
    digest = photos.digest(picture)
    if not task.photos.filter(digest=digest).exists():
        photos.keep(WhistlePhoto(task=task, step=made.name, file=picture, digest=digest, taken_at=now))
