"""What goes into a field copy: one event, its venue and its people as they are linked now.

Read from the registry alone, so that a kind that is added later comes along, or stays out, by what
it says of itself. Taken are: the event; what belongs to it (kinds whose `parent` it is, and
theirs); whatever these link to; the files attached to any of them; and the lists from which cards
are keyed in (themes). Not taken: what links to the event without belonging to it (answers that were
given before), what those people link to, and anything about money or confidential.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from db.errors import NotFound
from db.fields import LINK_TYPES, FieldType
from db.query import ListQuery
from db.reader import Reader
from db.record import Record, Registry
from db.store import Store
from db.typed import ABSENT, BINNED, ERASED_STATE

EVENT = "event"
"""The kind of which a field copy takes one."""

TAKEN = ("general", "people")
"""The compartments that may leave the office in a field copy."""


@dataclass(slots=True)
class Scope:
    """The records of a field copy: id -> kind, in the order in which they were found.

    `erased` are those of which nothing is left but that they were erased.
    """

    event: str
    records: dict[str, str] = field(default_factory=dict)
    erased: set[str] = field(default_factory=set)

    def counts(self) -> dict[str, int]:
        """Kind -> how many, without what was erased."""
        found: dict[str, int] = {}
        for record, kind in self.records.items():
            if record not in self.erased:
                found[kind] = found.get(kind, 0) + 1
        return found


def scope_of(store: Store, event: str) -> Scope:
    """What a field copy of an event takes now. Raises `NotFound` where it is not there."""
    if store.where(EVENT, event) != "live":
        raise NotFound("There is no such event, or it is in the bin. No copy was made.")
    reader = store.reader()
    try:
        with reader.steady():
            return _gathered(reader, store.registry, event)
    finally:
        reader.close()


def _gathered(reader: Reader, registry: Registry, event: str) -> Scope:
    scope = Scope(event, {event: EVENT})
    own = list(scope.records.items())
    for record, kind in own:  # grows while it is gone through
        for part, part_kind in _parts(reader, registry, record, kind, papers=False):
            if part not in scope.records:
                scope.records[part] = part_kind
                own.append((part, part_kind))
    for record, kind in own:
        for target in _links(reader.get(kind, record)):
            _take(scope, reader, registry, target)
    for record, kind in list(scope.records.items()):
        if record not in scope.erased:
            for part, part_kind in _parts(reader, registry, record, kind, papers=True):
                scope.records.setdefault(part, part_kind)
    for name in lists_for_cards(registry):
        for record in _all(reader, name):
            scope.records.setdefault(record, name)
    return scope


def _take(scope: Scope, reader: Reader, registry: Registry, record: str) -> None:
    """One record that is linked to, if it is here and may leave."""
    found = reader.sql(
        "SELECT kind, state FROM record WHERE id = ? AND state <> ?",
        [bytes.fromhex(record), ABSENT],
    )
    if not found or record in scope.records:
        return
    kind, state = str(found[0][0]), int(found[0][1])
    if kind not in registry or registry[kind].meta.compartment not in TAKEN or state == BINNED:
        return
    scope.records[record] = kind
    if state == ERASED_STATE:
        scope.erased.add(record)


def _links(record: Record) -> Iterator[str]:
    """The ids of everything that a record links to."""
    values = record.model_dump(mode="json")
    for name, spec in type(record).specs().items():
        if spec.type is FieldType.LINK and values[name]:
            yield values[name]
        elif spec.type is FieldType.LINKS:
            yield from values[name]


def _parts(
    reader: Reader, registry: Registry, record: str, kind: str, *, papers: bool
) -> Iterator[tuple[str, str]]:
    """(id, kind) of what belongs to a record: its papers, which share its compartment, or else."""
    for cls in registry:
        meta = cls.meta
        if not meta.parent or (meta.follows == meta.parent) is not papers:
            continue
        if not papers and meta.compartment not in TAKEN:
            continue
        if cls.specs()[meta.parent].target in ("", None, kind):
            for part in reader.find(meta.name, meta.parent, record):
                yield part, meta.name


def lists_for_cards(registry: Registry) -> list[str]:
    """The kinds of reference list that kinds keyed in from cards choose from: anybody's to read.

    A list links to nothing itself and is kept without an end.
    """
    found = []
    for cls in registry:
        specs = cls.specs().values() if cls.meta.batch else ()
        for target in (spec.target for spec in specs if spec.type in LINK_TYPES and spec.target):
            meta = registry[target].meta
            links = [s for s in registry[target].specs().values() if s.type in LINK_TYPES]
            fits = meta.compartment == "general" and meta.retention.period_months == 0 and not links
            if fits and target not in found:
                found.append(target)
    return found


def _all(reader: Reader, kind: str) -> list[str]:
    after: int | None = None
    found: list[str] = []
    while True:
        page = reader.page(ListQuery(kind, sort="pk"), limit=1_000, after=after)
        found += [row.id for row in page.rows]
        if not page.more:
            return found
        after = page.last


__all__ = ["EVENT", "TAKEN", "Scope", "lists_for_cards", "scope_of"]
