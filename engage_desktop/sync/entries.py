"""Signed statements about the team: their form, how one is read, and how one is written.

What they come to is worked out in `fold`; here nothing is believed but an entry's form.

* `found`: signed by the team's root key; the first laptop becomes an admin.
* `enrol`: a laptop that joins with an invitation. Signed with the invitation's one-time key,
  which an admin's laptop certified, and with the new laptop's own key.
* `approve`: an admin (or the recovery key) lets in a laptop that asked for it.
* `role`, `revoke`: an admin changes what a laptop may do, or takes it out of the team, and names
  the last good file of each of its rows.
* `leave`: a laptop says of itself that it goes.
* `rotate`: new keys of compartments, sealed to each laptop that still reads them. Also a part of
  `role`, `revoke`, `recovery` and `settle`.
* `share`: keys for laptops that lack some which their role reads.
* `recovery`: the organisation's own key, kept apart from every laptop.
* `settle`: an admin (or the recovery key) reviews what two admins did without knowing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engage_desktop.outside import TEAM_FILE as TEAM_FILE
from engage_desktop.sync.canonical import canonical, parse_canonical, sha256
from engage_desktop.sync.errors import OtherTeam, refused
from engage_desktop.sync.keys import SigningKey, signature_holds
from engage_desktop.sync.papers import KEY, SEAL, read_paper

FORMAT = 1
MOST_ENTRY = 256 << 10
"""Bytes of one entry, at most."""

MOST_NUMBER = (1 << 31) - 1
"""The last number of an entry. It only puts them in order for people, so several may have it."""


RECOVERY = "recovery:"
"""Before the public key, in place of a laptop, where the recovery key signed an entry."""

_OWN_NAME = re.compile(r"roster/\d{6,}-[0-9a-f]{64}\.json")
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
            and KEY.fullmatch(root)
            and SEAL.fullmatch(seal)
            and signature_holds(root, "team 1", canonical(body), bytes.fromhex(seal))
        )
        if not holds or body["kind"] != "team" or body["team"] != team_id(root):
            raise ValueError("not a team's file")
        return Team(body["team"], root, text)
    except (KeyError, TypeError, ValueError, AttributeError):
        raise OtherTeam(
            f"The team's file ({TEAM_FILE}) is damaged or was not made by this application. "
            "Nothing was changed. Check that it is the right folder or delivery."
        ) from None


@dataclass(frozen=True, slots=True)
class Entry:
    """One signed statement about the team. `sha256` is the hash of its bytes, its identity."""

    sha256: str
    body: Mapping[str, Any]
    signatures: Mapping[str, str]
    text: bytes

    @property
    def type(self) -> str:
        """What kind of statement it is."""
        return str(self.body["type"])

    @property
    def name(self) -> str:
        """Where it lies in a place."""
        return f"roster/{self.body['n']:06d}-{self.sha256}.json"

    def signed_by(self, who: str, public: str) -> bool:
        """True when the holder of `public` signed this entry in the part of `who`."""
        signature = self.signatures.get(who, "")
        if not SEAL.fullmatch(signature):
            return False
        return signature_holds(public, "roster 1", canonical(self.body), bytes.fromhex(signature))


def read_entry(text: bytes, team: str, name: str = "") -> Entry:
    """Read an entry's form. Raises `Refused`: empty, too_big, header, other_team, damaged.

    `name` is the file's, where it came in one: it must not say another hash than it has.
    """
    body, signatures = read_paper(text, MOST_ENTRY, "roster", "signatures")
    try:
        fine = (
            type(body["n"]) is int
            and 0 < body["n"] <= MOST_NUMBER
            and type(body["ms"]) is int
            and 0 <= body["ms"] < 1 << 48
            and all(KEY.fullmatch(parent) for parent in body["parents"])
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
    entry = Entry(sha256(text), body, signatures, text)
    if _OWN_NAME.fullmatch(name) and name != entry.name:
        raise refused("damaged")
    return entry


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
    admin: SigningKey,
    *,
    team: str,
    admin_device: str,
    join: str,
    role: str,
    until_ms: int,
    expires: int | None = None,
    event: str = "",
    officer: str = "",
) -> dict[str, Any]:
    """An admin's word that the holder of the one-time key `join` may enrol one laptop.

    `until_ms` is the last moment of the invitation, `expires` that of the role; `event` is the one
    of which the laptop is given a field copy, so that every laptop knows where copies are;
    `officer` is for whom it is, "" for whoever has it.
    """
    body = {"team": team, "admin": admin_device, "join": join, "role": role, "until": until_ms}
    if expires is not None:
        body["expires"] = expires
    if event:
        body["event"] = event
    if officer:
        body["for"] = officer
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
    body = _after(cert["body"]["team"], "enrol", parents, ms)
    body |= _device(id, officer, str(cert["body"]["role"]), device, age)
    body |= {"certificate": dict(cert)}
    return _signed(body, "roster 1", {"join": join, "device": device})


def asked_body(
    *, team: str, device: str, officer: str, sign: str, age: str, nonce: str, ms: int
) -> dict[str, Any]:
    """What a laptop signs when it asks to join."""
    return {
        "kind": "join",
        "format": FORMAT,
        "team": team,
        "device": device,
        "officer": officer,
        "sign": sign,
        "age": age,
        "nonce": nonce,
        "ms": ms,
    }


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


def admin_entry(
    key: SigningKey,
    *,
    team: str,
    by: str,
    type: str,
    parents: Iterable[Entry],
    ms: int,
    said: Mapping[str, Any],
) -> bytes:
    """Any entry that one laptop, or the recovery key ("recovery:<public key>"), signs."""
    body = _after(team, type, parents, ms) | {"by": by} | dict(said)
    return _signed(body, "roster 1", {"by": key})


def _after(team: str, type_: str, parents: Iterable[Entry], ms: int) -> dict[str, Any]:
    """The beginning of an entry that comes after these."""
    known = list(parents)
    n = 1 + max((int(entry.body["n"]) for entry in known), default=0)
    n = min(n, MOST_NUMBER)  # or whoever gave the last one would be the last to say anything
    return _body(team, type_, tips(known), n, ms)


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
