"""Rosters made by hand, for tests: admins who sign whatever they like, seeing what they like."""

from __future__ import annotations

import random
from collections.abc import Iterable

from engage_desktop.sync.canonical import canonical
from engage_desktop.sync.enrol import write_request
from engage_desktop.sync.entries import (
    RECOVERY,
    Entry,
    admin_entry,
    certificate,
    enrol_entry,
    found_entry,
    new_team,
    read_entry,
)
from engage_desktop.sync.keys import SigningKey, age_recipient, new_age_identity
from engage_desktop.sync.roles import COMPARTMENTS
from engage_desktop.sync.roster import Roster

MS = 1_790_000_000_000
AGE = age_recipient(new_age_identity())
"""Who may open what is not the point here."""


class Office:
    """A team's keys, all in one hand, and the entries that were signed so far."""

    def __init__(self, seed: int = 0, admins: int = 3) -> None:
        self.random = random.Random(seed)
        self.root = SigningKey(self.random.randbytes(32))
        self.team = new_team(self.root, "The office", MS)
        self.keys: dict[str, SigningKey] = {}
        self.recovery = SigningKey(self.random.randbytes(32))
        self.entries: list[Entry] = []
        self.devices: list[str] = []
        first = self.laptop()
        text = found_entry(
            self.root, self.keys[first], id=first, officer="O0", age=AGE,
            recipients=dict.fromkeys(COMPARTMENTS, AGE), ms=MS,
        )  # fmt: skip
        self.entries.append(read_entry(text, self.team.id))
        for _ in range(admins - 1):
            self.approve(first, role="admin")

    def laptop(self) -> str:
        """A new laptop with keys of its own."""
        device = self.random.randbytes(16).hex()
        self.keys[device] = SigningKey(self.random.randbytes(32))
        self.devices.append(device)
        return device

    def sign(self, by: str, type: str, seen: Iterable[Entry] | None = None, **said) -> Entry:
        """An entry by a laptop (or the recovery key) that had seen these: by default all."""
        parents = self.roster().graph.entries if seen is None else list(seen)
        key = self.recovery if by.startswith(RECOVERY) else self.keys[by]
        text = admin_entry(
            key, team=self.team.id, by=by, type=type, parents=parents, ms=MS, said=said
        )
        entry = read_entry(text, self.team.id)
        self.entries.append(entry)
        return entry

    def approve(self, by: str, role: str = "officer", seen=None, expires=None) -> str:
        """Let a new laptop in; its number."""
        device = self.laptop()
        request = write_request(
            self.keys[device], team=self.team.id, device=device,
            officer=f"O{len(self.devices) - 1}", age=AGE,
            nonce=self.random.randbytes(32).hex(), ms=MS,
        )  # fmt: skip
        self.sign(
            by, "approve", seen, device=device, officer=request.officer, role=role,
            expires=expires, sign=request.sign, age=AGE, nonce=request.nonce, at=MS,
            asked=request.seal, asked_team=self.team.id, keys="",
        )  # fmt: skip
        return device

    def invite(self, by: str, role: str = "officer", seen=None) -> str:
        """A new laptop that joins with an invitation."""
        device, join = self.laptop(), SigningKey(self.random.randbytes(32))
        cert = certificate(
            self.keys[by], team=self.team.id, admin_device=by, join=join.public, role=role,
            until_ms=MS + 1,
        )  # fmt: skip
        text = enrol_entry(
            join, self.keys[device], cert=cert, id=device, officer="I", age=AGE,
            parents=self.roster().graph.entries if seen is None else list(seen), ms=MS,
        )  # fmt: skip
        self.entries.append(read_entry(text, self.team.id))
        return device

    def revoke(self, by: str, device: str, seen=None, marks=None) -> Entry:
        """Take a laptop out."""
        return self.sign(by, "revoke", seen, device=device, why="", marks=marks or {}, rotate=None)

    def role(self, by: str, device: str, role: str, seen=None, marks=None, expires=None) -> Entry:
        """Give another role."""
        return self.sign(
            by, "role", seen, device=device, role=role, expires=expires, marks=marks or {},
            rotate=None,
        )  # fmt: skip

    def settle(self, by: str, seen=None, *, keep=(), drop=(), closed=()) -> Entry:
        """Review."""
        return self.sign(
            by, "settle", seen, keep=sorted(e.sha256 for e in keep),
            drop=sorted(e.sha256 for e in drop), closed=sorted(closed), rotate=None,
        )  # fmt: skip

    def make_recovery(self, by: str, seen=None) -> str:
        """Tell the recovery key; its principal."""
        self.sign(by, "recovery", seen, sign=self.recovery.public, age=AGE, keys="", rotate=None)
        return RECOVERY + self.recovery.public

    def roster(self, entries: Iterable[Entry] | None = None) -> Roster:
        """What entries come to: by default all."""
        return Roster(self.team, self.entries if entries is None else entries)

    def roles(self, entries: Iterable[Entry] | None = None) -> list[str]:
        """Each laptop's role, in the order they were made; "" for none."""
        members = self.roster(entries).members
        return [members[d].role if d in members else "" for d in self.devices]


def picture(roster: Roster) -> bytes:
    """Everything that two laptops must agree on."""
    return canonical(
        {
            "members": {d: [m.role, m.expires, m.sign] for d, m in roster.members.items()},
            "known": sorted(roster.known),
            "held": sorted(roster.held),
            "bad": roster.bad,
            "pending": sorted(roster.pending),
            "head": roster.head,
            "recoveries": roster.recoveries,
            "epochs": sorted(
                str((e.compartment, e.number, e.to, sorted(e.held))) for e in roster.epochs
            ),
            "sealing": {
                c: str(roster.sealing(c)) for c in COMPARTMENTS if roster.sealing(c) is None
            },
            "disputes": sorted(str((d.device, d.why, sorted(d.entries))) for d in roster.disputes),
        }
    )
