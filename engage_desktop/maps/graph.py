"""Where the nodes of a network stand: readable, the same on every laptop, and never one on another.

Each connected part is given a rectangle of the page as large as it has nodes. Within it, distances
along the ties are laid out by multidimensional scaling from a few pivots, which puts the whole in
shape; then ties pull and neighbours push, which makes room for each; then whatever still touches
is moved to the nearest free place. Sideways there is more room than upwards, because names are
wide. Pure Python: 300 nodes take well under a second. Lengths are in points, y downwards.

Source: Brandes and Pich, “Eigensolver methods for progressive multidimensional scaling of large
data” (2007) for the pivots; Fruchterman and Reingold, “Graph drawing by force-directed placement”
(1991) for the forces, with pushes that end at a few ideal lengths.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence

from db.errors import Cancelled
from engage_desktop.maps.scene import Point

Progress = Callable[[int, int | None], None]
Box = tuple[float, float, float, float]
"""Left, top, right, bottom."""

WIDE = 1.7
"""How much more room a node has sideways than upwards."""

_PIVOTS = 24
_ROUNDS = 110
_LAST_ROUNDS = 25  # of them, after the page was spread over
_EVEN = 0.45
_ROOMY = 0.8  # how much harder those with many ties push: their names want room
_POWER_STEPS = 40
_REACH = 2.6  # ideal lengths beyond which nodes do not push each other
_GOLDEN = math.pi * (3 - math.sqrt(5))


def nobody_asks(done: int, total: int | None) -> None:
    """The progress of who does not watch."""


def place(
    count: int,
    ties: Sequence[tuple[int, int]],
    size: tuple[float, float],
    radius: float,
    *,
    progress: Progress = nobody_asks,
    cancelled: Callable[[], bool] = lambda: False,
) -> list[Point]:
    """A place for each of `count` nodes within `size`, at least `2 * radius` apart where the page
    has room for that at all.

    `ties` are pairs of nodes. Raises `Cancelled`.
    """
    around = _neighbours(count, ties)
    parts = _components(around)
    found: list[Point] = [(0.0, 0.0)] * count
    rest = [(len(part), index) for index, part in enumerate(parts)]
    boxes = tiles([weight for weight, _ in rest], (0.0, 0.0, size[0], size[1]))
    done = 0
    for part, box in zip(parts, boxes, strict=True):
        if cancelled():
            raise Cancelled("You stopped the map. Nothing was drawn.")
        at = {node: index for index, node in enumerate(part)}
        inner = [[at[other] for other in around[node]] for node in part]
        for node, point in zip(part, _part(inner, _inset(box, radius), cancelled), strict=True):
            found[node] = point
        done += len(part)
        progress(done, count)
    return _apart(found, size, radius)


def _neighbours(count: int, ties: Sequence[tuple[int, int]]) -> list[list[int]]:
    around: list[set[int]] = [set() for _ in range(count)]
    for one, other in ties:
        if one != other:
            around[one].add(other)
            around[other].add(one)
    return [sorted(some) for some in around]


def _components(around: Sequence[Sequence[int]]) -> list[list[int]]:
    """Connected parts, the largest first."""
    seen: set[int] = set()
    parts = []
    for start in range(len(around)):
        if start not in seen:
            part = sorted(_distances(around, start))
            seen.update(part)
            parts.append(part)
    return sorted(parts, key=lambda part: (-len(part), part[0]))


def _distances(around: Sequence[Sequence[int]], start: int) -> dict[int, int]:
    """Steps along ties from `start` to each node that can be reached."""
    found = {start: 0}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for other in around[node]:
            if other not in found:
                found[other] = found[node] + 1
                waiting.append(other)
    return found


# -- the page ------------------------------------------------------------------------------


def tiles(weights: Sequence[float], box: Box) -> list[Box]:
    """Rectangles that fill `box`, each with its weight's share, as near to squares as they go.

    `weights` must fall and be above 0. (A squarified treemap: Bruls, Huizing and van Wijk, 2000.)
    """
    found: list[Box] = []
    left, top, right, bottom = box
    at = 0
    while at < len(weights):
        scale = (right - left) * (bottom - top) / sum(weights[at:])
        short = max(min(right - left, bottom - top), 1e-9)
        end = at + 1
        while end < len(weights) and _worst(weights[at : end + 1], scale, short) <= _worst(
            weights[at:end], scale, short
        ):
            end += 1
        strip = sum(weights[at:end]) * scale / short
        run = left if bottom - top > right - left else top
        for weight in weights[at:end]:
            along = weight * scale / max(strip, 1e-9)
            if bottom - top > right - left:
                found.append((run, top, run + along, top + strip))
            else:
                found.append((left, run, left + strip, run + along))
            run += along
        if bottom - top > right - left:
            top += strip
        else:
            left += strip
        at = end
    return found


def _worst(weights: Sequence[float], scale: float, short: float) -> float:
    """The worst ratio of sides in a strip along the shorter side."""
    whole = sum(weights) * scale
    most, least = max(weights) * scale, min(weights) * scale
    return max(short * short * most / (whole * whole), whole * whole / (short * short * least))


def _inset(box: Box, radius: float) -> Box:
    """A box with a margin, never turned inside out."""
    left, top, right, bottom = box
    across = min(radius * 1.6, (right - left) * 0.3)
    down = min(radius * 1.6, (bottom - top) * 0.3)
    return left + across, top + down, right - across, bottom - down


# -- one connected part --------------------------------------------------------------------


def _part(around: Sequence[Sequence[int]], box: Box, cancelled: Callable[[], bool]) -> list[Point]:
    """Places for a connected part within its rectangle."""
    count = len(around)
    left, top, right, bottom = box
    if count == 1:
        return [((left + right) / 2, (top + bottom) / 2)]
    flat = (left / WIDE, top, right / WIDE, bottom)
    points = _filling(_scaled(around), flat)
    points = _settled(around, points, flat, cancelled)
    return [(x * WIDE, y) for x, y in points]


def _scaled(around: Sequence[Sequence[int]]) -> list[list[float]]:
    """Coordinates in which distances are like the steps along ties."""
    count = len(around)
    columns: list[list[float]] = []
    nearest = [math.inf] * count
    pivot = max(range(count), key=lambda node: (len(around[node]), -node))
    for _ in range(min(_PIVOTS, count)):
        steps = _distances(around, pivot)
        columns.append([float(steps[node] ** 2) for node in range(count)])
        nearest = [min(near, steps[node]) for node, near in enumerate(nearest)]
        pivot = max(range(count), key=lambda node: (nearest[node], -node))
    _centred(columns)
    axes = _main_axes(columns)
    points = []
    for node in range(count):
        x = sum(column[node] * a for column, a in zip(columns, axes[0], strict=True))
        y = sum(column[node] * b for column, b in zip(columns, axes[1], strict=True))
        points.append([x, y])
    return points


def _centred(columns: list[list[float]]) -> None:
    """Double centring, in place, with the factor of minus a half."""
    count = len(columns[0])
    rows = [sum(column[node] for column in columns) / len(columns) for node in range(count)]
    whole = sum(rows) / count
    for column in columns:
        mean = sum(column) / count
        for node in range(count):
            column[node] = -0.5 * (column[node] - mean - rows[node] + whole)


def _main_axes(columns: list[list[float]]) -> list[list[float]]:
    """The two strongest directions of C'C, by powers from a start that is always the same."""
    size = len(columns)
    square = [
        [sum(a * b for a, b in zip(one, other, strict=True)) for other in columns]
        for one in columns
    ]
    axes: list[list[float]] = []
    for turn in range(2):
        axis = [math.cos(index * 1.7 + turn) + 1.1 for index in range(size)]
        for _ in range(_POWER_STEPS):
            axis = [sum(a * b for a, b in zip(row, axis, strict=True)) for row in square]
            for known in axes:
                along = sum(a * b for a, b in zip(axis, known, strict=True))
                axis = [a - along * b for a, b in zip(axis, known, strict=True)]
            long = math.sqrt(sum(a * a for a in axis))
            if long < 1e-12:
                axis = [0.0] * size
                break
            axis = [a / long for a in axis]
        axes.append(axis)
    return axes


def _filling(points: list[list[float]], box: Box) -> list[Point]:
    """Points turned to lie along the box and spread over it; those in one place are told apart."""
    left, top, right, bottom = box
    spans = [max(p[i] for p in points) - min(p[i] for p in points) for i in (0, 1)]
    if (spans[1] > spans[0]) != (bottom - top > right - left):
        points = [[p[1], p[0]] for p in points]
        spans.reverse()
    lows = [min(p[i] for p in points) for i in (0, 1)]
    nudge = 0.25 * math.sqrt((right - left) * (bottom - top) / len(points))
    found = []
    for index, (x, y) in enumerate(points):
        across = (x - lows[0]) / spans[0] if spans[0] > 1e-9 else 0.5
        down = (y - lows[1]) / spans[1] if spans[1] > 1e-9 else 0.5
        reach = nudge * math.sqrt((index + 0.5) / len(points))
        found.append(
            (
                left + across * (right - left) + reach * math.cos(index * _GOLDEN),
                top + down * (bottom - top) + reach * math.sin(index * _GOLDEN),
            )
        )
    return found


def _settled(
    around: Sequence[Sequence[int]],
    points: list[Point],
    box: Box,
    cancelled: Callable[[], bool],
) -> list[Point]:
    """Ties pull, neighbours push, less and less, within the box."""
    left, top, right, bottom = box
    count = len(points)
    ideal = 0.8 * math.sqrt((right - left) * (bottom - top) / count)
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    mass = [1 + _ROOMY * math.sqrt(len(some)) for some in around]
    heat = ideal * 2
    for turn in range(_ROUNDS):
        if turn == _ROUNDS - _LAST_ROUNDS and count > 8:
            xs, ys = _spread(xs, left, right), _spread(ys, top, bottom)
            heat = ideal * 0.35
        if turn % 10 == 0 and cancelled():
            raise Cancelled("You stopped the map. Nothing was drawn.")
        dx, dy = [0.0] * count, [0.0] * count
        _push(xs, ys, dx, dy, ideal, mass)
        _pull(around, xs, ys, dx, dy, ideal)
        for node in range(count):
            far = math.hypot(dx[node], dy[node])
            if far > 1e-12:
                step = min(far, heat) / far
                xs[node] = min(right, max(left, xs[node] + dx[node] * step))
                ys[node] = min(bottom, max(top, ys[node] + dy[node] * step))
        heat = max(heat * 0.965, ideal * 0.02)
    return list(zip(_filled(xs, left, right), _filled(ys, top, bottom), strict=True))


def _filled(values: list[float], low: float, high: float) -> list[float]:
    """Stretched to reach both ends; in the middle where all are one."""
    least, most = min(values), max(values)
    if most - least < 1e-6:
        return [(low + high) / 2] * len(values)
    return [low + (value - least) * (high - low) / (most - least) for value in values]


def _spread(values: list[float], low: float, high: float) -> list[float]:
    """Part of the way to being spread evenly, so that the corners of the page are used too."""
    order = sorted(range(len(values)), key=lambda index: (values[index], index))
    found = list(values)
    for rank, index in enumerate(order):
        even = low + (high - low) * (rank + 0.5) / len(values)
        found[index] += _EVEN * (even - values[index])
    return found


def _push(
    xs: list[float], ys: list[float], dx: list[float], dy: list[float], ideal: float,
    mass: list[float],
) -> None:  # fmt: skip
    """Nodes within reach push each other, those with many ties more; found by squares."""
    reach = ideal * _REACH
    limit, strength = reach * reach, ideal * ideal
    squares: dict[tuple[int, int], list[int]] = {}
    for node, (x, y) in enumerate(zip(xs, ys, strict=True)):
        squares.setdefault((int(x // reach), int(y // reach)), []).append(node)
    for (column, row), here in squares.items():
        near = list(here)
        for beside in ((1, 0), (-1, 1), (0, 1), (1, 1)):
            near += squares.get((column + beside[0], row + beside[1]), ())
        for index, one in enumerate(here):
            x, y = xs[one], ys[one]
            for other in near[index + 1 :]:
                across, down = x - xs[other], y - ys[other]
                square = across * across + down * down
                if square < limit:
                    if square < 1e-9:
                        across, down, square = 1e-3 * (one - other), 1e-3, 1e-6
                    force = strength / square * mass[one] * mass[other]
                    dx[one] += across * force
                    dy[one] += down * force
                    dx[other] -= across * force
                    dy[other] -= down * force


def _pull(
    around: Sequence[Sequence[int]], xs: list[float], ys: list[float], dx: list[float],
    dy: list[float], ideal: float,
) -> None:  # fmt: skip
    """Ties pull their ends together, the less where either end has many."""
    for one, others in enumerate(around):
        for other in others:
            if other > one:
                across, down = xs[one] - xs[other], ys[one] - ys[other]
                far = math.hypot(across, down)
                calm = math.sqrt(min(len(others), len(around[other])))
                force = far / ideal / max(1.0, calm)
                dx[one] -= across * force
                dy[one] -= down * force
                dx[other] += across * force
                dy[other] += down * force


# -- never one on another ------------------------------------------------------------------


def _apart(points: Sequence[Point], size: tuple[float, float], radius: float) -> list[Point]:
    """Every node where no other is, as near as there is a place free.

    Discs thrown anywhere always leave a place while they cover less than half the page; where
    `radius` is too large for that, they come closer.
    """
    pitch = 2 * radius
    while len(points) * pitch * pitch > 0.45 * size[0] * size[1]:
        pitch *= 0.9
    found = list(points)
    taken: dict[tuple[int, int], list[int]] = {}
    for node in range(len(points)):
        x, y = _free(found[node], taken, found, pitch, size)
        found[node] = (x, y)
        taken.setdefault((int(x // pitch), int(y // pitch)), []).append(node)
    return found


def _free(
    point: Point,
    taken: dict[tuple[int, int], list[int]],
    found: Sequence[Point],
    pitch: float,
    size: tuple[float, float],
) -> Point:
    """The nearest place round `point`, in growing rings, that is `pitch` from every other."""
    half = pitch / 2
    for step in range(int((math.hypot(*size) / half) ** 2) + 1):
        reach = half * math.sqrt(step)
        x = point[0] + reach * math.cos(step * _GOLDEN)
        y = point[1] + reach * math.sin(step * _GOLDEN)
        if not (half <= x <= size[0] - half and half <= y <= size[1] - half):
            continue
        column, row = int(x // pitch), int(y // pitch)
        near = (
            found[other]
            for across in (-1, 0, 1)
            for down in (-1, 0, 1)
            for other in taken.get((column + across, row + down), ())
        )
        if all((x - a) ** 2 + (y - b) ** 2 >= pitch * pitch for a, b in near):
            return x, y
    return point
