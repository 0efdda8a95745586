"""Keys pressed, waits and pictures: what the day needs of whoever takes it."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from engage_desktop.documents.output import write_pdf
from ui.tasks import Tasks

SIZE = QSize(1366, 768)
PATIENCE_S = 60.0


class Stuck(Exception):
    """Something did not happen in time."""


class Driver:
    """Presses keys, waits for what follows, and takes pictures."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.left: list[str] = []

    def until(self, happened: Callable[[], Any], what: str) -> Any:
        """Let the window live until something is true. Raises `Stuck`."""
        end = time.monotonic() + PATIENCE_S
        while not (found := happened()):
            if time.monotonic() > end:
                raise Stuck(f"Waited {PATIENCE_S:.0f} seconds for {what}.")
            self.live()
            time.sleep(0.002)
        return found

    def live(self, rounds: int = 1) -> None:
        """Let events happen."""
        for _ in range(rounds):
            QApplication.processEvents()
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)

    def settle(self, tasks: Tasks) -> None:
        """Until nothing is at work."""
        self.live(3)
        self.until(lambda: not tasks.busy, "the work to be done")
        self.live(5)

    def press(
        self, key: Qt.Key, held: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
    ) -> None:
        """One key, wherever the keyboard is."""
        QTest.keyClick(self._target(), key, held)
        self.live(2)

    def type(self, words: str) -> None:
        """Words, wherever the keyboard is."""
        QTest.keyClicks(self._target(), words)
        self.live(2)

    def shoot(self, widget: QWidget, name: str, size: QSize | None = SIZE) -> None:
        """Leave a picture."""
        if size is not None and widget.size() != size:
            widget.resize(size)
        self.live(8)
        path = self.out / f"{name}.png"
        if not widget.grab().save(str(path)):
            raise Stuck(f"The picture {path.name} could not be written.")
        self._note(path)

    def paper(self, name: str, pdf: bytes) -> None:
        """Leave a document."""
        path = self.out / f"{name}.pdf"
        write_pdf(path, lambda file: file.write(pdf))
        self._note(path)

    def _target(self) -> QWidget:
        window = QApplication.activeModalWidget() or QApplication.activeWindow()
        if window is None:
            window = next((w for w in QApplication.topLevelWidgets() if w.isVisible()), None)
        if window is not None and not window.isActiveWindow():
            window.activateWindow()
            self.live(3)
        found = QApplication.focusWidget() or window
        if found is None:
            raise Stuck("No window has the keyboard.")
        return found

    def _note(self, path: Path) -> None:
        self.left.append(path.name)
        sys.stdout.write(f"tour: {path.name}\n")
        sys.stdout.flush()
