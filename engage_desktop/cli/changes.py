"""Commands about what colleagues changed, and deliveries in one file."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from db.errors import InvalidInput
from engage_desktop.cli.common import (
    AsJson,
    Kind,
    Out,
    PassphraseFile,
    RecordId,
    Replace,
    WorkspaceFolder,
    answer,
    new_file,
    opened,
)
from engage_desktop.cli.reports import start_of
from engage_desktop.plain import counted, moment_words
from engage_desktop.records.values import read_date

if TYPE_CHECKING:
    from engage_desktop.queries.changes import Changed
    from engage_desktop.sync.work import SyncReceipt
    from engage_desktop.watching import ForMe
    from engage_desktop.workspace import Workspace

Since = Annotated[
    str,
    typer.Option("--since", help="Everything from this day on, read or not, for example 1/4/2026."),
]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("send-file")(send_file)
    app.command("receive-file")(receive_file)
    app.command("changes")(changes)
    app.command("watch")(watch)
    app.command("digest")(digest)


def send_file(
    ws: WorkspaceFolder,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="The file to write, on a stick or not.")
    ] = None,
    out: Out = None,
    replace: Replace = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Write everything that colleagues may lack into one sealed file, for a stick."""
    from engage_desktop.sync.desk import write_delivery

    target = new_file(file, out, "engage send-file WS FILE", replace=replace, sealed=True)
    with opened(ws, passphrase_file) as workspace:
        receipt = write_delivery(workspace, target)
    answer(as_json, {**receipt.as_json(), "file": str(target)}, lambda: receipt_lines(receipt))


def receive_file(
    ws: WorkspaceFolder,
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The file that a colleague gave.")],
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Take in a delivery that came as one file. May be repeated at any time."""
    from engage_desktop.sync.desk import read_delivery

    with opened(ws, passphrase_file) as workspace:
        receipt = read_delivery(workspace, file)
    answer(as_json, receipt.as_json(), lambda: receipt_lines(receipt))


def receipt_lines(receipt: SyncReceipt) -> str:
    """A receipt as the Send and receive page tells it."""
    from engage_desktop.sync.receipt_words import not_taken_words, receipt_words

    value = receipt.as_json()
    lines = [f"{receipt_words(value)}."]
    if receipt.conflicts:
        lines.append(f"{counted(receipt.conflicts, 'conflict')} to choose: engage conflicts WS")
    lines += receipt.in_words()
    lines += not_taken_words(value)
    return "\n".join(lines)


def changes(
    ws: WorkspaceFolder,
    since: Since = "",
    mark_read: Annotated[
        bool, typer.Option("--mark-read", help="Count all that is told here as read.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """What colleagues changed in the records that you lead or watch, and you have not read."""
    from engage_desktop import watching

    day = _day(since)
    with opened(ws, passphrase_file) as workspace:
        found = _found(workspace, day)
        workspace.readings.note(((e.news.kind, e.news.id) for e in found.shown), "listed")
        if mark_read:
            watching.mark_read(workspace.store, [each.news for each in found.shown])
    rows = [_row(each) for each in found.shown]
    value = {"total": found.total, "unread": found.unread, "rows": rows}
    answer(as_json, value, lambda: _changes_words(found))


def _found(workspace: Workspace, day: dt.date | None) -> ForMe:
    from engage_desktop.watching import for_me

    reader = workspace.store.reader()
    try:
        return for_me(
            workspace.store, reader, unread_only=day is None, since_ms=_ms(day), most=None
        )
    finally:
        reader.close()


def _day(text: str) -> dt.date | None:
    if not text:
        return None
    try:
        return read_date(text)
    except ValueError as error:
        raise InvalidInput(f"{error} Nothing was changed.") from None


def _ms(day: dt.date | None) -> int:
    return start_of(day) if day is not None else 0


def _row(each: Changed) -> dict[str, Any]:
    news = each.news
    entries = [
        {
            "officer": entry.officer,
            "when": moment_words(entry.ms),
            "ms": entry.ms,
            "why": entry.why,
            "changes": [line.words for line in entry.lines],
            "new": entry.new,
        }
        for entry in each.entries
    ]
    return {"kind": news.kind, "id": news.id, "title": news.title, "lead": news.lead,
            "watched": news.watched, "unread": news.unread, "entries": entries}  # fmt: skip


def _changes_words(found: ForMe) -> str:
    if not found.shown:
        return "Nothing that you lead or watch was changed by a colleague."
    lines = []
    for each in found.shown:
        mark = "*" if each.news.unread else " "
        lines.append(f"{mark} {each.news.title} ({each.news.kind} {each.news.id})")
        for entry in each.entries:
            lines.append(f"    {entry.officer}, {moment_words(entry.ms)}: {entry.why}")
            lines += [f"      {line.words}" for line in entry.lines]
    lines.append(f"{counted(found.unread, 'record')} not read yet (*).")
    return "\n".join(lines)


def watch(
    ws: WorkspaceFolder,
    kind: Kind,
    record_id: RecordId,
    stop: Annotated[bool, typer.Option("--stop", help="Watch it no more.")] = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Watch a record: colleagues' changes to it are told by “changes” and “digest”."""
    from engage_desktop import watching

    with opened(ws, passphrase_file) as workspace:
        name = workspace.store.registry.find(kind).meta.name
        reader = workspace.store.reader()
        try:
            watching.watch(workspace.store, reader, name, record_id, on=not stop)
        finally:
            reader.close()
    words = "It is watched no more." if stop else "It is watched, on this laptop only."
    answer(as_json, {"kind": name, "id": record_id, "watched": not stop}, words)


def digest(
    ws: WorkspaceFolder,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Where it goes: .eml a letter, .pdf a paper."),
    ] = None,
    replace: Replace = False,
    since: Since = "",
    to: Annotated[str, typer.Option("--to", help="Your e-mail address, for the letter.")] = "",
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Write what changed for you as an e-mail to yourself or as a tagged PDF.

    Nothing of a confidential record is in it.
    """
    from engage_desktop.watching import write_digest

    out = new_file(None, out, "engage digest WS --out FILE", replace=replace)
    day = _day(since)
    with opened(ws, passphrase_file) as workspace:
        made = write_digest(workspace.store, _found(workspace, day), out, since=day, to=to)
    value = {"file": str(out), "records": len(made.items), "withheld": made.withheld}
    answer(as_json, value, f"“{out.name}” is written. {made.summary}")
