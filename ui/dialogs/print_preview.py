"""Look at a document before it is printed or saved: its pages, crisp at every size, and findings.

The document is made in a task, and so is each page's picture.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, QTimer
from PySide6.QtGui import QImage, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QDialog, QFileDialog, QScrollArea, QWidget

from ui.dialogs.pages_of import PagePicture, Printed, Shape, draw_page, shape_of
from ui.dialogs.parts import Problem, button, column, row
from ui.dialogs.questions import sentence_of
from ui.icons import pixmap
from ui.tasks import Tasks, Ticket
from ui.theme import theme
from ui.widgets.banners import ProgressStrip
from ui.widgets.base import Label, Rule, Scroll, clear, look, named, sized
from ui.widgets.flow import FlowRow
from ui.words import translate

if TYPE_CHECKING:
    from PySide6.QtPrintSupport import QPrinter

Render = Callable[[], Printed | bytes]
ZOOMS = (0.5, 0.67, 0.8, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0)
FIT_PAGE, FIT_WIDTH = "page", "width"
PAGE_KEYS = (Qt.Key.Key_PageDown, Qt.Key.Key_PageUp, Qt.Key.Key_Home, Qt.Key.Key_End)
SCREEN = 96 / 72
"""Pixels a point at 100 %."""


class PageView(QWidget):
    """One page on the desk: white, with an edge. What it says is its description."""

    def __init__(self) -> None:
        super().__init__()
        self._image: QImage | None = None
        self._size = QSize(10, 10)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        named(self, translate("preview", "Page"))

    def expect(self, size: QSize) -> None:
        """A page of that size (in the window's pixels) is on its way."""
        self._size = size
        self.setFixedSize(size + QSize(4, 4))
        self.update()

    def show_page(self, image: QImage, name: str, words: str) -> None:
        """Show a page; the old picture stays until the new one is here."""
        self._image = image
        named(self, name, words)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The page and its edge."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        box = QRectF(2, 2, self._size.width(), self._size.height())
        painter.fillRect(box, Qt.GlobalColor.white)
        if self._image is not None:
            painter.drawImage(box, self._image)
        painter.setPen(QPen(theme().colour("control"), 1))
        painter.drawRect(box.adjusted(-0.5, -0.5, 0.5, 0.5))
        painter.end()


class PrintPreview(QDialog):
    """`render` makes the document; it is called in a task and may raise a `KnownError`."""

    def __init__(
        self, title: str, render: Render, tasks: Tasks, *, file_name: str = "",
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(parent)
        self._title, self._render, self._tasks = title, render, tasks
        self._file_name = file_name or f"{title}.pdf"
        self.printed: Printed | None = None
        self._shape: Shape | None = None
        self.number = 0
        self._zoom: float | str = FIT_PAGE
        self._drawing: Ticket | None = None
        self._run: object | None = None
        named(self, title)
        self.setWindowTitle(title)
        sized(self, 1080, 740)
        self._build()
        self._redraw = QTimer(self)
        self._redraw.setSingleShot(True)
        self._redraw.setInterval(60)
        self._redraw.timeout.connect(self._draw)
        self.waiting.show_progress(translate("preview", "Making the pages…"), 0, 0)
        tasks.write(self._make, self._made, self._failed)

    @property
    def pages(self) -> int:
        """How many pages there are; 0 until they are made."""
        return len(self._shape.sizes) if self._shape else 0

    @property
    def drawn(self) -> bool:
        """True when the page on the screen is the one asked for, at the size asked for."""
        return self.printed is not None and self._drawing is None and not self._redraw.isActive()

    def go(self, number: int) -> None:
        """Show a page (0 is the first)."""
        if 0 <= number < self.pages and number != self.number:
            self.number = number
            self.area.verticalScrollBar().setValue(0)
            self._draw()

    def zoom(self, to: float | str) -> None:
        """Show pages at a size: 1.0 is as printed; `FIT_PAGE` and `FIT_WIDTH` follow the window."""
        self._zoom = to
        self._draw()

    def zoom_by(self, step: int) -> None:
        """One step larger or smaller."""
        now = self._scale() / SCREEN
        larger = [z for z in ZOOMS if z > now * 1.01]
        smaller = [z for z in ZOOMS if z < now * 0.99]
        self.zoom((larger or [ZOOMS[-1]])[0] if step > 0 else (smaller or [ZOOMS[0]])[-1])

    def go_back(self) -> None:
        """The page before."""
        self.go(self.number - 1)

    def go_on(self) -> None:
        """The next page."""
        self.go(self.number + 1)

    def zoom_in(self) -> None:
        """Larger."""
        self.zoom_by(1)

    def zoom_out(self) -> None:
        """Smaller."""
        self.zoom_by(-1)

    def fit_page(self) -> None:
        """The whole page."""
        self.zoom(FIT_PAGE)

    def fit_width(self) -> None:
        """As wide as the window."""
        self.zoom(FIT_WIDTH)

    def save_to(self, path: Path) -> None:
        """Write the document to a file."""
        printed = self.printed
        if printed is None:
            return

        def job(_ticket: Ticket) -> Path:
            from engage_desktop.documents.output import write_pdf

            write_pdf(path, lambda out: out.write(printed.pdf))
            return path

        self._tasks.write(job, self._saved, self._failed)

    def choose_file(self) -> None:
        """Ask where to."""
        dialog = QFileDialog(self, translate("preview", "Save PDF"), self._file_name)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("pdf")
        dialog.setNameFilter(translate("preview", "PDF (*.pdf)"))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._file_chosen)
        dialog.open()

    def print_pages(self) -> None:
        """Ask which printer, then print."""
        if self.printed is None:
            return
        from PySide6.QtPrintSupport import QPrintDialog, QPrinter

        printer = QPrinter(QPrinter.PrinterMode.HighResolution)
        printer.setDocName(self._title)
        printer.setFromTo(1, self.pages)
        dialog = QPrintDialog(printer, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: self.print_on(printer))
        dialog.open()

    def print_on(self, printer: QPrinter) -> None:
        """Print on a printer that was chosen, page by page."""
        from ui.dialogs.print_run import PrintRun

        if self.printed is not None:
            if self.printed.exact:
                printer.setFullPage(True)
            run = PrintRun(self.printed.pdf, self.pages, printer, self._tasks, self)
            run.progressed.connect(self._printing)
            run.finished.connect(self._printed_out)
            self._run = run
            run.begin()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pages and sizes by key."""
        control = event.modifiers() & Qt.KeyboardModifier.ControlModifier
        key = event.key()
        if key == Qt.Key.Key_PageDown:
            self.go_on()
        elif key == Qt.Key.Key_PageUp:
            self.go_back()
        elif key == Qt.Key.Key_Home:
            self.go(0)
        elif key == Qt.Key.Key_End:
            self.go(self.pages - 1)
        elif control and key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self.zoom_by(1)
        elif control and key == Qt.Key.Key_Minus:
            self.zoom_by(-1)
        elif control and key == Qt.Key.Key_0:
            self.zoom(FIT_PAGE)
        elif key not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)

    def eventFilter(self, watched: object, event: QEvent) -> bool:
        """The page follows the window's size."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if watched is self.view and event.key() in PAGE_KEYS:
                self.keyPressEvent(event)  # before the scrolled area takes them for itself
                return True
        elif event.type() == QEvent.Type.Resize and isinstance(self._zoom, str):
            self._redraw.start()
        return False

    # Building

    def _build(self) -> None:
        outer = column(self, gap=0)
        outer.addWidget(self._bar())
        self.problem = Problem()
        outer.addWidget(self.problem)
        self.waiting = ProgressStrip()
        outer.addWidget(self.waiting)
        middle = row(gap=0)
        self.view = PageView()
        desk = look(named(QWidget(), translate("preview", "Desk")), "plain")
        place = column(desk, edges=(16, 16, 16, 16))
        place.addWidget(self.view, 0, Qt.AlignmentFlag.AlignCenter)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        named(self.area, translate("preview", "Pages"))
        self.area.setWidget(desk)
        self.area.viewport().installEventFilter(self)
        self.view.installEventFilter(self)
        middle.addWidget(self.area, 1)
        middle.addWidget(self._findings_pane())
        outer.addLayout(middle, 1)
        outer.addWidget(self._foot())

    def _bar(self) -> QWidget:
        bar = look(named(QWidget(), translate("preview", "Pages and size")), "bar")
        line = row(bar, gap=8, edges=(20, 8, 20, 8))
        line.addWidget(Label(self._title, "heading"), 1)
        self.before = button(translate("preview", "Page before"), "icon", icon="chevron_left",
                             pressed=self.go_back)  # fmt: skip
        self.where = Label("", wrap=False)
        self.after = button(translate("preview", "Next page"), "icon", icon="chevron_right",
                            pressed=self.go_on)  # fmt: skip
        smaller = button(translate("preview", "Smaller"), "icon", icon="zoom_out",
                         pressed=self.zoom_out)  # fmt: skip
        larger = button(translate("preview", "Larger"), "icon", icon="zoom_in",
                        pressed=self.zoom_in)  # fmt: skip
        self.percent = Label("", "muted", wrap=False)
        whole = button(translate("preview", "Whole page"), "quiet",
                       pressed=self.fit_page)  # fmt: skip
        wide = button(translate("preview", "Full width"), "quiet",
                      pressed=self.fit_width)  # fmt: skip
        for widget in (self.before, self.where, self.after, smaller, self.percent, larger, whole,
                       wide):  # fmt: skip
            line.addWidget(widget)
        return bar

    def _findings_pane(self) -> QWidget:
        words = translate("preview", "Before it is given out")
        self.pane = look(named(QWidget(), words), "surface")
        self.pane.setFixedWidth(theme().px(320))
        box = column(self.pane, edges=(18, 16, 12, 12))
        box.addWidget(Label(translate("preview", "Before it is given out"), "heading"))
        inner = look(named(QWidget(), translate("preview", "Findings")), "plain")
        self._findings = column(inner, gap=10)
        box.addWidget(Scroll(inner, translate("preview", "Findings")), 1)
        self.pane.hide()
        return self.pane

    def _foot(self) -> QWidget:
        foot = look(named(QWidget(), translate("preview", "What to do")), "surface")
        line = row(foot, gap=10, edges=(20, 10, 20, 12))
        self.state = named(Label("", "muted"), translate("preview", "What was done"))
        line.addWidget(self.state, 1)
        buttons = FlowRow(translate("preview", "What to do"), 10)
        self.close_button = button(translate("preview", "Close"), "quiet", pressed=self.reject)
        self.save = button(translate("preview", "Save PDF…"), "secondary", icon="save",
                           key="Ctrl+S", pressed=self.choose_file)  # fmt: skip
        self.print = button(translate("preview", "Print…"), "primary", icon="print",
                            key="Ctrl+P", pressed=self.print_pages)  # fmt: skip
        buttons.add(self.close_button, self.save, self.print)
        line.addWidget(buttons)
        for each in (self.save, self.print):
            each.setEnabled(False)
        return foot

    # Making and drawing

    def _make(self, _ticket: Ticket) -> tuple[Printed, Shape]:
        made = self._render()
        printed = made if isinstance(made, Printed) else Printed(made)
        return printed, shape_of(printed.pdf)

    def _made(self, made: tuple[Printed, Shape]) -> None:
        self.printed, self._shape = made
        self.waiting.finish()
        for each in (self.save, self.print):
            each.setEnabled(True)
        self._show_findings(self.printed.findings)
        self._draw()
        self.view.setFocus(Qt.FocusReason.OtherFocusReason)

    def _failed(self, error: Exception) -> None:
        self.waiting.finish()
        self.problem.say(sentence_of(error))

    def _show_findings(self, findings: Sequence[str]) -> None:
        clear(self._findings)
        for finding in findings:
            line = row(gap=8)
            mark = Label("", wrap=False)
            named(mark, translate("preview", "To look at"))
            mark.setPixmap(pixmap("lightbulb", "warning", 20, ratio=self.devicePixelRatioF()))
            line.addWidget(mark, 0, Qt.AlignmentFlag.AlignTop)
            line.addWidget(Label(finding), 1)
            self._findings.addLayout(line)
            self._findings.addWidget(Rule())
        self._findings.addStretch(1)
        self.pane.setVisible(bool(findings))

    def _scale(self) -> float:
        """Pixels of the window for each point of the page."""
        if self._shape is None:
            return SCREEN
        width, height = self._shape.sizes[self.number]
        room = self.area.viewport().size() - QSize(theme().px(32) + 6, theme().px(32) + 6)
        if self._zoom == FIT_WIDTH:
            return max(0.2, room.width() / width)
        if self._zoom == FIT_PAGE:
            return max(0.2, min(room.width() / width, room.height() / height))
        return float(self._zoom) * SCREEN

    def _draw(self) -> None:
        if self.printed is None or self._shape is None:
            return
        pdf, number, scale = self.printed.pdf, self.number, self._scale()
        width, height = self._shape.sizes[number]
        self.view.expect(QSize(round(width * scale), round(height * scale)))
        self.percent.setText(f"{scale / SCREEN:.0%}")
        where = translate("preview", "Page {n} of {all}").format(n=number + 1, all=self.pages)
        self.where.setText(where)
        self.before.setEnabled(number > 0)
        self.after.setEnabled(number < self.pages - 1)
        dense = scale * self.devicePixelRatioF()
        if self._drawing is not None:
            self._drawing.cancel()
        self._drawing = self._tasks.write(
            lambda _t: draw_page(pdf, number, dense), self._show_page, self._failed
        )

    def _show_page(self, picture: PagePicture) -> None:
        self._drawing = None
        self.view.show_page(image_of(picture), self.where.text(), picture.words)

    # Saving and printing

    def _file_chosen(self, path: str) -> None:
        self.save_to(Path(path))

    def _saved(self, path: Path) -> None:
        self.state.setText(translate("preview", "Saved as {name}").format(name=path.name))
        named(self.state, self.state.text())

    def _printing(self, done: int, total: int) -> None:
        self.waiting.show_progress(translate("preview", "Printing page"), done, total)

    def _printed_out(self, sentence: str) -> None:
        self.waiting.finish()
        self._run = None
        if sentence:
            self.problem.say(sentence)
        else:
            self.state.setText(translate("preview", "Sent to the printer"))


def image_of(picture: PagePicture) -> QImage:
    """A page's picture as Qt has it."""
    image = QImage(
        picture.pixels, picture.width, picture.height, picture.stride, QImage.Format.Format_RGB32
    )
    return image.copy()
