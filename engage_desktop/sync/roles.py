"""What each role may read and change. Data: the judge, the keys and the screens all read it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

COMPARTMENTS = ("general", "people", "money", "confidential")
"""Who may read a record, once laptops share. Every kind of record belongs to one."""


class Rule(StrEnum):
    """What a role may change."""

    READS = "reads"  # whatever it reads
    LEADS = "leads"  # only records that name its officer as the lead
    OWN_BATCH = "own_batch"  # kinds keyed in from cards, and of those only its own
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Role:
    """One role. `words` say to an officer what it may do."""

    name: str
    label: str
    reads: tuple[str, ...]
    changes: Rule
    words: str
    expires: bool = False  # a last day may be set


_OFFICE = ("general", "people", "money")

ROLES_BY_RANK = (
    Role("reader", "Reader", ("general",), Rule.NOTHING, "Reads general records."),
    Role(
        "field",
        "Field copy",
        (),
        Rule.OWN_BATCH,
        "Takes one event to the field and keys in what people say there, until its last day.",
        expires=True,
    ),
    Role(
        "volunteer",
        "Volunteer",
        ("general",),
        Rule.OWN_BATCH,
        "Keys in cards, and changes only what was keyed in on the same laptop, until its last day.",
        expires=True,
    ),
    Role(
        "commissioner",
        "Commissioner",
        ("general",),
        Rule.LEADS,
        "Reads general records and changes those that name the commissioner as the lead.",
    ),
    Role(
        "payer",
        "Payer",
        _OFFICE,
        Rule.READS,
        "As an officer, and pays claims.",
    ),
    Role(
        "approver",
        "Approver",
        _OFFICE,
        Rule.READS,
        "As an officer, and approves claims.",
    ),
    Role(
        "officer",
        "Officer",
        _OFFICE,
        Rule.READS,
        "Reads and changes everything but what is confidential.",
    ),
    Role(
        "admin",
        "Admin",
        COMPARTMENTS,
        Rule.READS,
        "Reads and changes everything, and says who is in the team.",
    ),
)
"""Least first. Where two admins disagreed without knowing, the lesser role holds."""

FIELD = "field"
"""The role of a laptop that holds a field copy."""

_BY_NAME = {role.name: role for role in ROLES_BY_RANK}
_RANK = {role.name: rank for rank, role in enumerate(ROLES_BY_RANK, 1)}

ROLES = tuple(role.name for role in reversed(ROLES_BY_RANK))
"""Names, the most powerful first."""


def role_named(name: str) -> Role | None:
    """The role; None for "" (not in the team) and for one of a newer version."""
    return _BY_NAME.get(name)


def in_sentence(name: str) -> str:
    """A role within a sentence, with its article: "an officer", "a volunteer"."""
    role = _BY_NAME.get(name)
    if role is None:
        return "something that this version does not know"
    label = role.label.lower()
    return f"{'an' if label[0] in 'aeiou' else 'a'} {label}"


def reads(name: str) -> tuple[str, ...]:
    """The compartments that a role reads; none for a role of a newer version."""
    role = _BY_NAME.get(name)
    return role.reads if role else ()


def rank(name: str) -> int:
    """Where a role stands: 0 for none, then upwards."""
    return _RANK.get(name, 0)


def lesser(one: str, other: str) -> str:
    """The more restrictive of two roles; "" is the most."""
    return min(one, other, key=rank)


def changed_reading(before: str, after: str) -> tuple[str, ...]:
    """The compartments whose keys must change when a role does, in their usual order."""
    either = set(reads(before)) ^ set(reads(after))
    return tuple(name for name in COMPARTMENTS if name in either)
