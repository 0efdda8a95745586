"""A laptop in a test: a real store, a clock that runs as told, and ways to look and to send."""

import random
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from db.changes import Bin, ChangeSetHead, Create, Edit, Op, Received, Restore
from db.record import Record
from db.store import RECORD_KEY, Store
from tests.kinds import every_field_kind

KINDS = every_field_kind()
KEY = bytes(range(32))
NOON = 1_790_000_000_000
"""Milliseconds: a day in September 2026."""

Items = list[tuple[ChangeSetHead, Op]]


def template(path: Path) -> Path:
    """Make an empty store that laptops are copied from: a team shares one record key."""
    store = Store.create(path, KEY, KINDS.registry, KINDS.migrations, officer="?", device="?")
    store.set_secret(RECORD_KEY, b"one team" * 4)
    store.close()
    return path


class Laptop:
    """A store, its officer and its clock. `ahead` is how wrong the clock is, in milliseconds."""

    def __init__(self, path: Path, officer: str, *, number: int = 0, ahead: int = 0) -> None:
        self.path = path
        self.ms = NOON + ahead
        self.chance = random.Random(number)
        self.heard: list[Any] = []
        self._open()
        self.store.set_setting("officer", officer)
        self.store.set_setting("device", f"{number + 1:032x}")
        self.reopen()

    def _open(self) -> None:
        self.store = Store.open(
            self.path, KEY, KINDS.registry, KINDS.migrations, now=self.now,
            randomness=self.chance.randbytes,
        )  # fmt: skip
        self.store.listen(self.heard.append)
        self.reader = self.store.reader()

    def now(self) -> int:
        """The wall clock: one second later at each look."""
        self.ms += 1000
        return self.ms

    def close(self) -> None:
        """Close both connections."""
        self.reader.close()
        self.store.close()

    def reopen(self) -> None:
        """Close and open again, as after a night."""
        self.close()
        self._open()

    # -- short ways ------------------------------------------------------------------------

    def add(self, kind: str = "theme", **values: Any) -> str:
        """Write down a record; its id."""
        record_id = values.pop("id", None) or self.store.new_id()
        self.store.apply([Create(self.record(kind, record_id, **values))], f"Add {kind}")
        return record_id

    def record(self, kind: str, record_id: str, **values: Any) -> Record:
        """A record that is not yet written down."""
        if kind == "theme":
            values.setdefault("name", "A theme")
        return self.store.registry[kind].model_validate({"id": record_id, **values})

    def edit(self, kind: str, record_id: str, **values: Any) -> Any:
        """Change fields."""
        return self.store.apply([Edit(kind, record_id, values)], f"Change {', '.join(values)}")

    def bin(self, kind: str, record_id: str) -> Any:
        """Put in the bin."""
        return self.store.apply([Bin(kind, record_id)], "Delete")

    def restore(self, kind: str, record_id: str) -> Any:
        """Take out of the bin."""
        return self.store.apply([Restore(kind, record_id)], "Restore")

    def get(self, kind: str, record_id: str) -> dict[str, Any]:
        """Values of a record in JSON form."""
        return self.store.get(kind, record_id).model_dump(mode="json")

    # -- sending ---------------------------------------------------------------------------

    def ops(self, after: int = 0) -> Items:
        """What this laptop has to send."""
        return [(head, op) for _, head, op in self.store.ops_after(after)]

    def take(self, items: Iterable[tuple[ChangeSetHead, Op]]) -> Received:
        """Receive what others sent."""
        return self.store.receive(items)

    # -- looking ---------------------------------------------------------------------------

    def everything(self) -> dict[str, Any]:
        """All that this laptop shows of its records, in a form that laptops can be compared by."""
        return {
            "records": {(kind, r): v for kind, r, *v in self._records()},
            "conflicts": {
                (c.kind, c.id, c.slot): [(v.op, repr(v.value), v.officer, v.ms) for v in c.versions]
                for c in self.store.conflicts()
            },
            "tally": self.tally(),
        }

    def _records(self) -> Iterator[tuple[Any, ...]]:
        rows = self.reader.sql(
            "SELECT kind, lower(hex(id)), state, title, ms FROM record WHERE state <> 9"
        )
        for kind, record_id, state, title, ms in rows:
            if kind not in self.store.registry:
                yield kind, record_id, state, title, ms
                continue
            table = self.store._writer.tables[kind]
            pk = self.store._writer.pk_of(record_id)
            yield kind, record_id, state, title, ms, table.read(self.store._connection, pk)

    def tally(self) -> dict[tuple[str, int], int]:
        """The kept counts, without noughts."""
        rows = self.reader.sql("SELECT kind, state, n FROM tally WHERE n <> 0")
        return {(kind, state): n for kind, state, n in rows}

    def whole(self) -> None:
        """Fail unless the store's own check passes."""
        report = self.store.check()
        assert report.ok, report.problems


def exchange(*laptops: Laptop) -> None:
    """Everybody receives what everybody has."""
    sent = [laptop.ops() for laptop in laptops]
    for laptop in laptops:
        for other, items in zip(laptops, sent, strict=True):
            if other is not laptop:
                laptop.take(items)
