"""Which laptops hold nothing any more of what was erased, as far as is known here.

Apart from `erasing`, so that sync, which learns it from acknowledgements, needs no workspace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from db.store import Store

CONFIRMED = "sync.erasures_confirmed"
"""Setting: for each other laptop, the ids of the erasures of which it holds nothing any more."""

ERASED_FILES = "sync.erased_files"
"""Setting: digests of attachments that were erased, until no sealed copy can come back."""


def note_confirmed(store: Store, device: str, erasures: Iterable[str]) -> None:
    """Another laptop says that it holds nothing any more of these."""
    known: dict[str, list[str]] = store.get_setting(CONFIRMED, {})
    before = set(known.get(device, ()))
    now = before | set(erasures)
    if now != before:
        store.set_setting(CONFIRMED, {**known, device: sorted(now)})


def confirmations(store: Store) -> dict[str, frozenset[str]]:
    """For each erasure here the laptops that hold nothing of it any more, this one among them."""
    known: Mapping[str, list[str]] = store.get_setting(CONFIRMED, {})
    here = store.confirmed_erasures()
    return {
        note.id: frozenset(
            [device for device, ids in known.items() if note.id in ids]
            + ([store.device] if note.id in here else [])
        )
        for note in store.erasures()
    }


__all__ = ["CONFIRMED", "ERASED_FILES", "confirmations", "note_confirmed"]
