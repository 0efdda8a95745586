"""The cover of a locked window, and the watch that locks one left alone."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.base import Label, look, named, spaced
from ui.words import translate

_SIGNS_OF_LIFE = frozenset({
    QEvent.Type.KeyPress, QEvent.Type.MouseButtonPress, QEvent.Type.MouseMove, QEvent.Type.Wheel,
    QEvent.Type.TouchBegin,
})  # fmt: skip


SETTLED_MS = 50
"""By then a new window is painted."""


class Cover(QWidget):
    """Says that the window is locked and whose it is. The question goes into `body`."""

    def __init__(self, officer: str) -> None:
        super().__init__()
        look(named(self, translate("lock", "Locked")), "page")
        outer = QVBoxLayout(self)
        spaced(outer, (24, 24, 24, 24), 12)
        outer.addStretch(1)
        picture = named(Label("", wrap=False), translate("lock", "Locked"))
        picture.setPixmap(pixmap("lock", "brand", 48, ratio=self.devicePixelRatioF()))
        heading = Label(translate("lock", "Locked"), "title")
        words = Label(
            translate("lock", "{officer}’s work is saved and covered.").format(officer=officer),
            "muted",
        )
        for label in (picture, heading, words):
            label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
            outer.addWidget(label)
        self.body = QVBoxLayout()
        spaced(self.body, gap=10)
        outer.addLayout(self.body)
        outer.addStretch(2)
        self.setMinimumWidth(theme().px(280))


class IdleWatch(QObject):
    """`idle` after so many minutes without a key, a click or a movement; 0 minutes: never."""

    idle = Signal()

    def __init__(self, minutes: float, parent: QObject) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.VeryCoarseTimer)
        self._timer.timeout.connect(self.idle)
        self.set_minutes(minutes)
        # Being asked about every event of a window that is only coming up would slow it down.
        self._begin = QTimer(self)
        self._begin.setSingleShot(True)
        self._begin.timeout.connect(self._watch)
        self._begin.start(SETTLED_MS)

    def _watch(self) -> None:
        app = QApplication.instance()
        if app is not None:
            app.installEventFilter(self)

    def set_minutes(self, minutes: float) -> None:
        """Another patience."""
        self._timer.stop()
        if minutes > 0:
            self._timer.setInterval(round(minutes * 60_000))
            self._timer.start()

    def stop(self) -> None:
        """Watch no more."""
        self._timer.stop()
        self._begin.stop()
        app = QApplication.instance()
        if app is not None:
            app.removeEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _SIGNS_OF_LIFE and self._timer.isActive():
            self._timer.start()
        return False
