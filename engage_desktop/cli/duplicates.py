"""Commands that keep the register clean: duplicates, not-duplicates, merge, unmerge."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from db.changes import Edit
from db.errors import NotFound
from db.fields import ID
from db.reader import Reader
from engage_desktop.cli.common import (
    AsJson,
    PassphraseFile,
    WorkspaceFolder,
    answer,
    columns,
    json_object,
    opened,
)
from engage_desktop.cli.values import field_values, here
from engage_desktop.merging import MergePlan
from engage_desktop.plain import counted
from engage_desktop.queries.merges import KIND, MERGING, merges_held_by, standing_merge_of

_SHOWN_AT_ONCE = 50
_Stakeholder = Annotated[str, typer.Argument(metavar="ID", help="A stakeholder's id.")]
_Other = Annotated[str, typer.Argument(metavar="OTHER", help="Another stakeholder's id.")]


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("duplicates")(duplicates)
    app.command("not-duplicates")(not_duplicates)
    app.command("merge")(merge)
    app.command("unmerge")(unmerge)


def duplicates(
    ws: WorkspaceFolder,
    limit: Annotated[
        int | None, typer.Option("--limit", min=0, help="Most pairs to give. JSON gives all.")
    ] = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Pairs of stakeholders that may be one, the surest first, each with its reasons."""
    from engage_desktop.duplicates import find_duplicates

    with opened(ws, passphrase_file) as workspace:
        reader = workspace.store.reader()
        try:
            pairs = find_duplicates(reader)
            most = len(pairs) if limit is None else limit
            rows: list[dict[str, Any]] = [
                {"one": p.one, "other": p.other, "one_title": reader.title(p.one),
                 "other_title": reader.title(p.other), "score": round(p.score, 4),
                 "reasons": list(p.reasons)}
                for p in pairs[:most]
            ]  # fmt: skip
        finally:
            reader.close()
    cells = [
        [f"{row['score']:.0%}", row["one"], row["one_title"], row["other"], row["other_title"],
         "; ".join(row["reasons"])]
        for row in rows[:_SHOWN_AT_ONCE]
    ]  # fmt: skip
    headings = ["Sure", "id", "Name", "id", "Name", "Why"]
    table = columns(headings, cells, widest=90) + "\n" if cells else ""
    more = f", {len(cells):,} of them shown" if len(cells) < len(pairs) else ""
    words = counted(len(pairs), "pair that may be one", "pairs that may be one")
    answer(as_json, {"total": len(pairs), "rows": rows}, f"{table}{words}{more}")


def not_duplicates(
    ws: WorkspaceFolder,
    one: _Stakeholder,
    other: _Other,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Remember that two stakeholders are two: they are not offered as duplicates again."""
    from engage_desktop.duplicates import say_distinct

    with opened(ws, passphrase_file) as workspace:
        store = workspace.store
        reader = store.reader()
        try:
            first, second = here(reader, KIND, one).id, here(reader, KIND, other).id
        finally:
            reader.close()
        applied = say_distinct(store, first, second)
    answer(
        as_json,
        {"one": first, "other": second, "change_set": applied.change_set},
        "Remembered: these are two." if applied.change_set else "That had been said already.",
    )


def merge(
    ws: WorkspaceFolder,
    kept: Annotated[str, typer.Argument(metavar="ID", help="The stakeholder that is kept.")],
    away: Annotated[
        str, typer.Argument(metavar="OTHER", help="The one that goes to the bin, merged into it.")
    ],
    values: Annotated[
        str,
        typer.Option(
            "--values", metavar="JSON",
            help="Values other than proposed, as a JSON object; @FILE reads a file, - standard "
            "input.",
        ),
    ] = "",
    preview: Annotated[
        bool, typer.Option("--preview", help="Only say what would be done; change nothing.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Make one stakeholder of two; every link to the other one leads here then.

    Of two that were merged before: what came to lead to the other since follows."""
    from engage_desktop.merging import gather, merging_of, plan_merge
    from engage_desktop.merging import merge as make_one

    given = json_object(values) if values else {}
    with opened(ws, passphrase_file) as workspace:
        store = workspace.store
        reader = store.reader()
        try:
            first, second = here(reader, KIND, kept).id, here(reader, KIND, away).id
            note = standing_merge_of(reader, second)
            if note is not None and note.kept == first and store.where(KIND, second) == "bin":
                done = None if preview else gather(store, note.id)
                change = done.change_set if done else ""
                words = "What came since was moved." if change else "They are merged already."
                answer(as_json, {"merging": note.id, "kept": first, "away": second,
                                 "change_set": change}, words)  # fmt: skip
                return
            plan = plan_merge(store, reader, first, second)
            chosen = field_values(reader, reader.registry[KIND], given)
        finally:
            reader.close()
        value = _plan_value(plan)
        if not preview:
            applied = make_one(store, plan, _as_json(chosen))
            value |= {"merging": merging_of(applied), "change_set": applied.change_set}
            now = store.get(KIND, first).model_dump(mode="json")
            for field in value["fields"]:
                field["now"] = now.get(field["field"])
    answer(as_json, value, _plan_words(plan, value))


def _as_json(chosen: dict[str, Any]) -> dict[str, Any]:
    """Values in the form that records are kept in."""
    found: dict[str, Any] = {}
    for name, value in chosen.items():
        if isinstance(value, tuple):
            value = sorted(value)
        found[name] = value.isoformat() if hasattr(value, "isoformat") else value
    return found


def _plan_value(plan: MergePlan) -> dict[str, Any]:
    fields = [
        {"field": f.name, "label": f.label, "kept": f.kept, "away": f.away,
         "proposed": f.proposed, "why": f.why}
        for f in plan.fields
    ]  # fmt: skip
    moves = [{"kind": m.kind, "id": m.id, "field": m.field, "what": m.what} for m in plan.moves]
    return {"merging": None, "kept": plan.kept, "away": plan.away, "fields": fields,
            "moves": moves, "warnings": list(plan.warnings), "refused": plan.refused}  # fmt: skip


def _plan_words(plan: MergePlan, value: dict[str, Any]) -> str:
    lines = [
        f"{f.label}: {_short(f.proposed)} ({f.why})" for f in plan.fields if f.differs or not f.kept
    ]
    lines += [*plan.moved_words, *plan.warnings]
    if value["merging"] is None:
        lines.append(plan.refused or "Nothing is merged yet. Give the command without --preview.")
    else:
        lines.append(
            f"“{plan.away_title}” is merged into “{plan.kept_title}”. To take it back: "
            f"engage unmerge WS {value['merging']}"
        )
    return "\n".join(lines)


def _short(value: Any) -> str:
    text = ", ".join(value) if isinstance(value, list) else str(value or "nothing")
    return " ".join(text.split())


def unmerge(
    ws: WorkspaceFolder,
    record_id: Annotated[
        str,
        typer.Argument(metavar="ID", help="The merge, or the stakeholder that was merged away."),
    ],
    preview: Annotated[
        bool, typer.Option("--preview", help="Only say what would be done; change nothing.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Take a merge back, any time and on any laptop: both stakeholders are whole again."""
    from engage_desktop.unmerging import plan_unmerge
    from engage_desktop.unmerging import unmerge as make_two

    with opened(ws, passphrase_file) as workspace:
        store = workspace.store
        reader = store.reader()
        try:
            plan = plan_unmerge(store, reader, _merge_named(reader, record_id))
        finally:
            reader.close()
        applied = None if preview else make_two(store, plan.merging)
        links = {e.kind for e in plan.changes if isinstance(e, Edit)} - {KIND, MERGING}
        value = {"merging": plan.merging, "kept": plan.kept, "away": plan.away,
                 "links": plan.links, "kinds": sorted(links), "fields": list(plan.fields),
                 "left": list(plan.left),
                 "change_set": applied.change_set if applied else None}  # fmt: skip
    lines = (
        [f"{counted(plan.links, 'link')} lead back to “{plan.away_title}”."] if plan.links else []
    )
    if plan.fields:
        lines.append(f"Given back in “{plan.kept_title}”: {', '.join(plan.fields)}.")
    lines += [f"{each}." for each in plan.left]
    lines.append(
        "Nothing is changed yet. Give the command without --preview." if preview
        else f"“{plan.kept_title}” and “{plan.away_title}” are two again."
    )  # fmt: skip
    answer(as_json, value, "\n".join(lines))


def _merge_named(reader: Reader, record_id: str) -> str:
    """A merge by its own id or by that of the record that went."""
    wanted = record_id.strip().casefold()
    if not ID.fullmatch(wanted):
        raise NotFound(f"“{record_id}” is not the id of a record: an id has 32 digits (0-9, a-f).")
    if reader.kind_of(wanted) != KIND:
        return wanted
    note = standing_merge_of(reader, wanted)
    if note is not None:
        return note.id
    held = [each for each in merges_held_by(reader, wanted) if each.stands]
    if held:
        raise NotFound(
            f"“{reader.title(wanted)}” was not merged into another; others were merged into it. "
            f"Name one of these: {', '.join(each.away for each in held)}. Nothing was changed."
        )
    raise NotFound("That stakeholder was not merged. Nothing was changed.")
