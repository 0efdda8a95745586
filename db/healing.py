"""What was erased by somebody who, as it turns out, had no right to it any more.

An erasure that counts is carried out at once: values leave the log. When it ceases to count later
(its author's laptop had been taken out of the team before, as is heard now), they are not to be
made up from what is here. The files that brought them say them still, as long as they lie
anywhere; which those are is told here, so that they are read again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any, Protocol

from db.claims import Logged
from db.connection import Connection
from db.erasing import ERASED, SCRUBBED
from db.merge import Merged
from db.standing import Standing, Verdict

LIFTED = "erasure_lifted"
"""Setting: an erasure ceased to count, and what it took was not looked for since."""

UPGRADED = "upgraded"
"""Its value where a release was put in that may leave more of what was erased than the last."""


class _Shows(Protocol):
    """A record as it stands."""

    @property
    def merged(self) -> Merged: ...


class _Knows(Protocol):
    connection: Connection

    def state(self, pk: int) -> _Shows: ...


def lifts(changed: Iterable[tuple[Logged, Standing]]) -> bool:
    """Does an erasure that counted count no more?"""
    return any(
        item.standing.verdict is Verdict.COUNTS and now.verdict is not Verdict.COUNTS
        and erases(item.claim.op.values)
        for item, now in changed
    )  # fmt: skip


def erases(values: Mapping[str, Any]) -> bool:
    """Is what an op says an erasure?"""
    return any(slot == ERASED or slot.startswith(f"{ERASED}:") for slot in values)


def bare_for_nothing(keeper: _Knows, *, all_: bool = False) -> frozenset[str]:
    """SHA-256 of the files that brought what no erasure that counts took (or any)."""
    rows = keeper.connection.execute(
        f"SELECT o.record, {_KEY}, o.body, o.supersedes, s.sha256 FROM op o "
        "JOIN change_set c ON c.pk = o.change_set JOIN source s ON s.pk = o.source "
        f"WHERE instr(o.body, '\"{SCRUBBED}') AND NOT EXISTS (SELECT 1 FROM telling t "
        "WHERE t.change_set = o.change_set AND t.idx = o.idx) UNION ALL "
        f"SELECT r.pk, {_KEY}, t.body, CASE WHEN t.says THEN o.supersedes ELSE t.supersedes END, "
        "s.sha256 FROM telling t JOIN op o ON o.change_set = t.change_set AND o.idx = t.idx "
        "JOIN change_set c ON c.pk = o.change_set JOIN source s ON s.pk = t.source "
        f"LEFT JOIN record r ON r.id = t.record WHERE instr(t.body, '\"{SCRUBBED}') ORDER BY 1"
    ).fetchall()
    found: set[str] = set()
    merged, of = None, -1
    for pk, key, body, supersedes, sha in rows:
        if all_ or pk is None:
            found.add(sha)
            continue
        if merged is None or of != pk:
            merged, of = keeper.state(pk).merged, pk
        if sha not in found and is_bare_for_nothing(
            merged, key, json.loads(body), json.loads(supersedes) if supersedes else {}
        ):
            found.add(sha)
    return frozenset(found)


_KEY = "lower(hex(c.id)) || ':' || o.idx"


def is_bare_for_nothing(
    merged: Merged, key: str, values: Mapping[str, Any], supersedes: Mapping[str, Any]
) -> bool:
    """Does an op lack values that nothing which counts erases?"""
    if merged.erased:
        return False
    gone = merged.erasures.unseen_by(key, supersedes)
    bare = [slot.partition(":")[2] for slot in values if slot.startswith(SCRUBBED)]
    return any(not name or name not in gone for name in bare)


__all__ = ["LIFTED", "UPGRADED", "bare_for_nothing", "erases", "is_bare_for_nothing", "lifts"]
