"""What may leave: files that a snapshot stands for, once every laptop of the team holds it.

From this laptop's own copies they go as soon as the snapshot is held here: it can be handed on in
their place. From a shared place they go only when every active laptop has said so. Nothing else
is ever removed, and nothing is concluded from a file's absence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

from engage_desktop.sync.acks import said_in
from engage_desktop.sync.place import Place
from engage_desktop.sync.snapshots import NAME, name_of
from engage_desktop.sync.work import Work, files, named_hash


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


def waited_for(work: Work) -> list[str]:
    """Officers whose laptops have not said yet that they hold every snapshot held here."""
    held = set(work.books.snapshots())
    if not held:  # then there is nothing that they could hold
        return []
    words = said_in(work.store)
    members = work.mine.roster.members.items()
    late = {
        member.officer
        for device, member in members
        if device != work.store.device and not (device in words and held <= words[device].snapshots)
    }
    return sorted(late)


def _tidy(work: Work, place: Place, snapshots: set[str]) -> None:
    """Remove the bundles and older snapshots that these snapshots, where they are, stand for."""
    notes = work.books.snapshots()
    lying = {match[1] for e in files(place, "snap") if (match := NAME.fullmatch(e.name))}
    here = lying & snapshots
    for sha in replaced(here, {sha: notes[sha]["replaces"] for sha in here}):
        place.remove(name_of(sha))
        here.discard(sha)
    if not here:
        return
    odd = work.books.odd() if place is work.place else {}
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
