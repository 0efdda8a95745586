"""Another passphrase and another recovery code from the command line."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from db.keys import CHEAP
from engage_desktop.cli.common import Session
from engage_desktop.cli.run import main
from engage_desktop.workspace import Surroundings
from tests.cli.conftest import PASSPHRASE, Engage

NEW = "kettle marsh orbit lamp"
ROOT = Path(__file__).parents[2]


class Terminal(io.StringIO):
    """Somebody is there to ask."""

    def isatty(self) -> bool:
        return True


def test_the_passphrase_is_changed_from_a_file(engage: Engage, ws: Path, tmp_path: Path) -> None:
    file = tmp_path / "new.txt"
    file.write_text(NEW + "\n", "utf-8")
    done = engage("passphrase", ws, "--new-passphrase-file", file, "--json")
    assert done.json == {"workspace": str(ws), "changed": True}
    assert engage("check", ws, passphrase=NEW).code == 0
    old = engage("check", ws, "--json")
    assert (old.code, old.error["code"]) == (1, "wrong_passphrase")


def test_what_cannot_be_a_new_passphrase_changes_nothing(
    engage: Engage, ws: Path, tmp_path: Path
) -> None:
    file = tmp_path / "new.txt"
    nobody = engage("passphrase", ws, "--json")
    assert (nobody.code, nobody.error["code"]) == (1, "no_passphrase")
    assert "--new-passphrase-file" in nobody.error["sentence"]
    assert engage("passphrase", ws, "--new-passphrase-file", file).code == 1
    file.write_text("short\n", "utf-8")
    assert "at least 8" in engage("passphrase", ws, "--new-passphrase-file", file).err
    file.write_text(NEW, "utf-8")
    wrong = engage("passphrase", ws, "--new-passphrase-file", file, passphrase="not the one")
    assert wrong.code == 1
    assert engage("check", ws).code == 0


@pytest.mark.parametrize(("again", "code"), [(NEW, 0), (NEW + "s", 1)])
def test_the_new_passphrase_is_asked_for_twice(
    engage: Engage, ws: Path, monkeypatch: pytest.MonkeyPatch, again: str, code: int
) -> None:
    answers, asked = [PASSPHRASE, NEW, again], []

    def answered(words: str) -> str:
        asked.append(words)
        return answers[len(asked) - 1]

    monkeypatch.setattr("getpass.getpass", answered)
    out, err = io.StringIO(), io.StringIO()
    session = Session(out, err, Terminal(), {}, Surroundings(cost=CHEAP))
    assert main(["passphrase", str(ws)], session) == code
    assert asked == ["Passphrase: ", "New passphrase: ", "The same again: "]
    assert engage("check", ws, passphrase=NEW).code == code
    assert engage("check", ws).code == 1 - code


def test_a_new_recovery_code_takes_the_old_ones_place(engage: Engage, tmp_path: Path) -> None:
    ws = tmp_path / "a"
    old = engage("new", ws, "--officer", "Sam", "--json").json["recovery_code"]
    made = engage("recovery", ws, "--json")
    code = made.json["recovery_code"]
    assert made.json == {"recovery_code": code}
    assert engage("check", ws, passphrase=code).code == 0
    assert engage("check", ws, passphrase=old).code == 1
    assert engage("check", ws).code == 0
    told = engage("recovery", ws, passphrase=code).out  # with the code in the passphrase's place
    assert "Recovery code: " in told
    assert "not shown again" in told


def test_both_work_in_a_process_of_their_own(engage: Engage, ws: Path, tmp_path: Path) -> None:
    file = tmp_path / "new.txt"
    file.write_text(NEW + "\n", "utf-8")

    def ran(*arguments: object, passphrase: str) -> dict[str, object]:
        done = subprocess.run(
            [sys.executable, "-m", "engage_desktop.cli", *map(str, arguments), "--json"],
            capture_output=True, text=True, encoding="utf-8", check=True, cwd=ROOT,
            stdin=subprocess.DEVNULL, env=os.environ | {"ENGAGE_PASSPHRASE": passphrase},
        )  # fmt: skip
        answer: dict[str, object] = json.loads(done.stdout)
        return answer

    assert ran("passphrase", ws, "--new-passphrase-file", file, passphrase=PASSPHRASE)["changed"]
    code = str(ran("recovery", ws, passphrase=NEW)["recovery_code"])
    assert engage("check", ws, passphrase=code).code == 0
