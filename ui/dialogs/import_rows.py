"""Which rows belong to one person, how rows are told apart, and what is the same for all."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit, QWidget

from db.fields import FieldType
from engage_desktop.exchange.mapping import AUTO, DAY_MONTH, MONTH_DAY
from engage_desktop.exchange.wizard import ImportState
from ui.dialogs.parts import card, column, row
from ui.widgets.base import Label, Scroll, clear, look, named
from ui.widgets.buttons import Combo
from ui.widgets.flow import FlowRow
from ui.widgets.pills import Chip
from ui.words import translate

_NONE = "\0none"
_CHANGE, _LEAVE = "change", "leave"
CONSTANTS = ("response.source", "response.service", "response.provider", "response.place",
             "response.event")  # fmt: skip
"""What is offered to be the same for every row of feedback."""


class RowsStep(QWidget):
    """Three questions, each with what happens when it is left as it is."""

    def __init__(self) -> None:
        super().__init__()
        named(self, translate("import", "Rows"))
        inner = named(look(QWidget(), "plain"), translate("import", "Rows"))
        self._box = column(inner, gap=12)
        column(self).addWidget(Scroll(inner, translate("import", "Rows")))
        self._state: ImportState | None = None

    def show_state(self, state: ImportState) -> None:
        """Show the questions for a file."""
        self._state = state
        clear(self._box)
        if state.shape.is_feedback:
            self.group = _ColumnChoice(
                translate("import", "Which rows belong to one person?"),
                translate("import", "Rows with the same value in this column become one response"
                          " with several comments, and count once. Leave it empty when each row is"
                          " a person."),
                state.found.table.headers, state.group,
            )  # fmt: skip
            self._box.addWidget(self.group)
        self.key = _ColumnChoice(
            translate("import", "What tells one row from another?"),
            translate("import", "A number, a code or an e-mail that stays with the row. With it,"
                      " the record that has it is found, and the same file imported twice, or by a"
                      " colleague, makes nothing twice. Without it, the whole row is compared."),
            state.found.table.headers, state.key,
        )  # fmt: skip
        self._box.addWidget(self.key)
        if not state.shape.is_feedback:
            self._box.addWidget(self._here_already())
        self._box.addWidget(self._dates())
        if state.shape.is_feedback:
            self._box.addWidget(self._constants())
        self._box.addStretch(1)

    def take_keyboard(self) -> None:
        """The first question."""
        first = self.group if self._state and self._state.shape.is_feedback else self.key
        first.combo.setFocus(Qt.FocusReason.OtherFocusReason)

    def collect(self) -> None:
        """Put the answers into the state."""
        state = self._state
        if state is None:
            return
        if state.shape.is_feedback:
            state.group = self.group.chosen
            kept = {path: edit.text().strip() for path, edit in self.constants.items()}
            others = {p: v for p, v in state.constants.items() if p not in kept}
            state.constants = {**others, **{p: v for p, v in kept.items() if v}}
        state.key = self.key.chosen
        if not state.shape.is_feedback:
            leave = self.here.currentData() == _LEAVE
            state.update = False if leave else (state.update or None)
        state.source = self.source.text().strip()
        state.dates = self.dates.currentData()

    def _here_already(self) -> QWidget:
        words = translate("import", "When a row is here already")
        box = card(words)
        inside = column(box, gap=6, edges=(16, 12, 16, 14))
        inside.addWidget(Label(words, "heading"))
        inside.addWidget(
            Label(translate("import", "Nothing is emptied, and lists only grow. Where two"
                            " records have what tells the row, it is not taken."), "small")
        )  # fmt: skip
        self.here = Combo(words, [
            (_CHANGE, translate("import", "Change what the file says otherwise")),
            (_LEAVE, translate("import", "Leave it as it is")),
        ])  # fmt: skip
        left = self._state is not None and self._state.update is False
        self.here.setCurrentIndex(self.here.findData(_LEAVE if left else _CHANGE))
        line = row(gap=10)
        line.addWidget(self.here)
        line.addStretch(1)
        inside.addLayout(line)
        return box

    def _dates(self) -> QWidget:
        words = translate("import", "How are dates written?")
        box = card(words)
        inside = column(box, gap=6, edges=(16, 12, 16, 14))
        inside.addWidget(Label(words, "heading"))
        line = row(gap=12)
        self.dates = Combo(words, [
            (AUTO, translate("import", "Find out from the file")),
            (DAY_MONTH, translate("import", "Day first: 27/3/2026")),
            (MONTH_DAY, translate("import", "Month first: 3/27/2026")),
        ])  # fmt: skip
        state = self._state
        self.dates.setCurrentIndex(max(0, self.dates.findData(state.dates if state else AUTO)))
        line.addWidget(self.dates)
        source = translate("import", "Where such files come from")
        line.addWidget(Label(source, "strong", wrap=False))
        self.source = named(QLineEdit(state.source if state else ""), source)
        self.source.setPlaceholderText(translate("import", "the trust’s survey"))
        line.addWidget(self.source, 1)
        inside.addLayout(line)
        return box

    def _constants(self) -> QWidget:
        words = translate("import", "The same for every row")
        box = card(words)
        inside = column(box, gap=6, edges=(16, 12, 16, 14))
        inside.addWidget(Label(words, "heading"))
        inside.addWidget(
            Label(translate("import", "What the file does not say, because everybody knows it."),
                  "small")
        )  # fmt: skip
        self.constants: dict[str, QLineEdit] = {}
        state = self._state
        if state is None:
            return box
        taken = {rule.to for rule in state.columns.values()}
        for path in CONSTANTS:
            target = state.shape.targets.get(path)
            if target is None or target.spec is None or path in taken:
                continue
            line = row(gap=10)
            label = Label(target.heading, "strong", wrap=False)
            label.setMinimumWidth(label.fontMetrics().averageCharWidth() * 16)
            edit = named(QLineEdit(self._shown(path)), target.heading)
            if target.spec.type is FieldType.CHOICE:
                offered = ", ".join(c.label for c in target.spec.choices[:5])
                edit.setPlaceholderText(translate("import", "{words}…").format(words=offered))
            line.addWidget(label)
            line.addWidget(edit, 1)
            inside.addLayout(line)
            self.constants[path] = edit
        return box

    def _shown(self, path: str) -> str:
        return self._state.constants.get(path, "") if self._state else ""


class _ColumnChoice(QWidget):
    """A question that columns answer; usually one, seldom more."""

    def __init__(
        self, question: str, hint: str, headers: tuple[str, ...], chosen: tuple[str, ...]
    ) -> None:
        super().__init__()
        named(self, question)
        box = card(question)
        column(self).addWidget(box)
        inside = column(box, gap=6, edges=(16, 12, 16, 14))
        inside.addWidget(Label(question, "heading"))
        inside.addWidget(Label(hint, "small"))
        line = row(gap=10)
        none = translate("import", "No column")
        self.combo = Combo(question, [(_NONE, none), *((h, h) for h in headers)])
        self.combo.activated.connect(self._add)
        line.addWidget(self.combo)
        self._chips = FlowRow(translate("import", "Columns chosen"), 6)
        line.addWidget(self._chips, 1)
        inside.addLayout(line)
        self._headers = headers
        self.chosen: tuple[str, ...] = tuple(h for h in chosen if h in headers)
        self._absent = tuple(h for h in chosen if h not in headers)
        self._show()

    def _add(self) -> None:
        header = self.combo.currentData()
        if header == _NONE:
            self.chosen = ()
        elif header not in self.chosen:
            self.chosen = (*self.chosen, header)
        self._show()

    def _take_off(self) -> None:
        chip = self.sender()
        self.chosen = tuple(h for h in self.chosen if h != chip.property("header"))
        self._show()

    def _show(self) -> None:
        clear(self._chips.flow)
        for header in self.chosen:
            chip = Chip(header, removable=True)
            chip.setProperty("header", header)
            chip.removed.connect(self._take_off)
            self._chips.add(chip)
        last = self.chosen[-1] if self.chosen else _NONE
        self.combo.setCurrentIndex(max(0, self.combo.findData(last)))
        self.updateGeometry()
