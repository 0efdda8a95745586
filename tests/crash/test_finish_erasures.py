"""Killed, or the power gone, while the last remains of an erasure are taken away, at every step.

What a laptop confirms must be so: wherever it says that nothing is left, nothing is left, also
before anybody opens the workspace again. What it had not finished, the next opening finishes.
"""

import io
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from db.changes import Create
from db.erase import Erase
from db.keys import KeyFile, subkey
from db.store import Store
from engage_desktop.migrations import MIGRATIONS
from engage_desktop.records.registry import REGISTRY
from engage_desktop.workspace import Workspace
from tests.crash.looks import Count
from tests.crash.worker import AROUND, PASSPHRASE
from tests.db.pages import holds
from tests.sync.test_power_cut import Disk

PHRASE = "Xylograph Quockerwodger"
IN_STEP = 400
"""Steps of SQLite's machine between two looks inside a long statement, such as VACUUM."""
MOST = 20_000
STRIDE = [29, pytest.param(1, marks=[pytest.mark.soak(minutes=4), pytest.mark.timeout(7200)])]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process to kill")


@pytest.fixture(scope="module")
def erased(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A workspace in which somebody was erased, and the last remains still lie about."""
    folder = tmp_path_factory.mktemp("erased") / "ws"
    made, _ = Workspace.create(folder, officer="Ann", passphrase=PASSPHRASE, around=AROUND)
    with made as workspace:
        store = workspace.store
        card = REGISTRY["response"](id=store.new_id(), notes=f"{PHRASE} rang")
        comment = REGISTRY["comment"](id=store.new_id(), text=f"{PHRASE} waits", response=card.id)
        papers = [
            REGISTRY["attachment"](
                id=store.new_id(), filename=f"{PHRASE}.txt", owner=card.id, digest=digest, size=size
            )
            for digest, size in (
                workspace.blobs.put(io.BytesIO(f"{PHRASE} {n}".encode())) for n in range(3)
            )
        ]
        store.apply([Create(each) for each in (card, comment, *papers)], "Add")
        workspace.drafts.put(f"response:{card.id}", {"notes": PHRASE})
        store.erase(Erase("response", card.id), "They asked")
        assert store.unfinished_erasures()
    for number in (1, 2):
        (folder / f"before-upgrade-{number}.db").write_bytes(PHRASE.encode())
    return folder


def residue(folder: Path) -> list[str]:
    """What still holds the phrase, in clear or behind the workspace's own key."""
    key = KeyFile.load(folder / "keys.json").open(PASSPHRASE)
    found = [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and PHRASE.encode() in path.read_bytes()
    ]
    found += [p.name for p in folder.glob("blobs/??/*")]  # each of them is about the person
    if holds(folder / "store.db", key, PHRASE):
        found.append("store.db")
    if holds(folder / "drafts.db", subkey(key, "drafts"), PHRASE):
        found.append("drafts.db")
    return found


def as_it_was_found(folder: Path, scratch: Path) -> None:
    """Nothing is confirmed while anything is left; opened again, nothing is left."""
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(folder, scratch)  # looking would clear away
    key = KeyFile.load(scratch / "keys.json").open(PASSPHRASE)
    store = Store.open(scratch / "store.db", key, REGISTRY, MIGRATIONS)
    confirmed = bool(store.confirmed_erasures())
    store.close()
    if confirmed:
        assert residue(folder) == [], "confirmed, and still there"
    with Workspace.open(folder, PASSPHRASE, around=AROUND) as again:
        assert again.store.unfinished_erasures() == frozenset(), "the next opening goes on"
        assert len(again.store.confirmed_erasures()) == 1
        assert again.store.check().ok
    assert residue(folder) == []


def finish(folder: Path, look: Callable[[], None], monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away the last remains; `look` is called at each act on the disk and inside SQLite."""
    with monkeypatch.context() as patch:
        patch.setattr(Workspace, "finish_erasures", lambda *_a, **_k: True)
        workspace = Workspace.open(folder, PASSPHRASE, around=AROUND)

    def seen(*_: object) -> int:
        look()
        return 0

    def watched(act: Callable[..., object]) -> Callable[..., object]:
        def acting(*given: object, **more: object) -> object:
            look()
            found = act(*given, **more)
            look()
            return found

        return acting

    connections = workspace.store._connection, workspace.drafts._connection
    for connection in connections:
        connection.set_trace_callback(seen)
        connection.set_progress_handler(seen, IN_STEP)
    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", watched(os.unlink))
        patch.setattr(os, "fsync", watched(os.fsync))
        workspace.finish_erasures(progress=lambda *_: look())
    for connection in connections:
        connection.set_trace_callback(None)
        connection.set_progress_handler(None, 0)
    workspace.close()


def places(stride: int, first: int) -> Iterator[int]:
    """Every look at the beginning, where files go, and then every `stride`-th."""
    yield from range(1, MOST) if stride == 1 else (*range(1, 12), *range(12 + first, MOST, stride))


@pytest.mark.parametrize("stride", STRIDE)
def test_killed_while_the_last_remains_are_taken_away(
    erased: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stride: int
) -> None:
    for at in places(stride, 3):
        folder = tmp_path / "ws"
        shutil.copytree(erased, folder)
        child = os.fork()
        if child == 0:
            code = 1
            try:
                finish(folder, Count(at, lambda: os.kill(os.getpid(), signal.SIGKILL)), monkeypatch)
                code = 0
            finally:
                os._exit(code)
        _, status = os.waitpid(child, 0)
        if os.WIFEXITED(status):
            assert os.WEXITSTATUS(status) == 0
            assert residue(folder) == [], "it came to its end by itself"
            assert at > 60
            return
        try:
            as_it_was_found(folder, tmp_path / "scratch")
        except BaseException as error:
            error.add_note(f"look {at}")
            raise
        shutil.rmtree(folder)
    pytest.fail("it never came to its end")


@pytest.mark.parametrize("early_names", [False, True], ids=["late_names", "early_names"])
@pytest.mark.parametrize("stride", STRIDE)
def test_the_power_goes_while_the_last_remains_are_taken_away(
    erased: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stride: int, early_names: bool
) -> None:
    for at in places(stride, 7):
        folder, found = tmp_path / "ws", tmp_path / "found"
        shutil.copytree(erased, folder)
        disk = Disk(folder)

        def cut(disk: Disk = disk, found: Path = found) -> None:
            disk.after_the_cut(found, early_names=early_names)

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", disk.fsync)  # what the disk keeps, as it is told
            finish(folder, Count(at, cut), monkeypatch)
        if not found.exists():
            disk.after_the_cut(found, early_names=early_names)
            assert at > 60
            as_it_was_found(found, tmp_path / "scratch")
            return
        try:
            as_it_was_found(found, tmp_path / "scratch")
        except BaseException as error:
            error.add_note(f"look {at}")
            raise
        shutil.rmtree(folder)
        shutil.rmtree(found)
    pytest.fail("it never came to its end")


def test_a_copy_that_cannot_be_removed_keeps_the_erasure_unconfirmed(
    erased: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On Windows a file that somebody holds cannot be removed: then it is not confirmed yet."""
    folder = tmp_path / "ws"
    shutil.copytree(erased, folder)
    unlink = os.unlink

    def held(path: object, **more: object) -> None:
        if "before-upgrade-2" in str(path):
            raise PermissionError(13, "held", str(path))
        unlink(path, **more)  # type: ignore[call-overload]

    with monkeypatch.context() as patch:
        patch.setattr(os, "unlink", held)
        with Workspace.open(folder, PASSPHRASE, around=AROUND) as workspace:
            assert workspace.finish_erasures() is False
            assert workspace.store.confirmed_erasures() == frozenset()
    as_it_was_found(folder, tmp_path / "scratch")
