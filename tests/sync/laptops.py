"""Laptops for tests: real stores, real files, cheap keys, and a clock one can turn."""

from __future__ import annotations

import datetime as dt
import os
import random
from pathlib import Path

from db.blobs import Blobs
from db.changes import Bin, Create, Edit
from db.keys import CHEAP
from db.store import RECORD_KEY, Store
from engage_desktop.migrations import MIGRATIONS
from engage_desktop.records.feedback import Comment, Response
from engage_desktop.records.registry import REGISTRY
from engage_desktop.records.venue import Venue
from engage_desktop.rules import judge_by_the_team
from engage_desktop.sync import LocalPlace, create_invite, join_team, sync_once

KEY = bytes(range(32))
FAR = dt.date(2096, 9, 1)


class Laptop:
    """One officer's laptop."""

    def __init__(
        self, folder: Path, officer: str, *, seed: int = 0, registry=REGISTRY, migrations=MIGRATIONS
    ) -> None:
        self.folder = folder
        self.random = random.Random(f"{officer}{seed}")
        self.ms = 1_790_000_000_000
        folder.mkdir(parents=True, exist_ok=True)
        around = {"now": self.now, "randomness": self.random.randbytes}
        path = folder / "store.db"
        if path.exists():
            self.store = Store.open(path, KEY, registry, migrations, **around)
            judge_by_the_team(self.store)  # as a workspace does that is opened
        else:
            device = self.random.randbytes(16).hex()
            self.store = Store.create(
                path, KEY, registry, migrations, officer=officer, device=device, **around
            )
        self.blobs = Blobs(folder / "blobs", KEY, lambda: self.store.get_secret(RECORD_KEY))

    def now(self) -> int:
        """Each look at the clock is a millisecond later."""
        self.ms += 1
        return self.ms

    def sync(self, place, **more):
        """One sync; `place` is a folder or a place."""
        if isinstance(place, Path):
            place = LocalPlace(place, owner=self.store.device[:8])
        more.setdefault("keep", self.folder / "sealed")
        return sync_once(self.store, self.blobs, place, **more)

    def invite(
        self, officer: str, folder: Path, *, role: str = "officer", code=None, **more
    ) -> Laptop:
        """A colleague's new laptop that joins with an invitation of this one."""
        ends = role in ("volunteer", "field")
        data = create_invite(
            self.store, role=role, code=code, cost=CHEAP, randomness=self.random.randbytes,
            last_day=FAR if ends else None,
        )  # fmt: skip
        other = Laptop(folder, officer, **more)
        join_team(other.store, data, code, randomness=other.random.randbytes)
        return other

    # -- work ----------------------------------------------------------------------------------

    def add_venue(self, name: str, **values) -> str:
        """A record of the general compartment."""
        record = Venue(id=self.store.new_id(), name=name, **values)
        self.store.apply([Create(record)], "Add a venue")
        return record.id

    def edit_venue(self, record_id: str, **values) -> None:
        """Change fields of a venue."""
        self.store.apply([Edit("venue", record_id, values)], "Edit a venue")

    def bin_venue(self, record_id: str) -> None:
        """Delete a venue."""
        self.store.apply([Bin("venue", record_id)], "Delete a venue")

    def add_comment(self, text: str) -> str:
        """A response and its comment: records of two compartments in one change set."""
        response = Response(id=self.store.new_id())
        comment = Comment(id=self.store.new_id(), response=response.id, text=text)
        self.store.apply([Create(response), Create(comment)], "Write down a comment")
        return comment.id

    def state(self) -> dict:
        """Everything an officer could see, and what is in conflict."""
        reader = self.store.reader()
        try:
            rows = reader.sql(
                "SELECT r.kind, lower(hex(r.id)), r.state, r.title FROM record r WHERE r.state < 9",
                (),
            )
            found = {}
            for kind, record_id, state, title in rows:
                known = (
                    kind in self.store.registry and self.store.where(kind, record_id) != "erased"
                )
                values = self.store.get(kind, record_id).model_dump(mode="json") if known else {}
                found[kind, record_id] = (state, title, values)
        finally:
            reader.close()
        conflicts = sorted(
            (c.kind, c.id, c.slot, tuple(sorted((str(v.value), v.op) for v in c.versions)))
            for c in self.store.conflicts()
        )
        return {"records": found, "conflicts": conflicts}

    def close(self) -> None:
        """Let go of the files."""
        self.store.close()


def bundles(shared):
    """The deliveries in a shared folder, in the order of their names."""
    return sorted((shared / "b").rglob("*.bundle"))


def touch(path):
    """A second later, as anybody's writing is."""
    ns = path.stat().st_mtime_ns + 1_000_000_000
    os.utime(path, ns=(ns, ns))


def alter(path):
    """Another byte in the middle, and the same size."""
    good = path.read_bytes()
    middle = len(good) // 2
    stamp = path.stat().st_mtime_ns + 1_000_000_000
    path.write_bytes(good[:middle] + bytes([(good[middle] + 1) % 256]) + good[middle + 1 :])
    os.utime(path, ns=(stamp, stamp))


def codes(receipt):
    """Why files were set aside in one sync."""
    return sorted(item.code for item in receipt.quarantined)
