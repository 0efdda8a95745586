"""The long proofs: their order, and their figures, told while they run, in the end, and in
build/soak.json.

A long proof says what it did with `record_property`; how long it took and how it ended is noted
for every one of them. One that takes more than a few minutes says so, `soak(minutes=20)`: those
begin first, so that no processor waits in the end for one that was dealt out last.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest


def minutes(item: pytest.Item) -> float:
    """How long a long proof takes on one processor, about."""
    mark = item.get_closest_marker("soak")
    return float(mark.kwargs.get("minutes", 1)) if mark else 0


@pytest.fixture
def progress(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Say a line at once, though output is kept back."""
    capture = request.config.pluginmanager.getplugin("capturemanager")
    # A worker's output is how it speaks with who shares out the proofs.
    worker = hasattr(request.config, "workerinput")

    def say(line: str) -> None:
        if capture is None:
            print(line, flush=True)  # noqa: T201
            return
        with capture.global_and_fixture_disabled():
            print(f"\n{line}", end="", flush=True, file=sys.stderr if worker else None)

    return say


class Figures:
    """A plugin that gathers what the long proofs came to."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._done: list[dict[str, Any]] = []

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note one long proof; the file is written anew each time, so that a stop costs nothing."""
        if "soak" not in report.keywords or (report.when != "call" and not report.failed):
            return
        _, _, name = report.nodeid.partition("::")
        self._done.append({
            "proof": name, "outcome": report.outcome, "seconds": round(report.duration, 1),
            **dict(report.user_properties),
        })  # fmt: skip
        self._file.parent.mkdir(exist_ok=True)
        self._file.write_text(json.dumps(self._done, indent=1) + "\n")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """All figures once more, at the end."""
        terminalreporter.section("long proofs")
        for proof in self._done:
            terminalreporter.line(_line_of(proof))
        minutes = sum(proof["seconds"] for proof in self._done) / 60
        terminalreporter.line(
            f"{len(self._done)} long proofs in {minutes:,.0f} min; figures in {self._file}"
        )


def _line_of(proof: dict[str, Any]) -> str:
    figures = ", ".join(
        f"{value:,} {name}" if isinstance(value, int) else f"{name}: {value}"
        for name, value in proof.items()
        if name not in ("proof", "outcome", "seconds")
    )
    line = f"{proof['outcome']} in {proof['seconds']:,.0f} s: {proof['proof']}"
    return f"{line}: {figures}" if figures else line
