"""kill -9 at the statements of an erasure: after reopening nothing happened, or it is finished."""

import io
import os
import shutil
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from db.changes import Create
from db.erase import Erase
from db.keys import KeyFile, subkey
from engage_desktop.erasing import erase_for_good
from engage_desktop.records.registry import REGISTRY
from engage_desktop.workspace import Workspace
from tests.crash.worker import AROUND, PASSPHRASE
from tests.db.pages import holds

PHRASE = "Xylograph Quockerwodger"
IN_STEP = 400
"""Steps of SQLite's machine between two looks inside a long statement, such as VACUUM."""


@pytest.fixture
def before(tmp_path: Path) -> tuple[Path, str]:
    """A workspace with somebody in records, index, drafts and an attachment."""
    folder = tmp_path / "before"
    made, _ = Workspace.create(folder, officer="Ann", passphrase=PASSPHRASE, around=AROUND)
    with made as workspace:
        store = workspace.store
        card = REGISTRY["response"](id=store.new_id(), notes=f"{PHRASE} rang")
        comment = REGISTRY["comment"](id=store.new_id(), text=f"{PHRASE} waits", response=card.id)
        digest, size = workspace.blobs.put(io.BytesIO(PHRASE.encode()))
        paper = REGISTRY["attachment"](
            id=store.new_id(), filename=f"{PHRASE}.txt", owner=card.id, digest=digest, size=size
        )
        store.apply([Create(card), Create(comment), Create(paper)], "Add")
        workspace.drafts.put(f"response:{card.id}", {"notes": PHRASE})
    return folder, card.id


def erase_until(folder: Path, card: str, fatal: int) -> bool:
    """Erase in a process that is killed at its `fatal`-th look. True if it came to its end."""
    child = os.fork()
    if child == 0:
        try:
            workspace = Workspace.open(folder, PASSPHRASE, around=AROUND)
            looks = [0]

            def look(_statement: object = None) -> int:
                looks[0] += 1
                if looks[0] == fatal:
                    os.kill(os.getpid(), signal.SIGKILL)
                return 0

            connection = workspace.store._connection
            connection.set_trace_callback(look)
            connection.set_progress_handler(look, IN_STEP)
            erase_for_good(workspace, Erase("response", card), "They asked")
        finally:
            os._exit(0)
    _, status = os.waitpid(child, 0)
    return os.WIFEXITED(status)


def nothing_or_all(folder: Path, card: str) -> bool:
    """Open it again; is it erased? Fail if it is so in part."""
    with Workspace.open(folder, PASSPHRASE, around=AROUND) as workspace:
        assert workspace.store.check().ok
        erased = workspace.store.is_erased(card)
        if not erased:
            assert workspace.store.erasures() == []
            assert PHRASE in str(workspace.store.get("response", card))
            return False
        assert workspace.finish_erasures()
        (note,) = workspace.store.erasures()
        assert workspace.store.exists("erasure", note.id)
        assert workspace.store.confirmed_erasures() == {note.id}
    key = KeyFile.load(folder / "keys.json").open(PASSPHRASE)
    assert not holds(folder / "store.db", key, PHRASE)
    assert not holds(folder / "drafts.db", subkey(key, "drafts"), PHRASE)
    assert list(folder.glob("blobs/??/*")) == []
    return True


def kills(before: tuple[Path, str], tmp_path: Path, step: int) -> list[bool]:
    """What was found after each kill, one at every `step`-th look."""
    folder, card = before
    found: list[bool] = []
    for fatal in range(1, 100_000, step):
        copy = tmp_path / "copy"
        shutil.copytree(folder, copy)
        ended = erase_until(copy, card, fatal)
        found.append(nothing_or_all(copy, card))
        shutil.rmtree(copy)
        if ended:
            assert found[-1], "it came to its end and erased nothing"
            return found
    raise AssertionError("it never came to its end")


def test_a_kill_leaves_nothing_begun_or_all_done(before: tuple[Path, str], tmp_path: Path) -> None:
    found = kills(before, tmp_path, 23)
    assert found == sorted(found), "erased, and then not"
    assert set(found) == {False, True}
    assert len(found) > 8


@pytest.mark.soak
@pytest.mark.timeout(3600)
def test_a_kill_at_every_statement(
    before: tuple[Path, str], tmp_path: Path, record_property: Callable[[str, object], None]
) -> None:
    found = kills(before, tmp_path, 1)
    record_property("kills", len(found))
    assert set(found) == {False, True}
