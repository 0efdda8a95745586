"""Brings in what will be wanted next, once the first rows are there and nobody is waiting.

The start leaves out whatever a list does without. So that the first record opened, the first change
saved and the first visit to Today are not the ones that pay for it, it is fetched in idle moments:
what is no widget away from the window, on a reading thread; the window's own modules one at a time.
"""

from __future__ import annotations

import importlib
from typing import Any

from PySide6.QtCore import QObject, QTimer

from ui.tasks import Tasks

MODULES = (
    "ui.form.choices",
    "ui.widgets.suggest",
    "ui.form.pickers",
    "ui.form.files_panel",
    "ui.form.part_card",
    "ui.form.panels",
    "ui.pages.facts",
    "ui.pages.stakeholder_cards",
    "ui.pages.record_parts",
    "ui.pages.record_view",
    "ui.pages.today",
    "ui.dialogs.parts",
    "ui.dialogs.lock",
)
"""In an order in which none brings many of the others with it: each keeps the window for less than
20 ms on a plain laptop."""

EVERY_MS = 40
"""Between two of them the window answers whatever came."""


class Ahead(QObject):
    """Begins when it is made, and is `done` when all is there. `stop` ends it at any time."""

    def __init__(self, tasks: Tasks, registry: Any, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._tasks, self._registry = tasks, registry
        self._left = list(MODULES)
        self.models_ready = False
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self._next)
        self._timer.start()
        tasks.read(self._make_models, self._models_made)

    @property
    def done(self) -> bool:
        """True when nothing is left to fetch."""
        return self.models_ready and not self._left

    def _make_models(self, _reader: Any) -> None:
        for kind in self._registry:
            kind.model_rebuild()

    def _models_made(self, _nothing: Any) -> None:
        self.models_ready = True

    def _next(self) -> None:
        if self._tasks.busy:
            return  # somebody waits for an answer, or pydantic still comes in
        if self._left:
            importlib.import_module(self._left.pop(0))
        if not self._left:
            self._timer.stop()

    def stop(self) -> None:
        """Fetch nothing more. Safe to call twice."""
        self._timer.stop()
        self._left.clear()
