"""What an officer writes goes outside every workspace and every team's shared folder.

A workspace's folder belongs to the program. A backup or an export that was given the name of the
store would take the store's place, and everything would be gone. A team's shared folder is read by
everybody who has it, also by who is in no team: what is plain would be theirs to read.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from db.connection import known_errors
from db.errors import InvalidInput, NotThere

STORE = "store.db"
KEYS = ("keys.json", "keys-copy.json")

TEAM, ROSTER = "team.json", "roster"
"""The file and the folder that every team's shared folder has from its first exchange on."""

SHARED = (TEAM, ROSTER, "b", "blob", "snap", "ack", "join")
"""What is the team's own in it."""


def workspace_around(place: Path) -> Path | None:
    """The workspace whose folder this is, or in whose folder it lies."""
    return _around(place, _is_workspace)


def team_folder_around(place: Path) -> Path | None:
    """The team's shared folder that this is, or in which it lies."""
    return _around(place, _is_teams)


def _around(place: Path, wanted: Callable[[Path], bool]) -> Path | None:
    with known_errors(place.name):
        there = _real(place)
        return next((each for each in (there, *there.parents) if wanted(each)), None)


def _real(place: Path) -> Path:
    """A path without links on its way."""
    try:
        return place.absolute().resolve()
    except (RuntimeError, ValueError):  # a link to itself, a name that no system has
        raise NotThere(
            f"“{place.name}” leads nowhere. Nothing was changed. Name another folder or file."
        ) from None


def _is_workspace(folder: Path) -> bool:
    return (folder / STORE).is_file() and any((folder / name).is_file() for name in KEYS)


def _is_teams(folder: Path) -> bool:
    """By its own marks alone, also while its first file has not arrived or is damaged."""
    return (folder / ROSTER).is_dir() and any((folder / name).exists() for name in (TEAM, "b"))


def check_outside(target: Path) -> None:
    """Raise `InvalidInput` where writing to `target` would write into a workspace."""
    found = workspace_around(target.parent if target.name else target)
    if found is not None:
        raise InvalidInput(
            f"“{found.name}” is the folder of a workspace, where only this program's own files "
            "may lie. Nothing was written. Choose another folder."
        )


def check_target_outside(target: Path, *, sealed: bool = False) -> None:
    """Raise `InvalidInput` where a file at `target` would lie in a workspace, or in a team's shared
    folder for everybody to read.

    What is `sealed`, so that only whom it is for can open it, may lie in that folder, but neither
    among the team's own files nor in the place of one.
    """
    check_outside(target)
    team = team_folder_around(target.parent)
    if team is None:
        return
    if not sealed:
        raise InvalidInput(
            f"“{team.name}” is the folder that a team shares, and everybody who has it could read "
            "this file. Nothing was written. Choose another folder."
        )
    own = (_real(target.parent) / target.name).relative_to(team).parts[0]
    if own.casefold() in SHARED:
        raise InvalidInput(
            f"“{own}” in “{team.name}” is the team’s own, and stays as it is. Nothing was written. "
            "Choose another folder or name."
        )
