"""What holds for every test: its own home, no network, no modal loop, nothing left behind.

The environment is set here at import, before Qt or the application is loaded, because both read
it once. The checks themselves are in `tests/guards.py`; `tests/test_guards.py` shows each of them
failing.
"""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import settings

_HOME = Path(tempfile.mkdtemp(prefix="engage-tests-"))
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)


def _isolate() -> None:
    """Point every folder the application or Qt may write to at a folder made for this run."""
    for name in [n for n in os.environ if n.startswith("ENGAGE_")]:
        del os.environ[name]
    for name in ("DBUS_SESSION_BUS_ADDRESS", "WAYLAND_DISPLAY"):
        os.environ.pop(name, None)
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    folders = {
        "HOME": "",
        "USERPROFILE": "",
        "APPDATA": "AppData/Roaming",
        "LOCALAPPDATA": "AppData/Local",
        "XDG_CONFIG_HOME": ".config",
        "XDG_DATA_HOME": ".local/share",
        "XDG_STATE_HOME": ".local/state",
        "XDG_CACHE_HOME": ".cache",
        "XDG_RUNTIME_DIR": "run",
    }
    for name, below in folders.items():
        folder = _HOME / below
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        os.environ[name] = str(folder)


_isolate()

from tests.guards import (  # noqa: E402  (Qt must not be loaded before the environment is set)
    expect_log,
    listen_to_qt_between_calls,
    nothing_left_behind,
    pytest_runtest_makereport,
    refuse_modal_loops,
    refuse_network,
    remember_origins,
    see_what_was_waited_for,
    set_aside,
    wait_patiently,
    was_given_back,
)
from tests.heartbeat import be_strict  # noqa: E402
from tests.soaking import Figures, minutes, progress  # noqa: E402
from tests.workers import pytest_terminal_summary, pytest_xdist_auto_num_workers  # noqa: E402

__all__ = [
    "expect_log",
    "nothing_left_behind",
    "progress",
    "pytest_addoption",
    "pytest_collection_modifyitems",
    "pytest_configure",
    "pytest_runtest_makereport",
    "pytest_terminal_summary",
    "pytest_xdist_auto_num_workers",
]

# Deterministic where a red run must be a red run again; wider on a desk; widest for a soak.
settings.register_profile("ci", derandomize=True, max_examples=25, deadline=None, database=None)
settings.register_profile("desk", max_examples=50, deadline=None)
settings.register_profile("soak", max_examples=2000, deadline=None)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--soak", action="store_true", help="also run the long proofs")
    parser.addoption(
        "--strict-silence", action="store_true", help="hold each silence of the window to 100 ms"
    )


def pytest_configure(config: pytest.Config) -> None:
    refuse_network()
    refuse_modal_loops()
    wait_patiently()
    see_what_was_waited_for()
    remember_origins()
    listen_to_qt_between_calls()
    if config.getoption("--strict-silence"):
        be_strict()
    if config.getoption("--soak"):
        settings.load_profile("soak")
        if not hasattr(config, "workerinput"):  # who shares out hears of every proof
            config.pluginmanager.register(Figures(config.rootpath / "build" / "soak.json"))
    else:
        settings.load_profile("ci" if os.environ.get("CI") else "desk")


def pytest_collection_finish() -> None:
    """Leave what was loaded to find the tests out of every later sweep for garbage.

    A sweep stops all threads for as long as the heap is large, and here it is many times that of
    the application.
    """
    set_aside()


_file: Path | None = None


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Leave it out still: a window that closed has given back what was set aside (`ui.sweeps`), and
    each file brings modules of its own.

    Between two tests nothing else is alive. Without this each sweep in a test of the window takes
    a quarter of a second, and all tests take half as long again.
    """
    global _file
    if item.path != _file or was_given_back():
        _file = item.path
        set_aside()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if config.getoption("--soak"):
        items.sort(key=minutes, reverse=True)
        return
    long = [item for item in items if item.get_closest_marker("soak")]
    if long:
        config.hook.pytest_deselected(items=long)
        items[:] = [item for item in items if item not in set(long)]
