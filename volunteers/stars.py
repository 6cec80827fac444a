"""Stars for hours served: put on public notice when a threshold is reached, confirmed when nobody objects.

Rule: 100, 300, 600, 1000, 1500 hours for one to five stars, after a notice of five working days (domain.md §7.1).
Nobody applies, nobody is ranked: the ledger says who has reached what.
"""

import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from campaign.calendar import EVENING, HOURS_A_DAY, add_working_hours
from campaign.errors import Refused
from campaign.models import Committee
from campaign.roles import may
from volunteers import hours
from volunteers.models import HourEntry, Star, StarLevel, Volunteer

STANDARD = {1: 100, 2: 300, 3: 600, 4: 1000, 5: 1500}
"""stars: hours, as most cities have it; a street changes its rows"""

S = Star.State


def levels(committee: Committee) -> list[StarLevel]:
    """The street's thresholds, the lowest first; the standard ones are entered for a street that has none."""
    found = list(StarLevel.objects.filter(committee=committee).order_by("hours"))
    if found:
        return found
    rows = [StarLevel(committee=committee, level=level, hours=least) for level, least in STANDARD.items()]
    StarLevel.objects.bulk_create(rows, ignore_conflicts=True)
    return list(StarLevel.objects.filter(committee=committee).order_by("hours"))


def propose(day: datetime.date | None = None) -> int:
    """Put on notice whoever has reached a higher level than they hold; returns how many notices are new.

    One grouped question a street and night. Run twice or by two workers at once, it enters nothing twice.
    """
    day = day or timezone.localdate()
    return sum(_propose(committee, day) for committee in Committee.objects.all())


def _propose(committee: Committee, day: datetime.date) -> int:
    steps = levels(committee)
    served = (
        HourEntry.objects.filter(committee=committee, volunteer__left_on=None)
        .order_by()
        .values("volunteer", "volunteer__community")
        .annotate(minutes=Sum("minutes"))
        .filter(minutes__gte=steps[0].hours * 60)
    )
    held = set(Star.objects.filter(committee=committee).values_list("volunteer", "level"))
    until = notice_until(day)
    rows = []
    for row in served:
        reached = [step.level for step in steps if step.hours * 60 <= row["minutes"]][-1]
        if (row["volunteer"], reached) not in held:
            rows.append(
                Star(
                    committee=committee,
                    community_id=row["volunteer__community"],
                    volunteer_id=row["volunteer"],
                    level=reached,
                    minutes=row["minutes"],
                    noticed_on=day,
                    notice_until=until,
                )
            )
    before = Star.objects.filter(committee=committee).count()
    Star.objects.bulk_create(rows, batch_size=500, ignore_conflicts=True)
    return Star.objects.filter(committee=committee).count() - before


def notice_until(day: datetime.date) -> datetime.date:
    """The last day of a notice that begins on `day`: so many working days after it."""
    evening = datetime.datetime.combine(day, EVENING, tzinfo=timezone.get_current_timezone())
    return timezone.localdate(add_working_hours(evening, settings.STAR_NOTICE_DAYS * HOURS_A_DAY))


def confirm(day: datetime.date | None = None) -> int:
    """Confirm the stars whose notice ended before `day` without objection; returns how many.

    Whose hours have meanwhile been corrected below the threshold is stopped, with that reason.
    """
    day = day or timezone.localdate()
    due = Star.objects.filter(state=S.NOTICED, notice_until__lt=day).values_list("pk", flat=True)
    return sum(_confirm(pk, day) for pk in due)


@transaction.atomic
def _confirm(pk: int, day: datetime.date) -> bool:
    star = _locked(pk)
    if star.state != S.NOTICED or star.notice_until >= day:
        return False
    hours.lock(star.volunteer_id)  # no correction comes in between the sum and the star
    least = {step.level: step.hours * 60 for step in levels(star.committee)}.get(star.level)
    if least is not None and hours.total_minutes(star.volunteer) < least:
        star.state, star.note = S.STOPPED, str(_("The hours were corrected below the threshold."))
    else:
        star.state, star.confirmed_on = S.CONFIRMED, day
    star.save(update_fields=["state", "note", "confirmed_on"])
    return star.state == S.CONFIRMED


@transaction.atomic
def stop(star: Star, *, by: Any, note: str) -> Star:
    """An objection was found right: the star is not given, or taken back. Raises Refused without a reason."""
    _check(star, by)
    if not note.strip():
        raise Refused(_("Say what the objection found."), "note")
    star = _locked(star.pk)
    if star.state == S.STOPPED:
        return star
    star.state, star.stopped_by, star.note, star.confirmed_on = S.STOPPED, by, note.strip()[:200], None
    star.save(update_fields=["state", "stopped_by", "note", "confirmed_on"])
    return star


@transaction.atomic
def renew(star: Star, *, by: Any, day: datetime.date | None = None) -> Star:
    """Put a stopped star on notice again, for the whole time. Raises Refused if the hours do not suffice."""
    _check(star, by)
    star = _locked(star.pk)
    if star.state != S.STOPPED:
        raise Refused(_("Only a star that was stopped can be put on notice again."), "state")
    minutes = hours.total_minutes(star.volunteer)
    least = {step.level: step.hours * 60 for step in levels(star.committee)}.get(star.level, 0)
    if minutes < least:
        raise Refused(_("The hours in the ledger do not reach this level."), "hours")
    star.state, star.minutes, star.note, star.stopped_by = S.NOTICED, minutes, "", None
    star.noticed_on = day or timezone.localdate()
    star.notice_until = notice_until(star.noticed_on)
    star.save()
    return star


def stars_of(volunteer: Volunteer) -> int:
    """The highest confirmed level; 0 without one."""
    held = Star.objects.filter(volunteer=volunteer, state=S.CONFIRMED).order_by("-level")
    return held.values_list("level", flat=True).first() or 0


def _check(star: Star, by: Any) -> None:
    if not (may(by, "volunteers.certify") and star.is_visible_to(by)):
        raise Refused(_("The street office or the community secretary decides on this."), "role")
    if star.volunteer.user_id == by.pk:
        raise Refused(_("Nobody decides on their own hours."), "own")


def _locked(pk: int) -> Star:
    return Star.objects.select_for_update(of=("self",)).select_related("committee", "volunteer").get(pk=pk)
