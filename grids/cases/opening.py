"""Putting a problem on file, from whichever side it comes."""

import datetime
import uuid
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from campaign import photos
from campaign.errors import Refused
from campaign.models import Committee, Community, Unit
from campaign.once import write_once
from grids import categories, requests
from grids.cases import routing, writing
from grids.cases.people import roles_in
from grids.cases.photos import add_photo
from grids.models import Case, CaseCategory, CasePhoto, Point, Zone
from grids.workflow import MOVES, REPORT, REPORTER

ENTERED = frozenset({Case.Source.OFFICE, Case.Source.HOTLINE, Case.Source.SURVEY, Case.Source.API})
"""sources of cases that staff put on file for others"""
_RELATIONS = [field.name for field in Case._meta.fields if field.is_relation]


def open(
    *,
    committee: Committee,
    community: Community,
    category: CaseCategory,
    description: str,
    source: str,
    by: Any = None,
    zone: Zone | None = None,
    point: Point | None = None,
    address: str = "",
    longitude: Decimal | None = None,
    latitude: Decimal | None = None,
    photo: Any = None,
    reporter_phone: str = "",
    external_number: str = "",
    form_key: uuid.UUID | None = None,
    unit: Unit | None = None,
    now: datetime.datetime | None = None,
) -> Case:
    """Put a problem on file and return its case; the same `form_key` again returns the first one's case, and so
    does the same `external_number` of the same source.

    A patrol's case goes at once to `unit`, or to whom `route` names. A point gives its zone, address and
    coordinates where none are given; a category of an edition that has ended gives way to the one of the same
    code that stands. Raises Refused when the parts belong to different streets or the person
    may not, ValidationError for values that cannot be stored or a photo that cannot be read.
    """
    now = now or timezone.now()
    picture = photos.accept(photo) if photo else None
    number = number_of(external_number)

    def earlier() -> Case | None:
        return _opened_before(form_key, committee, by) or _of_order(committee, source, number, by)

    if first := earlier():
        return first
    category = categories.current(category, timezone.localdate(now))
    _refuse_foreign(committee, community=community, category=category, zone=zone, point=point, unit=unit)
    case = Case(
        committee=committee,
        community=community,
        category=category,
        zone=zone or (point.zone if point else routing.zone_of(community, timezone.localdate(now))),
        point=point,
        source=source,
        description=" ".join(description.split()),
        address=address or (point.address or point.name if point else ""),
        longitude=longitude if longitude is not None or not point else point.longitude,
        latitude=latitude if latitude is not None or not point else point.latitude,
        reporter=by if getattr(by, "pk", None) else None,
        reporter_phone=reporter_phone,
        external_number=number,
        reported_at=now,
        reported_on=timezone.localdate(now),
        form_key=form_key,
    )
    case.clean_fields(exclude=_RELATIONS)
    if source in ENTERED and not roles_in(case, by) - {REPORTER}:
        raise Refused(_("Only the street, the community or the zone leader can enter a case here."), "role")
    return write_once(lambda: _put_on_file(case, picture, unit), earlier)


def number_of(text: str) -> str:
    """An order's number as it is kept: without blanks."""
    return "".join(text.split())


def _of_order(committee: Committee, source: str, number: str, by: Any) -> Case | None:
    """The case of an order of another system, known by the number that it has there; None for no number.

    Whoever may not see that case learns of it nothing but that it is on file.
    """
    if not number:
        return None
    case = Case.objects.filter(committee=committee, source=source, external_number=number).first()
    if case and not case.is_visible_to(by):
        raise Refused(_("This order is on file already, in another community."), "on_file")
    return case


def _opened_before(form_key: uuid.UUID | None, committee: Committee, by: Any) -> Case | None:
    case = Case.objects.filter(form_key=form_key).first() if form_key else None
    if case and (case.committee_id, case.reporter_id) != (committee.pk, getattr(by, "pk", None)):
        raise Refused(_("This form was used by someone else. Open the page anew."), "form_key")
    return case


def _refuse_foreign(committee: Committee, *, community: Community, **parts: Any) -> None:
    for part in (community, *parts.values()):
        if part is not None and part.committee_id != committee.pk:
            raise Refused(_("It belongs to another street."), "foreign")
    point = parts["point"]
    if point is not None and point.community_id != community.pk:
        raise Refused(_("The point lies in another community."), "foreign")


def _put_on_file(case: Case, picture: photos.Photo | None, unit: Unit | None) -> Case:
    case.save()
    event = writing.event_of(case, REPORT, from_state="", by=case.reporter, at=case.reported_at)
    event.save()
    writing.announce(event)
    requests.begin(case)
    if picture:
        add_photo(case, picture, CasePhoto.Stage.BEFORE, by=case.reporter, now=case.reported_at)
    if case.source == Case.Source.PATROL:
        unit = unit or routing.route(case.category, case.point, case.community, case.zone)
    if unit and case.source == Case.Source.PATROL:
        writing.make(case, MOVES["dispatch"], by=None, now=case.reported_at, unit=unit)
    return case
