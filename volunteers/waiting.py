"""The waiting line of a position: who is next, what they are offered, and what happens when they do not answer.

All of it happens behind the activity's lock, which the verbs of `volunteers.signups` take; the sweep takes it
itself. An offered place is taken: `Position.taken` counts it, so it is given to nobody else meanwhile.
"""

import datetime
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import models, transaction
from django.db.models import Exists, F, Max, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign import messages
from campaign.errors import Refused
from volunteers import telling
from volunteers.models import Activity, Position, Signup, SignupEvent

PLACED = (Signup.State.CONFIRMED, Signup.State.OFFERED)
"""the states that take a place"""
HOLDS = (*PLACED, Signup.State.WAITING)
"""the states in which a person is expected"""
NEAR = timedelta(hours=2)
"""so shortly before the start there is no time for an offer: the place is given at once"""
SHARE = 4
"""an offer lasts at most this part of the time that is left, so that others can be asked after it"""
Moment = datetime.datetime
_signer = signing.Signer(salt="volunteers.offer")


# --- Moving up --------------------------------------------------------------------------------------
def move_up(activity: Activity, position: Position, now: Moment) -> int:
    """Give or offer the free places of a position to the head of its line; returns how many.

    The activity is locked. Nobody is called in after the start: they could not come any more.
    """
    if activity.state != Activity.State.PUBLISHED or now >= activity.starts_at or not position.free:
        return 0
    line = position.signups.filter(state=Signup.State.WAITING).order_by("joined_at", "pk")
    heads = list(line.select_related("volunteer__user", "position")[: position.free])
    if not heads:
        return 0
    room = Position.objects.filter(pk=position.pk, taken__lte=F("places") - len(heads))
    if not room.update(taken=F("taken") + len(heads)):
        return 0
    if expires := offer_ends(activity, now):
        _offer(heads, activity, expires, now)
    else:
        _set(heads, Signup.State.CONFIRMED)
        tell("promoted", heads, note(heads, "promoted", now, None), activity)
    return len(heads)


def offer_ends(activity: Activity, now: Moment) -> Moment | None:
    """Until when a place offered now may be taken; None when it is given at once instead.

    `OFFER_MINUTES`, but at most a quarter of the time left; the night, in which nobody is told, does not count.
    """
    asked = messages.after_the_night(now)
    left = activity.starts_at - asked
    if not settings.OFFER_MINUTES or left < NEAR:
        return None
    return asked + min(timedelta(minutes=settings.OFFER_MINUTES), left / SHARE)


def _offer(heads: list[Signup], activity: Activity, expires: Moment, now: Moment) -> None:
    _set(heads, Signup.State.OFFERED, expires)
    until = telling.moment(expires)
    for head, event in zip(heads, note(heads, "offered", now, None), strict=True):
        telling.offer(head, activity, f"signup-{event.pk}", until=until, token=token_of(head, event))


def lapse(activity: Activity, now: Moment) -> int:
    """Take back the offers of a locked activity that nobody took in time, and pass them on; how many."""
    late = activity.signups.filter(state=Signup.State.OFFERED)
    if now < activity.starts_at:
        late = late.filter(offer_expires_at__lte=now)
    rows = list(late.order_by("joined_at", "pk"))
    if not rows:
        return 0
    _set(rows, Signup.State.LAPSED)
    note(rows, "lapsed", now, None)
    for pk in sorted({row.position_id for row in rows}):
        give_back(pk, sum(row.position_id == pk for row in rows))
        move_up(activity, Position.objects.get(pk=pk), now)
    return len(rows)


def _set(rows: list[Signup], state: str, expires: Moment | None = None) -> None:
    Signup.objects.filter(pk__in=[row.pk for row in rows]).update(state=state, offer_expires_at=expires)


def give_back(position: int, places: int = 1) -> None:
    """So many places of the position are free again."""
    Position.objects.filter(pk=position, taken__gte=places).update(taken=F("taken") - places)


# --- The sweep --------------------------------------------------------------------------------------
def sweep(now: Moment | None = None) -> int:
    """Wherever an offer has run out, or someone waits beside a free place, move on; returns how many moved.

    Each activity in a transaction of its own, so any number of workers may sweep and be killed.
    """
    now = now or timezone.now()
    late = Q(offer_expires_at__lte=now) | Q(activity__starts_at__lte=now)
    lapsed = Signup.objects.filter(late, state=Signup.State.OFFERED).values_list("activity", flat=True)
    moved = sum(_lapse(pk, now) for pk in lapsed.order_by("activity").distinct())
    beside = Position.objects.filter(
        someone_waits(),
        activity__state=Activity.State.PUBLISHED,
        activity__starts_at__gt=now,
        taken__lt=F("places"),
    ).order_by("pk")
    return moved + sum(promote(position, now) for position in beside)


@transaction.atomic
def _lapse(activity: int, now: Moment) -> int:
    return lapse(lock(Activity, activity), now)


@transaction.atomic
def promote(position: Position, now: Moment | None = None) -> int:
    """Let the waiting line of a position move up into its free places; returns how many got or were offered one."""
    activity = lock(Activity, position.activity_id)
    fresh = activity.positions.filter(pk=position.pk).first()
    return move_up(activity, fresh, now or timezone.now()) if fresh else 0


# --- Reading ----------------------------------------------------------------------------------------
def someone_waits() -> Exists:
    """Whether anybody waits for the position."""
    return Exists(Signup.objects.filter(position=OuterRef("pk"), state=Signup.State.WAITING))


def end_of_line(position: Position, now: Moment) -> Moment:
    """Behind the last who waits, even if that one's host had a faster clock."""
    last = position.signups.filter(state=Signup.State.WAITING).aggregate(last=Max("joined_at"))["last"]
    return max(now, last + timedelta(microseconds=1)) if last else now


def token_of(signup: Signup, event: SignupEvent) -> str:
    """The key to one offer, for who has no account: it names the offer, so an older message opens nothing."""
    return _signer.sign(f"{signup.pk}-{event.pk}")


def offered_by(token: str) -> Signup | None:
    """The sign-up that a message's link speaks of, if that offer is the last thing that happened to it."""
    try:
        signup, event = _signer.unsign(token).split("-")
    except (signing.BadSignature, ValueError):
        return None
    found = Signup.objects.select_related("activity__community", "activity__station", "position", "volunteer")
    row = found.filter(pk=signup).first()
    last = row and row.events.filter(what="offered").order_by("pk").last()
    return row if last and str(last.pk) == event else None


# --- How it is written ------------------------------------------------------------------------------
def lock(model: type[models.Model], pk: Any) -> Any:
    """The row, fresh, and nobody else's until we are done. no_key: rows that point at it may be written."""
    return model.objects.select_for_update(no_key=True).filter(pk=pk).first() or gone()


def gone() -> Any:
    """Refuse what is no longer there."""
    raise Refused(_("This is no longer there. Go back to the list."), code="gone")


def note(signups: Iterable[Signup], what: str, at: Moment, by: Any) -> list[SignupEvent]:
    """Append what happened to the history."""
    return SignupEvent.objects.bulk_create(
        SignupEvent(signup=signup, what=what, at=at, by=by) for signup in signups
    )


def tell(
    occasion: str, signups: list[Signup], events: list[SignupEvent], activity: Activity, **fields: Any
) -> None:
    """Each once, in this transaction; worthless once it has begun."""
    for signup, event in zip(signups, events, strict=True):
        telling.tell(occasion, signup, activity, f"signup-{event.pk}", **fields)
