"""What is left of erased attachments in sealed files, here and in a place.

A sealed attachment goes as soon as a laptop has carried out its erasure: no other record names
it, and nothing is concluded from its absence anywhere. Where a laptop that has not heard of the
erasure yet puts it back, it goes again.
"""

from __future__ import annotations

from engage_desktop.erased import ERASED_FILES
from engage_desktop.sync.keys import COMPARTMENTS
from engage_desktop.sync.sending import blob_stems
from engage_desktop.sync.work import Work, files


def remove_remains(work: Work) -> None:
    """Remove every sealed copy of what was erased and is not kept again since."""
    noted: list[str] = work.store.get_setting(ERASED_FILES, [])
    digests = [digest for digest in noted if not work.blobs.has(digest)]
    if not digests:
        return
    stems = tuple(s for d in digests for c in COMPARTMENTS for s in blob_stems(work, d, c))
    for place in (work.keep, work.place):
        for entry in list(files(place, "blob")):
            work.pause()
            if entry.name.startswith(stems) and not entry.problem:
                place.remove(entry.name)
    work.books.look_for_no_more(stems, digests)
