"""A real workspace's worth of store, drafts and attachments, and a window's surroundings."""

import gc
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from db.blobs import Blobs
from db.changes import Create
from db.drafts import Drafts
from db.store import Store
from engage_desktop.migrations import MIGRATIONS
from engage_desktop.readings import Readings
from engage_desktop.records.registry import REGISTRY
from ui.form.context import Context
from ui.tasks import InlineTasks, Tasks
from ui.theme import theme

KEY = bytes(range(32))


@dataclass
class Bench:
    """What a page asks of a workspace, over real files."""

    folder: Path
    registry: object = REGISTRY
    migrations: tuple = MIGRATIONS
    officer: str = "Sam Field"
    store: Store = field(init=False)

    def __post_init__(self):
        self.store = Store.create(
            self.folder / "records.db", KEY, self.registry, self.migrations,
            officer=self.officer, device="d" * 32,
        )  # fmt: skip
        self.readings = Readings(self.store)
        self.drafts = Drafts(self.folder / "drafts.db", KEY)
        self.blobs = Blobs(self.folder / "blobs", KEY)

    def close(self):
        self.drafts.close()
        self.store.close()


@contextmanager
def shown_window(bench, tasks, flows, qtbot, **more):
    """A whole window over these records, of the smallest screen's size; closed in the end."""
    from ui.main_window import MainWindow

    theme()
    bench.name = "Marlshire"
    made = MainWindow(bench, tasks, flows, **more)
    made.resize(1366, 768)
    made.show()
    made.activateWindow()
    qtbot.waitUntil(made.isActiveWindow)
    yield made
    made.close()
    tasks.close()
    made.deleteLater()


@pytest.fixture
def bench(tmp_path):
    made = Bench(tmp_path)
    yield made
    made.close()


@pytest.fixture
def add(bench):
    """Keeps one record of a kind, and gives its id."""

    def make(kind, **values):
        record = REGISTRY[kind](id=bench.store.new_id(), **values)
        bench.store.apply([Create(record)], "Add")
        return record.id

    return make


@pytest.fixture
def context(qtbot, bench):
    theme()
    tasks = InlineTasks(bench.store)
    yield Context(bench, tasks)
    tasks.close()


@pytest.fixture
def tasks(qtbot, bench):
    theme()
    made = Tasks(bench.store)
    yield made
    made.close()


@pytest.fixture(autouse=True)
def nothing_left_over(qapp):
    """No window, timer or thread outlives its test."""
    threads = set(threading.enumerate())
    yield
    theme().set(scheme="light", percent=100)
    for widget in QApplication.topLevelWidgets():
        widget.close()
        widget.deleteLater()
    gc.collect()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    QCoreApplication.processEvents()
    left = [t for t in threading.enumerate() if t not in threads and t.is_alive()]
    assert not [t.name for t in left if t.name == "writer" or t.name.startswith("reader")]
    assert [w for w in QApplication.allWidgets() if isinstance(w, QWidget) and w.isVisible()] == []
    running = [t for t in qapp.findChildren(QTimer) if t.isActive()]
    assert running == []
