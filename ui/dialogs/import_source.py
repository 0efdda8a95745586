"""The file: dropped, chosen or pasted, and what was found in it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QFileDialog, QFrame, QGridLayout, QLineEdit, QWidget

from db.record import Registry
from engage_desktop.exchange.wizard import Found, kinds_offered
from ui.dialogs.parts import button, card, column, row
from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.banners import Banner
from ui.widgets.base import Label, Scroll, clear, look, named, spaced
from ui.widgets.buttons import Combo
from ui.widgets.flow import FlowRow
from ui.words import translate

SHOWN_COLUMNS = 6


def dropped_file(mime: QMimeData) -> Path | None:
    """The one local file that is being dragged, if it is one."""
    files = [url.toLocalFile() for url in mime.urls() if url.isLocalFile()]
    return Path(files[0]) if len(files) == 1 else None


class DropArea(QFrame):
    """Drop a file here, or press a button."""

    dropped = Signal(object)  # Path

    def __init__(self) -> None:
        super().__init__()
        named(self, translate("import", "Drop a file here"))
        self.setAcceptDrops(True)
        self._over = False
        box = column(self, gap=8, edges=(24, 26, 24, 26))
        self.picture = Label("", wrap=False)
        named(self.picture, translate("import", "A file"))
        self.picture.setPixmap(pixmap("upload", "action", 40, ratio=2.0))
        self.picture.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        words = Label(
            translate("import", "Drop a spreadsheet, a CSV file or contacts’ cards here"), "heading"
        )
        words.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        more = Label(
            translate("import", "or copy cells in your spreadsheet and paste them"), "muted"
        )
        more.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        for label in (self.picture, words, more):
            box.addWidget(label)
        line = row()
        line.addStretch(1)
        self.buttons = FlowRow(translate("import", "Choose"), 10)
        line.addWidget(self.buttons)
        line.addStretch(1)
        box.addLayout(line)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A file may be dropped."""
        if dropped_file(event.mimeData()) is not None:
            self._over = True
            self.update()
            event.acceptProposedAction()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """It went away again."""
        self._over = False
        self.update()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take it."""
        self._over = False
        self.update()
        path = dropped_file(event.mimeData())
        if path is not None:
            event.acceptProposedAction()
            self.dropped.emit(path)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A dashed box, tinted while a file hangs over it."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(theme().colour("action" if self._over else "control"), 2, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.setBrush(theme().colour("selected" if self._over else "surface"))
        radius = theme().px(8)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
        painter.end()


class SourceStep(QWidget):
    """Asks for a file; shows what was found. The wizard opens it."""

    file_chosen = Signal(object)  # Path
    pasted = Signal(str)
    reread = Signal(str, int)  # sheet, header row
    mapping_chosen = Signal(object)  # Path
    kind_chosen = Signal(str)
    take_up = Signal()

    def __init__(self, registry: Registry, kind: str) -> None:
        super().__init__()
        named(self, translate("import", "File"))
        inner = named(look(QWidget(), "plain"), translate("import", "File"))
        box = column(inner, gap=14)
        self.left = Banner("info")
        self.left.add_button(translate("import", "Take it up"), self.take_up.emit)
        self.left.hide()
        box.addWidget(self.left)
        line = row(gap=10)
        words = translate("import", "What is in the file?")
        line.addWidget(Label(words, "strong", wrap=False))
        self.kind = Combo(words, [(k, _plural(registry, k)) for k in kinds_offered(registry)])
        self.kind.setCurrentIndex(max(0, self.kind.findData(kind)))
        self.kind.activated.connect(self._kind_chosen)
        line.addWidget(self.kind)
        line.addStretch(1)
        box.addLayout(line)
        self.drop = DropArea()
        self.drop.dropped.connect(self.file_chosen)
        self.choose = button(
            translate("import", "Choose file…"), "primary", icon="folder_open",
            pressed=self.choose_file,
        )  # fmt: skip
        self.paste = button(
            translate("import", "Paste cells"), "secondary", icon="content_paste",
            pressed=self.paste_cells,
        )  # fmt: skip
        self.drop.buttons.add(self.choose, self.paste)
        box.addWidget(self.drop)
        self.found_card = card(translate("import", "What was found"))
        self._found = column(self.found_card, gap=8, edges=(16, 14, 16, 14))
        self.found_card.hide()
        box.addWidget(self.found_card)
        box.addStretch(1)
        column(self).addWidget(Scroll(inner, translate("import", "File")))
        self._shown: Found | None = None

    def offer_left(self, name: str) -> None:
        """An import was left before it was done."""
        self.left.show_as(
            "info", translate("import", "“{name}” was left half way.").format(name=name),
            translate("import", "Your answers are kept."),
        )  # fmt: skip
        self.left.show()

    def take_keyboard(self) -> None:
        """Choosing a file is next."""
        self.choose.setFocus(Qt.FocusReason.OtherFocusReason)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Ctrl+V pastes cells."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.paste_cells()
        else:
            super().keyPressEvent(event)

    def choose_file(self) -> None:
        """The system's own chooser."""
        dialog = QFileDialog(self.window(), translate("import", "File to import"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([
            translate("import", "Tables and contacts (*.csv *.tsv *.txt *.xlsx *.xlsm *.vcf)"),
            translate("import", "All files (*)"),
        ])  # fmt: skip
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._file_selected)
        dialog.open()

    def paste_cells(self) -> None:
        """What is on the clipboard."""
        self.pasted.emit(QGuiApplication.clipboard().text())

    def show_found(self, found: Found) -> None:
        """Say what was found in the file."""
        self._shown = found
        self.left.hide()
        clear(self._found)
        self._found.addWidget(Label(found.table.name, "heading"))
        self._found.addWidget(Label(found.described))
        for note in found.table.notes:
            self._found.addWidget(Label(note, "muted"))
        self._found.addLayout(self._reading(found))
        self._found.addLayout(self._first_rows(found))
        line = FlowRow(translate("import", "Mapping"), 10)
        self.load = button(
            translate("import", "Use a mapping file…"), "link", pressed=self._choose_mapping
        )
        line.add(self.load)
        self._found.addWidget(line)
        self.found_card.show()

    def _reading(self, found: Found):  # type: ignore[no-untyped-def]
        line = row(gap=10)
        self.sheet = Combo(
            translate("import", "Sheet"), [(name, name) for name in found.table.sheets]
        )
        if len(found.table.sheets) > 1:
            line.addWidget(Label(translate("import", "Sheet"), "strong", wrap=False))
            self.sheet.setCurrentIndex(self.sheet.findData(found.table.sheet))
            self.sheet.activated.connect(self._reread)
            line.addWidget(self.sheet)
        words = translate("import", "Headings are in row")
        self.heading_row = named(QLineEdit(), words)
        if found.table.is_cards:
            return line
        line.addWidget(Label(words, "strong", wrap=False))
        self.heading_row.setPlaceholderText(translate("import", "found by itself"))
        self.heading_row.setMaximumWidth(theme().px(160))
        self.heading_row.returnPressed.connect(self._reread)
        line.addWidget(self.heading_row)
        line.addStretch(1)
        return line

    def _first_rows(self, found: Found) -> QGridLayout:
        grid = QGridLayout()
        spaced(grid, gap=8)
        grid.setHorizontalSpacing(theme().px(18))
        filled = [i for i, facts in enumerate(found.columns) if facts.filled][:SHOWN_COLUMNS]
        for place, index in enumerate(filled):
            grid.addWidget(Label(found.columns[index].header[:28], "strong"), 0, place)
            for line, cells in enumerate(found.head, start=1):
                words = " ".join(cells[index].split())
                shown = words[:36] + ("…" if len(words) > 36 else "")
                label = Label(shown, "small")
                named(label, shown or translate("import", "Empty"))
                grid.addWidget(label, line, place)
        return grid

    def _kind_chosen(self) -> None:
        self.kind_chosen.emit(self.kind.currentData())

    def _file_selected(self, path: str) -> None:
        self.file_chosen.emit(Path(path))

    def _reread(self) -> None:
        typed = self.heading_row.text().strip()
        self.reread.emit(self.sheet.currentData() or "", int(typed) if typed.isdecimal() else 0)

    def _choose_mapping(self) -> None:
        dialog = QFileDialog(self.window(), translate("import", "Mapping file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([
            translate("import", "Mappings (*.toml)"), translate("import", "All files (*)"),
        ])  # fmt: skip
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(self._mapping_selected)
        dialog.open()

    def _mapping_selected(self, path: str) -> None:
        self.mapping_chosen.emit(Path(path))


def _plural(registry: Registry, kind: str) -> str:
    if kind == "feedback":
        return translate("import", "Feedback: responses and comments")
    return registry[kind].meta.plural
