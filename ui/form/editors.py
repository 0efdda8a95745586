"""One editor for each type of field. None of them knows a field's name.

`value` is in the form that JSON holds; it raises `ValueError` with a sentence. `raw` is what was
typed, right or wrong, so that a draft comes back exactly as it was.
"""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QPlainTextEdit,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from db.fields import FieldType, Spec
from engage_desktop.records import values
from ui.form.context import Context
from ui.theme import theme
from ui.widgets.base import Label, look, named, spaced
from ui.widgets.buttons import Combo, Radio, Tick
from ui.widgets.flow import FlowRow
from ui.words import translate

_WHOLE_DATE = re.compile(r"\d\D+\d{4}$|^\d{4}-\d\d?-\d\d?$")

FEW = 5
"""Up to this many closed choices are offered as radio buttons."""

_CHARACTERS = {
    FieldType.TEXT: 44, FieldType.EMAIL: 36, FieldType.PHONE: 20, FieldType.POSTCODE: 12,
    FieldType.URL: 44, FieldType.TIME: 8, FieldType.INTEGER: 10, FieldType.MONEY: 10,
    FieldType.DATETIME: 24,
}  # fmt: skip


class Editor(QWidget):
    """The part that all have in common. `changed` comes with every key."""

    changed = Signal()
    own_label = False  # True where the editor says the label itself

    def __init__(self, spec: Spec, context: Context | None = None) -> None:
        super().__init__()
        self.spec = spec
        self.context = context
        named(self, spec.label, spec.hint)
        self.box = QVBoxLayout(self)
        spaced(self.box, gap=4)

    def value(self) -> Any:
        """What is entered, as JSON holds it. Raises `ValueError` with a sentence."""
        raise NotImplementedError

    def show_value(self, value: Any) -> None:
        """Show a kept value."""
        raise NotImplementedError

    def raw(self) -> Any:
        """What is typed, as it stands."""
        raise NotImplementedError

    def show_raw(self, raw: Any) -> None:
        """Show what was typed before."""
        raise NotImplementedError

    def fields(self) -> list[QWidget]:
        """The widgets that take the keyboard, first the one to go to."""
        return []

    def go(self) -> None:
        """Put the keyboard here."""
        fields = self.fields()
        if fields:
            fields[0].setFocus(Qt.FocusReason.OtherFocusReason)

    def set_problem(self, sentence: str) -> None:
        """Mark the editor, and tell a screen reader why; "" takes the mark off."""
        for widget in self.fields():
            widget.setProperty("problem", bool(sentence))
            widget.style().unpolish(widget)
            widget.style().polish(widget)
            widget.setAccessibleDescription(sentence or self.spec.hint)


def _line(name: str, characters: int = 0, hint: str = "") -> QLineEdit:
    field = named(QLineEdit(), name, hint)
    if characters:
        field.setFixedWidth(
            field.fontMetrics().averageCharWidth() * (characters + 1) + theme().px(22)
        )
    return field


class LineEditor(Editor):
    """One line: text, addresses, numbers, times and money, read by the same rules as a file."""

    def __init__(self, spec: Spec, context: Context | None = None) -> None:
        super().__init__(spec, context)
        self.line = named(QLineEdit(), spec.label, spec.hint)
        self._kept: Any = None
        self.line.textEdited.connect(self.changed)
        width = self.line.fontMetrics().averageCharWidth() * _CHARACTERS[spec.type]
        self.line.setMaximumWidth(width + theme().px(40))
        row = QHBoxLayout()
        spaced(row, gap=6)
        if spec.type is FieldType.MONEY:
            row.addWidget(Label("£", "muted", wrap=False))
        row.addWidget(self.line, 1)
        if spec.unit:
            row.addWidget(Label(spec.unit, "muted", wrap=False))
        row.addStretch(0)
        self.box.addLayout(row)
        if spec.type is FieldType.PHONE:
            self.line.setInputMethodHints(Qt.InputMethodHint.ImhDialableCharactersOnly)

    def fields(self) -> list[QWidget]:
        return [self.line]

    def value(self) -> Any:
        if not self.line.isModified() and self._kept is not None:
            return self._kept
        kept = values.parse(self.spec, self.line.text())
        if self.spec.type is FieldType.DATETIME:
            return kept.isoformat() if kept else None
        if isinstance(kept, str) and self.spec.type is not FieldType.TEXT:
            kept = kept.strip()
        return self.spec.checked(kept)

    def show_value(self, value: Any) -> None:
        shown = values.show(self.spec, value)
        self._kept = value  # what a line cannot show (a line break) is still given back
        self.line.setText(shown.replace("£", "") if self.spec.type is FieldType.MONEY else shown)
        self.line.setCursorPosition(0)

    def raw(self) -> Any:
        return self.line.text()

    def show_raw(self, raw: Any) -> None:
        self._kept = None
        self.line.setText(str(raw))


class _Growing(QPlainTextEdit):
    """As tall as its words, between three lines and twelve. Tab goes on to the next field."""

    def __init__(self, name: str, hint: str) -> None:
        super().__init__()
        named(self, name, hint)
        self.setTabChangesFocus(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)

    def _fit(self) -> None:
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        line = self.fontMetrics().lineSpacing()
        lines = max(1, round(self.document().size().height()))
        wanted = min(max(lines, 3), 12) * line + theme().px(22)
        return QSize(theme().px(320), wanted)

    def minimumSizeHint(self) -> QSize:
        return QSize(theme().px(120), self.sizeHint().height())


class LongTextEditor(Editor):
    """Paragraphs."""

    def __init__(self, spec: Spec, context: Context | None = None) -> None:
        super().__init__(spec, context)
        self.text = _Growing(spec.label, spec.hint)
        self.text.textChanged.connect(self._typed)
        self._showing, self._kept = False, ""
        self.box.addWidget(self.text)

    def _typed(self) -> None:
        if not self._showing:
            self.changed.emit()

    def fields(self) -> list[QWidget]:
        return [self.text]

    def value(self) -> Any:
        return self.spec.checked(self.raw())

    def show_value(self, value: Any) -> None:
        self._showing = True
        self._kept = str(value or "")
        self.text.setPlainText(self._kept)
        self.text.document().setModified(False)
        self._showing = False

    def raw(self) -> Any:
        """To the letter: Qt's own plain text would turn non-breaking spaces into spaces."""
        if not self.text.document().isModified():
            return self._kept
        return self.text.document().toRawText().replace("\u2029", "\n")

    show_raw = show_value


class DateEditor(Editor):
    """Day, month and year in three boxes. A whole date pasted into the first fills all three."""

    def __init__(self, spec: Spec, context: Context | None = None) -> None:
        super().__init__(spec, context)
        row = QHBoxLayout()
        spaced(row, gap=10)
        self.parts: list[QLineEdit] = []
        for words, characters in (
            (translate("date", "Day"), 2),
            (translate("date", "Month"), 4),
            (translate("date", "Year"), 4),
        ):
            column = QVBoxLayout()
            spaced(column, gap=1)
            part = _line(f"{spec.label}: {words.lower()}", characters, spec.hint)
            part.textEdited.connect(self._typed)
            column.addWidget(Label(words, "small", wrap=False))
            column.addWidget(part)
            row.addLayout(column)
            self.parts.append(part)
        row.addStretch(1)
        self.box.addLayout(row)

    def _typed(self, text: str) -> None:
        part = self.sender()
        if _WHOLE_DATE.search(text):
            try:
                day = values.read_date(text)
            except ValueError:
                day = None
            if day is not None:
                self.show_value(day.isoformat())
        elif len(text) > 1 and text[-1] in "/.-" and part in self.parts[:2]:
            part.setText(text[:-1])
            self.parts[self.parts.index(part) + 1].setFocus(Qt.FocusReason.TabFocusReason)
        self.changed.emit()

    def fields(self) -> list[QWidget]:
        return list(self.parts)

    def value(self) -> Any:
        typed = [part.text().strip() for part in self.parts]
        if not any(typed):
            return None
        words = (
            translate("date", "a day"),
            translate("date", "a month"),
            translate("date", "a year"),
        )
        missing = [word for word, text in zip(words, typed, strict=True) if not text]
        if missing:
            said = translate("date", " and ").join(missing)
            raise ValueError(
                translate("date", "{label} must include {missing}.").format(
                    label=self.spec.label, missing=said
                )
            )
        joint = "/" if typed[1].isdigit() else " "
        day = values.read_date(joint.join(typed))
        return day.isoformat() if day else None

    def show_value(self, value: Any) -> None:
        shown = values.show(self.spec, value)
        parts = shown.split("/") if shown.count("/") == 2 else ["", "", ""]
        self.show_raw(parts)

    def raw(self) -> Any:
        return [part.text() for part in self.parts]

    def show_raw(self, raw: Any) -> None:
        for part, text in zip(self.parts, raw, strict=True):
            part.setText(str(text))


class TickEditor(Editor):
    """Yes or no. Never ticked until somebody ticks it."""

    own_label = True

    def __init__(self, spec: Spec, context: Context | None = None) -> None:
        super().__init__(spec, context)
        self.tick = Tick(spec.label)
        self.tick.setAccessibleDescription(spec.hint)
        self.tick.clicked.connect(self.changed)
        self.box.addWidget(self.tick)

    def fields(self) -> list[QWidget]:
        return [self.tick]

    def value(self) -> Any:
        return self.tick.isChecked()

    def show_value(self, value: Any) -> None:
        self.tick.setChecked(bool(value))

    def raw(self) -> Any:
        return self.tick.isChecked()

    show_raw = show_value


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
        from ui.widgets.pills import Chip

        super().__init__(spec, context)
        self._chip = Chip
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
        chip = self._chip(label)
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
        FieldType.CHOICES: ChipsEditor,
        FieldType.FEATURES: FeaturesEditor,
        FieldType.LINK: LinkEditor,
        FieldType.LINKS: LinksEditor,
    }.get(spec.type, LineEditor)


__all__ = ["Editor", "look", "look_of"]
