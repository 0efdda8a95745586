"""The team on the command line: all that its page does, without a window."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engage_desktop.sync.canonical import canonical, sha256
from engage_desktop.sync.desk import FOLDER, offered_place
from engage_desktop.sync.invite import read_invitation
from engage_desktop.sync.team import membership
from engage_desktop.sync.team_changes import say
from engage_desktop.workspace import Workspace
from tests.cli.conftest import PASSPHRASE, Engage


@pytest.fixture
def shared(tmp_path: Path) -> Path:
    folder = tmp_path / "shared"
    folder.mkdir()
    return folder


def made(engage: Engage, tmp_path: Path, officer: str) -> Path:
    folder = tmp_path / officer
    assert engage("new", folder, "--officer", officer).code == 0
    return folder


def joined(
    engage: Engage, ws: Path, tmp_path: Path, shared: Path, officer: str, *more: str
) -> Path:
    """A colleague who joins by eight words over the folder."""
    assert engage("sync", ws, shared).code == 0
    new = made(engage, tmp_path, officer)
    words = engage("team", "ask", new, shared, "--json").json["words"]
    done = engage("team", "approve", ws, shared, "--words", words, *more)
    assert done.code == 0, done.err
    assert engage("sync", ws, shared).code == 0
    assert engage("team", "join", new, shared).code == 0
    return new


def roles(engage: Engage, ws: Path) -> dict[str, str]:
    rows = engage("team", "roles", ws, "--json").json["rows"]
    return {row["officer"]: row["role"] or row["standing"] for row in rows}


def test_eight_words_let_a_laptop_in_over_the_folder(engage, ws, shared, tmp_path) -> None:
    assert engage("sync", ws, shared).code == 0
    priya = made(engage, tmp_path, "Priya")
    asked = engage("team", "ask", priya, shared, "--json").json
    assert len(asked["words"].split()) == 8
    assert engage("team", "ask", priya, shared, "--json").json["words"] == asked["words"]
    listed = engage("team", "requests", ws, shared, "--json").json
    assert [row["words"] for row in listed["rows"]] == [asked["words"]]
    assert engage("team", "join", priya, shared).code == 1
    early = engage("sync", priya, shared, "--json")
    assert early.error["code"] == "no_team"
    assert asked["words"] in early.error["sentence"]
    short = " ".join(word[:4] for word in asked["words"].upper().split())
    assert engage("team", "approve", ws, shared, "--words", short).code == 0
    assert engage("sync", ws, shared).code == 0
    assert engage("sync", priya, shared).code == 0, "a sync enters once it is approved"
    assert roles(engage, priya) == {"Sam Field": "admin", "Priya": "officer"}
    assert engage("team", "requests", ws, shared, "--json").json["total"] == 0


def test_a_request_under_a_colleague_s_name_is_told_apart(engage, ws, shared, tmp_path) -> None:
    assert engage("sync", ws, shared).code == 0
    new = made(engage, tmp_path, "sam  field")
    assert engage("team", "ask", new, shared).code == 0
    (row,) = engage("team", "requests", ws, shared, "--json").json["rows"]
    assert (row["officer"], row["colleague"]) == ("sam  field", "Sam Field")
    told = engage("team", "requests", ws, shared).out
    assert "Sam Field has a laptop in the team already. Approve this one only if they tell" in told
    assert engage("team", "approve", ws, shared, "--words", row["words"]).code == 0
    assert engage("sync", ws, shared).code == 0
    assert engage("team", "join", new, shared).code == 0
    priya = made(engage, tmp_path, "Priya")
    assert engage("team", "ask", priya, shared).code == 0
    (row,) = engage("team", "requests", ws, shared, "--json").json["rows"]
    assert row["colleague"] == ""
    assert "already" not in engage("team", "requests", ws, shared).out


def test_who_was_let_in_already_is_said_to_be(engage, ws, shared, tmp_path) -> None:
    """It was called a request that somebody had changed on the way."""
    assert engage("sync", ws, shared).code == 0
    priya = made(engage, tmp_path, "Priya")
    words = engage("team", "ask", priya, shared, "--json").json["words"]
    assert engage("team", "approve", ws, shared, "--words", words).code == 0
    again = engage("team", "approve", ws, shared, "--words", words, "--role", "reader", "--json")
    assert again.code == 1
    assert "let in already, as an officer" in again.error["sentence"]
    assert "change the role" in again.error["sentence"]
    assert roles(engage, ws)["Priya"] == "officer"


def test_what_was_asked_by_file_and_by_folder_is_one_request(engage, ws, shared, tmp_path) -> None:
    assert engage("sync", ws, shared).code == 0
    priya, asked, answer = made(engage, tmp_path, "Priya"), tmp_path / "ask", tmp_path / "answer"
    first = engage("team", "ask", priya, "--out", asked, "--json").json["words"]
    assert len(first.split()) == 8
    assert first in engage("team", "ask", priya, "--out", asked, "--replace").out
    words = engage("team", "requests", ws, asked, "--json").json["rows"][0]["words"]
    assert words == first, "both show the same before anybody is let in"
    early = engage("sync", priya, shared, "--json")
    assert words in early.error["sentence"], "the words that the admin sees, and no others"
    approved = engage("team", "approve", ws, asked, "--words", words, "--out", answer)
    assert approved.code == 0, approved.err
    again = engage("team", "ask", priya, shared, "--json").json
    assert again["words"] == words
    again = engage("team", "ask", priya, "--out", asked, "--replace", "--json")
    assert again.json["words"] == words
    entered = engage("team", "join", priya, answer)
    assert entered.code == 0, entered.err


def test_nobody_is_waited_for_where_there_is_nothing_to_hold(engage, ws, shared, tmp_path) -> None:
    priya = joined(engage, ws, tmp_path, shared, "Priya")
    assert engage("sync", priya, shared, "--json").json["not_holding"] == []
    assert engage("snapshot", ws, shared, "--json").json["not_holding"] == ["Priya"]


def test_other_words_let_nobody_in(engage, ws, shared, tmp_path) -> None:
    assert engage("sync", ws, shared).code == 0
    priya = made(engage, tmp_path, "Priya")
    words = engage("team", "ask", priya, shared, "--json").json["words"].split()
    other = next(at for at, word in enumerate(words) if word != words[0])
    turned = " ".join([words[other], *words[1:other], words[0], *words[other + 1 :]])
    refused = engage("team", "approve", ws, shared, "--words", turned, "--json")
    assert (refused.code, refused.error["code"]) == (1, "not_found")
    for bad in ("one two", "xylophonist " * 8, " ".join(words[:7])):
        assert engage("team", "approve", ws, shared, "--words", bad).code == 1
    assert roles(engage, ws) == {"Sam Field": "admin"}


def test_files_on_a_stick_do_as_well_as_the_folder(engage, ws, shared, tmp_path) -> None:
    assert engage("add", ws, "venue", json.dumps({"name": "Church hall"})).code == 0
    assert engage("sync", ws, shared).code == 0
    priya = made(engage, tmp_path, "Priya")
    request, reply = tmp_path / "request.json", tmp_path / "answer.json"
    assert engage("team", "ask", priya, "--out", request).code == 0
    (row,) = engage("team", "requests", ws, request, "--json").json["rows"]
    done = engage("team", "approve", ws, request, "--words", row["words"], "--out", reply, "--json")
    entered = engage("team", "join", priya, reply, "--json").json
    assert done.json["words"] == entered["words"], "these stand for the team too"
    assert engage("sync", ws, shared).code == 0
    assert engage("sync", priya, shared, "--json").json["received"] == 1
    request.write_bytes(request.read_bytes().replace(b"Priya", b"Prija"))
    assert engage("team", "requests", ws, request).code == 1


def test_a_request_is_not_taken_for_an_invitation(engage, ws, tmp_path) -> None:
    priya, asked = made(engage, tmp_path, "Priya"), tmp_path / "priya.request"
    assert engage("team", "ask", priya, "--out", asked).code == 0
    own = engage("team", "join", priya, asked, "--json")
    assert (own.code, own.error["code"]) == (1, "request")
    assert "this laptop’s own request to join a team, not the answer" in own.error["sentence"]
    assert "Give it to an admin of the team" in own.error["sentence"]
    new = tmp_path / "new"
    told = engage("new", new, "--officer", "Priya", "--join", asked, "--json")
    assert (told.code, told.error["code"]) == (1, "request")
    assert "Priya’s request" in told.error["sentence"]
    assert not new.exists()


def test_revoked_laptops_send_nothing_and_the_keys_change(engage, ws, shared, tmp_path) -> None:
    priya = joined(engage, ws, tmp_path, shared, "Priya")
    assert engage("add", priya, "venue", '{"name": "Library"}').code == 0
    assert engage("sync", priya, shared).code == 0
    assert engage("sync", ws, shared, "--json").json["received"] == 1
    event = {"name": "Open day", "lead": "Priya"}
    assert engage("add", ws, "event", json.dumps(event)).code == 0
    done = engage("team", "revoke", ws, "priya", "--hand-over-to", "Sam Field", "--json").json
    assert (done["handed_over"], done["still_leads"]) == (1, 0)
    assert engage("add", ws, "venue", '{"name": "Secret hall"}').code == 0
    assert engage("sync", ws, shared).code == 0
    assert engage("add", priya, "venue", '{"name": "Too late"}').code == 0
    engage("sync", priya, shared)
    late = engage("sync", ws, shared, "--json").json
    assert [item["code"] for item in late["quarantined"]] == ["revoked"], "kept, and not counted"
    names = engage("list", ws, "venue", "--json").json
    assert {row["title"] for row in names["rows"]} == {"Library", "Secret hall"}
    held = engage("list", priya, "venue", "--json").json
    assert "Secret hall" not in {row["title"] for row in held["rows"]}
    assert roles(engage, ws) == {"Sam Field": "admin", "Priya": "out"}
    facts = engage("team", "lost", ws, "Priya", "--known", "1/9/2026", "--json").json
    assert facts["is_out"]
    assert facts["reads"] == ["general", "people", "money"]
    assert (facts["last_file"], facts["hours"]) == (2, 72), "somebody used it since"
    assert facts["deadline_ms"] - facts["known_ms"] == 72 * 3_600_000
    assert facts["records"]["venue"] == 2


def test_a_revoked_laptop_is_told_so_when_it_asks_to_come_back(
    engage, ws, shared, tmp_path
) -> None:
    priya = joined(engage, ws, tmp_path, shared, "Priya")
    assert engage("sync", priya, shared).code == 0
    assert engage("sync", ws, shared).code == 0
    assert engage("add", priya, "venue", '{"name": "Never sent"}').code == 0
    assert engage("team", "revoke", ws, "Priya", "--why", "Left on a train").code == 0
    invitation = tmp_path / "invitation"
    assert engage("team", "invite", ws, invitation).code == 0
    assert engage("sync", ws, shared).code == 0
    ways = (
        ("team", "ask", priya, shared),
        ("team", "join", priya, shared),
        ("team", "join", priya, invitation),
    )
    for heard in (False, True):
        for way in ways:
            told = engage(*way, "--json")
            assert (told.code, told.error["code"]) == (1, "revoked"), (heard, way, told.err)
            for said in (
                "was taken out of the team on ", " by Sam Field (Left on a train).",
                "Nothing was changed", "new invitation, in a new workspace",
                "1 change written here", "engage export WS all FILE",
            ):  # fmt: skip
                assert said in told.error["sentence"], (heard, way)
        if not heard:
            notes = engage("sync", priya, shared, "--json").json["notes"]
            assert any("taken out of the team on" in note for note in notes)
    told = engage("team", "ask", priya, "--out", tmp_path / "request", "--json")
    assert told.error["code"] == "revoked"
    late = engage("add", priya, "venue", '{"name": "Later"}', "--json").error
    assert late["code"] == "not_permitted"
    assert late["sentence"].startswith("This laptop is not in the team any more, so nothing more")
    new = tmp_path / "new"
    assert engage("new", new, "--officer", "Priya", "--join", invitation).code == 0
    assert engage("sync", new, shared).code == 0
    rows = engage("team", "roles", new, "--json").json["rows"]
    assert sorted(r["standing"] for r in rows if r["officer"] == "Priya") == ["in", "out"]


def test_one_who_left_is_told_how_to_come_back(engage, ws, shared, tmp_path) -> None:
    priya = joined(engage, ws, tmp_path, shared, "Priya")
    assert engage("team", "leave", priya).code == 0
    told = engage("team", "ask", priya, shared, "--json").error
    assert told["code"] == "in_a_team"
    assert "left the team on" in told["sentence"]
    assert "engage team join WS FILE" in told["sentence"]
    assert engage("sync", priya, shared).code == 0
    assert engage("sync", ws, shared).code == 0
    invitation = tmp_path / "invitation"
    assert engage("team", "invite", ws, invitation).code == 0
    assert engage("team", "join", priya, invitation).code == 0
    assert roles(engage, priya)["Priya"] == "officer"


def test_roles_change_and_only_admins_change_them(engage, ws, shared, tmp_path) -> None:
    priya = joined(engage, ws, tmp_path, shared, "Priya", "--role", "reader")
    assert engage("team", "role", priya, "Priya", "admin").code == 1
    assert engage("team", "revoke", priya, "Sam Field").code == 1
    assert engage("team", "role", ws, "Priya", "king").code == 1
    assert engage("team", "role", ws, "Priya", "officer", "--last-day", "1/9/2096").code == 1
    past = engage("team", "role", ws, "Priya", "volunteer", "--last-day", "1/9/2020", "--json")
    assert past.error["sentence"].startswith("1 Sep 2020 is over already. Nothing was changed.")
    done = engage("team", "role", ws, "Priya", "volunteer", "--last-day", "1/9/2096", "--json")
    assert (done.json["role"], done.json["was"]) == ("volunteer", "reader")
    rows = engage("team", "roles", ws, "--json").json["rows"]
    assert [r["last_day"] for r in rows if r["officer"] == "Priya"] == ["2096-09-01"]
    assert engage("team", "role", ws, "Priya", "admin").code == 0
    assert engage("sync", ws, shared).code == 0
    assert engage("sync", priya, shared).code == 0
    assert engage("team", "role", priya, "Sam Field", "officer").code == 0
    assert engage("sync", priya, shared).code == 0
    assert engage("sync", ws, shared).code == 0
    assert roles(engage, ws) == {"Sam Field": "officer", "Priya": "admin"}
    only = engage("team", "revoke", priya, "Priya", "--json")
    assert only.error["code"] == "not_allowed"


def test_an_admin_s_own_rights_go_only_after_a_clear_yes(engage, ws, shared, tmp_path) -> None:
    alone = engage("team", "invite", ws, tmp_path / "x.invite")
    assert alone.code == 0
    only = engage("team", "role", ws, "Sam Field", "officer", "--yes", "--json")
    assert "only admin" in only.error["sentence"], "the last admin stays, yes or no"
    priya = joined(engage, ws, tmp_path, shared, "Priya", "--role", "admin")
    for act in (("role", ws, "Sam Field", "officer"), ("revoke", ws, "Sam Field")):
        asked = engage("team", *act, "--json")
        assert (asked.code, asked.error["code"]) == (1, "own_rights")
        assert "only priya could" in asked.error["sentence"].lower()
        assert "--yes" in asked.error["sentence"]
        assert roles(engage, ws) == {"Sam Field": "admin", "Priya": "admin"}
    again = engage("team", "role", ws, "Sam Field", "admin", "--json")
    assert again.error["sentence"] == "Sam Field is an admin already. Nothing was changed."
    assert engage("team", "role", ws, "Sam Field", "officer", "--yes").code == 0
    assert engage("sync", ws, shared).code == 0
    assert engage("sync", priya, shared).code == 0
    assert roles(engage, priya) == {"Sam Field": "officer", "Priya": "admin"}


def test_a_role_that_ends_has_a_last_day(engage, ws, shared, tmp_path) -> None:
    file = tmp_path / "v.invite"
    for act in (("invite", ws, file, "--role", "volunteer"),
                ("invite", ws, file, "--role", "field")):  # fmt: skip
        none = engage("team", *act, "--json")
        assert (none.code, none.error["code"]) == (1, "no_last_day")
        assert "Nothing was changed. Give one, such as" in none.error["sentence"]
        assert "--last-day" in none.error["sentence"]
    assert not file.exists()
    joined(engage, ws, tmp_path, shared, "Vera", "--role", "reader")
    assert engage("team", "role", ws, "Vera", "volunteer", "--json").error["code"] == "no_last_day"
    new = made(engage, tmp_path, "Nell")
    words = engage("team", "ask", new, shared, "--json").json["words"]
    approve = ("team", "approve", ws, shared, "--words", words, "--role", "volunteer")
    assert engage(*approve, "--json").error["code"] == "no_last_day"
    assert engage(*approve, "--last-day", "1/9/2096").code == 0
    listed = engage("team", "roles", ws)
    assert "1 Sep 2096" in listed.out
    assert "no last day" not in listed.out


def test_a_volunteer_of_an_earlier_version_is_shown_without_a_last_day(
    engage, ws, shared, tmp_path
) -> None:
    joined(engage, ws, tmp_path, shared, "Vera", "--role", "reader")
    with Workspace.open(ws, PASSPHRASE) as office:
        vera = next(m for m in membership(office.store).roster.members.values()
                    if m.officer == "Vera")  # fmt: skip
        say(office.store, "role", {"device": vera.device, "role": "volunteer", "expires": None,
                                   "marks": {}, "rotate": None})  # fmt: skip
    listed = engage("team", "roles", ws)
    assert "no last day" in listed.out
    assert "Vera is a volunteer without a last day. Give one: engage team role WS" in listed.out
    assert engage("team", "role", ws, "Vera", "volunteer", "--last-day", "1/9/2096").code == 0
    assert "without a last day" not in engage("team", "roles", ws).out


def test_the_recovery_key_brings_an_admin_back(engage, ws, shared, tmp_path) -> None:
    assert engage("add", ws, "venue", '{"name": "Church hall"}').code == 0
    key, code = tmp_path / "recovery.key", tmp_path / "code"
    code.write_text("a long code for a safe\n")
    made_it = engage("team", "recovery", "make", ws, key, "--code-file", code, "--json")
    assert made_it.json["locked"] is True
    assert engage("team", "recovery", "make", ws, key).code == 1, "a key is not overwritten"
    assert engage("sync", ws, shared).code == 0
    warned = engage("team", "roles", ws, "--json").json["warnings"]
    assert ["second" in words for words in warned] == [True]
    new = made(engage, tmp_path, "Alex")
    assert engage("team", "recovery", "use", new, key, "--folder", shared).code == 1
    used = engage(
        "team", "recovery", "use", new, key, "--folder", shared, "--code-file", code, "--json"
    )
    assert used.json["role"] == "admin"
    assert engage("sync", new, shared, "--json").json["received"] == 1
    assert engage("sync", ws, shared).code == 0
    assert roles(engage, ws) == {"Sam Field": "admin", "Alex": "admin"}
    assert engage("team", "roles", ws, "--json").json["warnings"] == []


def test_a_leaver_hands_over_what_they_lead(engage, ws, shared, tmp_path) -> None:
    priya = joined(engage, ws, tmp_path, shared, "Priya")
    assert engage("add", priya, "event", '{"name": "Open day", "lead": "Priya"}').code == 0
    assert engage("team", "leave", priya).code == 1, "somebody must take over"
    left = engage("team", "leave", priya, "--to", "Sam Field", "--json").json
    assert [led["title"] for led in left["handed_over"]] == ["Open day"]
    engage("sync", priya, shared)
    assert engage("sync", ws, shared).code == 0
    assert roles(engage, ws) == {"Sam Field": "admin", "Priya": "out"}
    (row,) = engage("list", ws, "event", "--json").json["rows"]
    assert row["lead"] == "Sam Field"


def test_the_last_one_leaves_only_after_a_clear_yes(engage, ws, shared, tmp_path) -> None:
    assert engage("sync", ws, shared).code == 0
    asked = engage("team", "leave", ws, "--json")
    assert (asked.code, asked.error["code"]) == (1, "team_ends")
    for said in ("there is no recovery key", "Nothing was changed", "recovery make", "--yes"):
        assert said in asked.error["sentence"]
    assert roles(engage, ws) == {"Sam Field": "admin"}
    assert engage("team", "leave", ws, "--yes").code == 0
    assert roles(engage, ws) == {"Sam Field": "out"}
    assert engage("team", "leave", ws, "--yes").code == 1


def test_the_only_admin_leaves_colleagues_only_with_a_recovery_key(
    engage, ws, shared, tmp_path
) -> None:
    joined(engage, ws, tmp_path, shared, "Priya")
    refused = engage("team", "leave", ws, "--yes", "--json")
    assert refused.error["code"] == "not_allowed", "a yes does not strand them"
    assert engage("team", "recovery", "make", ws, tmp_path / "key").code == 0
    asked = engage("team", "leave", ws, "--json")
    assert asked.error["code"] == "team_ends"
    assert "only the organisation's recovery key" in asked.error["sentence"]
    assert engage("team", "leave", ws, "--yes").code == 0


def test_two_admins_who_take_each_other_out_are_reviewed(engage, ws, shared, tmp_path) -> None:
    priya = joined(engage, ws, tmp_path, shared, "Priya", "--role", "admin")
    alex = joined(engage, ws, tmp_path, shared, "Alex", "--role", "admin")
    for one in (priya, alex, ws):
        assert engage("sync", one, shared).code == 0
    assert engage("team", "revoke", priya, "Alex").code == 0
    assert engage("team", "revoke", alex, "Priya").code == 0
    for one in (priya, alex, ws):
        engage("sync", one, shared)
    assert roles(engage, ws) == {"Sam Field": "admin", "Priya": "out", "Alex": "out"}
    rows = engage("team", "review", ws, "--json").json["rows"]
    assert {row["why"] for row in rows} == {"quarrel"}
    change = {row["officer"]: row["change"] for row in rows}
    done = engage("team", "review", ws, "--drop", change["Priya"], "--keep", change["Alex"])
    assert (done.code, done.out.strip()) == (0, "There is nothing to review.")
    assert roles(engage, ws) == {"Sam Field": "admin", "Priya": "admin", "Alex": "out"}
    assert engage("team", "review", ws, "--keep", "ffffffff").code == 1


def test_the_recovery_key_settles_where_no_admin_is_left(engage, ws, shared, tmp_path) -> None:
    key = tmp_path / "key"
    assert engage("team", "recovery", "make", ws, key).code == 0
    priya = joined(engage, ws, tmp_path, shared, "Priya", "--role", "admin")
    alex = joined(engage, ws, tmp_path, shared, "Alex")
    for one in (priya, alex, ws):
        assert engage("sync", one, shared).code == 0
    assert engage("team", "revoke", priya, "Sam Field").code == 0
    assert engage("team", "revoke", ws, "Priya").code == 0
    for one in (priya, alex, ws, alex):
        engage("sync", one, shared)
    assert roles(engage, alex) == {"Sam Field": "out", "Priya": "out", "Alex": "officer"}
    rows = engage("team", "review", alex, "--json").json["rows"]
    change = {row["officer"]: row["change"][:12] for row in rows}
    said = ("--drop", change["Priya"], "--keep", change["Sam Field"])
    assert engage("team", "review", alex, *said, "--json").error["code"] == "not_allowed"
    assert engage("team", "recovery", "use", alex, key, "--json").error["code"] == "invalid"
    done = engage("team", "recovery", "use", alex, key, *said, "--json")
    assert done.code == 0, done.err
    assert (done.json["role"], done.json["to_review"]) == ("officer", 0)
    for one in (alex, priya, ws):
        assert engage("sync", one, shared).code == 0
    for one in (alex, priya, ws):
        assert roles(engage, one) == {"Sam Field": "out", "Priya": "admin", "Alex": "officer"}


def test_who_began_another_team_is_told_what_to_do(engage, ws, shared, tmp_path) -> None:
    other, elsewhere = made(engage, tmp_path, "Priya"), tmp_path / "elsewhere"
    elsewhere.mkdir()
    assert engage("sync", ws, shared).code == 0
    assert engage("sync", other, elsewhere).code == 0
    for act in ("ask", "join"):
        told = engage("team", act, other, shared, "--json").error
        assert told["code"] == "in_a_team"
        assert "To join another one, make a new workspace." in told["sentence"]


def test_an_invitation_tells_the_server_and_never_how_to_sign_in(engage, ws, tmp_path) -> None:
    file, new = tmp_path / "x.invite", tmp_path / "new"
    with Workspace.open(ws, PASSPHRASE) as office:
        office.store.set_setting(FOLDER, "webdavs://sam.field@cloud.example.org/Team")
    assert engage("team", "invite", ws, file).code == 0
    assert b"sam.field" not in file.read_bytes()
    assert read_invitation(file.read_bytes(), None).place == "webdavs://cloud.example.org/Team"
    told = engage("new", new, "--officer", "Priya", "--join", file)
    assert "engage place add “new” webdavs://cloud.example.org/Team --user NAME" in told.out
    with Workspace.open(new, PASSPHRASE) as made:
        assert offered_place(made.store) == "webdavs://cloud.example.org/Team"
        made.store.set_setting(FOLDER, str(tmp_path))
        assert offered_place(made.store) == ""


@pytest.mark.parametrize("place", [7, "/etc", "webdavs://sam:secret@cloud.example.org/", "s3://?"])
def test_a_place_that_is_none_is_not_offered(engage, ws, tmp_path, place) -> None:
    file = tmp_path / "x.invite"
    assert engage("team", "invite", ws, file).code == 0
    value = json.loads(file.read_bytes())
    del value["sum"]
    value["place"] = place
    value["sum"] = sha256(canonical(value))
    assert read_invitation(canonical(value), None).place == ""


def test_an_invitation_takes_no_other_file_s_place_unasked(engage, ws, tmp_path) -> None:
    """Two colleagues invited by one name would leave one of them with nothing to join with."""
    file = tmp_path / "colleague.invite"
    assert engage("team", "invite", ws, file).code == 0
    first = file.read_bytes()
    told = engage("team", "invite", ws, file, "--role", "reader", "--json")
    assert (told.code, told.error["code"]) == (1, "file_there")
    assert "--replace" in told.error["sentence"]
    assert file.read_bytes() == first
    dangling = tmp_path / "link.invite"
    dangling.symlink_to(tmp_path / "gone")
    assert engage("team", "invite", ws, dangling, "--json").error["code"] == "file_there"
    assert engage("team", "invite", ws, file, "--role", "reader", "--replace").code == 0
    assert file.read_bytes() != first


def test_an_invitation_that_says_for_whom_lets_in_nobody_else(engage, ws, tmp_path) -> None:
    file, new = tmp_path / "x.invite", tmp_path / "new"
    made = engage("team", "invite", ws, file, "--for", " Priya  Nair", "--role", "payer", "--json")
    assert (made.json["for"], made.json["role"]) == ("Priya Nair", "payer")
    told = engage("new", new, "--officer", "Sam Field", "--join", file, "--json")
    assert (told.code, told.error["code"]) == (1, "other_name")
    assert told.error["sentence"].startswith(
        "This invitation is for Priya Nair, and the name here is Sam Field. Nothing was changed."
    )
    assert not new.exists()
    there = tmp_path / "there"
    assert engage("new", there, "--officer", "Sam Field").code == 0
    assert engage("team", "join", there, file, "--json").error["code"] == "other_name"
    assert engage("team", "roles", there, "--json").error["code"] == "no_team"
    assert engage("new", new, "--officer", "priya nair", "--join", file).code == 0
    assert roles(engage, new) == {"Sam Field": "admin", "priya nair": "payer"}


def test_what_an_invitation_says_of_the_name_is_told_to_who_makes_it(engage, ws, tmp_path) -> None:
    named = engage("team", "invite", ws, tmp_path / "a", "--for", "Ann Tully")
    assert "Nobody joins with it under another name than Ann Tully." in named.out
    whoever = engage("team", "invite", ws, tmp_path / "b")
    assert "It names nobody, so whoever has it joins under any name." in whoever.out
    assert engage("team", "invite", ws, tmp_path / "b", "--replace", "--json").json["for"] is None
    none = engage("team", "invite", ws, tmp_path / "c", "--for", " ", "--json")
    assert (none.code, none.error["code"]) == (1, "invalid")
    assert not (tmp_path / "c").exists()


def test_the_folder_that_one_stands_in_has_a_name(engage, ws, tmp_path, monkeypatch) -> None:
    monkeypatch.chdir(tmp_path)
    told = engage("sync", ws, ".", "--json")
    assert told.code == 1
    assert f"“{tmp_path.name}”" in told.error["sentence"]


def test_of_a_laptop_that_is_held_it_is_said_why_and_what_to_do(
    engage, ws, shared, tmp_path
) -> None:
    file = tmp_path / "one.invite"
    assert engage("team", "invite", ws, file).code == 0
    assert "Held:" not in engage("team", "roles", ws).out
    for officer in ("Priya", "Kim"):
        new = tmp_path / officer
        assert engage("new", new, "--officer", officer, "--join", file).code == 0
        assert engage("sync", new, shared).code == 0
    assert engage("sync", ws, shared).code == 0
    told = engage("team", "roles", ws).out
    assert "Held: not let in (yet), as an invitation was used on two laptops" in told
    assert roles(engage, ws)["Kim"] == "held"
