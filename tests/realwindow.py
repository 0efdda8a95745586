"""A real X display and session bus for the tests that offscreen drawing cannot stand in for.

The application runs as a process of its own in them, as it does for an officer; the test looks at
it from outside, with AT-SPI as a screen reader would, or with xdotool as a hand would.
"""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
SYSTEM_PYTHON = "/usr/bin/python3"
"""The Python that has `gi`; the one in .venv never does."""

needs_real_windows = pytest.mark.skipif(
    sys.platform != "linux" or not (shutil.which("Xvfb") and shutil.which("dbus-daemon")),
    reason="real windows are driven under Xvfb on Linux; tools/bootstrap.sh test installs it",
)


@contextlib.contextmanager
def _started(*command: str, **kwargs: Any) -> Iterator["subprocess.Popen[str]"]:
    process = subprocess.Popen(command, text=True, **kwargs)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait(10)
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                stream.close()


@contextlib.contextmanager
def real_session(width: int = 1280, height: int = 800) -> Iterator[dict[str, str]]:
    """The environment for programs in a session of their own: a display, a bus, accessibility on.

    Nothing of it is shared with the person's own session or with another test. The display number
    is the server's choice, so that any number of these may run at once.
    """
    with contextlib.ExitStack() as stack:
        runtime = stack.enter_context(tempfile.TemporaryDirectory(prefix="engage-session-"))
        reading, writing = os.pipe()
        screen = ("-screen", "0", f"{width}x{height}x24", "-nolisten", "tcp", "-noreset")
        display_number = ("-displayfd", str(writing))
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        stack.enter_context(
            _started("Xvfb", *display_number, *screen, pass_fds=(writing,), **quiet)
        )
        os.close(writing)
        with os.fdopen(reading) as told:
            number = told.readline().strip()
        assert number, "Xvfb did not start"
        env = {
            **os.environ,
            "DISPLAY": f":{number}",
            "XDG_RUNTIME_DIR": runtime,
            "QT_QPA_PLATFORM": "xcb",
            "QT_LINUX_ACCESSIBILITY_ALWAYS_ON": "1",
        }
        bus = stack.enter_context(
            _started(
                "dbus-daemon",
                "--session",
                "--nofork",
                "--print-address=1",
                env=env,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        )
        assert bus.stdout is not None
        env["DBUS_SESSION_BUS_ADDRESS"] = bus.stdout.readline().strip()
        yield env


@contextlib.contextmanager
def running(env: dict[str, str], *args: str) -> Iterator["subprocess.Popen[str]"]:
    """`.venv`'s Python with `args` inside that session, ended when the block ends."""
    with _started(sys.executable, *args, env=env, cwd=ROOT) as process:
        yield process


def accessible_tree(env: dict[str, str], pid: int, wait: float = 30.0) -> dict[str, Any]:
    """What a screen reader is told about that process; see tools/atspi_dump.py for the shape."""
    done = subprocess.run(
        [SYSTEM_PYTHON, str(ROOT / "tools/atspi_dump.py"), str(pid), "--wait", str(wait)],
        env=env,
        capture_output=True,
        text=True,
        timeout=wait + 60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    tree: dict[str, Any] = json.loads(done.stdout)
    return tree


def walk(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A node and all below it, parents first."""
    yield node
    for child in node.get("children", []):
        yield from walk(child)
