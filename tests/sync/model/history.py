"""Snapshots of the model: the product's header and lines, without the sealing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from db.changes import ChangeSetHead, Op
from db.standing import Claim, Source
from engage_desktop.sync.cores import SNAPSHOT, Core, Covered, Mark, read_core
from engage_desktop.sync.roles import COMPARTMENTS, reads
from engage_desktop.sync.roster import Roster
from engage_desktop.sync.snapshot_lines import read_items, write_items


@dataclass(frozen=True, slots=True)
class Snapshot:
    """All that one laptop held, as lines by compartment."""

    sha256: str
    core: Core
    parts: Mapping[str, tuple[bytes, ...]]

    def items(self, readable: Iterable[str]) -> Iterator[tuple[ChangeSetHead, Op, Source | None]]:
        for name in sorted(readable):
            yield from read_items((line.rstrip(b"\n") for line in self.parts[name]), name)


def make_snapshot(
    team: str, made_at: Source, roster: str, claims: Iterable[Claim],
    notes: Mapping[str, Mapping[str, Any]], sha256: str,
) -> Snapshot:  # fmt: skip
    covers = tuple(
        Covered(note["device"], Mark(note["incarnation"], note["seq"], sha), note.get("prev"))
        for sha, note in notes.items()
    )
    core = Core(
        team, made_at.device, made_at.incarnation, made_at.seq, made_at.sha256, roster=roster,
        kind=SNAPSHOT, covers=covers,
    )  # fmt: skip
    held = sorted(claims, key=lambda c: (c.op.record, c.op.id))
    parts = {
        name: tuple(write_items((c.head, c.op, c.source) for c in held if c.op.compartment == name))
        for name in COMPARTMENTS
    }
    return Snapshot(sha256, read_core(json.loads(json.dumps(core.as_json()))), parts)


def trusts(roster: Roster, core: Core) -> bool:
    """As `snapshots._believe`: it was made by who reads everything."""
    if core.device not in roster.known:
        return False
    made_at = Source(core.device, core.incarnation, core.seq, core.prev)
    role = roster.role_at(core.device, core.roster, made_at)
    return role is not None and reads(role) == COMPARTMENTS


def covered_by(
    snapshot: Snapshot, notes: Mapping[str, Mapping[str, Any]]
) -> dict[str, dict[str, Any]]:
    """What is known, as `books.cover` notes it, of the files that a snapshot stands for."""
    found = {}
    for item in snapshot.core.covers:
        mark = item.mark
        note = dict(notes.get(mark.sha256, {}))
        note |= {"device": item.device, "incarnation": mark.incarnation, "seq": mark.seq}
        if item.prev is not None:
            note["prev"] = item.prev
        note["in"] = sorted({*note.get("in", ()), snapshot.sha256})
        found[mark.sha256] = note
    return found
