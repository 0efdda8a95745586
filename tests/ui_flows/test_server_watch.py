"""By itself through a server: asked seldom, silent while it is away, and never in anybody's way."""

import datetime as dt
import threading
import time

import pytest

import ui.folder_watch
from db.changes import Create
from engage_desktop.queries.standing import Standing
from engage_desktop.records.event import Event
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync.remote.book import keep_place_known
from engage_desktop.sync.remote.login import Login
from engage_desktop.sync.team_asking import approve, ask
from engage_desktop.workspace import Workspace
from tests.sync import servers
from ui.dialogs.flows import Flows
from ui.exchange import Exchanger
from ui.folder_watch import AWAY, HERE, LONGEST_S, REFUSED, SERVER_S, FolderWatch
from ui.main_window import MainWindow
from ui.pages.send_receive import SendReceivePage
from ui.standing_words import status_of
from ui.team_watch import AGAIN_MS, TeamWatch, soon

pytestmark = pytest.mark.usefixtures("chain")
only_webdav = pytest.mark.parametrize("server", ["webdav"], indirect=True)


@pytest.fixture
def shared(workspace, server):
    """The team's place, used before."""
    address = server.address(server.folder).text
    keep_place_known(workspace.store, server.address(server.folder), server.login())
    workspace.store.set_setting(exchange_desk.FOLDER, address)
    exchange_desk.send_and_receive(workspace, address)
    return address


@pytest.fixture
def watch(workspace, tasks, qtbot):
    exchanger = Exchanger(workspace, tasks)
    done, told = [], []
    exchanger.done.connect(lambda receipt, by_itself: done.append((receipt, by_itself)))
    exchanger.failed.connect(lambda error, by_itself: done.append((error, by_itself)))
    exchanger.refused.connect(told.append)
    made = FolderWatch(workspace.store, tasks, exchanger, look_ms=3_600_000)
    made.done, made.told, made.exchanger = done, told, exchanger
    yield made
    made.stop()


def look(watch, tasks, qtbot):
    qtbot.waitUntil(lambda: not tasks.busy)  # it never looks while anything else goes on
    watch.look()
    qtbot.waitUntil(lambda: not tasks.busy and not tasks._apart and not watch.exchanger.busy)


def add(workspace):
    record = Event(id=workspace.store.new_id(), name="Forum")
    workspace.store.apply([Create(record)], "Add event")


@only_webdav
def test_it_begins_when_the_server_is_reached_and_then_asks_seldom(
    watch, workspace, tasks, shared, server, qtbot
):
    add(workspace)
    look(watch, tasks, qtbot)
    [(receipt, by_itself)] = watch.done
    assert (receipt.sent, by_itself) == (1, True)
    assert watch.server.state == HERE
    look(watch, tasks, qtbot)
    asked = len(server.trouble.said)
    for _ in range(5):
        look(watch, tasks, qtbot)
    assert len(server.trouble.said) == asked, "it is not asked again within minutes"
    assert len(watch.done) == 1
    assert SERVER_S >= 120


@only_webdav
def test_what_a_colleague_puts_there_is_fetched(watch, tasks, shared, server, qtbot):
    look(watch, tasks, qtbot)
    look(watch, tasks, qtbot)
    assert len(watch.done) == 1
    server.write(server.folder, "b/" + "f" * 32 + "/x.bundle", b"not one")
    watch.server.soon()
    look(watch, tasks, qtbot)
    assert len(watch.done) == 2
    assert watch.done[1][0].quarantined


@only_webdav
def test_who_asks_there_to_join_is_marked_as_of_the_last_exchange(
    watch, workspace, tasks, shared, server, qtbot, tmp_path, around
):
    counts, team = [], TeamWatch(workspace.store, tasks)
    team.needs.connect(counts.append)
    for _ in range(2):  # an exchange, then what lies there after it
        look(watch, tasks, qtbot)
    assert len(watch.done) == 1
    new, _ = Workspace.create(tmp_path / "new", officer="Ann", passphrase="four new words here",
                              around=around)  # fmt: skip
    with new:
        request = ask(new.store, None).request
    server.write(server.folder, request.name, request.text)
    team.look_for_requests()
    qtbot.waitUntil(lambda: bool(counts) and not tasks.busy)
    assert counts[-1] == 0, "the server is not asked for this alone"
    watch.server.soon()
    look(watch, tasks, qtbot)
    assert len(watch.done) == 2, "a request is something new"
    team.look_for_requests()
    qtbot.waitUntil(lambda: counts[-1] == 1)
    approve(workspace.store, [request], request.words)
    team.look_for_requests()
    qtbot.waitUntil(lambda: counts[-1] == 0)
    team.stop()


def test_an_overdue_copy_is_looked_for_as_the_day_ends():
    day = dt.datetime(2026, 11, 23, 12, 0).astimezone()
    assert soon(day) == AGAIN_MS
    assert soon(day.replace(hour=23, minute=58)) == 121_000


@only_webdav
def test_while_it_is_away_nobody_is_told_and_it_is_asked_ever_more_seldom(
    watch, workspace, tasks, shared, server, qtbot
):
    changed = []
    watch.server.changed.connect(lambda: changed.append(watch.server.state))
    gone = server.address(server.folder, 1).text  # nobody listens there
    keep_place_known(workspace.store, server.address(server.folder, 1), server.login())
    workspace.store.set_setting(exchange_desk.FOLDER, gone)
    pauses = []
    for _ in range(6):
        watch.server.soon()
        look(watch, tasks, qtbot)
        pauses.append(watch.server._pause)
    assert watch.server.state == AWAY
    assert (watch.done, watch.told, changed) == ([], [], [AWAY])
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_S
    workspace.store.set_setting(exchange_desk.FOLDER, shared)
    add(workspace)
    look(watch, tasks, qtbot)
    assert watch.server.state == HERE
    assert len(watch.done) == 1


class Later:
    """A day later."""

    @staticmethod
    def monotonic():
        return time.monotonic() + 86_400


@only_webdav
def test_a_password_that_holds_no_more_is_told_once(
    watch, workspace, tasks, shared, server, context, shown, qtbot, monkeypatch
):
    context.exchanger = watch.exchanger
    page = shown(SendReceivePage(context), (1170, 712))
    keep_place_known(workspace.store, server.address(server.folder), Login("sam", "old"))
    look(watch, tasks, qtbot)
    asked = len(server.trouble.said)
    monkeypatch.setattr(ui.folder_watch, "time", Later)
    look(watch, tasks, qtbot)
    assert len(server.trouble.said) == asked, "so that the account is not locked"
    for _ in range(2):
        watch.server.soon()  # as after an exchange
        look(watch, tasks, qtbot)
    assert watch.server.state == REFUSED
    assert len(watch.told) == 1
    assert "did not accept the user name and password" in page.problem.sentence
    assert "Send and receive" in page.problem.sentence
    assert servers.PASSWORD not in page.problem.sentence
    assert watch.done == []


@pytest.mark.parametrize(
    ("state", "place", "offline"),
    [
        ("", "Shared on a server", False),
        (HERE, "Server reached", False),
        (AWAY, "Server not reached", True),
        (REFUSED, "Server refused this laptop", True),
    ],
)
def test_the_rail_says_how_it_is_and_data_as_of_when(state, place, offline):
    status = status_of(Standing(3, 1_700_000_000_000, server=True), state)
    assert (status.place, status.offline, status.to_send) == (place, offline, 3)
    assert "Data as of" in status.as_of


@only_webdav
def test_in_the_window_the_rail_follows_the_server(workspace, tasks, shared, shown, qtbot):
    window = shown(MainWindow(workspace, tasks, lambda context, settings: Flows(context, settings)))
    qtbot.waitUntil(lambda: window.rail.status.status.place == "Shared on a server")

    def says_reached():
        window.folder_watch.look()  # as its timer does; not while anything else goes on
        return window.rail.status.status.place == "Server reached"

    qtbot.waitUntil(says_reached)
    window.go("send")
    page = window.page.findChild(SendReceivePage)
    qtbot.waitUntil(lambda: page.exchange is not None)
    assert "when the server answers" in page.by_itself.accessibleName()
    qtbot.waitUntil(lambda: not tasks.busy and not window.context.exchanger.busy)
    window.folder_watch.stop()


@only_webdav
def test_a_silent_server_holds_nobody_up(
    watch, workspace, tasks, shared, server, silent, qtbot, heartbeat
):
    keep_place_known(workspace.store, server.address("x", silent), server.login())
    workspace.store.set_setting(exchange_desk.FOLDER, server.address("x", silent).text)
    with heartbeat:
        watch.look()
        qtbot.waitUntil(lambda: tasks._apart != {})
        [thread] = tasks._apart.values()
        saved = []
        tasks.write(lambda _t: add(workspace), lambda _none: saved.append(True))
        qtbot.waitUntil(lambda: saved == [True])
        assert thread.is_alive(), "it still waits for an answer"
        watch.stop()
        qtbot.waitUntil(lambda: not thread.is_alive())
    assert heartbeat.worst < heartbeat.most


@only_webdav
@pytest.mark.parametrize("by_itself", [True, False])
def test_who_saves_meanwhile_waits_for_nothing(
    watch, workspace, tasks, shared, server, qtbot, monkeypatch, by_itself
):
    real, begun, let_go = exchange_desk.send_and_receive, threading.Event(), threading.Event()

    def slow(workspace, folder, **more):
        begun.set()
        assert let_go.wait(60)
        return real(workspace, folder, **more)

    monkeypatch.setattr(exchange_desk, "send_and_receive", slow)
    add(workspace)
    qtbot.waitUntil(lambda: not tasks.busy)
    if by_itself:
        watch.look()
    else:
        watch.exchanger.with_folder(shared)
    qtbot.waitUntil(begun.is_set)
    saved = []
    tasks.write(lambda _t: add(workspace), lambda _none: saved.append(True))
    qtbot.waitUntil(lambda: saved == [True])
    tasks.write(lambda _t: add(workspace), lambda _none: saved.append(True))
    tasks.flush()  # as before a dialog, or when the window closes
    assert saved == [True, True]
    assert watch.exchanger.busy
    let_go.set()
    qtbot.waitUntil(lambda: len(watch.done) == 1)
    assert watch.done[0][0].sent == 3
