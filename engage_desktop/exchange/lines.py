"""Columns without a field, as lines of a record's notes: added to what is there, never over it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from db.store import Store
from engage_desktop.exchange.drafts import Draft


def whole(draft: Draft, field: str) -> None:
    """Of a new record the text is what its column says, then a line for each further column."""
    if draft.lines:
        said = draft.values.get(field)
        draft.values[field] = "\n".join([*([said] if said else []), *draft.lines])


def added(store: Store, draft: Draft, field: str, present: Mapping[str, Any]) -> None:
    """Of a record that is here, what it does not say yet stands below what it says.

    A line that it once said and somebody took out since is not put back.
    """
    before = str(present.get(field) or "")
    said = draft.values.get(field)
    blocks = [*([str(said)] if said else []), *draft.lines]
    new = [block for block in dict.fromkeys(blocks) if not _says(before, block)]
    if new:
        held = [
            str(entry.values[field]) for entry in store.history(draft.kind, draft.id)
            if entry.values.get(field)
        ]  # fmt: skip
        new = [block for block in new if not any(_says(text, block) for text in held)]
    if blocks:
        draft.values[field] = joined([before, *new])


def joined(parts: Iterable[str]) -> str:
    """Parts below each other."""
    return "\n".join(part for part in parts if part)


def _says(text: str, block: str) -> bool:
    return f"\n{block}\n" in f"\n{text}\n"
