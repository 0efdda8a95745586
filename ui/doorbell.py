"""One window for each workspace: a second launch rings, and the first comes to the front.

Apart from `ui.session`, because Qt's network library is not needed before the first rows are there.
"""

from __future__ import annotations

import os
from hashlib import sha256
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtNetwork import QLocalServer, QLocalSocket

WAIT_MS = 500
RAISE = b"raise"


def channel(folder: Path) -> str:
    """The name under which the window of a workspace listens: nothing of the path shows in it."""
    # The home stands for the person: unlike a log-in name, asking for it cannot fail.
    who = f"{os.path.expanduser('~')}:{folder.resolve()}"
    return "engage-" + sha256(who.encode()).hexdigest()[:24]


def raise_other(folder: Path) -> bool:
    """Ask a window that has this workspace open to come to the front. False if there is none."""
    socket = QLocalSocket()
    socket.connectToServer(channel(folder))
    if not socket.waitForConnected(WAIT_MS):
        return False
    socket.write(RAISE)
    socket.waitForBytesWritten(WAIT_MS)
    socket.disconnectFromServer()
    return True


class Doorbell(QObject):
    """Listens for a second launch of the same workspace."""

    rung = Signal()

    def __init__(self, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._server = QLocalServer(self)
        self._server.setSocketOptions(QLocalServer.SocketOption.UserAccessOption)
        QLocalServer.removeServer(channel(folder))  # left by a crash; the folder's lock is ours
        self._server.newConnection.connect(self._came)
        self._server.listen(channel(folder))

    def _came(self) -> None:
        socket = self._server.nextPendingConnection()
        if socket is not None:
            socket.disconnected.connect(socket.deleteLater)
            self.rung.emit()

    def close(self) -> None:
        """Listen no more."""
        self._server.close()
