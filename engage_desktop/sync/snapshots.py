"""The whole history in one file, from which a new laptop starts.

A snapshot holds every op, also those that were replaced since, so that history stays readable and
a laptop that is revoked later takes nothing with it; only what was erased is bare. It is made by a
laptop that reads everything, stands for the bundles it names, and lets them leave the place once
every laptop holds it (see `compaction`). Taking one in twice, or beside the bundles it stands for,
changes nothing.
"""

from __future__ import annotations

import contextlib
import re
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from typing import Any, BinaryIO

from db.changes import Op
from db.pages import Item, Page
from db.standing import Source
from engage_desktop.faults import fault_log, note_fault
from engage_desktop.sync.acks import hear, said_in
from engage_desktop.sync.container import Bundle, Part, PartSource, frame, write_bundle
from engage_desktop.sync.cores import SNAPSHOT, Core, Covered, Mark, Sealed
from engage_desktop.sync.errors import NotAllowed, Refused, refused
from engage_desktop.sync.fitting import fits
from engage_desktop.sync.keys import COMPARTMENTS, reads
from engage_desktop.sync.place import Entry, Place
from engage_desktop.sync.sending import digest_of, digests_in, mend_kept, seal_attachment
from engage_desktop.sync.sightings import Histories
from engage_desktop.sync.snapshot_lines import read_pages, write_items
from engage_desktop.sync.work import BLOB, Work, files, has_attachment

NAME = re.compile(r"snap/([0-9a-f]{64})\.snapshot")

FEWEST_BUNDLES, MOST_BUNDLES = 64, 512
"""Bundles that no snapshot stands for, after which one is made without being asked: the fewer the
smaller the last one was."""

HISTORY = "the whole history"
"""In a receipt, in place of an officer: changes that a snapshot brought beside known ones."""

BYTES_A_BUNDLE = 20_000
"""Of the last snapshot: making it anew costs about as much as looking at a bundle many times."""


def name_of(sha256: str) -> str:
    """Where a snapshot lies in a place."""
    return f"snap/{sha256}.snapshot"


# -- making ------------------------------------------------------------------------------------


def make(work: Work) -> str:
    """Write a snapshot of everything here, and keep it; its hash. Raises `NotAllowed`.

    Everything of this laptop's own has been frozen before.
    """
    if not may_make(work):
        raise NotAllowed(
            "Only a laptop that reads everything can make a snapshot: an admin's, once all that "
            "was sent has come. Nothing was changed."
        )
    position = work.books.position()
    _seal_anew(work)
    core = Core(
        team=work.mine.team.id,
        device=work.store.device,
        incarnation=position.incarnation,
        seq=position.seq,
        prev=position.sha256,
        deps=work.books.cited_heads(but=work.store.device),
        roster=work.mine.roster.head,
        attachments=tuple(_attachments(work)),
        kind=SNAPSHOT,
        covers=tuple(_taken(work)),
        erasures=tuple(sorted(work.erased())),
    )
    parts = list(_parts(work))
    with work.spool() as out:
        sha = write_bundle(out, core, parts, work.mine.sign, tick=work.tick)
        size = out.tell()
        out.seek(0)
        work.keep.put_if_absent(name_of(sha), out)
    epochs = {part.compartment: part.epoch for part in parts}
    work.books.cover(sha, core, epochs, COMPARTMENTS, {}, size)
    return sha


def may_make(work: Work) -> bool:
    """Does this laptop read everything, and is everything here that was sent?"""
    return reads(work.mine.role) == COMPARTMENTS and not work.books.sealed()


def _taken(work: Work) -> Iterator[Covered]:
    for sha, note in sorted(work.books.all_taken().items()):
        if note["device"]:
            mark = Mark(note["incarnation"], int(note["seq"]), sha)
            yield Covered(note["device"], mark, note.get("prev"))


def _seal_anew(work: Work) -> None:
    """After a change of keys, attachments have to open for who gets only the new ones."""
    if all(epoch == 1 for epoch in _epochs(work).values()):
        return
    wanted = {(digest_of(op), op.compartment) for _, op, _ in work.store.all_ops()}
    for digest, compartment in sorted(wanted):
        if digest:
            work.pause()
            seal_attachment(work, digest, compartment)


def _epochs(work: Work) -> dict[str, int]:
    """The key of each compartment in use now; none for one that has to get a new one first."""
    sealing = ((name, work.mine.roster.sealing(name)) for name in COMPARTMENTS)
    return {name: epoch.number for name, epoch in sealing if epoch is not None}


def _attachments(work: Work) -> Iterator[Sealed]:
    """Every sealed attachment that is kept here."""
    for entry in files(work.keep, "blob"):
        if match := BLOB.fullmatch(entry.name):
            yield Sealed(entry.name, match[2], entry.size)


def _parts(work: Work) -> Iterator[PartSource]:
    for compartment in COMPARTMENTS:
        epoch, to = work.mine.roster.recipient(compartment)
        items = work.store.all_ops([compartment])
        yield PartSource(compartment, epoch, to, write_items(_watched(work, items)))


def _watched(work: Work, items: Iterable[Item]) -> Iterator[Item]:
    for done, item in enumerate(items):
        if done % 500 == 0:
            work.pause()
            work.progress("Packing the whole history", done, 0)
        yield item


def wanted(work: Work) -> bool:
    """Should this laptop make one now, unasked?

    When somebody may read who could not before, when something was erased that no snapshot has
    gone without yet, and when too many bundles have gathered.
    """
    if not may_make(work):
        return False
    known = work.books.snapshots()
    erasures = set(work.erased())
    newest_covers = {old for note in known.values() for old in note["replaces"]}
    if len(set(known) - newest_covers) > 1:
        return True  # two admins made one each, and neither stands for the other
    if erasures and not any(erasures <= set(note["erasures"]) for note in known.values()):
        return True
    size = max((int(note["size"]) for note in known.values()), default=0)
    enough = min(MOST_BUNDLES, max(FEWEST_BUNDLES, size // BYTES_A_BUNDLE))
    if work.books.uncovered() >= enough:
        return True
    newest = _epochs(work)
    if len(newest) < len(COMPARTMENTS):
        return False  # the team's keys have to be changed first
    return newest != dict.fromkeys(newest, 1) and not any(
        note["epochs"] == newest for note in known.values()
    )


# -- taking in ---------------------------------------------------------------------------------


def take_in_snapshots(work: Work) -> None:
    """Look at every snapshot kept here or in the place; take in what is new of them.

    One that is known already is read through once in each place, and again when it was touched:
    who is new to the team has nothing else.
    """
    for entry in files(work.keep, "snap"):
        work.pause()
        match = NAME.fullmatch(entry.name)
        if match is None or entry.problem or _is_new(work, match[1]):
            with contextlib.suppress(Refused):  # damaged on this disk: the place has it, or will
                _read(work, work.keep, entry)
    lying = Histories(work.books, work.place.identity)
    for entry in files(work.place, "snap"):
        work.pause()
        try:
            sha, code = lying.known(entry)
            if code:
                raise refused(code)
            if not sha or _is_new(work, sha):
                _read(work, work.place, entry, lying)
        except Refused as error:
            work.receipt.set_aside(entry.name, error)
    work.histories = lying.keep()


def _is_new(work: Work, sha: str) -> bool:
    """Is there something to take from a snapshot: all of it, a part, or all once more?"""
    known = work.books.snapshots().get(sha)
    return known is None or _lacks(work, known) or bool(work.again and sha not in work.read_again)


def _lacks(work: Work, note: Mapping[str, Any]) -> bool:
    """Is there a part that this laptop may read now and did not open then?"""
    return any(
        name not in note["opened"] and work.mine.ring.openers(name, int(epoch))
        for name, epoch in note["epochs"].items()
    )


def _read(work: Work, source: Place, entry: Entry, lying: Histories | None = None) -> None:
    """Check one snapshot and take in what is new in it; note what lies there. Raises `Refused`."""
    file, sha, size = work.fetch(source, entry)
    match = NAME.fullmatch(entry.name)
    code = ""
    with file:
        if match is not None and match[1] != sha:
            code = _what_is_wrong(file, size)
        elif _is_new(work, sha):
            _take(work, source, file, sha, size)
        elif source is not work.keep:
            _mend_kept(work, name_of(sha), file)
    if lying is not None:
        lying.note(entry, sha, code)
    if code:
        raise refused(code)


def _what_is_wrong(file: BinaryIO, size: int) -> str:
    """Of a file that is not the one it is named for."""
    try:
        frame(file, size, SNAPSHOT)
    except Refused as error:
        return error.code
    return "damaged"


def _mend_kept(work: Work, name: str, file: BinaryIO) -> None:
    if any(entry.name == name for entry in files(work.keep, "snap")):
        mend_kept(work, name, file)


def _take(work: Work, source: Place, file: BinaryIO, sha: str, size: int) -> None:
    bundle = frame(file, size, SNAPSHOT)
    _believe(work, bundle)
    wanted = _load(work, bundle, _lacking(work, bundle))
    epochs = {part.compartment: part.epoch for part in bundle.parts}
    opened = [part.compartment for part in _openable(work, bundle)]
    work.read_again |= {sha} if work.again else set()
    work.own_from_elsewhere += _own_unknown(work, bundle.core)
    work.came_from |= {item.device for item in bundle.core.covers}
    if source is not work.keep:  # before it is noted, or a crash would leave it unkept
        file.seek(0)
        work.keep.put_if_absent(name_of(sha), file)
    work.books.cover(sha, bundle.core, epochs, opened, wanted, size)


def _believe(work: Work, bundle: Bundle) -> None:
    """Verify it against its maker's key; only who reads everything may make one.

    Its maker says when it was made, and nobody else does. So of one who is out or reads less now it
    is believed where it was taken in before, or where somebody else answers for it: it tells what
    others wrote.
    """
    if bundle.team != work.mine.team.id:
        raise refused("other_team")
    member = work.mine.roster.known.get(bundle.device)
    if member is None:
        raise refused("held" if bundle.device in work.mine.roster.held else "stranger")
    bundle.verify(member.sign)
    core = bundle.core
    made_at = Source(core.device, core.incarnation, core.seq, core.prev)
    role = work.mine.roster.role_at(core.device, core.roster, made_at)
    if role is None:
        raise refused("roster")
    if reads(role) != COMPARTMENTS:
        raise refused("not_admin")
    now = work.mine.roster.members.get(core.device)
    if (now is None or reads(now.role) != COMPARTMENTS) and not _is_vouched(work, bundle.sha256):
        raise refused("outdated")


def _is_vouched(work: Work, sha: str) -> bool:
    """Does an admin hold this snapshot, or this laptop itself?

    Where it has nothing yet, anybody's word will do, and none where nobody else ever said a word:
    there may be no other way to the history.
    """
    if sha in work.books.snapshots():
        return True
    told = len(work.receipt.quarantined)
    hear(work)
    del work.receipt.quarantined[told:]  # what is wrong with them is told when they are exchanged
    words = said_in(work.store)
    others = {d: m for d, m in work.mine.roster.members.items() if d in words}
    others.pop(work.store.device, None)
    if any(sha in words[d].snapshots and reads(m.role) == COMPARTMENTS for d, m in others.items()):
        return True
    if work.books.snapshots() or work.books.heads(but=work.store.device):
        return False
    return not others or any(sha in words[device].snapshots for device in others)


def _openable(work: Work, bundle: Bundle) -> list[Part]:
    openers = work.mine.ring.openers
    return [part for part in bundle.parts if openers(part.compartment, part.epoch)]


def _lacking(work: Work, bundle: Bundle) -> list[Part]:
    """The parts that hold anything that did not come in bundles, and that open here."""
    absent = any(work.books.taken(item.mark.sha256) is None for item in bundle.core.covers)
    sealed = {name for names in work.books.sealed().values() for name in names}
    erasures = set(bundle.core.erasures) - set(work.erased())
    everything = absent or erasures or work.again
    return [part for part in _openable(work, bundle) if everything or part.compartment in sealed]


def _own_unknown(work: Work, core: Core) -> list[Mark]:
    """This laptop's own files that it does not know of: it was restored or copied."""
    own = [item.mark for item in core.covers if item.device == work.store.device]
    return [mark for mark in own if work.books.taken(mark.sha256) is None]


def _load(work: Work, bundle: Bundle, parts: list[Part]) -> dict[str, set[str]]:
    """Give these parts to the store; the attachments they speak of and that are not here."""
    wanted: dict[str, set[str]] = {}
    if not parts:
        return wanted
    authors: Counter[str] = Counter()

    def check(op: Op) -> None:
        if not fits(work.store.registry, op):
            raise refused("content")

    pages = _noted(_pages(work, bundle, parts), wanted, authors)
    try:
        with contextlib.closing(pages):
            new = work.store.load_pages(
                pages, check=check, progress=_told(work), cancelled=work.cancelled
            ).new_ops
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        # One bad file must not stop all the others. It may also be ours that is at fault.
        note_fault(fault_log(), type(error), error.__traceback__)
        raise refused("content") from None
    work.receipt.received += new
    if new:  # of a history known in part, it is not told which were new
        known_in_part = Counter({HISTORY: new})
        found = authors if new == authors.total() else known_in_part
        work.receipt.from_whom = dict(Counter(work.receipt.from_whom) + found)
    return {digest: c for digest, c in wanted.items() if not has_attachment(work, digest)}


def _pages(work: Work, bundle: Bundle, parts: list[Part]) -> Iterator[Page]:
    for part in parts:
        identities = work.mine.ring.openers(part.compartment, part.epoch)
        yield from read_pages(bundle.lines(part, identities), part.compartment)


def _told(work: Work) -> Callable[[int, int], None]:
    return lambda done, total: work.progress("Taking in the whole history", done, total)


def _noted(
    pages: Iterable[Page], wanted: dict[str, set[str]], authors: Counter[str]
) -> Generator[Page]:
    """Count who wrote what, and note the attachments that are spoken of."""
    for page in pages:
        authors.update([page.heads[row[0]][2] for row in page.ops])
        for digest in digests_in(page):
            wanted.setdefault(digest, set()).add(page.compartment)
        yield page


__all__ = ["make", "may_make", "name_of", "take_in_snapshots", "wanted"]
