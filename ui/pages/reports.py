"""Reports: answers and themes as bars and as tables, and the receipts of what was imported."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QButtonGroup, QVBoxLayout, QWidget

from db.changes import Applied
from db.reader import Reader
from engage_desktop.queries.feedback import (
    FftSummary,
    Scope,
    ThemeCount,
    comment_counts,
    distinct,
    fft_summary,
    theme_counts,
)
from engage_desktop.records.feedback import FFT
from ui.pages.page import Page, Surroundings
from ui.widgets.base import Label, Scroll, look, named, spaced
from ui.widgets.buttons import Button, Combo
from ui.widgets.cards import Card, EmptyState
from ui.widgets.chart import Bar, BarChart
from ui.widgets.flow import FlowRow
from ui.widgets.pills import Chip
from ui.words import count_words, translate

MOST_THEMES = 15
REFRESH_MS = 200


@dataclass(frozen=True)
class Figures:
    """What the page shows for one scope."""

    fft: FftSummary
    themes: list[ThemeCount]
    comments: tuple[int, int]
    services: list[str]


def gather(reader: Reader, scope: Scope) -> Figures:
    """Count. Runs on a reading thread."""
    return Figures(
        fft_summary(reader, scope),
        theme_counts(reader, scope),
        comment_counts(reader, scope),
        distinct(reader, "service"),
    )


class SummaryPage(Page):
    """How was it, and what it was about."""

    def __init__(self, around: Surroundings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._around = around
        look(named(self, translate("reports", "Summary")), "page")
        outer = QVBoxLayout(self)
        spaced(outer)
        inner = named(QWidget(), translate("reports", "Summary"))
        box = QVBoxLayout(inner)
        spaced(box, (20, 16, 20, 20), 14)
        outer.addWidget(Scroll(inner, translate("reports", "Summary")))
        box.addWidget(Label(translate("reports", "What people told us"), "title"))
        box.addWidget(self._scope_row())
        self.fft_card = Card(translate("reports", "How was it?"))
        self._said = Label("", "muted")
        self.fft_card.body.addWidget(self._said)
        self.fft = BarChart(
            translate("reports", "Answers to the Friends and Family Test"),
            translate("reports", "Answer"), translate("reports", "People"),
            translate("reports", "Share"),
        )  # fmt: skip
        self.fft_card.body.addWidget(self.fft)
        self.theme_card = Card(translate("reports", "Themes"))
        self._themes_said = Label("", "muted")
        self.theme_card.body.addWidget(self._themes_said)
        self.themes = BarChart(
            translate("reports", "Comments under each theme"),
            translate("reports", "Theme"), translate("reports", "Comments"),
            translate("reports", "Answered?"),
        )  # fmt: skip
        self.theme_card.body.addWidget(self.themes)
        self._empty = EmptyState(
            "bar_chart", translate("reports", "No answers to count"),
            translate("reports", "When feedback has been recorded or imported, how it was and "
                      "what it was about is counted here."),
            self._import_button(),
        )  # fmt: skip
        for widget in (self.fft_card, self.theme_card, self._empty):
            box.addWidget(widget)
            widget.hide()
        box.addStretch(1)
        self.figures: Figures | None = None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(REFRESH_MS)
        self._timer.timeout.connect(self.refresh)
        self._in_view = False

    def _import_button(self) -> Button:
        button = Button(translate("reports", "Import feedback"), "upload", "primary")
        button.clicked.connect(self._import)
        return button

    def _scope_row(self) -> FlowRow:
        row = FlowRow(translate("reports", "Which answers"), 8)
        self._group = QButtonGroup(self)
        for words, days in (
            (translate("reports", "All"), 0),
            (translate("reports", "Last 90 days"), 90),
            (translate("reports", "Last 12 months"), 365),
        ):
            chip = Chip(words)
            chip.setChecked(days == 0)
            self._group.addButton(chip, days)
            row.add(chip)
        self._group.idClicked.connect(self.refresh)
        every = translate("reports", "All services")
        self._service = Combo(translate("reports", "Service"), [("", every)])
        self._service.currentIndexChanged.connect(self.refresh)
        row.add(self._service)
        return row

    @property
    def scope(self) -> Scope:
        """Which answers are counted."""
        days = self._group.checkedId()
        today = self._around.today()
        since = today - dt.timedelta(days=days) if days > 0 else None
        until = today if days > 0 else None
        return Scope(since, until, service=str(self._service.currentData() or ""))

    @property
    def primary(self) -> tuple[str, str]:
        return translate("reports", "Print summary"), "print"

    def run_primary(self) -> None:
        self._around.flows.print_summary(self._around.window)

    def _import(self) -> None:
        self._around.flows.import_file(self._around.window, "feedback")

    def enter(self) -> None:
        self._in_view = True
        self.refresh()

    def leave(self) -> bool:
        self._in_view = False
        return True

    def heard(self, applied: Applied) -> None:
        if self._in_view and applied.kinds & {"response", "comment", "theme", "you_said"}:
            self._timer.start()

    def refresh(self) -> None:
        """Count again."""
        scope = self.scope
        self._around.context.tasks.read(lambda reader: gather(reader, scope), self._show, key=self)

    def _show(self, figures: Figures) -> None:
        self.figures = figures
        self._fill_services(figures.services)
        fft = figures.fft
        any_left = bool(fft.answered or fft.not_asked or figures.themes or sum(figures.comments))
        self.fft_card.setVisible(any_left)
        self.theme_card.setVisible(any_left)
        self._empty.setVisible(not any_left)
        if not any_left:
            return
        self._said.setText(self._fft_words(fft))
        bars = []
        for choice in FFT:
            if choice.code not in fft.counts:
                continue
            count = fft.counts[choice.code]
            share = f"{100 * count / fft.answered:.1f} %" if fft.answered else ""
            tone = {"very_good": "bar", "good": "bar", "poor": "badge", "very_poor": "badge"}
            bars.append(Bar(choice.label, count, share, tone.get(choice.code, "control")))
        self.fft.show_bars(bars)
        words, empty = figures.comments
        self._themes_said.setText(
            translate("reports", "{words} with words, {empty} asked and not answered. A comment "
                      "may fall under several themes.").format(
                words=count_words(words, "comment", "comments"), empty=f"{empty:,}")
        )  # fmt: skip
        yes, no = translate("reports", "answered"), translate("reports", "no answer yet")
        self.themes.show_bars(
            [
                Bar(t.name, t.comments, yes if t.answered else no)
                for t in figures.themes[:MOST_THEMES]
            ]
        )

    @staticmethod
    def _fft_words(fft: FftSummary) -> str:
        if fft.positive_percent is None:
            return translate("reports", "Nobody in this choice was asked.")
        words = translate("reports", "{good} % positive, {bad} % negative. {answered}; {not_asked} "
                          "not asked. Each person counts once.")  # fmt: skip
        return words.format(
            good=fft.positive_percent,
            bad=fft.negative_percent,
            answered=count_words(fft.answered, "answer", "answers"),
            not_asked=f"{fft.not_asked:,}",
        )

    def _fill_services(self, services: list[str]) -> None:
        have = [self._service.itemData(i) for i in range(1, self._service.count())]
        if have == services:
            return
        chosen = self._service.currentData()
        was = self._service.blockSignals(True)
        while self._service.count() > 1:
            self._service.removeItem(1)
        for service in services:
            self._service.addItem(service, service)
        self._service.setCurrentIndex(max(0, self._service.findData(chosen)))
        self._service.blockSignals(was)
        self._service.setVisible(bool(services))
