"""Thousands of fields with two versions: counted and paged without working any of them out."""

from __future__ import annotations

from itertools import pairwise

import pytest

from db.changes import Bin, Create, Edit
from engage_desktop.queries.versions import undecided, undecided_count
from engage_desktop.records.feedback import Theme
from engage_desktop.records.venue import Venue
from engage_desktop.sync import desk
from tests.sync.laptops import Laptop


@pytest.fixture
def shared_pair(tmp_path):
    """Two laptops in step, and their folder."""
    sam = Laptop(tmp_path / "sam", "Sam")
    priya = sam.invite("Priya", tmp_path / "priya")
    shared = tmp_path / "shared"
    shared.mkdir()
    meet(shared, sam, priya, sam)
    yield sam, priya, shared
    for one in (sam, priya):
        one.close()


def meet(shared, *laptops):
    for one in laptops:
        one.sync(shared)


def test_every_kind_of_conflict_is_paged_in_words(shared_pair):
    sam, priya, shared = shared_pair
    ids = [sam.store.new_id() for _ in range(30)]
    sam.store.apply([Create(Venue(id=i, name=f"Hall {n}")) for n, i in enumerate(ids)], "Add")
    meet(shared, sam, priya)
    for laptop, phone in ((sam, "01632 960111"), (priya, "01632 960222")):
        changes = [Edit("venue", i, {"phone": phone, "name": f"Hall of {phone}"}) for i in ids]
        laptop.store.apply(changes, "Change")
    sam.store.apply([Bin("venue", ids[0])], "Delete")
    meet(shared, sam, priya, sam)
    reader = sam.store.reader()
    try:
        total = undecided_count(reader)
        assert total == len(sam.store.conflicts()) == sam.store.conflict_count()
        pages, after = [], None
        while some := undecided(reader, after, 7):
            pages.append(some)
            after = some[-1].place
        found = [item for page in pages for item in page]
        assert len(found) == total
        assert [(c.id, c.slot) for c in sam.store.conflicts()] == [item.key for item in found]
        assert all(a.place[0] >= b.place[0] for a, b in pairwise(found))
        labels = {item.field_label for item in found}
        assert "Deleted or kept" in labels
        for item in found:
            choice = desk.choice_of(sam.store, reader, item.kind, item.id, item.slot)
            assert choice is not None
            assert choice.field_label == item.field_label
            assert len(set(choice.shown)) >= 2 or item.slot == "_bin"
        gone = desk.choice_of(sam.store, reader, "venue", ids[1], "capacity")
        assert gone is None
    finally:
        reader.close()


def test_sets_are_asked_about_in_words(shared_pair):
    sam, priya, shared = shared_pair
    theme = Theme(id=sam.store.new_id(), name="Transport")
    sam.store.apply([Create(theme)], "Add theme")
    comment = sam.add_comment("The bus was late")
    sam.store.apply([Edit("comment", comment, {"themes": [theme.id]})], "Change themes")
    meet(shared, sam, priya)
    sam.store.apply([Edit("comment", comment, {"themes": []})], "Change themes")
    priya.store.apply([Edit("comment", comment, {"themes": []})], "Change themes")
    priya.store.apply([Edit("comment", comment, {"themes": [theme.id]})], "Change themes")
    meet(shared, sam, priya, sam)
    reader = sam.store.reader()
    try:
        [item] = undecided(reader)
        assert item.field_label == "Themes: Transport"
        choice = desk.choice_of(sam.store, reader, item.kind, item.id, item.slot)
        assert set(choice.shown) == {"With “Transport”", "Without “Transport”"}
    finally:
        reader.close()
