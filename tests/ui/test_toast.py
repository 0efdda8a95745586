"""A passing message can be read whole, whatever changes while it is on the screen."""

import pytest
from PySide6.QtWidgets import QWidget

from ui.theme import theme
from ui.widgets.banners import Toast

LONG = "Moved to the bin, with its 12 responses and the 3 files that were attached to it"


@pytest.fixture
def toast(qtbot):
    page = QWidget()
    qtbot.addWidget(page)
    theme()
    page.resize(1366, 700)
    page.show()
    return Toast(page)


def cut_off(toast):
    """What of its words and its button does not fit, or lies outside of it or of the page."""
    parts = (toast._label, toast._button)
    wrong = [part for part in parts if not toast.rect().contains(part.geometry())]
    label = toast._label
    needed = label.heightForWidth(label.width()) if label.wordWrap() else label.sizeHint().height()
    wrong += [label] if label.height() < needed else []
    wrong += [part for part in parts if part.width() < part.minimumSizeHint().width()]
    inside = toast.parentWidget().rect().contains(toast.geometry())
    return [type(part).__name__ for part in wrong] + ([] if inside else ["Toast"])


@pytest.mark.parametrize("words", ["Saved", LONG])
def test_it_follows_the_text_size_while_it_is_shown(toast, qtbot, words):
    toast.say(words, "Undo", lambda: None)
    assert cut_off(toast) == []
    small = toast.size()
    theme().set(percent=200)
    qtbot.waitUntil(lambda: cut_off(toast) == [])
    assert toast.height() > 1.5 * small.height()
    middle = toast.parentWidget().width() / 2
    assert abs(toast.geometry().center().x() - middle) <= 1
    theme().set(percent=100)
    qtbot.waitUntil(lambda: cut_off(toast) == [])
    assert toast.size() == small


def test_it_breaks_its_lines_on_a_page_narrower_than_its_words(toast, qtbot):
    toast.say(LONG, "Undo", lambda: None)
    one_line = toast.size()
    toast.parentWidget().resize(420, 700)
    qtbot.waitUntil(lambda: cut_off(toast) == [])
    assert toast.height() > one_line.height()
    toast.parentWidget().resize(1366, 700)
    qtbot.waitUntil(lambda: cut_off(toast) == [])
    assert toast.size() == one_line


def test_its_words_take_the_colours_of_now(toast):
    toast.say("Saved", "Undo", lambda: None)
    theme().set(scheme="dark")
    for part in (toast._label, toast._button):
        assert part.palette().windowText().color() == theme().colour("surface")
