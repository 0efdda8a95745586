"""Address labels from the window: three questions, then the sheet as it is printed."""

from io import BytesIO

import pypdf
import pytest
from PySide6.QtPrintSupport import QPrinter
from PySide6.QtWidgets import QApplication

from db.query import Condition, ListQuery
from tests.ui_flows.helpers import TODAY, clipped
from ui.dialogs.flows import Flows
from ui.dialogs.labels import LabelsDialog
from ui.dialogs.print_preview import PrintPreview
from ui.theme import theme
from ui.widgets.base import unnamed

MARLFORD = ListQuery("stakeholder", where=(Condition("locality", "=", "Marlford"),), sort="name")


def test_the_list_s_labels_are_shown_on_the_sheet_that_was_chosen(county, context, qtbot, tmp_path):
    flows = Flows(context, today=lambda: TODAY)
    dialog = flows.print_labels(None, MARLFORD)
    dialog.sheet.setCurrentIndex(dialog.sheet.findData("large"))
    assert dialog.start.count() == 8
    dialog.start.setCurrentIndex(7)
    before = set(QApplication.topLevelWidgets())
    dialog.submit()
    preview = next(w for w in QApplication.topLevelWidgets()
                   if isinstance(w, PrintPreview) and w not in before)  # fmt: skip
    qtbot.addWidget(preview)
    qtbot.waitUntil(lambda: preview.drawn)
    pages = pypdf.PdfReader(BytesIO(preview.printed.pdf)).pages
    assert len(pages) == preview.pages > 5
    assert pages[0].extract_text().count("ZZ1") == 1
    assert pages[1].extract_text().count("ZZ1") == 8
    assert "without an address" in preview.printed.findings[0]

    printer = QPrinter(QPrinter.PrinterMode.ScreenResolution)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))
    printer.setFromTo(1, 1)
    preview.print_on(printer)
    assert printer.fullPage(), "fitted to the printer's margins, it would miss the labels"
    qtbot.waitUntil(lambda: (tmp_path / "out.pdf").exists() and preview._run is None)
    preview.reject()


@pytest.mark.parametrize("percent", [100, 200])
def test_the_questions_are_named_and_whole(shown, qtbot, percent):
    theme().set(percent=percent)
    dialog = shown(LabelsDialog(), None)
    dialog.fit()
    qtbot.wait(30)
    assert unnamed(dialog) == []
    assert clipped(dialog) == []
