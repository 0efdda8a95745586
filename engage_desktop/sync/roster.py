"""Who is in the team: signed entries, each in a file of its own, folded into members.

The result is a pure function of the set of entries, so that two laptops that hold the same
entries agree whatever the order in which they came. An entry of a kind that this version does
not know is kept and handed on, and changes nothing.

* `found`: signed by the team's root key; the first laptop becomes an admin, and the public
  keys of each compartment's first epoch are told.
* `enrol`: a laptop that joins with an invitation. Signed twice: with the invitation's one-time
  key, which an admin's laptop certified, and with the new laptop's own key.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from db.fields import ID
from engage_desktop.sync.canonical import canonical, parse_canonical, sha256
from engage_desktop.sync.errors import OtherTeam, refused
from engage_desktop.sync.keys import ROLES, SigningKey, is_age_recipient, signature_holds

FORMAT = 1
MOST_ENTRY = 64 << 10
"""Bytes of one entry, at most."""

TEAM_FILE = "team.json"

_KEY = re.compile(r"[0-9a-f]{64}")
_SEAL = re.compile(r"[0-9a-f]{128}")
_WORD = re.compile(r"[a-z][a-z_]{0,30}")
LONGEST_NAME = 200
"""Characters of an officer's or a team's name."""


@dataclass(frozen=True, slots=True)
class Team:
    """What `team.json` says: the id is the hash of the root key, so it certifies itself."""

    id: str
    root: str
    text: bytes


def new_team(root: SigningKey, name: str, ms: int) -> Team:
    """A team's founding file."""
    body = {
        "format": FORMAT,
        "kind": "team",
        "ms": ms,
        "name": name[:LONGEST_NAME],
        "root": root.public,
        "team": team_id(root.public),
    }
    return read_team(_signed(body, "team 1", {"root": root}))


def team_id(root_public: str) -> str:
    """A team's id: 32 hexadecimal digits of its root key's hash."""
    return sha256(b"engage-desktop team\0" + bytes.fromhex(root_public))[:32]


def read_team(text: bytes) -> Team:
    """Read and verify `team.json`. Raises `OtherTeam` when it is no such file."""
    try:
        value = parse_canonical(text)
        body, root = value["body"], value["body"]["root"]
        seal = value["signatures"]["root"]
        one_spelling = set(value) == {"body", "signatures"} and set(value["signatures"]) == {"root"}
        holds = (
            one_spelling
            and _KEY.fullmatch(root)
            and _SEAL.fullmatch(seal)
            and signature_holds(root, "team 1", canonical(body), bytes.fromhex(seal))
        )
        if not holds or body["kind"] != "team" or body["team"] != team_id(root):
            raise ValueError("not a team's file")
        return Team(body["team"], root, text)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise OtherTeam(
            f"The file {TEAM_FILE} in the shared folder is damaged or was not made by this "
            "application. Nothing was changed. Check that it is the right folder."
        ) from None


@dataclass(frozen=True, slots=True)
class Member:
    """One laptop of the team."""

    device: str
    officer: str
    role: str
    sign: str
    age: str
    entry: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One signed statement about the team. `sha256` is the hash of its bytes, its identity."""

    sha256: str
    body: Mapping[str, Any]
    signatures: Mapping[str, str]
    text: bytes

    @property
    def name(self) -> str:
        """Where it lies in a place."""
        return f"roster/{self.body['n']:06d}-{self.sha256}.json"

    def signed_by(self, who: str, public: str) -> bool:
        """True when the holder of `public` signed this entry in the part of `who`."""
        signature = self.signatures.get(who, "")
        if not _SEAL.fullmatch(signature):
            return False
        return signature_holds(public, "roster 1", canonical(self.body), bytes.fromhex(signature))


def read_entry(text: bytes, team: str) -> Entry:
    """Read an entry's form. Raises `Refused`: empty, too_big, header, other_team."""
    if not text:
        raise refused("empty")
    if len(text) > MOST_ENTRY:
        raise refused("too_big")
    try:
        value = parse_canonical(text)
        body, signatures = value["body"], value["signatures"]
        fine = (
            set(value) == {"body", "signatures"}
            and body["kind"] == "roster"
            and isinstance(body["n"], int)
            and 0 < body["n"] < 1 << 31
            and all(_KEY.fullmatch(parent) for parent in body["parents"])
            and all(isinstance(item, str) for item in signatures.values())
            and isinstance(body["type"], str)
        )
        if not fine:
            raise ValueError("not an entry")
        foreign = body["team"] != team
    except (KeyError, TypeError, ValueError, AttributeError):
        raise refused("header") from None
    if foreign:
        raise refused("other_team")
    return Entry(sha256(text), body, signatures, text)


def found_entry(
    root: SigningKey,
    device: SigningKey,
    *,
    id: str,
    officer: str,
    age: str,
    recipients: Mapping[str, str],
    ms: int,
) -> bytes:
    """The first entry: the founder's laptop is an admin, and these are the public keys."""
    body = _body(team_id(root.public), "found", [], 1, ms)
    body |= _device(id, officer, "admin", device, age)
    body |= {"epoch": 1, "recipients": dict(recipients)}
    return _signed(body, "roster 1", {"root": root, "device": device})


def certificate(
    admin: SigningKey, *, team: str, admin_device: str, join: str, role: str, until_ms: int
) -> dict[str, Any]:
    """An admin's word that the holder of the one-time key `join` may enrol one laptop."""
    body = {"team": team, "admin": admin_device, "join": join, "role": role, "until": until_ms}
    return {"body": body, "signature": admin.sign("invitation 1", canonical(body)).hex()}


def enrol_entry(
    join: SigningKey,
    device: SigningKey,
    *,
    cert: Mapping[str, Any],
    id: str,
    officer: str,
    age: str,
    parents: Iterable[Entry],
    ms: int,
) -> bytes:
    """A laptop joins with an invitation."""
    known = list(parents)
    n = 1 + max((int(entry.body["n"]) for entry in known), default=0)
    heads = tips(known)
    body = _body(cert["body"]["team"], "enrol", heads, n, ms)
    body |= _device(id, officer, str(cert["body"]["role"]), device, age)
    body |= {"certificate": dict(cert)}
    return _signed(body, "roster 1", {"join": join, "device": device})


def _body(team: str, type_: str, parents: list[str], n: int, ms: int) -> dict[str, Any]:
    return {
        "format": FORMAT,
        "kind": "roster",
        "team": team,
        "type": type_,
        "n": n,
        "parents": sorted(parents),
        "ms": ms,
    }


def _device(id: str, officer: str, role: str, key: SigningKey, age: str) -> dict[str, Any]:
    return {"device": id, "officer": officer, "role": role, "sign": key.public, "age": age}


def _signed(body: dict[str, Any], purpose: str, keys: Mapping[str, SigningKey]) -> bytes:
    message = canonical(body)
    signatures = {who: key.sign(purpose, message).hex() for who, key in keys.items()}
    return canonical({"body": body, "signatures": signatures})


def tips(entries: Iterable[Entry]) -> list[str]:
    """The entries that no other names as its parent."""
    known = list(entries)
    named = {parent for entry in known for parent in entry.body["parents"]}
    return sorted(entry.sha256 for entry in known if entry.sha256 not in named)


class Roster:
    """The fold of a set of entries: `members`, those `held`, and each compartment's public key."""

    def __init__(self, team: Team, entries: Iterable[Entry]) -> None:
        self.team = team
        self.entries = {entry.sha256: entry for entry in entries}
        self.members: dict[str, Member] = {}
        self.held: dict[str, Member] = {}
        self.recipients: dict[str, tuple[int, str]] = {}
        self.bad: dict[str, str] = {}
        self._fold()

    @property
    def head(self) -> str:
        """One hash that stands for everything known; "" before the team was founded."""
        heads = tips(self.entries.values())
        return heads[0] if len(heads) == 1 else sha256(canonical(heads)) if heads else ""

    def recipient(self, compartment: str) -> tuple[int, str]:
        """(epoch, public key) to which a compartment's parts are sealed now."""
        return self.recipients[compartment]

    def officer(self, device: str) -> str:
        """Whose laptop it is; "" for a stranger."""
        member = self.members.get(device) or self.held.get(device)
        return member.officer if member else ""

    def _fold(self) -> None:
        order = sorted(self.entries.values(), key=lambda entry: (entry.body["n"], entry.sha256))
        groups: dict[str, list[Entry]] = {}
        for entry in order:
            reason = ""
            if entry.body["type"] == "found":
                reason = self._take_found(entry)
            elif entry.body["type"] == "enrol":
                reason = self._own_evidence(entry)
                if not reason:
                    key = sha256(canonical(entry.body["certificate"]))
                    groups.setdefault(key, []).append(entry)
            if reason:
                self.bad[entry.sha256] = reason
        while ready := [key for key, group in groups.items() if self._admin_of(group)]:
            for key in ready:  # an admin may have been enrolled by the entry before
                self._take_group(groups.pop(key))
        for group in groups.values():
            self.bad.update((entry.sha256, "stranger") for entry in group)
        for device in self.members:
            self.held.pop(device, None)

    def _take_found(self, entry: Entry) -> str:
        body = entry.body
        recipients = body.get("recipients")
        fine = (
            _is_device(body)
            and body["role"] == "admin"
            and body.get("epoch") == 1
            and isinstance(recipients, dict)
            and all(_WORD.fullmatch(name) for name in recipients)
            and all(is_age_recipient(key) for key in recipients.values())
        )
        if not fine:
            return "header"
        if not (
            entry.signed_by("root", self.team.root) and entry.signed_by("device", body["sign"])
        ):
            return "signature"
        self._enter(entry)
        for name, key in body["recipients"].items():
            self.recipients.setdefault(name, (1, key))
        return ""

    def _own_evidence(self, entry: Entry) -> str:
        """What an enrolment says for itself, before its admin is looked up."""
        body = entry.body
        try:
            cert = body["certificate"]["body"]
            bytes.fromhex(body["certificate"]["signature"])
            if not _is_device(body) or not _is_certificate(cert) or cert["team"] != self.team.id:
                return "header"
        except (KeyError, TypeError, ValueError):
            return "header"
        fine = (
            entry.signed_by("join", cert["join"])
            and entry.signed_by("device", body["sign"])
            and cert["role"] == body["role"]
            and body["ms"] <= cert["until"]
        )
        return "" if fine else "signature"

    def _admin_of(self, group: list[Entry]) -> Member | None:
        admin = self.members.get(group[0].body["certificate"]["body"]["admin"])
        return admin if admin is not None and admin.role == "admin" else None

    def _take_group(self, group: list[Entry]) -> None:
        """Enrol with one certificate: it is good for one laptop.

        Where it was used for several, the one whose entry all the others had seen is in. Where
        none was, all are held until an admin invites the right one anew.
        """
        cert = group[0].body["certificate"]
        admin = self._admin_of(group)
        seal = bytes.fromhex(cert["signature"])
        if admin is None or not signature_holds(
            admin.sign, "invitation 1", canonical(cert["body"]), seal
        ):
            self.bad.update((entry.sha256, "signature") for entry in group)
            return
        for entry in group:
            others = [e for e in group if e.body["device"] != entry.body["device"]]
            if all(entry.sha256 in self._ancestors(other) for other in others):
                self._enter(entry)
            else:
                member = _member(entry)
                self.held[member.device] = member

    def _enter(self, entry: Entry) -> None:
        member = _member(entry)
        known = self.members.get(member.device)
        if known is not None and known.sign != member.sign:
            self.bad[entry.sha256] = "signature"  # somebody else's laptop has that number
        else:
            self.members[member.device] = member

    def _ancestors(self, entry: Entry) -> set[str]:
        seen: set[str] = set()
        todo = list(entry.body["parents"])
        while todo:
            sha = todo.pop()
            if sha not in seen:
                seen.add(sha)
                todo.extend(self.entries[sha].body["parents"] if sha in self.entries else ())
        return seen


def _is_device(body: Mapping[str, Any]) -> bool:
    return (
        all(isinstance(body.get(name), str) for name in ("device", "officer", "role", "sign"))
        and ID.fullmatch(body["device"]) is not None
        and _KEY.fullmatch(body["sign"]) is not None
        and 0 < len(body["officer"]) <= LONGEST_NAME
        and body["role"] in ROLES
        and is_age_recipient(body.get("age"))
        and isinstance(body.get("ms"), int)
    )


def _is_certificate(cert: Mapping[str, Any]) -> bool:
    return (
        all(isinstance(cert[name], str) for name in ("team", "admin", "join", "role"))
        and _KEY.fullmatch(cert["join"]) is not None
        and isinstance(cert["until"], int)
    )


def _member(entry: Entry) -> Member:
    body = entry.body
    return Member(
        body["device"], body["officer"], body["role"], body["sign"], body["age"], entry.sha256
    )
