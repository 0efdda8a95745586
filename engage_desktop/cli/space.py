"""Commands about a workspace as a whole: new, check, backup, restore, and its keys."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from db.errors import KnownError
from engage_desktop.cli.common import (
    AsJson,
    Out,
    PassphraseFile,
    Replace,
    WorkspaceFolder,
    answer,
    first_line,
    new_file,
    new_passphrase_from,
    opened,
    passphrase_from,
    session,
)
from engage_desktop.plain import counted

if TYPE_CHECKING:
    from engage_desktop.workspace import Workspace


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("new")(new)
    app.command("check")(check)
    app.command("backup")(backup)
    app.command("restore")(restore)
    app.command("passphrase")(passphrase)
    app.command("recovery")(recovery)


def new(
    ws: WorkspaceFolder,
    officer: Annotated[str, typer.Option("--officer", help="Whose workspace it is.")],
    sample: Annotated[
        bool, typer.Option("--sample", help="Fill it with a fictional county to explore.")
    ] = False,
    join: Annotated[
        Path | None,
        typer.Option("--join", metavar="FILE", help="Join a team with the invitation in a file."),
    ] = None,
    join_code_file: Annotated[
        Path | None,
        typer.Option(
            "--join-code-file",
            metavar="FILE",
            help="Read its code from a file.",
        ),
    ] = None,
    field_copy: Annotated[
        Path | None,
        typer.Option("--field-copy", metavar="FILE", help="Begin it with a field copy."),
    ] = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Make a workspace in a new or empty folder. Prints its recovery code, once."""
    from engage_desktop.doors import joined, with_field_copy, with_sample
    from engage_desktop.workspace import Workspace

    if sample and (join is not None or field_copy is not None):
        raise KnownError("A workspace that joins a team cannot hold the sample. Nothing was made.")
    if join is not None and field_copy is not None:
        raise KnownError("Give either --join or --field-copy. Nothing was made.")
    invitation = None
    if join is not None:
        from engage_desktop.sync.invite import invitation_bytes

        invitation = invitation_bytes(join)
    code = invitation_code(join_code_file)
    officer = officer.strip()
    secret = passphrase_from(passphrase_file, new=True)
    around = session().around
    team, records = "", 0
    if field_copy is not None:
        workspace, recovery, team = with_field_copy(
            ws, officer, secret, field_copy, code, around=around
        )
    elif invitation is not None:
        workspace, recovery, team = joined(ws, officer, secret, invitation, code, around=around)
    elif sample:
        workspace, recovery, records = with_sample(ws, officer, secret, around=around)
    else:
        workspace, recovery = Workspace.create(
            ws, officer=officer, passphrase=secret, around=around
        )
    offered = offered_words(workspace, ws) if team else ""
    workspace.close()
    words = [f"The workspace “{ws.name}” is ready for {officer}."]
    if records:
        words.append(f"It holds the sample: {counted(records, 'record')}.")
    if team:
        words.append("It has joined the team; the first sync tells the others.")
    if offered:
        words.append(offered)
    words.append(f"Recovery code: {recovery}")
    words.append("Write it down and keep it apart: it is not shown again.")
    value = {"workspace": str(ws), "officer": officer, "recovery_code": recovery,
             "records": records, "team": team or None}  # fmt: skip
    answer(as_json, value, "\n".join(words))


def offered_words(workspace: Workspace, ws: Path) -> str:
    """What to do with the server that an invitation told of; "" where it told of none."""
    from engage_desktop.sync.desk import offered_place

    place = offered_place(workspace.store)
    if not place:
        return ""
    return (
        f"The team shares through {place}. With your own sign-in: engage place add “{ws.name}” "
        f"{place} --user NAME, and then: engage sync “{ws.name}” {place}"
    )


def invitation_code(file: Path | None) -> str | None:
    """The code that locks an invitation: the first line of a file, or None where not given."""
    return first_line(file, "code") if file is not None else None


def check(
    ws: WorkspaceFolder, passphrase_file: PassphraseFile = None, as_json: AsJson = False
) -> None:
    """Look at every page, record and count. Ends with 1 when something is wrong."""
    with opened(ws, passphrase_file) as workspace:
        report = workspace.store.check()
        recovered = list(workspace.recovered)
    value = {"ok": report.ok, "problems": report.problems, "counts": report.counts,
             "recovered": recovered}  # fmt: skip
    held = ", ".join(f"{name} {count:,}" for name, count in report.counts.items() if count)
    words = f"All is well. Records: {held or 'none yet'}." if report.ok else "\n".join(
        ["Something is wrong:", *report.problems]
    )  # fmt: skip
    answer(as_json, value, words)
    if not report.ok:
        raise typer.Exit(1)


def backup(
    ws: WorkspaceFolder,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Where the backup goes.")
    ] = None,
    out: Out = None,
    replace: Replace = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Write the whole workspace, encrypted, into one file."""
    target = new_file(file, out, "engage backup WS FILE", replace=replace, sealed=True)
    with opened(ws, passphrase_file) as workspace:
        size = workspace.backup(target)
    answer(as_json, {"file": str(target), "bytes": size}, f"“{target.name}” is written and whole.")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A backup.")],
    ws: Annotated[Path, typer.Argument(metavar="WS", help="A new or empty folder.")],
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Lay a backup into a new folder. The passphrase is the one of the backed-up workspace."""
    from engage_desktop.workspace import Workspace

    secret = passphrase_from(passphrase_file)
    with Workspace.restore(file, ws, secret, around=session().around) as workspace:
        officer = workspace.officer
    words = f"The workspace of {officer} is restored in “{ws.name}”."
    answer(as_json, {"workspace": os.fspath(ws), "officer": officer}, words)


def passphrase(
    ws: WorkspaceFolder,
    new_passphrase_file: Annotated[
        Path | None,
        typer.Option(
            "--new-passphrase-file",
            metavar="FILE",
            help="Read the new passphrase from the first line of a file.",
        ),
    ] = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Change the passphrase. The present one, or the recovery code, is asked for first."""
    with opened(ws, passphrase_file) as workspace:
        workspace.change_passphrase(new_passphrase_from(new_passphrase_file))
    words = (
        f"The passphrase of “{ws.name}” is changed. The old one opens nothing any more, except "
        "backups made before."
    )
    answer(as_json, {"workspace": os.fspath(ws), "changed": True}, words)


def recovery(
    ws: WorkspaceFolder, passphrase_file: PassphraseFile = None, as_json: AsJson = False
) -> None:
    """Make a new recovery code and print it, once. The passphrase stays."""
    with opened(ws, passphrase_file) as workspace:
        code = workspace.new_recovery_code()
    words = (
        f"Recovery code: {code}\nWrite it down and keep it apart: it is not shown again. "
        "The old one opens nothing any more, except backups made before."
    )
    answer(as_json, {"recovery_code": code}, words)
