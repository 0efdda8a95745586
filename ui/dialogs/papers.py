"""What leaves the window on paper or as a file. See `ui.seams.FlowsLike`.

A dialog's module is imported when the dialog is first wanted: the window has to be there at once.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from db.query import ListQuery
from engage_desktop.workspace import Workspace
from ui.form.context import Context
from ui.tasks import Ticket
from ui.words import count_words, translate

if TYPE_CHECKING:
    from engage_desktop.maps.drawing import Wish
    from engage_desktop.queries.standing_lists import Asked
    from engage_desktop.watching import ForMe
    from ui.dialogs.handout import HandoutEditor
    from ui.dialogs.labels import LabelsDialog
    from ui.dialogs.mail_list import MailListDialog
    from ui.dialogs.pages_of import Printed
    from ui.dialogs.print_preview import PrintPreview
    from ui.widgets.banners import ProgressStrip


class Papers(QObject):
    """Previews what is printed and writes what is exported; keeps no dialog."""

    def __init__(
        self, context: Context, today: Callable[[], dt.date], parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._context, self._today = context, today

    @property
    def _workspace(self) -> Workspace:
        workspace: Workspace = self._context.workspace
        return workspace

    # Lists

    def export_list(self, window: QWidget, query: ListQuery) -> None:
        """Ask where to, and write what a list shows."""
        from engage_desktop.exchange.targets import CARDS_ARE

        plural = self._workspace.store.registry[query.kind].meta.plural
        dialog = QFileDialog(window, translate("flows", "Export"), f"{plural}.xlsx")
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        filters = ["Excel (*.xlsx)", "CSV (*.csv)", "JSON (*.json)"]
        if query.kind == CARDS_ARE:
            filters.append(translate("flows", "Contacts’ cards, how to reach them (*.vcf)"))
        dialog.setNameFilters(filters)
        dialog.setDefaultSuffix("xlsx")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setProperty("query", query)
        dialog.fileSelected.connect(self._export_chosen)
        dialog.open()

    def export_to(self, path: Path, query: ListQuery, strip: ProgressStrip | None = None) -> Ticket:
        """Write what a list shows; `strip` says how far it is and can stop it."""
        store = self._workspace.store

        def job(ticket: Ticket) -> tuple[str, int, int]:
            from engage_desktop.exchange.exporter import export_file
            from engage_desktop.queries.sensitive import left_out

            rows = export_file(
                store, query.kind, path, query=query, progress=ticket.progress,
                cancelled=lambda: ticket.cancelled,
            )  # fmt: skip
            reader = store.reader()
            try:
                return path.name, rows, left_out(reader, query)
            finally:
                reader.close()

        if strip is None:
            return self._context.tasks.write(job, self._exported, self._failed)
        from ui.widgets.watch import Watch

        watch = Watch(strip, translate("flows", "Exporting…"), self._exported, self._failed)
        return watch.over(self._context.tasks, job)

    def print_list(self, window: QWidget, query: ListQuery) -> PrintPreview:
        """Preview what a list shows as a printed register."""
        meta = self._workspace.store.registry[query.kind].meta
        return self._preview(window, meta.plural, lambda: self._register(query))

    def list_for_mailing(self, window: QWidget, query: ListQuery) -> MailListDialog:
        """Ask what for, and write who of a list of stakeholders may be sent it."""
        from ui.dialogs.mail_list import MailListDialog

        return self._opened(MailListDialog(self._context, query, self._today(), window))

    def print_labels(self, window: QWidget, query: ListQuery) -> LabelsDialog:
        """Ask on which sheet, and preview labels for what a list of stakeholders shows."""
        from ui.dialogs.labels import LabelsDialog, printed_labels

        dialog = LabelsDialog(window)
        store, day = self._workspace.store, self._today()
        title = dialog.windowTitle()

        def show(sheet: str, start: int, order: str) -> None:
            self._preview(
                window, title, lambda: printed_labels(store, query, day, sheet, start, order)
            )

        dialog.wanted.connect(show)
        return self._opened(dialog)

    def print_handout(self, window: QWidget, you_said: str) -> HandoutEditor:
        """Write, look at and print the easy-read sheet of a “You said, we did”."""
        from ui.dialogs.handout import HandoutEditor

        return self._opened(
            HandoutEditor(
                self._workspace,
                self._context.tasks,
                you_said,
                today=self._today,
                refusal=self._context.rights.adding("easy_read_line"),
                parent=window,
            )
        )

    def print_summary(self, window: QWidget) -> PrintPreview:
        """Preview the printed summary of answers and themes."""
        title = translate("flows", "What people told us")
        return self._preview(window, title, self._summary)

    def print_map(self, window: QWidget, wish: Wish) -> PrintPreview:
        """Preview a map of stakeholders on paper."""
        from ui.dialogs.map_files import map_title, printed_map

        title, store, day = map_title(wish), self._workspace.store, self._today()
        return self._preview(window, title, lambda: printed_map(store, wish, day))

    def save_map(self, window: QWidget, wish: Wish) -> QFileDialog:
        """Ask where to, and write a map."""
        from ui.dialogs.map_files import ask_for_map

        dialog = ask_for_map(window, wish)
        dialog.fileSelected.connect(self._map_chosen)
        dialog.open()
        return dialog

    def _map_chosen(self, path: str) -> None:
        self.save_map_to(Path(path), self.sender().property("wish"))

    def save_map_to(self, path: Path, wish: Wish) -> Ticket:
        """Write a map; the file's ending says as what."""
        store, day = self._workspace.store, self._today()

        def job(_ticket: Ticket) -> str:
            from ui.dialogs.map_files import write_map

            write_map(store, wish, path, day)
            return path.name

        return self._context.tasks.write(job, self._written, self._failed)

    def print_standing(self, window: QWidget, name: str, asked: Asked) -> PrintPreview:
        """Preview one of the lists that matter."""
        from engage_desktop.queries.standing_lists import list_title
        from ui.dialogs.list_files import printed_list

        store = self._workspace.store
        return self._preview(
            window, list_title(name, asked), lambda: printed_list(store, name, asked)
        )

    def export_standing(self, window: QWidget, name: str, asked: Asked) -> QFileDialog:
        """Ask where to, and write one of the lists that matter."""
        from ui.dialogs.list_files import ListExport

        return self._opened(
            ListExport(self._context, name, asked, self._exported, self._failed, window)
        )

    def print_digest(self, window: QWidget, everything: bool) -> PrintPreview:
        """Preview what changed for the officer on paper."""
        title = translate("flows", "What changed for you")
        return self._preview(window, title, lambda: self._digest(everything))

    def mail_digest(self, window: QWidget, everything: bool) -> None:
        """Ask where to, and write it as a letter that a mail program opens."""
        title = translate("flows", "E-mail to yourself")
        dialog = QFileDialog(window, title, translate("flows", "What changed for you.eml"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setNameFilters(["E-mail (*.eml)"])
        dialog.setDefaultSuffix("eml")
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setProperty("everything", everything)
        dialog.fileSelected.connect(self._mail_chosen)
        dialog.open()

    def mail_to(self, path: Path, everything: bool) -> Ticket:
        """Write what changed for the officer as a letter."""
        store = self._workspace.store

        def job(_ticket: Ticket) -> str:
            from engage_desktop.watching import write_digest

            write_digest(store, self._news(everything), path)
            return path.name

        return self._context.tasks.write(job, self._mailed, self._failed)

    def print_erasures(self, window: QWidget) -> PrintPreview:
        """Preview the register of erasures as it is printed."""
        from ui.dialogs.erase_register import printed_register

        store, day = self._workspace.store, self._today()
        title = store.registry["erasure"].meta.plural
        return self._preview(window, title, lambda: printed_register(store, title, day))

    def export_erasures(self, window: QWidget) -> None:
        """Ask where to, and write the register of erasures."""
        from ui.dialogs.erase_register import RegisterExport

        RegisterExport(self._context, self._exported, self._failed, window).open()

    # Inside

    def _opened(self, dialog: Any) -> Any:
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()
        return dialog

    def _preview(self, window: QWidget, title: str, render: Callable[[], Printed]) -> PrintPreview:
        from ui.dialogs.print_preview import PrintPreview

        preview = PrintPreview(
            title, render, self._context.tasks, file_name=f"{title}.pdf", parent=window
        )
        self._opened(preview)
        return preview

    def _register(self, query: ListQuery) -> Printed:
        from engage_desktop.documents.from_store import register_columns, register_rows
        from engage_desktop.documents.register import render_register
        from engage_desktop.queries.sensitive import only_plain
        from engage_desktop.readings import Readings
        from ui.dialogs.pages_of import Printed

        reader = self._workspace.store.reader()
        try:
            meta = reader.registry[query.kind].meta
            Readings(self._workspace.store).note_query(reader, query, "printed")
            out = BytesIO()
            report = render_register(
                meta.plural, register_columns(reader, query.kind), register_rows(reader, query),
                out, total=reader.count(only_plain(query)), day=self._today(), spell_missing=True,
            )  # fmt: skip
            return Printed(out.getvalue(), tuple(report.warnings))
        finally:
            reader.close()

    def _summary(self) -> Printed:
        from engage_desktop.documents.from_store import feedback_summary
        from engage_desktop.documents.summary_doc import render_summary
        from engage_desktop.queries.feedback import Scope
        from ui.dialogs.pages_of import Printed

        reader = self._workspace.store.reader()
        try:
            out = BytesIO()
            report = render_summary(feedback_summary(reader, Scope(), day=self._today()), out)
            return Printed(out.getvalue(), tuple(report.warnings))
        finally:
            reader.close()

    def _news(self, everything: bool) -> ForMe:
        from engage_desktop.watching import for_me

        store = self._workspace.store
        reader = store.reader()
        try:
            return for_me(store, reader, unread_only=not everything, most=None)
        finally:
            reader.close()

    def _digest(self, everything: bool) -> Printed:
        from engage_desktop.digest import digest_of
        from engage_desktop.documents.digest_doc import render_digest
        from ui.dialogs.pages_of import Printed

        out = BytesIO()
        found = self._news(everything)
        render_digest(digest_of(self._workspace.officer, found.shown, self._today()), out)
        return Printed(out.getvalue())

    def _mail_chosen(self, path: str) -> None:
        self.mail_to(Path(path), bool(self.sender().property("everything")))

    def _written(self, name: str) -> None:
        self._context.say(translate("flows", "“{name}” is written").format(name=name))

    def _mailed(self, name: str) -> None:
        words = translate("flows", "“{name}” is written. Open it with your mail program.")
        self._context.say(words.format(name=name))

    def _export_chosen(self, path: str) -> None:
        dialog = self.sender()
        window = dialog.parentWidget() if isinstance(dialog, QWidget) else None
        strip = getattr(window, "progress", None)
        self.export_to(Path(path), dialog.property("query"), strip)

    def _exported(self, exported: tuple[str, int, int]) -> None:
        name, rows, left = exported
        said = count_words(rows, translate("flows", "row"), translate("flows", "rows"))
        words = translate("flows", "“{name}” is written: {rows}.").format(name=name, rows=said)
        if left:
            words += " " + translate("flows", "Without {n} marked sensitive.").format(n=left)
        self._context.say(words)

    def _failed(self, error: Exception) -> None:
        from ui.dialogs.questions import sentence_of

        self._context.say(sentence_of(error))
