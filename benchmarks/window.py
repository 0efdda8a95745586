"""From the start to the first painted rows, and memory with a long list open."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.shelves import shelf
from benchmarks.timing import Figure, Report
from db.keys import KdfCost, derive

TIMES = 7
BYTECODE = Path("build/bench-bytecode").resolve()
"""Where the children keep what Python has compiled. An installed program is compiled once and for
all; a developer's settings may forbid that, and then every start would measure the compiler."""


def child(*arguments: str) -> dict[str, float]:
    """Run one program to its end and take what it found."""
    settings = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    settings["PYTHONPYCACHEPREFIX"] = str(BYTECODE)
    settings["BENCH_BEGUN"] = str(time.monotonic())
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.child", *arguments],
        env=settings,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found: dict[str, float] = json.loads(done.stdout.strip().splitlines()[-1])
    return found


def window(report: Report, count: int = 100_000) -> None:
    """The start of our window against the start of an empty one, in turn."""
    folder = str(shelf(count))
    empty: list[dict[str, float]] = []
    ours: list[dict[str, float]] = []
    child("empty"), child("ours", folder)  # the first start compiles
    for _ in range(TIMES):
        empty.append(child("empty"))
        ours.append(child("ours", folder))
    baseline = statistics.median(one["painted_ms"] for one in empty)
    mine = statistics.median(one["painted_ms"] for one in ours)
    report.add(
        Figure(f"start to first rows, {count:,}", mine, "ms", baseline, "empty window", wanted=3)
    )
    for what, name in (("imports", "imported_ms"), ("opening the store", "opened_ms")):
        report.add(Figure(f"  of it, {what}", statistics.median(one[name] for one in ours), "ms"))
    begun = time.perf_counter()
    derive("four plain words here", b"s" * 16, KdfCost())
    report.add(Figure("key derivation, apart", (time.perf_counter() - begun) * 1000, "ms"))


def memory(report: Report, count: int = 1_000_000) -> None:
    """Peak memory with a list open and scrolled through, against an empty window."""
    found = child("ours", str(shelf(count)))
    bare = child("empty")
    report.add(
        Figure(f"peak memory, list of {found['rows']:,.0f} rows", found["peak_mb"], "MB",
               bare["peak_mb"], "empty window")
    )  # fmt: skip
    small = child("ours", str(shelf(1_000)))
    report.add(
        Figure(f"peak memory, list of {found['rows']:,.0f} rows", found["peak_mb"], "MB",
               small["peak_mb"], "1,000 comments")
    )  # fmt: skip
