"""A real workspace with a real window, and an officer who has keys only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QEvent, Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from db.keys import CHEAP
from engage_desktop import sample
from engage_desktop.workspace import Surroundings, Workspace
from tests.day.pulse import turn_until
from ui.dialogs.flows import Flows
from ui.duplicates.page import DuplicatesPage
from ui.main_window import MainWindow
from ui.sweeps import Sweeps
from ui.tasks import Tasks
from ui.theme import theme

TODAY = dt.date(2026, 5, 26)
OFFICER = "Sam Pike"
PASSPHRASE = "tractor violin cider hedge"
WIDE, HIGH = 1366, 768
NONE = Qt.KeyboardModifier.NoModifier
CTRL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier


def make_workspace(folder: Path, *, filled: bool = False) -> Workspace:
    """A workspace whose passphrase costs nothing to try."""
    workspace, _ = Workspace.create(
        folder, officer=OFFICER, passphrase=PASSPHRASE, around=Surroundings(cost=CHEAP)
    )
    if filled:
        sample.fill(workspace.store, today=TODAY)
    return workspace


class Office:
    """A workspace in its window, as an officer has it in front of them."""

    def __init__(self, workspace: Workspace, *, today: Callable[[], dt.date] | None = None) -> None:
        theme()
        self.workspace, self.store = workspace, workspace.store
        self.tasks = Tasks(workspace.store)
        more = {"today": today} if today else {}
        self.window = MainWindow(workspace, self.tasks, Flows, **more)
        self.window.resize(WIDE, HIGH)
        self.window.show()
        self.window.activateWindow()
        self.sweeps = Sweeps()
        self.settle()

    def settle(self, seconds: float = 60.0) -> None:
        """Until nothing is at work and nothing waits to be drawn."""
        QCoreApplication.processEvents()
        turn_until(self._quiet, seconds)
        deliver()
        QCoreApplication.processEvents()

    def _quiet(self) -> bool:
        roots = [w for w in QApplication.topLevelWidgets() if w.isVisible()]
        waits = [
            timer for root in roots for timer in root.findChildren(QTimer)
            if timer.isActive() and timer.isSingleShot() and timer.interval() < 900
        ]  # fmt: skip
        looking = [
            page for root in roots for page in root.findChildren(DuplicatesPage) if page.busy
        ]
        return not (self.tasks.busy or waits or looking)

    def dialog(self, kind: type | str) -> Any:
        """The open dialog of a class (or class name), once it is there."""

        def found() -> QWidget | None:
            for widget in QApplication.topLevelWidgets():
                same = (
                    type(widget).__name__ == kind
                    if isinstance(kind, str)
                    else isinstance(widget, kind)
                )
                if same and widget.isVisible():
                    return widget
            return None

        turn_until(lambda: found() is not None)
        dialog = found()
        dialog.activateWindow()
        QCoreApplication.processEvents()
        return dialog

    def close(self) -> None:
        """Everything away, in order."""
        for widget in QApplication.topLevelWidgets():
            if widget is not self.window and widget.isVisible():
                widget.close()
        if self.window.locked:
            self.window.unlocked()
        self.sweeps.stop()
        self.window.close()
        self.tasks.close()
        self.window.deleteLater()
        self.workspace.close()
        deliver()


def deliver() -> None:
    """Carry out every `deleteLater`."""
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


# -- keys --------------------------------------------------------------------------------------


class Hands:
    """Presses keys where the keyboard is, and nowhere else. Counts them."""

    def __init__(self) -> None:
        self.pressed = 0

    @property
    def at(self) -> QWidget:
        """Who gets the next key."""
        popup = QApplication.activePopupWidget()
        if popup is not None:
            return popup.focusWidget() or popup
        if QApplication.activeWindow() is None:  # as a window manager does when a dialog closes
            shown = [w for w in QApplication.topLevelWidgets() if w.isVisible() and w.isWindow()]
            window = QApplication.activeModalWidget() or (shown[0] if shown else None)
            if window is not None:
                window.activateWindow()
                QCoreApplication.processEvents()
        widget = QApplication.focusWidget()
        if widget is None:
            widget = QApplication.activeModalWidget() or QApplication.activeWindow()
        assert widget is not None, "no window has the keyboard"
        return widget

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier = NONE, times: int = 1) -> None:
        """One key, as often as said."""
        for _ in range(times):
            QTest.keyClick(self.at, key, held)
            self.pressed += 1
            QCoreApplication.processEvents()

    def type(self, words: str) -> None:
        """Words, letter by letter."""
        for letter in words:
            if letter.isascii():
                QTest.keyClicks(self.at, letter)
            else:  # QTest knows no others
                for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
                    QApplication.sendEvent(self.at, QKeyEvent(kind, 0, NONE, letter))
            self.pressed += 1
        QCoreApplication.processEvents()

    def tab_to(self, name: str, *, back: bool = False, most: int = 80) -> QWidget:
        """Press Tab until the widget of that accessible name has the keyboard."""
        seen = []
        for _ in range(most):
            if self.at.accessibleName() == name:
                return self.at
            seen.append(self.at.accessibleName())
            self.press(Qt.Key.Key_Backtab if back else Qt.Key.Key_Tab, SHIFT if back else NONE)
        raise AssertionError(f"Tab never came to “{name}”; it went {seen}")
