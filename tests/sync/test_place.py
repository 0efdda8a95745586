"""A shared folder: publish once and whole, never overwrite, never follow a link out."""

from __future__ import annotations

import errno
import io
import os
from typing import ClassVar

import pytest

from db.errors import DiskFull, KnownError, ReadOnly
from engage_desktop.sync.errors import FolderUnavailable, Refused
from engage_desktop.sync.place import LocalPlace


def names(place, under=""):
    return {entry.name: entry.problem for entry in place.entries(under)}


def test_a_file_is_published_once_and_never_overwritten(tmp_path):
    place = LocalPlace(tmp_path)
    assert place.put_if_absent("b/one/1.bundle", b"first")
    assert not place.put_if_absent("b/one/1.bundle", b"second")
    assert place.open("b/one/1.bundle").read() == b"first"
    assert names(place) == {"b/one/1.bundle": ""}
    assert list(tmp_path.rglob(".engage*")) == []


def test_large_files_stream(tmp_path):
    class Source(io.BytesIO):
        sizes: ClassVar[list[int]] = []

        def read(self, size=-1):
            self.sizes.append(size)
            return super().read(size)

    data = os.urandom(1 << 20)
    assert LocalPlace(tmp_path).put_if_absent("x", Source(data))
    assert max(Source.sizes) <= 1 << 16
    assert (tmp_path / "x").read_bytes() == data


def test_without_hard_links_it_is_renamed_and_still_does_not_overwrite(tmp_path, monkeypatch):
    def refuse(*args):
        raise OSError(errno.EPERM, "no hard links here")

    monkeypatch.setattr(os, "link", refuse)
    place = LocalPlace(tmp_path)
    assert place.put_if_absent("a", b"1")
    assert not place.put_if_absent("a", b"2")
    assert (tmp_path / "a").read_bytes() == b"1"


def test_windows_sharing_errors_are_tried_again_for_three_seconds(tmp_path, monkeypatch):
    slept = []
    tries = []
    real = os.link

    def held(source, target):
        tries.append(1)
        if len(tries) < 4:
            error = OSError(errno.EACCES, "held")
            error.winerror = 32
            raise error
        real(source, target)

    monkeypatch.setattr(os, "link", held)
    place = LocalPlace(tmp_path, sleep=slept.append)
    assert place.put_if_absent("a", b"1")
    assert len(slept) == 3
    tries.clear()
    slept.clear()

    def always(source, target):
        error = OSError(errno.EACCES, "held")
        error.winerror = 32
        raise error

    monkeypatch.setattr(os, "link", always)
    monkeypatch.setattr(os, "rename", always)
    with pytest.raises(ReadOnly):
        place.put_if_absent("b", b"1")
    assert 2.5 < sum(slept) / 2 < 3.5
    assert not (tmp_path / "b").exists()


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, DiskFull),
        (errno.EDQUOT, DiskFull),
        (errno.EROFS, ReadOnly),
        (errno.EACCES, ReadOnly),
        (errno.EIO, FolderUnavailable),
        (errno.ENODEV, FolderUnavailable),
    ],
)
def test_trouble_at_every_step_is_told_in_words_and_leaves_nothing_half_done(
    tmp_path, number, kind
):
    steps = []
    LocalPlace(tmp_path / "dry", step=lambda act, name: steps.append(act))
    (tmp_path / "dry").mkdir()
    recorder = LocalPlace(tmp_path / "dry", step=lambda act, name: steps.append(act))
    recorder.put_if_absent("b/x", b"data")
    assert {"create", "write", "flush", "rename", "flush folder", "read back"} <= set(steps)
    for number_of_step, act in enumerate(list(steps)):
        folder = tmp_path / f"at-{number_of_step}"
        folder.mkdir()
        count = iter(range(1000))

        def fail(act, name, count=count, at=number_of_step):
            if next(count) == at:
                raise OSError(number, "injected")

        with pytest.raises(kind) as caught:
            LocalPlace(folder, step=fail).put_if_absent("b/x", b"data")
        assert str(folder) in caught.value.sentence, act
        left = [path for path in folder.rglob("*") if path.is_file()]
        assert [path.read_bytes() for path in left] in ([], [b"data"]), act
        LocalPlace(folder).put_if_absent("b/x", b"data")
        assert (folder / "b/x").read_bytes() == b"data"


def test_a_folder_that_is_gone(tmp_path):
    place = LocalPlace(tmp_path / "gone")
    for act in (place.check, lambda: place.put_if_absent("a", b""), lambda: place.open("a")):
        with pytest.raises(FolderUnavailable):
            act()
    assert not (tmp_path / "gone").exists()


def test_links_out_of_the_folder_are_named_and_not_followed(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    shared = tmp_path / "shared"
    (shared / "b").mkdir(parents=True)
    (shared / "b" / "file").symlink_to(outside / "secret")
    (shared / "b" / "dir").symlink_to(outside)
    (shared / "b" / "nowhere").symlink_to(tmp_path / "missing")
    place = LocalPlace(shared)
    assert names(place) == {"b/file": "link", "b/dir": "link", "b/nowhere": "link"}
    for name in ("b/file", "b/dir/secret"):
        with pytest.raises(Refused) as caught:
            place.open(name)
        assert caught.value.code == "link"
    for name in ("b/dir/new", "b/nowhere"):
        with pytest.raises(Refused):
            place.put_if_absent(name, b"x")
    assert sorted(p.name for p in outside.iterdir()) == ["secret"]
    assert not (tmp_path / "missing").exists()


def test_a_pipe_is_named_and_does_not_hang(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    place = LocalPlace(tmp_path)
    assert names(place) == {"pipe": "not_a_file"}
    with pytest.raises(Refused) as caught:
        place.open("pipe")
    assert caught.value.code == "not_a_file"


@pytest.mark.parametrize("name", ["../x", "/x", "a//b", "a/./b", "", "a\\b", "a/../../x", "a\0"])
def test_names_stay_inside(tmp_path, name):
    with pytest.raises(ValueError, match="not a name"):
        LocalPlace(tmp_path).put_if_absent(name, b"")
    assert list(tmp_path.iterdir()) == []


def test_only_own_and_old_temporary_files_are_swept(tmp_path):
    mine = tmp_path / ".engage-aa-0102.tmp"
    fresh = tmp_path / ".engage-aa-0103.tmp"
    theirs = tmp_path / ".engage-bb-0104.tmp"
    for path in (mine, fresh, theirs):
        path.write_bytes(b"half")
    now = fresh.stat().st_mtime
    os.utime(mine, (now - 7200, now - 7200))
    place = LocalPlace(tmp_path, owner="aa", clock=lambda: now)
    assert names(place) == {}
    assert place.sweep() == 1
    assert not mine.exists()
    assert fresh.exists()
    assert theirs.exists()


def test_a_file_that_vanishes_is_told_from_a_folder_that_does(tmp_path):
    with pytest.raises(Refused) as caught:
        LocalPlace(tmp_path).open("a")
    assert caught.value.code == "vanished"
    assert isinstance(caught.value, KnownError)


def test_one_file_that_may_not_be_read_stops_nothing_else(tmp_path, monkeypatch):
    place = LocalPlace(tmp_path)
    place.put_if_absent("b/locked", b"1")
    place.put_if_absent("b/open", b"2")
    real = os.open

    def opened(path, *more, **how):
        if str(path).endswith("locked"):
            raise PermissionError(errno.EACCES, "no right")
        return real(path, *more, **how)

    monkeypatch.setattr(os, "open", opened)
    with pytest.raises(Refused) as caught:
        place.open("b/locked")
    assert caught.value.code == "no_right"
    assert "Ask whoever looks after the folder" in caught.value.sentence
    with place.open("b/open") as file:
        assert file.read() == b"2"
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(ReadOnly):  # of a whole folder it is the folder's fault
        place.open("b/locked")


def test_a_team_s_file_that_may_not_be_read_is_called_so(laptop, shared, monkeypatch):
    priya = laptop("Priya")
    priya.sync(shared)
    real = os.open

    def opened(path, *more, **how):
        if str(path).endswith("team.json"):
            raise PermissionError(errno.EACCES, "no right")
        return real(path, *more, **how)

    monkeypatch.setattr(os, "open", opened)
    with pytest.raises(FolderUnavailable, match=r"no right to read team\.json"):
        priya.sync(shared)


def test_nothing_is_written_through_a_link_and_its_name_is_told(laptop, shared, tmp_path):
    priya = laptop("Priya")
    priya.sync(shared)
    (shared / "roster").rename(tmp_path / "elsewhere")
    (shared / "roster").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refused, match="“roster” leads somewhere else") as caught:
        priya.sync(shared)
    assert caught.value.code == "link"
    (shared / "roster").unlink()
    (tmp_path / "elsewhere").rename(shared / "roster")
    assert priya.sync(shared).quarantined == []
