"""What a role does not allow is not offered in the window, and it is said why."""

import pytest

from db.changes import Create
from engage_desktop.records.event import Event
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync.team import create_invite, join_team
from engage_desktop.workspace import Workspace
from tests.ui_flows.helpers import PASSPHRASE
from ui.dialogs.flows import Flows
from ui.main_window import MainWindow
from ui.tasks import Tasks


@pytest.fixture
def window_of(workspace, tmp_path, around, qtbot):
    """A colleague's window: two events are there, and Bob leads one of them."""
    made = []

    def make(role):
        shared = tmp_path / "Shared"
        shared.mkdir()
        store = workspace.store
        led = Event(id=store.new_id(), name="Forum", lead="Bob")
        other = Event(id=store.new_id(), name="Stand", lead="Ann")
        store.apply([Create(led), Create(other)], "Add")
        data = create_invite(store, role=role)
        exchange_desk.send_and_receive(workspace, shared, start=True)
        bob, _ = Workspace.create(
            tmp_path / "Bob", officer="Bob", passphrase=PASSPHRASE, around=around
        )
        join_team(bob.store, data)
        exchange_desk.send_and_receive(bob, shared)
        bob.close()
        bob = Workspace.open(tmp_path / "Bob", PASSPHRASE, around=around)
        tasks = Tasks(bob.store)
        window = MainWindow(bob, tasks, Flows)
        made.append((window, tasks, bob))
        window.show()
        window.go("event")
        qtbot.waitUntil(lambda: not tasks.busy)
        return window, led.id, other.id

    yield make
    for window, tasks, bob in made:
        window.close()
        tasks.close()
        window.deleteLater()
        bob.close()


def opened(window, record, qtbot):
    page = window.page.list_page
    page.open_record("event", record)
    qtbot.waitUntil(lambda: page.record.place[1] == record and not window.tasks.busy)
    return page.record


def test_a_reader_sees_no_way_to_add_change_or_delete(window_of, qtbot):
    window, led, _ = window_of("reader")
    page = window.page.list_page
    assert page.primary == ("", "")
    view = opened(window, led, qtbot)
    assert view._refused.isVisible()
    assert "A reader cannot change this" in view._refused.accessibleName()
    assert not view.current.form.isEnabled()
    menu = view._menu()
    delete = next(action for action in menu.actions() if "Delete" in action.text())
    assert not delete.isEnabled()
    assert "reader" in delete.toolTip()
    page.pane.view.select_id(led)
    page.bin_selected()
    qtbot.waitUntil(lambda: not window.tasks.busy)
    assert window.workspace.store.exists("event", led)


def test_a_commissioner_changes_what_they_lead_and_nothing_else(window_of, qtbot):
    window, led, other = window_of("commissioner")
    assert opened(window, led, qtbot).current.form.isEnabled()
    assert opened(window, led, qtbot)._refused.isHidden()
    view = opened(window, other, qtbot)
    assert not view.current.form.isEnabled()
    assert "only records that name them as the lead" in view._refused.accessibleName()


def test_an_officer_is_held_up_nowhere(window_of, qtbot):
    window, led, other = window_of("officer")
    assert window.page.list_page.primary[0] == "Add event"
    for record in (led, other):
        assert opened(window, record, qtbot).current.form.isEnabled()
