"""Is the store whole? Pages, foreign keys, counts, and every record against its ops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from db.changes import from_slots
from db.connection import Connection
from db.typed import ABSENT, BINNED, LIVE
from db.writer import Writer

Progress = Callable[[int, int], None]


@dataclass(slots=True)
class CheckReport:
    """`problems` are sentences; `counts` the records of each kind outside the bin."""

    problems: list[str] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=dict)
    checked: int = 0

    @property
    def ok(self) -> bool:
        """True when nothing is wrong."""
        return not self.problems


def check(connection: Connection, writer: Writer, progress: Progress | None) -> CheckReport:
    """Look at everything; change nothing but the write-ahead log's place on disk."""
    report = CheckReport()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    for row in connection.execute("PRAGMA cipher_integrity_check"):
        report.problems.append(f"A page of the file is damaged ({row[0]}).")
    for row in connection.execute("PRAGMA integrity_check"):
        if row[0] != "ok":
            report.problems.append(f"The file's structure is damaged ({row[0]}).")
    if connection.execute("PRAGMA foreign_key_check").fetchall():
        report.problems.append("Some records point nowhere.")
    if not report.problems:
        _records(connection, writer, report, progress)
        _counts(connection, writer, report)
    return report


def _records(
    connection: Connection, writer: Writer, report: CheckReport, progress: Progress | None
) -> None:
    rows = connection.execute(
        "SELECT pk, kind, state, title FROM record WHERE state <> ? ORDER BY pk", (ABSENT,)
    ).fetchall()
    for number, (pk, kind, state, title) in enumerate(rows):
        if progress is not None and number % 500 == 0:
            progress(number, len(rows))
        report.checked += 1
        if kind not in writer.tables:
            continue
        merged = writer.state(pk).merged
        wanted = from_slots(writer.registry[kind].specs(), merged.values)
        wanted = {name: value for name, value in wanted.items() if value not in (None, [], {})}
        held = writer.tables[kind].read(connection, pk) or {}
        held = {name: value for name, value in held.items() if value != ""}
        wanted = {name: value for name, value in wanted.items() if value != ""}
        if held != wanted or state != (BINNED if merged.binned else LIVE):
            report.problems.append(f"“{title}” does not match what was written down about it.")


def _counts(connection: Connection, writer: Writer, report: CheckReport) -> None:
    for kind in writer.registry.names():
        for state in (LIVE, BINNED):
            there = connection.execute(
                f'SELECT count(*) FROM "{kind}" WHERE state = ?', (state,)
            ).fetchone()[0]
            row = connection.execute(
                "SELECT n FROM tally WHERE kind = ? AND state = ?", (kind, state)
            ).fetchone()
            if there != (row[0] if row else 0):
                label = writer.registry[kind].meta.plural.lower()
                report.problems.append(f"The count of {label} is wrong.")
            if state == LIVE:
                report.counts[kind] = int(there)
        if writer.tables[kind].searched:
            connection.execute(
                f'INSERT INTO "{kind}__fts"("{kind}__fts") VALUES (\'integrity-check\')'
            )
