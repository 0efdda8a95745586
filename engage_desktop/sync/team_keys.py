"""New keys for compartments, and the keys that entries bring to this laptop.

A compartment's secret is sealed, inside the entry, to each laptop that reads it from now on and
to the organisation's recovery key. Nobody else needs to be there when it is opened.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from db.store import RECORD_KEY, Store
from engage_desktop.sync.canonical import canonical
from engage_desktop.sync.entries import Entry
from engage_desktop.sync.epochs import rotation
from engage_desktop.sync.graph import numbers
from engage_desktop.sync.keys import Ring, age_recipient, new_age_identity, seal_to, unseal
from engage_desktop.sync.roles import reads
from engage_desktop.sync.roster import Roster
from engage_desktop.sync.team import Membership, keep_ring, membership


def new_keys(
    roster: Roster,
    compartments: Iterable[str],
    *,
    roles: Mapping[str, str] | None = None,
    recoveries: Mapping[str, str] | None = None,
) -> dict[str, Any] | None:
    """What an entry brings under "rotate": new keys of these compartments; None for none.

    `roles` are the roles that the entry itself gives ("" takes a laptop out), `recoveries` the
    recovery keys that hold from then on, where they differ from now.
    """
    names = sorted(set(compartments))
    if not names:
        return None
    after = {d: m.role for d, m in roster.members.items()} | dict(roles or {})
    secrets = {name: new_age_identity() for name in names}
    made = {}
    for name in names:
        newest = max((e.number for e in roster.epochs if e.compartment == name), default=0)
        held = sorted(device for device, role in after.items() if name in reads(role))
        made[name] = {"epoch": newest + 1, "to": age_recipient(secrets[name]), "held": held}
    sealed = {}
    for device, role in after.items():
        theirs = {name: secrets[name] for name in names if name in reads(role)}
        if theirs:
            sealed[device] = seal_to(roster.known[device].age, canonical(theirs))
    kept = roster.recoveries if recoveries is None else recoveries
    recovery = {sign: seal_to(age, canonical(secrets)) for sign, age in kept.items()}
    return {"epochs": made, "sealed": sealed, "recovery": recovery}


def everything_for(store: Store, mine: Membership, role: str) -> bytes:
    """What a newcomer of a role is given: its part of the ring, and the team's common keys."""
    return canonical(
        {
            "ring": mine.ring.only(reads(role)).as_json(),
            "record_key": (store.get_secret(RECORD_KEY) or b"").hex(),
            "blob_key": mine.blob_key.hex(),
        }
    )


def read_everything(secret: bytes) -> tuple[Ring, bytes, bytes]:
    """Undo `everything_for`. Raises `ValueError`."""
    try:
        value = json.loads(secret)
        ring = Ring.of(value["ring"])
        return ring, bytes.fromhex(value["record_key"]), bytes.fromhex(value["blob_key"])
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not what a newcomer is given") from error


def keys_brought(roster: Roster, device: str, age: str) -> Ring:
    """Every key that entries bring to one laptop, sealed to its identity `age`."""
    ring = Ring()
    for i in numbers(roster.state.counts):
        entry = roster.graph.entries[i]
        for found in _brought(entry, device, age):
            ring = ring.joined(found)
    return ring


def _brought(entry: Entry, device: str, age: str) -> Iterator[Ring]:
    rotate = rotation(entry)
    if rotate is not None and device in rotate["sealed"]:
        yield opened_rotation(rotate, rotate["sealed"][device], age)
    if entry.type == "share" and device in entry.body["keys"]:
        secret = unseal(age, entry.body["keys"][device]["sealed"])
        if secret is not None:
            yield _ring_of(secret)


def opened_rotation(rotate: Mapping[str, Any], sealed: str, age: str) -> Ring:
    """The keys of a rotation that open with `age`; a secret that is not the one told is left."""
    secret = unseal(age, sealed)
    if secret is None:
        return Ring()
    try:
        found = json.loads(secret)
        made = rotate["epochs"].items()
        ring = Ring.of({n: {str(new["epoch"]): found[n]} for n, new in made if n in found})
    except (ValueError, TypeError, AttributeError):
        return Ring()
    told = {name: new["to"] for name, new in made}
    fits = all(
        age_recipient(key) == told[name] for name in ring.identities for key in ring.all_of(name)
    )
    return ring if fits else Ring()


def _ring_of(secret: bytes) -> Ring:
    try:
        return Ring.of(json.loads(secret))
    except (ValueError, TypeError, AttributeError):
        return Ring()


def take_keys(store: Store) -> Membership:
    """Keep what the roster brings to this laptop; its membership afterwards."""
    mine = membership(store)
    if mine.device not in mine.roster.known:
        return mine
    ring = mine.ring.joined(keys_brought(mine.roster, mine.device, mine.age))
    if ring.as_json() != mine.ring.as_json():
        keep_ring(store, ring)
        return membership(store)
    return mine


def lacking(mine: Membership) -> dict[str, tuple[str, ...]]:
    """Members who do not hold the key in use of compartments that their role reads."""
    found: dict[str, list[str]] = {}
    for name in mine.ring.identities:
        epoch = mine.roster.sealing(name)
        if epoch is None or mine.ring.holding(epoch.to) is None:
            continue
        for member in mine.roster.readers(name):
            if member.device not in epoch.held:
                found.setdefault(member.device, []).append(name)
    return {device: tuple(names) for device, names in found.items()}


def shared_keys(mine: Membership) -> dict[str, Any]:
    """What a "share" entry brings: to each who lacks it, the key in use and no older one."""
    given = {}
    for device, names in lacking(mine).items():
        ring: dict[str, dict[int, tuple[str, ...]]] = {}
        for name in names:
            epoch = mine.roster.sealing(name)
            assert epoch is not None
            secret = mine.ring.holding(epoch.to)
            assert secret is not None
            ring[name] = {epoch.number: (secret,)}
        sealed = seal_to(mine.roster.members[device].age, canonical(Ring(ring).as_json()))
        given[device] = {"sealed": sealed, "reads": list(names)}
    return given
