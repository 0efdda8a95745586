"""What each laptop says it holds: snapshots taken in, and erasures carried out.

An ack is a small signed file that only its own laptop writes. Old bundles leave a place only when
every laptop of the team has said that it holds a snapshot that stands for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from db.fields import ID
from db.store import Store
from engage_desktop.erased import note_confirmed
from engage_desktop.sync.canonical import canonical, sha256
from engage_desktop.sync.cores import count, matching
from engage_desktop.sync.errors import Refused, refused
from engage_desktop.sync.folder import read_small
from engage_desktop.sync.keys import SigningKey, signature_holds
from engage_desktop.sync.papers import HASH, SEAL, read_paper
from engage_desktop.sync.roles import FIELD
from engage_desktop.sync.roster import Roster
from engage_desktop.sync.work import Work, files

MOST_ACK = 1 << 20
"""Bytes of one ack, at most."""

NAME = re.compile(r"ack/([0-9a-f]{32})-([0-9a-f]{64})\.json")
_PURPOSE = "ack 1"
_LAST, _KNOWN = "sync.ack", "sync.acks"


@dataclass(frozen=True, slots=True)
class Ack:
    """One laptop's word, at `ms` since 1970 by its own clock."""

    device: str
    ms: int
    snapshots: frozenset[str] = frozenset()
    erasures: frozenset[str] = frozenset()
    files: frozenset[str] = frozenset()  # of field copies, read here: these may be wiped


def write_ack(key: SigningKey, team: str, ack: Ack) -> tuple[str, bytes]:
    """An ack's name in a place, and its bytes."""
    body = {
        "kind": "ack",
        "format": 1,
        "team": team,
        "device": ack.device,
        "ms": ack.ms,
        "snapshots": sorted(ack.snapshots),
        "erasures": sorted(ack.erasures),
        "files": sorted(ack.files),
    }
    seal = key.sign(_PURPOSE, canonical(body)).hex()
    data = canonical({"body": body, "signature": seal})
    return f"ack/{ack.device}-{sha256(data)}.json", data


def read_ack(data: bytes, roster: Roster) -> Ack:
    """Raises `Refused`: empty, too_big, header, other_team, stranger, held, signature."""
    body, sealed = read_paper(data, MOST_ACK, "ack", "signature")
    try:
        seal = matching(SEAL, sealed)
        ack = Ack(
            matching(ID, body["device"]),
            count(body["ms"]),
            frozenset(matching(HASH, item) for item in body["snapshots"]),
            frozenset(matching(ID, item) for item in body["erasures"]),
            frozenset(matching(HASH, item) for item in body.get("files", ())),
        )
        foreign = body["team"] != roster.team.id
    except (KeyError, TypeError, ValueError, AttributeError):
        raise refused("header") from None
    if foreign:
        raise refused("other_team")
    member = roster.known.get(ack.device)  # also one that is out: it lies there, and is true
    if member is None:
        raise refused("held" if ack.device in roster.held else "stranger")
    if not signature_holds(member.sign, _PURPOSE, canonical(body), bytes.fromhex(seal)):
        raise refused("signature")
    return ack


def exchange_acks(
    work: Work, snapshots: Iterable[str], erasures: Iterable[str], read: Iterable[str]
) -> None:
    """Learn what the others hold, and say what is held here where that is new.

    What was once said stays known: a place that lost its acks takes nothing back.
    """
    known, seen = hear(work)
    held = frozenset(snapshots), frozenset(erasures), frozenset(read)
    mine = Ack(work.store.device, work.store.now(), *held)
    said_before = known.get(mine.device, Ack(mine.device, 0))
    news = any(now - before for now, before in zip(held, _held(said_before), strict=True))
    last = work.store.get_setting(_LAST, {}).get(work.place.identity)
    if not news and (last in seen or not any(held)):
        return
    name, data = write_ack(work.mine.sign, work.mine.team.id, mine)
    work.place.put_if_absent(name, data)
    with work.store.bookkeeping():
        lasts = dict(work.store.get_setting(_LAST, {}))
        work.store.set_setting(_LAST, {**lasts, work.place.identity: name})
        _keep(work, {**known, mine.device: _joined(said_before, mine)}, seen)
    if last is not None and last != name:
        work.place.remove(str(last))


def hear(work: Work) -> tuple[dict[str, Ack], dict[str, list[Any]]]:
    """Learn what the others say they hold: the word of every laptop, and the files it was in."""
    known = said_in(work.store)
    before = work.store.get_setting(_KNOWN, {}).get("files", {})
    seen: dict[str, list[Any]] = {}
    for entry in files(work.place, "ack"):
        if before.get(entry.name) == [entry.size, entry.stamp]:
            seen[entry.name] = before[entry.name]
            continue
        work.pause()
        try:
            ack = read_ack(read_small(work.place, entry, MOST_ACK), work.mine.roster)
        except Refused as error:
            work.receipt.set_aside(entry.name, error)
            continue
        known[ack.device] = _joined(known.get(ack.device), ack)
        note_confirmed(work.store, ack.device, ack.erasures)
        seen[entry.name] = [entry.size, entry.stamp]
    _keep(work, known, seen)
    return known, seen


def said_in(store: Store) -> dict[str, Ack]:
    """What is known of every laptop's word, joined over all its acks."""
    rows: dict[str, Any] = store.get_setting(_KNOWN, {}).get("laptops", {})
    return {device: Ack(device, ms, *map(frozenset, held)) for device, (ms, *held) in rows.items()}


def read_of_field_copies(work: Work) -> set[str]:
    """The files of laptops with a field copy whose every part was opened here."""
    sealed = work.books.sealed()
    found: set[str] = set()
    for device, mark in work.books.heads(but=work.store.device):
        member = work.mine.roster.members.get(device)
        sha = mark.sha256 if member is not None and member.role == FIELD else ""
        while sha and sha not in sealed and (note := work.books.taken(sha)) is not None:
            found.add(sha)
            sha = str(note.get("prev") or "")
    return found


def _held(ack: Ack) -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    return ack.snapshots, ack.erasures, ack.files


def _joined(one: Ack | None, other: Ack) -> Ack:
    if one is None:
        return other
    return Ack(
        other.device,
        max(one.ms, other.ms),
        one.snapshots | other.snapshots,
        one.erasures | other.erasures,
        one.files | other.files,
    )


def _keep(work: Work, known: dict[str, Ack], seen: dict[str, list[Any]]) -> None:
    value = {
        "laptops": {d: [a.ms, *map(sorted, _held(a))] for d, a in sorted(known.items())},
        "files": seen,
    }
    if value != work.store.get_setting(_KNOWN, {}):
        work.store.set_setting(_KNOWN, value)
