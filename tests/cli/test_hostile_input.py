"""The commands about colleagues, given what nobody should give them: a sentence, and nothing lost.

Each answers an error in JSON with a code and a sentence, ends with 1 or 2, and leaves the records
as they were.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Engage, Ran

BAD: dict[str, bytes] = {
    "empty": b"",
    "noise": bytes(range(256)) * 20,
    "deep": b"[" * 200_000,
    "deeper": b'{"a":' * 50_000,
    "large": b"0" * (18 << 20),
    "nul": b"\0" * 1000,
    "object": b"{}",
    "list": b"[1]",
    "number": b"1e999999",
    "digits": b'{"body":{"n":' + b"9" * 100_000 + b'},"seal":""}',
    "answer": b'{"answer":1,"roster":[1],"team":{}}',
    "deep answer": b'{"answer":' + b"[" * 5000,
    "half letter": b'{"body":{"kind":"join","officer":"\\ud800"},"seal":"\\ud800"}',
    "zip": b"PK\x03\x04" + bytes(300),
    "copy": b"ENGAGE-FIELD-COPY\n\xff\xff\xff\xff",
}


class Scene:
    """A workspace in a team, another in none, a shared folder, and papers that are good."""

    def __init__(self, engage: Engage, ws: Path, folder: Path) -> None:
        self.engage, self.ws, self.folder = engage, ws, folder
        self.other, self.shared = folder / "other", folder / "shared"
        self.shared.mkdir()
        self.ok("new", self.other, "--officer", "Priya")
        self.event = self.ok("add", ws, "event", '{"name": "Open day"}', "--json").json["id"]
        self.ok("sync", ws, self.shared)
        self.key, self.invitation = folder / "key", folder / "invitation"
        self.ok("team", "recovery", "make", ws, self.key)
        self.ok("team", "invite", ws, self.invitation)
        self.words = self.ok("team", "ask", self.other, "--out", folder / "ask", "--json").json[
            "words"
        ]
        self.before = self.picture()

    def ok(self, *arguments: object) -> Ran:
        ran = self.engage(*arguments)
        assert ran.code == 0, (arguments, ran.err)
        return ran

    def picture(self) -> str:
        """What must not change."""
        kept = self.ok("list", self.ws, "event", "--json").out
        return kept + self.ok("team", "roles", self.ws, "--json").out

    def refused(self, *arguments: object) -> None:
        """An error in JSON, with a sentence."""
        ran = self.engage(*arguments, "--json")
        shown = [str(each)[-60:] for each in arguments]
        assert ran.code in (1, 2), (shown, ran.code, ran.err[-300:])
        error = ran.error
        assert error["code"] != "bug", shown
        assert len(error["sentence"].split()) > 3, (shown, error)
        assert "Traceback" not in ran.err
        if ran.out.strip():
            json.loads(ran.out)

    def ways(self, path: object) -> list[tuple[object, ...]]:
        """Every command about colleagues that takes a file or a folder."""
        ws, other, new = self.ws, self.other, self.folder / "new"
        return [
            ("team", "join", other, path),
            ("team", "requests", ws, path),
            ("team", "approve", ws, path, "--words", self.words),
            ("team", "ask", other, path),
            ("team", "recovery", "use", other, path, "--folder", self.shared),
            ("team", "recovery", "use", other, self.key, "--folder", path),
            ("team", "recovery", "use", ws, path, "--keep", "abcd"),
            ("sync", ws, path),
            ("snapshot", ws, path),
            ("receive-file", ws, path),
            ("verify", path),
            ("field-copy-return", ws, path),
            ("new", new, "--officer", "A", "--field-copy", path),
            ("new", new, "--officer", "A", "--join", path),
            ("place", "add", ws, path),
            ("place", "test", ws, path),
            ("place", "forget", ws, path),
            ("sync", path, self.shared),
            ("team", "roles", path),
        ]


@pytest.fixture
def scene(engage: Engage, ws: Path, tmp_path: Path) -> Scene:
    return Scene(engage, ws, tmp_path)


@pytest.mark.parametrize("name", BAD)
def test_files_that_are_none_of_ours(scene: Scene, name: str) -> None:
    path = scene.folder / name
    path.write_bytes(BAD[name])
    for way in scene.ways(path):
        scene.refused(*way)
    assert scene.picture() == scene.before
    assert not (scene.folder / "new").exists()
    assert path.read_bytes() == BAD[name]


def _loop(folder: Path) -> Path:
    (folder / "loop").symlink_to(folder / "loop")
    return folder / "loop"


def _odd(folder: Path) -> Path:
    name = Path(os.fsdecode(bytes(folder) + b"/od\xffd"))
    name.write_bytes(b"x")
    return name


PATHS: dict[str, Callable[[Path], object]] = {
    "none": lambda folder: folder / "none",
    "loop": _loop,
    "odd": _odd,
    "long": lambda folder: folder / ("x" * 300),
    "nul": lambda _folder: "a\0b",
    "device": lambda _folder: "/dev/null",
    "store": lambda folder: folder / "ws" / "store.db",
}


@pytest.mark.parametrize("name", PATHS)
def test_paths_that_lead_nowhere_good(scene: Scene, name: str) -> None:
    path = PATHS[name](scene.folder)
    for way in scene.ways(path):
        scene.refused(*way)
    assert scene.picture() == scene.before
    assert not (scene.folder / "new").exists()


WORDS = ["", "-1", "9" * 30, "32/13/2020", "31/12/9999", "1/1/0001", "\ud800", "a" * 5000,
         "x\0y", "0:" + "9" * 25, "\u0663"]  # fmt: skip


@pytest.mark.parametrize("value", WORDS, ids=range(len(WORDS)))
def test_values_that_cannot_be(scene: Scene, value: str) -> None:
    ws, out = scene.ws, scene.folder / "out"
    tried = (
        ("team", "invite", ws, out, "--role", value),
        ("team", "approve", ws, scene.folder / "ask", "--words", value),
        ("team", "invite", ws, out, "--for", f"\0{value}"),
        ("team", "role", ws, "Sam Field", value),
        ("team", "role", ws, value, "admin"),
        ("team", "revoke", ws, value),
        ("team", "review", ws, "--keep", value),
        ("team", "review", ws, "--close", value),
        ("team", "recovery", value, ws, out),
        ("field-copy", ws, value, out),
        ("erase", ws, value, scene.event, "--reason", "x"),
        ("erase", ws, "event", value, "--reason", "x"),
        ("erase", ws, "event", scene.event, "--reason", "x", "--field", value, "--yes"),
        ("erase", ws, "event", scene.event, "--reason", "x", "--field", "name", "--span", value,
         "--yes"),
        ("erase", ws, "event", scene.event, "--reason", "x", "--refuse", value, "--yes"),
    )  # fmt: skip
    known = {"1/1/0001", "31/12/9999", "\u0663"}
    for way in tried:
        if value == "" and "--span" in way:
            continue  # none given
        scene.refused(*way)
    if value not in known:
        scene.refused("team", "invite", ws, out, "--role", "volunteer", "--last-day", value or "x")
    for way in (
        ("team", "lost", ws, "Sam Field", "--known", value or "x"),
        ("field-copy", ws, scene.event, out, "--last-day", value or "x"),
        ("changes", ws, "--since", value or "x"),
        ("team", "invite", ws, out, "--role", "volunteer", "--last-day", value or "x"),
    ):
        ran = scene.engage(*way, "--json")
        assert ran.code in (0, 1), (way, ran.err)
        assert ran.code or value in known
    assert scene.picture() == scene.before


@pytest.mark.parametrize(
    "address",
    ["webdavs://", "webdavs://" + "a" * 70_000, "webdavs://\u0663", "webdavs://🙂/x", "s3://",
     "s3://UPPER", "s3://\ud800", "sftp://a:-1/x", "sftp://a:99999/x",
     "sftp://a:x/y", "webdavs://\ud800", "webdavs://[::1", "gopher://a"],
    ids=range(13),
)  # fmt: skip
def test_addresses_that_no_server_has(engage: Engage, ws: Path, address: str) -> None:
    """Each is refused before anybody is asked: nothing here may reach a network."""
    for way in (
        ("place", "add", ws, address),
        ("place", "forget", ws, address),
        ("sync", ws, address),
        ("verify", address),
    ):
        ran = engage(*way, "--json")
        assert ran.code == 1, (way[:2], ran.err)
        assert ran.error["code"] in ("invalid", "not_found"), (way[:2], ran.err)
    assert engage("place", "list", ws, "--json").json["total"] == 0


def test_a_name_that_is_half_a_letter_goes_into_no_field_copy(scene: Scene) -> None:
    for name in ("\ud800", "a\nb", "x" * 300):
        scene.refused("field-copy", scene.ws, scene.event, scene.folder / "o", "--officer", name)
    assert not (scene.folder / "o").exists()


def test_without_a_passphrase_every_command_says_so(scene: Scene, engage: Engage) -> None:
    ws = scene.ws
    for way in (
        ("sync", ws, scene.shared),
        ("snapshot", ws, scene.shared),
        ("team", "roles", ws),
        ("team", "leave", ws, "--yes"),
        ("erase", ws, "event", scene.event, "--reason", "x", "--yes"),
        ("place", "list", ws),
        ("field-copies", ws),
        ("send-file", ws, scene.folder / "o"),
    ):
        ran = engage(*way, "--json", passphrase=None)
        assert (ran.code, ran.error["code"]) == (1, "no_passphrase"), way
        ran = engage(*way, "--json", passphrase="\ud800 half a letter")
        assert (ran.code, ran.error["code"] != "bug") == (1, True), way


FOLDERS = {
    "roster": ["000002-" + "a" * 64 + ".json", "x.json"],
    "join": ["a" * 64 + ".json", "x"],
    "ack": ["a" * 32 + "-" + "b" * 64 + ".json", "x"],
    "b": ["a" * 32 + "/00000001-" + "c" * 64 + ".bundle", "y/z"],
    "snap": ["d" * 64 + ".snapshot", "q"],
    "blob": ["aa/" + "e" * 64 + "-" + "f" * 64 + ".age", "aa/x"],
}


@pytest.mark.parametrize("name", ["noise", "deep", "digits", "half letter", "empty"])
def test_a_folder_full_of_what_is_none_of_ours(scene: Scene, engage: Engage, name: str) -> None:
    for place, names in FOLDERS.items():
        for each in names:
            path = scene.shared / place / each
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(BAD[name])
    told = engage("verify", scene.shared, "--json")
    assert told.code == 1
    assert {item["file"].partition("/")[0] for item in told.json["bad"]} >= {"roster", "ack", "b"}
    synced = engage("sync", scene.ws, scene.shared, "--json")
    assert synced.code == 0, synced.err
    assert len(synced.json["quarantined"]) >= 6
    listed = engage("team", "requests", scene.ws, scene.shared, "--json").json
    assert (listed["total"], len(listed["set_aside"])) == (0, 2)
    assert engage("team", "ask", scene.other, scene.shared, "--json").code == 0
    assert engage("sync", scene.other, scene.shared, "--json").error["code"] == "no_team"
    (scene.shared / "team.json").write_bytes(BAD[name])
    for way in (
        ("sync", scene.ws, scene.shared),
        ("team", "ask", scene.other, scene.shared),
        ("team", "join", scene.other, scene.shared),
        ("team", "recovery", "use", scene.other, scene.key, "--folder", scene.shared),
    ):
        scene.refused(*way)
    assert engage("verify", scene.shared, "--json").json["ok"] is False
    assert scene.picture() == scene.before
