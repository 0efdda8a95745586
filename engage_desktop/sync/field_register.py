"""Where field copies are: who has one, of which event, until when, and whether it came back.

It stands in the roster, signed, so that every laptop of the team can tell what was on one that is
lost. A copy that was made and not used yet is known to its maker only.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from db.store import Store
from engage_desktop.sync.roster import Entry
from engage_desktop.sync.team import Membership, has_team, membership

MADE = "sync.copies"
"""Setting of the laptop that made copies: what was made, by the invitation's key."""

WAITING, OUT, RETURNED, REVOKED = "waiting", "out", "returned", "revoked"


@dataclass(frozen=True, slots=True)
class CopyOut:
    """One field copy: of which event, who has it, and until when (ms since 1970) it may be used.

    `state`: waiting (made here, not used yet), out, returned, revoked.
    """

    event: str
    officer: str
    device: str
    until_ms: int
    state: str


def copies(store: Store) -> list[CopyOut]:
    """Every field copy that this laptop knows of, the newest last."""
    if not has_team(store):
        return []
    mine = membership(store)
    found, used = [], set()
    for entry in sorted(mine.roster.graph.entries, key=lambda e: int(e.body["ms"])):
        said = entry.body.get("certificate", {}).get("body", {})
        if entry.type == "enrol" and said.get("event"):
            used.add(said["join"])
            found.append(_out(mine, entry))
    for join, note in store.get_setting(MADE, {}).items():
        if join not in used:
            day = dt.date.fromisoformat(note["until"]) + dt.timedelta(days=1)
            ends = int(dt.datetime.combine(day, dt.time()).timestamp() * 1000) - 1
            found.append(CopyOut(note["event"], note["officer"], "", ends, WAITING))
    return found


def _out(mine: Membership, entry: Entry) -> CopyOut:
    body, said = entry.body, entry.body["certificate"]["body"]
    device = str(body["device"])
    state = OUT
    if device not in mine.roster.members and device in mine.roster.known:
        state = RETURNED if mine.roster.state.went_by_itself(device) else REVOKED
    return CopyOut(said["event"], body["officer"], device, int(said.get("expires") or 0), state)


def copies_of(store: Store, devices: Iterable[str]) -> list[CopyOut]:
    """The field copies that these laptops hold or held."""
    wanted = set(devices)
    return [copy for copy in copies(store) if copy.device in wanted]


__all__ = ["MADE", "OUT", "RETURNED", "REVOKED", "WAITING", "CopyOut", "copies", "copies_of"]
