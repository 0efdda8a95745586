"""One seed: five laptops, a folder, sticks, and whatever happens to them."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from db.changes import BIN, ChangeSetHead, Op, same_content
from db.erasing import ERASED
from db.standing import Claim, Source, Verdict
from engage_desktop.sync.authority import leads
from engage_desktop.sync.entries import (
    Entry,
    admin_entry,
    certificate,
    enrol_entry,
    found_entry,
    new_team,
    read_entry,
)
from engage_desktop.sync.roles import reads
from engage_desktop.sync.roster import Roster
from tests.sync.model.history import Snapshot, trusts
from tests.sync.model.keys import AGE, CheapKey
from tests.sync.model.kinds import KINDS, OFFICERS, OLD_REGISTRY, REGISTRY, values
from tests.sync.model.laptop import File, Laptop, Rosters, Shelf

NOON = 1_790_000_000_000
TEN_YEARS = 10 * 365 * 24 * 3600 * 1000
EVERYTHING = frozenset(("general", "people", "money", "confidential"))
STEPS = 70

CALM, RULED, APART = "calm", "ruled", "apart"
"""No changes of the team; changes by one admin; by two who may not know of each other."""


@dataclass
class Fact:
    """What is known of an op to whoever watches all laptops at once."""

    claim: Claim
    saw: frozenset[str]  # the ops about its record that were on its author's laptop
    entries: frozenset[str]  # the roster's entries that were there with all before them
    permitted: bool  # by the author's own program
    files: list[File] = field(default_factory=list)


class World:
    """Plays one seed. Nothing in it depends on anything but the seed."""

    def __init__(self, seed: int, say: Callable[[str], None] = lambda line: None) -> None:
        self.chance = random.Random(seed)
        self.say = say
        self.mode = self.chance.choices([CALM, RULED, APART], [3, 4, 4])[0]
        self.happened: Counter[str] = Counter()
        self.folder: list[File] = []
        self.snapshots: list[Snapshot] = []
        self.twins: set[str] = set()  # records of which something was said twice, differently
        self.entries: dict[str, Entry] = {}
        self.facts: dict[str, Fact] = {}
        self.records: list[tuple[str, str]] = []
        self.backups: dict[int, Shelf] = {}
        self.laptops: list[Laptop] = []
        self.spoiled: set[str] = set()  # devices that went back, or of which there are two
        self.rogue = self.chance.randrange(1, 5) if self.chance.random() < 0.25 else -1
        self._found()
        self.acts = self._acts()

    def _acts(self) -> list[Callable[[int], None]]:
        acts = [self.edit] * 8 + [self.create] * 3 + [self.sync] * 7 + [self.stick] * 4
        acts += [self.bin, self.restore_record, self.settle_conflict, self.settle_conflict]
        acts += [self.back_up, self.go_back, self.erase, self.upgrade]
        acts += [self.snapshot, self.newcomer]
        if self.mode != CALM:
            acts += [self.change_role] * 2 + [self.revoke] * 2 + [self.let_in_again]
        if self.mode == APART:
            acts += [self.review, self.leave, self.clone]
        if self.rogue > 0:
            acts += [self.forge] * 2
        return acts

    # -- the team --------------------------------------------------------------------------

    def _key(self) -> CheapKey:
        return CheapKey(self.chance.randbytes(16))

    def _found(self) -> None:
        root = self._key()
        self.team = new_team(root, "Team", NOON)  # type: ignore[arg-type]
        self.rosters = Rosters(self.team)
        roles = ["admin"]
        if self.mode == CALM:
            roles += ["officer"] * 4
        else:
            pool = ["officer", "officer", "commissioner", "volunteer", "reader"]
            if self.mode == APART:
                roles.append("admin")
                pool.append("admin")
            while len(roles) < 5:
                roles.append(self.chance.choice(pool))
        for at, role in enumerate(roles):
            self._make(at, role)
        founder = self.laptops[0]
        text = found_entry(
            root, founder.key, id=founder.device, officer=founder.officer, age=AGE,  # type: ignore[arg-type]
            recipients=dict.fromkeys(EVERYTHING, AGE), ms=NOON,
        )  # fmt: skip
        self._tell(founder, text)
        for one, role in zip(self.laptops[1:], roles[1:], strict=True):
            self._invite(founder, one, role)
        self.initial = {one.device: role for one, role in zip(self.laptops, roles, strict=True)}
        for one in self.laptops:
            for entry in founder.shelf.entries.values():
                one.take_entry(entry)

    def _make(self, at: int, role: str) -> Laptop:
        wrong = self.chance.choice([0, 0, TEN_YEARS, -TEN_YEARS, 3600_000])
        old = at > 0 and self.chance.random() < 0.15
        self.happened["clocks ten years wrong"] += abs(wrong) == TEN_YEARS
        self.happened["laptops two releases behind"] += old
        one = Laptop(
            f"{self.chance.getrandbits(128):032x}", OFFICERS[at], self._key(), self.rosters,
            registry=OLD_REGISTRY if old else REGISTRY,
            reads=frozenset(reads(role)),
            chance=self.chance, ms=NOON + wrong,
        )  # fmt: skip
        self.laptops.append(one)
        return one

    def _invite(self, admin: Laptop, one: Laptop, role: str) -> None:
        """The laptop itself signs, knowing what the admin knew."""
        join = self._key()
        expires = NOON + self.chance.choice([200, TEN_YEARS]) if role == "volunteer" else None
        cert = certificate(
            admin.key, team=self.team.id, admin_device=admin.device, join=join.public, role=role,  # type: ignore[arg-type]
            until_ms=NOON + 3 * TEN_YEARS, expires=expires,
        )  # fmt: skip
        text = enrol_entry(
            join, one.key, cert=cert, id=one.device, officer=one.officer, age=AGE,  # type: ignore[arg-type]
            parents=admin.roster.graph.entries, ms=one.now(),
        )  # fmt: skip
        self._tell(admin, text)

    def _tell(self, by: Laptop, text: bytes) -> Entry:
        entry = read_entry(text, self.team.id)
        self.entries[entry.sha256] = entry
        by.take_entry(entry)
        return entry

    def _sign(self, by: Laptop, type_: str, said: dict[str, Any]) -> None:
        text = admin_entry(
            by.key, team=self.team.id, by=by.device, type=type_,  # type: ignore[arg-type]
            parents=by.roster.graph.entries, ms=by.now(), said=said,
        )  # fmt: skip
        entry = self._tell(by, text)
        self.happened[f"{type_} entries"] += 1
        about = str(said.get("device", ""))[:4]
        self.say(f"  {type_} {about} by {by.officer}: {entry.sha256[:6]}")

    def _admin(self, at: int) -> Laptop | None:
        """Who acts as an admin: the founder alone where there is one admin."""
        by = self.laptops[at] if self.mode == APART else self.laptops[0]
        member = by.roster.members.get(by.device)
        return by if member and member.role == "admin" else None

    def _marks(self, by: Laptop, device: str) -> dict[str, list[Any]]:
        found: dict[str, list[Any]] = {}
        for file in by.shelf.files.values():
            source = file.source
            if source.device == device and found.get(source.incarnation, [0])[0] < source.seq:
                found[source.incarnation] = [source.seq, source.sha256]
        return found

    def change_role(self, at: int) -> None:
        by = self._admin(at)
        if by is None:
            return
        role = self.chance.choice(["officer", "officer", "commissioner", "volunteer", "reader"])
        if self.mode == APART and self.chance.random() < 0.4:
            role = "admin"
        others = [m for m in by.roster.members.values() if m.device != by.device]
        if not others:
            return
        whom = self.chance.choice(others).device
        expires = NOON + self.chance.choice([300, TEN_YEARS]) if role == "volunteer" else None
        said = {"device": whom, "role": role, "expires": expires, "rotate": None}
        self._sign(by, "role", {**said, "marks": self._marks(by, whom)})

    def revoke(self, at: int) -> None:
        by = self._admin(at)
        others = [m for m in by.roster.members.values() if m.device != by.device] if by else []
        if by is None or not others or self.chance.random() < 0.4:
            return
        whom = self.chance.choice(others).device
        self._sign(
            by, "revoke",
            {"device": whom, "why": "", "marks": self._marks(by, whom), "rotate": None},
        )  # fmt: skip

    def let_in_again(self, at: int) -> None:
        """A laptop that was taken out, and is found again."""
        by = self._admin(at)
        if by is None:
            return
        out = [one for one in self.laptops if one.device not in by.roster.members]
        if out:
            one, role = self.chance.choice(out), self.chance.choice(["officer", "volunteer"])
            self._invite(by, one, role)
            self.happened["let in again"] += 1
            self.say(f"  {one.officer} is let in again as {role}")

    def leave(self, at: int) -> None:
        by = self.laptops[at]
        if at and by.device in by.roster.members and self.chance.random() < 0.2:
            self._sign(by, "leave", {"device": by.device})

    def review(self, at: int) -> None:
        by = self._admin(at)
        if by is None or not by.roster.disputes:
            return
        dispute = self.chance.choice(by.roster.disputes)
        entry = self.chance.choice(dispute.entries)
        keeps = self.chance.random() < 0.5
        closed = [dispute.device] if self.chance.random() < 0.2 and dispute.device else []
        said = {"keep": [entry] if keeps else [], "drop": [] if keeps else [entry]}
        self._sign(by, "settle", {**said, "closed": closed, "rotate": None})

    # -- work ------------------------------------------------------------------------------

    def _write(
        self, one: Laptop, kind: str, record: str, slots: dict[str, Any], *, creates: bool = False
    ) -> None:
        head = one.open_set("work")
        op = replace(one.op(head, kind, record, slots), creates=creates)
        op = replace(op, because=self._because(one, kind, record))
        rogue = self.laptops[self.rogue] is one if self.rogue > 0 else False
        permitted = one.permits(head, op)
        if permitted or (rogue and self.chance.random() < 0.5):
            self._keep(one, head, op, permitted)

    def _because(self, one: Laptop, kind: str, record: str) -> str:
        member = one.roster.members.get(one.device)
        if member is None or member.role != "commissioner":
            return ""
        claims = one.by_record().get(record, {})
        found = one.standings(claims)
        good = [
            key
            for key, claim in claims.items()
            if one.officer in leads(one.registry, claim) and found[key].verdict is Verdict.COUNTS
        ]
        return self.chance.choice(sorted(good)) if good else ""

    def _keep(self, one: Laptop, head: ChangeSetHead, op: Op, permitted: bool) -> None:
        saw = frozenset(one.by_record().get(op.record, ()))
        entries = frozenset(one.roster.graph.number)
        self.facts[op.id] = Fact(Claim(head, op), saw, entries, permitted)
        one.keep(head, op)
        self.say(f"  {op.id[16:]} {op.kind} {op.record[:4]} {op.values} over {op.supersedes}")

    def _some(self, one: Laptop) -> tuple[str, str] | None:
        known = one.by_record()
        here = [(k, r) for k, r in self.records if r in known and k in one.registry]
        return self.chance.choice(here) if here else None

    def create(self, at: int) -> None:
        one = self.laptops[at]
        kinds = [kind for kind in KINDS if kind in one.registry]
        kind, record = self.chance.choice(kinds), one.id()
        if self.records and self.chance.random() < 0.25:  # two import the same row
            kind, record = self.chance.choice(self.records)
            if kind not in one.registry or one.counting(record):
                return
        else:
            self.records.append((kind, record))
        slots = self._known(one, kind, values(self.chance, kind))
        slots = {slot: v for slot, v in slots.items() if v is not None}
        self._write(one, kind, record, slots, creates=True)

    def _known(self, one: Laptop, kind: str, slots: dict[str, Any]) -> dict[str, Any]:
        specs = one.registry[kind].specs()
        return {s: v for s, v in slots.items() if s.partition(":")[0] in specs}

    def edit(self, at: int) -> None:
        one = self.laptops[at]
        found = self._some(one)
        if found is None:
            return
        ops, now = one.state(found[1], found[0])
        if not ops or now.binned or now.erased:
            return
        slots = self._known(one, found[0], values(self.chance, found[0]))
        slots = {s: v for s, v in slots.items() if now.values.get(s) != v}
        if slots:
            self._write(one, *found, slots)

    def bin(self, at: int) -> None:
        self._set_bin(at, True)

    def restore_record(self, at: int) -> None:
        self._set_bin(at, False)

    def _set_bin(self, at: int, into: bool) -> None:
        one = self.laptops[at]
        found = self._some(one)
        if found is None:
            return
        ops, now = one.state(found[1], found[0])
        if ops and not now.erased and (now.binned != into or BIN in now.conflicts):
            self._write(one, *found, {BIN: into})

    def settle_conflict(self, at: int) -> None:
        one = self.laptops[at]
        for kind, record in self.chance.sample(self.records, len(self.records)):
            if kind not in one.registry or record not in one.by_record():
                continue
            _, now = one.state(record, kind)
            open_ = sorted(s for s in now.conflicts if self._known(one, kind, {s: 1}) or s == BIN)
            if open_:
                slot = self.chance.choice(open_)
                chosen = self.chance.choice(now.heads[slot]).values[slot]
                self._write(one, kind, record, {slot: chosen})
                return

    def erase(self, at: int) -> None:
        one = self.laptops[at]
        found = self._some(one)
        if found is None or self.chance.random() < 0.5:
            return
        ops, now = one.state(found[1], found[0])
        if not ops or now.erased:
            return
        fields = sorted({slot.partition(":")[0] for slot in now.values})
        if fields and self.chance.random() < 0.6:
            name = self.chance.choice(fields)
            slots: dict[str, Any] = {f"{ERASED}:{name}": 1}
            if self.chance.random() < 0.3 and name in ("text", "name"):
                slots[name] = "[erased]"  # a span of it, with what is left said again
            self._write(one, *found, slots)
        else:
            self._write(one, *found, {ERASED: 1})

    def forge(self, at: int) -> None:
        """What no program of ours writes: another's number, or two contents under one; or all
        over again what was sent before."""
        one = self.laptops[self.rogue]
        own = [c for c in one.shelf.claims.values() if c.source and c.head.device == one.device]
        if own and self.chance.random() < 0.3:
            claim = self.chance.choice(own)
            self._slip_in(one, claim.head, claim.op)
            if claim.op.id in self.facts:
                self.facts[claim.op.id].files.append(self.folder[-1])
            self.say(f"  {claim.op.id[16:]} is sent again")
            return
        mine = [k for k in one.shelf.unsent if k in one.shelf.claims]
        mine += [c.op.id for c in own] if self.chance.random() < 0.3 else []
        theirs = [c for c in one.shelf.claims.values() if c.head.device != one.device]
        if mine and self.chance.random() < 0.5:
            claim = one.shelf.claims[self.chance.choice(mine)]
            twin = self._twin(claim.op)
            self._slip_in(one, claim.head, twin)
            self.twins.add(twin.record)
            fact = self.facts.get(twin.id)
            if fact is not None and same_content(fact.claim.op, twin):
                fact.files.append(self.folder[-1])  # the same again, after all
            self.happened["said twice"] += 1
            self.say(f"  {claim.op.id[16:]} is said twice")
        elif theirs:
            claim = self.chance.choice(theirs)
            head = replace(claim.head, device=one.device, officer=one.officer)
            stolen = replace(claim.op, values={"name": "stolen"}, supersedes={})
            self._slip_in(one, head, stolen)
            self.say(f"  {claim.op.id[16:]} is claimed by {one.officer}")

    def _twin(self, op: Op) -> Op:
        """Something else under the same number: more, less, an erasure, or nothing replaced."""
        more = {**op.values, "name": "twin"}
        return self.chance.choice(
            [
                *[replace(op, values=more)] * 3,
                replace(op, values=more, supersedes={}),
                replace(op, values={"name": "twin", BIN: False}),
                replace(op, values={**op.values, f"{ERASED}:name": 1}),
                replace(op, supersedes={}),
            ]
        )

    def _slip_in(self, one: Laptop, head: ChangeSetHead, op: Op) -> None:
        source = Source(one.device, one.id(), 1, one.id() * 2)
        self.folder.append(File(source, "", one.roster.head, ((head, op),)))
        self.happened["forgeries"] += 1

    # -- meeting ---------------------------------------------------------------------------

    def sync(self, at: int) -> None:
        """Take everything from the folder, then give."""
        one = self.laptops[at]
        self._take(one, list(self.entries.values()), [*self.snapshots, *self.folder])
        self._publish(one)

    def stick(self, at: int) -> None:
        """Some of the files, some of them twice, in any order; often before the roster."""
        one = self.laptops[at]
        there = [*self.folder, *self.snapshots[-1:]]
        some = self.chance.choices(there, k=self.chance.randint(1, 5)) if there else []
        entries = self.chance.sample(
            list(self.entries.values()), self.chance.randint(0, len(self.entries))
        )
        self._take(one, entries, some)
        if self.chance.random() < 0.5:
            self._publish(one)

    def _take(self, one: Laptop, entries: list[Entry], files: list[File | Snapshot]) -> None:
        one.shelf.again |= one.to_read_again()
        known = (one.shelf.notes.keys() | one.shelf.snapshots) - one.shelf.again
        items: list[Entry | File | Snapshot] = [
            *(e for e in entries if e.sha256 not in one.shelf.entries),
            *(f for f in files if _sha(f) not in known),
            *files[:1],
        ]
        self.chance.shuffle(items)
        for item in items:
            _give(one, item)
        one.scrub()

    def _publish(self, one: Laptop) -> None:
        file = one.publish()
        if file is not None:
            self.folder.append(file)
            for _, op in file.items:
                if op.id in self.facts:
                    self.facts[op.id].files.append(file)
            self.say(f"  {one.officer} sends {file.source.seq} of {file.source.incarnation[:4]}")

    # -- trouble ---------------------------------------------------------------------------

    def back_up(self, at: int) -> None:
        self.backups[at] = self.laptops[at].shelf.copy()

    def go_back(self, at: int) -> None:
        """A backup is restored: what was not sent since is gone, and was said to be."""
        if at in self.backups and (at or self.mode != RULED):
            self.spoiled.add(self.laptops[at].device)
            self.happened["backups restored"] += 1
            self.laptops[at].restore(self.backups[at])

    def clone(self, at: int) -> None:
        """A second copy of a laptop's folder is used beside it, in place of the fifth laptop."""
        if at == 4 or self.rogue == 4 or len(self.spoiled) > 2:
            return
        one, old = self.laptops[at], self.laptops[4]
        self._publish(old)
        two = Laptop(
            one.device, one.officer, one.key, self.rosters, registry=one.registry,
            reads=one.reads, chance=self.chance, ms=one.ms,
        )  # fmt: skip
        two.shelf = one.shelf.copy()
        self.laptops[4] = two
        self.backups.pop(4, None)  # that was another's
        self.spoiled.add(one.device)
        self.happened["laptops copied"] += 1

    def upgrade(self, at: int) -> None:
        self.laptops[at].upgrade(REGISTRY)

    # -- the whole history -----------------------------------------------------------------

    def snapshot(self, at: int) -> None:
        """Who reads everything packs all that they hold."""
        one = self.laptops[at]
        member = one.roster.members.get(one.device)
        if member is None or frozenset(reads(member.role)) & one.reads != EVERYTHING:
            return
        self._publish(one)
        made = one.make_snapshot(self.team.id)
        self.snapshots.append(made)
        self.happened["snapshots"] += 1
        self.say(f"  a snapshot of {len(made.core.covers)} files")

    def newcomer(self, at: int) -> None:
        """A sixth laptop begins with the newest snapshot that it may believe."""
        admin = self._admin(at)
        if admin is None or len(self.laptops) > 5 or not self.snapshots:
            return
        role = self.chance.choice(["officer", "officer", "volunteer", "reader"])
        if self.mode == APART and self.chance.random() < 0.3:
            role = "admin"
        one = self._make(5, role)
        self._invite(admin, one, role)
        for entry in admin.shelf.entries.values():
            one.take_entry(entry)
        for snapshot in self.snapshots[::-1]:
            if one.take_snapshot(snapshot):
                self.happened["new laptops from a snapshot"] += 1
                break

    # -- all of it -------------------------------------------------------------------------

    def play(self, steps: int = STEPS) -> None:
        for _ in range(2):
            self.create(0)
        for _ in range(steps):
            at = self.chance.randrange(len(self.laptops))
            act = self.chance.choice(self.acts)
            self.say(f"{self.laptops[at].officer}: {act.__name__}")
            act(at)

    def meet(self) -> None:
        """In the end everything reaches everybody, late, twice and in any order."""
        for one in self.laptops:
            self._publish(one)
        whole = Roster(self.team, self.entries.values())
        covered = {
            item.mark.sha256
            for snapshot in self.snapshots
            if trusts(whole, snapshot.core)
            for item in snapshot.core.covers
        }
        for at, one in enumerate(self.laptops):
            one.upgrade(REGISTRY)
            # Some find only what a snapshot does not stand for: the rest has left the folder.
            gone = covered if at and self.chance.random() < 0.4 else frozenset()
            self._give_all(one, [f for f in self.folder if f.source.sha256 not in gone])

    def _give_all(self, one: Laptop, files: list[File]) -> None:
        again = self.chance.sample(files, len(files) // 3)
        items: list[Entry | File | Snapshot] = [
            *self.entries.values(), *files, *again, *self.snapshots
        ]  # fmt: skip
        self.chance.shuffle(items)
        refused = [item for item in items if not _give(one, item)]
        while refused:  # what is refused is looked at again, each time
            left = [item for item in refused if not _give(one, item)]
            if len(left) == len(refused):
                break
            refused = left
        order = {item.sha256: item for item in items if isinstance(item, Entry)}
        one.shelf.entries = order  # folded anew, in this laptop's own order of arrival
        one.rosters = Rosters(self.team)
        one.scrub()
        self._read_again(one, items)

    def _read_again(self, one: Laptop, items: list[Entry | File | Snapshot]) -> None:
        """What an erasure took that counts no more, from files or who has it still."""
        one.shelf.again |= one.to_read_again()
        self.happened["erasures that ceased to count"] += bool(one.bare_for_nothing())
        for item in items if one.shelf.again else ():
            _give(one, item)
        one.scrub()
        if one.shelf.again or one.bare_for_nothing():  # not to be had in the folder
            self.happened["read again from a later snapshot"] += 1
            one.shelf.again |= one.bare_for_nothing()
            if not one.take_snapshot(self.laptops[0].make_snapshot(self.team.id)):
                for file in self.folder:
                    _give(one, file)
            one.scrub()
        one.shelf.again = set()


def _sha(item: File | Snapshot) -> str:
    return item.sha256 if isinstance(item, Snapshot) else item.source.sha256


def _give(one: Laptop, item: Entry | File | Snapshot) -> bool:
    """False for a file or a snapshot that is refused as yet."""
    if isinstance(item, Entry):
        one.take_entry(item)
        return True
    return one.take_snapshot(item) if isinstance(item, Snapshot) else one.take_file(item)
