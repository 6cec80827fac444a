"""Entering rounds of visits: how many, never who."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, QuerySet, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from campaign.errors import Refused
from campaign.models import Committee, Community
from campaign.once import write_once
from campaign.roles import may
from campaign.scoping import reach_of
from grids.models import VisitBatch, VisitRound


def enter(
    *,
    committee: Committee,
    community: Community,
    kind: str,
    visits: int,
    day: datetime.date,
    by: Any,
    persons: int | None = None,
    round: VisitRound | None = None,
    place: str = "",
    form_key: uuid.UUID | None = None,
) -> VisitBatch:
    """Put a day's batch of visits on record: `visits` in person-visits (人次) and, where they were counted apart,
    `persons`, the different persons or firms among them. The same `form_key` again is the first.

    Raises Refused when the person may not enter for that community, the day is to come or lies outside the
    round, or more persons than visits are told; ValidationError for values that cannot be stored.
    """
    _refuse_place(committee, community, by)
    if day > timezone.localdate():
        raise Refused(_("The day lies in the future."), "future")
    if round is not None:
        _refuse_round(round, committee, day)
    if persons is not None and persons > visits:
        raise Refused(_("There cannot be more persons than visits."), "persons")
    if first := _entered_before(form_key, community):
        return first
    batch = VisitBatch(
        committee=committee,
        community=community,
        kind=kind,
        visits=visits,
        persons=persons,
        round=round,
        day=day,
        place=place.strip(),
        entered_by=by,
        form_key=form_key,
    )
    batch.clean_fields(exclude=["committee", "community", "round", "entered_by"])

    def write() -> VisitBatch:
        batch.save()
        return batch

    return write_once(write, lambda: _entered_before(form_key, community))


@dataclass(frozen=True)
class Reached:
    """What was visited of one kind: person-visits and persons are two numbers and never one."""

    kind: str
    unit: str
    batches: int
    visits: int
    persons: int
    """the persons or firms of the batches in which they were counted apart"""
    counted: int
    """how many batches those are"""


def reached(rows: QuerySet[VisitBatch]) -> list[Reached]:
    """The sums of these batches by kind: one query. A person met in two batches is two in `persons`."""
    told = (
        rows.order_by()
        .values("kind")
        .annotate(batches=Count("pk"), all=Sum("visits"), apart=Sum("persons"), counted=Count("persons"))
        .order_by("kind")
    )
    kinds = dict(VisitBatch.Kind.choices)
    units = {"resident": pgettext("unit", "visits"), "firm": pgettext("unit", "visits to firms")}
    found = {one["kind"]: one for one in told}
    return [
        Reached(str(label), units[kind], one["batches"], one["all"], one["apart"] or 0, one["counted"])
        for kind, label in kinds.items()
        if (one := found.get(kind))
    ]


def _refuse_round(round: VisitRound, committee: Committee, day: datetime.date) -> None:
    if round.committee_id != committee.pk:
        raise Refused(_("It belongs to another street."), "foreign")
    if day < round.first_day or (round.last_day and day > round.last_day):
        raise Refused(_("The day lies outside the round “%(round)s”.") % {"round": round.name}, "round")


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
