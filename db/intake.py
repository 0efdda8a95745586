"""Taking in ops that others wrote: any number, in any order, any number of times.

`Intake.take` is one short transaction's work; the store begins and ends it. What is here
afterwards depends on the set of ops alone. Where files tell one op differently, what counts is
what they agree on (`db.tellings`), never what came first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from db import claims, tellings
from db.changes import ChangeSetHead, Op, Touched, from_slots, same_content
from db.claims import Logged
from db.connection import Connection
from db.erasing import is_mark, is_scrubbed
from db.healing import LIFTED, erases, lifts
from db.judging import Bench
from db.keeping import Keeper
from db.log import set_setting
from db.merge import OpView, merge
from db.pages import Item
from db.precedence import Lateness, Order
from db.record import Registry
from db.scrubbing import kept_in
from db.standing import Claim, Judge, Source, Standing, Verdict
from db.typed import ABSENT, BINNED, LIVE

MOST_SETS = 50_000
"""How many envelopes are remembered from one step to the next, about."""


@dataclass(slots=True)
class Taken:
    """What some steps came to, added up."""

    new_ops: int = 0
    waiting: int = 0
    aside: int = 0
    records: set[int] = field(default_factory=set)
    touched: list[Touched] = field(default_factory=list)
    contradicted: set[str] = field(default_factory=set)


@dataclass(slots=True)
class _Step:
    """One transaction's work: what is new by op id, what is judged anew, whose rows change."""

    new: dict[str, Claim] = field(default_factory=dict)
    again: list[Logged] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)
    dirty: set[int] = field(default_factory=set)


class Intake:
    """Takes ops into the log and lets the tables follow."""

    def __init__(
        self,
        connection: Connection,
        keeper: Keeper,
        judge: Judge | None,
        lateness: Lateness | None = None,
        compartments: Sequence[str] = (),
    ) -> None:
        self._connection = connection
        self._keeper = keeper
        self._registry: Registry = keeper.registry
        self._judged = judge is not None
        self._order = Order(lateness, compartments, partial(kept_in, keeper.registry))
        self._bench = Bench(connection, keeper.registry, judge)
        self._sets: dict[str, tuple[int, ChangeSetHead]] = {}
        self._sources: dict[str, int] = {}
        self.taken = Taken()

    def take(self, items: Iterable[Item]) -> None:
        """Take in some ops of the right form (`check_form`)."""
        step = _Step()
        if len(self._sets) > MOST_SETS:
            self._sets.clear()
        known = self._open_sets(items_list := list(items), step)
        self._compare(self._told(items_list), known, step)
        if not step.new and not step.again and not step.dirty and not step.gone:
            return
        rows = self._places(step)
        if self._judged:
            written_down = [
                rows[claim.op.record][0] for claim in step.new.values()
                if claim.op.creates and not rows[claim.op.record][2]
            ]  # fmt: skip
            written_down += [item.record_pk for item in step.again if item.claim.op.creates]
            records = {*written_down, *step.dirty}
            step.again += claims.about(self._connection, self._registry, sorted(records))
        standings, changed = self._bench.settle(step.new, step.again, step.gone)
        claims.set_standings(self._connection, changed)
        if lifts(changed):
            set_setting(self._connection, LIFTED, True)
        step.dirty.update(item.record_pk for item, _ in changed)
        self._log(step, standings, rows)
        self._follow(step, standings, rows)

    # -- envelopes -------------------------------------------------------------------------

    def _open_sets(self, items: Sequence[Item], step: _Step) -> set[str]:
        """Note every envelope; ids of the change sets that were here before.

        Of two envelopes under one id the one with the smaller rank stays, with what is under it.
        """
        heads: dict[str, ChangeSetHead] = {}
        brought: dict[str, Source | None] = {}
        for head, _, source in items:
            other = heads.get(head.id)
            if other is None:
                heads[head.id], brought[head.id] = head, source
            elif other is not head and other != head:
                self.taken.contradicted |= {head.device, other.device}
                both = [(head, source), (other, brought[head.id])]
                heads[head.id], brought[head.id] = min(both, key=self._order.of_head)
        self._look_up([set_id for set_id in heads if set_id not in self._sets])
        known = {set_id for set_id in heads if set_id in self._sets}
        fresh = [head for set_id, head in heads.items() if set_id not in known]
        for set_id in known:
            pk, head = self._sets[set_id]
            if head != heads[set_id]:
                self.taken.contradicted |= {head.device, heads[set_id].device}
                new = self._order.of_head((heads[set_id], brought[set_id]))
                if new < self._order.of_head((head, self._brought(pk))):
                    self._replace_head(pk, heads[set_id], step)
        top = self._next("change_set")
        for pk, head in enumerate(fresh, top):
            self._sets[head.id] = (pk, head)
        self._connection.executemany(
            "INSERT INTO change_set(pk, id, device, officer, ms, counter, why, undoes, "
            "roster_head, here, finished, undoable) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 0, NULL, 0)",
            [(pk, *_head_row(head)) for pk, head in enumerate(fresh, top)],
        )
        return known

    def _look_up(self, ids: Sequence[str]) -> None:
        for some in claims.pieces(ids):
            rows = self._connection.execute(
                "SELECT lower(hex(id)), device, officer, ms, counter, why, "
                "lower(hex(undoes)), roster_head, pk FROM change_set "
                f"WHERE id IN ({', '.join('?' * len(some))})",
                [bytes.fromhex(set_id) for set_id in some],
            )
            for row in rows:
                head = claims.head_of(row)
                self._sets[head.id] = (int(row[8]), head)

    def _brought(self, pk: int) -> Source | None:
        """The best of the files that brought what is under an envelope; None for none."""
        rows = self._connection.execute(
            "SELECT DISTINCT s.device, s.incarnation, s.seq, s.sha256 FROM op o "
            "JOIN source s ON s.pk = o.source WHERE o.change_set = ?",
            (pk,),
        )
        found: Source | None = None
        for row in rows:
            found = self._order.first(found, Source(*row))
        return found

    def _replace_head(self, pk: int, head: ChangeSetHead, step: _Step) -> None:
        """Another envelope counts: what was under the old one leaves with it."""
        gone = list(
            claims.logged(
                self._connection, self._registry, "WHERE o.change_set = ?", (pk,),
            )
        )  # fmt: skip
        self._leave(gone)
        step.gone += [item.claim.op.id for item in gone]
        step.dirty.update(item.record_pk for item in gone)
        self._connection.execute("DELETE FROM op WHERE change_set = ?", (pk,))
        tellings.drop(self._connection, pk)
        self._connection.execute(
            "UPDATE change_set SET id = ?, device = ?, officer = ?, ms = ?, counter = ?, why = ?, "
            "undoes = ?, roster_head = ?, here = 0, finished = NULL, undoable = 0 WHERE pk = ?",
            (*_head_row(head), pk),
        )
        self._sets[head.id] = (pk, head)

    def _next(self, table: str) -> int:
        row = self._connection.execute(f"SELECT coalesce(max(pk), 0) + 1 FROM {table}").fetchone()
        return int(row[0])

    # -- which ops are new -----------------------------------------------------------------

    def _told(self, items: Sequence[Item]) -> dict[str, tuple[Claim, ...]]:
        """The ops under the envelopes that count, with all that is told of each."""
        told: dict[str, tuple[Claim, ...]] = {}
        for head, op, source in items:
            kept = self._sets[head.id][1]
            if kept is not head and kept != head:
                continue
            if not op.compartment and op.kind in self._registry:  # as written before ops said it
                op = replace(op, compartment=self._registry[op.kind].meta.compartment)
            claim = Claim(kept, op, source)
            before = told.get(op.id)
            told[op.id] = (claim,) if before is None else self._with(before, claim)
        return told

    def _with(self, known: Sequence[Claim], came: Claim) -> tuple[Claim, ...]:
        if any(tellings.contradict(each, came) for each in known):
            self.taken.contradicted.add(came.head.device)
        return tellings.with_telling(self._order, known, came)

    def _compare(self, told: Mapping[str, tuple[Claim, ...]], known: set[str], step: _Step) -> None:
        """Leave out what is here already, and take out what must make room."""
        keys = [
            (self._sets[came[0].head.id][0], came[0].op.index)
            for came in told.values()
            if came[0].head.id in known
        ]
        here = claims.by_keys(self._connection, self._registry, keys)
        differing = (
            tellings.by_keys(self._connection, here)
            if here and tellings.are_any(self._connection)
            else {}
        )
        for op_id, came in told.items():
            key = (self._sets[came[0].head.id][0], came[0].op.index)
            there = here.get(key)
            if there is None:
                step.new[op_id] = came[0] if len(came) == 1 else self._keep(key, came, step)
            elif len(came) == 1 and key not in differing and _is_again(came[0], there.claim):
                self._now_from(self._order.first(there.claim.source, came[0].source), there, step)
            else:
                self._weigh(key, there, differing.get(key, ()), came, step)

    def _keep(self, key: tuple[int, int], told: Sequence[Claim], step: _Step) -> Claim:
        """Keep what is told of an op that is new here; what counts of it."""
        found = tellings.weighed(self._order, told)
        self._write(key, found, step)
        return found.counts

    def _weigh(
        self, key: tuple[int, int], there: Logged, before: tuple[Claim, ...],
        came: Sequence[Claim], step: _Step,
    ) -> None:  # fmt: skip
        """Compare what is here of an op with what came of it."""
        told = before or (there.claim,)
        for claim in came:
            told = self._with(told, claim)
        found = tellings.weighed(self._order, told)
        erasures = self._keeper.state(there.record_pk).merged.erasures
        if erasures.any and all(each.op.record == there.claim.op.record for each in told):
            leaves = self._keeper.leaves(there.record_pk)
            found = tellings.bared(found, self._order, leaves)
        if found.tellings != before and (before or len(found.tellings) > 1):
            self._write(key, found, step)
            step.dirty.add(there.record_pk)
        if tellings.same_but_for_marks(found.counts.op, there.claim.op):
            self._now_from(found.counts.source, there, step)
        else:
            self._take_out(key, there, step)
            step.new[found.counts.op.id] = found.counts

    def _write(self, key: tuple[int, int], found: tellings.Weighed, step: _Step) -> None:
        tellings.write(self._connection, key, found, self.source_pk)
        about = {each.op.record for each in found.tellings}
        for some in claims.pieces(sorted(about)):  # an erasure may take some of it
            rows = self._connection.execute(
                f"SELECT pk FROM record WHERE id IN ({', '.join('?' * len(some))})",
                [bytes.fromhex(record_id) for record_id in some],
            )
            step.dirty.update(int(row[0]) for row in rows)

    def _take_out(self, key: tuple[int, int], there: Logged, step: _Step) -> None:
        self._connection.execute("DELETE FROM op WHERE change_set = ? AND idx = ?", key)
        self._leave([there])
        step.gone.append(there.claim.op.id)
        step.dirty.add(there.record_pk)

    def _leave(self, gone: Sequence[Logged]) -> None:
        """Of an erasure that leaves, what it took may have to be looked for."""
        if any(erases(item.claim.op.values) for item in gone):
            set_setting(self._connection, LIFTED, True)

    def _now_from(self, source: Source | None, there: Logged, step: _Step) -> None:
        """An op that is here: only the file that counts as having brought it may be another."""
        if source == there.claim.source:
            return
        self._connection.execute(
            "UPDATE op SET source = ? WHERE change_set = ? AND idx = ?",
            (self.source_pk(source), *there.key),
        )
        if self._judged:
            moved = Claim(there.claim.head, there.claim.op, source)
            step.again.append(Logged(there.set_pk, there.record_pk, moved, there.standing))

    def source_pk(self, source: Source | None) -> int:
        """The row key of a file, noted when it is first named; 0 for none."""
        if source is None:
            return 0
        if source.sha256 not in self._sources:
            self._sources[source.sha256] = claims.source_pk(self._connection, source)
        return self._sources[source.sha256]

    # -- records ---------------------------------------------------------------------------

    def _places(self, step: _Step) -> dict[str, tuple[int, str, bool]]:
        """For each record that new ops are about: row key, kind, and whether nothing is here.

        Rows of those of which nothing is here are written in `_follow`.
        """
        kinds: dict[str, str] = {}
        for claim in step.new.values():
            kinds.setdefault(claim.op.record, claim.op.kind)
        found: dict[str, tuple[int, str, bool]] = {}
        for some in claims.pieces(list(kinds)):
            rows = self._connection.execute(
                "SELECT pk, lower(hex(id)), kind FROM record "
                f"WHERE id IN ({', '.join('?' * len(some))})",
                [bytes.fromhex(record_id) for record_id in some],
            )
            for pk, record_id, kind in rows:
                found[record_id] = (int(pk), str(kind) or kinds[record_id], False)
        absent = [record_id for record_id in kinds if record_id not in found]
        for pk, record_id in enumerate(absent, self._next("record")):
            found[record_id] = (pk, kinds[record_id], True)
        self._keeper.learn({record_id: place[0] for record_id, place in found.items()})
        self._connection.executemany(
            "UPDATE record SET kind = ? WHERE pk = ? AND kind = ''",
            [(kind, pk) for pk, kind, fresh in found.values() if not fresh],
        )
        return found

    def _log(
        self, step: _Step, standings: dict[str, Standing],
        places: dict[str, tuple[int, str, bool]],
    ) -> None:  # fmt: skip
        rows = []
        for op_id, claim in step.new.items():
            standing = standings[op_id]
            self.taken.waiting += standing.verdict is Verdict.WAITING
            self.taken.aside += standing.verdict is Verdict.ASIDE
            pk, kind, _ = places[claim.op.record]
            self.taken.records.add(pk)
            rows.append(
                claims.row_of(
                    self._sets[claim.head.id][0], pk, claim.op, kind=kind, standing=standing,
                    source=self.source_pk(claim.source),
                    unread=claims.is_unread(self._registry, claim.op),
                )
            )  # fmt: skip
        self._connection.executemany(claims.INSERT_OP, rows)
        self.taken.new_ops += len(rows)

    # -- the tables ------------------------------------------------------------------------

    def _follow(
        self, step: _Step, standings: dict[str, Standing],
        places: dict[str, tuple[int, str, bool]],
    ) -> None:  # fmt: skip
        """Bring the tables in step. Records that are wholly new are written together."""
        fresh: dict[str, list[Claim]] = {}
        for op_id, claim in step.new.items():
            pk, kind, is_fresh = places[claim.op.record]
            if not is_fresh or claim.op.kind != kind or self._concerns_erased(claim.op):
                step.dirty.add(pk)
            elif standings[op_id].verdict is Verdict.COUNTS:
                fresh.setdefault(claim.op.record, []).append(claim)
        whole = {r: ops for r, ops in fresh.items() if places[r][0] not in step.dirty}
        self._connection.executemany(
            INSERT_RECORD,
            [
                (pk, bytes.fromhex(record_id), kind, ABSENT, "", 0)
                for record_id, (pk, kind, is_fresh) in places.items()
                if is_fresh and record_id not in whole
            ],
        )
        self._write_fresh(whole, places)
        for pk in sorted(step.dirty):
            self._refresh(pk)

    def _concerns_erased(self, op: Op) -> bool:
        """May an erasure have a say in this op about a record that is new here?"""
        if min(op.values, default="a") < "a" and any(is_mark(slot) for slot in op.values):
            return True
        parent = self._registry[op.kind].meta.parent if op.kind in self._registry else ""
        return bool(parent) and op.values.get(parent) in self._keeper.erased_ids()

    def _write_fresh(
        self, fresh: dict[str, list[Claim]], places: dict[str, tuple[int, str, bool]]
    ) -> None:
        records: list[tuple[Any, ...]] = []
        conflicts: list[tuple[int, str]] = []
        rows: dict[str, list[tuple[int, int, dict[str, Any]]]] = {}
        for record_id, ops in fresh.items():
            pk, kind, _ = places[record_id]
            known = kind in self._registry
            specs = self._registry[kind].specs() if known else {}
            slots: Mapping[str, Any]
            if len(ops) == 1 and _says_only_values(ops[0].op):  # as nearly all are
                slots, state, ms = ops[0].op.values, LIVE, ops[0].head.ms
            else:
                merged = merge([_view(claim) for claim in ops], specs)
                slots, state = merged.values, BINNED if merged.binned else LIVE
                conflicts += [(pk, slot) for slot in merged.conflicts]
                ms = max(claim.head.ms for claim in ops)
            title = ""
            if known:
                values = from_slots(specs, slots)
                title = self._registry[kind].short_title(values)
                rows.setdefault(kind, []).append((pk, state, values))
                self._keeper.count(kind, state, None)
                what = Touched(kind, record_id, "binned" if state == BINNED else "created")
                self.taken.touched.append(what)
            records.append((pk, bytes.fromhex(record_id), kind, state, title, ms))
        self._connection.executemany(INSERT_RECORD, records)
        self._connection.executemany("INSERT INTO conflict(record, slot) VALUES (?, ?)", conflicts)
        for kind, some in rows.items():
            self._keeper.tables[kind].add_all(self._connection, some, self._keeper.pk_of)

    def _refresh(self, pk: int) -> None:
        touched = refreshed(self._connection, self._keeper, pk)
        if touched is not None:
            self.taken.touched.append(touched)


INSERT_RECORD = "INSERT INTO record(pk, id, kind, state, title, ms) VALUES (?, ?, ?, ?, ?, ?)"


def refreshed(connection: Connection, keeper: Keeper, pk: int) -> Touched | None:
    """Work out a record anew; what listeners hear, None where this release shows nothing of it."""
    query = "SELECT state, kind, lower(hex(id)) FROM record WHERE pk = ?"
    before, _, record_id = connection.execute(query, (pk,)).fetchone()
    merged = keeper.refresh(pk)
    kind = str(connection.execute(query, (pk,)).fetchone()[1])
    if kind not in keeper.registry or (merged is None and before == ABSENT):
        return None
    if merged is None or merged.binned:
        return Touched(kind, record_id, "binned")
    if merged.erased:
        return Touched(kind, record_id, "erased")
    return Touched(kind, record_id, "created" if before == ABSENT else "edited")


def _head_row(head: ChangeSetHead) -> tuple[Any, ...]:
    return (
        bytes.fromhex(head.id), head.device, head.officer, head.ms, head.counter, head.why,
        bytes.fromhex(head.undoes) if head.undoes else None, head.roster_head,
    )  # fmt: skip


def _view(claim: Claim) -> OpView:
    head, op = claim.head, claim.op
    stamp = (head.ms, head.counter, head.device, head.id, op.index)
    return OpView(op.id, stamp, op.values, op.supersedes)


def _says_only_values(op: Op) -> bool:
    """Is there nothing to merge in an op that is alone: no bin, no erasing, nothing replaced?

    The slots that are no field's begin with "_", which comes before all small letters.
    """
    return not op.supersedes and min(op.values, default="") >= "a"


def _is_again(came: Claim, there: Claim) -> bool:
    """Does an op that is here come again, and nothing else? One that is bare may hide a difference
    to that of another file."""
    if came.source != there.source and is_scrubbed(there.op.values):
        return False
    op, known = came.op, there.op
    if not known.compartment or not op.compartment:
        if op.compartment:
            return False
        op = replace(op, compartment=known.compartment)
    return same_content(known, op)
