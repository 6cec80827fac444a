"""Coming and going by the volunteer's own phone: a code on the leader's phone that changes every 30 seconds, or a
printed one, whose arrivals the leader confirms. Forged, old and foreign codes are refused; scanning again is once.

What proves presence is that the code was fresh when it was scanned: a picture of it, passed on, is old after a
minute. No place and no track is asked for.
"""

import datetime
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.core import signing
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.errors import Refused
from volunteers import attendance, hours, leaders
from volunteers.models import Activity, Attendance, Signup, Volunteer

SLOT = 30  # seconds that a code is shown
GOOD_FOR = 2  # slots: the one shown and the one before, for who is slow
EARLY = timedelta(minutes=30)
LATE = timedelta(hours=2)
AGAIN = timedelta(minutes=5)
"""a second scan so soon is a slip, not a leaving"""
SALT = "volunteers.door"
ROTATING, PRINTED = "r", "p"
Moment = datetime.datetime
By = Attendance.CameBy


@dataclass(frozen=True)
class Scan:
    """A code that was good when it was scanned."""

    activity: int
    printed: bool
    at: Moment


def rotating_code(activity: Activity, now: Moment | None = None) -> str:
    """What the leader's phone shows for the half minute around `now`."""
    return _signer().sign(f"{ROTATING}.{activity.pk}.{_slot(now or timezone.now())}")


def printed_code(activity: Activity) -> str:
    """What hangs at the door; good from shortly before the start until two hours after the end."""
    return _signer().sign(f"{PRINTED}.{activity.pk}.0")


def read(code: str, now: Moment | None = None) -> Scan:
    """What a scanned code says. Raises Refused for one that is forged or old."""
    now = now or timezone.now()
    try:
        kind, activity, slot = _signer().unsign(code).split(".")
    except (signing.BadSignature, ValueError):
        raise Refused(
            _("This is no code of an activity. Scan the one that the leader shows."), "forged"
        ) from None
    if kind == ROTATING and not 0 <= _slot(now) - int(slot) < GOOD_FOR:
        raise Refused(_("This code is too old. Scan the one that the leader shows now."), "old")
    return Scan(int(activity), kind == PRINTED, now)


@transaction.atomic
def pass_through(scan: Scan, volunteer: Volunteer, *, by: Any) -> Attendance:
    """Come, or go, with a code that was scanned. The same scan twice is once.

    The first makes the attendance; with a printed code the leader still has to confirm it. Where leaving is
    asked for, a later one says when the person left, and the hours are credited. Raises Refused for who has no
    place, for a foreign person's hand, too early and too late, and for a cancelled activity.
    """
    if volunteer.user_id != getattr(by, "pk", None):
        raise Refused(_("Everybody says for themselves that they are there."), "not_you")
    hours.lock(volunteer.pk)
    activity = Activity.objects.select_for_update(no_key=True).get(pk=scan.activity)
    _check(activity, scan.at)
    signup = activity.signups.select_related("volunteer").filter(volunteer=volunteer).first()
    if signup is None or signup.state != Signup.State.CONFIRMED:
        raise Refused(_("You have no place at this activity. Ask its leader to sign you up."), "no_place")
    row = Attendance.objects.filter(signup=signup).first()
    if row is None:
        return _arrive(activity, signup, scan, by)
    if activity.asks_leaving and row.left_at is None and scan.at - row.came_at >= AGAIN:
        return _go(activity, row, scan.at, by)
    return row


def _arrive(activity: Activity, signup: Signup, scan: Scan, by: Any) -> Attendance:
    return Attendance.objects.create(
        signup=signup,
        came_at=attendance.arrival(activity, scan.at),
        came_by=By.PRINTED if scan.printed else By.CODE,
        day=activity.day,
    )


def _go(activity: Activity, row: Attendance, at: Moment, by: Any) -> Attendance:
    if at <= row.came_at:
        return row
    row.left_at = at
    row.save(update_fields=["left_at"])
    hours.credit(row, by)
    return row


def _check(activity: Activity, at: Moment) -> None:
    if activity.state not in (Activity.State.PUBLISHED, Activity.State.HELD):
        raise Refused(_("This activity was cancelled."), "cancelled")
    if at < activity.starts_at - EARLY:
        raise Refused(_("It begins later: scan the code when you are there."), "too_early")
    if at > activity.ends_at + LATE:
        raise Refused(_("It is over. Tell the leader that you were there."), "too_late")


@transaction.atomic
def admit(row: Attendance, *, by: Any) -> Attendance:
    """The leader confirms who came by the printed code; twice is once."""
    leaders.check(by, row.signup.activity)
    hours.lock(row.signup.volunteer_id)
    row = Attendance.objects.select_for_update(of=("self",)).select_related("signup__activity").get(pk=row.pk)
    if row.confirmed_by_id is None:
        row.confirmed_by = by
        row.save(update_fields=["confirmed_by"])
        hours.credit(row, by)
    return row


def end_by_itself(now: Moment | None = None) -> int:
    """Sweep: where leaving is not asked for, who was there by code stayed to the planned end; hours follow."""
    now = now or timezone.now()
    open_rows = Attendance.objects.filter(
        left_at=None,
        came_by__in=(By.CODE, By.PRINTED),
        signup__activity__ends_at__lte=now,
        signup__activity__asks_leaving=False,
    )
    return sum(_end(pk) for pk in open_rows.order_by("pk").values_list("pk", flat=True)[:1000])


@transaction.atomic
def _end(pk: int) -> bool:
    volunteer = Attendance.objects.values_list("signup__volunteer", flat=True).get(pk=pk)
    hours.lock(volunteer)
    row = Attendance.objects.select_related("signup__activity").get(pk=pk)
    activity = row.signup.activity
    if row.left_at is not None or row.came_at >= activity.ends_at:
        return False
    row.left_at = activity.ends_at
    row.save(update_fields=["left_at"])
    hours.credit(row, row.confirmed_by)
    return True


def _signer() -> signing.Signer:
    return signing.Signer(salt=SALT)


def _slot(now: Moment) -> int:
    return int(now.timestamp()) // SLOT
