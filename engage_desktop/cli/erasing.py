"""Commands that erase for good, and the register of what was erased."""

from __future__ import annotations

import re
from typing import Annotated, Any

import typer

from db.erase import Erase
from db.errors import InvalidInput
from db.record import Record
from engage_desktop.cli.common import (
    AsJson,
    Kind,
    PassphraseFile,
    RecordId,
    WorkspaceFolder,
    answer,
    columns,
    opened,
    tell,
)
from engage_desktop.exchange.targets import shape_of
from engage_desktop.plain import counted, short_date
from engage_desktop.records.values import fold


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("erase")(erase)
    app.command("erasures")(erasures)


def erase(
    ws: WorkspaceFolder,
    kind: Kind,
    record_id: RecordId,
    reason: Annotated[
        str, typer.Option("--reason", help="Why, without a word about the person. It is kept.")
    ],
    field: Annotated[
        list[str] | None,
        typer.Option("--field", help="Erase only this field; may be repeated."),
    ] = None,
    span: Annotated[
        str,
        typer.Option("--span", help="Erase only these characters of the field, counted from 0."),
    ] = "",
    refuse: Annotated[
        list[str] | None,
        typer.Option("--refuse", help="A field, or a kind of what belongs to it, that is kept: "
                     "FIELD=WHY; may be repeated."),
    ] = None,
    yes: Annotated[
        bool, typer.Option("--yes", help="Yes, erase it. Without this, only say what would go.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:  # fmt: skip
    """Erase a record for good, on every laptop; not even undo brings it back."""
    from engage_desktop.erasing import erase_for_good, what_goes

    with opened(ws, passphrase_file) as workspace:
        store = workspace.store
        shape = shape_of(store.registry, kind)
        cls = store.registry["response" if shape.is_feedback else shape.row_kind]
        asked = Erase(
            cls.meta.name, record_id.strip().casefold(),
            tuple(_field(cls, name) for name in field or ()), _span(span),
            dict(_refused(cls, store.registry.names(), each) for each in refuse or ()),
        )  # fmt: skip
        plan = store.plan_erasure(asked)
        lines = what_goes(store, plan)
        value: dict[str, Any] = {"kind": cls.meta.name, "id": asked.id, "scope": asked.scope,
                 "fields": list(plan.fields), "refused": dict(asked.refused),
                 "parts": [{"kind": k, "id": i} for k, i, _ in plan.parts]}  # fmt: skip
        if not yes:
            words = "Nothing is erased yet. This would go for good, on every laptop:"
            end = "To erase it, give the same command with --yes. There is no way back."
            answer(as_json, {"erased": False, **value}, "\n".join([words, *lines, end]))
            return
        done = erase_for_good(workspace, asked, reason)
    if not done.cleaned:
        tell("Old pages of the file are still in use elsewhere; they go at the next start.")
    value |= {"erasure": done.applied.change_set, "confirmed": done.cleaned}
    words = "Erased for good here. Each other laptop follows at its next send and receive."
    answer(as_json, {"erased": True, **value}, "\n".join([*lines, words]))


def _field(cls: type[Record], word: str) -> str:
    """The field a person means: by its name or label."""
    for name, spec in cls.specs().items():
        if fold(word) in (fold(name), fold(spec.label)):
            return name
    raise InvalidInput(f"{cls.meta.label} has no field called “{word}”. Nothing was changed.")


def _span(text: str) -> tuple[int, int] | None:
    if not text:
        return None
    match = re.fullmatch(r"(\d{1,9}):(\d{1,9})", text)
    if match is None:
        raise InvalidInput(
            "Write the span as START:END, for example 12:20, counted from 0; the character at END "
            "stays. Nothing was changed."
        )
    return int(match[1]), int(match[2])


def _refused(cls: type[Record], kinds: list[str], text: str) -> tuple[str, str]:
    name, equals, why = text.partition("=")
    if not equals or not why.strip():
        raise InvalidInput("Say what is kept and why: --refuse FIELD=WHY. Nothing was changed.")
    if name.strip() in kinds:
        return name.strip(), why.strip()
    return _field(cls, name), why.strip()


def erasures(
    ws: WorkspaceFolder, passphrase_file: PassphraseFile = None, as_json: AsJson = False
) -> None:
    """The register: what was erased, when and why, and which laptops have confirmed."""
    from engage_desktop.erasing import register_of

    with opened(ws, passphrase_file) as workspace:
        rows = register_of(workspace.store)
    cells = [
        [short_date(str(row["erased_at"] or "")), str(row["what"] or ""), str(row["reason"] or ""),
         ", ".join(row["confirmed"]), ", ".join(row["waiting"])]
        for row in rows
    ]  # fmt: skip
    table = columns(["Day", "Kind", "Reason", "Confirmed by", "Waiting for"], cells) + "\n"
    words = (table if rows else "") + counted(len(rows), "erasure")
    answer(as_json, {"total": len(rows), "rows": rows}, words)
