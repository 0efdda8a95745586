"""An argument that will not do: what happened, what was kept, and what to do, in one sentence."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
import typer

from db.changes import Create
from db.errors import InvalidInput
from engage_desktop.cli import run
from engage_desktop.cli.common import Session, opened
from tests.cli.conftest import PASSPHRASE, Engage

NONE = "f" * 32
KEPT = re.compile(r"[Nn]othing (here )?(was|is|has been)|[Nn]o copy was made")

UNUSABLE = [
    "list", "nonsense", "list WS venue --colour red", "list WS shoe", "list WS venue --sort x",
    "list WS venue --where x", "list WS venue --where colour=1", "list WS venue --where capacity>x",
    "list WS venue --limit -1", "show WS venue zz", f"show WS venue {NONE}", "show WS shoe ID",
    "add WS shoe {}", 'add WS venue {"colour":1}', f"edit WS venue {NONE} {{}}",
    "edit WS venue zz {}", "delete WS venue zz", f"delete WS venue {NONE}", "undo WS venue zz",
    f"undo WS venue {NONE}", "not-duplicates WS a b", "merge WS a b", f"merge WS {NONE} ID",
    "unmerge WS zz", f"unmerge WS {NONE}", "erase WS venue zz --reason x",
    f"erase WS venue {NONE} --reason x", "erase WS shoe ID --reason x",
    "erase WS venue ID --reason x --field shoe", "import WS shoe ROWS", "import WS venue DIR",
    "import WS venue DIR/none", "import WS venue ROWS --header-row 99",
    "import WS venue ROWS --rest shoe", "import WS venue ROWS --key shoe",
    "import WS venue ROWS --mapping DIR/none", "import WS venue ROWS --mapping ROWS",
    "export WS shoe DIR/a.csv", "export WS venue DIR/a.shoe", "export WS venue DIR/a.csv --where x",
    "export WS venue", "print WS shoe --out DIR/a.pdf", "print WS network --on x --out DIR/a.pdf",
    "print WS register --kind shoe --out DIR/a.pdf", "mail-list WS DIR/a.csv --level x",
    f"attach WS venue {NONE} ROWS", "attach WS venue ID DIR/none", "attachments WS venue",
    "attachments WS venue zz", "detach WS zz", "detach WS ID", "save-attachment WS zz --out DIR/a",
    "summary WS x", "summary WS fft --since x", "report WS x", "report WS list --list x",
    "report WS stakeholders --list x", "standing WS zz", "sync WS DIR/none", "sync WS ''",
    "team ask WS ''", "verify DIR/none", "resolve WS venue ID x --keep 1",
    "team invite WS DIR/i --role x", "team invite WS DIR/i --days 0", "team nonsense",
    "team invite WS DIR/i --last-day x", "team join WS DIR/none", "team role WS x y",
    "field-copy WS zz DIR/f", "field-copy WS ID DIR/f --last-day x", "changes WS --since x",
    "watch WS shoe ID", "watch WS venue zz", "digest WS", "digest WS --out DIR/d.x",
    'edit WS venue ID {"capacity":-1}', 'add WS venue {"name":""}',
    'add WS stakeholder {"name":"Ann","nature":"person","email":"x"}',
    f'add WS feedback {{"comment":"Warm","event":"{NONE}"}}',
    "receive-file WS ROWS", "place forget WS x", "new DIR/n", "restore ROWS DIR/n",
    "backup DIR/none DIR/b", "list WS venue --passphrase-file DIR/none",
]  # fmt: skip


@pytest.fixture
def names(engage: Engage, ws: Path, tmp_path: Path) -> dict[str, str]:
    rows = tmp_path / "rows.csv"
    rows.write_text("Name\nMarsh Hall\n", encoding="utf-8")
    hall = engage("add", ws, "venue", '{"name": "Mill Hall"}', "--json").json["id"]
    return {"WS": str(ws), "ROWS": str(rows), "DIR": str(tmp_path), "ID": hall, "''": ""}


@pytest.mark.parametrize("command", UNUSABLE)
def test_it_is_said_that_nothing_was_changed(
    engage: Engage, ws: Path, names: dict[str, str], tmp_path: Path, monkeypatch, command: str
) -> None:
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    words = [
        names.get(word, word.replace("DIR/", f"{tmp_path}/", 1)) for word in command.split(" ")
    ]
    before = engage("list", ws, "venue", "--json").out
    refused = engage(*words, "--json")
    assert refused.code in (1, 2)
    sentence = refused.error["sentence"]
    assert KEPT.search(sentence), sentence
    assert len(re.findall("Nothing was changed", sentence)) <= 1
    assert engage("list", ws, "venue", "--json").out == before
    assert list(here.iterdir()) == []


def test_it_is_not_said_where_something_was(ws: Path, monkeypatch) -> None:
    """A command that wrote, and only then met what will not do, claims nothing that is not so."""
    app = typer.Typer()

    @app.command()
    def write(folder: Path, first: bool = False) -> None:
        with opened(folder, None) as workspace:
            if first:
                store = workspace.store
                made = store.registry["venue"](id=store.new_id(), name="Mill Hall")
                store.apply([Create(made)], "Add")
            raise InvalidInput("That will not do.")

    monkeypatch.setattr(run, "_parser", lambda: typer.main.get_command(app))
    said = {}
    for words in ((), ("--first",)):
        err = io.StringIO()
        session = Session(io.StringIO(), err, io.StringIO(), {"ENGAGE_PASSPHRASE": PASSPHRASE})
        assert run.main([str(ws), *words], session) == 1
        said[words] = err.getvalue()
    assert said == {
        (): "That will not do. Nothing was changed.\n",
        ("--first",): "That will not do.\n",
    }
