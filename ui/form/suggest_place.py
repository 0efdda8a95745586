"""Where somebody lives, by their postcode: offered under it, taken with one key."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLineEdit

from db.fields import FieldType
from db.reader import Reader
from ui.form.context import Context
from ui.form.editors import LineEditor
from ui.form.field import Field
from ui.form.pickers import LinksEditor
from ui.widgets.buttons import Button
from ui.words import names_words, translate

PLACE = "place"
"""The kind of record that names postcode districts."""


class PlaceSuggestion(Button):
    """Offers the places that name a typed postcode most exactly, where none is chosen yet."""

    def __init__(self, line: QLineEdit, places: LinksEditor, context: Context) -> None:
        super().__init__(translate("form", "Add to places"), "add", "link")
        self._line, self._places, self._context = line, places, context
        self._found: list[tuple[str, str]] = []
        line.editingFinished.connect(self._look)
        line.textChanged.connect(self._forget)
        self.clicked.connect(self._take)
        self.hide()

    @Slot()
    def _look(self) -> None:
        postcode = self._line.text()
        if not postcode.strip() or not self._line.isModified() or self._places.value():
            return

        def job(reader: Reader) -> list[tuple[str, str]]:
            from engage_desktop.queries.places import places_of_postcode

            return places_of_postcode(reader, postcode)

        self._context.tasks.read(job, self._offer, key=(self, "places"))

    def _offer(self, found: list[tuple[str, str]]) -> None:
        self._found = found if not self._places.value() else []
        names = names_words([name for _, name in self._found])
        self.say(translate("form", "Add to places: {names}").format(names=names))
        self.setVisible(bool(self._found))

    @Slot()
    def _forget(self) -> None:
        self._found = []
        self.hide()

    @Slot()
    def _take(self) -> None:
        for record_id, name in self._found:
            self._places.add(record_id, name)
        self._forget()
        self._line.setFocus()


def suggest_places(fields: Mapping[str, Field], context: Context) -> None:
    """Let a form that asks for a postcode and for places offer the one by the other."""
    places = next(
        (f.editor for f in fields.values()
         if f.spec.type is FieldType.LINKS and f.spec.target == PLACE), None
    )  # fmt: skip
    for field in fields.values():
        editor = field.editor
        if (
            field.spec.type is FieldType.POSTCODE
            and isinstance(editor, LineEditor)
            and isinstance(places, LinksEditor)
        ):
            editor.box.addWidget(PlaceSuggestion(editor.line, places, context))
