"""The folder fails, or the program dies, at every single step: nothing lost, nothing twice.

Each step is tried from the same beginning: two laptops that both have records and an attachment
to send, copied anew from a scene that was prepared once.
"""

from __future__ import annotations

import contextlib
import errno
import io
import os
import shutil
import signal
from collections import Counter

import pytest

from db.changes import Create
from db.errors import Cancelled, DiskFull, KnownError, ReadOnly
from engage_desktop.records.filing import Attachment
from engage_desktop.sync import LocalPlace
from engage_desktop.sync.errors import FolderUnavailable
from engage_desktop.sync.work import keep_place
from tests.sync.laptops import Laptop

MOST_STEPS = 400
TROUBLE = [(errno.ENOSPC, DiskFull), (errno.EROFS, ReadOnly), (errno.ENODEV, FolderUnavailable)]


class Scene:
    """A copy of the prepared folders, with both laptops opened from it."""

    def __init__(self, folder, *, open_priya=True):
        self.shared = folder / "shared"
        self.folder = folder
        self.sam = Laptop(folder / "sam", "Sam", seed=1)
        self.priya = Laptop(folder / "priya", "Priya", seed=1) if open_priya else None

    def place(self, step):
        return LocalPlace(self.shared, owner=self.priya.store.device[:8], step=step)

    def check_that_all_is_well(self):
        """The next syncs bring everybody to the same records, each change once."""
        priya = self.priya = self.priya or Laptop(self.folder / "priya", "Priya", seed=2)
        priya.sync(self.shared)
        self.sam.sync(self.shared)
        receipt = priya.sync(self.shared)
        assert (receipt.sent, receipt.received, receipt.attachments_missing) == (0, 0, 0)
        assert (receipt.waiting, receipt.quarantined, receipt.notes) == ([], [], [])
        assert priya.state() == self.sam.state()
        assert len(priya.state()["records"]) == 8
        files = (self.shared / "b" / priya.store.device).glob("*.bundle")
        assert Counter(path.name[:8] for path in files) == {"00000001": 1}
        assert len(list((self.shared / "blob").rglob("*.age"))) == 2
        assert priya.store.check().ok

    def close(self):
        for one in (self.sam, self.priya):
            if one is not None:
                one.close()


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """Priya and Sam both have something to send; what Sam sent is in the folder already."""
    folder = tmp_path_factory.mktemp("prepared")
    (folder / "shared").mkdir()
    priya = Laptop(folder / "priya", "Priya")
    sam = priya.invite("Sam", folder / "sam")
    for one in (priya, sam):
        content = io.BytesIO(f"the leaflet of {one.store.officer}".encode() * 9000)
        digest, size = one.blobs.put(content)
        name = Attachment(id=one.store.new_id(), filename="leaflet", size=size, digest=digest)
        one.store.apply([Create(name)], "Attach a file")
        one.add_venue(f"Hall of {one.store.officer}")
        one.add_comment("The ramp was steep")
    sam.sync(folder / "shared")
    priya.close()
    sam.close()
    return folder


@pytest.fixture
def scenes(prepared, tmp_path):
    """Makes a fresh copy of the scene each time it is called."""

    @contextlib.contextmanager
    def make(**more):
        folder = tmp_path / "scene"
        shutil.rmtree(folder, ignore_errors=True)
        shutil.copytree(prepared, folder)
        scene = Scene(folder, **more)
        try:
            yield scene
        finally:
            scene.close()

    return make


class AtStep:
    """Does something at the n-th act, and counts the acts."""

    def __init__(self, at, act):
        self.at = at
        self.act = act
        self.count = 0

    def __call__(self, *_):
        self.count += 1
        if self.count - 1 == self.at:
            self.act()


def raising(number):
    def act():
        raise OSError(number, "injected")

    return act


def every_step(run, stride=1):
    """Run with 0, 1, 2 ... until a run got through without reaching its step; how many."""
    for at in range(0, MOST_STEPS, stride):
        if not run(at):
            return at
    return pytest.fail("never got through")


def test_the_folder_fails_at_every_step(scenes):
    def run(at):
        number, kind = TROUBLE[at % len(TROUBLE)]
        step = AtStep(at, raising(number))
        with scenes() as scene:
            before = scene.priya.state()["records"]
            error = caught(kind, lambda: scene.priya.sync(scene.place(step)))
            if error is None:
                assert step.count <= at
                return False
            assert "Nothing here was lost" in error.sentence
            after = scene.priya.state()["records"]
            assert {key: after[key] for key in before} == before
            scene.check_that_all_is_well()
        return True

    assert every_step(run) > 30


@pytest.mark.parametrize("stride", [2, pytest.param(1, marks=pytest.mark.soak)])
def test_this_laptop_s_own_disk_fails_at_every_step(scenes, stride, record_property):
    def run(at):
        number, kind = TROUBLE[at % 2]
        step = AtStep(at, raising(number))
        with scenes() as scene:
            keep = keep_place(scene.priya.folder / "sealed", scene.priya.store.device)
            keep._step = step
            error = caught(kind, lambda: scene.priya.sync(scene.shared, keep=keep))
            if error is None:
                assert step.count <= at
                return False
            assert "Nothing was lost" in error.sentence
            assert "shared folder" not in error.sentence
            scene.check_that_all_is_well()
        return True

    steps = every_step(run, stride)
    record_property("steps", steps)
    assert steps > 40


@pytest.mark.parametrize("stride", [4, pytest.param(1, marks=pytest.mark.soak)])
def test_stopped_by_the_officer_at_every_step(scenes, stride, record_property):
    def run(at):
        asked = AtStep(at, lambda: None)

        def cancelled():
            asked()
            return asked.count > at

        with scenes() as scene:
            error = caught(Cancelled, lambda: scene.priya.sync(scene.shared, cancelled=cancelled))
            if error is None:
                return False
            assert "goes on from there" in error.sentence
            scene.check_that_all_is_well()
        return True

    steps = every_step(run, stride)
    record_property("steps", steps)
    assert steps > 15


def caught(kind, act):
    """The known error that `act` raised; None when it got through."""
    try:
        act()
    except KnownError as error:
        assert isinstance(error, kind)  # noqa: PT017
        return error
    return None


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a process to kill")
@pytest.mark.parametrize("stride", [4, pytest.param(1, marks=pytest.mark.soak)])
def test_kill_9_at_every_step(scenes, stride, record_property):
    """A child process does the sync and is killed; the parent then opens what it left."""

    def run(at):
        with scenes(open_priya=False) as scene:
            child = os.fork()
            if child == 0:
                try:
                    sync_and_die(scene, at)
                    os._exit(0)
                except BaseException:  # noqa: BLE001  (the parent tells)
                    os._exit(1)
            _, status = os.waitpid(child, 0)
            if not os.WIFSIGNALED(status):
                assert os.WEXITSTATUS(status) == 0
                return False
            assert os.WTERMSIG(status) == signal.SIGKILL
            scene.check_that_all_is_well()
        return True

    steps = every_step(run, stride)
    record_property("steps", steps)
    assert steps > 100


def sync_and_die(scene, at):
    """In the child: die at the n-th act on the place, on the own disk, or in the books."""
    deadly = AtStep(at, lambda: os.kill(os.getpid(), signal.SIGKILL))
    one = scene.priya = Laptop(scene.folder / "priya", "Priya", seed=1)

    def not_cancelled():
        deadly()
        return False

    keep = keep_place(one.folder / "sealed", one.store.device)
    keep._step = deadly
    set_setting = one.store.set_setting

    def set_and_die(name, value):
        set_setting(name, value)
        deadly()

    one.store.set_setting = set_and_die
    one.sync(scene.place(deadly), keep=keep, cancelled=not_cancelled)
    one.close()
