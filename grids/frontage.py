"""Three duties at the shop door: inspections, the status that follows, and the card's colour on a day."""

import datetime
import uuid
from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.errors import Refused
from campaign.models import Committee
from campaign.once import write_once
from campaign.roles import may
from grids.models import CardScheme, FrontageInspection, Merchant


@dataclass(frozen=True)
class Card:
    """What hangs at the door: the stored status, and the colour that it had by the scheme of the day."""

    status: str
    colour: str
    label: str
    """the status in words; a colour never stands alone"""
    colour_label: str
    since: datetime.date
    """the day of the inspection from which the status follows"""


def inspect(
    merchant: Merchant,
    *,
    by: Any,
    hygiene: bool,
    greenery: bool,
    order: bool,
    day: datetime.date | None = None,
    note: str = "",
    form_key: uuid.UUID | None = None,
) -> FrontageInspection:
    """Put one look at a shop's frontage on record; the same `form_key` again is the first.

    The status is fulfilled when all three duties are kept. Raises Refused when the person may not or the day
    is to come, ValidationError for a note that is too long.
    """
    day = day or timezone.localdate()
    if not may(by, "frontage.inspect") or not merchant.is_visible_to(by):
        raise Refused(_("You cannot inspect this shop."), "role")
    if day > timezone.localdate():
        raise Refused(_("The day lies in the future."), "future")
    if day < merchant.since or (merchant.until and day >= merchant.until):
        raise Refused(_("The shop was not on file on that day."), "not_on_file")
    if first := _inspected_before(form_key, merchant):
        return first
    look = FrontageInspection(
        merchant=merchant,
        day=day,
        hygiene=hygiene,
        greenery=greenery,
        order=order,
        note=note.strip(),
        inspector=by,
        form_key=form_key,
    )
    look.clean_fields(exclude=["merchant", "inspector", "status"])

    def write() -> FrontageInspection:
        look.save()
        return look

    return write_once(write, lambda: _inspected_before(form_key, merchant))


def _inspected_before(form_key: uuid.UUID | None, merchant: Merchant) -> FrontageInspection | None:
    look = FrontageInspection.objects.filter(form_key=form_key).first() if form_key else None
    if look and look.merchant_id != merchant.pk:
        raise Refused(_("This form was used for another shop. Open the page anew."), "form_key")
    return look


def status_of(merchant: Merchant) -> FrontageInspection | None:
    """The latest inspection, from which the shop's status follows; None if nobody has looked yet."""
    return merchant.inspections.order_by("-day", "-pk").first()


def latest_statuses(merchants: QuerySet[Merchant]) -> QuerySet[Merchant]:
    """The same shops with `latest_status` and `latest_day` of their last inspection, in the same query."""
    latest = FrontageInspection.objects.filter(merchant=OuterRef("pk")).order_by("-day", "-pk")
    return merchants.annotate(
        latest_status=Subquery(latest.values("status")[:1]), latest_day=Subquery(latest.values("day")[:1])
    )


def scheme_on(committee: Committee, day: datetime.date) -> CardScheme | None:
    """What the colours meant on `day`; None before the street had cards."""
    return CardScheme.objects.filter(committee=committee, since__lte=day).order_by("-since").first()


def colour_of(scheme: CardScheme, status: str) -> str:
    """The colour that the scheme gives to a status."""
    return scheme.fulfilled if status == FrontageInspection.Status.FULFILLED else scheme.unfulfilled


def card(merchant: Merchant, day: datetime.date | None = None) -> Card | None:
    """The card that hung at the shop's door on `day` (today by default); None if it had none."""
    day = day or timezone.localdate()
    look = merchant.inspections.filter(day__lte=day).order_by("-day", "-pk").first()
    scheme = scheme_on(merchant.committee, day)
    return card_for(look.status, look.day, scheme) if look and scheme else None


def card_for(status: str, since: datetime.date, scheme: CardScheme) -> Card:
    """A card from what `latest_statuses` told, for lists: one scheme for all rows."""
    colour = colour_of(scheme, status)
    return Card(
        status=status,
        colour=colour,
        label=str(FrontageInspection.Status(status).label),
        colour_label=str(CardScheme.Colour(colour).label),
        since=since,
    )
