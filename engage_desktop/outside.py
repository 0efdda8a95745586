"""What an officer writes goes outside every workspace.

A workspace's folder belongs to the program. A backup or an export that was given the name of the
store would take the store's place, and everything would be gone.
"""

from __future__ import annotations

from pathlib import Path

from db.connection import known_errors
from db.errors import InvalidInput, NotThere

STORE = "store.db"
KEYS = ("keys.json", "keys-copy.json")


def workspace_around(place: Path) -> Path | None:
    """The workspace whose folder this is, or in whose folder it lies."""
    with known_errors(place.name):
        try:
            there = place.absolute().resolve()
        except (RuntimeError, ValueError):  # a link to itself, a name that no system has
            raise NotThere(
                f"“{place.name}” leads nowhere. Nothing was changed. Name another folder or file."
            ) from None
        return next((each for each in (there, *there.parents) if _is_workspace(each)), None)


def _is_workspace(folder: Path) -> bool:
    return (folder / STORE).is_file() and any((folder / name).is_file() for name in KEYS)


def check_outside(target: Path) -> None:
    """Raise `InvalidInput` where writing to `target` would write into a workspace."""
    found = workspace_around(target.parent if target.name else target)
    if found is not None:
        raise InvalidInput(
            f"“{found.name}” is the folder of a workspace, where only this program's own files "
            "may lie. Nothing was written. Choose another folder."
        )
