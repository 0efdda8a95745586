"""What would be made, before anything is; and what was made, after."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QHeaderView, QPlainTextEdit, QTableView, QTabWidget, QWidget

from db.errors import NotFound
from db.fields import LINK_TYPES
from db.record import Record
from db.store import Store
from engage_desktop.exchange.importer import ImportPlan
from engage_desktop.exchange.receipts import Outcome
from engage_desktop.records.values import show
from ui.dialogs.parts import button, column, dress, row
from ui.theme import theme
from ui.widgets.banners import Banner
from ui.widgets.base import Label, clear, named
from ui.widgets.cards import Stat
from ui.widgets.flow import FlowRow
from ui.words import count_words, translate

_Index = QModelIndex | QPersistentModelIndex
SAMPLE = 50
FEEDBACK_COLUMNS = (
    "comment.text", "comment.question", "comment.themes", "response.fft", "response.service",
    "response.provider", "response.received_on",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Preview:
    """What a plan would make, in the officer's words. Built in the task, shown in the window."""

    plan: ImportPlan
    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def preview_of(store: Store, plan: ImportPlan) -> Preview:
    """The first records as a list would show them."""
    shape = plan.shape
    made = {record.id: record for record in plan.creates}
    if shape.is_feedback:
        paths = [p for p in FEEDBACK_COLUMNS if p in shape.targets]
    else:
        used = dict.fromkeys(rule.to for rule in plan.mapping.columns.values())
        meta = shape.kinds[0].meta
        paths = [p for p in used if p in shape.targets and shape.targets[p].spec is not None]
        paths = paths[:7] or list(meta.columns[:5])
    rows = []
    for record in plan.sample(limit=SAMPLE):
        response = made.get(getattr(record, "response", None) or "")
        rows.append(tuple(_cell(store, shape, made, record, response, path) for path in paths))
    headings = tuple(shape.targets[path].heading for path in paths)
    return Preview(plan, headings, tuple(rows))


def _cell(
    store: Store, shape: Any, made: dict[str, Record], record: Record, response: Record | None,
    path: str,
) -> str:  # fmt: skip
    target = shape.targets[path]
    owner = response if path.startswith("response.") else record
    if owner is None or target.spec is None:
        return ""
    value = getattr(owner, target.field)
    if target.spec.type in LINK_TYPES:
        ids = value if isinstance(value, tuple) else filter(None, (value,))
        return "; ".join(_title(store, made, target.spec.target, each) for each in ids)
    return show(target.spec, value)


def _title(store: Store, made: dict[str, Record], kind: str, record_id: str) -> str:
    if record_id in made:
        return made[record_id].title
    try:
        return store.get(kind, record_id).title
    except NotFound:
        return ""


class _Lines(QAbstractTableModel):
    """Rows of text: a sample, or sentences about rows."""

    def __init__(self, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        super().__init__()
        self._headings, self._rows = headings, rows

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """How many."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """How wide."""
        return 0 if parent.isValid() else len(self._headings)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """The headings."""
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return self._headings[section]
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """One cell."""
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self._rows[index.row()][index.column()]
        return None


def _table(name: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> QTableView:
    view = dress(named(QTableView(), name), "QTableView::item { padding: 0 8u; }")
    model = _Lines(headings, rows)
    model.setParent(view)
    view.setModel(model)
    view.setShowGrid(False)
    view.setTabKeyNavigation(False)
    view.setAlternatingRowColors(True)
    view.verticalHeader().hide()
    view.verticalHeader().setDefaultSectionSize(theme().px(34))
    view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    view.horizontalHeader().setHighlightSections(False)
    letter = view.fontMetrics().averageCharWidth()
    for index, heading in enumerate(headings):
        longest = max([len(heading), *(len(r[index]) for r in rows[:SAMPLE])], default=8)
        view.setColumnWidth(index, letter * min(46, max(10, longest + 4)))
    view.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
    view.horizontalHeader().setStretchLastSection(True)
    return view


class CheckStep(QWidget):
    """Figures, the first records as they will look, and everything that will not be taken."""

    def __init__(self) -> None:
        super().__init__()
        named(self, translate("import", "Check"))
        box = column(self, gap=12)
        self.stats = FlowRow(translate("import", "What will be made"), 12)
        box.addWidget(self.stats)
        self.same = Banner("info")
        self.same.hide()
        box.addWidget(self.same)
        self.tabs = named(QTabWidget(), translate("import", "Details"))
        self.tabs.setDocumentMode(True)
        box.addWidget(self.tabs, 1)
        self.preview: Preview | None = None

    def show_preview(self, preview: Preview) -> None:
        """Show a plan."""
        self.preview = preview
        out = preview.plan.outcome
        clear(self.stats.flow)
        for label, number, rest in figures(preview.plan):
            self.stats.add(Stat(label, number, rest))
        self.same.setVisible(preview.plan.changes_nothing)
        if preview.plan.changes_nothing:
            self.same.show_as(
                "info", translate("import", "Everything in this file is here already."),
                translate("import", "Importing it again would make nothing."),
            )  # fmt: skip
        while self.tabs.count():
            page = self.tabs.widget(0)
            self.tabs.removeTab(0)
            page.deleteLater()
        row_heading, why = translate("import", "Row"), translate("import", "Why")
        self._tab(translate("import", "As you will see it"), preview.headings, preview.rows)
        refused = [(f"{n:,}", reason) for n, reason in out.refused]
        self._tab(
            translate("import", "Cannot be taken ({n})").format(n=f"{len(refused):,}"),
            (row_heading, why), refused,
        )  # fmt: skip
        notes = [("", note) for note in out.notes]
        notes += [(f"{n:,}", note) for n, note in out.row_notes]
        notes += [(f"{n:,}", said) for n, _, said in out.postcodes]
        self._tab(
            translate("import", "To look at ({n})").format(n=f"{len(notes):,}"),
            (row_heading, translate("import", "What to know")), notes,
        )  # fmt: skip
        columns = [(name, f"{out.not_taken_counts.get(name, 0):,}") for name in out.not_taken]
        self._tab(
            translate("import", "Columns not taken ({n})").format(n=len(columns)),
            (translate("import", "Column"), translate("import", "Rows that are filled")), columns,
        )  # fmt: skip
        if out.in_notes:
            self._tab(
                translate("import", "Kept as lines ({n})").format(n=len(out.in_notes)),
                (translate("import", "Column"),), [(name,) for name in out.in_notes],
            )  # fmt: skip

    def take_keyboard(self) -> None:
        """The records come first."""
        self.tabs.currentWidget().setFocus(Qt.FocusReason.OtherFocusReason)

    def _tab(self, title: str, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
        self.tabs.addTab(_table(title, headings, rows), title)


def figures(plan: ImportPlan) -> list[tuple[str, str, str]]:
    """(label, figure, more) for each kind that would be made, and for rows refused."""
    out, registry = plan.outcome, {cls.meta.name: cls for cls in plan.shape.kinds}
    found = []
    order = {"response": 0, "comment": 1}
    for kind, fates in sorted(out.kinds.items(), key=lambda item: order.get(item[0], 2)):
        words = registry[kind].meta.plural if kind in registry else kind.replace("_", " ").title()
        label = f"{words}s" if kind not in registry and not words.endswith("s") else words
        rest = []
        if fates["updated"]:
            rest.append(translate("import", "{n} changed").format(n=f"{fates['updated']:,}"))
        if fates["unchanged"]:
            rest.append(translate("import", "{n} here already").format(n=f"{fates['unchanged']:,}"))
        if kind == "comment" and out.empty_comments:
            rest.append(
                translate("import", "{n} asked and empty").format(n=f"{out.empty_comments:,}")
            )
        found.append(
            (label, f"{fates['created']:,}", ", ".join(rest) or translate("import", "new"))
        )
    refused = len(out.refused)
    found.append((
        translate("import", "Cannot be taken"), f"{refused:,}",
        count_words(refused, "row", "rows").split(" ", 1)[1],
    ))  # fmt: skip
    return found


class DoneStep(QWidget):
    """The receipt, how to look at it and how to take it all back."""

    open_receipt = Signal(str)
    undo = Signal(str)
    save_mapping = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(self, translate("import", "Done"))
        box = column(self, gap=12)
        self.banner = Banner("good")
        box.addWidget(self.banner)
        self.stats = FlowRow(translate("import", "What was made"), 12)
        box.addWidget(self.stats)
        self.detail = named(QPlainTextEdit(), translate("import", "Receipt"))
        self.detail.setReadOnly(True)
        self.detail.setTabChangesFocus(True)
        box.addWidget(Label(translate("import", "Receipt"), "heading"))
        box.addWidget(self.detail, 1)
        line = row(gap=10)
        buttons = FlowRow(translate("import", "What next"), 10)
        self.receipt = button(
            translate("import", "Open the receipt"), "secondary", icon="receipt_long",
            pressed=self._open,
        )  # fmt: skip
        self.take_back = button(
            translate("import", "Undo this import"), "plain", icon="undo", pressed=self._undo
        )
        self.save = button(
            translate("import", "Save mapping…"), "plain", icon="save",
            pressed=self.save_mapping.emit,
        )  # fmt: skip
        buttons.add(self.receipt, self.take_back, self.save)
        line.addWidget(buttons, 1)
        box.addLayout(line)
        self.outcome: Outcome | None = None

    def show_outcome(self, plan: ImportPlan) -> None:
        """Say what was made."""
        self.outcome = plan.outcome
        kept = translate("import", "“{name}” is in.").format(name=plan.file_name)
        self.banner.show_as(
            "good", kept,
            translate("import", "It is one step: undo takes it back whole. The receipt is kept."),
        )  # fmt: skip
        clear(self.stats.flow)
        for label, number, rest in figures(plan):
            self.stats.add(Stat(label, number, rest))
        self.detail.setPlainText(
            plan.outcome.detail() or translate("import", "Every row was taken as it was.")
        )
        self.take_back.setEnabled(bool(plan.outcome.change_set))
        self.receipt.setEnabled(bool(plan.outcome.receipt))

    def show_undone(self) -> None:
        """It was taken back."""
        self.banner.show_as(
            "info", translate("import", "The import was undone."),
            translate("import", "Nothing of it is left. The file may be imported again."),
        )  # fmt: skip
        self.take_back.setEnabled(False)
        self.receipt.setEnabled(False)

    def take_keyboard(self) -> None:
        """The receipt."""
        self.receipt.setFocus(Qt.FocusReason.OtherFocusReason)

    def _open(self) -> None:
        if self.outcome is not None:
            self.open_receipt.emit(self.outcome.receipt)

    def _undo(self) -> None:
        if self.outcome is not None:
            self.undo.emit(self.outcome.change_set)
