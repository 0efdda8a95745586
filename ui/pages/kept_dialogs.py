"""Naming the filters of a list, and renaming or deleting those that are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QListWidget, QWidget

from ui.dialogs.fields import TextField
from ui.dialogs.parts import button
from ui.dialogs.small import SmallDialog
from ui.theme import theme
from ui.widgets.base import named
from ui.words import translate

if TYPE_CHECKING:
    from ui.pages.kept_filters import KeptFilters

LONGEST = 60
"""Letters of a name."""


class NameDialog(SmallDialog):
    """What the filters that are chosen now are to be called."""

    def __init__(self, kept: KeptFilters, parent: QWidget | None = None) -> None:
        super().__init__(
            translate("filter", "Keep these filters"),
            translate("filter", "On this laptop, for this list. Words in the search are not kept."),
            wide=460, parent=parent,
        )  # fmt: skip
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._kept = kept
        self.name = TextField(translate("filter", "Name"), translate(
            "filter", "For example Carers in Marlford"))  # fmt: skip
        self.name.edit.setMaxLength(LONGEST)
        self.body.addWidget(self.name)
        go = button(translate("filter", "Keep"), "primary", pressed=self.take)
        go.setDefault(True)
        self.foot.add(go, button(translate("filter", "Go back"), "quiet", pressed=self.reject))
        self.name.edit.setFocus()

    def take(self) -> None:
        """Keep them under what is typed."""
        if why := self._kept.why_not(self.name.text):
            self.problem.say(why)
            return
        self._kept.keep(self.name.text)
        self.accept()


class ChangeDialog(SmallDialog):
    """F2 goes to the name, Delete deletes the one marked."""

    def __init__(self, kept: KeptFilters, parent: QWidget | None = None) -> None:
        super().__init__(translate("filter", "Kept filters"), wide=460, parent=parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._kept = kept
        self.names = named(QListWidget(), translate("filter", "Their names"))
        self.names.setMinimumHeight(theme().px(140))
        self.names.installEventFilter(self)
        self.name = TextField(translate("filter", "Name"))
        self.name.edit.setMaxLength(LONGEST)
        for widget in (self.names, self.name):
            self.body.addWidget(widget)
        self.rename_button = button(translate("filter", "Rename"), "primary", pressed=self.rename)
        self.rename_button.setDefault(True)
        self.delete_button = button(translate("filter", "Delete"), "secondary", pressed=self.delete)
        self.foot.add(
            self.rename_button, self.delete_button,
            button(translate("filter", "Go back"), "quiet", pressed=self.reject),
        )  # fmt: skip
        self.names.currentTextChanged.connect(self.name.edit.setText)
        self._fill(0)
        self.names.setFocus()

    def _fill(self, at: int) -> None:
        self.names.clear()
        self.names.addItems(list(self._kept.kept))
        self.names.setCurrentRow(min(at, self.names.count() - 1))

    @property
    def chosen(self) -> str:
        """The name that is marked."""
        item = self.names.currentItem()
        return item.text() if item else ""

    def rename(self) -> None:
        """Call the marked one what is typed."""
        old, new = self.chosen, self.name.text
        if not old or new == old:
            return
        if why := self._kept.why_not(new, but=old):
            self.problem.say(why)
            return
        self._kept.rename(old, new)
        self._fill(list(self._kept.kept).index(new))

    def delete(self) -> None:
        """Delete the marked one."""
        at = self.names.currentRow()
        if at < 0:
            return
        self._kept.delete(self.chosen)
        self._fill(at)
        if not self.names.count():
            self.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The keys of the list of names."""
        if event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent):
            if event.key() == Qt.Key.Key_Delete:
                self.delete()
                return True
            if event.key() == Qt.Key.Key_F2:
                self.name.edit.setFocus()
                self.name.edit.selectAll()
                return True
        return super().eventFilter(watched, event)


__all__ = ["ChangeDialog", "NameDialog"]
