"""A workspace as an officer meets it: made, opened, backed up, restored, and never leaky."""

import contextlib
import io
import json
import os
import re
import resource
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from db.changes import Bin, Create, Edit
from db.errors import (
    Cancelled,
    DiskFull,
    DriveTrouble,
    KnownError,
    NewerVersion,
    NotAWorkspace,
    NotFound,
    ReadOnly,
    StoreBusy,
    WrongPassphrase,
)
from db.keys import CHEAP
from db.query import ListQuery
from engage_desktop.records.registry import REGISTRY
from engage_desktop.workspace import Surroundings, TooSoon, Workspace
from tests.kinds import every_field_kind

SECRET = "tractor violin cider"
ROOT = Path(__file__).parents[1]


class Clock:
    """A wall clock that stands until it is moved."""

    def __init__(self) -> None:
        self.ms = 1_790_000_000_000

    def __call__(self) -> int:
        return self.ms


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def around(clock: Clock) -> Surroundings:
    return Surroundings(now=clock, cost=CHEAP)


@pytest.fixture
def made(tmp_path: Path, around: Surroundings) -> tuple[Path, str]:
    """A closed workspace with one theme, one draft and one attachment; and its recovery code."""
    folder = tmp_path / "Ann's workspace"
    workspace, code = Workspace.create(folder, officer=" Ann ", passphrase=SECRET, around=around)
    with workspace:
        add_theme(workspace, "Parking")
        workspace.drafts.put("capture", "half typed")
        workspace.blobs.put(io.BytesIO(b"a picture"))
    return folder, code


def add_theme(workspace: Workspace, name: str) -> str:
    theme = REGISTRY["theme"](id=workspace.store.new_id(), name=name)
    workspace.store.apply([Create(theme)], "Add a theme")
    return theme.id


def themes(workspace: Workspace) -> list[str]:
    reader = workspace.store.reader()
    try:
        return [row.title for row in reader.page(ListQuery("theme", sort="pk")).rows]
    finally:
        reader.close()


def files(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


# -- making and opening ------------------------------------------------------------------------


def test_what_was_written_is_there_again(made: tuple[Path, str], around: Surroundings) -> None:
    folder, code = made
    for secret in (SECRET, code, code.lower().replace("-", " ")):
        with Workspace.open(folder, secret, around=around) as workspace:
            assert workspace.officer == "Ann"
            assert workspace.name == "Ann's workspace"
            assert themes(workspace) == ["Parking"]
            assert workspace.drafts.get("capture") == "half typed"
            assert [b"".join(workspace.blobs.read(d)) for d in workspace.blobs.all()] == [
                b"a picture"
            ]
            assert workspace.recovered == []


@pytest.mark.parametrize(
    ("officer", "passphrase", "words"),
    [
        ("", SECRET, "type your name"),
        ("  ", SECRET, "type your name"),
        ("Ann", "short", "too short"),
    ],
)
def test_what_cannot_be_made_leaves_nothing(
    tmp_path: Path, around: Surroundings, officer: str, passphrase: str, words: str
) -> None:
    with pytest.raises(KnownError, match=words):
        Workspace.create(tmp_path / "new", officer=officer, passphrase=passphrase, around=around)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_is_not_taken(tmp_path: Path, around: Surroundings) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("x")
    (tmp_path / "file").write_text("x")
    for name, words in (("mine", "already holds something"), ("file", "is a file")):
        with pytest.raises(KnownError, match=words):
            Workspace.create(tmp_path / name, officer="Ann", passphrase=SECRET, around=around)
    assert files(tmp_path) == {"mine/letter.txt": b"x", "file": b"x"}


def test_a_making_that_fails_at_the_keys_leaves_nothing(
    tmp_path: Path, around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise DiskFull("The disk is full.")

    monkeypatch.setattr("engage_desktop.workspace.KeyFile.save", full)
    with pytest.raises(DiskFull):
        Workspace.create(tmp_path / "new", officer="Ann", passphrase=SECRET, around=around)
    assert list(tmp_path.iterdir()) == []


def test_an_opening_that_fails_late_lets_the_next_one_in(
    made: tuple[Path, str], around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise DiskFull("The disk is full.")

    with monkeypatch.context() as patch:
        patch.setattr("engage_desktop.workspace.Drafts", full)
        with pytest.raises(DiskFull):
            Workspace.open(made[0], SECRET, around=around)
    with Workspace.open(made[0], SECRET, around=around) as workspace:
        assert themes(workspace) == ["Parking"]


def test_the_second_who_comes_is_told(made: tuple[Path, str], around: Surroundings) -> None:
    first = Workspace.open(made[0], SECRET, around=around)
    with pytest.raises(StoreBusy, match="open in another window"):
        Workspace.open(made[0], SECRET, around=around)
    first.close()
    Workspace.open(made[0], SECRET, around=around).close()


def test_a_new_kind_of_record_is_known_to_a_workspace(
    tmp_path: Path, around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    kinds = every_field_kind()
    kinds.plant(monkeypatch)
    workspace, _ = Workspace.create(tmp_path / "w", officer="Ann", passphrase=SECRET, around=around)
    with workspace:
        record = kinds.record("1" * 32, **kinds.make_links(workspace.store))
        workspace.store.apply([Create(record)], "Add")
        assert workspace.store.get("specimen", "1" * 32) == record
        assert workspace.store.check().ok


# -- passphrases -------------------------------------------------------------------------------


def test_a_wrong_passphrase_says_no_more_and_is_slowed(
    made: tuple[Path, str], around: Surroundings, clock: Clock
) -> None:
    folder = made[0]

    def attempt(secret: str) -> int:
        try:
            Workspace.open(folder, secret, around=around).close()
        except WrongPassphrase as error:
            said.add(re.sub(r" Try again in \d+ seconds?\.", "", error.sentence))
            return error.wait_s if isinstance(error, TooSoon) else 0
        return -1

    said: set[str] = set()
    assert [attempt("wrong words") for _ in range(3)] == [0, 0, 1]
    assert attempt(SECRET) == 1
    waits = []
    for _ in range(9):
        clock.ms += 61_000
        waits.append(attempt("wrong words"))
    assert waits == [2, 4, 8, 16, 32, 60, 60, 60, 60]
    assert attempt(SECRET) == 60
    clock.ms += 30_000
    assert attempt(SECRET) == 30
    clock.ms -= 10**9  # a clock set back does not let one in sooner, nor keep one out for ever
    assert attempt(SECRET) == 60
    clock.ms += 10**9 + 31_000
    assert attempt(SECRET) == -1
    assert attempt("wrong words") == 0
    assert len(said) == 1, "wrong never says more than that"
    assert said.pop().startswith("That does not open this workspace. Check capitals and gaps;")


def test_a_try_in_years_to_come_keeps_nobody_out_until_then(
    made: tuple[Path, str], around: Surroundings, clock: Clock
) -> None:
    tries = made[0] / "attempts.json"
    tries.write_text(json.dumps([5, clock.ms + 10**12]))
    with pytest.raises(TooSoon) as told:
        Workspace.open(made[0], SECRET, around=around)
    assert told.value.wait_s == 4
    clock.ms += 4_000
    Workspace.open(made[0], SECRET, around=around).close()


@pytest.mark.parametrize("text", ["", "[", "[1e999, 5]", '{"a": 1}', "[99999999999, 0]", "null"])
def test_a_spoilt_count_of_tries_keeps_nobody_out_for_ever(
    made: tuple[Path, str], around: Surroundings, clock: Clock, text: str
) -> None:
    (made[0] / "attempts.json").write_text(text)
    clock.ms += 61_000
    Workspace.open(made[0], SECRET, around=around).close()


def test_a_new_passphrase_and_code_end_the_old(
    made: tuple[Path, str], around: Surroundings
) -> None:
    folder, code = made
    with Workspace.open(folder, SECRET, around=around) as workspace:
        assert workspace.accepts(SECRET)
        assert not workspace.accepts("something else")
        with pytest.raises(KnownError, match="too short"):
            workspace.change_passphrase("short")
        workspace.change_passphrase("another fine day")
        fresh = workspace.new_recovery_code()
        assert workspace.accepts("another fine day")
    for old in (SECRET, code):
        with pytest.raises(WrongPassphrase):
            Workspace.open(folder, old, around=around)
    for new in ("another fine day", fresh):
        Workspace.open(folder, new, around=around).close()


# -- damage ------------------------------------------------------------------------------------


@pytest.mark.parametrize("lost", [("keys.json",), ("keys-copy.json",)])
@pytest.mark.parametrize("how", ["gone", "cut", "foreign"])
def test_one_lost_key_file_is_mended_from_the_other(
    made: tuple[Path, str], around: Surroundings, lost: tuple[str, ...], how: str
) -> None:
    folder = made[0]
    whole = (folder / "keys.json").read_bytes()
    for name in lost:
        if how == "gone":
            (folder / name).unlink()
        else:
            (folder / name).write_bytes(whole[:50] if how == "cut" else b"\xff\xd8JFIF")
    Workspace.open(folder, SECRET, around=around).close()
    assert (folder / "keys.json").read_bytes() == (folder / "keys-copy.json").read_bytes() == whole


@pytest.mark.parametrize(
    "spoil",
    [
        lambda folder: [(folder / n).unlink() for n in ("keys.json", "keys-copy.json")],
        lambda folder: (folder / "store.db").unlink(),
        lambda folder: (folder / "store.db").write_bytes(b""),
        lambda folder: (folder / "store.db").write_bytes(os.urandom(50_000)),
        lambda folder: (folder / "store.db").write_bytes(
            (folder / "store.db").read_bytes()[:5_000]
        ),
    ],
)
def test_a_folder_that_is_no_longer_a_workspace_is_told(
    made: tuple[Path, str], around: Surroundings, spoil: Callable[[Path], object]
) -> None:
    spoil(made[0])
    before = files(made[0])
    with pytest.raises(KnownError) as caught:
        Workspace.open(made[0], SECRET, around=around)
    assert "othing" in caught.value.sentence
    assert {k: v for k, v in files(made[0]).items() if k.startswith("store.db")}.get(
        "store.db"
    ) == before.get("store.db")
    with pytest.raises(NotAWorkspace, match="no folder"):
        Workspace.open(made[0] / "nowhere", SECRET, around=around)


def test_a_newer_workspace_is_refused_and_unchanged(
    made: tuple[Path, str], around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        every_field_kind().plant(patch)
        Workspace.open(made[0], SECRET, around=around).close()
    assert len(list(made[0].glob("before-upgrade-*.db"))) == 1
    before = (made[0] / "store.db").read_bytes()
    with pytest.raises(NewerVersion, match="Install the newer version"):
        Workspace.open(made[0], SECRET, around=around)
    assert (made[0] / "store.db").read_bytes() == before


def test_a_damaged_drafts_file_costs_the_drafts_only(
    made: tuple[Path, str], around: Surroundings
) -> None:
    (made[0] / "drafts.db").write_bytes(os.urandom(9_000))
    with Workspace.open(made[0], SECRET, around=around) as workspace:
        assert "drafts was damaged and has been set aside" in workspace.recovered[0]
        assert themes(workspace) == ["Parking"]
        workspace.drafts.put("a", 1)


def test_a_crash_is_told_at_the_next_start(made: tuple[Path, str], around: Surroundings) -> None:
    workspace = Workspace.open(made[0], SECRET, around=around)
    workspace.drafts.close()
    workspace.store.close()
    workspace._lock.release()
    (made[0] / ".x.tmp").touch()
    with Workspace.open(made[0], SECRET, around=around) as workspace:
        told = workspace.recovered[0]
        assert "stopped without closing. Everything saved is here. 1 draft can be taken up" in told
        assert "Unfinished files were cleared away" in told


# -- backup and restore ------------------------------------------------------------------------


def test_a_backup_made_while_at_work_holds_everything(
    made: tuple[Path, str], around: Surroundings, tmp_path: Path
) -> None:
    target = tmp_path / "backup.zip"
    with Workspace.open(made[0], SECRET, around=around) as workspace:
        incarnation = workspace.store.get_setting("incarnation")
        device = workspace.store.device
        with workspace.store.batch("Import") as batch:
            batch.add([Create(REGISTRY["theme"](id="1" * 32, name="Half imported"))])
            assert workspace.backup(target) == target.stat().st_size
        add_theme(workspace, "After the backup")
    with Workspace.restore(target, tmp_path / "new", SECRET, around=around) as restored:
        assert themes(restored) == ["Parking"]
        assert restored.drafts.get("capture") == "half typed"
        assert len(restored.blobs.all()) == 1
        assert restored.store.get_setting("incarnation") != incarnation
        assert restored.store.device == device
        assert restored.store.check().ok
        with pytest.raises(NotFound):
            restored.store.get("theme", "1" * 32)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["Ann's workspace", "backup.zip", "new"]


@pytest.mark.parametrize("share", [0.0, 0.3, 0.8, 0.999])
def test_a_backup_that_is_not_whole_restores_nothing(
    made: tuple[Path, str], around: Surroundings, tmp_path: Path, share: float
) -> None:
    target = tmp_path / "backup.zip"
    with Workspace.open(made[0], SECRET, around=around) as workspace:
        workspace.backup(target)
    whole = target.read_bytes()
    target.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(KnownError, match="cannot be restored"):
        Workspace.restore(target, tmp_path / "new", SECRET, around=around)
    target.write_bytes(whole)
    with pytest.raises(WrongPassphrase):
        Workspace.restore(target, tmp_path / "new", "wrong words", around=around)
    with pytest.raises(Cancelled):
        Workspace.restore(target, tmp_path / "new", SECRET, around=around, cancelled=lambda: True)
    with pytest.raises(NotAWorkspace, match="no file"):
        Workspace.restore(tmp_path / "gone.zip", tmp_path / "new", SECRET, around=around)
    with pytest.raises(KnownError, match="already holds"):
        Workspace.restore(target, made[0], SECRET, around=around)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["Ann's workspace", "backup.zip"]


def test_what_a_killed_restore_left_is_cleared_by_the_next(
    made: tuple[Path, str], around: Surroundings, tmp_path: Path
) -> None:
    (tmp_path / ".new.12ab.restoring").mkdir()
    (tmp_path / ".new.12ab.restoring" / "store.db").write_bytes(b"half")
    with Workspace.open(made[0], SECRET, around=around) as workspace:
        workspace.backup(tmp_path / "backup.zip")
    Workspace.restore(tmp_path / "backup.zip", tmp_path / "new", SECRET, around=around).close()
    assert not list(tmp_path.glob(".new.*"))


def test_a_backup_to_where_none_can_be_made_is_told(
    made: tuple[Path, str], around: Surroundings, tmp_path: Path
) -> None:
    with Workspace.open(made[0], SECRET, around=around) as workspace:
        for target in (tmp_path / "no" / "backup.zip", tmp_path):
            with pytest.raises(KnownError):
                workspace.backup(target)
        assert [p.name for p in made[0].iterdir() if ".tmp" in p.name] == []


# -- nothing in plain words --------------------------------------------------------------------

NEEDLE = "Quetzalcoatlus Perivale"


def test_no_plain_words_of_it_lie_anywhere(tmp_path: Path, around: Surroundings) -> None:
    folder, outside = tmp_path / "workspace", tmp_path / "backup.zip"
    workspace, code = Workspace.create(folder, officer=NEEDLE, passphrase=SECRET, around=around)
    seen: list[set[str]] = []

    def look() -> None:
        needles = [NEEDLE, NEEDLE.lower(), NEEDLE.split()[0], SECRET, code, code.replace("-", "")]
        raw = {n: [n.encode(c) for c in ("utf-8", "utf-16-le", "utf-16-be")] for n in needles}
        held = files(tmp_path)
        seen.append(set(held))
        for name, content in held.items():
            for needle, forms in raw.items():
                assert not any(form in content for form in forms), (name, needle)

    with workspace:
        store = workspace.store
        person = REGISTRY["stakeholder"](id=store.new_id(), name=NEEDLE, notes=NEEDLE * 900)
        store.apply([Create(person)], f"Add {NEEDLE}")
        look()
        store.apply([Edit("stakeholder", person.id, {"job_title": NEEDLE})], NEEDLE)
        workspace.drafts.put(NEEDLE, {"words": NEEDLE})
        workspace.blobs.put(io.BytesIO(NEEDLE.encode() * 20_000))
        store.set_setting(NEEDLE, NEEDLE)
        store.set_secret("key", NEEDLE.encode())
        look()
        reader = store.reader()
        assert reader.search_all(NEEDLE)
        assert reader.page(ListQuery("stakeholder", ("name",), sort="job_title")).rows
        reader.close()
        store.undo()
        with store.batch(NEEDLE) as batch:
            batch.add(
                Create(REGISTRY["comment"](id=store.new_id(), text=f"{NEEDLE} {n}"))
                for n in range(600)
            )
            look()
        store.apply([Bin("stakeholder", person.id)], NEEDLE)
        workspace.backup(outside)
        look()
        assert store.check().ok
    look()
    Workspace.restore(outside, tmp_path / "restored", SECRET, around=around).close()
    look()
    every = set().union(*seen)
    assert {"workspace/store.db-wal", "workspace/drafts.db", "backup.zip"} <= every
    assert any("/blobs/" in name for name in every)


# -- disks -------------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 6 MB of its own, where one may be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=6m", "none", str(place)]
    if sys.platform != "linux" or subprocess.run(command, capture_output=True).returncode:
        pytest.skip("a disk can only be mounted by root on Linux")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


def fill(place: Path) -> Path:
    """Leave no room on a disk."""
    big = place / "big"
    with big.open("wb", buffering=0) as file:
        try:
            while file.write(b"x" * 4096):
                pass
        except OSError:
            pass
    return big


def big_batch(workspace: Workspace) -> None:
    with workspace.store.batch("Import") as batch:
        for _ in range(60):
            batch.add(
                Create(REGISTRY["comment"](id=workspace.store.new_id(), text=os.urandom(900).hex()))
                for _ in range(40)
            )


def test_a_full_disk_costs_the_change_and_nothing_before_it(
    small_disk: Path, around: Surroundings, tmp_path: Path
) -> None:
    folder = small_disk / "workspace"
    workspace, _ = Workspace.create(folder, officer="Ann", passphrase=SECRET, around=around)
    add_theme(workspace, "Before")
    big = fill(small_disk)
    attempts: list[Callable[[], Any]] = [
        lambda: [add_theme(workspace, "x" * 1_900) for _ in range(9_999)],
        lambda: big_batch(workspace),
        lambda: workspace.blobs.put(io.BytesIO(bytes(400_000))),
        lambda: workspace.drafts.put("a", "x" * 900_000),
        lambda: workspace.store.set_setting("a", "x" * 900_000),
        lambda: workspace.backup(small_disk / "backup.zip"),
        lambda: Workspace.create(
            small_disk / "another", officer="Ben", passphrase=SECRET, around=around
        ),
    ]
    for attempt in attempts:
        with pytest.raises((DiskFull, DriveTrouble)) as caught:
            attempt()
        assert "kept" in caught.value.sentence or "Nothing" in caught.value.sentence
    kept = themes(workspace)
    assert kept[0] == "Before"
    assert not (small_disk / "backup.zip").exists()
    assert [p.name for p in small_disk.iterdir()] == ["workspace", "big"] or not (
        small_disk / "another"
    ).exists()
    big.unlink()
    add_theme(workspace, "After")
    workspace.close()
    with Workspace.open(folder, SECRET, around=around) as again:
        assert themes(again) == [*kept, "After"]
        assert again.store.check().ok
        assert again.backup(tmp_path / "backup.zip")


def test_a_batch_that_fills_the_disk_is_withdrawn_now_or_at_the_next_start(
    small_disk: Path, around: Surroundings
) -> None:
    folder = small_disk / "workspace"
    workspace, _ = Workspace.create(folder, officer="Ann", passphrase=SECRET, around=around)
    add_theme(workspace, "Before")

    def import_for_ever() -> None:
        while True:
            big_batch(workspace)

    with pytest.raises((DiskFull, DriveTrouble)):
        import_for_ever()
    workspace.close()
    subprocess.run(["mount", "-o", "remount,size=40m", str(small_disk)], check=True)
    with Workspace.open(folder, SECRET, around=around) as again:
        assert themes(again) == ["Before"]
        reader = again.store.reader()
        assert reader.count(ListQuery("comment")) % 2_400 == 0
        reader.close()
        assert again.store.check().ok


def test_a_restore_onto_a_disk_too_small_leaves_nothing(
    made: tuple[Path, str], small_disk: Path, around: Surroundings, tmp_path: Path
) -> None:
    with Workspace.open(made[0], SECRET, around=around) as workspace:
        workspace.blobs.put(io.BytesIO(os.urandom(9_000_000)))
        workspace.backup(tmp_path / "backup.zip")
    with pytest.raises(DiskFull):
        Workspace.restore(tmp_path / "backup.zip", small_disk / "new", SECRET, around=around)
    assert list(small_disk.iterdir()) == []


def test_a_read_only_disk_is_told(small_disk: Path, around: Surroundings, tmp_path: Path) -> None:
    folder = small_disk / "workspace"
    workspace, _ = Workspace.create(folder, officer="Ann", passphrase=SECRET, around=around)
    add_theme(workspace, "Before")
    workspace.close()
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    with pytest.raises(ReadOnly, match="“workspace” lies in a read-only place"):
        Workspace.open(folder, SECRET, around=around)
    with pytest.raises(ReadOnly, match="read-only"):
        Workspace.create(small_disk / "new", officer="Ann", passphrase=SECRET, around=around)
    subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)
    with Workspace.open(folder, SECRET, around=around) as workspace:
        subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], capture_output=True)
        assert themes(workspace) == ["Before"]
        subprocess.run(["mount", "-o", "remount,rw", str(small_disk)], check=True)


def fill_up(filler: Path) -> None:
    """Write until the disk takes no more."""
    with contextlib.suppress(OSError), filler.open("wb", buffering=0) as file:
        while file.write(bytes(4096)) == 4096:
            pass


def test_a_workspace_on_a_full_disk_is_read_or_says_what_it_needs(
    small_disk: Path, around: Surroundings
) -> None:
    folder = small_disk / "workspace"
    workspace, _ = Workspace.create(folder, officer="Ann", passphrase=SECRET, around=around)
    add_theme(workspace, "Before")
    workspace.close()
    filler = small_disk / "filler"
    fill_up(filler)
    size = filler.stat().st_size
    read = refused = 0
    for room in range(0, 220_000, 4096):  # from none to enough
        os.truncate(filler, max(0, size - room))
        try:
            with Workspace.open(folder, SECRET, around=around) as again:
                assert themes(again) == ["Before"]
                read += any("nothing can be saved" in line for line in again.recovered)
        except DiskFull as error:
            refused += "“workspace” cannot be opened" in error.sentence
    assert refused > 0
    assert again.recovered == [], "with room there is nothing to say"
    filler.unlink()
    with Workspace.open(folder, SECRET, around=around) as again:
        assert again.store.check().ok
    assert read > 0


@pytest.mark.parametrize(
    ("refusal", "sentence"), [("ENOSPC", "cannot be opened"), ("EROFS", "Copy the whole folder")]
)
def test_a_folder_that_takes_nothing_is_told_where_nothing_can_be_mounted(
    made: tuple[Path, str], around: Surroundings, monkeypatch: pytest.MonkeyPatch,
    refusal: str, sentence: str,
) -> None:  # fmt: skip
    import errno

    really = os.open

    def refuse(path: Any, flags: int, *more: Any, **named: Any) -> int:
        if Path(path).parent == made[0] and flags & (os.O_CREAT | os.O_RDWR):
            raise OSError(getattr(errno, refusal), "refused")
        return really(path, flags, *more, **named)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", refuse)
        with pytest.raises((DiskFull, ReadOnly), match=sentence):
            Workspace.open(made[0], SECRET, around=around)
    with Workspace.open(made[0], SECRET, around=around) as workspace:
        assert workspace.recovered == []


def test_a_drive_that_takes_no_more_is_told_without_the_right_to_mount(
    made: tuple[Path, str],
) -> None:
    """The size of files is limited in a process of its own, as a quota or an old drive does."""
    program = f"""
import io, resource, sys
sys.path.insert(0, {str(ROOT)!r})
from pathlib import Path
from tests.test_workspace import *
around = Surroundings(cost=CHEAP)
workspace = Workspace.open(Path({str(made[0])!r}), {SECRET!r}, around=around)
here = (workspace.folder / "store.db").stat().st_size
resource.setrlimit(resource.RLIMIT_FSIZE, (here + 50_000, resource.RLIM_INFINITY))
for attempt in (lambda: big_batch(workspace),
                lambda: workspace.blobs.put(io.BytesIO(bytes(9_000_000))),
                lambda: workspace.backup(workspace.folder.parent / "backup.zip")):
    try:
        attempt()
        print("no error")
    except KnownError as error:
        print(type(error).__name__)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
add_theme(workspace, "After")
print(json.dumps(themes(workspace)))
workspace.close()
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    )
    *errors, last = done.stdout.splitlines()
    assert set(errors) <= {"DiskFull", "DriveTrouble"}
    assert len(errors) == 3
    assert json.loads(last) == ["Parking", "After"]
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    with Workspace.open(made[0], SECRET, around=Surroundings(cost=CHEAP)) as workspace:
        assert themes(workspace) == ["Parking", "After"]
        assert workspace.store.check().ok


@pytest.mark.parametrize("open_there", [True, False])
def test_two_who_make_a_workspace_in_one_folder_do_not_clear_each_others_files(
    made: tuple[Path, str], around: Surroundings, monkeypatch: pytest.MonkeyPatch, open_there: bool
) -> None:
    """The second looked while the folder was still empty, and comes to it when it is not."""
    monkeypatch.setattr("engage_desktop.workspace.check_new", lambda *_: None)
    before = sorted(path.name for path in made[0].iterdir())
    first = Workspace.open(made[0], SECRET, around=around) if open_there else None
    with pytest.raises(KnownError):
        Workspace.create(made[0], officer="Ben", passphrase="other words", around=around)
    if first is not None:
        first.close()
    assert sorted(path.name for path in made[0].iterdir()) == before
    Workspace.open(made[0], SECRET, around=around).close()


def test_a_store_that_fails_while_it_is_closed_keeps_no_lock(
    made: tuple[Path, str], around: Surroundings, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace = Workspace.open(made[0], SECRET, around=around)

    def fail(*_: object) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(workspace.store, "set_setting", fail)
        with pytest.raises(ZeroDivisionError):
            workspace.close()
    Workspace.open(made[0], SECRET, around=around).close()
