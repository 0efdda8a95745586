"""The organisation's recovery key: a file and a code for the safe, shown and printed once."""

from __future__ import annotations

import datetime as dt
from io import BytesIO
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from db.clock import system_random
from db.errors import InvalidInput
from engage_desktop.sync.team import new_code
from engage_desktop.sync.team_recovery import make_recovery
from engage_desktop.workspace import Workspace
from ui.dialogs.fields import PathField
from ui.dialogs.parts import button, card, column, dress, row
from ui.dialogs.questions import sentence_of
from ui.dialogs.recovery_code import CODE_LOOK
from ui.dialogs.small import SmallDialog
from ui.dialogs.team_approve import write_private
from ui.tasks import Tasks, Ticket
from ui.widgets.banners import Banner, ProgressStrip
from ui.widgets.base import Label, named
from ui.widgets.buttons import Tick
from ui.widgets.flow import FlowRow
from ui.words import translate

SUFFIX = ".recovery"


class RecoveryKeyDialog(SmallDialog):
    """`made` once the key is written and the team's roster says so."""

    made = Signal()

    def __init__(
        self, workspace: Workspace, tasks: Tasks, *, again: bool = False,
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        """`again`: the team has a key already, which this one replaces."""
        super().__init__(
            translate("key", "Recovery key"),
            translate(
                "key",
                "If every admin’s laptop is lost, this key lets in a new one. It is a file and a"
                " code; the organisation keeps them in a safe, apart from each other and from every"
                " laptop.",
            ),
            wide=620, parent=parent,
        )  # fmt: skip
        self._workspace, self._tasks = workspace, tasks
        self.code = ""
        self.file: Path | None = None
        self.questions = named(QWidget(), translate("key", "Where to put it"))
        box = column(self.questions, gap=12)
        if again:
            box.addWidget(
                Banner("warning", translate("key", "There is a recovery key already."),
                       translate("key", "A new one takes its place: the old one then opens nothing"
                                 " new, and the team’s keys change."))
            )  # fmt: skip
        self.place = PathField(
            translate("key", "Put the file here"),
            translate("key", "A stick that goes into the safe is best"),
            mode="save",
            files=translate("key", "Recovery keys (*.recovery)"),
            path=str(workspace.folder.parent / (translate("key", "Team recovery key") + SUFFIX)),
        )
        box.addWidget(self.place)
        self.body.addWidget(self.questions)
        self.waiting = ProgressStrip()
        self.body.addWidget(self.waiting)
        self._show_answer()
        self.go = button(translate("key", "Make recovery key"), "primary", icon="key",
                         pressed=self.make)  # fmt: skip
        self.print = button(translate("key", "Print the code…"), "primary", icon="print",
                            pressed=self.show_sheet)  # fmt: skip
        self.copy = button(translate("key", "Copy code"), "plain", icon="content_copy",
                           pressed=self._copy)  # fmt: skip
        self.close_button = button(translate("key", "Cancel"), "quiet", pressed=self.reject)
        self.print.hide()
        self.copy.hide()
        self.foot.add(self.go, self.print, self.copy, self.close_button)

    def make(self) -> None:
        """Write the file, then tell the team."""
        path = self.place.path
        if path is None:
            self.place.say(translate("key", "Choose where to put the file."))
            return
        if path.suffix != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
        self.place.say("")
        self.problem.say("")
        self.go.setEnabled(False)
        self.waiting.show_progress(translate("key", "Making the key…"), 0, 0)
        store, code = self._workspace.store, new_code(system_random)
        taken = translate("key", "“{name}” is there already. Nothing was changed. Choose another"
                          " name.").format(name=path.name)  # fmt: skip

        def job(_ticket: Ticket) -> tuple[Path, str]:
            if path.exists():
                raise InvalidInput(taken)
            make_recovery(store, lambda data: write_private(path, data), code=code)
            return path, code

        self._tasks.team(job, self._made, self._failed)

    def reject(self) -> None:
        """Not before the code was noted: it is shown this once."""
        if self.code and not self.noted.isChecked():
            self.problem.say(
                translate("key", "First print the code or write it down, then tick the box. It is"
                          " not shown again.")
            )  # fmt: skip
            self.noted.setFocus()
            self.fit()
            return
        super().reject()

    def show_sheet(self) -> QWidget:
        """The code on paper, to look at, save or print."""
        from ui.dialogs.print_preview import PrintPreview

        preview = PrintPreview(
            translate("key", "Recovery key of the team"), self.render_sheet, self._tasks,
            parent=self,
        )  # fmt: skip
        preview.open()
        return preview

    def render_sheet(self) -> bytes:
        """The sheet as a PDF. For a task."""
        from engage_desktop.documents import recovery

        workspace = self._workspace
        sheet = recovery.RecoverySheet(
            self.file.name if self.file else workspace.name,
            workspace.officer,
            dt.datetime.now().astimezone().date(),
            tuple(self.code.split("-")),
            heading="Recovery key of the team",
            words=recovery.TEAM_WORDS,
            footer="Secret. Keep in the safe, apart from the file.",
        )
        out = BytesIO()
        recovery.render_recovery(sheet, out, steps=recovery.TEAM_STEPS, care=recovery.TEAM_CARE)
        return out.getvalue()

    def _show_answer(self) -> None:
        self.answer = card(translate("key", "The code"))
        box = column(self.answer, gap=8, edges=(16, 14, 16, 14))
        self.written = Label("", "strong")
        box.addWidget(self.written)
        box.addWidget(
            Label(translate("key", "Its code is shown this once and kept nowhere. Print it or write"
                            " it down, and keep it apart from the file."))
        )  # fmt: skip
        self._groups = FlowRow(translate("key", "The code"), 8)
        box.addWidget(self._groups)
        line = row()
        self.noted = Tick(translate("key", "I have printed it or written it down"))
        line.addWidget(self.noted, 1)
        box.addLayout(line)
        self.answer.hide()
        self.body.addWidget(self.answer)

    def _made(self, made: tuple[Path, str]) -> None:
        self.file, self.code = made
        self.waiting.finish()
        self.questions.hide()
        self.go.hide()
        words = translate("key", "“{name}” is written.").format(name=self.file.name)
        self.written.setText(words)
        named(self.written, words)
        for group in self.code.split("-"):
            self._groups.add(dress(Label(group, wrap=False), CODE_LOOK))
        self.answer.show()
        self.print.show()
        self.copy.show()
        self.close_button.say(translate("key", "Done"))
        self.fit()
        self.print.setFocus()
        self.made.emit()

    def _failed(self, error: Exception) -> None:
        self.waiting.finish()
        self.go.setEnabled(True)
        self.problem.say(sentence_of(error))
        self.fit()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.code)
        self.copy.say(translate("key", "Copied"))


__all__ = ["SUFFIX", "RecoveryKeyDialog"]
