"""Making a field copy of an event: a file for the laptop that goes out, and its code."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMenu, QWidget

from engage_desktop.leaving import free_name
from engage_desktop.records.values import read_date
from engage_desktop.sync.field_copy import SUFFIX, make_field_copy
from engage_desktop.sync.field_scope import EVENT
from engage_desktop.workspace import Workspace
from ui.dialogs.fields import PathField, TextField
from ui.dialogs.invite import InviteDialog
from ui.dialogs.parts import column
from ui.form.context import Context
from ui.tasks import Tasks
from ui.widgets.base import named
from ui.widgets.refused import refused
from ui.words import translate


def _write(
    workspace: Workspace, event: str, path: Path, officer: str, last_day: dt.date | None,
    replace: bool,
) -> tuple[Path, str]:  # fmt: skip
    """Make the copy behind a code of its own; the file and the code."""
    made = make_field_copy(
        workspace.store, workspace.blobs, event, path,
        officer=officer, last_day=last_day, replace_file=replace,
    )  # fmt: skip
    return path, made.code


class FieldCopyDialog(InviteDialog):
    """Asks who takes it and until when, writes the file, then shows the code once."""

    suffix = SUFFIX

    def __init__(
        self, workspace: Workspace, tasks: Tasks, event: str, parent: QWidget | None = None
    ) -> None:
        self._event = event
        super().__init__(workspace, tasks, parent)

    def _heading(self) -> tuple[str, str]:
        return translate("field_copy", "Make a field copy"), translate(
            "field_copy",
            "One laptop takes this event, its venue and the people invited out with it, and"
            " nothing else. Cards can be keyed in there until the last day.",
        )

    def _go_words(self) -> str:
        return translate("field_copy", "Make field copy")

    def _written_words(self, path: Path) -> str:
        return translate("field_copy", "“{name}” is written.").format(name=path.name)

    def _job(self, path: Path) -> Callable[[], tuple[Path, str]] | None:
        self.last_day.say("")
        try:
            day = read_date(self.last_day.text)
        except ValueError as error:
            self.last_day.say(str(error))
            return None
        return partial(_write, self._workspace, self._event, path, self.officer.text, day,
                       path == self._agreed)  # fmt: skip

    def _ask(self) -> None:
        self.questions = named(QWidget(), translate("field_copy", "Questions"))
        box = column(self.questions, gap=12)
        self.officer = TextField(
            translate("field_copy", "Who takes it"),
            translate("field_copy", "For the register of copies that are out"),
        )
        self.last_day = TextField(
            translate("field_copy", "Last day"),
            translate("field_copy", "Left empty: the day of the event, or a week from now"),
        )
        self.place = PathField(
            translate("field_copy", "Put the file here"),
            mode="save",
            files=translate("field_copy", "Field copies (*.fieldcopy)"),
            path=str(
                free_name(
                    self._workspace.folder.parent, translate("field_copy", "Field copy"), SUFFIX
                )
            ),
        )
        for field in (self.officer, self.last_day, self.place):
            box.addWidget(field)
        self._box.addWidget(self.questions)


def offer(menu: QMenu, context: Context, kind: str, record_id: str) -> None:
    """Let an event's menu make a field copy of it."""
    if kind != EVENT:
        return

    def make() -> None:
        window = menu.parentWidget().window()
        dialog = FieldCopyDialog(context.workspace, context.tasks, record_id, window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    action = menu.addAction(translate("field_copy", "Make a field copy…"), make)
    refused(action, context.rights.team)
