"""A list that is exported or printed while somebody writes has every row once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db.changes import Bin, Create
from db.keys import CHEAP
from db.query import ListQuery
from engage_desktop.documents.from_store import register_rows
from engage_desktop.exchange import exporter
from engage_desktop.records.registry import REGISTRY
from engage_desktop.workspace import Surroundings, Workspace

COUNT = 1_200


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    made, _ = Workspace.create(
        tmp_path / "w",
        officer="Ada",
        passphrase="four green buses",
        around=Surroundings(cost=CHEAP),
    )
    with made:
        yield made


@pytest.mark.parametrize("way", ["export", "print"])
def test_rows_taken_away_meanwhile_make_none_be_skipped(workspace: Workspace, way: str) -> None:
    store = workspace.store
    venues = [
        REGISTRY["venue"].model_validate({"id": store.new_id(), "name": f"Hall {n:05}"})
        for n in range(COUNT)
    ]
    store.apply([Create(venue) for venue in venues], "Add venues")
    reader = store.reader()
    query = ListQuery("venue", sort="name")
    names: Iterator[str]
    if way == "export":
        names = (record.title for record in exporter.records_of(reader, query))
    else:
        names = (row[0] for row in register_rows(reader, query))
    first = next(names)
    store.apply([Bin("venue", venue.id) for venue in venues[:300]], "Delete venues")
    assert [first, *names] == [f"Hall {n:05}" for n in range(COUNT)]
    assert reader.count(ListQuery("venue")) == COUNT - 300
    reader.close()
