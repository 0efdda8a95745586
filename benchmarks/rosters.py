"""What a team's whole history of members costs at each start: against checking its signatures."""

from __future__ import annotations

import os
import time

from benchmarks.timing import Figure, Report
from engage_desktop.sync.enrol import write_request
from engage_desktop.sync.entries import Entry, admin_entry, found_entry, new_team, read_entry
from engage_desktop.sync.keys import SigningKey, age_recipient, new_age_identity
from engage_desktop.sync.roles import COMPARTMENTS
from engage_desktop.sync.roster import Roster, Team

MS = 1_790_000_000_000
LENGTHS = (100, 1_000, 3_000)


def rosters(report: Report) -> None:
    """A role given again and again, each entry having seen all before it."""
    for length in LENGTHS:
        team, key, texts = history(length)
        begun = time.perf_counter()
        bare(key, [read_entry(text, team.id) for text in texts])
        once = time.perf_counter() - begun
        begun = time.perf_counter()
        roster = Roster(team, [read_entry(text, team.id) for text in texts])
        took = time.perf_counter() - begun
        assert len(roster.members) == 2
        assert not roster.bad
        what = f"the members, after {length:,} changes to the team"
        report.add(Figure(what, took * 1e3, "ms", once * 1e3, "reading the signatures", 2))


def bare(key: SigningKey, entries: list[Entry]) -> None:
    """Every signature, and nothing else."""
    for entry in entries[1:]:
        assert entry.signed_by("by", key.public)


def history(length: int) -> tuple[Team, SigningKey, list[bytes]]:
    """A team, its admin's key, and the entries that say so much of two laptops."""
    root, key, other = (SigningKey(os.urandom(32)) for _ in range(3))
    age = age_recipient(new_age_identity())
    team = new_team(root, "The office", MS)
    first, second = (os.urandom(16).hex() for _ in range(2))
    texts = [
        found_entry(
            root, key, id=first, officer="Sam", age=age,
            recipients=dict.fromkeys(COMPARTMENTS, age), ms=MS,
        )
    ]  # fmt: skip
    request = write_request(
        other, team=team.id, device=second, officer="Priya", age=age,
        nonce=os.urandom(32).hex(), ms=MS,
    )  # fmt: skip
    said = {
        "device": second, "officer": "Priya", "role": "officer", "expires": None,
        "sign": request.sign, "age": age, "nonce": request.nonce, "at": MS,
        "asked": request.seal, "asked_team": team.id, "keys": "",
    }  # fmt: skip
    kind = "approve"
    for number in range(length - 1):
        seen = [read_entry(texts[-1], team.id)]
        texts.append(
            admin_entry(
                key, team=team.id, by=first, type=kind, parents=seen, ms=MS + number, said=said
            )
        )
        role = ("officer", "reader")[number % 2]
        kind = "role"
        said = {"device": second, "role": role, "expires": None, "marks": {}, "rotate": None}
    return team, key, texts


__all__ = ["rosters"]
