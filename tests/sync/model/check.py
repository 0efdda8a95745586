"""What must hold in the end, worked out plainly from what whoever watches all laptops knows."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from db.changes import BIN, SEEN, packed
from db.erasing import ERASED, RIGHT, is_mark, is_scrubbed
from db.merge import Merged, merge
from db.standing import Standing, Verdict
from engage_desktop.sync.entries import Entry
from engage_desktop.sync.roles import lesser, reads
from engage_desktop.sync.roster import Roster
from tests.sync.model.history import covered_by
from tests.sync.model.kinds import REGISTRY
from tests.sync.model.laptop import Laptop, specs_of, view
from tests.sync.model.world import APART, RULED, Fact, World


class Outcome:
    """What one laptop makes of all it holds."""

    def __init__(self, one: Laptop) -> None:
        self.laptop = one
        self.roster = Roster(one.rosters.team, one.shelf.entries.values())
        self.standings: dict[str, Standing] = one.standings(
            one.shelf.claims, one.judge(self.roster)
        )
        self.records: dict[str, Merged] = {}
        for record, claims in one.by_record().items():
            kind = next(iter(claims.values())).op.kind
            counting = [
                view(c) for k, c in claims.items() if self.standings[k].verdict is Verdict.COUNTS
            ]
            if counting:
                self.records[record] = merge(counting, specs_of(one.registry, kind))

    def shown(self, record: str) -> Any:
        """All that is compared of a record."""
        merged = self.records.get(record)
        if merged is None:
            return None
        heads = {slot: [op.key for op in ops] for slot, ops in merged.heads.items()}
        return (
            packed(merged.values), heads, sorted(merged.conflicts), merged.binned, merged.erased,
            {name: sorted(keys) for name, keys in (merged.erasures.fields or {}).items()},
        )  # fmt: skip

    def team(self) -> Any:
        """All that is compared of the team."""
        members = {d: (m.role, m.expires, m.officer) for d, m in self.roster.members.items()}
        disputes = sorted((d.device, d.why, sorted(d.entries)) for d in self.roster.disputes)
        bad = dict(self.roster.bad)
        return (self.roster.head, members, sorted(self.roster.held), disputes, bad)


def check(world: World) -> Outcome:
    """Raise `AssertionError` for anything that must never be; else what all came to."""
    outcomes = [Outcome(one) for one in world.laptops]
    whole = outcomes[0]
    _same_everywhere(world, outcomes)
    held = whole.laptop.shelf.claims
    for key, fact in world.facts.items():
        known = fact.claim.head.device in whole.roster.known
        assert key in held or not fact.files or not known, f"{key} was sent, and is nowhere"
        cited = world.facts.get(fact.claim.op.because)
        if cited is not None and cited.claim.op.record in world.twins:
            continue  # another content of what it cites may be the one that counts
        if key in held and held[key].op == fact.claim.op and _by_its_own_files(whole, key, fact):
            _rightly_judged(world, key, whole.standings[key])
    for record, claims in whole.laptop.by_record().items():
        keys = [k for k in claims if whole.standings[k].verdict is Verdict.COUNTS]
        _nothing_lost_or_back(world, whole, record, keys)
    return whole


def _by_its_own_files(whole: Outcome, key: str, fact: Fact) -> bool:
    """Does it not hang on a file that says something else under its number?"""
    told = whole.laptop.shelf.told.get(key)
    files = {file.source for file in fact.files} | {None}
    return told is None or all(
        each.source in files for each, says in zip(told.tellings, told.says, strict=True) if says
    )


def _same_everywhere(world: World, outcomes: list[Outcome]) -> None:
    whole = outcomes[0]
    for other in outcomes[1:]:
        assert other.team() == whole.team(), "the team differs"
        here = other.laptop
        readable = {
            k for k, c in whole.laptop.shelf.claims.items() if c.op.compartment in here.reads
        }
        theirs = {k for k, c in here.shelf.claims.items() if c.op.compartment in here.reads}
        for key in readable ^ theirs:
            _rightly_absent(whole, whole if key in readable else other, key)
        dim = {r for r in whole.laptop.by_record() if _has_lost_rights(whole, other, r)}
        for key in readable & theirs:
            if whole.laptop.shelf.claims[key].op.record in dim:
                continue
            one, two = whole.standings[key], other.standings[key]
            assert one == two, f"{key} is judged in two ways: {one}, {two}"
        for record in {whole.laptop.shelf.claims[key].op.record for key in readable}:
            if record in dim:
                continue
            assert other.shown(record) == whole.shown(record), f"record {record} differs"


def _has_lost_rights(one: Outcome, two: Outcome, record: str) -> bool:
    """Did one of them learn from a release two behind what was erased, which left fewer marks?"""
    here, there = (o.laptop.by_record().get(record, {}) for o in (one, two))
    return any(
        {s for s in here[key].op.values if s.startswith(RIGHT)}
        != {s for s in there[key].op.values if s.startswith(RIGHT)}
        for key in here.keys() & there.keys()
        if is_scrubbed(here[key].op.values) and is_scrubbed(there[key].op.values)
    )


def _rightly_absent(whole: Outcome, here: Outcome, key: str) -> None:
    """A file of a laptop that is not let in is refused; it is here where it was let in once."""
    assert here.laptop.shelf.claims[key].head.device not in whole.roster.known, f"{key} is absent"
    assert here.standings[key].verdict is not Verdict.COUNTS


# -- who may ---------------------------------------------------------------------------------


def _rightly_judged(world: World, key: str, standing: Standing) -> None:
    fact = world.facts[key]
    device = fact.claim.head.device
    if world.mode == APART:
        if _is_safe(world, device) and fact.permitted:
            assert standing.verdict is Verdict.COUNTS, f"{key} was allowed, and lost: {standing}"
        return
    wanted = _allowed(world, key)
    assert (standing.verdict is Verdict.COUNTS) == wanted, f"{key}: {standing}, allowed {wanted}"
    if not fact.permitted and world.mode != RULED:
        assert not wanted


def _is_safe(world: World, device: str) -> bool:
    """An officer or admin from the beginning whom nobody ever limited, closed or copied."""
    if world.initial.get(device) not in ("officer", "admin"):
        return False
    for entry in world.entries.values():
        body = entry.body
        if entry.type == "settle" and device in body["closed"]:
            return False
        if entry.type in ("role", "revoke", "leave") and body["device"] == device:
            return False
    return True


def _allowed(world: World, key: str) -> bool:
    """By the one admin's entries in the order in which they were signed."""
    fact = world.facts[key]
    head, op = fact.claim.head, fact.claim.op
    role, expires = _right(world, fact)
    if not role or (expires is not None and head.ms > expires):
        return False
    if role in ("admin", "officer"):
        return op.compartment in reads(role)
    if role == "commissioner":
        because = world.facts.get(op.because)
        return (
            op.compartment in reads(role)
            and because is not None
            and because.claim.op.record == op.record
            and because.claim.op.values.get("lead") == head.officer
            and _allowed(world, op.because)
        )
    if role == "volunteer":
        made = {
            f.claim.head.device
            for f in world.facts.values()
            if f.claim.op.record == op.record
            and f.claim.op.creates
            and f.files
            and _right(world, f)[0]
        }
        return op.kind == "comment" and made == {head.device}
    return False


def _right(world: World, fact: Fact) -> tuple[str, int | None]:
    """The role in which it was written, and its last day."""
    device = fact.claim.head.device
    role, expires = "", None
    for entry in world.entries.values():
        body = entry.body
        if entry.type not in ("found", "enrol", "role", "revoke") or body["device"] != device:
            continue
        given = "" if entry.type == "revoke" else body["role"]
        end = body.get("expires")
        if entry.type == "enrol":
            end = body["certificate"]["body"].get("expires")
        if entry.sha256 in fact.entries:
            role, expires = given, end
        elif _limits(entry) and not _before_mark(world, fact, body["marks"]):
            role = lesser(role, given)
            expires = min([e for e in (expires, end) if e is not None], default=None)
    return role, expires


def _limits(entry: Entry) -> bool:
    return entry.type == "revoke" or (entry.type == "role" and entry.body["role"] != "admin")


def _before_mark(world: World, fact: Fact, marks: dict[str, Any]) -> bool:
    """Did any file that brought it lie before this mark?"""
    files = {file.source.sha256: file for file in world.folder}
    for file in fact.files:
        sha = str(marks.get(file.source.incarnation, [0, ""])[1])
        while sha and sha != file.source.sha256:
            sha = files[sha].prev
        if sha:
            return True
    return False


# -- what is there ---------------------------------------------------------------------------


def _nothing_lost_or_back(world: World, whole: Outcome, record: str, keys: list[str]) -> None:
    facts = {k: world.facts[k] for k in keys if k in world.facts}
    merged = whole.records.get(record)
    if merged is None:
        assert not keys
        return
    ops = {k: whole.laptop.shelf.claims[k].op for k in keys}
    erasers = {k for k in keys if ERASED in ops[k].values}
    assert merged.erased == bool(erasers), "what was erased is back, or the other way round"
    if erasers:
        assert (merged.values, merged.heads) == ({}, {}), "an erased record holds something"
        return
    replaced: dict[tuple[str, str], set[str]] = defaultdict(set)
    for k, op in ops.items():
        for slot, named in op.supersedes.items():
            for other in named:
                if k in facts and slot != SEEN and not slot.startswith(ERASED):
                    # nobody replaces what they had not seen
                    assert other in facts[k].saw, f"{k} replaces {other} unseen"
                if not _lost_by_erasure(facts, ops, k, slot):
                    replaced[other, slot].add(k)
    for k, op in ops.items():
        for slot in op.values:
            if is_mark(slot):
                continue
            speaks = k in {head.key for head in merged.heads.get(slot, ())}
            if _lost_by_erasure(facts, ops, k, slot):
                assert not speaks, f"{k}: {slot} was erased and is back"
            elif replaced[k, slot]:
                assert not speaks, f"{k}: {slot} was replaced and is back"
            elif not is_scrubbed(op.values, slot.partition(":")[0]):
                assert speaks, f"{k}: {slot} is lost"
    _shows(merged, ops)
    _bin_holds(merged, ops, replaced, facts)


def _lost_by_erasure(facts: dict[str, Fact], ops: dict[str, Any], key: str, slot: str) -> bool:
    """Was a field erased by somebody of whom this op's author knew nothing?"""
    mark = f"{ERASED}:{slot.partition(':')[0]}"
    erasers = {k for k, op in ops.items() if mark in op.values and k != key}
    return any(e not in _knew(facts, ops, key, mark) for e in erasers)


def _knew(facts: dict[str, Fact], ops: dict[str, Any], key: str, mark: str) -> set[str]:
    """Erasures its author had seen, and those that the authors of what they saw had named."""
    if key not in facts:
        return set(ops[key].supersedes.get(mark, ()))
    saw = facts[key].saw & set(ops)
    named = {other for k in saw for other in ops[k].supersedes.get(mark, ())}
    return {k for k in saw if mark in ops[k].values} | (named & set(ops))


def _shows(merged: Merged, ops: dict[str, Any]) -> None:
    """What shows is one of the values that speak; the restrictive one where there is one."""
    for slot, heads in merged.heads.items():
        if slot == BIN:
            continue
        present = [op.values[slot] for op in heads]
        disputed = len({packed(v) for v in present}) > 1
        assert (slot in merged.conflicts) == disputed, f"{slot}: a disagreement is hidden"
        assert merged.values[slot] in present
        if slot == "do_not_contact":
            assert merged.values[slot] == any(present), "consent was widened"
        if slot.startswith("tools:") and None in present:
            assert merged.values[slot] is None, "what was withdrawn is back"
        if slot.startswith("signs:") and None not in present and "no" in present:
            assert merged.values[slot] == "no"


def _bin_holds(merged: Merged, ops: dict[str, Any], replaced: Any, facts: dict[str, Fact]) -> None:
    speaking = {k for k, op in ops.items() if BIN in op.values and not replaced[k, BIN]}
    into = {k for k in speaking if ops[k].values[BIN]}
    seen = into | {other for k in into for other in ops[k].supersedes.get(SEEN, ())}
    unseen = {
        head.key for slot, heads in merged.heads.items() if slot != BIN for head in heads
    } - seen
    assert merged.binned == bool(into and into == speaking and not unseen), "the bin is wrong"
    assert (BIN in merged.conflicts) == bool(into and not merged.binned)
    for k in into & facts.keys():
        assert set(ops[k].supersedes.get(SEEN, ())) <= facts[k].saw


def check_newcomer(world: World, whole: Outcome) -> None:
    """A laptop that starts from a snapshot comes to the same, and again after every file."""
    old = whole.laptop
    new = Laptop(
        "0" * 32, "Newcomer", old.key, old.rosters, registry=REGISTRY, reads=old.reads,
        chance=world.chance, ms=old.ms,
    )  # fmt: skip
    new.shelf.entries = dict(old.shelf.entries)
    made = old.make_snapshot(world.team.id)
    for head, op, source in made.items(old.reads):
        new.take(head, op, source)
    new.shelf.notes = covered_by(made, {})
    _same_everywhere(world, [whole, Outcome(new)])
    for file in world.chance.sample(world.folder, len(world.folder)):
        new.take_file(file)
    new.scrub()
    _same_everywhere(world, [whole, Outcome(new)])


__all__ = ["Outcome", "check", "check_newcomer"]
