"""Is this the team's folder, and who is in the team? Asked before anything else is touched."""

from __future__ import annotations

from collections.abc import Iterable

from engage_desktop.outside import TEAM_FOLDERS
from engage_desktop.sync.entries import Entry as RosterEntry
from engage_desktop.sync.errors import (
    FolderEmptied,
    FolderNotStarted,
    FolderUnavailable,
    OtherTeam,
    Refused,
    refused,
)
from engage_desktop.sync.names import colleague_named
from engage_desktop.sync.place import Entry, Place
from engage_desktop.sync.rights import (
    judge_after_upgrade,
    judge_again,
    judge_later,
    judge_what_is_left,
)
from engage_desktop.sync.roster import (
    MOST_ENTRY,
    TEAM_FILE,
    Roster,
    Team,
    read_entry,
    read_team,
)
from engage_desktop.sync.team import forget_root, keep_roster
from engage_desktop.sync.team_changes import tend
from engage_desktop.sync.work import Work, files

_MOST_TEAM = 64 << 10
OURS = tuple(f"{name}/" for name in TEAM_FOLDERS)


def open_folder(work: Work, *, start: bool) -> None:
    """Make sure that the place is this team's, founding it there when it may be founded.

    An unplugged drive can look like a new, empty folder. So an empty folder is taken only when
    this team has never used any from this laptop, or when the officer said so (`start`). Raises
    `FolderUnavailable`, `FolderNotStarted`, `OtherTeam`; nothing was changed then.
    """
    work.place.check()
    found = read_team_file(work.place)
    if found is not None:
        if found.id != work.mine.team.id:
            raise OtherTeam(
                f"This {work.place.called} belongs to another team. Nothing was sent, received or "
                f"changed. Choose your own team's {work.place.called.rpartition(' ')[2]}."
            )
        return
    if any(entry.name.startswith(OURS) for entry in files(work.place, "")):
        raise FolderUnavailable(
            f"The shared folder has lost its file {TEAM_FILE}, or has not finished arriving. "
            "Nothing was changed. Wait until it is complete, or ask whoever looks after it to "
            "bring the file back."
        )
    used = work.books.places()
    if not start and work.place.identity in used:
        raise FolderEmptied(
            "The shared folder is empty, though it was used before. Perhaps the drive is not "
            "plugged in. Nothing was changed, and nothing here was deleted. Plug in the drive and "
            "try again; if it really is a new, empty one, say so when you send and receive."
        )
    if not start and used:
        raise FolderNotStarted(
            "No team uses this folder yet, and yours uses another one. Nothing was changed. If "
            "this is the right place for your team, confirm it when you send and receive."
        )
    work.books.note_begun(work.place.identity)
    work.place.put_if_absent(TEAM_FILE, work.mine.team.text)


def read_team_file(place: Place) -> Team | None:
    """The team whose place this is; None when it says of none. Raises `OtherTeam`."""
    try:
        with place.open(TEAM_FILE) as file:
            return read_team(file.read(_MOST_TEAM))
    except Refused as error:
        if error.code == "vanished":
            return None
        if error.code == "no_right":
            raise FolderUnavailable(
                f"In the {place.called}, this laptop has no right to read {TEAM_FILE}. Nothing was "
                "changed. Ask whoever looks after the folder."
            ) from error
        raise OtherTeam(
            f"In the {place.called}, {TEAM_FILE} is not an ordinary file. Nothing was changed."
        ) from error


def exchange_roster(work: Work) -> None:
    """Learn who is in the team, do what an admin owes it, and tell what the place lacks."""
    forget_root(work.store)
    known = dict(work.mine.roster.entries)
    founder = work.mine.roster.founder
    listed: set[str] = set()
    came: dict[str, str] = {}
    for entry in files(work.place, "roster"):
        work.pause()
        sha = entry.name.rpartition("-")[2].removesuffix(".json")
        if sha in known and entry.size == len(known[sha].text):
            listed.add(sha)
            continue
        try:
            read = read_entry(
                read_small(work.place, entry, MOST_ENTRY), work.mine.team.id, entry.name
            )
            if read.type == "found" and founder is not None and read.sha256 != founder.sha256:
                raise refused("founded")
        except Refused as error:
            work.receipt.set_aside(entry.name, error)
            continue
        if read.sha256 in known:
            continue  # a copy under another name: published again under its own
        known[read.sha256] = read
        came[read.sha256] = entry.name
        listed.add(read.sha256)
    roster = Roster(work.mine.team, known.values())
    bad = {sha: code for sha, code in roster.bad.items() if sha in came}
    for sha, code in bad.items():
        work.receipt.set_aside(came[sha], refused(code))
    if bad:
        roster = Roster(work.mine.team, (e for sha, e in known.items() if sha not in bad))
    before = set(work.mine.roster.entries)
    if set(roster.entries) != before:
        with work.store.bookkeeping():
            keep_roster(work.store, roster)
            judge_later(work.store, (e for sha, e in roster.entries.items() if sha not in before))
    work.mine = tend(work.store)
    new = [entry for sha, entry in work.mine.roster.entries.items() if sha not in before]
    work.receipt.team_received += sum(entry.sha256 in came for entry in new)
    if new:
        judge_again(work.store, new)
    _tell_of_names(work, new)
    judge_what_is_left(work.store)
    judge_after_upgrade(work.store)
    for entry_sha, mine in sorted(work.mine.roster.entries.items(), key=lambda item: item[1].name):
        if entry_sha not in listed:
            put = work.place.put_if_absent(mine.name, mine.text)
            work.receipt.team_sent += put and mine.type != "found"  # a new team is no change to one


def _tell_of_names(work: Work, new: Iterable[RosterEntry]) -> None:
    """Tell an admin who came in by an invitation under the name of somebody who is in already.

    They may have two laptops; but where the invitation names nobody, who joins may type any name.
    """
    members = work.mine.roster.members
    for entry in new if work.mine.role == "admin" else ():
        device = str(entry.body.get("device", ""))
        if entry.type != "enrol" or device not in members:
            continue
        if "for" in entry.body["certificate"]["body"]:
            continue  # an admin said that it is theirs
        same = colleague_named(members[device], members.values())
        if same:
            work.receipt.notes.append(
                f"A laptop came in under the name of {members[device].officer.strip()}, and {same} "
                "has one already. Ask them whether it is theirs. If not, take it out: engage team "
                f"revoke WS {device[:8]}"
            )


def read_small(place: Place, entry: Entry, most: int) -> bytes:
    """A small file, whole. Raises `Refused`: its problem, empty, too_big, vanished."""
    if entry.problem:
        raise refused(entry.problem)
    if entry.size > most:
        raise refused("too_big")
    with place.open(entry.name) as file:
        data = file.read(most + 1)
    if len(data) > most:
        raise refused("too_big")
    return data
