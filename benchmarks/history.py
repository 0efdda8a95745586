"""A new laptop that takes in a long history, against copying the store's file.

Where bytes lie on the disk matters more than how many they are: into space that a copy just before
it gave back, the same file was written in a fifth of the time (0.3 s against 1.6 s, one after the
other). A new laptop's store grows into space that nothing used, so each copy is left until all are
made. They are made before, between and after the laptops; the ratio is against their median, and
all of them are told. What others left to be written goes to the disk first, outside the time.
Every second copy reads its source from the disk, the others from memory.

What a disk does with a burst of bytes says little of the work, so the same rows are also put into
an empty encrypted database by bare SQL: no file is checked, nobody judged, and no history kept
apart from what is shown.
"""

from __future__ import annotations

import os
import random
import statistics
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.laptops import laptop, sync
from benchmarks.shelves import changes
from benchmarks.timing import Figure, Report
from db.changes import ChangeSetHead, Create, Op, to_slots
from db.connection import Connection, connect
from db.keys import CHEAP
from db.loading import CACHE_IN_LOAD, OPS_IN_FIRST_LOAD, PAGES_IN_LOAD
from db.standing import Source
from db.store import Store, side_files
from engage_desktop.records.venue import Venue
from engage_desktop.sync import create_invite

COPIES = 4
"""How many are made each time."""

NEW_LAPTOPS = 2

AT_ONCE = 1 << 20

_NUMBERED = {
    "record": "pk", "change_set": "pk", "comment": "pk", "response": "pk", "op": "change_set"
}  # fmt: skip
"""The long tables, and the number by which their rows are told apart."""


def history(count: int, device: str) -> Iterator[tuple[ChangeSetHead, Op, Source | None]]:
    """That many ops of another laptop: comments, and a change to every tenth."""
    chance = random.Random(count)
    source = Source(device, "1" * 32, 1, "2" * 64)
    comments = (c.record for c in changes(count, lambda: chance.randbytes(16).hex()))  # type: ignore[union-attr]
    made = 0
    for number, record in enumerate(comments, 1):
        kind = type(record).meta.name
        head = ChangeSetHead(
            chance.randbytes(16).hex(), device, "Maker", 1_790_000_000_000 + number, 0, "Write down"
        )
        slots = to_slots(type(record).specs(), record.model_dump(mode="json", exclude={"id"}))
        compartment = type(record).meta.compartment
        yield head, Op(head.id, 0, kind, record.id, slots, {}, compartment, True), source
        made += 1
        if kind == "comment" and number % 10 == 0:
            later = ChangeSetHead(
                chance.randbytes(16).hex(), device, "Maker", head.ms + count, 0, "Change"
            )
            changed = {"sentiment": "positive"}
            past = {"sentiment": [f"{head.id}:0"]} if "sentiment" in slots else {}
            yield later, Op(later.id, 0, kind, record.id, changed, past, compartment), source
            made += 1
        if made >= count:
            return


def bootstrap(home: Path, report: Report, count: int) -> None:
    """New laptops take in the whole history, one after the other; against copying the store."""
    shared, whole = home / "shared", home / "whole"
    shared.mkdir()
    copies: list[float] = []
    taken: list[float] = []
    bare = 0.0
    with laptop(home / "a", "A") as a:
        a.store.apply([Create(Venue(id=a.store.new_id(), name="Hall"))], "Add")
        sync(a, shared)
        a.store.load(history(count, a.store.device))
        begun = time.perf_counter()
        sync(a, shared, snapshot=True)
        made = time.perf_counter() - begun
        a.store.snapshot(whole)
        copies += copied(whole, COPIES)
        for number in range(NEW_LAPTOPS):
            name = f"B{number}"
            with laptop(home / name, name, create_invite(a.store, cost=CHEAP)) as b:
                settle()
                begun = time.perf_counter()
                received = sync(b, shared).received
                taken.append(time.perf_counter() - begun)
                bare = bare or rows_alone(b.store, home / "bare.db")
            assert received >= count, received
            copies += copied(whole, COPIES)
    snapshot = next((shared / "snap").iterdir()).stat().st_size
    words = f"a new laptop takes in {received:,} ops"
    middle = statistics.median(copies)
    report.add(Figure(words, statistics.mean(taken), "s", middle, "copying the store", 15))
    report.add(Figure("  the same", statistics.mean(taken), "s", bare, "bare SQL", 4))
    report.add(Figure("  each op", statistics.mean(taken) / received * 1e6, "us"))
    report.add(Figure("  making the snapshot", made, "s"))
    report.add(Figure("  the snapshot", snapshot / 1e6, "MB"))
    report.add(Figure("  the store's file", whole.stat().st_size / 1e6, "MB"))
    report.note(f"new laptops, one by one: {_seconds(taken)}")
    report.note(f"copies of the store, one by one: {_seconds(copies)}; the ratio is against "
                f"their median; against the fastest it is "
                f"{statistics.mean(taken) / min(copies):.1f}")  # fmt: skip


def rows_alone(store: Store, target: Path) -> float:
    """Seconds in which bare SQL puts all rows of a store into an empty one, and indexes the words.

    With the store's own tables, cipher and log, in transactions as large as those of a history.
    """
    begun = time.perf_counter()
    connection = connect(target, store._key, create=True)
    try:
        connection.execute("PRAGMA foreign_keys = OFF")
        connection.execute(f"PRAGMA cache_size = -{CACHE_IN_LOAD}")
        connection.execute(f"PRAGMA wal_autocheckpoint = {PAGES_IN_LOAD}")
        connection.execute("PRAGMA synchronous = 1")
        connection.execute("ATTACH ? AS whole KEY ?", (str(store.path), f"x'{store._key.hex()}'"))
        made = connection.execute(
            "SELECT sql, name, sql LIKE 'CREATE VIRTUAL%' FROM whole.sqlite_master WHERE "
            "sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND "
            "tbl_name NOT LIKE '%\\_\\_fts\\__%' ESCAPE '\\'"
        ).fetchall()
        for sql, _, _ in made:
            connection.execute(sql)
        for sql, name, _ in made:
            if sql.startswith("CREATE TABLE"):
                _put_rows(connection, name)
        for _, name, words in made:
            if words:
                connection.execute(f'INSERT INTO "{name}"("{name}") VALUES (\'rebuild\')')
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()
    taken = time.perf_counter() - begun
    for path in (target, *side_files(target)):
        path.unlink(missing_ok=True)
    return taken


def _put_rows(connection: Connection, table: str) -> None:
    """Those of one table, so many at a time where they have numbers."""
    put = f'INSERT OR FAIL INTO main."{table}" SELECT * FROM whole."{table}"'
    key = _NUMBERED.get(table)
    if key is None:
        connection.execute(put)
        return
    last = connection.execute(f'SELECT max({key}) FROM whole."{table}"').fetchone()[0] or 0
    for first in range(0, last + 1, OPS_IN_FIRST_LOAD):
        upto = first + OPS_IN_FIRST_LOAD
        connection.execute(f"{put} WHERE {key} >= {first} AND {key} < {upto}")


def copied(path: Path, times: int) -> list[float]:
    """Seconds to copy a file to the same drive, each time until all of it is on the disk.

    The copies stay, for they would lie in one another's space."""
    found = []
    for number in range(times):
        target = path.with_name(f"copy {time.monotonic_ns()}")
        settle(path if number % 2 else None)
        begun = time.perf_counter()
        with path.open("rb") as source, target.open("wb") as out:
            while piece := source.read(AT_ONCE):
                out.write(piece)
            out.flush()
            os.fsync(out.fileno())
        _sync_folder(target.parent)
        found.append(time.perf_counter() - begun)
    return found


def settle(forget: Path | None = None) -> None:
    """Let the disk finish what it was given; where a file is named, read it anew next time."""
    if sys.platform == "win32":
        return
    os.sync()
    if forget is not None and hasattr(os, "posix_fadvise"):
        with forget.open("rb") as file:
            os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)


def _sync_folder(folder: Path) -> None:
    if sys.platform != "win32":
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


def _seconds(times: list[float]) -> str:
    return ", ".join(f"{seconds:.2f}" for seconds in times) + " s"


__all__ = ["bootstrap"]
