"""What can be done with the categories of cases: begin with a set that is there, and go over to a new edition."""

import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from campaign.errors import Refused
from campaign.models import Committee
from grids.models import CaseCategory, CaseRoute, LimitUnit
from grids.starter_categories import CATEGORIES, EDITION

_COPIED = (
    "committee", "kind", "class_name", "code", "name", "response_limit", "response_unit", "fix_limit",
    "fix_unit", "closing_standard", "unit", "public",
)  # fmt: skip


def starter(committee: Committee) -> list[CaseCategory]:
    """The rows of the starter set for a street, not yet saved (domain.md §4.2, §4.4)."""
    return [
        CaseCategory(
            committee=committee,
            kind=kind,
            class_name=class_name,
            code=class_code + number,
            name=name,
            edition=EDITION,
            response_limit=1 if urgent else 4,
            response_unit=LimitUnit.URGENT if urgent else LimitUnit.HOUR,
            fix_limit=limit,
            fix_unit=unit,
            closing_standard=standard,
            public=public,
        )
        for kind, class_code, class_name, urgent, rows in CATEGORIES
        for number, name, limit, unit, standard, public in rows
    ]


def load_starter(committee: Committee) -> int:
    """Give a street the starter set and return how many rows were new; what it has already is left as it is."""
    with transaction.atomic():
        Committee.objects.select_for_update().get(pk=committee.pk)  # of two who press at once, one loads
        known = set(CaseCategory.objects.filter(committee=committee).values_list("code", flat=True))
        rows = [row for row in starter(committee) if row.code not in known]
        CaseCategory.objects.bulk_create(rows)
    return len(rows)


def begin_edition(committee: Committee, edition: str, since: datetime.date) -> int:
    """Copy the categories that stand on `since` into a new edition, in force from that day; returns how many.

    The old rows end on that day and stay beside the new ones: old cases keep theirs. The units by place go
    along. Raises Refused when the edition is already there or nothing stands.
    """
    edition = edition.strip()
    with transaction.atomic():
        Committee.objects.select_for_update().get(pk=committee.pk)
        all_rows = CaseCategory.objects.filter(committee=committee)
        if not edition or all_rows.filter(edition=edition).exists():
            raise Refused(_("This edition is already there."), "edition")
        old = list(all_rows.in_force(since).prefetch_related("routes"))
        if not old:
            raise Refused(_("There are no categories that a new edition could begin with."), "edition")
        if any(row.since and row.since >= since for row in old):
            raise Refused(_("An edition that stands begins on that day or later."), "edition")
        for row in old:
            _renew(row, edition, since)
    return len(old)


def _renew(old: CaseCategory, edition: str, since: datetime.date) -> None:
    new = CaseCategory.objects.create(
        **{name: getattr(old, name) for name in _COPIED}, edition=edition, since=since, until=old.until
    )
    for route in old.routes.all():
        CaseRoute.objects.create(
            committee=route.committee,
            category=new,
            community=route.community,
            zone=route.zone,
            unit=route.unit,
        )
    old.until = since
    old.save(update_fields=["until"])


def current(category: CaseCategory, day: datetime.date) -> CaseCategory:
    """The category itself while it stands, else the one of the same code that stands; itself when there is none.

    So a card of standards that still names last year's edition opens cases of this year's.
    """
    if category.stands(day):
        return category
    same = CaseCategory.objects.filter(committee=category.committee_id, code=category.code)
    return same.in_force(day).select_related("unit").order_by("-since", "-pk").first() or category
