"""Plain text on its way out: whole or not at all, private until then, and swept after a kill."""

import os
import signal
import stat
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from db.changes import Create
from db.errors import InvalidInput, KnownError
from db.files import fresh, replacing, sweep_unfinished, unfinished_in
from db.keys import CHEAP
from engage_desktop.leaving import leaving, noted, notes_folder, sweep_noted
from engage_desktop.records.registry import REGISTRY
from engage_desktop.workspace import Surroundings, Workspace

ROOT = Path(__file__).parents[1]
SECRET = "tractor violin cider"
NEEDLE = "zwetschgenknoedel"
AROUND = Surroundings(cost=CHEAP)

posix = pytest.mark.skipif(sys.platform == "win32", reason="modes and kill -9 are of POSIX")

KILLED = """
import os, signal, sys
from pathlib import Path
from tests.test_leaving import AROUND, SECRET
from engage_desktop.workspace import Workspace

folder, what, target = Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3])
with Workspace.open(folder, SECRET, around=AROUND) as workspace:
    os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL)
    if what == "backup":
        workspace.backup(target)
    elif what == "print":
        from engage_desktop.documents.output import write_pdf
        write_pdf(target, lambda out: out.write(b"zwetschgenknoedel"))
    else:
        from engage_desktop.exchange.exporter import export_file
        export_file(workspace.store, "venue", target)
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "ws"
    workspace, _ = Workspace.create(folder, officer="Sam Field", passphrase=SECRET, around=AROUND)
    with workspace:
        venue = REGISTRY["venue"](id=workspace.store.new_id(), name=NEEDLE)  # type: ignore[call-arg]
        workspace.store.apply([Create(venue)], "Add a venue")
    return folder


def killed(folder: Path, what: str, target: Path) -> Path:
    """Run until the file is written and not yet in its place; the unfinished file."""
    command = [sys.executable, "-c", KILLED, str(folder), what, str(target)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120)
    assert done.returncode == -signal.SIGKILL, done.stderr
    (left,) = unfinished_in(target.parent)
    return left


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


@posix
@pytest.mark.parametrize("name", ["out.csv", "out.xlsx", "out.json", "out.pdf", "out.zip"])
def test_what_a_kill_leaves_is_private_and_goes_at_the_next_start(
    folder: Path, tmp_path: Path, name: str
) -> None:
    away = tmp_path / "away"
    away.mkdir()
    what = {"out.pdf": "print", "out.zip": "backup"}.get(name, "export")
    left = killed(folder, what, away / name)
    assert left.stat().st_size > 0
    assert mode(left) == 0o600
    if name.endswith(("csv", "json", "pdf")):
        assert NEEDLE.encode() in left.read_bytes()
    foreign = away / ".out.csv.1234.tmp"
    foreign.write_bytes(b"another program's")
    with Workspace.open(folder, SECRET, around=AROUND) as workspace:
        assert "Unfinished files were cleared away." in workspace.recovered[0]
    assert list(away.iterdir()) == [foreign]
    assert list(notes_folder().iterdir()) == []


@posix
def test_what_a_kill_leaves_goes_with_the_next_write_to_that_folder(
    folder: Path, tmp_path: Path
) -> None:
    killed(folder, "export", tmp_path / "out.csv")
    with leaving(tmp_path / "something else.csv") as file:
        file.write(b"x")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["something else.csv", "ws"]
    assert sweep_noted() == 0  # and the note goes too
    assert list(notes_folder().iterdir()) == []


@posix
def test_a_note_of_a_drive_that_is_away_waits_for_it(folder: Path, tmp_path: Path) -> None:
    stick, drawer = tmp_path / "stick", tmp_path / "drawer"
    stick.mkdir()
    killed(folder, "export", stick / "out.csv")
    stick.rename(drawer)
    assert sweep_noted() == 0
    drawer.rename(stick)
    assert sweep_noted() == 1
    assert list(stick.iterdir()) == []


def test_a_file_that_is_being_written_is_swept_by_nobody(tmp_path: Path) -> None:
    with leaving(tmp_path / "a.csv") as file:
        file.write(b"first")
        swept: list[int] = []
        other = threading.Thread(target=lambda: swept.append(sweep_unfinished(tmp_path)))
        other.start()
        other.join()
        with leaving(tmp_path / "b.csv") as second:
            second.write(b"second")
        assert sweep_noted() == 0
        assert swept == [0]
    assert (tmp_path / "a.csv").read_bytes() == b"first"
    assert (tmp_path / "b.csv").read_bytes() == b"second"
    assert len(list(tmp_path.iterdir())) == 2


@posix
def test_only_our_own_unfinished_files_are_swept(tmp_path: Path) -> None:
    ours = ".list.csv.engage-0123456789abcdef.tmp"
    theirs = [".list.csv.tmp", ".x.engage-0123.tmp", "a.engage-0123456789abcdef.tmp",
              ".engage-ab-0123456789ab.tmp", ".~lock.list.csv#"]  # fmt: skip
    for name in (ours, *theirs):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / ".y.engage-0123456789abcdef.tmp").symlink_to(tmp_path / theirs[0])
    (tmp_path / ".z.engage-0123456789abcdef.tmp").mkdir()
    assert sweep_unfinished(tmp_path) == 1
    assert not (tmp_path / ours).exists()
    assert len(list(tmp_path.iterdir())) == len(theirs) + 2
    assert sweep_unfinished(tmp_path / "gone") == 0


@posix
def test_a_drive_without_locks_keeps_what_is_young(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import errno
    import fcntl

    def refuse(handle: int, how: int) -> None:
        raise OSError(errno.ENOLCK, "No locks available")

    monkeypatch.setattr(fcntl, "flock", refuse)
    young, old = (tmp_path / f".x.engage-{n:016x}.tmp" for n in (1, 2))
    for path in (young, old):
        path.write_bytes(b"x")
    os.utime(old, (1_000_000_000, 1_000_000_000))
    with replacing(tmp_path / "out.csv") as file:
        file.write(b"x")
    assert sorted(tmp_path.iterdir()) == sorted([young, tmp_path / "out.csv"])


@posix
def test_a_finished_file_has_the_mode_a_plain_write_gives(tmp_path: Path) -> None:
    plain, new, old, hidden = (tmp_path / name for name in ("plain", "new", "old", "hidden"))
    plain.write_bytes(b"x")
    old.write_bytes(b"x")
    old.chmod(0o640)
    for path in (new, old):
        with leaving(path) as file:
            (unfinished,) = unfinished_in(tmp_path)
            assert mode(unfinished) == 0o600
            file.write(b"x")
    with leaving(hidden, private=True) as file:
        file.write(b"x")
    assert [mode(path) for path in (new, old, hidden)] == [mode(plain), 0o640, 0o600]


@pytest.mark.parametrize("length", [200, 255, 260])
def test_a_long_name_is_written_or_refused_before_the_work(tmp_path: Path, length: int) -> None:
    path = tmp_path / ("é" * (length // 2) + "x" * (length % 2))
    if length <= 255:
        with replacing(path) as file:
            file.write(b"x")
        assert path.read_bytes() == b"x"
    else:
        with pytest.raises(KnownError, match="too long"), replacing(path):
            pytest.fail("the work was begun")  # pragma: no cover


def test_nothing_leaves_into_a_workspace(folder: Path) -> None:
    with pytest.raises(InvalidInput, match="folder of a workspace"), leaving(folder / "out.csv"):
        pytest.fail("the work was begun")  # pragma: no cover
    assert not unfinished_in(folder)


def test_a_note_that_cannot_be_made_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = tmp_path / "state"
    blocked.write_bytes(b"a file where the folder should be")
    monkeypatch.setattr("engage_desktop.leaving.state_folder", lambda: blocked)
    with noted(tmp_path / "a.csv"), fresh(tmp_path / "a.csv") as file:
        file.write(b"x")
    assert (tmp_path / "a.csv").read_bytes() == b"x"
    assert sweep_noted() == 0


SEEN = """
import os, sys
from pathlib import Path
from tests.test_leaving import AROUND, SECRET
from engage_desktop.workspace import Workspace

folder, away = Path(sys.argv[1]), Path(sys.argv[2])
with Workspace.open(folder, SECRET, around=AROUND) as workspace:
    def seen(event, found):
        named = event == "open" and isinstance(found[0], (str, Path))
        if named and (found[2] or 0) & (os.O_WRONLY | os.O_RDWR):
            print(found[0])
    sys.addaudithook(seen)
    from engage_desktop.exchange.exporter import export_file
    from engage_desktop.cli.printing import _register
    from engage_desktop.documents.output import write_pdf
    import datetime
    for name in ("out.csv", "out.xlsx", "out.json"):
        export_file(workspace.store, "venue", away / name)
    reader = workspace.store.reader()
    write_pdf(away / "out.pdf", _register(reader, datetime.date(2026, 11, 1), "venue", False))
    reader.close()
    workspace.backup(away / "out.zip")
"""


@posix
def test_exports_prints_and_backups_write_no_other_file(folder: Path, tmp_path: Path) -> None:
    """Whatever a library opens for writing would be seen here: no spool of its own anywhere."""
    away = tmp_path / "away"
    away.mkdir()
    command = [sys.executable, "-B", "-c", SEEN, str(folder), str(away)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    opened = [Path(line) for line in done.stdout.splitlines()]
    names = [path.name for path in opened if path.parent == away]
    assert len(names) == 5
    assert all(name.startswith(".out.") and ".engage-" in name for name in names)
    elsewhere = {path.parent for path in opened} - {away, notes_folder()}
    assert elsewhere <= {folder}
