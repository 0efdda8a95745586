"""A store saved by every release so far still opens, and shows what it showed then."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from db.keys import CHEAP
from engage_desktop.workspace import Surroundings, Workspace
from tools.make_store_fixture import content

SAVED = sorted((Path(__file__).parent / "fixtures").glob("store-*"))


def still_there(then: dict[str, Any], now: dict[str, Any]) -> None:
    """A later release may know more fields; what was written is unchanged."""
    for key, entry in then["records"].items():
        shown = now["records"][key]
        assert (shown["title"], shown["bin"]) == (entry["title"], entry["bin"])
        assert {name: shown["values"][name] for name in entry["values"]} == entry["values"], key
    assert len(now["records"]) >= len(then["records"])
    for name in ("officer", "history", "undo", "drafts", "attachments", "setting"):
        assert now[name] == then[name], name
    for conflict in then["conflicts"]:
        assert conflict in now["conflicts"]


def test_there_is_a_saved_store() -> None:
    assert SAVED


@pytest.mark.parametrize("saved", SAVED, ids=lambda path: path.name)
@pytest.mark.parametrize("secret", ["passphrase", "code"])
def test_a_saved_store_opens_and_shows_what_it_showed(
    saved: Path, secret: str, tmp_path: Path
) -> None:
    then = json.loads((saved / "content.json").read_text())
    folder = tmp_path / "workspace"
    shutil.copytree(saved / "workspace", folder)
    for _ in range(2):
        with Workspace.open(folder, then[secret], around=Surroundings(cost=CHEAP)) as workspace:
            still_there(then, json.loads(json.dumps(content(workspace))))
            report = workspace.store.check()
            assert report.ok, report.problems
            assert workspace.recovered == []
    with Workspace.open(folder, then[secret], around=Surroundings(cost=CHEAP)) as workspace:
        workspace.store.undo()
        workspace.backup(tmp_path / "backup.zip")
        assert workspace.store.check().ok
