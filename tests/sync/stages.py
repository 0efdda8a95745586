"""The moments of an exchange at which something can fail, each prepared on disk once.

A stage is a folder with laptops and a shared folder, and one laptop whose next sync is at stake:
it sends, takes in, makes a snapshot, takes one in, starts from one, or clears away what it stands
for. `settled` lets everybody meet afterwards and says what they all hold.
"""

from __future__ import annotations

import io
import shutil
from collections import Counter
from pathlib import Path

from db.changes import Create
from db.erase import Erase
from engage_desktop.records.filing import Attachment
from engage_desktop.sync import LocalPlace, verify_folder
from engage_desktop.sync.work import keep_place
from tests.sync.laptops import Laptop

STAGES = ("exchange", "make", "take", "start", "clear", "erase", "told")
OFFICERS = {"priya": "Priya", "sam": "Sam", "ann": "Ann"}
WHO = {"exchange": "priya", "make": "priya", "take": "sam", "start": "ann", "clear": "priya",
       "erase": "priya", "told": "sam"}  # fmt: skip


def prepare(folder: Path) -> None:
    """Every stage, each in a folder of its own."""
    scene = folder / "now"
    shared = scene / "shared"
    shared.mkdir(parents=True)
    priya = Laptop(scene / "priya", "Priya")
    sam = priya.invite("Sam", scene / "sam")
    halls = {}
    for one in (priya, sam):
        digest, size = one.blobs.put(io.BytesIO(one.store.officer.encode() * 30_000))
        leaflet = Attachment(id=one.store.new_id(), filename="leaflet", size=size, digest=digest)
        one.store.apply([Create(leaflet)], "Attach a file")
        halls[one] = one.add_venue(f"Hall of {one.store.officer}")
        one.add_comment("The ramp was steep")
    sam.sync(shared)
    _keep(folder, "exchange", priya, sam)
    priya.sync(shared)
    sam.sync(shared)
    priya.edit_venue(halls[sam], name="Great hall")
    sam.edit_venue(halls[sam], name="Grand hall")
    _keep(folder, "make", priya, sam)
    priya.sync(shared, snapshot=True)
    _keep(folder, "take", priya, sam)
    ann = priya.invite("Ann", scene / "ann")
    _keep(folder, "start", priya, sam, ann)
    for one in (ann, sam):
        one.sync(shared)
    _keep(folder, "clear", priya, sam, ann)
    priya.sync(shared)
    priya.store.erase(Erase("venue", halls[sam]), "Asked for")
    priya.store.finish_erasures(priya.blobs)
    _keep(folder, "erase", priya, sam, ann)
    priya.sync(shared)
    _keep(folder, "told", priya, sam, ann)
    for one in (priya, sam, ann):
        one.close()
    shutil.rmtree(scene)


def _keep(folder: Path, stage: str, *laptops: Laptop) -> None:
    for one in laptops:
        one.store.close()
    shutil.copytree(folder / "now", folder / stage)
    for one in laptops:
        again = Laptop(one.folder, one.store.officer, seed=one.random.getrandbits(30))
        one.store, one.blobs, one.random = again.store, again.blobs, again.random
        again.ms = one.ms
        one.store.now = one.now


def names(folder: Path) -> list[str]:
    """The laptops of a stage."""
    return [name for name in OFFICERS if (folder / name / "store.db").exists()]


def opened(folder: Path, name: str, seed: int = 7) -> Laptop:
    return Laptop(folder / name, OFFICERS[name], seed=seed)


def run(folder: Path, stage: str, one: Laptop, step=None, cancelled=lambda: False):
    """The sync at stake. `step` is told of each act on the place and on the laptop's own disk."""
    hook = {"step": step} if step else {}
    place = LocalPlace(folder / "shared", owner=one.store.device[:8], **hook)
    kept = keep_place(one.folder / "sealed", one.store.device)
    if step:
        kept._step = step
    return one.sync(place, keep=kept, snapshot=stage == "make", cancelled=cancelled)


def settled(folder: Path) -> dict:
    """What all hold after they met again. Nothing is sent twice, missing or set aside."""
    laptops = [opened(folder, name) for name in names(folder)]
    shared = folder / "shared"
    try:
        for _ in range(3):
            for one in laptops:
                one.store.finish_erasures(one.blobs)
                receipt = one.sync(shared)
        for one in laptops:
            receipt = one.sync(shared)
            assert (receipt.sent, receipt.received, receipt.attachments_missing) == (0, 0, 0)
            assert (receipt.waiting, receipt.quarantined, receipt.notes) == ([], [], [])
            assert one.store.check().ok
        report = verify_folder(LocalPlace(shared))
        assert report.ok, report.bad
        assert not report.gaps
        once = Counter(p.name[:8] + p.parent.name for p in (shared / "b").rglob("*.bundle"))
        assert set(once.values()) <= {1}
        states = [one.state() for one in laptops]
        assert all(state == states[0] for state in states)
        return states[0]
    finally:
        for one in laptops:
            one.close()
