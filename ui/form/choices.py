"""Editors for choices: one of a few, one of many, several, and features seen or not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QLineEdit, QWidget

from db.fields import FieldType, Spec
from engage_desktop.records import values
from ui.form.context import Context
from ui.form.editors import DateEditor, Editor, LineEditor, LongTextEditor, TickEditor
from ui.theme import theme
from ui.widgets.base import Label, named, spaced
from ui.widgets.buttons import Combo, Radio
from ui.widgets.flow import FlowRow
from ui.widgets.pills import Chip
from ui.words import translate

MANY = 16
"""More choices than this are offered in a list, not laid out as chips."""

FEW = 5
"""Up to this many closed choices are offered as radio buttons."""


class RadioEditor(Editor):
    """One of a few."""

    def __init__(self, spec: Spec, context: Context | None = None) -> None:
        super().__init__(spec, context)
        row = FlowRow(spec.label, 20)
        self.group = QButtonGroup(self)
        self.radios: dict[str, Radio] = {}
        for choice in _offered(spec):
            radio = Radio(choice[1])
            named(radio, f"{spec.label}: {choice[1]}", spec.hint)
            radio.clicked.connect(self.changed)
            self.group.addButton(radio)
            self.radios[choice[0]] = radio
            row.add(radio)
        self.box.addWidget(row)

    def fields(self) -> list[QWidget]:
        on = [radio for radio in self.radios.values() if radio.isChecked()]
        rest = [radio for radio in self.radios.values() if not radio.isChecked()]
        return [*on, *rest]

    def value(self) -> Any:
        return next((code for code, radio in self.radios.items() if radio.isChecked()), "")

    def show_value(self, value: Any) -> None:
        self.group.setExclusive(False)
        for code, radio in self.radios.items():
            radio.setChecked(code == (value or ""))
        self.group.setExclusive(True)

    def raw(self) -> Any:
        return self.value()

    show_raw = show_value


def _offered(spec: Spec) -> list[tuple[str, str]]:
    offered = [(choice.code, choice.label) for choice in spec.choices]
    if spec.default in ("", None):
        offered.insert(0, ("", translate("choice", "Not said")))
    return offered


class ComboEditor(Editor):
    """One of many; with open choices anything else may be typed."""

    def __init__(self, spec: Spec, context: Context | None = None) -> None:
        super().__init__(spec, context)
        items = [(c.code, c.label) for c in spec.choices]
        if spec.open_choices or spec.default in ("", None):
            items.insert(0, ("", "" if spec.open_choices else translate("choice", "Not said")))
        self.combo = Combo(spec.label, items, editable=spec.open_choices)
        self.combo.setAccessibleDescription(spec.hint)
        self.combo.setMaximumWidth(theme().px(420))
        self.combo.setMinimumContentsLength(18)
        if spec.open_choices:
            self.combo.lineEdit().setPlaceholderText(translate("choice", "Choose or type"))
            self.combo.editTextChanged.connect(self._typed)
        self.combo.activated.connect(self._typed)
        self._showing = False
        row = QHBoxLayout()
        spaced(row)
        row.addWidget(self.combo, 1)
        row.addStretch(0)
        self.box.addLayout(row)

    def _typed(self) -> None:
        if not self._showing:
            self.changed.emit()

    def fields(self) -> list[QWidget]:
        return [self.combo]

    def value(self) -> Any:
        if not self.spec.open_choices:
            return self.combo.currentData() or ""
        return self.spec.checked(values.parse(self.spec, self.combo.currentText()))

    def show_value(self, value: Any) -> None:
        self._showing = True
        at = self.combo.findData(value or "")
        self.combo.setCurrentIndex(at)
        if self.spec.open_choices:
            text = values.show(self.spec, value)
            self.combo.setEditText(text)
        self._showing = False

    def raw(self) -> Any:
        return self.combo.currentText() if self.spec.open_choices else self.value()

    def show_raw(self, raw: Any) -> None:
        if self.spec.open_choices:
            self._showing = True
            self.combo.setEditText(str(raw))
            self._showing = False
        else:
            self.show_value(raw)


class FeaturesEditor(Editor):
    """Yes, no or not known, row by row. Not known until somebody looked."""

    def __init__(self, spec: Spec, context: Context | None = None) -> None:
        super().__init__(spec, context)
        self.rows: dict[str, dict[str, Radio]] = {}
        self.groups: list[QButtonGroup] = []
        grid = QGridLayout()
        spaced(grid, gap=4)
        grid.setHorizontalSpacing(theme().px(16))
        grid.setColumnStretch(0, 1)
        answers = (
            ("yes", translate("features", "Yes")),
            ("no", translate("features", "No")),
            ("", translate("features", "Not known")),
        )
        for row, choice in enumerate(spec.choices):
            grid.addWidget(Label(choice.label), row, 0)
            group = QButtonGroup(self)
            self.groups.append(group)
            self.rows[choice.code] = {}
            for column, (code, words) in enumerate(answers, 1):
                radio = Radio(words)
                named(radio, f"{choice.label}: {words}")
                radio.clicked.connect(self.changed)
                group.addButton(radio)
                grid.addWidget(radio, row, column)
                self.rows[choice.code][code] = radio
        self.box.addLayout(grid)
        self.show_value({})

    def fields(self) -> list[QWidget]:
        return [
            next((r for r in row.values() if r.isChecked()), row[""]) for row in self.rows.values()
        ]

    def value(self) -> Any:
        found = {
            code: next((answer for answer, radio in row.items() if radio.isChecked()), "")
            for code, row in self.rows.items()
        }
        return {code: answer for code, answer in found.items() if answer}

    def show_value(self, value: Any) -> None:
        for code, row in self.rows.items():
            row[(value or {}).get(code, "")].setChecked(True)

    def raw(self) -> Any:
        return self.value()

    show_raw = show_value


class ChipsEditor(Editor):
    """Several of many, as chips: Tab comes to the set, arrows move inside, Space chooses."""

    def __init__(self, spec: Spec, context: Context | None = None) -> None:
        super().__init__(spec, context)
        self.row = FlowRow(spec.label, 8)
        self.chips: dict[str, Chip] = {}
        for choice in spec.choices:
            self._offer(choice.code, choice.label)
        self.box.addWidget(self.row)
        self.other: QLineEdit | None = None
        if spec.open_choices or not spec.choices:
            words = translate("choice", "Add another and press Enter")
            self.other = named(QLineEdit(), f"{spec.label}: {words}")
            self.other.setPlaceholderText(words)
            self.other.setMaximumWidth(theme().px(300))
            self.other.returnPressed.connect(self._add_other)
            self.other.textEdited.connect(self.changed)
            self.box.addWidget(self.other)
        self._rove(0)

    def _offer(self, code: str, label: str) -> None:
        chip = Chip(label)
        chip.setProperty("code", code)
        named(chip, f"{self.spec.label}: {label}")
        chip.clicked.connect(self.changed)
        chip.installEventFilter(self)
        self.chips[code] = chip
        self.row.add(chip)

    def _rove(self, at: int) -> None:
        for index, chip in enumerate(self.chips.values()):
            policy = Qt.FocusPolicy.StrongFocus if index == at else Qt.FocusPolicy.ClickFocus
            chip.setFocusPolicy(policy)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() != QEvent.Type.KeyPress or not isinstance(event, QKeyEvent):
            return False
        forward = event.key() in (Qt.Key.Key_Right, Qt.Key.Key_Down)
        if not forward and event.key() not in (Qt.Key.Key_Left, Qt.Key.Key_Up):
            return False
        chips = list(self.chips.values())
        at = (chips.index(watched) + (1 if forward else -1)) % len(chips)
        self._rove(at)
        chips[at].setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _add_other(self) -> None:
        text = self.other.text().strip() if self.other else ""
        if text:
            code = values.parse(self.spec, values.join_elements([text]))[0]
            if code not in self.chips:
                self._offer(code, self.spec.choice_label(code))
            self.chips[code].setChecked(True)
            self.other.clear()
            self.changed.emit()

    def fields(self) -> list[QWidget]:
        stop = [c for c in self.chips.values() if c.focusPolicy() == Qt.FocusPolicy.StrongFocus]
        return [*stop, *([self.other] if self.other else [])]

    def value(self) -> Any:
        chosen = {code for code, chip in self.chips.items() if chip.isChecked()}
        if self.other is not None and self.other.text().strip():
            chosen.update(values.parse(self.spec, values.join_elements([self.other.text()])))
        return sorted(chosen)

    def show_value(self, value: Any) -> None:
        for code in value or ():
            if code not in self.chips:
                self._offer(code, self.spec.choice_label(code))
        for code, chip in self.chips.items():
            chip.setChecked(code in (value or ()))
        if self.other is not None:
            self.other.clear()

    def raw(self) -> Any:
        return self.value()

    show_raw = show_value


class ManyChipsEditor(ChipsEditor):
    """Several of very many: the chosen are chips, the rest are offered in a list beside them."""

    def __init__(self, spec: Spec, context: Context | None = None) -> None:
        super().__init__(replace(spec, choices=()), context)
        self.spec = spec
        if self.other is not None:
            self.other.hide()
            self.box.removeWidget(self.other)
            self.other.deleteLater()
            self.other = None
        words = translate("choice", "Choose or type, and press Enter")
        self.combo = Combo(
            f"{spec.label}: {words}", [("", ""), *((c.code, c.label) for c in spec.choices)],
            editable=True,
        )  # fmt: skip
        self.combo.setMaximumWidth(theme().px(420))
        self.combo.setMinimumContentsLength(18)
        self.combo.setInsertPolicy(Combo.InsertPolicy.NoInsert)
        self.combo.lineEdit().setPlaceholderText(words)
        self.combo.activated.connect(self._chosen)
        self.combo.lineEdit().returnPressed.connect(self._chosen)
        self.combo.lineEdit().textEdited.connect(self.changed)
        self.box.addWidget(self.combo)

    def _chosen(self) -> None:
        code = self._typed_code()
        if code:
            self._choose(code)
            self.combo.setCurrentIndex(0)
            self.combo.clearEditText()
            self.changed.emit()

    def _typed_code(self) -> str:
        """What stands in the list and is no chip yet. Raises `ValueError` with a sentence."""
        text = self.combo.currentText().strip()
        if not text:
            return ""
        codes: tuple[str, ...] = values.parse(self.spec, values.join_elements([text]))
        return codes[0] if codes else ""

    def _choose(self, code: str) -> None:
        if code not in self.chips:
            self._offer(code, self.spec.choice_label(code))
            self._rove(len(self.chips) - 1)
        self.chips[code].setChecked(True)

    def fields(self) -> list[QWidget]:
        return [*super().fields(), self.combo]

    def value(self) -> Any:
        chosen = set(super().value())
        typed = self._typed_code()
        return sorted(chosen | {typed} if typed else chosen)

    def show_value(self, value: Any) -> None:
        for chip in self.chips.values():
            chip.hide()
            self.row.flow.removeWidget(chip)
            chip.deleteLater()
        self.chips.clear()
        for code in value or ():
            self._choose(code)
        self.combo.setCurrentIndex(0)
        self.combo.clearEditText()

    def raw(self) -> Any:
        return {"chips": super().value(), "typed": self.combo.currentText()}

    def show_raw(self, raw: Any) -> None:
        kept = raw if isinstance(raw, dict) else {"chips": raw, "typed": ""}
        self.show_value(kept.get("chips"))
        self.combo.setEditText(str(kept.get("typed") or ""))


def look_of(spec: Spec) -> type[Editor]:
    """Which editor a field gets: by its type, and for choices by how many there are."""
    from ui.form.pickers import LinkEditor, LinksEditor

    if spec.type is FieldType.CHOICE:
        few = len(_offered(spec)) <= FEW and not spec.open_choices
        return RadioEditor if few else ComboEditor
    return {
        FieldType.LONG_TEXT: LongTextEditor,
        FieldType.DATE: DateEditor,
        FieldType.BOOLEAN: TickEditor,
        FieldType.CHOICES: ManyChipsEditor if len(spec.choices) > MANY else ChipsEditor,
        FieldType.FEATURES: FeaturesEditor,
        FieldType.LINK: LinkEditor,
        FieldType.LINKS: LinksEditor,
    }.get(spec.type, LineEditor)
