"""Erasing for good in the window: what is asked, said, typed and done, and how it is stopped."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import Qt
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QWidget

from db.changes import Create
from db.erase import Erase
from db.errors import Erased
from engage_desktop.erasing import lines_of
from engage_desktop.records.registry import REGISTRY
from tests.ui_flows.helpers import clipped
from ui.dialogs.erase import EraseDialog, Gate
from ui.dialogs.marking import index_at
from ui.theme import theme
from ui.widgets.base import unnamed

PHRASE = "Xylograph Quockerwodger"


@pytest.fixture
def person(workspace):
    store = workspace.store
    record = REGISTRY["stakeholder"](
        id=store.new_id(), name=PHRASE, phone="01632 960123", locality="Marlbridge",
        notes=f"Rang on Monday. {PHRASE} 🚌 waits.",
    )  # fmt: skip
    store.apply([Create(record)], "Add stakeholder")
    return record.id


@pytest.fixture
def dialog(workspace, tasks, shown, qtbot, person):
    made = shown(EraseDialog(workspace, tasks, "stakeholder", person), None)
    qtbot.waitUntil(lambda: hasattr(made, "lines") and "whole" in made.lines.text())
    return made


def said(widget):
    return " ".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def give(dialog, reason="They asked", word="erase"):
    dialog.reason.edit.setText(reason)
    dialog.typed.edit.setText(word)
    dialog.submit()


def test_it_says_what_goes_and_what_is_not_reached(dialog, workspace):
    assert "Name" in dialog.lines.text()
    assert "Phone" in dialog.lines.text()
    words = said(dialog)
    assert "There is no undo." in words
    assert "Backups made before, printed paper and files given out are not reached" in words


def test_the_keyboard_begins_at_the_first_question(workspace, tasks, shown, qtbot, person):
    window = shown(QWidget())
    dialog = EraseDialog(workspace, tasks, "stakeholder", person, window)
    dialog.open()
    qtbot.waitUntil(lambda: hasattr(dialog, "lines") and "whole" in dialog.lines.text())
    qtbot.waitUntil(lambda: dialog.focusWidget() is dialog.scopes.button(0))
    assert not dialog.go.hasFocus()


def test_nothing_goes_without_reason_and_word(dialog, workspace, person):
    for reason, word, missing in (("", "erase", dialog.reason), ("Asked", "eras", dialog.typed)):
        give(dialog, reason, word)
        assert "Nothing was erased" in dialog.problem.sentence
        assert missing.problem
    assert workspace.store.get("stakeholder", person).title == PHRASE
    assert workspace.store.erasures() == []


def test_the_whole_record_goes_by_keyboard_alone(dialog, workspace, person, hands, qtbot):
    while dialog.focusWidget() is not dialog.reason.edit:
        hands.press(Qt.Key.Key_Tab)
    hands.type("They asked")
    hands.press(Qt.Key.Key_Tab)
    hands.type("Erase")
    with qtbot.waitSignal(dialog.erased):
        hands.press(Qt.Key.Key_Return)
    with pytest.raises(Erased):
        workspace.store.get("stakeholder", person)
    (line,) = lines_of(workspace.store)
    assert (line.reason, line.what, line.officer) == ("They asked", "Stakeholder", "Sam Pike")
    assert line.laptops == "Gone from: Sam Pike. Every laptop has confirmed."
    assert "Erased for good on this laptop." in said(dialog)
    assert PHRASE not in said(dialog)


def test_what_is_kept_needs_a_reason(dialog, workspace, person, qtbot):
    (town,) = [line for line in dialog.whole.lines if line.name == "locality"]
    town.tick.setChecked(False)
    give(dialog)
    assert "kept without a reason" in dialog.problem.sentence
    assert town.why.problem == "Say why this is kept."
    town.why.edit.setText("Counted in a report")
    with qtbot.waitSignal(dialog.erased):
        dialog.submit()
    left = workspace.store.get("stakeholder", person)
    assert left.locality == "Marlbridge"
    assert PHRASE not in str(left)
    (line,) = lines_of(workspace.store)
    assert line.refused.endswith(": Counted in a report")


def test_one_field_goes_and_the_rest_stays(dialog, workspace, person, qtbot):
    dialog.scopes.button(1).setChecked(True)
    give(dialog)
    assert "Choose what is to be erased" in dialog.problem.sentence
    (phone,) = [line for line in dialog.some.lines if line.name == "phone"]
    phone.tick.setChecked(True)
    qtbot.waitUntil(lambda: "Phone" in dialog.lines.text())
    with qtbot.waitSignal(dialog.erased):
        dialog.submit()
    left = workspace.store.get("stakeholder", person)
    assert not left.phone
    assert left.name == PHRASE


def test_a_marked_span_goes(dialog, workspace, person, qtbot, hands):
    dialog.scopes.button(2).setChecked(True)
    dialog.texts.setCurrentIndex([name for name, *_ in dialog._found.texts].index("notes"))
    dialog.text.setFocus()
    none, shift = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
    for held in [none] * 16 + [shift] * 25:
        hands.press(Qt.Key.Key_Right, held)
    give(dialog)
    qtbot.waitUntil(lambda: dialog.result_banner.isVisible())
    assert workspace.store.get("stakeholder", person).notes == "Rang on Monday. [erased] waits."


@given(st.text(alphabet=st.sampled_from("aé🚌𝔸\n\r "), max_size=12), st.integers(0, 24))
def test_a_mark_lies_where_it_is_shown(qapp, text, position):
    shown = QPlainTextEdit()
    shown.setPlainText(text)
    cursor = shown.textCursor()
    cursor.setPosition(min(position, len(shown.document().toPlainText().encode("utf-16-le")) // 2))
    cursor.movePosition(QTextCursor.MoveOperation.Start, QTextCursor.MoveMode.KeepAnchor)
    before = text[: index_at(text, cursor.anchor())].replace("\r\n", "\n").replace("\r", "\n")
    marked = (
        cursor.selectedText().replace("\u2029", "\n").encode("utf-16", "ignore").decode("utf-16")
    )
    assert before == marked
    shown.deleteLater()


def test_cancelled_before_it_begins_nothing_is_erased(dialog, workspace, person, tasks, qtbot):
    import threading

    held = threading.Event()
    tasks.write(lambda _ticket: held.wait(30))
    give(dialog)
    assert dialog.waiting.isVisible()
    assert not dialog.go.isEnabled()
    dialog.stop()
    held.set()
    qtbot.waitUntil(lambda: "Stopped. Nothing was erased." in dialog.problem.sentence)
    assert dialog.go.isEnabled()
    assert workspace.store.get("stakeholder", person).title == PHRASE
    with qtbot.waitSignal(dialog.erased):
        dialog.submit()


def test_a_gate_is_passed_or_shut_and_never_both():
    first, second = Gate(), Gate()
    first.go_through()
    assert not first.shut()
    assert second.shut()
    with pytest.raises(Exception, match="Nothing was erased"):
        second.go_through()


def test_a_colleague_erased_it_meanwhile(workspace, tasks, shown, qtbot, person):
    workspace.store.erase(Erase("stakeholder", person), "Erase")
    made = shown(EraseDialog(workspace, tasks, "stakeholder", person), None)
    qtbot.waitUntil(lambda: "was erased for good" in made.problem.sentence)
    made.submit()
    assert not made.go.isEnabled()


@pytest.mark.parametrize("percent", [100, 200])
def test_it_is_named_and_whole(dialog, qtbot, percent):
    theme().set(percent=percent)
    for scope in range(3):
        dialog.scopes.button(scope).setChecked(True)
        dialog.fit()
        qtbot.wait(30)
        assert clipped(dialog) == []
        assert unnamed(dialog) == []
