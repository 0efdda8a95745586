"""Commands about who is in the team: ask, requests, approve, revoke, role and roles."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from db.errors import InvalidInput, KnownError, NotFound
from engage_desktop.cli.common import (
    AsJson,
    PassphraseFile,
    Replace,
    WorkspaceFolder,
    answer,
    check_place,
    columns,
    opened,
)
from engage_desktop.cli.reports import day_from
from engage_desktop.plain import counted, day_words, moment, moment_words

if TYPE_CHECKING:
    from engage_desktop.sync.place import Place
    from engage_desktop.sync.roster import Member
    from engage_desktop.workspace import Workspace

Who = Annotated[
    str, typer.Argument(metavar="WHO", help="An officer's name, or the start of a laptop's number.")
]
LastDay = Annotated[
    str,
    typer.Option("--last-day", metavar="DAY", help="The last day of a volunteer's or field role."),
]
MOST_FILE = 16 << 20


def register(team: typer.Typer) -> None:
    """Add the commands below `team`."""
    team.command("ask")(ask)
    team.command("requests")(requests)
    team.command("approve")(approve)
    team.command("revoke")(revoke)
    team.command("role")(role)
    team.command("roles")(roles)


def place_of(workspace: Workspace, folder: str) -> contextlib.closing[Place]:
    """A shared folder, or the address of a place that was added, closed at the end."""
    from engage_desktop.sync.remote.book import place_of as named

    return contextlib.closing(named(folder, workspace.store))


def small_file(path: Path) -> bytes:
    """A small file's bytes. Raises `NotFound`, `KnownError`."""
    try:
        with path.open("rb") as file:
            return file.read(MOST_FILE)
    except (FileNotFoundError, ValueError):  # no file can have a zero in its name
        raise NotFound(f"There is no file “{path.name}”. Nothing was changed.") from None
    except OSError as error:
        raise KnownError(
            f"“{path.name}” cannot be read ({error.strerror}). Nothing was changed."
        ) from None


def write_out(target: Path, data: bytes, *, sealed: bool = True) -> None:
    from engage_desktop.leaving import leaving

    with leaving(target, private=True, sealed=sealed) as file:
        file.write(data)


def ask(
    ws: WorkspaceFolder,
    folder: Annotated[
        str | None,
        typer.Argument(metavar="FOLDER", help="The team's shared folder, or a shared place."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write the request to a file for a stick."),
    ] = None,
    replace: Replace = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Ask a team to let this new workspace in. Prints eight words to read to one of its admins."""
    from engage_desktop.sync.team_asking import ask as ask_team

    if folder is None and out is None:
        raise InvalidInput("Name the shared folder, or --out FILE. Nothing was changed.")
    if out is not None:
        check_place(out, replace=replace, sealed=True)
    with opened(ws, passphrase_file) as workspace:
        if folder is None:
            asked = ask_team(workspace.store, None)
        else:
            with place_of(workspace, folder) as place:
                asked = ask_team(workspace.store, place)
        if out is not None:
            write_out(out, asked.request.text)
    value = {
        "words": asked.words,
        "device": asked.request.device,
        "file": str(out) if out is not None else asked.request.name,
    }
    lines = [f"Read these words to an admin of the team: {asked.words}"]
    if out is not None:
        lines.append(
            f"The request is written into “{out.name}”. Give it to the admin, and enter with the "
            "answer: engage team join WS FILE"
        )
    else:
        lines.append("When it is approved: engage team join WS FOLDER")
    answer(as_json, value, "\n".join(lines))


def requests(
    ws: WorkspaceFolder,
    folder: Annotated[
        str, typer.Argument(metavar="FROM", help="The shared folder or place, or a request's file.")
    ],
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Who asks to join, with the eight words that their laptop must show."""
    from engage_desktop.sync.names import colleague_named
    from engage_desktop.sync.team import membership

    with opened(ws, passphrase_file) as workspace:
        roster = membership(workspace.store).roster
        found, aside = _requests(workspace, folder)
    rows = [
        {"officer": r.officer, "device": r.device, "asked_ms": r.ms, "words": r.words,
         "colleague": colleague_named(r, roster.members.values())}
        for r in found
    ]  # fmt: skip
    bad = [{"file": a.file, "reason": a.reason, "code": a.code} for a in aside]
    lines = []
    for r in rows:
        lines.append(f"{r['officer']}, {moment_words(int(str(r['asked_ms'])))}: {r['words']}")
        if r["colleague"]:
            lines.append(f"  {_of_whom_one_is_in(str(r['colleague']), 'Approve this one')}")
    lines += [f"Set aside: {a.file}. {a.reason}" for a in aside]
    answer(
        as_json,
        {"total": len(rows), "rows": rows, "set_aside": bad},
        "\n".join(lines) or "Nobody asks to join.",
    )


def _of_whom_one_is_in(officer: str, act: str) -> str:
    return (
        f"{officer} has a laptop in the team already. {act} only if they tell you themselves that "
        "it is theirs too."
    )


def is_place(text: str) -> bool:
    """True for a folder or an address, where a file may be named too."""
    from engage_desktop.sync.remote.address import is_address

    try:
        return is_address(text) or Path(text).is_dir()
    except ValueError:  # no path of this computer can be called so; reading it says it
        return False


def _requests(
    workspace: Workspace, source: str, *, every: bool = False
) -> tuple[list[Any], list[Any]]:
    from engage_desktop.sync.team_asking import open_requests, request_from_file

    if is_place(source):
        with place_of(workspace, source) as place:
            return open_requests(workspace.store, place, every=every)
    return [request_from_file(small_file(Path(source)))], []


def _write_answer(target: Path, data: bytes, officer: str) -> None:
    """Write the answer for a stick. Raises `KnownError`, which says that they are let in."""
    try:
        write_out(target, data)
    except KnownError as error:
        raise KnownError(
            f"{officer} is let in, but the answer “{target.name}” could not be written. Through "
            "the shared folder the next sync tells them. Without one, take them out (engage team "
            "revoke) and let them ask again.",
            code=error.code,
        ) from error


def approve(
    ws: WorkspaceFolder,
    source: Annotated[
        str, typer.Argument(metavar="FROM", help="The shared folder or place, or a request's file.")
    ],
    words: Annotated[
        str, typer.Option("--words", help="The eight words that your colleague read to you.")
    ],
    role: Annotated[str, typer.Option("--role", help="What the colleague may do.")] = "officer",
    last_day: LastDay = "",
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="Write the answer to a file for a stick."),
    ] = None,
    replace: Replace = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Let in the laptop that shows these eight words. The next sync tells it, or --out FILE."""
    from engage_desktop.sync.names import colleague_named
    from engage_desktop.sync.roles import in_sentence
    from engage_desktop.sync.team_asking import answer_file
    from engage_desktop.sync.team_asking import approve as let_in

    if out is not None:
        check_place(out, replace=replace, sealed=True)
    with opened(ws, passphrase_file) as workspace:
        found, _ = _requests(workspace, source, every=True)
        mine, request = let_in(
            workspace.store, found, words, role=role, last_day=day_from(last_day)
        )
        if out is not None:
            _write_answer(out, answer_file(workspace.store), request.officer)
        check = request.words_in(mine.team.id)
        colleague = colleague_named(request, mine.roster.members.values())
    value = {"officer": request.officer, "device": request.device, "role": role, "words": check,
             "colleague": colleague}  # fmt: skip
    lines = [
        f"{request.officer} is in the team as {in_sentence(role)}. The next sync tells the others."
    ]
    if colleague:
        lines.append(_of_whom_one_is_in(colleague, "Leave this one in"))
    if out is not None:
        lines.append(f"With the answer in “{out.name}” the laptop must show: {check}")
    answer(as_json, value, "\n".join(lines))


def revoke(
    ws: WorkspaceFolder,
    who: Who,
    why: Annotated[str, typer.Option("--why", metavar="WORDS", help="Kept with the change.")] = "",
    to: Annotated[
        str,
        typer.Option("--hand-over-to", metavar="NAME", help="Who takes over what they lead."),
    ] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Even this very laptop, where there is another admin.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Take a laptop out of the team and change the keys it held. What is on it is not recalled."""
    from engage_desktop.sync.team import membership
    from engage_desktop.sync.team_changes import revoke as take_out
    from engage_desktop.sync.team_changes import to_take_out
    from engage_desktop.sync.team_leaving import hand_over, led_by

    with opened(ws, passphrase_file) as workspace:
        store = workspace.store
        member = to_take_out(membership(store).roster, who)
        with _meant("To leave and hand over: engage team leave WS. To take it out all the same: "
                    "engage team revoke WS WHO --yes"):  # fmt: skip
            take_out(store, who, why, yes=yes)
        handed = hand_over(store, member.officer, to) if to else []
        left = led_by(store, member.officer)
    value = {"officer": member.officer, "device": member.device, "handed_over": len(handed),
             "still_leads": len(left)}  # fmt: skip
    lines = [
        f"{member.officer}’s laptop is out of the team. What it sends from now on is set aside, "
        "and new changes are sealed with new keys. What is on the laptop is not recalled."
    ]
    if handed:
        lines.append(f"{to} now leads {counted(len(handed), 'record')}.")
    if left:
        lines.append(
            f"{member.officer} still leads {counted(len(left), 'record')}: name somebody else as "
            "their lead, in the record or with engage edit."
        )
    answer(as_json, value, "\n".join(lines))


@contextlib.contextmanager
def _meant(how: str) -> Iterator[None]:
    """Where a clear yes is wanted, how to say it here."""
    from engage_desktop.sync.errors import OwnRights

    try:
        yield
    except OwnRights as error:
        raise OwnRights(f"{error.sentence} {how}") from None


def role(
    ws: WorkspaceFolder,
    who: Who,
    role: Annotated[str, typer.Argument(metavar="ROLE", help="The new role.")],
    last_day: LastDay = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Even where you give up your own rights by it.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Give a laptop another role. What it may read from now on follows at the next sync."""
    from engage_desktop.sync.team import membership
    from engage_desktop.sync.team_changes import change_role, laptop_named

    with opened(ws, passphrase_file) as workspace:
        member = laptop_named(membership(workspace.store).roster, who)
        with _meant("To do it all the same: engage team role WS WHO ROLE --yes"):
            change_role(workspace.store, who, role, last_day=day_from(last_day), yes=yes)
    value = {"officer": member.officer, "device": member.device, "role": role, "was": member.role}
    answer(as_json, value, f"{member.officer}: {member.role} before, {role} from now on.")


def roles(
    ws: WorkspaceFolder, passphrase_file: PassphraseFile = None, as_json: AsJson = False
) -> None:
    """Who has which role, what each role may do, and what the team should mend."""
    from engage_desktop.sync.roles import ROLES, role_named
    from engage_desktop.sync.team import membership
    from engage_desktop.sync.team_changes import warnings

    with opened(ws, passphrase_file) as workspace:
        mine = membership(workspace.store)
        roster = mine.roster
        rows = [_member(m, mine.device, "") for m in roster.members.values()]
        rows += [_member(m, mine.device, "out") for m in roster.known.values() if not m.role]
        rows += [_member(m, mine.device, "held") for m in roster.held.values()]
        said = warnings(roster)
    known = [asdict(found) for name in ROLES if (found := role_named(name))]
    value = {"total": len(rows), "rows": rows, "roles": known, "warnings": said}
    table = [
        [str(r["officer"]), str(r["role"] or r["standing"]), _last_day_words(r),
         str(r["device"])[:8], "this laptop" if r["this_laptop"] else ""]
        for r in rows
    ]  # fmt: skip
    lines = [columns(["Officer", "Role", "Last day", "Laptop", ""], table), ""]
    lines += [f"{r['label']}: {r['words']}" for r in known]
    if any(row["standing"] == "held" for row in rows):
        lines.append(
            "Held: not let in (yet), as an invitation was used on two laptops, or came from "
            "somebody who was taken out. Invite each that you know anew: engage team invite WS "
            "FILE, and on it: engage team join WS FILE"
        )
    answer(as_json, value, "\n".join([*lines, *([""] if said else []), *said]))


def _last_day_words(row: dict[str, Any]) -> str:
    """The last day in words; "no last day" where the role has to have one and has none."""
    from engage_desktop.sync.roles import role_named

    if row["last_day"]:
        return day_words(dt.date.fromisoformat(row["last_day"]))
    known = role_named(row["role"])
    return "no last day" if known is not None and known.expires else ""


def _member(member: Member, own: str, standing: str) -> dict[str, Any]:
    last = None
    if member.expires is not None:
        last = moment(member.expires).date().isoformat()
    return {
        "officer": member.officer,
        "role": member.role if standing != "held" else "",
        "standing": standing or "in",
        "last_day": last,
        "device": member.device,
        "this_laptop": member.device == own,
    }


__all__ = ["LastDay", "Who", "is_place", "place_of", "register", "small_file", "write_out"]
