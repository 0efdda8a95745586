"""A real workspace with a cheap lock, its tasks, and a watch on the event loop."""

import contextlib
import gc
import socket
from itertools import count

import pytest
from PySide6.QtCore import QCoreApplication, QEvent
from PySide6.QtWidgets import QApplication

from db.changes import Create
from db.keys import CHEAP
from engage_desktop import sample
from engage_desktop.records.event import Event
from engage_desktop.records.feedback import Theme
from engage_desktop.sync.remote import login as keeping
from engage_desktop.workspace import Surroundings, Workspace
from tests.heartbeat import Heartbeat
from tests.sync import servers
from tests.ui_flows.helpers import PASSPHRASE, TODAY, Hands, settle_team
from ui.form.context import Context
from ui.pages.team import TeamPage
from ui.tasks import Tasks
from ui.theme import theme

_number = count()


@pytest.fixture
def around():
    return Surroundings(cost=CHEAP)


@pytest.fixture
def workspace(tmp_path, around):
    made, _ = Workspace.create(
        tmp_path / "Sam", officer="Sam Pike", passphrase=PASSPHRASE, around=around
    )
    yield made
    made.close()


@pytest.fixture
def county(workspace):
    """The workspace, filled with the sample county."""
    sample.fill(workspace.store, today=TODAY)
    return workspace


@pytest.fixture
def tasks(qtbot, workspace):
    theme()
    made = Tasks(workspace.store)
    yield made
    made.close()


@pytest.fixture
def opening(qtbot):
    """Tasks before any workspace is open."""
    theme()
    made = Tasks(None, readers=0)
    yield made
    made.close()


@pytest.fixture
def context(workspace, tasks):
    return Context(workspace, tasks)


@pytest.fixture
def topics(workspace):
    """Three topics for the stand and one more: name -> id."""
    found = {}
    for name, on_stand in (("Transport", True), ("GP access", True), ("Mental health", True),
                           ("Waiting times", False)):  # fmt: skip
        record = Theme(id=workspace.store.new_id(), name=name, on_stand=on_stand)
        workspace.store.apply([Create(record)], "Add theme")
        found[name] = record.id
    return found


@pytest.fixture
def event(workspace):
    record = Event(id=workspace.store.new_id(), name="Rural show stand", date=TODAY)
    workspace.store.apply([Create(record)], "Add event")
    return record


@pytest.fixture(autouse=True)
def everything_put_away(qapp):
    yield
    theme().set(scheme="light", percent=100)
    for widget in QApplication.topLevelWidgets():
        widget.close()
        widget.deleteLater()
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()


@pytest.fixture
def hands():
    return Hands()


@pytest.fixture
def shown(qtbot):
    """Show a window and give it the keyboard."""
    held = []  # qtbot keeps only weak references

    def show(window, size=(1366, 768)):
        qtbot.addWidget(window)
        held.append(window)
        if size:
            window.resize(*size)
        window.show()
        window.activateWindow()
        qtbot.waitUntil(window.isActiveWindow)
        QCoreApplication.processEvents()
        return window

    yield show
    held.clear()


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """Servers by kind, begun before any test so that their threads are no test's."""
    made = tmp_path_factory.mktemp
    with contextlib.ExitStack() as stack:
        yield {
            "webdav": stack.enter_context(servers.webdav(made("webdav"))),
            "sftp": stack.enter_context(servers.sftp(made("sftp"))),
            "s3": stack.enter_context(servers.s3()),
        }


@pytest.fixture
def server(request, running):
    """The kind of server that the test is given, with a new folder; mended afterwards."""
    made = running[request.param]
    made.folder = f"team-{next(_number)}"
    made.make(made.folder)
    yield made
    made.trouble.over()


@pytest.fixture
def chain(monkeypatch):
    """A keychain in memory, never that of whoever runs the tests."""
    made = servers.Chain()
    monkeypatch.setattr(keeping, "system_keychain", lambda: made)
    return made


@pytest.fixture
def silent():
    """The port of a server that takes calls and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as door:
        yield door.getsockname()[1]


@pytest.fixture
def heartbeat():
    return Heartbeat()


@pytest.fixture
def page_of(shown, qtbot):
    """The Team page of a workspace, in a window of its own."""
    made = []

    def make(workspace):
        theme()
        tasks = Tasks(workspace.store)
        page = shown(TeamPage(Context(workspace, tasks)), (1170, 712))
        made.append((page, tasks))
        settle_team(page, qtbot)
        return page

    yield make
    for page, tasks in made:
        page.close()
        tasks.close()
