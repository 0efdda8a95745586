"""One editor for each type of field. None of them knows a field's name.

`value` is in the form that JSON holds; it raises `ValueError` with a sentence. `raw` is what was
typed, right or wrong, so that a draft comes back exactly as it was.
"""

from __future__ import annotations

import re
from typing import Any

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import (
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
from ui.widgets.base import Label, named, spaced
from ui.widgets.buttons import Tick
from ui.words import translate

_WHOLE_DATE = re.compile(r"\d\D+\d{4}$|^\d{4}-\d\d?-\d\d?$")

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
