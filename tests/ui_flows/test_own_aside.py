"""Who wrote something that the team did not take sees it, with the reason and what to do."""

import datetime as dt

import pytest
from PySide6.QtWidgets import QLabel

from db.changes import Create, Edit
from db.clock import system_ms
from db.keys import CHEAP
from engage_desktop.records.event import Event
from engage_desktop.records.feedback import Comment, Response
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync.authority import REASONS
from engage_desktop.sync.desk import OWN
from engage_desktop.sync.team import create_invite, create_team, join_team
from engage_desktop.sync.team_changes import change_role, revoke
from engage_desktop.workspace import Surroundings, Workspace
from tests.ui_flows.helpers import PASSPHRASE, clipped
from ui.dialogs.flows import Flows
from ui.main_window import MainWindow
from ui.tasks import Tasks
from ui.theme import theme
from ui.widgets.base import unnamed

DAY = dt.timedelta(days=1)


@pytest.fixture
def shared(tmp_path):
    folder = tmp_path / "Shared drive"
    folder.mkdir()
    return folder


@pytest.fixture
def colleague(workspace, tmp_path, shared):
    """Bob in a role, in step with Sam."""
    made = []

    def make(role):
        create_team(workspace.store)
        today = dt.datetime.now().astimezone().date()
        last = today + 9 * DAY if role == "volunteer" else None
        data = create_invite(workspace.store, role=role, last_day=last)
        bob, _ = Workspace.create(
            tmp_path / "Bob", officer="Bob", passphrase=PASSPHRASE,
            around=Surroundings(now=system_ms, cost=CHEAP),
        )  # fmt: skip
        made.append(bob)
        join_team(bob.store, data)
        event = Event(id=workspace.store.new_id(), name="Forum", lead="Bob")
        workspace.store.apply([Create(event)], "Add event")
        for n, each in enumerate((workspace, bob, workspace, bob)):
            exchange_desk.send_and_receive(each, shared, start=n == 0)
        return bob, event.id

    yield make
    for each in made:
        each.close()


@pytest.fixture
def page_of(shown, qtbot):
    """Send and receive, in the window of a workspace."""
    made = []

    def make(workspace):
        theme()
        tasks = Tasks(workspace.store)
        window = shown(MainWindow(workspace, tasks, Flows))
        made.append((window, tasks))
        window.go("send")
        page = window.page.current.guest
        qtbot.waitUntil(lambda: page.exchange is not None and not tasks.busy)
        return page

    yield make
    for window, tasks in made:
        window.close()
        tasks.close()
        window.deleteLater()


def key_in(workspace, words="No ramp"):
    store = workspace.store
    card = Response(id=store.new_id())
    said = Comment(id=store.new_id(), response=card.id, text=words)
    store.apply([Create(card), Create(said)], "Key in a card")
    return said.id


def words_on(widget):
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def look_again(page, qtbot):
    page.enter()
    qtbot.waitUntil(lambda: not page._tasks.busy)


def test_every_reason_has_its_words_for_whose_it_is():
    assert set(OWN) == set(REASONS)
    for why, do in OWN.values():
        assert why.endswith(".")
        assert do.endswith(".")
        assert "author" not in why + do


def test_nothing_is_shown_while_all_counts(colleague, page_of, shared, qtbot):
    bob, _ = colleague("volunteer")
    key_in(bob)
    exchange_desk.send_and_receive(bob, shared)
    page = page_of(bob)
    assert page.own_aside.isHidden()
    assert page.aside.isHidden()


def test_a_volunteer_who_was_taken_out_meanwhile(workspace, colleague, page_of, shared, qtbot):
    bob, _ = colleague("volunteer")
    revoke(workspace.store, "Bob", "Given up")
    exchange_desk.send_and_receive(workspace, shared)
    key_in(bob, "Too steep")
    page = page_of(bob)
    page.exchanger.with_folder(str(shared))
    qtbot.waitUntil(lambda: not page._tasks.busy and page.own_aside.isVisible())
    said = words_on(page.own_aside)
    assert "Yours that the team did not take" in said
    assert "Key in a card: Too steep" in said
    assert "This laptop had been taken out of the team." in said
    assert "Ask an admin to let you in again" in said
    assert page.aside.isHidden(), "told once, as one's own"
    exchange_desk.send_and_receive(workspace, shared)
    assert workspace.store.where("comment", "0" * 32) is None


def test_a_volunteer_who_was_made_a_reader_meanwhile(workspace, colleague, page_of, shared, qtbot):
    bob, _ = colleague("volunteer")
    change_role(workspace.store, "Bob", "reader")
    exchange_desk.send_and_receive(workspace, shared)
    key_in(bob)
    page = page_of(bob)
    page.exchanger.with_folder(str(shared))
    qtbot.waitUntil(lambda: not page._tasks.busy and page.own_aside.isVisible())
    said = words_on(page.own_aside)
    assert "Your role does not allow this, or does no more." in said
    assert "Ask an admin for another role, and do it again then." in said
    assert "Not taken in" not in said


def test_the_office_sees_the_same_as_a_colleagues(workspace, colleague, page_of, shared, qtbot):
    bob, event = colleague("officer")
    change_role(workspace.store, "Bob", "reader")
    bob.store.apply([Edit("event", event, {"name": "Renamed"})], "Change name")
    for each in (bob, workspace, bob):
        exchange_desk.send_and_receive(each, shared)
    own, others = page_of(bob), page_of(workspace)
    assert "Change name: Forum" in words_on(own.own_aside)
    assert own.aside.isHidden()
    assert others.own_aside.isHidden()
    assert "Change name: Forum" in words_on(others.aside)
    assert "The role of its author does not allow this." in words_on(others.aside)
    assert "Ask an admin" not in words_on(others.aside)
    assert bob.store.get("event", event).name == "Forum"


@pytest.mark.parametrize("percent", [100, 200])
def test_it_is_named_and_fits(workspace, colleague, page_of, shared, qtbot, percent):
    bob, _ = colleague("volunteer")
    revoke(workspace.store, "Bob", "Given up")
    exchange_desk.send_and_receive(workspace, shared)
    key_in(bob)
    exchange_desk.send_and_receive(bob, shared)
    theme().set(percent=percent)
    page = page_of(bob)
    qtbot.waitUntil(page.own_aside.isVisible)
    qtbot.wait(1)
    assert unnamed(page) == []
    assert clipped(page) == []
