"""The street's register of shops: putting them on file one by one or from a workbook, and which stand on a day."""

import datetime
import re
from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import phones
from campaign import imports
from campaign.coordinates import System, to_wgs84
from campaign.errors import Refused
from campaign.imports import CHANGED, NEW, SAME, Column, Line, Outcome
from campaign.models import Committee, Community
from campaign.roles import may
from campaign.scoping import reach_of
from grids.models import Merchant, Zone

_ROAD = re.compile(r"^\s*([^\d\s]{1,38}?(?:大道|大街|路|街|巷|道|里|弄|坊|广场))")


def road_of(address: str) -> str:
    """The road that an address begins with, such as 南强街 of 南强街12号; empty when it names none."""
    found = _ROAD.match(address)
    return found[1] if found else ""


def standing(merchants: QuerySet[Merchant], day: datetime.date | None = None) -> QuerySet[Merchant]:
    """Of these shops, those on file on `day` (today by default)."""
    day = day or timezone.localdate()
    return merchants.filter(Q(until=None) | Q(until__gt=day), since__lte=day)


# --- One shop -------------------------------------------------------------------------------------
def enter(merchant: Merchant, *, by: Any, given_in: str = System.WGS84) -> str:
    """Put a shop on file, or change the one it is; returns NEW, CHANGED or SAME.

    Its road is read from the address when it is left empty. `given_in` says in which system its position is
    meant; stored is WGS-84. Raises Refused when the person may not or another shop stands there under the same
    name, ValidationError for what cannot be stored.
    """
    with transaction.atomic():
        before = Merchant.objects.select_for_update(of=("self",)).filter(pk=merchant.pk).first()
        for row in filter(None, (merchant, before)):
            _refuse_person(row, by)
        merchant.road = merchant.road.strip() or road_of(merchant.address)
        _place(merchant, before, given_in)
        merchant.full_clean()
        _refuse_parts(merchant)
        if before and _as_text(before) == _as_text(merchant):
            return SAME
        try:
            with transaction.atomic():
                merchant.save()
        except IntegrityError as error:  # the same shop came in at the same moment
            raise Refused(_("This shop is on file already."), "twice") from error
    return CHANGED if before else NEW


def answers_for(merchant: Merchant, by: Any) -> bool:
    """Whether the person answers for this shop: the street, its community, the leader of its zone. Others of the
    street may read its card and check it, and see nothing of its owner."""
    reach = reach_of(by)
    return bool(
        reach.everything
        or merchant.committee_id in reach.committees
        or merchant.community_id in reach.communities
        or (merchant.zone is not None and merchant.zone.leader_id == getattr(by, "pk", None))
    )


def _refuse_person(merchant: Merchant, by: Any) -> None:
    if not answers_for(merchant, by) or not may(by, "frontage.keep"):
        raise Refused(_("You cannot change shops of this community."), "role")


def _place(merchant: Merchant, before: Merchant | None, given_in: str) -> None:
    if (merchant.longitude is None) != (merchant.latitude is None):
        lacking = "latitude" if merchant.latitude is None else "longitude"
        raise ValidationError({lacking: _("A position has both a longitude and a latitude.")})
    unmoved = before and (before.longitude, before.latitude) == (merchant.longitude, merchant.latitude)
    if unmoved and given_in == System.WGS84:
        merchant.source_system = before.source_system
        return
    merchant.source_system = given_in if merchant.longitude is not None else System.WGS84
    if merchant.longitude is None:
        return
    try:
        found = to_wgs84(merchant.longitude, merchant.latitude, given_in)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise ValidationError({"longitude": _("These are no degrees.")}) from error
    merchant.longitude, merchant.latitude = found.longitude, found.latitude


def _refuse_parts(merchant: Merchant) -> None:
    parts = (merchant.community, merchant.zone)
    if any(part is not None and part.committee_id != merchant.committee_id for part in parts):
        raise Refused(_("What was chosen belongs to two different streets."), "foreign")


def _as_text(merchant: Merchant) -> list[str]:
    return [field.value_to_string(merchant) for field in Merchant._meta.concrete_fields]


# --- Many shops: a workbook -----------------------------------------------------------------------
def columns(street: Committee, by: Any) -> tuple[Column, ...]:
    """The columns of the workbook of shops; what their cells may name is what the person may write for."""
    metres = imports.number(0, 9999, places=1)
    return (
        Column("name", gettext_lazy("Shop"), imports.text(60), required=True, aliases=("店名", "商户名称")),
        Column("address", gettext_lazy("Address"), imports.text(120), required=True, aliases=("详细地址",)),
        Column("community", gettext_lazy("Community"), imports.named(_places(street, by)), required=True,
               aliases=("所属社区",)),
        Column("zone", gettext_lazy("Responsibility zone"), imports.named(_zones(street, by)), empty=None,
               aliases=("责任区",)),
        Column("road", gettext_lazy("Road"), imports.text(40), note=gettext_lazy("empty: read from the address")),
        Column("left_bound", gettext_lazy("Left end"), imports.text(40)),
        Column("right_bound", gettext_lazy("Right end"), imports.text(40)),
        Column("length_m", gettext_lazy("Length in metres"), metres, empty=None),
        Column("depth_m", gettext_lazy("Depth in metres"), metres, empty=None),
        Column("longitude", gettext_lazy("Longitude"), imports.number(-180, 180, places=6), empty=None,
               note=gettext_lazy("in degrees")),
        Column("latitude", gettext_lazy("Latitude"), imports.number(-90, 90, places=6), empty=None,
               note=gettext_lazy("in degrees")),
        Column("since", gettext_lazy("Since"), imports.day, empty=None, note=gettext_lazy("empty: today")),
        Column("until", gettext_lazy("Until"), imports.day, empty=None),
        *PRIVATE,
    )  # fmt: skip


def _phone(cell: Any) -> str:
    number = phones.normalise(imports.text(24)(cell))
    phones.check(number)
    return number


# Come in, but never leave by a workbook; an empty cell leaves what is there.
PRIVATE = (
    Column("owner", gettext_lazy("Person in charge"), imports.text(40), aliases=("负责人", "经营者")),
    Column("phone", gettext_lazy("Mobile number"), _phone, aliases=("联系电话", "电话")),
)


def _places(street: Committee, by: Any) -> dict[str, Community]:
    reach = reach_of(by)
    rows = Community.objects.visible_to(by).filter(committee=street)
    if not reach.everything and street.pk not in reach.committees:
        rows = rows.filter(pk__in=reach.communities | reach.near)
    return {row.name: row for row in rows}


def _zones(street: Committee, by: Any) -> dict[str, Zone]:
    return {row.name: row for row in Zone.objects.visible_to(by).filter(committee=street)}


def take_in(upload: Any, *, street: Committee, by: Any, dry_run: bool = False) -> Outcome:
    """Take a workbook of shops in, all rows or none; name and address say which shop is meant. A column that the
    workbook does not have leaves that field as it is. No shop becomes public by it.

    Raises Refused when the person may not, ValidationError when the file cannot be read.
    """
    if not may(by, "frontage.keep"):
        raise Refused(_("You cannot change shops of this street."), "role")

    def write(line: Line) -> str:
        known = Merchant.objects.filter(
            committee=street, name=line.values["name"], address=line.values["address"]
        )
        shop = known.select_related("zone").first() or Merchant(committee=street, since=timezone.localdate())
        for name, value in line.values.items():
            if name not in line.letters or (name in ("owner", "phone", "since") and not value):
                continue
            setattr(shop, name, value)
        return enter(shop, by=by)

    return imports.take(upload, columns(street, by), write, key=("name", "address"), dry_run=dry_run)


def headings(street: Committee, by: Any) -> list[str]:
    """The headings by which shops leave: those by which they come in, without what is private."""
    return [str(column.heading) for column in columns(street, by) if column not in PRIVATE]


def lines(rows: Iterable[Merchant]) -> Iterator[list[Any]]:
    """The shops as rows of the workbook; nothing of the owner."""
    for shop in rows:
        yield [
            shop.name, shop.address, shop.community.name, shop.zone.name if shop.zone else "", shop.road,
            shop.left_bound, shop.right_bound, shop.length_m, shop.depth_m, shop.longitude, shop.latitude,
            shop.since, shop.until,
        ]  # fmt: skip
