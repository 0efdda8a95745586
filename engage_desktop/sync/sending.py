"""Freeze what is new into files that never change again, and put them where they are missing.

The exact bytes are kept on this laptop before anything is published. Stopped anywhere, the next
run publishes those same bytes; numbers are never used for others.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import BinaryIO, cast

from db.changes import Op
from db.errors import DamagedStore, ReadOnly
from db.pages import Page
from db.standing import Source
from engage_desktop.sync.books import Position
from engage_desktop.sync.container import PartSource, frame, write_bundle
from engage_desktop.sync.cores import Core, Sealed
from engage_desktop.sync.errors import Refused
from engage_desktop.sync.keys import blob_name
from engage_desktop.sync.lines import end_line, head_line, op_line
from engage_desktop.sync.place import CHUNK
from engage_desktop.sync.sealing import seal_stream
from engage_desktop.sync.sightings import Histories
from engage_desktop.sync.work import BLOB, Work, bundle_name, files, named_hash

ENOUGH = 4 << 20
"""Bytes of lines after which a file is closed at the end of its change set."""

MOST_AGAIN = 9
"""How often one file is put again beside what was made of it."""

ATTACHMENT, DIGEST = "attachment", "digest"
"""The kind of record, and its field, that name an attachment's contents."""


@dataclass(slots=True)
class _Batch:
    """Whole change sets that go into one file."""

    arrival: int = 0
    ops: int = 0
    size: int = 0
    parts: dict[str, list[bytes]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    digests: set[tuple[str, str]] = field(default_factory=set)  # digest, compartment


def recover(work: Work) -> None:
    """Finish, or forget, a file whose freezing was cut off."""
    cut = work.books.freezing()
    if cut is None:
        return
    name = bundle_name(work.store.device, cut.seq, cut.sha256)
    for entry in files(work.keep, f"b/{work.store.device}"):
        if entry.name == name:
            file, _, size = work.fetch(work.keep, entry)
            with file:
                bundle = frame(file, size)
                bundle.verify(work.mine.sign.public)
            _frozen(work, cut, bundle.core)
            return
    work.books.drop_freezing()


def freeze(work: Work) -> None:
    """Put every own change since the last time into files kept here."""
    while True:
        work.pause()
        position = work.books.position()
        batch = _gather(work, position.arrival)
        if not batch.ops:
            return
        work.progress("Packing your changes", 0, batch.ops)
        sealed = [s for d, c in sorted(batch.digests) for s in seal_attachment(work, d, c)]
        core = Core(
            team=work.mine.team.id,
            device=work.store.device,
            incarnation=position.incarnation,
            seq=position.seq + 1,
            prev=position.sha256,
            deps=work.books.cited_heads(but=work.store.device),
            roster=work.mine.roster.head,
            attachments=tuple(sealed),
        )
        parts = []
        for compartment, lines in sorted(batch.parts.items()):
            epoch, to = work.mine.roster.recipient(compartment)
            lines.append(end_line(batch.counts[compartment]))
            parts.append(PartSource(compartment, epoch, to, lines))
        with work.spool() as out:
            sha = write_bundle(out, core, parts, work.mine.sign, tick=work.tick)
            next_ = Position(
                core.incarnation, core.seq, sha, batch.arrival, batch.ops, position.life
            )
            work.books.begin_freezing(next_)
            out.seek(0)
            work.keep.put_if_absent(bundle_name(core.device, core.seq, sha), out)
        _frozen(work, next_, core)
        work.frozen[sha] = batch.ops


def _frozen(work: Work, position: Position, core: Core) -> None:
    """The bytes are kept: note which file holds these changes, then that it exists."""
    source = Source(core.device, core.incarnation, core.seq, position.sha256)
    work.store.published(work.books.position().arrival, position.arrival, source)
    work.books.frozen(position, core)


def _gather(work: Work, after: int) -> _Batch:
    """The next change sets of this laptop, whole ones, until there is enough for one file."""
    batch = _Batch()
    opened: set[tuple[str, str]] = set()
    items = work.store.ops_after(after)
    with contextlib.closing(cast(Generator[object], items)):
        for arrival, head, op in items:
            if arrival != batch.arrival and batch.size >= ENOUGH:
                break
            batch.arrival = arrival
            compartment = op.compartment
            lines = batch.parts.setdefault(compartment, [])
            new = [op_line(op)]
            if (head.id, compartment) not in opened:
                opened.add((head.id, compartment))
                new.insert(0, head_line(head))
            lines.extend(new)
            batch.size += sum(map(len, new))
            batch.ops += 1
            batch.counts[compartment] = batch.counts.get(compartment, 0) + 1
            digest = digest_of(op)
            if digest:
                batch.digests.add((digest, compartment))
    return batch


def digest_of(op: Op) -> str:
    """The digest of the attachment that an op brings; "" for any other op."""
    value = op.values.get(DIGEST) if op.kind == ATTACHMENT else None
    return value if isinstance(value, str) else ""


def digests_in(page: Page) -> set[str]:
    """Those of all the ops of a page."""
    some = (row[5].get(DIGEST) for row in page.ops if row[3] == ATTACHMENT)
    return {value for value in some if isinstance(value, str)} - {""}


def blob_stems(work: Work, digest: str, compartment: str) -> list[str]:
    """How the names begin under which an attachment may lie, sealed for one compartment.

    Earlier releases sealed each digest once, whichever compartments it was wanted in.
    """
    names = [blob_name(work.mine.blob_key, digest, c) for c in (compartment, "")]
    return [name.removesuffix(".age") for name in names]


def seal_attachment(work: Work, digest: str, compartment: str) -> list[Sealed]:
    """Seal an attachment once for each compartment; what anybody sealed before is cited instead.

    Under a new key of the compartment it is sealed anew, or who got only that could not open it.
    """
    if not work.blobs.has(digest):
        return []
    stem, _ = blob_stems(work, digest, compartment)
    epoch, to = work.mine.roster.recipient(compartment)
    folder = stem.rpartition("/")[0]
    for entry in files(work.keep, folder) if work.books.sealed_epoch(stem) == epoch else ():
        if entry.name.startswith(stem) and (match := BLOB.fullmatch(entry.name)):
            return [Sealed(entry.name, match[2], entry.size)]
    with work.spool() as out:
        try:
            size, sha = seal_stream(work.blobs.read(digest), out, to, work.tick)
        except DamagedStore as error:
            work.receipt.notes.append(error.sentence)
            return []
        out.seek(0)
        name = f"{stem}-{sha}.age"
        work.keep.put_if_absent(name, out)
    work.books.note_sealed(stem, epoch)
    return [Sealed(name, sha, size)]


def publish(work: Work, there: set[str]) -> None:
    """Put every file that the place lacks; `there` are the hashes of the bundles it has.

    Attachments go first, so that a bundle never speaks of one that is not there yet.
    """
    _publish_attachments(work)
    publish_history(work)
    kept = {named_hash(e.name): e for e in files(work.keep, "b")}
    work.receipt.sent += sum(n for sha, n in work.frozen.items() if sha not in kept)  # by snapshot
    lacking = [e for sha, e in kept.items() if sha not in there]
    put: set[str] = set()
    for done, entry in enumerate(lacking):
        work.progress("Sending", done, len(lacking))
        sha = named_hash(entry.name)
        note = work.books.taken(sha)
        if note is None:
            continue
        work.pause()
        if not is_whole(work, entry.name):
            work.broken += [entry.name] if sha in work.altered | work.gone else []
            continue
        name = _put_back(work, entry.name) if sha in work.altered else _put(work, entry.name)
        if not name:
            continue
        put.add(name)
        if note["device"] == work.store.device:
            work.receipt.sent += int(note["ops"])
        else:
            work.receipt.passed_on += 1
    work.progress("Sending", len(lacking), len(lacking))
    if put:
        _note_as_whole(work, put)


def publish_history(work: Work) -> None:
    """Put every snapshot kept here that the place lacks; beside what somebody made of it."""
    lying = {entry.name for entry in files(work.place, "snap")}
    whole = set(work.histories.values())
    put: dict[str, str] = {}
    for entry in files(work.keep, "snap"):
        sha = named_hash(entry.name)
        if sha in whole or not is_whole(work, entry.name):
            continue
        work.progress("Sending the whole history", 0, 0)
        put_it = _put_back if entry.name in lying else _put
        if name := put_it(work, entry.name):
            put[name] = sha
    if put:
        known = Histories(work.books, work.place.identity)
        for entry in files(work.place, "snap"):
            if entry.name in put:
                known.note(entry, put[entry.name], "")
            else:
                known.known(entry)
        work.histories = known.keep()


def _put_back(work: Work, name: str) -> str:
    """Put one beside what somebody made of it. Where nothing may be put it is named, no more."""
    with contextlib.suppress(ReadOnly):
        return _put(work, name, MOST_AGAIN)
    return ""


def _note_as_whole(work: Work, put: set[str]) -> None:
    """How the place stamped what was just put: under another stamp it is looked at again."""
    seen = work.books.seen(work.place.identity, {})
    for entry in files(work.place, "b"):
        sha = named_hash(entry.name)
        if sha and entry.name in put:
            seen[sha] = entry.stamp
    work.books.set_seen(work.place.identity, seen)


def _publish_attachments(work: Work) -> None:
    """A place is asked what it has only when there is something new, and once a day."""
    kept = {e.name: e.size for e in files(work.keep, "blob") if BLOB.fullmatch(e.name)}
    if work.books.has_all(work.place.identity, kept):
        return
    blobs = {e.name: e.size for e in files(work.place, "blob") if not e.problem}
    whole = True
    for name, size in sorted(kept.items()):
        if blobs.get(name) != size:
            sent = is_whole(work, name) and bool(_put(work, name))
            work.receipt.attachments_sent += sent
            whole = whole and sent
    if whole and kept:
        work.books.note_has_all(work.place.identity, kept)


def _put(work: Work, name: str, again: int = 1) -> str:
    """Publish a kept file that is whole; the name it got, "" for none.

    Where its own is taken by something else it gets another, of `again` that are tried.
    """
    work.pause()
    stem, dot, ending = name.rpartition(".")
    marks = ["", "-again", *(f"-again{n}" for n in range(2, again + 1))]
    for mark in marks:
        candidate = f"{stem}{mark}{dot}{ending}"
        try:
            with contextlib.closing(work.keep.open(name)) as source:
                if work.place.put_if_absent(candidate, source):
                    return candidate
        except Refused as error:
            if error.code != "link" or mark == marks[-1]:
                raise  # else it is of that name, and the next one may be free
    return ""


def mend_kept(work: Work, name: str, file: BinaryIO) -> None:
    """A place has this file whole: so has this laptop then, also where its own was damaged."""
    if not is_whole(work, name):
        work.keep.remove(name)
        file.seek(0)
        work.keep.put_if_absent(name, file)


def is_whole(work: Work, name: str) -> bool:
    """Is a file kept here as it was made? One that was damaged on this disk must not be sent."""
    digest = hashlib.sha256()
    try:
        with contextlib.closing(work.keep.open(name)) as source:
            while chunk := source.read(CHUNK):
                digest.update(chunk)
    except Refused:
        return False
    match = BLOB.fullmatch(name)
    return digest.hexdigest() == (match[2] if match else named_hash(name))
