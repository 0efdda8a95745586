"""A sheet of questions that are checked when they are sent."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QPushButton

from db.errors import KnownError
from ui.dialogs.fields import Field
from ui.dialogs.sheet import Sheet
from ui.words import translate


class QuestionSheet(Sheet):
    """Enter goes to the next question and sends the last; Esc goes back."""

    back = Signal()

    def __init__(self, title: str, words: str = "") -> None:
        super().__init__(title, words)
        self.fields: list[Field] = []

    def ask_in_order(self, *fields: Field) -> None:
        """Put questions below each other."""
        for field in fields:
            self.body.addWidget(field)
            self.fields.append(field)
            field.editor.installEventFilter(self)

    def add_back(self) -> QPushButton:
        """The way back, beside the other buttons."""
        return self.add_button(translate("sheet", "Go back"), "quiet", self.go_back)

    def go_back(self) -> None:
        """Leave this sheet."""
        self.back.emit()

    def take_keyboard(self) -> None:
        """The first empty question gets the keyboard."""
        empty = [f for f in self.fields if isinstance(f.editor, QLineEdit) and not f.editor.text()]
        if self.fields:
            (empty or self.fields)[0].editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def problems(self) -> dict[Field, str]:
        """For subclasses: a sentence for each answer that will not do."""
        return {}

    def send(self) -> None:
        """For subclasses: every answer is fit."""

    def submit(self) -> None:
        """Check the answers; send them, or say what is wrong and go to the first."""
        found = self.problems()
        for field in self.fields:
            field.say(found.get(field, ""))
        if not found:
            self.problem.say("")
            self.send()
            return
        self.problem.say(" ".join(found.values()))
        next(iter(found)).editor.setFocus(Qt.FocusReason.OtherFocusReason)

    def failed(self, error: Exception) -> None:
        """It could not be done: the sentence, and the keyboard back where it was."""
        self.done(sentence_of(error))
        self.take_keyboard()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Enter in a question."""
        pressed = event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent)
        if not pressed or event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return super().eventFilter(watched, event)
        editors = [field.editor for field in self.fields if field.isVisibleTo(self)]
        at = editors.index(watched) if watched in editors else -1  # type: ignore[arg-type]
        if 0 <= at < len(editors) - 1:
            editors[at + 1].setFocus(Qt.FocusReason.TabFocusReason)
        else:
            self.submit()
        return True


def sentence_of(error: Exception) -> str:
    """What the person reads: the known sentence, or that it was our mistake."""
    if isinstance(error, KnownError):
        return error.sentence
    return translate(
        "sheet",
        "Something went wrong that is our mistake, not yours. Nothing was changed. Try again; if"
        " it happens again, tell whoever looks after this program.",
    )
