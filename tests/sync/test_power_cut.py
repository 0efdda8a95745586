"""The power goes, the program is killed, or the folder fails, at every step of every stage.

After a power cut a disk holds what was flushed: a file's bytes as of its last fsync, a folder's
names as of the folder's. `Disk` watches every fsync and rebuilds that disk. SQLite flushes by
itself at each commit (asked of it here), so its files are taken as they stand, with torn bytes
after the last commit.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import shutil
import signal
import stat
from pathlib import Path

import pytest

from db.blobs import Blobs
from db.errors import DiskFull, KnownError, ReadOnly
from db.keys import CHEAP
from engage_desktop.sync.errors import FolderUnavailable
from engage_desktop.workspace import Surroundings, Workspace
from tests.sync import stages
from tests.sync.stages import STAGES, WHO

TROUBLE = [
    (errno.ENOSPC, DiskFull), (errno.EROFS, ReadOnly), (errno.EACCES, ReadOnly),
    (errno.ENODEV, FolderUnavailable),
]  # fmt: skip
MOST_STEPS = 2000


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    folder = tmp_path_factory.mktemp("stages")
    stages.prepare(folder)
    return folder


@pytest.fixture(scope="module")
def wanted(prepared, tmp_path_factory):
    """What everybody holds in the end when nothing goes wrong, by stage."""
    found = {}
    for stage in STAGES:
        folder = tmp_path_factory.mktemp("wanted") / stage
        shutil.copytree(prepared / stage, folder)
        one = stages.opened(folder, WHO[stage])
        stages.run(folder, stage, one)
        one.close()
        found[stage] = stages.settled(folder)
    return found


def fresh(prepared, stage, tmp_path):
    folder = tmp_path / stage
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(prepared / stage, folder)
    return folder


class PowerCut(BaseException):
    """Nothing of the program runs on after it."""


class Disk:
    """What is durable below a folder. Everything that is there to begin with is."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.bytes: dict[int, bytes] = {}
        self.names: dict[int, dict[str, int]] = {}
        self.is_folder: set[int] = set()
        self._look(root)

    def _look(self, folder: Path) -> None:
        self._names(folder)
        for entry in os.scandir(folder):
            if entry.is_dir(follow_symlinks=False):
                self._look(Path(entry.path))
            elif not _is_sqlite(entry.name):
                self.bytes[entry.inode()] = Path(entry.path).read_bytes()

    def _names(self, folder: Path | str) -> None:
        node = os.stat(folder).st_ino
        self.is_folder.add(node)
        self.names[node] = {e.name: e.inode() for e in os.scandir(folder)}

    def fsync(self, handle: int) -> None:
        """In place of `os.fsync`: what it would have made sure of."""
        status = os.fstat(handle)
        if stat.S_ISDIR(status.st_mode):
            self._names(f"/proc/self/fd/{handle}")
        else:
            self.bytes[status.st_ino] = Path(f"/proc/self/fd/{handle}").read_bytes()

    def after_the_cut(self, target: Path, *, early_names: bool) -> None:
        """The disk as it is found. `early_names`: names came to the disk before what they name."""
        self._rebuild(self.root, os.stat(self.root).st_ino, target, early_names)

    def _rebuild(self, folder: Path, node: int, target: Path, early: bool) -> None:
        target.mkdir()
        known = self.names.get(node, {})
        if early:
            known = {**known, **{e.name: e.inode() for e in os.scandir(folder)}}
        for name, inode in known.items():
            path = folder / name
            if inode in self.is_folder or path.is_dir():
                if inode in self.names or early:
                    self._rebuild(path, inode, target / name, early)
                else:
                    (target / name).mkdir()
            elif _is_sqlite(name):
                if path.exists():
                    shutil.copyfile(path, target / name)
            elif inode in self.bytes:
                (target / name).write_bytes(self.bytes[inode])
            else:
                (target / name).write_bytes(b"")
        for path in folder.iterdir():  # SQLite flushes the names of its own files
            if _is_sqlite(path.name) and not (target / path.name).exists():
                shutil.copyfile(path, target / path.name)
        wal = target / "store.db-wal"
        if wal.exists():
            with wal.open("ab") as file:
                file.write(os.urandom(4096 + 24 + 100))  # a write that was under way


def _is_sqlite(name: str) -> bool:
    return name.startswith(("store.db", "drafts.db")) and not name.endswith("-shm")


class At:
    """Acts at the n-th step."""

    def __init__(self, at: int, act) -> None:
        self.at, self.act, self.count = at, act, 0

    def __call__(self, *_) -> None:
        self.count += 1
        if self.count - 1 == self.at:
            self.act()


def every(stride: int, first: int, attempt) -> int:
    for at in range(first, MOST_STEPS, stride):
        if not attempt(at):
            return at
    return pytest.fail("never got through")


def cut_at(folder: Path, target: Path, stage: str, at: int, *, early_names: bool) -> bool:
    """Let the power go at a step; False when the sync was through before."""
    disk = Disk(folder)

    def cut() -> None:
        disk.after_the_cut(target, early_names=early_names)
        raise PowerCut

    step = At(at, cut)

    def fsync(handle: int) -> None:
        step()  # before it: what it was for is lost
        disk.fsync(handle)

    one = stages.opened(folder, WHO[stage])
    set_setting = one.store.set_setting

    def setting(name, value):
        set_setting(name, value)
        step()

    one.store.set_setting = setting
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", fsync)
        try:
            stages.run(folder, stage, one, step)
        except PowerCut:
            return True
        finally:
            del one.store.set_setting
            one.close()
    return False


STRIDE = [41, pytest.param(1, marks=[pytest.mark.soak(minutes=2), pytest.mark.timeout(7200)])]


@pytest.mark.parametrize("stride", STRIDE)
@pytest.mark.parametrize("early_names", [False, True], ids=["late_names", "early_names"])
@pytest.mark.parametrize("stage", STAGES)
def test_the_power_goes(prepared, wanted, tmp_path, stage, early_names, stride, record_property):
    def attempt(at):
        folder = fresh(prepared, stage, tmp_path)
        found = tmp_path / "found"
        shutil.rmtree(found, ignore_errors=True)
        if not cut_at(folder, found, stage, at, early_names=early_names):
            return False
        try:
            assert stages.settled(found) == wanted[stage]
        except BaseException as error:
            error.add_note(f"{stage}, step {at}")
            raise
        return True

    steps = every(stride, STAGES.index(stage) % stride, attempt)
    record_property("steps", steps)
    assert steps > 20


def test_the_store_flushes_each_commit(prepared, tmp_path):
    """Else what stands above about SQLite's files would not be so."""
    folder = fresh(prepared, "exchange", tmp_path)
    one = stages.opened(folder, "priya")
    try:
        connection = one.store._connection
        assert connection.execute("PRAGMA journal_mode").fetchone()[0] == "wal"
        assert connection.execute("PRAGMA synchronous").fetchone()[0] >= 2
    finally:
        one.close()


def tails(cut: bytes) -> list[bytes]:
    """What may stand after the end of a log: noughts or noise, never the byte that was `cut` off.

    By chance, once in 256, noise would put it back, and a commit that is whole again counts.
    """
    found = [b"\0" * 4000, os.urandom(5000)]
    return [bytes([tail[0] ^ (tail[:1] == cut)]) + tail[1:] for tail in found]


def test_a_log_cut_after_any_commit_holds_all_before(prepared, tmp_path):
    """The write-ahead log as it was after a commit, with every kind of tail, opens as that."""
    folder = fresh(prepared, "exchange", tmp_path)
    one = stages.opened(folder, "priya")
    marks = []
    try:
        wal = one.folder / "store.db-wal"
        for number in range(6):
            record = one.add_venue(f"Hall {number}")
            marks.append((wal.stat().st_size, record))
        whole = wal.read_bytes()
        base = (one.folder / "store.db").read_bytes()
    finally:
        one.close()
    for number, (size, _) in enumerate(marks):
        ends = [size, marks[number + 1][0] - 1] if number + 1 < len(marks) else [size]
        for end in ends:
            for tail in (b"", *tails(whole[end : end + 1])):
                target = tmp_path / "cut"
                shutil.rmtree(target, ignore_errors=True)
                target.mkdir()
                (target / "store.db").write_bytes(base)
                (target / "store.db-wal").write_bytes(whole[:end] + tail)
                again = stages.Laptop(target, "Priya", seed=3)
                there = [again.store.exists("venue", record) for _, record in marks]
                again.close()
                assert there == [True] * (number + 1) + [False] * (len(marks) - number - 1)


def test_an_attachment_that_was_kept_outlives_the_power(tmp_path, monkeypatch):
    folder = tmp_path / "laptop"
    folder.mkdir()
    disk = Disk(folder)
    monkeypatch.setattr(os, "fsync", disk.fsync)
    blobs = Blobs(folder / "blobs", bytes(32), lambda: b"team")
    kept = [blobs.put(io.BytesIO(text))[0] for text in (b"a leaflet", b"a map")]
    disk.after_the_cut(tmp_path / "found", early_names=False)
    found = Blobs(tmp_path / "found" / "blobs", bytes(32), lambda: b"team")
    assert [b"".join(found.read(digest)) for digest in kept] == [b"a leaflet", b"a map"]


def test_the_keys_outlive_the_power_at_every_flush(tmp_path, monkeypatch):
    """A new passphrase: whenever the power goes, the old one or the new one opens."""
    folder = tmp_path / "workspace"
    around = Surroundings(cost=CHEAP)
    Workspace.create(folder, officer="Ann", passphrase="correct horse battery", around=around)[
        0
    ].close()
    for at in range(MOST_STEPS):
        copy, found = tmp_path / f"copy{at}", tmp_path / f"found{at}"
        shutil.copytree(folder, copy)
        workspace = Workspace.open(copy, "correct horse battery", around=around)
        disk = Disk(copy)

        def cut(disk=disk, found=found, at=at):
            disk.after_the_cut(found, early_names=bool(at % 2))
            raise PowerCut

        step = At(at // 2, cut)

        def fsync(handle, disk=disk, step=step):
            step()
            disk.fsync(handle)

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", fsync)
            with contextlib.suppress(PowerCut):
                workspace.change_passphrase("another horse entirely")
        workspace.close()
        if not found.exists():
            assert at >= 4
            return
        opens = 0
        for passphrase in ("correct horse battery", "another horse entirely"):
            with (
                contextlib.suppress(KnownError),
                Workspace.open(found, passphrase, around=around) as again,
            ):
                again.store.set_setting("opened", passphrase)
                opens += 1
        assert opens, f"step {at}: neither opens"


@pytest.mark.parametrize("stage", ["take", "told"])
def test_what_is_noted_as_here_is_kept_here(prepared, wanted, tmp_path, stage):
    """The steps at which a snapshot was once noted before its file was kept."""
    for at in range(18, 36, 3):
        folder, found = fresh(prepared, stage, tmp_path), tmp_path / "found"
        shutil.rmtree(found, ignore_errors=True)
        assert cut_at(folder, found, stage, at, early_names=False)
        assert stages.settled(found) == wanted[stage], at


# -- killed, and refused by the disk -----------------------------------------------------------


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process to kill")
@pytest.mark.parametrize("stride", STRIDE)
@pytest.mark.parametrize("stage", STAGES)
def test_killed(prepared, wanted, tmp_path, stage, stride, record_property):
    """A child process syncs and is killed; half of what it was writing may lie there, torn."""

    def attempt(at):
        folder = fresh(prepared, stage, tmp_path)
        child = os.fork()
        if child == 0:
            with contextlib.suppress(BaseException):
                one = stages.opened(folder, WHO[stage])
                deadly = At(at, lambda: os.kill(os.getpid(), signal.SIGKILL))
                set_setting = one.store.set_setting

                def setting(name, value):
                    set_setting(name, value)
                    deadly()

                one.store.set_setting = setting

                def cancelled():
                    deadly()
                    return False

                stages.run(folder, stage, one, deadly, cancelled)
                os._exit(0)
            os._exit(1)
        _, status = os.waitpid(child, 0)
        if not os.WIFSIGNALED(status):
            assert os.WEXITSTATUS(status) == 0
            return False
        for path in folder.rglob(".engage-*.tmp"):  # a torn last write
            data = path.read_bytes()
            path.write_bytes(data[: len(data) // 2])
        try:
            assert stages.settled(folder) == wanted[stage]
        except BaseException as error:
            error.add_note(f"{stage}, step {at}")
            raise
        return True

    steps = every(stride, STAGES.index(stage) % stride, attempt)
    record_property("steps", steps)
    assert steps > 30


@pytest.mark.parametrize("stride", STRIDE)
@pytest.mark.parametrize("stage", STAGES)
def test_the_folder_or_the_own_disk_fails(
    prepared, wanted, tmp_path, stage, stride, record_property
):
    """Full, read-only, forbidden or gone: one clear sentence, no record changed in part."""

    def attempt(at):
        number, kind = TROUBLE[at // stride % len(TROUBLE)]
        folder = fresh(prepared, stage, tmp_path)
        one = stages.opened(folder, WHO[stage])
        before = one.state()["records"]

        def fail():
            raise OSError(number, "injected")

        error = None
        try:
            stages.run(folder, stage, one, At(at, fail))
        except KnownError as caught:
            error = caught
        finally:
            after = one.state()["records"]
            one.close()
        if error is None:
            return False
        assert isinstance(error, kind | ReadOnly)
        assert "Nothing" in error.sentence
        assert "lost" in error.sentence
        if stage in ("make", "erase"):  # nothing is taken in
            assert after == before
        assert after.keys() >= before.keys()
        assert stages.settled(folder) == wanted[stage]
        return True

    steps = every(stride, STAGES.index(stage) % stride, attempt)
    record_property("steps", steps)
    assert steps > 15
