"""What two admins changed without knowing of each other: an admin says which of it counts."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QButtonGroup, QWidget

from engage_desktop.sync.team_changes import settle
from engage_desktop.sync.team_view import Disputed
from engage_desktop.workspace import Workspace
from ui.dialogs.parts import button, card, column
from ui.dialogs.questions import sentence_of
from ui.dialogs.small import SmallDialog
from ui.tasks import Tasks
from ui.widgets.base import Label
from ui.widgets.buttons import Radio
from ui.widgets.flow import FlowRow
from ui.words import moment_words, translate


class ReviewDialog(SmallDialog):
    """`settled` once it is decided."""

    settled = Signal(str)

    def __init__(
        self, workspace: Workspace, tasks: Tasks, disputes: tuple[tuple[Disputed, ...], ...],
        parent: QWidget | None = None,
    ) -> None:  # fmt: skip
        super().__init__(
            translate("review", "Changes to review"),
            translate(
                "review",
                "Two admins changed the team without knowing of each other. The stricter change"
                " holds until you say which of them count.",
            ),
            wide=640, parent=parent,
        )  # fmt: skip
        self._workspace, self._tasks = workspace, tasks
        self.choices: dict[str, QButtonGroup] = {}
        for number, dispute in enumerate(disputes, 1):
            words = dispute[0].words if dispute else ""
            frame = card(f"{number}. {words}")
            box = column(frame, gap=10, edges=(16, 12, 16, 14))
            box.addWidget(Label(words, "strong"))
            for change in dispute:
                if change.change not in self.choices:
                    box.addWidget(self._choice(change, number))
            self.body.addWidget(frame)
        self.go = button(translate("review", "Decide"), "primary", icon="check",
                         pressed=self.decide)  # fmt: skip
        cancel = button(translate("review", "Later"), "quiet", pressed=self.reject)
        self.foot.add(self.go, cancel)

    def decide(self) -> None:
        """Send the decision."""
        keep = [sha for sha, group in self.choices.items() if group.checkedId() == 1]
        drop = [sha for sha, group in self.choices.items() if group.checkedId() == 0]
        if len(keep) + len(drop) < len(self.choices):
            self.problem.say(translate("review", "Say of each change whether it counts."))
            self.fit()
            return
        self.go.setEnabled(False)
        store = self._workspace.store
        self._tasks.team(lambda _t: settle(store, keep=keep, drop=drop), self._done, self._failed)

    def _choice(self, change: Disputed, number: int) -> QWidget:
        what = f"{change.by}, {moment_words(change.ms)}: {change.said}"
        holder = card(f"{number}. {what}")
        box = column(holder, gap=6, edges=(12, 8, 12, 8))
        box.addWidget(Label(change.said))
        box.addWidget(Label(f"{change.by}, {moment_words(change.ms)}", "small"))
        flow = FlowRow(what, 16)
        group = QButtonGroup(self)
        for code, verb in (
            (1, translate("review", "Counts")),
            (0, translate("review", "Does not count")),
        ):
            radio = Radio(verb)
            radio.setAccessibleName(f"{verb}: {what} ({number})")
            group.addButton(radio, code)
            flow.add(radio)
        box.addWidget(flow)
        self.choices[change.change] = group
        return holder

    def _done(self, _mine: object) -> None:
        self.settled.emit(
            translate("review", "Decided. Send and receive, so that the others know.")
        )
        self.accept()

    def _failed(self, error: Exception) -> None:
        self.go.setEnabled(True)
        self.problem.say(sentence_of(error))
        self.fit()


__all__ = ["ReviewDialog"]
