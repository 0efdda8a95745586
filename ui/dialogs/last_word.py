"""What went wrong after the last window of a workspace has closed."""

from __future__ import annotations

from ui.dialogs.parts import button
from ui.dialogs.small import SmallDialog
from ui.words import translate


class LastWord(SmallDialog):
    """One sentence, and a button to be done."""

    def __init__(self, sentence: str) -> None:
        super().__init__(translate("last", "Not all of it could be done"))
        self.problem.say(sentence)
        self.done_button = button(translate("last", "Close"), "primary", pressed=self.accept)
        self.foot.add(self.done_button)


__all__ = ["LastWord"]
