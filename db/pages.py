"""Ops as very many of them come in: by the page, as rows that were not made into objects.

Half a million objects cost more than all that is done with them. A page's rows are of the right
form (`db.forms`, or a reader that looks at as much); what they say is another matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from db.changes import ChangeSetHead, Op
from db.forms import check_form
from db.standing import Source

Item = tuple[ChangeSetHead, Op, Source | None]

HeadRow = list[Any]
"""The fields of a `ChangeSetHead`, in their order."""

Row = tuple[HeadRow, Source | None, str, int, str, str, dict[str, Any], dict[str, Any], bool, str]
"""Envelope, file, compartment, index, kind, record, values, supersedes, creates, because."""

OPS_IN_PAGE = 200

RECORD: Final = 5
"""Where a row names its record."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some ops of one compartment. `ops` name the envelope and the file by their place here.

    An op's row is: place of its envelope, of its file (0: none), index, kind, record, values,
    supersedes, creates, because.
    """

    compartment: str
    sources: Sequence[Source | None]
    heads: Sequence[HeadRow]
    ops: Sequence[Sequence[Any]]

    def rows(self) -> list[Row]:
        """Each op with all that it needs."""
        heads, sources, compartment = self.heads, self.sources, self.compartment
        return [
            (heads[at], sources[file], compartment, index, kind, record, values, named, new, why)
            for at, file, index, kind, record, values, named, new, why in self.ops
        ]  # fmt: skip


def op_of(row: Row) -> Op:
    """The op that a row tells of."""
    head, _, compartment, index, kind, record, values, supersedes, creates, because = row
    return Op(head[0], index, kind, record, values, supersedes, compartment, creates, because)


def items_of(rows: Iterable[Row]) -> Iterator[Item]:
    """The same as objects."""
    last: HeadRow | None = None
    for row in rows:
        if row[0] is not last:
            last = row[0]
            head = ChangeSetHead(*last)
        yield head, op_of(row), row[1]


def pages_of(items: Iterable[Item]) -> Iterator[Page]:
    """Objects as pages. Raises `InvalidInput` for an op that no program of ours writes."""
    page: Page | None = None
    last: ChangeSetHead | None = None
    for head, op, source in items:
        check_form(op)
        if page is None or page.compartment != op.compartment or len(page.ops) >= OPS_IN_PAGE:
            if page is not None:
                yield page
            page, last = Page(op.compartment, [None], [], []), None
        if head is not last:
            last = head
            page.heads.append(  # type: ignore[attr-defined]
                [head.id, head.device, head.officer, head.ms, head.counter, head.why, head.undoes,
                 head.roster_head]
            )  # fmt: skip
        if source != page.sources[-1]:
            page.sources.append(source)  # type: ignore[attr-defined]
        page.ops.append(  # type: ignore[attr-defined]
            (len(page.heads) - 1, len(page.sources) - 1, op.index, op.kind, op.record,
             op.values, op.supersedes, op.creates, op.because)
        )  # fmt: skip
    if page is not None:
        yield page


def pieces_of(pages: Iterable[Page], size: int) -> Iterator[list[Row]]:
    """Rows in runs of about `size`; what is about one record stays together, up to four times."""
    held: list[Row] = []
    for page in pages:
        held += page.rows()
        if len(held) < size:
            continue
        cut, record = len(held) - 1, held[-1][RECORD]
        while cut and held[cut - 1][RECORD] == record:
            cut -= 1
        if cut:
            yield held[:cut]
            held = held[cut:]
        elif len(held) >= 4 * size:
            yield held
            held = []
    if held:
        yield held
