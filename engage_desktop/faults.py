"""Faults of the program itself, noted where they happened and never what they were about.

A fault's message, and the values around it, may hold what people said. So what is noted, logged
or printed is its type and the program's own lines, nothing else. The window and the command line
share one file, in the person's own state folder and never in a workspace.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

MOST_LOGGED = 200_000
"""Bytes after which the log of faults is begun anew."""


def outline(kind: type[BaseException], trace: TracebackType | None) -> str:
    """A fault in lines that hold no data: its type, then file, line and function of each frame."""
    lines = [f"{kind.__module__}.{kind.__qualname__}"]
    for frame in traceback.extract_tb(trace):
        where = Path(frame.filename)
        lines.append(f"    {where.parent.name}/{where.name}:{frame.lineno} {frame.name}")
    return "\n".join(lines)


def state_folder() -> Path:
    """Where this computer keeps what belongs to a program and to no document."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Logs")
    else:
        base = os.environ.get("XDG_STATE_HOME") or str(Path.home() / ".local" / "state")
    return Path(base) / "engage-desktop"


def fault_log() -> Path:
    """The file faults are noted in."""
    return state_folder() / "faults.log"


def note_fault(log: Path, kind: type[BaseException], trace: TracebackType | None) -> bool:
    """Append one fault to the log. False where that could not be done."""
    return _append(log, outline(kind, trace))


def keep_faults(log: Path, tell: Callable[[BaseException], None]) -> None:
    """Note every fault that nobody caught, or that a task ended in; say a sentence about the first.

    Those of tasks are told by whoever asked for the task.
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
    logger = logging.getLogger("ui")
    for earlier in [h for h in logger.handlers if isinstance(h, _Noting)]:
        logger.removeHandler(earlier)
    logger.addHandler(_Noting(log))


class _Noting(logging.Handler):
    """Notes what `ui` logs as an error; its messages are outlines."""

    def __init__(self, log: Path) -> None:
        super().__init__(logging.ERROR)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        _append(self._log, record.getMessage())


def _append(log: Path, text: str) -> bool:
    from engage_desktop import __version__

    when = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        fresh = log.exists() and log.stat().st_size > MOST_LOGGED
        with log.open("w" if fresh else "a", encoding="utf-8") as file:
            file.write(f"{when} {__version__} {text}\n")
    except OSError:
        return False  # a fault that cannot be noted is still told
    return True
