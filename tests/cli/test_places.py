"""Shared places on servers, from the command line: added, used, tested, verified, forgotten."""

from __future__ import annotations

import contextlib
import json
import os
from pathlib import Path

import pytest

from engage_desktop.sync.remote import login as keeping
from tests.cli.conftest import PASSPHRASE, Engage
from tests.sync import servers


@pytest.fixture(scope="module", autouse=True)
def running(tmp_path_factory):
    """The servers, begun before any test so that their threads are no test's."""
    with contextlib.ExitStack() as stack:
        yield {
            "webdav": stack.enter_context(servers.webdav(tmp_path_factory.mktemp("webdav"))),
            "sftp": stack.enter_context(servers.sftp(tmp_path_factory.mktemp("sftp"))),
            "s3": stack.enter_context(servers.s3()),
        }


@pytest.fixture(autouse=True)
def no_keychain(monkeypatch):
    """Tests never reach the keychain of whoever runs them."""
    monkeypatch.setattr(keeping, "system_keychain", lambda: None)


@pytest.mark.parametrize("kind", ["webdav", "sftp", "s3"])
def test_from_adding_a_place_to_forgetting_it(
    running, kind: str, engage: Engage, ws: Path, tmp_path: Path
) -> None:
    server = running[kind]
    folder = f"cli-{tmp_path.name}"
    server.make(folder)
    address, login = server.address(folder).text, server.login()
    secret = tmp_path / "secret.txt"
    secret.write_text(login.secret + "\n")
    who = ["--user", login.user, "--password-file", secret]
    if kind == "sftp":
        asked = engage("place", "add", ws, address, *who, "--json")
        assert asked.error["code"] == "host_key_unknown"
        assert server.host_key in asked.error["sentence"]
        assert engage("place", "list", ws, "--json").json["total"] == 0
        who += ["--fingerprint", server.host_key]
    unknown = engage("sync", ws, address, "--json")
    assert (unknown.code, unknown.error["code"]) == (1, "not_found")
    added = engage("place", "add", ws, address, *who, "--json")
    assert added.json == {
        "address": address, "user": login.user, "kept": "store",
        "host_key": server.host_key,
    }  # fmt: skip
    assert engage("add", ws, "venue", '{"name": "Village hall"}').code == 0
    assert engage("sync", ws, address, "--json").json["sent"] > 0
    assert engage("sync", ws, address, "--json").json["sent"] == 0
    tested = engage("place", "test", ws, address, "--json").json
    assert tested["writable"]
    assert tested["files"] == len(server.files(folder))
    report = engage("verify", address, *who, "--json")
    assert report.json["ok"]
    assert report.json["bundles"] == 1
    said = [added.out, added.err, tested, report.out, engage("place", "list", ws, "--json").out]
    assert login.secret not in json.dumps(said)
    secret.unlink()
    for place in (ws, Path(os.environ["HOME"])):
        held = b"".join(path.read_bytes() for path in place.rglob("*") if path.is_file())
        assert login.secret.encode() not in held
    assert engage("place", "forget", ws, address).code == 0
    assert engage("sync", ws, address, "--json").error["code"] == "not_found"
    assert len(server.files(folder)) == tested["files"]


def test_what_cannot_be_added_is_said_and_not_kept(
    running, engage: Engage, ws: Path, tmp_path: Path
) -> None:
    server = running["webdav"]
    server.make("wrong")
    address = server.address("wrong").text
    secret = tmp_path / "secret.txt"
    secret.write_text("not the password\n")
    who = ["--user", "sam", "--password-file", secret, "--json"]
    assert engage("place", "add", ws, address, *who).error["code"] == "login_refused"
    with_password = address.replace("://", "://sam:hunter2@")
    refused = engage("place", "add", ws, with_password, *who)
    assert refused.error["code"] == "invalid"
    assert "hunter2" not in refused.err + refused.out
    assert "hunter2" not in engage("sync", ws, with_password).err
    nobody = engage("place", "add", ws, address, "--user", "sam", "--json")
    assert nobody.error["code"] == "no_password"
    no_user = engage("place", "add", ws, "s3://county-team", "--password-file", secret, "--json")
    assert no_user.error["code"] == "invalid"
    key = engage("place", "add", ws, address, "--key-file", secret, "--user", "x", "--json")
    assert key.error["code"] == "invalid"
    missing = engage("place", "add", ws, "sftp://127.0.0.1/x", "--user", "sam", "--key-file",
                     tmp_path / "none", "--json")  # fmt: skip
    assert missing.error["code"] == "not_found"
    assert engage("place", "forget", ws, address, "--json").error["code"] == "not_found"
    assert engage("place", "test", ws, tmp_path, "--json").error["code"] == "invalid"
    assert engage("verify", tmp_path, "--user", "sam", "--json").error["code"] == "invalid"
    assert engage("place", "list", ws).out == "None are known.\n"
    assert PASSPHRASE not in refused.err


def test_a_key_that_the_person_confirms(
    running, engage: Engage, ws: Path, tmp_path: Path, monkeypatch
) -> None:
    server = running["sftp"]
    server.make("asked")
    secret = tmp_path / "secret.txt"
    secret.write_text(servers.PASSWORD + "\n")
    address = server.address("asked").text
    asked = []

    def says(word: str):
        def confirmed(question: str) -> bool:
            asked.append(question)
            return word == "yes"

        return confirmed

    who = ["--user", "sam", "--password-file", secret, "--json"]
    monkeypatch.setattr("engage_desktop.cli.places.confirmed", says("no"))
    assert engage("place", "add", ws, address, *who).error["code"] == "host_key_unknown"
    monkeypatch.setattr("engage_desktop.cli.places.confirmed", says("yes"))
    assert engage("place", "add", ws, address, *who).json["host_key"] == server.host_key
    assert server.host_key in asked[0]
    key = tmp_path / "key"
    key.write_text(server.key_login().secret)
    by_key = ["--user", "sam", "--key-file", key, "--fingerprint", server.host_key]
    assert engage("place", "add", ws, address, *by_key).code == 0
    assert engage("place", "test", ws, address).code == 0


@pytest.mark.parametrize("kind", ["webdav", "sftp"])
def test_one_is_let_in_through_a_server(
    running, kind: str, engage: Engage, ws: Path, tmp_path: Path
) -> None:
    server = running[kind]
    folder = f"asks-{tmp_path.name}"
    server.make(folder)
    address = server.address(folder).text
    secret = tmp_path / "secret.txt"
    secret.write_text(server.login().secret + "\n")
    new = tmp_path / "Priya"
    engage("new", new, "--officer", "Priya")
    for each in (ws, new):
        added = engage(
            "place", "add", each, address, "--user", server.login().user, "--password-file", secret,
            *(["--fingerprint", server.host_key] if server.host_key else []),
        )  # fmt: skip
        assert added.code == 0, added.err
    assert engage("sync", ws, address, "--json").code == 0
    early = engage("team", "join", new, address, "--json")
    assert early.error["code"] == "not_allowed"
    words = engage("team", "ask", new, address, "--json").json["words"]
    asks = engage("team", "requests", ws, address, "--json").json
    assert [row["words"] for row in asks["rows"]] == [words]
    approved = engage("team", "approve", ws, address, "--words", words, "--json")
    assert approved.code == 0, approved.err
    engage("sync", ws, address)
    assert engage("team", "join", new, address, "--json").json["role"] == "officer"
    assert engage("sync", new, address, "--json").code == 0
