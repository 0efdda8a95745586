"""One process for each workspace, and a log of faults that holds nothing of the data."""

import logging
import sys
import threading

import pytest

from engage_desktop.__main__ import DISPLAYS, cannot_draw, main
from engage_desktop.faults import MOST_LOGGED, keep_faults, note_fault
from ui.doorbell import Doorbell, channel, raise_other
from ui.tasks import InlineTasks

SECRET = "Quantock Deaf Club, 01632 960123"


def test_a_second_launch_raises_the_first(tmp_path, qtbot):
    assert raise_other(tmp_path) is False
    bell = Doorbell(tmp_path)
    with qtbot.waitSignal(bell.rung):
        assert raise_other(tmp_path) is True
    assert raise_other(tmp_path / "another") is False
    bell.close()
    bell.deleteLater()


def test_a_person_without_a_log_in_name_has_a_window_too(tmp_path, monkeypatch):
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME", "HOME", "USERPROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr("os.getuid", lambda: 4_000_000_000, raising=False)  # in no list of users
    assert channel(tmp_path) != channel(tmp_path / "another")


def test_what_a_crash_left_does_not_stop_the_next_window(tmp_path, qtbot):
    first = Doorbell(tmp_path)
    second = Doorbell(tmp_path)
    with qtbot.waitSignal(second.rung):
        assert raise_other(tmp_path) is True
    for bell in (first, second):
        bell.close()
        bell.deleteLater()


def test_the_channel_says_nothing_of_the_folder(tmp_path):
    name = channel(tmp_path)
    assert name.startswith("engage-")
    assert tmp_path.name not in name
    assert name == channel(tmp_path / "x" / "..")


def fault():
    try:
        raise ValueError(SECRET)
    except ValueError as error:
        return error


def test_the_log_of_faults_holds_where_and_never_what(tmp_path):
    error = fault()
    log = tmp_path / "deep" / "faults.log"
    note_fault(log, type(error), error.__traceback__)
    said = log.read_text(encoding="utf-8")
    assert "builtins.ValueError" in said
    assert "test_session.py" in said
    assert " fault" in said
    assert "Quantock" not in said
    assert str(tmp_path) not in said


def test_the_log_of_faults_never_grows_for_ever(tmp_path):
    log = tmp_path / "faults.log"
    log.write_text("x" * (MOST_LOGGED + 1), encoding="utf-8")
    note_fault(log, ValueError, None)
    assert log.stat().st_size < 1000


@pytest.fixture
def hooks():
    logger = logging.getLogger("ui")
    kept = sys.excepthook, threading.excepthook, list(logger.handlers)
    yield
    sys.excepthook, threading.excepthook, logger.handlers = kept


def test_a_fault_is_noted_and_told(tmp_path, hooks):
    told = []
    keep_faults(tmp_path / "faults.log", told.append)
    error = fault()
    sys.excepthook(type(error), error, error.__traceback__)
    assert told == [error]
    assert (tmp_path / "faults.log").exists()


def test_a_fault_inside_a_task_is_noted_without_what_it_was_about(
    tmp_path, hooks, qtbot, expect_log, capfd
):
    expect_log("A job failed")
    log = tmp_path / "faults.log"
    keep_faults(log, lambda error: None)
    tasks = InlineTasks(None)

    def job(_ticket):
        raise fault()

    with qtbot.waitSignal(tasks.trouble):
        tasks.write(job)
    said = log.read_text(encoding="utf-8")
    assert "builtins.ValueError" in said
    assert "test_session.py" in said
    assert "Quantock" not in said + "".join(capfd.readouterr())


def test_the_program_says_its_version(capsys):
    assert main(["--version"]) == 0
    assert capsys.readouterr().out.startswith("Engage Desktop ")


@pytest.mark.skipif(sys.platform in {"win32", "darwin"}, reason="there is always a display")
def test_without_a_display_there_is_a_sentence(monkeypatch, capsys):
    for name in DISPLAYS:
        monkeypatch.delenv(name, raising=False)
    assert main([]) == 1
    assert "no display" in capsys.readouterr().err
    assert cannot_draw(a_tour=True) == ""  # drawn unseen


def test_without_the_systems_libraries_there_is_a_sentence(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "PySide6.QtWidgets", None)
    assert main([]) == 1
    said = capsys.readouterr().err
    assert "cannot be drawn" in said
    assert "libgl1" in said
