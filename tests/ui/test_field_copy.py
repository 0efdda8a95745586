"""A field copy in the window: made from an event's menu, taken where one joins a team."""

import datetime as dt

import pytest
from PySide6.QtWidgets import QMenu, QWidget

from db.changes import Create
from db.keys import CHEAP
from engage_desktop.doors import Doors, JoinWish
from engage_desktop.records.event import Event
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.sync.field_copy import is_field_copy
from engage_desktop.sync.field_register import copies
from engage_desktop.workspace import Surroundings
from ui.dialogs import field_copy
from ui.dialogs.field_copy import FieldCopyDialog


@pytest.fixture
def fair(bench):
    ann = Stakeholder(id=bench.store.new_id(), name="Ann Fielding")
    event = Event(id=bench.store.new_id(), name="Spring fair", invited=(ann.id,))
    bench.store.apply([Create(ann), Create(event)], "Add")
    return event.id


def test_only_an_event_offers_a_field_copy(context, fair, qtbot):
    window = QWidget()
    qtbot.addWidget(window)
    menu = QMenu(window)
    field_copy.offer(menu, context, "venue", fair)
    assert menu.actions() == []
    field_copy.offer(menu, context, "event", fair)
    assert [action.text() for action in menu.actions()] == ["Make a field copy…"]
    assert menu.actions()[0].isEnabled()
    menu.actions()[0].trigger()
    (dialog,) = window.findChildren(FieldCopyDialog)
    assert dialog.isVisible()
    dialog.close()


def test_the_dialog_writes_the_file_and_the_welcome_page_takes_it(
    context, bench, fair, qtbot, tmp_path
):
    dialog = FieldCopyDialog(context.workspace, context.tasks, fair)
    qtbot.addWidget(dialog)
    dialog.officer.edit.setText("Sam Out")
    dialog.last_day.edit.setText("never")
    (tmp_path / "out").mkdir()
    dialog.place.edit.setText(str(tmp_path / "out" / "fair"))
    dialog.make()
    assert "not a date" in dialog.last_day.problem
    assert dialog.go.isEnabled()
    dialog.last_day.edit.setText("1/1/2020")
    dialog.make()
    assert "passed already" in dialog.problem.sentence
    tomorrow = dt.datetime.now().astimezone().date() + dt.timedelta(days=1)
    dialog.last_day.edit.setText(tomorrow.isoformat())
    dialog.make()
    assert dialog.problem.sentence == ""
    file = tmp_path / "out" / "fair.fieldcopy"
    assert is_field_copy(file)
    assert [copy.officer for copy in copies(bench.store)] == ["Sam Out"]
    other = FieldCopyDialog(context.workspace, context.tasks, fair)
    qtbot.addWidget(other)
    other.place.edit.setText(str(file))
    before = file.read_bytes()
    other.make()
    assert "is a field copy already" in other.problem.sentence
    assert "--" not in other.problem.sentence
    assert other.go.text().strip() == "Write over that file"
    other.place.edit.setText(str(file.with_name("second.fieldcopy")))
    assert other.go.text().strip() == "Make field copy"
    other.place.edit.setText(str(file))
    other.make()
    assert other.code == "", "another name between asks again"
    assert file.read_bytes() == before
    doors = Doors(home=tmp_path, around=Surroundings(cost=CHEAP))
    wish = JoinWish(file, dialog.code, "Sam Out", tmp_path / "away", "four words for me")
    workspace, _ = doors.join(wish)
    with workspace:
        assert workspace.store.get("event", fair).name == "Spring fair"
        assert workspace.store.where("stakeholder", "0" * 32) is None
    other.make()
    assert other.code != ""
    assert file.read_bytes() != before
