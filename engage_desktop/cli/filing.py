"""Commands about the files of a record: attach, attachments, detach, save-attachment."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from db.errors import InvalidInput, NotFound
from db.reader import Reader
from engage_desktop.attachments import KIND, attach, attachments, detach, save_copy
from engage_desktop.cli.common import (
    AsJson,
    Kind,
    PassphraseFile,
    RecordId,
    Replace,
    WorkspaceFolder,
    answer,
    columns,
    new_file,
    opened,
)
from engage_desktop.cli.values import here
from engage_desktop.exchange.targets import shape_of
from engage_desktop.plain import counted
from engage_desktop.records.filing import Attachment
from engage_desktop.workspace import Workspace

AttachmentId = Annotated[str, typer.Argument(metavar="ID", help="The attachment's id.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("attach")(attach_file)
    app.command("attachments")(list_attachments)
    app.command("detach")(detach_file)
    app.command("save-attachment")(save_attachment)


def attach_file(
    ws: WorkspaceFolder,
    kind: Kind,
    record_id: RecordId,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file to keep a copy of.")],
    note: Annotated[str, typer.Option("--note", help="What it is, in your words.")] = "",
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Keep a copy of a file, encrypted, with a record."""
    with opened(ws, passphrase_file) as workspace:
        name, owner = _owner(workspace, kind, record_id)
        applied, made = attach(workspace, name, owner, [file], note=note)
        value = _row(workspace, made[0]) | {"change_set": applied.change_set}
    answer(as_json, value, f"“{made[0].filename}” is kept as {made[0].id}.")


def list_attachments(
    ws: WorkspaceFolder,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="Of one record: its kind,")] = "",
    record_id: Annotated[str, typer.Argument(metavar="ID", help="and its id.")] = "",
    in_bin: Annotated[bool, typer.Option("--bin", help="What is in the bin.")] = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """List the files kept with one record, or all of them."""
    with opened(ws, passphrase_file) as workspace:
        if kind and not record_id:
            raise NotFound("Say which record: engage attachments WS KIND ID.")
        owner = _owner(workspace, kind, record_id)[1] if kind else ""
        reader = workspace.store.reader()
        try:
            found = list(attachments(reader, owner, bin=in_bin))
            workspace.readings.note(((KIND, each.id) for each in found), "listed")
            rows = [_row(workspace, each) | {"belongs_to": _title(reader, each)} for each in found]
        finally:
            reader.close()
    answer(as_json, {"total": len(rows), "rows": rows}, lambda: _as_table(rows))


def detach_file(
    ws: WorkspaceFolder,
    record_id: AttachmentId,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Move an attachment to the bin. put-back or undo brings it back."""
    with opened(ws, passphrase_file) as workspace:
        found = _attachment(workspace, record_id)
        applied = detach(workspace, found.id)
    value = {"kind": KIND, "id": found.id, "changed": bool(applied.touched),
             "change_set": applied.change_set or None}  # fmt: skip
    answer(as_json, value, f"“{found.filename}” is in the bin.")


def save_attachment(
    ws: WorkspaceFolder,
    record_id: AttachmentId,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where the copy goes.")
    ] = None,
    replace: Replace = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Write a copy of an attachment, as it was added, into a file."""
    target = new_file(None, out, "engage save-attachment WS ID --out FILE", replace=replace)
    with opened(ws, passphrase_file) as workspace:
        found = _attachment(workspace, record_id)
        size = save_copy(workspace, found, target)
    value = {"file": str(target), "bytes": size, "filename": found.filename}
    answer(as_json, value, f"“{found.filename}” is written to “{target.name}”.")


def _owner(workspace: Workspace, word: str, record_id: str) -> tuple[str, str]:
    store = workspace.store
    shape = shape_of(store.registry, word)
    kind = "response" if shape.is_feedback else shape.row_kind
    reader = store.reader()
    try:
        return kind, here(reader, kind, record_id).id
    finally:
        reader.close()


def _attachment(workspace: Workspace, record_id: str) -> Attachment:
    reader = workspace.store.reader()
    try:
        found = here(reader, KIND, record_id)
    finally:
        reader.close()
    if not isinstance(found, Attachment):
        raise InvalidInput("That is not an attachment. Nothing was changed.")
    return found


def _row(workspace: Workspace, record: Attachment) -> dict[str, Any]:
    """An attachment as JSON. `here`: its content is on this laptop already."""
    value = record.model_dump(mode="json", exclude={"digest"})
    return value | {"here": bool(record.digest) and workspace.blobs.has(record.digest)}


def _title(reader: Reader, record: Attachment) -> str:
    return reader.title(record.owner) if record.owner else ""


def _as_table(rows: list[dict[str, Any]]) -> str:
    cells = [
        [row["id"], row["filename"], f"{row['size']:,}", row["belongs_to"], row["description"]]
        for row in rows
    ]
    headings = ["id", "File", "Bytes", "Belongs to", "Description"]
    lines = [columns(headings, cells)] if cells else []
    return "\n".join([*lines, counted(len(rows), "attachment")])
