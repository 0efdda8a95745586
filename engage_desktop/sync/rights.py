"""A store that knows the team's rules: what was written without a right to it does not count.

The judge is that of the roster this laptop knows; when the roster changes, what it may bear on is
judged again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from db.sharing import AGAIN
from db.standing import COUNTING, Claim, Evidence, Source, Standing
from db.store import Store
from engage_desktop.sync.authority import TeamJudge, judge_for, lead_fields
from engage_desktop.sync.entries import Entry
from engage_desktop.sync.roles import COMPARTMENTS, Rule, role_named
from engage_desktop.sync.roster import Chain, Roster

BUNDLE = "sync.b."
"""Settings with this prefix tell what is known of a bundle, by its hash."""

VOUCHED = "sync.vouched"
"""Setting: bundles that the maker of a field copy had taken in, by hash: laptop, number and, where
it was known, the hash of the one before."""

_JUDGED_BY = "sync.judged_by"
"""Setting: what was known of the kinds when changes were last judged."""

_ABOUT_ONE = frozenset({"found", "enrol", "approve"})
"""Entries that bear on what their own device wrote, and on nobody else's."""

_ABOUT_KEYS = frozenset({"share", "rotate"})
"""Entries that bear on keys, and on nothing that anybody wrote."""


def judge_store(store: Store, roster: Roster) -> None:
    """Let only what this roster allows count from now on. What is here is not judged again.

    A laptop whose admission is held goes on working: its own changes count here, and with the
    others once it is let in.
    """
    chain = chain_of(store)
    judge = judge_for(roster, store.registry, chain=chain)
    store.compartments = COMPARTMENTS
    store.lateness = lambda file: roster.lateness(file, chain)
    store.judge = _WhileHeld(judge, store.device) if store.device in roster.held else judge
    member = roster.members.get(store.device)
    role = role_named(member.role) if member is not None else None
    if role is None or role.changes is not Rule.LEADS:
        store.because = None
        return

    def because(kind: str, record_id: str) -> str:
        for field in lead_fields(store.registry, kind):
            for op, value in store.standing_values(kind, record_id, field):
                if value == store.officer:
                    return op
        return ""

    store.because = because


class _WhileHeld:
    """Lets this laptop's own changes count, and judges all others."""

    def __init__(self, judge: TeamJudge, device: str) -> None:
        self._judge = judge
        self._device = device

    def __call__(self, claim: Claim, evidence: Evidence) -> Standing:
        return COUNTING if claim.head.device == self._device else self._judge(claim, evidence)


def judge_again(store: Store, came: Iterable[Entry]) -> None:
    """Judge anew what new entries of the roster may bear on."""
    store.reconsider(_borne_on(came))


def judge_later(store: Store, came: Iterable[Entry]) -> None:
    """Note, in the transaction that keeps these entries, that they have to be judged by: the next
    `judge_again` or sync does it, also where this run ends before."""
    devices, left = _borne_on(came), store.get_setting(AGAIN, [])
    if devices is None or left is None:
        store.set_setting(AGAIN, None)
    else:
        store.set_setting(AGAIN, sorted({*devices, *left}))


def judge_what_is_left(store: Store) -> None:
    """Judge what a run that was cut off had noted and not judged."""
    if store.get_setting(AGAIN, []) != []:
        store.reconsider(())


def _borne_on(came: Iterable[Entry]) -> set[str] | None:
    """Whose changes entries may bear on; None for everybody's."""
    new = [entry for entry in came if entry.body["type"] not in _ABOUT_KEYS]
    if not all(entry.body["type"] in _ABOUT_ONE for entry in new):
        return None
    return {str(entry.body.get("device", "")) for entry in new} - {""}


def judge_after_upgrade(store: Store) -> None:
    """Judge everything anew where this release knows kinds or rules that the last one did not."""
    metas = sorted(store.registry, key=lambda kind: kind.meta.name)
    known = [
        [kind.meta.name, kind.meta.compartment, kind.meta.batch, kind.meta.follows,
         lead_fields(store.registry, kind.meta.name)]
        for kind in metas
    ]  # fmt: skip
    before = store.get_setting(_JUDGED_BY)
    if before == known:
        return
    if before is not None:
        store.reconsider(None)
        store.reads_erased_again()
    store.set_setting(_JUDGED_BY, known)


def chain_of(store: Store) -> Chain:
    """Tells whether a file is an ancestor of a mark (number, hash) in its row.

    None while the files between are not here. A file that came only in a snapshot that does not
    say what it follows is told by its number, which the snapshot's maker vouches for.
    """

    def known(sha: str) -> Mapping[str, Any] | None:
        note: Mapping[str, Any] | None = store.get_setting(BUNDLE + sha)
        if note is None and (word := store.get_setting(VOUCHED, {}).get(sha)):
            more = {"prev": word[2]} if len(word) > 2 else {}
            return {"device": word[0], "seq": word[1], "in": [VOUCHED], **more}
        return note

    def chain(file: Source, mark: tuple[int, str]) -> bool | None:
        sha = mark[1]
        while True:
            note = known(sha)
            if note is None or note["device"] != file.device:
                return None
            if int(note["seq"]) <= file.seq:
                return sha == file.sha256
            before = note.get("prev")
            if before is None:
                return bool(note.get("in")) or None
            sha = before

    return chain


__all__ = [
    "chain_of",
    "judge_after_upgrade",
    "judge_again",
    "judge_later",
    "judge_store",
    "judge_what_is_left",
]
