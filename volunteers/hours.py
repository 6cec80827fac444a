"""The hour ledger: minutes are credited once, corrected by counter-entries, never changed.

Rules (domain.md §7): time actually served, no two at once, a maximum a day, corrections by two names.
"""

import datetime
import uuid
from datetime import timedelta
from functools import partial
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.errors import Refused
from campaign.once import write_once
from campaign.roles import may
from volunteers import telling
from volunteers.models import Attendance, HourEntry, Volunteer

Span = tuple[datetime.datetime, datetime.datetime]


@transaction.atomic
def credit(attendance: Attendance, by: Any) -> HourEntry | None:
    """Enter the minutes of an attendance, once. The entry there already is, is returned.

    Counted is what lies within the planned time and not within another service of the person, up to the day's
    maximum (`VOLUNTEER_MINUTES_A_DAY`), rounded down to whole steps (`HOURS_ROUNDED_TO` minutes). None while it is
    open when the person left or whether the leader agrees, and when nothing remains.
    """
    found = HourEntry.objects.filter(attendance=attendance).first()
    if found or attendance.is_pending:
        return found
    signup = attendance.signup
    activity, volunteer = signup.activity, lock(signup.volunteer_id)
    served = max(attendance.came_at, activity.starts_at), min(attendance.left_at, activity.ends_at)
    minutes = min(
        _minutes_outside(served, _other_spans(volunteer, attendance, served)),
        settings.VOLUNTEER_MINUTES_A_DAY - minutes_on(volunteer, attendance.day),
    )
    minutes -= minutes % settings.HOURS_ROUNDED_TO
    if minutes <= 0:
        return None
    entry = HourEntry.objects.create(
        committee_id=activity.committee_id,
        community_id=activity.community_id,
        volunteer=volunteer,
        activity=activity,
        attendance=attendance,
        what=activity.title,
        day=attendance.day,
        minutes=minutes,
        reason=HourEntry.Reason.SERVED,
        by=by,
        entered_at=timezone.now(),
    )
    telling.thank(entry)
    return entry


@transaction.atomic
def correct(
    entry: HourEntry,
    minutes_delta: int,
    *,
    by: Any,
    second: Any,
    note: str,
    form_key: uuid.UUID | None = None,
) -> HourEntry:
    """Append a counter-entry of so many minutes, more or fewer, to an entry; two people stand for it.

    The same `form_key` again gives the correction that was made the first time. Raises Refused without two
    names, for nought, below nought in all, and above the day's maximum.
    """
    if first_sent := _corrected_before(form_key, entry, by):
        return first_sent
    _check_names(entry, by, second)
    if not note.strip():
        raise Refused(_("Say why the hours are corrected."), code="note")
    if not minutes_delta:
        raise Refused(_("Enter by how many minutes, more or fewer."), code="nought")
    volunteer = lock(entry.volunteer_id)
    if first_sent := _corrected_before(form_key, entry, by):  # it came in while we waited for the lock
        return first_sent
    first = entry.corrects or entry
    stands = first.minutes + (first.corrections.aggregate(sum=Sum("minutes"))["sum"] or 0)
    if stands + minutes_delta < 0:
        raise Refused(_("No more than %(minutes)d minutes can be taken back.") % {"minutes": stands}, "below")
    if (
        minutes_delta > 0
        and minutes_on(volunteer, first.day) + minutes_delta > settings.VOLUNTEER_MINUTES_A_DAY
    ):
        raise Refused(_("More hours than one day may have. Check the times."), code="above")
    correction = HourEntry(
        committee_id=first.committee_id,
        community_id=first.community_id,
        volunteer=volunteer,
        activity_id=first.activity_id,
        corrects=first,
        what=first.what,
        day=first.day,
        minutes=minutes_delta,
        reason=HourEntry.Reason.CORRECTION,
        note=note.strip()[:200],
        by=by,
        second=second,
        entered_at=timezone.now(),
        form_key=form_key,
    )
    return write_once(partial(_entered, correction), lambda: _corrected_before(form_key, entry, by))


def _entered(entry: HourEntry) -> HourEntry:
    entry.save()
    return entry


def _corrected_before(form_key: uuid.UUID | None, entry: HourEntry, by: Any) -> HourEntry | None:
    found = HourEntry.objects.filter(form_key=form_key).first() if form_key else None
    if found and (found.corrects_id, found.by_id) != (entry.corrects_id or entry.pk, getattr(by, "pk", None)):
        raise Refused(_("This form was used before. Open it anew."), code="form_key")
    return found


def total_minutes(volunteer: Volunteer) -> int:
    """The minutes a volunteer served in all, corrections included."""
    return HourEntry.objects.filter(volunteer=volunteer).aggregate(sum=Sum("minutes"))["sum"] or 0


def minutes_on(volunteer: Volunteer, day: datetime.date) -> int:
    """The minutes credited for one day, corrections included."""
    return HourEntry.objects.filter(volunteer=volunteer, day=day).aggregate(sum=Sum("minutes"))["sum"] or 0


def lock(pk: Any) -> Volunteer:
    """One person's hours are written one after the other, else two entries could share a minute."""
    return Volunteer.objects.select_for_update(no_key=True).get(pk=pk)


def _other_spans(volunteer: Volunteer, attendance: Attendance, served: Span) -> list[Span]:
    """The credited services of this person that touch the time, cut to their planned times."""
    others = Attendance.objects.filter(
        signup__volunteer=volunteer,
        hour_entry__isnull=False,
        came_at__lt=served[1] + timedelta(days=1),
        left_at__gt=served[0] - timedelta(days=1),
    ).exclude(pk=attendance.pk)
    rows = others.values_list(
        "came_at", "left_at", "signup__activity__starts_at", "signup__activity__ends_at"
    )
    return [(max(came, starts), min(left, ends)) for came, left, starts, ends in rows]


def _minutes_outside(served: Span, others: list[Span]) -> int:
    """Whole minutes of `served` that no other span covers."""
    begin, end = served
    free, here = timedelta(0), begin
    for starts, ends in sorted(others):
        if starts > here:
            free += max(min(starts, end) - here, timedelta(0))
        here = max(here, min(ends, end))
    return int((free + max(end - here, timedelta(0))).total_seconds() // 60)


def _check_names(entry: HourEntry, by: Any, second: Any) -> None:
    if by is None or second is None or by.pk == second.pk:
        raise Refused(_("Hours are corrected by two different people. Name the second one."), code="second")
    for person in (by, second):
        if not (entry.is_visible_to(person) and may(person, "volunteers.enter")):
            raise Refused(
                _("%(name)s may not correct these hours.") % {"name": person.name}, code="not_allowed"
            )
        if person.pk == entry.volunteer.user_id:
            raise Refused(_("Nobody corrects their own hours."), code="own")
