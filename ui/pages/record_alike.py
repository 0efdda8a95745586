"""While somebody is typed in: who is here already and may be the same."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt

from db.reader import Reader
from ui.form.context import Context
from ui.form.form import RecordForm
from ui.widgets.banners import Banner
from ui.widgets.base import clear
from ui.widgets.buttons import Button
from ui.words import lower_first, translate

KIND = "stakeholder"
MOST = 3


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody who is here already, and why they may be the one that is typed in."""

    id: str
    title: str
    why: str


class AlikeBanner(Banner):
    """Looks after each pause in typing. Hidden while there is nobody to name."""

    def __init__(self, form: RecordForm, context: Context) -> None:
        super().__init__("info")
        self._form, self._context = form, context
        self._asked = ""
        self.hide()
        form.paused.connect(self.look)
        form.dirty_changed.connect(self._calm)

    def look(self) -> None:
        """Ask, without holding anybody up. Only of records that are being made."""
        form = self._form
        if not form.is_new:
            self.hide()
            return
        entered, _problems = form.collect()
        values = {name: value for name, value in entered.items() if value}
        self._asked = own = form.record_id

        def job(reader: Reader) -> list[Known]:
            from engage_desktop.duplicates import alike

            pairs = alike(reader, values, but=own)[:MOST]
            return [Known(p.other, reader.title(p.other), _because(p.reasons)) for p in pairs]

        self._context.tasks.read(job, self._came, key=self)

    def _came(self, found: list[Known]) -> None:
        form = self._form
        if not found or not form.is_new or not form.dirty or form.record_id != self._asked:
            self.hide()
            return
        said = "\n".join(f"{one.title}: {one.why}" for one in found)
        self.show_as("info", translate("alike", "Here already?"), said)
        clear(self.extra)
        for one in found:
            words = translate("alike", "Open {title}").format(title=one.title)
            button = Button(words, how="link")
            button.setProperty("record", one.id)
            button.clicked.connect(self._open)
            self.extra.addWidget(button, 0, Qt.AlignmentFlag.AlignLeft)
        self.show()

    def _calm(self, dirty: bool) -> None:
        if not dirty:
            self.hide()

    def _open(self) -> None:
        self._context.open_record(KIND, str(self.sender().property("record")))


def _because(reasons: tuple[str, ...]) -> str:
    return "; ".join(lower_first(reason) for reason in reasons)


__all__ = ["KIND", "AlikeBanner"]
