"""One program in a process of its own: an empty window, or ours with a list. Prints JSON.

    python -m benchmarks.child empty
    python -m benchmarks.child ours FOLDER

The moment of the start comes from whoever started it, in `BENCH_BEGUN` (monotonic seconds).
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from pathlib import Path
from typing import Any


def since_start() -> float:
    """Milliseconds since this process was asked for."""
    return (time.monotonic() - float(os.environ["BENCH_BEGUN"])) * 1000


def peak_mb() -> float:
    """The most memory this process has held, in MB."""
    status = Path("/proc/self/status")
    if status.exists():  # getrusage would count what the parent held when it started this one
        words = status.read_text().split()
        return int(words[words.index("VmHWM:") + 1]) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1024 * 1024 if sys.platform == "darwin" else 1024)


def empty() -> dict[str, float]:
    """A window with nothing in it, until it is painted."""
    from PySide6.QtWidgets import QApplication, QMainWindow

    app = QApplication([])
    painted: list[float] = []

    class Window(QMainWindow):
        def paintEvent(self, event: Any) -> None:
            super().paintEvent(event)
            painted.append(since_start())

    window = Window()
    window.resize(1366, 768)
    window.show()
    while not painted:
        app.processEvents()
    return {"painted_ms": painted[0], "peak_mb": peak_mb()}


def ours(folder: Path) -> dict[str, float]:
    """The real window over a real workspace, from the start of the process to its first rows."""
    from engage_desktop.__main__ import hush, load

    load()
    hush()
    from PySide6.QtCore import QEvent, QObject
    from PySide6.QtWidgets import QApplication

    from engage_desktop.workspace import Workspace
    from ui.session import Session

    app = QApplication(["engage-desktop"])
    session = Session(app, folder)
    imported = since_start()
    from benchmarks.shelves import AROUND, PASSPHRASE

    own = since_start()
    workspace = Workspace.open(folder, PASSPHRASE, around=AROUND)
    unlocked = since_start()
    painted: list[float] = []

    class Watch(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and view.model()._pages:
                painted.append(since_start())
            return False

    watch = Watch()
    session.enter(workspace)
    from ui.table.view import RecordsView

    assert session.window is not None
    view = next(v for v in session.window.findChildren(RecordsView) if v.isVisible())
    view.viewport().installEventFilter(watch)
    while not painted:
        app.processEvents()
    app.processEvents()
    view.viewport().removeEventFilter(watch)
    first = peak_mb()
    rows = view.model().rowCount()
    for place in (0.5, 0.999, 0.25, 0.75):
        bar = view.verticalScrollBar()
        bar.setValue(int(bar.maximum() * place))
        end = time.monotonic() + 30
        top = view.rowAt(1)
        while view.model().row(top) is None and time.monotonic() < end:
            app.processEvents()
    found = {
        "painted_ms": painted[0] - (own - imported),
        "imported_ms": imported,
        "opened_ms": unlocked - own,
        "rows": float(rows),
        "first_mb": first,
        "peak_mb": peak_mb(),
    }
    session.window.close()
    app.processEvents()
    session.close()
    return found


if __name__ == "__main__":
    result = empty() if sys.argv[1] == "empty" else ours(Path(sys.argv[2]))
    print(json.dumps(result))
