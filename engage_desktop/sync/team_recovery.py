"""The organisation's own key: a file for a safe, by which a team without an admin goes on.

It holds a signing key that may let in one laptop after another as an admin's and may settle what
admins did apart, and an age identity to which every key of the team is sealed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from db.clock import system_random
from db.errors import InvalidInput
from db.keys import KdfCost
from db.store import Store
from engage_desktop.sync.canonical import canonical, sha256
from engage_desktop.sync.enrol import write_request
from engage_desktop.sync.entries import RECOVERY, Entry, Team, admin_entry, read_entry, read_team
from engage_desktop.sync.epochs import rotation
from engage_desktop.sync.errors import BadInvitation, NotAllowed
from engage_desktop.sync.folder import read_team_file
from engage_desktop.sync.graph import numbers
from engage_desktop.sync.invite import opened_box, sealed_box
from engage_desktop.sync.keys import (
    Randomness,
    Ring,
    SigningKey,
    age_recipient,
    new_age_identity,
    seal_to,
    unseal,
)
from engage_desktop.sync.names import named
from engage_desktop.sync.place import Place
from engage_desktop.sync.roles import COMPARTMENTS
from engage_desktop.sync.roster import Roster
from engage_desktop.sync.team import (
    Membership,
    begin_membership,
    check_admin,
    create_team,
    has_team,
    may_join,
    membership,
)
from engage_desktop.sync.team_asking import entries_in
from engage_desktop.sync.team_changes import keep_entry, say, settlement, tend
from engage_desktop.sync.team_keys import (
    everything_for,
    new_keys,
    opened_rotation,
    read_everything,
)

_NAME = "recovery key"


@dataclass(frozen=True, slots=True)
class RecoveryKey:
    """What the file holds."""

    team: Team
    sign: SigningKey
    age: str


def make_recovery(
    store: Store,
    write: Callable[[bytes], None],
    *,
    code: str | None = None,
    cost: KdfCost | None = None,
    randomness: Randomness = system_random,
) -> Membership:
    """The recovery key: `write` puts its file where it is safe, then an entry tells the team.

    A key made before opens nothing new. `code` locks the file. Raises `NotAllowed` when this
    laptop is no admin's.
    """
    mine = create_team(store, randomness=randomness)
    check_admin(mine, "make the recovery key")
    sign, age = SigningKey(randomness(32)), new_age_identity()
    body: dict[str, Any] = {
        "recovery": 1,
        "team": mine.team.text.decode(),
        "sign": sign.seed.hex(),
        "age": age,
    }
    body["sum"] = sha256(canonical(body))
    write(sealed_box(_NAME, body, code, randomness, cost))
    replaces = bool(mine.roster.recoveries)
    said = {
        "sign": sign.public,
        "age": age_recipient(age),
        "keys": seal_to(age_recipient(age), everything_for(store, mine, "admin")),
        "rotate": new_keys(
            mine.roster,
            COMPARTMENTS if replaces else (),
            recoveries={sign.public: age_recipient(age)},
        ),
    }
    return say(store, "recovery", said)


def read_recovery(data: bytes, code: str | None = None) -> RecoveryKey:
    """Read the file. Raises `BadInvitation`: damaged, code_needed, wrong_code."""
    value = opened_box(_NAME, data, code)
    try:
        told = value.pop("sum")
        if value["recovery"] != 1 or sha256(canonical(value)) != told:
            raise ValueError("not what was written")
        age_recipient(value["age"])
        key = SigningKey(bytes.fromhex(value["sign"]))
        return RecoveryKey(read_team(value["team"].encode()), key, value["age"])
    except (KeyError, TypeError, ValueError, AttributeError):
        raise BadInvitation(
            "This file is not a recovery key, or it was damaged. Nothing was changed. Take the "
            "other copy, if the organisation keeps one."
        ) from None


def use_recovery(
    store: Store,
    data: bytes,
    place: Place,
    code: str | None = None,
    *,
    randomness: Randomness = system_random,
) -> Membership:
    """Let this new workspace in as an admin's, by the recovery key, and learn the team's keys.

    The next sync tells the others. Raises `BadInvitation`, `NotAllowed` where the key was
    replaced by another, `FolderUnavailable`.
    """
    key = read_recovery(data, code)
    place.check()
    found = read_team_file(place)
    if found is None or found.id != key.team.id:
        raise BadInvitation(
            "This recovery key is of another team than the folder’s. Nothing was changed.",
            code="other_team",
        )
    if has_team(store):
        raise InvalidInput(
            "This workspace is in a team already. Nothing was changed. Make a new workspace to "
            "use the recovery key with."
        )
    may_join(store, None, key.team)
    entries = entries_in(place, key.team)
    roster = Roster(key.team, entries)
    if key.sign.public not in roster.recoveries:
        raise NotAllowed(
            "The team does not know this recovery key: another one was made since, or the folder "
            "has not arrived whole. Nothing was changed. Use the newest key."
        )
    ring, record_key, blob_key = _opened(roster, key)
    sign, age = SigningKey(randomness(32)), new_age_identity()
    request = write_request(
        sign, team=key.team.id, device=store.device, officer=named(store),
        age=age_recipient(age), nonce=randomness(32).hex(), ms=store.now(),
    )  # fmt: skip
    given = canonical(
        {"ring": ring.as_json(), "record_key": record_key.hex(), "blob_key": blob_key.hex()}
    )
    said = {
        "device": store.device, "officer": request.officer, "role": "admin", "expires": None,
        "sign": sign.public, "age": request.age, "nonce": request.nonce, "at": request.ms,
        "asked": request.seal, "asked_team": request.team, "keys": seal_to(request.age, given),
    }  # fmt: skip
    text = admin_entry(
        key.sign,
        team=key.team.id,
        by=RECOVERY + key.sign.public,
        type="approve",
        parents=roster.cited,
        ms=store.now(),
        said=said,
    )
    entry = read_entry(text, key.team.id)
    known = [*roster.graph.entries, entry]
    begin_membership(
        store, key.team, sign, age, ring, known, record_key=record_key, blob_key=blob_key
    )
    return tend(store)


def settle_with_recovery(
    store: Store,
    data: bytes,
    code: str | None = None,
    *,
    keep: Sequence[str] = (),
    drop: Sequence[str] = (),
    closed: Sequence[str] = (),
) -> Membership:
    """Settle what admins did apart, in the recovery key's own name, on any laptop of the team.

    Nobody becomes an admin by it. The laptop need not be an admin's, nor still be in the team: the
    word is the key's, and the laptop only carries it. Raises `BadInvitation`, `NotAllowed` where
    the key was replaced, `NotFound`, `InvalidInput`.
    """
    key = read_recovery(data, code)
    mine = membership(store)
    if mine.team.id != key.team.id:
        raise BadInvitation(
            "This recovery key is of another team than this workspace’s. Nothing was changed.",
            code="other_team",
        )
    if key.sign.public not in mine.roster.recoveries:
        raise NotAllowed(
            "The team does not know this recovery key: another one was made since. Nothing was "
            "changed. Use the newest key."
        )
    text = admin_entry(
        key.sign,
        team=mine.team.id,
        by=RECOVERY + key.sign.public,
        type="settle",
        parents=mine.roster.cited,
        ms=store.now(),
        said=settlement(mine.roster, keep, drop, closed),
    )
    keep_entry(store, mine, text)
    return tend(store)


def _opened(roster: Roster, key: RecoveryKey) -> tuple[Ring, bytes, bytes]:
    """Every key of the team, as the recovery key opens them."""
    ring, record_key, blob_key = Ring(), b"", b""
    for i in numbers(roster.state.counts):
        entry: Entry = roster.graph.entries[i]
        if entry.type == "recovery" and entry.body["sign"] == key.sign.public:
            secret = unseal(key.age, entry.body["keys"])
            if secret is not None:
                made, record_key, blob_key = read_everything(secret)
                ring = ring.joined(made)
        rotate = rotation(entry)
        if rotate is not None and key.sign.public in rotate["recovery"]:
            sealed = rotate["recovery"][key.sign.public]
            ring = ring.joined(opened_rotation(rotate, sealed, key.age))
    if not record_key:
        raise BadInvitation("This recovery key does not open the team’s keys. Nothing was changed.")
    return ring, record_key, blob_key


__all__ = [
    "RecoveryKey",
    "make_recovery",
    "read_recovery",
    "settle_with_recovery",
    "use_recovery",
]
