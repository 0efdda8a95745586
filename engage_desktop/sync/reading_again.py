"""Files read a second time, for what was lost to something that turned out not to count.

An erasure that ceased to count had taken values out of the log; a file from after its laptop's
right ended may have said again, otherwise, what an older one says. Each file, and each snapshot
where a file lies nowhere, is read again once after it was heard of, so that a sync with nothing new
stays as cheap as it was; what is not to be had stays noted, for the place that brings it.
"""

from __future__ import annotations

from collections.abc import Collection

from db.standing import Source
from engage_desktop.sync.rights import chain_of
from engage_desktop.sync.work import Work

_AGAIN = "sync.again"
"""Setting: `files` to read again, and `snapshots` that were since they were noted."""

_LATE = "sync.late"
"""Setting: `by` which head of the roster and own newest file, which `files` were how late."""


def look_for_what_to_read_again(work: Work) -> bool:
    """After what is new was taken in: is there anything to read a second time?"""
    noted = work.store.get_setting(_AGAIN, {})
    work.again = set(noted.get("files", ()))
    work.read_again = set(noted.get("snapshots", ()))
    with work.store.bookkeeping():
        more = _beside_late_ones(work)
        if not more <= work.again:
            _hear_of(work, more)
    if work.store.erasure_was_lifted():
        _hear_of(work, work.store.files_to_read_again())
        work.store.files_were_noted()
    return bool(work.again)


def _hear_of(work: Work, files: Collection[str]) -> None:
    work.again |= set(files)
    work.read_again = set()
    work.store.set_setting(_AGAIN, {"files": sorted(work.again), "snapshots": []})


def _beside_late_ones(work: Work) -> set[str]:
    """The files of laptops of which other ones are late now than were when these were taken in."""
    roster = work.mine.roster
    limited = {device for device in roster.known if roster.state.limits(device)}
    noted = work.store.get_setting(_LATE, {})
    own = work.books.position().sha256 if work.store.device in limited else ""
    by = [roster.head, own]
    if noted.get("by") == by and not limited & work.came_from:
        return set()
    if not limited and not noted:
        return set()
    chain = chain_of(work.store)
    everything = work.books.all_taken()
    late = {
        sha: ",".join(map(str, how))
        for sha, n in everything.items()
        if n["device"] in limited
        and (how := roster.lateness(Source(n["device"], n["incarnation"], n["seq"], sha), chain))
    }
    changed = late.items() ^ dict(noted.get("files", {})).items()
    whose = {everything[sha]["device"] for sha, _ in changed if sha in everything}
    work.store.set_setting(_LATE, {"by": by, "files": late})
    return {sha for sha, n in everything.items() if n["device"] in whose}


def note_what_was_read_again(work: Work) -> None:
    """After everything was taken in: what is left waits for the place that brings it.

    What a snapshot stands for that was read again is done, but for what is bare still.
    """
    before = set(work.store.get_setting(_AGAIN, {}).get("snapshots", ()))
    if work.again and work.read_again - before:
        notes = ((sha, work.books.taken(sha) or {}) for sha in work.again)
        done = {sha for sha, note in notes if work.read_again & set(note.get("in", ()))}
        work.again -= done - work.store.files_to_read_again()
    left = {"files": sorted(work.again), "snapshots": sorted(work.read_again)}
    if left != work.store.get_setting(_AGAIN, {"files": [], "snapshots": []}):
        work.store.set_setting(_AGAIN, left)
