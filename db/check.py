"""Is the store whole? Pages, foreign keys, counts, and every record against its ops."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from sqlcipher3 import dbapi2

from db.changes import from_slots, is_empty
from db.connection import Connection
from db.scrubbing import is_bare
from db.typed import ABSENT, BINNED, ERASED_STATE, LIVE
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


def check_pages(connection: Connection, report: CheckReport) -> None:
    """Is every page of the file what was written to it? Nobody may write meanwhile."""
    left_in_log = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
    if not left_in_log:  # with changes still in the log, SQLCipher takes the file for damaged
        for row in connection.execute("PRAGMA cipher_integrity_check"):
            report.problems.append(f"A page of the file is damaged ({row[0]}).")
    try:
        for row in connection.execute("PRAGMA integrity_check"):
            if row[0] != "ok":
                report.problems.append(f"The file's structure is damaged ({row[0]}).")
    except dbapi2.DatabaseError as error:  # damage that keeps the check itself from running
        report.problems.append(f"The file's structure is damaged ({error}).")


def check_contents(
    connection: Connection, writer: Writer, report: CheckReport, progress: Progress | None
) -> None:
    """Do the tables say what the log of changes says? On a connection of its own."""
    connection.execute("BEGIN")
    if connection.execute("PRAGMA foreign_key_check").fetchall():
        report.problems.append("Some records point nowhere.")
    _log(connection, report)
    _records(connection, writer, report, progress)
    _counts(connection, writer, report)
    _words(connection, writer, report)


def _log(connection: Connection, report: CheckReport) -> None:
    """Every change belongs to a change set and to a record, and every record is shown."""
    lost = connection.execute(
        "SELECT (SELECT count(*) FROM op WHERE change_set NOT IN (SELECT pk FROM change_set)), "
        "(SELECT count(*) FROM op WHERE record NOT IN (SELECT pk FROM record)), "
        "(SELECT count(*) FROM record r WHERE state = ? "
        "AND EXISTS (SELECT 1 FROM op WHERE op.record = r.pk AND op.standing = 0))",
        (ABSENT,),
    ).fetchone()
    for count, what in zip(lost, ("author", "record", "place in a list"), strict=True):
        if count:
            report.problems.append(f"{count:,} changes have no {what}.")


def _records(
    connection: Connection, writer: Writer, report: CheckReport, progress: Progress | None
) -> None:
    total = connection.execute(
        "SELECT count(*) FROM record WHERE state <> ?", (ABSENT,)
    ).fetchone()[0]
    rows = connection.execute(
        "SELECT pk, kind, state, title FROM record WHERE state <> ? ORDER BY pk", (ABSENT,)
    )
    for number, (pk, kind, state, title) in enumerate(rows):
        if progress is not None and number % 500 == 0:
            progress(number, total)
        report.checked += 1
        if kind in writer.tables and not _as_written(connection, writer, pk, kind, state, title):
            report.problems.append(f"“{title}” does not match what was written down about it.")
    if progress is not None:
        progress(total, total)


def _as_written(
    connection: Connection, writer: Writer, pk: int, kind: str, state: int, title: str
) -> bool:
    cls = writer.registry[kind]
    specs = cls.specs()
    merged = writer.state(pk).merged
    if merged.erased or state == ERASED_STATE:
        gone = writer.tables[kind].read(connection, pk) is None and title == ""
        return gone and merged.erased and state == ERASED_STATE and is_bare(writer, pk, kind)
    wanted = {
        name: value
        for name, value in from_slots(specs, merged.values).items()
        if value not in (None, [], {}) and not is_empty(specs[name], value)
    }
    marked = connection.execute("SELECT slot FROM conflict WHERE record = ?", (pk,))
    return (
        writer.tables[kind].read(connection, pk) == wanted
        and state == (BINNED if merged.binned else LIVE)
        and title == cls.short_title(wanted)
        and {row[0] for row in marked} == set(merged.conflicts)
    )


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


def _words(connection: Connection, writer: Writer, report: CheckReport) -> None:
    """Does search know exactly the records outside the bin that hold words?"""
    for kind, table in writer.tables.items():
        if not table.searched:
            continue
        held = " OR ".join(f"\"{spec.name}\" <> ''" for spec in table.searched)
        wrong = connection.execute(
            f'SELECT count(*) FROM (SELECT pk FROM "{kind}" WHERE state = ? AND ({held})) t '
            f'FULL JOIN "{kind}__fts_docsize" d ON d.id = t.pk '
            "WHERE t.pk IS NULL OR d.id IS NULL",
            (LIVE,),
        ).fetchone()[0]
        if wrong:
            label = writer.registry[kind].meta.plural.lower()
            report.problems.append(f"Search is wrong about {wrong:,} {label}.")
