"""What an open record is made of: what is read of it, and the tabs that show it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from db.changes import Conflict, HistoryEntry
from db.fields import FieldType
from db.reader import Reader
from db.record import Record, Registry
from engage_desktop import watching
from engage_desktop.rules import is_bound, may
from ui.form.context import Context
from ui.form.form import RecordForm
from ui.form.history import HistoryPanel, linked_ids, titles_of
from ui.form.panels import ChildrenPanel, FilesPanel
from ui.pages.facts import Facts, facts
from ui.theme import theme
from ui.widgets.base import Scroll, named, spaced
from ui.widgets.cards import Card
from ui.words import kind_words, translate

WIDEST = 760
"""A form is never wider than this (pixels at 100 % text): long lines are hard to read."""


@dataclass
class Loaded:
    record: Record
    facts: Facts
    children: dict[str, list[Record]]
    files: list[Record]
    conflicts: list[Conflict]
    history: list[HistoryEntry]
    titles: Mapping[str, str]
    in_bin: bool
    watched: bool = False
    refusal: str = ""
    parts_refused: dict[str, str] = field(default_factory=dict)


def load(store: Any, reader: Reader, kind: str, record_id: str, today: dt.date) -> Loaded:
    """Everything an open record shows. Runs on a reading thread. Raises `NotFound`."""
    record = reader.get(kind, record_id)
    in_bin = store.where(kind, record_id) == "bin"
    children = {  # a record's parts go to the bin with it
        cls.meta.name: reader.children(cls.meta.name, record_id, bin=in_bin)
        for cls in reader.registry.parts_of(kind)
    }
    files: list[Record] = []
    if "attachment" in reader.registry:
        files = reader.children("attachment", record_id, bin=in_bin)
    if in_bin:  # not what was deleted before, by itself
        together = store.in_bin_with(kind, record_id)
        children = {k: [r for r in parts if r.id in together] for k, parts in children.items()}
        files = [record for record in files if record.id in together]
    history = store.history(kind, record_id)
    conflicts = store.conflicts_of(kind, record_id)
    everyone = [record, *(child for group in children.values() for child in group)]
    slots = [entry.values for entry in history]
    slots += [{c.slot: version.value} for c in conflicts for version in c.versions]
    titles = titles_of(reader, linked_ids(everyone, slots))
    made = facts(reader, record, today)
    loaded = Loaded(record, made, children, files, conflicts, history, titles, in_bin,
                  record_id in watching.watched(store))  # fmt: skip
    loaded.refusal = may(store, reader, kind, "edit", record_id)
    if is_bound(store):  # else parts may be changed where the whole may be
        parts = [*(p for group in children.values() for p in group), *files]
        said = {p.id: may(store, reader, p.meta.name, "edit", p.id) for p in parts}
        loaded.parts_refused = {record: why for record, why in said.items() if why}
    return loaded


class KindTabs(QWidget):
    """The tabs of one kind of record; made once and used for each record of it."""

    def __init__(self, kind: type[Record], context: Context) -> None:
        super().__init__()
        named(self, kind.meta.label)
        self.kind = kind
        outer = QVBoxLayout(self)
        spaced(outer, gap=14)
        self.bar = named(QTabBar(), translate("record", "Parts of this record"))
        self.bar.setDrawBase(False)
        self.bar.setExpanding(False)
        self.bar.setUsesScrollButtons(True)
        self.stack = QStackedWidget()
        outer.addWidget(self.bar)
        outer.addWidget(self.stack, 1)
        self.form = RecordForm(kind, context, at_once=False)
        details = QWidget()
        box = QVBoxLayout(details)
        spaced(box, (4, 0, 4, 16), 14)
        self.stats = QHBoxLayout()
        spaced(self.stats, gap=12)
        box.addLayout(self.stats)
        self.card = Card(name=kind.meta.label)
        self.card.body.addWidget(self.form)
        box.addWidget(self.card)
        box.addStretch(1)
        self._add(translate("record", "Details"), details)
        self.children_panels: dict[str, ChildrenPanel] = {}
        for cls in context.registry.parts_of(kind.meta.name):
            panel = ChildrenPanel(cls, context)
            self.children_panels[cls.meta.name] = panel
            self._add(cls.meta.plural, panel)
        self.files = FilesPanel(context)
        self.history = HistoryPanel(context)
        self._add(translate("record", "Files"), self.files)
        self._add(translate("record", "Who changed what"), self.history)
        self.bar.currentChanged.connect(self._show_tab)

    def _add(self, name: str, panel: QWidget) -> None:
        holder = QWidget()
        row = QHBoxLayout(holder)
        spaced(row, (0, 0, 8, 0))
        panel.setMaximumWidth(theme().px(WIDEST))
        row.addWidget(panel, 100)
        row.addStretch(1)
        named(holder, name)
        self.stack.addWidget(Scroll(holder, name))
        self.bar.addTab(name)

    def _show_tab(self, index: int) -> None:
        self.stack.setCurrentIndex(index)

    def name_tab(self, index: int, name: str, count: int) -> None:
        """Say how many are behind a tab."""
        self.bar.setTabText(index, f"{name} {count}" if count else name)


def linked_kinds(registry: Registry, here: str) -> list[tuple[str, str, str]]:
    """What can be added about a record of kind `here`: kind, the field that links it, and words."""
    return [
        (cls.meta.name, name, translate("record", "Add {what} about this").format(
            what=kind_words(cls.meta.label, cls.meta.plural)))
        for cls in registry
        for name, spec in cls.specs().items()
        if spec.type is FieldType.LINK and spec.target == here != cls.meta.name
        and name != cls.meta.parent
    ]  # fmt: skip
