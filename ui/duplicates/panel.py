"""Two records side by side: for every field in which they differ, what the one record will say."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QVBoxLayout, QWidget

from engage_desktop.stakeholders.matching import AGAINST
from ui.duplicates.reading import NOTHING, Comparison, Line
from ui.widgets.banners import Banner
from ui.widgets.base import Label, clear, named, spaced
from ui.widgets.buttons import Button, Radio
from ui.widgets.cards import Card
from ui.widgets.flow import FlowRow
from ui.widgets.refused import mute
from ui.words import lower_first, translate

LONGEST = 400
"""Characters of one value that are shown."""


class _Choice(QWidget):
    """One field: the value of each, and both together where that is something else."""

    def __init__(self, line: Line, kept: str, away: str) -> None:
        super().__init__()
        self.line = line
        choice = line.choice
        named(self, choice.label, choice.why)
        box = QVBoxLayout(self)
        spaced(box, gap=2)
        box.addWidget(Label(choice.label, "strong"))
        box.addWidget(Label(choice.why, "small"))
        self.group = QButtonGroup(self)
        self._values: list[Any] = []
        beside = QGridLayout()
        spaced(beside, gap=6)
        beside.setColumnStretch(0, 1)
        beside.setColumnStretch(1, 1)
        for who, said, value in self._offered(line, kept, away):
            radio = Radio(f"{_short(said)}  ({who})")
            named(radio, f"{choice.label}: {said}", who)
            radio.setEnabled(not choice.fixed or value == choice.proposed)
            self.group.addButton(radio, len(self._values))
            beside.addWidget(radio, len(self._values) // 2, len(self._values) % 2)
            self._values.append(value)
        box.addLayout(beside)
        at = self._values.index(choice.proposed)
        self.group.button(at).setChecked(True)

    @staticmethod
    def _offered(line: Line, kept: str, away: str) -> list[tuple[str, str, Any]]:
        choice = line.choice
        found = [(kept, line.kept, choice.kept)]
        if line.away != line.kept:
            found.append((away, line.away, choice.away))
        if all(value != choice.proposed for _who, _said, value in found):
            found.append((choice.why, line.proposed, choice.proposed))
        return found

    @property
    def value(self) -> Any:
        """What is chosen."""
        return self._values[self.group.checkedId()]

    @property
    def changed(self) -> bool:
        """Is it something else than proposed?"""
        return bool(self.value != self.line.choice.proposed)


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= LONGEST else plain[: LONGEST - 1] + "…"


def _reasons_words(reasons: tuple[str, ...], score: float) -> str:
    """What speaks for one, and what against."""
    against = [reason.removeprefix(AGAINST) for reason in reasons if reason.startswith(AGAINST)]
    pro = [lower_first(reason) for reason in reasons if not reason.startswith(AGAINST)]
    words = translate("duplicates", "{percent} % sure: {reasons}.").format(
        percent=round(score * 100), reasons="; ".join(pro)
    )
    if against:
        but = "; ".join(lower_first(reason) for reason in against)
        words += " " + translate("duplicates", "But {reasons}.").format(reasons=but)
    return words


class MergePanel(QWidget):
    """`merge`, `two`, `later` and `swap` when the officer decides; `see(id)` to read one."""

    merge = Signal()
    two = Signal()
    later = Signal()
    swap = Signal()
    see = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, translate("duplicates", "Two records side by side"))
        self.shown: Comparison | None = None
        self._choices: list[_Choice] = []
        box = QVBoxLayout(self)
        spaced(box, (0, 0, 8, 12), 12)
        self.head = Label("", "heading")
        self.why = Label("", "muted")
        box.addWidget(self.head)
        box.addWidget(self.why)
        self.warning = Banner("warning")
        self.problem = Banner("bad")
        for banner in (self.warning, self.problem):
            banner.hide()
            box.addWidget(banner)
        box.addWidget(self._verbs())
        self.card = Card(translate("duplicates", "What the one record will say"))
        self._grid = QGridLayout()
        spaced(self._grid, gap=16)
        self.card.body.addLayout(self._grid)
        self._same = Label("", "small")
        self.card.body.addWidget(self._same)
        box.addWidget(self.card)
        self._moves_card = Card(translate("duplicates", "What moves with it"))
        self._moves = Label("")
        self._moves_card.body.addWidget(self._moves)
        box.addWidget(self._moves_card)
        box.addStretch(1)

    def _verbs(self) -> FlowRow:
        row = FlowRow(translate("duplicates", "What are they?"), 8)
        self.do = Button(translate("duplicates", "Make them one"), "merge", "primary", key="M")
        self.do.clicked.connect(self.merge)
        self.apart = Button(translate("duplicates", "They are two"), "call_split", "secondary",
                            key="D")  # fmt: skip
        self.apart.clicked.connect(self.two)
        self.skip = Button(translate("duplicates", "Later"), "", "quiet", key="S")
        self.skip.clicked.connect(self.later)
        self.turn = Button(translate("duplicates", "Keep the other one"), "compare_arrows", "quiet",
                           key="X")  # fmt: skip
        self.turn.clicked.connect(self.swap)
        self._see_kept = Button(translate("duplicates", "See the kept one"), "", "link")
        self._see_kept.clicked.connect(self._see_first)
        self._see_away = Button(translate("duplicates", "See the other"), "", "link")
        self._see_away.clicked.connect(self._see_second)
        row.add(self.do, self.apart, self.skip, self.turn, self._see_kept, self._see_away)
        return row

    def show_comparison(self, shown: Comparison, reasons: tuple[str, ...], score: float) -> None:
        """Show two records; what was chosen before is forgotten."""
        self.shown = shown
        plan = shown.plan
        self.head.setText(
            translate("duplicates", "Keep “{kept}”, and merge “{away}” into it").format(
                kept=plan.kept_title, away=plan.away_title
            )
        )
        self.why.setText(_reasons_words(reasons, score))
        self.warning.setVisible(bool(plan.warnings))
        if plan.warnings:
            words = "\n".join(plan.warnings)
            self.warning.show_as("warning", translate("duplicates", "Before you merge"), words)
        mute(self.do, plan.refused)
        clear(self._grid)
        kept, away = self._two_names(plan.kept_title, plan.away_title)
        both = [line for line in shown.differing if line.kept != NOTHING != line.away]
        one = [line for line in shown.differing if line not in both]
        self._choices = [_Choice(line, kept, away) for line in (*both, *one)]
        for at, choice in enumerate(self._choices):
            self._grid.addWidget(choice, at, 0)
        if not self._choices:
            words = translate("duplicates", "Wherever both say something, they say the same.")
            self._grid.addWidget(Label(words, "muted"), 0, 0)
        labels = ", ".join(lower_first(line.choice.label) for line in shown.same)
        self._same.setText(
            translate("duplicates", "The same in both: {labels}.").format(labels=labels)
        )
        self._same.setVisible(bool(shown.same))
        self._moves.setText("\n".join(plan.moved_words))
        self._moves_card.setVisible(bool(plan.moved_words))

    @staticmethod
    def _two_names(kept: str, away: str) -> tuple[str, str]:
        if kept != away:
            return kept, away
        return translate("duplicates", "the kept one"), translate("duplicates", "the other")

    @property
    def chosen(self) -> dict[str, Any]:
        """Values other than proposed, by field."""
        return {c.line.choice.name: c.value for c in self._choices if c.changed}

    def say(self, sentence: str) -> None:
        """What went wrong; "" takes it away."""
        self.problem.setVisible(bool(sentence))
        if sentence:
            self.problem.show_as("bad", translate("duplicates", "Not done"), sentence)

    def _see_first(self) -> None:
        if self.shown is not None:
            self.see.emit(self.shown.plan.kept)

    def _see_second(self) -> None:
        if self.shown is not None:
            self.see.emit(self.shown.plan.away)


__all__ = ["MergePanel"]
