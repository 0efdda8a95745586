"""Links of a kind to itself make a tree: a place lies in a place. An own change closes no circle.

Two laptops can make half a circle each without knowing of the other's. Such a one is never refused
when it comes, and whoever goes up a tree ends where it comes round. What is refused is to close one
here, where somebody can choose otherwise.
"""

from __future__ import annotations

from functools import cache

from db.changes import Change, Create, Edit
from db.errors import InvalidInput
from db.fields import FieldType, Spec
from db.model import as_written
from db.record import Record
from db.typed import raw_id
from db.writer import Writer


def ties_up(cls: type[Record]) -> tuple[Spec, ...]:
    """The fields by which a record of a kind lies in another of its kind."""
    return _ties_up(as_written(cls))


@cache
def _ties_up(cls: type[Record]) -> tuple[Spec, ...]:
    return tuple(
        spec for spec in cls.specs().values()
        if spec.type is FieldType.LINK and spec.target == cls.meta.name
    )  # fmt: skip


def circle_words(cls: type[Record], spec: Spec) -> str:
    """What is wrong with a link that leads back to where it began."""
    return f"{spec.label}: this {cls.meta.label.lower()} would come to lie within itself."


class Watch:
    """Over the changes of one step: what they tie up anew must not lead back to itself.

    It is asked at the end of the step, so that two may change places in any order.
    """

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._before: dict[tuple[str, str, str], int | None] = {}

    def see(self, change: Change) -> None:
        """A change that is about to be written."""
        match change:
            case Create(record):
                kind, record_id = record.meta.name, record.id
                given = {spec.name for spec in ties_up(type(record)) if getattr(record, spec.name)}
            case Edit(kind, record_id, values) if kind in self._writer.registry:
                specs = ties_up(self._writer.registry[kind])
                given = {spec.name for spec in specs if values.get(spec.name)}
            case _:
                return
        for name in given:
            key = (kind, record_id, name)
            if key not in self._before:
                self._before[key] = self._above(kind, name, self._pk(record_id))

    def ask(self) -> None:
        """Raises `InvalidInput` for a link that closes a circle and was another before."""
        for (kind, record_id, name), before in self._before.items():
            own = self._pk(record_id)
            at = self._above(kind, name, own)
            if at == before:
                continue  # an old slip keeps nobody from mending another
            passed: set[int | None] = {None}
            while at != own and at not in passed:
                passed.add(at)
                at = self._above(kind, name, at)
            if at is not None and at == own:
                cls = self._writer.registry[kind]
                words = circle_words(cls, cls.specs()[name])
                words += " Nothing was changed. Choose another."
                raise InvalidInput(words, {name: words})

    def _pk(self, record_id: str) -> int | None:
        row = self._writer.connection.execute(
            "SELECT pk FROM record WHERE id = ?", (raw_id(record_id),)
        ).fetchone()
        return None if row is None else int(row[0])

    def _above(self, kind: str, name: str, pk: int | None) -> int | None:
        row = self._writer.connection.execute(
            f'SELECT "{name}" FROM "{kind}" WHERE pk = ?', (pk,)
        ).fetchone()
        return None if row is None or row[0] is None else int(row[0])
