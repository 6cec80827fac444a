"""Who was there. A leader says it, once or twice alike; the hours follow in the same transaction."""

import datetime
from collections.abc import Iterable, Mapping
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.errors import Refused
from volunteers import absences, hours, leaders
from volunteers.models import Activity, Attendance, Signup, Volunteer

Moment = datetime.datetime
Times = tuple[Moment | None, Moment | None]
"""came, left; None where it was as planned"""
ROLL_CALL = timedelta(minutes=20)
"""how long a leader needs to tick off who is there"""


@transaction.atomic
def confirm(
    signup: Signup,
    *,
    by: Any,
    came_at: Moment | None = None,
    left_at: Moment | None = None,
    now: Moment | None = None,
) -> Attendance:
    """Say that this volunteer is here; by default from the planned start, or from now on if that is past.

    A second time adds at most when the person left. Hours are credited once that is known, at the latest by
    `close`. Raises Refused before the start, and for who has no place.
    """
    now = now or timezone.now()
    _lock_people(Signup.objects.filter(pk=signup.pk))
    activity = _begun(signup.activity, by, now)
    if activity.state == Activity.State.CANCELLED:
        raise Refused(_("This activity was cancelled."), code="cancelled")
    signup = activity.signups.select_related("volunteer").get(pk=signup.pk)
    return _write(activity, signup, came_at or arrival(activity, now), left_at, by)


@transaction.atomic
def close(
    activity: Activity,
    *,
    by: Any,
    present: Iterable[int] | Mapping[int, Times],
    now: Moment | None = None,
) -> Activity:
    """The leader's list: these people were there, the activity is held. Writes attendances and hour entries.

    `present` holds ids of sign-ups, or, by id, when each came and left (None = as planned). Who is not on it
    and was not checked in gets no hours. Closing twice is closing once; a second list can add who was
    forgotten, and takes nobody away: that is a correction of hours. Raises Refused before the start.
    """
    now = now or timezone.now()
    times: dict[int, Times] = (
        {int(pk): when for pk, when in present.items()}
        if isinstance(present, Mapping)
        else {int(pk): (None, None) for pk in present}
    )
    _lock_people(activity.signups.all())
    activity = _begun(activity, by, now)
    if activity.state not in (Activity.State.PUBLISHED, Activity.State.HELD):
        raise Refused(_("Only an activity that was open for sign-up can be closed."), code="not_open")
    signups = _signups(activity, times)
    end = min(activity.ends_at, now) if activity.state == Activity.State.PUBLISHED else activity.ends_at
    for signup in signups:
        if signup.pk not in times and signup.attendance.waits_for_leader:
            continue  # came by the printed code, and the leader does not say so
        came, left = times.get(signup.pk, (None, None))
        listed = signup.pk in times or not activity.asks_leaving
        # Where leaving is noted, who came by code and never left stays open: nobody is credited by guess.
        _write(activity, signup, came or activity.starts_at, left or (end if listed else None), by)
    if activity.state != Activity.State.HELD:
        activity.state = Activity.State.HELD
        activity.save(update_fields=["state"])
    absences.note(activity)
    return activity


def _lock_people(signups: Any) -> None:
    """Lock the people before the activity, as signing up does; a person's hours are counted one by one."""
    people = Volunteer.objects.filter(pk__in=signups.values("volunteer")).order_by("pk")
    list(people.select_for_update(no_key=True).values_list("pk"))


def _begun(activity: Activity, by: Any, now: Moment) -> Activity:
    """The activity, locked and fresh, if it has begun and `by` may run it."""
    activity = Activity.objects.select_for_update(no_key=True).get(pk=activity.pk)
    leaders.check(by, activity)
    if now <= activity.starts_at:
        raise Refused(
            _("The activity has not begun yet. Confirm who is there when it begins."), code="too_early"
        )
    return activity


def arrival(activity: Activity, now: Moment) -> Moment:
    """Who is ticked off soon after the start, or when all is over, was there from the start."""
    on_time = now - activity.starts_at <= ROLL_CALL or now >= activity.ends_at
    return activity.starts_at if on_time else now


def _signups(activity: Activity, times: Mapping[int, Times]) -> list[Signup]:
    """Who is on the list, and who was checked in at the door."""
    known = {signup.pk: signup for signup in activity.signups.select_related("volunteer", "attendance")}
    strangers = times.keys() - known.keys()
    if strangers:
        raise Refused(_("The list names someone who did not sign up here. Load the page again."), "stranger")
    return [signup for signup in known.values() if signup.pk in times or getattr(signup, "attendance", None)]


def _write(activity: Activity, signup: Signup, came: Moment, left: Moment | None, by: Any) -> Attendance:
    """One attendance a sign-up, whoever says it and however often; the hours once its end is known."""
    attendance = Attendance.objects.filter(signup=signup).first()
    if attendance is None:
        if signup.state != Signup.State.CONFIRMED:
            raise Refused(
                _("%(name)s has no place at this activity. Sign the person up first.")
                % {"name": signup.volunteer.name},
                code="no_place",
            )
        attendance = Attendance(signup=signup, came_at=came, confirmed_by=by, day=activity.day)
    if attendance.waits_for_leader:
        attendance.confirmed_by = by
    if attendance.left_at is None:
        attendance.left_at = left
        if left is not None and left <= attendance.came_at:
            raise Refused(_("The time of leaving must be after the time of coming."), code="times")
        attendance.save()
    hours.credit(attendance, by)
    return attendance
