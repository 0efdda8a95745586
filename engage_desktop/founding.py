"""Where a workspace may come to lie, and whose it may be."""

from __future__ import annotations

import contextlib
from pathlib import Path

from db.connection import known_errors
from db.errors import KnownError
from engage_desktop.outside import KEYS, STORE, check_outside

DRAFTS = "drafts.db"
LEAST_PASSPHRASE = 8


def check_new(folder: Path, officer: str, passphrase: str) -> None:
    """Can this officer have a workspace here, with this passphrase? Raises `KnownError`."""
    from engage_desktop.sync.roster import LONGEST_NAME

    if not officer.strip():
        raise KnownError("Say whose workspace this is: type your name. Nothing was made.")
    if len(officer) > LONGEST_NAME or not officer.isprintable():
        raise KnownError(
            f"An officer's name is one line of up to {LONGEST_NAME} characters. Nothing was made."
        )
    check_passphrase(passphrase)
    check_empty(folder, "Choose a new or empty folder, or open the workspace that is there.")


def check_still_empty(folder: Path) -> None:
    """Once the lock is held: did another program make a workspace here a moment ago?"""
    if any(path.name != "lock" for path in folder.iterdir()):
        raise KnownError(
            f"Another program has just made a workspace in “{folder.name}”. It was left as it is. "
            "Open that one, or choose another folder."
        )


def check_empty(folder: Path, instead: str) -> None:
    """Can a workspace come to lie here? Raises `KnownError`."""
    check_outside(folder)
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
