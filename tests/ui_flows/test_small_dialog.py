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
