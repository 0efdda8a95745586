"""The strictness of the tests is itself tested: each guard is shown to fail a test."""

import json
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

pytest_plugins = ["pytester"]

ROOT = Path(__file__).resolve().parent.parent

MISBEHAVING = """
import logging, os, socket, threading, time
import pytest
from hypothesis import settings
from PySide6.QtCore import QThread, QTimer, QThreadPool, qWarning
from PySide6.QtWidgets import QDialog, QFileDialog, QMessageBox, QWidget

kept = []

def test_bad_log(): logging.getLogger("x").warning("the folder vanished")
def test_good_log_expected(expect_log):
    expect_log("folder v")
    logging.getLogger("x").error("the folder vanished")
def test_bad_log_expected_but_silent(expect_log): expect_log("never said")
def test_bad_log_beside_expected(expect_log):
    expect_log("first")
    logging.warning("first"); logging.warning("second")
def test_good_info(): logging.getLogger("x").info("fine")

def test_bad_qt_warning(qapp): qWarning("Qt is not amused")
@pytest.fixture
def complains_late(qapp):
    yield
    qWarning("too late to be judged with the call")
def test_bad_qt_warning_in_teardown(complains_late): pass

def test_bad_timer(qapp):
    timer = QTimer(); timer.start(60_000); kept.append(timer)
def test_good_timer(qapp):
    timer = QTimer(); timer.start(60_000); timer.stop(); kept.append(timer)

class Sleeper(QThread):
    def run(self): self.exec()
def test_bad_qthread(qapp):
    thread = Sleeper(); thread.start(); kept.append(thread)
def test_good_qthread(qapp):
    thread = Sleeper(); thread.start(); thread.quit(); thread.wait(); kept.append(thread)

def test_bad_thread():
    threading.Thread(target=time.sleep, args=(30,), daemon=True).start()
def test_good_thread():
    threading.Thread(target=time.sleep, args=(0.01,)).start()

def test_bad_window(qapp): kept.append(QWidget())
def test_good_window(qtbot):
    widget = QWidget(); qtbot.addWidget(widget); widget.show(); kept.append(widget)
def test_good_window_after_another_left_one(qapp): pass

def test_bad_modal(qtbot):
    dialog = QDialog(); qtbot.addWidget(dialog); dialog.exec()
def test_bad_message_box(qapp): QMessageBox.question(None, "a", "b")
def test_bad_file_dialog(qapp): QFileDialog.getOpenFileName()
def test_good_modal_replaced(qapp, monkeypatch):
    monkeypatch.setattr(QMessageBox, "question", lambda *a: QMessageBox.StandardButton.Yes)
    assert QMessageBox.question(None, "a", "b") is QMessageBox.StandardButton.Yes

def test_bad_network():
    with socket.socket() as s: s.connect(("192.0.2.1", 80))
def test_bad_datagram():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s: s.sendto(b"x", ("192.0.2.1", 9))
def test_bad_name(): socket.getaddrinfo("example.org", 80)
def test_good_loopback():
    with socket.socket() as a, socket.socket() as b:
        a.bind(("127.0.0.1", 0)); a.listen(); b.connect(a.getsockname())

def test_good_home():
    assert "engage-tests-" in os.environ["HOME"]
    assert os.environ["XDG_CONFIG_HOME"].startswith(os.environ["HOME"])
    assert "ENGAGE_PASSPHRASE" not in os.environ
@pytest.mark.soak
def test_bad_soak(): raise AssertionError("must not run")
def test_good_profile(): assert settings().max_examples == 25 and settings().derandomize
"""

SOAK = """
import pytest
from hypothesis import settings
@pytest.mark.soak
def test_long(): assert settings().max_examples >= 1000
"""

SHARED = """
import pytest
@pytest.mark.soak
def test_short(progress): progress("told at once: short")
@pytest.mark.soak(minutes=9)
def test_longest(progress): progress("told at once: longest")
@pytest.mark.parametrize("at", [pytest.param(1, marks=pytest.mark.soak(minutes=3))])
def test_longer(progress, at): progress("told at once: longer")
"""


def run(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, source: str, *args: str
) -> pytest.RunResult:
    """Run `source` in a process of its own under the project's own settings and guards."""
    monkeypatch.setenv("CI", "true")
    monkeypatch.setenv("ENGAGE_PASSPHRASE", "must not reach a test")
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    pytester.makeconftest("from tests.conftest import *\n")
    path = pytester.makepyfile(source)
    config = ("-c", str(ROOT / "pyproject.toml"), f"--rootdir={pytester.path}")
    return pytester.runpytest_subprocess(
        *config, "-v", "-rA", "-p", "no:cacheprovider", *args, path
    )


def test_every_guard_fails_the_test_that_needs_it(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(pytester, monkeypatch, MISBEHAVING)
    printed = result.stdout.str()
    fallen = {
        line.split("::")[1].split()[0]
        for line in printed.splitlines()
        if line.startswith(("FAILED ", "ERROR ")) and "::" in line
    }
    names = {line.split("(")[0].removeprefix("def ") for line in MISBEHAVING.splitlines()}
    bad = {name for name in names if name.startswith("test_bad_")} - {"test_bad_soak"}
    assert len(bad) == 15
    assert fallen == bad, printed
    assert "1 deselected" in printed


def test_what_was_left_is_named_with_its_line(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    result = run(pytester, monkeypatch, MISBEHAVING, "-k", "bad_timer or bad_window or bad_log")
    line = 1 + next(i for i, t in enumerate(MISBEHAVING.splitlines()) if "def test_bad_timer" in t)
    result.stdout.fnmatch_lines_random(
        [
            f"*a running QTimer, started at *.py:{line}*",
            "*a window left: QWidget*",
            "*an unexpected log record: WARNING x: the folder vanished*",
            "*expected and never came: 'never said'*",
        ]
    )


def test_soak_runs_only_when_asked(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(pytester, monkeypatch, SOAK, "--soak", "-m", "soak").assert_outcomes(passed=1)


@pytest.mark.parametrize("workers", ["0", "2"])
def test_of_long_proofs_the_longest_begins_first_and_tells_how_far_it_is(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch, workers: str
) -> None:
    result = run(
        pytester, monkeypatch, SHARED, "--soak", "-m", "soak", "--randomly-seed=1",
        f"-n{workers}", "--dist=load", "--maxschedchunk=1",
    )  # fmt: skip
    result.assert_outcomes(passed=3)
    told = result.stdout.str() + result.stderr.str()
    for name in ("short", "longer", "longest"):
        assert f"told at once: {name}" in told
    if workers == "0":
        result.stdout.fnmatch_lines(["*longest*", "*longer*", "*short*"])
    result.stdout.fnmatch_lines(["3 long proofs in*"])
    noted = json.loads((pytester.path / "build" / "soak.json").read_text())
    assert {proof["outcome"] for proof in noted} == {"passed"}
    assert len(noted) == 3


def test_what_was_waited_for_can_be_seen(qtbot) -> None:  # type: ignore[no-untyped-def]
    """Whether the wait turned the loop often or, where all was there, not at all."""
    page = QWidget()
    qtbot.addWidget(page)
    box = QVBoxLayout(page)
    page.show()
    box.addWidget(label := QLabel("Not taken in"))
    assert not label.isVisible()
    qtbot.waitUntil(lambda: box.count() == 1)
    assert label.isVisible()
