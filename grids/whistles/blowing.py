"""Raising a whistle, from a case or alone."""

import datetime
import uuid
from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.errors import Refused
from campaign.models import Committee, Community, Unit
from campaign.once import write_once
from grids.models import Case, Whistle, WhistleTask
from grids.whistleflow import RAISE, Kind, WhistleState
from grids.whistles import writing
from grids.whistles.clocks import limits_of
from grids.whistles.parties import may_blow

MOST_HELPERS = 12
_RELATIONS = [field.name for field in Whistle._meta.fields if field.is_relation]


def blow(
    *,
    committee: Committee,
    community: Community | None,
    kind: str,
    title: str,
    description: str,
    lead: Unit,
    helpers: Iterable[Unit] = (),
    by: Any,
    case: Case | None = None,
    address: str = "",
    form_key: uuid.UUID | None = None,
    now: datetime.datetime | None = None,
) -> Whistle:
    """Raise a whistle that names a lead unit and its helpers; the same `form_key` again returns the first one.

    It waits for approval, unless its kind needs none: then the units are called at once. A whistle from a case
    stands where the case does, and the case cannot end before it. Raises Refused, ValidationError for values
    that cannot be stored.
    """
    now = now or timezone.now()
    if first := _raised_before(form_key, by):
        return first
    if case is not None:
        community, address = case.community, address or case.address
    units = _once_each(lead, helpers)
    _refuse_foreign(committee, community, case, units, now)
    if not may_blow(by, committee.pk, community, case):
        raise Refused(_("Only the street, or a community at home, can blow a whistle."), "role")
    whistle = Whistle(
        committee=committee,
        community=community,
        case=case,
        kind=kind,
        title=" ".join(title.split()),
        description=description.strip(),
        address=address.strip(),
        raised_by=by,
        raised_at=now,
        form_key=form_key,
    )
    whistle.clean_fields(exclude=_RELATIONS)
    return write_once(lambda: _write(whistle, units, now), lambda: _raised_before(form_key, by))


def _raised_before(form_key: uuid.UUID | None, by: Any) -> Whistle | None:
    first = Whistle.objects.filter(form_key=form_key).first() if form_key else None
    if first and first.raised_by_id != by.pk:
        raise Refused(_("This form was used by someone else. Open the page anew."), "form_key")
    return first


def _once_each(lead: Unit, helpers: Iterable[Unit]) -> list[Unit]:
    units = list({unit.pk: unit for unit in (lead, *helpers)}.values())
    if len(units) > MOST_HELPERS + 1:
        raise Refused(_("A whistle calls at most 12 helpers."), "too_many")
    return units


def _refuse_foreign(
    committee: Committee,
    community: Community | None,
    case: Case | None,
    units: list[Unit],
    now: datetime.datetime,
) -> None:
    for part in (community, case, *units):
        if part is not None and part.committee_id != committee.pk:
            raise Refused(_("It belongs to another street."), "foreign")
    for unit in units:
        refuse_ended(unit, now)


def refuse_ended(unit: Unit, now: datetime.datetime) -> None:
    """Raises Refused for a unit that has left."""
    if unit.until and unit.until <= timezone.localdate(now):
        raise Refused(_("This unit no longer takes part: choose another."), "unit_ended")


def _write(whistle: Whistle, units: list[Unit], now: datetime.datetime) -> Whistle:
    if whistle.case_id:
        _refuse_ended_case(whistle.case_id)
    limit = limits_of(whistle.committee_id, whistle.kind)
    at_once = whistle.kind == Kind.URGENT and limit.skips_approval
    if at_once:
        whistle.state = WhistleState.BLOWN
        writing.blown(whistle, now)
    whistle.save()
    writing.event_of(
        whistle, RAISE, from_state="", to_state=whistle.state, by=whistle.raised_by, at=now
    ).save()
    lead = None
    for unit in units:
        task = WhistleTask(whistle=whistle, unit=unit, lead=lead)
        task.save()
        lead = lead or task
        if at_once:
            event = writing.call_step(whistle, task, limit, by=whistle.raised_by, now=now)
            task.save()
            event.save()
            writing.tell(whistle, task, event)
    return whistle


def _refuse_ended_case(key: int) -> None:
    """The case is locked: whoever closes it at the same moment comes before or after, never in between."""
    case = Case.objects.select_for_update().get(pk=key)
    if not case.is_open:
        raise Refused(_("This case has ended: reopen it first."), "case_ended")
