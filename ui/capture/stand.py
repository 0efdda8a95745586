"""The stand: one person at a time, in gloves, in the sun, with a queue.

Keys away from the words: 1 to 6 answer, T then 1 to 9 topics, W words, Q may quote, R would like
to hear. Alt with the same keys works inside the words. Ctrl+Enter keeps the card and begins the
next person. What is typed is kept as a draft from the first letter.
"""

from __future__ import annotations

from itertools import pairwise

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from db.errors import KnownError
from engage_desktop.capture.card import NOT_ASKED, Card, Sitting
from engage_desktop.capture.desk import Desk
from engage_desktop.capture.waiting import BACK, KEEP
from ui.capture.stand_keys import StandKeys
from ui.capture.stand_tiles import Answers, Topics
from ui.capture.tiles import BigTick
from ui.dialogs.parts import Problem, button, column, dress, row
from ui.dialogs.questions import sentence_of
from ui.widgets.base import Label, Scroll, look, named
from ui.widgets.flow import FlowRow
from ui.widgets.pills import Pill
from ui.widgets.refused import mute
from ui.words import translate

DRAFT_DELAY = 250
"""Milliseconds of stillness after which what is on the screen is kept as a draft."""


WORDS_LOOK = "QPlainTextEdit { font-size: @size_number; padding: 10u 12u; min-height: 96u; }"
NEXT_LOOK = "QPushButton { font-size: @size_number; padding: 12u 26u; min-height: 30u; }"


class Stand(QDialog):
    """A whole window for one stand. `finished` as every dialog; the draft outlives it."""

    card_kept = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self._desk = desk
        self._sitting: Sitting = desk.sitting
        self._loading = False
        self._keys = StandKeys(self)
        named(self, translate("stand", "Feedback at a stand"))
        self.setWindowTitle(translate("stand", "Feedback at a stand"))
        self.setWindowModality(Qt.WindowModality.ApplicationModal)
        self._draft_timer = QTimer(self)
        self._draft_timer.setSingleShot(True)
        self._draft_timer.setInterval(DRAFT_DELAY)
        self._draft_timer.timeout.connect(self.keep_draft)
        self._build()
        self._take_up_draft()
        self._count()
        self._is_refused()
        self.answer_group.first().setFocus()

    # What is on the screen

    @property
    def card(self) -> Card:
        """What has been put in so far."""
        return Card(
            fft=self.answer_group.code,
            themes=self.topic_group.chosen,
            words=self.words.toPlainText(),
            quote="yes" if self.quote.isChecked() else NOT_ASKED,
            reply=self.reply.isChecked(),
        )

    def put(self, card: Card) -> None:
        """Show a card."""
        self._loading = True
        self.answer_group.put(card.fft)
        self.topic_group.put(card.themes)
        self.words.setPlainText(card.words)
        self.quote.setChecked(card.quote == "yes")
        self.reply.setChecked(card.reply)
        self._loading = False

    def next_person(self) -> None:
        """Keep this card and begin the next. An empty one is not kept."""
        card = self.card
        if card.is_empty:
            self.say_state(translate("stand", "Nothing to keep yet: choose an answer or type."))
            self.answer_group.first().setFocus()
            return
        self._draft_timer.stop()
        if self._is_refused():
            self.keep_draft()
            return
        try:
            self._desk.keep(card)
        except KnownError as error:
            self.problem.say(error.sentence)
            self.keep_draft()
            return
        self.problem.say("")
        self._draft_timer.stop()
        self.put(Card())
        self.take_back.setVisible(self._desk.can_take_back)
        self.answer_group.first().setFocus()
        self.scroll.ensureVisible(0, 0)
        self._count()
        self._desk.send(self._written, self._not_written)

    def _is_refused(self) -> bool:
        """Does the officer's role allow no more cards? It is said why; the card stays a draft."""
        why = self._desk.refusal()
        mute(self.next, why)
        if why:
            kept = translate("stand", "What is on the screen stays here as a draft.")
            self.problem.say(f"{why} {kept}")
        return bool(why)

    def undo_last(self) -> None:
        """Take the last card out of the store, and put it back on the screen once it is out."""
        try:
            asked = self._desk.take_back()
        except KnownError as error:
            self.problem.say(error.sentence)
            return
        self.take_back.setVisible(False)
        self.answer_group.first().setFocus()
        if asked:
            self.say_state(translate("stand", "Taking back the last card…"))
            self._desk.send(self._written, self._not_written)

    def _written(self, _answer: object) -> None:
        """The store has what was asked."""
        wait = self._desk.written()
        if wait.what == BACK:
            if self.card.is_empty:
                self.put(wait.card)
            if self.keep_draft():
                self._desk.on_screen(wait)
        elif wait.what == KEEP:
            self.card_kept.emit(wait)
        if not self._desk.troubled:
            self.problem.say("")
        self.take_back.setVisible(self._desk.can_take_back)
        self._count()

    def _not_written(self, error: Exception) -> None:
        """The card is not lost: it comes back to an empty screen, or waits for the next one."""
        wait = self._desk.not_written(error)
        sentence = sentence_of(error)
        if wait.what == KEEP:
            card = self._desk.give_back(wait) if self.card.is_empty else None
            if card is not None:
                self.put(card)
            else:
                sentence += " " + translate(
                    "stand", "The card before is kept apart, and saved with the next one."
                )
        self.problem.say(sentence)
        self.take_back.setVisible(self._desk.can_take_back)
        self._count()

    def keep_draft(self) -> bool:
        """Keep what is on the screen, so that a crash loses nothing. False if it could not be."""
        card = self.card
        empty = card.is_bare
        try:
            self._desk.keep_draft(None if empty else card)
        except KnownError as error:
            self.problem.say(error.sentence)
            return False
        if not empty:
            self.say_state(translate("stand", "Kept as you type"))
        return True

    def reject(self) -> None:
        """Finish. What is on the screen stays as a draft for the next time."""
        self.keep_draft()
        self._desk.send(self._written, self._not_written)
        super().reject()

    # Building

    def _build(self) -> None:
        outer = column(self, gap=0, edges=(0, 0, 0, 0))
        inside = look(named(QWidget(), translate("stand", "This person")), "plain")
        page = column(inside, gap=10, edges=(40, 4, 40, 8))
        self._build_answers(page)
        self._build_topics(page)
        self._build_words(page)
        self.scroll = Scroll(inside, translate("stand", "This person"))
        self.problem = Problem()
        foot_of_problem = column(edges=(40, 0, 40, 0))
        foot_of_problem.addWidget(self.problem)
        outer.addWidget(self._top_bar())
        outer.addLayout(foot_of_problem)
        outer.addWidget(self.scroll, 1)
        outer.addWidget(self._foot())
        self._order_tabs()
        look(self, "surface")

    def _top_bar(self) -> QWidget:
        bar = named(QWidget(), translate("stand", "This stand"))
        layout = row(bar, gap=12, edges=(40, 18, 32, 6))
        left = FlowRow(translate("stand", "This stand"), 12)
        self.event_pill = Pill(
            self._sitting.event_title or translate("stand", "Not at an event"), "info", ""
        )
        self.state = Label("", "muted", wrap=False)
        self.take_back = button(
            translate("stand", "Take back the last card"), "link", pressed=self.undo_last
        )
        self.take_back.setVisible(False)
        here = Pill(translate("stand", "All kept on this laptop"), "good", "save")
        self.finish = button(
            translate("stand", "Finish"), "quiet", icon="logout", pressed=self.reject
        )
        left.add(self.event_pill, self.state, self.take_back)
        layout.addWidget(left, 1)
        layout.addWidget(here)
        layout.addWidget(self.finish)
        return bar

    def _build_answers(self, page: QVBoxLayout) -> None:
        question = Label(self._sitting.question, "title")
        asked = self._sitting.question
        if self._sitting.service:
            page.addWidget(Label(self._sitting.service, "muted"))
            asked = f"{self._sitting.service}. {asked}"
        page.addWidget(question)
        self.answer_group = Answers(asked, self._keys)
        self.answer_group.changed.connect(self._touched)
        page.addWidget(self.answer_group)

    def _build_topics(self, page: QVBoxLayout) -> None:
        page.addWidget(Label(translate("stand", "What about?"), "heading"))
        self.topic_group = Topics(self._desk.topics, self._keys)
        self.topic_group.changed.connect(self._touched)
        self.topic_group.grew.connect(self._order_tabs)
        page.addWidget(self.topic_group)

    def _build_words(self, page: QVBoxLayout) -> None:
        title = translate("stand", "In their words")
        page.addWidget(Label(title, "heading"))
        both = row(gap=16)
        self.words = named(QPlainTextEdit(), title)
        self.words.setTabChangesFocus(True)
        dress(self.words, WORDS_LOOK)
        self.words.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.words.textChanged.connect(self._touched)
        self.words.installEventFilter(self._keys)
        asked = column(gap=10)
        self.quote = BigTick(translate("stand", "May we use these words, without a name?"), "Q")
        self.reply = BigTick(translate("stand", "Would they like to hear what we did?"), "R")
        for tick in (self.quote, self.reply):
            tick.toggled.connect(self._touched)
            asked.addWidget(tick)
        asked.addStretch(1)
        both.addWidget(self.words, 5)
        both.addLayout(asked, 2)
        page.addLayout(both, 1)

    def _foot(self) -> QWidget:
        bar = named(QWidget(), translate("stand", "Next"))
        layout = row(bar, gap=16, edges=(40, 8, 40, 20))
        self.keys = Label("", "muted")
        self.next = button(
            translate("stand", "Next person"),
            "primary",
            icon="arrow_forward",
            key="Ctrl+Return",
            pressed=self.next_person,
        )
        self.next.icon_after()
        dress(self.next, NEXT_LOOK)
        layout.addWidget(self.keys, 1)
        layout.addWidget(self.next)
        self.say_keys(topics=False)
        return bar

    def _order_tabs(self) -> None:
        chain: list[QWidget] = [
            *self.answer_group.tiles,
            *self.topic_group.tiles,
            self.words,
            self.quote,
            self.reply,
            self.next,
            self.take_back,
            self.finish,
        ]
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)

    def find_topic(self) -> None:
        """Look for any topic by its letters."""
        self.topic_group.find()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys away from the words."""
        if not self._keys.take(event):
            super().keyPressEvent(event)

    # Saying and keeping

    def say_keys(self, *, topics: bool) -> None:
        """Which keys mean what, where the keyboard is now."""
        among = translate(
            "stand", "Topics: their numbers · W words · A answers · Ctrl+Enter next person"
        )
        away = translate(
            "stand",
            "Keys 1 to 6 answer · T topic · W words · Q may quote · R reply"
            " · Ctrl+Enter next person",
        )
        self.keys.setText(among if topics else away)

    def say_state(self, words: str) -> None:
        """What became of the last card, or what to do."""
        self.state.setText(words)
        named(self.state, words)

    def _count(self) -> None:
        people, waiting = self._desk.count, self._desk.waiting
        if not people:
            self.say_state(translate("stand", "First person"))
            return
        if waiting:
            words = translate("stand", "Person {next} · {kept} saved, {waiting} being saved")
        else:
            words = translate("stand", "Person {next} · {kept} saved")
        self.say_state(words.format(next=people + 1, kept=people - waiting, waiting=waiting))

    def _touched(self) -> None:
        if not self._loading:
            self._draft_timer.start()

    def _take_up_draft(self) -> None:
        draft = self._desk.draft()
        if draft is not None:
            self.put(draft)
            self.say_state(translate("stand", "Taken up where you left off"))
