"""Absences without a word: noted when an activity is closed, appealed against, excused; the policy is a setting."""

import datetime
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.errors import Refused
from volunteers import leaders
from volunteers.models import Activity, NoShow, Signup, Volunteer

S = NoShow.State
COUNTS = (S.NOTED, S.UPHELD)
"""an absence under appeal does not count while it is under appeal"""


def note(activity: Activity) -> int:
    """Note who had a place at a held activity and was not there; once. Who is added to the list later is struck."""
    NoShow.objects.filter(signup__activity=activity, signup__attendance__isnull=False).delete()
    missing = activity.signups.filter(state=Signup.State.CONFIRMED, attendance=None, no_show=None)
    rows = [NoShow(signup=signup, day=activity.day) for signup in missing]
    NoShow.objects.bulk_create(rows, ignore_conflicts=True)
    return len(rows)


def paused_until(volunteer: Volunteer, today: datetime.date | None = None) -> datetime.date | None:
    """Until which day the person may not sign up; None without a policy and for who keeps to the word."""
    if not settings.NO_SHOWS_ALLOWED:
        return None
    today = today or timezone.localdate()
    since = today - timedelta(days=settings.NO_SHOWS_WITHIN_DAYS)
    days = NoShow.objects.filter(signup__volunteer=volunteer, state__in=COUNTS, day__gte=since)
    found = list(days.order_by("-day").values_list("day", flat=True)[: settings.NO_SHOWS_ALLOWED + 1])
    if len(found) <= settings.NO_SHOWS_ALLOWED:
        return None
    until = found[0] + timedelta(days=settings.NO_SHOW_PAUSE_DAYS)
    return until if until > today else None


@transaction.atomic
def appeal(absence: NoShow, *, by: Any, text: str) -> NoShow:
    """The volunteer says why; the leader decides. Once. Raises Refused without a word and for others' absences."""
    absence = _locked(absence)
    if absence.signup.volunteer.user_id != by.pk:
        raise Refused(_("Everybody speaks for themselves."), "not_you")
    if absence.state != S.NOTED:
        raise Refused(_("This was appealed against or decided already."), "state")
    if not text.strip():
        raise Refused(_("Say in a sentence what happened."), "text")
    absence.state, absence.appeal = S.APPEALED, text.strip()[:200]
    absence.save(update_fields=["state", "appeal"])
    return absence


@transaction.atomic
def decide(absence: NoShow, *, by: Any, excused: bool, note: str = "") -> NoShow:
    """The leader excuses it, or follows the appeal not; a reason is needed for the latter."""
    absence = _locked(absence)
    leaders.check(by, absence.signup.activity)
    if absence.signup.volunteer.user_id == by.pk:
        raise Refused(_("Nobody decides on their own absence."), "own")
    if not excused and not note.strip():
        raise Refused(_("Say why in a sentence."), "note")
    absence.state = S.EXCUSED if excused else S.UPHELD
    absence.decided_by, absence.note = by, note.strip()[:200]
    absence.save(update_fields=["state", "decided_by", "note"])
    return absence


def _locked(absence: NoShow) -> NoShow:
    rows = NoShow.objects.select_for_update(of=("self",))
    return rows.select_related("signup__volunteer", "signup__activity__team").get(pk=absence.pk)
