"""Outlines of places: read from GeoJSON (RFC 7946), drawn as paths of an SVG."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import cos, isfinite, radians
from typing import Any

from cadres.rules.levels import CODE_DIGITS

# One ring is a closed line of (longitude, latitude) in degrees.
Point = tuple[float, float]
Ring = list[Point]
PLACES = 5  # decimals that are kept, about a metre
MOST_POINTS = 200_000  # of one place


class NoOutline(Exception):
    """A geometry that cannot stand for a place; the text says why, in English."""


def rings_of(geometry: Any) -> list[Ring]:
    """The rings of a Polygon or MultiPolygon, holes among them.

    Raises:
        NoOutline: another kind, an empty one, or points that are no degrees.
    """
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon"):
        raise NoOutline("it is neither a Polygon nor a MultiPolygon")
    polygons = geometry.get("coordinates")
    if kind == "Polygon":
        polygons = [polygons]
    rings = [_ring(ring) for polygon in _list(polygons) for ring in _list(polygon)]
    if not rings:
        raise NoOutline("it is empty")
    if sum(map(len, rings)) > MOST_POINTS:
        raise NoOutline(f"it has more than {MOST_POINTS} points")
    return rings


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise NoOutline("its coordinates are no lists")
    return value


def _ring(points: Any) -> Ring:
    ring: Ring = []
    for point in _list(points):
        spot = _point(point)
        if not ring or spot != ring[-1]:
            ring.append(spot)
    if len(ring) < 4 or ring[0] != ring[-1]:
        raise NoOutline("a ring of it is not closed")
    return ring


def _point(point: Any) -> Point:
    numbers = _list(point)[:2]
    is_number = [type(it) in (int, float) and isfinite(it) for it in numbers]
    if is_number != [True, True]:
        raise NoOutline("a point of it is no pair of numbers")
    x, y = numbers
    if not (-180 <= x <= 180 and -90 <= y <= 90):
        raise NoOutline("a point of it is not in degrees (WGS 84)")
    return round(x, PLACES), round(y, PLACES)


def own_code(value: Any) -> str:
    """A code as the lists have it: without the zeros that stand for lower levels."""
    code = str(value).strip()[:20] if isinstance(value, (str, int)) else ""
    for above, digits in pairwise(sorted(CODE_DIGITS.values())):
        if len(code) == digits and set(code[above:]) == {"0"}:
            return own_code(code[:above])
    return code


@dataclass(frozen=True)
class Frame:
    """Where a point of the land lies on the paper: `width` across, north up."""

    west: float
    north: float
    by_x: float  # paper per degree of longitude
    by_y: float
    width: int
    height: int

    @classmethod
    def around(cls, rings: Iterable[Ring], *, width: int = 1000) -> "Frame":
        """Degrees of longitude are shorter by the cosine of the latitude."""
        points = [point for ring in rings for point in ring]
        xs, ys = [x for x, _y in points], [y for _x, y in points]
        west, north = min(xs), max(ys)
        middle = radians((north + min(ys)) / 2)
        span_x = max((max(xs) - west) * cos(middle), 1e-6)
        span_y = max(north - min(ys), 1e-6)
        # As high as it is wide at most, however long the land is.
        scale = width / max(span_x, span_y)
        across, down = round(span_x * scale), round(span_y * scale)
        return cls(west, north, scale * cos(middle), scale, across, down)

    def spot(self, point: Point) -> tuple[int, int]:
        x, y = point
        return round((x - self.west) * self.by_x), round((self.north - y) * self.by_y)

    def path(self, rings: Iterable[Ring]) -> str:
        """The `d` of an SVG path; what falls on one dot of the paper is one dot."""
        parts = []
        for ring in rings:
            dots: list[tuple[int, int]] = []
            for point in ring:
                dot = self.spot(point)
                if not dots or dot != dots[-1]:
                    dots.append(dot)
            if len(dots) >= 3:
                parts.append("M" + "L".join(f"{x} {y}" for x, y in dots[:-1]) + "Z")
        return "".join(parts)


def middle_of(rings: Iterable[Ring]) -> Point:
    """The middle of the largest ring's box: where a name can stand."""

    def size(ring: Ring) -> float:
        xs, ys = [x for x, _y in ring], [y for _x, y in ring]
        return (max(xs) - min(xs)) * (max(ys) - min(ys))

    largest = max(rings, key=size)
    xs, ys = [x for x, _y in largest], [y for _x, y in largest]
    return (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
