"""Shares over the last days, for the head of a page: each with its two numbers, within the reader's reach."""

import datetime
from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone

from campaign import tallies
from campaign.scoping import reach_of
from campaign.streets import street_of


def shares(request: HttpRequest, wanted: Iterable[tuple[Any, str, str]], days: int) -> list[dict[str, Any]]:
    """One entry for each (what is said, metric of the part, metric of the whole): the street's for its officials,
    else of the reader's communities; none for who answers for no place."""
    street, reach = street_of(request), reach_of(request.user)
    if street is None:
        return []
    where: dict[str, Any] = {"committee": street}
    if not reach.everything and street.pk not in reach.committees:
        if not reach.communities:
            return []
        where["communities"] = reach.communities
    wanted, today = list(wanted), timezone.localdate()
    first = today - datetime.timedelta(days=days - 1)
    found = tallies.totals({key for _title, *keys in wanted for key in keys}, first, today, **where)
    return [
        {
            "title": title,
            "part": found[part],
            "whole": found[whole],
            "url": reverse("campaign:figure", args=[part]) + f"?first={first}&last={today}",
        }
        for title, part, whole in wanted
    ]
