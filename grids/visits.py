"""Entering rounds of visits: how many, never who."""

import datetime
import uuid
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.errors import Refused
from campaign.models import Committee, Community
from campaign.once import write_once
from campaign.roles import may
from campaign.scoping import reach_of
from grids.models import VisitBatch


def enter(
    *,
    committee: Committee,
    community: Community,
    kind: str,
    visits: int,
    day: datetime.date,
    by: Any,
    place: str = "",
    form_key: uuid.UUID | None = None,
) -> VisitBatch:
    """Put a day's round of visits on record, in person-visits (人次); the same `form_key` again is the first.

    Raises Refused when the person may not enter for that community or the day is to come, ValidationError for
    values that cannot be stored.
    """
    _refuse_place(committee, community, by)
    if day > timezone.localdate():
        raise Refused(_("The day lies in the future."), "future")
    if first := _entered_before(form_key, community):
        return first
    batch = VisitBatch(
        committee=committee,
        community=community,
        kind=kind,
        visits=visits,
        day=day,
        place=place.strip(),
        entered_by=by,
        form_key=form_key,
    )
    batch.clean_fields(exclude=["committee", "community", "entered_by"])

    def write() -> VisitBatch:
        batch.save()
        return batch

    return write_once(write, lambda: _entered_before(form_key, community))


def _entered_before(form_key: uuid.UUID | None, community: Community) -> VisitBatch | None:
    batch = VisitBatch.objects.filter(form_key=form_key).first() if form_key else None
    if batch and batch.community_id != community.pk:
        raise Refused(_("This form was used by someone else. Open the page anew."), "form_key")
    return batch


def _refuse_place(committee: Committee, community: Community, by: Any) -> None:
    if community.committee_id != committee.pk:
        raise Refused(_("It belongs to another street."), "foreign")
    reach = reach_of(by)
    covers = reach.everything or committee.pk in reach.committees or community.pk in reach.communities
    if not covers or not may(by, "visits.enter"):
        raise Refused(_("You cannot enter visits for this community."), "role")
