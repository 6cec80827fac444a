"""The card at the door: the status is stored, the colour follows from the scheme of the day."""

import datetime
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import OuterRef, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from campaign.errors import Refused
from campaign.models import Committee
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
    valid_until: datetime.date | None = None
    """the first day on which it says nothing any more"""
    expired: bool = False


def status_of(merchant: Merchant, day: datetime.date | None = None) -> FrontageInspection | None:
    """The latest inspection that counts, on `day` (today by default), from which the status follows; None if
    nobody has looked yet. One that an objection set aside does not count."""
    looks = merchant.inspections.filter(set_aside_on=None)
    if day is not None:
        looks = looks.filter(day__lte=day)
    return looks.order_by("-day", "-pk").first()


def latest_statuses(merchants: QuerySet[Merchant], day: datetime.date | None = None) -> QuerySet[Merchant]:
    """The same shops with `latest_status`, `latest_day`, `latest_valid_until` and `latest_rectify_by` of their
    last inspection that counts (up to `day`), in the same query."""
    looks = FrontageInspection.objects.filter(merchant=OuterRef("pk"), set_aside_on=None)
    if day is not None:
        looks = looks.filter(day__lte=day)
    looks = looks.order_by("-day", "-pk")
    return merchants.annotate(
        **{
            f"latest_{name}": Subquery(looks.values(name)[:1])
            for name in ("status", "day", "valid_until", "rectify_by")
        }
    )


def scheme_on(committee: Committee, day: datetime.date) -> CardScheme | None:
    """What the colours meant on `day`; None before the street had cards."""
    return CardScheme.objects.filter(committee=committee, since__lte=day).order_by("-since").first()


def set_scheme(
    committee: Committee, *, since: datetime.date, fulfilled: str, unfulfilled: str, because: str, by: Any
) -> CardScheme:
    """From `since` on the colours mean something else. Who decided, when and why is kept with it.

    No day that is past gets another meaning: `since` is today or later, but for the first scheme of a street.
    Raises Refused, or ValidationError for colours that do not differ.
    """
    if not may(by, "organisation.change"):
        raise Refused(_("Only the street office says what the colours mean."), "role")
    first = not CardScheme.objects.filter(committee=committee).exists()
    if since < timezone.localdate() and not first:
        raise Refused(
            _("A new meaning begins today or later: the cards of the past keep their colours."), "past"
        )
    if not first and not because.strip():
        raise Refused(_("Say why the meaning of the colours changes."), "needs_reason")
    scheme = CardScheme(
        committee=committee,
        since=since,
        fulfilled=fulfilled,
        unfulfilled=unfulfilled,
        because=because.strip(),
        decided_by=by,
        decided_at=timezone.now(),
    )
    scheme.full_clean()
    try:
        with transaction.atomic():
            scheme.save()
    except IntegrityError as twice:
        raise Refused(_("For this day a meaning was set already."), "twice") from twice
    return scheme


def colour_of(scheme: CardScheme, status: str) -> str:
    """The colour that the scheme gives to a status."""
    return scheme.fulfilled if status == FrontageInspection.Status.FULFILLED else scheme.unfulfilled


def card(merchant: Merchant, day: datetime.date | None = None) -> Card | None:
    """The card that hung at the shop's door on `day` (today by default); None if it had none."""
    day = day or timezone.localdate()
    look = status_of(merchant, day)
    scheme = scheme_on(merchant.committee, day)
    return card_for(look.status, look.day, scheme, look.valid_until, day) if look and scheme else None


def card_for(
    status: str,
    since: datetime.date,
    scheme: CardScheme,
    valid_until: datetime.date | None = None,
    day: datetime.date | None = None,
) -> Card:
    """A card from what `latest_statuses` told, for lists: one scheme for all rows."""
    colour = colour_of(scheme, status)
    return Card(
        status=status,
        colour=colour,
        label=str(FrontageInspection.Status(status).label),
        colour_label=str(CardScheme.Colour(colour).label),
        since=since,
        valid_until=valid_until,
        expired=valid_until is not None and (day or timezone.localdate()) >= valid_until,
    )
