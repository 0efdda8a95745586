"""Hands that press keys, and eyes for words that do not fit."""

import datetime as dt

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QPushButton

PASSPHRASE = "bus hedge violin cider"
TODAY = dt.date(2026, 5, 26)


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


def clipped(root):
    """Labels and buttons under `root` whose words do not fit, once all is laid out."""
    for _ in range(5):  # one layout asks the next
        QCoreApplication.processEvents()
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


def settle_team(page, qtbot):
    """Until a Team page shows how the team stands now."""
    qtbot.waitUntil(
        lambda: page.view is not None and not page._tasks.busy and not page._later.isActive()
    )
