"""A small dialog: as tall as what is in it, and scrolled where the screen is smaller."""

from __future__ import annotations

from PySide6.QtCore import QSize, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QDialog, QWidget

from ui.dialogs.parts import Problem, column
from ui.theme import theme
from ui.widgets.base import Label, Scroll, bring_into_view, look, named
from ui.widgets.flow import FlowRow
from ui.words import translate


class SmallDialog(QDialog):
    """Put questions into `body` and buttons into `foot`; call `fit` when what is shown changes."""

    def __init__(
        self, title: str, words: str = "", *, wide: int = 560, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._wide = wide
        named(look(self, "page"), title)
        self.setWindowTitle(title)
        outer = column(self, gap=0)
        self._inner = look(named(QWidget(), title), "plain")
        box = column(self._inner, gap=14, edges=(24, 20, 24, 8))
        box.addWidget(Label(title, "title"))
        if words:
            box.addWidget(Label(words, "muted"))
        self.problem = Problem()
        box.addWidget(self.problem)
        self.body = column(gap=14)
        box.addLayout(self.body)
        box.addStretch(1)
        outer.addWidget(Scroll(self._inner, title), 1)
        self._bottom = named(QWidget(), translate("small", "What to do"))
        line = column(self._bottom, edges=(24, 10, 24, 18))
        self.foot = FlowRow(translate("small", "What to do"), 10)
        line.addWidget(self.foot)
        outer.addWidget(self._bottom)

    def fit(self) -> None:
        """As tall as what is shown, never taller than the screen."""
        width = theme().px(self._wide)
        screen = self.screen().availableSize() if self.screen() else QSize(1366, 768)
        width = min(width, screen.width())
        for within in reversed(self._inner.findChildren(QWidget)):  # what is deepest comes last
            if (nested := within.layout()) is not None:
                nested.activate()
        layout = self._inner.layout()
        layout.activate()
        inner = layout.heightForWidth(width) if layout.hasHeightForWidth() else 0
        inner = max(inner, layout.sizeHint().height() if not inner else 0)
        foot = self._bottom.layout().heightForWidth(width)
        self.resize(width, min(inner + foot + theme().px(6), screen.height()))

    def fit_soon(self) -> None:
        """The same, once what was just put in has a size."""
        QTimer.singleShot(0, self, self.fit)

    def show_focus(self) -> None:
        """Scroll to what has the keyboard, where the screen does not hold all."""
        if (focus := self.focusWidget()) is not None:
            bring_into_view(focus)

    def showEvent(self, event: QShowEvent) -> None:
        """Take the right height first, and begin with what went wrong already."""
        self.fit()
        super().showEvent(event)
        QTimer.singleShot(0, self, self._show_first)

    def _show_first(self) -> None:
        if self.problem.sentence:
            bring_into_view(self.problem)
        else:
            self.show_focus()
