"""Taking a field copy's file back in at the office, with a receipt: what came, what did not."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from engage_desktop.plain import counted
from engage_desktop.sync.desk import write_delivery
from engage_desktop.sync.field_back import TakenBack, take_back
from engage_desktop.sync.stick import SUFFIX
from engage_desktop.workspace import Workspace
from ui.dialogs.fields import PathField
from ui.dialogs.job import DialogJob, Watched
from ui.dialogs.parts import button, card, column
from ui.dialogs.small import SmallDialog
from ui.dialogs.team_parts import plain_list
from ui.tasks import Tasks
from ui.widgets.banners import Banner
from ui.widgets.base import Label, clear, named
from ui.widgets.buttons import Button
from ui.widgets.flow import FlowRow
from ui.words import kind_words, lower_first, translate

MOST_SHOWN = 30
"""Changes that were set aside, named one by one; the rest are counted."""


class TakeBackDialog(SmallDialog):
    """`taken` once a file is in. The answer for the field laptop is written here too."""

    taken = Signal()

    def __init__(self, workspace: Workspace, tasks: Tasks, parent: QWidget | None = None) -> None:
        super().__init__(
            translate("back", "Take a field copy’s file back in"),
            translate("back", "The laptop in the field writes a file with everything that was keyed"
                      " in there. The same file twice takes nothing in twice."),
            wide=640, parent=parent,
        )  # fmt: skip
        self._workspace, self._tasks = workspace, tasks
        self.found: TakenBack | None = None
        self.write: Button | None = None
        self._job = DialogJob(self, tasks)
        self._job.busy.connect(self._busy)
        self.file = PathField(
            translate("back", "The file from the field"), mode="open",
            files=translate("back", "Deliveries (*{suffix})").format(suffix=SUFFIX),
        )  # fmt: skip
        self.body.addWidget(self.file)
        self.waiting = self._job.strip
        self.body.addWidget(self.waiting)
        self.said = Banner("good")
        self.said.hide()
        self.body.addWidget(self.said)
        self._receipt = column(gap=14)
        self.body.addLayout(self._receipt)
        self.go = button(translate("back", "Take it in"), "primary", icon="inbox",
                         pressed=self.take)  # fmt: skip
        self.close_button = button(translate("back", "Close"), "quiet", pressed=self.reject)
        self.foot.add(self.go, self.close_button)

    def take(self) -> None:
        """Take the file in."""
        path = self.file.path
        if path is None:
            self.file.say(translate("back", "Choose the file that the field laptop wrote."))
            self.fit_soon()
            return
        self.file.say("")
        workspace = self._workspace
        self._job.run(
            lambda watched: take_back(workspace, path, **watched), self._taken,
            translate("back", "Opening the file"),
        )  # fmt: skip

    def answer(self) -> None:
        """Write what the field laptop needs to be wiped: the office's word that it has all."""
        path = self.answer_place.path
        if path is None:
            self.answer_place.say(translate("back", "Choose where to put the file."))
            return
        if path.suffix != SUFFIX:
            path = path.with_name(path.name + SUFFIX)
        self.answer_place.say("")
        workspace = self._workspace

        def job(watched: Watched) -> Path:
            write_delivery(workspace, path, **watched)
            return path

        self._job.run(job, self._answered, translate("back", "Writing the answer"))

    def _taken(self, found: TakenBack) -> None:
        self.found = found
        clear(self._receipt)
        self.write = None
        self._show_done(found)
        aside = [f"{each.what} ({each.whose}). {each.why}" for each in found.aside]
        more = len(aside) - MOST_SHOWN
        aside = aside[:MOST_SHOWN]
        if more > 0:
            aside.append(translate("back", "and {n} more").format(n=f"{more:,}"))
        aside += [f"{name}. {reason}" for name, reason in found.unused]
        if aside:
            self._listed(translate("back", "Set aside, and why"), aside)
        if found.waiting:
            self._ask_answer()
        self.go.say(translate("back", "Take in another"))
        self.fit_soon()
        self.taken.emit()

    def _show_done(self, found: TakenBack) -> None:
        registry = self._workspace.store.registry
        came = [
            counted(n, kind_words(m.label, m.plural), lower_first(m.plural))
            for kind, n in found.came.items() if kind in registry for m in (registry[kind].meta,)
        ]  # fmt: skip
        whose = ", ".join(found.whose)
        if found.returned:
            strong = translate("back", "Returned and wiped: {who}.").format(
                who=", ".join(found.returned))  # fmt: skip
        elif came:
            strong = translate("back", "Came from {who}: {what}.").format(
                who=whose, what=", ".join(came))  # fmt: skip
        elif found.whose:
            strong = translate("back", "From {who} came nothing that counts.").format(who=whose)
        elif found.unused:
            strong = translate("back", "Something in this file was not taken in.")
        else:
            strong = translate("back", "Nothing new of a field copy is in this file.")
        words = translate("back", "Nothing was set aside.")
        if found.aside:
            words = translate("back", "Set aside: {n}.").format(n=len(found.aside))
        elif found.unused:
            words = translate("back", "It is told below, with the reason.")
        others = sum(n for name, n in found.receipt.from_whom.items() if name not in found.whose)
        if others:
            along = translate("back", "{n} of other colleagues came along.")
            words = f"{words} {along.format(n=counted(others, 'change'))}"
        tone = "warning" if found.aside or found.unused else "good"
        self.said.show_as(tone, strong, words)
        self.said.show()

    def _listed(self, heading: str, lines: list[str]) -> None:
        frame = card(heading)
        inside = column(frame, gap=8, edges=(16, 12, 16, 14))
        inside.addWidget(Label(heading, "heading"))
        inside.addWidget(plain_list(lines, heading))
        self._receipt.addWidget(frame)

    def _ask_answer(self) -> None:
        heading = translate("back", "The answer for the field laptop")
        frame = card(heading)
        inside = column(frame, gap=10, edges=(16, 12, 16, 14))
        inside.addWidget(Label(heading, "heading"))
        inside.addWidget(
            Label(translate("back", "It is wiped once it knows that the office has everything. By"
                            " the shared folder it learns so by itself; without one, write this"
                            " file for it."))
        )  # fmt: skip
        name = translate("back", "Answer for the field") + SUFFIX
        self.answer_place = PathField(
            translate("back", "Put the file here"), mode="save",
            files=translate("back", "Deliveries (*{suffix})").format(suffix=SUFFIX),
            path=str(self._workspace.folder.parent / name),
        )  # fmt: skip
        inside.addWidget(self.answer_place)
        verbs = FlowRow(heading, 10)
        self.write = button(translate("back", "Write the answer"), "secondary", icon="usb",
                            pressed=self.answer)  # fmt: skip
        verbs.add(self.write)
        inside.addWidget(verbs)
        self.written = Label("", "strong")
        self.written.hide()
        inside.addWidget(self.written)
        self._receipt.addWidget(frame)

    def _answered(self, path: Path) -> None:
        self.written.setText(
            translate("back", "“{name}” is written. Open it on the field laptop under Team, Return"
                      " this field copy.").format(name=path.name)
        )  # fmt: skip
        named(self.written, self.written.text())
        self.written.show()
        self.fit_soon()

    def _busy(self, on: bool) -> None:
        self.go.setEnabled(not on)
        if self.write is not None:
            self.write.setEnabled(not on)


__all__ = ["TakeBackDialog"]
