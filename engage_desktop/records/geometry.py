"""What a boundary is: GeoJSON areas in degrees. One rule for what is imported and what is typed.

Source: RFC 7946 (longitude and latitude in degrees, WGS 84; rings that close).
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

DECIMALS = 5  # of a degree: about a metre

Point = tuple[float, float]
Polygon = list[list[Point]]
"""Rings: the outer one, then its holes."""


class Unfit(ValueError):
    """A geometry that is no boundary; the sentence says why."""


def polygons_of(geometry: Any) -> list[Polygon]:
    """The polygons of a geometry, its points rounded to a metre. Raises `Unfit`."""
    if not isinstance(geometry, dict):
        raise Unfit("It has no geometry.")
    kind, coordinates = geometry.get("type"), geometry.get("coordinates")
    if kind not in ("Polygon", "MultiPolygon"):
        raise Unfit(f"It is a {str(kind)[:30]}, not an area with a boundary.")
    polygons = [coordinates] if kind == "Polygon" else coordinates
    if not isinstance(polygons, list) or not polygons:
        raise Unfit("Its geometry is empty.")
    return [_polygon(polygon) for polygon in polygons]


def check_boundary(text: str) -> None:
    """Raises `Unfit` for a text that would be kept as a boundary and is none. Empty is none yet."""
    if not text.strip():
        return
    try:
        geometry = json.loads(text)
    except (ValueError, RecursionError):
        raise Unfit("Boundary: It is not GeoJSON. " + _REMEDY) from None
    try:
        polygons_of(geometry)
    except Unfit as problem:
        raise Unfit(f"Boundary: {problem} {_REMEDY}") from None


_REMEDY = "Import it from a GeoJSON file, or leave it empty."


def area_of(ring: Sequence[Point]) -> float:
    """The area within a ring, with the sign of its direction."""
    pairs = zip(ring, [*ring[1:], ring[0]], strict=True)
    return sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairs) / 2


def _polygon(value: Any) -> Polygon:
    if not isinstance(value, list) or not value:
        raise Unfit("One of its polygons is empty.")
    return [_ring(ring) for ring in value]


def _ring(value: Any) -> list[Point]:
    if not isinstance(value, list) or len(value) < 4:
        raise Unfit("One of its rings has fewer than four points.")
    ring = [_point(point) for point in value]
    if ring[0] != ring[-1]:
        raise Unfit("One of its rings does not close: its last point is not its first.")
    if abs(area_of(ring)) < 1e-12:
        raise Unfit("One of its rings holds no area.")
    return ring


def _point(value: Any) -> Point:
    try:
        x, y = value[0], value[1]
    except (TypeError, IndexError, KeyError):
        raise Unfit("One of its points is not a pair of numbers.") from None
    numbers = (
        isinstance(number, int | float)
        and not isinstance(number, bool)
        and abs(number) < 1e12
        and math.isfinite(number)
        for number in (x, y)
    )
    if not all(numbers):
        raise Unfit("One of its points is not a pair of numbers.")
    if abs(x) > 180 or abs(y) > 90:
        raise Unfit(
            "Its points are not degrees of longitude and latitude (they look like eastings and "
            "northings). Save the file as WGS 84 (EPSG:4326) and import it again."
        )
    return round(float(x), DECIMALS), round(float(y), DECIMALS)


__all__ = ["DECIMALS", "Point", "Polygon", "Unfit", "area_of", "check_boundary", "polygons_of"]
