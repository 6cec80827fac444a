"""Signing up, taking an offered place, leaving. The waiting line itself is in `volunteers.waiting`.

Whoever changes who comes to an activity first locks the activity's row, and before that, where a person's
other sign-ups matter, the volunteer's row. Always in this order, so nobody waits in a circle. Behind the
lock everything is read anew: on PostgreSQL (READ COMMITTED) a statement sees what was committed before it,
on SQLite the transaction began with the write lock. The place is taken by a conditional update, and a check
constraint stands behind that.
"""

import datetime
from datetime import timedelta
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.errors import Refused
from volunteers import absences, guardians, leaders, people, telling, waiting
from volunteers.models import Activity, Position, Signup, Volunteer
from volunteers.waiting import HOLDS, PLACED

GRACE = timedelta(minutes=15)
"""two activities of one person may overlap by this much"""
Moment = datetime.datetime


class Verdict(models.TextChoices):
    """What would happen if this person signed up now; `left_too_late` is said to who wants to leave."""

    FREE = "free", _("There are free places.")
    FULL = "full", _("All places are taken. You can join the waiting list.")
    ALREADY = "already", _("You are signed up.")
    WAITING = "waiting", _("You are on the waiting list.")
    OFFERED = "offered", _("A place became free: it is kept for you for a while. Take it or pass it on.")
    OFFER_OVER = "offer_over", _("The time to take this place is over. It went to the next in the line.")
    SOFT_CLASH = "soft_clash", _("There are free places. It overlaps with another of yours by some minutes.")
    NOT_YET = "not_yet", _("Sign-up has not opened yet.")
    CONSENT = "consent", _("Agree to the privacy notice first: without it we may not keep your data.")
    AGE = "age", _("This position has a minimum age that you have not reached. Choose another.")
    AGE_UNKNOWN = "age_unknown", _("This position has a minimum age. Enter your year of birth.")
    GUARDIAN = "guardian", _("Under 18 a parent or guardian agrees first: on their own page, or on paper.")
    ALONE = (
        "alone",
        _("A child under 14 comes with a parent or guardian. Sign them up first, then the child."),
    )
    SKILL = "skill", _("This position needs a skill that you have not named. Name it, or choose another.")
    PAUSED = (
        "paused",
        _(
            "You stayed away several times without a word, and may sign up again after a pause. Ask the leader."
        ),
    )
    NOT_OPEN = "not_open", _("This activity does not take sign-ups.")
    CANCELLED = "cancelled", _("This activity was cancelled.")
    TOO_LATE = "too_late", _("Sign-up has closed. Choose another activity.")
    CLASH = "clash", _("You are signed up for another activity at this time. Leave that one first.")
    ELSEWHERE = "elsewhere", _("This activity belongs to another street.")
    LEFT_TOO_LATE = "left_too_late", _("The activity has begun. Tell its leader that you cannot come.")

    LEAVING_CLOSED = (
        "leaving_closed",
        _("It is too late to leave by yourself. Tell the leader of the activity."),
    )

    @property
    def may_complete(self) -> bool:
        """Whether the person can give what is missing in the same form."""
        return self in (Verdict.CONSENT, Verdict.AGE_UNKNOWN, Verdict.SKILL)

    @property
    def may_join(self) -> bool:
        """Whether signing up would give a place or a place in the line."""
        return self in (Verdict.FREE, Verdict.FULL, Verdict.SOFT_CLASH)


HAS = {
    Signup.State.CONFIRMED: Verdict.ALREADY,
    Signup.State.OFFERED: Verdict.OFFERED,
    Signup.State.WAITING: Verdict.WAITING,
}
"""what is said to who is expected already"""


# --- What would be ---------------------------------------------------------------------------------
def verdict(
    subject: Position | Activity,
    volunteer: Volunteer | None = None,
    now: Moment | None = None,
    by: Any = None,
) -> Verdict:
    """What would happen if `by` signed `volunteer` up now; for pages, lists and the API alike.

    Without a volunteer: what a stranger would meet. Of an activity the best of its positions is told.
    """
    activity = subject if isinstance(subject, Activity) else subject.activity
    positions = list(activity.positions.all()) if isinstance(subject, Activity) else [subject]
    own = by is not None and volunteer is not None and by.pk == volunteer.user_id
    mine = _row_of(volunteer, activity)
    return _judge(activity, positions, volunteer, now or timezone.now(), mine, by_person=own)


def _judge(
    activity: Activity,
    positions: list[Position],
    volunteer: Volunteer | None,
    now: Moment,
    mine: Signup | None,
    *,
    by_leader: bool = False,
    by_person: bool = False,
) -> Verdict:
    if mine and mine.state in HOLDS:
        return HAS[mine.state]
    if activity.state == Activity.State.CANCELLED:
        return Verdict.CANCELLED
    if activity.state != Activity.State.PUBLISHED or not positions:
        return Verdict.NOT_OPEN
    if activity.sign_up_opens_at and now < activity.sign_up_opens_at and not by_leader:
        return Verdict.NOT_YET
    if now >= activity.closes_at and not by_leader:
        return Verdict.TOO_LATE
    if volunteer and (volunteer.committee_id != activity.committee_id or volunteer.left_on):
        return Verdict.ELSEWHERE
    if volunteer and not by_leader and absences.paused_until(volunteer, timezone.localdate(now)):
        return Verdict.PAUSED
    shared = _shared_time(activity, volunteer) if volunteer else None
    if shared == Verdict.CLASH:
        return shared
    if by_person and volunteer and not people.has_consented(volunteer):
        return Verdict.CONSENT
    lacks = [_lack(position, volunteer, activity, by_leader) for position in positions]
    fitting = [position for position, lack in zip(positions, lacks, strict=True) if lack is None]
    if not fitting:
        return next(lack for lack in lacks if lack)
    if volunteer and guardians.needs_consent(volunteer, activity.day):
        return Verdict.GUARDIAN
    if volunteer and guardians.would_be_alone(volunteer, activity):
        return Verdict.ALONE
    if not any(position.free for position in fitting):
        return Verdict.FULL
    return shared or Verdict.FREE


def _lack(
    position: Position, volunteer: Volunteer | None, activity: Activity, by_leader: bool
) -> Verdict | None:
    """Why the person does not fit the position; None if they do. A leader answers for a skill, not for an age."""
    if volunteer is None:
        return None
    if position.min_age:
        if volunteer.birth_year is None:
            return Verdict.AGE_UNKNOWN
        # The day of birth is not asked: who may have had the birthday this year has not for certain.
        if activity.day.year - volunteer.birth_year - 1 < position.min_age:
            return Verdict.AGE
    if position.skill_id and not by_leader and not volunteer.skills.filter(pk=position.skill_id).exists():
        return Verdict.SKILL
    return None


def _shared_time(activity: Activity, volunteer: Volunteer) -> Verdict | None:
    """CLASH if the person is expected elsewhere for more than the grace, SOFT_CLASH within it, else None."""
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
    seen = [_overlap(activity, other) for other in others]
    return (Verdict.CLASH if any(seen) else Verdict.SOFT_CLASH) if seen else None


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
    volunteer = waiting.lock(Volunteer, volunteer.pk)
    activity = waiting.lock(Activity, position.activity_id)
    now = now or timezone.now()
    position = activity.positions.filter(pk=position.pk).first() or waiting.gone()
    leader = _check_hand(by, volunteer, activity)
    mine = _row_of(volunteer, activity)
    own = by is not None and not leader
    said = _judge(activity, [position], volunteer, now, mine, by_leader=leader, by_person=own)
    if mine and said == Verdict.OFFERED:
        return _accept(mine, activity, now, by)
    if mine and said in (Verdict.ALREADY, Verdict.WAITING):
        return mine
    mine = mine or Signup(activity=activity, volunteer=volunteer)
    if not said.may_join:
        raise Refused(said.label, code=said.value)
    if _take_place(position):
        return _enter(mine, position, Signup.State.CONFIRMED, now, by)
    signup = _enter(mine, position, Signup.State.WAITING, waiting.end_of_line(position, now), by)
    if position.free and waiting.move_up(activity, position, now):  # others waited beside a free place
        signup.refresh_from_db()
    return signup


@transaction.atomic
def accept(signup: Signup, *, by: Any = None, now: Moment | None = None) -> Signup:
    """Take the place that was offered. Taking it twice is taking it once.

    Raises Refused (offer_over) when the time to answer is over, even if the sweep has not come by yet.
    """
    activity = waiting.lock(Activity, signup.activity_id)
    signup = activity.signups.select_related("volunteer").get(pk=signup.pk)
    _check_hand(by, signup.volunteer, activity)
    return _accept(signup, activity, now or timezone.now(), by)


def _accept(signup: Signup, activity: Activity, now: Moment, by: Any) -> Signup:
    """The activity is locked."""
    if signup.state == Signup.State.CONFIRMED:
        return signup
    over = signup.state != Signup.State.OFFERED or signup.offer_expires_at <= now
    if over or now >= activity.starts_at:
        raise Refused(Verdict.OFFER_OVER.label, code=Verdict.OFFER_OVER.value)
    signup.state, signup.offer_expires_at = Signup.State.CONFIRMED, None
    signup.save(update_fields=["state", "offer_expires_at"])
    waiting.note([signup], "accepted", now, by)
    return signup


@transaction.atomic
def leave(signup: Signup, *, by: Any = None, now: Moment | None = None) -> Signup:
    """Give up the place, the offered place or the place in the line; the head of the line is next, at once.

    Leaving twice is leaving once. Raises Refused (left_too_late) once the activity has begun, and for who has a
    place and is no leader (leaving_closed) after `leaving_closes_at`.
    """
    activity = waiting.lock(Activity, signup.activity_id)
    now = now or timezone.now()
    signup = activity.signups.select_related("volunteer").get(pk=signup.pk)
    leader = _check_hand(by, signup.volunteer, activity)
    if signup.state not in HOLDS:
        return signup
    if now >= activity.starts_at or activity.state == Activity.State.HELD:
        raise Refused(Verdict.LEFT_TOO_LATE.label, code=Verdict.LEFT_TOO_LATE.value)
    had_place = signup.state in PLACED
    if signup.state == Signup.State.CONFIRMED and now >= activity.leaving_until and not leader:
        raise Refused(Verdict.LEAVING_CLOSED.label, code=Verdict.LEAVING_CLOSED.value)
    signup.state, signup.offer_expires_at = Signup.State.LEFT, None
    signup.save(update_fields=["state", "offer_expires_at"])
    waiting.note([signup], "left", now, by)
    telling.call_off_reminders([signup.pk])
    if had_place:
        waiting.give_back(signup.position_id)
        waiting.move_up(activity, Position.objects.get(pk=signup.position_id), now)
    for child in guardians.left_alone(signup.volunteer, activity):
        leave(child, now=now)
    return signup


def cancel_all(activity: Activity, *, by: Any = None, now: Moment | None = None) -> list[Signup]:
    """Release everybody from a cancelled activity and tell them; called by `activities.cancel`."""
    now = now or timezone.now()
    expected = list(activity.signups.filter(state__in=HOLDS).select_related("volunteer__user", "position"))
    released = Signup.objects.filter(pk__in=[signup.pk for signup in expected])
    released.update(state=Signup.State.CANCELLED, offer_expires_at=None)
    activity.positions.update(taken=0)
    events = waiting.note(expected, "cancelled", now, by)
    telling.call_off_reminders(signup.pk for signup in expected)
    waiting.tell("cancelled", expected, events, activity, because=activity.cancelled_because)
    return expected


def tell_of_new_time(activity: Activity, *, by: Any = None, now: Moment | None = None) -> list[Signup]:
    """Tell everybody expected that the activity was put off; called by `activities.postpone`."""
    expected = list(activity.signups.filter(state__in=HOLDS).select_related("volunteer__user", "position"))
    telling.call_off_reminders(signup.pk for signup in expected)
    events = waiting.note(expected, "postponed", now or timezone.now(), by)
    waiting.tell("postponed", expected, events, activity)
    return expected


# --- How it is done --------------------------------------------------------------------------------
def _check_hand(by: Any, volunteer: Volunteer, activity: Activity) -> bool:
    """Whether a leader does it. Refused if `by` is neither the person, nor speaks for a team that the person is
    in, nor a leader, nor the portal."""
    if by is None or by.pk == volunteer.user_id:
        return False
    if leaders.leads(by, activity):
        return True
    if leaders.colleagues(by, activity).filter(pk=volunteer.pk).exists():
        return False
    leaders.check(by, activity)
    return True


def _take_place(position: Position) -> bool:
    """Take one place if one is free and nobody waits for it."""
    free = Position.objects.filter(~waiting.someone_waits(), pk=position.pk, taken__lt=F("places"))
    return free.update(taken=F("taken") + 1) == 1


def _row_of(volunteer: Volunteer | None, activity: Activity) -> Signup | None:
    """The one row of this person and activity, also of who has left. Behind the locks it is what stands."""
    return activity.signups.filter(volunteer=volunteer).first() if volunteer else None


def _enter(signup: Signup, position: Position, state: str, joined_at: Moment, by: Any) -> Signup:
    """Write the one row of a person and activity: a new one, or the old one of who had left."""
    signup.position, signup.state, signup.joined_at = position, state, joined_at
    signup.day, signup.offer_expires_at = signup.activity.day, None
    signup.save()
    waiting.note([signup], "joined" if state == Signup.State.CONFIRMED else "queued", joined_at, by)
    return signup
