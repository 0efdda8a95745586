"""What the start must not bring in, so that the first rows are there at once."""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys

import pytest

from db.changes import Create
from db.keys import CHEAP
from engage_desktop.records.feedback import Comment
from engage_desktop.workspace import Surroundings, Workspace
from ui.ahead import MODULES

LATER = (
    "PySide6.QtNetwork",
    "PySide6.QtPrintSupport",
    "asyncio",
    "db.backup",
    "difflib",
    "engage_desktop.documents",
    "engage_desktop.exchange",
    "engage_desktop.sync",
    "importlib.resources",
    "openpyxl",
    "pydantic",
    "pydantic_core",
    "reportlab",
    "typer",
    "engage_desktop.capture.card",
    "ui.dialogs.import_wizard",
    "ui.form.form",
    "ui.keys",
    "ui.pages.record_view",
    "ui.pages.today",
    "ui.widgets.cards",
    "ui.widgets.suggest",
)
"""Needed by one page, dialog or errand, but by no list."""

START = """
import gc, json, sys, threading
from pathlib import Path
from engage_desktop.__main__ import hush, load
load()
hush()
from PySide6.QtWidgets import QApplication
from PySide6.QtCore import QTimer
from db.keys import CHEAP
from db.reader import Reader
from engage_desktop.workspace import Surroundings, Workspace
from ui.session import AFTER_MS, Session
page, may_read = Reader.page, threading.Event()
Reader.page = lambda *asked, **more: may_read.wait() and page(*asked, **more)
app = QApplication(["engage-desktop"])
session = Session(app)
session.enter(Workspace.open(Path(sys.argv[1]), sys.argv[2], around=Surroundings(cost=CHEAP)))
from ui.table.view import RecordsView
view = next(v for v in session.window.findChildren(RecordsView) if v.isVisible())
seen = []
view.model().dataChanged.connect(lambda *_: seen.append((sorted(sys.modules), gc.isenabled())))
QTimer.singleShot(10 * AFTER_MS, may_read.set)
while not seen:
    app.processEvents()
loaded, swept = seen[0]
session.window.page.list_page.pane.view.selectRow(0)
session.window.page.list_page.record.show()
record = "ui.pages.record_view" in sys.modules
while session._ahead is None or not session._ahead.done:
    app.processEvents()
fetched = sorted(sys.modules)
session.window.close()
session.close()
print(json.dumps({"loaded": loaded, "swept": swept, "after": gc.isenabled(), "fetched": fetched,
                  "record": record}))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory):
    """What a process of its own had loaded when its first rows were there, which was late, as on a
    laptop that is slow or busy."""
    folder = tmp_path_factory.mktemp("start") / "ws"
    words = "four plain words here"
    around = Surroundings(cost=CHEAP)
    workspace, _ = Workspace.create(folder, officer="Ash Vane", passphrase=words, around=around)
    with workspace:
        store = workspace.store
        store.apply([Create(Comment(id=store.new_id(), text="Kind staff"))], "Add")
        store.set_setting("window", {"area": "feedback"})
    done = subprocess.run(
        [sys.executable, "-c", START, str(folder), words],
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        check=True,
        stdout=subprocess.PIPE,
        text=True,
        timeout=120,
    )
    return json.loads(done.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", LATER)
def test_the_first_rows_wait_for_nothing_they_do_not_need(found, name):
    assert name not in found["loaded"]


@pytest.mark.parametrize("name", [n for n in LATER if n.partition(".")[0] in ("db", "ui")])
def test_what_comes_later_is_still_called_so(name):
    assert importlib.util.find_spec(name) is not None


def test_memory_is_not_swept_while_the_window_comes_up(found):
    assert not found["swept"]
    assert found["after"]


def test_the_open_record_is_made_when_it_is_wanted(found):
    assert found["record"]


@pytest.mark.parametrize("name", ["pydantic", *MODULES])
def test_what_is_wanted_next_is_fetched_once_the_rows_are_there(found, name):
    assert name not in found["loaded"]
    assert name in found["fetched"]


def test_what_is_fetched_ahead_is_not_what_only_an_errand_needs(found):
    """It would hold memory all day for nothing."""
    assert not {"openpyxl", "reportlab", "typer", "asyncio"} & set(found["fetched"])
