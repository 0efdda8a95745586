"""The button that has an officer told of what colleagues change in the open record."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engage_desktop import watching
from ui.form.context import Context
from ui.tasks import Ticket
from ui.widgets.base import named
from ui.widgets.buttons import Button
from ui.words import translate


class WatchButton(Button):
    """Pressed in while the record shown is watched."""

    def __init__(self, context: Context, parent: QWidget | None = None) -> None:
        super().__init__(translate("record", "Watch"), "notifications", "quiet")
        if parent is not None:
            self.setParent(parent)
        self._context = context
        self._place = ("", "")
        self.setCheckable(True)
        self.clicked.connect(self._toggle)

    def show_for(self, kind: str, record_id: str, *, on: bool) -> None:
        """Another record is open; `on` says whether it is watched."""
        self._place = (kind, record_id)
        self.setChecked(on)
        self.show()
        words = (
            translate("record", "Watching: you are told what colleagues change. Press to stop")
            if on
            else translate("record", "Watch: be told what colleagues change here")
        )
        verb = translate("record", "Watching") if on else translate("record", "Watch")
        self.say(verb)
        named(self, words)
        self.setToolTip(words)

    def _toggle(self) -> None:
        place, store, on = self._place, self._context.workspace.store, self.isChecked()

        def job(_ticket: Ticket) -> tuple[tuple[str, str], bool]:
            reader = store.reader()
            try:
                watching.watch(store, reader, *place, on=on)
            finally:
                reader.close()
            return place, on

        self._context.tasks.write(job, self._watched)

    def _watched(self, now: tuple[tuple[str, str], bool]) -> None:
        place, on = now
        if place == self._place:
            self.show_for(*place, on=on)
        self._context.say(
            translate("record", "You are told what colleagues change here.")
            if on
            else translate("record", "You watch this no more.")
        )
