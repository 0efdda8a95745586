"""Take in what colleagues left: in any order, any number of times, each file whole or not."""

from __future__ import annotations

import contextlib
import queue
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import BinaryIO, cast

from db.changes import ChangeSetHead, Op
from db.errors import DamagedStore, KnownError
from db.standing import Source
from engage_desktop.faults import fault_log, note_fault
from engage_desktop.sync.container import Bundle, frame
from engage_desktop.sync.cores import Mark
from engage_desktop.sync.errors import MISNAMED, Refused, refused
from engage_desktop.sync.fitting import fits
from engage_desktop.sync.lines import read_lines
from engage_desktop.sync.place import Entry, Place
from engage_desktop.sync.sealing import open_stream
from engage_desktop.sync.sending import blob_stems, digest_of, mend_kept
from engage_desktop.sync.sightings import Sightings
from engage_desktop.sync.work import BLOB, Work, bundle_name, files, has_attachment, named_hash

SAVED_EVERY = 100
"""After so many files it is noted which were read, so that not even a kill has them read again."""

_SAYS_DAMAGE = {"empty", "cut_short", "too_long", "too_big", "not_ours", "newer"}


def receive(work: Work) -> set[str]:
    """Take in every new file, kept here or in the place; the hashes that the place holds.

    What was taken in elsewhere is read through once in each place, so that what was altered there
    is found; a run that is cut off goes on behind what it had read.
    """
    for entry in [e for e in files(work.keep, "b") if not _is_taken(work, e)]:
        with contextlib.suppress(Refused):  # damaged on this disk: the place has it, or will
            _take(work, work.keep, entry, keep=False)
    sizes = {named_hash(entry.name): entry.size for entry in files(work.keep, "b")}
    listed = list(files(work.place, "b"))
    known = Sightings(work.books, work.place.identity, listed, sizes)
    work.gone = set(known.gone)
    there: set[str] = set()
    new: list[Entry] = []
    unread: list[Entry] = []
    for entry in listed:
        sha = known.held(entry)
        whole = not entry.problem and entry.size and sizes.get(sha, entry.size) == entry.size
        if not (sha and whole and _is_done(work, sha)):
            new.append(entry)
        elif not known.is_known(entry):
            unread.append(entry)
        else:
            _found(work, known, entry, sha)
            there.add(sha)
    try:
        there |= _read(work, known, new, "Receiving")
        there |= _read(work, known, unread, f"Reading what lies in the {work.place.called}")
    except KnownError:
        known.keep_so_far()
        raise
    known.keep()
    return there


def _read(work: Work, known: Sightings, entries: list[Entry], words: str) -> set[str]:
    """Read these files of the place, and take in what is new; the hashes of those that are good."""
    good: set[str] = set()
    for done, entry in enumerate(entries):
        work.pause()
        work.progress(words, done, len(entries))
        if done % SAVED_EVERY == SAVED_EVERY - 1:
            known.keep_so_far()
        try:
            sha = _take(work, work.place, entry, keep=True)
        except Refused as error:
            if error.code == "vanished" and _is_done(work, known.held(entry)):
                good.add(known.held(entry))  # a colleague cleared it away meanwhile
                continue
            work.receipt.set_aside(entry.name, error)
            work.altered.add(named_hash(entry.name))
            continue
        _found(work, known, entry, sha)
        good.add(sha)
    if entries or words == "Receiving":
        work.progress(words, len(entries), len(entries))
    return good


def _found(work: Work, known: Sightings, entry: Entry, sha: str) -> None:
    """A good file, which is named as long as it lies under another's name."""
    known.note(entry, sha)
    if named_hash(entry.name) not in ("", sha):
        work.receipt.set_aside(entry.name, refused(MISNAMED))
        work.altered.add(named_hash(entry.name))


def _is_taken(work: Work, entry: Entry) -> bool:
    sha = named_hash(entry.name)
    return not sha or _is_done(work, sha)


def _is_done(work: Work, sha: str) -> bool:
    """Was a file taken in, and is there no reason to read it again?"""
    return work.books.taken(sha) is not None and sha not in work.again


def _take(work: Work, source: Place, entry: Entry, *, keep: bool) -> str:
    """Check one file and take in what it holds; its hash. Raises `Refused`."""
    file, sha, size = work.fetch(source, entry)
    with file:
        if _is_done(work, sha):
            if keep:
                _mend_kept(work, sha, file)
            return sha
        try:
            bundle = frame(file, size)
            member = _believe(work, bundle)
        except Refused as error:
            if named_hash(entry.name) not in ("", sha) and error.code not in _SAYS_DAMAGE:
                raise refused("damaged") from None
            raise

        def put() -> None:
            file.seek(0)
            work.keep.put_if_absent(bundle_name(bundle.device, bundle.core.seq, sha), file)

        take_in(work, bundle, member, put if keep else None)
    return sha


def _mend_kept(work: Work, sha: str, file: BinaryIO) -> None:
    """Unless a snapshot that is kept here stands for it."""
    note = work.books.taken(sha) or {}
    if note.get("device") and not note.get("in"):
        mend_kept(work, bundle_name(str(note["device"]), int(note.get("seq", 0)), sha), file)


def _believe(work: Work, bundle: Bundle) -> str:
    """Verify a file against its sender's key; the officer whose laptop it is. Raises `Refused`.

    What comes after a laptop was taken out of the team is taken in like all else, and the judge
    sets it aside: were it refused, what a laptop holds would hang on whether it heard of the
    revocation before or after the file, and so would what two files come to together.
    """
    if bundle.team != work.mine.team.id:
        raise refused("other_team")
    roster = work.mine.roster
    member = roster.known.get(bundle.device)
    if member is None:
        held = roster.held.get(bundle.device)
        raise refused("held" if held else "stranger")
    bundle.verify(member.sign)
    return member.officer


def take_in(
    work: Work, bundle: Bundle, officer: str, put: Callable[[], None] | None = None
) -> None:
    """Give a verified file's changes to the store, all or none. Raises `Refused`.

    `put` keeps the file: before it is noted as taken in, or a crash would leave it unkept.
    """
    openable = [
        (part, identities)
        for part in bundle.parts
        if (identities := work.mine.ring.openers(part.compartment, part.epoch))
    ]
    unopened = {p.compartment for p in bundle.parts} - {p.compartment for p, _ in openable}
    wanted: dict[str, set[str]] = {}
    counted = [0]

    def items() -> Iterator[tuple[ChangeSetHead, Op]]:
        for part, identities in openable:
            lines = bundle.lines(part, identities)
            for head, op in read_lines(lines, bundle.device, officer, part.compartment):
                if not fits(work.store.registry, op):
                    raise refused("content")
                counted[0] += 1
                work.pause()
                digest = digest_of(op)
                if digest:
                    wanted.setdefault(digest, set()).add(part.compartment)
                yield head, op

    core = bundle.core
    source = Source(core.device, core.incarnation, core.seq, bundle.sha256)
    try:
        received = work.store.receive(items(), source=source)
    except (ValueError, TypeError, KeyError, AttributeError, OverflowError) as error:
        # One bad file must not stop all the others. It may also be ours that is at fault.
        note_fault(fault_log(), type(error), error.__traceback__)
        raise refused("content") from None
    if bundle.device == work.store.device and work.books.taken(bundle.sha256) is None:
        work.own_from_elsewhere.append(Mark(core.incarnation, core.seq, bundle.sha256))
    missing = {d: c for d, c in wanted.items() if not has_attachment(work, d)}
    if put is not None:
        put()
    work.books.take(bundle.sha256, bundle.core, counted[0], unopened, missing)
    work.again.discard(bundle.sha256)
    work.came_from.add(bundle.device)
    work.receipt.received += received.new_ops
    for device in received.contradicted:
        whose = work.mine.roster.officer(device) or "a laptop not known yet"
        work.receipt.notes.append(
            f"The laptop of {whose} sent two different changes under one number. What both "
            "say counts, on everybody’s laptop, and nothing else of them. Ask an admin to look at "
            "that laptop."
        )
    if received.new_ops:
        tally = work.receipt.from_whom
        tally[officer] = tally.get(officer, 0) + received.new_ops


def open_what_was_sealed(work: Work) -> None:
    """Parts that could not be opened when they came, where the keys have come since."""
    for sha, compartments in work.books.sealed().items():
        if not any(name in work.mine.ring.identities for name in compartments):
            continue
        note = work.books.taken(sha) or {}
        name = bundle_name(str(note.get("device")), int(note.get("seq", 0)), sha)
        with contextlib.suppress(Refused):
            file, _, size = work.fetch(work.keep, Entry(name, size=1))
            with file:
                bundle = frame(file, size)
                take_in(work, bundle, _believe(work, bundle))


# -- attachments -------------------------------------------------------------------------------


def fetch_attachments(work: Work) -> None:
    """Copy the sealed attachments that bundles speak of, and open those that records name."""
    fetch = work.books.to_fetch()
    got: list[str] = []
    there = {e.name: e for e in files(work.place, "blob")} if fetch else {}
    kept = {e.name for e in files(work.keep, "blob")} if fetch or work.books.wanted() else set()
    for done, (name, (sha, _)) in enumerate(sorted(fetch.items())):
        work.pause()
        work.progress("Receiving attachments", done, len(fetch))
        if name in kept:
            got.append(name)
        elif name in there and BLOB.fullmatch(name):
            try:
                file, found, _ = work.fetch(work.place, there[name])
                with file:
                    if found != sha:
                        raise refused("damaged")
                    work.keep.put_if_absent(name, file)
            except Refused as error:
                work.receipt.set_aside(name, error)
                continue
            got.append(name)
            kept.add(name)
    if got:
        work.books.fetched(got)
    _open_attachments(work, kept)
    work.receipt.attachments_missing = len(work.books.wanted())


def _open_attachments(work: Work, kept: set[str]) -> None:
    wanted = work.books.wanted()
    got = []
    for digest, compartments in wanted.items():
        work.pause()
        sealed = _sealed_for(work, kept, digest, compartments)
        if any(has_attachment(work, digest) or _open_attachment(work, *s, digest) for s in sealed):
            work.receipt.attachments_received += 1
            got.append(digest)
    if got:
        work.books.got(got)


def _sealed_for(
    work: Work, kept: set[str], digest: str, compartments: list[str]
) -> Iterator[tuple[str, str]]:
    """(name, compartment) of the sealed files kept here that may hold an attachment."""
    for compartment in compartments:
        for stem in blob_stems(work, digest, compartment):
            yield from ((name, compartment) for name in sorted(kept) if name.startswith(stem))


def _open_attachment(work: Work, name: str, compartment: str, digest: str) -> bool:
    keys = work.mine.ring.all_of(compartment)
    if not keys:
        return False
    with contextlib.closing(work.keep.open(name)) as source, Piped(source, keys) as plain:
        try:
            found, _ = work.blobs.put(cast(BinaryIO, plain))
        except (Refused, DamagedStore):
            return False
    return found == digest  # what else was in it stays: it may be another record's too


class Piped:
    """Turns age, which pushes what it opens, into a reader, a few chunks at a time."""

    def __init__(self, sealed: BinaryIO, identities: Iterable[str]) -> None:
        self._chunks: queue.Queue[bytes | BaseException | None] = queue.Queue(maxsize=64)
        self._rest = b""
        self._ended = False
        self._stopped = threading.Event()
        self._thread = threading.Thread(
            target=self._push, args=(sealed, list(identities)), daemon=True
        )

    def __enter__(self) -> Piped:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._stopped.set()
        with contextlib.suppress(queue.Empty):
            while True:
                self._chunks.get_nowait()
        self._thread.join()

    def _push(self, sealed: BinaryIO, identities: list[str]) -> None:
        last: BaseException | None = None
        try:
            open_stream(sealed, cast(BinaryIO, self), identities)
        except BaseException as error:  # noqa: BLE001  (or who reads would wait for ever)
            last = error
        self._hand(last)

    def _hand(self, item: bytes | BaseException | None) -> None:
        while not self._stopped.is_set():
            try:
                self._chunks.put(item, timeout=0.1)
                return
            except queue.Full:
                continue

    def write(self, data: bytes) -> int:
        """Called by age on the other thread."""
        if self._stopped.is_set():
            raise OSError("nobody reads any more")
        self._hand(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back here."""

    def read(self, size: int) -> bytes:
        """Up to `size` bytes; empty at the end. Raises `Refused` when it does not open."""
        while not self._rest and not self._ended:
            item = self._chunks.get()
            if isinstance(item, BaseException):
                self._ended = True
                raise item
            if item is None:
                self._ended = True
                break
            self._rest = item
        data, self._rest = self._rest[:size], self._rest[size:]
        return data


__all__ = ["Piped", "fetch_attachments", "open_what_was_sealed", "receive"]
