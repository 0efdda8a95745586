"""A text with what differs from another marked: underlined, bold and on a ground of its own."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFont, QResizeEvent, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QFrame, QSizePolicy, QTextEdit, QWidget

from engage_desktop.difference import Piece, said
from ui.theme import theme
from ui.widgets.base import named

MOST_LINES = 14
"""A taller text scrolls."""


class MarkedText(QTextEdit):
    """Shows pieces; read only. Its description says the marked words to a screen reader."""

    def __init__(self, name: str, pieces: Sequence[Piece], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pieces = list(pieces)
        self.setReadOnly(True)
        self.setUndoRedoEnabled(False)
        self.setTabChangesFocus(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard
            | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        named(self, name, said(pieces))
        theme().changed.connect(self._write)
        self._write()

    def _write(self) -> None:
        self.setStyleSheet(
            theme().sheet("QTextEdit { border: 0; background: transparent; padding: 0; }")
        )
        self.document().setDocumentMargin(0)
        self.clear()
        cursor = QTextCursor(self.document())
        for piece in self._pieces:
            rest = piece.text.lstrip()
            cursor.insertText(piece.text[: len(piece.text) - len(rest)], self._format(False))
            cursor.insertText(rest, self._format(piece.mark))
        self._fit()

    @staticmethod
    def _format(mark: bool) -> QTextCharFormat:
        form = QTextCharFormat()
        form.setFont(theme().font("body", "bold" if mark else "regular"))
        form.setForeground(theme().colour("text"))
        if mark:
            words, ground = theme().tone("warning")
            form.setForeground(words)
            form.setBackground(ground)
            form.setFontUnderline(True)
            form.setFontWeight(QFont.Weight.Bold)
        return form

    def _fit(self) -> None:
        line = self.fontMetrics().lineSpacing()
        self.document().setTextWidth(max(theme().px(80), self.viewport().width()))
        tall = round(self.document().size().height()) + 2
        self.setFixedHeight(max(line, min(tall, MOST_LINES * line)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A narrower text is taller."""
        super().resizeEvent(event)
        self._fit()

    def minimumSizeHint(self) -> QSize:
        """Narrow enough for two to stand side by side."""
        return QSize(theme().px(120), self.fontMetrics().lineSpacing())
