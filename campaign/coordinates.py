"""Positions in the systems that Chinese telephones and maps give: kept as WGS-84, converted at the edge.

GPS gives WGS-84. AMap, Tencent and WeChat give GCJ-02, which is WGS-84 shifted by up to 700 m; Baidu gives BD-09,
which is GCJ-02 shifted again; the national CGCS2000 agrees with WGS-84 to less than the width of a hand. The shift of
GCJ-02 is not published: everybody uses the same reconstruction of it (a Krasovsky ellipsoid and a sum of sines),
so do we. `ERROR_M` says by how much a converted position may be off, and pages say so beside it.
"""

import math
from dataclasses import dataclass
from decimal import Decimal

from django.db import models
from django.utils.translation import gettext_lazy as _

AXIS = 6378245.0  # metres, Krasovsky 1940
ECCENTRICITY = 0.00669342162296594323  # squared
BAIDU = math.pi * 3000.0 / 180.0
WEST, EAST, SOUTH, NORTH = 72.004, 137.8347, 0.8293, 55.8271
"""outside this box nothing is shifted"""
DIGITS = 6  # of a degree: 0.1 m


class System(models.TextChoices):
    """What a pair of numbers may mean."""

    WGS84 = "wgs84", _("WGS-84 (GPS)")
    GCJ02 = "gcj02", _("GCJ-02 (AMap, Tencent, WeChat)")
    BD09 = "bd09", _("BD-09 (Baidu)")
    CGCS2000 = "cgcs2000", _("CGCS2000 (national)")


ERROR_M = {System.WGS84: 0, System.CGCS2000: 1, System.GCJ02: 10, System.BD09: 15}
"""metres by which a position may be off after the conversion. The way there and back is exact to 0.2 m (a test
holds it); the rest is what the reconstruction is known to differ from the services themselves."""


@dataclass(frozen=True)
class Position:
    """A place in WGS-84, degrees with six digits, and by how many metres its conversion may be off."""

    longitude: Decimal
    latitude: Decimal
    error_m: int = 0


def to_wgs84(longitude: float | Decimal, latitude: float | Decimal, system: str = System.WGS84) -> Position:
    """The place that the numbers mean in `system`. Raises ValueError for numbers that are no degrees or a system
    that is not known."""
    x, y = _checked(longitude, latitude)
    given = System(system)
    if given == System.BD09:
        x, y = _bd09_to_gcj02(x, y)
    if given in (System.GCJ02, System.BD09):
        x, y = _gcj02_to_wgs84(x, y)
    return Position(_degrees(x), _degrees(y), ERROR_M[given])


def from_wgs84(longitude: float | Decimal, latitude: float | Decimal, system: str) -> tuple[Decimal, Decimal]:
    """Longitude and latitude as a map that speaks `system` wants them. Raises ValueError as `to_wgs84`."""
    x, y = _checked(longitude, latitude)
    wanted = System(system)
    if wanted in (System.GCJ02, System.BD09):
        x, y = _wgs84_to_gcj02(x, y)
    if wanted == System.BD09:
        x, y = _gcj02_to_bd09(x, y)
    return _degrees(x), _degrees(y)


def metres_between(one: tuple[float, float], other: tuple[float, float]) -> float:
    """The way between two places (longitude, latitude) on the sphere; good to half a per cent."""
    (x1, y1), (x2, y2) = ([math.radians(float(part)) for part in place] for place in (one, other))
    half = math.sin((y2 - y1) / 2) ** 2 + math.cos(y1) * math.cos(y2) * math.sin((x2 - x1) / 2) ** 2
    return 2 * 6371008.8 * math.asin(min(1.0, math.sqrt(half)))


def _checked(longitude: float | Decimal, latitude: float | Decimal) -> tuple[float, float]:
    x, y = float(longitude), float(latitude)
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        raise ValueError("no longitude and latitude in degrees")
    return x, y


def _degrees(value: float) -> Decimal:
    return Decimal(f"{value:.{DIGITS}f}")


def _shifted(x: float, y: float) -> bool:
    return WEST <= x <= EAST and SOUTH <= y <= NORTH


def _waves(value: float, *lengths: tuple[float, float]) -> float:
    return sum(height * math.sin(value / length * math.pi) for height, length in lengths) * 2.0 / 3.0


def _wgs84_to_gcj02(x: float, y: float) -> tuple[float, float]:
    if not _shifted(x, y):
        return x, y
    east, north = x - 105.0, y - 35.0
    ripple = _waves(east, (20.0, 1 / 6), (20.0, 1 / 2))
    root = math.sqrt(abs(east))
    north_by = -100.0 + 2.0 * east + 3.0 * north + 0.2 * north * north + 0.1 * east * north + 0.2 * root
    north_by += ripple + _waves(north, (20.0, 1.0), (40.0, 3.0)) + _waves(north, (160.0, 12.0), (320.0, 30.0))
    east_by = 300.0 + east + 2.0 * north + 0.1 * east * east + 0.1 * east * north + 0.1 * root
    east_by += ripple + _waves(east, (20.0, 1.0), (40.0, 3.0)) + _waves(east, (150.0, 12.0), (300.0, 30.0))
    angle = math.radians(y)
    flat = 1 - ECCENTRICITY * math.sin(angle) ** 2
    north_by = math.degrees(north_by / (AXIS * (1 - ECCENTRICITY) / (flat * math.sqrt(flat))))
    east_by = math.degrees(east_by / (AXIS / math.sqrt(flat) * math.cos(angle)))
    return x + east_by, y + north_by


def _gcj02_to_wgs84(x: float, y: float) -> tuple[float, float]:
    """The shift has no inverse in closed form: guess, shift, correct. It halves its error many times a round."""
    guess_x, guess_y = x, y
    for _round in range(10):
        shifted_x, shifted_y = _wgs84_to_gcj02(guess_x, guess_y)
        off_x, off_y = x - shifted_x, y - shifted_y
        guess_x, guess_y = guess_x + off_x, guess_y + off_y
        if abs(off_x) + abs(off_y) < 1e-9:
            break
    return guess_x, guess_y


def _gcj02_to_bd09(x: float, y: float) -> tuple[float, float]:
    away = math.hypot(x, y) + 0.00002 * math.sin(y * BAIDU)
    angle = math.atan2(y, x) + 0.000003 * math.cos(x * BAIDU)
    return away * math.cos(angle) + 0.0065, away * math.sin(angle) + 0.006


def _bd09_to_gcj02(x: float, y: float) -> tuple[float, float]:
    guess_x, guess_y = x - 0.0065, y - 0.006
    for _round in range(10):
        shifted_x, shifted_y = _gcj02_to_bd09(guess_x, guess_y)
        guess_x, guess_y = guess_x + x - shifted_x, guess_y + y - shifted_y
    return guess_x, guess_y
