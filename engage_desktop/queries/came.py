"""What came from some laptops since a moment of this store's own."""

from __future__ import annotations

from collections.abc import Iterable

from db.reader import Reader


def newest_set(reader: Reader) -> int:
    """Names the present moment: the change sets that are here now are those up to this one."""
    return int(reader.sql("SELECT coalesce(max(pk), 0) FROM change_set")[0][0])


def came_from(reader: Reader, devices: Iterable[str], since: int) -> dict[str, int]:
    """How many records of each kind these laptops made or changed, by what came after `since`.

    Only what counts.
    """
    wanted = sorted(set(devices))
    marks = ", ".join("?" * len(wanted))
    rows = reader.sql(
        "SELECT r.kind, count(DISTINCT o.record) FROM change_set c "
        "JOIN op o ON o.change_set = c.pk "
        f"JOIN record r ON r.pk = o.record WHERE c.pk > ? AND c.device IN ({marks}) "
        "AND o.standing = 0 GROUP BY r.kind ORDER BY r.kind",
        [since, *wanted],
    )
    return {str(kind): int(count) for kind, count in rows}


__all__ = ["came_from", "newest_set"]
