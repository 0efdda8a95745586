"""What waits on this laptop to be sent to colleagues."""

from __future__ import annotations

from db.reader import Reader


def waiting_to_send(reader: Reader, arrival: int) -> int:
    """Changes of this laptop's own after `arrival`, the last that is in a sealed file."""
    rows = reader.sql(
        "SELECT count(*) FROM change_set c JOIN op o ON o.change_set = c.pk "
        "WHERE c.here AND c.finished > ?",
        [arrival],
    )
    return int(rows[0][0])
