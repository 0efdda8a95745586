"""Comments and responses: the same list and record, but new ones are taken by quick capture."""

from __future__ import annotations

from ui.pages.records_page import RecordsPage
from ui.words import translate


class CommentsPage(RecordsPage):
    """“Add feedback” opens the stand's quick capture rather than an empty form."""

    @property
    def primary(self) -> tuple[str, str]:
        return translate("feedback", "Add feedback"), "add"

    def run_primary(self) -> None:
        self._around.flows.open_stand(self._around.window)
