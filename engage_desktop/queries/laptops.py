"""What came from one laptop."""

from __future__ import annotations

from db.reader import Reader


def sent_by(reader: Reader, device: str) -> tuple[int, int]:
    """How many change sets of a laptop are here, and when (ms since 1970) the newest was written.

    0 and 0 where none is.
    """
    count, newest = reader.sql(
        "SELECT count(*), coalesce(max(ms), 0) FROM change_set "
        "WHERE device = ? AND (here = 0 OR finished IS NOT NULL)",
        (device,),
    )[0]
    return int(count), int(newest)
