"""Commands about files: import, export, print."""

from __future__ import annotations

import contextlib
import dataclasses
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Any

import typer

from db.errors import InvalidInput, KnownError
from db.query import ListQuery
from db.store import Store
from engage_desktop.cli.common import (
    AsJson,
    Kind,
    Out,
    PassphraseFile,
    Replace,
    WorkspaceFolder,
    answer,
    check_place,
    new_file,
    opened,
    read_stdin,
)
from engage_desktop.cli.mailing import LabelWish, Order, Sheet, Start, Where, print_labels
from engage_desktop.cli.maps import Group
from engage_desktop.cli.values import condition
from engage_desktop.plain import counted

_ROWS_SHOWN = 20
_BOUNDARIES = (".geojson", ".json")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("import")(import_)
    app.command("export")(export)
    app.command("print")(print_)


def import_(
    ws: WorkspaceFolder,
    kind: Kind,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="CSV, XLSX, XLSM or vCard; - reads pasted cells.")
    ],
    mapping: Annotated[
        Path | None,
        typer.Option("--mapping", metavar="FILE", help="Which column is which field (TOML)."),
    ] = None,
    preview: Annotated[
        bool, typer.Option("--preview", help="Only say what would be done.")
    ] = False,
    save_mapping: Annotated[
        Path | None,
        typer.Option("--save-mapping", metavar="FILE", help="Write the mapping used, to edit it."),
    ] = None,
    replace: Annotated[
        bool, typer.Option("--replace", help="Write over a mapping of that name; no records.")
    ] = False,
    sheet: Annotated[str, typer.Option("--sheet", help="A workbook's sheet, by name.")] = "",
    header_row: Annotated[
        int, typer.Option("--header-row", min=0, help="The row that holds the headings.")
    ] = 0,
    encoding: Annotated[
        str, typer.Option("--encoding", help="How a text file is written, if it is not found.")
    ] = "",
    key: Annotated[
        list[str] | None,
        typer.Option(
            "--key",
            metavar="FIELD",
            help="A field or column by which a row is known again, for example email.",
        ),
    ] = None,
    rest: Annotated[
        str | None,
        typer.Option(
            "--rest",
            metavar="FIELD",
            help="The field that takes columns without a field, as lines: notes; none for nowhere.",
        ),
    ] = None,
    no_update: Annotated[
        bool, typer.Option("--no-update", help="Leave what is here already as it is.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Import a file, as one step that can be undone. The same file twice makes nothing twice."""
    from engage_desktop.exchange.guess import remember
    from engage_desktop.exchange.importer import ERASED_ROW, commit, plan_import
    from engage_desktop.exchange.known import check_key
    from engage_desktop.exchange.mapping import load_mapping, mapping_toml
    from engage_desktop.exchange.targets import shape_of
    from engage_desktop.exchange.wizard import unasked

    if save_mapping is not None:
        _check_mapping_place(save_mapping, (file, mapping), replace=replace)
    with opened(ws, passphrase_file) as workspace:
        store = workspace.store
        shape = shape_of(store.registry, kind)
        if shape.word == "place" and file.suffix.casefold() in _BOUNDARIES:
            _import_boundaries(store, file, preview, as_json)
            return
        given = load_mapping(mapping) if mapping is not None else None
        if given is not None and shape_of(store.registry, given.kind).word != shape.word:
            raise InvalidInput(
                f"The mapping “{mapping.name if mapping else ''}” is for {given.kind}, not for "
                f"{shape.word}. Nothing was imported."
            )
        table = _table(file, shape.sheet_names, given, sheet, header_row, encoding)
        used = given or unasked(store, table, shape.word)
        if sheet or header_row:
            used = dataclasses.replace(used, sheet=sheet or used.sheet, header_row=header_row)
        if key:
            parts = (part.strip() for each in key for part in each.split(","))
            used = dataclasses.replace(used, key=tuple(part for part in parts if part))
            check_key(used, shape, table.headers)
        if rest is not None:
            used = dataclasses.replace(used, rest="" if rest == "none" else rest)
        if no_update:
            used = dataclasses.replace(used, update=False)
        plan = plan_import(store, table, used, blobs=workspace.blobs)
        if save_mapping is not None:
            from engage_desktop.leaving import leaving

            with leaving(save_mapping) as out:
                out.write(mapping_toml(used).encode())
        if not preview:
            commit(store, plan)
            if given is not None:
                remember(store, used, table.headers)
        value = plan.outcome.as_json()
        value["preview"] = preview
        if preview:
            value["columns"] = {name: rule.to for name, rule in used.columns.items()}
            value["sample"] = [r.model_dump(mode="json") for r in plan.sample(limit=5)]
    nothing = not (preview or value["created"] or value["updated"] or value["unchanged"])
    answer(as_json, value, lambda: _import_words(file.name, value))
    if nothing and value["refused"]:
        if all(row["reason"] == ERASED_ROW for row in value["refused"]):
            raise KnownError(
                "Every row is about somebody who was erased for good, so nothing was imported and "
                "nobody comes back. The columns are fine: take the rows out of the file, or ask "
                "the person before you write them down anew.",
                code="nothing_taken",
            )
        raise KnownError(
            "Not one row could be taken, so nothing was imported. Say which column is which, and "
            "what its codes mean: --mapping FILE. --save-mapping FILE writes one to begin with.",
            code="nothing_taken",
        )


def _import_boundaries(store: Store, file: Path, preview: bool, as_json: bool) -> None:
    """The boundaries of places out of a GeoJSON file."""
    from engage_desktop.exchange.geojson import commit, plan_boundaries

    plan = plan_boundaries(store, file)
    if not preview:
        commit(store, plan)
    value = plan.outcome.as_json() | {"preview": preview}
    answer(
        as_json, value, lambda: _import_words(file.name, value, "Feature", "Properties not taken")
    )
    if not (value["updated"] or value["unchanged"]):
        raise KnownError(
            "Not one feature is a place that is written down here, so nothing was imported. Give "
            "the places the codes or names that the file has.",
            code="nothing_taken",
        )


def _check_mapping_place(target: Path, sources: Iterable[Path | None], *, replace: bool) -> None:
    """Raise where the mapping would be written over what is being read, or over another file."""
    for source in sources:
        with contextlib.suppress(OSError, ValueError):
            if source is not None and target.exists() and target.samefile(source):
                raise InvalidInput(
                    f"“{target.name}” is what is read. Nothing was imported, and it stays as it "
                    "is. Give the mapping a file of its own."
                )
    check_place(target, replace=replace)


def _table(
    file: Path, sheets: tuple[str, ...], given: Any, sheet: str, header_row: int, encoding: str
) -> Any:
    from engage_desktop.exchange.pasted import pasted_table
    from engage_desktop.exchange.tables import no_sheets, open_table

    header_row = header_row or (given.header_row if given else 0)
    sheet = sheet or (given.sheet if given else "")
    if str(file) == "-":
        pasted = pasted_table(read_stdin(), header_row=header_row)
        if sheet:
            pasted.notes.append(no_sheets("What was pasted", sheet))
        return pasted
    return open_table(
        file,
        sheet=sheet,
        prefer=sheets,
        header_row=header_row,
        encoding=encoding,
    )


def _import_words(
    name: str, value: dict[str, Any], row: str = "Row", columns: str = "Not taken"
) -> str:
    """What came of an import; `row` and `columns` are the file's own words for them."""
    would = "would be " if value["preview"] else ""
    lines = [
        f"“{name}”: {value['created']:,} {would}created, {value['updated']:,} {would}updated, "
        f"{value['unchanged']:,} here already, {len(value['refused']):,} not taken."
    ]
    for kind, fates in value["kinds"].items():
        changed = f"{fates['updated']:,} changed, " if fates["updated"] else ""
        lines.append(
            f"  {kind}: {fates['created']:,} created, {changed}{fates['unchanged']:,} already here"
        )
    lines += value["notes"]
    if value["not_taken"]:
        counts = value["not_taken_counts"]
        named = [f"{name} ({counts.get(name, 0):,})" for name in value["not_taken"]]
        lines.append(f"{columns}, with the rows that hold something there: {', '.join(named)}")
    if value["in_notes"]:
        lines.append(f"Kept as lines of a text: {', '.join(value['in_notes'])}")
    for item in value["refused"][:_ROWS_SHOWN]:
        lines.append(f"{row} {item['row']} was not taken: {item['reason']}")
    told = [(item["row"], item["note"]) for item in value["row_notes"]]
    told += [(item["row"], item["said"]) for item in value["postcodes"]]
    lines += [f"{row} {at}: {said}" for at, said in told[:_ROWS_SHOWN]]
    left = max(0, len(value["refused"]) - _ROWS_SHOWN) + max(0, len(told) - _ROWS_SHOWN)
    if left:
        where = "the receipt lists" if value["receipt"] else "--json lists"
        lines.append(f"… and {left:,} more; {where} every row.")
    return "\n".join(lines)


def export(
    ws: WorkspaceFolder,
    kind: Annotated[
        str, typer.Argument(metavar="KIND", help="A kind of record, “feedback”, or “all”.")
    ],
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Ends in .csv, .xlsx, .json or .vcf.")
    ] = None,
    out: Out = None,
    replace: Replace = False,
    where: Annotated[
        list[str] | None,
        typer.Option("--where", help='Only records that match, for example "status=done".'),
    ] = None,
    sensitive: Annotated[
        bool,
        typer.Option("--sensitive", help="With membership of groups that is marked sensitive."),
    ] = False,
    vcard: Annotated[
        str, typer.Option("--vcard", metavar="VERSION", help="For .vcf: 3.0 or 4.0.")
    ] = "3.0",
    whole: Annotated[
        bool,
        typer.Option("--whole", help="For .vcf: everything we hold, needs and notes too."),
    ] = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Write records into a file. Cells that a spreadsheet would run are made harmless."""
    from engage_desktop.exchange.card_writer import CardChoice
    from engage_desktop.exchange.exporter import EVERYTHING, export_file
    from engage_desktop.exchange.targets import shape_of

    target = new_file(file, out, "engage export WS KIND FILE", replace=replace)
    with opened(ws, passphrase_file) as workspace:
        store: Store = workspace.store
        query = None
        if where:
            if kind.casefold() == EVERYTHING:
                raise InvalidInput("Everything cannot be filtered. Nothing was written.")
            name = shape_of(store.registry, kind).row_kind
            conditions = tuple(condition(store.registry, name, each) for each in where)
            query = ListQuery(name, where=conditions, sort="pk")
        rows = export_file(
            store, kind, target, query=query, sensitive=sensitive,
            cards=CardChoice(vcard, whole), blobs=workspace.blobs,
        )  # fmt: skip
        left = 0 if sensitive else _left_out(store, kind, query)
    words = f"{counted(rows, 'row')} written to “{target.name}”."
    if left:
        words += (
            f" {counted(left, 'membership')} of groups marked sensitive left out; --sensitive "
            "takes them too."
        )
    answer(as_json, {"file": str(target), "rows": rows, "left_out": left}, words)


def _left_out(store: Store, kind: str, query: ListQuery | None) -> int:
    """How many rows reveal something by being there and were not written."""
    from engage_desktop.exchange.exporter import EVERYTHING
    from engage_desktop.exchange.targets import shape_of
    from engage_desktop.queries.sensitive import left_out

    everything = kind.strip().casefold() == EVERYTHING
    names = store.registry.names() if everything else [shape_of(store.registry, kind).row_kind]
    reader = store.reader()
    try:
        return sum(left_out(reader, query or ListQuery(name)) for name in names)
    finally:
        reader.close()


def print_(
    ws: WorkspaceFolder,
    document: Annotated[
        str, typer.Argument(metavar="DOCUMENT", help="“list” names the documents there are.")
    ],
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where the PDF goes.")
    ] = None,
    replace: Replace = False,
    record: Annotated[
        str, typer.Option("--id", help="The record it is about, where it is about one.")
    ] = "",
    kind: Annotated[str, typer.Option("--kind", help="For a register: the kind listed.")] = "",
    axes: Annotated[
        str,
        typer.Option("--axes", help="For a stakeholder map: power-impact, attitude, UP/ACROSS, …"),
    ] = "",
    since: Annotated[
        str, typer.Option("--since", help="The occasion whose frozen scores are drawn as well.")
    ] = "",
    group: Group = "",
    type_: Annotated[str, typer.Option("--type", help="Only this type of stakeholder.")] = "",
    links: Annotated[
        list[str] | None,
        typer.Option("--links", help="Only this kind of link; may be repeated."),
    ] = None,
    focus: Annotated[
        str, typer.Option("--focus", help="For a network: only who is near this id or name.")
    ] = "",
    depth: Annotated[int, typer.Option("--depth", help="How many steps are near: 1 to 6.")] = 1,
    on: Annotated[str, typer.Option("--on", help="For a network: the day; else today.")] = "",
    level: Annotated[str, typer.Option("--level", help="For a place map: which places.")] = "",
    paper: Annotated[str, typer.Option("--paper", help="For a map: a4 or a3.")] = "a4",
    hide_names: Annotated[
        bool,
        typer.Option(
            "--hide-names",
            help="For a map: number people. Names inside words that somebody typed stay.",
        ),
    ] = False,
    sensitive: Annotated[
        bool,
        typer.Option(
            "--sensitive", help="For a map or register: with membership that is marked sensitive."
        ),
    ] = False,
    sheet: Sheet = "",
    start: Start = 0,
    order: Order = "",
    where: Where = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Write a document as a PDF that can be read aloud; a map also as SVG, PNG or CSV."""
    from engage_desktop.cli.maps import MAPS, MapOptions, print_map
    from engage_desktop.cli.printing import DOCUMENTS, print_document

    if document == "list":
        rows = [{"document": name, "about": words} for name, words in DOCUMENTS.items()]
        lines = [f"{name}: {words}" for name, words in DOCUMENTS.items()]
        answer(as_json, {"total": len(rows), "rows": rows}, "\n".join(lines))
        return
    out = new_file(None, out, "engage print WS DOCUMENT --out FILE", replace=replace)
    options = MapOptions(
        axes, since, group, type_, tuple(links or ()), focus, depth, on, level, paper, hide_names,
        sensitive and document != "register",
    )  # fmt: skip
    if options.given and document not in MAPS:
        raise InvalidInput(f"“{document}” is not a map, and has none of a map's options. Nothing "
                           "was written.")  # fmt: skip
    wish = LabelWish(sheet, start, order, tuple(where or ()))
    if wish != LabelWish() and document != "labels":
        raise InvalidInput("--sheet, --start, --order and --where go with labels only. Nothing was "
                           "written.")  # fmt: skip
    with opened(ws, passphrase_file) as workspace:
        if document == "labels":
            value = print_labels(workspace, out, wish)
        elif document in MAPS:
            value = print_map(workspace, document, out, options)
        else:
            value = print_document(
                workspace, document, out, record=record, kind=kind, sensitive=sensitive
            )
    words = [f"“{out.name}” is written: {counted(value['pages'], 'page')}.", *value["warnings"]]
    words += value.get("advice", [])
    answer(as_json, value, "\n".join(words))
