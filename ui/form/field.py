"""One question of a form: label, hint, what is wrong, and the editor."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from db.fields import FieldType, Spec
from ui.form.choices import look_of
from ui.form.context import Context
from ui.form.editors import Editor, LineEditor
from ui.form.remarks import PostcodeRemark
from ui.widgets.base import Label, named, spaced
from ui.words import translate


class Field(QWidget):
    """One question: label, hint, what is wrong, and the editor."""

    def __init__(self, spec: Spec, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.spec = spec
        named(self, spec.label, spec.hint)
        self.editor: Editor = look_of(spec)(spec, context)
        box = QVBoxLayout(self)
        spaced(box, gap=3)
        self.label = Label(spec.label, "strong")
        self.label.setBuddy((self.editor.fields() or [self.editor])[0])
        self._hint = Label(spec.hint, "small")
        self._problem = Label("", "problem")
        self._hidden = Label(translate("form", "Hidden. F9 shows it again."), "muted")
        for widget in (self.label, self._hint, self._problem, self.editor, self._hidden):
            box.addWidget(widget)
        self.remark: PostcodeRemark | None = None
        if spec.type is FieldType.POSTCODE and isinstance(self.editor, LineEditor):
            self.remark = PostcodeRemark(self.editor.line)
            box.insertWidget(box.indexOf(self._hidden), self.remark)
        # Only now: a widget shown before it has a parent is a window of its own.
        self.label.setVisible(not self.editor.own_label)
        self._hint.setVisible(bool(spec.hint))
        self._problem.hide()
        self._hidden.hide()

    def set_problem(self, sentence: str) -> None:
        """Say beside the field what is wrong; "" takes it away."""
        if sentence == self._problem.text():
            return
        self._problem.setText(sentence)
        self._problem.setVisible(bool(sentence))
        self.editor.set_problem(sentence)

    def set_hidden(self, hidden: bool) -> None:
        """Cover a sensitive value."""
        self.editor.setVisible(not hidden)
        if self.remark is not None:
            self.remark.setVisible(not hidden and bool(self.remark.text()))
        self._hidden.setVisible(hidden)
        if self.editor.own_label:
            self.label.setVisible(hidden)
