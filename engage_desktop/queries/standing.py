"""How this laptop stands towards its colleagues: what is not sent, and when data last came."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from db.reader import Reader

_SENT, _LAST = "sync.self", "sync.last"


@dataclass(frozen=True, slots=True)
class Standing:
    """`to_send` counts own changes that are in no file yet; `last_ms` is the last exchange,
    in milliseconds since 1970, 0 for never."""

    to_send: int
    last_ms: int


def standing(reader: Reader) -> Standing:
    """Count what waits to be sent. Costs as much as there are unsent changes."""
    sent = _setting(reader, _SENT) or {}
    last = _setting(reader, _LAST) or {}
    rows = reader.sql(
        "SELECT count(*) FROM change_set WHERE here AND finished > ?",
        [int(sent.get("arrival", 0))],
    )
    return Standing(int(rows[0][0]), int(last.get("at_ms", 0)))


def _setting(reader: Reader, name: str) -> Any:
    rows = reader.sql("SELECT value FROM setting WHERE name = ?", [name])
    return json.loads(rows[0][0]) if rows else None
