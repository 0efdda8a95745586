"""Before labels are printed: on which sheet, from which label on, and in which order."""

from __future__ import annotations

import datetime as dt
from contextlib import closing
from io import BytesIO

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from db.query import ListQuery
from db.store import Store
from ui.dialogs.fields import Field
from ui.dialogs.pages_of import Printed
from ui.dialogs.small import SmallDialog
from ui.widgets.buttons import Button, Combo
from ui.words import translate


def printed_labels(
    store: Store, query: ListQuery, today: dt.date, sheet: str, start: int, order: str
) -> Printed:
    """The labels of a list. For a task."""
    from engage_desktop.mailing import print_labels
    from engage_desktop.readings import Readings, check_may_see

    check_may_see(store, query.kind)
    out = BytesIO()
    with closing(store.reader()) as reader:
        Readings(store).note_query(reader, query, "printed")
        made = print_labels(reader, query, out, today=today, sheet=sheet, start=start, order=order)
    return Printed(out.getvalue(), made.report.warnings, exact=True)


class LabelsDialog(SmallDialog):
    """Three questions. `wanted(sheet, start, order)` when they are answered."""

    wanted = Signal(str, int, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        from engage_desktop.documents.labels import SHEETS

        super().__init__(
            translate("labels", "Address labels"),
            translate("labels", "For everyone in this list who has an address. Who is not to be "
                      "contacted gets none, and the preview says how many that are."),
            parent=parent,
        )  # fmt: skip
        words = translate("labels", "Which sheet?")
        self.sheet = Combo(words, [(each.name, each.title) for each in SHEETS.values()])
        self.body.addWidget(Field(words, self.sheet))
        words = translate("labels", "First free label")
        self.start = Combo(words)
        hint = translate("labels", "Counted along the rows, on a sheet that was begun before")
        self.body.addWidget(Field(words, self.start, hint))
        words = translate("labels", "In which order?")
        self.order = Combo(
            words,
            [("postcode", translate("labels", "By postcode")),
             ("name", translate("labels", "By name"))],
        )  # fmt: skip
        self.body.addWidget(Field(words, self.order))
        self.sheet.currentIndexChanged.connect(self._count)
        self._count()
        self.go = Button(translate("labels", "Show the labels"), "print", "primary")
        self.go.clicked.connect(self.submit)
        leave = Button(translate("labels", "Go back"), how="quiet")
        leave.clicked.connect(self.reject)
        self.foot.add(self.go, leave)

    def submit(self) -> None:
        """Go on to the preview."""
        asked = self.sheet.currentData(), self.start.currentData(), self.order.currentData()
        self.accept()
        self.wanted.emit(*asked)

    def _count(self) -> None:
        """As many places as the sheet has."""
        from engage_desktop.documents.labels import SHEETS

        self.start.clear()
        for place in range(1, SHEETS[self.sheet.currentData()].places + 1):
            self.start.addItem(str(place), place)
