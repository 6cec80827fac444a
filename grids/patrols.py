"""Patrols: filling plans with slots, walking them, and owning up to what was missed.

Exactly once comes from the unique slot (plan, starts_at), not from a lock and not from the broker: any number
of schedulers may run, be killed and run again. The watermark of a plan only saves them work.
"""

import datetime
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign import photos
from campaign.errors import Refused
from campaign.recurrence import occurrences
from campaign.scoping import reach_of
from grids import cases, signals
from grids.models import Answer, AnswerPhoto, Case, ChecklistItem, Patrol, PatrolEvent, PatrolPlan, Point

log = logging.getLogger(__name__)

Moment = datetime.datetime

AHEAD = 14
"""days that are always filled"""
TOGETHER = 50
"""plans that are filled in one transaction"""
LONGEST_FILL = 366
"""days past its watermark that a plan is filled in one pass: a clock that jumped must not fill a century"""
CLOCK_TOLERANCE = timedelta(minutes=2)
"""how far a telephone's clock may run ahead of ours"""
DRAFT_LASTS = timedelta(hours=24)
"""how long after the window a draft may still be sent"""


# --- Scheduling -----------------------------------------------------------------------------------
def schedule(until: datetime.date | None = None, now: Moment | None = None) -> int:
    """Fill every plan in force with its patrols up to `until` (by default 14 days from today), and with what was
    left out since its watermark, as the plan's policy for a standstill says. Returns how many patrols were new.

    Plans are filled some at a time, each lot in a transaction; a plan that cannot be filled is logged and keeps
    no other from it.
    """
    now = now or timezone.now()
    today = timezone.localdate(now)
    until = until or today + timedelta(days=AHEAD)
    behind = PatrolPlan.objects.filter(is_active=True, first_day__lte=until)
    behind = behind.filter(Q(filled_until=None) | Q(filled_until__lt=until))
    behind = behind.filter(Q(last_day=None) | Q(filled_until=None) | Q(filled_until__lt=F("last_day")))
    keys = list(behind.order_by("pk").values_list("pk", flat=True))
    # Nothing is owed for the time in which a plan is not in force.
    PatrolPlan.objects.filter(is_active=False, filled_until__lt=today).update(filled_until=today)
    return sum(_fill(keys[first : first + TOGETHER], until, now) for first in range(0, len(keys), TOGETHER))


def fill(plan: PatrolPlan, until: datetime.date, now: Moment) -> int:
    """`schedule` for one plan; afterwards `plan` knows how far it is filled."""
    made = _fill([plan.pk], until, now)
    plan.refresh_from_db(fields=["filled_until"])
    return made


@transaction.atomic
def _fill(keys: list[int], until: datetime.date, now: Moment) -> int:
    """Fill some plans from their watermarks to `until`.

    The locks, taken in the order of the keys, make schedulers take turns; the unique slot makes it right. Many
    plans share their days: filled together they leave one mark a day and not one each."""
    plans = PatrolPlan.objects.select_for_update().filter(pk__in=keys).order_by("pk")
    wanted: list[Patrol] = []
    filled: list[PatrolPlan] = []
    left_out: list[PatrolEvent] = []
    for plan in plans.prefetch_related("turns"):
        begin = plan.filled_until + timedelta(days=1) if plan.filled_until else plan.first_day
        end = min(until, begin + timedelta(days=LONGEST_FILL))
        if not plan.is_active or end < begin:
            continue
        try:
            found = slots(plan, begin, end)
        except ValidationError as error:
            log.error("patrol plan %s cannot be filled: %s", plan.pk, "; ".join(error.messages))
            continue
        kept = _after_standstill(plan, found, now)
        if gone := len(found) - len(kept):
            left_out.append(_left_out(plan, found[:gone], now))
        wanted += kept
        plan.filled_until = end
        filled.append(plan)
    made = _insert(wanted)
    PatrolPlan.objects.bulk_update(filled, ["filled_until"])
    PatrolEvent.objects.bulk_create(left_out)
    return made


def _after_standstill(plan: PatrolPlan, found: list[Patrol], now: Moment) -> list[Patrol]:
    """What the plan's policy keeps of the slots whose window passed before they were on any roster. They cannot be
    walked any more: they come in as what they are, to be noted as missed, never slid forward."""
    late = [slot for slot in found if slot.ends_at < now]
    if plan.misfire == PatrolPlan.Misfire.SKIP:
        kept = []
    elif plan.misfire == PatrolPlan.Misfire.LATEST:
        kept = late[-1:]
    else:
        kept = late
    for slot in kept:
        slot.missed_because = _("It came on the roster only after its window had passed.")
    return kept + found[len(late) :]


def _left_out(plan: PatrolPlan, gone: list[Patrol], now: Moment) -> PatrolEvent:
    told = {"count": len(gone), "first": f"{gone[0].day:%Y-%m-%d}", "last": f"{gone[-1].day:%Y-%m-%d}"}
    note = _("%(count)d slots from %(first)s to %(last)s") % told
    return PatrolEvent(plan=plan, what=PatrolEvent.What.LEFT_OUT, at=now, note=note)


def _insert(wanted: list[Patrol]) -> int:
    """Insert the slots that are not there yet. Whether a slot is there is asked first, so that the number is right;
    that it is never there twice is held by the constraint."""
    if not wanted:
        return 0
    moments = [slot.slot_at for slot in wanted]
    taken = Patrol.objects.filter(
        plan__in={slot.plan_id for slot in wanted}, slot_at__range=(min(moments), max(moments))
    )
    known = set(taken.values_list("plan_id", "slot_at"))
    new = [slot for slot in wanted if (slot.plan_id, slot.slot_at) not in known]
    Patrol.objects.insert_new(new)
    return len(new)


def slots(plan: Any, first: datetime.date, last: datetime.date) -> list[Patrol]:
    """The patrols of the plan from `first` to `last`, not yet saved. Whose turn it is follows from the slot's
    number since the plan's first day, so that every scheduler names the same patroller."""
    last = min(last, plan.last_day) if plan.last_day else last
    moments = occurrences(
        plan.rule,
        first=plan.first_day,
        last=last,
        start_time=plan.start_time,
        holidays=plan.holidays,
        anchor=plan.first_day,
    )
    turns = _turns(plan)
    window = timedelta(minutes=plan.window_minutes)
    return [
        Patrol(
            plan_id=plan.pk,
            committee_id=plan.committee_id,
            community_id=plan.community_id,
            zone_id=plan.zone_id,
            slot_at=moment,
            starts_at=moment,
            ends_at=moment + window,
            day=moment.date(),
            patroller_id=turns[number % len(turns)] if turns else None,
        )
        for number, moment in enumerate(moments, plan.turn_offset)
        if moment.date() >= first
    ]


def _turns(plan: Any) -> list[int]:
    if not plan.pk:
        return []
    turns = sorted(plan.turns.all(), key=lambda turn: turn.order)
    return [turn.patroller_id for turn in turns]


def note_missed(now: Moment | None = None) -> int:
    """Patrols whose window passed without being walked are missed, and stay so. Returns how many."""
    now = now or timezone.now()
    late = Patrol.objects.filter(state=Patrol.State.DUE, ends_at__lt=now)
    return sum(_note_missed(key, now) for key in late.order_by("pk").values_list("pk", flat=True)[:2000])


@transaction.atomic
def _note_missed(key: int, now: Moment) -> bool:
    patrol = Patrol.objects.select_for_update().filter(pk=key).first()
    if patrol is None or patrol.state != Patrol.State.DUE or patrol.ends_at >= now:
        return False
    patrol.state = Patrol.State.MISSED
    patrol.save(update_fields=["state"])
    return True


# --- Walking --------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Line:
    """One standard at one point of a patrol, and what was answered, if anything."""

    point: Point
    item: ChecklistItem
    answer: Answer | None


def points_of(patrol: Patrol) -> list[Point]:
    """The points that the patrol looks at, as they stood on its day: those of the plan's route in its order, or
    those of the zone that the check-list fits. What was walked keeps the points that were answered for, whatever
    became of the plan."""
    plan, points = patrol.plan, Point.objects.select_related("type", "unit")
    if patrol.state == Patrol.State.DONE:
        points = points.filter(pk__in=patrol.answers.order_by().values("point"))
    elif plan.covers == PatrolPlan.Covers.ZONE:
        points = points.filter(zone=plan.zone_id)
        if plan.checklist.point_type_id:
            points = points.filter(type=plan.checklist.point_type_id)
    else:
        points = points.filter(stops__plan=plan).order_by("stops__order", "pk")
        return [point for point in points if _stood(point, patrol.day)]
    return [point for point in points.order_by("community", "pk") if _stood(point, patrol.day)]


def _stood(point: Point, day: datetime.date) -> bool:
    return point.since <= day and (point.until is None or point.until > day)


def lines(patrol: Patrol) -> list[Line]:
    """The whole check-list of the patrol, point by point, in the order in which it is walked."""
    items = list(patrol.plan.checklist.items.order_by("order", "pk"))
    given = {(answer.point_id, answer.item_id): answer for answer in patrol.answers.select_related("case")}
    return [
        Line(point, item, given.get((point.pk, item.pk))) for point in points_of(patrol) for item in items
    ]


def may_walk(patrol: Patrol, user: Any) -> bool:
    """Whether `user` may answer for the patrol: its patroller, the zone's leader, the street's officials."""
    reach = reach_of(user)
    if reach.everything or patrol.committee_id in reach.committees:
        return True
    return getattr(user, "pk", None) in {patrol.patroller_id, patrol.zone.leader_id} - {None}


def answer(
    patrol: Patrol,
    point: Point,
    item: ChecklistItem,
    value: str,
    *,
    by: Any,
    note: str = "",
    photo: Any = None,
    after_photo: Any = None,
    fixed_on_spot: bool = False,
    faults: int | None = None,
    longitude: Decimal | None = None,
    latitude: Decimal | None = None,
    answered_at: Moment | None = None,
    description: str = "",
) -> Answer:
    """Keep what was seen: one standard at one point. The same again, before the patrol is done, replaces it.

    A "no" opens a case with place, zone and photo filled in, once, and sends it to whom it concerns. A "no"
    that was put right on the spot (立行立改) opens none: it stays with the answer, with its photos, and
    counts as found and fixed, not as a closed case, for no second person verified it.

    `faults` says in how many places a "no" is wrong, one by default. A place is kept with a finding alone.

    `answered_at` is when it was seen: a draft that was sent later keeps its true time, if that lies in the
    patrol's day and its window; it does not undo what was seen after it. Raises Refused, or ValidationError for
    a photo that cannot be read or a number that cannot be.
    """
    now = timezone.now()
    seen_at = answered_at or now
    before = photos.accept(photo) if photo else None
    after = photos.accept(after_photo) if after_photo else None
    with photos.together():
        patrol = _locked(patrol)
        _refuse_walker(patrol, by)
        _refuse_time(patrol, seen_at, now)
        _refuse_question(patrol, point, item, value, note)
        given = patrol.answers.select_related("case").filter(point=point, item=item).first()
        given = given or Answer(patrol=patrol, point=point, item=item)
        is_no = value == Answer.Value.NO
        if given.pk and seen_at < given.answered_at:
            if (given.value, given.fixed_on_spot) == (value, is_no and fixed_on_spot):
                return given
            raise Refused(
                _("Somebody has answered this since, at %(time)s: the later answer stands.")
                % {"time": timezone.localtime(given.answered_at).strftime("%H:%M")},
                "newer",
            )
        if given.case_id and (not is_no or fixed_on_spot):
            raise Refused(
                _("A case was opened for this already. Ask the zone leader to end it if it was a mistake."),
                "has_case",
            )
        if is_no and item.photo_needed and not (before or given.case_id or _has_photo(given)):
            raise Refused(_("This standard asks for a photo of what is wrong."), "needs_photo")
        given.value, given.note = value, note.strip()
        given.fixed_on_spot = is_no and fixed_on_spot
        given.faults = faults if is_no and faults else 1
        given.longitude, given.latitude = (longitude, latitude) if is_no else (None, None)
        given.answered_at, given.day = seen_at, patrol.day
        given.clean_fields(exclude=["patrol", "point", "item", "case"])
        if is_no and not fixed_on_spot:
            given.case = given.case or _open_case(given, by, description, before, seen_at)
        given.save()
        if given.fixed_on_spot:
            _keep_photos(given, by, seen_at, before=before, after=after)
    return given


def finish(patrol: Patrol, *, by: Any, now: Moment | None = None) -> Patrol:
    """The patrol is walked: every standard at every point has an answer. Raises Refused, saying what lacks.

    Within the window it is done now. Afterwards, also when it was noted as missed, it is done only if all was
    seen within the window and merely sent later. Finishing twice is finishing once.
    """
    now = now or timezone.now()
    with transaction.atomic():
        patrol = _locked(patrol)
        _refuse_walker(patrol, by)
        if patrol.state == Patrol.State.DONE:
            return patrol
        answered = _all_answered(patrol)
        if now > patrol.ends_at and max(answered, default=now) > patrol.ends_at:
            raise Refused(_("The window of this patrol has passed: it counts as missed."), "too_late")
        patrol.state, patrol.missed_because = Patrol.State.DONE, ""
        patrol.done_at = min(now, patrol.ends_at)
        patrol.shown_to_id = patrol.plan.checked_id  # of a cross-check: now the checked community may see it
        patrol.save()
        tell = partial(signals.patrol_finished.send_robust, sender=Patrol, patrol_id=patrol.pk)
        transaction.on_commit(tell, robust=True)
    return patrol


def miss(patrol: Patrol, because: str, by: Any) -> Patrol:
    """Say why a patrol was, or will be, missed. What was missed stays missed. Raises Refused."""
    with transaction.atomic():
        patrol = _locked(patrol)
        _refuse_walker(patrol, by)
        if patrol.state == Patrol.State.DONE:
            raise Refused(_("This patrol was walked: it was not missed."), "state")
        if patrol.day > timezone.localdate():
            raise Refused(_("This patrol is still to come."), "too_early")
        if not because.strip() or len(because.strip()) > 120:
            raise Refused(_("Say in a sentence of at most 120 signs why it was missed."), "needs_note")
        patrol.state, patrol.missed_because = Patrol.State.MISSED, because.strip()
        patrol.save()
    return patrol


def _locked(patrol: Patrol) -> Patrol:
    rows = Patrol.objects.select_for_update(of=("self",))
    return rows.select_related("plan__checklist", "zone", "community", "committee").get(pk=patrol.pk)


def _refuse_walker(patrol: Patrol, by: Any) -> None:
    if not may_walk(patrol, by):
        raise Refused(_("This patrol is not yours to walk."), "role")
    if patrol.state == Patrol.State.WITHDRAWN:
        raise Refused(_("This patrol was taken off the roster."), "withdrawn")


def _refuse_time(patrol: Patrol, seen_at: Moment, now: Moment) -> None:
    if patrol.state == Patrol.State.DONE:
        raise Refused(_("This patrol is finished: its answers stand."), "finished")
    if seen_at > now + CLOCK_TOLERANCE:
        raise Refused(_("The time of the answer lies in the future: check the telephone's clock."), "future")
    if now > patrol.ends_at + DRAFT_LASTS:
        raise Refused(_("This patrol is over for more than a day: nothing can be added."), "too_late")
    if timezone.localdate(seen_at) < patrol.day:
        raise Refused(_("This patrol has not begun: it is walked on its own day."), "too_early")
    if seen_at < min(patrol.starts_at, now - CLOCK_TOLERANCE):
        raise Refused(_("This was noted before the patrol began."), "too_early")
    if patrol.state == Patrol.State.MISSED and seen_at > patrol.ends_at:
        raise Refused(_("The window of this patrol has passed: it counts as missed."), "too_late")
    if timezone.localdate(seen_at) > timezone.localdate(patrol.ends_at):
        raise Refused(_("The time of the answer does not lie in the patrol's day."), "other_day")


def _refuse_question(patrol: Patrol, point: Point, item: ChecklistItem, value: str, note: str) -> None:
    if value not in Answer.Value.values:
        raise Refused(_("Answer with met, not met or not applicable."), "value")
    if item.checklist_id != patrol.plan.checklist_id:
        raise Refused(_("This standard is not on the patrol's check-list."), "foreign")
    if point.pk not in {known.pk for known in points_of(patrol)}:
        raise Refused(_("This point is not part of the patrol."), "foreign")
    if len(note.strip()) > 200:
        raise Refused(_("The note is too long: at most 200 signs."), "note_too_long")


def _open_case(given: Answer, by: Any, description: str, photo: Any, seen_at: Moment) -> Case:
    patrol, point, item = given.patrol, given.point, given.item
    said = " ".join((description or given.note).split())
    return cases.open(
        committee=patrol.committee,
        community=point.community,
        category=item.category,
        description=said or _("Not met: %(standard)s") % {"standard": item.text},
        source=Case.Source.PATROL,
        by=by,
        zone=point.zone,
        point=point,
        longitude=given.longitude,
        latitude=given.latitude,
        photo=photo,
        now=seen_at,
    )


def _has_photo(given: Answer) -> bool:
    return bool(given.pk) and given.photos.exists()


def _keep_photos(given: Answer, by: Any, at: Moment, **sent: photos.Photo | None) -> None:
    for stage, photo in sent.items():
        which = {"answer": given, "stage": stage, "digest": photos.digest(photo) if photo else ""}
        # The patrol is locked: nobody else keeps the same photo at this moment.
        if photo and not AnswerPhoto.objects.filter(**which).exists():
            photos.keep(AnswerPhoto(**which, file=photo, taken_at=at, by=by))


def _all_answered(patrol: Patrol) -> Iterable[Moment]:
    """When each answer of the patrol was given; raises Refused, naming the points that lack some."""
    todo = lines(patrol)
    lacking: dict[str, int] = {}
    for line in todo:
        if line.answer is None:
            lacking[line.point.name] = lacking.get(line.point.name, 0) + 1
    if lacking:
        named = _(", ").join(
            _("%(point)s (%(count)d)") % {"point": name, "count": count} for name, count in lacking.items()
        )
        raise Refused(_("Still without an answer: %(points)s.") % {"points": named}, "incomplete")
    return [line.answer.answered_at for line in todo if line.answer]
