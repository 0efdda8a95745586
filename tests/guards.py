"""The checks every test runs under. Each can fail: see `tests/test_guards.py`.

A test fails when it lets an unexpected warning be logged, lets Qt complain, or leaves behind a
running timer, a thread or a top-level window. Where a timer or thread was started is remembered,
so that the failure names the line and not only the class.
"""

import contextlib
import gc
import ipaddress
import logging
import re
import socket
import threading
import time
import traceback
import weakref
from collections.abc import Callable, Generator, Iterator
from typing import Any

import pytest
from PySide6.QtCore import (
    QCoreApplication,
    QEvent,
    QThread,
    QThreadPool,
    QTimer,
    QtMsgType,
    qInstallMessageHandler,
)
from PySide6.QtPrintSupport import QPrintDialog
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QInputDialog,
    QMenu,
    QMessageBox,
    QWidget,
)
from pytestqt.qtbot import QtBot
from shiboken6 import isValid

GRACE_SECONDS = 5.0
"""How long a thread that is on its way out may take before it counts as left behind."""

PATIENCE_SECONDS = 60
"""How long a test waits for what must happen: a bound for the worst machine, not a measure."""

_PASSED = pytest.StashKey[bool]()
_started: list[tuple["weakref.ref[Any]", str]] = []


# --- what may not be done at all ------------------------------------------------------------


def _is_local(address: object) -> bool:
    if not isinstance(address, tuple):  # a path: a socket of this machine
        return True
    host = str(address[0]).partition("%")[0]
    if host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def refuse_network() -> None:
    """Let sockets reach this machine only; a test that needs more is no test of this product."""

    def guard(name: str, position: int) -> None:
        original = getattr(socket.socket, name)

        def checked(self: socket.socket, *args: Any) -> Any:
            if not _is_local(args[position]):
                raise AssertionError(f"a test tried to reach {args[position]!r} over the network")
            return original(self, *args)

        setattr(socket.socket, name, checked)

    guard("connect", 0)
    guard("connect_ex", 0)
    guard("sendto", -1)
    look_up = socket.getaddrinfo

    def checked_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and not _is_local((name,)):
            raise AssertionError(f"a test tried to look up {name!r}")
        return look_up(host, *args, **kwargs)

    socket.getaddrinfo = checked_look_up


def refuse_modal_loops() -> None:
    """Make a nested event loop fail at once: nobody is there to close it, so it would hang."""

    def refuse(owner: type, name: str) -> None:
        def raise_instead(*_args: Any, **_kwargs: Any) -> None:
            raise AssertionError(
                f"{owner.__name__}.{name}() would wait for a person; use open(), or let the test "
                "replace it"
            )

        setattr(owner, name, raise_instead)

    for owner in (QDialog, QMessageBox, QFileDialog, QInputDialog, QPrintDialog, QMenu):
        refuse(owner, "exec")
    for name in ("information", "question", "warning", "critical", "about"):
        refuse(QMessageBox, name)
    for name in (
        "getOpenFileName",
        "getOpenFileNames",
        "getSaveFileName",
        "getExistingDirectory",
    ):
        refuse(QFileDialog, name)
    for name in ("getText", "getInt", "getDouble", "getItem", "getMultiLineText"):
        refuse(QInputDialog, name)


def wait_patiently() -> None:
    """Make pytest-qt wait long where a test names no time of its own.

    Its five seconds are plenty until the machine is busy with something else.
    """
    for wait in (
        QtBot.waitUntil,
        QtBot.waitSignal,
        QtBot.waitSignals,
        QtBot.waitCallback,
        QtBot.waitExposed,
        QtBot.waitActive,
    ):
        wait.__kwdefaults__["timeout"] = PATIENCE_SECONDS * 1000


def see_what_was_waited_for() -> None:
    """Make pytest-qt's `waitUntil` come back only when a person would see what it waited for.

    Qt shows what is put on a visible page one turn of the loop later; on a busy machine the wait
    ends between the two, and the page has words that nobody sees yet.
    """
    wait = QtBot.waitUntil

    def wait_until(
        self: QtBot, callback: Callable[[], bool | None], *, timeout: int = PATIENCE_SECONDS * 1000
    ) -> None:
        __tracebackhide__ = True
        wait(self, callback, timeout=timeout)
        QCoreApplication.processEvents()

    QtBot.waitUntil = wait_until


# --- what every sweep for garbage passes over -----------------------------------------------

_given_back = False
_unfreeze = gc.unfreeze


def set_aside() -> None:
    """Sweep once, and leave all that lives now out of every later sweep."""
    global _given_back
    gc.collect()
    gc.freeze()
    _given_back = False


def was_given_back() -> bool:
    """Whether somebody has let go of what was set aside. (To count it takes 50 ms.)"""
    return _given_back


def _note_and_unfreeze() -> None:
    global _given_back
    _given_back = True
    _unfreeze()


gc.unfreeze = _note_and_unfreeze


# --- where things began ---------------------------------------------------------------------


def _remember(owner: type) -> None:
    original = owner.start  # type: ignore[attr-defined]

    def start(self: Any, *args: Any, **kwargs: Any) -> Any:
        frame = traceback.extract_stack(limit=2)[0]
        _started.append((weakref.ref(self), f"{frame.filename}:{frame.lineno}"))
        return original(self, *args, **kwargs)

    owner.start = start  # type: ignore[attr-defined]


def remember_origins() -> None:
    """Note the line that starts each timer, thread and pool, to name it if it is left running."""
    for owner in (QTimer, QThread, QThreadPool, threading.Thread):
        _remember(owner)


def _is_running(thing: Any) -> bool:
    if isinstance(thing, threading.Thread):
        thing.join(GRACE_SECONDS)
        return thing.is_alive()
    if not isValid(thing):
        return False
    if isinstance(thing, QTimer):
        return thing.isActive()
    if isinstance(thing, QThread):
        return thing.isRunning() and not thing.wait(int(GRACE_SECONDS * 1000))
    return not thing.waitForDone(int(GRACE_SECONDS * 1000))


def _stop(thing: Any) -> None:
    """Keep one test's leavings from failing the next."""
    if isinstance(thing, QTimer):
        thing.stop()
    elif isinstance(thing, QThread):
        thing.quit()
        thing.wait(int(GRACE_SECONDS * 1000))


def _left_running() -> Iterator[str]:
    references, _started[:] = list(_started), []
    for reference, origin in references:
        thing = reference()
        if thing is None or not _is_running(thing):
            continue
        _stop(thing)
        yield f"a running {type(thing).__name__}, started at {origin}"
        del thing


def _windows() -> dict[int, QWidget]:
    if QApplication.instance() is None:
        return {}
    return {
        id(widget): widget
        for widget in QApplication.topLevelWidgets()
        if widget.parentWidget() is None and type(widget).__name__ != "QTipLabel"
    }


def deliver_deletions() -> None:
    """Carry out `deleteLater`, which processing events alone does not do."""
    if QCoreApplication.instance() is not None:
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)


def _left_open(before: set[int]) -> Iterator[str]:
    deliver_deletions()
    if not _windows().keys() - before:
        return
    gc.collect()  # a cycle may still hold a window that nothing else does
    deliver_deletions()
    for key, widget in _windows().items():
        if key in before:
            continue
        yield f"a window left: {type(widget).__name__} {widget.objectName()!r}".rstrip()
        with contextlib.suppress(RuntimeError):
            widget.hide()
            widget.deleteLater()
    deliver_deletions()


# --- what was said --------------------------------------------------------------------------


class _Listener(logging.Handler):
    """Keeps every record at WARNING or above, whatever else is done with it."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.records: list[logging.LogRecord] = []
        self.expected: dict[str, bool] = {}

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)

    def complaints(self) -> Iterator[str]:
        for record in self.records:
            message = record.getMessage()
            hits = [p for p in self.expected if re.search(p, message)]
            for pattern in hits:
                self.expected[pattern] = True
            if not hits:
                yield f"an unexpected log record: {record.levelname} {record.name}: {message}"
        for pattern, seen in self.expected.items():
            if not seen:
                yield f"a log record that was expected and never came: {pattern!r}"


_listener = pytest.StashKey[_Listener]()


_said_after_the_call: list[str] = []


def listen_to_qt_between_calls() -> None:
    """Take Qt's messages while a test is taken down; pytest-qt judges those of the call only.

    pytest-qt puts its own handler on top for the call, and this one back afterwards.
    """

    def keep(kind: QtMsgType, _context: object, message: str) -> None:
        if kind in {QtMsgType.QtWarningMsg, QtMsgType.QtCriticalMsg}:
            _said_after_the_call.append(message)

    qInstallMessageHandler(keep)


def _qt_said(item: pytest.Item) -> Iterator[str]:
    said, _said_after_the_call[:] = list(_said_after_the_call), []
    if item.get_closest_marker("no_qt_log"):
        return
    ignored = list(item.config.getini("qt_log_ignore"))
    for marker in item.iter_markers("qt_log_ignore"):
        ignored += marker.args
    for message in said:
        if not any(re.search(pattern, message) for pattern in ignored):
            yield f"a complaint of Qt: {message}"


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: "pytest.CallInfo[None]"
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.when == "call":
        item.stash[_PASSED] = report.passed
    return report


@pytest.fixture
def expect_log(request: pytest.FixtureRequest) -> Callable[[str], None]:
    """Say which warning this test is meant to log: `expect_log("folder has vanished")`.

    The pattern is searched for in the message; a record that never comes fails the test too.
    """
    request.getfixturevalue("nothing_left_behind")
    listener = request.node.stash[_listener]

    def expect(pattern: str) -> None:
        listener.expected.setdefault(pattern, False)

    return expect


@pytest.fixture(autouse=True)
def nothing_left_behind(request: pytest.FixtureRequest) -> Iterator[None]:
    """Fail a passing test that logged a warning or left a window, timer or thread behind."""
    item = request.node
    _started.clear()
    _said_after_the_call.clear()
    windows_before = set(_windows())
    listener = item.stash[_listener] = _Listener()
    root = logging.getLogger()
    root.addHandler(listener)
    try:
        yield
    finally:
        found = [*_left_open(windows_before), *_left_running()]
        root.removeHandler(listener)
    if not item.stash.get(_PASSED, False):
        return  # it failed already, and its traceback holds what it made
    found += [*listener.complaints(), *_qt_said(item)]
    if found:
        pytest.fail("The test's own steps passed, but there was " + "; ".join(found), pytrace=False)


def wait_until(condition: Callable[[], bool], seconds: float = PATIENCE_SECONDS) -> None:
    """Turn the event loop until `condition` holds; an AssertionError after `seconds`."""
    end = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not reached within {seconds} s")
        QCoreApplication.processEvents()
        time.sleep(0.001)
