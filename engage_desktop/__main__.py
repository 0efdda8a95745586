"""The composition root: `python -m engage_desktop` and the `engage-desktop` program.

Only the standard library is imported before the arguments are read; everything else as late as
it can be, so that the first window is there at once.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
"""Set where a window has somewhere to appear, on systems other than Windows and macOS."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the application. Returns the exit code."""
    asked = _parser().parse_args(sys.argv[1:] if argv is None else list(argv))
    if asked.version:
        from engage_desktop import __version__

        sys.stdout.write(f"Engage Desktop {__version__}\n")
        return 0
    load()
    if why := cannot_draw(a_tour=asked.tour is not None):
        gc.enable()
        sys.stderr.write(f"{why}\n")
        return 1
    hush()
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance() or QApplication(["engage-desktop"])
    assert isinstance(app, QApplication)
    app.setApplicationName("Engage Desktop")
    app.setDesktopFileName("engage-desktop")
    if asked.tour is not None:
        from ui.tour import run_tour

        gc.enable()
        return run_tour(Path(asked.tour))
    folder = asked.workspace or asked.folder
    return _run(app, Path(folder).resolve() if folder else None)


def load() -> None:
    """Bring in what every window needs, in the order that takes least.

    Sweeping memory while it only grows finds nothing and takes a tenth of the start; `ui.sweeps`
    takes it up again.
    """
    gc.disable()
    importlib.import_module("engage_desktop.workspace")


def hush() -> None:
    """Keep PySide6 from reading the source of every module that is imported after it.

    It looks for modules that might ask for its `__feature__` switches; none of ours does. In the
    frozen program there is no source to read. Where PySide6 has changed, nothing happens.
    """
    importlib.import_module("PySide6.QtCore")
    feature: Any = sys.modules.get("PySide6.support.feature")
    if hasattr(feature, "_mod_uses_pyside"):
        feature._mod_uses_pyside = lambda _module: True


def cannot_draw(*, a_tour: bool) -> str:
    """Why no window can open here, in a sentence; empty when one can.

    Qt itself would end the process with a dump. A tour without a display is drawn unseen.
    """
    if sys.platform not in {"win32", "darwin"}:
        if a_tour and not any(map(os.environ.get, DISPLAYS)):
            os.environ["QT_QPA_PLATFORM"] = "offscreen"
        if not any(map(os.environ.get, DISPLAYS)):
            return (
                "There is no display here, so no window can open. Nothing was changed. "
                "The command engage works without one."
            )
    try:
        importlib.import_module("PySide6.QtWidgets")
    except ImportError as missing:
        return (
            f"The window cannot be drawn: {missing}. Nothing was changed. Install what is missing "
            "(on Debian and Ubuntu: apt-get install libgl1 libegl1), then start again."
        )
    return ""


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="engage-desktop", description="Stakeholders, events and feedback, on your laptop."
    )
    parser.add_argument("folder", nargs="?", help="folder of the workspace to open")
    parser.add_argument("--workspace", metavar="FOLDER", help="folder of the workspace to open")
    parser.add_argument("--tour", metavar="FOLDER", help="leave pictures of every page there")
    parser.add_argument("--version", action="store_true", help="say which version this is")
    return parser


def _raised(folder: Path) -> bool:
    """Did a window that has this workspace open come to the front?"""
    from ui.doorbell import raise_other

    return raise_other(folder)


def _run(app: object, folder: Path | None) -> int:
    from PySide6.QtWidgets import QApplication

    from engage_desktop.faults import fault_log, keep_faults
    from ui.session import Session

    assert isinstance(app, QApplication)
    if folder is not None and _raised(folder):
        return 0
    session = Session(app, folder)
    keep_faults(fault_log(), session.tell)
    session.over.connect(app.quit)
    session.begin()
    try:
        return int(app.exec())
    finally:
        session.close()


if __name__ == "__main__":
    raise SystemExit(main())
