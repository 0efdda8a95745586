"""Check a shared folder without any passphrase: every signature, every bit, every gap.

Everything that is needed to judge the files lies in the folder itself: the team's file certifies
its own root key, and the roster names everybody else's. What the sealed parts say stays sealed.
"""

from __future__ import annotations

import contextlib
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, cast

from db.standing import Source
from engage_desktop.sync.acks import MOST_ACK, read_ack
from engage_desktop.sync.acks import NAME as ACK_NAME
from engage_desktop.sync.canonical import sha256
from engage_desktop.sync.container import IN_MEMORY, frame
from engage_desktop.sync.cores import BUNDLE, SNAPSHOT, Core
from engage_desktop.sync.enrol import requests_in
from engage_desktop.sync.errors import MISNAMED, FolderUnavailable, OtherTeam, Refused, refused
from engage_desktop.sync.folder import OURS, read_small, read_team_file
from engage_desktop.sync.keys import COMPARTMENTS, reads
from engage_desktop.sync.place import Entry, Place
from engage_desktop.sync.roster import MOST_ENTRY, TEAM_FILE, Roster, read_entry
from engage_desktop.sync.work import BLOB, Progress, SetAside, copied, files, named_hash, quiet

MOST_NAMED = 1000

MOST_NOTICED = 100
"""Files of others that a report names, at most."""

_OF_A_FOLDER = ("It stands where a folder of the team's should be.", "not_a_folder")


@dataclass(frozen=True, slots=True)
class Gap:
    """Numbers of one laptop's files that others cite and that are not in the folder."""

    device: str
    officer: str
    missing: tuple[int, ...]


@dataclass(slots=True)
class FolderReport:
    """What a folder holds and what is wrong with it."""

    bundles: int = 0
    snapshots: int = 0
    attachments: int = 0
    laptops: int = 0
    bad: list[SetAside] = field(default_factory=list)
    noticed: list[SetAside] = field(default_factory=list)
    """Files beside the team's own, which are left alone and harm nothing."""
    gaps: list[Gap] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing is bad. A gap alone may only mean that a file has not arrived yet."""
        return not self.bad

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "ok": self.ok,
            "bundles": self.bundles,
            "snapshots": self.snapshots,
            "attachments": self.attachments,
            "laptops": self.laptops,
            "bad": [
                {"file": item.file, "reason": item.reason, "code": item.code} for item in self.bad
            ],
            "noticed": [
                {"file": item.file, "reason": item.reason, "code": item.code}
                for item in self.noticed
            ],
            "gaps": [
                {"device": gap.device, "officer": gap.officer, "missing": list(gap.missing)}
                for gap in self.gaps
            ],
        }


def verify_folder(
    place: Place,
    *,
    progress: Progress = quiet,
    cancelled: Callable[[], bool] = lambda: False,
) -> FolderReport:
    """Check everything in a place; changes nothing.

    Where the team's file is damaged or gone, nothing else can be judged: it alone is named then.
    Raises `FolderUnavailable` where there is no team's folder at all.
    """
    place.check()
    report = FolderReport()
    try:
        team = read_team_file(place)
    except OtherTeam as error:
        report.bad.append(SetAside(TEAM_FILE, error.sentence, "damaged"))
        return report
    if team is None:
        if not any(entry.name.startswith(OURS) for entry in files(place, "")):
            raise FolderUnavailable(
                f"This is not a team's shared folder: it has no file {TEAM_FILE}. Choose another "
                "folder, or wait until this one has arrived."
            )
        gone = "The team's file is gone, or has not finished arriving."
        report.bad.append(SetAside(TEAM_FILE, gone, "vanished"))
        return report
    for entry in files(place, ""):
        if f"{entry.name}/" in OURS:  # where one of our folders should be
            report.bad.append(SetAside(entry.name, *_OF_A_FOLDER))
        elif not entry.name.startswith((TEAM_FILE, *OURS)) and len(report.noticed) < MOST_NOTICED:
            report.noticed.append(_noticed(entry))
    roster = _roster(place, team.id, report)
    report.laptops = len(roster.members)
    checker = _Checker(place, roster, report)
    entries = list(files(place, "b"))
    for done, entry in enumerate(entries):
        if cancelled():
            break
        progress("Checking", done, len(entries))
        with _naming(entry, report):
            checker.bundle(entry)
    for entry in files(place, "snap"):
        with _naming(entry, report):
            checker.snapshot(entry)
    for entry in files(place, "blob"):
        with _naming(entry, report):
            checker.attachment(entry)
    for entry in files(place, "ack"):
        with _naming(entry, report):
            checker.ack(entry)
    checker.histories()
    checker.chains()
    report.bad += requests_in(place, team.id)[1]
    progress("Checking", len(entries), len(entries))
    return report


def _noticed(entry: Entry) -> SetAside:
    """A file that is nobody's of the team, by its name alone: it is not opened."""
    if entry.problem:
        return SetAside(entry.name, refused(entry.problem).sentence, entry.problem)
    return SetAside(entry.name, "It is no file of the team's, and is left alone.", "beside")


class _naming(contextlib.AbstractContextManager["_naming"]):  # noqa: N801
    """A refusal becomes a line of the report."""

    def __init__(self, entry: Entry, report: FolderReport) -> None:
        self._entry = entry
        self._report = report

    def __exit__(self, kind: object, error: object, trace: object) -> bool:
        if isinstance(error, Refused):
            aside = SetAside(self._entry.name, error.sentence, error.code)
            self._report.bad.append(aside)
            return True
        return False


def _roster(place: Place, team: str, report: FolderReport) -> Roster:
    known = {}
    names = {}
    for entry in files(place, "roster"):
        with _naming(entry, report):
            read = read_entry(read_small(place, entry, MOST_ENTRY), team, entry.name)
            known[read.sha256] = read
            names[read.sha256] = entry
    found = read_team_file(place)
    assert found is not None
    roster = Roster(found, known.values())
    for sha, code in roster.bad.items():
        with _naming(names[sha], report):
            raise refused(code)
    return roster


class _Checker:
    """Bundles and attachments, judged one by one, and then against each other."""

    def __init__(self, place: Place, roster: Roster, report: FolderReport) -> None:
        self._place = place
        self._roster = roster
        self._report = report
        self._cores: dict[str, Core] = {}
        self._names: dict[str, Entry] = {}
        self._sealed: dict[str, str] = {}
        self._snapshots: set[str] = set()
        self._covered: dict[str, dict[str, int]] = {}
        self._makers: dict[str, tuple[str, Entry]] = {}
        self._held: set[str] = set()

    def bundle(self, entry: Entry) -> None:
        """One bundle. Raises `Refused`, also for one that counts and has another's name."""
        with _copied(self._place, entry) as (file, sha, size):
            if sha not in self._cores:
                self._cores[sha] = self._believed(entry, file, sha, size, BUNDLE)
                self._names[sha] = entry
                self._report.bundles += 1
            if named_hash(entry.name) not in ("", sha):
                raise refused(MISNAMED)

    def snapshot(self, entry: Entry) -> None:
        """One snapshot; what it stands for is no gap. Raises `Refused`."""
        with _copied(self._place, entry) as (file, sha, size):
            if sha in self._snapshots:
                return
            core = self._believed(entry, file, sha, size, SNAPSHOT)
            if named_hash(entry.name) not in ("", sha):
                raise refused("damaged")
            role = self._roster.role_at(
                core.device,
                core.roster,
                Source(core.device, core.incarnation, core.seq, core.prev),
            )
            if role is not None and reads(role) != COMPARTMENTS:
                raise refused("not_admin")
            self._makers[sha] = (core.device, entry)
            self._snapshots.add(sha)
            for item in core.covers:
                self._covered.setdefault(item.device, {})[item.mark.sha256] = item.mark.seq
            self._report.snapshots += 1

    def _believed(self, entry: Entry, file: BinaryIO, sha: str, size: int, kind: str) -> Core:
        try:
            bundle = frame(file, size, kind)
            if bundle.team != self._roster.team.id:
                raise refused("other_team")
            member = self._roster.known.get(bundle.device)
            if member is None:
                raise refused("held" if bundle.device in self._roster.held else "stranger")
            bundle.verify(member.sign)
        except Refused as error:
            unlike = named_hash(entry.name) not in ("", sha)
            if unlike and error.code in ("signature", "stranger", "other_team", "header"):
                raise refused("damaged") from None
            raise
        self._sealed.update({a.name: a.sha256 for a in bundle.core.attachments})
        return bundle.core

    def ack(self, entry: Entry) -> None:
        """One laptop's word about what it holds. Raises `Refused`."""
        data = read_small(self._place, entry, MOST_ACK)
        match = ACK_NAME.fullmatch(entry.name)
        try:
            word = read_ack(data, self._roster)
            if word.device in self._roster.members:
                self._held |= word.snapshots
        except Refused as error:
            if match and match[2] != sha256(data) and error.code != "empty":
                raise refused("damaged") from None
            raise

    def histories(self) -> None:
        """Name the snapshots that no laptop will take in: by one who was an admin, and held by
        nobody. They harm nothing."""
        for sha, (device, entry) in sorted(self._makers.items()):
            maker = self._roster.members.get(device)
            if sha in self._held or (maker is not None and reads(maker.role) == COMPARTMENTS):
                continue
            why = refused("outdated")
            self._report.noticed.append(SetAside(entry.name, why.sentence, why.code))

    def attachment(self, entry: Entry) -> None:
        """One sealed attachment: its bits against its name, and against what cites it."""
        with _copied(self._place, entry) as (_, sha, _):
            match = BLOB.fullmatch(entry.name)
            if match is None:
                if sha in self._sealed.values():
                    return  # a copy under another name
                raise refused("not_ours")
            if sha != match[2] or self._sealed.get(entry.name, sha) != sha:
                raise refused("damaged")
        self._report.attachments += 1

    def chains(self) -> None:
        """Every bundle follows the one it names; those that are cited and absent are gaps."""
        absent: dict[str, set[int]] = {}
        have: dict[str, set[int]] = {}
        for core in self._cores.values():
            have.setdefault(core.device, set()).add(core.seq)
        for device, bundles in self._covered.items():
            have.setdefault(device, set()).update(bundles.values())
        covered = {sha for bundles in self._covered.values() for sha in bundles}
        for sha, core in self._cores.items():
            before = self._cores.get(core.prev)
            if before is not None:
                follows = (core.device, core.incarnation, core.seq - 1)
                if (before.device, before.incarnation, before.seq) != follows:
                    with _naming(self._names[sha], self._report):
                        raise refused("chain")
            elif core.prev and core.prev not in covered:
                absent.setdefault(core.device, set()).add(core.seq - 1)
            for device, mark in core.deps if core.device in self._roster.members else ():
                if mark.sha256 not in self._cores and mark.sha256 not in covered:
                    absent.setdefault(device, set()).add(mark.seq)
        for device, numbers in sorted(absent.items()):
            here = have.get(device, set())
            top = max(numbers)
            missing = {n for n in range(max(1, top - MOST_NAMED + 1), top + 1) if n not in here}
            missing |= numbers - here or (set() if missing else numbers)
            officer = self._roster.officer(device)
            self._report.gaps.append(Gap(device, officer, tuple(sorted(missing)[-MOST_NAMED:])))


@contextlib.contextmanager
def _copied(place: Place, entry: Entry) -> Iterator[tuple[BinaryIO, str, int]]:
    """A file's bytes where nobody can change them while they are checked, its hash and size."""
    with tempfile.SpooledTemporaryFile(IN_MEMORY) as spool:
        yield copied(place, entry, cast(BinaryIO, spool), lambda: None)
