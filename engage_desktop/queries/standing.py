"""How this laptop stands towards its colleagues: what is not sent, and when data last came."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from db.reader import Reader
from engage_desktop.queries.versions import undecided_count

_SENT, _LAST, _FOLDER = "sync.self", "sync.last", "window.shared_folder"


@dataclass(frozen=True, slots=True)
class Standing:
    """`to_send` counts own changes that are in no file yet, each record of an import for itself,
    as the receipt will; `last_ms` is the last exchange, in milliseconds since 1970, 0 for never.
    `folder_here` says whether the shared folder can be reached now; None where none was chosen, or
    where it is on a `server`, which is not asked for this. `undecided` counts fields with two
    versions."""

    to_send: int
    last_ms: int
    folder_here: bool | None = None
    undecided: int = 0
    server: bool = False


def standing(reader: Reader) -> Standing:
    """Count what waits to be sent, and look for the shared folder.

    Costs as much as there are unsent changes; a drive that sleeps may make it wait, so it is
    asked on a reading thread.
    """
    sent = _setting(reader, _SENT) or {}
    last = _setting(reader, _LAST) or {}
    rows = reader.sql(
        "SELECT count(*) FROM change_set c JOIN op o ON o.change_set = c.pk "
        "WHERE c.here AND c.finished > ?",
        [int(sent.get("arrival", 0))],
    )
    folder = _setting(reader, _FOLDER)
    server = "://" in (folder or "")
    here = Path(folder).is_dir() if folder and not server else None
    waits, at_ms = int(rows[0][0]), int(last.get("at_ms", 0))
    return Standing(waits, at_ms, here, undecided_count(reader), server)


def _setting(reader: Reader, name: str) -> Any:
    rows = reader.sql("SELECT value FROM setting WHERE name = ?", [name])
    return json.loads(rows[0][0]) if rows else None
