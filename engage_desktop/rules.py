"""The team's rules for a store that was just opened, loaded only when something is to be judged.

Keys and signatures take a while to load, and a window has to stand before that.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from db.reader import Reader
from db.standing import COUNTING, Claim, Evidence, Judge, Standing
from db.store import Store

TEAM = "sync.team"
"""Setting that tells the team of a workspace; none while it is in none."""

HEAD = "roster_head"
"""Setting: the state of the roster that this laptop knows."""

CARDS = ("response", "comment")
"""The kinds that the stand and a box of cards write down."""

FEEDBACK = "feedback"
"""What an import of responses with their comments is called."""

RECEIPT = "import_receipt"
"""Every import writes one of these, so who may not make it imports nothing."""


def written_by_import(what: str) -> tuple[str, ...]:
    """The kinds that an import always writes: of one kind's name, or of `FEEDBACK`."""
    return (*(CARDS if what == FEEDBACK else (what,)), RECEIPT)


@dataclass(frozen=True, slots=True)
class Refusals:
    """Sentences by kind; a kind that is not named may be added, or changed.

    `changing` names only kinds of which no record at all may be changed: where it depends on the
    record, `may` has to be asked.
    """

    adding: Mapping[str, str] = field(default_factory=dict)
    changing: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Rights:
    """What this officer's role refuses now, and from `ends_ms` (since 1970) on.

    Asked of the judge once for each state of the roster, so that a screen may look at it as often
    as it likes. `bound`: what may be changed depends on the record. `team` tells why the officer
    may let nobody in and give out no field copy. `mark` names the state.
    """

    now: Refusals = field(default_factory=Refusals)
    later: Refusals = field(default_factory=Refusals)
    ends_ms: int | None = None
    bound: bool = False
    team: str = ""
    mark: str = ""

    def adding(self, kinds: Iterable[str], ms: int) -> str:
        """Why one of these kinds may not be added at that time; "" when all may."""
        said = self._at(ms).adding
        return next((said[kind] for kind in kinds if kind in said), "")

    def changing(self, kind: str, ms: int) -> str:
        """Why no record of a kind may be changed at that time; "" when some may."""
        return self._at(ms).changing.get(kind, "")

    def _at(self, ms: int) -> Refusals:
        return self.now if self.ends_ms is None or ms <= self.ends_ms else self.later


def judge_by_the_team(store: Store) -> None:
    """Hold changes to the team's rules, which are loaded with the first change or sync."""
    if store.get_setting(TEAM) is None:
        return

    def take_up() -> Judge | None:
        from engage_desktop.sync.team import take_up_rules

        if store.judge is judge:
            take_up_rules(store)
        return store.judge

    def judge(claim: Claim, evidence: Evidence) -> Standing:
        rules = take_up()
        return COUNTING if rules is None else rules(claim, evidence)

    def because(kind: str, record_id: str) -> str:
        take_up()
        now = store.because
        return "" if now is None or now is because else now(kind, record_id)

    store.judge, store.because = judge, because


def may(store: Store, reader: Reader, kind: str, act: str, record: str = "") -> str:
    """See `sync.permits.may`; nothing is loaded where there is no team."""
    if store.get_setting(TEAM) is None:
        return ""
    from engage_desktop.sync import permits

    return permits.may(store, reader, kind, act, record)


def is_bound(store: Store) -> bool:
    """See `sync.permits.is_bound`; nothing is loaded where there is no team."""
    if store.get_setting(TEAM) is None:
        return False
    from engage_desktop.sync import permits

    return permits.is_bound(store)


def rights_mark(reader: Reader) -> str:
    """Names the state of the roster by which rights are what they are; "" without a team."""
    if reader.get_setting(TEAM) is None:
        return ""
    return str(reader.get_setting(HEAD) or TEAM)


def rights(store: Store, reader: Reader) -> Rights:
    """See `sync.permits.rights`; nothing is loaded where there is no team."""
    mark = rights_mark(reader)
    if not mark:
        return Rights()
    from engage_desktop.sync import permits

    return permits.rights(store, reader, mark)


__all__ = [
    "CARDS", "FEEDBACK", "RECEIPT", "TEAM", "Refusals", "Rights", "is_bound", "judge_by_the_team",
    "may", "rights", "rights_mark", "written_by_import",
]  # fmt: skip
