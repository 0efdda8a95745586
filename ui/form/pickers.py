"""Links to other records: found by a few letters, or made on the spot."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from db.changes import Applied, Create
from db.fields import FieldType, Spec
from db.query import ListQuery
from db.reader import Reader
from db.record import validated
from ui.form.context import Context
from ui.form.editors import Editor
from ui.theme import theme
from ui.widgets.base import clear, named, spaced
from ui.widgets.buttons import Button
from ui.widgets.flow import FlowRow
from ui.widgets.pills import Chip
from ui.widgets.suggest import Suggest, Suggestion
from ui.words import lower_first, translate

WAIT_MS = 120
OFFERED = 8
_NEW = "new"


class Finder(QLineEdit):
    """A search field over one kind (or, with no target, every kind). `picked` carries id, title."""

    picked = Signal(str, str)

    def __init__(self, spec: Spec, context: Context) -> None:
        super().__init__()
        self._spec, self._context = spec, context
        self._making: tuple[str, str] = ("", "")
        named(self, spec.label, spec.hint)
        self.setPlaceholderText(translate("finder", "Type a few letters to find"))
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(WAIT_MS)
        self._timer.timeout.connect(self.search)
        self.textEdited.connect(self._wait)
        self.popup: Suggest | None = None

    def _wait(self) -> None:
        self._timer.start()

    def search(self) -> None:
        """Look for what is typed; with nothing typed, the newest."""
        text, target = self.text().strip(), self._spec.target
        self._timer.stop()
        note = self._context.readings.note

        def job(reader: Reader) -> tuple[str, list[Suggestion]]:
            if not target:
                hits = reader.search_all(text, 3) if text else []
                note([(h.kind, h.id) for h in hits], "found")
                labels = {cls.meta.name: cls.meta.label for cls in reader.registry}
                return text, [Suggestion(h.id, h.title, labels[h.kind]) for h in hits]
            page = reader.page(ListQuery(target, _notes(reader, target), text=text), limit=OFFERED)
            note([(target, row.id) for row in page.rows], "found")
            return text, [Suggestion(row.id, row.title, _note(row.values)) for row in page.rows]

        self._context.tasks.read(job, self._found, key=self)

    def _found(self, answer: tuple[str, list[Suggestion]]) -> None:
        text, items = answer
        if self.popup is None:
            self.popup = Suggest(self, self._spec.label)
            self.popup.chosen.connect(self._chosen)
        if text and self._can_make():
            label = lower_first(self._context.registry[self._spec.target].meta.label)
            words = translate("finder", "Add a new {label} called “{text}”")
            title = words.format(label=label, text=text)
            why = self._context.rights.adding(self._spec.target)
            made = Suggestion((_NEW, text), title, why, "block" if why else "add", muted=bool(why))
            items = [*items, made]
        self._titles = {item.key: item.title for item in items}
        if self.hasFocus():
            self.popup.show_items(items)

    def _can_make(self) -> bool:
        """Only a kind that is known by a title of its own can be made from one."""
        if not self._spec.target:
            return False
        first = next(iter(self._context.registry[self._spec.target].specs().values()))
        return bool(first.required and first.type is FieldType.TEXT)

    def _chosen(self, key: object) -> None:
        if isinstance(key, tuple):
            if why := self._context.rights.adding(self._spec.target):
                self._context.say(why)
            else:
                self._make(str(key[1]))
        else:
            self.picked.emit(str(key), self._titles.get(key, ""))

    def _make(self, title: str) -> None:
        """Write down a new record of the target kind that has this title, and pick it."""
        cls = self._context.registry[self._spec.target]
        first = next(iter(cls.specs()))
        record_id = self._context.workspace.store.new_id()
        record = validated(cls, {"id": record_id, first: title})
        self._making = (record_id, title)
        why = translate("finder", "Add {what}").format(what=lower_first(cls.meta.label))
        self._context.apply([Create(record)], why, self._made)

    def _made(self, _applied: Applied) -> None:
        self.picked.emit(*self._making)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Down and not (self.popup and self.popup.isVisible()):
            self.search()
            return
        super().keyPressEvent(event)


def _notes(reader: Reader, kind: str) -> tuple[str, ...]:
    """The first plain column after the title, to tell namesakes apart."""
    cls = reader.registry[kind]
    specs = cls.specs()
    plain = [
        path
        for path in cls.meta.columns[1:]
        if path in specs and not specs[path].is_set and not specs[path].sensitive
        and specs[path].type in (FieldType.TEXT, FieldType.DATE, FieldType.POSTCODE, FieldType.LINK)
    ]  # fmt: skip
    return tuple(plain[:1])


def _note(values: tuple[Any, ...]) -> str:
    return str(values[0] or "") if values else ""


class LinkEditor(Editor):
    """One record. Its title stands in the field; clearing the field takes the link off."""

    def __init__(self, spec: Spec, context: Context | None = None) -> None:
        super().__init__(spec, context)
        assert context is not None
        self.finder = Finder(spec, context)
        self.finder.setMaximumWidth(theme().px(420))
        self.finder.picked.connect(self._picked)
        self.finder.textEdited.connect(self._typed)
        self._id, self._title, self._touched = "", "", False
        words = translate("link", "Open {label}").format(label=lower_first(spec.label))
        self.open = Button(words, "open_in_new", "icon")
        self.open.clicked.connect(self._open)
        row = QHBoxLayout()
        spaced(row, gap=4)
        row.addWidget(self.finder, 1)
        row.addWidget(self.open)
        row.addStretch(0)
        self.box.addLayout(row)
        self.open.hide()

    def fields(self) -> list[QWidget]:
        return [self.finder]

    def _picked(self, record_id: str, title: str) -> None:
        self._hold(record_id, title)
        self.changed.emit()

    def _typed(self) -> None:
        self._touched = True
        self.changed.emit()

    def _hold(self, record_id: str, title: str) -> None:
        self._id, self._title, self._touched = record_id, title, False
        self.finder.setText(title)
        self.finder.setCursorPosition(0)
        self.open.setVisible(bool(record_id and self.spec.target))

    def _open(self) -> None:
        if self.context is not None and self._id:
            self.context.open_record(self.spec.target, self._id)

    def value(self) -> Any:
        text = self.finder.text().strip()
        if not self._touched:  # the title may still be on its way
            return self._id or None
        if not text:
            return None
        if self._id and text == self._title.strip():
            return self._id
        raise ValueError(
            translate(
                "link", "{label}: choose “{text}” from the list, or add it as a new one."
            ).format(label=self.spec.label, text=text)
        )

    def show_value(self, value: Any) -> None:
        self._hold(str(value or ""), "")
        if value and self.context is not None:
            note = self.context.readings.note

            def job(reader: Reader) -> tuple[str, str]:
                note([(reader.kind_of(value), value)], "listed")
                return value, reader.title(value)

            self.context.tasks.read(job, self._titled, key=(self, "title"))

    def _titled(self, answer: tuple[str, str]) -> None:
        if answer[0] == self._id and not self._touched:
            self._hold(answer[0], answer[1] or translate("link", "A record not here yet"))

    def raw(self) -> Any:
        return [self._id, self._title, self.finder.text()]

    def show_raw(self, raw: Any) -> None:
        self._hold(str(raw[0]), str(raw[1]))
        self.finder.setText(str(raw[2]))
        self._touched = str(raw[2]) != str(raw[1])


class LinksEditor(Editor):
    """Several records, as chips that can be taken off, and a field to find more."""

    def __init__(self, spec: Spec, context: Context | None = None) -> None:
        super().__init__(spec, context)
        assert context is not None
        self._titles: dict[str, str] = {}
        self.row = FlowRow(spec.label, 8)
        self.finder = Finder(spec, context)
        self.finder.setMaximumWidth(theme().px(420))
        self.finder.picked.connect(self.add)
        self.finder.installEventFilter(self)
        self.box.addWidget(self.row)
        self.box.addWidget(self.finder)
        self.row.hide()

    def fields(self) -> list[QWidget]:
        return [self.finder]

    def add(self, record_id: str, title: str) -> None:
        """Take one more in, as if it had been chosen."""
        self.finder.clear()
        self._titles[record_id] = title
        self._chips()
        self.changed.emit()

    def _chips(self) -> None:
        clear(self.row.flow)
        for record_id, title in sorted(self._titles.items(), key=lambda pair: pair[1].casefold()):
            chip = Chip(title or translate("link", "A record not here yet"), removable=True)
            chip.setProperty("record", record_id)
            chip.removed.connect(self._remove)
            self.row.add(chip)
        self.row.setVisible(bool(self._titles))

    def _remove(self) -> None:
        self._titles.pop(str(self.sender().property("record")), None)
        self._chips()
        self.finder.setFocus()
        self.changed.emit()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if (
            isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and event.key() == Qt.Key.Key_Backspace
            and not self.finder.text()
            and self._titles
        ):
            last = max(self._titles, key=lambda key: self._titles[key].casefold())
            del self._titles[last]
            self._chips()
            self.changed.emit()
            return True
        return False

    def value(self) -> Any:
        return sorted(self._titles)

    def show_value(self, value: Any) -> None:
        ids = list(value or ())
        self._titles = {record_id: self._titles.get(record_id, "") for record_id in ids}
        self._chips()
        self.finder.clear()
        if ids and self.context is not None:
            note = self.context.readings.note

            def job(reader: Reader) -> dict[str, str]:
                note([(reader.kind_of(each), each) for each in ids], "listed")
                return {each: reader.title(each) for each in ids}

            self.context.tasks.read(job, self._titled, key=(self, "titles"))

    def _titled(self, titles: dict[str, str]) -> None:
        if set(titles) == set(self._titles):
            self._titles = dict(titles)
            self._chips()

    def raw(self) -> Any:
        return self._titles.copy()

    def show_raw(self, raw: Any) -> None:
        self._titles = dict(raw)
        self._chips()
