"""Publicity entered once, where it happened: what was handed out, put up, shown or broadcast."""

import datetime
import uuid
from collections.abc import Iterable
from datetime import timedelta
from functools import partial
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign import organisation
from campaign.errors import Refused
from campaign.models import Community, PublicityEntry, Team, Unit
from campaign.once import write_once
from campaign.roles import may
from campaign.scoping import reach_of

MOST = 1_000_000
"""no street hands out more of anything in a day: a larger number is a slip of the finger"""
LATEST = timedelta(days=400)
"""entries of more than a year ago are no longer made by hand: the year's report has been given"""


def enter(
    by: Any,
    *,
    community: Community,
    kind: str,
    day: datetime.date,
    quantity: int,
    items: int | None = None,
    team: Team | None = None,
    unit: Unit | None = None,
    place: str = "",
    form_key: uuid.UUID | None = None,
) -> PublicityEntry:
    """Enter one line. The same `form_key` again gives the entry that was made the first time.

    Raises Refused when `by` may not enter for the community or unit, ValidationError for values that cannot be.
    """
    if earlier := _made_with(form_key, by):
        return earlier
    entry = PublicityEntry(
        committee=community.committee, community=community, kind=kind, day=day, quantity=quantity,
        items=items, team=team, unit=unit, place=place, form_key=form_key, entered_by=by,
    )  # fmt: skip
    _check(entry, by)
    try:
        return write_once(partial(_saved, entry), partial(_made_with, form_key, by))
    except IntegrityError as failure:
        if form_key is None:
            raise
        raise Refused(_("This form was used before. Open it anew."), "form_used") from failure


def _saved(entry: PublicityEntry) -> PublicityEntry:
    entry.save()
    return entry


@transaction.atomic
def correct(entry: PublicityEntry, by: Any, **changes: Any) -> PublicityEntry:
    """Put an entry right: the old and the new day are both counted again. Raises as `enter` does."""
    locked = PublicityEntry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
    if by is not None and not locked.is_visible_to(by):
        raise Refused(_("This entry belongs to others."), "not_yours")
    for name, value in changes.items():
        setattr(locked, name, value)
    locked.committee = locked.community.committee
    _check(locked, by, looking_back=None)
    locked.save()
    return locked


def enter_many(entries: Iterable[PublicityEntry]) -> int:
    """Enter lines that a program brings: a workbook, the demo. Each is checked; all or nothing."""
    entries = list(entries)
    for entry in entries:
        entry.by = entry.team.kind if entry.team else ""
        _check_sense(entry, looking_back=None)
    PublicityEntry.objects.bulk_create(entries, batch_size=500)
    return len(entries)


def latest(user: Any, community: Community | None = None) -> Any:
    """The entries that `user` sees, newest entered first."""
    seen = PublicityEntry.objects.visible_to(user).select_related("community", "team", "unit", "entered_by")
    return (seen.filter(community=community) if community else seen).order_by("-pk")


def _made_with(form_key: uuid.UUID | None, by: Any) -> PublicityEntry | None:
    return form_key and PublicityEntry.objects.filter(form_key=form_key, entered_by=by).first()


def _check(entry: PublicityEntry, by: Any, looking_back: timedelta | None = LATEST) -> None:
    _check_scope(entry, by)
    _check_sense(entry, looking_back)
    entry.full_clean(exclude=["form_key", "entered_by"])


def _check_scope(entry: PublicityEntry, by: Any) -> None:
    if by is None:
        return
    if not may(by, "publicity.enter"):
        raise Refused(_("Publicity is entered by the street, the communities and the units."), "not_yours")
    organisation.refuse_strangers(by, entry.community, _("You can enter only for your own community."))
    if entry.unit and not organisation.units_spoken_for_by(by).filter(pk=entry.unit_id).exists():
        raise Refused(_("You can enter only for your own unit."), "not_yours")
    reach = reach_of(by)
    as_liaison = not (
        reach.everything or entry.committee_id in reach.committees or entry.community_id in reach.communities
    )
    if as_liaison and not entry.unit:
        raise Refused(_("Choose your unit: a liaison enters for the unit."), "unit_missing")


def _check_sense(entry: PublicityEntry, looking_back: timedelta | None) -> None:
    today = timezone.localdate()
    if entry.day > today:
        raise Refused(_("The day is still to come. Enter what has been done."), "future_day")
    if looking_back and entry.day < today - looking_back:
        raise Refused(_("The day is more than a year ago. Ask the campaign office to add it."), "old_day")
    if not 0 < entry.quantity <= MOST:
        raise Refused(_("The quantity must lie between 1 and 1,000,000."), "bad_quantity")
    if entry.items and entry.kind != PublicityEntry.Kind.VIDEO:
        raise Refused(_("Only videos have a number of different items."), "items_not_video")
    for other in (entry.team, entry.unit):
        if other and other.committee_id != entry.committee_id:
            raise Refused(_("It belongs to another street."), "other_street")
