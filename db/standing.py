"""Whether an op counts: the words in which a judge is asked and answers.

The store knows nothing of roles. Whoever knows them hands it a judge, a function of an op and of
the other ops that are its evidence. Only what counts is merged; the rest is kept, shown and
judged again when more is known.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from db.changes import ChangeSetHead, Op


class Verdict(IntEnum):
    """What an op comes to. The numbers are kept in the store."""

    COUNTS = 0
    WAITING = 1  # what would tell is not here yet
    ASIDE = 2  # its author had no right to it


@dataclass(frozen=True, slots=True)
class Standing:
    """A verdict and, where it is not that the op counts, a word for the reason."""

    verdict: Verdict
    reason: str = ""


COUNTING = Standing(Verdict.COUNTS)


@dataclass(frozen=True, slots=True)
class Source:
    """The file in which an op came: whose it is, its row, its number in it and its SHA-256."""

    device: str
    incarnation: str
    seq: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Claim:
    """An op with all that is known of it. `source` is None while no file holds it."""

    head: ChangeSetHead
    op: Op
    source: Source | None = None


class Evidence(Protocol):
    """What a judge may ask of the store about one claim, and nothing else."""

    def op(self, op_id: str) -> tuple[Claim, Standing] | None:
        """The op that the claim names in `because`, if it is here, and what it comes to."""

    def creations(self, record_id: str) -> Sequence[Claim]:
        """The ops that wrote down the claim's own record, whether or not they count.

        A file that is refused on one laptop may have been taken in on another, so a judge lets
        only those speak whose authors had a right to write at all.
        """


Judge = Callable[[Claim, Evidence], Standing]
"""A pure function of the roster and the ops: it looks at no clock and no order of arrival.

It answers WAITING while the op it asks for is absent or itself waiting, so that there is one
answer for each set of ops.
"""


Always = Callable[[str, str, Source | None, str, str], Standing | None]
"""What ops come to by device, roster head, file, kind and compartment alone.

None where a judge has to see the op, or anything else. A judge that has an attribute `always` of
this kind is asked about thousands of ops at once; the two must agree.
"""


def always_of(judge: Judge | None) -> Always:
    """That of a judge; without a judge everything counts."""
    if judge is None:
        return lambda *_: COUNTING
    found: Always = getattr(judge, "always", lambda *_: None)
    return found


@dataclass(frozen=True, slots=True)
class AsideOp:
    """An op that does not count, for people to see: whose, when (ms), on what, and why not."""

    kind: str
    id: str
    title: str
    officer: str
    device: str
    ms: int
    why: str
    verdict: Verdict
    reason: str
    op: str
