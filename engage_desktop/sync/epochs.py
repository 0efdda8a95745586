"""Which key a compartment's parts are sealed to now, and who holds which.

An epoch is good for sealing while everybody who was given its secret is in the team with a role
that reads the compartment. After two admins changed the keys apart there may be none: an admin's
laptop makes a new one at its next sync, and the others wait.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engage_desktop.sync.entries import RECOVERY, Entry
from engage_desktop.sync.fold import ADMISSIONS, State, author
from engage_desktop.sync.graph import Graph, numbers
from engage_desktop.sync.roles import reads

_ROTATING = frozenset({"rotate", "role", "revoke", "recovery", "settle"})
"""Entries that may bring new keys: an admin's or the recovery key's word, and of a form that is
looked at."""


@dataclass(frozen=True, slots=True)
class Epoch:
    """One key of a compartment: its number, its public side, and the laptops that hold it."""

    compartment: str
    number: int
    to: str
    held: frozenset[str]
    entry: str


def rotation(entry: Entry) -> dict[str, Any] | None:
    """The new keys that an entry brings, if any.

    Whatever else says so is not heard: the newcomer signs an enrolment, and whoever goes a leave.
    """
    value = entry.body.get("rotate") if entry.type in _ROTATING else None
    return value if isinstance(value, dict) else None


def epochs(graph: Graph, state: State) -> list[Epoch]:
    """Every key that entries which count have made."""
    counting = list(numbers(state.counts))
    found = []
    for i in counting:
        entry = graph.entries[i]
        for name, number, to, held in _made(entry):
            holders = set(held)
            whose = author(entry)
            if whose and not whose.startswith(RECOVERY):
                holders.add(whose)
            for j in counting:
                if graph.had_seen(j, i):
                    holders.update(_given(graph.entries[j], name))
            found.append(Epoch(name, number, to, frozenset(holders), entry.sha256))
    return found


def _made(entry: Entry) -> Iterator[tuple[str, int, str, list[str]]]:
    if entry.type == "found":
        for name, to in entry.body["recipients"].items():
            yield name, 1, to, [entry.body["device"]]
        return
    rotate = rotation(entry)
    if rotate is not None:
        for name, new in rotate["epochs"].items():
            yield name, new["epoch"], new["to"], new["held"]


def _given(entry: Entry, compartment: str) -> list[str]:
    """The laptops that an entry gives a compartment's earlier keys."""
    if entry.type in ADMISSIONS:
        return [entry.body["device"]] if compartment in reads(entry.body["role"]) else []
    if entry.type == "share":
        return [d for d, given in entry.body["keys"].items() if compartment in given["reads"]]
    return []


def sealing_key(
    all_epochs: list[Epoch], compartment: str, state: State, *, strict: bool = False
) -> Epoch | None:
    """The newest key that only laptops hold which may read the compartment; None for none.

    One that left by itself may hold it still, until an admin's laptop has made the next: its own
    last word has to be sealed to something. `strict` leaves those keys out.
    """
    fit = [
        epoch
        for epoch in all_epochs
        if epoch.compartment == compartment
        and all(
            compartment in reads(state.right(device).role)
            or (not strict and state.went_by_itself(device))
            for device in epoch.held
        )
    ]
    return max(fit, key=lambda epoch: (epoch.number, epoch.to), default=None)
