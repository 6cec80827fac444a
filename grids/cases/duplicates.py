"""The same problem reported twice: hinted at on entry, merged, and taken apart again."""

import datetime
import math
import unicodedata
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.errors import Refused
from campaign.models import Community
from grids.cases import undoing
from grids.cases.people import roles_in
from grids.models import Case, CaseCategory, Point
from grids.workflow import DISPATCHERS, OPEN, State

Moment = datetime.datetime

NEAR = 60
"""metres within which two reports of one category may be one problem: a phone's position is no better"""
RECENT = timedelta(days=30)
LOOKED_AT = 200
"""reports compared at most, the newest first"""
SHOWN = 5
METRES_A_DEGREE = 111_320  # of latitude


@dataclass(frozen=True)
class Likeness:
    """A case that may be the same problem, and why it is thought so."""

    case: Case
    metres: int | None
    """how far away; None where the point or the address is the same"""


def likely(
    rows: QuerySet[Case],
    *,
    category: CaseCategory,
    community: Community | None = None,
    point: Point | None = None,
    address: str = "",
    longitude: Decimal | float | None = None,
    latitude: Decimal | float | None = None,
    now: Moment | None = None,
) -> list[Likeness]:
    """The open cases among `rows` that may be the same problem: of the same category, recent, and at the same
    point, at the same address of the community, or within `NEAR` metres. The nearest first, `SHOWN` at most.

    `rows` are those that the asker may be told of.
    """
    here = (float(longitude), float(latitude)) if longitude is not None and latitude is not None else None
    place = _squeezed(address)
    where = Q(pk__in=())
    if point:
        where |= Q(point=point)
    if here:
        where |= _within(here)
    if place and community:
        where |= Q(community=community, address__gt="")
    since = (now or timezone.now()) - RECENT
    found = rows.filter(where, category=category, state__in=OPEN, reported_at__gte=since)
    found = found.select_related("category", "community").order_by("-reported_at", "-pk")[:LOOKED_AT]
    like = [one for one in (_likeness(case, point, place, community, here) for case in found) if one]
    return sorted(like, key=lambda one: one.metres or 0)[:SHOWN]


def place_of(case: Case) -> dict[str, Any]:
    """Where and what a case is, as `likely` asks for it."""
    names = ("category", "community", "point", "address", "longitude", "latitude")
    return {name: getattr(case, name) for name in names}


def _within(here: tuple[float, float]) -> Q:
    """A box around the place: the database looks roughly, Python exactly."""
    longitude, latitude = here
    north = NEAR / METRES_A_DEGREE
    east = north / max(0.01, math.cos(math.radians(latitude)))
    return Q(
        longitude__range=(_degree(longitude - east), _degree(longitude + east)),
        latitude__range=(_degree(latitude - north), _degree(latitude + north)),
    )


def _degree(value: float) -> Decimal:
    return Decimal(f"{max(-999.0, min(999.0, value)):.6f}")


def _likeness(
    case: Case, point: Point | None, place: str, community: Community | None, here: tuple[float, float] | None
) -> Likeness | None:
    if point and case.point_id == point.pk:
        return Likeness(case, None)
    if place and community and case.community_id == community.pk and _squeezed(case.address) == place:
        return Likeness(case, None)
    if here and case.longitude is not None and case.latitude is not None:
        metres = metres_between(here, (float(case.longitude), float(case.latitude)))
        if metres <= NEAR:
            return Likeness(case, round(metres))
    return None


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The distance of two places (longitude, latitude) that lie close together."""
    east = (other[0] - one[0]) * METRES_A_DEGREE * math.cos(math.radians((one[1] + other[1]) / 2))
    return math.hypot(east, (other[1] - one[1]) * METRES_A_DEGREE)


def _squeezed(address: str) -> str:
    """An address as two people write it alike: full and half width, blanks and signs left out."""
    return "".join(sign for sign in unicodedata.normalize("NFKC", address).casefold() if sign.isalnum())


# --- Taking apart -----------------------------------------------------------------------------------
def may_unmerge(case: Case, user: Any) -> bool:
    """Whether the case is a duplicate that `user` may make a case of its own again."""
    return case.state == State.DUPLICATE and not roles_in(case, user).isdisjoint(DISPATCHERS)


def unmerge(case: Case, *, by: Any, now: Moment | None = None) -> Case:
    """Make a duplicate a case of its own again: it stands where it stood, with what remained of its time.

    Raises Refused when it is no duplicate ("state") or the step is not the person's ("role").
    """
    now = now or timezone.now()
    with transaction.atomic():
        case = undoing.locked(case.pk)
        if case.state != State.DUPLICATE:
            state = case.get_state_display()
            raise Refused(
                _("The case is now “%(state)s”, so this step cannot be made.") % {"state": state}, "state"
            )
        event = case.events.filter(move="merge").order_by("pk").last()
        if event is None:
            raise Refused(_("This step cannot be taken back."), "not_kept")
        return undoing.undo(event, by=by, now=now)
