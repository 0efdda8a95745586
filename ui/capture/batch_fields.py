"""The five fields of the row that is being keyed: each takes as few keys as it can."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from engage_desktop.capture.card import NOT_ASKED, answer_for_key, answer_words, topics_by_letters
from ui.widgets.base import named
from ui.words import translate


class AnswerField(QLineEdit):
    """One key, 1 to 6, answers and moves on; 0, Backspace or Delete takes the answer away."""

    changed = Signal()
    answered = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.code = NOT_ASKED
        named(self, translate("batch", "Answer"), translate("batch", "Press 1 to 6"))
        self.setPlaceholderText(translate("batch", "1 to 6"))
        self.setReadOnly(True)

    def put(self, code: str) -> None:
        """Show an answer."""
        if code != self.code:
            self.code = code
            self.setText(answer_words(code))
            self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """One key is the whole answer."""
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        code = answer_for_key(event.text()) if plain else None
        if code is not None:
            self.put(code)
            if code != NOT_ASKED:
                self.answered.emit()
        elif event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.put(NOT_ASKED)
        elif event.text().isprintable() and event.text() and plain:
            event.accept()
        else:
            super().keyPressEvent(event)


class YesNoField(QLineEdit):
    """Y or N; empty where the card does not say."""

    changed = Signal()

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.value = ""
        named(self, name, translate("batch", "Press Y or N"))
        self.setPlaceholderText(translate("batch", "Y or N"))
        self.setReadOnly(True)

    def put(self, value: str) -> None:
        """ "yes", "no" or nothing."""
        if value != self.value:
            self.value = value
            shown = {"yes": translate("batch", "Yes"), "no": translate("batch", "No")}
            self.setText(shown.get(value, ""))
            self.changed.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Y, N, or Backspace."""
        letter = event.text().casefold()
        if letter in ("y", "1"):
            self.put("yes")
        elif letter in ("n", "0"):
            self.put("no")
        elif event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
            self.put("")
        elif letter.isprintable() and letter and not event.modifiers():
            event.accept()
        else:
            super().keyPressEvent(event)


class TopicField(QLineEdit):
    """Topics by their first letters, several with a comma between; filled in while typing."""

    def __init__(self, topics: Sequence[tuple[str, str]], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._topics = list(topics)
        named(
            self, translate("batch", "Topic"),
            translate("batch", "First letters choose. A comma begins another topic."),
        )  # fmt: skip
        self.setPlaceholderText(translate("batch", "First letters"))
        self._deleting = False
        self.textEdited.connect(self._fill_in)

    def put(self, themes: Sequence[str]) -> None:
        """Show topics."""
        names = dict(self._topics)
        self.setText(", ".join(names[t] for t in themes if t in names))

    def themes(self) -> tuple[str, ...]:
        """The topics meant, in the order typed, each once."""
        found = [self._meant(part) for part in self._parts()]
        return tuple(dict.fromkeys(topic for topic in found if topic))

    def unknown(self) -> str:
        """The first part that no topic answers to, or nothing."""
        return next((part for part in self._parts() if not self._meant(part)), "")

    def spell_out(self) -> None:
        """Put the whole names in place of the letters."""
        if self.text().strip() and not self.unknown():
            self.put(self.themes())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Taking letters away fills nothing in."""
        self._deleting = event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete)
        super().keyPressEvent(event)

    def _parts(self) -> list[str]:
        return [part.strip() for part in self.text().split(",") if part.strip()]

    def _meant(self, letters: str) -> str:
        exact = next((t for t, name in self._topics if name.casefold() == letters.casefold()), "")
        if exact:
            return exact
        found = topics_by_letters(letters, self._topics)
        return found[0][0] if found else ""

    def _fill_in(self, text: str) -> None:
        if self._deleting or self.cursorPosition() != len(text):
            return
        head, comma, last = text.rpartition(",")
        letters = last.lstrip()
        if not letters:
            return
        found = topics_by_letters(letters, self._topics)
        if found and found[0][1].casefold().startswith(letters.casefold()):
            before = f"{head}{comma} " if comma else ""
            self.setText(before + found[0][1])
            self.setSelection(len(before) + len(letters), len(found[0][1]) - len(letters))
