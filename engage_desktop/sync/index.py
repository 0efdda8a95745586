"""Entries by what they are about: of which laptop, and whether they limit it."""

from __future__ import annotations

from engage_desktop.sync.canonical import canonical, sha256
from engage_desktop.sync.entries import Entry

ADMISSIONS = frozenset({"found", "enrol", "approve"})
GOING = frozenset({"revoke", "leave"})
SETTING = ADMISSIONS | GOING | {"role"}
ADMINS_WORDS = frozenset({"approve", "role", "revoke", "rotate", "share", "recovery", "settle"})
NEEDS_ADMIN = frozenset({"enrol", "approve", "role", "rotate", "share", "recovery", "settle"})


def role_given(entry: Entry) -> str:
    """The role that an entry about a laptop gives it; "" when it takes it out."""
    return "" if entry.type in GOING else str(entry.body["role"])


class Index:
    """Entries by what they are about, as sets (see `graph`)."""

    def __init__(self) -> None:
        self.settings: dict[str, int] = {}
        """By laptop: what gives it a role, or takes it out."""
        self.limits: dict[str, int] = {}
        """By laptop: those of them that leave it less than an admin's rights."""
        self.making_admin: dict[str, int] = {}
        self.admissions: dict[str, int] = {}
        self.invited: dict[str, int] = {}
        """By the hash of an invitation: the laptops that entered with it."""
        self.recoveries = 0
        self.settlements = 0
        self.admins_words = 0
        self.demotions = 0

    def add(self, i: int, entry: Entry) -> None:
        """Take the entry of that number."""
        bit = 1 << i
        if entry.type in SETTING:
            device = str(entry.body["device"])
            given = role_given(entry)
            _put(self.settings, device, bit)
            if given == "admin":
                _put(self.making_admin, device, bit)
            if entry.type in ADMISSIONS:
                _put(self.admissions, device, bit)
            elif given != "admin":
                _put(self.limits, device, bit)
        if entry.type == "enrol":
            _put(self.invited, invitation_of(entry), bit)
        elif entry.type == "recovery":
            self.recoveries |= bit
        elif entry.type == "settle":
            self.settlements |= bit
        if entry.type in ADMINS_WORDS:
            self.admins_words |= bit


def _put(sets: dict[str, int], key: str, bit: int) -> None:
    sets[key] = sets.get(key, 0) | bit


def invitation_of(entry: Entry) -> str:
    """The hash of the certificate that a laptop entered with."""
    return sha256(canonical(entry.body["certificate"]))
