"""Any sequence of work, syncs, sticks, late files, copies and restored backups ends the same."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from pathlib import Path

from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from tests.sync.laptops import Laptop

WHO = st.integers(0, 2)
STEP = st.one_of(
    st.tuples(st.just("add"), WHO),
    st.tuples(st.just("edit"), WHO),
    st.tuples(st.just("edit"), WHO),
    st.tuples(st.just("bin"), WHO),
    st.tuples(st.just("settle"), WHO),
    st.tuples(st.just("sync"), WHO),
    st.tuples(st.just("sync"), WHO),
    st.tuples(st.just("stick"), WHO),
    st.tuples(st.just("hide"), WHO),
    st.tuples(st.just("copy"), WHO),
    st.tuples(st.just("backup"), WHO),
    st.tuples(st.just("restore"), WHO),
)


class Office:
    """Three laptops, a shared folder and a stick."""

    def __init__(self, folder):
        self.folder = folder
        self.shared, self.stick, self.hidden = (folder / n for n in ("shared", "stick", "late"))
        for path in (self.shared, self.stick, self.hidden):
            path.mkdir()
        priya = Laptop(folder / "0", "Priya")
        self.laptops = [priya] + [
            priya.invite(name, folder / str(n)) for n, name in enumerate(("Sam", "Alex"), 1)
        ]
        self.count = 0
        self.add(0)
        for at in range(3):
            self.sync(at)

    def live(self, at):
        return [
            record
            for (kind, record), (state, _, _) in sorted(self.laptops[at].state()["records"].items())
            if kind == "venue" and state == 0
        ]

    def add(self, at):
        self.count += 1
        self.laptops[at].add_venue(f"Hall {self.count}")

    def edit(self, at):
        for record in self.live(at)[:1]:
            self.count += 1
            values = {"name": f"Name {self.count}", "access": {"step_free_entrance": "no"}}
            self.laptops[at].edit_venue(record, **values)

    def bin(self, at):
        for record in self.live(at)[-1:]:
            self.laptops[at].bin_venue(record)

    def settle(self, at):
        store = self.laptops[at].store
        for conflict in store.conflicts()[:1]:
            value = conflict.versions[-1].value
            store.resolve(conflict.kind, conflict.id, conflict.slot, value)

    def sync(self, at):
        return self.laptops[at].sync(self.shared, start=True)

    def hide(self, at):
        """A file of this laptop's is late: the synced folder has not brought it yet."""
        for path in sorted((self.shared / "b" / self.laptops[at].store.device).glob("*"))[-1:]:
            shutil.move(path, self.hidden / f"{at}-{path.name}")

    def copy(self, at):
        for path in sorted((self.shared / "b" / self.laptops[at].store.device).glob("*"))[:1]:
            shutil.copy(path, path.with_name(f"{path.stem}-LAPTOP{self.count}.bundle"))

    def backup(self, at):
        target = self.folder / f"backup-{at}.db"
        target.unlink(missing_ok=True)
        self.laptops[at].store.snapshot(target)

    def restore(self, at):
        backup = self.folder / f"backup-{at}.db"
        if backup.exists():
            one = self.laptops[at]
            one.close()
            self.count += 1
            fresh = self.folder / f"{at}-{self.count}"
            fresh.mkdir()
            shutil.copy(backup, fresh / "store.db")
            again = Laptop(fresh, one.store.officer, seed=self.count)
            again.ms = one.ms
            again.store.set_setting("incarnation", f"{self.count:016x}")  # as a restore does
            self.laptops[at] = again

    def use_stick(self, at):
        return self.laptops[at].sync(self.stick, start=True)

    def settle_down(self):
        for path in self.hidden.iterdir():
            at, _, name = path.name.partition("-")
            folder = self.shared / "b" / self.laptops[int(at)].store.device
            folder.mkdir(parents=True, exist_ok=True)
            if not (folder / name).exists():
                shutil.move(path, folder / name)
        for place in (self.use_stick, self.sync, self.use_stick, self.sync):
            for at in range(3):
                receipt = place(at)
        return receipt

    def close(self):
        for one in self.laptops:
            one.close()


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(STEP, min_size=10, max_size=40))
def test_any_order_ends_in_the_same_records(steps):
    folder = Path(tempfile.mkdtemp())
    office = Office(folder)
    try:
        acts = {"stick": office.use_stick}
        for name, at in steps:
            (acts.get(name) or getattr(office, name))(at)
        receipt = office.settle_down()
        states = [one.state() for one in office.laptops]
        assert states[0] == states[1] == states[2]
        assert receipt.waiting == []
        assert receipt.quarantined == []
        event(f"{min(receipt.conflicts, 3)} conflicts")
        for one in office.laptops:
            assert one.sync(office.shared).sent == 0
            assert one.store.check().ok
            files = list((office.stick / "b" / one.store.device).glob("*.bundle"))
            hashes = Counter(path.stem.partition("-")[2] for path in files)
            assert set(hashes.values()) <= {1}
    finally:
        office.close()
        shutil.rmtree(folder)
