"""A workspace is its owner's only: nobody else on this computer may read even what is sealed."""

import io
import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.keys import CHEAP
from engage_desktop.workspace import Surroundings, Workspace

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="modes are of POSIX")

SECRET = "tractor violin cider"
AROUND = Surroundings(cost=CHEAP)


@pytest.fixture(autouse=True)
def everybody() -> Iterator[None]:
    """The most generous of settings, under which a careless file is open to all."""
    before = os.umask(0)
    yield
    os.umask(before)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


def open_to_others(folder: Path) -> list[str]:
    """What anybody else might open: into a folder under one that is closed nobody gets."""
    seen = [folder, *(path for path in folder.iterdir() if not path.is_dir())]
    return [path.name for path in seen if mode(path) & 0o077]


def make(folder: Path) -> Workspace:
    workspace, _ = Workspace.create(folder, officer="Sam Field", passphrase=SECRET, around=AROUND)
    return workspace


@pytest.mark.parametrize("there", [False, True])
def test_a_new_workspace_is_closed_to_others_while_it_is_open(tmp_path: Path, there: bool) -> None:
    folder = tmp_path / "ws"
    if there:
        folder.mkdir()
        assert mode(folder) == 0o777
    with make(folder) as workspace:
        workspace.store.set_setting("x", 1)
        workspace.drafts.put("x", 1)
        assert (folder / "store.db-wal").exists()
        workspace.change_passphrase("violin cider tractor")
        assert mode(folder) == 0o700
        files = [path for path in folder.iterdir() if path.is_file()]
        assert {"keys.json", "keys-copy.json", "store.db", "store.db-wal", "drafts.db"} <= {
            path.name for path in files
        }
        assert [path.name for path in files if mode(path) != 0o600] == []


def test_files_are_born_closed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not closed afterwards: between the two anybody might open them."""
    folder = tmp_path / "ws"
    monkeypatch.setattr(Path, "chmod", lambda *_: pytest.fail("it was open for a moment"))
    with make(folder) as workspace:
        workspace.store.set_setting("x", 1)
        copy = tmp_path / "copy.db"
        workspace.store.snapshot(copy)
        assert mode(copy) == 0o600
        assert open_to_others(folder) == []


def test_a_backup_and_what_is_restored_from_it_are_closed(tmp_path: Path) -> None:
    with make(tmp_path / "ws") as workspace:
        workspace.blobs.put(io.BytesIO(b"a poster"))
        workspace.backup(tmp_path / "backup.zip")
    assert mode(tmp_path / "backup.zip") == 0o600
    with Workspace.restore(
        tmp_path / "backup.zip", tmp_path / "again", SECRET, around=AROUND
    ) as workspace:
        assert open_to_others(tmp_path / "again") == []
        assert workspace.blobs.all() != []


def test_an_older_workspace_is_closed_when_it_is_opened(tmp_path: Path) -> None:
    folder = tmp_path / "ws"
    make(folder).close()
    for path in (folder, *folder.iterdir()):
        path.chmod(0o755 if path.is_dir() else 0o644)
    elsewhere = tmp_path / "elsewhere"
    elsewhere.write_bytes(b"x")
    (folder / "link").symlink_to(elsewhere)
    with Workspace.open(folder, SECRET, around=AROUND) as workspace:
        assert mode(folder) == 0o700
        assert open_to_others(folder) == ["link"]
        assert mode(elsewhere) == 0o666
        assert workspace.recovered == []


def test_what_is_somebody_elses_is_left_to_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "ws"
    make(folder).close()
    folder.chmod(0o755)
    (folder / "keys.json").chmod(0o644)
    mine = os.geteuid()
    monkeypatch.setattr(os, "geteuid", lambda: mine + 1)
    with Workspace.open(folder, SECRET, around=AROUND):
        assert (mode(folder), mode(folder / "keys.json")) == (0o755, 0o644)
