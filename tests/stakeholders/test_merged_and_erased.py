"""Whose record was merged and taken back leaves no words in the other's past when erased."""

from __future__ import annotations

from pathlib import Path

import pytest

from db.changes import Create, Edit
from db.erase import Erase
from db.errors import InvalidInput
from db.keys import CHEAP
from engage_desktop.erasing import erase_for_good, register_of
from engage_desktop.merging import merge, merging_of, plan_merge
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.unmerging import unmerge
from engage_desktop.workspace import Surroundings, Workspace


def words_left(workspace: Workspace, words: str) -> int:
    reader = workspace.store.reader()
    try:
        return int(reader.sql("SELECT count(*) FROM op WHERE instr(body, ?)", (words,))[0][0])
    finally:
        reader.close()


@pytest.mark.parametrize("way", ["unmerged", "undone"])
def test_the_past_of_the_other_forgets_and_its_present_stays(tmp_path: Path, way: str) -> None:
    workspace, _ = Workspace.create(
        tmp_path / "ws", officer="Ann", passphrase="four words make sense",
        around=Surroundings(cost=CHEAP),
    )  # fmt: skip
    with workspace:
        store = workspace.store
        jane = Stakeholder(id=store.new_id(), name="Jane Okafor", notes="Met in May")
        jan = Stakeholder(id=store.new_id(), name="Jan Okafor", phone="01632 960111",
                          notes="Rings often")  # fmt: skip
        store.apply([Create(jane), Create(jan)], "Add")
        reader = store.reader()
        plan = plan_merge(store, reader, jane.id, jan.id)
        reader.close()
        merging = merging_of(merge(store, plan))
        with pytest.raises(InvalidInput, match="both go then"):
            erase_for_good(workspace, Erase("stakeholder", jan.id), "Asked for it")
        if way == "unmerged":
            unmerge(store, merging)
        else:
            store.undo()
        store.apply([Edit("stakeholder", jane.id, {"job_title": "Chair"})], "Change")
        assert words_left(workspace, "Rings often") > 1
        erase_for_good(workspace, Erase("stakeholder", jan.id), "Asked for it")
        assert words_left(workspace, "Rings often") == 0
        assert words_left(workspace, "960111") == 0
        kept = store.get("stakeholder", jane.id)
        assert (kept.name, kept.notes, kept.phone, kept.job_title) == (
            "Jane Okafor", "Met in May", "", "Chair",
        )  # fmt: skip
        assert [row["fields"] for row in register_of(store)] == [
            "Earlier values: Phone, Notes", "",
        ]  # fmt: skip
        assert store.check().ok
