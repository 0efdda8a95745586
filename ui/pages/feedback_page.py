"""Comments and responses: the same list and record, but new ones are taken by quick capture."""

from __future__ import annotations

from engage_desktop.rules import CARDS
from ui.pages.records_page import RecordsPage
from ui.words import translate


class CommentsPage(RecordsPage):
    """“Add feedback” opens the stand's quick capture rather than an empty form."""

    @property
    def primary(self) -> tuple[str, str]:
        return ("", "") if self._refusal else (translate("feedback", "Add feedback"), "add")

    def run_primary(self) -> None:
        self.around.flows.open_stand(self.around.window)

    @property
    def _refusal(self) -> str:
        return self._context.rights.adding(*CARDS)
