"""One page of the first window: a heading, a narrow column of questions, and the buttons below."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QWidget

from ui.dialogs.parts import Problem, button, column, row
from ui.theme import theme
from ui.widgets.banners import ProgressStrip
from ui.widgets.base import Label, Scroll, look, named
from ui.widgets.buttons import Button
from ui.widgets.flow import FlowRow
from ui.words import translate

WIDTH = 560
"""Reading width of the column in pixels at 100 % text."""


class Sheet(QWidget):
    """A column in the middle of the window, scrolled when it must be.

    Put questions into `body` and buttons into `foot`. `busy` shows what is being done, after
    200 ms, and keeps the buttons from being pressed twice.
    """

    def __init__(self, title: str, words: str = "", *, wide: int = WIDTH) -> None:
        super().__init__()
        named(look(self, "page"), title)
        inner = named(look(QWidget(), "plain"), title)
        middle = row(inner, edges=(24, 20, 24, 20))
        middle.addStretch(1)
        self._column = named(QWidget(), title)
        self._wide = wide
        middle.addWidget(self._column, 0)
        middle.addStretch(1)
        box = column(self._column, gap=14)
        box.addStretch(1)
        self.title = Label(title, "title")
        box.addWidget(self.title)
        self.words = Label(words, "muted")
        box.addWidget(self.words)
        self.words.setVisible(bool(words))
        self.problem = Problem()
        box.addWidget(self.problem)
        self.body = column(gap=14)
        box.addLayout(self.body)
        self.waiting = ProgressStrip()
        box.addWidget(self.waiting)
        self.foot = FlowRow(translate("sheet", "What to do"), 10)
        box.addWidget(self.foot)
        box.addStretch(2)
        outer = column(self)
        outer.addWidget(Scroll(inner, title))
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(200)
        self._soon.timeout.connect(self._show_waiting)
        self._doing = ""
        self._counts = (0, 0)
        theme().changed.connect(self._rescale)
        self._rescale()

    def add_button(
        self, text: str, how: str, pressed: Callable[[], object], *, icon: str = "", key: str = ""
    ) -> Button:
        """A button below the questions."""
        made = button(text, how, icon=icon, key=key, pressed=pressed)
        self.foot.add(made)
        return made

    def busy(self, what: str) -> None:
        """Something long begins: say what."""
        self.problem.say("")
        self._doing, self._counts = what, (0, 0)
        self.foot.setEnabled(False)
        self._soon.start()

    def progress(self, how_far: tuple[int, int, str]) -> None:
        """So far of so much."""
        done, total, words = how_far
        self._counts = (done, total)
        self._doing = words or self._doing
        if self.waiting.isVisible():
            self._show_waiting()

    def done(self, sentence: str = "") -> None:
        """It is over; a sentence says what went wrong."""
        self._soon.stop()
        self.waiting.finish()
        self.foot.setEnabled(True)
        self.problem.say(sentence)

    def _show_waiting(self) -> None:
        self.waiting.show_progress(self._doing, *self._counts)

    def _rescale(self) -> None:
        wide = theme().px(self._wide)
        self._column.setMaximumWidth(wide)
        self._column.setMinimumWidth(min(wide, theme().px(280)))
        policy = self._column.sizePolicy()
        policy.setHorizontalPolicy(policy.Policy.Expanding)
        self._column.setSizePolicy(policy)
        layout = self._column.parentWidget()
        if layout is not None and layout.layout() is not None:
            layout.layout().setStretch(1, 1_000)
        self.title.setAlignment(Qt.AlignmentFlag.AlignLeft)
