"""Tests that are shared among workers are held to the same, and say how to run them again."""

import os
import re
from pathlib import Path

import pytest

from tests.test_guards import run
from tests.workers import MOST, limits, processors, pytest_xdist_auto_num_workers

pytest_plugins = ["pytester"]

SHARED = """
import logging, os
import pytest
from PySide6.QtWidgets import QWidget

kept = []

def note(name):
    with open(os.environ["NOTES"], "a") as file:
        print(name, os.environ["PYTEST_XDIST_WORKER"], os.environ["HOME"], file=file)

@pytest.mark.parametrize("number", range(8))
def test_good(number): note(f"good-{number}")
def test_bad_log():
    note("log")
    logging.getLogger("x").warning("the folder vanished")
def test_bad_window(qapp):
    note("window")
    kept.append(QWidget())
"""


def test_workers_have_homes_of_their_own_and_the_same_guards(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    notes = pytester.path / "notes"
    monkeypatch.setenv("NOTES", str(notes))
    result = run(pytester, monkeypatch, SHARED, "-n", "2", "--dist", "worksteal")
    result.assert_outcomes(passed=10, errors=2)
    printed = result.stdout.str()
    assert "the folder vanished" in printed
    assert "a window left: QWidget" in printed
    assert re.search(r"--randomly-seed=\d+$", printed, re.MULTILINE)
    noted = [line.split() for line in notes.read_text(encoding="utf-8").splitlines()]
    assert len({name for name, _, _ in noted}) == len(noted) == 10
    homes = {(worker, home) for _, worker, home in noted}
    assert {worker for worker, _ in homes} == {"gw0", "gw1"}
    assert len({home for _, home in homes}) == len(homes) == 2


def test_as_many_workers_as_processors() -> None:
    count = pytest_xdist_auto_num_workers()
    assert count == 0 or 2 <= count <= MOST
    assert count <= processors() <= (os.cpu_count() or 1)


@pytest.mark.parametrize(
    ("files", "found"),
    [
        ({"cpu.max": "200000 100000"}, [2]),
        ({"cpu.max": "150000 100000"}, [1]),
        ({"cpu.max": "max 100000"}, []),
        ({"cpu/cpu.cfs_quota_us": "300000", "cpu/cpu.cfs_period_us": "100000"}, [3]),
        ({"cpu/cpu.cfs_quota_us": "-1", "cpu/cpu.cfs_period_us": "100000"}, []),
        ({}, []),
    ],
)
def test_a_container_may_be_given_less(
    tmp_path: Path, files: dict[str, str], found: list[int]
) -> None:
    for name, words in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"{words}\n", encoding="utf-8")
    assert limits(tmp_path) == found
