"""Reading a confidential record is written down: who, when, which and how, and no word of it."""

import json
from pathlib import Path

import pytest

from db.keys import CHEAP
from db.query import ListQuery
from engage_desktop.readings import AGAIN_MS, Readings
from engage_desktop.workspace import Surroundings, Workspace
from tests.cli.conftest import PASSPHRASE, Engage
from tests.kinds import confidential_kind


@pytest.fixture
def whisper(monkeypatch: pytest.MonkeyPatch, engage: Engage, ws: Path) -> str:
    confidential_kind().plant(monkeypatch)
    return str(engage("add", ws, "whisper", '{"words": "Quockerwodger"}', "--json").json["id"])


def ways(engage: Engage, ws: Path) -> list[tuple[str, str]]:
    rows = engage("list", ws, "reading", "--json").json["rows"]
    return [(row["record"], row["way"]) for row in reversed(rows)]


def test_each_way_of_reading_is_written_down(
    engage: Engage, ws: Path, whisper: str, tmp_path: Path
) -> None:
    assert ways(engage, ws) == []
    assert engage("show", ws, "whisper", whisper).code == 0
    assert engage("list", ws, "whisper").code == 0
    assert engage("list", ws, "whisper", "--text", "quocker", "--json").json["total"] == 1
    assert engage("export", ws, "whisper", tmp_path / "w.csv").code == 0
    assert engage("export", ws, "all", tmp_path / "all.xlsx").code == 0
    printed = engage("print", ws, "register", "--kind", "whisper", "--out", tmp_path / "w.pdf")
    assert printed.code == 0, printed.err
    found = ways(engage, ws)
    assert [record for record, _ in found] == [whisper] * 6
    codes = ["opened", "listed", "found", "exported", "exported", "printed"]
    assert [way for _, way in found] == codes
    rows = engage("list", ws, "reading", "--json").json["rows"]
    assert "uocker" not in json.dumps(rows)
    assert engage("undo", ws, "--json").json["why"] == "Undo: Add whisper"


def test_what_is_not_confidential_is_not(engage: Engage, ws: Path, whisper: str) -> None:
    venue = engage("add", ws, "venue", '{"name": "Hall"}', "--json").json["id"]
    engage("show", ws, "venue", venue)
    engage("list", ws, "reading")
    assert ways(engage, ws) == []
    assert engage("add", ws, "reading", '{"what": "x"}').code == 1


def test_the_same_within_a_minute_is_one_and_the_entries_travel(ws: Path, whisper: str) -> None:
    now = [1_790_000_000_000]
    around = Surroundings(now=lambda: now[0], cost=CHEAP)
    with Workspace.open(ws, PASSPHRASE, around=around) as workspace:
        readings = Readings(workspace.store)
        assert readings.note([("whisper", whisper), ("whisper", whisper)], "opened") == 1
        assert readings.note([("whisper", whisper)], "opened") == 0
        assert readings.note([("whisper", whisper)], "printed") == 1
        now[0] += AGAIN_MS
        assert readings.note([("whisper", whisper)], "opened") == 1
        reader = workspace.store.reader()
        assert readings.note_query(reader, ListQuery("whisper"), "exported") == 1
        assert readings.note_query(reader, ListQuery("reading"), "exported") == 0
        reader.close()
        with pytest.raises(ValueError, match="no way of reading"):
            readings.note([], "dreamt")
        ops = [op for _, _, op in workspace.store.ops_after(0) if op.kind == "reading"]
        assert [op.values["way"] for op in ops] == ["opened", "printed", "opened", "exported"]
        assert {op.compartment for op in ops} == {"confidential"}


def test_the_log_is_for_admins_alone_as_in_the_window(
    engage: Engage, ws: Path, whisper: str, tmp_path: Path
) -> None:
    from engage_desktop.sync.team import create_invite, join_team, membership
    from engage_desktop.sync.team_changes import change_role

    assert engage("show", ws, "whisper", whisper).code == 0
    (entry,) = engage("list", ws, "reading", "--json").json["rows"]
    around, other = Surroundings(cost=CHEAP), tmp_path / "other"
    assert engage("new", other, "--officer", "Priya").code == 0
    with Workspace.open(ws, PASSPHRASE, around=around) as mine:
        data = create_invite(mine.store, role="admin", cost=CHEAP)
        with Workspace.open(other, PASSPHRASE, around=around) as new:
            join_team(new.store, data)
            theirs = membership(new.store).roster.entries.values()
        from engage_desktop.sync.roster import Roster
        from engage_desktop.sync.team import keep_roster

        keep_roster(mine.store, Roster(membership(mine.store).team, theirs))
    assert engage("list", ws, "reading", "--json").json["total"] == 1, "an admin still may"
    assert engage("delete", ws, "whisper", whisper).code == 0
    with Workspace.open(ws, PASSPHRASE, around=around) as mine:
        change_role(mine.store, "Sam Field", "officer", yes=True)
    ways = (
        ("list", ws, "reading"),
        ("list", ws, "reading", "--bin"),
        ("show", ws, "reading", entry["id"]),
        ("export", ws, "reading", tmp_path / "log.csv"),
        ("print", ws, "register", "--kind", "reading", "--out", tmp_path / "log.pdf"),
    )
    for way in ways:
        told = engage(*way, "--json")
        assert (told.code, told.error["code"]) == (1, "not_allowed"), way
        assert "Ask one of: Priya." in told.error["sentence"]
        assert told.out == ""
    assert not list(tmp_path.glob("log.*"))
    book = tmp_path / "all.xlsx"
    assert engage("export", ws, "all", book).code == 0
    import openpyxl

    names = openpyxl.load_workbook(book, read_only=True).sheetnames
    assert any("enue" in name for name in names)
    assert not any("reading" in name.casefold() for name in names)
