"""The first window: making, opening, recovering and joining a workspace, never blocking."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QLineEdit

from engage_desktop.doors import Doors
from engage_desktop.sync.team import create_invite, membership
from engage_desktop.workspace import Workspace
from tests.ui_flows.helpers import PASSPHRASE, clipped
from ui.dialogs.lock import LockSheet
from ui.dialogs.recent import Recent
from ui.dialogs.recovery_code import CodeSheet
from ui.dialogs.unlock import NewPassphraseSheet
from ui.dialogs.welcome import Welcome
from ui.theme import theme
from ui.widgets.base import unnamed


class Entered:
    """Workspaces that were opened; closed at the end of the test."""

    def __init__(self):
        self.all = []

    def __call__(self, workspace):
        self.all.append(workspace)

    def one(self):
        assert len(self.all) == 1
        return self.all[0]


@pytest.fixture
def entered():
    found = Entered()
    yield found
    for workspace in found.all:
        workspace.close()


@pytest.fixture
def make(opening, tmp_path, around, shown, entered):
    def make(surroundings=around):
        doors = Doors(home=tmp_path, around=surroundings)
        window = Welcome(opening, doors, Recent(tmp_path / "recent.json"))
        window.opened.connect(entered)
        return shown(window)

    return make


def test_a_workspace_is_made_by_keyboard_and_entered(make, entered, hands, qtbot, tmp_path):
    window = make()
    hands.press(Qt.Key.Key_Return)  # the first choice has the keyboard
    sheet = window.currentWidget()
    sheet.folder.edit.setText(str(tmp_path / "Mine"))
    hands.type("Priya Nair")
    hands.press(Qt.Key.Key_Return)
    hands.press(Qt.Key.Key_Return)
    hands.type(PASSPHRASE)
    hands.press(Qt.Key.Key_Return)
    hands.type(PASSPHRASE)
    hands.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(window.currentWidget(), CodeSheet))
    code = window.currentWidget()
    assert [len(group) for group in code.code.split("-")] == [5] * 5
    code.go.click()
    assert "write the code down" in code.problem.sentence
    assert entered.all == []
    code.copy.click()
    assert QGuiApplication.clipboard().text() == code.code
    hands.press(Qt.Key.Key_Space)  # the tick box has the keyboard
    code.go.click()
    workspace = entered.one()
    assert (workspace.officer, workspace.folder) == ("Priya Nair", tmp_path / "Mine")
    opened = Recent(tmp_path / "recent.json").all()
    assert [(o.folder, o.officer) for o in opened] == [(tmp_path / "Mine", "Priya Nair")]


def test_answers_that_will_not_do_are_told_beside_the_field(make, hands):
    window = make()
    sheet = window.show_create()
    sheet.passphrase.edit.setText("short")
    sheet.submit()
    assert sheet.officer.problem == "Type your name."
    assert "Too short" in sheet.passphrase.problem
    assert sheet.officer.edit.hasFocus()
    assert sheet.officer.problem in sheet.problem.sentence
    sheet.officer.edit.setText("Priya Nair")
    sheet.passphrase.edit.setText(PASSPHRASE)
    sheet.again.edit.setText(PASSPHRASE + "!")
    sheet.submit()
    assert sheet.again.problem == "The two are not the same. Type it again."
    assert sheet.officer.problem == ""


def test_a_folder_in_use_is_told_and_nothing_is_changed(make, qtbot, tmp_path):
    taken = tmp_path / "Taken"
    taken.mkdir()
    (taken / "letter.txt").write_text("keep me")
    window = make()
    sheet = window.show_create()
    sheet.officer.edit.setText("Priya Nair")
    sheet.folder.edit.setText(str(taken))
    sheet.passphrase.edit.setText(PASSPHRASE)
    sheet.again.edit.setText(PASSPHRASE)
    sheet.submit()
    qtbot.waitUntil(lambda: sheet.problem.sentence != "")
    assert "already holds something" in sheet.problem.sentence
    assert [p.name for p in taken.iterdir()] == ["letter.txt"]


def test_showing_the_passphrase_is_a_choice(make):
    sheet = make().show_create()
    assert sheet.passphrase.edit.echoMode() == QLineEdit.EchoMode.Password
    sheet.passphrase.show_words.click()
    assert sheet.passphrase.edit.echoMode() == QLineEdit.EchoMode.Normal
    assert sheet.again.edit.echoMode() == QLineEdit.EchoMode.Password


@pytest.fixture
def closed(tmp_path, around):
    """A closed workspace and its recovery code."""
    workspace, code = Workspace.create(
        tmp_path / "Closed", officer="Sam Pike", passphrase=PASSPHRASE, around=around
    )
    workspace.close()
    Recent(tmp_path / "recent.json").add(tmp_path / "Closed", "Sam Pike")
    return tmp_path / "Closed", code


def unlock(window, qtbot):
    qtbot.waitUntil(lambda: window.choices.recent_buttons != [])
    window.choices.recent_buttons[0].click()
    return window.currentWidget()


def test_the_right_passphrase_opens_it(make, closed, entered, hands, qtbot):
    window = make()
    unlock(window, qtbot)
    hands.type(PASSPHRASE)
    hands.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: entered.all != [])
    assert entered.one().folder == closed[0]


def test_a_wrong_passphrase_says_no_more_than_wrong_and_is_slowed(make, closed, hands, qtbot):
    window = make()
    sheet = unlock(window, qtbot)
    assert not sheet.lost.isVisible()
    sheet.countdown._tick.setInterval(3_600_000)  # a second that is over when this says so
    for _ in range(3):
        qtbot.waitUntil(lambda: sheet.foot.isEnabled() and sheet.passphrase.edit.isEnabled())
        sheet.passphrase.say("")
        sheet.passphrase.edit.setFocus()
        hands.type("not this one")
        hands.press(Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: sheet.passphrase.problem != "")
        assert sheet.passphrase.edit.text() == ""
    assert sheet.passphrase.problem == "That does not open it. Try again in 1 second."
    assert sheet.lost.isVisible()
    assert not sheet.go.isEnabled()
    sheet.countdown._tick.setInterval(1)
    qtbot.waitUntil(lambda: sheet.go.isEnabled())
    assert sheet.passphrase.edit.isEnabled()
    assert sheet.passphrase.problem == ""


def test_the_recovery_code_asks_for_a_new_passphrase(make, closed, entered, qtbot, around):
    folder, code = closed
    window = make()
    sheet = unlock(window, qtbot)
    sheet.other.click()
    sheet.code.edit.setText(code.lower().replace("-", " "))
    sheet.submit()
    qtbot.waitUntil(lambda: isinstance(window.currentWidget(), NewPassphraseSheet))
    new = window.currentWidget()
    new.passphrase.edit.setText("four new words here")
    new.again.edit.setText("four new words here")
    new.submit()
    qtbot.waitUntil(lambda: entered.all != [])
    entered.one().close()
    entered.all.clear()
    Workspace.open(folder, "four new words here", around=around).close()


def test_a_wrong_code_is_wrong(make, closed, qtbot):
    window = make()
    sheet = unlock(window, qtbot)
    sheet.other.click()
    sheet.code.edit.setText("00000-00000-00000-00000-00000")
    sheet.submit()
    qtbot.waitUntil(lambda: sheet.code.problem != "")
    assert sheet.code.problem == "That code does not open it."
    assert sheet.lost.isVisible(), "what to do where neither opens it"
    assert "ask your team to let you in" in sheet.lost.accessibleName()


def test_joining_with_an_invitation(make, entered, workspace, qtbot, tmp_path):
    invitation = tmp_path / "priya.invite"
    invitation.write_bytes(create_invite(workspace.store, code="ABCDE-FGHJK"))
    window = make()
    sheet = window.show_join()
    sheet.invitation.edit.setText(str(invitation))
    sheet.code.edit.setText("wrong")
    sheet.officer.edit.setText("Priya Nair")
    sheet.folder.edit.setText(str(tmp_path / "Priya"))
    sheet.passphrase.edit.setText(PASSPHRASE)
    sheet.again.edit.setText(PASSPHRASE)
    sheet.submit()
    qtbot.waitUntil(lambda: sheet.problem.sentence != "")
    assert not (tmp_path / "Priya").exists()
    sheet.code.edit.setText("ABCDE-FGHJK")
    sheet.submit()
    qtbot.waitUntil(lambda: isinstance(window.currentWidget(), CodeSheet))
    code = window.currentWidget()
    code.tick.setChecked(True)
    code.submit()
    mine = membership(entered.one().store)
    assert mine.team.id == membership(workspace.store).team.id


def test_an_invitation_for_somebody_else_is_told_and_leaves_nothing(
    make, entered, workspace, qtbot, tmp_path
):
    invitation = tmp_path / "priya.invite"
    invitation.write_bytes(create_invite(workspace.store, officer="Priya Nair"))
    window = make()
    sheet = window.show_join()
    sheet.invitation.edit.setText(str(invitation))
    sheet.officer.edit.setText(workspace.officer)
    sheet.folder.edit.setText(str(tmp_path / "Priya"))
    sheet.passphrase.edit.setText(PASSPHRASE)
    sheet.again.edit.setText(PASSPHRASE)
    sheet.submit()
    qtbot.waitUntil(lambda: sheet.problem.sentence != "")
    assert sheet.problem.sentence.startswith("This invitation is for Priya Nair, and the name")
    assert "ask an admin for an invitation in your own name" in sheet.problem.sentence
    assert not (tmp_path / "Priya").exists()
    sheet.officer.edit.setText("Priya Nair")
    sheet.submit()
    qtbot.waitUntil(lambda: isinstance(window.currentWidget(), CodeSheet))
    window.currentWidget().tick.setChecked(True)
    window.currentWidget().submit()
    assert membership(entered.one().store).role == "officer"


def test_a_missing_invitation_is_told(make, tmp_path):
    sheet = make().show_join()
    sheet.invitation.edit.setText(str(tmp_path / "gone.invite"))
    sheet.submit()
    assert sheet.invitation.problem == "There is no such file."


def test_exploring_the_sample(make, entered, qtbot):
    window = make()
    window.choices.sample.click()
    qtbot.waitUntil(lambda: entered.all != [])
    sample = entered.one()
    assert sample.store.get_setting("sample") is True
    assert window._recent.all() == []
    folder = sample.folder
    sample.close()
    entered.all.clear()
    window._doors.sweep_samples()
    assert not folder.exists()


def test_leaving_before_the_code_is_noted_leaves_a_whole_workspace(make, qtbot, tmp_path, around):
    window = make()
    sheet = window.show_create()
    sheet.officer.edit.setText("Priya Nair")
    sheet.folder.edit.setText(str(tmp_path / "Left"))
    sheet.passphrase.edit.setText(PASSPHRASE)
    sheet.again.edit.setText(PASSPHRASE)
    sheet.submit()
    qtbot.waitUntil(lambda: isinstance(window.currentWidget(), CodeSheet))
    window.close()
    Workspace.open(tmp_path / "Left", PASSPHRASE, around=around).close()


def test_escape_goes_back(make, hands):
    window = make()
    window.show_create()
    hands.press(Qt.Key.Key_Escape)
    assert window.currentWidget() is window.choices
    window.show_open()
    hands.press(Qt.Key.Key_Escape)
    assert window.currentWidget() is window.choices


@pytest.mark.alive
def test_deriving_the_real_key_never_blocks_the_window(make, entered, qtbot, tmp_path, heartbeat):
    window = make(None)  # the real cost of a passphrase
    sheet = window.show_create()
    sheet.officer.edit.setText("Priya Nair")
    sheet.folder.edit.setText(str(tmp_path / "Real"))
    sheet.passphrase.edit.setText(PASSPHRASE)
    sheet.again.edit.setText(PASSPHRASE)
    qtbot.wait(50)
    with heartbeat:
        sheet.submit()
        qtbot.waitUntil(lambda: isinstance(window.currentWidget(), CodeSheet))
    assert heartbeat.worst < heartbeat.most


@pytest.mark.parametrize("percent", [100, 200])
def test_every_sheet_is_named_and_whole(make, closed, qtbot, percent):
    theme().set(percent=percent)
    window = make()
    qtbot.waitUntil(lambda: window.choices.recent_buttons != [])
    assert unnamed(window) == []
    assert clipped(window) == []
    for show in (window.show_create, window.show_open, window.show_join, window.show_restore):
        show()
        qtbot.wait(20)
        assert unnamed(window) == [], show.__name__
        assert clipped(window) == [], show.__name__


def test_the_lock_opens_to_the_passphrase_alone(workspace, tasks, shown, hands, qtbot):
    sheet = shown(LockSheet(workspace, tasks))
    sheet.take_keyboard()
    hands.type("not this one")
    hands.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: sheet.passphrase.problem != "")
    assert sheet.passphrase.problem == (
        "That passphrase does not open it. Capitals and gaps count."
    )
    hands.press(Qt.Key.Key_Escape)
    assert sheet.isVisible()
    hands.type(PASSPHRASE)
    with qtbot.waitSignal(sheet.unlocked):
        hands.press(Qt.Key.Key_Return)
    assert sheet.passphrase.edit.text() == ""
    assert unnamed(sheet) == []


def test_a_recent_list_that_is_damaged_is_no_reason_to_stop(tmp_path):
    path = tmp_path / "recent.json"
    for text in ("", "{", '{"a": 1}', "[1]", '[{"folder": "/nowhere", "officer": "x"}]'):
        path.write_text(text)
        assert Recent(path).all() == []
    (tmp_path / "file").write_text("")
    Recent(tmp_path / "file" / "recent.json").add(Path("/x"), "Sam")
