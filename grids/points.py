"""Points (点位): putting them on file and changing them, one by one or from a workbook; how they leave as one."""

from collections.abc import Iterable, Iterator
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from campaign import imports
from campaign.coordinates import System, to_wgs84
from campaign.errors import Refused
from campaign.imports import CHANGED, NEW, SAME, Column, Line, Outcome
from campaign.models import Appointment, Committee, Community, Unit
from campaign.roles import may
from campaign.scoping import reach_of
from grids.models import Point, PointEvent, PointType, Zone

KEPT = (
    "name", "type", "community", "zone", "address", "longitude", "latitude", "source_system", "unit", "keeper",
    "since", "until",
)  # fmt: skip
"""what a change is told of"""


def standing(rows: QuerySet[Point], day: Any = None) -> QuerySet[Point]:
    """Of `rows`, the points that stand on `day`, by default today."""
    day = day or timezone.localdate()
    return rows.filter(Q(until=None) | Q(until__gt=day), since__lte=day)


# --- One point --------------------------------------------------------------------------------------
def save(point: Point, *, by: Any, given_in: str = System.WGS84) -> str:
    """Put a point on file, or change the one it is; returns NEW, CHANGED or SAME, and notes what was changed.

    `given_in` says in which system its longitude and latitude are meant; stored is WGS-84. Raises Refused when
    the person may not, the zone does not cover the community, or the name is taken; ValidationError for values
    that cannot be stored.
    """
    with transaction.atomic():
        before = Point.objects.select_for_update().filter(pk=point.pk).first() if point.pk else None
        _refuse_person(point, before, by)
        _place(point, before, given_in)
        point.full_clean()
        _refuse_parts(point)
        changes = _changes(before, point)
        if before and not changes:
            return SAME
        try:
            with transaction.atomic():
                point.save()
        except IntegrityError as error:  # the same name came in at the same moment
            raise Refused(_("There is a point of this name already."), "name") from error
        signed = by if getattr(by, "pk", None) else None
        PointEvent.objects.create(point=point, at=timezone.now(), by=signed, changes=changes)
    return CHANGED if before else NEW


def _refuse_person(point: Point, before: Point | None, by: Any) -> None:
    reach = reach_of(by)
    for row in (point, before):
        if row is None:
            continue
        covers = (
            reach.everything or row.committee_id in reach.committees or row.community_id in reach.communities
        )
        if not covers or not may(by, "points.change"):
            raise Refused(_("You cannot change points of this community."), "role")
    if before and before.committee_id != point.committee_id:
        raise Refused(_("It belongs to another street."), "foreign")


def _place(point: Point, before: Point | None, given_in: str) -> None:
    """Turn the position into WGS-84; one that is only sent back as it stands keeps its origin."""
    if (point.longitude is None) != (point.latitude is None):
        lacking = "latitude" if point.latitude is None else "longitude"
        raise ValidationError({lacking: _("A position has both a longitude and a latitude.")})
    unmoved = before and (before.longitude, before.latitude) == (point.longitude, point.latitude)
    if unmoved and given_in == System.WGS84:
        point.source_system = before.source_system
        return
    point.source_system = given_in
    if point.longitude is None:
        point.source_system = System.WGS84
        return
    try:
        found = to_wgs84(point.longitude, point.latitude, given_in)
    except (ValueError, TypeError, ArithmeticError) as error:
        raise ValidationError({"longitude": _("These are no degrees.")}) from error
    point.longitude, point.latitude = found.longitude, found.latitude


def _refuse_parts(point: Point) -> None:
    parts = (point.community, point.zone, point.type, point.unit)
    if any(part is not None and part.committee_id != point.committee_id for part in parts):
        raise Refused(_("What was chosen belongs to two different streets."), "foreign")
    if not point.zone.communities.filter(pk=point.community_id).exists():
        told = {"zone": point.zone.name, "community": point.community.name}
        raise Refused(_("%(zone)s does not cover %(community)s.") % told, "zone")
    if point.unit and point.unit.community_id not in (None, point.community_id):
        raise Refused(_("This unit stands in another community."), "unit")
    if point.keeper_id and not _is_colleague(point.keeper_id, point.committee_id):
        raise Refused(_("The keeper must be somebody who is appointed in this street."), "keeper")


def _is_colleague(person: int, committee: int) -> bool:
    return _in_office(committee).filter(user=person).exists()


def _in_office(committee: int) -> QuerySet[Appointment]:
    today = timezone.localdate()
    held = Appointment.objects.filter(committee=committee, since__lte=today)
    return held.filter(Q(until=None) | Q(until__gt=today))


def _changes(before: Point | None, after: Point) -> dict[str, list[Any]]:
    """Field by field [what stood there, what stands now]; keys, never names of people."""
    told = {}
    for name in KEPT:
        column = Point._meta.get_field(name)
        old = column.value_to_string(before) if before else ""
        new = column.value_to_string(after)
        if old != new:
            told[name] = [old, new]
    return told


# --- Many points: a workbook --------------------------------------------------------------------------
def columns(street: Committee, by: Any) -> tuple[Column, ...]:
    """The columns of the workbook of points; what their cells may name is what the person may write for."""
    people = dict[str, list[int]]()
    for name, key in _in_office(street.pk).values_list("user__name", "user").distinct():
        people.setdefault(name, []).append(key)
    return (
        Column("name", gettext_lazy("Point"), imports.text(60), required=True, aliases=("点位名称", "名称")),
        Column("type", gettext_lazy("Type"), imports.named(_named(PointType, street, by)), required=True,
               aliases=("点位类型", "类型")),
        Column("community", gettext_lazy("Community"), imports.named(_places(street, by)), required=True,
               aliases=("所属社区",)),
        Column("zone", gettext_lazy("Responsibility zone"), imports.named(_named(Zone, street, by)), empty=None,
               note=gettext_lazy("empty: the zone of the community"), aliases=("责任区",)),
        Column("address", gettext_lazy("Address"), imports.text(120), aliases=("详细地址",)),
        Column("unit", gettext_lazy("Responsible unit"), imports.named(_named(Unit, street, by)), empty=None,
               aliases=("责任单位",)),
        Column("keeper", gettext_lazy("Point keeper"), _colleague(people), empty=None, aliases=("点位长",)),
        Column("longitude", gettext_lazy("Longitude"), imports.number(-180, 180, places=6), empty=None,
               note=gettext_lazy("in degrees")),
        Column("latitude", gettext_lazy("Latitude"), imports.number(-90, 90, places=6), empty=None,
               note=gettext_lazy("in degrees")),
        Column("system", gettext_lazy("Coordinate system"), imports.named(_systems()), empty=System.WGS84,
               note=gettext_lazy("empty: WGS-84")),
        Column("since", gettext_lazy("Since"), imports.day, empty=None, note=gettext_lazy("empty: today")),
        Column("until", gettext_lazy("Until"), imports.day, empty=None),
    )  # fmt: skip


def _systems() -> dict[str, str]:
    names = {str(label): value for value, label in System.choices}
    return names | {
        "WGS-84": System.WGS84,
        "GCJ-02": System.GCJ02,
        "BD-09": System.BD09,
        "CGCS2000": System.CGCS2000,
    }


def _named(model: Any, street: Committee, by: Any) -> dict[str, Any]:
    return {row.name: row for row in model.objects.visible_to(by).filter(committee=street)}


def _places(street: Committee, by: Any) -> dict[str, Community]:
    reach = reach_of(by)
    rows = Community.objects.visible_to(by).filter(committee=street)
    if not reach.everything and street.pk not in reach.committees:
        rows = rows.filter(pk__in=reach.communities)
    return {row.name: row for row in rows}


def _colleague(people: dict[str, list[int]]) -> Any:
    def read(cell: Any) -> int:
        said = imports.text(40)(cell)
        keys = people.get(said, [])
        if len(keys) != 1:
            found = (
                _("Two people bear this name: choose the keeper in the office.")
                if keys
                else _("Nobody of this name is appointed in this street.")
            )
            raise ValidationError(found, "keeper")
        return keys[0]

    return read


def take_in(upload: Any, *, street: Committee, by: Any, dry_run: bool = False) -> Outcome:
    """Take a workbook of points in, all rows or none; the name says which point is meant. A column that the
    workbook does not have leaves that field as it is; an empty cell empties it.

    Raises Refused when the person may not, ValidationError when the file cannot be read.
    """
    if not may(by, "points.change"):
        raise Refused(_("You cannot change points of this street."), "role")
    zones: dict[int, Zone | None] = {}

    def write(line: Line) -> str:
        point = Point.objects.filter(committee=street, name=line.values["name"]).first() or Point(
            committee=street
        )
        return save(_filled(point, line, zones), by=by, given_in=line.values["system"])

    return imports.take(upload, columns(street, by), write, key=("name",), dry_run=dry_run)


def _filled(point: Point, line: Line, zones: dict[int, Zone | None]) -> Point:
    said = {name: value for name, value in line.values.items() if name in line.letters}
    said.pop("system", None)
    if "keeper" in said:
        point.keeper_id = said.pop("keeper")
    since = said.pop("since", None)
    point.since = since or point.since or timezone.localdate()
    for name, value in said.items():
        if name != "zone" or value is not None:
            setattr(point, name, value)
    if said.get("zone") is None and (point.zone_id is None or "zone" in said):
        point.zone = _only_zone(point.community, zones)
    return point


def _only_zone(community: Community, known: dict[int, Zone | None]) -> Zone:
    if community.pk not in known:
        today = timezone.localdate()
        found = community.zones.filter(Q(until=None) | Q(until__gt=today))[:2]
        known[community.pk] = found[0] if len(found) == 1 else None
    zone = known[community.pk]
    if zone is None:
        raise ValidationError({"zone": _("Name the zone: it does not follow from the community.")})
    return zone


def headings(street: Committee, by: Any) -> list[str]:
    """The headings of the workbook; what leaves by them comes in again by them."""
    return [str(column.heading) for column in columns(street, by)]


def lines(rows: Iterable[Point]) -> Iterator[list[Any]]:
    """The points as rows of the workbook; the position in WGS-84."""
    for point in rows:
        yield [
            point.name, point.type.name, point.community.name, point.zone.name, point.address,
            point.unit.name if point.unit else "", point.keeper.name if point.keeper else "",
            point.longitude, point.latitude, "WGS-84" if point.longitude is not None else "", point.since,
            point.until,
        ]  # fmt: skip
