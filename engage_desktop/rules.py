"""The team's rules for a store that was just opened, loaded only when something is to be judged.

Keys and signatures take a while to load, and a window has to stand before that.
"""

from __future__ import annotations

from db.reader import Reader
from db.standing import COUNTING, Claim, Evidence, Judge, Standing
from db.store import Store

TEAM = "sync.team"
"""Setting that tells the team of a workspace; none while it is in none."""


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


__all__ = ["TEAM", "is_bound", "judge_by_the_team", "may"]
