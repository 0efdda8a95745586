"""One print: each page is drawn in a task at the printer's own fineness, then painted."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QRectF, Signal
from PySide6.QtGui import QPainter

from ui.dialogs.pages_of import PagePicture, draw_page
from ui.dialogs.questions import sentence_of
from ui.tasks import Tasks
from ui.words import translate

FINEST = 300
"""Dots an inch, at most: more cannot be seen on paper and costs memory."""


class PrintRun(QObject):
    """`finished` carries a sentence when it went wrong, else nothing."""

    progressed = Signal(int, int)
    finished = Signal(str)

    def __init__(
        self, pdf: bytes, pages: int, printer: Any, tasks: Tasks, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._pdf, self._printer, self._tasks = pdf, printer, tasks
        first, last = printer.fromPage() or 1, printer.toPage() or pages
        self._wanted = list(range(max(1, first) - 1, min(last, pages)))
        self._total = len(self._wanted)
        self._painter: QPainter | None = None

    def begin(self) -> None:
        """Start with the first page."""
        self._painter = QPainter()
        if not self._wanted or not self._painter.begin(self._printer):
            self._end(
                translate("print", "The printer did not answer. Nothing was printed. See whether"
                          " it is on, or save a PDF instead.")
            )  # fmt: skip
            return
        self._next()

    def _next(self) -> None:
        if not self._wanted:
            self._end("")
            return
        number = self._wanted[0]
        scale = min(FINEST, self._printer.resolution()) / 72
        pdf = self._pdf
        self._tasks.write(lambda _t: draw_page(pdf, number, scale), self._paint, self._failed)

    def _paint(self, picture: PagePicture) -> None:
        from ui.dialogs.print_preview import image_of

        if self._painter is None:
            return
        image = image_of(picture)
        paper = QRectF(self._painter.viewport())
        ratio = min(paper.width() / image.width(), paper.height() / image.height())
        width, height = image.width() * ratio, image.height() * ratio
        self._painter.drawImage(QRectF((paper.width() - width) / 2, 0, width, height), image)
        self._wanted.pop(0)
        self.progressed.emit(self._total - len(self._wanted), self._total)
        if self._wanted:
            self._printer.newPage()
        self._next()

    def _failed(self, error: Exception) -> None:
        self._end(sentence_of(error))

    def _end(self, sentence: str) -> None:
        if self._painter is not None and self._painter.isActive():
            self._painter.end()
        self._painter = None
        self.finished.emit(sentence)
