"""What may leave: files that a snapshot stands for, once every laptop of the team holds it.

From this laptop's own copies they go as soon as the snapshot is held here: it can be handed on in
their place. From a shared place they go only when every active laptop has said so. Nothing else
is ever removed, and nothing is concluded from a file's absence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engage_desktop.sync.acks import said_in
from engage_desktop.sync.place import Place
from engage_desktop.sync.snapshots import NAME
from engage_desktop.sync.team import DAY_MS
from engage_desktop.sync.work import Behind, Work, files, named_hash

LATE_DAYS = 14
"""After so many days without the newest history a laptop is waited for; most exchange weekly."""

_SINCE = "sync.behind_since"
"""Setting: since when each laptop was seen here to lack a snapshot, in ms since 1970."""


def compact_keep(work: Work) -> None:
    """Remove from this laptop's own copies what a snapshot held here stands for."""
    held = work.books.snapshots()
    if held:
        _tidy(work, work.keep, set(held))


def compact_place(work: Work) -> None:
    """Remove from the place what every laptop can do without."""
    held = work.books.snapshots()
    settled = agreed(work, held) if held else []
    if settled:
        _tidy(work, work.place, set(settled))


def erasures_done(work: Work) -> list[str]:
    """Erasures of which nothing is left here: neither in the store nor in a file kept here."""
    gone_from = [set(note["erasures"]) for note in work.books.snapshots().values()]
    return [erasure for erasure in work.erased() if any(erasure in done for done in gone_from)]


def agreed(work: Work, snapshots: Collection[str]) -> list[str]:
    """Those of these snapshots that every laptop of the team has said it holds."""
    words = said_in(work.store)
    holding = [
        words[device].snapshots if device in words else frozenset()
        for device in work.mine.roster.members
        if device != work.store.device
    ]
    return [sha for sha in snapshots if all(sha in theirs for theirs in holding)]


def waited_for(work: Work) -> None:
    """Note in the receipt whose laptops have not said yet that they hold every snapshot held here,
    and of which of them that matters.

    That they do not is as it should be until they next send and receive. It matters where an
    erasure is not confirmed, and where a laptop stayed behind for long.
    """
    held, words, now = work.books.snapshots(), said_in(work.store), work.store.now()
    before: dict[str, int] = work.store.get_setting(_SINCE, {})
    since: dict[str, int] = {}
    late: set[str] = set()
    for device, member in sorted(work.mine.roster.members.items()):
        said = words.get(device)
        lacks = [note for sha, note in held.items() if said is None or sha not in said.snapshots]
        if device == work.store.device or not lacks:
            continue
        late.add(member.officer)
        since[device] = min(now, before.get(device, now))
        days = (now - since[device]) // DAY_MS
        erased = {erasure for note in lacks for erasure in note["erasures"]}
        left = len(erased - (said.erasures if said is not None else set()))
        if work.mine.role and (left or days >= LATE_DAYS):
            work.receipt.behind.append(Behind(member.officer, days, left))
    if since != before:
        work.store.set_setting(_SINCE, since)
    work.receipt.not_holding = sorted(late)


def _tidy(work: Work, place: Place, snapshots: set[str]) -> None:
    """Remove the bundles and older snapshots that these snapshots, where they are, stand for."""
    notes = work.books.snapshots()
    if place is work.place:
        lying = work.histories  # one that was altered there stands for nothing
    else:
        lying = {e.name: m[1] for e in files(place, "snap") if (m := NAME.fullmatch(e.name))}
    here = set(lying.values()) & snapshots
    old = replaced(here, {sha: notes[sha]["replaces"] for sha in here})
    for name, sha in lying.items():
        if sha in old:
            place.remove(name)
    here -= old
    if not here:
        return
    odd = work.books.odd(work.place.identity) if place is work.place else {}
    for entry in list(files(place, "b")):
        work.pause()
        sha = named_hash(entry.name) or (str(odd[entry.name][2]) if entry.name in odd else "")
        note = work.books.taken(sha) if sha and not entry.problem else None
        if note is not None and here & set(note.get("in", ())):
            place.remove(entry.name)


def replaced(here: Collection[str], replaces: Mapping[str, Collection[str]]) -> set[str]:
    """Those of which all is in another one that stays. Where several say the same, one stays."""
    return {
        old
        for old in here
        for new in here
        if old in replaces[new] and (new not in replaces[old] or old < new)
    }
