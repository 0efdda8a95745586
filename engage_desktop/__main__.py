"""The composition root: `python -m engage_desktop` and the `engage-desktop` program.

Only the standard library is imported before the arguments are read; everything else as late as
it can be, so that the first window is there at once.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
import threading
import traceback
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType

CRASH_LOG = "faults.log"
MOST_LOGGED = 200_000
"""Bytes after which the log of faults is begun anew."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the application. Returns the exit code."""
    asked = _parser().parse_args(sys.argv[1:] if argv is None else list(argv))
    if asked.version:
        from engage_desktop import __version__

        sys.stdout.write(f"Engage Desktop {__version__}\n")
        return 0
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication(["engage-desktop"])
    assert isinstance(app, QApplication)
    app.setApplicationName("Engage Desktop")
    app.setDesktopFileName("engage-desktop")
    if asked.tour is not None:
        from ui.tour import run_tour

        return run_tour(Path(asked.tour))
    folder = asked.workspace or asked.folder
    return _run(app, Path(folder).resolve() if folder else None)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="engage-desktop", description="Stakeholders, events and feedback, on your laptop."
    )
    parser.add_argument("folder", nargs="?", help="folder of the workspace to open")
    parser.add_argument("--workspace", metavar="FOLDER", help="folder of the workspace to open")
    parser.add_argument("--tour", metavar="FOLDER", help="leave pictures of every page there")
    parser.add_argument("--version", action="store_true", help="say which version this is")
    return parser


def _run(app: object, folder: Path | None) -> int:
    from PySide6.QtWidgets import QApplication

    from ui.session import Session, raise_other

    assert isinstance(app, QApplication)
    if folder is not None and raise_other(folder):
        return 0
    session = Session(app, folder)
    keep_faults(fault_log(), session.tell)
    session.over.connect(app.quit)
    session.begin()
    try:
        return int(app.exec())
    finally:
        session.close()


def fault_log() -> Path:
    """Where faults of the program are noted: the person's own data folder, never a workspace."""
    from PySide6.QtCore import QStandardPaths

    place = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.AppLocalDataLocation)
    return Path(place) / CRASH_LOG


def keep_faults(log: Path, tell: Callable[[BaseException], None]) -> None:
    """Note every fault that nobody caught, and say a sentence about it.

    What is noted is where in the program it happened and of what type it was: never a message,
    a value or a path of the person's, since those may hold what people said.
    """

    def caught(
        kind: type[BaseException], error: BaseException, trace: TracebackType | None
    ) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        note_fault(log, kind, trace)
        tell(error)

    def caught_in_thread(told: threading.ExceptHookArgs) -> None:
        note_fault(log, told.exc_type, told.exc_traceback)

    sys.excepthook = caught
    threading.excepthook = caught_in_thread


def note_fault(log: Path, kind: type[BaseException], trace: TracebackType | None) -> None:
    """Append one fault to the log: when, of what type, and the program's own lines."""
    from engage_desktop import __version__

    lines = [f"{dt.datetime.now(dt.UTC).isoformat(timespec='seconds')} {__version__} "
             f"{kind.__module__}.{kind.__qualname__}"]  # fmt: skip
    for frame in traceback.extract_tb(trace):
        where = Path(frame.filename)
        lines.append(f"    {where.parent.name}/{where.name}:{frame.lineno} {frame.name}")
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        fresh = log.exists() and log.stat().st_size > MOST_LOGGED
        with log.open("w" if fresh else "a", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except OSError:
        return  # a fault that cannot be noted is still told on the screen


if __name__ == "__main__":
    raise SystemExit(main())
