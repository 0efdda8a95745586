"""Small pieces that all sheets and captures are put together from."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ui.theme import theme
from ui.widgets.banners import Banner
from ui.widgets.base import W, bring_into_view, look, named, spaced
from ui.widgets.buttons import Button


def button(
    text: str,
    how: str = "plain",
    *,
    icon: str = "",
    key: str = "",
    pressed: Callable[[], object] | None = None,
) -> Button:
    """A button with its slot and, where there is one, its key ("Ctrl+Return") in the tool tip."""
    shown = QKeySequence(key).toString(QKeySequence.SequenceFormat.NativeText) if key else ""
    made = Button(text, icon, how, key=shown)
    if key:
        # Not setShortcut: that clicks 100 ms late, to show the button going down.
        QShortcut(QKeySequence(key), made).activated.connect(made.click)
    if pressed is not None:
        made.clicked.connect(pressed)
    return made


def card(name: str) -> QFrame:
    """A white box with a thin line."""
    return named(look(QFrame(), "card"), name)


def column(
    parent: QWidget | None = None,
    *,
    gap: int = 8,
    edges: tuple[int, int, int, int] = (0, 0, 0, 0),
) -> QVBoxLayout:
    """Things below each other; lengths in pixels at 100 % text."""
    layout = QVBoxLayout(parent) if parent is not None else QVBoxLayout()
    spaced(layout, edges, gap)
    return layout


def row(
    parent: QWidget | None = None,
    *,
    gap: int = 8,
    edges: tuple[int, int, int, int] = (0, 0, 0, 0),
) -> QHBoxLayout:
    """Things beside each other; lengths in pixels at 100 % text."""
    layout = QHBoxLayout(parent) if parent is not None else QHBoxLayout()
    spaced(layout, edges, gap)
    return layout


class _Dressing(QObject):
    """Keeps a widget's own few rules in step with the theme."""

    def __init__(self, widget: QWidget, template: str) -> None:
        super().__init__(widget)
        self._widget, self._template = widget, template
        theme().changed.connect(self._again)
        self._again()

    def _again(self) -> None:
        self._widget.setStyleSheet(theme().sheet(self._template))


def dress(widget: W, template: str) -> W:
    """Give a widget rules of its own, written with the theme's tokens and units."""
    _Dressing(widget, template)
    return widget


class Problem(Banner):
    """What went wrong, what was kept and what to do next; read out when it appears."""

    def __init__(self) -> None:
        super().__init__("bad")
        self.sentence = ""
        self.hide()

    def say(self, sentence: str) -> None:
        """Show the sentence; nothing hides it."""
        self.sentence = sentence
        self.show_as("bad", sentence)
        self.setVisible(bool(sentence))
        if sentence:  # once it has its place
            QTimer.singleShot(0, self, lambda: bring_into_view(self))
