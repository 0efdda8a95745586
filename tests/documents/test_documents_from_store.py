"""Sheets made from records: with easy-read lines, and from a record's own words."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from db.changes import Create
from db.keys import CHEAP
from db.reader import Reader
from engage_desktop.documents.easy_read import check_easy_read, render_easy_read
from engage_desktop.documents.easy_read_sheet import EasyReadSheet, Row
from engage_desktop.documents.from_store import easy_read_sheet
from engage_desktop.records.registry import REGISTRY
from engage_desktop.workspace import Surroundings, Workspace

DAY = dt.date(2026, 5, 28)


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


@pytest.fixture
def reader(workspace: Workspace) -> Iterator[Reader]:
    opened = workspace.store.reader()
    yield opened
    opened.close()


def add(workspace: Workspace, kind: str, **values: Any) -> str:
    record = REGISTRY[kind].model_validate({"id": workspace.store.new_id(), **values})
    workspace.store.apply([Create(record)], f"Add {kind}")
    return record.id


def test_a_record_without_lines_prints_its_own_words(workspace: Workspace, reader: Reader) -> None:
    said = add(
        workspace, "you_said", topic="Buses", you_said="The bus is late.", we_did="We asked.",
        outcome="A later bus runs.",
    )  # fmt: skip
    sheet = easy_read_sheet(reader, said, day=DAY)
    assert [row.sentence for row in sheet.all_rows] == [
        "The bus is late.", "We asked.", "A later bus runs.",
    ]  # fmt: skip
    out = io.BytesIO()
    assert render_easy_read(sheet, out).pages == 1
    assert out.getvalue().startswith(b"%PDF")


def test_the_last_line_is_the_contact_when_it_reads_like_one(
    workspace: Workspace, reader: Reader
) -> None:
    said = add(workspace, "you_said", topic="Buses")
    for place, (heading, sentence) in enumerate(
        [("You rang us.", "The bus is late."), ("Tell us more", "Call 01632 960 100.")], start=1
    ):
        add(workspace, "easy_read_line", you_said=said, heading=heading, sentence=sentence,
            pictogram="bus", position=place)  # fmt: skip
    sheet = easy_read_sheet(reader, said, day=DAY)
    assert sheet.contact == Row("bus", "Tell us more", "Call 01632 960 100.")
    assert [row.heading for row in sheet.rows] == ["You rang us."]
    assert "Contact" not in {finding.where for finding in check_easy_read(sheet)}


@pytest.mark.parametrize("words", ["We recalled it.", "The ward is calling out numbers."])
def test_a_line_that_only_sounds_like_a_contact_is_none(words: str) -> None:
    assert EasyReadSheet.of_rows("T", "B", [Row("bus", "", words)]).contact is None
