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
from db.standing import COUNTING, Claim, Evidence, Judge, Source, Standing, Verdict
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


def judge_for(roster: Roster, registry: Registry, *, chain: Chain | None = None) -> Judge:
    """The judge of one state of the roster.

    `chain` tells whether a file is an ancestor of a mark in its row; without it the numbers
    alone are believed.
    """

    known: dict[tuple[str, str, Source | None], Right] = {}

    def written_with(head: ChangeSetHead, source: Source | None) -> Right | None:
        asked = (head.device, head.roster_head, source)
        right = known.get(asked)
        if right is None:  # whole files of ops ask the same
            right = roster.right_at(*asked, chain)
            if right is not None:
                known[asked] = right
        return right

    def judge(claim: Claim, evidence: Evidence) -> Standing:
        head, op = claim.head, claim.op
        right = written_with(head, claim.source)
        if right is None:
            return _waiting("roster")
        role = role_named(right.role)
        if role is None and head.device in roster.held:
            return _waiting("held")
        if role is None:
            return _aside("revoked" if head.device in roster.known else "stranger")
        if right.expires is not None and head.ms > right.expires:
            return _aside(EXPIRED)
        if _is_misplaced(registry, op.kind, op.compartment):
            return _aside("compartment")
        if role.changes is not Rule.OWN_BATCH:
            return _by_rule(role, registry, claim, evidence)
        return _own_batch(registry, claim, evidence.creations(op.record), written_with)

    return judge


def _is_misplaced(registry: Registry, kind: str, compartment: str) -> bool:
    """A kind that this version does not know, or that follows its owner's, may lie anywhere."""
    if kind not in registry or not compartment:
        return False
    meta = registry[kind].meta
    return not meta.follows and meta.compartment != compartment


def _compartment(registry: Registry, claim: Claim) -> str:
    op = claim.op
    if op.compartment or op.kind not in registry:
        return op.compartment
    return registry[op.kind].meta.compartment


def _by_rule(role: Role, registry: Registry, claim: Claim, evidence: Evidence) -> Standing:
    match role.changes:
        case Rule.READS:
            return COUNTING if _reads(role, registry, claim) else _aside("role")
        case Rule.LEADS:
            if not _reads(role, registry, claim):
                return _aside("role")
            return _led(registry, claim, evidence)
        case _:
            return _aside("role")


def _reads(role: Role, registry: Registry, claim: Claim) -> bool:
    return _compartment(registry, claim) in role.reads


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
