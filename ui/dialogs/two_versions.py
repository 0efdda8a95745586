"""Two versions: choose one. Both values, who wrote them and when; keep one or type a third."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QButtonGroup, QLineEdit, QPlainTextEdit, QWidget

from db.changes import BIN
from db.fields import SET_TYPES, FieldType
from engage_desktop.records.values import parse
from engage_desktop.sync.desk import Choice
from ui.dialogs.parts import button, column, dress, row
from ui.theme import theme
from ui.widgets.base import Label, look, named
from ui.widgets.buttons import BOX, Radio
from ui.widgets.flow import FlowRow
from ui.widgets.pills import IconTile
from ui.words import moment_words, translate

VALUE_LOOK = "QRadioButton { font-weight: 700; }"


class TwoVersions(QWidget):
    """One card. 1, 2, … choose a version, Enter keeps it. `chosen` carries the kept value."""

    chosen = Signal(object, object)  # Choice, value
    open_record = Signal(str, str)

    def __init__(self, choice: Choice) -> None:
        super().__init__()
        self.choice = choice
        conflict = choice.conflict
        title = translate("versions", "{field} of “{title}”").format(
            field=choice.field_label, title=conflict.title
        )
        named(look(self, "plain"), translate("versions", "Two versions: {what}").format(what=title))
        box = column(self, gap=8, edges=(0, 6, 0, 8))
        top = row(gap=10)
        top.addWidget(IconTile("call_split", "warning", title))
        words = column(gap=0)
        words.addWidget(Label(title, "strong"))
        words.addWidget(Label(choice.kind_label, "small"))
        top.addLayout(words, 1)
        see = button(translate("versions", "See the record"), "link", pressed=self._see)
        named(see, translate("versions", "See the record: {title}").format(title=conflict.title))
        top.addWidget(see)
        box.addLayout(top)
        self.group = QButtonGroup(self)
        for number, (version, shown) in enumerate(
            zip(conflict.versions, choice.shown, strict=True), start=1
        ):
            who = f"{version.officer}, {moment_words(version.ms)}"
            radio = dress(Radio(f"{number}  {shown}"), VALUE_LOOK)
            named(radio, f"{number}  {shown} — {who}")
            self.group.addButton(radio, number - 1)
            box.addWidget(radio)
            written = Label(who, "small")
            written.setContentsMargins(theme().px(BOX + 8), 0, 0, theme().px(2))
            box.addWidget(written)
        self.own: QLineEdit | QPlainTextEdit | None = None
        if self._may_type:
            self._add_third(box)
        self.problem = Label("", "problem")
        self.problem.hide()
        box.addWidget(self.problem)
        foot = FlowRow(translate("versions", "Choose"), 10)
        self.keep = button(translate("versions", "Keep this one"), "secondary", icon="check",
                           pressed=self.keep_chosen)  # fmt: skip
        named(self.keep, translate("versions", "Keep this one: {what}").format(what=title))
        foot.add(self.keep)
        box.addWidget(foot)

    @property
    def _may_type(self) -> bool:
        spec = self.choice.spec
        if spec is None or self.choice.conflict.slot == BIN or spec.type in SET_TYPES:
            return False
        return spec.type not in (FieldType.LINK, FieldType.BOOLEAN)

    def take_keyboard(self) -> None:
        """The first version."""
        self.group.button(0).setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A number chooses, Enter keeps."""
        number = event.key() - Qt.Key.Key_1
        if 0 <= number < len(self.choice.conflict.versions) and not event.modifiers():
            self.group.button(number).setChecked(True)
            self.group.button(number).setFocus(Qt.FocusReason.TabFocusReason)
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.keep_chosen()
        else:
            super().keyPressEvent(event)

    def keep_chosen(self) -> None:
        """Keep what is chosen, or say what is missing."""
        at = self.group.checkedId()
        if self.group.checkedButton() is None:
            self._say(translate("versions", "Choose one of them first, or type your own."))
            self.take_keyboard()
            return
        if at == self._third_id:
            try:
                value = self._typed()
            except ValueError as error:
                self._say(str(error))
                return
        else:
            value = self.choice.conflict.versions[at].value
        self._say("")
        self.keep.setEnabled(False)
        self.chosen.emit(self.choice, value)

    def failed(self, sentence: str) -> None:
        """It could not be kept."""
        self.keep.setEnabled(True)
        self._say(sentence)

    @property
    def _third_id(self) -> int:
        return len(self.choice.conflict.versions)

    def _add_third(self, box: Any) -> None:
        words = translate("versions", "Something else:")
        self.third = Radio(words)
        self.group.addButton(self.third, self._third_id)
        box.addWidget(self.third)
        spec = self.choice.spec
        if spec is not None and spec.type is FieldType.LONG_TEXT:
            long = QPlainTextEdit()
            long.setTabChangesFocus(True)
            long.setFixedHeight(long.fontMetrics().lineSpacing() * 4)
            long.textChanged.connect(self._own_typed)
            self.own = long
        else:
            line = QLineEdit()
            line.textEdited.connect(self._own_typed)
            self.own = line
        named(self.own, translate("versions", "Something else for {field}").format(
            field=self.choice.field_label))  # fmt: skip
        box.addWidget(self.own)

    def _own_typed(self) -> None:
        self.third.setChecked(True)

    def _typed(self) -> Any:
        own, spec = self.own, self.choice.spec
        text = own.toPlainText() if isinstance(own, QPlainTextEdit) else own.text() if own else ""
        value = parse(spec, text) if spec is not None else text
        return value.isoformat() if hasattr(value, "isoformat") else value

    def _see(self) -> None:
        self.open_record.emit(self.choice.conflict.kind, self.choice.conflict.id)

    def _say(self, sentence: str) -> None:
        self.problem.setText(sentence)
        self.problem.setVisible(bool(sentence))
        named(self.problem, sentence or translate("versions", "No problem"))
