"""Judges for tests: small rules with the shapes that the real ones have."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from db.standing import COUNTING, Claim, Evidence, Source, Standing, Verdict

ALL, LEAD, OWN, NOBODY = "all", "lead", "own", "nobody"


@dataclass(frozen=True)
class Rules:
    """What each device may do; one that is not named may do all.

    `until` names the last number of a device's files that still counts.
    """

    roles: Mapping[str, str] = field(default_factory=dict)
    until: Mapping[str, int] = field(default_factory=dict)

    def __call__(self, claim: Claim, evidence: Evidence) -> Standing:
        device = claim.head.device
        last = self.until.get(device)
        if last is not None and (claim.source is None or claim.source.seq > last):
            return Standing(Verdict.ASIDE, "revoked")
        match self.roles.get(device, ALL):
            case "nobody":
                return Standing(Verdict.ASIDE, "role")
            case "own":
                if claim.op.creates or _creators(claim, evidence) == {device}:
                    return COUNTING
                return Standing(Verdict.ASIDE, "not_creator")
            case "lead":
                return self._led(claim, evidence)
        return COUNTING

    def always(
        self, device: str, roster_head: str, source: Source | None, kind: str, compartment: str
    ) -> Standing | None:
        """What needs no evidence, for very many ops at once."""
        last = self.until.get(device)
        if last is not None and (source is None or source.seq > last):
            return Standing(Verdict.ASIDE, "revoked")
        role = self.roles.get(device, ALL)
        if role == NOBODY:
            return Standing(Verdict.ASIDE, "role")
        return COUNTING if role == ALL else None

    @staticmethod
    def _led(claim: Claim, evidence: Evidence) -> Standing:
        """The op it names must count and hand something to this officer."""
        if not claim.op.because:
            return Standing(Verdict.ASIDE, "not_lead")
        found = evidence.op(claim.op.because)
        if found is None or found[1].verdict is Verdict.WAITING:
            return Standing(Verdict.WAITING, "evidence")
        named, standing = found
        if standing.verdict is Verdict.COUNTS and claim.head.officer in named.op.values.values():
            return COUNTING
        return Standing(Verdict.ASIDE, "not_lead")


def _creators(claim: Claim, evidence: Evidence) -> set[str]:
    return {made.head.device for made in evidence.creations(claim.op.record)}
