"""A large attachment is never whole in memory, on whichever way it goes."""

from __future__ import annotations

import filecmp
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sync import memory

SIZE = 60 << 20
MOST = SIZE // 2
"""Bytes by which a process may grow: two spools of 8 MB, the chunks between two threads, and what
libraries load when they are first used. Far below the one copy that would be too much."""


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("film")
    memory.prepare(folder)
    with (folder / "film").open("wb") as file:
        for _ in range(SIZE >> 20):
            file.write(os.urandom(1 << 20))
    return folder


@pytest.mark.skipif(not memory.PEAK.exists(), reason="asks Linux how much memory was held")
def test_no_act_holds_a_large_attachment_in_memory(scene: Path) -> None:
    grew = {}
    for act in memory.ACTS:
        done = subprocess.run(
            [sys.executable, "-m", "tests.sync.memory", act, str(scene)],
            capture_output=True, text=True, check=False, cwd=Path(__file__).parents[2],
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        grew[act] = int(done.stdout)
    assert filecmp.cmp(scene / "film", scene / "film again", shallow=False)
    assert {act: size for act, size in grew.items() if size > MOST} == {}, grew
