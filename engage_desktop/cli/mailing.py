"""What is sent: labels (`print labels`) and lists for a mail-merge (`mail-list`)."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from db.errors import InvalidInput
from db.query import ListQuery
from db.record import Registry
from db.store import Store
from engage_desktop.cli.common import (
    AsJson,
    Out,
    PassphraseFile,
    Replace,
    WorkspaceFolder,
    answer,
    new_file,
    opened,
)
from engage_desktop.cli.values import condition
from engage_desktop.records.values import fold, parse

if TYPE_CHECKING:
    from engage_desktop.workspace import Workspace

Sheet = Annotated[
    str, typer.Option("--sheet", help="For labels: l7160 (the usual), l7163 or large.")
]
Start = Annotated[
    int,
    typer.Option("--start", help="For labels: the place of the first on the sheet, 1 to 21."),
]
Order = Annotated[str, typer.Option("--order", help="For labels: postcode (the usual) or name.")]
Where = Annotated[
    list[str] | None,
    typer.Option("--where", help='Only stakeholders that match, for example "locality=Mere".'),
]
_KIND = "stakeholder"


@dataclass(frozen=True, slots=True)
class LabelWish:
    """The options of `print` that are about labels, as they were typed."""

    sheet: str = ""
    start: int = 0
    order: str = ""
    where: tuple[str, ...] = ()


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("mail-list")(mail_list)


def print_labels(workspace: Workspace, out: Path, wish: LabelWish) -> dict[str, Any]:
    """Write the labels. Raises `InvalidInput`, `NotAllowed`, `DiskFull`."""
    from engage_desktop.documents.output import write_pdf
    from engage_desktop.mailing import print_labels as draw
    from engage_desktop.readings import check_may_see

    query = _query(workspace.store.registry, wish.where)
    check_may_see(workspace.store, _KIND)
    reader = workspace.store.reader()
    try:
        workspace.readings.note_query(reader, query, "printed")
        made = write_pdf(
            out,
            lambda file: draw(
                reader, query, file, today=_today(workspace.store), sheet=wish.sheet or "l7160",
                start=wish.start or 1, order=wish.order or "postcode",
            ),
        )  # fmt: skip
    finally:
        reader.close()
    return {"document": "labels", "file": str(out), "pages": made.report.pages,
            "labels": made.labels, "left_out": made.left_out,
            "warnings": list(made.report.warnings)}  # fmt: skip


def mail_list(
    ws: WorkspaceFolder,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Ends in .csv or .xlsx.")
    ] = None,
    out: Out = None,
    replace: Replace = False,
    purpose: Annotated[
        str,
        typer.Option("--for", help="What they said yes to; without it, the bulletin."),
    ] = "bulletin",
    level: Annotated[
        str, typer.Option("--level", help="Only this level: open1, open2 or open3.")
    ] = "",
    interest: Annotated[str, typer.Option("--interest", help="Only with this interest.")] = "",
    form: Annotated[
        str,
        typer.Option("--format", help="Only who needs it, for example braille; or “standard”."),
    ] = "",
    where: Where = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Write a list for a mail-merge: only who may be sent it, with what format each needs."""
    from engage_desktop.mailing import list_words, write_mail_list
    from engage_desktop.queries.mailing import Wanted

    target = new_file(file, out, "engage mail-list WS FILE", replace=replace)
    wanted = Wanted(
        _purpose(purpose), _code("involvement", level), _code("interests", interest), _form(form)
    )
    with opened(ws, passphrase_file) as workspace:
        store: Store = workspace.store
        query = _query(store.registry, tuple(where or ()))
        found = write_mail_list(store, target, query, wanted, today=_today(store))
    value = {"file": str(target), "rows": found.rows, "left_out": found.left_out}
    answer(as_json, value, list_words(found, target.name))


def _query(registry: Registry, where: tuple[str, ...]) -> ListQuery:
    found = tuple(condition(registry, _KIND, each) for each in where)
    return ListQuery(_KIND, where=found, sort="name")


def _today(store: Store) -> dt.date:
    return dt.datetime.fromtimestamp(store.now() / 1000, dt.UTC).astimezone().date()


def _code(field: str, words: str) -> str:
    """One code of a field of the register, as it was typed or in the words of its label."""
    from engage_desktop.records.stakeholder import Stakeholder

    if not words.strip():
        return ""
    spec = Stakeholder.specs()[field]
    try:
        found = parse(spec, words)
    except ValueError as error:
        raise InvalidInput(f"{error} Nothing was written.") from None
    code = found[0] if isinstance(found, tuple) else found
    return str(code)


def _purpose(words: str) -> str:
    from engage_desktop.records.contact import PURPOSES

    for choice in PURPOSES:
        if fold(words) in (fold(choice.code), fold(choice.label)):
            return choice.code
    known = ", ".join(choice.code for choice in PURPOSES)
    raise InvalidInput(f"Nobody is asked for “{words}”. Purposes: {known}. Nothing was written.")


def _form(words: str) -> str:
    from engage_desktop.queries.mailing import STANDARD, form_label
    from engage_desktop.records.stakeholder import Stakeholder
    from engage_desktop.stakeholders.needs import QUICK_FORMATS, formats_needed

    if not words.strip():
        return ""
    codes = [STANDARD, *QUICK_FORMATS]
    codes += [choice.code for choice in Stakeholder.specs()["formats"].choices]
    for code in codes:
        if fold(words) in (fold(code), fold(form_label(code))):
            # What a quick tick stands for is counted under it: 24 point is large print.
            return (
                code
                if code == STANDARD
                else formats_needed({"formats": [code], "needs": [code]})[0]
            )
    raise InvalidInput(
        f"There is no format “{words}”. Formats: {', '.join(codes[:5])}, or one of the "
        "accessible information standard's. Nothing was written."
    )
