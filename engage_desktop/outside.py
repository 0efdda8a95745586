"""What an officer writes goes outside every workspace and every team's shared folder.

A workspace's folder belongs to the program. A backup or an export that was given the name of the
store would take the store's place, and everything would be gone. A team's shared folder is read by
everybody who has it, also by who is in no team: what is plain would be theirs to read.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from db.connection import known_errors
from db.errors import InvalidInput, NotThere

STORE = "store.db"
KEYS = ("keys.json", "keys-copy.json")

TEAM_FILE = "team.json"
"""The file that every team's shared folder begins with."""

TEAM_FOLDERS = ("roster", "b", "blob", "snap", "ack", "join")
"""The folders that are the team's own in it."""

_HASH = r"[0-9a-f]{64}(?![0-9a-f])"
_OWN_FORMS = {
    "roster": re.compile(rf"\d{{6}}-{_HASH}.*\.json"),
    "b": re.compile(rf"\d{{8}}-{_HASH}.*\.bundle"),
    "snap": re.compile(rf"{_HASH}.*\.snapshot"),
}
"""What files in these are called. Looked for within a name: a sync client that keeps two of a file,
or holds the place of one that is still to come, puts its own words before, between and after."""

_LAPTOP = re.compile("[0-9a-f]{32}")
_BEGINNING, _KIND = b'{"body":{', b'"kind":"team"'
_MOST_READ = 4096
"""Bytes of the team's file that are looked at: it says what it is in the first few hundred."""

_MOST_LISTED = 500
"""Files of a folder that are looked at: in a team's, nearly each is of its form."""

_MOST_OPENED = 8
"""Laptops whose deliveries are looked for."""

_BY_NAME = 4
"""So many of the team's own, by name alone, are no coincidence."""


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
    """By its own marks alone, also while part of it has not arrived, is damaged or is not readable.

    What is called like the team's own is no mark yet: other programs have a `team.json` too. It
    takes one thing of the team's own form and one more of its names; the form alone may be a copy
    that somebody took.
    """
    named = [name for name in TEAM_FOLDERS if (folder / name).is_dir()]
    if (folder / TEAM_FILE).is_file():
        named.append(TEAM_FILE)  # the last that is looked into: a sync client may have to fetch it
    if len(named) < 2 or len(named) >= _BY_NAME:
        return len(named) >= _BY_NAME
    return any(_has_own_form(folder / name) for name in named)


def _has_own_form(place: Path) -> bool:
    try:
        if place.name == TEAM_FILE:
            with place.open("rb") as file:
                text = file.read(_MOST_READ)
            return text.startswith(_BEGINNING) and _KIND in text
        form = _OWN_FORMS.get(place.name)
        return form is not None and (
            any(form.search(name) for name in _listed(place))
            or (place.name == "b" and _has_deliveries(place, form))
        )
    except OSError:
        return False  # not readable, or not here yet: the others tell


def _has_deliveries(place: Path, form: re.Pattern[str]) -> bool:
    laptops = (name for name in _listed(place) if _LAPTOP.match(name))
    for laptop in itertools.islice(laptops, _MOST_OPENED):
        with contextlib.suppress(OSError):
            if any(form.search(name) for name in _listed(place / laptop)):
                return True
    return False


def _listed(folder: Path) -> Iterator[str]:
    with os.scandir(folder) as found:
        for entry in itertools.islice(found, _MOST_LISTED):
            yield entry.name


def check_outside(target: Path) -> None:
    """Raise `InvalidInput` where writing to `target` would write into a workspace."""
    found = workspace_around(target.parent if target.name else target)
    if found is not None:
        raise InvalidInput(
            f"“{found.name}” is the folder of a workspace, where only this program's own files "
            "may lie. Nothing was written. Choose another folder."
        )


def check_place_for_workspace(folder: Path) -> None:
    """Raise `InvalidInput` where a workspace in this folder would lie in a team's shared folder.

    What brings that folder from laptop to laptop would take a store that is written to with it.
    """
    team = team_folder_around(folder)
    if team is not None:
        raise InvalidInput(
            f"“{team.name}” is the folder that a team shares. A workspace in it would be copied to "
            "everybody while you work in it, and be damaged. Nothing was made. Choose another "
            "folder, on this laptop itself."
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
    if own.casefold() in (TEAM_FILE, *TEAM_FOLDERS):
        raise InvalidInput(
            f"“{own}” in “{team.name}” is the team’s own, and stays as it is. Nothing was written. "
            "Choose another folder or name."
        )
