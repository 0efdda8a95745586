"""What this laptop remembers of its syncs. Small settings; nothing here is ever sent.

Which files were taken in is noted by hash, one setting a file, so that a sync with nothing new
writes nothing and costs the same however long the history is. What is known to exist but has
not come yet is told by the hashes that others cite.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from db.store import Store
from engage_desktop.sync.canonical import canonical, sha256
from engage_desktop.sync.cores import Core, Mark

MOST_NAMED = 1000
"""Numbers listed as missing from one laptop, at most; the newest of them."""

MOST_ROWS_CITED = 50
"""Rows of one laptop that a file names."""

_SELF, _FREEZING = "sync.self", "sync.freezing"
_ROWS, _PLACES, _FETCH, _WANTED = "sync.rows", "sync.places", "sync.fetch", "sync.wanted"
_BUNDLE, _SNAPSHOTS, _UNCOVERED = "sync.b.", "sync.snapshots", "sync.uncovered"
_LIFE = "incarnation"
_SEALED, _ODD, _HISTORIES = "sync.sealed", "sync.odd.", "sync.histories."
_SEEN, _SEEN_MARK = "sync.seen.", "sync.seen_mark."
_EPOCHS, _PUT = "sync.sealed_epochs", "sync.attachments_there"
DAY_MS = 24 * 60 * 60 * 1000


@dataclass(frozen=True, slots=True)
class Position:
    """How far this laptop has come in what it sends.

    `arrival` is the number of the last own change set that is in a file; `seq` and `sha256` are
    that file's. "" for the hash means that the next file is the first of its incarnation.
    """

    incarnation: str
    seq: int = 0
    sha256: str = ""
    arrival: int = 0
    ops: int = 0
    life: str = ""  # the workspace's own mark; a restored backup has a new one


class Books:
    """The bookkeeping of one workspace."""

    def __init__(self, store: Store) -> None:
        self._store = store
        rows: Mapping[str, Any] = store.get_setting(_ROWS, {})
        self._have: dict[str, list[list[int]]] = dict(rows.get("have", {}))
        self._heads: dict[str, dict[str, list[Any]]] = dict(rows.get("heads", {}))
        self._cited: dict[str, list[Any]] = dict(rows.get("cited", {}))
        self._notes: dict[str, Mapping[str, Any]] = {}

    # -- own row ---------------------------------------------------------------------------

    def position(self) -> Position:
        """Where this laptop stands; a new incarnation when it never sent anything."""
        value = self._store.get_setting(_SELF)
        return Position(**value) if value else Position(self._store.new_id(), life=self.life())

    def life(self) -> str:
        """The mark that a workspace is given when it is made and when it is restored."""
        return str(self._store.get_setting(_LIFE, ""))

    def freezing(self) -> Position | None:
        """A file that was being frozen when the program stopped."""
        value = self._store.get_setting(_FREEZING)
        return Position(**value) if value else None

    def begin_freezing(self, position: Position) -> None:
        """Note which bytes are about to be kept, before they are."""
        self._store.set_setting(_FREEZING, asdict(position))

    def drop_freezing(self) -> None:
        """Nothing had been kept: the numbers are free again."""
        self._store.set_setting(_FREEZING, None)

    def frozen(self, position: Position, core: Core) -> None:
        """The bytes are kept: from now on this file exists, whatever happens."""
        with self._store.bookkeeping():
            self._store.set_setting(_SELF, asdict(position))
            self._store.set_setting(_FREEZING, None)
            self._store.set_setting(_UNCOVERED, self.uncovered() + 1)
            self._note(position.sha256, core, position.ops, [])

    def begin_incarnation(self, at_least: int) -> Position:
        """Go on under a new number: this store is a restored or copied one."""
        old = self.position()
        seq = max(at_least, old.seq)
        new = Position(self._store.new_id(), seq, "", old.arrival, life=self.life())
        self._store.set_setting(_SELF, asdict(new))
        return new

    # -- files taken in --------------------------------------------------------------------

    def taken(self, sha256: str) -> Mapping[str, Any] | None:
        """What is known of a file that was taken in; None for any other."""
        note = self._notes.get(sha256)
        if note is None:
            note = self._store.get_setting(_BUNDLE + sha256)
            if note is not None:
                self._notes[sha256] = note
        return note

    def take(
        self,
        sha256: str,
        core: Core,
        ops: int,
        unopened: Iterable[str],
        wanted: Mapping[str, Iterable[str]],
    ) -> None:
        """A file's changes are in the store.

        `wanted` are attachments to look for: digest -> compartments they are sealed for.
        """
        with self._store.bookkeeping():
            if self.taken(sha256) is None:
                self._store.set_setting(_UNCOVERED, self.uncovered() + 1)
            self._note(sha256, core, ops, list(unopened))
            self._look_for(core, wanted)

    def _look_for(self, core: Core, wanted: Mapping[str, Iterable[str]]) -> None:
        if core.attachments:
            fetch = dict(self._store.get_setting(_FETCH, {}))
            fetch |= {a.name: [a.sha256, a.size] for a in core.attachments}
            self._store.set_setting(_FETCH, fetch)
        if wanted:
            before = self.wanted()
            more = {d: sorted({*before.get(d, ()), *names}) for d, names in wanted.items()}
            self._store.set_setting(_WANTED, {**before, **more})

    def _note_mark(self, device: str, mark: Mark, ops: int, prev: str | None = None) -> None:
        note: dict[str, Any] = dict(self.taken(mark.sha256) or {})
        note |= {"device": device, "incarnation": mark.incarnation, "seq": mark.seq, "ops": ops}
        if prev is not None:
            note["prev"] = prev
        self._keep_note(mark.sha256, note)
        self._add(device, mark.seq)
        row = self._heads.setdefault(device, {})
        if mark.seq >= row.get(mark.incarnation, [0])[0]:
            row[mark.incarnation] = [mark.seq, mark.sha256]

    def _keep_note(self, sha256: str, note: Mapping[str, Any]) -> None:
        self._store.set_setting(_BUNDLE + sha256, note)
        self._notes[sha256] = note

    def _save_rows(self) -> None:
        rows = {"have": self._have, "heads": self._heads, "cited": self._cited}
        self._store.set_setting(_ROWS, rows)

    def _note(self, sha256: str, core: Core, ops: int, unopened: list[str]) -> None:
        self._note_mark(core.device, Mark(core.incarnation, core.seq, sha256), ops, core.prev)
        self._cited.pop(sha256, None)
        cited = [(core.device, Mark(core.incarnation, core.seq - 1, core.prev))]
        for device, mark in [*core.deps, *(cited if core.prev else [])]:
            self._cite(device, mark, core.device)
        self._save_rows()
        sealed = dict(self._store.get_setting(_SEALED, {}))
        before = dict(sealed)
        sealed.pop(sha256, None)
        if unopened:
            sealed[sha256] = unopened
        if sealed != before:
            self._store.set_setting(_SEALED, sealed)

    def _cite(self, device: str, mark: Mark, by: str) -> None:
        """A laptop says that a file exists which has not come. Earlier releases noted not which."""
        if self.taken(mark.sha256) is None:
            *_, told = self._cited.get(mark.sha256, [device, mark.seq, []])
            whose = {by, *told} if isinstance(told, list) else set()
            self._cited[mark.sha256] = [device, mark.seq, sorted(whose)]

    def _add(self, device: str, seq: int) -> None:
        """Add a number to a laptop's ranges."""
        numbers = [*self._have.get(device, []), [seq, seq]]
        numbers.sort()
        merged: list[list[int]] = []
        for low, high in numbers:
            if merged and low <= merged[-1][1] + 1:
                merged[-1][1] = max(merged[-1][1], high)
            else:
                merged.append([low, high])
        self._have[device] = merged

    def heads(self, but: str) -> tuple[tuple[str, Mark], ...]:
        """The newest file of every other laptop's every row."""
        return tuple(
            (device, Mark(incarnation, seq, sha))
            for device, row in sorted(self._heads.items())
            if device != but
            for incarnation, (seq, sha) in sorted(row.items())
        )

    def cited_heads(self, but: str) -> tuple[tuple[str, Mark], ...]:
        """Those of them that a file names: of each laptop its last rows.

        One begins a row when it is restored or copied. Who begins thousands must not make every
        colleague's file too large to be read.
        """
        last = {device: set(list(row)[-MOST_ROWS_CITED:]) for device, row in self._heads.items()}
        return tuple(
            (device, mark) for device, mark in self.heads(but) if mark.incarnation in last[device]
        )

    def missing(self, out: Container[str] = ()) -> dict[str, list[int]]:
        """Laptop -> numbers of its files that exist but have not come, in order.

        Of the laptops that are `out` it is not believed what they alone say of others' files.
        """
        found: dict[str, set[int]] = {}
        for device, seq, *told in self._cited.values():
            if told and told[0] and all(by in out and by != device for by in told[0]):
                continue
            numbers = set(range(max(1, seq - MOST_NAMED + 1), seq + 1))
            for first, last in self._have.get(device, []):
                numbers -= set(range(max(first, seq - MOST_NAMED), min(last, seq) + 1))
            # a copied laptop may have sent two files under one number
            found.setdefault(device, set()).update(numbers or {seq})
        return {device: sorted(numbers)[-MOST_NAMED:] for device, numbers in found.items()}

    def sealed(self) -> dict[str, list[str]]:
        """Files with parts that could not be opened: hash -> compartments."""
        return dict(self._store.get_setting(_SEALED, {}))

    # -- snapshots -------------------------------------------------------------------------

    def all_taken(self) -> dict[str, Mapping[str, Any]]:
        """Every bundle that was taken in, by hash, itself or in a snapshot."""
        notes = self._store.settings(_BUNDLE)
        return {name.removeprefix(_BUNDLE): note for name, note in notes.items()}

    def snapshots(self) -> dict[str, Mapping[str, Any]]:
        """Every snapshot that is held here: hash -> whose, what it was opened for, erasures."""
        found: Mapping[str, Any] = self._store.get_setting(_SNAPSHOTS, {})
        return dict(found)

    def uncovered(self) -> int:
        """How many bundles came since the newest snapshot."""
        return int(self._store.get_setting(_UNCOVERED, 0))

    def cover(
        self,
        sha256: str,
        core: Core,
        epochs: Mapping[str, int],
        opened: Iterable[str],
        wanted: Mapping[str, Iterable[str]],
        size: int,
    ) -> None:
        """A snapshot is held here: all it stands for counts as taken in.

        `epochs` are those of its parts, `opened` the parts whose contents are in the store.
        """
        can = set(opened)
        covered = {item.mark.sha256 for item in core.covers}
        with self._store.bookkeeping():
            for item in core.covers:
                note = self.taken(item.mark.sha256)
                if note is None or (note.get("prev") is None and item.prev is not None):
                    ops = int(note["ops"]) if note is not None else 0
                    self._note_mark(item.device, item.mark, ops, item.prev)
                note = dict(self.taken(item.mark.sha256) or {})
                note["in"] = sorted({*note.get("in", []), sha256})
                self._keep_note(item.mark.sha256, note)
                self._cited.pop(item.mark.sha256, None)
            for device, mark in core.deps:
                self._cite(device, mark, core.device)
            self._save_rows()
            sealed = {
                sha: left
                for sha, names in self.sealed().items()
                if (left := [n for n in names if n not in can] if sha in covered else names)
            }
            self._store.set_setting(_SEALED, sealed)
            self._look_for(core, wanted)
            note = {
                "device": core.device,
                "epochs": dict(epochs),
                "opened": sorted(can),
                "erasures": list(core.erasures),
                "covers": len(core.covers),
                "size": size,
            }
            known = {**self.snapshots(), sha256: note}
            self._store.set_setting(_SNAPSHOTS, self._compared(known))
            self._store.set_setting(_UNCOVERED, 0)

    def _compared(self, known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
        """Each snapshot with those that it `replaces`: all they say and more is in it."""
        covers: dict[str, set[str]] = {sha: set() for sha in known}
        for bundle, note in self.all_taken().items():
            for sha in note.get("in", ()):
                if sha in covers:
                    covers[sha].add(bundle)

        def within(old: str, new: str) -> bool:
            before, now = known[old], known[new]
            return (
                old != new
                and covers[old] <= covers[new]
                and set(before["erasures"]) <= set(now["erasures"])
                and all(now["epochs"].get(c, 0) >= e for c, e in before["epochs"].items())
            )

        return {
            new: {**note, "replaces": sorted(old for old in known if within(old, new))}
            for new, note in known.items()
        }

    def forget_snapshots(self, gone: Iterable[str]) -> None:
        """These were replaced by another that stands for all they did."""
        left = {sha: note for sha, note in self.snapshots().items() if sha not in set(gone)}
        self._store.set_setting(_SNAPSHOTS, left)

    # -- attachments -----------------------------------------------------------------------

    def to_fetch(self) -> dict[str, tuple[str, int]]:
        """Sealed attachments that are spoken of and not kept here: name -> hash, size."""
        fetch: Mapping[str, Any] = self._store.get_setting(_FETCH, {})
        return {name: (sha, size) for name, (sha, size) in fetch.items()}

    def fetched(self, names: Iterable[str]) -> None:
        """These are kept now."""
        gone = set(names)
        fetch = {name: list(v) for name, v in self.to_fetch().items() if name not in gone}
        self._store.set_setting(_FETCH, fetch)

    def look_for_no_more(self, stems: tuple[str, ...], digests: Iterable[str]) -> None:
        """These attachments were erased: names that begin so, and their digests."""
        fetch = self.to_fetch()
        gone = [name for name in fetch if name.startswith(stems)]
        if gone:
            self.fetched(gone)
        if self.wanted().keys() & set(digests):
            self.got(digests)

    def wanted(self) -> dict[str, list[str]]:
        """Attachments that records name and that are not here: digest -> compartments."""
        kept: Mapping[str, Any] = self._store.get_setting(_WANTED, {})
        return {  # an earlier release noted one compartment
            digest: [names] if isinstance(names, str) else list(names)
            for digest, names in kept.items()
        }

    def got(self, digests: Iterable[str]) -> None:
        """These are here now."""
        gone = set(digests)
        left = {digest: c for digest, c in self.wanted().items() if digest not in gone}
        self._store.set_setting(_WANTED, left)

    def sealed_epoch(self, stem: str) -> int:
        """The epoch of the key to which this laptop last sealed an attachment; 1 at first."""
        return int(self._store.get_setting(_EPOCHS, {}).get(stem, 1))

    def note_sealed(self, stem: str, epoch: int) -> None:
        """It was sealed to the key of this epoch."""
        if self.sealed_epoch(stem) != epoch:
            known = self._store.get_setting(_EPOCHS, {})
            self._store.set_setting(_EPOCHS, {**known, stem: epoch})

    def has_all(self, identity: str, kept: Iterable[str]) -> bool:
        """Did a place hold all these attachments within the last day?"""
        said = self._store.get_setting(_PUT, {}).get(identity)
        ago = self._store.now() - said[1] if said else -1
        return bool(said) and 0 <= ago < DAY_MS and said[0] == _fingerprint(kept)

    def note_has_all(self, identity: str, kept: Iterable[str]) -> None:
        """A place was seen to hold all these attachments."""
        known = self._store.get_setting(_PUT, {})
        now = [_fingerprint(kept), self._store.now()]
        self._store.set_setting(_PUT, {**known, identity: now})

    def note_begun(self, identity: str) -> None:
        """A place is a new, empty one, whatever lay under its name before."""
        known = {k: v for k, v in self._store.get_setting(_PUT, {}).items() if k != identity}
        self._store.set_setting(_PUT, known)

    # -- places ----------------------------------------------------------------------------

    def places(self) -> dict[str, int]:
        """Every place that was used: its identity -> when last, in ms since 1970."""
        return dict(self._store.get_setting(_PLACES, {}))

    def used(self, identity: str, ms: int) -> None:
        """A sync with this place came to its end."""
        self._store.set_setting(_PLACES, {**self.places(), identity: ms})

    def odd(self, identity: str) -> dict[str, list[Any]]:
        """Files of a place under other names than their hash: name -> [size, stamp, hash]."""
        return dict(self._store.get_setting(_ODD + identity, {}))

    def set_odd(self, identity: str, odd: Mapping[str, list[Any]]) -> None:
        """Remember them, so that they are not read again."""
        if dict(odd) != self.odd(identity):
            self._store.set_setting(_ODD + identity, dict(odd))

    def histories(self, identity: str) -> dict[str, list[Any]]:
        """Snapshots of a place as they were when last read: name -> [size, stamp, hash, code].

        The code tells what is wrong with one that is not what its name says.
        """
        return dict(self._store.get_setting(_HISTORIES + identity, {}))

    def set_histories(self, identity: str, lying: Mapping[str, list[Any]]) -> None:
        """Remember them, so that they are not read again."""
        if dict(lying) != self.histories(identity):
            self._store.set_setting(_HISTORIES + identity, dict(lying))

    def seen(self, identity: str, now: Mapping[str, str]) -> dict[str, str]:
        """The deliveries of a place as they were when last known whole: hash -> stamp.

        `now` is how they are stamped there. Where nothing changed that is the answer, and the
        long list is not even read.
        """
        if self._store.get_setting(_SEEN_MARK + identity, "") == _marked(now):
            return dict(now)
        return dict(self._store.get_setting(_SEEN + identity, {}))

    def set_seen(self, identity: str, seen: Mapping[str, str]) -> None:
        """Remember them, so that only what was touched since is read again."""
        with self._store.bookkeeping():
            self._store.set_setting(_SEEN + identity, dict(seen))
            self._store.set_setting(_SEEN_MARK + identity, _marked(seen))


def _marked(seen: Mapping[str, str]) -> str:
    return sha256("\n".join(sorted(map(" ".join, seen.items()))).encode())


def _fingerprint(names: Iterable[str]) -> str:
    return sha256(canonical(sorted(names)))
