"""Cards, figures, things that need somebody, and pages with nothing on them yet."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.base import Label, Rule, look, named, spaced
from ui.widgets.buttons import Button
from ui.widgets.flow import FlowRow
from ui.widgets.pills import IconTile


class Card(QFrame):
    """A white panel with a heading. Put things into `body`."""

    def __init__(self, heading: str = "", name: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        look(self, "card")
        named(self, name or heading)
        outer = QVBoxLayout(self)
        spaced(outer, (16, 14, 16, 14), 10)
        if heading:
            self.heading = Label(heading, "heading")
            outer.addWidget(self.heading)
        self.body = QVBoxLayout()
        spaced(self.body, gap=8)
        outer.addLayout(self.body)


class Stat(QFrame):
    """A figure with the words that make sense of it."""

    def __init__(
        self, label: str, number: str, rest: str = "", *, card: bool = True,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        if card:
            look(self, "card")
        box = QVBoxLayout(self)
        spaced(box, (14, 10, 14, 10) if card else (0, 0, 0, 0), 2)
        self._label = Label(label, "small")
        self._number = Label(number, "number", wrap=False)
        self._rest = Label(rest, "muted")
        line = QHBoxLayout()
        spaced(line, gap=6)
        line.addWidget(self._number, 0, Qt.AlignmentFlag.AlignBottom)
        line.addWidget(self._rest, 1, Qt.AlignmentFlag.AlignBottom)
        box.addWidget(self._label)
        box.addLayout(line)
        self.show_as(label, number, rest)

    def show_as(self, label: str, number: str, rest: str = "") -> None:
        """New words and figure."""
        self._label.setText(label)
        self._number.setText(number)
        self._rest.setText(rest)
        self._rest.setVisible(bool(rest))
        named(self, f"{label}: {number} {rest}".strip())


class NeedRow(QWidget):
    """One thing that needs somebody: tile, what, where and the button that deals with it."""

    def __init__(
        self,
        icon_name: str,
        tone: str,
        what: str,
        where: str,
        verb: str,
        act: Callable[[], object],
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        named(self, f"{what}. {where}")
        row = QHBoxLayout(self)
        spaced(row, (0, 2, 4, 2), 10)
        words = QVBoxLayout()
        spaced(words, gap=0)
        words.addWidget(Label(what, "strong"))
        words.addWidget(Label(where, "small"))
        self.button = Button(verb, how="secondary")
        named(self.button, f"{verb}: {what}")
        self.button.clicked.connect(act)
        row.addWidget(IconTile(icon_name, tone, what), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)


def ruled(layout: QVBoxLayout, widgets: list[QWidget]) -> None:
    """Put widgets under each other with a fine line between."""
    for index, widget in enumerate(widgets):
        if index:
            layout.addWidget(Rule())
        layout.addWidget(widget)


class EmptyState(QWidget):
    """What this page is for, one button to begin, one to import."""

    def __init__(
        self,
        icon_name: str,
        heading: str,
        words: str,
        begin: Button | None = None,
        other: Button | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        named(self, heading)
        outer = QVBoxLayout(self)
        spaced(outer, (24, 24, 24, 24), 12)
        outer.addStretch(2)
        self._icon_name = icon_name
        self._picture = Label("", wrap=False)
        named(self._picture, heading)
        self._heading, self._words = Label(heading, "heading"), Label(words, "muted")
        for label in (self._picture, self._heading, self._words):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            outer.addWidget(label)
        buttons = QHBoxLayout()
        spaced(buttons, gap=10)
        row = FlowRow(heading, 10)
        row.add(*(b for b in (begin, other) if b is not None))
        row.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Minimum)
        buttons.addStretch(1)
        buttons.addWidget(row)
        buttons.addStretch(1)
        outer.addLayout(buttons)
        self.note = Label("", "small")
        self.note.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        self.note.hide()
        outer.addWidget(self.note)
        outer.addStretch(3)
        theme().changed.connect(self._tint)
        self._tint()

    def say(self, heading: str, words: str) -> None:
        """New words."""
        self._heading.setText(heading)
        self._words.setText(words)
        for widget in (self, self._picture):
            named(widget, heading)

    def _tint(self) -> None:
        ratio = self.devicePixelRatioF()
        self._picture.setPixmap(pixmap(self._icon_name, "action", 48, ratio=ratio))
