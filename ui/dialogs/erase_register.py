"""The register of erasures on paper and in a file."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from db.store import Store
from engage_desktop.documents.register import render_register
from engage_desktop.erasing import HEADINGS, export_register, lines_of
from ui.dialogs.pages_of import Printed
from ui.form.context import Context
from ui.tasks import Ticket
from ui.words import translate


def printed_register(store: Store, title: str, day: dt.date) -> Printed:
    """The register as a tagged PDF."""
    rows, out = [line.cells for line in lines_of(store)], BytesIO()
    report = render_register(title, HEADINGS, rows, out, total=len(rows), day=day,
                             spell_missing=True)  # fmt: skip
    return Printed(out.getvalue(), tuple(report.warnings))


class RegisterExport(QFileDialog):
    """Where to; then it is written on the writing thread."""

    def __init__(
        self, context: Context, done: Callable[[Any], None], failed: Callable[[Any], None],
        parent: QWidget,
    ) -> None:  # fmt: skip
        plural = context.registry["erasure"].meta.plural
        super().__init__(parent, translate("flows", "Export"), f"{plural}.xlsx")
        self._context, self._told, self._failed = context, done, failed
        self.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        self.setNameFilters(["Excel (*.xlsx)", "CSV (*.csv)", "JSON (*.json)"])
        self.setDefaultSuffix("xlsx")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.fileSelected.connect(self.write_to)

    def write_to(self, name: str) -> Ticket:
        """Write it there."""
        store, path = self._context.workspace.store, Path(name)

        def job(_ticket: Ticket) -> tuple[str, int, int]:
            return path.name, export_register(store, path), 0

        return self._context.tasks.write(job, self._told, self._failed)


__all__ = ["RegisterExport", "printed_register"]
