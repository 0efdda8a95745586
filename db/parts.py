"""What belongs to a record goes where it goes: into the bin, and out of it again.

A kind whose `parent` is a link to another kind, or to any, holds parts of that record: the
comments of a response, the files of an event. A person's words must not stay in lists and counts
when their response is deleted.
"""

from __future__ import annotations

from collections.abc import Iterator

from db.changes import BIN
from db.typed import BINNED, LIVE
from db.writer import Writer

Part = tuple[str, str]
"""(kind, id) of a record that belongs to another."""


def binned_with(writer: Writer, kind: str, record_id: str) -> list[Part]:
    """The parts, and their parts, that go into the bin with a record."""
    return [part for part, _ in _parts(writer, kind, record_id, LIVE)]


def restored_with(writer: Writer, kind: str, record_id: str) -> list[Part]:
    """The parts that went into the bin in the same change as their record, and come out with it.

    What was deleted by itself, before or since, stays deleted.
    """
    pk, _ = writer.row(kind, record_id)
    sets = _binned_in(writer, pk)
    parts = _parts(writer, kind, record_id, BINNED)
    return [part for part, part_pk in parts if sets & _binned_in(writer, part_pk)]


def every_part(writer: Writer, kind: str, record_id: str) -> list[tuple[str, str, str]]:
    """(kind, id, title) of the parts and their parts, in the bin or not, each once.

    And of what is the same one under another id, with its parts: see `KindMeta.twin`.
    """
    found: dict[Part, str] = {}
    waiting: list[Part] = [(kind, record_id)]
    while waiting:
        owner = waiting.pop(0)
        for state in (LIVE, BINNED):
            for part, pk in _parts(writer, *owner, state):
                if part not in found and part != (kind, record_id):
                    row = writer.connection.execute(
                        "SELECT title FROM record WHERE pk = ?", (pk,)
                    ).fetchone()
                    found[part] = str(row[0])
                    waiting.append(part)
                    twin = _twin(writer, part[0], pk, state)
                    if twin is not None and twin not in found and twin != (kind, record_id):
                        found[twin] = _title(writer, twin[1])
                        waiting.append(twin)
    return [(*part, title) for part, title in found.items()]


def _twin(writer: Writer, kind: str, pk: int, state: int) -> Part | None:
    """What a part says is the same one as its owner; None where it says so no more, or it is not
    here. A part that was undone says nothing, and what it named is out of the bin then."""
    meta = writer.registry[kind].meta
    if not meta.twin:
        return None
    row = writer.connection.execute(
        f'SELECT r.kind, lower(hex(r.id)), r.state FROM "{kind}" t JOIN record r '
        f'ON r.pk = t."{meta.twin}" WHERE t.pk = ? AND t."{meta.untwinned}" IS NULL',
        (pk,),
    ).fetchone()
    if row is None or row[2] not in (LIVE, BINNED) or (state == BINNED and row[2] == LIVE):
        return None
    return str(row[0]), str(row[1])


def _title(writer: Writer, record_id: str) -> str:
    row = writer.connection.execute(
        "SELECT title FROM record WHERE id = ?", (bytes.fromhex(record_id),)
    ).fetchone()
    return str(row[0])


def _binned_in(writer: Writer, pk: int) -> set[str]:
    """Ids of the change sets by which a record is in the bin, or went there and was kept there.

    Settling a field of a record in the bin says again that it is there; it went there before.
    """
    now = writer.state(pk)
    by_key = {op.key: op for op in now.ops}
    waiting = [op for op in now.heads.get(BIN, []) if op.values[BIN]]
    found: set[str] = set()
    while waiting:
        op = waiting.pop()
        found.add(op.key[:32])
        before = [by_key[key] for key in op.supersedes.get(BIN, ()) if key in by_key]
        waiting.extend(old for old in before if old.values[BIN])
    return found


def _parts(writer: Writer, kind: str, record_id: str, state: int) -> Iterator[tuple[Part, int]]:
    pk, _ = writer.row(kind, record_id)
    for cls in writer.registry:
        meta = cls.meta
        if not meta.parent or cls.specs()[meta.parent].target not in ("", kind):
            continue
        rows = writer.connection.execute(
            f'SELECT t.pk, lower(hex(r.id)) FROM "{meta.name}" t JOIN record r ON r.pk = t.pk '
            f'WHERE t."{meta.parent}" = ? AND t.state = ? ORDER BY t.pk',
            (pk, state),
        ).fetchall()
        for part_pk, part_id in rows:
            yield (meta.name, part_id), part_pk
            if meta.name != kind:  # a kind that is its own parent could turn in a circle
                yield from _parts(writer, meta.name, part_id, state)
