"""How many processes share the tests.

`make test` runs `-n auto --dist worksteal`: pytest-xdist asks here how many workers there shall be.
Each is a process of its own, with its own QApplication, home and temporary folder. It is dealt one
stretch of the shuffled order, which keeps files together, and takes over the end of another's when
it is through.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

MOST = 4
"""Workers at most: each holds a window and up to half a gigabyte, and more of them would only make
each other late."""


def processors() -> int:
    """How many processors this process may use: what a container is given, not what is built in."""
    told = getattr(os, "sched_getaffinity", None)  # not everywhere
    here = len(told(0)) if told else os.cpu_count() or 1
    return max(1, min([here, *limits(Path("/sys/fs/cgroup"))]))


def limits(group: Path) -> list[int]:
    """The limits of a container in whole processors, as Linux tells them; empty where none is set.

    Of the newer kind, one file with "quota period", or of the older with a file for each.
    """
    found = []
    for name in ("cpu.max", "cpu/cpu.cfs_quota_us"):
        path = group / name
        try:
            quota, *rest = path.read_text().split()
            period = rest[0] if rest else path.with_name("cpu.cfs_period_us").read_text()
            if int(quota) > 0:
                found.append(int(quota) // int(period))
        except (OSError, ValueError):  # "max", or no such file
            continue
    return found


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """For `-n auto`. One processor has nobody to share with: 0 is this process alone."""
    count = min(processors(), MOST)
    return count if count > 1 else 0


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Tell the seed of the order, which `-q` keeps back."""
    seed = getattr(config.option, "randomly_seed", None)
    if isinstance(seed, int):
        terminalreporter.line(f"The order of the tests was --randomly-seed={seed}")
