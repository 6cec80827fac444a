"""The map's layers as GeoJSON and as a list: the same things, bounded, in the system in which the map is drawn."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.conf import settings
from django.db.models import QuerySet

from campaign.coordinates import ERROR_M, System, from_wgs84, to_wgs84
from campaign.models import Community
from campaign.registry import Feature, Layer

MOST = 500
"""things of a layer that are drawn or listed at once; an old telephone draws them in a second"""

Box = tuple[Decimal, Decimal, Decimal, Decimal]
"""west, south, east, north in WGS-84"""


@dataclass(frozen=True)
class Chosen:
    """What of a layer is shown."""

    features: list[Feature]
    total: int
    """how many there are in the box and community; more than are shown when the layer is cut"""
    unplaced: int = 0
    """rows without a position: on no map, but counted"""

    @property
    def cut(self) -> bool:
        return self.total > len(self.features)


def system() -> System:
    """The system in which the map is drawn. Raises ValueError for a setting that is none."""
    return System(settings.MAP_SYSTEM)


def error_m() -> int:
    """By how many metres things may stand beside the tiles."""
    return ERROR_M[system()]


def choose(layer: Layer, user: Any, *, community: Community | None = None, box: Box | None = None) -> Chosen:
    """The things of a layer within the person's scope, in a community, in a box; at most MOST of them."""
    rows = layer.rows(user)
    if community is not None:
        rows = rows.filter(**{layer.community: community})
    placed, unplaced = _placed(layer, rows)
    if box is not None and layer.position:
        (x, y), (west, south, east, north) = layer.position, box
        placed = placed.filter(**{f"{x}__range": (west, east), f"{y}__range": (south, north)})
    taken = list(placed.order_by("pk")[: MOST + 1])
    total = len(taken) if len(taken) <= MOST else placed.order_by().count()
    return Chosen([layer.feature(row) for row in taken[:MOST]], total, unplaced.count())


def _placed(layer: Layer, rows: QuerySet) -> tuple[QuerySet, QuerySet]:
    if not layer.position:
        return rows, rows.none()
    nowhere = {f"{layer.position[0]}__isnull": True}
    return rows.exclude(**nowhere), rows.filter(**nowhere).order_by()


def geojson(layer: Layer, chosen: Chosen) -> dict[str, Any]:
    """A FeatureCollection (RFC 7946), its coordinates in the map's system."""
    drawn_in = system()
    features = [
        {
            "type": "Feature",
            "id": feature.key,
            "geometry": _geometry(feature, drawn_in),
            "properties": {
                "title": feature.title,
                "text": feature.text,
                "place": feature.place,
                "url": feature.url,
                "state": str(feature.state),
                "tone": feature.tone,
            },
        }
        for feature in chosen.features
    ]
    return {
        "type": "FeatureCollection",
        "layer": layer.name,
        "total": chosen.total,
        "cut": chosen.cut,
        "system": str(drawn_in.value),
        "features": features,
    }


def _geometry(feature: Feature, drawn_in: System) -> dict[str, Any] | None:
    if feature.shape is not None:
        return _shape(feature.shape, drawn_in)
    if feature.longitude is None or feature.latitude is None:
        return None
    return {"type": "Point", "coordinates": _moved((feature.longitude, feature.latitude), drawn_in)}


def _shape(shape: Mapping[str, Any], drawn_in: System) -> dict[str, Any] | None:
    """A polygon somebody typed; what is none is left out and harms nobody."""
    try:
        if shape["type"] not in ("Polygon", "MultiPolygon"):
            return None
        return {"type": shape["type"], "coordinates": _each(shape["coordinates"], drawn_in)}
    except (KeyError, TypeError, ValueError, IndexError, ArithmeticError, RecursionError):
        return None


def _each(part: Any, drawn_in: System) -> list[Any]:
    if isinstance(part[0], int | float):
        return _moved((part[0], part[1]), drawn_in)
    return [_each(inner, drawn_in) for inner in part]


def _moved(place: Sequence[Any], drawn_in: System) -> list[float]:
    return [float(part) for part in from_wgs84(place[0], place[1], drawn_in)]


def read_box(text: str) -> Box | None:
    """A box "west,south,east,north" as the map told it, turned into WGS-84; None when it is empty.

    Raises ValueError for what is no box.
    """
    if not text:
        return None
    west, south, east, north = (float(part) for part in text[:100].split(","))
    if west > east or south > north:
        raise ValueError("a box that is turned inside out")
    west, east = max(west, -180.0), min(east, 180.0)
    south, north = max(south, -90.0), min(north, 90.0)
    low, high = to_wgs84(west, south, system()), to_wgs84(east, north, system())
    return low.longitude, low.latitude, high.longitude, high.latitude
