"""What points to a stakeholder, and which changes of a record were merges and their taking back."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from db.fields import FieldType, Spec
from db.reader import Reader

KIND = "stakeholder"
MERGING = "merging"


def links(reader: Reader) -> Iterator[tuple[str, Spec]]:
    """(kind, field) of every link that may lead to a stakeholder.

    Not what a merge says of whom it put away: that is history.
    """
    for cls in reader.registry:
        for spec in cls.specs().values():
            if spec.type not in (FieldType.LINK, FieldType.LINKS):
                continue
            if spec.target in ("", KIND) and (cls.meta.name, spec.name) != (MERGING, "away"):
                yield cls.meta.name, spec


def pointing_at(reader: Reader, record_id: str) -> dict[tuple[str, str], list[str]]:
    """(kind, id) of the records outside the bin that lead to a stakeholder, by which fields."""
    found: dict[tuple[str, str], list[str]] = {}
    here = "(SELECT pk FROM record WHERE id = ?)"
    for kind, spec in links(reader):
        if spec.type is FieldType.LINK:
            source = f'"{kind}" t WHERE t."{spec.name}" = {here}'
        else:
            source = (
                f'"{kind}__{spec.name}" s JOIN "{kind}" t ON t.pk = s.pk WHERE s.element = {here}'
            )
        rows = reader.sql(
            "SELECT lower(hex((SELECT id FROM record WHERE pk = t.pk))) "
            f"FROM {source} AND t.state = 0 ORDER BY t.pk",
            [bytes.fromhex(record_id)],
        )
        for (each,) in rows:
            found.setdefault((kind, str(each)), []).append(spec.name)
    return found


@dataclass(frozen=True, slots=True)
class MergeNote:
    """A merge as it stands. `into` is the record that took the values over, `kept` the one that
    holds them now: another, where that was merged on. `stands` until it is taken back."""

    id: str
    change_set: str
    into: str
    kept: str
    away: str
    stands: bool


_NOTE = (
    "SELECT lower(hex(r.id)), lower(hex(c.id)), json_extract(o.body, '$.kept'), "
    "lower(hex(k.id)), lower(hex(a.id)), m.state = 0 AND m.undone_on IS NULL "
    "FROM merging m JOIN record r ON r.pk = m.pk JOIN op o ON o.record = m.pk AND o.creates "
    "AND o.standing = 0 JOIN change_set c ON c.pk = o.change_set "
    "JOIN record k ON k.pk = m.kept JOIN record a ON a.pk = m.away "
)


def merge_note(reader: Reader, merging_id: str) -> MergeNote | None:
    """One merge; None where it is not here."""
    return next(_notes(reader, "WHERE r.id = ?", merging_id), None)


def merges_into(reader: Reader, record_id: str) -> list[MergeNote]:
    """The merges by which a record took over values, also those taken back; oldest first."""
    return [
        note
        for note in _notes(
            reader,
            "WHERE o.change_set IN (SELECT change_set FROM op WHERE record = "
            "(SELECT pk FROM record WHERE id = ?)) ORDER BY c.ms, c.counter",
            record_id,
        )
        if note.into == record_id
    ]


def standing_merge_of(reader: Reader, record_id: str) -> MergeNote | None:
    """The newest merge by which a record is in the bin, while it stands."""
    notes = _notes(reader, "WHERE a.id = ? ORDER BY c.ms DESC, c.counter DESC", record_id)
    return next((note for note in notes if note.stands), None)


def merges_of(reader: Reader, record_id: str) -> list[MergeNote]:
    """Every merge that ever put a record away, also those taken back or undone."""
    return list(_notes(reader, "WHERE a.id = ?", record_id))


def merges_held_by(reader: Reader, record_id: str) -> list[MergeNote]:
    """The merges whose values and links a record holds now, also those taken back; newest first."""
    return list(_notes(reader, "WHERE k.id = ? ORDER BY c.ms DESC, c.counter DESC", record_id))


def _notes(reader: Reader, where: str, record_id: str) -> Iterator[MergeNote]:
    for row in reader.sql(_NOTE + where, [bytes.fromhex(record_id)]):
        merging, change_set, into, kept, away, stands = row
        yield MergeNote(merging, change_set, into or kept, kept, away, bool(stands))


def sets_of_merges(reader: Reader, record_id: str) -> frozenset[str]:
    """Ids of the change sets that changed a record by a merge, its taking back, or their undo."""
    rows = reader.sql(
        "SELECT DISTINCT lower(hex(c.id)) FROM op mine JOIN op o ON o.change_set = mine.change_set "
        "JOIN record m ON m.pk = o.record JOIN change_set c ON c.pk = o.change_set "
        "WHERE mine.record = (SELECT pk FROM record WHERE id = ?) AND m.kind = ?",
        [bytes.fromhex(record_id), MERGING],
    )
    return frozenset(str(row[0]) for row in rows)


def movers_of(reader: Reader, record_id: str) -> dict[str, list[str]]:
    """By change set that changed a record: the merges that moved links in it."""
    rows = reader.sql(
        "SELECT DISTINCT lower(hex(c.id)), lower(hex(m.id)) FROM op mine "
        "JOIN op o ON o.change_set = mine.change_set JOIN record m ON m.pk = o.record "
        "JOIN change_set c ON c.pk = o.change_set "
        "WHERE mine.record = (SELECT pk FROM record WHERE id = ?) AND m.kind = ? "
        "AND json_extract(o.body, '$.moved') IS NOT NULL",
        [bytes.fromhex(record_id), MERGING],
    )
    found: dict[str, list[str]] = {}
    for change_set, merging in rows:
        found.setdefault(str(change_set), []).append(str(merging))
    return found
