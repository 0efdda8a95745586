"""A heading of a form under which fields fold away, saying how many of them are filled."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.form.field import Field
from ui.widgets.base import named, spaced
from ui.widgets.buttons import Button
from ui.words import translate


class Section(QWidget):
    """Folded until asked for. `turned(bool)` when the officer folds or unfolds it."""

    turned = Signal(bool)

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = name
        named(self, name)
        self.fields: list[Field] = []
        self._filled = 0
        self.is_folded = True
        self.box = QVBoxLayout(self)
        spaced(self.box, gap=18)
        self.head = Button(name, "keyboard_arrow_down", "section")
        self.head.clicked.connect(self._turn)
        self.box.addWidget(self.head, 0, Qt.AlignmentFlag.AlignLeft)
        self._say()

    def add(self, field: Field) -> None:
        """One more field, below those there are."""
        self.fields.append(field)
        self.box.addWidget(field)
        field.setVisible(not self.is_folded)

    def count(self, filled: int) -> None:
        """Say how many fields hold something."""
        if filled != self._filled:
            self._filled = filled
            self._say()

    def fold(self, folded: bool) -> None:
        """Show the fields, or the heading alone."""
        self.is_folded = folded
        for field in self.fields:
            field.setVisible(not folded)
        self._say()

    def _turn(self) -> None:
        self.fold(not self.is_folded)
        self.turned.emit(self.is_folded)
        if not self.is_folded and self.fields:
            self.fields[0].editor.go()

    def _say(self) -> None:
        self.head.set_icon("chevron_right" if self.is_folded else "keyboard_arrow_down")
        words = self.name
        if self._filled:
            words = translate("form", "{section} ({n} filled)").format(
                section=self.name, n=self._filled
            )
        self.head.say(words)
        state = (
            translate("form", "Folded. Press to show its fields.")
            if self.is_folded
            else translate("form", "Shown. Press to fold its fields away.")
        )
        named(self.head, words, state)
