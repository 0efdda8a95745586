"""Whether an op counts: was its author allowed to write it, by all that they had seen?

A pure function of the roster and the ops, the same on every laptop whatever came first. What is
missing makes an op wait; what was not allowed sets it aside, where people see it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from db.changes import ChangeSetHead
from db.erasing import right_of
from db.judging import EXPIRED
from db.record import Registry
from db.standing import COUNTING, Claim, Evidence, Source, Standing, Verdict
from engage_desktop.sync.fold import Right
from engage_desktop.sync.roles import Role, Rule, role_named
from engage_desktop.sync.roster import Chain, Roster

LEAD = "lead"
"""The purpose of a field that names the officer who answers for a record."""

REASONS: dict[str, str] = {
    "role": "The role of its author does not allow this.",
    "revoked": "Its author’s laptop had been taken out of the team.",
    "stranger": "Its author’s laptop was not let in to the team.",
    "compartment": "It came among records of another kind of confidence.",
    "not_lead": "Its author may change only records that name them as the lead.",
    "not_creator": "Its author may change only what was keyed in on the same laptop.",
    "expired": "It was written after its author’s last day.",
    "held": "It waits until an admin invites its author’s laptop anew.",
    "roster": "It waits for word of who is in the team.",
    "evidence": "It waits for a change that gave its author the right to it.",
}
"""Why an op does not count, in words for people."""


_WrittenWith = Callable[[ChangeSetHead, Source | None], Right | None]
"""What an author might do who wrote this; None while word of the team is missing."""


def _aside(reason: str) -> Standing:
    return Standing(Verdict.ASIDE, reason)


def _waiting(reason: str) -> Standing:
    return Standing(Verdict.WAITING, reason)


def judge_for(roster: Roster, registry: Registry, *, chain: Chain | None = None) -> TeamJudge:
    """The judge of one state of the roster.

    `chain` tells whether a file is an ancestor of a mark in its row; without it the numbers
    alone are believed.
    """

    return TeamJudge(roster, registry, chain)


class TeamJudge:
    """Judges by one state of the roster."""

    def __init__(self, roster: Roster, registry: Registry, chain: Chain | None) -> None:
        self._roster = roster
        self._registry = registry
        self._chain = chain
        self._known: dict[tuple[str, str, Source | None], Right] = {}

    def __call__(self, claim: Claim, evidence: Evidence) -> Standing:
        """What an op comes to."""
        head, op = claim.head, claim.op
        found = self._role(head.device, head.roster_head, claim.source)
        if isinstance(found, Standing):
            return found
        role, expires = found
        if expires is not None and head.ms > expires:
            return _aside(EXPIRED)
        if _is_misplaced(self._registry, op.kind, op.compartment):
            return _aside("compartment")
        if role.changes is not Rule.OWN_BATCH:
            return _by_rule(role, self._registry, claim, evidence)
        creations = evidence.creations(op.record)
        return _own_batch(self._registry, claim, creations, self._written_with)

    def always(
        self, device: str, roster_head: str, source: Source | None, kind: str, compartment: str
    ) -> Standing | None:
        """What every op of this kind so sent comes to; None where that is not all that matters."""
        found = self._role(device, roster_head, source)
        if isinstance(found, Standing):
            return found
        role, expires = found
        if expires is not None:
            return None
        if _is_misplaced(self._registry, kind, compartment):
            return _aside("compartment")
        if role.changes is Rule.READS:
            return _by_reading(role, self._registry, kind, compartment)
        return None

    def _role(
        self, device: str, roster_head: str, source: Source | None
    ) -> Standing | tuple[Role, int | None]:
        """The role of an op's author then and its last moment, or what comes of having none."""
        right = self._right(device, roster_head, source)
        if right is None:
            return _waiting("roster")
        role = role_named(right.role)
        if role is not None:
            return role, right.expires
        if device in self._roster.held:
            return _waiting("held")
        return _aside("revoked" if device in self._roster.known else "stranger")

    def _written_with(self, head: ChangeSetHead, source: Source | None) -> Right | None:
        return self._right(head.device, head.roster_head, source)

    def _right(self, device: str, roster_head: str, source: Source | None) -> Right | None:
        asked = (device, roster_head, source)
        right = self._known.get(asked)
        if right is None:  # whole files of ops ask the same
            right = self._roster.right_at(*asked, self._chain)
            if right is not None:
                self._known[asked] = right
        return right


def _is_misplaced(registry: Registry, kind: str, compartment: str) -> bool:
    """A kind that this version does not know, or that follows its owner's, may lie anywhere."""
    if kind not in registry or not compartment:
        return False
    meta = registry[kind].meta
    return not meta.follows and meta.compartment != compartment


def _by_rule(role: Role, registry: Registry, claim: Claim, evidence: Evidence) -> Standing:
    match role.changes:
        case Rule.READS:
            return _by_reading(role, registry, claim.op.kind, claim.op.compartment)
        case Rule.LEADS:
            reading = _by_reading(role, registry, claim.op.kind, claim.op.compartment)
            return _led(registry, claim, evidence) if reading == COUNTING else reading
        case _:
            return _aside("role")


def _by_reading(role: Role, registry: Registry, kind: str, compartment: str) -> Standing:
    """Who reads a compartment may change what is in it; old ops went with their kind."""
    if not compartment and kind in registry:
        compartment = registry[kind].meta.compartment
    return COUNTING if compartment in role.reads else _aside("role")


def _led(registry: Registry, claim: Claim, evidence: Evidence) -> Standing:
    """The cited op must count and name the author as the lead of this very record."""
    op = claim.op
    if not op.because:
        return _aside("not_lead")
    found = evidence.op(op.because)
    if found is None:
        return _waiting("evidence")
    cited, standing = found
    if cited.op.record != op.record or not _names(registry, cited, claim.head.officer):
        return _aside("not_lead")
    if standing.verdict is Verdict.WAITING:
        return _waiting("evidence")
    return COUNTING if standing.verdict is Verdict.COUNTS else _aside("not_lead")


def _names(registry: Registry, cited: Claim, officer: str) -> bool:
    """Does an op make this officer the lead, or did it before the name was erased?"""
    return officer in leads(registry, cited) or right_of(cited.op.id, officer) in cited.op.values


def leads(registry: Registry, claim: Claim) -> list[str]:
    """The officers whom an op names as the lead of its record."""
    op = claim.op
    named = [op.values.get(field) for field in lead_fields(registry, op.kind)]
    return [str(name) for name in named if name]


def lead_fields(registry: Registry, kind: str) -> list[str]:
    """The fields of a kind that name its lead."""
    if kind not in registry:
        return []
    return [name for name, spec in registry[kind].specs().items() if spec.purpose == LEAD]


def _own_batch(
    registry: Registry, claim: Claim, creations: Iterable[Claim], written_with: _WrittenWith
) -> Standing:
    """Only what nobody else wrote down, of those who were in the team when they did.

    What came after its laptop was taken out has no say: not every laptop took it in.
    """
    op, device = claim.op, claim.head.device
    if op.kind not in registry or not registry[op.kind].meta.batch:
        return _aside("role")
    rights = [(made.head.device, written_with(made.head, made.source)) for made in creations]
    creators = {whose for whose, right in rights if right is not None and right.role}
    if op.creates:
        creators.add(device)
    if creators - {device}:
        return _aside("not_creator")
    if any(right is None for _, right in rights):
        return _waiting("roster")
    return COUNTING if creators else _waiting("evidence")


__all__ = ["LEAD", "REASONS", "judge_for", "lead_fields", "leads"]
