"""A long text in which a span is marked by keyboard or mouse, and where it lies in the words."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QPlainTextEdit

from ui.widgets.base import named
from ui.words import translate


class MarkedText(QPlainTextEdit):
    """Read only; Shift and the arrows mark. `marked` whenever the mark changed."""

    marked = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, translate("erase", "Mark what is to be erased"),
              translate("erase", "Shift and the arrow keys mark; so does the mouse."))  # fmt: skip
        self._text = ""
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard
            | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        self.setFixedHeight(self.fontMetrics().lineSpacing() * 7)
        self.selectionChanged.connect(self.marked)

    def show_text(self, text: str) -> None:
        """Another text, nothing marked."""
        self._text = text
        self.setPlainText(text)

    @property
    def span(self) -> tuple[int, int] | None:
        """First character and the one after the last that are marked; None when nothing is."""
        cursor = self.textCursor()
        if not cursor.hasSelection():
            return None
        first, after = cursor.selectionStart(), cursor.selectionEnd()
        return index_at(self._text, first), index_at(self._text, after)


def index_at(text: str, position: int) -> int:
    """Where Qt's `position` in a shown text lies among its characters.

    Qt counts what lies beyond the 65,536th code point twice, and CR with LF once. A position
    inside one character counts as the one before it.
    """
    at = index = 0
    while at < position and index < len(text):
        wide = 2 if ord(text[index]) > 0xFFFF else 1
        if at + wide > position:
            break
        at += wide
        index += 2 if text[index : index + 2] == "\r\n" else 1
    return index


__all__ = ["MarkedText", "index_at"]
