"""Which of two contents under one id counts, and which of two files brought it.

The same on every laptop, whatever came first: what lies in a file from before its laptop's right
ended goes before all that came after, so that whoever keeps such a laptop cannot take back what it
said; then the ranks of the contents decide (`db.changes`), then the numbers of the files.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from db import claims
from db.changes import ChangeSetHead, content_rank, head_rank
from db.standing import Claim, Source

Lateness = Callable[[Source], int]


class Order:
    """Compares, with what is known of files: see `Sharing.lateness`."""

    def __init__(self, lateness: Lateness | None = None) -> None:
        self._lateness = lateness

    def late(self, source: Source | None) -> int:
        """How much too late a file came. What is in none was written here."""
        return 0 if source is None or self._lateness is None else self._lateness(source)

    def first(self, one: Source | None, other: Source | None) -> Source | None:
        """Of two files that hold one op, the one that counts as having brought it."""
        if one is None or other is None or one == other or self.late(one) == self.late(other):
            return claims.earlier(one, other)
        return min(one, other, key=self.late)

    def brought(self, claim: Claim, one: Source | None, other: Source | None) -> Claim:
        """The claim, whole or scrubbed, as of the first of two files that brought it."""
        return replace(claim, source=self.first(one, other))

    def of_content(self, claim: Claim) -> tuple[int, str]:
        """The claim with the smaller one counts."""
        return self.late(claim.source), content_rank(claim.op)

    def of_head(self, head: tuple[ChangeSetHead, Source | None]) -> tuple[bool, int, str]:
        """Of two envelopes under one id, each with a file that brought it, likewise; but a
        colleague's never goes before that of the laptop whose mark the id begins with."""
        is_others, rank = head_rank(head[0])
        return is_others, self.late(head[1]), rank
