"""Importing a real file of 7,908 comments, against `sqlite-utils insert` of the same rows."""

from __future__ import annotations

import csv
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.shelves import AROUND, PASSPHRASE
from benchmarks.timing import Figure, Report
from engage_desktop.exchange.importer import commit, plan_import
from engage_desktop.exchange.mapping import load_mapping
from engage_desktop.exchange.tables import open_table
from engage_desktop.workspace import Workspace

MAPPING = Path("docs/examples/nhs-fft-comments.toml")
PLACES = (Path("../shared/data"), Path("../../shared/data"), Path("build"))
NAME = "nhs_fft_comments_v6framework.csv"


def imports(report: Report, given: Path | None) -> None:
    """Plan and commit, with the encrypted store, history, search and receipt that come with it."""
    source = given or next((p / NAME for p in PLACES if (p / NAME).is_file()), None)
    if source is None:
        report.note(f"{NAME} is not here, so its import was not measured: --data FILE")
        return
    with tempfile.TemporaryDirectory() as name:
        home = Path(name)
        planned, kept = ours(source, home)
        inserted = with_program(source, home)
        called = with_library(source, home)
    both = planned + kept
    report.add(Figure("import of 7,908 comments", both, "s", inserted, "sqlite-utils insert"))
    report.add(Figure("import of 7,908 comments", both, "s", called, "sqlite-utils in process"))
    report.add(Figure("  of it, looking before anything is kept", planned, "s"))
    report.add(Figure("  of it, keeping", kept, "s"))


def ours(source: Path, home: Path) -> tuple[float, float]:
    """(seconds to plan, seconds to commit)."""
    workspace, _ = Workspace.create(
        home / "workspace", officer="Bench", passphrase=PASSPHRASE, around=AROUND
    )
    with workspace:
        begun = time.perf_counter()
        plan = plan_import(workspace.store, open_table(source), load_mapping(MAPPING))
        planned = time.perf_counter()
        commit(workspace.store, plan)
        return planned - begun, time.perf_counter() - planned


def with_program(source: Path, home: Path) -> float:
    """Seconds that the command line takes, its own start included."""
    begun = time.perf_counter()
    command = [sys.executable, "-m", "sqlite_utils", "insert", str(home / "plain.db"), "comments"]
    subprocess.run([*command, str(source), "--csv"], check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - begun


def with_library(source: Path, home: Path) -> float:
    """Seconds that the library takes in this process."""
    import sqlite3

    import sqlite_utils

    begun = time.perf_counter()
    connection = sqlite3.connect(home / "called.db")
    with source.open(encoding="utf-8-sig", newline="") as file:
        sqlite_utils.Database(connection)["comments"].insert_all(csv.DictReader(file))
    connection.commit()
    connection.close()
    return time.perf_counter() - begun
