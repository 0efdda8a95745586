"""What changed for you: told, marked as read, watched by one button, on paper and by mail."""

import email
import email.policy
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPushButton

from db.changes import Create, Edit
from db.query import ListQuery
from engage_desktop import watching
from engage_desktop.records.event import Event
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync import join_team
from engage_desktop.workspace import Workspace
from tests.ui_flows.helpers import PASSPHRASE, TODAY, clipped
from ui.dialogs.flows import Flows
from ui.dialogs.print_preview import PrintPreview
from ui.main_window import MainWindow
from ui.theme import theme
from ui.widgets.base import unnamed


@pytest.fixture
def team(workspace, tmp_path, around):
    """Sam leads an event; Priya is in step. `team.meet()` brings them into step again."""
    shared = tmp_path / "Shared drive"
    shared.mkdir()
    event = Event(id=workspace.store.new_id(), name="Workshop", lead="Sam Pike")
    person = Stakeholder(id=workspace.store.new_id(), name="Ffion Price")
    workspace.store.apply([Create(event), Create(person)], "Add")
    exchange_desk.invite(workspace, tmp_path / "invitation", "officer", 7, None)
    priya, _ = Workspace.create(
        tmp_path / "Priya", officer="Priya Nair", passphrase=PASSPHRASE, around=around
    )
    join_team(priya.store, (tmp_path / "invitation").read_bytes())

    class Team:
        event_id, person_id, store = event.id, person.id, priya.store

        @staticmethod
        def meet():
            for one in (workspace, priya, workspace):
                exchange_desk.send_and_receive(one, shared)

    Team.meet()
    yield Team
    priya.close()


@pytest.fixture
def window(workspace, tasks, shown, qtbot):
    made = []

    def open_():
        window = MainWindow(workspace, tasks, Flows, today=lambda: TODAY)
        shown(window)
        window.go("changes")
        made.append(window)
        qtbot.waitUntil(lambda: window.page.current.found is not None and not tasks.busy)
        return window, window.page.current

    yield open_
    for one in made:
        one.close()


def words(page):
    return " ".join(label.text() for label in page.card.findChildren(QLabel))


def verb(page, begins):
    return next(b for b in page.findChildren(QPushButton) if b.accessibleName().startswith(begins))


def test_nothing_new_teaches_how_to_watch(window, team):
    _, page = window()
    assert page.empty.isVisible()
    assert not page.all_read.isEnabled()
    assert unnamed(page) == []


def test_a_colleagues_change_is_told_marked_and_read(window, team, workspace, qtbot, hands):
    team.store.apply([Edit("event", team.event_id, {"expected": 40})], "Change how many")
    team.meet()
    shell, page = window()
    assert "Expected: 40" in words(page)
    assert "Priya Nair" in words(page)
    assert "1" in shell.page.bar.tabText(2)
    page.take_keyboard()
    read = verb(page, "Mark as read")
    read.setFocus()
    hands.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: page.found.unread == 0)
    assert page.empty.isVisible()
    page.only.click()
    qtbot.waitUntil(lambda: page.card.isVisible())
    assert "Expected: 40" in words(page)
    qtbot.waitUntil(lambda: shell.page.bar.tabText(2) == "What changed for you")


def test_opening_a_record_reads_it_and_all_can_be_read(window, team, qtbot, tasks):
    team.store.apply([Edit("event", team.event_id, {"expected": 40})], "Change how many")
    team.meet()
    shell, page = window()
    verb(page, "Open Workshop").click()
    qtbot.waitUntil(lambda: shell.page.place == ("event", team.event_id))
    qtbot.waitUntil(lambda: not tasks.busy)
    shell.go("changes")
    qtbot.waitUntil(lambda: page.found.unread == 0)
    team.store.apply([Edit("event", team.event_id, {"expected": 41})], "Change how many")
    team.meet()
    qtbot.waitUntil(lambda: page.found.unread == 1)
    page.mark_all()
    qtbot.waitUntil(lambda: page.found.unread == 0)


def test_any_record_is_watched_by_one_button(window, team, workspace, qtbot, tasks):
    shell, page = window()
    shell.open_record("stakeholder", team.person_id)
    view = shell.page.list_page.record
    qtbot.waitUntil(lambda: "be told" in view.head.watch.accessibleName())
    view.head.watch.click()
    qtbot.waitUntil(lambda: "Press to stop" in view.head.watch.accessibleName())
    assert team.person_id in watching.watched(workspace.store)
    team.store.apply([Edit("stakeholder", team.person_id, {"notes": "Rang"})], "Change notes")
    team.meet()
    shell.go("changes")
    qtbot.waitUntil(lambda: page.found.unread == 1)
    assert "you watch it" in words(page)
    shell.open_record("stakeholder", team.person_id)
    qtbot.waitUntil(lambda: view.head.watch.isChecked() and not tasks.busy)
    view.head.watch.click()
    qtbot.waitUntil(lambda: watching.watched(workspace.store) == {})


def test_hidden_names_hide_here_too(window, team, workspace, qtbot, tasks):
    reader = workspace.store.reader()
    watching.watch(workspace.store, reader, "stakeholder", team.person_id, on=True)
    reader.close()
    team.store.apply([Edit("stakeholder", team.person_id, {"notes": "Rang"})], "Change notes")
    team.meet()
    shell, page = window()
    assert "Rang" in words(page)
    shell.hide_names()
    assert "Rang" not in words(page)
    assert "Ffion" not in " ".join(b.text() for b in page.card.findChildren(QPushButton))


def test_what_is_confidential_is_shown_only_where_that_is_noted(
    window, team, workspace, qtbot, tasks, monkeypatch
):
    team.store.apply([Edit("event", team.event_id, {"expected": 40})], "Change how many")
    team.meet()
    monkeypatch.setattr(Event, "meta", replace(Event.meta, compartment="confidential"))
    _, page = window()
    page.refresh()
    qtbot.waitUntil(lambda: not tasks.busy)
    noted = [row for row in readings(workspace) if row.record == team.event_id]
    assert [row.way for row in noted] == ["listed"], "once, however often the page looks"


def readings(workspace):
    reader = workspace.store.reader()
    try:
        rows = reader.page(ListQuery("reading")).rows
        return [reader.get("reading", row.id) for row in rows]
    finally:
        reader.close()


def test_it_is_printed_and_mailed(window, team, qtbot, tmp_path, tasks, workspace):
    team.store.apply([Edit("event", team.event_id, {"expected": 40})], "Change how many")
    team.meet()
    shell, page = window()
    page.paper.click()
    preview = shell.findChild(PrintPreview)
    qtbot.waitUntil(lambda: preview.printed is not None)
    assert preview.printed.pdf.startswith(b"%PDF")
    qtbot.waitUntil(lambda: not tasks.busy)
    preview.reject()
    path = tmp_path / "news.eml"
    shell.flows.mail_to(path, False)
    qtbot.waitUntil(path.exists)
    qtbot.waitUntil(lambda: not tasks.busy)
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert "Expected: 40" in message.get_content()
    shell.flows.mail_to(workspace.folder / "news.eml", False)
    qtbot.waitUntil(lambda: not tasks.busy)
    assert not (workspace.folder / "news.eml").exists()


@pytest.mark.parametrize("percent", [100, 200])
def test_the_page_is_named_and_whole(window, team, qtbot, percent, tasks):
    changes = {"expected": 40, "notes": "The hall has moved us upstairs. " * 12}
    team.store.apply([Edit("event", team.event_id, changes)], "Change event")
    team.meet()
    theme().set(percent=percent)
    _, page = window()
    qtbot.waitUntil(lambda: not tasks.busy)
    qtbot.wait(40)
    assert unnamed(page) == []
    assert clipped(page) == []
