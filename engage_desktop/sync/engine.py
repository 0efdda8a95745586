"""One sync, from opening the place to the receipt.

Everything is taken in before anything is sent, so that what is sent can cite it. Stopped at any
point, by a person, a fault or a crash, the next sync goes on from there: nothing is lost and
nothing counts twice. Nothing is ever deleted because something is absent.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

from db.blobs import Blobs
from db.errors import InvalidInput, ReadOnly
from db.standing import Verdict
from db.store import Store
from engage_desktop.outside import check_outside
from engage_desktop.plain import counted
from engage_desktop.sync.acks import exchange_acks, read_of_field_copies
from engage_desktop.sync.authority import REASONS
from engage_desktop.sync.books import Books
from engage_desktop.sync.compaction import compact_keep, compact_place, erasures_done, waited_for
from engage_desktop.sync.errors import NoTeam
from engage_desktop.sync.folder import exchange_roster, open_folder, read_team_file
from engage_desktop.sync.mending import make_good
from engage_desktop.sync.place import LocalPlace, Place
from engage_desktop.sync.reading_again import look_for_what_to_read_again, note_what_was_read_again
from engage_desktop.sync.receiving import fetch_attachments, open_what_was_sealed, receive
from engage_desktop.sync.remains import remove_remains
from engage_desktop.sync.rights import judge_store
from engage_desktop.sync.roster import KeysNeeded
from engage_desktop.sync.sending import freeze, publish, recover
from engage_desktop.sync.snapshots import make, take_in_snapshots, wanted
from engage_desktop.sync.team import Membership, create_team, has_team
from engage_desktop.sync.team_asking import enter_from, pending
from engage_desktop.sync.team_out import out_words
from engage_desktop.sync.work import (
    Progress,
    SetAside,
    SyncReceipt,
    Waiting,
    Work,
    keep_place,
    quiet,
)

LAST = "sync.last"
"""Setting with the receipt of the last sync, for "data as of"."""


def sync_once(
    store: Store,
    blobs: Blobs,
    place: Place,
    *,
    keep: Path | LocalPlace,
    start: bool = False,
    snapshot: bool = False,
    tidy: Callable[[], object] = lambda: None,
    progress: Progress = quiet,
    cancelled: Callable[[], bool] = lambda: False,
) -> SyncReceipt:
    """Send what is new here, receive what is new there.

    `keep` is the workspace's own folder for sealed files: every one that was made or taken in
    stays there, so that another place (a stick, a new folder) can be given the whole history.
    `start` says that the officer confirmed an empty folder as the team's; `snapshot` asks for one
    even where none is due, and raises `NotAllowed` where this laptop may make none. `tidy` takes
    away the last remains of erasures that came, so that this sync can confirm them. A workspace
    without a team founds one, unless the folder is some team's already. Raises `NoTeam` then, and
    `FolderUnavailable`, `FolderNotStarted`, `OtherTeam`, `DiskFull`, `ReadOnly`, `Cancelled`, and
    `InvalidInput` where the folder and the workspace lie one in the other; files that
    cannot be used are named in the receipt instead.
    """
    _check_apart(place, keep)
    mine = _own_team(store, place)
    if store.lateness is None:  # just opened: its rules are loaded when they are wanted, so now
        judge_store(store, mine.roster)
    kept = keep if isinstance(keep, LocalPlace) else keep_place(keep, store.device)
    receipt = SyncReceipt(at_ms=store.now())
    work = Work(store, blobs, place, kept, mine, Books(store), receipt, progress, cancelled)
    work.pause()
    progress(f"Opening the {place.called}", 0, 0)
    open_folder(work, start=start)
    _sweep(work)
    exchange_roster(work)
    recover(work)
    take_in_snapshots(work)
    there = receive(work)
    if look_for_what_to_read_again(work):
        there = _read_again(work)
    open_what_was_sealed(work)
    _judge_what_waited_for_files(work)
    tidy()
    remove_remains(work)
    fetch_attachments(work)
    _go_on_under_a_new_number(work)
    try:
        freeze(work)
        if snapshot or wanted(work):
            make(work)
            _tell_of_history(work)
    except KeysNeeded as error:  # what others sent is taken in and passed on all the same
        receipt.notes.append(error.sentence)
    compact_keep(work)
    publish(work, there)
    if make_good(work):
        _tell_of_history(work)
    exchange_acks(work, work.books.snapshots(), erasures_done(work), read_of_field_copies(work))
    compact_place(work)
    _conclude(work)
    return receipt


def _check_apart(place: Place, keep: LocalPlace | Path) -> None:
    """The live records never lie in the shared folder, nor that folder among them."""
    if not isinstance(place, LocalPlace):
        return
    try:
        check_outside(place.folder / "team.json")
    except ReadOnly:  # it cannot even be looked into, which the place tells better
        next(iter(place.entries()), None)
        raise
    kept = keep.folder if isinstance(keep, LocalPlace) else keep
    if kept.absolute().resolve().is_relative_to(place.folder.absolute().resolve()):
        raise InvalidInput(
            f"The workspace lies in the folder “{place.folder.resolve().name}”, so that folder "
            "cannot be the shared one: the records themselves would be shared too. Nothing was "
            "sent. Make a folder beside the workspace, and share that one."
        )


def _own_team(store: Store, place: Place) -> Membership:
    """This workspace's team, founded at its first sync.

    Not where the folder is some team's: the officer means to join that one, and could not any
    more after founding another.
    """
    if not has_team(store):
        place.check()
        team = read_team_file(place)
        if team is not None:
            entered = enter_from(store, place)
            if entered is not None:
                return entered
            asked = pending(store)
            if asked is not None:
                raise NoTeam(
                    "No admin has let this laptop in yet. Nothing was sent, received or changed. "
                    f"Read these words to one of the team: {asked.words}"
                )
            raise NoTeam(
                f"This {place.called} belongs to a team, and this workspace is in none. Nothing "
                "was sent, received or changed. Ask an admin of the team for an invitation, and "
                "make a workspace with it."
            )
    return create_team(store)


def _sweep(work: Work) -> None:
    work.keep.sweep()
    work.place.sweep()


def _read_again(work: Work) -> set[str]:
    there = receive(work)
    if work.again:
        take_in_snapshots(work)
    note_what_was_read_again(work)
    work.receipt.quarantined[:] = dict.fromkeys(work.receipt.quarantined)
    return there


def _judge_what_waited_for_files(work: Work) -> None:
    """Which file follows which tells what a revocation reaches, and files come one by one."""
    if any(op.verdict is Verdict.WAITING for op in work.store.set_aside()):
        work.store.reconsider(())


def _go_on_under_a_new_number(work: Work) -> None:
    """After files of our own came that this store never made: it was restored or copied."""
    position = work.books.position()
    forgotten = work.own_from_elsewhere
    rows = {mark.incarnation for mark in forgotten}
    if position.incarnation in rows or position.life != work.books.life():
        work.books.begin_incarnation(max([0, *(mark.seq for mark in forgotten)]))
    if not forgotten:
        return
    work.receipt.notes.append(
        f"The {work.place.called} holds changes that this laptop sent and had forgotten: this "
        "workspace was restored from a backup, or copied. They were taken in again, and nothing "
        "is lost. If there are two copies of it, use only one."
    )


def _conclude(work: Work) -> None:
    roster, receipt = work.mine.roster, work.receipt
    out = roster.known.keys() - roster.members.keys()
    for device, missing in sorted(work.books.missing(out).items()):
        if missing:
            receipt.waiting.append(Waiting(device, roster.officer(device), tuple(missing)))
    if work.store.device in roster.known and not work.mine.role:
        receipt.notes.append(
            f"{out_words(roster, work.store.device)} Colleagues do not take in what is written on "
            "it from then on. Everything that is here is kept."
        )
    elif work.store.device not in roster.members:
        receipt.notes.append(
            "The invitation of this laptop was used on another one too, so colleagues do not "
            "take in what it sends yet. Ask an admin for a new invitation and join with it."
        )
    _name_what_does_not_count(work)
    waited_for(work)
    receipt.conflicts = work.store.conflict_count()
    work.books.used(work.place.identity, work.store.now())
    work.store.set_setting(LAST, receipt.as_json())


def _tell_of_history(work: Work) -> None:
    if len(work.mine.roster.members) > 1:
        work.receipt.notes.append(
            "The whole history was written anew. Each colleague’s laptop takes it when it next "
            "sends and receives."
        )


def _name_what_does_not_count(work: Work) -> None:
    """Changes by somebody who had no right to them: kept, shown, and without effect."""
    aside = [op for op in work.store.set_aside() if op.verdict is Verdict.ASIDE]
    for (officer, reason), count in sorted(
        Counter((op.officer, op.reason) for op in aside).items()
    ):
        name = f"{counted(count, 'change')} by {officer}"
        work.receipt.quarantined.append(SetAside(name, REASONS.get(reason, reason), reason))
