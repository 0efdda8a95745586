"""The recovery code, shown once: written down, printed or copied before going on."""

from __future__ import annotations

import datetime as dt
from io import BytesIO

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from ui.dialogs.parts import card, column, dress
from ui.dialogs.questions import QuestionSheet
from ui.tasks import Tasks
from ui.widgets.base import Label
from ui.widgets.buttons import Tick
from ui.widgets.flow import FlowRow
from ui.words import translate

CODE_LOOK = "QLabel { font-size: @size_title; font-weight: 700; color: @brand; padding: 2u 8u; }"


class CodeSheet(QuestionSheet):
    """`noted` is emitted once the officer says that the code is written down or printed."""

    noted = Signal()

    def __init__(
        self, workspace: str, officer: str, code: str, tasks: Tasks, *,
        title: str = "", words: str = "", go: str = "",
    ) -> None:  # fmt: skip
        """`title`, `words` and `go` (its button) say something else than for a new workspace."""
        super().__init__(
            title or translate("code", "Your recovery code"),
            words
            or translate("code", "If the passphrase is forgotten, this code is the only other way"
                         " in. It is shown this once and kept nowhere."),
        )  # fmt: skip
        self._workspace, self._officer, self._tasks = workspace, officer, tasks
        self.code = code
        box = card(translate("code", "Your recovery code"))
        inside = column(box, edges=(16, 16, 16, 16))
        flow = FlowRow(code, 10)
        for group in code.split("-"):
            flow.add(dress(Label(group, wrap=False), CODE_LOOK))
        inside.addWidget(flow)
        self.body.addWidget(box)
        self.tick = Tick(translate("code", "I have written it down or printed it"))
        self.body.addWidget(self.tick)
        go = go or translate("code", "Open my workspace")
        self.go = self.add_button(go, "primary", self.submit)
        self.print = self.add_button(
            translate("code", "Print it…"), "secondary", self.show_sheet, icon="print"
        )
        self.copy = self.add_button(
            translate("code", "Copy code"), "plain", self.copy_code, icon="content_copy"
        )

    def take_keyboard(self) -> None:
        """The tick box is next."""
        self.tick.setFocus(Qt.FocusReason.OtherFocusReason)

    def copy_code(self) -> None:
        """To the clipboard."""
        QGuiApplication.clipboard().setText(self.code)
        self.copy.say(translate("code", "Copied"))

    def show_sheet(self) -> QWidget:
        """The printed sheet, to look at, save or print."""
        from ui.dialogs.print_preview import PrintPreview

        preview = PrintPreview(
            translate("code", "Recovery sheet"), self.render, self._tasks, parent=self.window()
        )
        preview.open()
        return preview

    def render(self) -> bytes:
        """The sheet as a PDF. For a task."""
        from engage_desktop.documents.recovery import RecoverySheet, render_recovery

        out = BytesIO()
        groups = tuple(self.code.split("-"))
        today = dt.datetime.now().astimezone().date()
        render_recovery(RecoverySheet(self._workspace, self._officer, today, groups), out)
        return out.getvalue()

    def submit(self) -> None:
        """Go on, if it was noted."""
        if not self.tick.isChecked():
            self.problem.say(
                translate("code", "First write the code down or print it, then tick the box. It is"
                          " not shown again.")
            )  # fmt: skip
            self.tick.setFocus()
            return
        self.noted.emit()
