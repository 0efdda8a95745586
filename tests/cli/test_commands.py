"""The commands, one officer's day: each answer in words and in JSON, each slip with a sentence."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from db.keys import CHEAP
from engage_desktop import __version__
from engage_desktop.sync.desk import look
from engage_desktop.workspace import Surroundings, Workspace
from tests.cli.conftest import PASSPHRASE, Engage
from tests.exchange.card_files import OLD
from tests.exchange.feedback_files import MAPPING, save_csv


@pytest.fixture
def mapping(tmp_path: Path) -> Path:
    from engage_desktop.exchange.mapping import mapping_toml

    path = tmp_path / "mapping.toml"
    path.write_text(mapping_toml(MAPPING), "utf-8")
    return path


def added(engage: Engage, ws: Path, kind: str, **values: object) -> str:
    return str(engage("add", ws, kind, json.dumps(values), "--json").json["id"])


def test_a_new_workspace_shows_its_recovery_code_once(engage: Engage, tmp_path: Path) -> None:
    made = engage("new", tmp_path / "a", "--officer", "Sam", "--json")
    assert made.json["officer"] == "Sam"
    code = made.json["recovery_code"]
    assert engage("check", tmp_path / "a", passphrase=code).code == 0
    again = engage("new", tmp_path / "a", "--officer", "Sam", "--json")
    assert (again.code, again.out) == (1, "")
    assert "already holds something" in again.error["sentence"]
    short = engage("new", tmp_path / "b", "--officer", "Sam", passphrase="short")
    assert short.code == 1
    assert "at least 8" in short.err
    assert not (tmp_path / "b").exists()


def test_it_says_which_version_it_is(engage: Engage) -> None:
    assert engage("--version").out == f"Engage Desktop {__version__}\n"
    told = engage("--version", "--json").json
    assert told["version"] == __version__ == engage("--json", "--version").json["version"]
    assert all(told[name] for name in ("sqlcipher", "sqlite", "system", "python"))


def test_json_is_said_after_the_command(engage: Engage, tmp_path: Path) -> None:
    """Before it, half of the answer would be words."""
    told = engage("--json", "check", tmp_path)
    assert told.code == 1
    assert "after the command" in told.error["sentence"]


def test_help_is_not_told_as_a_mistake(engage: Engage) -> None:
    assert "Nothing was changed" not in engage().err
    assert engage("team", "list").err.count("?.") == 0


def test_the_sample_is_there_to_explore(engage: Engage, tmp_path: Path) -> None:
    made = engage("new", tmp_path / "a", "--officer", "Sam", "--sample", "--json")
    assert made.json["records"] > 100
    checked = engage("check", tmp_path / "a", "--json").json
    assert checked["ok"] is True
    report = engage("report", tmp_path / "a", "counted-returns", "--json").json
    assert report["totals"]["PALS"] == 447
    assert engage("report", tmp_path / "a", "themes", "--json").json["totals"]["themes"] > 0
    assert engage("report", tmp_path / "a", "fft", "--json").json["rows"]
    for document, more in (("you-said-we-did", ()), ("register", ("--kind", "venue")),
                           ("feedback-summary", ())):  # fmt: skip
        out = tmp_path / f"{document}.pdf"
        printed = engage("print", tmp_path / "a", document, "--out", out, *more, "--json")
        assert printed.json["pages"] >= 1
        assert out.read_bytes().startswith(b"%PDF")


def test_wrong_or_no_passphrase(engage: Engage, ws: Path, tmp_path: Path) -> None:
    wrong = engage("list", ws, "venue", "--json", passphrase="not the right one")
    assert (wrong.code, wrong.error["code"]) == (1, "wrong_passphrase")
    missing = engage("list", ws, "venue", "--json", passphrase=None)
    assert missing.error["code"] == "no_passphrase"
    file = tmp_path / "secret.txt"
    file.write_text(PASSPHRASE + "\n", "utf-8")
    assert engage("list", ws, "venue", "--passphrase-file", file, passphrase=None).code == 0
    file.write_text("\n", "utf-8")
    assert engage("list", ws, "venue", "--passphrase-file", file, passphrase=None).code == 1
    assert engage("list", tmp_path / "none", "venue").code == 1


def test_records_are_added_shown_changed_binned_and_taken_back(engage: Engage, ws: Path) -> None:
    hall = added(engage, ws, "venue", name="Mere Hall", capacity="1,200", checked_on="27/3/2026")
    talk = added(engage, ws, "event", name="Talk", venue="mere hall", event_type="workshop")
    shown = engage("show", ws, "event", talk, "--json").json
    assert (shown["venue"], shown["linked"]) == (hall, {"venue": "Mere Hall"})
    assert "Venue: Mere Hall" in engage("show", ws, "event", talk).out
    changed = engage("edit", ws, "venue", hall, '{"capacity": null, "phone": "01632 960111"}')
    assert changed.code == 0
    venue = engage("show", ws, "venue", hall, "--json").json
    assert (venue["capacity"], venue["phone"], venue["checked_on"]) == (
        None, "01632 960111", "2026-03-27")  # fmt: skip
    same = engage("edit", ws, "venue", hall, '{"phone": "01632 960111"}', "--json").json
    assert same["changed"] is False
    assert engage("delete", ws, "venue", hall, "--json").json["changed"] is True
    assert engage("list", ws, "venue", "--json").json["total"] == 0
    assert engage("list", ws, "venue", "--bin", "--json").json["rows"][0]["id"] == hall
    assert engage("show", ws, "venue", hall, "--json").json["in_bin"] is True
    assert engage("put-back", ws, "venue", hall).code == 0
    assert engage("undo", ws, "--json").json["records"][0]["what"] == "binned"
    assert engage("undo", ws, "event", talk).code == 0
    assert engage("list", ws, "event", "--json").json["total"] == 0


def test_slips_in_a_value_name_every_field_and_change_nothing(engage: Engage, ws: Path) -> None:
    bad = engage("add", ws, "event", '{"name": "X", "date": "soon", "colour": 1}', "--json")
    assert bad.code == 1
    assert set(bad.error["problems"]) == {"date", "colour"}
    assert (
        engage("add", ws, "event", '{"name": ""}').err == "Title is needed. Nothing was changed.\n"
    )
    assert "not JSON" in engage("add", ws, "event", "name=X").err
    assert "no venue called" in engage("add", ws, "event", '{"name":"X","venue":"Y"}').err
    assert "32 digits" in engage("show", ws, "event", "12").err
    assert engage("show", ws, "event", "0" * 32, "--json").error["code"] == "not_found"
    assert "Kinds here" in engage("list", ws, "nonsense").err
    assert engage("list", ws, "event", "--json").json["total"] == 0


def test_feedback_is_added_with_its_comments(engage: Engage, ws: Path) -> None:
    body = {"fft": "Very good", "received_on": "27/3/2026", "comments": [{"text": "Kind"}]}
    made = engage("add", ws, "feedback", "-", "--json", stdin=json.dumps(body))
    assert len(made.json["comments"]) == 1
    assert engage("show", ws, "comment", made.json["comments"][0], "--json").json["answered"]
    body["comments"] = [{"question": "What could be better?"}, {"themes": []}]
    empty = engage("add", ws, "feedback", "-", "--json", stdin=json.dumps(body)).json
    for comment in empty["comments"]:
        assert engage("show", ws, "comment", comment, "--json").json["answered"] is False
    assert engage("delete", ws, "feedback", empty["id"]).code == 0
    listed = engage("list", ws, "feedback", "--json").json
    assert listed["total"] == 1
    assert listed["rows"][0]["comments"][0]["text"] == "Kind"
    assert engage("list", ws, "comment", "--text", "kind", "--json").json["total"] == 1


def test_lists_are_filtered_sorted_and_cut(engage: Engage, ws: Path) -> None:
    for name, capacity, features in (("Barn", 20, {}), ("Hall", 90, {"lift": "yes"}),
                                     ("Church", 60, {})):  # fmt: skip
        added(engage, ws, "venue", name=name, capacity=capacity, access=features)

    def names(*more: str) -> list[str]:
        rows = engage("list", ws, "venue", "--json", *more).json["rows"]
        return [row["name"] for row in rows]

    assert names("--sort", "-capacity") == ["Hall", "Church", "Barn"]
    assert names("--where", "capacity>=60", "--sort", "name") == ["Church", "Hall"]
    assert names("--where", "name~ar") == ["Barn"]
    assert names("--where", "access=Lift for people, working") == ["Hall"]
    assert names("--limit", "1", "--sort", "name") == ["Barn"]
    assert "3 venues" in engage("list", ws, "venue").out
    assert "is not a filter" in engage("list", ws, "venue", "--where", "big").err
    assert "no field called" in engage("list", ws, "venue", "--where", "size=1").err


def test_import_preview_import_again_and_summaries(
    engage: Engage, ws: Path, tmp_path: Path, mapping: Path
) -> None:
    file = save_csv(tmp_path / "f.csv")
    arguments = ("import", ws, "feedback", file, "--mapping", mapping, "--json")
    looked = engage(*arguments, "--preview").json
    assert (looked["created"], looked["receipt"]) == (12, None)
    assert looked["columns"]["Ward"] == "response.service"
    assert engage("list", ws, "comment", "--json").json["total"] == 0
    taken = engage(*arguments).json
    assert taken["kinds"]["response"]["created"] == 4
    assert taken["refused"] == []
    assert engage(*arguments).json["created"] == 0
    remembered = engage("import", ws, "feedback", file, "--json")
    assert (remembered.json["created"], remembered.json["not_taken"]) == (0, [])
    fft = engage("summary", ws, "fft", "--json").json
    assert fft == {
        "counts": {"very_good": 1, "good": 1, "neither": 0, "poor": 0, "very_poor": 1,
                   "dont_know": 0},
        "not_asked": 1, "answered": 3, "positive_percent": 66.7, "negative_percent": 33.3,
    }  # fmt: skip
    only = engage("summary", ws, "fft", "--service", "Lapwing", "--json").json
    assert only["answered"] == 1
    themes = engage("summary", ws, "themes", "--json").json["themes"]
    assert themes == [{"name": "Staff", "comments": 1}, {"name": "Waiting", "comments": 1}]
    assert "3 people answered; 1 were not asked." in engage("summary", ws, "fft").out
    assert "people carry two dates" in engage("import", ws, "feedback", file, "--preview").out
    assert engage("summary", ws, "nonsense").code == 1


def test_sentences_under_a_heading_of_their_own_are_comments(
    engage: Engage, ws: Path, tmp_path: Path
) -> None:
    file = tmp_path / "cards.csv"
    file.write_text(
        "Rating,What could we do better?\nGood,The phone was never answered\n"
        "Poor,We waited outside in the rain\n", "utf-8",
    )  # fmt: skip
    taken = engage("import", ws, "feedback", file, "--json").json
    assert (taken["kinds"]["comment"]["created"], taken["not_taken"]) == (2, [])
    [one, two] = engage("list", ws, "comment", "--json").json["rows"]
    assert {one["text"], two["text"]} == {
        "The phone was never answered", "We waited outside in the rain",
    }  # fmt: skip
    assert one["question"] == two["question"] == "What could we do better?"


def test_a_mapping_for_another_kind_is_not_used(
    engage: Engage, ws: Path, tmp_path: Path, mapping: Path
) -> None:
    file = save_csv(tmp_path / "f.csv")
    assert (
        "is for feedback, not for venue"
        in engage("import", ws, "venue", file, "--mapping", mapping).err
    )


def test_pasted_cells_come_in_and_the_mapping_can_be_kept(
    engage: Engage, ws: Path, tmp_path: Path
) -> None:
    kept = tmp_path / "kept.toml"
    taken = engage("import", ws, "venue", "-", "--save-mapping", kept, "--json",
                   stdin="Name\tCapacity\nMere Hall\t90\n")  # fmt: skip
    assert taken.json["created"] == 1
    assert 'Name = "name"' in kept.read_text("utf-8")
    assert engage("undo", ws).code == 0
    assert engage("list", ws, "venue", "--json").json["total"] == 0


def test_what_is_exported_comes_back(
    engage: Engage, ws: Path, tmp_path: Path, mapping: Path
) -> None:
    engage("import", ws, "feedback", save_csv(tmp_path / "f.csv"), "--mapping", mapping)
    other = tmp_path / "other"
    engage("new", other, "--officer", "Ann")
    for name in ("out.csv", "out.xlsx"):
        assert engage("export", ws, "feedback", tmp_path / name, "--json").json["rows"] == 6
        assert engage("import", ws, "feedback", tmp_path / name, "--json").json["created"] == 0
        engage("import", other, "feedback", tmp_path / name)
        for kind in ("response", "comment", "theme"):
            ours = engage("list", ws, kind, "--json").json
            assert engage("list", other, kind, "--json").json == ours
    assert "'=never a formula" in (tmp_path / "out.csv").read_text("utf-8-sig")
    engage("export", ws, "feedback", "--out", tmp_path / "out.json")
    assert json.loads((tmp_path / "out.json").read_text("utf-8"))["total"] == 4
    assert engage("export", ws, "all", tmp_path / "all.xlsx").code == 0
    few = engage("export", ws, "response", tmp_path / "few.csv", "--where", "fft=good", "--json")
    assert few.json["rows"] == 1
    assert engage("export", ws, "venue", tmp_path / "x.pdf").code == 1
    assert engage("export", ws, "venue").code == 1


def test_backup_restore_and_check(engage: Engage, ws: Path, tmp_path: Path) -> None:
    added(engage, ws, "venue", name="Mere Hall")
    assert engage("backup", ws, tmp_path / "b.backup", "--json").json["bytes"] > 0
    assert engage("restore", tmp_path / "b.backup", tmp_path / "again").code == 0
    assert engage("list", tmp_path / "again", "venue", "--json").json["total"] == 1
    assert engage("check", tmp_path / "again").out.startswith("All is well.")


def test_two_laptops_sync_disagree_and_choose(engage: Engage, ws: Path, tmp_path: Path) -> None:
    hall = added(engage, ws, "venue", name="Mere Hall")
    shared, invitation, other = tmp_path / "shared", tmp_path / "invitation", tmp_path / "other"
    assert engage("sync", ws, shared).code == 1
    shared.mkdir()
    assert engage("team", "invite", ws, invitation).code == 0
    assert engage("sync", ws, shared, "--json").json["sent"] > 0
    assert engage("new", other, "--officer", "Ann", "--join", invitation).code == 0
    assert engage("sync", other, shared, "--json").json["received"] > 0
    members = engage("team", "members", ws, "--json").json
    engage("edit", ws, "venue", hall, '{"phone": "01632 960111"}')
    engage("edit", other, "venue", hall, '{"phone": "01632 960222"}')
    for each in (ws, other, ws):
        assert engage("sync", each, shared).code == 0
    assert members["rows"][0]["officer"] == "Sam Field"
    [conflict] = engage("conflicts", ws, "--json").json["rows"]
    assert {v["shown"] for v in conflict["versions"]} == {"01632 960111", "01632 960222"}
    assert "engage resolve" in engage("conflicts", ws).out
    slot = conflict["slot"]
    assert engage("resolve", ws, "venue", hall, slot).code == 1
    assert engage("resolve", ws, "venue", hall, slot, "--keep", "9").code == 1
    assert engage("resolve", ws, "venue", hall, slot, "--value", "01632 960333").code == 0
    for each in (ws, other):
        engage("sync", each, shared)
    assert engage("show", other, "venue", hall, "--json").json["phone"] == "01632 960333"
    assert engage("conflicts", other).out == "There is nothing to choose.\n"


def test_the_command_line_leaves_what_the_window_shows_of_an_exchange(
    engage: Engage, ws: Path, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    halls = [added(engage, ws, "venue", name=name) for name in ("Mere Hall", "Tarn Hall")]
    meeting = added(engage, ws, "event", name="Open day", venue=halls[0])
    engage("team", "invite", ws, tmp_path / "invitation")
    other = tmp_path / "other"
    assert engage("new", other, "--officer", "Ann", "--join", tmp_path / "invitation").code == 0
    for each in (ws, other):
        assert engage("sync", each, shared).code == 0
    engage("edit", ws, "event", meeting, json.dumps({"venue": halls[1]}))
    engage("edit", other, "event", meeting, '{"venue": null}')
    for each in (ws, other, ws):
        assert engage("sync", each, shared).code == 0
    [conflict] = engage("conflicts", ws, "--json").json["rows"]
    assert {version["shown"] for version in conflict["versions"]} == {"Tarn Hall", "Empty"}
    workspace = Workspace.open(ws, PASSPHRASE, around=Surroundings(cost=CHEAP))
    with workspace:
        reader = workspace.store.reader()
        try:
            seen = look(workspace.store, reader)
        finally:
            reader.close()
    assert [receipt["received"] for receipt in seen.receipts] == [1, 0, 0]
    assert seen.receipts[0]["from_whom"] == {"Ann": 1}
    assert seen.undecided == 1


def test_a_used_folder_that_is_empty_is_asked_about(
    engage: Engage, ws: Path, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    added(engage, ws, "venue", name="Mere Hall")
    assert engage("sync", ws, shared).code == 0
    shutil.rmtree(shared)
    shared.mkdir()
    asked = engage("sync", ws, shared)
    assert asked.code == 1
    assert "plugged in" in asked.err
    assert "--start" in asked.err
    assert engage("sync", ws, shared, "--start").code == 0


def test_a_bad_invitation_leaves_no_workspace(engage: Engage, tmp_path: Path) -> None:
    (tmp_path / "bad").write_bytes(b"not an invitation")
    made = engage("new", tmp_path / "a", "--officer", "Ann", "--join", tmp_path / "bad")
    assert made.code == 1
    assert not (tmp_path / "a").exists()
    assert engage("new", tmp_path / "a", "--officer", "A", "--join", tmp_path / "no").code == 1


def test_a_command_that_is_not_understood(engage: Engage) -> None:
    assert engage("nonsense").code == 2
    assert engage("list", "--json").error["code"] == "usage"
    assert engage("--help").code == 0


def test_a_mistake_of_ours_is_owned_and_logged_without_data(
    engage: Engage, ws: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engage_desktop.faults import fault_log

    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("Sam Field's phone")

    monkeypatch.setattr("engage_desktop.queries.feedback.fft_summary", fail)
    failed = engage("summary", ws, "fft", "--json")
    assert (failed.code, failed.error["code"]) == (70, "bug")
    assert "our mistake" in failed.error["sentence"]
    log = fault_log().read_text("utf-8")
    assert "ZeroDivisionError" in log
    assert "Sam Field" not in log


def test_the_command_starts_as_a_program_without_qt_or_heavy_libraries(tmp_path: Path) -> None:
    code = (
        "import sys; from engage_desktop.cli import main; main(['--help']); "
        "heavy = {'PySide6', 'openpyxl', 'reportlab', 'pyrage', 'rich'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    assert done.stdout.splitlines()[-1] == "[]"


def test_what_changed_for_me_and_a_delivery_in_one_file(
    engage: Engage, ws: Path, tmp_path: Path
) -> None:
    event = added(engage, ws, "event", name="Workshop", lead="Sam Field")
    invitation, other = tmp_path / "invitation", tmp_path / "other"
    assert engage("team", "invite", ws, invitation).code == 0
    assert engage("new", other, "--officer", "Ann", "--join", invitation).code == 0
    there, back = tmp_path / "there.engage", tmp_path / "back.engage"
    assert engage("send-file", ws, there, "--json").json["sent"] > 0
    assert engage("receive-file", other, there, "--json").json["received"] > 0
    assert engage("edit", other, "event", event, '{"expected": 40}').code == 0
    assert engage("send-file", other, "--out", back).code == 0
    assert "from Ann" in engage("receive-file", ws, back).out
    assert engage("receive-file", ws, invitation).code == 1
    assert engage("send-file", ws).code == 1
    told = engage("changes", ws, "--json").json
    assert (told["total"], told["unread"]) == (1, 1)
    [row] = told["rows"]
    assert (row["title"], row["lead"], row["watched"]) == ("Workshop", True, False)
    assert "Expected: 40" in row["entries"][0]["changes"]
    assert "Expected: 40" in engage("changes", ws).out
    letter, paper = tmp_path / "d.eml", tmp_path / "d.pdf"
    assert engage("digest", ws, "--out", letter, "--to", "sam@example.org").code == 0
    assert b"Expected: 40" in letter.read_bytes()
    assert engage("digest", ws, "--out", paper, "--json").json["records"] == 1
    assert paper.read_bytes().startswith(b"%PDF")
    assert engage("digest", ws, "--out", tmp_path / "d.doc").code == 1
    assert engage("digest", ws).code == 1
    assert engage("changes", ws, "--mark-read").code == 0
    assert engage("changes", ws, "--json").json["total"] == 0
    assert engage("changes", ws, "--since", "1/1/2020", "--json").json["total"] == 1
    assert engage("changes", ws, "--since", "soon").code == 1
    venue = added(engage, ws, "venue", name="Mere Hall")
    assert engage("watch", ws, "venue", venue, "--json").json["watched"] is True
    assert engage("watch", ws, "venue", venue, "--stop", "--json").json["watched"] is False
    assert engage("watch", ws, "venue", "0" * 32).code == 1


def test_contacts_cards_in_and_out_and_a_key_and_the_rest(
    engage: Engage, ws: Path, tmp_path: Path
) -> None:
    cards = tmp_path / "contacts.vcf"
    cards.write_text(OLD, "utf-8")
    looked = engage("import", ws, "stakeholders", cards, "--preview", "--json").json
    assert (looked["created"], looked["columns"]["E-mail"]) == (3, "email")
    taken = engage("import", ws, "stakeholders", cards, "--json").json
    assert (taken["created"], taken["updated"], taken["unchanged"]) == (3, 0, 0)
    assert (taken["refused"], taken["not_taken"]) == ([], ["KEY", "REV"])
    assert taken["not_taken_counts"] == {"KEY": 1, "REV": 1}
    assert "Fax (work)" in taken["in_notes"]
    assert taken["postcodes"][0]["postcode"] == "ZZ1 2AB"
    assert engage("attachments", ws, "--json").json["rows"][0]["filename"] == "photo.png"
    file = tmp_path / "people.csv"
    file.write_text(
        "Full name,Mail,E-mail,Colour\nR. Brödel,x,CHAIR@example.org,red\n"
        "Jo Reed,y,jo@example.org,\n", "utf-8"
    )  # fmt: skip
    command = ("import", ws, "stakeholders", file, "--key", "email")
    kept = engage(*command, "--no-update", "--rest", "notes", "--preview", "--json").json
    assert (kept["created"], kept["updated"], kept["unchanged"]) == (1, 0, 1)
    changed = engage(*command, "--rest", "notes", "--json").json
    assert (changed["created"], changed["updated"], changed["not_taken"]) == (1, 1, [])
    said = engage(*command, "--rest", "none").out
    assert "Not taken, with the rows that hold something there: Mail (2), Colour (1)" in said
    assert engage("import", ws, "stakeholders", file, "--key", "phone").code == 1
    out = tmp_path / "out.vcf"
    assert engage("export", ws, "stakeholder", out, "--vcard", "4.0", "--json").json["rows"] == 3
    assert "Fax" not in out.read_text("utf-8")
    engage("export", ws, "stakeholder", out, "--whole", "--replace")
    assert "Fax" in out.read_text("utf-8")
    assert "PHOTO;ENCODING=b" in out.read_text("utf-8")
    old = engage("export", ws, "stakeholder", tmp_path / "old.vcf", "--vcard", "2.1")
    assert "not “2.1”" in old.err
    engage("undo", ws)
    assert engage("list", ws, "stakeholder", "--json").json["total"] == 2
