"""A question on a sheet: its label, a hint under it, the answer, and what is wrong with it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QFileDialog, QLineEdit, QSizePolicy, QWidget

from ui.dialogs.parts import button, column, row
from ui.dialogs.strength import strength_of
from ui.theme import theme
from ui.widgets.base import Label, bring_into_view, named
from ui.widgets.buttons import Button
from ui.words import translate


class Field(QWidget):
    """One question with one editor. `say` puts a sentence beside the editor, for eye and ear."""

    def __init__(self, label: str, editor: QWidget, hint: str = "") -> None:
        super().__init__()
        named(self, label)
        self.editor = editor
        self._label_text, self._hint = label, hint
        named(editor, label, hint)
        box = column(self, gap=3)
        shown = Label(label, "strong")
        shown.setBuddy(editor)
        box.addWidget(shown)
        self._hint_shown = Label(hint, "small")
        box.addWidget(self._hint_shown)
        self._hint_shown.setVisible(bool(hint))
        self._problem = Label("", "problem")
        self._problem.hide()
        box.addWidget(self._problem)
        self.line = row(gap=8)
        self.line.addWidget(editor, 1)
        box.addLayout(self.line)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)

    @property
    def problem(self) -> str:
        """What is wrong, or nothing."""
        return self._problem.text()

    def hint(self, words: str) -> None:
        """Another hint under the label."""
        self._hint = words
        self._hint_shown.setText(words)
        self._hint_shown.setVisible(bool(words))
        self._describe()

    def say(self, sentence: str) -> None:
        """Show what is wrong; nothing takes it away."""
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
        named(self._problem, sentence or self._label_text)
        self._describe()
        self.editor.setProperty("problem", "true" if sentence else "false")
        self.editor.style().unpolish(self.editor)
        self.editor.style().polish(self.editor)
        if sentence:  # once it has its place
            QTimer.singleShot(0, self, self._be_seen)

    def _describe(self) -> None:
        words = f"{self.problem} {self._hint}".strip() or self._label_text
        named(self.editor, self._label_text, words)

    def _be_seen(self) -> None:
        """Scroll to what is wrong here, or in the question of several that has the keyboard."""
        at = self.window().focusWidget()
        while at is not None and not (isinstance(at, Field) and at.problem):
            at = at.parentWidget()
        bring_into_view(at or self)


class TextField(Field):
    """One line of text."""

    def __init__(self, label: str, hint: str = "", text: str = "") -> None:
        self.edit = QLineEdit(text)
        super().__init__(label, self.edit, hint)

    @property
    def text(self) -> str:
        """What was typed, without the spaces around."""
        return self.edit.text().strip()


class PassphraseField(Field):
    """A secret, hidden until asked to be shown. Spaces belong to it."""

    def __init__(self, label: str, hint: str = "") -> None:
        self.edit = QLineEdit()
        self.edit.setEchoMode(QLineEdit.EchoMode.Password)
        self.edit.setInputMethodHints(
            Qt.InputMethodHint.ImhSensitiveData | Qt.InputMethodHint.ImhNoPredictiveText
        )
        super().__init__(label, self.edit, hint)
        self.show_words = Button(translate("passphrase", "Show"), "visibility", "quiet")
        self.show_words.setCheckable(True)
        named(self.show_words, translate("passphrase", "Show what is typed: {field}").format(
            field=label))  # fmt: skip
        self.show_words.toggled.connect(self._show)
        self.line.addWidget(self.show_words)

    @property
    def text(self) -> str:
        """What was typed, spaces and all."""
        return self.edit.text()

    def clear(self) -> None:
        """Forget it."""
        self.edit.clear()
        self.show_words.setChecked(False)

    def _show(self, shown: bool) -> None:
        mode = QLineEdit.EchoMode.Normal if shown else QLineEdit.EchoMode.Password
        self.edit.setEchoMode(mode)
        words = translate("passphrase", "Hide") if shown else translate("passphrase", "Show")
        self.show_words.setText(words)
        self.show_words.set_icon("visibility_off" if shown else "visibility")


class StrengthMeter(QWidget):
    """Four bars and the words that say the same."""

    def __init__(self) -> None:
        super().__init__()
        self._bars = _Bars()
        self._words = Label("", "small")
        line = row(self, gap=10)
        line.addWidget(self._bars, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self._words, 1)
        self.judge("")

    @property
    def words(self) -> str:
        """What the meter says."""
        return self._words.text()

    def judge(self, passphrase: str) -> None:
        """Say how strong it is."""
        found = strength_of(passphrase)
        self._bars.show_level(found.level)
        self._words.setText(found.words)
        named(self, translate("passphrase", "Strength: {words}").format(words=found.words))
        named(self._words, self.accessibleName())


class _Bars(QWidget):
    def __init__(self) -> None:
        super().__init__()
        self._level = 0
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        named(self, translate("passphrase", "Strength"))

    def show_level(self, level: int) -> None:
        self._level = level
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(theme().px(112), theme().px(8))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        gap = theme().px(4)
        wide = (self.width() - 3 * gap) / 4
        tone = ("track", "bad", "warning", "good", "good")[self._level]
        for bar in range(4):
            painter.setBrush(theme().colour(tone if bar < self._level else "track"))
            left = round(bar * (wide + gap))
            painter.drawRoundedRect(left, 0, round(wide), self.height(), 3, 3)
        painter.end()


class PathField(Field):
    """A folder or file: typed, or chosen with the button."""

    picked = Signal()

    def __init__(
        self, label: str, hint: str = "", *, mode: str = "folder", files: str = "", path: str = ""
    ) -> None:
        self.edit = QLineEdit(path)
        super().__init__(label, self.edit, hint)
        self._mode, self._files = mode, files
        verb = {
            "folder": translate("path", "Choose folder…"),
            "open": translate("path", "Choose file…"),
            "save": translate("path", "Choose place…"),
        }[mode]
        self.choose = button(verb, icon="folder_open", pressed=self.pick)
        named(self.choose, f"{verb} {label}")
        self.line.addWidget(self.choose)

    @property
    def path(self) -> Path | None:
        """The place, or None while nothing is typed."""
        text = self.edit.text().strip()
        return Path(text).expanduser() if text else None

    def pick(self) -> None:
        """Open the system's own chooser."""
        dialog = QFileDialog(self.window(), self._label_text, self.edit.text(), self._files)
        if self._mode == "folder":
            dialog.setFileMode(QFileDialog.FileMode.Directory)
        elif self._mode == "open":
            dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        else:
            dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._picked)
        dialog.open()

    def _picked(self, path: str) -> None:
        self.edit.setText(path)
        self.picked.emit()
