"""What an open record is made of: what is read of it, and the tabs that show it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from db.changes import Conflict, HistoryEntry
from db.fields import FieldType
from db.query import Condition, ListQuery
from db.reader import Reader
from db.record import Record, Registry
from engage_desktop import watching
from engage_desktop.queries.parts import files_of_parts, revealing_parts
from engage_desktop.readings import is_confidential
from engage_desktop.rules import is_bound, may
from engage_desktop.stakeholders.parts import Mark, is_past, marks
from ui.form.context import Context
from ui.form.files_panel import FilesPanel
from ui.form.form import RecordForm
from ui.form.history import HistoryPanel, linked_ids, titles_of
from ui.form.panels import ChildrenPanel
from ui.pages.facts import Facts, facts
from ui.pages.own_cards import OwnCards, own_cards
from ui.pages.record_alike import KIND, AlikeBanner
from ui.theme import theme
from ui.widgets.base import Scroll, named, spaced
from ui.widgets.cards import Card
from ui.widgets.folding_tabs import FoldingTabs
from ui.words import kind_words, translate

WIDEST = 760
"""A form is never wider than this (pixels at 100 % text): long lines are hard to read."""


CROWDED, FIRST = 4, 2
"""From so many kinds of parts on, those that hold nothing fold away, but for the first few."""


@dataclass
class Loaded:
    """`children` are the parts by kind; of confidential kinds only those asked for, though
    `counts` counts them all. Names in the parts that are `covered` are sensitive by themselves."""

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
    counts: dict[str, int] = field(default_factory=dict)
    marks: dict[str, list[Mark]] = field(default_factory=dict)
    part_files: dict[str, list[Record]] = field(default_factory=dict)
    covered: frozenset[str] = frozenset()


def load(
    store: Any, reader: Reader, kind: str, record_id: str, today: dt.date,
    opened: frozenset[str] = frozenset(),
) -> Loaded:  # fmt: skip
    """Everything an open record shows. Runs on a reading thread. Raises `NotFound`.

    Parts of a confidential kind are read only where that kind is among the `opened`.
    """
    record = reader.get(kind, record_id)
    in_bin = store.where(kind, record_id) == "bin"
    parts = reader.registry.parts_of(kind)
    closed = {cls.meta.name for cls in parts if is_confidential(reader.registry, cls.meta.name)}
    closed -= opened
    children = {
        cls.meta.name: _parts(reader, cls, kind, record_id, in_bin)
        for cls in parts if cls.meta.name not in closed
    }  # fmt: skip
    files: list[Record] = []
    if "attachment" in reader.registry:
        files = reader.children("attachment", record_id, bin=in_bin)
    if in_bin:  # not what was deleted before, by itself
        together = store.in_bin_with(kind, record_id)
        children = {k: [r for r in all_ if r.id in together] for k, all_ in children.items()}
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
    loaded.counts = {name: len(all_) for name, all_ in children.items()}
    for name in closed:
        where = (Condition(reader.registry[name].meta.parent, "=", record_id),)
        loaded.counts[name] = reader.count(ListQuery(name, where=where, bin=in_bin))
        children[name] = []
    _read_parts(reader, loaded, today)
    loaded.refusal = may(store, reader, kind, "edit", record_id)
    if is_bound(store):  # else parts may be changed where the whole may be
        each = [*(p for group in children.values() for p in group), *files]
        said = {p.id: may(store, reader, p.meta.name, "edit", p.id) for p in each}
        loaded.parts_refused = {record: why for record, why in said.items() if why}
    return loaded


def _parts(
    reader: Reader, cls: type[Record], kind: str, record_id: str, in_bin: bool
) -> list[Record]:
    """The parts of one kind by every link that leads here: each once. A record's own parts go to
    the bin with it; what hangs on it besides stays where it is."""
    meta, found = cls.meta, dict[str, Record]()
    for link in (meta.parent, *meta.also):
        if cls.specs()[link].target == kind:
            there = in_bin and link == meta.parent
            held = reader.children(meta.name, record_id, link=link, bin=there)
            found |= {each.id: each for each in held if each.id not in found}
    return list(found.values())


def _read_parts(reader: Reader, loaded: Loaded, today: dt.date) -> None:
    """What is to be seen of each part at once; what holds comes before what is over."""
    every = [part for group in loaded.children.values() for part in group]
    loaded.marks = {part.id: marks(part, today) for part in every}
    for group in loaded.children.values():
        group.sort(key=lambda part: is_past(part, today))
    loaded.covered = revealing_parts(reader, every)
    loaded.part_files = files_of_parts(reader, [part.id for part in every])


class KindTabs(QWidget):
    """The tabs of one kind of record; made once and used for each record of it."""

    def __init__(self, kind: type[Record], context: Context) -> None:
        super().__init__()
        named(self, kind.meta.label)
        self.kind = kind
        outer = QVBoxLayout(self)
        spaced(outer, gap=14)
        self.tabs = FoldingTabs(translate("record", "Parts of this record"))
        self.bar = self.tabs.bar
        self.stack = QStackedWidget()
        outer.addWidget(self.tabs)
        outer.addWidget(self.stack, 1)
        self.form = RecordForm(kind, context, at_once=False)
        details = QWidget()
        box = QVBoxLayout(details)
        spaced(box, (4, 0, 4, 16), 14)
        self.stats = QHBoxLayout()
        spaced(self.stats, gap=12)
        box.addLayout(self.stats)
        self.own: OwnCards | None = own_cards(kind.meta.name, self, context)
        if self.own is not None:
            box.addWidget(self.own.details)
        if kind.meta.name == KIND:
            self.alike = AlikeBanner(self.form, context)
            box.addWidget(self.alike)
        self.card = Card(name=kind.meta.label)
        self.card.body.addWidget(self.form)
        box.addWidget(self.card)
        box.addStretch(1)
        self._add(translate("record", "Details"), details)
        self.children_panels: dict[str, ChildrenPanel] = {}
        for cls in context.registry.parts_of(kind.meta.name):
            panel = ChildrenPanel(cls, context, kind.meta.name)
            self.children_panels[cls.meta.name] = panel
            self._add(cls.meta.plural, panel)
        if self.own is not None:
            self.own.join(self.children_panels)
        self.files = FilesPanel(context)
        self.history = HistoryPanel(context)
        self._add(translate("record", "Files"), self.files)
        self._add(translate("record", "Who changed what"), self.history)
        self._shown = ""
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
        self.tabs.add(name)

    def _show_tab(self, index: int) -> None:
        self.stack.setCurrentIndex(index)

    def show_counts(self, loaded: Loaded) -> None:
        """Say how many are behind each tab, and fold away those that need no place."""
        by_hand = {name: panel.kind.meta.by_hand for name, panel in self.children_panels.items()}
        crowded = len([name for name, own in by_hand.items() if own]) > CROWDED
        offered, empty = [self.bar.count() - 2, self.bar.count() - 1], []
        for tab, (name, panel) in enumerate(self.children_panels.items(), 1):
            count = loaded.counts.get(name, 0)
            if by_hand[name] or count:
                offered.append(tab)
            if crowded and not count and tab > FIRST:
                empty.append(tab)
            self.tabs.name_tab(tab, panel.plural_of(loaded.children[name]), count)
        files = self.bar.count() - 2
        self.tabs.name_tab(files, translate("record", "Files"), len(loaded.files))
        if crowded and not loaded.files:
            empty.append(files)
        again = loaded.record.id == self._shown
        (self.tabs.keep if again else self.tabs.offer)(offered, empty)
        self._shown = loaded.record.id

    def show_new(self) -> None:
        """A record that is not there yet has no parts."""
        self._shown = ""
        self.bar.setCurrentIndex(0)
        self.tabs.offer([])

    def tab_of(self, name: str) -> int:
        """The tab of a kind of part."""
        return 1 + list(self.children_panels).index(name)

    @property
    def part_in_view(self) -> str:
        """The kind of part whose tab is chosen; "" for another tab."""
        at = self.bar.currentIndex() - 1
        names = list(self.children_panels)
        return names[at] if 0 <= at < len(names) else ""

    def set_hidden(self, hidden: bool) -> None:
        """Cover names and sensitive fields, or show them."""
        self.form.set_hidden(hidden)
        for panel in self.children_panels.values():
            panel.set_hidden(hidden)
        if self.own is not None:
            self.own.set_hidden(hidden)


def linked_kinds(registry: Registry, here: str) -> list[tuple[str, str, str]]:
    """What can be added about a record of kind `here`: kind, the field that links it, and words."""
    return [
        (cls.meta.name, name, translate("record", "Add {what} about this").format(
            what=kind_words(cls.meta.label, cls.meta.plural)))
        for cls in registry
        for name, spec in cls.specs().items()
        if spec.type is FieldType.LINK and spec.target == here != cls.meta.name
        and name != cls.meta.parent and name not in cls.meta.also
    ]  # fmt: skip
