"""Commands for when something goes wrong or ends: review, recovery, leave and lost."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from db.errors import InvalidInput
from engage_desktop.cli.common import (
    AsJson,
    CodeFile,
    Out,
    PassphraseFile,
    WorkspaceFolder,
    answer,
    opened,
    out_file,
)
from engage_desktop.cli.people import Who, place_of, small_file, write_out
from engage_desktop.cli.reports import day_from, start_of
from engage_desktop.cli.space import invitation_code
from engage_desktop.plain import counted, moment_words

if TYPE_CHECKING:
    from engage_desktop.sync.roster import Dispute, Roster


def register(team: typer.Typer) -> None:
    """Add the commands below `team`."""
    team.command("review")(review)
    team.command("recovery")(recovery)
    team.command("leave")(leave)
    team.command("lost")(lost)


Keep = Annotated[
    list[str] | None,
    typer.Option("--keep", metavar="CHANGE", help="Let this change count. May be repeated."),
]
Drop = Annotated[
    list[str] | None,
    typer.Option("--drop", metavar="CHANGE", help="Let it not count. May be repeated."),
]
Close = Annotated[
    list[str] | None,
    typer.Option("--close", metavar="WHO", help="Nothing unseen of this laptop counts."),
]


def review(
    ws: WorkspaceFolder,
    keep: Keep = None,
    drop: Drop = None,
    close: Close = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """What two admins changed without knowing of each other; decide it with --keep and --drop."""
    from engage_desktop.sync.team import membership
    from engage_desktop.sync.team_changes import settle

    with opened(ws, passphrase_file) as workspace:
        if keep or drop or close:
            roster = settle(
                workspace.store, keep=keep or (), drop=drop or (), closed=close or ()
            ).roster
        else:
            roster = membership(workspace.store).roster
        rows = [row for dispute in roster.disputes for row in _disputed(roster, dispute)]
    lines = [f"{row['change'][:12]}  {row['words']} ({row['by']}: {row['said']})" for row in rows]
    answer(
        as_json,
        {"total": len(rows), "rows": rows},
        "\n".join(lines) or "There is nothing to review.",
    )


def _disputed(roster: Roster, dispute: Dispute) -> list[dict[str, Any]]:
    from engage_desktop.sync.fold import author, role_given
    from engage_desktop.sync.team_changes import dispute_words

    rows = []
    for sha in dispute.entries:
        entry = roster.entries[sha]
        given = role_given(entry) if "device" in entry.body else ""
        rows.append(
            {
                "change": sha,
                "why": dispute.why,
                "officer": roster.officer(dispute.device),
                "device": dispute.device,
                "by": roster.officer(author(entry)) or "the recovery key",
                "said": f"{entry.type} {given}".strip(),
                "words": dispute_words(roster, dispute),
            }
        )
    return rows


def recovery(
    action: Annotated[str, typer.Argument(metavar="ACTION", help="make or use.")],
    ws: WorkspaceFolder,
    file: Annotated[
        Path | None, typer.Argument(metavar="FILE", help="The recovery key's file.")
    ] = None,
    out: Out = None,
    folder: Annotated[
        str | None,
        typer.Option("--folder", metavar="FOLDER", help="With use: the shared folder or place."),
    ] = None,
    code_file: CodeFile = None,
    keep: Keep = None,
    drop: Drop = None,
    close: Close = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Make the organisation's recovery key for its safe, or use it.

    In a new workspace, with --folder, it makes this laptop an admin's. In one of the team it
    settles, with --keep, --drop and --close, what “review” lists, and makes nobody an admin."""
    from engage_desktop.sync.team_recovery import make_recovery, use_recovery

    if action not in ("make", "use"):
        raise InvalidInput("Say make or use. Nothing was changed.")
    target = out_file(file, out, f"engage team recovery {action} WS FILE")
    code = invitation_code(code_file)
    if action == "make":
        if target.exists():
            raise InvalidInput(
                f"“{target.name}” is there already. Nothing was changed. Give the recovery key’s "
                "file another name."
            )
        with opened(ws, passphrase_file) as workspace:
            locked = code is not None
            make_recovery(
                workspace.store, lambda data: write_out(target, data, sealed=locked), code=code
            )
        answer(
            as_json,
            {"file": str(target), "locked": code is not None},
            f"The recovery key “{target.name}” is written. Keep it in a safe, away from every "
            "laptop: whoever has it can read everything. The next sync tells the team.",
        )
        return
    data = small_file(target)
    if keep or drop or close:
        _settle(ws, data, code, (keep or [], drop or [], close or []), passphrase_file, as_json)
        return
    if folder is None:
        raise InvalidInput(
            "Name the team's shared folder, --folder FOLDER, to let this new workspace in; or what "
            "to settle, --keep, --drop or --close. Nothing was changed."
        )
    with opened(ws, passphrase_file) as workspace, place_of(workspace, folder) as place:
        mine = use_recovery(workspace.store, data, place, code)
    answer(
        as_json,
        {"team": mine.team.id, "role": mine.role},
        "This workspace is in the team as an admin’s laptop; the next sync tells the others.",
    )


def _settle(
    ws: Path,
    data: bytes,
    code: str | None,
    said: tuple[list[str], list[str], list[str]],
    passphrase_file: Path | None,
    as_json: bool,
) -> None:
    from engage_desktop.sync.team_recovery import settle_with_recovery

    keep, drop, close = said
    with opened(ws, passphrase_file) as workspace:
        mine = settle_with_recovery(workspace.store, data, code, keep=keep, drop=drop, closed=close)
    left = len(mine.roster.disputes)
    answer(
        as_json,
        {"team": mine.team.id, "role": mine.role, "to_review": left},
        "It is settled in the recovery key's name; the next sync tells the others. "
        + (f"{counted(left, 'thing')} left to review." if left else "Nothing is left to review."),
    )


def leave(
    ws: WorkspaceFolder,
    to: Annotated[
        str, typer.Option("--to", metavar="NAME", help="Who takes over what you lead.")
    ] = "",
    yes: Annotated[
        bool, typer.Option("--yes", help="Even as the last who could let anybody in.")
    ] = False,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """Leave the team with this laptop, after handing over what you lead. Then sync once more."""
    from engage_desktop.sync.errors import TeamEnds
    from engage_desktop.sync.team_leaving import leave as go

    with opened(ws, passphrase_file) as workspace:
        try:
            _, handed = go(workspace.store, to or None, yes=yes)
        except TeamEnds as error:
            ways = (
                "To let one in: engage team approve WS FROM --words WORDS --role admin. To make a "
                "key: engage team recovery make WS FILE. To leave all the same: engage team leave "
                "WS --yes"
            )
            raise TeamEnds(f"{error.sentence} {ways}") from None
    words = "This laptop leaves the team. Send and receive once more, so that the others know."
    if handed:
        words = f"{to} now leads {counted(len(handed), 'record')}. {words}"
    answer(as_json, {"handed_over": [asdict(led) for led in handed]}, words)


def lost(
    ws: WorkspaceFolder,
    who: Who,
    known: Annotated[
        str, typer.Option("--known", metavar="DAY", help="The day the loss was noticed.")
    ] = "",
    hours: Annotated[
        int | None,
        typer.Option("--hours", metavar="N", help="Change how long a breach may go unreported."),
    ] = None,
    passphrase_file: PassphraseFile = None,
    as_json: AsJson = False,
) -> None:
    """What a lost laptop held, when it last sent, and by when a breach must be reported."""
    from engage_desktop.sync.team_leaving import lost as facts
    from engage_desktop.sync.team_leaving import set_breach_clock

    day = day_from(known)
    ms = start_of(day) if day else None
    with opened(ws, passphrase_file) as workspace:
        if hours is not None:
            set_breach_clock(workspace.store, hours)
        found = facts(workspace.store, who, known_ms=ms)
    last = moment_words(found.last_sent_ms) if found.last_sent_ms else "never"
    held = ", ".join(f"{kind} {count:,}" for kind, count in found.records.items()) or "none"
    lines = [
        f"{found.officer}’s laptop ({found.device[:8]}), {found.role}"
        + (", out of the team" if found.is_out else ", still in the team"),
        f"It could read: {', '.join(found.reads) or 'nothing shared'}.",
        f"It may hold at most: {held}.",
        f"It last sent: {last} (delivery {found.last_file}).",
        f"Report a breach by: {moment_words(found.deadline_ms)} ({found.hours} hours; "
        f"{found.ground}).",
    ]
    lines += [
        f"It was given a field copy of the event {copy.event}: {copy.state}."
        for copy in found.copies
    ]
    if not found.is_out:
        lines.append("Take it out of the team: engage team revoke WS WHO")
    answer(as_json, asdict(found), "\n".join(lines))
