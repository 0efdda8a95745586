"""An officer's day, taken by the real window over a real workspace, with pictures and papers.

`make run` takes it where there is no display, the frozen program takes it to prove that it is
whole, and the README's pictures come from it. It keeps nothing but what it leaves in its folder.
"""

from __future__ import annotations

import sys
import tempfile
import time
import traceback
from pathlib import Path

from ui.theme import theme
from ui.tour.day import Day
from ui.tour.driver import Driver


def run_tour(out_dir: Path | str) -> int:
    """Take the day and leave its pictures and papers. 0 when everything worked."""
    out = Path(out_dir)
    out.mkdir(parents=True, exist_ok=True)
    driver = Driver(out)
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="engage-tour-") as home:
        day = Day(driver, Path(home))
        try:
            day.take()
        except Exception:  # noqa: BLE001 - told, and the exit code says it
            traceback.print_exc()
            return 1
        finally:
            day.close()
            theme().set(scheme="light", percent=100)
    took = time.monotonic() - began
    sys.stdout.write(f"tour: {len(driver.left)} files in {took:.0f} s\n")
    return 0


__all__ = ["run_tour"]
