"""A list of any length, held a few pages at a time.

Rows are fetched by the page on a reading thread and shown as "…" until they come. After a change
the rows in view are fetched again and compared by id, so that selection and place are kept; the
model is reset only for another list.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from db.changes import Applied
from db.fields import FieldType, Spec
from db.query import ListQuery
from db.reader import Page, Reader, Row
from db.record import Registry
from engage_desktop.queries.row_marks import RowMark
from ui.table.values import kinds_on, shown, spec_at, title_shown
from ui.tasks import Tasks
from ui.words import translate

PAGE = 200
KEPT = 12
REFRESH_MS = 40
IdRole = Qt.ItemDataRole.UserRole
NoteRole = Qt.ItemDataRole.UserRole + 1
RowRole = Qt.ItemDataRole.UserRole + 2
WAITING = "…"
Index = QModelIndex | QPersistentModelIndex
_RIGHT = (FieldType.INTEGER, FieldType.MONEY)


@dataclass(frozen=True)
class _Answer:
    """What a reading thread brought: pages by number, and the count if it was asked for."""

    generation: int
    pages: dict[int, list[Row]]
    count: int | None
    more: bool = False
    marks: Mapping[str, tuple[RowMark, ...]] = field(default_factory=dict)


Note = Callable[[Iterable[tuple[str, str]], str], object]
"""Writes down that these (kind, id) were read, and how."""


def _not_noted(_records: Iterable[tuple[str, str]], _way: str) -> int:
    """For lists that stand alone."""
    return 0


Marks = Callable[[Reader, str, list[str]], Mapping[str, tuple[RowMark, ...]]]
"""What is shown beside the names of records of a kind; asked on a reading thread."""


def _no_marks(_reader: Reader, _kind: str, _ids: list[str]) -> Mapping[str, tuple[RowMark, ...]]:
    """For lists that stand alone."""
    return {}


class RecordsModel(QAbstractTableModel):
    """`counted(n)` whenever the number of rows is known anew; `refreshed` after a change."""

    counted = Signal(int)
    refreshed = Signal()
    failed = Signal(object)

    def __init__(
        self, registry: Registry, tasks: Tasks, query: ListQuery, note: Note | None = None,
        marks: Marks | None = None,
    ) -> None:  # fmt: skip
        super().__init__()
        self._marks_of: Marks = marks or _no_marks
        self._marks: dict[str, tuple[RowMark, ...]] = {}
        self._registry, self._tasks = registry, tasks
        self.note_read: Note = note or _not_noted
        self.query = query
        self.kind = registry[query.kind]
        self._set_columns()
        self._pages: OrderedDict[int, list[Row]] = OrderedDict()
        self._asked: set[int] = set()
        self._count, self._count_known = 0, False
        self._generation = 0
        self._shifting: tuple[int, list[Row]] | None = None
        self.hidden = False
        self.rows_in_view: Callable[[], tuple[int, int]] = lambda: (0, 0)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self._fetch_again)

    def _set_columns(self) -> None:
        self.specs = [spec_at(self._registry, self.query.kind, p) for p in self.query.columns]
        self._told_by = kinds_on(self._registry, self.query.kind, self.query.columns)

    # -- what is shown -----------------------------------------------------------------------

    def show(self, query: ListQuery) -> None:
        """Show another list. The first page and the count are asked for at once."""
        self._generation += 1
        self.beginResetModel()
        self.query = query
        self._set_columns()
        self._pages.clear()
        self._asked.clear()
        self._marks.clear()
        self._count, self._count_known = 0, False
        self.endResetModel()
        self._ask(0)
        generation, wanted = self._generation, self.query

        def job(reader: Reader) -> _Answer:
            return _Answer(generation, {}, reader.count(wanted))

        self._tasks.read(job, self._came, self.failed.emit, key=(self, "count"))

    def set_hidden(self, hidden: bool) -> None:
        """Cover sensitive values and the names beside them, or show them."""
        self.hidden = hidden
        self._repaint(0, self._count)

    @property
    def count(self) -> int:
        """How many rows there are, as far as is known."""
        return self._count

    @property
    def count_known(self) -> bool:
        """False while the count is still being made."""
        return self._count_known

    def row(self, at: int) -> Row | None:
        """A row that is here; asks for its page otherwise."""
        if self._shifting is not None:
            low, rows = self._shifting
            return rows[at - low] if low <= at < low + len(rows) else None
        number, inside = divmod(at, PAGE)
        page = self._pages.get(number)
        if page is None:
            self._ask(number)
            return None
        self._pages.move_to_end(number)
        return page[inside] if inside < len(page) else None

    def row_of(self, record_id: str) -> int | None:
        """Where a record stands, if its page is here."""
        for number, rows in self._pages.items():
            for inside, row in enumerate(rows):
                if row.id == record_id:
                    return number * PAGE + inside
        return None

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's own signature
        return 0 if parent.isValid() else self._count

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self.query.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation != Qt.Orientation.Horizontal or section >= len(self.specs):
            return None
        spec = self.specs[section]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return spec.label
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = (
                Qt.AlignmentFlag.AlignRight if spec.type in _RIGHT else Qt.AlignmentFlag.AlignLeft
            )
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if role not in _ANSWERED or not index.isValid() or index.row() >= self._count:
            return None
        column = index.column()
        if role == Qt.ItemDataRole.TextAlignmentRole:
            right = self.specs[column].type in _RIGHT
            side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
            return int(side | Qt.AlignmentFlag.AlignVCenter)
        row = self.row(index.row())
        if row is None:
            loading = translate("table", "Loading")
            return {Qt.ItemDataRole.DisplayRole: WAITING,
                    Qt.ItemDataRole.AccessibleTextRole: loading}.get(role)  # fmt: skip
        if role == IdRole:
            return row.id
        if role == RowRole:
            return row
        if role == NoteRole:
            return self.note(row)
        if role == Qt.ItemDataRole.AccessibleTextRole and column == 0:
            said = [self.title(row), *(mark.words for mark in self.marks(row)), self.note(row)]
            return ", ".join(part for part in said if part)
        if role == Qt.ItemDataRole.ToolTipRole and column == 0 and self.marks(row):
            return ", ".join([self.cell(row, 0), *(mark.words for mark in self.marks(row))])
        return self.cell(row, column)

    def cell(self, row: Row, column: int) -> str:
        """The words of one cell."""
        spec = self.specs[column]
        text = shown(spec, row.values[column], hidden=self.hidden)
        if self.hidden and self._is_title(column):
            return title_shown(self.kind, text, hidden=True)
        if self.hidden and spec.target and text:
            return self._covered_titles(spec, row.values[column])
        return text

    def _covered_titles(self, spec: Spec, value: Any) -> str:
        """The names behind a link are names too."""
        titles = [value] if spec.type is FieldType.LINK else value
        target = self._registry[spec.target]
        return ", ".join(title_shown(target, str(title), hidden=True) for title in titles)

    def _is_title(self, column: int) -> bool:
        return self.query.columns[column] == next(iter(self.kind.specs()))

    def title(self, row: Row) -> str:
        """The row's title, or its initials where names are hidden."""
        title = row.title or translate("table", "No title")
        return title_shown(self.kind, title, hidden=self.hidden)

    def marks(self, row: Row) -> tuple[RowMark, ...]:
        """What is to be seen of a row at once."""
        return self._marks.get(row.id, ())

    def note(self, row: Row) -> str:
        """The other columns in one line."""
        title = " ".join(row.title.split())
        cells = [self.cell(row, column) for column in range(len(self.specs))]
        plain = [shown(s, v) for s, v in zip(self.specs, row.values, strict=True)]
        begins = title.rstrip("…")[:60]
        said = [
            cell
            for cell, words in zip(cells, plain, strict=True)
            if words and not (begins and words.startswith(begins))
        ]
        return " · ".join(said)

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column that can be sorted by; a search is always newest first."""
        if 0 <= column < len(self.specs) and self.specs[column].is_set:
            return
        path = self.query.columns[column] if 0 <= column < len(self.specs) else "pk"
        sign = "-" if order == Qt.SortOrder.DescendingOrder else ""
        if self.query.sort != sign + path:
            self.show(replace(self.query, sort=sign + path))

    # -- fetching ----------------------------------------------------------------------------

    def _ask(self, number: int) -> None:
        if number in self._asked:
            return
        # Two at a time: a view never spans more, and pages scrolled past need not come.
        self._asked = {n for n in self._asked if n % 2 != number % 2} | {number}
        generation, query = self._generation, self.query
        before = self._pages.get(number - 1)
        after = before[-1].pk if before and len(before) == PAGE else None

        def job(reader: Reader) -> _Answer:
            page: Page = reader.page(query, offset=number * PAGE, limit=PAGE, after=after)
            self._listed(query, page.rows)
            marks = self._marks_of(reader, query.kind, [row.id for row in page.rows])
            return _Answer(generation, {number: page.rows}, None, page.more, marks)

        self._tasks.read(job, self._came, self.failed.emit, key=(self, "page", number % 2))

    def _listed(self, query: ListQuery, rows: list[Row]) -> None:
        """Rows that come to the screen are read. On a reading thread, before they are shown."""
        self.note_read(((query.kind, row.id) for row in rows), "listed")

    def _came(self, answer: _Answer) -> None:
        if answer.generation != self._generation:
            return
        self._marks |= answer.marks
        for number, rows in answer.pages.items():
            self._asked.discard(number)
            self._pages[number] = rows
            self._pages.move_to_end(number)
            if not self._count_known:
                self._set_count(max(self._count, number * PAGE + len(rows)))
            self._repaint(number * PAGE, number * PAGE + len(rows))
        while len(self._pages) > KEPT:
            self._pages.popitem(last=False)
        if answer.count is not None:
            self._count_known = True
            self._set_count(answer.count)
        if answer.count is not None or (not answer.more and 0 in answer.pages):
            self.counted.emit(self._count)

    def _set_count(self, count: int) -> None:
        if count > self._count:
            self.beginInsertRows(QModelIndex(), self._count, count - 1)
            self._count = count
            self.endInsertRows()
        elif count < self._count:
            self.beginRemoveRows(QModelIndex(), count, self._count - 1)
            self._count = count
            self.endRemoveRows()

    def _repaint(self, first: int, end: int) -> None:
        end = min(end, self._count)
        if end > first and self.specs:
            last = self.index(end - 1, len(self.specs) - 1)
            self.dataChanged.emit(self.index(first, 0), last)

    # -- after a change ----------------------------------------------------------------------

    def heard(self, applied: Applied) -> None:
        """Something changed in the store: fetch again what it may touch."""
        if applied.kinds & self._told_by:
            self._timer.start()

    def _fetch_again(self) -> None:
        first, last = self.rows_in_view()
        numbers = range(first // PAGE, max(first, last) // PAGE + 1)
        self._generation += 1
        self._asked.clear()
        generation, query = self._generation, self.query

        def job(reader: Reader) -> _Answer:
            low, many = numbers[0], len(numbers)
            rows = reader.page(query, offset=low * PAGE, limit=many * PAGE).rows
            self._listed(query, rows)
            pages = {low + n: rows[n * PAGE : (n + 1) * PAGE] for n in range(many)}
            marks = self._marks_of(reader, query.kind, [row.id for row in rows])
            return _Answer(generation, pages, reader.count(query), marks=marks)

        self._tasks.read(job, self._compare, self.failed.emit, key=(self, "again"))

    def _compare(self, answer: _Answer) -> None:
        if answer.generation != self._generation or answer.count is None:
            return
        self._marks = dict(answer.marks)
        numbers = sorted(answer.pages)
        low = numbers[0] * PAGE
        new = [row for n in numbers for row in answer.pages[n]]
        if all(n in self._pages for n in numbers):
            self._shift(low, [row for n in numbers for row in self._pages[n]], new)
        self._pages.clear()
        self._pages.update(answer.pages)
        self._count_known = True
        self._set_count(answer.count)
        self._repaint(low, low + len(new))
        self.counted.emit(self._count)
        self.refreshed.emit()

    def _shift(self, low: int, old: list[Row], new: list[Row]) -> None:
        """Insert and remove rows so that those that stayed keep their index, last first."""
        from difflib import SequenceMatcher

        fresh = {row.id: row for row in new}
        ids = [row.id for row in old]
        steps = SequenceMatcher(None, ids, [row.id for row in new], autojunk=False).get_opcodes()
        window = [fresh.get(row.id, row) for row in old]
        self._shifting = (low, window)
        for what, a, b, c, d in reversed(steps):
            if what in ("delete", "replace"):
                self.beginRemoveRows(QModelIndex(), low + a, low + b - 1)
                del window[a:b]
                self._count -= b - a
                self.endRemoveRows()
            if what in ("insert", "replace"):
                self.beginInsertRows(QModelIndex(), low + a, low + a + d - c - 1)
                window[a:a] = new[c:d]
                self._count += d - c
                self.endInsertRows()
        self._shifting = None


_ANSWERED = frozenset({
    int(Qt.ItemDataRole.DisplayRole), int(Qt.ItemDataRole.AccessibleTextRole),
    int(Qt.ItemDataRole.ToolTipRole), int(Qt.ItemDataRole.TextAlignmentRole),
    int(IdRole), int(NoteRole), int(RowRole),
})  # fmt: skip


def tsv(rows: Iterable[Row], model: RecordsModel) -> str:
    """Rows as tab-separated lines under their headings, as a spreadsheet takes them."""
    lines = ["\t".join(spec.label for spec in model.specs)]
    for row in rows:
        cells = [model.cell(row, column) for column in range(len(model.specs))]
        lines.append("\t".join(cell.replace("\t", " ") for cell in cells))
    return "\n".join(lines)
