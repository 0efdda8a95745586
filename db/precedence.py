"""Which of two files, or of two envelopes under one id, goes before the other.

The same on every laptop, whatever came first: what lies in a file from before its laptop's right
ended goes before all that came after, so that whoever keeps such a laptop cannot take back what it
said. Of several contents under one id that came in time, see `db.tellings`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from db import claims
from db.changes import ChangeSetHead, Op, head_rank
from db.standing import Source

Late = tuple[int, ...]
"""How much of its author's right had ended before a file: the greater, the later; () for none."""

Lateness = Callable[[Source], Late]


Parent = Callable[[str], str]
"""From a kind to the field that says to what a record of it belongs; "" for none."""


class Order:
    """Compares, with what is known of files, compartments and kinds: see `Sharing.lateness`."""

    def __init__(
        self,
        lateness: Lateness | None = None,
        compartments: Sequence[str] = (),
        parent: Parent = lambda kind: "",
    ) -> None:
        self._lateness = lateness
        self._places = {name: place for place, name in enumerate(compartments)}
        self.parent = parent

    def late(self, source: Source | None) -> Late:
        """How much too late a file came. What is in none was written here."""
        return () if source is None or self._lateness is None else self._lateness(source)

    def first(self, one: Source | None, other: Source | None) -> Source | None:
        """Of two files that hold one op, the one that counts as having brought it."""
        if one is None or other is None or one == other or self.late(one) == self.late(other):
            return claims.earlier(one, other)
        return min(one, other, key=self.late)

    def of_place(self, op: Op) -> tuple[int, str, str, str]:
        """Where an op lies and what it is about: the smaller one counts.

        The compartment that most may read goes first, so that whoever reads fewer has heard of it.
        """
        where = self._places.get(op.compartment, len(self._places))
        return where, op.compartment or "~", op.kind, op.record

    def of_head(self, head: tuple[ChangeSetHead, Source | None]) -> tuple[bool, Late, str]:
        """Of two envelopes under one id, each with a file that brought it, likewise; but a
        colleague's never goes before that of the laptop whose mark the id begins with."""
        is_others, rank = head_rank(head[0])
        return is_others, self.late(head[1]), rank
