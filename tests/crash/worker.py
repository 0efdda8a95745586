"""An officer at work in a program that will be killed. Run by `test_kill.py`, never by hand.

Every step is told to standard output before it begins (`>`) and after it is acknowledged (`<`),
one JSON line each, written straight through. What was acknowledged must never be lost; what was
begun may be there whole or not at all.
"""

import io
import json
import os
import random
import sys
from pathlib import Path
from typing import Any

from db.changes import Bin, Create, Edit, Restore
from db.keys import CHEAP
from engage_desktop.records.registry import REGISTRY
from engage_desktop.sync import LocalPlace, sync_once
from engage_desktop.workspace import Surroundings, Workspace

AROUND = Surroundings(cost=CHEAP)
PASSPHRASE = "correct horse battery"


def tell(sign: str, what: str, **more: Any) -> None:
    """One line to the outside, past every buffer."""
    os.write(1, (json.dumps([sign, what, more]) + "\n").encode())


class Officer:
    """Does one random thing after another."""

    def __init__(self, workspace: Workspace, outside: Path, seed: int) -> None:
        self.workspace = workspace
        self.store = workspace.store
        self.outside = outside
        self.chance = random.Random(seed)
        self.mine: list[str] = []
        self.count = 0

    def step(self) -> None:
        """The next thing."""
        self.count += 1
        actions = [self.add, self.edit, self.edit, self.bin, self.undo, self.batch, self.draft,
                   self.attach, self.backup, self.sync, self.setting, self.passphrase]  # fmt: skip
        self.chance.choice(actions)()

    def word(self) -> str:
        return f"word {self.chance.getrandbits(60):x}"

    def add(self) -> None:
        record_id, name = self.store.new_id(), self.word()
        tell(">", "set", id=record_id, name=name, state="live")
        self.store.apply([Create(REGISTRY["theme"](id=record_id, name=name))], "Add")
        tell("<", "set", id=record_id, name=name, state="live")
        self.mine.append(record_id)

    def edit(self) -> None:
        if not self.mine:
            return self.add()
        record_id, name = self.chance.choice(self.mine), self.word()
        if self.store.where("theme", record_id) != "live":
            return None
        tell(">", "set", id=record_id, name=name, state="live")
        self.store.apply([Edit("theme", record_id, {"name": name})], "Change")
        tell("<", "set", id=record_id, name=name, state="live")
        return None

    def bin(self) -> None:
        if not self.mine:
            return
        record_id = self.chance.choice(self.mine)
        name = self.store.get("theme", record_id).name  # type: ignore[attr-defined]
        live = self.store.where("theme", record_id) == "live"
        change, state = (Bin, "bin") if live else (Restore, "live")
        tell(">", "set", id=record_id, name=name, state=state)
        self.store.apply([change("theme", record_id)], "Bin or restore")
        tell("<", "set", id=record_id, name=name, state=state)

    def undo(self) -> None:
        record_id, name = self.store.new_id(), self.word()
        tell(">", "set", id=record_id, name=name, state="live")
        self.store.apply([Create(REGISTRY["theme"](id=record_id, name=name))], "Add")
        tell("<", "set", id=record_id, name=name, state="live")
        tell(">", "set", id=record_id, name=name, state="bin")
        self.store.undo()
        tell("<", "set", id=record_id, name=name, state="bin")

    def batch(self) -> None:
        tag, steps, each = self.word(), self.chance.randint(1, 6), self.chance.randint(1, 60)
        tell(">", "batch", tag=tag, size=steps * each)
        with self.store.batch(f"Import {tag}") as batch:
            for _ in range(steps):
                batch.add([self.comment(tag) for _ in range(each)])
        tell("<", "batch", tag=tag, size=steps * each)

    def comment(self, tag: str) -> Create:
        made = REGISTRY["comment"](id=self.store.new_id(), text=self.word(), question=tag)
        return Create(made)

    def draft(self) -> None:
        value = self.word()
        tell(">", "draft", value=value)
        self.workspace.drafts.put("capture", value)
        tell("<", "draft", value=value)

    def attach(self) -> None:
        content = self.chance.randbytes(self.chance.choice([0, 10, 65_536, 300_000]))
        tell(">", "attach")
        digest, _ = self.workspace.blobs.put(io.BytesIO(content))
        tell("<", "attach", digest=digest, size=len(content))

    def backup(self) -> None:
        target = self.outside / f"backup-{self.chance.randint(0, 1)}.zip"
        tell(">", "backup", name=target.name)
        self.workspace.backup(target)
        tell("<", "backup", name=target.name, themes=list(self.mine))

    def sync(self) -> None:
        tell(">", "sync")
        place = LocalPlace(self.outside / "shared", owner=self.store.device[:8])
        sync_once(self.store, self.workspace.blobs, place, keep=self.workspace.folder / "sealed")
        tell("<", "sync", themes=list(self.mine))

    def setting(self) -> None:
        value = self.word()
        tell(">", "setting", value=value)
        self.store.set_setting("crash test", value)
        tell("<", "setting", value=value)

    def passphrase(self) -> None:
        tell(">", "passphrase")
        self.workspace.change_passphrase(PASSPHRASE)
        tell("<", "passphrase")


def main() -> None:
    """Work until killed."""
    folder, outside, seed = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    workspace = Workspace.open(folder, PASSPHRASE, around=AROUND)
    tell("<", "open")
    officer = Officer(workspace, outside, seed)
    while True:
        officer.step()


if __name__ == "__main__":
    main()
