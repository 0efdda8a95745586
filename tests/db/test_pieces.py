"""Attachments, drafts, keys, backups, locks and files: the smaller pieces, each with bad input."""

import io
import json
import os
import random
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.backup import unpack_backup, verify_backup, write_backup
from db.blobs import CHUNK, Blobs
from db.connection import connect, known_errors
from db.drafts import Drafts
from db.errors import (
    Cancelled,
    DamagedStore,
    KnownError,
    NotAWorkspace,
    NotFound,
    NotThere,
    StoreBusy,
    WrongPassphrase,
)
from db.files import replacing, sweep, write_atomic
from db.keys import (
    CHEAP,
    KdfCost,
    KeyFile,
    Wrapped,
    derive,
    looks_like_code,
    new_code,
    plain_code,
    subkey,
)
from db.lock import FolderLock
from db.store import Store
from tests.db.laptops import KEY, KINDS, Laptop

# -- attachments -------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 17])
def test_an_attachment_comes_back_to_the_byte(tmp_path: Path, size: int) -> None:
    content = random.Random(size).randbytes(size)
    blobs = Blobs(tmp_path / "blobs", KEY)
    seen: list[int] = []
    digest, told = blobs.put(io.BytesIO(content), progress=seen.append)
    assert told == size == seen[-1]
    assert b"".join(blobs.read(digest)) == content
    assert blobs.put(io.BytesIO(content)) == (digest, size)
    assert blobs.all() == [digest]
    assert blobs.has(digest)
    assert Blobs(tmp_path / "other", bytes(32)).put(io.BytesIO(content))[0] != digest


@given(at=st.integers(0, 2**20), data=st.data())
def test_every_change_of_a_sealed_file_is_found(at: int, data: st.DataObject) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as name:
        blobs = Blobs(Path(name), KEY)
        digest, _ = blobs.put(io.BytesIO(b"x" * (CHUNK + 500)))
        path = blobs.path(digest)
        whole = path.read_bytes()
        at = 8 + at % (len(whole) - 8)
        if data.draw(st.booleans()):
            path.write_bytes(whole[:at])
        else:
            path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        with pytest.raises(DamagedStore, match="attachment's file is damaged"):
            list(blobs.read(digest))


def test_an_attachment_that_is_not_here_is_said(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs", KEY)
    with pytest.raises(NotFound, match="not on this laptop yet"):
        list(blobs.read("0" * 64))
    for wrong in ("", "../../etc", "Z" * 64):
        with pytest.raises(NotFound):
            list(blobs.read(wrong))


def test_stopping_leaves_nothing(tmp_path: Path) -> None:
    blobs = Blobs(tmp_path / "blobs", KEY)
    with pytest.raises(Cancelled):
        blobs.put(io.BytesIO(b"x" * CHUNK * 3), cancelled=lambda: True)
    assert [p for p in (tmp_path / "blobs").rglob("*") if p.is_file()] == []


# -- drafts ------------------------------------------------------------------------------------


def test_drafts_come_back_as_typed(tmp_path: Path) -> None:
    drafts = Drafts(tmp_path / "drafts.db", KEY, now=iter(range(100)).__next__)
    for name, body in {"a:1": {"text": "half a w\ud800"}, "a:2": "é\0", "b": [1, None]}.items():
        drafts.put(name, body)
    drafts.close()
    drafts = Drafts(tmp_path / "drafts.db", KEY)
    assert drafts.get("a:1") == {"text": "half a w\ud800"}
    assert drafts.names() == ["b", "a:2", "a:1"]
    assert drafts.names("a:") == ["a:2", "a:1"]
    drafts.delete("a:1")
    assert drafts.get("a:1", "none") == "none"
    assert not drafts.lost
    drafts.close()


@pytest.mark.parametrize("damage", [b"not a database at all" * 400, os.urandom(8192)])
def test_a_damaged_drafts_file_is_set_aside(tmp_path: Path, damage: bytes) -> None:
    path = tmp_path / "drafts.db"
    drafts = Drafts(path, KEY)
    drafts.put("a", "kept in the log")
    log = (tmp_path / "drafts.db-wal").read_bytes()
    drafts.close()
    path.write_bytes(damage)
    (tmp_path / "drafts.db-wal").write_bytes(log)
    drafts = Drafts(path, KEY)
    assert drafts.lost
    assert drafts.names() == []
    drafts.put("b", 1)
    assert drafts.get("b") == 1
    drafts.close()
    assert (tmp_path / "drafts.db.damaged").exists()


# -- keys --------------------------------------------------------------------------------------


def key_file(passphrase: str = "four plain words here", code: str = "") -> tuple[KeyFile, str]:
    code = code or new_code(os.urandom)
    return KeyFile.make(KEY, passphrase, code, "f" * 32, CHEAP, os.urandom), code


def test_the_passphrase_and_the_code_open_and_nothing_else_does() -> None:
    keys, code = key_file()
    for secret in ("four plain words here", code, code.lower(), code.replace("-", " "),
                   code.replace("0", "O").replace("1", "l")):  # fmt: skip
        assert keys.open(secret) == KEY
    for wrong in (
        "",
        "four plain words her",
        "FOUR PLAIN WORDS HERE",
        code[:-1],
        new_code(os.urandom),
    ):
        with pytest.raises(WrongPassphrase) as caught:
            keys.open(wrong)
        assert caught.value.sentence.startswith("That does not open this workspace. Check ")


def test_a_passphrase_is_the_same_from_every_keyboard() -> None:
    assert key_file("caf\u00e9 au lait")[0].open("cafe\u0301 au lait") == KEY


@pytest.mark.parametrize("secret", ["\ud800\udfff" * 4, "🧑‍🦽" * 9, "\0" * 9, "x" * 100_000])
def test_any_text_may_be_a_passphrase(secret: str) -> None:
    assert key_file(secret)[0].open(secret) == KEY


def test_a_passphrase_that_looks_like_a_code_is_still_a_passphrase() -> None:
    secret = new_code(os.urandom)
    assert looks_like_code(secret)
    assert key_file(secret)[0].open(secret) == KEY


def test_a_new_passphrase_and_a_new_code_end_the_old_ones() -> None:
    keys, code = key_file()
    other = new_code(os.urandom)
    changed = keys.with_passphrase(KEY, "another passphrase", CHEAP, os.urandom)
    changed = changed.with_recovery(KEY, other, CHEAP, os.urandom)
    assert changed.open("another passphrase") == changed.open(other) == KEY
    for old in ("four plain words here", code):
        with pytest.raises(WrongPassphrase):
            changed.open(old)


def test_codes_hold_125_bits_and_no_two_are_alike() -> None:
    codes = {new_code(os.urandom) for _ in range(200)}
    assert len(codes) == 200
    assert all(len(plain_code(code)) == 25 and code.count("-") == 4 for code in codes)


def test_the_file_is_read_from_the_copy_that_is_whole(tmp_path: Path) -> None:
    keys, _ = key_file()
    one, two = tmp_path / "keys.json", tmp_path / "keys-copy.json"
    keys.save(one, two)
    assert KeyFile.load(one, two) == keys
    one.write_bytes(b"")
    assert KeyFile.load(one, two) == keys
    two.write_bytes(two.read_bytes()[:-40])
    with pytest.raises(NotAWorkspace, match="missing or damaged"):
        KeyFile.load(one, two)


@pytest.mark.parametrize(
    ("name", "value"),
    [("salt", ""), ("nonce", "00"), ("sealed", "0011"), ("cost", [0, 8, 1]), ("cost", [1, 0, 1]),
     ("cost", [1, 8]), ("cost", [10**9, 8, 1]), ("kdf", "none"), ("salt", "zz"), ("cost", None)],
)  # fmt: skip
def test_a_key_file_that_was_tampered_with_is_damaged_not_a_fault(
    tmp_path: Path, name: str, value: object
) -> None:
    keys, _ = key_file()
    data = json.loads(keys.to_bytes())
    data["passphrase"][name] = value
    path = tmp_path / "keys.json"
    path.write_text(json.dumps(data))
    with pytest.raises(NotAWorkspace):
        KeyFile.load(path)


def test_the_shipped_cost_is_what_the_standard_recommends() -> None:
    cost = KdfCost()
    assert (cost.time, cost.memory_kib) == (3, 65_536)
    assert len(derive("x", b"s" * 16, CHEAP)) == 32
    assert Wrapped.lock(KEY, "x", CHEAP, os.urandom).open("x") == KEY
    assert subkey(KEY, "a") != subkey(KEY, "b") != KEY


# -- stores that are none ----------------------------------------------------------------------


def plain_sqlite(path: Path) -> None:
    import sqlite3

    with sqlite3.connect(path) as other:
        other.execute("CREATE TABLE venue(name)")
    other.close()


FOREIGN: dict[str, Callable[[Path], object]] = {
    "a picture": lambda path: path.write_bytes(b"\xff\xd8\xff\xe0JFIF" + os.urandom(20_000)),
    "a short text": lambda path: path.write_bytes(b"hello"),
    "a plain database": plain_sqlite,
    "nothing": lambda path: path.write_bytes(b""),
    "another key's store": lambda path: connect(path, b"k" * 32, create=True).execute(
        "CREATE TABLE x(y)"
    ),
    "noughts": lambda path: path.write_bytes(bytes(65_536)),
}


@pytest.mark.parametrize("what", FOREIGN)
def test_a_file_that_is_no_store_is_refused_and_left_as_it_is(tmp_path: Path, what: str) -> None:
    path = tmp_path / "store.db"
    FOREIGN[what](path)
    before = path.read_bytes()
    with pytest.raises(NotAWorkspace) as caught:
        Store.open(path, KEY, KINDS.registry, KINDS.migrations)
    assert "Nothing was changed" in caught.value.sentence
    assert path.read_bytes() == before


def test_a_missing_store_is_said_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(NotAWorkspace, match="missing"):
        Store.open(tmp_path / "store.db", KEY, KINDS.registry, KINDS.migrations)
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "store.db").mkdir()
    with pytest.raises(KnownError):
        Store.open(tmp_path / "store.db", KEY, KINDS.registry, KINDS.migrations)
    with pytest.raises(KnownError, match="there already"):
        Store.create(
            tmp_path / "store.db", KEY, KINDS.registry, KINDS.migrations, officer="A", device="B"
        )


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.99])
def test_a_store_cut_short_is_told_and_never_a_fault(ann: Laptop, share: float) -> None:
    for number in range(40):
        ann.add("comment", text=f"comment {number} " * 40)
    ann.close()
    whole = ann.path.read_bytes()
    cut = ann.path.with_name("cut.db")
    cut.write_bytes(whole[: int(len(whole) * share)])
    problems: list[str] = []
    try:
        store = Store.open(cut, KEY, KINDS.registry, KINDS.migrations)
        try:
            problems += store.check().problems
        finally:
            store.close()
    except KnownError as error:
        problems.append(error.sentence)
    assert problems
    ann._open()


@pytest.mark.parametrize("share", [0.1, 0.4, 0.7, 0.95])
def test_a_flipped_bit_is_found_by_the_check(ann: Laptop, share: float) -> None:
    for number in range(40):
        ann.add("comment", text=f"comment {number} " * 40)
    ann.close()
    whole = bytearray(ann.path.read_bytes())
    whole[int(len(whole) * share)] ^= 4
    bad = ann.path.with_name("bad.db")
    bad.write_bytes(whole)
    problems: list[str] = []
    try:
        store = Store.open(bad, KEY, KINDS.registry, KINDS.migrations)
        try:
            problems += store.check().problems
        finally:
            store.close()
    except KnownError as error:
        problems.append(error.sentence)
    assert problems
    ann._open()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE theme SET name = 'forged'",
        "UPDATE record SET title = 'forged'",
        "DELETE FROM theme",
        "UPDATE tally SET n = n + 1",
        "DELETE FROM op",
        "DELETE FROM change_set",
        "UPDATE record SET state = 9",
        "INSERT INTO conflict VALUES (1, 'name')",
        "INSERT INTO theme__fts(theme__fts) VALUES ('delete-all')",
    ],
)
def test_the_check_finds_tables_that_differ_from_the_log(ann: Laptop, damage: str) -> None:
    ann.add("theme", name="Parking")
    ann.whole()
    ann.store._connection.execute("PRAGMA foreign_keys = OFF")
    ann.store._connection.execute(damage)
    assert not ann.store.check().ok


def test_the_check_is_right_while_others_read_and_import(ann: Laptop) -> None:
    from db.changes import Create

    for _ in range(30):
        ann.add("theme")
    busy = ann.store.reader()
    cursor = busy._connection.execute("SELECT * FROM op")
    cursor.fetchone()
    with ann.store.batch("Import") as batch:
        batch.add([Create(ann.record("comment", ann.store.new_id(), text="x"))])
        ann.store._connection.execute("PRAGMA busy_timeout = 1")
        seen: list[tuple[int, int]] = []
        report = ann.store.check(lambda done, total: seen.append((done, total)))
        assert report.ok, report.problems
        assert seen[-1] == (31, 31)
    assert report.counts["theme"] == 30
    cursor.close()
    busy.close()


# -- files, locks, backups ---------------------------------------------------------------------


def test_a_file_is_replaced_whole_or_not_at_all(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    write_atomic(path, b"one")

    class Stop(Exception):
        pass

    for stop_at in ("opened", "written", "synced"):

        def step(name: str, stop_at: str = stop_at) -> None:
            if name == stop_at:
                raise Stop

        with pytest.raises(Stop):
            write_atomic(path, b"two", step=step)
        assert path.read_bytes() == b"one"
        assert list(tmp_path.iterdir()) == [path]
    write_atomic(path, b"two")
    assert path.read_bytes() == b"two"


def test_a_folder_that_is_not_there_is_said(tmp_path: Path) -> None:
    for path in (tmp_path / "no" / "x", tmp_path):
        with pytest.raises(KnownError):
            write_atomic(path, b"x")
    with pytest.raises(NotThere, match="not there"), known_errors("x"):
        (tmp_path / "no").read_bytes()


def test_sweeping_takes_only_what_was_left_half_done(tmp_path: Path) -> None:
    for name in (".a.tmp", ".b.tmp-journal", "c.tmp", "store.db"):
        (tmp_path / name).touch()
    assert sweep(tmp_path) == 2
    assert sorted(p.name for p in tmp_path.iterdir()) == ["c.tmp", "store.db"]


def test_one_at_a_time(tmp_path: Path) -> None:
    lock = FolderLock(tmp_path / "lock")
    with pytest.raises(StoreBusy, match="open in another window or command"):
        FolderLock(tmp_path / "lock")
    lock.release()
    lock.release()
    FolderLock(tmp_path / "lock").release()


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    (tmp_path / "a").write_bytes(b"A" * 3_000_000)
    (tmp_path / "b").write_bytes(b"")
    target = tmp_path / "backup.zip"
    seen: list[tuple[int, int]] = []
    files = [("keys.json", tmp_path / "a"), ("blobs/b", tmp_path / "b")]
    size = write_backup(target, files, ms=5, progress=lambda *now: seen.append(now))
    assert size == target.stat().st_size
    assert seen[-1] == (3_000_000, 3_000_000)
    return target


def test_a_backup_comes_back(backup: Path, tmp_path: Path) -> None:
    unpack_backup(backup, tmp_path / "new")
    assert (tmp_path / "new" / "keys.json").read_bytes() == b"A" * 3_000_000
    assert (tmp_path / "new" / "blobs" / "b").read_bytes() == b""


@pytest.mark.parametrize("share", [0, 0.0001, 0.5, 0.9, 0.9999])
def test_a_backup_cut_short_or_changed_is_refused(backup: Path, share: float) -> None:
    whole = backup.read_bytes()
    at = int(len(whole) * share)
    backup.write_bytes(whole[:at])
    with pytest.raises(NotAWorkspace, match="cannot be restored"):
        verify_backup(backup)
    if 0.0001 < share < 0.9999:
        backup.write_bytes(whole[:at] + b"!" + whole[at + 1 :])
        with pytest.raises(NotAWorkspace, match="cannot be restored"):
            verify_backup(backup)


@pytest.mark.parametrize("name", ["../out", "/tmp/engage-out", "a/../../out"])
def test_a_backup_that_points_outside_is_refused(backup: Path, tmp_path: Path, name: str) -> None:
    evil = tmp_path / "evil.zip"
    with zipfile.ZipFile(evil, "w") as archive:
        archive.writestr(name, b"x")
        digest = "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
        sums = {name: {"sha256": digest, "size": 1}}
        archive.writestr("backup.json", json.dumps({"format": 1, "ms": 1, "files": sums}))
    with pytest.raises(NotAWorkspace, match="tampered with"):
        unpack_backup(evil, tmp_path / "new")
    assert not (tmp_path / "out").exists()


def test_a_stopped_or_failed_backup_leaves_the_old_one(backup: Path, tmp_path: Path) -> None:
    before = backup.read_bytes()
    with pytest.raises(Cancelled):
        write_backup(backup, [("a", tmp_path / "a")], ms=6, cancelled=lambda: True)
    with pytest.raises(KnownError):
        write_backup(backup, [("a", tmp_path / "gone")], ms=6)
    assert backup.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir() if p.name.startswith(".")] == []


def test_replacing_cleans_up_after_a_kill(backup: Path, tmp_path: Path) -> None:
    half = tmp_path / ".backup.zip.engage-0123456789abcdef.tmp"
    half.write_bytes(b"half")
    write_backup(backup, [("a", tmp_path / "a")], ms=7)
    assert not half.exists()
    with replacing(tmp_path / "x") as file:
        file.write(b"1")
