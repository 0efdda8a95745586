"""Erasing for good on the command line, the register, and old files that come again."""

import json
from pathlib import Path

import pytest

from db.keys import CHEAP, KeyFile, subkey
from engage_desktop.erased import note_confirmed
from engage_desktop.erasing import register_of
from engage_desktop.workspace import Surroundings, Workspace
from tests.cli.conftest import PASSPHRASE, Engage
from tests.db.pages import holds

PHRASE = "Xylograph Quockerwodger"
PERSON = {"name": PHRASE, "email": "xq@example.org", "phone": "01632 960123"}


@pytest.fixture
def person(engage: Engage, ws: Path) -> str:
    return str(engage("add", ws, "stakeholder", json.dumps(PERSON), "--json").json["id"])


def erase(engage: Engage, ws: Path, kind: str, record: str, *more: str) -> dict[str, object]:
    ran = engage("erase", ws, kind, record, "--reason", "They asked", *more, "--json")
    assert ran.code == 0, ran.err
    return dict(ran.json)


def test_without_yes_it_only_says_what_would_go(engage: Engage, ws: Path, person: str) -> None:
    ran = engage("erase", ws, "person", person, "--reason", "They asked")
    assert ran.code == 0
    assert "The whole stakeholder: Name, E-mail, Phone" in ran.out
    assert "--yes" in ran.out
    assert PHRASE not in ran.out
    assert engage("show", ws, "stakeholder", person).code == 0
    assert engage("erasures", ws, "--json").json == {"total": 0, "rows": []}


def test_nothing_is_left_in_any_file_of_the_workspace(
    engage: Engage, ws: Path, person: str, tmp_path: Path
) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text(PHRASE)
    paper = engage("attach", ws, "stakeholder", person, letter, "--json").json["id"]
    (ws / "before-upgrade-1.db").write_bytes(b"an old copy")
    assert list((ws / "blobs").glob("??/*"))
    done = erase(engage, ws, "stakeholder", person, "--yes")
    assert done["erased"] is True
    assert done["confirmed"] is True
    assert done["parts"] == [{"kind": "attachment", "id": paper}]
    assert list((ws / "blobs").glob("??/*")) == []
    assert not (ws / "before-upgrade-1.db").exists()
    key = KeyFile.load(ws / "keys.json").open(PASSPHRASE)
    assert not holds(ws / "store.db", key, PHRASE)
    assert not holds(ws / "drafts.db", subkey(key, "drafts"), PHRASE)
    shown = engage("show", ws, "stakeholder", person, "--json")
    assert (shown.code, shown.error["code"]) == (1, "erased")
    assert engage("list", ws, "stakeholder", "--json").json["total"] == 0
    assert engage("check", ws, "--json").json["ok"] is True
    undone = engage("undo", ws, "stakeholder", person, "--json")
    assert undone.error["code"] == "cannot_undo"
    (row,) = engage("erasures", ws, "--json").json["rows"]
    assert row["id"] == done["erasure"]
    assert (row["what"], row["scope"], row["reason"]) == ("Stakeholder", "record", "They asked")
    assert (row["confirmed"], row["waiting"]) == ([row["officer"]], [])
    assert "They asked" in engage("erasures", ws).out


def test_a_span_and_a_field_and_what_is_refused(engage: Engage, ws: Path, person: str) -> None:
    data = {"notes": f"{PHRASE} rang on Monday", "do_not_contact": True}
    engage("edit", ws, "stakeholder", person, json.dumps(data))
    erase(engage, ws, "stakeholder", person, "--field", "Notes", "--span", "0:23", "--yes")
    erase(engage, ws, "stakeholder", person, "--field", "phone", "--yes")
    shown = engage("show", ws, "stakeholder", person, "--json").json
    assert shown["notes"] == "[erased] rang on Monday"
    assert not shown["phone"]
    done = erase(engage, ws, "stakeholder", person, "--yes",
                 "--refuse", "Do not contact=So that nobody writes", "--refuse",
                 "locality=Counted in a report")  # fmt: skip
    assert done["refused"] == {
        "do_not_contact": "So that nobody writes", "locality": "Counted in a report"
    }  # fmt: skip
    rows = engage("erasures", ws, "--json").json["rows"]
    assert [row["scope"] for row in rows] == ["field", "field", "span"]
    assert rows[0]["refused"].splitlines()[0] == "Do not contact: So that nobody writes"
    assert not any(PHRASE in json.dumps(row) for row in rows)
    assert engage("check", ws, "--json").json["ok"] is True


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--reason", " ", "--yes"], "Say why"),
        (["--reason", "x" * 501, "--yes"], "longer than 500"),
        (["--reason", "x", "--field", "wings"], "no field called"),
        (["--reason", "x", "--field", "notes", "--span", "3"], "START:END"),
        (["--reason", "x", "--field", "notes", "--span", "0:9"], "0 characters"),
        (["--reason", "x", "--refuse", "notes"], "FIELD=WHY"),
        (["--reason", "x", "--refuse", "notes= "], "FIELD=WHY"),
        ([], "reason"),
    ],
)
def test_what_is_not_understood_erases_nothing(
    engage: Engage, ws: Path, person: str, options: list[str], words: str
) -> None:
    ran = engage("erase", ws, "stakeholder", person, *options)
    assert ran.code in (1, 2)
    assert words in ran.err
    assert engage("show", ws, "stakeholder", person, "--json").json["name"] == PHRASE


def test_the_register_itself_stays(engage: Engage, ws: Path, person: str) -> None:
    done = erase(engage, ws, "stakeholder", person, "--yes")
    ran = engage("erase", ws, "erasure", done["erasure"], "--reason", "x", "--yes")
    assert "cannot be erased" in ran.err
    assert engage("add", ws, "erasure", '{"what": "x"}').code == 1


def test_an_old_file_does_not_bring_anybody_back(engage: Engage, ws: Path, tmp_path: Path) -> None:
    people = "Name,E-mail,Phone\nJo Bloggs,jo@example.org,01632 960555\nAnn Other,,01632 960777\n"
    first = tmp_path / "people.csv"
    first.write_text(people)
    assert engage("import", ws, "stakeholder", first, "--json").json["created"] == 2
    rows = engage("list", ws, "stakeholder", "--json").json["rows"]
    person = next(row["id"] for row in rows if row["name"] == "Jo Bloggs")
    erase(engage, ws, "stakeholder", person, "--yes")
    other = tmp_path / "older.csv"
    other.write_text(
        "Full name,Mobile,E-mail\nJ. Bloggs,+44 1632 960555,\nNew One,,n@example.org\n"
    )
    for file, created in ((first, 0), (other, 1)):
        came = engage("import", ws, "stakeholder", file, "--json").json
        assert came["created"] == created
        assert [row["reason"] for row in came["refused"]] == [
            "It is about somebody who was erased for good."
        ]
        assert any("1 row is about somebody who was erased" in note for note in came["notes"])
    names = [row["name"] for row in engage("list", ws, "stakeholder", "--json").json["rows"]]
    assert sorted(names) == ["Ann Other", "New One"]
    assert "Bloggs" not in json.dumps(engage("list", ws, "receipt", "--json").json)


def test_an_old_file_does_not_bring_an_erased_field_back(
    engage: Engage, ws: Path, tmp_path: Path
) -> None:
    file = tmp_path / "people.csv"
    file.write_text("Name,Notes\nJo Bloggs,Rang on Monday\n")
    engage("import", ws, "stakeholder", file)
    (row,) = engage("list", ws, "stakeholder", "--json").json["rows"]
    erase(engage, ws, "stakeholder", row["id"], "--field", "notes", "--yes")
    came = engage("import", ws, "stakeholder", file, "--json").json
    assert (came["created"], came["updated"], came["unchanged"]) == (0, 0, 1)
    assert "1 field was erased for good here and stays as it is." in came["notes"]
    assert not engage("show", ws, "stakeholder", row["id"], "--json").json["notes"]


def test_the_register_names_who_has_confirmed(engage: Engage, ws: Path, person: str) -> None:
    done = str(erase(engage, ws, "stakeholder", person, "--yes")["erasure"])
    with Workspace.open(ws, PASSPHRASE, around=Surroundings(cost=CHEAP)) as workspace:
        store = workspace.store
        note_confirmed(store, "e" * 32, [done])
        note_confirmed(store, "e" * 32, [done])
        from engage_desktop.erased import confirmations

        assert confirmations(store) == {done: frozenset({store.device, "e" * 32})}
        assert register_of(store)[0]["confirmed"] == [store.officer]
