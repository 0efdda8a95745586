"""Import: a file, its columns, its rows, a look at what will be made, and then all at once.

Every wait is a task. Esc leaves at any step; the answers are kept and can be taken up again.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent
from PySide6.QtWidgets import QDialog, QFileDialog, QStackedWidget, QWidget

from db.errors import Cancelled, KnownError
from engage_desktop.exchange.importer import ImportPlan, commit, plan_import
from engage_desktop.exchange.mapping import ImportMapping, load_mapping, mapping_toml
from engage_desktop.exchange.wizard import (
    DRAFT,
    Found,
    ImportState,
    begin,
    draft_of,
    keep_draft,
    open_file,
    open_pasted,
    remember,
)
from engage_desktop.workspace import Workspace
from ui.dialogs.import_check import CheckStep, DoneStep, Preview, preview_of
from ui.dialogs.import_columns import ColumnsStep
from ui.dialogs.import_rows import RowsStep
from ui.dialogs.import_source import SourceStep, dropped_file
from ui.dialogs.parts import Problem, button, column, row
from ui.dialogs.questions import sentence_of
from ui.dialogs.steps import Steps
from ui.tasks import Tasks, Ticket
from ui.widgets.banners import ProgressStrip
from ui.widgets.base import Label, Scroll, look, named, sized
from ui.words import translate

SOURCE, COLUMNS, ROWS, CHECK, DONE = range(5)


class ImportWizard(QDialog):
    """`receipt_wanted` carries the id of the receipt the officer wants to see."""

    receipt_wanted = Signal(str)

    def __init__(
        self, workspace: Workspace, tasks: Tasks, kind: str = "feedback",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._workspace, self._store, self._tasks = workspace, workspace.store, tasks
        self._ticket: Ticket | None = None
        self._mapping: ImportMapping | None = None
        self.state: ImportState | None = None
        self.plan: ImportPlan | None = None
        title = translate("import", "Import")
        named(self, title)
        self.setWindowTitle(title)
        self.setAcceptDrops(True)
        sized(self, 1120, 700)
        self._build(kind)
        left = draft_of(self._workspace.drafts.get(DRAFT))
        self._left = left
        if left is not None:
            self.source.offer_left(left[0].name)
        self._go(SOURCE)

    # The steps

    @property
    def at(self) -> int:
        """The step that is shown."""
        return self.pages.currentIndex()

    def open_path(self, path: Path) -> None:
        """Open a file that was chosen or dropped."""
        self._open(lambda t: open_file(path, progress=t.progress, cancelled=_stopped(t)))

    def open_text(self, text: str) -> None:
        """Read cells that were copied."""
        self._open(lambda t: open_pasted(text, progress=t.progress))

    def use_mapping(self, path: Path) -> None:
        """Use a mapping file for the file that is open."""
        try:
            mapping = load_mapping(path)
            if self.state is not None:
                self.state.take(mapping)
                self.state.suggested = ()
        except KnownError as error:
            self.problem.say(error.sentence)
            return
        self._mapping = mapping
        self.problem.say("")
        self.next()

    def next(self) -> None:
        """Go on: the next step, or the import itself."""
        if self.at == DONE:
            self.accept()
        elif self.at == CHECK:
            self._commit()
        elif self.state is None:
            self.problem.say(translate("import", "Choose a file first, or paste cells."))
            self.source.take_keyboard()
        elif self.at == SOURCE:
            self.columns.show_state(self.state)
            self._go(COLUMNS)
        elif self.at == COLUMNS:
            self.rows.show_state(self.state)
            self._go(ROWS)
        else:
            self.rows.collect()
            self._plan()

    def back(self) -> None:
        """One step back; from the first, out."""
        if self.at == ROWS:
            self.rows.collect()
        if self.at in (SOURCE, DONE):
            self.reject()
        else:
            self._go(self.at - 1)

    def reject(self) -> None:
        """Leave. A running step is stopped; the answers are kept."""
        self._stop()
        if self.state is not None and self.at != DONE:
            if self.at == ROWS:
                self.rows.collect()
            keep_draft(self._workspace.drafts.put, self.state)
        super().reject()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Esc stops what runs, then leaves; Enter never presses a button by chance."""
        if event.key() == Qt.Key.Key_Escape and self._ticket is not None:
            self._stop()
            return
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            return
        super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file may be dropped anywhere on the wizard's first step."""
        if self.at == SOURCE and dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open it."""
        path = dropped_file(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.open_path(path)

    # Building

    def _build(self, kind: str) -> None:
        look(self, "page")
        outer = column(self, gap=12, edges=(24, 18, 24, 18))
        outer.addWidget(Label(translate("import", "Import"), "title"))
        self.steps = Steps([
            translate("import", "File"), translate("import", "Columns"),
            translate("import", "Rows"), translate("import", "Check"),
            translate("import", "Done"),
        ])  # fmt: skip
        outer.addWidget(self.steps)
        self.problem = Problem()
        outer.addWidget(self.problem)
        self.pages = named(QStackedWidget(), translate("import", "Step"))
        self.source = SourceStep(self._store.registry, kind)
        self.columns = ColumnsStep()
        self.rows = RowsStep()
        self.check = CheckStep()
        self.done_step = DoneStep()
        for page in (self.source, self.columns, self.rows, self.check, self.done_step):
            self.pages.addWidget(page)
        outer.addWidget(Scroll(self.pages, translate("import", "Step")), 1)
        self.waiting = ProgressStrip()
        self.waiting.cancelled.connect(self._stop)
        outer.addWidget(self.waiting)
        foot = row(gap=10)
        self.go_back = button(translate("import", "Cancel"), "quiet", pressed=self.back)
        self.go_on = button(
            translate("import", "Match columns"), "primary", key="Ctrl+Return", pressed=self.next
        )
        foot.addWidget(self.go_back)
        foot.addStretch(1)
        foot.addWidget(self.go_on)
        outer.addLayout(foot)
        self.source.file_chosen.connect(self.open_path)
        self.source.pasted.connect(self.open_text)
        self.source.reread.connect(self._reread)
        self.source.mapping_chosen.connect(self.use_mapping)
        self.source.kind_chosen.connect(self._kind_chosen)
        self.source.take_up.connect(self._take_up)
        self.done_step.open_receipt.connect(self._show_receipt)
        self.done_step.undo.connect(self._undo)
        self.done_step.save_mapping.connect(self._choose_mapping_place)

    def _go(self, step: int) -> None:
        self.problem.say("")
        self.pages.setCurrentIndex(step)
        self.steps.show_at(step)
        self.go_on.say(self._verb(step))
        self.go_back.say(
            translate("import", "Cancel") if step == SOURCE else translate("import", "Go back")
        )
        self.go_back.setVisible(step != DONE)
        self.pages.currentWidget().take_keyboard()

    def _verb(self, step: int) -> str:
        if step == CHECK and self.plan is not None:
            if self.plan.changes_nothing:
                return translate("import", "Close")
            kind = self._most_made(self.plan)
            fates = self.plan.outcome.kinds.get(kind, {"created": 0, "updated": 0, "unchanged": 0})
            count = f"{fates['created'] + fates['updated']:,}"
            words = self._store.registry[kind].meta.plural
            return translate("import", "Import {n} {what}").format(n=count, what=words.lower())
        return (
            translate("import", "Match columns"), translate("import", "Say what rows are"),
            translate("import", "Check before importing"), translate("import", "Import"),
            translate("import", "Close"),
        )[step]  # fmt: skip

    @staticmethod
    def _most_made(plan: ImportPlan) -> str:
        row = plan.shape.row_kind
        fates = plan.outcome.kinds
        if row in fates and (fates[row]["created"] or fates[row]["updated"]):
            return row
        return max(fates, key=lambda k: fates[k]["created"] + fates[k]["updated"], default=row)

    # Opening

    def _open(self, job: Callable[[Ticket], Found]) -> None:
        kind, mapping = self.source.kind.currentData(), self._mapping

        def opened(ticket: Ticket) -> ImportState:
            return begin(self._store, job(ticket), kind, mapping)

        self._begin(translate("import", "Reading the file…"), opened, self._opened)

    def _opened(self, state: ImportState) -> None:
        self._settled()
        self.state = state
        self.source.kind.setCurrentIndex(self.source.kind.findData(state.kind))
        self.source.show_found(state.found)
        self.go_on.setFocus(Qt.FocusReason.OtherFocusReason)

    def _reread(self, sheet: str, header_row: int) -> None:
        path = self.state.found.path if self.state else None
        if path is not None:
            self._open(
                lambda t: open_file(
                    path,
                    sheet=sheet,
                    header_row=header_row,
                    progress=t.progress,
                    cancelled=_stopped(t),
                )
            )

    def _kind_chosen(self, kind: str) -> None:
        if self.state is not None:
            found = self.state.found
            self._mapping = None
            self._begin(
                translate("import", "Matching columns…"),
                lambda _t: begin(self._store, found, kind, None),
                self._opened,
            )

    def _take_up(self) -> None:
        if self._left is not None:
            path, self._mapping = self._left
            self.source.kind.setCurrentIndex(self.source.kind.findData(self._mapping.kind))
            self.open_path(path)

    # Looking and keeping

    def _plan(self) -> None:
        state = self.state
        if state is None:
            return
        mapping, table = state.mapping(), state.found.table

        def planned(ticket: Ticket) -> Preview:
            plan = plan_import(
                self._store,
                table,
                mapping,
                blobs=self._workspace.blobs,
                progress=ticket.progress,
                cancelled=_stopped(ticket),
            )
            return preview_of(self._store, plan)

        self._begin(translate("import", "Looking at every row…"), planned, self._planned)

    def _planned(self, preview: Preview) -> None:
        self._settled()
        self.plan = preview.plan
        self.check.show_preview(preview)
        self._go(CHECK)

    def _commit(self) -> None:
        plan, state = self.plan, self.state
        if plan is None or state is None or plan.changes_nothing:
            self.accept()
            return
        headers, mapping = state.found.table.headers, state.mapping()

        def kept(ticket: Ticket) -> ImportPlan:
            commit(self._store, plan, progress=ticket.progress, cancelled=_stopped(ticket))
            remember(self._store, mapping, headers)
            return plan

        self._begin(translate("import", "Keeping what was checked…"), kept, self._kept)

    def _kept(self, plan: ImportPlan) -> None:
        self._settled()
        self._workspace.drafts.delete(DRAFT)
        self.done_step.show_outcome(plan)
        self._go(DONE)

    def _undo(self, change_set: str) -> None:
        self._begin(
            translate("import", "Taking the import back…"),
            lambda _t: self._store.undo(change_set),
            self._undone,
        )

    def _undone(self, _applied: object) -> None:
        self._settled()
        self.done_step.show_undone()

    def _show_receipt(self, receipt: str) -> None:
        self.receipt_wanted.emit(receipt)
        self.accept()

    def _choose_mapping_place(self) -> None:
        dialog = QFileDialog(self, translate("import", "Save mapping"), "mapping.toml")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("toml")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self.save_mapping)
        dialog.open()

    def save_mapping(self, path: str) -> None:
        """Write the mapping to a file, for a colleague or the command line."""
        from engage_desktop.leaving import leaving

        if self.state is None:
            return
        try:
            with leaving(Path(path)) as file:
                file.write(mapping_toml(self.state.mapping()).encode())
        except (KnownError, OSError) as error:
            self.problem.say(sentence_of(error))

    # Waiting

    def _begin(self, what: str, job: Callable[[Ticket], Any], done: Callable[[Any], None]) -> None:
        self._stop()
        self.problem.say("")
        self._doing = what
        self.go_on.setEnabled(False)
        self.waiting.show_progress(what, 0, 0)
        self._ticket = self._tasks.write(job, done, self._failed, self._progress)

    def _progress(self, how_far: tuple[int, int, str]) -> None:
        done, total, words = how_far
        self.waiting.show_progress(words or self._doing, done, total)

    def _failed(self, error: Exception) -> None:
        self._settled()
        if not isinstance(error, Cancelled):
            self.problem.say(sentence_of(error))
        else:
            self.problem.say(translate("import", "Stopped. Nothing was kept of it."))

    def _settled(self) -> None:
        self._ticket = None
        self.go_on.setEnabled(True)
        self.waiting.finish()

    def _stop(self) -> None:
        if self._ticket is not None:
            self._ticket.cancel()


def _stopped(ticket: Ticket) -> Callable[[], bool]:
    return lambda: ticket.cancelled
