"""Reminders: the day before and two hours before, each once, none after leaving or cancelling.

A sweep finds what is due by the activities' times; the row (signup, kind, starts_at) is unique, so any number of
workers may sweep at once, and a standstill costs lateness, never doubles: what both would say is said once, late.
"""

import datetime
from datetime import timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from volunteers import telling
from volunteers.models import Activity, Signup, SignupReminder

DAY_BEFORE = timedelta(hours=24)
SHORTLY_BEFORE = timedelta(hours=2)
FRESH = timedelta(hours=6)
"""who signed up less than this before knows it still, and is not reminded the day before"""
AT_ONCE = 500
Moment = datetime.datetime
Kind = SignupReminder.Kind


def send(now: Moment | None = None) -> int:
    """Send every reminder that is due; returns how many. Costs as much as the next day has sign-ups."""
    now = now or timezone.now()
    return sum(_send(pk, Kind.SOON, now) for pk in _due(Kind.SOON, now, timedelta(0), SHORTLY_BEFORE)) + sum(
        _send(pk, Kind.DAY, now) for pk in _due(Kind.DAY, now, SHORTLY_BEFORE, DAY_BEFORE)
    )


def _due(kind: str, now: Moment, after: timedelta, until: timedelta) -> list[int]:
    """Sign-ups with a place in what begins so soon, who have not been reminded of this time."""
    told = SignupReminder.objects.filter(
        signup=OuterRef("pk"), kind=kind, starts_at=OuterRef("activity__starts_at")
    )
    rows = Signup.objects.filter(
        ~Exists(told),
        state=Signup.State.CONFIRMED,
        activity__state=Activity.State.PUBLISHED,
        activity__starts_at__gt=now + after,
        activity__starts_at__lte=now + until,
    )
    if kind == Kind.DAY:
        rows = rows.exclude(joined_at__gt=now - FRESH)
    return list(rows.order_by("activity__starts_at", "pk").values_list("pk", flat=True)[:AT_ONCE])


@transaction.atomic
def _send(pk: int, kind: str, now: Moment) -> bool:
    """Remind one person, if they still have the place: the activity is locked as whoever leaves locks it."""
    activity_id = Signup.objects.values_list("activity", flat=True).get(pk=pk)
    activity = Activity.objects.select_for_update(no_key=True).get(pk=activity_id)
    signup = Signup.objects.select_related("volunteer__user", "position").get(pk=pk)
    if signup.state != Signup.State.CONFIRMED or activity.state != Activity.State.PUBLISHED:
        return False
    _row, new = SignupReminder.objects.get_or_create(
        signup=signup, kind=kind, starts_at=activity.starts_at, defaults={"sent_at": now}
    )
    if not new:  # another worker was quicker
        return False
    signup.activity = activity
    occasion = "tomorrow" if kind == Kind.DAY else "soon"
    telling.tell(occasion, signup, activity, telling.reminder_key(signup, kind))
    return True
