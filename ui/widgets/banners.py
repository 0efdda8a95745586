"""What went wrong, what to mind, what was done: banners, the summary of errors, toast, progress."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from ui.icons import pixmap
from ui.theme import theme
from ui.widgets.base import Label, clear, named, spaced
from ui.widgets.buttons import Button
from ui.widgets.flow import FlowRow
from ui.words import translate

_ICONS = {"bad": "error", "warning": "warning", "good": "check_circle", "info": "info",
          "plain": "info"}  # fmt: skip
TOAST_MS = 8_000


class Banner(QWidget):
    """A message across a page: bold words, plain words, and at most two buttons."""

    closed = Signal()

    def __init__(
        self,
        tone: str = "info",
        strong: str = "",
        words: str = "",
        *,
        closable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._tone = tone
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground, False)
        self._row = row = QHBoxLayout(self)
        box = QVBoxLayout()
        spaced(box, gap=2)
        self._strong, self._words = Label("", "strong"), Label("")
        box.addWidget(self._strong)
        box.addWidget(self._words)
        self.extra = QVBoxLayout()
        spaced(self.extra, gap=4)
        box.addLayout(self.extra)
        row.addLayout(box, 1)
        self.buttons = QHBoxLayout()
        spaced(self.buttons, gap=8)
        row.addLayout(self.buttons)
        if closable:
            close = Button(translate("banner", "Close this message"), "close", "icon")
            close.clicked.connect(self.dismiss)
            row.addWidget(close, 0, Qt.AlignmentFlag.AlignTop)
        theme().changed.connect(self._rescale)
        self._rescale()
        self.show_as(tone, strong, words)

    def _rescale(self) -> None:
        """Room for the picture at this text size, and words in the colours of now."""
        spaced(self._row, (52, 10, 14, 10), 12)
        self._colour()

    def _colour(self) -> None:
        colour = theme().tone(self._tone)[0].name()
        for label in (self._strong, self._words):
            toned = label.text() and self._tone != "plain"
            label.setStyleSheet(f"color: {colour};" if toned else "")

    def show_as(self, tone: str, strong: str, words: str = "") -> None:
        """New tone and words; read out by a screen reader as an alert."""
        self._tone = tone
        for label, text in ((self._strong, strong), (self._words, words)):
            label.setText(text)
            label.setVisible(bool(text))
        self._colour()
        named(self, f"{strong} {words}".strip() or translate("banner", "Message"))
        self.update()
        if self.isVisible():
            announce(self)

    def add_button(self, text: str, act: Callable[[], object], how: str = "secondary") -> Button:
        """A button at the right."""
        button = Button(text, how=how)
        button.clicked.connect(act)
        self.buttons.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
        return button

    def dismiss(self) -> None:
        """Hide it."""
        self.hide()
        self.closed.emit()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px = theme().px
        words, ground = theme().tone(self._tone)
        painter.setPen(QPen(words, 1) if theme().scheme == "contrast" else Qt.PenStyle.NoPen)
        painter.setBrush(ground)
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), px(4), px(4))
        painter.fillRect(0, 0, px(4), self.height(), words)
        picture = pixmap(_ICONS[self._tone], words.name(), 22, ratio=self.devicePixelRatioF())
        painter.drawPixmap(px(18), px(11), picture)
        painter.end()


class ErrorSummary(Banner):
    """“There is a problem”, with one link for each field at fault."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("bad", translate("banner", "There is a problem"), parent=parent)
        self.links: list[Button] = []
        self.hide()

    def show_problems(self, problems: Mapping[str, str]) -> None:
        """One link per problem; an empty mapping hides the summary."""
        clear(self.extra)
        self.links = []
        for field, sentence in problems.items():
            link = Button(sentence, how="link")
            link.setProperty("field", field)
            link.clicked.connect(self._choose)
            row = FlowRow(sentence)
            row.add(link)
            self.extra.addWidget(row)
            self.links.append(link)
        self.setVisible(bool(problems))
        if problems:
            said = [translate("banner", "There is a problem") + ".", *problems.values()]
            named(self, " ".join(said))
            announce(self)

    def _choose(self) -> None:
        self.chosen.emit(str(self.sender().property("field")))


class Toast(QWidget):
    """“Saved”, or “Moved to the bin” with Undo: shown at the bottom, gone by itself."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._page = parent
        named(self, translate("toast", "Message"))
        self._row = row = QHBoxLayout(self)
        self._label = Label("", wrap=False)
        self._button = Button(translate("toast", "Close"), how="quiet")
        row.addWidget(self._label, 1)
        row.addWidget(self._button)
        self._act: Callable[[], object] | None = None
        self._button.clicked.connect(self._pressed)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TOAST_MS)
        self._timer.timeout.connect(self.hide)
        parent.installEventFilter(self)
        theme().changed.connect(self._lay)
        self.hide()

    def say(self, words: str, verb: str = "", act: Callable[[], object] | None = None) -> None:
        """Show words, with a button if `verb` is given. Longer words stay until hidden."""
        self._label.setText(words)
        named(self, words)
        named(self._label, words)
        self._act = act
        self._button.say(verb or translate("toast", "Close"))
        self._button.setVisible(act is not None)
        self._lay()
        self.show()
        self.raise_()
        announce(self)
        self._timer.start()

    def _pressed(self) -> None:
        self.hide()
        if self._act is not None:
            self._act()

    def hideEvent(self, event: QEvent) -> None:
        self._timer.stop()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _lay(self) -> None:
        """Words in the colours and at the size of now, though it is already on the screen."""
        spaced(self._row, (16, 8, 8, 8), 12)
        self._label.setStyleSheet(f"color: {theme().colours.surface};")
        self._button.setStyleSheet(
            f"color: {theme().colours.surface}; text-decoration: underline; font-weight: 600;"
            "background: transparent;"
        )
        self._place()

    def _place(self) -> None:
        """On one line in the middle of the foot; on several where the page is narrower."""
        room, edge = self._page.size(), theme().px(20)
        self._label.setWordWrap(False)
        self._row.invalidate()
        size, widest = self._row.totalSizeHint(), room.width() - 2 * edge
        if size.width() > widest:
            self._label.setWordWrap(True)
            self._row.invalidate()
            size = QSize(widest, self._row.totalHeightForWidth(widest))
        self.resize(size)
        self.move((room.width() - size.width()) // 2, room.height() - size.height() - edge)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().colour("text"))
        painter.drawRoundedRect(QRectF(self.rect()), theme().px(8), theme().px(8))
        painter.end()


class ProgressStrip(QWidget):
    """Long work: what it is, how far, and Cancel."""

    cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        named(self, translate("progress", "Work in progress"))
        row = QHBoxLayout(self)
        spaced(row, (16, 8, 16, 8), 12)
        self._label = named(Label(""), translate("progress", "Work in progress"))
        self._bar = named(QProgressBar(), translate("progress", "Progress"))
        self._bar.setTextVisible(False)
        self._cancel = Button(translate("progress", "Cancel"), how="plain")
        self._cancel.clicked.connect(self.cancelled)
        row.addWidget(self._label, 2)
        row.addWidget(self._bar, 3)
        row.addWidget(self._cancel)
        self.hide()

    def show_progress(self, words: str, done: int, total: int) -> None:
        """`total` 0 means not known yet. Shown until `finish`."""
        counts = f"{done:,} of {total:,}" if total else (f"{done:,}" if done else "")
        self._label.setText(f"{words} {counts}".strip())
        named(self._label, self._label.text())
        named(self, self._label.text())
        self._bar.setRange(0, 1000)
        self._bar.setValue(round(1000 * min(1.0, done / total)) if total else 0)
        self.show()

    def set_stoppable(self, stoppable: bool) -> None:
        """Offer Cancel, or no more."""
        self._cancel.setVisible(stoppable)

    def take_keyboard(self) -> None:
        """The keyboard to Cancel."""
        self._cancel.setFocus(Qt.FocusReason.OtherFocusReason)

    def finish(self) -> None:
        """Hide it."""
        self.hide()


def announce(widget: QWidget) -> None:
    """Tell a screen reader that something appeared that should be read now."""
    from PySide6.QtGui import QAccessible, QAccessibleEvent  # its many roles, when first needed

    QAccessible.updateAccessibility(QAccessibleEvent(widget, QAccessible.Event.Alert))
