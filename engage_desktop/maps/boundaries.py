"""Boundaries: GeoJSON geometry to rings on paper.

Degrees of longitude and latitude become points of the page by the plate carrée of the middle
latitude: over one county the difference from a survey map is less than the width of a line.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from engage_desktop.maps.scene import Point
from engage_desktop.records.geometry import area_of

Ring = tuple[Point, ...]
Rings = tuple[Ring, ...]

_FINE = 0.35  # points nearer than this to the last one drawn are left out


@dataclass(frozen=True, slots=True)
class Shape:
    """A place on the page: its rings (even-odd) and where its label stands best."""

    rings: Rings
    centre: Point


def rings_of(boundary: str) -> list[list[Point]]:
    """Every ring of a stored geometry in degrees; [] for text that is none."""
    try:
        geometry = json.loads(boundary)
        if geometry["type"] == "Polygon":
            polygons = [geometry["coordinates"]]
        elif geometry["type"] == "MultiPolygon":
            polygons = geometry["coordinates"]
        else:
            return []
        found = [
            [(float(point[0]), float(point[1])) for point in ring]
            for polygon in polygons
            for ring in polygon
        ]
    except (ValueError, TypeError, KeyError, IndexError, RecursionError):
        return []
    whole = all(math.isfinite(x) and math.isfinite(y) for ring in found for x, y in ring)
    return [ring for ring in found if len(ring) >= 4] if whole else []


def project(
    boundaries: Mapping[str, Sequence[Sequence[Point]]], box: tuple[float, float, float, float]
) -> dict[str, Shape]:
    """Rings in degrees to a box of the page (left, top, right, bottom), all to one scale."""
    every = [point for rings in boundaries.values() for ring in rings for point in ring]
    if not every:
        return {}
    west, east = min(x for x, _ in every), max(x for x, _ in every)
    south, north = min(y for _, y in every), max(y for _, y in every)
    narrow = max(0.05, math.cos(math.radians((south + north) / 2)))
    left, top, right, bottom = box
    scale = min(
        (right - left) / max((east - west) * narrow, 1e-9),
        (bottom - top) / max(north - south, 1e-9),
    )
    across = left + (right - left - (east - west) * narrow * scale) / 2
    down = top + (bottom - top - (north - south) * scale) / 2

    def onto(point: Point) -> Point:
        return across + (point[0] - west) * narrow * scale, down + (north - point[1]) * scale

    found = {}
    for key, rings in boundaries.items():
        drawn = [thinned([onto(point) for point in ring]) for ring in rings]
        kept = tuple(ring for ring in drawn if len(ring) >= 4) or tuple(drawn[:1])
        found[key] = Shape(kept, centre_of(max(kept, key=lambda ring: abs(area_of(ring)))))
    return found


def thinned(ring: Sequence[Point]) -> Ring:
    """A ring without the points that no eye would tell from the last."""
    kept = [ring[0]]
    for point in ring[1:-1]:
        if math.dist(point, kept[-1]) >= _FINE:
            kept.append(point)
    kept.append(ring[-1])
    return tuple(kept)


def centre_of(ring: Sequence[Point]) -> Point:
    """Where a label stands best: the centre of gravity, or where that lies outside, the middle of
    the widest stretch on a level with it."""
    area = area_of(ring)
    if abs(area) < 1e-9:
        xs, ys = [x for x, _ in ring], [y for _, y in ring]
        return sum(xs) / len(xs), sum(ys) / len(ys)
    x = y = 0.0
    for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True):
        cross = x0 * y1 - x1 * y0
        x += (x0 + x1) * cross
        y += (y0 + y1) * cross
    centre = x / (6 * area), y / (6 * area)
    crossings = _crossings(ring, centre[1])
    if any(a <= centre[0] <= b for a, b in crossings) or not crossings:
        return centre
    widest = max(crossings, key=lambda pair: pair[1] - pair[0])
    return (widest[0] + widest[1]) / 2, centre[1]


def _crossings(ring: Sequence[Point], level: float) -> list[tuple[float, float]]:
    """The stretches of a level that lie inside a ring."""
    found = []
    for (x0, y0), (x1, y1) in zip(ring, [*ring[1:], ring[0]], strict=True):
        if (y0 <= level) != (y1 <= level):
            found.append(x0 + (level - y0) * (x1 - x0) / (y1 - y0))
    found.sort()
    return list(zip(found[::2], found[1::2], strict=False))
