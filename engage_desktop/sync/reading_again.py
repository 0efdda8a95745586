"""Files read a second time, for what an erasure took that turned out not to count.

Each file and each snapshot is read again once after it was heard of, so that a sync with nothing
new stays as cheap as it was; what lies nowhere stays noted, for the place that brings it.
"""

from __future__ import annotations

from engage_desktop.sync.work import Work

_AGAIN = "sync.again"
"""Setting: `files` to read again, and `snapshots` that were since they were noted."""


def look_for_what_to_read_again(work: Work) -> None:
    """Before anything is taken in, after the roster was."""
    if work.store.erasure_was_lifted():
        files = sorted(work.store.files_to_read_again())
        work.store.set_setting(_AGAIN, {"files": files, "snapshots": []})
        work.store.files_were_noted()
    noted = work.store.get_setting(_AGAIN, {})
    work.again = set(noted.get("files", ()))
    work.read_again = set(noted.get("snapshots", ()))


def note_what_was_read_again(work: Work) -> None:
    """After everything was taken in."""
    noted = work.store.get_setting(_AGAIN, {})
    before = set(noted.get("files", ())), set(noted.get("snapshots", ()))
    if (work.again, work.read_again) == before:
        return
    left = work.again & work.store.files_to_read_again()
    snapshots = sorted(work.read_again) if left else []
    work.store.set_setting(_AGAIN, {"files": sorted(left), "snapshots": snapshots})
