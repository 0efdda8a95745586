"""Every kind of place keeps the same promises; each but the folder is a real server's."""

from __future__ import annotations

import contextlib
import functools
import hashlib
import io
import os
import socket
import threading
import time
from itertools import count
from pathlib import Path

import pytest

from db.errors import Cancelled, DiskFull, ReadOnly
from engage_desktop.sync.errors import FolderUnavailable, LoginRefused, Refused
from engage_desktop.sync.place import LocalPlace
from engage_desktop.sync.remote.book import remote_place
from tests.sync import servers

KINDS = ("folder", "webdav", "sftp", "s3")
SERVERS = KINDS[1:]
_number = count()


@pytest.fixture(scope="module", autouse=True)
def running(tmp_path_factory):
    """The servers, by kind, begun before any test so that their threads are no test's."""
    with contextlib.ExitStack() as stack:
        yield {
            "webdav": stack.enter_context(servers.webdav(tmp_path_factory.mktemp("webdav"))),
            "sftp": stack.enter_context(servers.sftp(tmp_path_factory.mktemp("sftp"))),
            "s3": stack.enter_context(servers.s3()),
        }


class World:
    """A place of one kind, and the way past it."""

    def __init__(self, kind, server, folder):
        self.kind, self.server, self.folder = kind, server, folder
        self.slept = []
        self._made = []

    def place(self, *, folder="", login=None, port=0, **more):
        """The place as a laptop sees it."""
        if self.kind == "folder":
            return LocalPlace(self.server.root / (folder or self.folder), owner="aa")
        address = self.server.address(folder or self.folder, port)
        place = remote_place(
            address, login or self.server.login(), host_key=self.server.host_key, owner="aa",
            connect_seconds=60, silent_seconds=60, sleep=self.slept.append, **more,
        )  # fmt: skip
        self._made.append(place)
        return place

    def files(self):
        """What is really there."""
        return self.server.files(self.folder)

    def write(self, name, data):
        """Put a file there, not through the place."""
        self.server.write(self.folder, name, data)

    def close(self):
        """Let go of connections, and mend the server."""
        for place in self._made:
            place.close()
        self.server.trouble.over()


class _Folder(servers._OnDisk):
    kind = "folder"


@pytest.fixture
def world(request, running, tmp_path):
    """A new, empty place of the kind that the test is given."""
    kind = request.param
    server = _Folder(tmp_path) if kind == "folder" else running[kind]
    folder = f"team-{next(_number)}"
    server.make(folder)
    made = World(kind, server, folder)
    yield made
    made.close()


every = pytest.mark.parametrize("world", KINDS, indirect=True)
remote = pytest.mark.parametrize("world", SERVERS, indirect=True)


def listed(place, under=""):
    return {entry.name: entry.size for entry in place.entries(under)}


def read(place, name):
    with contextlib.closing(place.open(name)) as file:
        return file.read()


@every
def test_a_file_is_published_once_and_never_overwritten(world):
    place = world.place()
    place.check()
    assert place.put_if_absent("b/one/1.bundle", b"first")
    assert not place.put_if_absent("b/one/1.bundle", b"second")
    assert read(place, "b/one/1.bundle") == b"first"
    assert world.files() == {"b/one/1.bundle": b"first"}
    assert listed(place) == {"b/one/1.bundle": 5}


@every
def test_a_large_file_travels_whole_from_a_source_that_cannot_seek(world):
    data = os.urandom((5 << 20) + 77)

    class Source(io.RawIOBase):
        left = io.BytesIO(data)

        def read(self, size=-1):
            return self.left.read(size)

    place = world.place()
    assert place.put_if_absent("blob/aa/large.age", Source())
    found = hashlib.sha256()
    with contextlib.closing(place.open("blob/aa/large.age")) as file:
        while chunk := file.read(1 << 16):
            assert len(chunk) <= 1 << 16
            found.update(chunk)
    assert found.digest() == hashlib.sha256(data).digest()
    assert listed(place) == {"blob/aa/large.age": len(data)}


@every
def test_an_empty_file_and_odd_names(world):
    place = world.place()
    names = ["roster/1-ab (Priya’s conflicted copy).json", "b/é/50% #1.bundle", "b/ü/a&b+c.x"]
    with world.server.unguarded():
        for name in names:
            assert place.put_if_absent(name, b"")
            assert not place.put_if_absent(name, b"more")
            assert read(place, name) == b""
        assert listed(place) == dict.fromkeys(names, 0)
    assert set(world.files()) == set(names)


@pytest.mark.parametrize("world", ["sftp", "s3"], indirect=True)
def test_a_name_with_signs_that_nobody_can_say_is_named_and_not_opened(world):
    world.write("b/x/a\x7fb.bundle", b"1")
    world.write("b/x/good.bundle", b"1")
    found = {entry.name: entry.problem for entry in world.place().entries("b")}
    assert found == {"b/x/a\ufffdb.bundle": "odd_name", "b/x/good.bundle": ""}


@every
def test_listing_what_is_below_a_folder(world):
    world.write("b/x/1.bundle", b"1")
    world.write("b/x/deep/er/2.bundle", b"22")
    world.write("bb/3.bundle", b"333")
    world.write("roster/4.json", b"4444")
    world.write(".engage-tmp/.engage-aa-00.tmp", b"half")
    world.write("b/x/.engage-bb-01.tmp", b"half")
    place = world.place()
    assert listed(place, "b") == {"b/x/1.bundle": 1, "b/x/deep/er/2.bundle": 2}
    assert len(listed(place)) == 4
    assert listed(place, "snap") == {}
    stamps = {entry.name: entry.stamp for entry in place.entries("b")}
    assert all(stamps.values())
    assert {entry.name: entry.stamp for entry in place.entries("b")} == stamps


@pytest.mark.parametrize("world", ["webdav"], indirect=True)
def test_a_server_that_gives_no_whole_tree_is_asked_folder_by_folder(world):
    for name in ("b/x/1", "b/y/deep/er/2", "roster/3"):
        world.write(name, b"x")
    world.server.trouble.no_tree = True
    place = world.place()
    assert set(listed(place)) == {"b/x/1", "b/y/deep/er/2", "roster/3"}
    assert set(listed(place, "b")) == {"b/x/1", "b/y/deep/er/2"}
    world.server.trouble.over()
    place = world.place()
    assert set(listed(place)) == {"b/x/1", "b/y/deep/er/2", "roster/3"}
    assert world.server.trouble.said.count("PROPFIND") == 1


@every
def test_a_file_that_is_not_there(world):
    place = world.place()
    for name in ("b/none", "b/no/folder/either"):
        with pytest.raises(Refused) as caught:
            place.open(name)
        assert caught.value.code == "vanished"


@pytest.mark.parametrize("world", KINDS[:3], indirect=True)
def test_a_folder_is_no_file(world):
    world.write("b/folder.bundle/1", b"x")
    place = world.place()
    with pytest.raises(Refused) as caught:
        place.open("b/folder.bundle")
    assert caught.value.code == "not_a_file"
    with pytest.raises(Refused):
        place.remove("b/folder.bundle")
    assert world.files() == {"b/folder.bundle/1": b"x"}


@every
@pytest.mark.parametrize("name", ["../x", "/x", "a//b", "a/./b", "", "a\\b", "a/../../x", "a\0"])
def test_names_stay_inside(world, name):
    place = world.place()
    for act in (lambda: place.put_if_absent(name, b""), lambda: place.open(name)):
        with pytest.raises(ValueError, match="not a name"):
            act()
    assert world.files() == {}


@every
def test_removing_is_for_what_all_are_done_with_and_may_be_repeated(world):
    place = world.place()
    for name in ("b/x/1.bundle", "snap/2.snapshot", "roster/3.json", "team.json"):
        assert place.put_if_absent(name, b"x")
    assert place.remove("b/x/1.bundle")
    assert not place.remove("b/x/1.bundle")
    assert not place.remove("ack/none.json")
    for name in ("roster/3.json", "team.json", "b", "b/", "other/x", "../b/x", "b/../team.json"):
        with pytest.raises(ValueError, match="not a name"):
            place.remove(name)
    assert set(world.files()) == {"snap/2.snapshot", "roster/3.json", "team.json"}


@pytest.mark.parametrize("world", ["folder", "sftp"], indirect=True)
def test_links_are_named_and_neither_followed_nor_removed(world):
    outside = world.server.root / f"outside-{world.folder}"
    outside.mkdir()
    (outside / "secret").write_bytes(b"secret")
    top = world.server.root / world.folder
    (top / "b").mkdir()
    (top / "b" / "file").symlink_to(outside / "secret")
    (top / "b" / "dir").symlink_to(outside)
    (top / "b" / "nowhere").symlink_to(top / "missing")
    os.mkfifo(top / "b" / "pipe")
    place = world.place()
    problems = {entry.name: entry.problem for entry in place.entries()}
    links = {"b/file": "link", "b/dir": "link", "b/nowhere": "link"}
    assert problems == {**links, "b/pipe": "not_a_file"}
    for name in ("b/file", "b/dir/secret", "b/nowhere"):
        for act in (place.open, place.remove):
            with pytest.raises(Refused) as caught:
                act(name)
            assert caught.value.code == "link"
    for name in ("b/dir/new", "b/nowhere"):
        with pytest.raises(Refused):
            place.put_if_absent(name, b"x")
    with pytest.raises(Refused):
        place.open("b/pipe")
    assert [entry.problem for entry in place.entries("b/dir")] == ["link"]
    assert sorted(path.name for path in outside.iterdir()) == ["secret"]
    assert len(list((top / "b").iterdir())) == 4


@every
def test_a_place_that_is_gone_is_never_made(world):
    folder = f"no-{world.folder}"
    place = world.place(folder=folder)
    for act in (
        place.check,
        lambda: place.put_if_absent("b/a", b""),
        lambda: place.open("b/a"),
        lambda: place.remove("b/a"),
    ):
        with pytest.raises(FolderUnavailable):
            act()
    assert world.server.files(folder) == {}


@every
def test_ones_own_old_temporary_files_are_swept(world):
    place = world.place()
    assert place.sweep() == 0
    world.write(".engage-tmp/.engage-aa-0102.tmp", b"half")
    world.write(".engage-tmp/.engage-bb-0104.tmp", b"half")
    assert place.sweep() == 0
    place._clock = lambda: time.time() + 5000
    assert place.sweep() == 1
    assert set(world.files()) == {".engage-tmp/.engage-bb-0104.tmp"}


# -- trouble -----------------------------------------------------------------------------------


@remote
def test_a_wrong_password_is_said_to_be_one(world):
    place = world.place(login=world.server.wrong_login())
    for act in (place.check, lambda: place.put_if_absent("b/1", b"x"), lambda: listed(place)):
        with pytest.raises(LoginRefused, match="did not accept the user name and password") as c:
            act()
        assert world.server.wrong_login().secret not in c.value.sentence
    assert world.files() == {}
    assert world.slept == []


@remote
def test_a_place_that_may_only_be_read(world):
    world.write("b/1", b"here")
    if world.kind == "webdav":
        place = world.place(folder=f"read/{world.folder}")
    else:
        place = world.place(login=world.server.login(servers.ROBIN))
    place.check()
    assert read(place, "b/1") == b"here"
    for act in (
        lambda: place.put_if_absent("b/2", b"x"),
        lambda: place.remove("b/1"),
        place.try_writing,
    ):
        with pytest.raises(ReadOnly, match="does not let this laptop write"):
            act()
    assert world.files() == {"b/1": b"here"}


@remote
def test_a_full_place_keeps_nothing_half(world):
    place = world.place()
    place.try_writing()
    assert world.files() == {}
    world.server.trouble.full = True
    with pytest.raises(DiskFull, match="is full"):
        place.put_if_absent("b/1", os.urandom(3 << 20))
    assert world.files() == {}
    world.server.trouble.over()
    assert place.put_if_absent("b/1", b"x")


@remote
def test_a_server_that_is_gone(world):
    with servers.cut(world.server.port) as between:
        between._gone = True
        place = world.place(port=between.port)
        for act in (place.check, lambda: place.open("b/1"), lambda: listed(place)):
            with pytest.raises(FolderUnavailable, match="cannot be reached"):
                act()
        assert len(world.slept) == 6
        place.close()
    with socket.socket() as kept:  # nobody listens there, and nobody else can begin to
        kept.bind(("127.0.0.1", 0))
        place = world.place(port=kept.getsockname()[1])
        with pytest.raises(FolderUnavailable, match="cannot be reached"):
            place.check()


@remote
def test_a_server_that_says_nothing_is_not_waited_for_for_ever(world):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = remote_place(
            world.server.address(world.folder, silent.getsockname()[1]), world.server.login(),
            host_key=world.server.host_key, connect_seconds=0.2, silent_seconds=0.2,
            sleep=world.slept.append,
        )  # fmt: skip
        with contextlib.closing(place), pytest.raises(FolderUnavailable, match="cannot be reached"):
            place.check()
    assert len(world.slept) == 2


@remote
@pytest.mark.parametrize("way", ["up", "down"])
def test_a_server_killed_in_the_middle_of_a_file(world, way):
    data = os.urandom(2 << 20)
    world.write("b/there", data)
    with servers.cut(world.server.port) as between:
        place = world.place(port=between.port)
        place.check()
        between.break_(way, 1 << 19)
        send = functools.partial(place.put_if_absent, "b/new", data)
        act = send if way == "up" else functools.partial(read, place, "b/there")
        with pytest.raises(FolderUnavailable, match="the next try goes on"):
            act()
        assert between.broken == 1
        place.close()
    left = {name for name in world.files() if not name.startswith(".engage-tmp/")}
    assert left == {"b/there"}
    place = world.place()
    assert place.put_if_absent("b/new", data)
    assert read(place, "b/new") == read(place, "b/there") == data


@pytest.mark.parametrize("world", ["sftp"], indirect=True)
def test_what_is_asked_ahead_on_a_broken_connection_is_told_once(world, monkeypatch):
    world.write("b/there", os.urandom(2 << 20))
    place = world.place()
    file = place.open("b/there")
    ask = place._wire.files.ftp._async_request
    asked = []

    def breaks(*what):
        asked.append(what)
        if len(asked) > 3:
            place.abandon()
        return ask(*what)

    monkeypatch.setattr(place._wire.files.ftp, "_async_request", breaks)
    with contextlib.closing(file), pytest.raises(Cancelled):
        file.read()
    assert len(asked) > 3


@remote
@pytest.mark.parametrize("way", ["up", "down"])
def test_a_connection_that_breaks_once_is_taken_up_again(world, way):
    data = os.urandom(2 << 20)
    with servers.cut(world.server.port) as between:
        place = world.place(port=between.port)
        place.check()
        between.break_(way, 1 << 19, times=1)
        assert place.put_if_absent("b/new", data)  # up: the sending; down: the reading back
        assert read(place, "b/new") == data
        assert between.broken == 1
        assert len(world.slept) == 1
        place.close()


@remote
def test_what_one_published_oneself_before_the_answer_was_lost_counts(world, monkeypatch):
    place = world.place()
    real = place._wire.publish

    def lost(*what):
        monkeypatch.setattr(place._wire, "publish", real)
        assert real(*what)
        raise ConnectionResetError if world.kind != "webdav" else __import__("httpx").ReadError("")

    monkeypatch.setattr(place._wire, "publish", lost)
    assert place.put_if_absent("b/1", b"mine")
    monkeypatch.setattr(place._wire, "publish", lost)
    assert not place.put_if_absent("b/1", b"mine")


@remote
def test_of_many_at_once_one_publishes(world):
    places = [world.place() for _ in range(4)]
    gate = threading.Barrier(4)
    won = []

    def run(number):
        places[number].check()
        gate.wait()
        if places[number].put_if_absent("b/1", f"by {number}".encode() * 1000):
            won.append(number)

    threads = [threading.Thread(target=run, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert world.files() == {"b/1": f"by {won[0]}".encode() * 1000}


@pytest.mark.parametrize("world", ["s3"], indirect=True)
def test_a_store_without_conditions_is_asked_first(world):
    world.server.trouble.no_condition = True
    place = world.place()
    assert place.put_if_absent("b/1", b"first")
    assert not place.put_if_absent("b/1", b"second")
    assert place.put_if_absent("b/2", b"third")
    assert world.files() == {"b/1": b"first", "b/2": b"third"}
    assert world.server.trouble.said.count("PUT") == 3


@remote
def test_no_thread_and_no_loop_outlives_a_place(world):
    before = set(threading.enumerate())
    place = world.place()
    assert place.put_if_absent("b/1", os.urandom(1 << 20))
    list(place.entries())
    file = place.open("b/1")
    file.read(10)
    file.close()
    place.close()
    assert [t for t in threading.enumerate() if t not in before and t.is_alive()] == []
    assert read(place, "b/1")  # it may be used again
    place.close()
    assert [t for t in threading.enumerate() if t not in before and t.is_alive()] == []


def test_nothing_of_a_server_is_imported_for_a_folder():
    import subprocess
    import sys

    code = (
        "import sys, engage_desktop.sync.remote.book, engage_desktop.sync, engage_desktop.cli.run\n"
        "heavy = {'fsspec', 'httpx', 'webdav4', 'paramiko', 'botocore', 'keyring', 'certifi'}\n"
        "sys.exit(', '.join(sorted(heavy & set(sys.modules))) or 0)"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
