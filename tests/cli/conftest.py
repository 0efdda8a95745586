"""The command line in this process: quick keys, its own streams, a passphrase from its world."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from db.keys import CHEAP
from engage_desktop.cli.common import Session
from engage_desktop.cli.run import main
from engage_desktop.workspace import Surroundings

PASSPHRASE = "four words make sense"


@dataclass
class Ran:
    """What one command did."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Its answer."""
        return json.loads(self.out)

    @property
    def error(self) -> Any:
        """Its error, as JSON."""
        return json.loads(self.err)["error"]


Engage = Callable[..., Ran]


@pytest.fixture
def engage() -> Engage:
    """Run a command as `engage("list", ws, "venue")`."""

    def run(*arguments: object, stdin: str = "", passphrase: str | None = PASSPHRASE) -> Ran:
        out, err = io.StringIO(), io.StringIO()
        environment = {} if passphrase is None else {"ENGAGE_PASSPHRASE": passphrase}
        session = Session(out, err, io.StringIO(stdin), environment, Surroundings(cost=CHEAP))
        code = main([str(argument) for argument in arguments], session)
        return Ran(code, out.getvalue(), err.getvalue())

    return run


@pytest.fixture
def ws(engage: Engage, tmp_path: Path) -> Path:
    """A new workspace."""
    folder = tmp_path / "ws"
    assert engage("new", folder, "--officer", "Sam Field").code == 0
    return folder
