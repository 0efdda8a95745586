"""A list that matters, on paper and in a file."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from db.store import Store
from engage_desktop.queries.standing_lists import Asked, list_title, standing_list
from ui.dialogs.pages_of import Printed
from ui.form.context import Context
from ui.tasks import Ticket
from ui.words import translate


def printed_list(store: Store, name: str, asked: Asked) -> Printed:
    """The list as a register. For a task."""
    from engage_desktop.documents.register import render_register

    with closing(store.reader()) as reader:
        found = standing_list(reader, name, asked)
    out = BytesIO()
    left = translate("lists", "Without {n} marked sensitive.").format(n=found.covered)
    report = render_register(
        list_title(name, asked), (translate("lists", "Name"), translate("lists", "About")),
        ((row.name, row.what) for row in found.rows), out, total=found.count, day=asked.today,
        filters=left if found.covered else "", spell_missing=True,
    )  # fmt: skip
    return Printed(out.getvalue(), tuple(report.warnings))


class ListExport(QFileDialog):
    """Where to; then it is written on the writing thread."""

    def __init__(
        self, context: Context, name: str, asked: Asked, done: Callable[[Any], None],
        failed: Callable[[Any], None], parent: QWidget,
    ) -> None:  # fmt: skip
        title = list_title(name, asked)
        super().__init__(parent, translate("flows", "Export"), f"{title}.xlsx")
        self._context, self._name, self._asked = context, name, asked
        self._told, self._failed = done, failed
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setNameFilters(["Excel (*.xlsx)", "CSV (*.csv)"])
        self.setDefaultSuffix("xlsx")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fileSelected.connect(self.write_to)

    def write_to(self, name: str) -> Ticket:
        """Write it there."""
        store, path = self._context.workspace.store, Path(name)

        def job(_ticket: Ticket) -> tuple[str, int, int]:
            from engage_desktop.exchange.standing_file import write_standing_list

            return path.name, *write_standing_list(store, self._name, self._asked, path)

        return self._context.tasks.write(job, self._told, self._failed)


__all__ = ["ListExport", "printed_list"]
