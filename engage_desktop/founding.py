"""Where a workspace may come to lie, and whose it may be."""

from __future__ import annotations

import contextlib
from pathlib import Path

from db.connection import known_errors
from db.errors import KnownError, NotAWorkspace
from db.files import sync_folder
from db.store import Store
from engage_desktop.outside import KEYS, STORE, check_outside, check_place_for_workspace

DRAFTS = "drafts.db"
LEAST_PASSPHRASE = 8

UNFINISHED = "workspace.unfinished"
"""Setting: true while a new workspace is being filled, before anybody has its recovery code."""


def check_new(folder: Path, officer: str, passphrase: str) -> None:
    """Can this officer have a workspace here, with this passphrase? Raises `KnownError`."""
    from engage_desktop.sync.names import can_be_shown
    from engage_desktop.sync.roster import LONGEST_NAME

    if not officer.strip():
        raise KnownError("Say whose workspace this is: type your name. Nothing was made.")
    if len(officer) > LONGEST_NAME or not can_be_shown(officer):
        raise KnownError(
            f"An officer's name is one line of up to {LONGEST_NAME} characters that can be seen. "
            "Nothing was made."
        )
    check_passphrase(passphrase)
    check_empty(folder, "Choose a new or empty folder, or open the workspace that is there.")


def make_to_last(folder: Path) -> None:
    """Make a folder, and those above it, so that a power cut takes none of them away again."""
    new = [path for path in (folder, *folder.parents) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for path in new:
        sync_folder(path.parent)


def check_still_empty(folder: Path) -> None:
    """Once the lock is held: did another program make a workspace here a moment ago?"""
    if any(path.name != "lock" for path in folder.iterdir()):
        raise KnownError(
            f"Another program has just made a workspace in “{folder.name}”. It was left as it is. "
            "Open that one, or choose another folder."
        )


def check_finished(store: Store, folder: Path) -> None:
    """Raise `NotAWorkspace` for one whose making was cut off: nobody has worked in it."""
    if not store.get_setting(UNFINISHED, False):
        return
    store.close()
    raise NotAWorkspace(
        f"“{folder.name}” was never finished: the program ended while the workspace was being "
        "made. Nothing that you wrote is in it, and nothing was changed. Delete this folder, and "
        "make the workspace again with the same file."
    )


def check_empty(folder: Path, instead: str) -> None:
    """Can a workspace come to lie here? Raises `KnownError`."""
    check_outside(folder)
    check_place_for_workspace(folder)
    with known_errors(folder.name):
        if folder.is_symlink() and not folder.exists():
            raise KnownError(
                f"“{folder.name}” is a link to a folder that is not there. Nothing was changed. "
                f"{instead}"
            )
        if folder.exists() and not folder.is_dir():
            raise KnownError(f"“{folder.name}” is a file. Choose a folder. Nothing was changed.")
        if folder.exists() and any(folder.iterdir()):
            raise KnownError(
                f"“{folder.name}” already holds something. Nothing was changed. {instead}"
            )


def check_passphrase(passphrase: str) -> None:
    """Raises `KnownError` for one that is too short."""
    if len(passphrase) < LEAST_PASSPHRASE:
        raise KnownError(
            f"The passphrase is too short: it needs at least {LEAST_PASSPHRASE} characters. "
            "Four words are easy to remember and hard to guess. Nothing was changed."
        )


def clear(folder: Path, *, whole: bool) -> None:
    """Take away what a workspace that could not be made has left."""
    for name in (STORE, DRAFTS, *KEYS, "lock"):
        for leftover in folder.glob(name + "*"):
            leftover.unlink(missing_ok=True)
    if whole:
        with contextlib.suppress(OSError):
            folder.rmdir()
