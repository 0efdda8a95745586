"""Killed, or the power gone, at every step of making a field copy and of taking one in.

Made: under the name that was asked for lies nothing, the file that lay there before, or the whole
copy. Taken: the new workspace holds all of it or does not open, and the same file makes another.
"""

import io
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from db.changes import Create
from db.errors import NotAWorkspace
from db.keys import CHEAP
from db.query import ListQuery
from engage_desktop import doors
from engage_desktop.leaving import FileThere
from engage_desktop.outside import KEYS
from engage_desktop.records.registry import REGISTRY
from engage_desktop.sync import desk, field_copy
from engage_desktop.sync.errors import BadInvitation
from engage_desktop.sync.field_copy import is_field_copy
from engage_desktop.sync.field_register import copies
from engage_desktop.sync.team import create_team
from engage_desktop.workspace import Workspace
from tests.crash.looks import Count
from tests.crash.worker import AROUND, PASSPHRASE
from tests.sync.test_power_cut import Disk

CODE = "harvest plum 77"
IN_STEP = 2_000
"""Steps of SQLite's machine between two looks inside a long statement."""
MOST = 50_000
STRIDE = [61, pytest.param(1, marks=[pytest.mark.soak, pytest.mark.timeout(7200)])]

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process to kill")


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office with an event, its people and files; a shared folder; a copy of the event."""
    folder = tmp_path_factory.mktemp("scene")
    (folder / "shared").mkdir()
    made, _ = Workspace.create(
        folder / "office", officer="Ann", passphrase=PASSPHRASE, around=AROUND
    )
    with made as office:
        store = office.store
        create_team(store)
        guests = [
            REGISTRY["stakeholder"](id=store.new_id(), name=f"Guest {n}", phone="01632 960111")
            for n in range(5)
        ]
        fair = REGISTRY["event"](
            id=store.new_id(), name="Spring fair", invited=tuple(guest.id for guest in guests)
        )
        papers = []
        for n in range(2):
            digest, size = office.blobs.put(io.BytesIO(f"plan {n}".encode() * 9_000))
            papers.append(
                REGISTRY["attachment"](
                    id=store.new_id(), filename="plan", owner=fair.id, digest=digest, size=size
                )
            )
        store.apply([Create(each) for each in (*guests, fair, *papers)], "Add")
        make(office, fair.id, folder / "fair.fieldcopy")
        (folder / "event").write_text(fair.id)
    return folder


def make(office: Workspace, event: str, path: Path, *, replace: bool = False) -> None:
    field_copy.make_field_copy(
        office.store, office.blobs, event, path, code=CODE, cost=CHEAP, replace_file=replace
    )


def take(folder: Path, file: Path) -> None:
    """What `engage new --field-copy` does."""
    doors.with_field_copy(folder, "Bob", PASSPHRASE, file, CODE, around=AROUND)[0].close()


def holds_all(folder: Path, event: str) -> bool:
    """A workspace that opens holds the whole copy; False where it does not open."""
    try:
        workspace = Workspace.open(folder, PASSPHRASE, around=AROUND)
    except NotAWorkspace as error:
        begun = all((folder / name).exists() for name in KEYS)
        if begun and "never finished" not in error.sentence:
            raise
        return False
    with workspace:
        assert workspace.store.get("event", event).name == "Spring fair"
        reader = workspace.store.reader()
        assert reader.count(ListQuery("stakeholder")) == 5
        assert reader.count(ListQuery("attachment")) == 2
        reader.close()
        assert len(workspace.blobs.all()) == 2
        assert workspace.store.check().ok
    return True


def watched(look: Callable[[], None], act: Callable[..., Any]) -> Callable[..., Any]:
    def acting(*given: Any, **more: Any) -> Any:
        look()
        found = act(*given, **more)
        look()
        return found

    return acting


def looking(patch: pytest.MonkeyPatch, look: Callable[[], None]) -> None:
    """Have `look` called at each act on the disk, and at each statement of what is taken in."""
    for name in ("fsync", "replace", "unlink"):
        patch.setattr(os, name, watched(look, getattr(os, name)))
    real = field_copy.take_field_copy

    def taking(store: Any, *given: Any, **more: Any) -> Any:
        def seen(*_: object) -> int:
            look()
            return 0

        store._connection.set_trace_callback(seen)
        store._connection.set_progress_handler(seen, IN_STEP)
        try:
            return real(store, *given, **more)
        finally:
            store._connection.set_trace_callback(None)
            store._connection.set_progress_handler(None, 0)

    patch.setattr(field_copy, "take_field_copy", taking)


def places(stride: int, first: int) -> Iterator[int]:
    """Every look at the beginning, then every `stride`-th."""
    yield from range(1, MOST) if stride == 1 else (*range(1, 9), *range(9 + first, MOST, stride))


def killed(act: Callable[[], object], at: int) -> bool:
    """Act in a process that is killed at its `at`-th look. False if it came to its end."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            with pytest.MonkeyPatch.context() as patch:
                looking(patch, Count(at, lambda: os.kill(os.getpid(), signal.SIGKILL)))
                act()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or os.WEXITSTATUS(status) == 0
    return os.WIFSIGNALED(status)


def comes_home(scene: Path, folder: Path) -> None:
    """The laptop that made it after all is the one of the copy, and what it keys in arrives."""
    shared, office = folder.parent / "shared", folder.parent / "office"
    for name in ("shared", "office"):
        shutil.rmtree(folder.parent / name, ignore_errors=True)
        shutil.copytree(scene / name, folder.parent / name)
    with Workspace.open(folder, PASSPHRASE, around=AROUND) as out:
        card = REGISTRY["response"](id=out.store.new_id(), notes="The ramp is steep")
        out.store.apply([Create(card)], "Key in")
        desk.send_and_receive(out, shared)
    with Workspace.open(office, PASSPHRASE, around=AROUND) as ann:
        receipt = desk.send_and_receive(ann, shared)
        assert (receipt.received, receipt.quarantined) == (1, [])
        assert ann.store.get("response", card.id).notes == "The ramp is steep"


@pytest.mark.parametrize("stride", STRIDE)
def test_killed_while_a_copy_is_taken_in(scene: Path, tmp_path: Path, stride: int) -> None:
    event, found = (scene / "event").read_text(), set()
    for at in places(stride, 5):
        folder = tmp_path / "bob"
        ended = not killed(partial(take, folder, scene / "fair.fieldcopy"), at)
        whole = holds_all(folder, event)
        found.add(whole)
        if ended:
            assert whole
            assert found == {False, True}
            comes_home(scene, folder)
            return
        if not whole and at < 9:
            shutil.rmtree(folder, ignore_errors=True)
            take(folder, scene / "fair.fieldcopy")
            assert holds_all(folder, event), "the same file makes another"
            comes_home(scene, folder)
        shutil.rmtree(folder, ignore_errors=True)
    pytest.fail("it never came to its end")


@pytest.mark.parametrize("early_names", [False, True], ids=["late_names", "early_names"])
@pytest.mark.parametrize("stride", STRIDE)
def test_the_power_goes_while_a_copy_is_taken_in(
    scene: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stride: int, early_names: bool
) -> None:
    event = (scene / "event").read_text()
    for at in places(stride, 11):
        home, found = tmp_path / "home", tmp_path / "found"
        home.mkdir()
        disk = Disk(home)
        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", disk.fsync)
            looking(
                patch,
                Count(at, lambda d=disk, f=found: d.after_the_cut(f, early_names=early_names)),
            )
            take(home / "bob", scene / "fair.fieldcopy")
        ended = not found.exists()
        if ended:
            disk.after_the_cut(found, early_names=early_names)
        try:
            whole = holds_all(found / "bob", event)
        except BaseException as error:
            error.add_note(f"look {at}")
            raise
        if ended:
            assert whole, "it had said that it was done"
            return
        shutil.rmtree(home)
        shutil.rmtree(found)
    pytest.fail("it never came to its end")


@pytest.mark.parametrize("stride", [7, pytest.param(1, marks=pytest.mark.soak)])
@pytest.mark.parametrize("there", [None, b"a file of that name"])
def test_killed_while_a_copy_is_made(
    scene: Path, tmp_path: Path, stride: int, there: bytes | None
) -> None:
    event = (scene / "event").read_text()
    office, out = tmp_path / "ann", tmp_path / "out"
    file = out / "fair.fieldcopy"

    def act() -> None:
        with Workspace.open(office, PASSPHRASE, around=AROUND) as ann:
            make(ann, event, file, replace=there is not None)

    def again() -> None:
        """Unasked, it takes the place of its own unfinished work, and of nothing else."""
        with Workspace.open(office, PASSPHRASE, around=AROUND) as ann:
            told = len(copies(ann.store)) > 1
            if file.exists() and (told or file.read_bytes() == there):
                before = file.read_bytes()
                with pytest.raises(FileThere):
                    make(ann, event, file)
                assert file.read_bytes() == before
                if told:
                    return
            make(ann, event, file, replace=file.exists() and file.read_bytes() == there)
            assert len(copies(ann.store)) == 2
        assert is_field_copy(file)

    for at in places(stride, 2):
        shutil.rmtree(office, ignore_errors=True)
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(scene / "office", office)
        out.mkdir()
        if there is not None:
            file.write_bytes(there)
        ended = not killed(act, at)
        if file.exists() and file.read_bytes() != there:
            take(tmp_path / "bob", file)
            assert holds_all(tmp_path / "bob", event)
            shutil.rmtree(tmp_path / "bob")
        else:
            assert not ended
            assert file.exists() == (there is not None), "what lay there before stays"
        again()
        assert [path.name for path in out.iterdir()] == [file.name], "no torn file stays"
        if ended:
            return
    pytest.fail("it never came to its end")


def test_a_copy_that_was_torn_anywhere_makes_nothing(scene: Path, tmp_path: Path) -> None:
    good = (scene / "fair.fieldcopy").read_bytes()
    torn = tmp_path / "torn.fieldcopy"
    for length in [*range(60), *range(60, len(good), 6_007), len(good) - 1]:
        for tail in (b"", b"\0" * (len(good) - length)):
            torn.write_bytes(good[:length] + tail)
            if torn.read_bytes() == good:
                continue
            with pytest.raises(BadInvitation):
                take(tmp_path / "bob", torn)
            assert not (tmp_path / "bob").exists()
