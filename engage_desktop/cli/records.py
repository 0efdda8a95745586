"""Commands about records: list, show, add, edit, delete, put-back, undo."""

from __future__ import annotations

import sys
from typing import Annotated, Any

import typer

from db.changes import Applied, Bin, Change, Create, Edit, Restore
from db.errors import InvalidInput, NotFound
from db.query import ListQuery
from db.reader import Reader
from db.record import Record, validated
from db.store import Store
from engage_desktop.cli.common import (
    AsJson,
    Kind,
    PassphraseFile,
    RecordId,
    WorkspaceFolder,
    answer,
    columns,
    json_object,
    opened,
)
from engage_desktop.cli.values import condition, field_values, here
from engage_desktop.exchange.exporter import json_row, json_rows
from engage_desktop.exchange.targets import Shape, shape_of
from engage_desktop.merging import why_not_put_back
from engage_desktop.plain import counted
from engage_desktop.queries.merges import KIND
from engage_desktop.readings import check_may_see
from engage_desktop.records.feedback import Comment, words_of
from engage_desktop.records.values import told as shown

Data = Annotated[
    str,
    typer.Argument(
        metavar="JSON", help="The fields as a JSON object; @FILE reads a file, - standard input."
    ),
]
_SHOWN_AT_ONCE = 50


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("list")(list_records)
    app.command("show")(show)
    app.command("add")(add)
    app.command("edit")(edit)
    app.command("delete")(delete)
    app.command("put-back")(put_back)
    app.command("undo")(undo)


def list_records(
    ws: WorkspaceFolder,
    kind: Kind,
    text: Annotated[str, typer.Option("--text", help="Only records with these words.")] = "",
    where: Annotated[
        list[str] | None,
        typer.Option("--where", help='A filter, for example "status=done"; may be repeated.'),
    ] = None,
    sort: Annotated[
        str, typer.Option("--sort", help='A field to sort by; with "-" in front, largest first.')
    ] = "",
    limit: Annotated[
        int | None, typer.Option("--limit", min=0, help="Most rows to give. JSON gives all.")
    ] = None,
    in_bin: Annotated[bool, typer.Option("--bin", help="What is in the bin.")] = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """List records of a kind. “feedback” lists responses with their comments."""
    if limit is not None:
        limit = min(limit, sys.maxsize >> 1)
    with opened(ws, passphrase_file) as workspace:
        store = workspace.store
        shape = shape_of(store.registry, kind)
        name = "response" if shape.is_feedback else shape.row_kind
        check_may_see(store, name)
        conditions = tuple(condition(store.registry, name, each) for each in where or ())
        order = sort or ("-pk" if text else store.registry[name].meta.sort)
        query = ListQuery(name, where=conditions, text=text, sort=order, bin=in_bin)
        reader = store.reader()
        try:
            total = reader.count(query)
            way = "found" if text.strip() else "listed"
            if as_json:
                rows = list(json_rows(reader, shape, query, limit))
                workspace.readings.note(((name, row["id"]) for row in rows), way)
                answer(True, {"total": total, "rows": rows})
            else:
                table, ids = _as_table(reader, shape, query, total, limit)
                workspace.readings.note(((name, each) for each in ids), way)
                answer(False, None, table)
        finally:
            reader.close()


def _as_table(
    reader: Reader, shape: Shape, query: ListQuery, total: int, limit: int | None
) -> tuple[str, list[str]]:
    """The table, and the ids of the records in it."""
    most = _SHOWN_AT_ONCE if limit is None else limit
    cls = reader.registry[query.kind]
    paths = [path for path in cls.meta.columns if "." not in path]
    specs = [cls.specs()[path] for path in paths]
    rows: list[list[str]] = []
    query = ListQuery(query.kind, tuple(paths), query.where, query.text, query.sort, query.bin)
    for row in reader.page(query, limit=most).rows:
        cells = [shown(spec, value) for spec, value in zip(specs, row.values, strict=True)]
        rows.append([row.id, *cells])
    lines = [columns(["id", *(spec.label for spec in specs)], rows)] if rows else []
    more = f", {len(rows):,} of them shown" if len(rows) < total else ""
    lines.append(counted(total, cls.meta.label.lower(), cls.meta.plural.lower()) + more)
    return "\n".join(lines), [row[0] for row in rows]


def show(
    ws: WorkspaceFolder,
    kind: Kind,
    record_id: RecordId,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Show one record, in the bin or not."""
    with opened(ws, passphrase_file) as workspace:
        cls = _kind(workspace.store, kind)
        check_may_see(workspace.store, cls.meta.name)
        reader = workspace.store.reader()
        try:
            record = here(reader, cls.meta.name, record_id)
            workspace.readings.note([(cls.meta.name, record.id)], "opened")
            titles: dict[str, str] = {}
            value = json_row(reader, record, titles)
        finally:
            reader.close()
        value["in_bin"] = workspace.store.where(cls.meta.name, record.id) == "bin"
        answer(as_json, value, lambda: _card(record, titles))


def _card(record: Record, titles: dict[str, str]) -> str:
    lines = [f"{record.meta.label} {record.id}"]
    for name, spec in record.specs().items():
        value = getattr(record, name)
        if spec.target and value:
            ids = [value] if isinstance(value, str) else list(value)
            value = "; ".join(titles.get(each) or each for each in ids)
            lines.append(f"{spec.label}: {value}")
        elif text := shown(spec, value):
            lines.append(f"{spec.label}: {text}")
    return "\n".join(lines)


def _kind(store: Store, word: str) -> type[Record]:
    """The one kind a word names; "feedback" is a response here."""
    shape = shape_of(store.registry, word)
    return store.registry["response" if shape.is_feedback else shape.row_kind]


def add(
    ws: WorkspaceFolder,
    kind: Kind,
    data: Data,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Add a record. Feedback may bring its comments: {"fft": "Good", "comments": [{"text": …}]}."""
    with opened(ws, passphrase_file) as workspace:
        store = workspace.store
        values = json_object(data)
        cls = _kind(store, kind)
        if not cls.meta.by_hand:
            raise InvalidInput(f"{cls.meta.made_by} Nothing was changed.")
        comments = values.pop("comments", []) if shape_of(store.registry, kind).is_feedback else []
        reader = store.reader()
        try:
            made = [_made(store, reader, cls, values)]
            if not isinstance(comments, list) or not all(isinstance(c, dict) for c in comments):
                raise InvalidInput("“comments” must be a list of objects. Nothing was changed.")
            for comment in comments:
                kind_of_comment = store.registry["comment"]
                made.append(_made(store, reader, kind_of_comment, comment, response=made[0].id))
        finally:
            reader.close()
        applied = store.apply([Create(r) for r in made], f"Add {cls.meta.label.lower()}")
    value = {"kind": cls.meta.name, "id": made[0].id, "change_set": applied.change_set}
    if comments:
        value["comments"] = [record.id for record in made[1:]]  # type: ignore[assignment]
    answer(as_json, value, f"{cls.meta.label} {made[0].id} is added.")


def _made(
    store: Store, reader: Reader, cls: type[Record], data: dict[str, Any], **more: Any
) -> Record:
    values = field_values(reader, cls, data) | more
    if issubclass(cls, Comment):
        values = words_of(str(values.get("text") or "")) | values
    kept = {name: value for name, value in values.items() if value is not None}
    return validated(cls, {"id": store.new_id(), **kept})


def edit(
    ws: WorkspaceFolder,
    kind: Kind,
    record_id: RecordId,
    data: Data,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Change the fields that are given; the others stay. null empties a field."""
    with opened(ws, passphrase_file) as workspace:
        store = workspace.store
        cls = _kind(store, kind)
        reader = store.reader()
        try:
            record = here(reader, cls.meta.name, record_id)
            values = field_values(reader, cls, json_object(data))
        finally:
            reader.close()
        change = Edit(cls.meta.name, record.id, values)
        applied = store.apply([change], f"Change {cls.meta.label.lower()}")
    _changed(as_json, cls, record.id, applied, "is changed", "was so already")


def delete(
    ws: WorkspaceFolder,
    kind: Kind,
    record_id: RecordId,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Move a record to the bin. put-back or undo brings it back."""
    _move(ws, kind, record_id, passphrase_file, as_json, into=True)


def put_back(
    ws: WorkspaceFolder,
    kind: Kind,
    record_id: RecordId,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Take a record out of the bin."""
    _move(ws, kind, record_id, passphrase_file, as_json, into=False)


def _move(
    ws: WorkspaceFolder,
    kind: str,
    record_id: str,
    passphrase_file: PassphraseFile,
    as_json: bool,
    *,
    into: bool,
) -> None:
    with opened(ws, passphrase_file) as workspace:
        store = workspace.store
        cls = _kind(store, kind)
        reader = store.reader()
        try:
            record = here(reader, cls.meta.name, record_id)
            if not into and cls.meta.name == KIND and (why := why_not_put_back(reader, record.id)):
                raise InvalidInput(why)
        finally:
            reader.close()
        change: Change = (Bin if into else Restore)(cls.meta.name, record.id)
        verb = "Delete" if into else "Put back"
        applied = store.apply([change], f"{verb} {cls.meta.label.lower()}")
    words = "is in the bin" if into else "is out of the bin"
    _changed(as_json, cls, record.id, applied, words, words)


def _changed(
    as_json: bool, cls: type[Record], record_id: str, applied: Applied, yes: str, no: str
) -> None:
    changed = bool(applied.touched)
    value = {"kind": cls.meta.name, "id": record_id, "changed": changed,
             "change_set": applied.change_set or None}  # fmt: skip
    answer(as_json, value, f"{cls.meta.label} {record_id} {yes if changed else no}.")


def undo(
    ws: WorkspaceFolder,
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="Undo the last change of one record: its kind,")
    ] = "",
    record_id: Annotated[str, typer.Argument(metavar="ID", help="and its id.")] = "",
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Take back this workspace's last change, or the last change of one record."""
    with opened(ws, passphrase_file) as workspace:
        store = workspace.store
        change_set = None
        if kind:
            cls = _kind(store, kind)
            wanted = record_id.strip().casefold()
            entries = store.history(cls.meta.name, wanted) if wanted else []
            if not entries:
                raise NotFound("Say which record: engage undo WS KIND ID. Nothing was changed.")
            change_set = entries[0].change_set
        applied = store.undo(change_set)
    touched = [{"kind": t.kind, "id": t.id, "what": t.what} for t in applied.touched]
    value = {"why": applied.why, "change_set": applied.change_set, "records": touched}
    answer(as_json, value, f"{applied.why}: {counted(len(applied.touched), 'record')}.")
