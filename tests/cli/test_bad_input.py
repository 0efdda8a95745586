"""What an officer, a script or a stranger may get wrong: a sentence each, and nothing is lost."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.cli.conftest import PASSPHRASE, Engage

NEEDLE = "Quartz zebra hall"


def add(engage: Engage, ws: Path, kind: str = "venue", **values: object) -> str:
    return str(engage("add", ws, kind, json.dumps({"name": NEEDLE, **values}), "--json").json["id"])


@pytest.mark.parametrize(
    ("kind", "body", "words"),
    [
        ("venue", "[" * 100_000, "not JSON"),
        ("venue", '{"name":' * 50_000, "not JSON"),
        ("venue", '{"name": "a", "name": "b"}', "there twice"),
        ("venue", '{"name": " \\u00a0 "}', "Name is needed."),
        ("venue", '{"name": 5}', "Name must be text."),
        ("venue", '{"name": true}', "Name cannot be true."),
        ("venue", '{"name": "X", "capacity": true}', "Capacity cannot be true."),
        ("venue", '{"name": "X", "capacity": NaN}', "Capacity must be a whole number."),
        ("venue", '{"name": "X", "capacity": 1e400}', "Capacity must be a whole number."),
        ("venue", f'{{"name": "X", "capacity": {10**30}}}', "or less"),
        ("venue", '{"name": "X", "access": ["lift"]}', "Access must give each part"),
        ("venue", '{"name": "X", "access": {"lift": 5}}', "Access must be text."),
        ("venue", '{"name": "a\\u0000b"}', "NUL"),
        ("venue", '{"name": "\\ud800"}', "half a character"),
        ("event", '{"name": "E", "venue": {"a": 1}}', "Venue must be an id or a title."),
        ("event", f'{{"name": "E", "venue": "{"0" * 32}"}}', "There is no venue with the id"),
        ("feedback", '{"comments": [{"themes": 5}]}', "Themes must be a list"),
        ("counted_return", f'{{"subject": "x", "source": "PALS", "count": {10**30}}}', "or less"),
        ("attachment", '{"filename": "x"}', "made with its file"),
        ("import_receipt", '{"file_name": "x"}', "writes its own receipt"),
    ],
)
def test_values_of_the_wrong_shape(
    engage: Engage, ws: Path, kind: str, body: str, words: str
) -> None:
    bad = engage("add", ws, kind, "-", "--json", stdin=body)
    assert bad.code == 1
    assert words in bad.error["sentence"]
    assert engage("list", ws, kind, "--json").json["total"] == 0


@pytest.mark.parametrize(
    ("option", "value", "code"),
    [
        ("--where", "capacity>99999999999999999999999", "invalid"),
        ("--where", "access=zzz", "invalid"),
        ("--where", 'access="', "invalid"),
        ("--where", "name=\ud800", "invalid"),
        ("--sort", "nope", "invalid"),
        ("--limit", "-1", "usage"),
    ],
)
def test_filters_that_cannot_be(
    engage: Engage, ws: Path, option: str, value: str, code: str
) -> None:
    assert engage("list", ws, "venue", option, value, "--json").error["code"] == code


def test_a_limit_larger_than_any_list(engage: Engage, ws: Path) -> None:
    add(engage, ws)
    for more in ((), ("--json",)):
        assert engage("list", ws, "venue", "--limit", 10**30, *more).code == 0


def test_undo_takes_an_id_in_capitals(engage: Engage, ws: Path) -> None:
    hall = add(engage, ws)
    assert engage("undo", ws, "venue", hall.upper()).code == 0


@pytest.mark.parametrize("name", ["store.db", "keys.json", "keys-copy.json", "new.file", "sync/x"])
def test_nothing_is_written_into_a_workspace(
    engage: Engage, ws: Path, tmp_path: Path, name: str
) -> None:
    add(engage, ws)
    (ws / "sync").mkdir()
    target = ws / name
    before = target.read_bytes() if name.endswith(".json") else None
    other = tmp_path / "other"
    assert engage("new", other, "--officer", "Ann").code == 0
    mapping = tmp_path / "v.csv"
    mapping.write_text("Name\nHall\n", "utf-8")
    for command in (
        ("backup", ws, target),
        ("backup", other, target),
        ("export", ws, "venue", target.with_suffix(".csv")),
        ("print", ws, "register", "--kind", "venue", "--out", target),
        ("team", "invite", ws, target),
        ("import", ws, "venue", mapping, "--preview", "--save-mapping", target),
    ):
        refused = engage(*command, "--json")
        assert refused.code == 1, command
        assert "folder of a workspace" in refused.error["sentence"]
    for command in (("new", target, "--officer", "Ann"), ("sync", ws, ws), ("sync", ws, ws.parent)):
        assert engage(*command).code == 1, command
    if before is not None:
        assert target.read_bytes() == before
    assert name == "store.db" or before is not None or not target.exists()
    assert engage("list", ws, "venue", "--json").json["total"] == 1
    assert engage("check", ws).code == 0


def test_a_link_into_a_workspace_is_a_workspace_too(
    engage: Engage, ws: Path, tmp_path: Path
) -> None:
    (tmp_path / "link").symlink_to(ws)
    refused = engage("backup", ws, tmp_path / "link" / "store.db", "--json")
    assert "folder of a workspace" in refused.error["sentence"]
    assert engage("check", tmp_path / "link").code == 0


def test_files_that_cannot_be_written(engage: Engage, ws: Path, tmp_path: Path) -> None:
    for target in (tmp_path, tmp_path / "none" / "x", "", ".", tmp_path / ("z" * 300)):
        refused = engage("backup", ws, target, "--json")
        assert refused.code == 1, target
        assert refused.error["code"] in ("not_there", "invalid"), target
    assert sorted(path.name for path in tmp_path.iterdir()) == ["ws"]


def test_out_says_the_same_as_file(engage: Engage, ws: Path, tmp_path: Path) -> None:
    for command, name in (
        (("backup",), "b.engage-backup"),
        (("team", "invite"), "invitation"),
        (("export", "venue"), "v.csv"),
    ):
        first, *rest = command
        words = (first, ws, *rest) if first == "export" else (*command, ws)
        assert engage(*words, "--out", tmp_path / name, "--json").json["file"].endswith(name)
        assert (tmp_path / name).stat().st_size > 0
        assert "Two files" in engage(*words, tmp_path / "a", "--out", tmp_path / "b.csv").err
        assert "Say where to write" in engage(*words).err
    assert engage("restore", tmp_path / "b.engage-backup", tmp_path / "again").code == 0


@pytest.mark.parametrize("officer", ["a\0b", "a\nb", "\ud800", "x" * 201, " "])
def test_a_name_that_is_none_leaves_no_folder(engage: Engage, tmp_path: Path, officer: str) -> None:
    assert engage("new", tmp_path / "a", "--officer", officer, "--json").code == 1
    assert not (tmp_path / "a").exists()


def test_places_where_no_workspace_can_be(engage: Engage, ws: Path, tmp_path: Path) -> None:
    backup = tmp_path / "b"
    engage("backup", ws, backup)
    (tmp_path / "lost").symlink_to(tmp_path / "nowhere")
    for folder in (backup, tmp_path / "lost", tmp_path / ("q" * 300), ws / "inner", ws):
        assert engage("new", folder, "--officer", "Ann", "--json").error["sentence"]
        assert engage("restore", backup, folder, "--json").error["sentence"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["b", "lost", "ws"]


def test_a_stopped_new_leaves_no_workspace_without_a_code(
    engage: Engage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object, **__: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr("engage_desktop.sample.fill", stop)
    assert engage("new", tmp_path / "a", "--officer", "Ann", "--sample").code == 130
    assert not (tmp_path / "a").exists()


def test_not_one_row_taken_is_not_done(engage: Engage, ws: Path, tmp_path: Path) -> None:
    file = tmp_path / "v.csv"
    file.write_text("Name,Capacity\n" + "Hall,many\n" * 30, "utf-8")
    assert engage("import", ws, "venue", file, "--preview").code == 0
    failed = engage("import", ws, "venue", file, "--json")
    assert (failed.code, failed.error["code"]) == (1, "nothing_taken")
    assert len(failed.json["refused"]) == 30
    assert "--json lists every row" in engage("import", ws, "venue", file).out
    file.write_text("Name,Capacity\nHall,many\nBarn,20\n", "utf-8")
    assert engage("import", ws, "venue", file).code == 0


def test_a_strangers_words_do_not_steer_the_terminal(engage: Engage, ws: Path) -> None:
    hall = add(engage, ws, notes="one\r\ntwo \x1b]0;title\x07\x9b2J\ttab")
    for words in (engage("show", ws, "venue", hall).out, engage("list", ws, "venue").out):
        assert not {ch for ch in words if (ord(ch) < 32 or 127 <= ord(ch) < 160)} - {"\n", "\t"}
    assert "one\ntwo ␛]0;title" in engage("show", ws, "venue", hall).out
    assert "\x1b]0;title\x07\x9b" in engage("show", ws, "venue", hall, "--json").json["notes"]


def test_a_damaged_store_says_so_and_checks_as_damaged(
    engage: Engage, ws: Path, tmp_path: Path
) -> None:
    for number in range(30):
        add(engage, ws, notes=f"{number} " + "x" * 3000)
    store = ws / "store.db"
    good = store.read_bytes()
    pages = len(good) // 4096
    found = 0
    for page in range(1, pages, max(1, pages // 12)):
        bad = bytearray(good)
        bad[page * 4096 + 2000] ^= 1
        store.write_bytes(bad)
        for command in (("list", "venue"), ("backup", tmp_path / f"b{page}")):
            done = engage(command[0], ws, command[1], "--json")
            assert done.code == 0 or done.error["code"] == "damaged"
            assert ".tmp" not in done.err
        checked = engage("check", ws, "--json")
        assert checked.code == 1, page
        found += not (json.loads(checked.out)["ok"] if checked.out else False)
    assert found > 10


def program(*arguments: object, stdin: bytes = b"", **more: str) -> tuple[int, str, str]:
    """The command as a program of its own, with the world's own bytes."""
    environment = {**os.environ, "ENGAGE_PASSPHRASE": PASSPHRASE, **more}
    done = subprocess.run(
        [sys.executable, "-m", "engage_desktop.cli", *map(str, arguments)],
        capture_output=True, check=False, input=stdin, env=environment,
        cwd=Path(__file__).parents[2],
    )  # fmt: skip
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def test_damage_is_told_in_json_and_nothing_else(engage: Engage, ws: Path) -> None:
    store = ws / "store.db"
    data = bytearray(store.read_bytes())
    data[2000] ^= 1
    store.write_bytes(data)
    code, out, err = program("list", ws, "venue", "--json")
    assert (code, out) == (1, "")
    assert json.loads(err)["error"]["code"] == "not_a_workspace"


@pytest.mark.skipif(sys.platform == "win32", reason="file names there are Unicode")
def test_bytes_that_are_no_letters(engage: Engage, ws: Path, tmp_path: Path) -> None:
    name = os.fsdecode(bytes(tmp_path) + b"/b\xff")
    for locale in ("C", "C.UTF-8"):
        code, out, err = program("backup", ws, name, "--replace", "--json", LC_ALL=locale)
        assert (code, err) == (0, "")
        assert os.path.exists(json.loads(out)["file"])
        code, _, err = program("add", ws, "venue", "-", "--json", stdin=b'{"name": "\xff"}',
                               LC_ALL=locale)  # fmt: skip
        assert (code, "half a character" in err) == (1, True)


def test_a_backup_that_was_tampered_with(engage: Engage, ws: Path, tmp_path: Path) -> None:
    import hashlib

    backup, bad = tmp_path / "b", tmp_path / "bad"
    engage("backup", ws, backup)
    with zipfile.ZipFile(backup) as whole:
        files = json.loads(whole.read("backup.json"))["files"]
        held = {name: whole.read(name) for name in files}

    def restored(manifest: object, extra: str = "") -> dict[str, str]:
        with zipfile.ZipFile(bad, "w") as archive:
            for name, data in held.items():
                archive.writestr(name, data)
            if extra:
                archive.writestr(extra, b"evil")
            text = manifest if isinstance(manifest, str) else json.dumps(manifest)
            archive.writestr("backup.json", text)
        done = engage("restore", bad, tmp_path / "again", "--json")
        assert done.code == 1
        assert not (tmp_path / "again").exists()
        return dict(done.error)

    for manifest in ("[]", "null", "{}", "[" * 100_000, {"format": 1, "files": []},
                     {"format": 2, "files": {}}, {"format": 1, "files": {}}):  # fmt: skip
        assert restored(manifest)["code"] == "not_a_workspace"
    evil = {"sha256": hashlib.sha256(b"evil").hexdigest(), "size": 4}
    for name in ("../evil", "/tmp/evil", "a/../../evil", "store.db/x", ".hidden", "x" * 300):
        assert (
            "Nothing was changed"
            in restored({"format": 1, "files": {**files, name: evil}}, name)["sentence"]
        )
    assert not (tmp_path.parent / "evil").exists()


def test_a_spoilt_count_of_tries_locks_nobody_out(engage: Engage, ws: Path) -> None:
    tries = ws / "attempts.json"
    for text in ("[" * 100_000, '{"a": 1}', "[5]"):
        tries.write_text(text, "utf-8")
        assert engage("list", ws, "venue").code == 0


def test_a_folder_is_verified_without_a_passphrase(
    engage: Engage, ws: Path, tmp_path: Path
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    assert engage("verify", shared, passphrase=None).code == 1
    add(engage, ws)
    engage("sync", ws, shared)
    whole = engage("verify", shared, "--json", passphrase=None)
    assert whole.code == 0
    assert (whole.json["ok"], whole.json["bundles"], whole.json["bad"], whole.json["gaps"]) == (
        True, 1, [], [])  # fmt: skip
    assert engage("verify", shared, passphrase=None).out == (
        "All is well: 1 delivery and 0 attachments of 1 laptop.\n"
    )
    [bundle] = shared.rglob("*.bundle")
    data = bytearray(bundle.read_bytes())
    data[-100] ^= 1
    bundle.write_bytes(data)
    bad = engage("verify", shared, "--json", passphrase=None)
    assert bad.code == 1
    assert [item["file"] for item in bad.json["bad"]] == [bundle.relative_to(shared).as_posix()]
    assert bundle.name in engage("verify", shared, passphrase=None).out


def test_every_flipped_bit_of_an_invitation_is_found(engage: Engage, ws: Path) -> None:
    from engage_desktop.sync.errors import BadInvitation
    from engage_desktop.sync.invite import read_invitation

    file = ws.parent / "invitation"
    engage("team", "invite", ws, file)
    good = file.read_bytes()
    assert read_invitation(good, None).record_key
    for at in range(len(good)):
        with pytest.raises(BadInvitation):
            read_invitation(good[:at] + bytes([good[at] ^ 1]) + good[at + 1 :], None)


def test_invitations_that_are_none(engage: Engage, ws: Path, tmp_path: Path) -> None:
    code = tmp_path / "code"
    code.write_text("short\n", "utf-8")
    made = engage("team", "invite", ws, tmp_path / "i", "--code-file", code, "--json")
    assert "too short" in made.error["sentence"]
    none = engage("team", "invite", ws, tmp_path / "i", "--code-file", tmp_path / "no", "--json")
    assert none.error["sentence"] == "There is no code file “no”. Nothing was changed."
    assert not (tmp_path / "i").exists()
    large = tmp_path / "large"
    with large.open("wb") as file:
        file.truncate(3_000_000_000)
    for path in (large, tmp_path, tmp_path / "none", code):
        joined = engage("new", tmp_path / "a", "--officer", "Ann", "--join", path, "--json")
        assert joined.error["sentence"]
        assert not (tmp_path / "a").exists()


def test_an_invitation_used_twice_and_its_remedy(engage: Engage, ws: Path, tmp_path: Path) -> None:
    shared, file, code = tmp_path / "shared", tmp_path / "invitation", tmp_path / "code"
    shared.mkdir()
    code.write_text("tractor violin\n", "utf-8")
    engage("sync", ws, shared)
    engage("team", "invite", ws, file)
    laptops = [tmp_path / "one", tmp_path / "two"]
    for laptop in laptops:
        assert engage("new", laptop, "--officer", laptop.name, "--join", file).code == 0
        engage("sync", laptop, shared)
        add(engage, laptop, notes=laptop.name)
        engage("sync", laptop, shared)
    engage("sync", ws, shared)
    assert engage("list", ws, "venue", "--json").json["total"] == 0
    for laptop in laptops:
        again = tmp_path / f"for {laptop.name}"
        engage("team", "invite", ws, again, "--code-file", code)
        assert engage("team", "join", laptop, again, "--json").error["code"] == "code_needed"
        joined = engage("team", "join", laptop, again, "--code-file", code, "--json")
        assert joined.json["role"] == "officer"
    for each in (*laptops, ws):
        assert engage("sync", each, shared).code == 0
    assert engage("list", ws, "venue", "--json").json["total"] == 2
    assert engage("team", "members", ws, "--json").json["total"] == 3
    assert engage("verify", shared, passphrase=None).code == 0


def test_another_empty_folder_has_to_be_confirmed(engage: Engage, ws: Path, tmp_path: Path) -> None:
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    engage("sync", ws, tmp_path / "first")
    asked = engage("sync", ws, tmp_path / "second", "--json")
    assert asked.error["code"] == "folder_not_started"
    assert "engage sync WS FOLDER --start" in asked.error["sentence"]
    assert list((tmp_path / "second").iterdir()) == []
    assert engage("sync", ws, tmp_path / "second", "--start").code == 0


@pytest.mark.skipif(sys.platform == "win32", reason="Ctrl+C is no signal there")
def test_a_stopped_command_says_so_and_leaves_the_workspace_whole(
    engage: Engage, ws: Path, tmp_path: Path
) -> None:
    """The import waits for its rows, so that it is stopped in its middle and not by chance."""
    import signal

    pipe = tmp_path / "marker"
    program_text = f"""
import os, signal, sys
from engage_desktop.exchange import importer
from engage_desktop.cli import main
def stop(*_):
    os.kill(os.getpid(), signal.SIGINT)
    return iter(())
importer._steps = stop
sys.exit(main(["import", {str(ws)!r}, "venue", {str(pipe)!r}, "--json"]))
"""
    pipe.write_text("Name\nHall\nBarn\n", "utf-8")
    done = subprocess.run(
        [sys.executable, "-c", program_text], capture_output=True, text=True, check=False,
        env={**os.environ, "ENGAGE_PASSPHRASE": PASSPHRASE}, cwd=Path(__file__).parents[2],
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    assert (done.returncode, done.stdout) == (130, "")
    assert json.loads(done.stderr)["error"]["code"] == "cancelled"
    assert engage("check", ws).out == "All is well. Records: none yet.\n"


def test_a_sheet_asked_of_what_has_none_is_told(engage: Engage, ws: Path, tmp_path: Path) -> None:
    file = tmp_path / "halls.csv"
    file.write_text("Name\nMere Hall\n", "utf-8")
    done = engage("import", ws, "venue", file, "--sheet", "Halls", "--json")
    assert done.json["created"] == 1
    assert any("halls.csv” is not a workbook" in note for note in done.json["notes"])
    pasted = engage("import", ws, "venue", "-", "--sheet", "Halls", stdin="Name\nTarn Hall\n")
    assert "What was pasted is not a workbook and has no sheet “Halls”" in pasted.out
    plain = engage("import", ws, "venue", file, "--json")
    assert plain.json["notes"] == []


@pytest.mark.parametrize("more", [(), ("--json",), ("--preview",), ("--save-mapping", "m.toml")])
@pytest.mark.parametrize("kind", ["place", "feedback", "venue"])
def test_contacts_cards_are_taken_as_nothing_but_people(
    engage: Engage, ws: Path, tmp_path: Path, kind: str, more: tuple[str, ...]
) -> None:
    file = tmp_path / "people.vcf"
    file.write_text("BEGIN:VCARD\nVERSION:3.0\nFN:Ada Fell\nEND:VCARD\n", "utf-8")
    mapping = tmp_path / "m.toml"
    ran = engage("import", ws, kind, file, *(mapping if m == "m.toml" else m for m in more))
    assert (ran.code, ran.out) == (1, "")
    said = ran.error["sentence"] if "--json" in more else ran.err
    assert "“people.vcf” holds contacts’ cards: people and organisations, not" in said
    assert "Nothing was imported. Import it as stakeholders." in said
    assert engage("list", ws, "stakeholder", "--json").json["total"] == 0
    assert not mapping.exists()
    assert engage("import", ws, "stakeholder", file).code == 0


def test_what_would_lie_within_itself_is_refused(engage: Engage, ws: Path) -> None:
    outer = add(engage, ws, "place")
    inner = add(engage, ws, "place", name="Mere", within=outer)
    for inside in (outer, inner):
        ran = engage("edit", ws, "place", outer, json.dumps({"within": inside}), "--json")
        assert (ran.code, ran.out) == (1, "")
        assert (
            "Lies in: this place would come to lie within itself. Nothing was changed."
            in (ran.error["sentence"])
        )
    assert engage("show", ws, "place", outer, "--json").json["within"] is None
