"""Backup, settings, and what comes before a stand or a box of cards."""

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from db.changes import Create
from engage_desktop import __version__
from engage_desktop.about import works
from engage_desktop.records.event import Event
from engage_desktop.workspace import Workspace
from tests.ui_flows.helpers import PASSPHRASE, TODAY, clipped
from ui.capture.stand import Stand
from ui.capture.start import StartDialog
from ui.dialogs.about import AboutDialog
from ui.dialogs.backup import SUFFIX, BackupDialog
from ui.dialogs.flows import Flows
from ui.dialogs.settings import SettingsDialog
from ui.settings import Settings
from ui.theme import theme
from ui.widgets.base import unnamed


@pytest.fixture
def backup(county, tasks, shown):
    return shown(BackupDialog(county, tasks, today=TODAY), None)


@pytest.mark.alive
def test_a_backup_opens_again(backup, county, qtbot, tmp_path, around, heartbeat):
    backup.place.edit.setText(str(tmp_path / "safe"))
    qtbot.wait(30)
    with heartbeat:
        backup.back_up()
        qtbot.waitUntil(lambda: backup.done_banner.isVisible())
    assert heartbeat.worst < heartbeat.most
    assert backup.problem.sentence == ""
    restored = Workspace.restore(
        tmp_path / f"safe{SUFFIX}", tmp_path / "Restored", PASSPHRASE, around=around
    )
    assert restored.officer == "Sam Pike"
    assert restored.store.check().ok
    restored.close()


def test_a_backup_that_cannot_be_written_is_told(backup, qtbot, tmp_path):
    backup.place.edit.setText(str(tmp_path / "gone" / "safe"))
    backup.back_up()
    qtbot.waitUntil(lambda: backup.problem.sentence != "")
    assert not backup.done_banner.isVisible()
    assert backup.go.isEnabled()


def test_nowhere_is_told(backup):
    backup.place.edit.clear()
    backup.back_up()
    assert backup.place.problem == "Choose where to."


@pytest.mark.parametrize("percent", [100, 200])
def test_the_backup_is_named_and_whole(backup, qtbot, percent):
    theme().set(percent=percent)
    backup.fit()
    qtbot.wait(30)
    assert unnamed(backup) == []
    assert clipped(backup) == []


def test_the_program_says_which_it_is_and_whose_work_is_in_it(shown):
    about = shown(AboutDialog(), None)
    said = " ".join(label.text() for label in about.findChildren(QLabel))
    assert __version__ in said
    assert "Ordnance Survey" in said
    seen = set()
    for at in range(about.choice.count()):
        about.choice.setCurrentIndex(at)
        seen.add(about.licence.toPlainText()[:200])
    assert len(seen) == about.choice.count() == len(works())
    assert about.licence.isReadOnly()
    about.copy_versions()
    copied = QApplication.clipboard().text()
    assert f"version: {__version__}" in copied
    assert "qt: 6" in copied


@pytest.mark.parametrize("percent", [100, 200])
def test_about_is_named_and_whole(shown, qtbot, percent):
    theme().set(percent=percent)
    about = shown(AboutDialog(), None)
    qtbot.wait(30)
    assert unnamed(about) == []
    assert clipped(about) == []


def test_settings_are_tried_at_once_and_kept(workspace, tasks, shown, qtbot):
    settings = Settings(workspace.store, tasks)
    dialog = shown(SettingsDialog(settings), None)
    heard = []
    dialog.changed.connect(lambda name, value: heard.append((name, value)))
    dialog._size_group.button(150).click()
    assert theme().percent == 150
    dialog._scheme_group.button(1).click()
    assert theme().scheme == "dark"
    dialog.idle.setCurrentIndex(dialog.idle.findData("5"))
    dialog.idle.activated.emit(0)
    dialog.hide_names.click()
    assert heard == [("percent", 150), ("scheme", "dark"), ("lock_minutes", 5),
                     ("hide_names", True)]  # fmt: skip
    qtbot.waitUntil(lambda: not tasks.busy)
    again = Settings(workspace.store, tasks)
    assert (again.get("percent"), again.get("scheme"), again.get("lock_minutes")) == (
        150, "dark", 5,
    )  # fmt: skip
    assert unnamed(dialog) == []


@pytest.fixture
def window(shown):
    return shown(QWidget())


def test_a_stand_begins_at_the_nearest_event(workspace, context, window, topics, qtbot):
    for name, day in (("Far away", "2026-01-01"), ("Next week", "2026-06-01")):
        record = Event(id=workspace.store.new_id(), name=name, date=day)
        workspace.store.apply([Create(record)], "Add event")
    flows = Flows(context, today=lambda: TODAY)
    start = flows.open_stand(window)
    qtbot.waitUntil(lambda: start.event_choice.count() == 3)
    assert start.event_choice.currentText() == "Next week, 1 Jun 2026"
    assert unnamed(start) == []
    start.service.edit.setText("GP practice")
    start.go.click()
    qtbot.waitUntil(lambda: isinstance(QApplication.activeModalWidget(), Stand))
    stand = QApplication.activeModalWidget()
    assert stand._sitting.question == "Overall, how was your experience of our service?"
    assert stand._sitting.service == "GP practice"  # as reports name it
    assert "GP practice" in [label.text() for label in stand.findChildren(QLabel)]
    assert stand.answer_group.accessibleName().startswith("GP practice. Overall")
    assert stand._sitting.event_title == "Next week"
    stand.reject()


def test_cards_are_dated_by_their_event(workspace, context, window, topics, qtbot):
    record = Event(id=workspace.store.new_id(), name="Workshop", date="2026-05-20")
    workspace.store.apply([Create(record)], "Add event")
    flows = Flows(context, today=lambda: TODAY)
    start = flows.key_cards(window)
    qtbot.waitUntil(lambda: start.event_choice.count() == 2)
    assert isinstance(start, StartDialog)
    assert start.sitting().received_on.isoformat() == "2026-05-20"
    start.start()
    qtbot.waitUntil(lambda: hasattr(QApplication.activeModalWidget(), "entry"))
    box = QApplication.activeModalWidget()
    assert box.entry.answer.isVisible()
    box.reject()
    assert not box.isVisible()
