"""Keying in a shoebox of comment cards: the keyboard only, one row a card, nothing ever lost.

Tab goes on, Enter keeps the card and begins the next, Ctrl+D says the same as above, Up goes back
to correct, Esc leaves. The card being keyed is a draft from its first key.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QWidget

from db.errors import KnownError
from engage_desktop.capture.card import ANSWERS, NOT_ASKED, Card, minutes_left
from engage_desktop.capture.desk import Desk
from ui.capture.batch_fields import AnswerField, TopicField, YesNoField
from ui.capture.batch_table import CardsModel, CardsTable, headings
from ui.capture.tally import Counts, CountsBar
from ui.dialogs.parts import Problem, button, card, column, dress, row
from ui.dialogs.questions import sentence_of
from ui.widgets.base import Label, Rule, look, named
from ui.widgets.pills import Pill
from ui.words import translate

DRAFT_DELAY = 250
LONGEST_PAUSE = 180.0
"""Seconds after which a card says nothing of the pace: the officer was away."""

FIELD_LOOK = """
QLineEdit { border-radius: 0; border: 0; padding: 0 10u; min-height: 20u; background: @surface; }
QLineEdit:focus { background: @surface; }
"""


class BatchEntry(QWidget):
    """One box of cards. `left` is emitted when the officer goes; the draft stays."""

    left = Signal()

    def __init__(
        self, desk: Desk, counts: Counts, *, now: Callable[[], float] = time.monotonic,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        named(look(self, "page"), translate("batch", "Key in cards"))
        self._desk = desk
        self._now = now
        self._began = now()
        self._paces: list[float] = []
        self._loading = False
        self._waiting_card: Card | None = None  # the new card, while an older one is corrected
        self._correcting: int | None = None
        self._draft_timer = QTimer(self)
        self._draft_timer.setSingleShot(True)
        self._draft_timer.setInterval(DRAFT_DELAY)
        self._draft_timer.timeout.connect(self.keep_draft)
        self._make_fields()
        self._build(counts)
        draft = desk.draft()
        if draft is not None:
            self.put(draft)
            self._say(translate("batch", "Taken up where you left off"))
        self._recount()
        QTimer.singleShot(0, self, self.take_keyboard)

    # The card in the row

    @property
    def card(self) -> Card:
        """What stands in the row."""
        return Card(
            fft=self.answer.code,
            themes=self.topic.themes(),
            words=self.comment.text(),
            quote=self.quote.value or NOT_ASKED,
            reply=self.reply.value == "yes",
        )

    def put(self, shown: Card) -> None:
        """Show a card in the row."""
        self._loading = True
        self.answer.put(shown.fft)
        self.topic.put(shown.themes)
        self.comment.setText(shown.words)
        self.quote.put(shown.quote if shown.quote in ("yes", "no") else "")
        self.reply.put("yes" if shown.reply else "")
        self._loading = False

    def take_keyboard(self) -> None:
        """The keyboard goes to the first field that is empty."""
        self.table.key_row(self.table.keyed_row)
        (self.answer if self.answer.code == NOT_ASKED else self.comment).setFocus(
            Qt.FocusReason.OtherFocusReason
        )

    def next_card(self) -> None:
        """Keep this card (or its correction) and go on to the next."""
        shown = self.card
        unknown = self.topic.unknown()
        if unknown:
            self.problem.say(
                translate("batch", "No topic is called “{words}”. The card is not kept yet:"
                          " choose another topic, or leave the field empty.")
                .format(words=unknown[:40])
            )  # fmt: skip
            self.topic.setFocus()
            return
        if shown.is_empty:
            self._say(translate("batch", "This card is still empty. Esc leaves."))
            self.answer.setFocus()
            return
        why = self._desk.refusal()
        if why:
            kept = translate("batch", "What stands in the row stays here as a draft.")
            self.problem.say(f"{why} {kept}")
            self.keep_draft()
            return
        try:
            self._keep(shown)
        except KnownError as error:
            self.problem.say(error.sentence)
            self.keep_draft()
            return
        self.problem.say("")
        self._recount()
        self.answer.setFocus()
        self._say_kept()
        self._desk.send(self._written, self._not_written)

    def _written(self, _answer: object) -> None:
        """The store has what was asked."""
        self._desk.written()
        if not self._desk.troubled:
            self.problem.say("")
        self._say_kept()

    def _not_written(self, error: Exception) -> None:
        """The card is not lost: it comes back to an empty row, or waits for the next one."""
        wait = self._desk.not_written(error)
        free = self._correcting is None and self.card.is_empty
        given = self._desk.give_back(wait) if free else None
        sentence = sentence_of(error)
        if given is not None:
            self.model.shrank()
            self.put(given)
            self.table.key_row(len(self._desk.cards))
        elif self._desk.troubled:
            sentence += " " + translate(
                "batch", "What you keyed is kept apart, and saved with the next card."
            )
        for at in range(len(self._desk.cards)):
            self.model.changed(at)
        self.problem.say(sentence)
        self._recount()
        self._say_kept()

    def _say_kept(self) -> None:
        settled = self._desk.settled
        self._say(translate("batch", "Saved") if settled else translate("batch", "Saving…"))

    def same_as_above(self) -> None:
        """Fill the field that has the keyboard from the card above."""
        above = self.table.keyed_row - 1
        if above < 0:
            return
        before, now = self._desk.cards[above].card, self.card
        field = next((f for f in self.fields if f.hasFocus()), None)
        copied = {
            self.answer: {"fft": before.fft},
            self.topic: {"themes": before.themes},
            self.comment: {"words": before.words},
            self.quote: {"quote": before.quote},
            self.reply: {"reply": before.reply},
        }.get(field)  # type: ignore[arg-type]
        if copied is not None:
            self.put(replace(now, **copied))
            self._touched()

    def leave(self) -> None:
        """Go. What stands in the row is kept as a draft."""
        if self._correcting is not None:
            self._go_to(len(self._desk.cards))
        self.keep_draft()
        self._desk.send(self._written, self._not_written)
        self.left.emit()

    def keep_draft(self) -> None:
        """Keep the new card as it stands."""
        self._draft_timer.stop()
        if self._correcting is not None:
            return
        shown = self.card
        bare = shown.is_bare
        try:
            self._desk.keep_draft(None if bare else shown)
        except KnownError as error:
            self.problem.say(error.sentence)
            return
        if not bare:
            self._say(translate("batch", "Kept as you type"))

    def _keep(self, shown: Card) -> None:
        if self._correcting is not None:
            self._desk.correct(self._correcting, shown)
            self.model.changed(self._correcting)
            self._go_to(len(self._desk.cards))
            return
        self._draft_timer.stop()
        self._desk.keep(shown)
        self._pace()
        self.model.grew()
        self.put(Card())
        self.table.key_row(len(self._desk.cards))

    def _go_to(self, at: int) -> None:
        """Put the fields on a card kept before, or on the new one."""
        last = len(self._desk.cards)
        if not 0 <= at <= last or at == self.table.keyed_row:
            return
        if self._correcting is None:
            self._waiting_card = self.card
        self._correcting = at if at < last else None
        if self._correcting is None:
            self.put(self._waiting_card or Card())
            self._waiting_card = None
            self._say_kept()
        else:
            self.put(self._desk.cards[at].card)
            number = self._desk.hidden + at + 1
            self._say(translate("batch", "Correcting card {number}").format(number=number))
        self.table.key_row(at)

    # Building

    def _make_fields(self) -> None:
        topics = [(topic.id, topic.name) for topic in self._desk.topics]
        _, _, _, comment, quote, reply = headings()
        self.answer = AnswerField()
        self.topic = TopicField(topics)
        self.comment = named(QLineEdit(), comment)
        self.quote = YesNoField(quote)
        self.reply = YesNoField(reply)
        self.fields: list[QWidget] = [
            self.answer, self.topic, self.comment, self.quote, self.reply,
        ]  # fmt: skip
        self.answer.answered.connect(self.topic.setFocus)
        for field in self.fields:
            field.installEventFilter(self)
        for signal in (
            self.answer.changed, self.topic.textChanged, self.comment.textChanged,
            self.quote.changed, self.reply.changed,
        ):  # fmt: skip
            signal.connect(self._touched)

    def _build(self, counts: Counts) -> None:
        page = column(self, gap=12, edges=(22, 16, 22, 18))
        page.addLayout(self._heading())
        self.problem = Problem()
        page.addWidget(self.problem)
        self.counts = CountsBar(counts)
        self.counts.changed.connect(self._recount)
        page.addWidget(self.counts)
        box = dress(card(translate("batch", "Cards")), FIELD_LOOK)
        inside = column(box, gap=0, edges=(1, 1, 1, 1))
        self.model = CardsModel(self._desk, self)
        self.table = CardsTable(self.model, self.fields)
        inside.addWidget(self.table, 1)
        inside.addWidget(Rule())
        keys = Label(
            translate("batch", "Tab next field · Enter next card · Ctrl+D same as above · first"
                      " letters choose · Up correct a card · Esc leave, nothing lost"),
            "small",
        )  # fmt: skip
        keys.setContentsMargins(14, 10, 14, 10)
        inside.addWidget(keys)
        page.addWidget(box, 1)
        self.table.key_row(self.model.rowCount() - 1)

    def _heading(self) -> QHBoxLayout:
        line = row(gap=12)
        line.addWidget(Label(translate("batch", "Key in cards"), "title", wrap=False))
        sitting = self._desk.sitting
        line.addWidget(Pill(sitting.event_title or translate("batch", "Not at an event"),
                            "info", ""))  # fmt: skip
        line.addStretch(1)
        self.state = Label(translate("batch", "Saved"), "muted", wrap=False)
        line.addWidget(self.state)
        self.later = button(translate("batch", "Finish later"), "secondary", pressed=self.leave)
        line.addWidget(self.later)
        return line

    # Keys

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keys that mean the same in every field."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent):
            if event.key() in (Qt.Key.Key_Escape, Qt.Key.Key_D):
                event.accept()
            return False
        if event.type() == QEvent.Type.FocusOut and watched is self.topic:
            self.topic.spell_out()
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        key, held = event.key(), event.modifiers()
        control = held == Qt.KeyboardModifier.ControlModifier
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.next_card()
        elif key == Qt.Key.Key_Escape:
            self._escape()
        elif key == Qt.Key.Key_D and control:
            self.same_as_above()
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            step = -1 if key == Qt.Key.Key_Up else 1
            self._go_to(self.table.keyed_row + step)
        else:
            return False
        return True

    def _escape(self) -> None:
        if self._correcting is not None:
            self._go_to(len(self._desk.cards))
            self.answer.setFocus()
        else:
            self.leave()

    # Saying and counting

    def _say(self, words: str) -> None:
        self.state.setText(words)
        named(self.state, words)

    def _touched(self) -> None:
        if not self._loading:
            self._draft_timer.start()

    def _pace(self) -> None:
        took = self._now() - self._began
        self._began = self._now()
        if 0 < took < LONGEST_PAUSE:
            self._paces.append(took)

    def _recount(self) -> None:
        to_go = max(0, (self.counts.counts.box or 0) - self._desk.count)
        self.counts.show_keyed(
            self._desk.count,
            [(choice.code, choice.label, self._desk.answers[choice.code]) for choice in ANSWERS],
            minutes_left(self._paces, to_go),
        )
