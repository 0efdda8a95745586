"""An open record: its head, its form, its parts, its files and who changed it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QMenu, QStackedWidget, QVBoxLayout, QWidget

from db.changes import Applied, Bin
from db.errors import Erased, NotFound
from db.reader import Reader
from db.record import Record
from engage_desktop.readings import is_confidential
from ui.dialogs import field_copy
from ui.form.context import Context
from ui.form.history import ChoicePanel
from ui.pages.put_back import put_back
from ui.pages.record_head import RecordHead
from ui.pages.record_parts import KindTabs, Loaded, linked_kinds, load
from ui.table.values import title_shown
from ui.widgets.banners import Banner
from ui.widgets.base import clear, look, named, spaced
from ui.widgets.cards import Stat
from ui.widgets.refused import refused
from ui.words import kind_words, lower_first, translate

if TYPE_CHECKING:
    from ui.pages.erased import ErasedNote

SLICE_S = 0.02
"""How long at a time a form is built, in seconds, before the window answers again."""


class RecordView(QWidget):
    """`closed` when Esc or the arrow is pressed; `binned(kind, id, title)` after Delete."""

    closed = Signal()
    binned = Signal(str, str, str)
    saved = Signal(str)
    missing = Signal()

    def __init__(
        self,
        context: Context,
        *,
        today: Callable[[], dt.date],
        handout: Callable[[str], None] | None = None,
        erase: Callable[[str, str], None] | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._context, self._today, self._handout = context, today, handout
        self._erase = erase
        look(named(self, translate("record", "Open record")), "page")
        self.setAcceptDrops(True)
        self._kinds: dict[str, KindTabs] = {}
        self.current: KindTabs | None = None
        self._record: Record | None = None
        self._hidden = False
        self._erased: ErasedNote | None = None
        self.asked = ("", "")
        self._part = self._part_kind = ""
        self._focus = False
        self._then: Callable[[], None] | None = None
        self._builder = QTimer(self)
        self._builder.setSingleShot(True)
        self._builder.setInterval(0)
        self._builder.timeout.connect(self._build_some)
        outer = QVBoxLayout(self)
        spaced(outer, (20, 14, 12, 0), 8)
        self.head = RecordHead(context)
        self.head.back.clicked.connect(self.closed)
        self.head.save.clicked.connect(self.save)
        self.head.make.clicked.connect(self._make_handout)
        self.head.more.clicked.connect(self._show_menu)
        outer.addWidget(self.head)
        self.choices = ChoicePanel(context)
        self._warning = Banner("bad")
        self._bin_banner = Banner("warning", translate("record", "This is in the bin."))
        self._bin_banner.add_button(translate("record", "Restore"), self.restore)
        self._refusal = ""
        self._refused = Banner("info", translate("record", "You can read this, not change it."))
        self._draft = Banner(
            "info", translate("record", "You typed this and have not saved it."), ""
        )
        self._draft.add_button(translate("record", "Save"), self.save)
        self._draft.add_button(translate("record", "Throw away"), self.discard, "quiet")
        for banner in (self.choices, self._warning, self._bin_banner, self._refused, self._draft):
            outer.addWidget(banner)
            banner.hide()
        self._stack = QStackedWidget()
        outer.addWidget(self._stack, 1)

    # -- opening -----------------------------------------------------------------------------

    @property
    def place(self) -> tuple[str, str]:
        """Kind and id of what is open; empty when nothing is."""
        if self.current is None:
            return "", ""
        return self.current.kind.meta.name, self.current.form.record_id

    def show_record(
        self, kind: str, record_id: str, *, part: str = "", part_kind: str = "",
        focus: bool = False,
    ) -> None:  # fmt: skip
        """Open a record; `part` names a record among its parts to open with it."""
        self._part, self._part_kind, self._focus = part, part_kind, focus
        self._ask(kind, record_id, self._came)

    def _ask(self, kind: str, record_id: str, done: Callable[[Loaded], None]) -> None:
        self.asked = (kind, record_id)
        workspace, today = self._context.workspace, self._today()
        readings = self._context.readings
        opened = self._opened(kind, record_id)

        def job(reader: Reader) -> Loaded:
            loaded = load(workspace.store, reader, kind, record_id, today, opened)
            parts = [(name, part.id) for name, all_ in loaded.children.items() for part in all_]
            linked = [(reader.kind_of(each), each) for each in loaded.titles]
            readings.note([(kind, record_id), *parts, *linked], "opened")
            return loaded

        self._context.tasks.read(job, done, self._lost, key=self)

    def _opened(self, kind: str, record_id: str) -> frozenset[str]:
        """The kinds of confidential parts to be read: that of the part asked for, or in view."""
        current = self.current
        part = current.part_in_view if current and self.place == (kind, record_id) else ""
        wanted = {part, self._part_kind} & set(self._context.registry.names())
        return frozenset(wanted)

    def _part_chosen(self) -> None:
        """Parts that are confidential are read when their tab is opened, and not before."""
        kind = self.sender().parentWidget().parentWidget()
        if kind is self.current and is_confidential(self._context.registry, kind.part_in_view):
            self.refresh()

    def _lost(self, error: BaseException) -> None:
        if isinstance(error, Erased):
            self._show_erased()
        elif isinstance(error, NotFound):
            self.missing.emit()
        else:
            words = translate("record", "A fault in the program stopped this record from opening.")
            self._context.say(getattr(error, "sentence", words))

    def _show_erased(self) -> None:
        """Nothing of it stays here, not even in a form out of sight; say who erased it, and why."""
        name, record_id = self.asked
        gone = self._kinds.pop(name, None)
        if gone is not None:
            if gone.form.record_id == record_id:
                gone.form.discard()
            self._stack.removeWidget(gone)
            gone.deleteLater()
        self.current = self._record = self._then = None
        self._builder.stop()
        self.head.only_title(translate("record", "Erased for good"))
        for widget in (self.choices, self._warning, self._bin_banner, self._draft):
            widget.hide()
        if self._erased is None:
            from ui.pages.erased import ErasedNote

            self._erased = ErasedNote(self._context)
            self._stack.addWidget(self._erased)
        self._stack.setCurrentWidget(self._erased)
        self._erased.show_for(name, record_id)

    def _came(self, loaded: Loaded) -> None:
        self._when_built(type(loaded.record), partial(self._show_loaded, loaded))

    def _when_built(self, kind: type[Record], then: Callable[[], None]) -> None:
        """Do it at once, or when the form of that kind has been made, a few fields at a time."""
        made = self._take(kind)
        self._then = then
        if made.form.built:
            self._builder.stop()
            then()
        else:
            self._builder.start()

    def _build_some(self) -> None:
        if self.current is None or self._then is None:
            return
        if self.current.form.build(SLICE_S):
            self._then()
        else:
            self._builder.start()

    def _show_loaded(self, loaded: Loaded) -> None:
        kind = self._take(type(loaded.record))
        tab = kind.bar.currentIndex()
        drafted = kind.form.load(loaded.record)
        self._fill(loaded)
        self._draft.setVisible(drafted)
        names = list(kind.children_panels)
        owner = next(
            (n for n in names if any(c.id == self._part for c in loaded.children[n])), None
        )
        if owner is not None:
            kind.bar.setCurrentIndex(kind.tab_of(owner))
            if self._focus:
                kind.children_panels[owner].edit(self._part)
        elif (
            tab > len(names)
            or self._part
            or tab in kind.tabs.empty
            or is_confidential(self._context.registry, kind.part_in_view)
        ):
            kind.bar.setCurrentIndex(0)
        kind.tabs.lay()
        self._part_kind = ""
        if self._focus and owner is None:
            kind.bar.setCurrentIndex(0)
            kind.form.go_to_start()

    def begin(self, kind: type[Record], defaults: Mapping[str, Any] | None = None) -> None:
        """Start a new record, or take up the one that was begun."""
        self._when_built(kind, partial(self._begin, kind, dict(defaults or {})))

    def _begin(self, kind: type[Record], defaults: Mapping[str, Any]) -> None:
        made = self._take(kind)
        self._record = None
        drafted = made.form.begin(self._context.workspace.store.new_id(), defaults)
        what = kind_words(kind.meta.label, kind.meta.plural)
        self.head.only_title(translate("record", "New {what}").format(what=what))
        for widget in (self.choices, self._warning, self._bin_banner):
            widget.hide()
        made.show_new()
        if made.own is not None:
            made.own.details.hide()
        clear(made.stats)
        self._draft.setVisible(drafted)
        self._show_state()
        made.form.go_to_start()

    def _take(self, kind: type[Record]) -> KindTabs:
        name = kind.meta.name
        if name not in self._kinds:
            made = KindTabs(kind, self._context)
            made.form.saved.connect(self._form_saved)
            made.form.dirty_changed.connect(self._show_state)
            for panel in made.children_panels.values():
                panel.changed.connect(self.refresh)
            made.files.changed.connect(self.refresh)
            made.bar.currentChanged.connect(self._part_chosen)
            made.set_hidden(self._hidden)
            self._kinds[name] = made
            self._stack.addWidget(made)
        self.current = self._kinds[name]
        self._stack.setCurrentWidget(self.current)
        return self.current

    def _fill(self, loaded: Loaded) -> None:
        kind = self.current
        assert kind is not None
        self._record = loaded.record
        self._show_title()
        made = loaded.facts
        self.head.show_facts(made)
        self._warning.setVisible(made.warning is not None)
        if made.warning:
            self._warning.show_as("bad", *made.warning)
        self.head.more.show()
        self.head.watch.show_for(*self.place, on=loaded.watched)
        self.head.make.setVisible(
            self._handout is not None and "easy_read_line" in kind.children_panels
        )
        self._bin_banner.setVisible(loaded.in_bin)
        self._refuse(loaded.refusal)
        read_only = loaded.in_bin or bool(loaded.refusal)
        self.choices.show_conflicts(
            kind.kind, loaded.conflicts, loaded.titles, refusal=loaded.refusal
        )
        clear(kind.stats)
        for label, number, rest in made.stats:
            kind.stats.addWidget(Stat(label, number, rest), 1)
        for name, panel in kind.children_panels.items():
            panel.show_children(
                loaded.record.id, loaded.children[name], loaded.titles, read_only=read_only,
                refused=loaded.parts_refused, marks=loaded.marks, covered=loaded.covered,
                files=loaded.part_files,
            )  # fmt: skip
        if kind.own is not None:
            kind.own.details.show()
            kind.own.show_for(loaded, read_only=read_only)
        kind.show_counts(loaded)
        kind.files.show_files(loaded.record, loaded.files, read_only=read_only,
                              refused=loaded.parts_refused)  # fmt: skip
        kind.history.show_history(kind.kind, loaded.history, loaded.titles)
        self._show_state()

    def _refuse(self, why: str) -> None:
        """What this officer's role does not allow is not offered, and it is said why."""
        self._refusal = why
        if self.current is not None:
            self.current.form.setEnabled(not why)
        self._refused.setVisible(bool(why))
        if why:
            words = translate("record", "You can read this, not change it.")
            self._refused.show_as("info", words, why)

    def _show_title(self) -> None:
        if self._record is None or self.current is None:
            return
        title = self._record.title or translate("record", "No title")
        title = title_shown(self.current.kind, " ".join(title.split()), hidden=self._hidden)
        self.head.show_title(title)

    def _show_state(self) -> None:
        kind = self.current
        dirty = kind is not None and kind.form.dirty
        new = kind is not None and kind.form.is_new
        words = translate("record", "Typing kept as a draft") if dirty else ""
        if not dirty and not new:
            words = translate("record", "Saved")
        self.head.show_state(words, unsaved=dirty or new)
        if not dirty:
            self._draft.hide()

    # -- after a change ----------------------------------------------------------------------

    def heard(self, applied: Applied) -> None:
        """Something changed in the store: show it, without touching what is being typed."""
        name, record_id = self.place
        if not record_id or self.current is None or self.current.form.is_new:
            return
        kinds = {name, "attachment", *self.current.children_panels}
        linked = {s.target for s in self.current.kind.specs().values() if s.target}
        near = any(item.id == record_id for item in applied.touched)
        if near or applied.kinds & (kinds | linked):
            own = applied.initiator is self.current.form
            self._ask(name, record_id, self._again if own else self._again_whole)

    def refresh(self) -> None:
        """Load the record again; what is being typed stays."""
        name, record_id = self.place
        if record_id and self.current is not None and not self.current.form.is_new:
            self._ask(name, record_id, self._again)

    def _again(self, loaded: Loaded) -> None:
        if loaded.record.id == self.place[1]:
            self._fill(loaded)

    def _again_whole(self, loaded: Loaded) -> None:
        if self.current is not None and loaded.record.id == self.place[1]:
            if not self.current.form.dirty:
                self.current.form.load(loaded.record)
            self._fill(loaded)

    # -- keeping -----------------------------------------------------------------------------

    def save(self) -> bool:
        """Save what is typed. False when something must be put right; the draft is kept."""
        if self.current is None:
            return True
        children = [panel.save() for panel in self.current.children_panels.values()]
        if self.current.form.dirty and not self.current.form.save():
            self.current.bar.setCurrentIndex(0)
            return False
        return all(children)

    def discard(self) -> None:
        """Throw away what is typed and not saved."""
        if self.current is not None:
            new = self.current.form.is_new
            self.current.form.discard()
            self._show_state()
            if new:
                self.closed.emit()

    # -- files from outside ------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self._dropped(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        names, own = self._dropped(event), self.current.own if self.current else None
        if names and own is not None and self.save():
            event.acceptProposedAction()
            own.take(names)

    def _dropped(self, event: QDropEvent) -> list[str]:
        """The files of a drop, where this record can do something with all of them."""
        names = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        current = self.current
        if current is None or current.own is None or current.form.is_new or self._refusal:
            return []
        in_bin = self._bin_banner.isVisibleTo(self)
        return names if not in_bin and current.own.takes(names) else []

    def _form_saved(self, record_id: str) -> None:
        self._context.say(translate("record", "Saved"))
        self.saved.emit(record_id)
        if record_id == self.place[1]:
            self.refresh()

    def delete(self) -> None:
        """Move the open record to the bin."""
        name, record_id = self.place
        if record_id and self._record is not None:
            kind = self._context.registry[name]
            title = title_shown(kind, self._record.title, hidden=self._hidden)
            words = translate("record", "Delete {what}").format(what=lower_first(kind.meta.label))
            self._context.apply([Bin(name, record_id)], words)
            self.binned.emit(name, record_id, title)

    def erase_for_good(self) -> None:
        """Ask what of the open record is to be erased, and why."""
        name, record_id = self.place
        if self._erase is not None and record_id and self._record is not None and self.save():
            self._context.tasks.flush()
            self._erase(name, record_id)

    def restore(self) -> None:
        """Take the open record out of the bin."""
        name, record_id = self.place
        if not record_id or self._record is None:
            return
        label = lower_first(self._context.registry[name].meta.label)
        words = translate("record", "Restore {what}").format(what=label)
        put_back(self._context, name, [record_id], words)

    def set_hidden(self, hidden: bool) -> None:
        """Cover names and sensitive fields, or show them."""
        self._hidden = hidden
        for kind in self._kinds.values():
            kind.set_hidden(hidden)
        self._show_title()

    def _make_handout(self) -> None:
        if self._handout is not None and self.save():
            self._context.tasks.flush()
            self._handout(self.place[1])

    def _show_menu(self) -> None:
        self._menu().popup(self.head.more.mapToGlobal(self.head.more.rect().bottomLeft()))

    def _menu(self) -> QMenu:
        menu = named(QMenu(self), translate("record", "More"))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        in_bin = self._bin_banner.isVisible()
        if in_bin:
            self._offered(menu.addAction(translate("record", "Restore"), self.restore))
        else:
            for kind, field, words in linked_kinds(self._context.registry, self.place[0]):
                action = menu.addAction(words, self._begin_linked)
                action.setData((kind, field))
                refused(action, self._context.rights.adding(kind))
            field_copy.offer(menu, self._context, *self.place)
            menu.addSeparator()
            words = translate("record", "Delete (goes to the bin)")
            self._offered(menu.addAction(words, self.delete))
        if self._erase is not None and self.place[0] != "erasure":
            self._offered(
                menu.addAction(translate("record", "Erase for good…"), self.erase_for_good)
            )
        if self.current is not None:
            words = (
                translate("record", "Watch no more")
                if self.head.watch.isChecked()
                else (translate("record", "Watch"))
            )
            menu.addAction(words, self.head.watch.click)
            menu.addAction(translate("record", "Who changed what"), self._show_history)
        return menu

    def _offered(self, action: QAction) -> None:
        refused(action, self._refusal)

    def _begin_linked(self) -> None:
        kind, field = self.sender().data()
        if self.save():
            self._context.begin_record(kind, {field: self.place[1]})

    def _show_history(self) -> None:
        if self.current is not None:
            self.current.bar.setCurrentIndex(self.current.bar.count() - 1)
            self.current.bar.setFocus(Qt.FocusReason.OtherFocusReason)
