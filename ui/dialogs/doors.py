"""The ways into a workspace, as jobs for a task: no Qt, no window."""

from __future__ import annotations

import datetime as dt
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from engage_desktop.workspace import Surroundings, Workspace

FOLDER = "Engage workspace"


@dataclass(frozen=True, slots=True)
class JoinWish:
    """What a colleague's invitation and the officer say about the workspace to be made."""

    invitation: Path
    code: str
    officer: str
    folder: Path
    passphrase: str


class Doors:
    """Makes, opens and joins workspaces. A test hands in cheap surroundings."""

    def __init__(self, *, home: Path | None = None, around: Surroundings | None = None) -> None:
        self._home = home or Path.home() / "Documents"
        self._around = around
        self._samples: set[Path] = set()

    def default_folder(self) -> Path:
        """A folder that is free to be used, in the person's documents."""
        home = self._home if self._home.is_dir() else self._home.parent
        folder, number = home / FOLDER, 2
        while folder.exists():
            folder, number = home / f"{FOLDER} {number}", number + 1
        return folder

    def create(self, folder: Path, officer: str, passphrase: str) -> tuple[Workspace, str]:
        """A new workspace and its recovery code."""
        return Workspace.create(folder, officer=officer, passphrase=passphrase, around=self._around)

    def open(self, folder: Path, secret: str) -> Workspace:
        """Open with a passphrase or a recovery code."""
        return Workspace.open(folder, secret, around=self._around)

    def join(self, wish: JoinWish) -> tuple[Workspace, str]:
        """Make a workspace that belongs to the team of an invitation.

        Nothing is left behind when the invitation does not open.
        """
        from engage_desktop.sync.invite import invitation_bytes
        from engage_desktop.sync.team import join_team

        data = invitation_bytes(wish.invitation)
        workspace, code = self.create(wish.folder, wish.officer, wish.passphrase)
        try:
            join_team(workspace.store, data, code=wish.code or None)
        except BaseException:
            workspace.close()
            shutil.rmtree(wish.folder, ignore_errors=True)
            raise
        return workspace, code

    def restore(self, source: Path, folder: Path, secret: str, ticket) -> Workspace:  # type: ignore[no-untyped-def]
        """Lay a backup into a new folder and open it."""
        return Workspace.restore(
            source, folder, secret, around=self._around, progress=ticket.progress,
            cancelled=lambda: ticket.cancelled,
        )  # fmt: skip

    def sample(self, progress: Callable[[int, int], None]) -> Workspace:
        """The made-up county in a throw-away folder. Nothing in it is anybody's."""
        from engage_desktop.sample import fill

        folder = Path(tempfile.mkdtemp(prefix="engage-sample-")) / "Sample county"
        self._samples.add(folder)
        workspace, _ = Workspace.create(
            folder, officer="Sam Pike", passphrase="sample county", around=self._around
        )
        try:
            fill(workspace.store, today=dt.datetime.now().astimezone().date(), progress=progress)
        except BaseException:
            workspace.close()
            shutil.rmtree(folder.parent, ignore_errors=True)
            raise
        return workspace

    def is_sample(self, folder: Path) -> bool:
        """Was this folder made for the sample?"""
        return folder in self._samples

    def sweep_samples(self) -> None:
        """Throw the sample folders away, when their windows are closed."""
        for folder in self._samples:
            shutil.rmtree(folder.parent, ignore_errors=True)
        self._samples.clear()
