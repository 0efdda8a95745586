"""How a thing is timed, and how what was found is said."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table. `wanted` is the most that `ratio` should be; 0 says nothing."""

    what: str
    value: float
    unit: str
    baseline: float | None = None
    against: str = ""
    wanted: float = 0.0

    @property
    def ratio(self) -> float | None:
        """The value for each one of the baseline."""
        return None if not self.baseline else self.value / self.baseline


@dataclass(slots=True)
class Report:
    """All figures of one run."""

    figures: list[Figure] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def add(self, figure: Figure) -> None:
        """Keep a figure and say it at once."""
        self.figures.append(figure)
        print(line(figure), flush=True)

    def note(self, words: str) -> None:
        """Something a reader of the figures must know."""
        self.notes.append(words)
        print(f"  ({words})", flush=True)

    def save(self, path: Path) -> None:
        """Write everything as JSON."""
        data: dict[str, Any] = {
            "figures": [{**asdict(f), "ratio": f.ratio} for f in self.figures],
            "notes": self.notes,
        }
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(data, indent=1) + "\n")


HEADINGS = ("measured", "value", "against", "baseline", "ratio", "wanted")


def row(*cells: str) -> str:
    """One row of the table."""
    what, value, against, baseline, ratio, wanted = cells
    return f"{what:<46} {value:>12}  {against:<24} {baseline:>12} {ratio:>7} {wanted:>8}"


def line(figure: Figure) -> str:
    """A figure as a row of the table."""
    ratio = figure.ratio
    verdict = f"<= {figure.wanted:g}" if figure.wanted else ""
    return row(
        figure.what,
        f"{figure.value:,.2f} {figure.unit}",
        figure.against,
        "" if figure.baseline is None else f"{figure.baseline:,.2f} {figure.unit}",
        "" if ratio is None else f"{ratio:.2f}",
        verdict,
    )


def pair_ms(
    ours: Callable[[], object], theirs: Callable[[], object], times: int = 25
) -> tuple[float, float]:
    """Medians in milliseconds of two things done in turn, so that a busy moment hits both."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(times):
        for job, into in zip((ours, theirs), taken, strict=True):
            begun = time.perf_counter()
            job()
            into.append((time.perf_counter() - begun) * 1000)
    return statistics.median(taken[0]), statistics.median(taken[1])
