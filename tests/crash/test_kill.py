"""kill -9 at any moment: the store opens, passes its check and holds all that was acknowledged."""

import json
import os
import random
import select
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from db.backup import verify_backup
from db.query import Condition, ListQuery
from engage_desktop.sync import LocalPlace, create_invite, join_team, sync_once
from engage_desktop.workspace import Workspace
from tests.crash.worker import AROUND, PASSPHRASE

ROOT = Path(__file__).parents[2]
LONGEST_WAIT_S = 60


class Ledger:
    """What the officer was told is safe, kept outside the program that is killed."""

    def __init__(self) -> None:
        self.themes: dict[str, tuple[str, str]] = {}
        self.begun: dict[str, set[tuple[str, str]]] = {}
        self.batches: dict[str, int] = {}
        self.open_batches: dict[str, int] = {}
        self.values: dict[str, set[str | None]] = {"draft": {None}, "setting": {None}}
        self.attached: dict[str, int] = {}
        self.backups: dict[str, list[str]] = {}
        self.synced: set[str] = set()
        self.acknowledged = 0

    def hear(self, line: bytes) -> None:
        """Take one line of the worker's."""
        sign, what, more = json.loads(line)
        self.acknowledged += sign == "<"
        if what == "set":
            entry = (more["name"], more["state"])
            if sign == ">":
                self.begun.setdefault(more["id"], set()).add(entry)
            else:
                self.themes[more["id"]] = entry
                self.begun[more["id"]] = set()
        elif what == "batch":
            self.open_batches[more["tag"]] = more["size"]
            if sign == "<":
                self.batches[more["tag"]] = self.open_batches.pop(more["tag"])
        elif what in self.values:
            self.values[what] = {more["value"]} | (self.values[what] if sign == ">" else set())
        elif what == "attach" and sign == "<":
            self.attached[more["digest"]] = more["size"]
        elif what == "backup" and sign == "<":
            self.backups[more["name"]] = more["themes"]
        elif what == "sync" and sign == "<":
            self.synced.update(more["themes"])

    def holds(self, workspace: Workspace) -> None:
        """Fail unless the workspace holds everything acknowledged, and nothing in part."""
        store = workspace.store
        for record_id, entry in self.themes.items():
            there = (store.get("theme", record_id).title, store.where("theme", record_id))
            assert there in {entry, *self.begun[record_id]}
        for record_id in [r for r in self.begun if r not in self.themes]:
            if store.exists("theme", record_id):
                there = (store.get("theme", record_id).title, store.where("theme", record_id))
                assert there in self.begun[record_id]
        self._holds_batches(workspace)
        assert workspace.drafts.get("capture") in self.values["draft"]
        assert store.get_setting("crash test") in self.values["setting"]
        for digest, size in self.attached.items():
            assert sum(map(len, workspace.blobs.read(digest))) == size

    def _holds_batches(self, workspace: Workspace) -> None:
        reader = workspace.store.reader()
        try:
            for tag, size in [*self.batches.items(), *self.open_batches.items()]:
                query = ListQuery("comment", where=(Condition("question", "=", tag),))
                allowed = {size} if tag in self.batches else {0, size}
                assert reader.count(query) in allowed, tag
        finally:
            reader.close()

    def settle(self, workspace: Workspace) -> None:
        """From now on what was begun counts as it was found."""
        store = workspace.store
        for record_id in self.begun:
            if store.exists("theme", record_id):
                state = store.where("theme", record_id)
                self.themes[record_id] = (store.get("theme", record_id).title, str(state))
            self.begun[record_id] = set()
        self.open_batches.clear()


def work_and_kill(folder: Path, outside: Path, ledger: Ledger, chance: random.Random) -> None:
    """Let an officer work for a few acknowledgements and a moment more; then kill -9."""
    seed = str(chance.getrandbits(32))
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.crash.worker", str(folder), str(outside), seed],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert process.stdout is not None
    assert process.stderr is not None
    said = b""
    try:
        wanted = chance.randint(1, 40)
        while said.count(b"\n") < wanted:
            ready, _, _ = select.select([process.stdout], [], [], LONGEST_WAIT_S)
            part = os.read(process.stdout.fileno(), 65_536) if ready else b""
            assert part, process.stderr.read().decode() if process.poll() is not None else "stuck"
            said += part
        # A moment more, so that the end falls anywhere inside a step and not only after one.
        select.select([], [], [], chance.choice([0, 0.002, 0.01, 0.03]) * chance.random())
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait()
        said += process.stdout.read()
        process.stdout.close()
        process.stderr.close()
    for line in said.splitlines(keepends=True):
        if line.endswith(b"\n"):
            ledger.hear(line)


@pytest.fixture
def place(tmp_path: Path) -> tuple[Path, Path, bytes]:
    """A workspace that founded a team over a folder, and an invitation to it."""
    folder, outside = tmp_path / "workspace", tmp_path / "outside"
    (outside / "shared").mkdir(parents=True)
    workspace, _ = Workspace.create(folder, officer="Ann", passphrase=PASSPHRASE, around=AROUND)
    invitation = create_invite(
        workspace.store, role="officer", code=None, cost=AROUND.cost, randomness=AROUND.randomness
    )
    sync(workspace, outside)
    workspace.close()
    return folder, outside, invitation


def sync(workspace: Workspace, outside: Path) -> Any:
    place = LocalPlace(outside / "shared", owner=workspace.store.device[:8])
    return sync_once(workspace.store, workspace.blobs, place, keep=workspace.folder / "sealed")


def rounds(count: int, seed: int, folder: Path, outside: Path) -> Ledger:
    chance = random.Random(seed)
    ledger = Ledger()
    for number in range(count):
        work_and_kill(folder, outside, ledger, chance)
        with Workspace.open(folder, PASSPHRASE, around=AROUND) as workspace:
            assert workspace.recovered, f"round {number}: the crash is not told"
            report = workspace.store.check()
            assert report.ok, (number, report.problems)
            ledger.holds(workspace)
            ledger.settle(workspace)
            # What sync keeps sealed is swept by the next sync, not by opening.
            mine = [*folder.iterdir(), *folder.glob("blobs/**/*"), *outside.iterdir()]
            leftovers = [path.name for path in mine if ".tmp" in path.name]
            assert leftovers == [], number
        for name in ledger.backups:
            verify_backup(outside / name)
    return ledger


def after(ledger: Ledger, folder: Path, outside: Path, invitation: bytes, tmp_path: Path) -> None:
    """Backups can be restored, and a colleague receives what was acknowledged as sent."""
    for name, themes in ledger.backups.items():
        restored = tmp_path / f"restored-{name}"
        with Workspace.restore(outside / name, restored, PASSPHRASE, around=AROUND) as workspace:
            assert all(workspace.store.exists("theme", theme) for theme in themes)
    with Workspace.open(folder, PASSPHRASE, around=AROUND) as workspace:
        sync(workspace, outside)
        mine = dict(ledger.themes)
    other, _ = Workspace.create(
        tmp_path / "ben", officer="Ben", passphrase=PASSPHRASE, around=AROUND
    )
    with other:
        join_team(other.store, invitation, None, randomness=AROUND.randomness)
        sync(other, outside)
        assert ledger.synced <= set(mine)
        for record_id, (name, state) in mine.items():
            assert other.store.get("theme", record_id).title == name
            assert other.store.where("theme", record_id) == state
        reader = other.store.reader()
        for tag, size in ledger.batches.items():
            query = ListQuery("comment", where=(Condition("question", "=", tag),))
            assert reader.count(query) == size, tag
        reader.close()
        assert other.store.check().ok


def test_ten_kills_lose_nothing(place: tuple[Path, Path, bytes], tmp_path: Path) -> None:
    folder, outside, invitation = place
    ledger = rounds(10, 7, folder, outside)
    assert ledger.acknowledged >= 50
    after(ledger, folder, outside, invitation, tmp_path)


@pytest.mark.soak
@pytest.mark.timeout(3600)
@pytest.mark.parametrize("seed", range(8))
def test_two_hundred_kills_lose_nothing(
    place: tuple[Path, Path, bytes],
    tmp_path: Path,
    seed: int,
    record_property: Callable[[str, object], None],
) -> None:
    folder, outside, invitation = place
    ledger = rounds(25, 1_000 + seed, folder, outside)
    after(ledger, folder, outside, invitation, tmp_path)
    for what, count in {
        "kills": 25, "acknowledged": ledger.acknowledged, "lost": 0,
        "themes": len(ledger.themes), "imports": len(ledger.batches),
        "attachments": len(ledger.attached), "backups": len(ledger.backups),
        "sent": len(ledger.synced),
    }.items():  # fmt: skip
        record_property(what, count)
