"""Boundaries of places out of a GeoJSON file.

Each feature is matched with a place by code, else by name; the rest is listed with the reason. Only
the boundary is taken: a file of boundaries says nothing else that the tree of places does not say
better. Source: RFC 7946 (longitude and latitude in degrees, WGS 84; rings that close).
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.changes import Edit
from db.errors import Cancelled, InvalidInput, NotFound
from db.store import Store
from engage_desktop.exchange.receipts import Outcome
from engage_desktop.exchange.tables import TooLarge
from engage_desktop.plain import counted
from engage_desktop.queries.peopled import spots
from engage_desktop.records.geometry import DECIMALS, Point, Unfit, area_of, polygons_of
from engage_desktop.records.values import fold
from engage_desktop.stakeholders.places import Spot

LARGEST = 60_000_000
"""Bytes read of one file; every local authority of England at full detail is some 40 MB."""

MOST_POINTS = 3_000
"""Points kept of one place: more cannot be seen on any paper, and each of them travels."""

_WEIGHED_POINTS = 20_000  # of one ring
_EVERY = 50
_WGS84 = ("CRS84", "EPSG::4326", "EPSG:4326", "EPSG/0/4326")

Progress = Callable[[int, int | None], None]


@dataclass(slots=True)
class BoundaryPlan:
    """What an import would do. Nothing is changed until `commit`."""

    file_name: str
    edits: list[Edit]
    outcome: Outcome


def plan_boundaries(
    store: Store,
    path: Path,
    *,
    progress: Progress = lambda done, total: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> BoundaryPlan:
    """Read the whole file and say what importing it would do.

    Raises `NotFound`, `TooLarge`, `InvalidInput` for a file that holds no boundaries in degrees,
    and `Cancelled`.
    """
    features = _features(path)
    reader = store.reader()
    try:
        known = spots(reader, boundaries=True)
    finally:
        reader.close()
    if not known:
        raise InvalidInput(
            "No places are written down yet, so there is nothing to give a boundary. Nothing was "
            "imported. Import or type the places first."
        )
    plan = BoundaryPlan(path.name, [], Outcome())
    finder, used = _Finder(known), dict[str, int]()
    held: Counter[str] = Counter()
    for number, feature in enumerate(features, 1):
        if number % _EVERY == 0:
            progress(number, len(features))
            if cancelled():
                raise Cancelled("You stopped the import. Nothing was changed.")
        try:
            held.update(_one(plan, finder, used, number, feature))
        except Unfit as problem:
            plan.outcome.refused.append((number, str(problem)))
    plan.outcome.not_taken = sorted(held)
    plan.outcome.not_taken_counts = dict(held)
    return plan


def commit(store: Store, plan: BoundaryPlan, *, initiator: object | None = None) -> Outcome:
    """Keep the boundaries, as one change that can be undone."""
    if plan.edits:
        applied = store.apply(plan.edits, "Import boundaries", initiator=initiator)
        plan.outcome.change_set = applied.change_set
    return plan.outcome


def _one(
    plan: BoundaryPlan, finder: _Finder, used: dict[str, int], number: int, feature: Any
) -> set[str]:
    """Take one feature. Returns its properties that hold something: none of them is kept."""
    if not isinstance(feature, dict) or feature.get("type") != "Feature":
        raise Unfit("It is not a GeoJSON feature.")
    properties = feature.get("properties") or {}
    if not isinstance(properties, dict):
        raise Unfit("Its properties are not a list of names and values.")
    words = [feature.get("id"), *properties.values()]
    spot = finder.find([str(w) for w in words if isinstance(w, str | int) and str(w).strip()])
    if spot.id in used:
        raise Unfit(f"“{spot.name}” has its boundary from feature {used[spot.id]} already.")
    boundary, thinned = _geometry(feature.get("geometry"))
    used[spot.id] = number
    if thinned:
        plan.outcome.row_notes.append((number, f"“{spot.name}” was drawn with fewer points."))
    if boundary == spot.boundary:
        plan.outcome.count("place", "unchanged")
    else:
        plan.outcome.count("place", "updated")
        plan.edits.append(Edit("place", spot.id, {"boundary": boundary}))
    return {str(name) for name, value in properties.items() if value not in (None, "")}


class _Finder:
    """Which place a feature means."""

    def __init__(self, known: Iterable[Spot]) -> None:
        self._codes: dict[str, list[Spot]] = {}
        self._names: dict[str, list[Spot]] = {}
        for spot in known:
            if spot.code.strip():
                self._codes.setdefault(spot.code.strip().casefold(), []).append(spot)
            self._names.setdefault(fold(spot.name), []).append(spot)

    def find(self, words: Sequence[str]) -> Spot:
        """By any of its values: as a code, else as a name. Raises `Unfit`."""
        for table, keys in (
            (self._codes, [word.strip().casefold() for word in words]),
            (self._names, [fold(word) for word in words]),
        ):
            found = {spot.id: spot for key in keys for spot in table.get(key, ())}
            if len(found) == 1:
                return next(iter(found.values()))
            if found:
                several = ", ".join(sorted(f"“{spot.name}”" for spot in found.values()))
                raise Unfit(
                    f"It could be any of {counted(len(found), 'place')}: {several}. Give the one "
                    "that is meant its code."
                )
        if not words:
            raise Unfit("It has no name and no code.")
        said = max(words, key=lambda word: sum(c.isalpha() for c in word))
        raise Unfit(f"“{said[:60]}” is no place here: no code and no name is the same.")


# -- the file ------------------------------------------------------------------------------


def _features(path: Path) -> list[Any]:
    value = _json(path)
    kind = value.get("type") if isinstance(value, dict) else None
    if kind == "Topology":
        raise InvalidInput(
            f"“{path.name}” is TopoJSON, which shares its lines between areas. Nothing was "
            "imported. Save it as GeoJSON and try again."
        )
    if kind not in ("FeatureCollection", "Feature") or not isinstance(value, dict):
        raise InvalidInput(
            f"“{path.name}” is not a GeoJSON file of features. Nothing was imported. Ask for the "
            "boundaries as a GeoJSON feature collection."
        )
    _check_system(path, value)
    features = value.get("features") if kind == "FeatureCollection" else [value]
    if not isinstance(features, list) or not features:
        raise InvalidInput(f"“{path.name}” holds no features. Nothing was imported.")
    return features


def _json(path: Path) -> Any:
    try:
        if path.stat().st_size > LARGEST:
            raise TooLarge(
                f"“{path.name}” is larger than {LARGEST // 1_000_000} MB. Nothing was imported. "
                "Ask for generalised boundaries, or only those of your area."
            )
        return json.loads(path.read_bytes().decode("utf-8-sig"))
    except FileNotFoundError:
        raise NotFound(f"There is no file “{path.name}”. Nothing was imported.") from None
    except OSError:
        raise InvalidInput(f"“{path.name}” cannot be read. Nothing was imported.") from None
    except (ValueError, RecursionError):
        raise InvalidInput(
            f"“{path.name}” is not JSON, or is damaged. Nothing was imported."
        ) from None


def _check_system(path: Path, value: dict[str, Any]) -> None:
    """The old `crs` member may say degrees in WGS 84, and nothing else."""
    crs = value.get("crs")
    if crs is None:
        return
    name = ""
    if isinstance(crs, dict) and isinstance(crs.get("properties"), dict):
        name = str(crs["properties"].get("name", ""))
    if not any(name.endswith(known) for known in _WGS84):
        said = f"“{name[:60]}”" if name else "another coordinate system"
        raise InvalidInput(
            f"“{path.name}” is in {said}, not in degrees of longitude and latitude. Nothing was "
            "imported. Save it as WGS 84 (EPSG:4326) and try again."
        )


# -- one geometry --------------------------------------------------------------------------


def _geometry(value: Any) -> tuple[str, bool]:
    """A geometry as it is kept, and whether points were left out. Raises `Unfit`."""
    rings = polygons_of(value)
    points = sum(len(ring) for polygon in rings for ring in polygon)
    thinned = points > MOST_POINTS
    if thinned:
        rings = _thinned(rings)
    held: Any = rings[0] if len(rings) == 1 else rings
    kept = {"type": "Polygon" if len(rings) == 1 else "MultiPolygon", "coordinates": held}
    return json.dumps(kept, separators=(",", ":")), thinned


def _thinned(polygons: list[list[list[Point]]]) -> list[list[list[Point]]]:
    """With ever larger steps until few enough points are left; islets go when they vanish."""
    step = 10.0**-DECIMALS
    weighed = [[_weighed(_at_most(ring), step) for ring in polygon] for polygon in polygons]
    while True:
        step *= 1.6
        kept = []
        for polygon in weighed:
            rings = [[point for point, weight in ring if weight > step] for ring in polygon]
            if len(rings[0]) >= 4:
                kept.append([ring for ring in rings if len(ring) >= 4])
        points = sum(len(ring) for polygon in kept for ring in polygon)
        if not kept:
            return [[max((p[0] for p in polygons), key=lambda ring: abs(area_of(ring)))]]
        if points <= MOST_POINTS:
            return kept


def _at_most(ring: Sequence[Point]) -> Sequence[Point]:
    """A ring of so many points that weighing them would take minutes, without those nearest to one
    another: many more are left than are kept in the end."""
    step = 10.0**-DECIMALS
    while len(ring) > _WEIGHED_POINTS:
        step *= 1.6
        kept = [ring[0]]
        for point in ring[1:-1]:
            if math.dist(point, kept[-1]) >= step:
                kept.append(point)
        ring = [*kept, ring[-1]]
    return ring


def _weighed(ring: Sequence[Point], step: float) -> list[tuple[Point, float]]:
    """Each point with the largest step (degrees) at which it still stands (Douglas and Peucker,
    1973: how far it lies from the line between those kept); 0 where that is less than `step`.
    One pass serves every step: a point stands only where those it was measured from do."""
    weights = [0.0] * len(ring)
    far = max(range(len(ring)), key=lambda at: math.dist(ring[0], ring[at]))
    weights[0] = weights[far] = weights[-1] = math.inf
    waiting = [(0, far), (far, len(ring) - 1)]
    while waiting:
        first, last = waiting.pop()
        worst, at = step, -1
        for index in range(first + 1, last):
            away = _away(ring[index], ring[first], ring[last])
            if away > worst:
                worst, at = away, index
        if at >= 0:
            weights[at] = min(worst, weights[first], weights[last])
            waiting += [(first, at), (at, last)]
    return list(zip(ring, weights, strict=True))


def _away(point: Point, first: Point, last: Point) -> float:
    """How far a point is from the stretch between two others."""
    across, up = last[0] - first[0], last[1] - first[1]
    square = across * across + up * up
    if square == 0:
        return math.dist(point, first)
    along = ((point[0] - first[0]) * across + (point[1] - first[1]) * up) / square
    along = min(1.0, max(0.0, along))
    return math.dist(point, (first[0] + along * across, first[1] + along * up))
