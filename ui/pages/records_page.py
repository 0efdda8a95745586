"""The page of one kind: search, filters and list on the left, the open record beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QSplitter,
    QStackedWidget,
    QWidget,
)

from db.changes import Applied, Bin, Restore
from db.query import Condition
from db.reader import Reader
from db.record import Record
from engage_desktop.rules import is_bound, may
from ui.pages.filters import Option
from ui.pages.list_pane import ListPane
from ui.pages.page import Page, Surroundings
from ui.theme import theme
from ui.widgets.base import look, named, spaced
from ui.widgets.buttons import Button
from ui.words import count_words, kind_words, lower_first, translate

if TYPE_CHECKING:
    from ui.pages.record_view import RecordView
    from ui.widgets.cards import EmptyState

PREVIEW_MS = 140
NARROW = 620
"""Below this width (pixels at 100 % text) the record takes the place of the list."""


class RecordsPage(Page):
    """One kind of record: find it, open it beside the list, change it, bin it.

    `purpose` is what an empty page says it is for; without `by_hand` none is added here.
    """

    def __init__(
        self,
        kind: type[Record],
        around: Surroundings,
        *,
        purpose: str = "",
        by_hand: bool = True,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.kind, self._around, self._by_hand = kind, around, by_hand
        look(named(self, kind.meta.plural), "page")
        self._context = around.context
        outer = QHBoxLayout(self)
        spaced(outer)
        self._stack = QStackedWidget()
        outer.addWidget(self._stack)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.setChildrenCollapsible(False)
        self._split.setHandleWidth(1)
        self.pane = ListPane(kind, around, self)
        self._record: RecordView | None = None
        self._hidden = False
        self._split.addWidget(self.pane)
        self._stack.addWidget(self._split)
        self._purpose = purpose
        self._part = ""
        self._preview = QTimer(self)
        self._preview.setSingleShot(True)
        self._preview.setInterval(PREVIEW_MS)
        self._preview.timeout.connect(self._show_current)
        self._entered = False
        self._stays = False  # the list moves on from a row that was erased; the page says so first
        self._refusal, self._bound = "", False
        self._connect()

    def _connect(self) -> None:
        view = self.pane.view
        view.opened.connect(self._open_focused)
        view.moved_to.connect(self._moved)
        view.bin_wanted.connect(self.bin_selected)
        view.menu_wanted.connect(self._row_menu)
        self.pane.menu.clicked.connect(self._list_menu)
        self.pane.model.counted.connect(self._counted)
        theme().changed.connect(self._lay)

    @property
    def record(self) -> RecordView:
        """What is open beside the list. Made when a record is first opened: a list needs none."""
        if self._record is None:
            from ui.pages.record_view import RecordView

            made = RecordView(
                self._context, today=self._around.today, handout=self._handout,
                erase=self._erase, parent=self,
            )  # fmt: skip
            made.hide()
            made.closed.connect(self.close_record)
            made.missing.connect(self.close_record)
            made.binned.connect(self._was_binned)
            made.saved.connect(self._was_saved)
            made.set_hidden(self._hidden)
            self._split.addWidget(made)
            self._split.setStretchFactor(1, 1)
            self._record = made
        return self._record

    @property
    def _open(self) -> bool:
        """Is a record open, whether or not the window is in view?"""
        return self._record is not None and self._record.isVisibleTo(self)

    def _empty(self) -> EmptyState:
        from ui.widgets.cards import EmptyState

        meta = self.kind.meta
        label = kind_words(meta.label, meta.plural)
        begin = Button(translate("list", "Add {what}").format(what=label), "add", "primary")
        begin.clicked.connect(self.run_primary)
        bring = Button(translate("list", "Import from a file"), "upload", "secondary")
        bring.clicked.connect(self.import_file)
        icon = {"location": "location_on", "feedback": "rate_review"}.get(meta.icon, meta.icon)
        heading = translate("list", "No {what} yet").format(what=lower_first(meta.plural))
        return EmptyState(
            icon or "list", heading, self._purpose, begin if self._by_hand else None, bring
        )

    # -- the window's side -------------------------------------------------------------------

    @property
    def primary(self) -> tuple[str, str]:
        if not self._by_hand or self._refusal:
            return "", ""
        words = translate("list", "Add {what}").format(
            what=kind_words(self.kind.meta.label, self.kind.meta.plural)
        )
        return words, "add"

    def run_primary(self) -> None:
        self.begin()

    def enter(self) -> None:
        if not self._entered:
            self._entered = True
            self.pane.ask()
            self.pane.filters.load_links()
        self._ask_rights()
        self._lay()

    def _ask_rights(self) -> None:
        """May this officer add here, and does it depend on the record what they may change?"""
        store, name = self._context.workspace.store, self.kind.meta.name
        self._context.tasks.read(
            lambda reader: (may(store, reader, name, "create"), is_bound(store)),
            self._show_rights, key=(self, "rights"),
        )  # fmt: skip

    def _show_rights(self, rights: tuple[str, bool]) -> None:
        before = self._refusal
        self._refusal, self._bound = rights
        if self._refusal != before:
            self._rule_empty()
            self.primary_changed.emit()

    def _rule_empty(self) -> None:
        if self._stack.count() > 1:
            for each in self._stack.widget(1).findChildren(Button):
                each.setEnabled(not self._refusal)
                each.setToolTip(self._refusal)

    def take_keyboard(self) -> None:
        if self.is_empty:
            self._stack.currentWidget().findChild(Button).setFocus(Qt.FocusReason.OtherFocusReason)
        elif self.pane.isVisibleTo(self):
            self.pane.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def leave(self) -> bool:
        self._preview.stop()
        return not self._open or self.record.save()

    def heard(self, applied: Applied) -> None:
        if self._entered:
            self.pane.model.heard(applied)
        if self._open:
            shown = self._shown_id()
            self._stays |= any(t.id == shown and t.what == "erased" for t in applied.touched)
            self.record.heard(applied)

    def set_hidden(self, hidden: bool) -> None:
        self.pane.model.set_hidden(hidden)
        self._hidden = hidden
        if self._record is not None:
            self._record.set_hidden(hidden)

    def holds(self, kind: str) -> bool:
        return kind == self.kind.meta.name

    # -- opening -----------------------------------------------------------------------------

    def open_record(self, kind: str, record_id: str) -> None:
        self.enter()
        if self._save_first():
            self._show(record_id, focus=False)
            self.pane.view.select_id(record_id)

    def show_errand(self, errand: str) -> None:
        """Themes without an answer, or people who want a reply."""
        self.enter()
        if errand == "replies":
            wish = Option(translate("filter", "Yes"), (Condition("wants_reply", "=", True),))
            self.pane.filters.choose("wants_reply", wish)
        self.pane.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def begin_record(self, kind: str, defaults: dict[str, Any]) -> None:
        self.begin(defaults)

    @property
    def place(self) -> tuple[str, str]:
        current = self.record.current if self._open else None
        if current is None or current.form.is_new:
            return "", ""
        return self.kind.meta.name, self._shown_id()

    @property
    def list_page(self) -> RecordsPage:
        return self

    def search(self) -> None:
        """Put the keyboard into the search field."""
        if self._open and not self.pane.isVisibleTo(self):
            self.close_record()
        self.pane.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.pane.search.selectAll()

    def begin(self, defaults: dict[str, Any] | None = None) -> None:
        """Start a new record beside the list."""
        if self._refusal:
            self._around.toast(self._refusal)
            return
        self.enter()
        if self._save_first():
            self._stack.setCurrentIndex(0)
            self.pane.view.clear_place()
            self.record.show()
            self._lay()
            self.record.begin(self.kind, defaults)

    def _save_first(self) -> bool:
        return not self._open or self.record.save()

    def _open_focused(self, record_id: str) -> None:
        if self._save_first():
            self._show(record_id, focus=True)

    def _moved(self, _record_id: str) -> None:
        if self._open and not self._stays:
            self._preview.start()
        self._stays = False

    def _show_current(self) -> None:
        record_id = self.pane.view.current_id
        if record_id and record_id != self._shown_id() and self._save_first():
            self._show(record_id, focus=False)

    def _shown_id(self) -> str:
        return self._part or (self.record.place[1] if self._record is not None else "")

    def _show(self, record_id: str, *, focus: bool) -> None:
        self.record.show()
        self._lay()
        self._focus = focus
        parent = self.kind.meta.parent
        if not parent:
            self._part = ""
            self.record.show_record(self.kind.meta.name, record_id, focus=focus)
            return
        name = self.kind.meta.name

        def job(reader: Reader) -> tuple[str, str]:
            return record_id, str(getattr(reader.get(name, record_id), parent) or "")

        self._context.tasks.read(job, self._with_parent, self.record._lost, key=(self, "parent"))

    def _with_parent(self, answer: tuple[str, str]) -> None:
        """A part opens inside what it belongs to."""
        record_id, parent_id = answer
        self._part = record_id if parent_id else ""
        if parent_id:
            target = self.kind.specs()[self.kind.meta.parent].target
            self.record.show_record(target, parent_id, part=record_id, focus=self._focus)
        else:
            self.record.show_record(self.kind.meta.name, record_id, focus=self._focus)

    def close_record(self) -> None:
        """Back to the whole list; what was typed is saved or kept as a draft."""
        self._preview.stop()
        if self._record is not None:
            self._record.save()
            self._record.hide()
        self._part = ""
        self._lay()
        self.pane.view.setFocus(Qt.FocusReason.OtherFocusReason)

    # -- changing ----------------------------------------------------------------------------

    def save(self) -> None:
        """Save the open record."""
        if self._open:
            self.record.save()

    def bin_selected(self) -> None:
        """Move the selected records to the bin, as one change that can be undone."""
        ids = self.pane.view.selected_ids()
        if self.pane.query.bin:
            return
        if not ids:
            return
        if self._bound:
            self._bin_if_allowed(ids)
        else:
            self._bin(ids)

    def _bin_if_allowed(self, ids: list[str]) -> None:
        store, name = self._context.workspace.store, self.kind.meta.name

        def job(reader: Reader) -> tuple[list[str], str]:
            said = (may(store, reader, name, "delete", each) for each in ids)
            return ids, next((sentence for sentence in said if sentence), "")

        self._context.tasks.read(job, self._bin_allowed, key=(self, "bin"))

    def _bin_allowed(self, answer: tuple[list[str], str]) -> None:
        ids, refusal = answer
        if refusal:
            self._around.toast(refusal)
        else:
            self._bin(ids)

    def _bin(self, ids: list[str]) -> None:
        name, meta = self.kind.meta.name, self.kind.meta
        what = count_words(len(ids), lower_first(meta.label), lower_first(meta.plural))
        why = translate("list", "Delete {what}").format(what=what)
        if self._shown_id() in ids:
            self.record.hide()
            self._part = ""
            self._lay()
        self._context.apply([Bin(name, record_id) for record_id in ids], why)
        self._around.toast(
            translate("list", "{what} moved to the bin").format(what=what),
            translate("list", "Undo"), self._undo,
        )  # fmt: skip

    def restore_selected(self) -> None:
        """Take the selected records out of the bin."""
        ids = self.pane.view.selected_ids()
        meta = self.kind.meta
        what = count_words(len(ids), lower_first(meta.label), lower_first(meta.plural))
        if ids and self.pane.query.bin:
            why = translate("list", "Restore {what}").format(what=what)
            self._context.apply([Restore(meta.name, record_id) for record_id in ids], why)
            self._around.toast(translate("list", "{what} restored").format(what=what))

    def _was_binned(self, _kind: str, _record_id: str, title: str) -> None:
        self.record.hide()
        self._part = ""
        self._lay()
        words = translate("list", "“{title}” moved to the bin")
        self._around.toast(words.format(title=title), translate("list", "Undo"), self._undo)

    def _undo(self) -> None:
        self._around.go("undo")

    def _was_saved(self, record_id: str) -> None:
        self.pane.view.select_id(record_id)

    def _handout(self, record_id: str) -> None:
        self._around.flows.print_handout(self._around.window, record_id)

    def _erase(self, kind: str, record_id: str) -> None:
        self._around.flows.erase(self._around.window, kind, record_id)

    def erase_selected(self) -> None:
        """Erase the open record, or else the one selected, for good: ask what and why first."""
        ids = self.pane.view.selected_ids()
        kind, record_id = self.place
        if record_id and self._open:
            if self._save_first():
                self._context.tasks.flush()
                self._erase(kind, record_id)
        elif len(ids) == 1:
            self._erase(self.kind.meta.name, ids[0])
        else:
            self._around.toast(translate("list", "Choose the one record that is to be erased."))

    # -- menus -------------------------------------------------------------------------------

    def import_file(self) -> None:
        """Open the import wizard for this kind."""
        if self._refusal:
            self._around.toast(self._refusal)
            return
        feedback = self.kind.meta.name in ("comment", "response")
        name = "feedback" if feedback else self.kind.meta.name
        self._around.flows.import_file(self._around.window, name)

    def export_list(self) -> None:
        """Write what the list shows into a file."""
        self._around.flows.export_list(self._around.window, self.pane.query)

    def print_list(self) -> None:
        """Preview what the list shows as a printed register."""
        self._around.flows.print_list(self._around.window, self.pane.query)

    def toggle_bin(self) -> None:
        """Show what is in the bin, or leave it."""
        self.pane.show_bin(not self.pane.in_bin.isChecked())

    def _list_menu(self) -> None:
        menu = named(QMenu(self), self.pane.menu.accessibleName())
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        bring = menu.addAction(translate("list", "Import from a file…"), self.import_file)
        bring.setEnabled(not self._refusal)
        bring.setToolTip(self._refusal)
        menu.addAction(translate("list", "Export this list…"), self.export_list)
        menu.addAction(translate("list", "Print this list…"), self.print_list)
        menu.addSeparator()
        words = translate("list", "Leave the bin") if self.pane.in_bin.isChecked() else translate(
            "list", "Show the bin")  # fmt: skip
        menu.addAction(words, self.toggle_bin)
        menu.popup(self.pane.menu.mapToGlobal(self.pane.menu.rect().bottomLeft()))

    def _row_menu(self, menu: QMenu) -> None:
        if self.pane.query.bin:
            menu.addAction(translate("list", "Restore"), self.restore_selected)
        else:
            menu.addAction(translate("list", "Open"), self.pane.view._open)
            menu.addAction(translate("list", "Delete (goes to the bin)"), self.bin_selected)
        menu.addAction(translate("list", "Erase for good…"), self.erase_selected)
        menu.addAction(translate("list", "Copy rows"), self.pane.view.copy)

    # -- room --------------------------------------------------------------------------------

    def _counted(self, count: int) -> None:
        empty = count == 0 and not self.pane.narrowed and not self._open
        if empty and self._stack.count() == 1:
            self._stack.addWidget(self._empty())
            self._rule_empty()
        self._stack.setCurrentIndex(1 if empty else 0)
        self.primary_changed.emit()

    @property
    def is_empty(self) -> bool:
        """True while the page teaches instead of listing."""
        return self._stack.currentIndex() == 1

    def _lay(self) -> None:
        """Beside each other where there is room, else the record in place of the list."""
        shown = self._open
        narrow = self.width() < theme().px(NARROW)
        self.pane.setVisible(not (shown and narrow))
        self.pane.view.set_two_lines(shown or narrow)
        self.pane.setMinimumWidth(0 if narrow or not shown else theme().px(240))
        if shown and not narrow and self.width() > 0:
            left = max(theme().px(250), min(self.width() * 33 // 100, theme().px(340)))
            if self._split.sizes()[0] > self.width() // 2 or not self._laid:
                self._split.setSizes([left, self.width() - left])
        self._laid = shown and not narrow

    _laid = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape and self._open:
            self.close_record()
        elif event.key() == Qt.Key.Key_Escape and self.pane.narrowed:
            self.pane.search.clear()
            self.pane.filters.clear_all()
            self.pane.show_bin(False)
        else:
            super().keyPressEvent(event)
