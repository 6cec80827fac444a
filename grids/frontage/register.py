"""The street's register of shops: on which road each stands, and which are on file on a day."""

import datetime
import re
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone

from grids.models import Merchant

_ROAD = re.compile(r"^\s*([^\d\s]{1,38}?(?:大道|大街|路|街|巷|道|里|弄|坊|广场))")


def road_of(address: str) -> str:
    """The road that an address begins with, such as 南强街 of 南强街12号; empty when it names none."""
    found = _ROAD.match(address)
    return found[1] if found else ""


def enter(merchant: Merchant, *, by: Any) -> Merchant:
    """Put a shop on file, or correct what is there. Its road is read from the address when it is left empty."""
    merchant.road = merchant.road.strip() or road_of(merchant.address)
    merchant.full_clean()
    merchant.save()
    return merchant


def standing(merchants: QuerySet[Merchant], day: datetime.date | None = None) -> QuerySet[Merchant]:
    """Of these shops, those on file on `day` (today by default)."""
    day = day or timezone.localdate()
    return merchants.filter(Q(until=None) | Q(until__gt=day), since__lte=day)
