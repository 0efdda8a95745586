"""A small dialog on a screen that is too small for it: what matters now is never scrolled away."""

import pytest
from PySide6.QtWidgets import QCheckBox

from ui.dialogs.fields import TextField
from ui.dialogs.small import SmallDialog
from ui.theme import theme
from ui.widgets.base import Label

WORDS = "What is on the laptop is not recalled. It stays there, locked with its passphrase. "


@pytest.fixture
def dialog():
    """Longer than a screen at this size of text, with a field below what is to be read first."""
    theme().set(percent=200)
    made = SmallDialog("Take Priya Nair’s laptop out of the team?", WORDS)
    for _ in range(8):
        made.body.addWidget(Label(WORDS, ""))
    made.why = TextField("Why", "Admins can read this later", "")
    made.body.addWidget(made.why)
    for number in range(6):
        made.body.addWidget(QCheckBox(f"Part {number}"))
    return made


def seen_whole(widget):
    return widget.isVisible() and widget.visibleRegion().boundingRect() == widget.rect()


def test_the_field_that_has_the_keyboard_is_seen(dialog, shown, qtbot):
    dialog.why.edit.setFocus()
    shown(dialog, None)
    assert dialog.height() <= dialog.screen().availableSize().height()
    qtbot.waitUntil(lambda: seen_whole(dialog.why.edit))


def test_what_went_wrong_is_seen_each_time_though_the_field_is_far_below(dialog, shown, qtbot):
    dialog.why.edit.setFocus()
    shown(dialog, None)
    qtbot.waitUntil(lambda: seen_whole(dialog.why.edit))
    for sentence in ("That will not do.", "The disk is full."):
        dialog.problem.say(sentence)
        dialog.fit()
        qtbot.waitUntil(lambda: seen_whole(dialog.problem))
        assert dialog.why.edit.hasFocus()
        dialog.show_focus()
        qtbot.waitUntil(lambda: not seen_whole(dialog.problem))


def test_what_is_said_beside_a_field_is_seen_though_the_keyboard_is_far_below(dialog, shown, qtbot):
    far = dialog.far = QCheckBox("The last part")
    for number in range(8):
        dialog.body.addWidget(QCheckBox(f"More {number}"))
    dialog.body.addWidget(far)
    far.setFocus()
    shown(dialog, None)
    qtbot.waitUntil(lambda: seen_whole(far))
    dialog.why.say("Write why. Nothing was changed.")
    dialog.fit()
    qtbot.waitUntil(lambda: seen_whole(dialog.why))
    dialog.show_focus()
    qtbot.waitUntil(lambda: seen_whole(far))
    dialog.why.hint("Admins of today can read this")  # says nothing that went wrong just now
    dialog.why.say("")
    qtbot.wait(50)
    assert seen_whole(far)


def test_of_several_fields_the_one_that_has_the_keyboard_is_seen(dialog, shown, qtbot):
    """As where a sheet says what is wrong beside each, and goes to the first."""
    dialog.last = TextField("Until when", "", "")
    for number in range(8):
        dialog.body.addWidget(QCheckBox(f"More {number}"))
    dialog.body.addWidget(dialog.last)
    dialog.last.edit.setFocus()
    shown(dialog, None)
    qtbot.waitUntil(lambda: seen_whole(dialog.last))
    for field in (dialog.why, dialog.last):
        field.say("This is missing.")
    dialog.why.edit.setFocus()
    qtbot.waitUntil(lambda: seen_whole(dialog.why))
    qtbot.wait(50)
    assert seen_whole(dialog.why)


def test_what_went_wrong_before_it_is_shown_is_seen_first(dialog, shown, qtbot):
    dialog.problem.say("The disk is full.")
    dialog.why.edit.setFocus()
    shown(dialog, None)
    qtbot.wait(50)
    assert seen_whole(dialog.problem)
    dialog.problem.say("")
    dialog.hide()
    dialog.show()
    qtbot.waitUntil(lambda: seen_whole(dialog.why.edit))


def test_of_what_is_taller_than_the_view_its_beginning_is_seen(dialog, shown, qtbot):
    dialog.why.edit.setFocus()
    shown(dialog, None)
    qtbot.waitUntil(lambda: seen_whole(dialog.why.edit))
    dialog.problem.say(WORDS * 24)
    dialog.fit()
    qtbot.waitUntil(lambda: not seen_whole(dialog.why.edit))
    assert dialog.problem.height() > dialog.height()
    seen = dialog.problem.visibleRegion().boundingRect()
    assert (seen.left(), seen.top()) == (0, 0)
    assert seen.height() > dialog.height() / 2
