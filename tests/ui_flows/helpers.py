"""Hands that press keys, a heart that beats, and eyes for words that do not fit."""

import datetime as dt
import time

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

PASSPHRASE = "bus hedge violin cider"
TODAY = dt.date(2026, 5, 26)
MOST_MS = 100
"""The event loop is never blocked longer than this."""


class Hands:
    """Keys, wherever the keyboard is."""

    def press(self, key, held=Qt.KeyboardModifier.NoModifier):
        QTest.keyClick(self._at(), key, held)
        QCoreApplication.processEvents()

    def type(self, words):
        for letter in words:
            QTest.keyClicks(self._at(), letter)
            QCoreApplication.processEvents()

    @staticmethod
    def _at():
        found = QApplication.focusWidget() or QApplication.activeWindow()
        assert found is not None, "no window has the keyboard"
        return found


class Heartbeat(QObject):
    """Beats every few milliseconds on the window's thread; `worst` is the longest silence."""

    def __init__(self):
        super().__init__()
        self.worst, self._last = 0.0, time.perf_counter()
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._beat)

    def __enter__(self):
        QCoreApplication.processEvents()
        self._last = time.perf_counter()
        self._timer.start()
        return self

    def __exit__(self, *_):
        self._beat()
        self._timer.stop()

    def _beat(self):
        now = time.perf_counter()
        self.worst = max(self.worst, (now - self._last) * 1000)
        self._last = now


def clipped(root):
    """Labels and buttons under `root` whose words do not fit."""
    found = []
    for label in root.findChildren(QLabel):
        if not label.isVisible() or not label.text():
            continue
        if label.wordWrap():
            needs = label.heightForWidth(label.width())
            if needs > label.height() + 2:
                found.append((label.text()[:40], needs, label.height()))
        elif label.minimumSizeHint().width() > label.width() + 2:
            found.append((label.text()[:40], label.minimumSizeHint().width(), label.width()))
    for button in root.findChildren(QPushButton):
        if button.isVisible() and button.minimumSizeHint().width() > button.width() + 2:
            found.append((button.text(), button.minimumSizeHint().width(), button.width()))
    return found
