"""Maps of stakeholders on the command line: `print` writes them, `freeze-scores` keeps today's."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from db.errors import InvalidInput, NotFound
from db.fields import ID
from db.reader import Reader
from engage_desktop.cli.common import AsJson, PassphraseFile, WorkspaceFolder, answer, opened
from engage_desktop.cli.reports import day_from
from engage_desktop.maps.scene import Name
from engage_desktop.plain import counted, long_date
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.records.values import fold, parse

if TYPE_CHECKING:
    from engage_desktop.maps.drawing import Wish
    from engage_desktop.queries.mapping import Keep
    from engage_desktop.workspace import Workspace

MAPS: dict[str, Name] = {
    "stakeholder-map": "stakeholder-map",
    "network": "network",
    "matrix": "matrix",
    "types": "types",
    "place-map": "place-map",
}


@dataclass(frozen=True, slots=True)
class MapOptions:
    """The options of `print` that are about maps, as they were typed."""

    axes: str = ""
    since: str = ""
    group: str = ""
    type: str = ""
    links: tuple[str, ...] = ()
    focus: str = ""
    depth: int = 1
    on: str = ""
    level: str = ""
    paper: str = "a4"
    hide_names: bool = False
    sensitive: bool = False

    @property
    def given(self) -> bool:
        """Was any of them given?"""
        return self != MapOptions()


Group = Annotated[
    str,
    typer.Option(
        "--group",
        metavar="NAME",
        help="Only a matrix group, or the members of a group (its name or id).",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("freeze-scores")(freeze_scores)


def freeze_scores(
    ws: WorkspaceFolder,
    occasion: Annotated[
        str,
        typer.Argument(metavar="OCCASION", help="Its name, for example the start of something."),
    ],
    on: Annotated[
        str, typer.Option("--on", metavar="DAY", help="The day scored; without it, today.")
    ] = "",
    group: Group = "",
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Keep today's scores as those of an occasion, to draw beside later ones (print --since)."""
    from engage_desktop.freezing import freeze_scores as freeze

    with opened(ws, passphrase_file) as workspace:
        day = day_from(on) or today_of(workspace)
        reader = workspace.store.reader()
        try:
            keep = _keep(reader, MapOptions(group=group), day)
            done = freeze(workspace.store, reader, occasion, day, keep)
        finally:
            reader.close()
    value = {"occasion": done.occasion, "scored_on": done.day.isoformat(),
             "stakeholders": done.stakeholders,
             "change_set": done.applied.change_set}  # fmt: skip
    many = counted(done.stakeholders, "stakeholder")
    answer(
        as_json, value, f"Scores of {many} are kept as “{done.occasion}”, {long_date(done.day)}."
    )


def today_of(workspace: Workspace) -> dt.date:
    """The day it is, by the workspace's clock."""
    return dt.datetime.fromtimestamp(workspace.store.now() / 1000, dt.UTC).astimezone().date()


def print_map(workspace: Workspace, name: str, out: Path, options: MapOptions) -> dict[str, Any]:
    """Write a map; its ending says as what. Raises `NotFound`, `InvalidInput`, `DiskFull`."""
    from engage_desktop.documents.map_doc import PAPERS
    from engage_desktop.maps.drawing import draw
    from engage_desktop.maps.files import save_map

    paper = options.paper.casefold()
    if paper not in PAPERS:
        sizes = " or ".join(known.upper() for known in PAPERS)
        raise InvalidInput(
            f"Maps are printed on {sizes}, not on “{options.paper}”. Nothing was written."
        )
    day = today_of(workspace)
    reader = workspace.store.reader()
    try:
        build = draw(reader, _wish(reader, name, options, day), today=day)
    finally:
        reader.close()
    saved = save_map(build, out, paper="a3" if paper == "a3" else "a4", day=day)
    return {"document": name, "file": str(out), "pages": saved.pages,
            "warnings": list(saved.warnings), "advice": list(saved.advice),
            "notes": list(saved.notes)}  # fmt: skip


def _wish(reader: Reader, name: str, options: MapOptions, day: dt.date) -> Wish:
    from engage_desktop.maps.drawing import Wish

    on = day_from(options.on)
    focus = _stakeholder(reader, options.focus) if options.focus else ""
    return Wish(
        MAPS[name], _keep(reader, options, on or day), options.axes or "power-interest",
        options.since, focus, options.depth, on or day,
        tuple(_tie(reader, words) for words in options.links), options.level, options.hide_names,
    )  # fmt: skip


def _keep(reader: Reader, options: MapOptions, on: dt.date) -> Keep:
    from engage_desktop.queries.mapping import Keep

    kind = parse(Stakeholder.specs()["stakeholder_type"], options.type)
    group = options.group.strip()
    spec = Stakeholder.specs()["matrix_group"]
    for choice in spec.choices:
        if fold(group) in (fold(choice.code), fold(choice.label)):
            return Keep(choice.code, kind, "", on, options.sensitive)
    members_of = ""
    if group and reader.find("stakeholder", "matrix_group", group):
        return Keep(group, kind, "", on, options.sensitive)
    if group:
        members_of = _stakeholder(reader, group)
    return Keep("", kind, members_of, on, options.sensitive)


def _stakeholder(reader: Reader, words: str) -> str:
    """The id of the one stakeholder meant. Raises `NotFound`, `InvalidInput`."""
    from engage_desktop.exchange.links import titles_of

    plain = words.strip()
    if ID.fullmatch(plain.casefold()):
        return plain.casefold()
    found = [key for key, title in titles_of(reader, "stakeholder") if fold(title) == fold(plain)]
    if len(found) == 1:
        return found[0]
    if not found:
        raise NotFound(f"There is no stakeholder called “{plain[:60]}”. Nothing was written.")
    raise InvalidInput(
        f"{len(found)} stakeholders are called “{plain[:60]}”. Nothing was written. Give the id of "
        f"the one that is meant: {', '.join(found[:5])}."
    )


def _tie(reader: Reader, words: str) -> str:
    """The code of a kind of link, from its code or words; one that an organisation added counts
    where it is in use. Raises `InvalidInput`."""
    from engage_desktop.queries.ties import MEMBER_OF, WORKS_FOR
    from engage_desktop.records.ties import Relationship

    named = {fold("Member of"): MEMBER_OF, fold("Works for"): WORKS_FOR}
    spec = Relationship.specs()["tie"]
    code = named.get(fold(words)) or str(parse(spec, words))
    if code in (*named.values(), *(choice.code for choice in spec.choices)) or reader.find(
        "relationship", "tie", code
    ):
        return code
    known = ", ".join(["Member of", "Works for", *(choice.label for choice in spec.choices)])
    raise InvalidInput(f"There are no links “{words[:60]}”. Nothing was written. Links: {known}.")
