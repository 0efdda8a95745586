"""What a laptop is told that was taken out of its team, or left it, and tries to come back.

Its keys may be in other hands by then, so it does not come back with them: a new workspace has new
ones. A laptop that left by itself may come back as it is.
"""

from __future__ import annotations

from db.standing import Verdict
from db.store import Store
from engage_desktop.plain import counted, moment_words
from engage_desktop.queries.standing import standing
from engage_desktop.sync.entries import Entry
from engage_desktop.sync.errors import BadInvitation
from engage_desktop.sync.fold import author
from engage_desktop.sync.roster import Roster


def going_of(roster: Roster, device: str) -> Entry | None:
    """The entry by which a laptop is out: a revocation rather than its own leaving."""
    member = roster.known.get(device)
    if member is None or member.role:
        return None
    entries = [roster.graph.entries[i] for i in roster.state.latest(device)]
    going = [entry for entry in entries if entry.type in ("revoke", "leave")]
    return min(going, key=lambda e: (e.type != "revoke", e.body["ms"], e.sha256), default=None)


def out_words(roster: Roster, device: str) -> str:
    """Who took a laptop out, when and why, as a sentence; "" for one that is not out."""
    going = going_of(roster, device)
    if going is None:
        return ""
    at = moment_words(int(going.body["ms"]))
    if going.type == "leave":
        return f"This laptop left the team on {at}."
    by = roster.officer(author(going)) or "the recovery key"
    why = str(going.body.get("why") or "").strip()
    return f"This laptop was taken out of the team on {at} by {by}{f' ({why})' if why else ''}."


def check_not_out(store: Store, roster: Roster) -> None:
    """Raise `BadInvitation` (revoked) where this laptop was taken out, by all that `roster` says.

    Hand in what lies in the folder or came in an invitation too: the laptop may not have heard.
    """
    going = going_of(roster, store.device)
    if going is None or going.type != "revoke":
        return
    raise BadInvitation(
        f"{out_words(roster, store.device)} Nothing was changed. To come back, join with a new "
        "invitation, in a new workspace: engage new WS --officer NAME --join FILE. "
        f"{_unsent_words(store)}",
        code="revoked",
    )


def _unsent_words(store: Store) -> str:
    lost = unsent(store)
    if not lost:
        return "What was written here before counts with colleagues and comes back with it."
    it = "it" if lost == 1 else "them"
    return (
        f"{counted(lost, 'change')} written here had not arrived by then: colleagues do not take "
        f"{it} in. Nothing is deleted here; export what is still needed (engage export WS all "
        "FILE) and write it down again in the new workspace."
    )


def unsent(store: Store) -> int:
    """How many of this laptop's changes do not count, or are in no file yet."""
    own = [op for op in store.set_aside() if op.device == store.device]
    aside = sum(op.verdict is Verdict.ASIDE for op in own)
    if aside:
        return aside
    reader = store.reader()
    try:
        return standing(reader).to_send
    finally:
        reader.close()


__all__ = ["check_not_out", "going_of", "out_words", "unsent"]
