"""What is said in place of a record that was erased for good."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.reader import Reader
from engage_desktop.erasing import ErasureLine, lines_of
from ui.form.context import Context
from ui.widgets.base import Label, named, spaced
from ui.widgets.cards import Card
from ui.words import lower_first, moment_words, translate


class ErasedNote(QWidget):
    """Who erased it, when and why, and which laptops still hold something of it."""

    def __init__(self, context: Context) -> None:
        super().__init__()
        self._context = context
        name = translate("erased", "Erased for good")
        named(self, name)
        box = QVBoxLayout(self)
        spaced(box, (4, 0, 12, 16), 12)
        self.card = Card(name=name)
        self._words = Label("", "strong")
        self._rest = Label("")
        self.card.body.addWidget(self._words)
        self.card.body.addWidget(self._rest)
        box.addWidget(self.card)
        box.addStretch(1)
        self._record = ""
        context.tasks.wrote.connect(self._again)

    def show_for(self, kind: str, record_id: str) -> None:
        """Of which record. What the register says of it comes a moment later."""
        label = lower_first(self._context.registry[kind].meta.label)
        words = translate("erased", "This {what} was erased for good. Nothing of it is left to "
                          "show, to undo or to restore.")  # fmt: skip
        self._words.setText(words.format(what=label))
        self._rest.setText("")
        named(self, self._words.text())
        self._record = record_id
        self._ask()

    def _again(self) -> None:
        """After each piece of work: the last remains may be gone now."""
        if self.isVisible():
            self._ask()

    def _ask(self) -> None:
        record_id = self._record
        store = self._context.workspace.store

        def job(_reader: Reader) -> ErasureLine | None:
            return next((line for line in lines_of(store) if record_id in line.records), None)

        self._context.tasks.read(job, self._came, key=self)

    def _came(self, line: ErasureLine | None) -> None:
        if line is None:
            return
        said = [
            translate("erased", "Erased by {who}, {when}.").format(
                who=line.officer, when=moment_words(line.ms)
            )
        ]
        if line.reason:
            said.append(translate("erased", "Reason: {words}").format(words=line.reason))
        self._rest.setText("\n".join([*said, line.laptops]))


__all__ = ["ErasedNote"]
