"""One window for one workspace, from opening to closing, and one process for each workspace."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from ui.sweeps import Sweeps
from ui.theme import theme
from ui.widgets.base import sized

if TYPE_CHECKING:
    from ui.ahead import Ahead
    from ui.doorbell import Doorbell
    from ui.main_window import MainWindow


AFTER_MS = 50
"""By then the first rows are there on most laptops; on the others it is looked again as long after
that."""

PATIENCE = 200
"""How often that is: whoever still reads then does not read the first rows."""


class Session(QObject):
    """`over` when the last window has closed and the workspace is shut."""

    over = Signal()

    def __init__(self, app: QApplication, asked: Path | None = None) -> None:
        super().__init__()
        self._app, self._asked = app, asked
        self.welcome: Any = None
        self.window: MainWindow | None = None
        self._doors: Any = None
        self._tasks: Any = None
        self._bell: Doorbell | None = None
        self._ahead: Ahead | None = None
        self._sweeps = Sweeps(self)
        theme()

    def begin(self) -> None:
        """Show the first window: the welcome, or the question for a workspace's passphrase."""
        from engage_desktop.doors import Doors
        from ui.dialogs.recent import Opened, Recent
        from ui.dialogs.welcome import Welcome
        from ui.tasks import Tasks
        from ui.widgets.focus import follow_the_keyboard

        self._doors = Doors()
        self._tasks = Tasks(_NoStore(), readers=0)
        follow_the_keyboard()
        self.welcome = Welcome(self._tasks, self._doors, Recent())
        self.welcome.opened.connect(self.enter)
        sized(self.welcome, 860, 680)
        if self._asked is not None:
            known = {opened.folder: opened for opened in Recent().all()}
            self.welcome.show_unlock(known.get(self._asked, Opened(self._asked, "")))
        self.welcome.show()

    def enter(self, workspace: Any) -> None:
        """A workspace is open: show its window."""
        from ui.dialogs.flows import Flows
        from ui.main_window import MainWindow
        from ui.tasks import Tasks

        self._sweeps.loading()
        tasks = Tasks(workspace.store)
        self.window = MainWindow(workspace, tasks, Flows)
        self.window.closed.connect(self._closed)
        self.window.show()
        QTimer.singleShot(AFTER_MS, self, self._settle)
        if self.welcome is not None:
            self.welcome.hide()
            self._close_welcome()

    def _settle(self, patience: int = PATIENCE) -> None:
        """Once the first rows are there: listen for a second launch, which the folder's lock has
        kept out until now, and fetch what will be wanted next."""
        if self.window is None:
            return
        if self.window.tasks.busy and patience:
            QTimer.singleShot(AFTER_MS, self, partial(self._settle, patience - 1))
            return
        from ui.ahead import Ahead
        from ui.doorbell import Doorbell

        self._bell = Doorbell(self.window.workspace.folder, self)
        self._bell.rung.connect(self.raise_window)
        self._ahead = Ahead(self.window.tasks, self.window.workspace.store.registry, self)

    def _close_welcome(self) -> None:
        welcome, self.welcome = self.welcome, None
        welcome.close()
        welcome.deleteLater()
        self._tasks.close()

    def raise_window(self) -> None:
        """Come to the front."""
        window = self.window or self.welcome
        if window is not None:
            window.setWindowState(window.windowState() & ~_minimised())
            window.show()
            window.raise_()
            window.activateWindow()

    def _closed(self) -> None:
        window, self.window = self.window, None
        if window is None:
            return
        if self._bell is not None:
            self._bell.close()
        if self._ahead is not None:
            self._ahead.stop()
        self._sweeps.stop()
        window.tasks.close()
        window.workspace.close()
        last = window.last_act
        window.deleteLater()
        if last is None or self._is_done(last):
            self.over.emit()

    def _is_done(self, last: Callable[[], None]) -> bool:
        """Do what was left until the workspace is shut; what went wrong is told first."""
        from db.errors import KnownError

        try:
            last()
        except KnownError as error:
            from ui.dialogs.last_word import LastWord

            self._word = LastWord(error.sentence)
            self._word.finished.connect(self.over)
            self._word.open()
            return False
        return True

    def close(self) -> None:
        """Shut whatever is still open."""
        if self.window is not None:
            self.window.close()
        if self.welcome is not None:
            self._close_welcome()
        if self._doors is not None:
            self._doors.sweep_samples()
        self._sweeps.stop()

    def tell(self, error: BaseException) -> None:
        """Show that something went wrong inside the program."""
        if self.window is not None:
            self.window.show_trouble(error)


class _NoStore:
    """Before a workspace is open there is nothing to read."""

    def reader(self) -> Any:
        raise RuntimeError("No workspace is open.")


def _minimised() -> Any:
    from PySide6.QtCore import Qt

    return Qt.WindowState.WindowMinimized
