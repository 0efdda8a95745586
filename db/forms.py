"""Whether what came from outside has the form of an op at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from db.changes import BIN, Op, packed
from db.errors import InvalidInput
from db.fields import is_id


def check_form(op: Op) -> None:
    """Raise `InvalidInput` for an op that no program of ours writes."""
    try:
        if not _plain(op.values):
            packed(op.values).encode()
        if op.supersedes:
            packed(op.supersedes).encode()
        form = (
            is_id(op.record) and is_id(op.change_set) and op.index >= 0
            and not isinstance(op.values.get(BIN), str)
        )  # fmt: skip
    except (TypeError, ValueError, AttributeError):
        form = False
    if not form:
        raise InvalidInput(
            "Some changes received cannot be read: they were not written by this program, or they "
            "are damaged. None of them was taken in; everything that was here is kept."
        )


def _plain(values: Mapping[str, Any]) -> bool:
    """Are these values that JSON and UTF-8 can hold, as all but a few are at a glance?"""
    for slot, value in values.items():
        kind = type(value)
        if not slot.isascii() or not ((kind is str and value.isascii()) or kind in _PLAIN):
            return False
    return True


_PLAIN = frozenset({int, bool, type(None)})
