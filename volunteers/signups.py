"""Signing up, leaving, and the waiting list that moves up by itself.

Whoever changes who comes to an activity first locks the activity's row, and before that, where a person's
other sign-ups matter, the volunteer's row. Always in this order, so nobody waits in a circle. Behind the
lock everything is read anew: on PostgreSQL (READ COMMITTED) a statement sees what was committed before it,
on SQLite the transaction began with the write lock. The place is taken by a conditional update, and a check
constraint stands behind that.
"""

import datetime
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import Exists, F, Max, OuterRef
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.errors import Refused
from volunteers import leaders, telling
from volunteers.models import Activity, Position, Signup, SignupEvent, Volunteer

GRACE = timedelta(minutes=15)
"""two activities of one person may overlap by this much"""
HOLDS = (Signup.State.CONFIRMED, Signup.State.WAITING)
"""the states in which a person is expected"""
Moment = datetime.datetime


class Verdict(models.TextChoices):
    """What would happen if this person signed up now; `left_too_late` is said to who wants to leave."""

    FREE = "free", _("There are free places.")
    FULL = "full", _("All places are taken. You can join the waiting list.")
    ALREADY = "already", _("You are signed up.")
    WAITING = "waiting", _("You are on the waiting list.")
    NOT_OPEN = "not_open", _("This activity does not take sign-ups.")
    CANCELLED = "cancelled", _("This activity was cancelled.")
    TOO_LATE = "too_late", _("Sign-up has closed. Choose another activity.")
    CLASH = "clash", _("You are signed up for another activity at this time. Leave that one first.")
    ELSEWHERE = "elsewhere", _("This activity belongs to another street.")
    LEFT_TOO_LATE = "left_too_late", _("The activity has begun. Tell its leader that you cannot come.")

    @property
    def may_join(self) -> bool:
        """Whether signing up would give a place or a place in the line."""
        return self in (Verdict.FREE, Verdict.FULL)


# --- What would be ---------------------------------------------------------------------------------
def verdict(
    subject: Position | Activity, volunteer: Volunteer | None = None, now: Moment | None = None
) -> Verdict:
    """What would happen if `volunteer` signed up now; for pages. None: what a stranger would meet."""
    activity = subject if isinstance(subject, Activity) else subject.activity
    positions = list(activity.positions.all()) if isinstance(subject, Activity) else [subject]
    return _judge(activity, positions, volunteer, now or timezone.now(), _row_of(volunteer, activity))


def _judge(
    activity: Activity,
    positions: list[Position],
    volunteer: Volunteer | None,
    now: Moment,
    mine: Signup | None,
    *,
    by_leader: bool = False,
) -> Verdict:
    if mine and mine.state in HOLDS:
        return Verdict.ALREADY if mine.state == Signup.State.CONFIRMED else Verdict.WAITING
    if activity.state == Activity.State.CANCELLED:
        return Verdict.CANCELLED
    if activity.state != Activity.State.PUBLISHED or not positions:
        return Verdict.NOT_OPEN
    if now >= activity.closes_at and not by_leader:
        return Verdict.TOO_LATE
    if volunteer and (volunteer.committee_id != activity.committee_id or volunteer.left_on):
        return Verdict.ELSEWHERE
    if volunteer and _clashes(activity, volunteer):
        return Verdict.CLASH
    return Verdict.FREE if any(position.free for position in positions) else Verdict.FULL


def _clashes(activity: Activity, volunteer: Volunteer) -> bool:
    """Whether the person is expected elsewhere at the time, for more than the grace."""
    others = (
        Activity.objects.filter(
            signups__volunteer=volunteer,
            signups__state__in=HOLDS,
            starts_at__lt=activity.ends_at,
            ends_at__gt=activity.starts_at,
        )
        .exclude(pk=activity.pk)
        .exclude(state=Activity.State.CANCELLED)
    )
    return any(_overlap(activity, other) for other in others)


def _overlap(one: Activity, other: Activity) -> bool:
    shared = min(one.ends_at, other.ends_at) - max(one.starts_at, other.starts_at)
    shorter = min(one.ends_at - one.starts_at, other.ends_at - other.starts_at)
    return shared > min(GRACE, shorter / 2)


# --- Signing up and leaving ------------------------------------------------------------------------
@transaction.atomic
def join(position: Position, volunteer: Volunteer, *, by: Any = None, now: Moment | None = None) -> Signup:
    """Give the volunteer a place, or a place in the waiting line when all are taken.

    Doing it twice, by a double click or a retry, is doing it once: the first sign-up is returned. Who had
    left begins anew at the end of the line. `by` is the person's own account or a leader of the activity, who
    may still add who turns up after sign-up has closed. Raises Refused with the verdict as its code.
    """
    volunteer = _lock(Volunteer, volunteer.pk)
    activity = _lock(Activity, position.activity_id)
    now = now or timezone.now()
    position = activity.positions.filter(pk=position.pk).first() or _gone()
    leader = _check_hand(by, volunteer, activity)
    mine = _row_of(volunteer, activity)
    said = _judge(activity, [position], volunteer, now, mine, by_leader=leader)
    if mine and said in (Verdict.ALREADY, Verdict.WAITING):
        return mine
    mine = mine or Signup(activity=activity, volunteer=volunteer)
    if not said.may_join:
        raise Refused(said.label, code=said.value)
    if _take_place(position):
        return _enter(mine, position, Signup.State.CONFIRMED, now, by)
    signup = _enter(mine, position, Signup.State.WAITING, _end_of_line(position, now), by)
    if position.free and _promote(activity, position, now):  # others waited beside a free place: mended now
        signup.refresh_from_db()
    return signup


@transaction.atomic
def leave(signup: Signup, *, by: Any = None, now: Moment | None = None) -> Signup:
    """Give up the place or the place in the line; the head of the line moves up in the same transaction.

    Leaving twice is leaving once. Raises Refused (left_too_late) once the activity has begun.
    """
    activity = _lock(Activity, signup.activity_id)
    now = now or timezone.now()
    signup = activity.signups.select_related("volunteer").get(pk=signup.pk)
    _check_hand(by, signup.volunteer, activity)
    if signup.state not in HOLDS:
        return signup
    if now >= activity.starts_at or activity.state == Activity.State.HELD:
        raise Refused(Verdict.LEFT_TOO_LATE.label, code=Verdict.LEFT_TOO_LATE.value)
    had_place = signup.state == Signup.State.CONFIRMED
    signup.state = Signup.State.LEFT
    signup.save(update_fields=["state"])
    _note([signup], "left", now, by)
    telling.call_off_reminders([signup.pk])
    if had_place:
        Position.objects.filter(pk=signup.position_id, taken__gt=0).update(taken=F("taken") - 1)
        _promote(activity, Position.objects.get(pk=signup.position_id), now)
    return signup


@transaction.atomic
def promote(position: Position, now: Moment | None = None) -> int:
    """Let the waiting line of a position move up into its free places; returns how many got one."""
    activity = _lock(Activity, position.activity_id)
    fresh = activity.positions.filter(pk=position.pk).first()
    return _promote(activity, fresh, now or timezone.now()) if fresh else 0


def promote_all(now: Moment | None = None) -> int:
    """Sweep: wherever someone waits beside a free place, move up. The verbs do so themselves; this mends what
    was written past them."""
    now = now or timezone.now()
    beside = Position.objects.filter(
        _someone_waits(),
        activity__state=Activity.State.PUBLISHED,
        activity__starts_at__gt=now,
        taken__lt=F("places"),
    ).order_by("pk")
    return sum(promote(position, now) for position in beside)


def cancel_all(activity: Activity, *, by: Any = None, now: Moment | None = None) -> list[Signup]:
    """Release everybody from a cancelled activity and tell them; called by `activities.cancel`."""
    now = now or timezone.now()
    expected = list(activity.signups.filter(state__in=HOLDS).select_related("volunteer__user"))
    Signup.objects.filter(pk__in=[signup.pk for signup in expected]).update(state=Signup.State.CANCELLED)
    activity.positions.update(taken=0)
    events = _note(expected, "cancelled", now, by)
    telling.call_off_reminders(signup.pk for signup in expected)
    _tell("cancelled", expected, events, activity, because=activity.cancelled_because)
    return expected


def tell_of_new_time(activity: Activity, *, by: Any = None, now: Moment | None = None) -> list[Signup]:
    """Tell everybody expected that the activity was put off; called by `activities.postpone`."""
    expected = list(activity.signups.filter(state__in=HOLDS).select_related("volunteer__user"))
    telling.call_off_reminders(signup.pk for signup in expected)
    events = _note(expected, "postponed", now or timezone.now(), by)
    _tell("postponed", expected, events, activity)
    return expected


# --- How it is done --------------------------------------------------------------------------------
def _lock(model: type[models.Model], pk: Any) -> Any:
    """The row, fresh, and nobody else's until we are done. no_key: rows that point at it may be written."""
    return model.objects.select_for_update(no_key=True).filter(pk=pk).first() or _gone()


def _gone() -> Any:
    raise Refused(_("This is no longer there. Go back to the list."), code="gone")


def _check_hand(by: Any, volunteer: Volunteer, activity: Activity) -> bool:
    """Whether a leader does it. Refused if `by` is neither the person, nor a leader, nor the portal."""
    if by is None or by.pk == volunteer.user_id:
        return False
    leaders.check(by, activity)
    return True


def _take_place(position: Position) -> bool:
    """Take one place if one is free and nobody waits for it."""
    free = Position.objects.filter(~_someone_waits(), pk=position.pk, taken__lt=F("places"))
    return free.update(taken=F("taken") + 1) == 1


def _someone_waits() -> Exists:
    return Exists(Signup.objects.filter(position=OuterRef("pk"), state=Signup.State.WAITING))


def _row_of(volunteer: Volunteer | None, activity: Activity) -> Signup | None:
    """The one row of this person and activity, also of who has left. Behind the locks it is what stands."""
    return activity.signups.filter(volunteer=volunteer).first() if volunteer else None


def _enter(signup: Signup, position: Position, state: str, joined_at: Moment, by: Any) -> Signup:
    """Write the one row of a person and activity: a new one, or the old one of who had left."""
    signup.position, signup.state, signup.joined_at = position, state, joined_at
    signup.day = signup.activity.day
    signup.save()
    _note([signup], "joined" if state == Signup.State.CONFIRMED else "queued", joined_at, by)
    return signup


def _end_of_line(position: Position, now: Moment) -> Moment:
    """Behind the last who waits, even if that one's host had a faster clock."""
    last = position.signups.filter(state=Signup.State.WAITING).aggregate(last=Max("joined_at"))["last"]
    return max(now, last + timedelta(microseconds=1)) if last else now


def _promote(activity: Activity, position: Position, now: Moment) -> int:
    """Move up; the activity is locked. Nobody is called in after the start: he could not come any more."""
    if activity.state != Activity.State.PUBLISHED or now >= activity.starts_at or not position.free:
        return 0
    line = position.signups.filter(state=Signup.State.WAITING).order_by("joined_at", "pk")
    heads = list(line.select_related("volunteer__user")[: position.free])
    if not heads:
        return 0
    room = Position.objects.filter(pk=position.pk, taken__lte=F("places") - len(heads))
    if not room.update(taken=F("taken") + len(heads)):
        return 0
    Signup.objects.filter(pk__in=[head.pk for head in heads]).update(state=Signup.State.CONFIRMED)
    events = _note(heads, "promoted", now, None)
    _tell("promoted", heads, events, activity)
    return len(heads)


def _note(signups: Iterable[Signup], what: str, at: Moment, by: Any) -> list[SignupEvent]:
    return SignupEvent.objects.bulk_create(
        SignupEvent(signup=signup, what=what, at=at, by=by) for signup in signups
    )


def _tell(
    occasion: str, signups: list[Signup], events: list[SignupEvent], activity: Activity, **fields: Any
) -> None:
    """Each once, in this transaction; worthless once it has begun."""
    for signup, event in zip(signups, events, strict=True):
        telling.tell(occasion, signup, activity, f"signup-{event.pk}", **fields)
