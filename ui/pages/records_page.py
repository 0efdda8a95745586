"""The page of one kind: search, filters and list on the left, the open record beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QSplitter,
    QStackedWidget,
    QWidget,
)

from db.changes import Applied, Bin, Change
from db.reader import Reader
from db.record import Record
from engage_desktop.queries.sensitive import with_sensitive
from engage_desktop.rules import CARDS, FEEDBACK, written_by_import
from ui.pages.errands import wish_of
from ui.pages.list_pane import ListPane
from ui.pages.page import Page, Surroundings
from ui.pages.selected import Selected
from ui.theme import theme
from ui.widgets.base import look, named, spaced
from ui.widgets.buttons import Button
from ui.widgets.refused import mute
from ui.words import kind_words, lower_first, translate

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
        self.kind, self.around, self._by_hand = kind, around, by_hand
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
        self._begin: Button | None = None
        self._bring: Button | None = None
        self.selected = Selected(self)
        self._connect()

    def _connect(self) -> None:
        view = self.pane.view
        view.opened.connect(self._open_focused)
        view.moved_to.connect(self._moved)
        view.bin_wanted.connect(self.selected.bin)
        view.menu_wanted.connect(self.selected.row_menu)
        self.pane.menu.clicked.connect(self._list_menu)
        self.pane.model.counted.connect(self._counted)
        self._context.rights.changed.connect(self._show_rights)
        theme().changed.connect(self._lay)

    @property
    def record(self) -> RecordView:
        """What is open beside the list. Made when a record is first opened: a list needs none."""
        if self._record is None:
            from ui.pages.record_view import RecordView

            made = RecordView(
                self._context, today=self.around.today, handout=self._handout,
                erase=self.erase_record, parent=self,
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
        words = translate("list", "Add the first {what}").format(what=label)
        begin = Button(words, "add", "primary")
        begin.clicked.connect(self.run_primary)
        self._begin = begin
        self._bring = bring = Button(translate("list", "Import from a file"), "upload", "secondary")
        bring.clicked.connect(self.import_file)
        icon = {"location": "location_on", "feedback": "rate_review"}.get(meta.icon, meta.icon)
        heading = translate("list", "No {what} yet").format(what=lower_first(meta.plural))
        state = EmptyState(
            icon or "list", heading, self._purpose, begin if self._by_hand else None, bring
        )
        self._nothing = state.note
        return state

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
        self._lay()

    @property
    def _refusal(self) -> str:
        """Why this officer may not add here; "" when they may."""
        return self._context.rights.adding(self.kind.meta.name)

    def _show_rights(self) -> None:
        self._rule_empty()
        self.primary_changed.emit()

    def _rule_empty(self) -> None:
        if self._begin is not None and self._bring is not None:
            mute(self._begin, self._refusal)
            mute(self._bring, self.why_not("import"))
            said = self._refusal or self.why_not("import")
            self._nothing.setText(said)
            self._nothing.setVisible(bool(said))

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
        return kind == self.kind.meta.name or self._is_part(kind)

    def _is_part(self, kind: str) -> bool:
        registry = self._context.registry
        return kind in registry and registry[kind] in registry.parts_of(self.kind.meta.name)

    # -- opening -----------------------------------------------------------------------------

    def open_record(self, kind: str, record_id: str) -> None:
        self.enter()
        if self._save_first():
            self._show(record_id, focus=False, kind=kind)
            if kind == self.kind.meta.name:
                self.pane.view.select_id(record_id)

    def show_errand(self, errand: str) -> None:
        """Themes without an answer, people who want a reply, promises that are overdue."""
        self.enter()
        if wish := wish_of(errand, self.around.today()):
            self.pane.filters.clear_all()
            self.pane.search.clear()
            self.pane.filters.choose(*wish)
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
            self.around.toast(self._refusal)
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

    def _show(self, record_id: str, *, focus: bool, kind: str = "") -> None:
        """`kind` is that of a part, where it is not what this page lists."""
        self.record.show()
        self._lay()
        self._focus = focus
        cls = self._context.registry[kind] if kind else self.kind
        name, links = cls.meta.name, (cls.meta.parent, *cls.meta.also)
        if not cls.meta.parent:
            self._part = ""
            self.record.show_record(name, record_id, focus=focus)
            return

        def job(reader: Reader) -> tuple[str, str, str, str]:
            part = reader.get(name, record_id)
            held = ((link, str(getattr(part, link) or "")) for link in links)
            link, whole = next((each for each in held if each[1]), (links[0], ""))
            return name, record_id, str(cls.specs()[link].target), whole

        self._context.tasks.read(job, self._with_parent, self.record._lost, key=(self, "parent"))

    def _with_parent(self, answer: tuple[str, str, str, str]) -> None:
        """A part opens inside what it belongs to."""
        name, record_id, target, whole = answer
        own = name == self.kind.meta.name
        self._part = record_id if whole and own else ""
        if not whole:
            self.record.show_record(name, record_id, focus=self._focus)
            return
        self.record.show_record(target, whole, part=record_id, part_kind=name, focus=self._focus)
        if not own:
            self.pane.view.select_id(whole)

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

    def why_not(self, act: str) -> str:
        """Why nothing may be imported, restored or erased here; "" when something may."""
        return self.selected.why_not(act)

    def chosen_ids(self) -> list[str]:
        """The records that are selected."""
        return self.pane.view.selected_ids()

    def changes_of_bin(self, ids: list[str]) -> list[Change]:
        """What it takes to move records to the bin."""
        return [Bin(self.kind.meta.name, record_id) for record_id in ids]

    def bin_selected(self) -> None:
        """Move the selected records to the bin."""
        self.selected.bin()

    def restore_selected(self) -> None:
        """Take the selected records out of the bin."""
        self.selected.restore()

    def erase_selected(self) -> None:
        """Erase the open record, or else the one selected, for good."""
        self.selected.erase()

    def put_away(self, ids: list[str]) -> None:
        """Close what is open if it is one of these."""
        if self._shown_id() in ids:
            self.record.hide()
            self._part = ""
            self._lay()

    def _was_binned(self, _kind: str, _record_id: str, title: str) -> None:
        self.record.hide()
        self._part = ""
        self._lay()
        words = translate("list", "“{title}” moved to the bin")
        self.around.toast(words.format(title=title), translate("list", "Undo"), self.undo)

    def undo(self) -> None:
        """Take back what was done last."""
        self.around.go("undo")

    def _was_saved(self, record_id: str) -> None:
        self.pane.view.select_id(record_id)

    def _handout(self, record_id: str) -> None:
        self.around.flows.print_handout(self.around.window, record_id)

    def erase_record(self, kind: str, record_id: str) -> None:
        """Ask what of a record is to be erased for good, and why."""
        self.around.flows.erase(self.around.window, kind, record_id)

    # -- menus -------------------------------------------------------------------------------

    def import_file(self) -> None:
        """Open the import wizard for this kind."""
        if why := self.why_not("import"):
            self.around.toast(why)
        else:
            self.around.flows.import_file(self.around.window, self._file_of)

    @property
    def _file_of(self) -> str:
        """What a file for this list is called among imports."""
        return FEEDBACK if self.kind.meta.name in CARDS else self.kind.meta.name

    @property
    def imported(self) -> tuple[str, ...]:
        """The kinds that a file for this list writes."""
        return written_by_import(self._file_of)

    def export_list(self) -> None:
        """Write what the list shows into a file."""
        self.around.flows.export_list(self.around.window, self.pane.query)

    def print_list(self) -> None:
        """Preview what the list shows as a printed register."""
        self.around.flows.print_list(self.around.window, self.pane.query)

    def list_for_mailing(self) -> None:
        """Ask what for, and write who of the list may be sent it."""
        self.around.flows.list_for_mailing(self.around.window, self.pane.query)

    def print_labels(self) -> None:
        """Preview address labels for what the list shows."""
        self.around.flows.print_labels(self.around.window, self.pane.query)

    def export_all(self) -> None:
        """The same, with rows that reveal something by being there."""
        self.around.flows.export_list(self.around.window, with_sensitive(self.pane.query))

    def print_all(self) -> None:
        """The same on paper."""
        self.around.flows.print_list(self.around.window, with_sensitive(self.pane.query))

    def toggle_bin(self) -> None:
        """Show what is in the bin, or leave it."""
        self.pane.show_bin(not self.pane.in_bin.isChecked())

    def _list_menu(self) -> None:
        menu = self.selected.list_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.pane.menu.mapToGlobal(self.pane.menu.rect().bottomLeft()))

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
