"""The stand: one person at a time, in gloves, in the sun, with a queue.

Keys away from the words: 1 to 6 answer, T then 1 to 9 topics, W words, Q may quote, R would like
to hear. Alt with the same keys works inside the words. Ctrl+Enter keeps the card and begins the
next person. What is typed is kept as a draft from the first letter.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QDialog, QPlainTextEdit, QSizePolicy, QVBoxLayout, QWidget

from db.errors import KnownError
from engage_desktop.capture.card import ANSWERS, NOT_ASKED, Card, Sitting, answer_for_key
from engage_desktop.capture.desk import Desk, Topic
from engage_desktop.capture.waiting import BACK, KEEP
from ui.capture.finder import TopicFinder
from ui.capture.grid import TileGrid
from ui.capture.tiles import TONES, BigTick, Tile
from ui.dialogs.parts import Problem, button, column, dress, row
from ui.dialogs.questions import sentence_of
from ui.theme import theme
from ui.widgets.base import Label, Scroll, look, named
from ui.widgets.flow import FlowRow
from ui.widgets.pills import Pill
from ui.words import translate

MOST_TOPICS = 8
"""Topics offered as tiles; the rest are found under More."""

LAST_ICON = "more_horiz"
"""The picture of a topic that is for everything else: it stands last."""

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
        self._topics: list[Topic] = list(desk.topics)
        self._answers: dict[str, Tile] = {}
        self._topic_tiles: dict[str, Tile] = {}
        self._loading = False
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
        self._first_answer().setFocus()

    # What is on the screen

    @property
    def card(self) -> Card:
        """What has been put in so far."""
        fft = next((code for code, tile in self._answers.items() if tile.isChecked()), NOT_ASKED)
        themes = tuple(t for t, tile in self._topic_tiles.items() if tile.isChecked())
        return Card(
            fft=fft,
            themes=themes,
            words=self.words.toPlainText(),
            quote="yes" if self.quote.isChecked() else NOT_ASKED,
            reply=self.reply.isChecked(),
        )

    def put(self, card: Card) -> None:
        """Show a card."""
        self._loading = True
        self._answer(card.fft)
        for topic in card.themes:
            self._tile_for(topic)
        for topic, tile in self._topic_tiles.items():
            tile.setChecked(topic in card.themes)
        self.words.setPlainText(card.words)
        self.quote.setChecked(card.quote == "yes")
        self.reply.setChecked(card.reply)
        self._loading = False

    def next_person(self) -> None:
        """Keep this card and begin the next. An empty one is not kept."""
        card = self.card
        if card.is_empty:
            self._say_state(translate("stand", "Nothing to keep yet: choose an answer or type."))
            self._first_answer().setFocus()
            return
        self._draft_timer.stop()
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
        self._first_answer().setFocus()
        self.scroll.ensureVisible(0, 0)
        self._count()
        self._desk.send(self._written, self._not_written)

    def undo_last(self) -> None:
        """Take the last card out of the store, and put it back on the screen once it is out."""
        try:
            asked = self._desk.take_back()
        except KnownError as error:
            self.problem.say(error.sentence)
            return
        self.take_back.setVisible(False)
        self._first_answer().setFocus()
        if asked:
            self._say_state(translate("stand", "Taking back the last card…"))
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
            self._say_state(translate("stand", "Kept as you type"))
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
        self.answer_group = named(QWidget(), asked)
        grid = TileGrid(self.answer_group, 12)
        for number, choice in enumerate(ANSWERS, start=1):
            face, tone = f"sentiment_{choice.icon}", TONES[choice.code]
            tile = Tile(choice.label, face, number=str(number), tone=tone, bold=True)
            named(tile, translate("stand", "{number}, {answer}").format(
                number=number, answer=choice.label))  # fmt: skip
            tile.clicked.connect(self._answer_clicked)
            tile.installEventFilter(self)
            self._answers[choice.code] = tile
            grid.addWidget(tile)
        page.addWidget(self.answer_group)

    def _build_topics(self, page: QVBoxLayout) -> None:
        page.addWidget(Label(translate("stand", "What about?"), "heading"))
        self.topic_group = named(QWidget(), translate("stand", "What about?"))
        self._topic_grid = TileGrid(self.topic_group, 10)
        self._other = Tile(translate("stand", "More"), "search", number="9")
        self._other.setCheckable(False)
        self._other.clicked.connect(self.find_topic)
        self._other.installEventFilter(self)
        offered = [t for t in self._topics if t.on_stand] or self._topics
        offered = sorted(offered[:MOST_TOPICS], key=lambda t: t.icon == LAST_ICON)
        for topic in offered:
            self._add_topic(topic)
        self._topic_grid.addWidget(self._other)
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
        self.words.installEventFilter(self)
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
        self._say_keys(topics=False)
        return bar

    def _order_tabs(self) -> None:
        chain: list[QWidget] = [
            *self._answers.values(),
            *self._topic_tiles.values(),
            self._other,
            self.words,
            self.quote,
            self.reply,
            self.next,
            self.take_back,
            self.finish,
        ]
        for before, after in pairwise(chain):
            QWidget.setTabOrder(before, after)

    # Topics

    def find_topic(self) -> None:
        """Look for any topic by its letters."""
        finder = TopicFinder([(t.id, t.name) for t in self._topics], self)
        finder.chosen.connect(self._found_topic)
        finder.open()

    def _found_topic(self, topic: str) -> None:
        tile = self._tile_for(topic)
        if tile is not None:
            tile.setChecked(True)
            tile.setFocus()
            self._touched()

    def _tile_for(self, topic: str) -> Tile | None:
        if topic not in self._topic_tiles:
            found = next((t for t in self._topics if t.id == topic), None)
            if found is None:
                return None
            self._topic_grid.removeWidget(self._other)
            self._add_topic(found)
            self._topic_grid.addWidget(self._other)
            self._order_tabs()
            self.topic_group.updateGeometry()
        return self._topic_tiles[topic]

    def _add_topic(self, topic: Topic) -> None:
        number = str(len(self._topic_tiles) + 1)
        tile = Tile(topic.name, topic.icon or "label", number=number if len(number) == 1 else "")
        tile.clicked.connect(self._touched)
        tile.installEventFilter(self)
        self._topic_tiles[topic.id] = tile
        self._topic_grid.addWidget(tile)
        self._other_number()

    def _other_number(self) -> None:
        self._other.set_number("9" if len(self._topic_tiles) < 9 else "0")

    # Answers

    def _first_answer(self) -> Tile:
        chosen = next((tile for tile in self._answers.values() if tile.isChecked()), None)
        return chosen or next(iter(self._answers.values()))

    def _answer_clicked(self) -> None:
        pressed = self.sender()
        for tile in self._answers.values():
            if tile is not pressed:
                tile.setChecked(False)
        self._touched()

    def _answer(self, code: str) -> None:
        for each, tile in self._answers.items():
            tile.setChecked(each == code)
        self._touched()

    # Keys

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys away from the words."""
        if not self._letter(event) and not self._leave(event):
            super().keyPressEvent(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Alt keys and Esc inside the words; arrows among tiles; badges while topics have it."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is self.words:
                alt = event.modifiers() == Qt.KeyboardModifier.AltModifier
                return (alt and self._letter(event)) or self._leave(event)
            return self._arrow(watched, event)
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            if event.type() == QEvent.Type.FocusIn and isinstance(watched, QWidget):
                self.scroll.ensureWidgetVisible(watched, 0, theme().px(20))
            QTimer.singleShot(0, self, self._badges)
        return super().eventFilter(watched, event)

    def _letter(self, event: QKeyEvent) -> bool:
        held = event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if held not in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.AltModifier):
            return False
        text = chr(event.key()).lower() if 32 < event.key() < 127 else ""
        if not text:
            return False
        if self._in_topics() and held == Qt.KeyboardModifier.NoModifier and text.isdigit():
            return self._topic_key(text)
        if (code := answer_for_key(text)) is not None:
            self._answer(code)
            return True
        places = {"t": self._go_topics, "w": self.words.setFocus, "a": self._go_answers}
        if text in places:
            places[text]()
            return True
        ticks = {"q": self.quote, "r": self.reply}
        if text in ticks:
            ticks[text].toggle()
            return True
        return False

    def _leave(self, event: QKeyEvent) -> bool:
        if event.key() != Qt.Key.Key_Escape:
            return False
        if self.words.hasFocus() or self._in_topics():
            self._go_answers()
        else:
            self.finish.setFocus()
            self._say_state(
                translate("stand", "Press Enter to finish. What is on the screen is kept.")
            )
        return True

    def _arrow(self, watched: QObject, event: QKeyEvent) -> bool:
        steps = {
            Qt.Key.Key_Left: -1, Qt.Key.Key_Up: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Down: 1,
        }  # fmt: skip
        step = steps.get(Qt.Key(event.key()))
        if step is None:
            enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
            if enter and not event.modifiers() and isinstance(watched, Tile):
                watched.click()
                return True
            return False
        for tiles in (list(self._answers.values()), [*self._topic_tiles.values(), self._other]):
            if watched in tiles:
                at = tiles.index(watched) + step  # type: ignore[arg-type]
                tiles[at % len(tiles)].setFocus(Qt.FocusReason.TabFocusReason)
                return True
        return False

    def _topic_key(self, digit: str) -> bool:
        for tile in (*self._topic_tiles.values(), self._other):
            if tile.number == digit:
                tile.setFocus(Qt.FocusReason.TabFocusReason)
                tile.click()
                return True
        return True

    def _go_topics(self) -> None:
        tiles: Sequence[Tile] = [*self._topic_tiles.values(), self._other]
        tiles[0].setFocus(Qt.FocusReason.TabFocusReason)

    def _go_answers(self) -> None:
        self._first_answer().setFocus(Qt.FocusReason.TabFocusReason)

    def _in_topics(self) -> bool:
        return self.focusWidget() in (*self._topic_tiles.values(), self._other)

    def _badges(self) -> None:
        among = self._in_topics()
        for tile in (*self._topic_tiles.values(), self._other):
            tile.show_badge(among)
        self._say_keys(topics=among)

    # Saying and keeping

    def _say_keys(self, *, topics: bool) -> None:
        among = translate(
            "stand", "Topics: their numbers · W words · A answers · Ctrl+Enter next person"
        )
        away = translate(
            "stand",
            "Keys 1 to 6 answer · T topic · W words · Q may quote · R reply"
            " · Ctrl+Enter next person",
        )
        self.keys.setText(among if topics else away)

    def _say_state(self, words: str) -> None:
        self.state.setText(words)
        named(self.state, words)

    def _count(self) -> None:
        people, waiting = self._desk.count, self._desk.waiting
        if not people:
            self._say_state(translate("stand", "First person"))
            return
        if waiting:
            words = translate("stand", "Person {next} · {kept} saved, {waiting} being saved")
        else:
            words = translate("stand", "Person {next} · {kept} saved")
        self._say_state(words.format(next=people + 1, kept=people - waiting, waiting=waiting))

    def _touched(self) -> None:
        if not self._loading:
            self._draft_timer.start()

    def _take_up_draft(self) -> None:
        draft = self._desk.draft()
        if draft is not None:
            self.put(draft)
            self._say_state(translate("stand", "Taken up where you left off"))
