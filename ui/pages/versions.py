"""Two versions: everything that waits for a choice, one after the other, by keys alone.

1, 2, … choose a version, Enter keeps it and goes on to the next; T types another value, S leaves it
for later, U asks the last one again; the arrows move in the list.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QModelIndex, Qt, QTimer
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QWidget

from db.changes import Applied
from db.reader import Reader
from engage_desktop.queries.versions import Undecided
from engage_desktop.rules import may
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync.desk import Choice
from ui.dialogs.parts import button, column
from ui.dialogs.questions import sentence_of
from ui.dialogs.two_versions import Pieces, TwoVersions, pieces_of
from ui.pages.page import Page, Surroundings
from ui.table.undecided import Key, UndecidedList, UndecidedModel
from ui.tasks import Ticket
from ui.theme import theme
from ui.widgets.base import Label, Scroll, clear, look, named, spaced
from ui.widgets.cards import EmptyState
from ui.words import count_words, translate

WIDE = 700
"""From this width on (pixels at 100 % text) the list stands beside the versions."""

SOON_MS = 200


@dataclass(frozen=True)
class _Opened:
    """What is read of one choice; `choice` is None where it was settled meanwhile."""

    key: Key
    choice: Choice | None
    pieces: Pieces
    refusal: str = ""


class VersionsPage(Page):
    """The list on the left, the versions of the one that is chosen beside it."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._around, self._context = around, around.context
        self._tasks = around.context.tasks
        self.card: TwoVersions | None = None
        self._key: Key | None = None
        self._shown: tuple[Undecided, _Opened] | None = None
        self._settled: tuple[Undecided, _Opened] | None = None
        self._keyboard = self._wanted = False
        look(named(self, translate("versions", "Two versions")), "page")
        self.model = UndecidedModel(self._tasks, self)
        self._build()
        self.model.loaded.connect(self._loaded)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self.model.look)
        theme().changed.connect(self._lay)
        self._lay()

    # -- building ------------------------------------------------------------------------------

    def _build(self) -> None:
        self.stack = QStackedWidget()
        column(self).addWidget(self.stack)
        whole = named(QWidget(), translate("versions", "Two versions"))
        row = QHBoxLayout(whole)
        spaced(row, gap=0)
        self._pane = look(named(QWidget(), translate("versions", "What waits")), "pane")
        left = column(self._pane, gap=8, edges=(8, 14, 8, 8))
        self.count = Label("", "strong")
        self.count.setContentsMargins(theme().px(8), 0, 0, 0)
        self.list = UndecidedList(self.model)
        left.addWidget(self.count)
        left.addWidget(self.list, 1)
        self._inner = look(named(QWidget(), translate("versions", "The versions")), "plain")
        box = column(self._inner, gap=14, edges=(22, 18, 22, 22))
        self._place = column()
        box.addLayout(self._place)
        self._hint = Label(
            translate("versions", "Keys: 1 or 2 choose, Enter keeps and goes on, T types another "
                      "value, S leaves it for later, U asks the last one again. Whatever you "
                      "choose goes to everybody."), "small",
        )  # fmt: skip
        box.addWidget(self._hint)
        box.addStretch(1)
        row.addWidget(self._pane)
        row.addWidget(Scroll(self._inner, translate("versions", "The versions")), 1)
        self._empty = EmptyState(
            "check_circle",
            translate("versions", "Nothing to choose"),
            translate("versions", "When two people change the same thing without knowing of each "
                      "other, both versions are kept, and wait here until somebody chooses."),
        )  # fmt: skip
        self.stack.addWidget(self._empty)
        self.stack.addWidget(whole)
        self.list.selectionModel().currentChanged.connect(self._chosen_row)

    def _verbs(self, card: TwoVersions) -> None:
        self.later = button(translate("versions", "Leave for later"), "plain", icon="schedule",
                            pressed=self.put_off)  # fmt: skip
        self.back = button(translate("versions", "Choose the last one again"), "quiet",
                           icon="undo", pressed=self.take_back)  # fmt: skip
        card.foot.add(self.later, self.back)  # first: alone it would be a window of its own
        self.back.setVisible(self._settled is not None)

    # -- the window's side ---------------------------------------------------------------------

    @property
    def primary(self) -> tuple[str, str]:
        """Keep what is chosen."""
        return (translate("versions", "Keep this one"), "check") if self.card else ("", "")

    def run_primary(self) -> None:
        if self.card is not None:
            self.card.keep_chosen()

    def enter(self) -> None:
        self.model.look()

    def take_keyboard(self) -> None:
        """The list; from there numbers and Enter work too."""
        self._wanted = not self.model.items
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)

    def heard(self, applied: Applied) -> None:
        self._soon.start()

    def show_errand(self, errand: str) -> None:
        self.take_keyboard()

    # -- the list ------------------------------------------------------------------------------

    def _loaded(self) -> None:
        total = self.model.total
        fields = count_words(
            total,
            translate("versions", "field has two versions"),
            translate("versions", "fields have two versions"),
        )
        self.count.setText(fields)
        self.stack.setCurrentIndex(1 if self.model.items else 0)
        self.badge_changed.emit(total)
        if not self.model.items:
            self._show(None)
            return
        if self._wanted:
            self.take_keyboard()
        if not self.list.currentIndex().isValid():
            self._go(0)
        else:
            item = self.model.items[self.list.currentIndex().row()]
            if item.key != self._key or self.card is None:
                self._open(item)

    def _go(self, row: int) -> None:
        count = len(self.model.items)
        if count:
            self.list.setCurrentIndex(self.model.index(max(0, min(row, count - 1))))

    def step(self, by: int) -> None:
        """To the next one, or the one before."""
        self._go(self.list.currentIndex().row() + by)

    def _chosen_row(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid() and current.row() < len(self.model.items):
            self._open(self.model.items[current.row()])

    def _open(self, item: Undecided) -> None:
        if item.key == self._key and self.card is not None and self.card.keep.isEnabled():
            return  # what somebody has half chosen stays as it is
        self._key = item.key
        self._keyboard = self._keyboard or self._card_has_keyboard()
        if self._settled is not None and item is self.model.held:
            self._show(self._settled[1])
            return
        self._tasks.read(
            partial(_read, self._context.workspace, item), self._show, self._lost, key=self
        )

    def _card_has_keyboard(self) -> bool:
        here = self.window().focusWidget()
        return self.card is not None and here is not None and self.card.isAncestorOf(here)

    def _lost(self, error: BaseException) -> None:
        self._context.say(sentence_of(error))

    def _show(self, opened: _Opened | None) -> None:
        had = self._keyboard or self._card_has_keyboard()
        self._keyboard = False
        if self._card_has_keyboard():  # a window whose keyboard goes with a widget loses it
            self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        clear(self._place)
        self.card = None
        if opened is None or opened.choice is None:
            self._key = None
            if opened is not None:
                self._soon.start()
        else:
            row = self.model.row_of(opened.key)
            self._shown = (self.model.items[row], opened) if row >= 0 else None
            self.card = TwoVersions(opened.choice, opened.pieces)
            self.card.chosen.connect(self._choose)
            self.card.open_record.connect(self._context.open_record)
            self._verbs(self.card)
            if opened.refusal:
                self.card.refuse(opened.refusal)
            self._place.addWidget(self.card)
            if had and self.isVisible():
                self.card.take_keyboard()
        self.primary_changed.emit()

    # -- choosing ------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Numbers, Enter and letters work wherever nothing is being typed."""
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier or self.card is None:
            super().keyPressEvent(event)
            return
        key = event.key()
        if key == Qt.Key.Key_S:
            self.put_off()
        elif key == Qt.Key.Key_T:
            self.card.type_third()
        elif key == Qt.Key.Key_U:
            self.take_back()
        elif key in (Qt.Key.Key_N, Qt.Key.Key_P):
            self.step(1 if key == Qt.Key.Key_N else -1)
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.card.keep_chosen()
        elif not self.card.pick(key - Qt.Key.Key_0):
            super().keyPressEvent(event)

    def put_off(self) -> None:
        """Leave this one for later, and go on."""
        row = self.list.currentIndex().row()
        if 0 <= row < len(self.model.items):
            self.model.put_off(row)
            self._go((row + 1) % len(self.model.items))

    def take_back(self) -> None:
        """Ask the last one again, with both versions; until then the choice made stands."""
        if self._settled is not None:
            self._keyboard = self.isVisible()
            self._go(self.model.hold(self._settled[0]))
            self._loaded()

    def _choose(self, choice: Choice, value: object) -> None:
        store, conflict = self._context.workspace.store, choice.conflict

        def job(_ticket: Ticket) -> Applied:
            applied: Applied = store.resolve(
                conflict.kind, conflict.id, conflict.slot, value, initiator=self
            )
            return applied

        self._deciding = conflict.id, conflict.slot
        self._keyboard = self._card_has_keyboard()
        self._tasks.write(job, self._kept, self._not_kept)

    def _kept(self, _applied: Applied) -> None:
        if self._shown is not None and self._shown[0].key == self._deciding:
            self._settled = self._shown
        self.model.held = None
        self.model.later.discard(self._deciding)
        row = self.model.row_of(self._deciding)
        if row >= 0:
            self.model.total -= 1
            self.model.drop(row)
            self._go(row)
        self._context.say(translate("versions", "Kept. Your choice goes to everybody."),
                          translate("versions", "Choose again"), self.take_back)  # fmt: skip
        self._loaded()

    def _not_kept(self, error: Exception) -> None:
        if self.card is not None:
            self.card.failed(sentence_of(error))

    # -- room ----------------------------------------------------------------------------------

    def _lay(self) -> None:
        wide = self.width() >= theme().px(WIDE)
        room = theme().px(330) if wide else theme().px(210)
        self._pane.setFixedWidth(min(room, max(1, self.width() * 2 // 5)))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay()


def _read(workspace: Any, item: Undecided, reader: Reader) -> _Opened:
    store, readings = workspace.store, getattr(workspace, "readings", None)
    choice = exchange_desk.choice_of(store, reader, item.kind, item.id, item.slot)
    if choice is not None and readings is not None:
        readings.note([(item.kind, item.id)], "opened")
    why = may(store, reader, item.kind, "edit", item.id) if choice is not None else ""
    return _Opened(item.key, choice, pieces_of(choice) if choice else (), why)
