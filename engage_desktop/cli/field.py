"""Commands about field copies: make one, bring one back, and where they are."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from engage_desktop.cli.common import (
    AsJson,
    CodeFile,
    PassphraseFile,
    Replace,
    WorkspaceFolder,
    answer,
    opened,
    replaceable,
)
from engage_desktop.cli.reports import day_from
from engage_desktop.cli.space import invitation_code
from engage_desktop.plain import counted, day_words, moment


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("field-copy")(field_copy)
    app.command("field-copies")(field_copies)
    app.command("field-copy-return")(field_copy_return)


def field_copy(
    ws: WorkspaceFolder,
    event: Annotated[str, typer.Argument(metavar="EVENT", help="The event's id.")],
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes.")],
    last_day: Annotated[
        str, typer.Option("--last-day", metavar="DAY", help="How long it may be keyed into.")
    ] = "",
    officer: Annotated[
        str, typer.Option("--officer", metavar="NAME", help="Who takes it, for the register.")
    ] = "",
    replace: Replace = False,
    code_file: CodeFile = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Write one event and its people into a locked file, for one laptop that goes out.

    Without --code-file a code is made and shown once.
    """
    from engage_desktop.sync.field_copy import make_field_copy

    code, day = invitation_code(code_file), day_from(last_day)
    with opened(ws, passphrase_file) as workspace, replaceable():
        made = make_field_copy(
            workspace.store, workspace.blobs, event, file,
            last_day=day, officer=officer, code=code, replace_file=replace,
        )  # fmt: skip
    held = ", ".join(f"{kind} {count:,}" for kind, count in made.records.items())
    lines = [
        f"The field copy of “{made.title}” is written into “{file.name}”: {held}.",
        f"It may be keyed into until {day_words(made.last_day)}.",
    ]
    if made.absent:
        lines.append(f"Not in it, because not here yet: {counted(made.absent, 'attachment')}.")
    if code is None:
        lines.append(f"Code: {made.code}\nTell it by another way than the file.")
    lines.append("On the laptop: engage new WS --officer NAME --field-copy FILE")
    value = {"file": str(file), "event": made.event, "officer": made.officer,
             "last_day": made.last_day.isoformat(), "records": made.records,
             "attachments": made.attachments, "absent": made.absent,
             "code": made.code if code is None else None}  # fmt: skip
    answer(as_json, value, "\n".join(lines))


def _day_of(ms: int) -> str:
    return day_words(moment(ms).date())


def field_copies(
    ws: WorkspaceFolder, passphrase_file: PassphraseFile = None, as_json: AsJson = False
) -> None:
    """Where field copies are: of which event, with whom, until when, and whether returned."""
    from engage_desktop.sync.field_register import copies

    with opened(ws, passphrase_file) as workspace:
        found = copies(workspace.store)
        reader = workspace.store.reader()
        try:
            rows = [{**asdict(copy), "title": reader.title(copy.event)} for copy in found]
        finally:
            reader.close()
    lines = [
        f"{row['title'] or row['event']}: {row['officer'] or 'nobody yet'}, {row['state']}, "
        f"until {_day_of(int(row['until_ms']))}"
        for row in rows
    ]
    answer(
        as_json, {"total": len(rows), "rows": rows}, "\n".join(lines) or "There is no field copy."
    )


def field_copy_return(
    ws: WorkspaceFolder,
    folder: Annotated[
        str, typer.Argument(metavar="FOLDER", help="The team's shared folder or place, or a stick.")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Wipe this workspace.")] = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Bring a field copy back: send all of it, and wipe it once an office laptop has it all."""
    from engage_desktop.sync.field_return import bring_back, check_returnable, wipe

    with opened(ws, passphrase_file) as workspace:
        if yes:
            bring_back(workspace, folder)
        else:
            check_returnable(workspace, folder)
    if yes:
        wipe(ws)
        words = f"The field copy is returned, and “{ws.name}” is wiped."
    else:
        words = (
            "Everything that was keyed in here has been taken in at the office. Wipe this "
            "workspace with: engage field-copy-return WS FOLDER --yes"
        )
    answer(as_json, {"returned": yes, "wiped": yes}, words)
