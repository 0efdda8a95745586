"""Commands about colleagues: sync, conflicts, resolve, and the team."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from db.changes import Conflict
from db.errors import InvalidInput, NotFound
from db.store import Store
from engage_desktop.cli import care, people
from engage_desktop.cli.changes import receipt_lines
from engage_desktop.cli.common import (
    AsJson,
    CodeFile,
    Out,
    PassphraseFile,
    RecordId,
    Replace,
    WorkspaceFolder,
    answer,
    opened,
    out_file,
    replaceable,
)
from engage_desktop.cli.places import (
    HostKey,
    KeyFile,
    PasswordFile,
    SharedPlace,
    UserName,
    place_to_verify,
)
from engage_desktop.cli.reports import day_from
from engage_desktop.cli.space import invitation_code, offered_words
from engage_desktop.plain import counted, moment, moment_words
from engage_desktop.records.values import parse

if TYPE_CHECKING:
    from engage_desktop.sync.desk import Choice
    from engage_desktop.sync.team import Membership
    from engage_desktop.sync.verify import FolderReport
    from engage_desktop.workspace import Workspace


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("sync")(sync)
    app.command("snapshot")(snapshot)
    app.command("verify")(verify)
    app.command("conflicts")(conflicts)
    app.command("resolve")(resolve)
    team = typer.Typer(help="The team: invite colleagues, see who is in it.", no_args_is_help=True)
    team.command("invite")(invite)
    team.command("join")(join)
    team.command("members")(members)
    people.register(team)
    care.register(team)
    app.add_typer(team, name="team")


def sync(
    ws: WorkspaceFolder,
    folder: SharedPlace,
    start: Annotated[
        bool,
        typer.Option("--start", help="Yes, this empty folder is the team's new one."),
    ] = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Send what is new here and receive what is new there. May be repeated at any time."""
    from engage_desktop.sync.desk import send_and_receive
    from engage_desktop.sync.errors import FolderEmptied, FolderNotStarted

    with opened(ws, passphrase_file) as workspace:
        try:
            receipt = send_and_receive(workspace, folder, start=start)
        except (FolderEmptied, FolderNotStarted) as error:
            confirm = "Say so with: engage sync WS FOLDER --start"
            raise type(error)(f"{error.sentence} {confirm}") from None
    answer(as_json, receipt.as_json(), lambda: receipt_lines(receipt))


def snapshot(
    ws: WorkspaceFolder,
    folder: SharedPlace,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Send and receive, and leave the whole history as one file that new laptops start from.

    Only an admin's laptop can. It is also made without being asked, when one is due.
    """
    from engage_desktop.sync.desk import send_and_receive

    with opened(ws, passphrase_file) as workspace:
        receipt = send_and_receive(workspace, folder, snapshot=True)
    answer(as_json, receipt.as_json(), lambda: receipt_lines(receipt))


def verify(
    folder: SharedPlace,
    user: UserName = "",
    password_file: PasswordFile = None,
    key_file: KeyFile = None,
    host_key: HostKey = "",
    as_json: AsJson = False,
) -> None:
    """Check a shared folder: every signature, every bit, every gap. Needs no passphrase.

    On a server, only its own password. Ends with 1 when anything is bad.
    """
    from engage_desktop.sync.verify import verify_folder

    with place_to_verify(folder, user, password_file, key_file, host_key) as place:
        report = verify_folder(place)
    answer(as_json, report.as_json(), lambda: _verify_words(report))
    if not report.ok:
        raise typer.Exit(1)


def _verify_words(report: FolderReport) -> str:
    from engage_desktop.sync.work import delivery_words

    held = (
        f"{counted(report.bundles, 'delivery', 'deliveries')} and "
        f"{counted(report.attachments, 'attachment')} of {counted(report.laptops, 'laptop')}"
    )
    lines = [f"All is well: {held}." if report.ok else f"Something is wrong. Good: {held}."]
    lines += [f"{item.file}: {item.reason}" for item in report.bad]
    lines += [f"Noticed: {item.file}. {item.reason}" for item in report.noticed]
    lines += [f"Not here (yet): {delivery_words(gap.missing, gap.officer)}." for gap in report.gaps]
    return "\n".join(lines)


def conflicts(
    ws: WorkspaceFolder, passphrase_file: PassphraseFile = None, as_json: AsJson = False
) -> None:
    """List the fields that two people changed without knowing of each other."""
    from engage_desktop.sync.desk import choices

    with opened(ws, passphrase_file) as workspace:
        reader = workspace.store.reader()
        try:
            found = choices(workspace.store, reader)
            workspace.readings.note(((c.conflict.kind, c.conflict.id) for c in found), "listed")
            rows = [_row(choice) for choice in found]
        finally:
            reader.close()
    answer(as_json, {"total": len(rows), "rows": rows}, lambda: _conflict_words(rows))


def _row(choice: Choice) -> dict[str, Any]:
    conflict = choice.conflict
    versions = [
        {
            "number": number,
            "value": version.value,
            "shown": shown,
            "officer": version.officer,
            "when": _when(version.ms),
            "ms": version.ms,
        }
        for number, (version, shown) in enumerate(
            zip(conflict.versions, choice.shown, strict=True), 1
        )
    ]
    return {"kind": conflict.kind, "id": conflict.id, "title": conflict.title,
            "slot": conflict.slot, "field": choice.field_label, "versions": versions}  # fmt: skip


def _when(ms: int) -> str:
    return moment(ms).isoformat(timespec="seconds")


def _conflict_words(rows: list[dict[str, Any]]) -> str:
    if not rows:
        return "There is nothing to choose."
    lines = []
    for row in rows:
        lines.append(f"{row['title']} ({row['kind']} {row['id']}) {row['slot']}: {row['field']}")
        for version in row["versions"]:
            said = f"{version['officer']}, {moment_words(version['ms'])}: {version['shown']}"
            lines.append(f"  {version['number']}. {said}")
    lines.append("Choose: engage resolve WS KIND ID SLOT --keep NUMBER, or --value NEW")
    return "\n".join(lines)


def resolve(
    ws: WorkspaceFolder,
    kind: Annotated[str, typer.Argument(metavar="KIND", help="As “conflicts” names it.")],
    record_id: RecordId,
    slot: Annotated[
        str, typer.Argument(metavar="SLOT", help="The field, as “conflicts” names it.")
    ],
    keep: Annotated[
        int | None, typer.Option("--keep", min=1, help="Which version to keep, by its number.")
    ] = None,
    new: Annotated[
        str | None, typer.Option("--value", help="A third value, as an officer writes it.")
    ] = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Choose between two versions. The choice travels with the next sync."""
    if (keep is None) == (new is None):
        raise InvalidInput("Give either --keep NUMBER or --value NEW. Nothing was changed.")
    with opened(ws, passphrase_file) as workspace:
        store = workspace.store
        here = kind in store.registry and store.exists(kind, record_id)
        held = store.conflicts_of(kind, record_id) if here else []
        found = next((conflict for conflict in held if conflict.slot == slot), None)
        if found is None:
            raise NotFound("There is no such conflict. Nothing was changed. See: engage conflicts")
        value = _chosen(store, found, keep, new)
        applied = store.resolve(found.kind, found.id, found.slot, value)
    answer(as_json, {"kind": kind, "id": record_id, "slot": slot, "value": value,
                     "change_set": applied.change_set}, "The choice is kept.")  # fmt: skip


def _chosen(store: Store, conflict: Conflict, keep: int | None, new: str | None) -> Any:
    if keep is not None:
        if keep > len(conflict.versions):
            raise InvalidInput(f"There are {len(conflict.versions)} versions. Nothing was changed.")
        return conflict.versions[keep - 1].value
    spec = store.registry[conflict.kind].specs().get(conflict.field)
    if spec is None or ":" in conflict.slot:
        return json.loads((new or "").lower()) if new in ("true", "false") else new
    try:
        value = parse(spec, new or "")
    except ValueError as error:
        raise InvalidInput(f"{error} Nothing was changed.") from None
    return value.isoformat() if hasattr(value, "isoformat") else value


def invite(
    ws: WorkspaceFolder,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="Where the invitation goes.")
    ] = None,
    out: Out = None,
    role: Annotated[str, typer.Option("--role", help="What the colleague may do.")] = "officer",
    days: Annotated[int, typer.Option("--days", help="How long it can be used, 1 to 90.")] = 7,
    last_day: people.LastDay = "",
    officer: Annotated[
        str | None,
        typer.Option("--for", metavar="NAME", help="For whom: nobody else joins with it."),
    ] = None,
    replace: Replace = False,
    code_file: CodeFile = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Write an invitation for one colleague's laptop, founding the team where there is none."""
    from engage_desktop.sync.desk import invite as write_invitation
    from engage_desktop.sync.names import name_to_invite
    from engage_desktop.sync.team import membership

    target = out_file(file, out, "engage team invite WS FILE")
    code = invitation_code(code_file)
    officer = name_to_invite(officer) if officer is not None else None
    with opened(ws, passphrase_file) as workspace:
        with replaceable():
            write_invitation(
                workspace, target, role, days, code, day_from(last_day),
                officer=officer, replace_file=replace,
            )  # fmt: skip
        team = membership(workspace.store).team.id
    value = {"file": str(target), "team": team, "role": role, "days": days, "for": officer}
    words = (
        f"The invitation “{target.name}” is written. Give it to one colleague by a safe way: "
        "engage new WS --officer NAME --join FILE\n"
    )
    words += (
        f"Nobody joins with it under another name than {officer}."
        if officer is not None
        else "It names nobody, so whoever has it joins under any name. To name them: --for NAME"
    )
    answer(as_json, value, words)


def join(
    ws: WorkspaceFolder,
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE", help="The invitation, the answer to a request, or the shared folder."
        ),
    ],
    code_file: CodeFile = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Join in a workspace that is there: a new one that holds nothing yet, or one whose
    invitation was used on another laptop too. After “ask”, name the folder or the answer."""
    from engage_desktop.sync.desk import remember_folder
    from engage_desktop.sync.team import join_team
    from engage_desktop.sync.team_asking import (
        check_no_request,
        enter_with,
        is_answer,
        pending,
    )

    code = invitation_code(code_file)
    check = ""
    with opened(ws, passphrase_file) as workspace:
        if people.is_place(file):
            mine = _entered(workspace, file)
            remember_folder(workspace.store, file)
        elif is_answer(data := people.small_file(Path(file))):
            asked = pending(workspace.store)
            mine = enter_with(workspace.store, data)
            check = asked.words_in(mine.team.id) if asked else ""
        else:
            check_no_request(workspace.store, data)
            mine = join_team(workspace.store, data, code)
        role = mine.roster.members[mine.device].role
        offered = offered_words(workspace, ws)
    words = "This workspace is in the team; the next sync tells the others."
    if offered:
        words += f"\n{offered}"
    if check:
        words += f"\nIt is the admin’s own team where their laptop shows: {check}"
    answer(as_json, {"team": mine.team.id, "role": role, "words": check}, words)


def _entered(workspace: Workspace, folder: str) -> Membership:
    from engage_desktop.sync.errors import NotAllowed
    from engage_desktop.sync.team_asking import enter_from, pending

    with people.place_of(workspace, folder) as place:
        place.check()
        mine = enter_from(workspace.store, place)
    if mine is None:
        asked = pending(workspace.store)
        raise NotAllowed(
            f"No admin has let this laptop in yet. Nothing was changed. Read these words to one: "
            f"{asked.words}"
            if asked
            else "This workspace has not asked this folder’s team to let it in. Nothing was "
            "changed. Ask first: engage team ask WS FOLDER"
        )
    return mine


def members(
    ws: WorkspaceFolder, passphrase_file: PassphraseFile = None, as_json: AsJson = False
) -> None:
    """Who is in the team, with which laptop and role."""
    from engage_desktop.sync.team import membership

    with opened(ws, passphrase_file) as workspace:
        mine = membership(workspace.store)
        rows = [
            {"officer": m.officer, "role": m.role, "device": device, "this_laptop":
             device == mine.device}
            for device, m in mine.roster.members.items()
        ]  # fmt: skip
    words = "\n".join(f"{row['officer']}: {row['role']}" for row in rows)
    answer(as_json, {"total": len(rows), "rows": rows}, words)
