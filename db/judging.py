"""What ops come to, worked out from the set of ops alone.

The answer is the least one that fits: every op that has to be judged begins as waiting, and is
judged again when the op it names as its reason has been decided. Two ops that name each other
stay waiting; no order of arrival makes a difference.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Mapping

from db import claims
from db.claims import Logged
from db.connection import Connection
from db.errors import NotPermitted
from db.record import Registry
from db.standing import COUNTING, Claim, Judge, Standing, Verdict
from db.typed import raw_id

EXPIRED = "expired"
REVOKED = "revoked"
"""The reason by which a judge says that it came too late."""

UNDECIDED = Standing(Verdict.WAITING, "evidence")


class Bench:
    """Asks a judge about ops, with what the store holds and what is about to be put in it."""

    def __init__(self, connection: Connection, registry: Registry, judge: Judge | None) -> None:
        self._connection = connection
        self._registry = registry
        self._judge = judge

    def permit(self, claim: Claim) -> None:
        """Raise `NotPermitted` for an own op that would not count."""
        if self._judge is None:
            return
        standing = _Round(self._connection, self._registry, self._judge, {claim.op.id: claim})
        found = standing.settled()[claim.op.id]
        if found.verdict is Verdict.COUNTS:
            return
        if found.verdict is Verdict.WAITING:
            sentence = (
                "Whether your role lets you make this change cannot be told yet. Nothing was "
                "changed. Send and receive first, then try again."
            )
        elif found.reason == EXPIRED:
            sentence = (
                "Your last day has passed, so nothing more can be written on this laptop. "
                "Everything written before is kept and can still be sent. Ask an admin if you "
                "need longer."
            )
        elif found.reason == REVOKED:
            sentence = (
                "This laptop is not in the team any more, so nothing more is written on it. "
                "Nothing was changed, and what is on it can still be read and exported. Ask an "
                "admin of the team how to come back."
            )
        else:
            sentence = (
                "Your role in the team does not let you make this change. Nothing was changed. "
                "Ask a colleague whose role does, or an admin for another role."
            )
        raise NotPermitted(sentence, found.reason)

    def settle(
        self, new: Mapping[str, Claim], again: Iterable[Logged] = (), gone: Iterable[str] = ()
    ) -> tuple[dict[str, Standing], list[tuple[Logged, Standing]]]:
        """What new ops come to, and the ops here that come to something else than before.

        `again` are ops to be judged anew; `gone` are ids of ops whose content was replaced or
        that left. Whatever depends on any of these is judged anew as well.
        """
        if self._judge is None:
            lifted = [(item, COUNTING) for item in again if item.standing != COUNTING]
            return dict.fromkeys(new, COUNTING), lifted
        here = {item.claim.op.id: item for item in again if item.claim.op.id not in new}
        self._close(here, [*new, *gone, *here], new)
        everything = {**{key: item.claim for key, item in here.items()}, **new}
        found = _Round(self._connection, self._registry, self._judge, everything).settled()
        changed = [(item, found[key]) for key, item in here.items() if found[key] != item.standing]
        return {key: found[key] for key in new}, changed

    def _close(self, here: dict[str, Logged], ids: list[str], new: Mapping[str, Claim]) -> None:
        """Add to `here` every op that names one of `ids`, and those that name these."""
        while ids:
            cited, ids = ids, []
            for item in claims.citing(self._connection, self._registry, cited):
                key = item.claim.op.id
                if key not in here and key not in new:
                    here[key] = item
                    ids.append(key)


class _Round:
    """One working out. `everything` holds each op whose standing may change."""

    def __init__(
        self,
        connection: Connection,
        registry: Registry,
        judge: Judge,
        everything: Mapping[str, Claim],
    ) -> None:
        self._connection = connection
        self._registry = registry
        self._judge = judge
        self._claims = everything
        self._found = dict.fromkeys(everything, UNDECIDED)
        self._outside: dict[str, tuple[Claim, Standing] | None] = {}
        self._creations: dict[str, dict[str, Claim]] = {}
        for key, claim in everything.items():
            if claim.op.creates:
                self._creations.setdefault(claim.op.record, {})[key] = claim
        self._known: dict[str, tuple[Claim, ...]] = {}

    def settled(self) -> dict[str, Standing]:
        """What every op comes to."""
        citing: dict[str, list[str]] = {}
        for key, claim in self._claims.items():
            if claim.op.because in self._claims:
                citing.setdefault(claim.op.because, []).append(key)
        waiting = deque(self._claims)
        while waiting:
            key = waiting.popleft()
            if self._found[key].verdict is not Verdict.WAITING:
                continue
            claim = self._claims[key]
            self._found[key] = self._judge(claim, _Evidence(self, claim))
            if self._found[key].verdict is not Verdict.WAITING:
                waiting.extend(citing.get(key, ()))
        return self._found

    def op(self, op_id: str) -> tuple[Claim, Standing] | None:
        """An op that is here or coming."""
        if op_id in self._claims:
            return self._claims[op_id], self._found[op_id]
        if op_id not in self._outside:
            self._outside[op_id] = self._stored(op_id)
        return self._outside[op_id]

    def _stored(self, op_id: str) -> tuple[Claim, Standing] | None:
        set_id, _, index = op_id.partition(":")
        rows = claims.logged(
            self._connection, self._registry, "WHERE c.id = ? AND o.idx = ?",
            (bytes.fromhex(set_id), int(index)),
        )  # fmt: skip
        for item in rows:
            return item.claim, item.standing
        return None

    def creations(self, record_id: str) -> tuple[Claim, ...]:
        """The ops, here or coming, that wrote down a record."""
        if record_id not in self._known:
            rows = claims.logged(
                self._connection, self._registry, "WHERE r.id = ? AND o.creates",
                (raw_id(record_id),),
            )  # fmt: skip
            found = {item.claim.op.id: item.claim for item in rows}
            found |= self._creations.get(record_id, {})
            self._known[record_id] = tuple(found.values())
        return self._known[record_id]


class _Evidence:
    """What may be asked about one claim. Only what its standing is tracked by."""

    __slots__ = ("_claim", "_round")

    def __init__(self, round_: _Round, claim: Claim) -> None:
        self._round = round_
        self._claim = claim

    def op(self, op_id: str) -> tuple[Claim, Standing] | None:
        """The op that the claim names as its reason."""
        if op_id != self._claim.op.because:
            raise ValueError("A judge may ask only for the op that the claim names.")
        return self._round.op(op_id) if op_id else None

    def creations(self, record_id: str) -> tuple[Claim, ...]:
        """The ops that wrote down the claim's own record."""
        if record_id != self._claim.op.record:
            raise ValueError("A judge may ask only who wrote down the claim's own record.")
        return self._round.creations(record_id)
