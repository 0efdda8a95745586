"""An officer writes on while their laptop sends and receives."""

from __future__ import annotations

import random
import threading

from db.changes import Bin, Create, Edit
from db.errors import CannotUndo, NotFound
from engage_desktop.records.venue import Venue


class Officer:
    """Writes without a pause on a thread of their own until told to stop."""

    def __init__(self, store, seed):
        self._store, self._chance = store, random.Random(seed)
        self.made, self.names, self.failed = [], {}, []
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._write_all)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *error):
        self._stop.set()
        self._thread.join()

    def _write_all(self):
        try:
            while not self._stop.is_set():
                self._write()
        except BaseException as error:  # noqa: BLE001 - told by the test
            self.failed.append(error)

    def _write(self):
        act = self._chance.random()
        if act < 0.4 or not self.made:
            venue = Venue(id=self._store.new_id(), name=f"Hall {len(self.made)}")
            self._store.apply([Create(venue)], "Add venue")
            self.made.append(venue.id)
            self.names[venue.id] = venue.name
        elif act < 0.8:
            one = self._chance.choice(self.made)
            name = f"Room {self._chance.random()}"
            self._store.apply([Edit("venue", one, {"name": name})], "Rename")
            self.names[one] = name
        elif act < 0.9:
            with self._store.batch("Import") as batch:
                some = [Venue(id=self._store.new_id(), name="Barn") for _ in range(5)]
                for venue in some:
                    batch.add([Create(venue)])
            for venue in some:
                self.made.append(venue.id)
                self.names[venue.id] = venue.name
        else:
            one = self._chance.choice(self.made)
            self._store.apply([Bin("venue", one)], "Delete")
            try:
                self._store.undo()
            except (CannotUndo, NotFound) as error:
                raise AssertionError(error) from error


def test_nothing_is_lost_of_what_two_officers_write_while_both_exchange(laptop, shared):
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    for one in (priya, sam, priya):
        one.sync(shared)
    with Officer(priya.store, 1) as hers, Officer(sam.store, 2) as his:
        for number in range(6):
            priya.sync(shared, snapshot=number == 3)
            sam.sync(shared)
    assert not hers.failed, hers.failed
    assert not his.failed, his.failed
    for one in (priya, sam, priya, sam):
        one.sync(shared)
    assert priya.state() == sam.state()
    assert len(hers.made) > 10
    assert len(his.made) > 10
    for writer in (hers, his):
        for record, name in writer.names.items():
            assert {one.store.get("venue", record).name for one in (priya, sam)} == {name}
            assert sam.store.where("venue", record) == "live"
    for one in (priya, sam):
        assert one.store.check().ok
        assert one.sync(shared).sent == 0
