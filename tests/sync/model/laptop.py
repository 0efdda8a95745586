"""One laptop in memory: what arrived, in the order of arrival, and what it makes of it."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from db import claims as claim_rules
from db.changes import BIN, SEEN, ChangeSetHead, Op, device_mark
from db.clock import HybridClock
from db.erasing import citations, is_scrubbed, left_of
from db.healing import is_bare_for_nothing
from db.judging import Bench
from db.merge import Merged, OpView, merge
from db.precedence import Late, Order
from db.record import Registry
from db.scrubbing import rights_in
from db.standing import Claim, Judge, Source, Standing, Verdict
from db.tellings import Weighed, bared, weighed, with_telling
from engage_desktop.sync.authority import judge_for
from engage_desktop.sync.entries import Entry, Team
from engage_desktop.sync.rights import BUNDLE, chain_of
from engage_desktop.sync.roles import COMPARTMENTS
from engage_desktop.sync.roster import Roster
from tests.sync.model.history import Snapshot, covered_by, make_snapshot, trusts
from tests.sync.model.keys import CheapKey


class _NoLog:
    """In place of a store's connection: all there is has been handed over already."""

    def execute(self, _sql: str, _params: object = ()) -> _NoLog:
        return self

    def __iter__(self) -> Any:
        return iter(())

    def fetchone(self) -> None:
        return None


class _Notes:
    """In place of a store's settings: what is known of files, by hash."""

    def __init__(self, notes: Mapping[str, dict[str, Any]]) -> None:
        self._notes = notes

    def get_setting(self, name: str, default: Any = None) -> Any:
        return self._notes.get(name.removeprefix(BUNDLE), default)


@dataclass(frozen=True, slots=True)
class File:
    """What a laptop published: its place in a row, the team it knew, and the ops in it."""

    source: Source
    prev: str
    roster: str
    items: tuple[tuple[ChangeSetHead, Op], ...]


@dataclass
class Shelf:
    """What a backup of a laptop holds, and a clone begins with."""

    claims: dict[str, Claim] = field(default_factory=dict)
    told: dict[str, Weighed] = field(default_factory=dict)  # where files tell an op differently
    heads: dict[str, ChangeSetHead] = field(default_factory=dict)
    entries: dict[str, Entry] = field(default_factory=dict)
    files: dict[str, File] = field(default_factory=dict)
    notes: dict[str, dict[str, Any]] = field(default_factory=dict)
    snapshots: set[str] = field(default_factory=set)
    unsent: list[str] = field(default_factory=list)
    again: set[str] = field(default_factory=set)  # files to read a second time
    late: dict[str, Late] = field(default_factory=dict)  # files found to have come too late
    judged_by: Registry | None = None  # the release that last judged
    incarnation: str = ""
    seq: int = 0
    prev: str = ""

    def copy(self) -> Shelf:
        return Shelf(
            dict(self.claims), dict(self.told), dict(self.heads), dict(self.entries),
            dict(self.files), dict(self.notes), set(self.snapshots), list(self.unsent),
            set(self.again), dict(self.late), self.judged_by, self.incarnation, self.seq,
            self.prev,
        )  # fmt: skip


class Rosters:
    """Folds each set of entries once while a seed is played; the end folds them anew."""

    def __init__(self, team: Team) -> None:
        self.team = team
        self._known: dict[frozenset[str], Roster] = {}

    def of(self, entries: Mapping[str, Entry]) -> Roster:
        key = frozenset(entries)
        if key not in self._known:
            self._known[key] = Roster(self.team, entries.values())
        return self._known[key]


class Laptop:
    """A replica. `reads` are the compartments whose parts it can open."""

    def __init__(
        self, device: str, officer: str, key: CheapKey, rosters: Rosters, *,
        registry: Registry, reads: frozenset[str], chance: random.Random, ms: int,
    ) -> None:  # fmt: skip
        self.device = device
        self.officer = officer
        self.key = key
        self.rosters = rosters
        self.registry = registry
        self.reads = reads
        self.chance = chance
        self.ms = ms
        self.clock = HybridClock(self.now)
        self.shelf = Shelf(incarnation=self.id(), judged_by=registry)
        self._by_record: dict[str, dict[str, Claim]] | None = None

    def now(self) -> int:
        self.ms += 1
        return self.ms

    def id(self) -> str:
        return f"{self.chance.getrandbits(128):032x}"

    @property
    def roster(self) -> Roster:
        return self.rosters.of(self.shelf.entries)

    # -- taking in -------------------------------------------------------------------------

    def take_entry(self, entry: Entry) -> None:
        self.shelf.entries.setdefault(entry.sha256, entry)

    def take_file(self, file: File) -> bool:
        """As `receiving.receive` does; False for a file that is refused as yet."""
        shelf = self.shelf
        if file.source.sha256 in shelf.notes and file.source.sha256 not in self.shelf.again:
            return True
        if file.source.device not in self.roster.known or _is_in_anothers_name(file):
            return False
        shelf.files[file.source.sha256] = file
        self._note(file)
        own = file.source.device == self.device and file.source.sha256 not in self.shelf.again
        self.shelf.again.discard(file.source.sha256)
        for head, op in file.items:
            if op.compartment in self.reads:
                self.take(head, op, file.source)
        if own and file.source.incarnation == shelf.incarnation:
            if not self._made(file):  # somebody else goes on in this row: a copy of this laptop
                self.begin_incarnation(file.source.seq)
            elif file.source.seq > shelf.seq:
                shelf.seq, shelf.prev = file.source.seq, file.source.sha256
        return True

    def _note(self, file: File) -> None:
        source = file.source
        self.shelf.notes[source.sha256] = {
            "device": source.device, "incarnation": source.incarnation, "seq": source.seq,
            "prev": file.prev,
        }  # fmt: skip

    def take_snapshot(self, snapshot: Snapshot) -> bool:
        """As `snapshots.take_in_snapshots` does; False for one that is refused as yet."""
        shelf = self.shelf
        if snapshot.sha256 in shelf.snapshots and not shelf.again:
            return True
        if not trusts(self.roster, snapshot.core):
            return False
        for head, op, source in snapshot.items(self.reads):
            self.take(head, op, source)
        own = [c.mark for c in snapshot.core.covers if c.device == self.device]
        unknown = [mark for mark in own if mark.sha256 not in shelf.notes]
        shelf.notes |= covered_by(snapshot, shelf.notes)
        shelf.snapshots.add(snapshot.sha256)
        if shelf.incarnation in {mark.incarnation for mark in unknown}:
            self.begin_incarnation(max(mark.seq for mark in unknown))
        return True

    def make_snapshot(self, team: str) -> Snapshot:
        """Of all that is here; everything of its own was published before."""
        shelf = self.shelf
        made_at = Source(self.device, shelf.incarnation, shelf.seq, shelf.prev)
        every = [claim for key in shelf.claims for claim in self.tellings(key)]
        made = make_snapshot(team, made_at, self.roster.head, every, shelf.notes, self.id() * 2)
        shelf.snapshots.add(made.sha256)
        return made

    def _made(self, file: File) -> bool:
        sha, wanted = self.shelf.prev, file.source.sha256
        while sha and sha != wanted:
            sha = self.shelf.files[sha].prev if sha in self.shelf.files else ""
        return sha == wanted

    def begin_incarnation(self, seq: int) -> None:
        shelf = self.shelf
        shelf.incarnation, shelf.prev = self.id(), ""
        shelf.seq = max(seq, shelf.seq)

    def take(self, head: ChangeSetHead, op: Op, source: Source | None) -> None:
        """As `db.intake` does."""
        kept = self.shelf.heads.setdefault(head.id, head)
        self.clock.observe(head.ms, head.counter)
        order = self.order
        if kept != head:
            brought = None
            for key, claim in self.shelf.claims.items():
                if key.startswith(head.id):
                    brought = order.first(brought, claim.source)
            if order.of_head((head, source)) > order.of_head((kept, brought)):
                return
            self.shelf.heads[head.id] = head
            for key in [key for key in self.shelf.claims if key.startswith(head.id)]:
                del self.shelf.claims[key]
                self.shelf.told.pop(key, None)
        came, known = Claim(head, op, source), self.tellings(op.id)
        if known:
            self._keep(weighed(order, with_telling(order, known, came)))
        else:
            self._put(came)

    def tellings(self, op_id: str) -> tuple[Claim, ...]:
        """All that is told of an op."""
        if op_id in self.shelf.told:
            return self.shelf.told[op_id].tellings
        return (self.shelf.claims[op_id],) if op_id in self.shelf.claims else ()

    def _keep(self, found: Weighed) -> None:
        key = found.counts.op.id
        self.shelf.told.pop(key, None)
        if len(found.tellings) > 1:
            self.shelf.told[key] = found
        if self.shelf.claims.get(key) != found.counts:
            self._put(found.counts)

    def weigh_again(self) -> None:
        """As `reconsider` does when the team changed: other tellings may have come in time."""
        for found in list(self.shelf.told.values()):
            self._keep(weighed(self.order, found.tellings))

    @property
    def order(self) -> Order:
        return Order(self._lateness, COMPARTMENTS)

    def _lateness(self, source: Source) -> Late:
        return self.roster.lateness(source, self.chain)

    def _put(self, claim: Claim) -> None:
        self.shelf.claims[claim.op.id] = claim
        self._by_record = None

    # -- what it comes to ------------------------------------------------------------------

    def by_record(self) -> dict[str, dict[str, Claim]]:
        if self._by_record is None:
            found: dict[str, dict[str, Claim]] = defaultdict(dict)
            for key, claim in self.shelf.claims.items():
                found[claim.op.record][key] = claim
            self._by_record = found
        return self._by_record

    def judge(self, roster: Roster | None = None) -> Judge:
        return judge_for(roster or self.roster, self.registry, chain=self.chain)

    def chain(self, source: Source, mark: tuple[int, str]) -> bool | None:
        return chain_of(_Notes(self.shelf.notes))(source, mark)  # type: ignore[arg-type]

    def standings(
        self, claims: Mapping[str, Claim], judge: Judge | None = None
    ) -> dict[str, Standing]:
        bench = Bench(_NoLog(), self.registry, judge or self.judge())  # type: ignore[arg-type]
        return bench.settle(claims)[0]

    def counting(self, record: str) -> list[OpView]:
        """The ops about a record that count here."""
        claims = self.by_record().get(record, {})
        found = self.standings(claims)
        return [view(c) for k, c in claims.items() if found[k].verdict is Verdict.COUNTS]

    def state(self, record: str, kind: str) -> tuple[list[OpView], Merged]:
        ops = self.counting(record)
        return ops, merge(ops, specs_of(self.registry, kind))

    # -- writing ---------------------------------------------------------------------------

    def open_set(self, why: str) -> ChangeSetHead:
        ms, counter = self.clock.tick()
        set_id = device_mark(self.device) + f"{self.chance.getrandbits(64):016x}"
        return ChangeSetHead(
            set_id, self.device, self.officer, ms, counter, why, None, self.roster.head
        )

    def op(
        self, head: ChangeSetHead, kind: str, record: str, slots: Mapping[str, Any], *,
        because: str = "", named: Mapping[str, list[str]] | None = None,
    ) -> Op:  # fmt: skip
        """One change as `db.writer` says it: it names all that it replaces and had seen."""
        ops, now = self.state(record, kind)
        if now.binned and BIN not in slots:
            slots = {**slots, BIN: True}
        supersedes = {slot: [op.key for op in now.heads.get(slot, ())] for slot in slots}
        supersedes = {slot: keys for slot, keys in supersedes.items() if keys}
        if slots.get(BIN):
            supersedes[SEEN] = sorted({op.key for ops in now.heads.values() for op in ops})
        supersedes |= citations(ops, slots) | dict(named or {})
        compartment = self.registry[kind].meta.compartment
        return Op(head.id, 0, kind, record, dict(slots), supersedes, compartment, because=because)

    def permits(self, head: ChangeSetHead, op: Op) -> bool:
        """Would this laptop's own program let the officer write this?"""
        claims = {**self.by_record().get(op.record, {}), op.id: Claim(head, op)}
        return self.standings(claims)[op.id].verdict is Verdict.COUNTS

    def keep(self, head: ChangeSetHead, op: Op) -> None:
        self.take(head, op, None)
        self.shelf.unsent.append(op.id)

    def publish(self) -> File | None:
        """Freeze what is not sent yet into the next file of this laptop's row."""
        shelf = self.shelf
        items = [self._own(key) for key in shelf.unsent if key in shelf.claims]
        shelf.unsent.clear()
        if not items:
            return None
        shelf.seq += 1
        source = Source(self.device, shelf.incarnation, shelf.seq, self.id() * 2)
        file = File(source, shelf.prev, self.roster.head, tuple((c.head, c.op) for c in items))
        shelf.prev = source.sha256
        shelf.files[source.sha256] = file
        self._note(file)
        for claim in items:
            self._sent(claim, source)
        return file

    def _own(self, key: str) -> Claim:
        """As `tellings.own` does: what this laptop itself says of an op."""
        brought = self.shelf.claims[key].source
        for claim in self.tellings(key):
            if claim.source is None or claim.source == brought:
                return claim
        return self.shelf.claims[key]

    def _sent(self, claim: Claim, source: Source) -> None:
        key = claim.op.id
        if key not in self.shelf.told:
            now = replace(claim, source=claim_rules.earlier(claim.source, source))
            self._put(now)
            return
        told = [
            replace(each, source=source) if each.source is None else each
            for each in self.shelf.told[key].tellings
        ]
        self._keep(weighed(self.order, told))

    # -- erasures --------------------------------------------------------------------------

    def scrub(self) -> None:
        """Take out of this laptop's log what was erased, as `db.scrubbing` does."""
        self.weigh_again()
        for claims in list(self.by_record().values()):
            if not any(slot[:7] == "_erased" for c in claims.values() for slot in c.op.values):
                continue
            kind = next(iter(claims.values())).op.kind
            _, now = self.state(next(iter(claims.values())).op.record, kind)

            def left(op: Op, seen: Any, now: Merged = now) -> Any:
                return left_of(
                    op.id, op.values, op.supersedes, now.erasures, whole=now.erased,
                    rights=rights_in(self.registry, op.kind), seen=seen,
                )  # fmt: skip

            for key, claim in claims.items():
                if key in self.shelf.told:
                    self._keep(bared(self.shelf.told[key], self.order, left))
                    continue
                op = claim.op
                values, named = left(op, op.supersedes)
                if values != op.values or named != op.supersedes:
                    bare = replace(op, values=values, supersedes=named)
                    self._put(replace(claim, op=bare))

    def upgrade(self, registry: Registry) -> None:
        """As `rights.judge_after_upgrade` does, erased values are read again at the next sync."""
        self.registry = registry
        if registry is not self.shelf.judged_by:
            self.shelf.judged_by = registry
            told = [each for key in self.shelf.claims for each in self.tellings(key)]
            bare = [each for each in told if is_scrubbed(each.op.values)]
            self.shelf.again |= {each.source.sha256 for each in bare if each.source is not None}

    def to_read_again(self) -> set[str]:
        """As `reading_again` finds them."""
        notes = self.shelf.notes
        late = {
            sha: self._lateness(Source(n["device"], n["incarnation"], n["seq"], sha))
            for sha, n in notes.items()
        }
        late = {sha: how for sha, how in late.items() if how}
        changed = late.items() ^ self.shelf.late.items()
        whose = {notes[sha]["device"] for sha, _ in changed if sha in notes}
        self.shelf.late = late
        return {s for s, n in notes.items() if n["device"] in whose} | self.bare_for_nothing()

    def bare_for_nothing(self) -> set[str]:
        """The files that brought what no erasure takes that counts: as `db.healing` tells."""
        found = set()
        for record, claims in self.by_record().items():
            bare = [
                (each, claim.op if says else each.op)
                for key, claim in claims.items()
                for each, says in self._said(key)
                if is_scrubbed(each.op.values)
            ]
            if bare:
                _, now = self.state(record, bare[0][0].op.kind)
                found |= {
                    each.source.sha256
                    for each, seen in bare
                    if each.source is not None
                    and is_bare_for_nothing(now, each.op.id, each.op.values, seen.supersedes)
                }
        return found

    def _said(self, key: str) -> list[tuple[Claim, bool]]:
        """All that is told of an op, and whether it has a say."""
        found = self.shelf.told.get(key)
        if found is None:
            return [(self.shelf.claims[key], True)]
        return list(zip(found.tellings, found.says, strict=True))

    # -- copies ----------------------------------------------------------------------------

    def restore(self, shelf: Shelf) -> None:
        """Go back to a backup, under a new row."""
        self.shelf = shelf.copy()
        self._by_record = None
        self.begin_incarnation(self.shelf.seq)
        self.upgrade(self.registry)


def _is_in_anothers_name(file: File) -> bool:
    """As `lines.read_lines` refuses it."""
    mark = device_mark(file.source.device)
    return any(
        head.device != file.source.device or not head.id.startswith(mark) for head, _ in file.items
    )


def view(claim: Claim) -> OpView:
    head, op = claim.head, claim.op
    stamp = (head.ms, head.counter, head.device, head.id, op.index)
    return OpView(op.id, stamp, op.values, op.supersedes)


def specs_of(registry: Registry, kind: str) -> Mapping[str, Any]:
    return registry[kind].specs() if kind in registry else {}


def unknown(registry: Registry, items: Iterable[Op]) -> int:
    """How many ops a laptop keeps without knowing what they say."""
    return sum(claim_rules.is_unread(registry, op) for op in items)
