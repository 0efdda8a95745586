"""Bringing a store's tables up to this release, and refusing one from a later release.

The machinery is sqlite-utils' own. This module holds only the tables that every store has; the
domain's migrations are passed in. A migration is a frozen literal: it never imports a model.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from db.connection import Connection, transaction, utils
from db.errors import DamagedStore, NewerVersion

Migrate = Callable[[Connection], None]


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered step. `name` starts with its number and never changes once released."""

    name: str
    apply: Migrate


def statements(*sql: str) -> Migrate:
    """A migration that runs these statements."""

    def run(connection: Connection) -> None:
        for statement in sql:
            connection.execute(statement)

    return run


OWN = (
    Migration(
        "db-0001",
        statements(
            "CREATE TABLE setting(name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, "
            "WITHOUT ROWID",
            "CREATE TABLE secret(name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT, WITHOUT ROWID",
            "CREATE TABLE change_set(pk INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, "
            "device TEXT NOT NULL, officer TEXT NOT NULL, ms INTEGER NOT NULL, "
            "counter INTEGER NOT NULL, why TEXT NOT NULL, undoes BLOB, roster_head TEXT NOT NULL, "
            "here INTEGER NOT NULL, finished INTEGER, undoable INTEGER NOT NULL) STRICT",
            "CREATE UNIQUE INDEX change_set__finished ON change_set(finished)",
            "CREATE TABLE record(pk INTEGER PRIMARY KEY, id BLOB NOT NULL UNIQUE, "
            "kind TEXT NOT NULL, state INTEGER NOT NULL, title TEXT NOT NULL, "
            "ms INTEGER NOT NULL) STRICT",
            "CREATE TABLE op(change_set INTEGER NOT NULL, idx INTEGER NOT NULL, "
            "record INTEGER NOT NULL, body TEXT NOT NULL, supersedes TEXT, "
            "unread INTEGER NOT NULL, PRIMARY KEY(change_set, idx)) STRICT, WITHOUT ROWID",
            "CREATE INDEX op__record ON op(record)",
            "CREATE TABLE conflict(record INTEGER NOT NULL, slot TEXT NOT NULL, "
            "PRIMARY KEY(record, slot)) STRICT, WITHOUT ROWID",
            "CREATE TABLE tally(kind TEXT NOT NULL, state INTEGER NOT NULL, n INTEGER NOT NULL, "
            "PRIMARY KEY(kind, state)) STRICT, WITHOUT ROWID",
        ),
    ),
    # Whether an op counts, why, and by which file and in which compartment it came. `kind` is ""
    # where it is its record's; `source` 0 where no file brought it; `compartment` "" in ops from
    # before this step, which went with their kind.
    Migration(
        "db-0002",
        statements(
            "ALTER TABLE op ADD COLUMN kind TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE op ADD COLUMN compartment TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE op ADD COLUMN standing INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE op ADD COLUMN reason TEXT NOT NULL DEFAULT ''",
            "ALTER TABLE op ADD COLUMN source INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE op ADD COLUMN creates INTEGER NOT NULL DEFAULT 0",
            "ALTER TABLE op ADD COLUMN because TEXT",
            "CREATE INDEX op__standing ON op(standing) WHERE standing <> 0",
            "CREATE INDEX op__because ON op(because) WHERE because IS NOT NULL",
            "CREATE TABLE source(pk INTEGER PRIMARY KEY, device TEXT NOT NULL, "
            "incarnation TEXT NOT NULL, seq INTEGER NOT NULL, sha256 TEXT NOT NULL UNIQUE) STRICT",
        ),
    ),
    # The change sets that erase: `cleaned` is when (ms) nothing was left in any file, null before.
    # Attachments whose record was erased and whose file has still to go.
    Migration(
        "db-0003",
        statements(
            "CREATE TABLE erasing_set(change_set INTEGER PRIMARY KEY, cleaned INTEGER) STRICT",
            "CREATE TABLE erased_file(digest TEXT PRIMARY KEY) STRICT, WITHOUT ROWID",
            "CREATE INDEX record__erased ON record(pk) WHERE state = 2",
        ),
    ),
    # What each file says of an op, for the few of which files tell differently; `says` where it has
    # a part in what stands in `op`. `record` is an id, of one that may not be here.
    Migration(
        "db-0004",
        statements(
            "CREATE TABLE telling(change_set INTEGER NOT NULL, idx INTEGER NOT NULL, "
            "source INTEGER NOT NULL, record BLOB NOT NULL, kind TEXT NOT NULL, "
            "body TEXT NOT NULL, supersedes TEXT, compartment TEXT NOT NULL, "
            "creates INTEGER NOT NULL, because TEXT NOT NULL, says INTEGER NOT NULL, "
            "PRIMARY KEY(change_set, idx, source, record, kind, compartment)) "
            "STRICT, WITHOUT ROWID",
            "CREATE INDEX telling__record ON telling(record)",
        ),
    ),
)


def applied(connection: Connection) -> list[str]:
    """Names of the migrations this store has had, in order."""
    there = connection.execute(
        "SELECT count(*) FROM sqlite_master WHERE name = '_sqlite_migrations'"
    ).fetchone()[0]
    if not there:
        return []
    rows = connection.execute("SELECT name FROM _sqlite_migrations ORDER BY rowid")
    return [row[0] for row in rows]


def pending(connection: Connection, domain: Sequence[Migration]) -> list[Migration]:
    """The migrations still to come. Raises `NewerVersion` when the store knows more than we do."""
    ours = (*OWN, *domain)
    done = applied(connection)
    strangers = [name for name in done if name not in {step.name for step in ours}]
    if strangers:
        raise NewerVersion(
            "This workspace was last used with a newer version of Engage Desktop. Nothing was "
            "changed. Install the newer version on this computer and open it again."
        )
    return [step for step in ours if step.name not in done]


def upgrade(connection: Connection, steps: Sequence[Migration]) -> None:
    """Apply the steps, each whole or not at all, with foreign keys off and checked after."""
    if not steps:
        return
    from sqlite_utils.migrations import Migrations

    connection.execute("PRAGMA foreign_keys = OFF")
    try:
        migrations = Migrations("engage")
        for step in steps:
            migrations(name=step.name)(_on_connection(step.apply))
        migrations.apply(utils(connection))
        broken = connection.execute("PRAGMA foreign_key_check").fetchall()
        if broken:
            raise DamagedStore(
                "After the upgrade some records point nowhere. The copy made before the upgrade "
                "is kept beside the workspace; restore it and tell us."
            )
    finally:
        connection.execute("PRAGMA foreign_keys = ON")


def _on_connection(apply: Migrate) -> Callable[..., None]:
    def migrate(db: object) -> None:
        apply(db.conn)  # type: ignore[attr-defined]

    return migrate


__all__ = ["OWN", "Migration", "applied", "pending", "statements", "transaction", "upgrade"]
