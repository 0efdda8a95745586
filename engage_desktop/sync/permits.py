"""What this laptop's officer may do, before they try: the judge's own answer, in words.

A screen that offers what the store would refuse wastes somebody's typing. So it asks here first,
and here the same judge is asked about a change that nobody has made. The store asks again. Nothing
here knows what a role may do; a test holds the answers to what the store then takes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from db.changes import ChangeSetHead, Op
from db.reader import Reader
from db.record import Registry
from db.standing import COUNTING, Claim, Judge, Standing, Verdict
from db.store import Store
from engage_desktop.rules import Refusals, Rights
from engage_desktop.sync.authority import judge_for, lead_fields
from engage_desktop.sync.roles import Rule, role_named
from engage_desktop.sync.team import ROSTER_HEAD, has_team, membership

ACTS = ("create", "edit", "delete", "restore")

_NOBODY = "0" * 32
_COUNTS = Verdict.COUNTS
_SENTENCES = {
    "role": "{role} cannot change this. An admin can give you another role.",
    "revoked": "This laptop is not in the team any more. You can still read what is on it.",
    "stranger": "This laptop is not in the team. An admin has to let it in first.",
    "not_lead": "{role} changes only records that name them as the lead.",
    "not_creator": "{role} changes only what was keyed in on this laptop.",
    "expired": "Your last day in this role is over. An admin can set another.",
    "roster": "Send and receive first: this laptop has not heard who is in the team.",
    "evidence": "Send and receive first: what gives you the right to this has not come yet.",
}
_ADDING = {
    "role": "{role} cannot add this. An admin can give you another role.",
    "not_lead": "{role} cannot add this, only change what names them as the lead.",
}


def may(store: Store, reader: Reader, kind: str, act: str, record: str = "") -> str:
    """Why this officer may not do this now, as one sentence; "" when they may.

    `act` is one of `ACTS`; all but "create" need the `record`. For a reading thread.
    """
    if act not in ACTS:
        raise ValueError(f"{act!r} is nothing that can be done to a record.")
    if not has_team(store):
        return ""
    claim = _claim(store, kind, act, record)
    if act != "create":
        asked = store.because or partial(_naming, reader, store.officer)
        claim = replace(claim, op=replace(claim.op, because=asked(kind, record)))
    found = _judge(store)(claim, _Evidence(reader, claim))
    return _said(found, membership(store).role, act) if found.verdict is not _COUNTS else ""


def rights(store: Store, reader: Reader, mark: str) -> Rights:
    """What the role refuses, kind by kind, now and after its last day. For a reading thread."""
    mine, judge = membership(store), _judge(store)
    member = mine.roster.members.get(mine.device)
    ends = member.expires if member is not None else None
    now = _refusals(store, judge, mine.role, store.dated)
    later = now if ends is None else _refusals(store, judge, mine.role, ends + 1)
    return Rights(now, later, ends, is_bound(store), may_team(store), mark)


def _refusals(store: Store, judge: Judge, role: str, ms: int) -> Refusals:
    adding: dict[str, str] = {}
    changing: dict[str, str] = {}
    for kind in store.registry.names():
        for act, found in (("create", adding), ("edit", changing)):
            claim = _claim(store, kind, act, "", ms)
            said = judge(claim, _Best(store.registry, claim))
            if said.verdict is not _COUNTS:
                found[kind] = _said(said, role, act)
    return Refusals(adding, changing)


def _said(found: Standing, role: str, act: str) -> str:
    known = role_named(role)
    words = known.label.lower() if known else "colleague with a newer role"
    sentence = _SENTENCES.get(found.reason, _SENTENCES["role"])
    if act == "create":
        sentence = _ADDING.get(found.reason, sentence)
    return sentence.format(role=f"{'An' if words[0] in 'aeiou' else 'A'} {words}")


def _judge(store: Store) -> Judge:
    return store.judge or judge_for(membership(store).roster, store.registry)


def may_team(store: Store) -> str:
    """Why this officer may not say who is in the team; "" for an admin, or where there is none."""
    if not has_team(store) or membership(store).role == "admin":
        return ""
    return "Only an admin changes who is in the team, and what they may do."


def is_bound(store: Store) -> bool:
    """Whether this officer's role depends on the record: then each has to be asked about."""
    if not has_team(store):
        return False
    known = role_named(membership(store).role)
    return known is None or known.changes is not Rule.READS


def _claim(store: Store, kind: str, act: str, record: str, ms: int = 0) -> Claim:
    """A change that nobody has made. One that is made now is never dated back."""
    head = str(store.get_setting(ROSTER_HEAD, ""))
    new = act == "create"
    envelope = ChangeSetHead(
        _NOBODY, store.device, store.officer, ms or store.dated, 0, "", None, head
    )
    op = Op(
        _NOBODY, 0, kind, record or _NOBODY, {}, {}, store.registry[kind].meta.compartment,
        creates=new, because="" if new else f"{_NOBODY}:0",
    )  # fmt: skip
    return Claim(envelope, op)


def _naming(reader: Reader, officer: str, kind: str, record: str) -> str:
    """The newest change of a record that counts and names the officer as its lead; "" for none."""
    fields = lead_fields(reader.registry, kind)
    for claim, standing in reader.changes_of(record):
        if standing.verdict is Verdict.COUNTS and any(
            claim.op.values.get(name) == officer for name in fields
        ):
            return claim.op.id
    return ""


class _Best:
    """The best that could be said of any record: its author made it, and it names them as lead."""

    def __init__(self, registry: Registry, claim: Claim) -> None:
        named = dict.fromkeys(lead_fields(registry, claim.op.kind), claim.head.officer)
        self._claim = replace(claim, op=replace(claim.op, values=named))

    def op(self, op_id: str) -> tuple[Claim, Standing] | None:
        return self._claim, COUNTING

    def creations(self, record_id: str) -> tuple[Claim, ...]:
        return (self._claim,)


class _Evidence:
    """What the judge asks about the one record."""

    def __init__(self, reader: Reader, claim: Claim) -> None:
        self._reader, self._claim = reader, claim

    def _changes(self) -> Iterator[tuple[Claim, Standing]]:
        return self._reader.changes_of(self._claim.op.record)

    def op(self, op_id: str) -> tuple[Claim, Standing] | None:
        return next((found for found in self._changes() if found[0].op.id == op_id), None)

    def creations(self, record_id: str) -> tuple[Claim, ...]:
        assert record_id == self._claim.op.record
        return tuple(claim for claim, _ in self._changes() if claim.op.creates)


__all__ = ["ACTS", "is_bound", "may", "may_team", "rights"]
