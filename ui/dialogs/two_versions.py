"""Two versions: choose one. Each beside the other, with who and when; keep one or type a third."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QLineEdit, QPlainTextEdit, QWidget

from db.changes import BIN
from db.fields import SET_TYPES, FieldType
from engage_desktop.difference import Piece, compared, folded, said
from engage_desktop.records.values import parse
from engage_desktop.sync.desk import Choice
from ui.dialogs.parts import button, card, column, dress, row
from ui.theme import theme
from ui.widgets.base import Label, look, named, spaced
from ui.widgets.buttons import BOX, Radio
from ui.widgets.difference import MarkedText
from ui.widgets.flow import FlowRow
from ui.widgets.pills import IconTile
from ui.words import moment_words, translate

HEAD_LOOK = "QRadioButton { font-weight: 700; }"
WIDE = 460
"""From this width on (pixels at 100 % text) two versions stand beside each other."""

LONGEST_SAID = 300

Pieces = Sequence[Sequence[Piece]]


def pieces_of(choice: Choice) -> Pieces:
    """Each version of a long text with what the one beside it has not. For a task."""
    if choice.spec is None or choice.spec.type is not FieldType.LONG_TEXT:
        return ()
    first, *others = choice.shown
    pairs = [compared(first, other) for other in others]
    if not pairs:
        return ()
    return [folded(pairs[0][0]), *(folded(pair[1]) for pair in pairs)]


class TwoVersions(QWidget):
    """One card. 1, 2, … choose a version, Enter keeps it. `chosen` carries the kept value."""

    chosen = Signal(object, object)  # Choice, value
    open_record = Signal(str, str)

    def __init__(self, choice: Choice, pieces: Pieces = ()) -> None:
        super().__init__()
        self.choice, self._refusal = choice, ""
        conflict = choice.conflict
        title = translate("versions", "{field} of “{title}”").format(
            field=choice.field_label, title=conflict.title
        )
        named(look(self, "plain"), translate("versions", "Two versions: {what}").format(what=title))
        box = column(self, gap=12)
        box.addLayout(self._head(title))
        self.group = QButtonGroup(self)
        self._grid = QGridLayout()
        spaced(self._grid, gap=12)
        self._cards = [
            self._version(number, pieces[number] if pieces else None)
            for number in range(len(conflict.versions))
        ]
        box.addLayout(self._grid)
        self.own: QLineEdit | QPlainTextEdit | None = None
        if self._may_type:
            self._add_third(box)
        self.problem = Label("", "problem")
        self.problem.hide()
        box.addWidget(self.problem)
        self.foot = FlowRow(translate("versions", "Choose"), 10)
        self.keep = button(translate("versions", "Keep this one"), "secondary", icon="check",
                           pressed=self.keep_chosen)  # fmt: skip
        named(self.keep, translate("versions", "Keep this one: {what}").format(what=title))
        self.foot.add(self.keep)
        box.addWidget(self.foot)
        self._across = 0
        self._lay()

    def refuse(self, why: str) -> None:
        """The officer's role does not let them choose: both versions are there to be read."""
        self._refusal = why
        self.keep.setEnabled(not why)
        self._say(why)

    def _head(self, title: str) -> Any:
        conflict = self.choice.conflict
        top = row(gap=10)
        top.addWidget(IconTile("call_split", "warning", title), 0, Qt.AlignmentFlag.AlignTop)
        words = column(gap=0)
        words.addWidget(Label(title, "heading"))
        words.addWidget(Label(self.choice.kind_label, "small"))
        top.addLayout(words, 1)
        see = button(translate("versions", "See the record"), "link", pressed=self._see)
        named(see, translate("versions", "See the record: {title}").format(title=conflict.title))
        top.addWidget(see, 0, Qt.AlignmentFlag.AlignTop)
        return top

    def _version(self, number: int, pieces: Sequence[Piece] | None) -> QWidget:
        version, shown = self.choice.conflict.versions[number], self.choice.shown[number]
        when = moment_words(version.ms)
        who = f"{version.officer}, {when}"
        short = shown if len(shown) <= LONGEST_SAID else shown[: LONGEST_SAID - 1] + "…"
        frame = card(translate("versions", "Version {n}: {who}").format(n=number + 1, who=who))
        box = column(frame, gap=6, edges=(14, 10, 14, 12))
        radio = dress(Radio(f"{number + 1}  {version.officer}"), HEAD_LOOK)
        named(radio, f"{number + 1}  {short} — {who}", said(pieces) if pieces else "")
        self.group.addButton(radio, number)
        box.addWidget(radio)
        inner = column(gap=4, edges=(BOX + 8, 0, 0, 0))
        inner.addWidget(Label(when, "small"))
        if pieces:
            inner.addWidget(MarkedText(f"{number + 1}  {who}", pieces))
        else:
            inner.addWidget(Label(shown, "strong"))
        box.addLayout(inner)
        box.addStretch(1)
        return frame

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside each other where there is room, else below."""
        super().resizeEvent(event)
        self._lay()

    def _lay(self) -> None:
        across = 2 if self.width() >= theme().px(WIDE) else 1
        if across != self._across:
            self._across = across
            for number, frame in enumerate(self._cards):
                self._grid.addWidget(frame, number // across, number % across)
            self._grid.setColumnStretch(0, 1)
            self._grid.setColumnStretch(1, 1 if across == 2 else 0)

    @property
    def _may_type(self) -> bool:
        spec = self.choice.spec
        if spec is None or self.choice.conflict.slot == BIN or spec.type in SET_TYPES:
            return False
        return spec.type not in (FieldType.LINK, FieldType.BOOLEAN)

    def take_keyboard(self) -> None:
        """The version that is chosen, or the first."""
        chosen = self.group.checkedButton() or self.group.button(0)
        chosen.setFocus(Qt.FocusReason.OtherFocusReason)

    def type_third(self) -> None:
        """Put the keyboard where a third value is typed, if one may be."""
        if self.own is not None:
            self.third.setChecked(True)
            self.own.setFocus(Qt.FocusReason.OtherFocusReason)

    def pick(self, number: int) -> bool:
        """Choose a version by its number, from 1; the one after the last is a third value."""
        if 1 <= number <= len(self.choice.conflict.versions):
            self.group.button(number - 1).setChecked(True)
            self.group.button(number - 1).setFocus(Qt.FocusReason.TabFocusReason)
            return True
        if number == len(self.choice.conflict.versions) + 1 and self.own is not None:
            self.type_third()
            return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """A number chooses, Enter keeps."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and self.pick(event.key() - Qt.Key.Key_0):
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.keep_chosen()
        elif event.key() == Qt.Key.Key_Escape and self.own is not None and self.own.hasFocus():
            self.group.button(0).setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            super().keyPressEvent(event)

    def keep_chosen(self) -> None:
        """Keep what is chosen, or say what is missing."""
        if not self.keep.isEnabled():
            self._say(self._refusal)
            return
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
        self.third = Radio(f"{self._third_id + 1}  {words}")
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
