"""Bringing a field copy back: sent, taken in at the office, then wiped."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from db.backup import remove_tree
from db.connection import known_errors
from db.errors import KnownError
from db.store import Store
from engage_desktop.outside import KEYS
from engage_desktop.queries.standing import standing
from engage_desktop.sync.acks import said_in
from engage_desktop.sync.books import Books
from engage_desktop.sync.desk import send_and_receive, write_delivery
from engage_desktop.sync.errors import NotAllowed
from engage_desktop.sync.field_copy import HELD
from engage_desktop.sync.field_scope import TAKEN
from engage_desktop.sync.remote.book import forget_passwords
from engage_desktop.sync.roles import FIELD, reads
from engage_desktop.sync.team import Membership, membership
from engage_desktop.sync.team_changes import say
from engage_desktop.workspace import Workspace


class NotReturned(KnownError):
    """Something of a field copy is on its laptop alone still."""

    code = "not_returned"


def unreturned(store: Store, mine: Membership) -> int:
    """How many of this laptop's files no office laptop has said it read."""
    own = {sha for sha, note in Books(store).all_taken().items() if note["device"] == store.device}
    members = mine.roster.members
    readers = (
        ack.files
        for device, ack in said_in(store).items()
        if device in members and set(TAKEN) <= set(reads(members[device].role))
    )
    return len(own - set().union(*readers))


def check_returnable(workspace: Workspace, folder: Path | str | None) -> None:
    """Send what was keyed in, and see whether an office laptop has read it all.

    Without a folder nothing is sent: what was goes by files. May be repeated.
    Raises `NotAllowed` where this is no field copy, `NotReturned` while anything
    is on this laptop alone.
    """
    store = workspace.store
    if store.get_setting(HELD) is None:
        raise NotAllowed("This workspace is no field copy. Nothing was changed.")
    if workspace.drafts.names():
        raise NotReturned(
            "Something is typed here and not saved. Nothing was wiped. Save or discard it, then "
            "return the copy."
        )
    if folder is not None:
        send_and_receive(workspace, folder)
    mine = membership(store)
    if has_left(mine):
        return
    if mine.role != FIELD:
        raise NotReturned(
            "This laptop was taken out of the team before it was returned, so what it had not sent "
            "is on it alone. Nothing was wiped. Ask an admin."
        )
    _check_read(store, mine)


def bring_back(
    workspace: Workspace, folder: Path | str | None, *, file: Path | None = None
) -> None:
    """Leave the team with a copy of which everything is at the office; then it may be wiped.

    That it left is sent through the folder, or written into a `file` for the office. Passwords of
    places on servers leave the keychain. May be repeated, with a server after it was added again.
    Raises as `check_returnable`.
    """
    check_returnable(workspace, folder)
    mine = membership(workspace.store)
    if not has_left(mine):
        say(workspace.store, "leave", {"device": mine.device})
        if folder is not None:
            send_and_receive(workspace, folder)
    if file is not None:
        write_delivery(workspace, file)
    forget_passwords(workspace.store)


def has_left(mine: Membership) -> bool:
    """Has this laptop said itself that it goes?"""
    return not mine.role and any(
        e.type == "leave" and e.body["device"] == mine.device for e in mine.roster.graph.entries
    )


def _check_read(store: Store, mine: Membership) -> None:
    reader = store.reader()
    try:
        unsent = standing(reader).to_send
    finally:
        reader.close()
    if unsent:
        raise NotReturned(
            "Not everything that was keyed in here is sent yet. Nothing was wiped. Send again."
        )
    if unreturned(store, mine):
        raise NotReturned(
            "What was keyed in here is sent, and no office laptop has taken all of it in yet. "
            "Nothing was wiped. Send and receive on an office laptop, then return the copy again."
        )


def wipe(folder: Path) -> None:
    """Take a closed workspace that was returned away: its keys first, then all of it."""
    with known_errors(folder.name):
        for name in KEYS:
            path = folder / name
            if path.is_file():
                with path.open("r+b") as file:
                    file.write(secrets.token_bytes(path.stat().st_size))
                    file.flush()
                    os.fsync(file.fileno())
                path.unlink()
        remove_tree(folder)
    if folder.exists():
        raise NotReturned(
            f"The keys of “{folder.name}” are gone, so nothing in it can be read any more, but "
            "some files could not be removed. Delete the folder by hand."
        )


__all__ = ["NotReturned", "bring_back", "check_returnable", "has_left", "unreturned", "wipe"]
