"""Deliveries that are whole neither in the place nor among what this laptop keeps.

The same bytes cannot be made again: sealing takes chance. But what such a delivery says is in the
records here, so a laptop that reads everything writes the whole history, which stands for it. Any
other can only say which it is; whoever keeps it whole puts it back without being asked.
"""

from __future__ import annotations

from engage_desktop.sync.compaction import compact_keep
from engage_desktop.sync.roster import KeysNeeded
from engage_desktop.sync.sending import publish_history
from engage_desktop.sync.snapshots import make, may_make
from engage_desktop.sync.work import Work, delivery_words, named_hash

_MADE = "The whole history was written anew, and stands for {it}."
_WHOLE = (
    "Nothing is lost here. Whoever else keeps {it} puts {it} back at their next “Send and "
    "receive”; if nobody does, ask an admin to "
)
_OTHERS = _WHOLE + "write the whole history: engage snapshot WS FOLDER"
_OWN = _WHOLE + (
    "give this laptop an admin’s role for one exchange, in which it writes the whole history."
)
"""Where nobody took it in, only its author's laptop can say again what it says."""


def make_good(work: Work) -> bool:
    """After everything that is whole was put: was the whole history written for the rest?"""
    made = False
    if work.broken and may_make(work):
        try:
            make(work)
        except KeysNeeded as error:
            work.receipt.notes.append(error.sentence)
        else:
            compact_keep(work)
            publish_history(work)
            made = True
    _name(work, made)
    return made


def _name(work: Work, made: bool) -> None:
    numbers: dict[str, list[int]] = {}
    for name in work.broken:
        note = work.books.taken(named_hash(name)) or {}
        numbers.setdefault(str(note.get("device")), []).append(int(note.get("seq", 0)))
    for device, missing in sorted(numbers.items()):
        which = delivery_words(sorted(missing), work.mine.roster.officer(device))
        it = "it" if len(missing) == 1 else "them"
        rest = _MADE if made else _OWN if device == work.store.device else _OTHERS
        work.receipt.notes.append(
            f"{which[0].upper()}{which[1:]}: altered or gone in the {work.place.called}, and "
            f"damaged on this laptop too. {rest.format(it=it)}"
        )


__all__ = ["make_good"]
