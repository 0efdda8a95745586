"""Looking at paper before it is printed: pages, sizes, findings, saving, printing, handouts."""

from io import BytesIO

import pypdfium2
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtPrintSupport import QPrinter

from db.changes import Create
from db.errors import KnownError
from db.query import ListQuery
from engage_desktop.documents.from_store import newest_you_said
from engage_desktop.records.outcome import YouSaid
from tests.ui_flows.helpers import TODAY, clipped
from ui.dialogs.flows import Flows
from ui.dialogs.handout import HandoutEditor
from ui.dialogs.handout_line import MOST_WORDS
from ui.dialogs.handout_lines import Line, changes_between, draft_of, lines_from, pictures
from ui.dialogs.pages_of import Printed, draw_page, shape_of
from ui.dialogs.print_preview import FIT_WIDTH, PrintPreview
from ui.theme import theme
from ui.widgets.base import unnamed


def three_pages():
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfgen.canvas import Canvas

    out = BytesIO()
    canvas = Canvas(out, pagesize=A4)
    for number in (1, 2, 3):
        canvas.setFont("Helvetica", 40)
        canvas.drawString(72, 700, f"Page number {number}")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


@pytest.fixture
def preview(tasks, shown, qtbot):
    pdf = three_pages()
    window = shown(PrintPreview("Paper", lambda: Printed(pdf, ("Too long.",)), tasks), (1000, 720))
    qtbot.waitUntil(lambda: window.drawn)
    return window


def drawn(window, qtbot):
    qtbot.waitUntil(lambda: window.drawn)
    return window.view._image


def test_pages_are_gone_through_by_key(preview, hands, qtbot):
    assert (preview.pages, preview.number) == (3, 0)
    assert preview.where.text() == "Page 1 of 3"
    preview.view.setFocus()
    hands.press(Qt.Key.Key_PageDown)
    drawn(preview, qtbot)
    assert preview.where.text() == "Page 2 of 3"
    assert "Page number 2" in preview.view.accessibleDescription()
    hands.press(Qt.Key.Key_End)
    hands.press(Qt.Key.Key_PageDown)
    drawn(preview, qtbot)
    assert preview.number == 2
    assert not preview.after.isEnabled()
    hands.press(Qt.Key.Key_Home)
    assert preview.number == 0


def test_a_page_is_drawn_at_the_size_it_is_shown(preview, hands, qtbot):
    for _ in range(3):
        preview.view.setFocus()
        hands.press(Qt.Key.Key_Plus, Qt.KeyboardModifier.ControlModifier)
        image = drawn(preview, qtbot)
        wide = preview.view._size.width() * preview.devicePixelRatioF()
        assert abs(image.width() - wide) <= 2
    preview.zoom(FIT_WIDTH)
    image = drawn(preview, qtbot)
    assert abs(image.width() - preview.view._size.width()) <= 2
    assert preview.view._size.width() <= preview.area.viewport().width()


def test_findings_stand_beside(preview):
    assert preview.pane.isVisible()
    assert "Too long." in [label.text() for label in preview.pane.findChildren(type(preview.where))]


def test_it_is_saved_whole(preview, qtbot, tmp_path):
    preview.save_to(tmp_path / "paper.pdf")
    qtbot.waitUntil(lambda: preview.state.text() != "")
    assert (tmp_path / "paper.pdf").read_bytes() == preview.printed.pdf
    assert preview.state.text() == "Saved as paper.pdf"


def test_a_folder_that_is_not_there_is_told(preview, qtbot, tmp_path):
    preview.save_to(tmp_path / "gone" / "paper.pdf")
    qtbot.waitUntil(lambda: preview.problem.sentence != "")
    assert "not there any more" in preview.problem.sentence


def test_every_page_goes_to_the_printer(preview, qtbot, tmp_path):
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))
    printer.setResolution(100)
    preview.print_on(printer)
    qtbot.waitUntil(lambda: preview._run is None)
    assert preview.state.text() == "Sent to the printer"
    with pypdfium2.PdfDocument(tmp_path / "out.pdf") as document:
        assert len(document) == 3


def test_chosen_pages_alone_are_printed(preview, qtbot, tmp_path):
    printer = QPrinter(QPrinter.PrinterMode.HighResolution)
    printer.setOutputFormat(QPrinter.OutputFormat.PdfFormat)
    printer.setOutputFileName(str(tmp_path / "out.pdf"))
    printer.setResolution(100)
    printer.setFromTo(2, 2)
    preview.print_on(printer)
    qtbot.waitUntil(lambda: preview._run is None)
    with pypdfium2.PdfDocument(tmp_path / "out.pdf") as document:
        assert len(document) == 1


def test_a_document_that_cannot_be_made_is_told(tasks, shown, qtbot):
    def fails():
        raise KnownError("There is nothing to print yet.")

    window = shown(PrintPreview("Paper", fails, tasks), (1000, 720))
    qtbot.waitUntil(lambda: window.problem.sentence != "")
    assert window.problem.sentence == "There is nothing to print yet."
    assert not window.save.isEnabled()


def test_a_picture_of_a_page_holds_its_words():
    pdf = three_pages()
    assert len(shape_of(pdf).sizes) == 3
    picture = draw_page(pdf, 1, 0.5)
    assert picture.words.strip() == "Page number 2"
    image = QImage(picture.pixels, picture.width, picture.height, picture.stride,
                   QImage.Format.Format_RGB32)  # fmt: skip
    colours = {image.pixel(x, y) for x in range(0, 200, 3) for y in range(40, 80)}
    assert len(colours) > 1


@pytest.mark.alive
def test_a_long_register_never_blocks_the_window(county, tasks, context, shown, qtbot, heartbeat):
    flows = Flows(context, today=lambda: TODAY)
    with heartbeat:
        window = flows.print_list(None, ListQuery("comment"))
        qtbot.addWidget(window)
        qtbot.waitUntil(lambda: window.drawn and window.pages > 1)
    assert heartbeat.worst < heartbeat.most
    window.reject()


# Handouts


@pytest.fixture
def editor(county, tasks, shown, qtbot):
    reader = county.store.reader()
    record = newest_you_said(reader)
    reader.close()
    window = shown(HandoutEditor(county, tasks, record, today=lambda: TODAY), (1120, 720))
    qtbot.waitUntil(lambda: window.lines != [])
    return window


def saved(workspace, record):
    reader = workspace.store.reader()
    try:
        found = reader.children("easy_read_line", record)
        return [
            (x.heading, x.sentence, x.pictogram) for x in sorted(found, key=lambda x: x.position)
        ]
    finally:
        reader.close()


def test_a_sheet_is_written_saved_and_undone_in_one_step(editor, county, qtbot, hands):
    before = saved(county, editor._you_said)
    editor.add_line()
    editor.line.heading.setFocus()
    hands.type("The bus runs later.")
    editor.line.sentence.setFocus()
    hands.type("It leaves at six.")
    editor.line.find.setText("bus")
    editor.line._picked(editor.line._pictures.index(0))
    editor.save_lines()
    qtbot.waitUntil(lambda: editor.state.text() == "Saved")
    after = saved(county, editor._you_said)
    assert len(after) == len(before) + 1
    assert after[1] == ("The bus runs later.", "It leaves at six.", "bus")
    county.store.undo()
    assert saved(county, editor._you_said) == before


def test_lines_are_moved_and_taken_off(editor, county, qtbot):
    before = saved(county, editor._you_said)
    editor.select(0)
    editor.move_line(1)
    editor.save_lines()
    qtbot.waitUntil(lambda: editor.state.text() == "Saved")
    assert saved(county, editor._you_said)[:2] == [before[1], before[0]]
    editor.state.setText("")
    editor.select(0)
    editor.remove_line()
    editor.save_lines()
    qtbot.waitUntil(lambda: editor.state.text() == "Saved")
    assert saved(county, editor._you_said) == [before[0], *before[2:]]


def test_a_long_sentence_is_told_while_it_is_typed(editor, qtbot):
    editor.line.sentence.setPlainText(" ".join(["word"] * (MOST_WORDS + 1)))
    assert "make it two" in editor.line.count.accessibleName()
    qtbot.waitUntil(lambda: any("16 words" in f.sentence for f in editor.findings))
    editor.line.sentence.setPlainText("Short.")
    assert editor.line.count.accessibleName() == "1 word"


def test_leaving_keeps_a_draft(editor, county, tasks, shown, qtbot):
    editor.line.heading.setText("Half a thou")
    editor.line._typed()
    editor.reject()
    again = shown(HandoutEditor(county, tasks, editor._you_said), (1120, 720))
    qtbot.waitUntil(lambda: again.lines != [])
    assert again.lines[0].heading == "Half a thou"
    again.save_lines()
    qtbot.waitUntil(lambda: again.state.text() == "Saved")
    assert county.drafts.names("handout:") == []


def test_a_record_without_lines_begins_with_its_own_words(workspace, tasks, shown, qtbot):
    record = YouSaid(id=workspace.store.new_id(), topic="Buses", you_said="The last bus is early.")
    workspace.store.apply([Create(record)], "Add")
    window = shown(HandoutEditor(workspace, tasks, record.id), (1120, 720))
    qtbot.waitUntil(lambda: window.lines != [])
    assert window.lines[0].sentence == "The last bus is early."
    assert saved(workspace, record.id) == []
    window.reject()
    assert workspace.drafts.names("handout:") == []


def test_the_sheet_is_previewed_as_it_is_printed(editor, qtbot):
    editor.preview()
    qtbot.waitUntil(lambda: editor.findChild(PrintPreview) is not None)
    preview = editor.findChild(PrintPreview)
    qtbot.waitUntil(lambda: preview.drawn)
    assert editor.lines[0].heading.split()[0] in preview.view.accessibleDescription()
    preview.reject()


def test_pictures_are_found_by_their_words():
    assert pictures("bus")[0][0] == "bus"
    assert len(pictures("")) > 50
    assert pictures("zzzz") == []


def test_lines_to_changes_and_back():
    numbers = iter(f"{n:032x}" for n in range(9))
    before = [Line("a" * 32, "bus", "One.", "x"), Line("b" * 32, "phone", "Two.", "y")]
    after = [before[1], Line("", "yes", "New.", ""), Line()]
    changes, kept = changes_between(before, after, "c" * 32, lambda: next(numbers))
    assert [type(change).__name__ for change in changes] == ["Edit", "Create", "Bin"]
    assert [line.heading for line in kept] == ["Two.", "New."]
    assert changes_between(kept, kept, "c" * 32, lambda: next(numbers))[0] == []
    assert lines_from(draft_of(after)) == after


@pytest.mark.parametrize("percent", [100, 200])
def test_both_windows_are_named_and_whole(editor, preview, qtbot, percent):
    theme().set(percent=percent)
    for window in (editor, preview):
        window.resize(1366, 768)
        qtbot.wait(40)
        assert unnamed(window) == []
        assert clipped(window) == []


def test_who_may_not_write_a_sheet_reads_and_prints_it(county, tasks, shown, qtbot, hands):
    reader = county.store.reader()
    record = newest_you_said(reader)
    reader.close()
    why = "A reader changes nothing."
    editor = shown(
        HandoutEditor(county, tasks, record, today=lambda: TODAY, refusal=why), (1120, 720)
    )
    qtbot.waitUntil(lambda: editor.lines != [])
    before = list(editor.lines)
    assert editor.problem.sentence == why
    assert not editor.save.isEnabled()
    assert editor.save.toolTip() == why
    assert not editor.line.isEnabled()
    editor.list.setFocus()
    hands.press(Qt.Key.Key_N, Qt.KeyboardModifier.ControlModifier)
    hands.press(Qt.Key.Key_S, Qt.KeyboardModifier.ControlModifier)
    editor.move_line(1)
    editor.remove_line()
    assert editor.lines == before
    editor.preview()
    qtbot.waitUntil(lambda: bool(editor.findChildren(PrintPreview)))
    preview = editor.findChildren(PrintPreview)[0]
    qtbot.waitUntil(lambda: preview.drawn)
    assert saved(county, record) == [(x.heading, x.sentence, x.pictogram) for x in before]
    preview.reject()
