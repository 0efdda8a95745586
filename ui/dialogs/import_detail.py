"""What is in one column of a file, and what its values mean."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QGridLayout, QLineEdit, QWidget

from db.fields import FieldType, Spec
from engage_desktop.exchange.mapping import ColumnRule
from engage_desktop.exchange.wizard import FLAGS, REST, ImportState
from engage_desktop.records.values import fold, parse
from ui.dialogs.parts import column
from ui.widgets.base import Label, clear, look, named, spaced
from ui.widgets.buttons import Combo
from ui.words import translate

AS_IT_IS = "\0as-it-is"


class ColumnDetail(QWidget):
    """What is in one column, and what its values mean."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        named(look(self, "plain"), translate("import", "This column"))
        self._state: ImportState | None = None
        self._header = ""
        self._box = column(self, gap=8, edges=(16, 14, 16, 14))

    def show_column(self, state: ImportState, header: str) -> None:
        """Show a column of the file."""
        self._state, self._header = state, header
        clear(self._box)
        self.combos: dict[str, Combo] = {}
        facts = state.facts(header)
        self._box.addWidget(Label(header, "heading"))
        filled = translate("import", "{filled} of {rows} rows are filled.").format(
            filled=f"{facts.filled:,}", rows=f"{state.found.rows:,}"
        )
        self._box.addWidget(Label(filled, "small"))
        path = state.goes_to(header)
        target = state.shape.targets.get(path)
        if path == FLAGS:
            self._say(translate("import", "The column’s heading becomes a theme. A mark (1, x, yes)"
                                " means that the comment falls under it."))  # fmt: skip
        elif path == REST:
            self._say(translate("import", "It has no field of its own: each cell becomes a line"
                                " with this heading, below what is noted already."))  # fmt: skip
        elif target is None:
            self._say(translate("import", "Not taken. It is listed in the receipt."))
        elif target.spec is not None and target.spec.choices:
            self._meanings(facts.values, target.spec)
        elif (
            state.shape.is_feedback
            and target.spec is not None
            and target.spec.type is FieldType.LONG_TEXT
        ):
            self._words_column(facts.values)
        elif target.is_link:
            self._say(translate("import", "Names are found among your records; a new name becomes"
                                " a new record."))  # fmt: skip
        self._box.addStretch(1)

    def _say(self, words: str) -> None:
        self._box.addWidget(Label(words))

    def _meanings(self, values: dict[str, int] | None, spec: Spec) -> None:
        state, header = self._state, self._header
        if state is None:
            return
        if values is None:
            self._say(translate("import", "There are too many different values to match one by"
                                " one. Those that are our words are taken; rows with others are"
                                " listed with the reason."))  # fmt: skip
            return
        self._say(translate("import", "What this file’s values mean:"))
        rule = state.columns[header]
        grid = QGridLayout()
        spaced(grid, gap=6)
        offered = [
            (AS_IT_IS, translate("import", "As it stands")),
            *((choice.code, choice.label) for choice in spec.choices),
            ("", translate("import", "Nothing was answered")),
        ]
        for line, (value, count) in enumerate(sorted(values.items())):
            shown = Label(f"{value[:40]}  ({count:,})")
            combo = Combo(translate("import", "Meaning of {value}").format(value=value), offered)
            meaning = _meaning(spec, rule, value)
            combo.setCurrentIndex(max(0, combo.findData(meaning)))
            combo.setProperty("value", value)
            combo.activated.connect(self._meant)
            self.combos[value] = combo
            grid.addWidget(shown, line, 0)
            grid.addWidget(combo, line, 1)
        grid.setColumnStretch(1, 1)
        self._box.addLayout(grid)

    def _words_column(self, values: dict[str, int] | None) -> None:
        state = self._state
        if state is None:
            return
        rule = state.columns[self._header]
        self._box.addWidget(Label(translate("import", "What was asked"), "strong"))
        question = named(QLineEdit(rule.question), translate("import", "What was asked"))
        question.setPlaceholderText(translate("import", "Leave empty where a column says it"))
        question.textEdited.connect(self._asked)
        self._box.addWidget(question)
        self._box.addWidget(
            Label(translate("import", "Words that mean nothing was answered"), "strong")
        )
        empty = named(
            QLineEdit("; ".join(rule.empty)),
            translate("import", "Words that mean nothing was answered"),
        )
        empty.setPlaceholderText(translate("import", "Did not answer; N/A"))
        empty.textEdited.connect(self._emptied)
        self._box.addWidget(empty)

    def _meant(self) -> None:
        combo = self.sender()
        if self._state is not None and isinstance(combo, QComboBox):
            word = combo.currentData()
            value = str(combo.property("value"))
            self._state.means(self._header, value, None if word == AS_IT_IS else word)
            self.changed.emit()

    def _asked(self, question: str) -> None:
        if self._state is not None:
            self._state.ask(self._header, question)

    def _emptied(self, words: str) -> None:
        state = self._state
        if state is not None and self._header in state.columns:
            rule = state.columns[self._header]
            parts = tuple(part.strip() for part in words.split(";") if part.strip())
            state.columns[self._header] = replace(rule, empty=parts)


def _meaning(spec: Spec, rule: ColumnRule, value: str) -> str:
    """The code that one of the file's values stands for now, or `AS_IT_IS`."""
    if value in rule.empty:
        return ""
    word = rule.values.get(value)
    if word is None:
        folded = {fold(k): v for k, v in rule.values.items()}
        word = folded.get(fold(value), value)
    try:
        return str(parse(spec, word) or AS_IT_IS)
    except ValueError:
        return AS_IT_IS
