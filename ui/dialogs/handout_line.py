"""One line of an easy-read sheet being written: its picture, its bold words, its sentence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QSize,
    Qt,
    QTimer,
    Signal,
)
from PySide6.QtGui import QIcon, QResizeEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QPlainTextEdit

from ui.dialogs.handout_lines import Line, pictures
from ui.dialogs.parts import column, dress, row
from ui.icons import pictogram
from ui.theme import theme
from ui.widgets.base import Label, look, named
from ui.widgets.pills import Pill
from ui.words import count_words, translate

_Index = QModelIndex | QPersistentModelIndex
MOST_WORDS = 15


class PictureModel(QAbstractListModel):
    """The pictures that a few letters mean. Drawn only when they are seen."""

    def __init__(self) -> None:
        super().__init__()
        self._found: list[tuple[str, str]] = pictures("")

    def search(self, text: str) -> None:
        """Show what these letters mean."""
        self.beginResetModel()
        self._found = pictures(text)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008
        """How many were found."""
        return 0 if parent.isValid() else len(self._found)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A picture and its name."""
        picture, label = self._found[index.row()]
        if role == Qt.ItemDataRole.UserRole:
            return picture
        if role == Qt.ItemDataRole.SizeHintRole:
            return QSize(theme().px(108), theme().px(100))
        if role == Qt.ItemDataRole.DecorationRole:
            return QIcon(pictogram(picture, "brand", 48, ratio=2.0))
        if role in (
            Qt.ItemDataRole.DisplayRole,
            Qt.ItemDataRole.ToolTipRole,
            Qt.ItemDataRole.AccessibleTextRole,
        ):
            return label
        return None

    def row_of(self, picture: str) -> int:
        """Where a picture stands, or -1."""
        return next((n for n, (found, _) in enumerate(self._found) if found == picture), -1)


class LineEditor(QFrame):
    """The card a line is written on. `changed` carries the line as it now reads."""

    changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        named(look(self, "card"), translate("handout", "This line"))
        self._line = Line()
        self._loading = False
        box = column(self, gap=8, edges=(16, 14, 16, 16))
        both = row(gap=18)
        left = column(gap=6)
        self.picture = Label("", wrap=False)
        self.picture.setFixedSize(theme().px(132), theme().px(132))
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        named(self.picture, translate("handout", "No picture yet"))
        left.addWidget(self.picture)
        self.picture_name = Label("", "small")
        self.picture_name.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        left.addWidget(self.picture_name)
        left.addStretch(1)
        both.addLayout(left)
        words = column(gap=6)
        bold, sentence = translate("handout", "Bold words"), translate("handout", "Sentence")
        words.addWidget(Label(bold, "strong"))
        self.heading = named(QLineEdit(), bold)
        self.heading.setMaxLength(120)
        words.addWidget(self.heading)
        words.addWidget(Label(sentence, "strong"))
        words.addWidget(Label(translate("handout", "One idea, 15 words at most"), "small"))
        self.sentence = named(QPlainTextEdit(), sentence)
        self.sentence.setTabChangesFocus(True)
        dress(self.sentence, "QPlainTextEdit { min-height: 60u; max-height: 60u; }")
        words.addWidget(self.sentence)
        self.count = Pill("", "good")
        words.addWidget(self.count)
        both.addLayout(words, 1)
        box.addLayout(both)
        find = translate("handout", "Find a picture")
        box.addWidget(Label(find, "strong"))
        self.find = named(QLineEdit(), find)
        self.find.setPlaceholderText(translate("handout", "bus, doctor, telephone…"))
        box.addWidget(self.find)
        self.pictures = self._picture_list()
        box.addWidget(self.pictures)
        self.heading.textEdited.connect(self._typed)
        self.sentence.textChanged.connect(self._typed)
        self.find.textChanged.connect(self._search)

    def show_line(self, line: Line) -> None:
        """Another line is to be written."""
        self._line, self._loading = line, True
        self.heading.setText(line.heading)
        self.sentence.setPlainText(line.sentence)
        self._show_picture(line.pictogram)
        self._loading = False
        self._count()

    def _picture_list(self) -> QListView:
        view = named(QListView(), translate("handout", "Pictures"))
        self._pictures = PictureModel()
        self._pictures.setParent(view)
        view.setModel(self._pictures)
        view.setViewMode(QListView.ViewMode.IconMode)
        view.setResizeMode(QListView.ResizeMode.Adjust)
        view.setMovement(QListView.Movement.Static)
        view.setUniformItemSizes(True)
        view.setWordWrap(True)
        side = theme().px(48)
        view.setIconSize(QSize(side, side))
        view.setGridSize(QSize(theme().px(112), theme().px(104)))
        view.setMinimumHeight(theme().px(250))
        view.clicked.connect(self._picked)
        view.activated.connect(self._picked)
        return view

    def _show_picture(self, picture: str) -> None:
        label = next((name for found, name in pictures("") if found == picture), "")
        if label:
            self.picture.setPixmap(pictogram(picture, "brand", 112, ratio=2.0))
        else:
            self.picture.clear()
        named(self.picture, label or translate("handout", "No picture yet"))
        self.picture_name.setText(label or translate("handout", "No picture yet"))
        at = self._pictures.row_of(picture)
        self.pictures.setCurrentIndex(self._pictures.index(at) if at >= 0 else QModelIndex())
        QTimer.singleShot(0, self, self._reveal_picture)  # once the list is laid out

    def _reveal_picture(self) -> None:
        at = self.pictures.currentIndex()
        seen = self.pictures.viewport().rect()
        if at.isValid() and not seen.contains(self.pictures.visualRect(at)):
            self.pictures.scrollTo(at, QListView.ScrollHint.PositionAtCenter)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The picture that is chosen stays in view."""
        super().resizeEvent(event)
        QTimer.singleShot(0, self, self._reveal_picture)

    def _typed(self) -> None:
        if self._loading:
            return
        self._line = replace(
            self._line, heading=self.heading.text(), sentence=self.sentence.toPlainText()
        )
        self._count()
        self.changed.emit(self._line)

    def _picked(self, index: _Index) -> None:
        if index.isValid():
            picture = str(index.data(Qt.ItemDataRole.UserRole))
            self._line = replace(self._line, pictogram=picture)
            self._show_picture(picture)
            self.changed.emit(self._line)

    def _search(self, text: str) -> None:
        self._pictures.search(text)
        if self._pictures.rowCount():
            self.pictures.setCurrentIndex(self._pictures.index(0))

    def _count(self) -> None:
        sentences = [s for s in self.sentence.toPlainText().replace("!", ".").split(".") if s]
        longest = max((len(s.split()) for s in sentences), default=0)
        words = count_words(longest, translate("handout", "word"), translate("handout", "words"))
        if longest > MOST_WORDS:
            said = translate("handout", "{words} in one sentence: make it two").format(words=words)
            self.count.show_as(said, "warning")
        else:
            self.count.show_as(words, "good" if longest else "plain")
