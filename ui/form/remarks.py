"""What is worth a second look beside a field, and is never a reason to refuse it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit

from ui.widgets.base import Label, named
from ui.words import translate


class PostcodeRemark(Label):
    """Says of a postcode what is doubtful about it: once it is whole, or left half typed."""

    def __init__(self, line: QLineEdit) -> None:
        super().__init__("", "small")
        named(self, translate("form", "About this postcode"))
        self._line = line
        line.textChanged.connect(self._look_again)
        line.editingFinished.connect(self._left)
        self.hide()

    @Slot()
    def _look_again(self) -> None:
        self._look(typing=self._line.hasFocus())

    @Slot()
    def _left(self) -> None:
        self._look(typing=False)

    def _look(self, *, typing: bool) -> None:
        words = ""
        if self._line.text().strip():
            from engage_desktop.stakeholders.postcodes import Standing, check  # wanted only now

            found = check(self._line.text())
            if not (typing and found.standing is Standing.NO_FORM):
                words = found.words
        self.setText(words)
        self.setVisible(bool(words))
        if not self._line.property("problem"):
            self._line.setAccessibleDescription(words)
