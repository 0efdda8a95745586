"""The ways into a workspace, for the window and the command line alike."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from db.backup import remove_tree
from engage_desktop.workspace import Surroundings, Workspace

FOLDER = "Engage workspace"
T = TypeVar("T")


def furnished(
    folder: Path, officer: str, passphrase: str, furnish: Callable[[Workspace], T],
    *, around: Surroundings | None = None,
) -> tuple[Workspace, str, T]:  # fmt: skip
    """A new workspace that `furnish` has put something into, its recovery code, and the answer.

    Where `furnish` fails or is stopped, nothing is left: nobody has seen the code yet. Where the
    program is killed meanwhile, what is left does not open: half of it could be taken for all.
    """
    workspace, code = Workspace.create(
        folder, officer=officer, passphrase=passphrase, around=around, to_fill=True
    )
    try:
        found = furnish(workspace)
        workspace.filled()
        return workspace, code, found
    except BaseException:
        workspace.close()
        remove_tree(workspace.folder)
        raise


def joined(
    folder: Path, officer: str, passphrase: str, invitation: bytes, code: str | None,
    *, around: Surroundings | None = None,
) -> tuple[Workspace, str, str]:  # fmt: skip
    """A new workspace in the team of an invitation, its recovery code, and the team's id."""
    from engage_desktop.sync.team import join_team
    from engage_desktop.sync.team_asking import check_no_request

    def join(made: Workspace) -> str:
        check_no_request(made.store, invitation)
        return join_team(made.store, invitation, code).team.id

    return furnished(folder, officer, passphrase, join, around=around)


def with_field_copy(
    folder: Path, officer: str, passphrase: str, file: Path, code: str | None,
    *, around: Surroundings | None = None,
) -> tuple[Workspace, str, str]:  # fmt: skip
    """A new workspace that holds a field copy, its recovery code, and the team's id."""
    from engage_desktop.sync.field_copy import take_field_copy

    def take(made: Workspace) -> str:
        return take_field_copy(made.store, made.blobs, file, code).team.id

    return furnished(folder, officer, passphrase, take, around=around)


def with_sample(
    folder: Path, officer: str, passphrase: str, *, around: Surroundings | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> tuple[Workspace, str, int]:  # fmt: skip
    """A new workspace with the made-up county as of today, its code, and how many records."""
    from engage_desktop.sample import fill

    def fill_it(made: Workspace) -> int:
        now = dt.datetime.fromtimestamp(made.store.now() / 1000, dt.UTC)
        return fill(made.store, today=now.astimezone().date(), progress=progress)

    return furnished(folder, officer, passphrase, fill_it, around=around)


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
        """Make a workspace that belongs to the team of an invitation or holds a field copy.

        Nothing is left behind when the file does not open.
        """
        from engage_desktop.sync.field_copy import is_field_copy
        from engage_desktop.sync.invite import invitation_bytes

        if is_field_copy(wish.invitation):
            workspace, recovery, _ = with_field_copy(
                wish.folder, wish.officer, wish.passphrase, wish.invitation, wish.code or None,
                around=self._around,
            )  # fmt: skip
            return workspace, recovery

        data = invitation_bytes(wish.invitation)
        workspace, recovery, _ = joined(
            wish.folder, wish.officer, wish.passphrase, data, wish.code or None,
            around=self._around,
        )  # fmt: skip
        return workspace, recovery

    def restore(
        self, source: Path, folder: Path, secret: str,
        progress: Callable[[int, int], None], cancelled: Callable[[], bool],
    ) -> Workspace:  # fmt: skip
        """Lay a backup into a new folder and open it."""
        return Workspace.restore(
            source, folder, secret, around=self._around, progress=progress, cancelled=cancelled
        )

    def sample(self, progress: Callable[[int, int], None]) -> Workspace:
        """The made-up county in a throw-away folder. Nothing in it is anybody's."""
        folder = Path(tempfile.mkdtemp(prefix="engage-sample-")) / "Sample county"
        self._samples.add(folder)
        try:
            return with_sample(
                folder, "Sam Pike", "sample county", around=self._around, progress=progress
            )[0]
        except BaseException:
            remove_tree(folder.parent)
            raise

    def is_sample(self, folder: Path) -> bool:
        """Was this folder made for the sample?"""
        return folder in self._samples

    def sweep_samples(self) -> None:
        """Throw the sample folders away, when their windows are closed."""
        for folder in self._samples:
            remove_tree(folder.parent)
        self._samples.clear()
