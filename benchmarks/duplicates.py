"""Finding duplicates: how well, how fast at 5,000 and 50,000, and against peers on one register.

Peers are measured where `BENCH_LINKERS` names a Python that has recordlinkage and splink
(`python -m venv linkers && linkers/bin/pip install recordlinkage splink`).
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.people import Entry, register, true_pairs
from benchmarks.shelves import AROUND, PASSPHRASE
from benchmarks.timing import Figure, Report
from db.changes import Create
from engage_desktop.duplicates import alike, find_duplicates
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.stakeholders.duplicates import find_pairs
from engage_desktop.stakeholders.matching import card_of, email_key, phone_key, postcode_key
from engage_desktop.stakeholders.names import person_name
from engage_desktop.stakeholders.words import folded
from engage_desktop.workspace import Workspace

SIZES = (5_000, 50_000)
JUDGED = 5_000
TAUGHT, ASKED = 102, 900
"""Seeds of the register that peers are taught by, and of the one that all are asked about. Ours was
set on others."""


def duplicates(report: Report, *, small: bool) -> None:
    """Every figure about duplicates."""
    entries = register(JUDGED, ASKED)
    ours = judged(entries)
    said(report, "ours", ours)
    peers(report, ours["f1"])
    took: dict[int, float] = {}
    for size in SIZES[:1] if small else SIZES:
        with tempfile.TemporaryDirectory() as name:
            took[size] = in_a_workspace(Path(name) / "ws", size, report)
    if len(took) == 2:
        few, many = SIZES
        each = (took[many] / many) / (took[few] / few)
        report.add(Figure("  for each stakeholder, ten times as many", each, "x", 1.0, "even", 3))


def judged(entries: list[Entry]) -> dict[str, float]:
    """Precision, recall and F1 of what we would show, on a register whose truth is known."""
    cards = [card_of(f"{n:032x}", e.values, e.values.get("organisation", ""))
             for n, e in enumerate(entries)]  # fmt: skip
    begun = time.perf_counter()
    pairs = find_pairs(cards)
    seconds = time.perf_counter() - begun
    places = ((int(pair.one, 16), int(pair.other, 16)) for pair in pairs)
    return quality({(min(p), max(p)) for p in places}, true_pairs(entries)) | {"seconds": seconds}


def quality(found: set[tuple[int, int]], truth: set[tuple[int, int]]) -> dict[str, float]:
    """Precision, recall and their harmonic mean."""
    hits = len(found & truth)
    precision, recall = hits / max(1, len(found)), hits / max(1, len(truth))
    return {"precision": precision, "recall": recall,
            "f1": 2 * precision * recall / max(1e-9, precision + recall)}  # fmt: skip


def said(report: Report, who: str, found: dict[str, float], ours: float | None = None) -> None:
    """F1 as a line, the rest as a note. `ours` stands beside a peer's."""
    report.add(Figure(f"duplicates, F1 of {who}", found["f1"], "", ours, "ours" if ours else ""))
    report.note(f"precision {found['precision']:.3f}, recall {found['recall']:.3f}, "
                f"{found['seconds']:.1f} s, {JUDGED:,} entries")  # fmt: skip


def peers(report: Report, ours: float) -> None:
    """What others make of the same register."""
    python = os.environ.get("BENCH_LINKERS")
    if not python:
        report.note("BENCH_LINKERS names no Python with recordlinkage and splink: peers left out")
        return
    with tempfile.TemporaryDirectory() as name:
        files = []
        for seed in (TAUGHT, ASKED):
            entries = register(JUDGED, seed)
            files.append(Path(name) / f"{seed}.json")
            pairs = sorted(true_pairs(entries))
            files[-1].write_text(json.dumps({"rows": table(entries), "pairs": pairs}))
        script = Path(__file__).with_name("duplicates_peer.py")
        ran = subprocess.run([python, script, *files], capture_output=True, text=True, check=False)
    if ran.returncode:
        report.note(f"the peers failed: {ran.stderr[-300:]}")
        return
    for who, found in json.loads(ran.stdout.splitlines()[-1]).items():
        if found:
            said(report, who, found, ours)
        else:
            report.note(who)


def table(entries: Iterable[Entry]) -> list[dict[str, str]]:
    """As somebody would hand it to such a tool: names in halves, values in one form."""
    rows = []
    for entry in entries:
        values = entry.values
        name = person_name(values["name"]) if values["nature"] == "person" else None
        rows.append({
            "nature": values["nature"],
            "given": name.first if name else "",
            "family": name.family if name else folded(values["name"]),
            "email": email_key(values.get("email", "")),
            "phone": phone_key(values.get("phone", "")),
            "postcode": postcode_key(values.get("postcode", "")),
            "address": folded(values.get("address", "")),
            "organisation": folded(values.get("organisation", "")),
        })  # fmt: skip
    return rows


# -- in a real store -----------------------------------------------------------------------------


def in_a_workspace(folder: Path, size: int, report: Report) -> float:
    """Seconds for the whole review, and what a pause in typing costs."""
    workspace, _ = Workspace.create(folder, officer="A", passphrase=PASSPHRASE, around=AROUND)
    with workspace:
        store = workspace.store
        entries = register(size, ASKED)
        changes = [Create(each) for each in records(entries, store.new_id)]
        with store.batch("Add") as batch:
            for first in range(0, len(changes), 2_000):
                batch.add(changes[first : first + 2_000])
        reader = store.reader()
        try:
            begun = time.perf_counter()
            pairs = find_duplicates(reader, progress=lambda done, total: None)
            seconds = time.perf_counter() - begun
            report.add(Figure(f"review of {size:,} stakeholders", seconds, "s"))
            report.note(f"{len(pairs):,} pairs to look at")
            typed = [each.values for each in entries[:: size // 100]]
            took = [timed(lambda values=values: alike(reader, values)) for values in typed]  # type: ignore[misc]
        finally:
            reader.close()
    slowest = sorted(took)[int(0.95 * len(took))]
    report.add(Figure(f"look-up while typing, {size:,}, median", statistics.median(took), "ms"))
    report.add(Figure("  of a hundred, the slowest five", slowest, "ms", 50.0, "50 ms", 1))
    return seconds


def records(entries: list[Entry], new_id: Callable[[], str]) -> Iterator[Stakeholder]:
    """As records; an organisation is a link to the first entry of that name."""
    bodies: dict[str, str] = {}
    for each in entries:
        if each.values["nature"] != "person":
            bodies.setdefault(each.values["name"], new_id())
    left = dict(bodies)
    for each in entries:
        values: dict[str, Any] = dict(each.values)
        values["organisation"] = bodies.get(values.get("organisation", ""))
        own = left.pop(values["name"], None) if values["nature"] != "person" else None
        yield Stakeholder.model_validate({"id": own or new_id(), **values})


def timed(job: Callable[[], object]) -> float:
    """Milliseconds."""
    begun = time.perf_counter()
    job()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    duplicates(Report(), small="--small" in sys.argv)
