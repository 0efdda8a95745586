"""Which workspaces this person opened lately: names and folders, nothing of what is in them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QStandardPaths

from db.errors import KnownError
from db.files import write_atomic

MOST = 6


@dataclass(frozen=True, slots=True)
class Opened:
    """A workspace that was opened: its folder and whose it is."""

    folder: Path
    officer: str

    @property
    def name(self) -> str:
        """What the folder is called."""
        return self.folder.name


def recent_file() -> Path:
    """Where the list is kept: the person's own settings folder."""
    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppConfigLocation)
    return Path(place) / "recent.json"


class Recent:
    """The list, newest first. A list that cannot be read or written is no reason to stop."""

    def __init__(self, path: Path | None = None) -> None:
        self._path = path or recent_file()

    def all(self) -> list[Opened]:
        """What was opened lately and is still there."""
        try:
            rows = json.loads(self._path.read_text(encoding="utf-8"))
            found = [Opened(Path(row["folder"]), str(row["officer"])) for row in rows]
        except (OSError, ValueError, TypeError, KeyError):
            return []
        return [opened for opened in found if (opened.folder / "keys.json").exists()]

    def add(self, folder: Path, officer: str) -> None:
        """Put a workspace first."""
        others = [opened for opened in self.all() if opened.folder != folder]
        rows = [Opened(folder, officer), *others][:MOST]
        body = json.dumps([{"folder": str(o.folder), "officer": o.officer} for o in rows])
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_atomic(self._path, body.encode())
        except (OSError, KnownError):
            return
