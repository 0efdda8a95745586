"""Another passphrase and another recovery code, from the settings, with the real workspace."""

import json

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from db.errors import WrongPassphrase
from db.keys import KeyFile
from engage_desktop.documents.recovery import RecoverySheet
from engage_desktop.workspace import KEYS, Surroundings, Workspace
from tests.ui_flows.helpers import PASSPHRASE, clipped
from ui.dialogs.change_keys import KeyDialog
from ui.dialogs.flows import Flows
from ui.dialogs.recovery_code import CodeSheet
from ui.settings import Settings
from ui.theme import theme
from ui.widgets.base import unnamed

NEW = "kettle marsh orbit lamp"


@pytest.fixture
def settings(context, workspace, tasks, shown):
    flows = Flows(context, Settings(workspace.store, tasks))
    window = shown(QWidget())
    window.flows = flows  # lives as long as its window
    return flows.settings(window)


@pytest.fixture
def ask(settings, qtbot):
    """Press the button in the settings: the dialog it opens."""

    def press(button):
        button.click()
        dialog = settings.findChild(KeyDialog)
        qtbot.waitUntil(dialog.isActiveWindow)
        return dialog

    return press


def opens(workspace, secret):
    keys = KeyFile.load(*(workspace.folder / name for name in KEYS))
    try:
        return keys.open(secret) == workspace._key
    except WrongPassphrase:
        return False


def test_the_passphrase_is_changed_by_keyboard(
    settings, ask, workspace, hands, qtbot, around, tmp_path
):
    dialog = ask(settings.new_passphrase)
    for words in (PASSPHRASE, NEW, NEW):
        hands.type(words)
        hands.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: hasattr(dialog, "finish"))
    assert dialog.windowTitle() == "The passphrase is changed"
    hands.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: settings.findChild(KeyDialog) is None)
    assert (opens(workspace, NEW), opens(workspace, PASSPHRASE)) == (True, False)
    workspace.backup(tmp_path / "copy")
    with Workspace.restore(tmp_path / "copy", tmp_path / "Again", NEW, around=around) as again:
        assert again.officer == "Sam Pike"


def test_a_wrong_present_passphrase_changes_nothing_and_is_slowed(
    settings, ask, workspace, qtbot
):  # fmt: skip
    sheet = ask(settings.new_passphrase).sheet
    sheet.passphrase.edit.setText(NEW)
    sheet.again.edit.setText(NEW)
    for _ in range(2):
        sheet.present.edit.setText("not the right one")
        sheet.submit()
        qtbot.waitUntil(lambda: not sheet.at_work)
        assert "does not open it" in sheet.present.problem
        assert sheet.present.text == ""
    sheet.countdown._tick.setInterval(3_600_000)  # a second that is over when this says so
    sheet.present.edit.setText("not the right one")
    sheet.submit()
    qtbot.waitUntil(lambda: sheet.countdown.left > 0)
    assert not sheet.go.isEnabled()
    sheet.present.edit.setText(PASSPHRASE)
    sheet.again.editor.setFocus()
    sheet.submit()  # Enter in another field is no way round the wait
    assert not sheet.at_work
    sheet.countdown._tick.setInterval(1)
    qtbot.waitUntil(lambda: sheet.go.isEnabled())
    assert (opens(workspace, NEW), opens(workspace, PASSPHRASE)) == (False, True)
    count, _ = json.loads((workspace.folder / "attempts.json").read_text())
    assert count == 3


def test_answers_that_will_not_do_are_told_at_once(settings, ask):
    sheet = ask(settings.new_passphrase).sheet
    sheet.submit()
    assert sheet.present.problem == "Type the present passphrase."
    assert sheet.passphrase.problem == "Type a passphrase."
    sheet.present.edit.setText(PASSPHRASE)
    sheet.passphrase.edit.setText(NEW)
    sheet.again.edit.setText(NEW + "s")
    sheet.submit()
    assert "not the same" in sheet.again.problem


def test_a_new_code_takes_effect_once_it_is_noted(settings, ask, workspace, qtbot, monkeypatch):
    old = workspace.new_recovery_code()
    dialog = ask(settings.new_code)
    dialog.sheet.present.edit.setText(PASSPHRASE)
    dialog.sheet.submit()
    qtbot.waitUntil(lambda: isinstance(dialog.sheet, CodeSheet))
    sheet = dialog.sheet
    assert [len(group) for group in sheet.code.split("-")] == [5] * 5
    sheet.copy.click()
    assert QGuiApplication.clipboard().text() == sheet.code
    printed = []
    from engage_desktop.documents import recovery

    real = recovery.render_recovery
    monkeypatch.setattr(
        recovery, "render_recovery", lambda of, out: (printed.append(of), real(of, out))
    )
    assert sheet.render().startswith(b"%PDF")
    assert isinstance(printed[0], RecoverySheet)
    assert "-".join(printed[0].groups) == sheet.code
    sheet.go.click()
    assert "write the code down" in sheet.problem.sentence
    assert (opens(workspace, old), opens(workspace, sheet.code)) == (True, False)
    code = sheet.code
    sheet.tick.setChecked(True)
    sheet.go.click()
    dialog.reject()  # not in the middle
    assert dialog.isVisible()
    qtbot.waitUntil(lambda: hasattr(dialog, "finish"))
    assert [opens(workspace, s) for s in (old, code, PASSPHRASE)] == [False, True, True]


def test_a_code_that_was_not_noted_leaves_the_old_one(settings, ask, workspace, qtbot, hands):
    old = workspace.new_recovery_code()
    dialog = ask(settings.new_code)
    hands.type(old)  # the recovery code does as well
    hands.press(Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: isinstance(dialog.sheet, CodeSheet))
    shown_code = dialog.sheet.code
    hands.press(Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: settings.findChild(KeyDialog) is None)
    assert (opens(workspace, old), opens(workspace, shown_code)) == (True, False)


@pytest.mark.alive
def test_the_window_lives_while_keys_are_derived(tmp_path, opening, shown, qtbot, heartbeat):
    made, _ = Workspace.create(
        tmp_path / "Dear", officer="Sam Pike", passphrase=PASSPHRASE, around=Surroundings()
    )
    with made:
        dialog = shown(KeyDialog("passphrase", made, opening), None)
        for field, words in ((dialog.sheet.present, PASSPHRASE), (dialog.sheet.passphrase, NEW),
                             (dialog.sheet.again, NEW)):  # fmt: skip
            field.edit.setText(words)
        with heartbeat:
            dialog.sheet.submit()
            qtbot.waitUntil(lambda: hasattr(dialog, "finish"))
        assert heartbeat.worst < heartbeat.most
        assert opens(made, NEW)


@pytest.mark.parametrize("percent", [100, 200])
@pytest.mark.parametrize("what", ["passphrase", "code"])
def test_it_is_named_and_whole(workspace, tasks, shown, qtbot, what, percent):
    theme().set(percent=percent)
    dialog = shown(KeyDialog(what, workspace, tasks), None)
    qtbot.wait(30)
    assert unnamed(dialog) == []
    assert clipped(dialog) == []
    if what == "code":
        dialog.sheet.present.edit.setText(PASSPHRASE)
        dialog.sheet.submit()
        qtbot.waitUntil(lambda: isinstance(dialog.sheet, CodeSheet))
        qtbot.wait(30)
        assert unnamed(dialog) == []
        assert clipped(dialog) == []
