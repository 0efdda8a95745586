"""A workspace with stakeholders to put on a map."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from db.changes import Create
from db.keys import CHEAP
from db.reader import Reader
from engage_desktop.records.registry import REGISTRY
from engage_desktop.workspace import Surroundings, Workspace


@dataclass
class Office:
    """A workspace and short ways to fill it."""

    workspace: Workspace
    reader: Reader

    def add(self, kind: str, **values: Any) -> str:
        record = REGISTRY[kind].model_validate({"id": self.workspace.store.new_id(), **values})
        self.workspace.store.apply([Create(record)], f"Add {kind}")
        return record.id

    def who(self, name: str, **values: Any) -> str:
        return self.add("stakeholder", name=name, **values)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    made, _ = Workspace.create(
        tmp_path / "w",
        officer="Ada",
        passphrase="four green buses",
        around=Surroundings(cost=CHEAP),
    )
    with made:
        reader = made.store.reader()
        yield Office(made, reader)
        reader.close()
