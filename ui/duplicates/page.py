"""The queue of pairs that may be one, the surest first; and the merges that can be taken back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QListWidget,
    QListWidgetItem,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from db.changes import Applied
from db.errors import KnownError
from db.reader import Reader
from engage_desktop.duplicates import KIND, say_distinct
from engage_desktop.merging import merge
from engage_desktop.unmerging import unmerge
from ui.duplicates.panel import MergePanel
from ui.duplicates.reading import Candidate, Comparison, Past, candidates, comparison, past
from ui.pages.page import Page, Surroundings
from ui.tasks import Ticket
from ui.theme import theme
from ui.widgets.banners import ProgressStrip
from ui.widgets.base import Label, Scroll, look, named, spaced
from ui.widgets.buttons import Button
from ui.widgets.cards import EmptyState
from ui.widgets.refused import mute
from ui.words import count_words, translate

K = Qt.Key
SOON_MS = 200
QUEUE = 330
"""Width of the queue, in pixels at 100 %."""


class DuplicatesPage(Page):
    """M makes one of the two, D says they are two, S leaves them, X keeps the other; the arrows
    move in the queue."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._around, self._context = around, around.context
        look(named(self, translate("duplicates", "Duplicates")), "page")
        self.queue: list[Candidate] = []
        self._ticket: Ticket | None = None
        self._looked, self._in_view, self._turned = False, False, False
        outer = QVBoxLayout(self)
        spaced(outer, (16, 12, 12, 0), 8)
        self.strip = ProgressStrip()
        self.strip.cancelled.connect(self._stop)
        self.strip.hide()
        outer.addWidget(self.strip)
        row = QHBoxLayout()
        spaced(row, gap=16)
        row.addWidget(self._left())
        self._stack = QStackedWidget()
        self.panel = MergePanel()
        self.panel.merge.connect(self.make_one)
        self.panel.two.connect(self.are_two)
        self.panel.later.connect(self.leave_it)
        self.panel.swap.connect(self.turn)
        self.panel.see.connect(self._see)
        self._scroll = Scroll(self.panel, translate("duplicates", "Two records side by side"))
        again = Button(translate("duplicates", "Look through the register"), "search", "primary")
        again.clicked.connect(self.look_again)
        self.empty = EmptyState("merge", translate("duplicates", "Nothing to review"), "", again)
        self._stack.addWidget(self.empty)
        self._stack.addWidget(self._scroll)
        row.addWidget(self._stack, 1)
        outer.addLayout(row, 1)
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(SOON_MS)
        self._soon.timeout.connect(self._read_on)
        theme().changed.connect(self._rescale)
        self._say_empty()

    def _left(self) -> QWidget:
        self._side = named(QWidget(), translate("duplicates", "Pairs"))
        box = QVBoxLayout(self._side)
        spaced(box, (0, 0, 0, 12), 8)
        self._count = Label("", "strong")
        self.pairs = named(QListWidget(), translate("duplicates", "Pairs that may be one"))
        self.pairs.setWordWrap(True)
        self.pairs.currentRowChanged.connect(self._show_pair)
        self.pairs.installEventFilter(self)
        self._merged = Label(translate("duplicates", "Made one before"), "strong")
        self.merges = named(QListWidget(), translate("duplicates", "Made one before"))
        self.merges.setWordWrap(True)
        self.back = Button(translate("duplicates", "Make two of them again"), "undo", "secondary")
        self.back.clicked.connect(self.take_back)
        for widget, share in ((self._count, 0), (self.pairs, 3), (self._merged, 0),
                              (self.merges, 1), (self.back, 0)):  # fmt: skip
            box.addWidget(widget, share)
        self._side.setFixedWidth(theme().px(QUEUE))
        return self._side

    def _rescale(self) -> None:
        self._side.setFixedWidth(min(theme().px(QUEUE), max(200, self.width() // 2)))

    # -- looking -----------------------------------------------------------------------------

    @property
    def primary(self) -> tuple[str, str]:
        return translate("duplicates", "Look for duplicates"), "search"

    def run_primary(self) -> None:
        self.look_again()

    @property
    def busy(self) -> bool:
        """True while the register is looked through."""
        return self._ticket is not None

    def look_again(self) -> None:
        """Look through the whole register."""
        if self._ticket is not None:
            return
        self._looked = True
        self.strip.show_progress(translate("duplicates", "Looking for duplicates…"), 0, 0)
        store = self._context.workspace.store
        self._ticket = self._context.tasks.apart(
            partial(candidates, store), self._found, self._not_found, self._far
        )

    def _far(self, how_far: tuple[int, int, str]) -> None:
        words = translate("duplicates", "Looking for duplicates…")
        self.strip.show_progress(words, *how_far[:2])

    def _stop(self) -> None:
        if self._ticket is not None:
            self._ticket.cancel()
            self._done_looking()
            self._say_empty(translate("duplicates", "You stopped it. Nothing was changed."))

    def _done_looking(self) -> None:
        self._ticket = None
        self.strip.finish()

    def _not_found(self, error: BaseException) -> None:
        self._done_looking()
        self._say_empty(_sentence(error))

    def _found(self, found: list[Candidate]) -> None:
        self._done_looking()
        self.queue = found
        self._fill(0)

    def _fill(self, at: int) -> None:
        """The queue, with one line chosen."""
        self.pairs.blockSignals(True)
        self.pairs.clear()
        for one in self.queue:
            words = translate("duplicates", "{one}\n{other}  ·  {percent} %").format(
                one=one.one_title, other=one.other_title, percent=round(one.pair.score * 100)
            )
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.AccessibleTextRole, words.replace("\n", ", "))
            self.pairs.addItem(item)
        self.pairs.blockSignals(False)
        self._count.setText(
            count_words(len(self.queue), translate("duplicates", "pair to review"),
                        translate("duplicates", "pairs to review"))
        )  # fmt: skip
        self.pairs.setCurrentRow(min(at, len(self.queue) - 1))
        self._show_pair(self.pairs.currentRow())

    def _say_empty(self, words: str = "") -> None:
        decided = translate("duplicates", "Every pair that looked like one has been decided.")
        begin = translate(
            "duplicates", "The register is looked through for people and organisations that are in "
            "it twice: by name, e-mail, phone, postcode and organisation. Nothing is merged before "
            "you say so.",
        )  # fmt: skip
        words = words or (decided if self._looked else begin)
        self.empty.say(translate("duplicates", "Nothing to review"), words)
        self._stack.setCurrentWidget(self.empty)

    # -- one pair ----------------------------------------------------------------------------

    @property
    def candidate(self) -> Candidate | None:
        """The pair in view."""
        at = self.pairs.currentRow()
        return self.queue[at] if 0 <= at < len(self.queue) else None

    def _show_pair(self, _row: int) -> None:
        self._turned = False
        self.panel.say("")
        self._compare()

    def _compare(self) -> None:
        one = self.candidate
        if one is None:
            self._say_empty()
            return
        kept, away = one.pair.one, one.pair.other
        if self._turned:
            kept, away = away, kept
        store = self._context.workspace.store

        def job(reader: Reader) -> Comparison:
            return comparison(store, reader, kept, away)

        self._context.tasks.read(job, self._compared, self._not_compared, key=self)

    def _compared(self, shown: Comparison) -> None:
        one = self.candidate
        if one is None or {shown.plan.kept, shown.plan.away} != {one.pair.one, one.pair.other}:
            return
        self.panel.show_comparison(shown, one.pair.reasons, one.pair.score)
        self._stack.setCurrentWidget(self._scroll)

    def _not_compared(self, error: BaseException) -> None:
        """One of the two is not there any more: the pair has settled itself."""
        if isinstance(error, KnownError):
            self._context.say(error.sentence)
        self._drop(lambda one: one is self.candidate)

    def turn(self) -> None:
        """Keep the other one."""
        self._turned = not self._turned
        self._compare()

    def make_one(self) -> None:
        """Merge as chosen."""
        shown = self.panel.shown
        if shown is None or self.candidate is None or not self.panel.do.isEnabled():
            return
        store, chosen = self._context.workspace.store, self.panel.chosen
        self.panel.say("")
        self.panel.do.setEnabled(False)

        def job(_ticket: Ticket) -> Applied:
            return merge(store, shown.plan, chosen, initiator=self)

        self._context.tasks.write(job, self._merged_one, self._failed)

    def _merged_one(self, _applied: Applied) -> None:
        shown = self.panel.shown
        self.panel.do.setEnabled(True)
        if shown is None:
            return
        gone = shown.plan.away
        self._context.say(
            translate("duplicates", "Made one: “{title}”").format(title=shown.plan.kept_title)
        )
        self._drop(lambda one: gone in (one.pair.one, one.pair.other))
        self._read_past()

    def are_two(self) -> None:
        """Remember that they are two."""
        one = self.candidate
        if one is None:
            return
        store, pair = self._context.workspace.store, one.pair

        def job(_ticket: Ticket) -> Applied:
            return say_distinct(store, pair.one, pair.other, initiator=self)

        self._context.tasks.write(job, self._said_two, self._failed)

    def _said_two(self, _applied: Applied) -> None:
        self._context.say(translate("duplicates", "They are two, and are not offered again"))
        decided = self.candidate
        self._drop(lambda one: one is decided)

    def leave_it(self) -> None:
        """On to the next; this one stays in the queue."""
        if self.queue:
            self.pairs.setCurrentRow((self.pairs.currentRow() + 1) % len(self.queue))

    def _drop(self, decided: Callable[[Candidate], bool]) -> None:
        at = self.pairs.currentRow()
        before = sum(decided(one) for one in self.queue[:at])
        self.queue = [one for one in self.queue if not decided(one)]
        self._fill(max(0, at - before))

    def _failed(self, error: BaseException) -> None:
        self.panel.do.setEnabled(True)
        self.panel.say(_sentence(error))
        self._compare_soon(error)

    def _compare_soon(self, error: BaseException) -> None:
        if getattr(error, "code", "") == "changed":
            self._compare()

    def _see(self, record_id: str) -> None:
        self._context.open_record(KIND, record_id)

    # -- merges that stand -------------------------------------------------------------------

    def _read_past(self) -> None:
        self._context.tasks.read(past, self._show_past, key=(self, "past"))

    def _show_past(self, found: list[Past]) -> None:
        self.merges.clear()
        for one in found:
            words = translate("duplicates", "{kept}, with {away}  ·  {day}").format(
                kept=one.kept_title, away=one.away_title, day=one.merged_on
            )
            item = QListWidgetItem(words)
            item.setData(Qt.ItemDataRole.UserRole, one.id)
            item.setToolTip(one.officer)
            self.merges.addItem(item)
        for widget in (self._merged, self.merges, self.back):
            widget.setVisible(bool(found))
        if found:
            self.merges.setCurrentRow(0)
        mute(self.back, self._context.rights.changing(KIND))

    def take_back(self) -> None:
        """Make two of the chosen ones again."""
        item = self.merges.currentItem()
        if item is None:
            return
        store, merging = self._context.workspace.store, item.data(Qt.ItemDataRole.UserRole)

        def job(_ticket: Ticket) -> Applied:
            return unmerge(store, merging, initiator=self)

        self._context.tasks.write(job, self._taken_back, self._not_taken_back)

    def _taken_back(self, _applied: Applied) -> None:
        self._context.say(translate("duplicates", "They are two again"))
        self._read_past()

    def _not_taken_back(self, error: BaseException) -> None:
        self._context.say(_sentence(error))

    # -- as a page ---------------------------------------------------------------------------

    def eventFilter(self, watched: Any, event: Any) -> bool:
        """The letters decide, from the queue."""
        acts = {K.Key_M: self.make_one, K.Key_D: self.are_two, K.Key_S: self.leave_it,
                K.Key_X: self.turn, K.Key_Return: self._into, K.Key_Enter: self._into}  # fmt: skip
        if (
            watched is self.pairs
            and isinstance(event, QKeyEvent)
            and (event.type() == QKeyEvent.Type.KeyPress and not event.modifiers())
        ):
            act = acts.get(K(event.key()))
            if act is not None:
                act()
                return True
        return super().eventFilter(watched, event)

    def _into(self) -> None:
        """The keyboard goes to the two records."""
        self.panel.do.setFocus(Qt.FocusReason.TabFocusReason)

    def enter(self) -> None:
        self._in_view = True
        self._read_past()
        if not self._looked:
            self.look_again()

    def leave(self) -> bool:
        self._in_view = False
        self._soon.stop()
        return True

    def take_keyboard(self) -> None:
        self.pairs.setFocus(Qt.FocusReason.TabFocusReason)

    def show_errand(self, errand: str) -> None:
        self.take_keyboard()

    def heard(self, applied: Applied) -> None:
        if applied.initiator is self or not applied.kinds & {KIND, "merging", "distinct"}:
            return
        if self._in_view:
            self._soon.start()

    def _read_on(self) -> None:
        """Somebody changed something: the pair in view is read again, the queue when asked."""
        self._read_past()
        if self.candidate is not None:
            self._compare()


def _sentence(error: BaseException) -> str:
    if isinstance(error, KnownError):
        return error.sentence
    return translate("duplicates", "A fault in the program stopped this. Nothing was changed.")


__all__ = ["DuplicatesPage"]
