"""Taking in a whole history quickly, while others may read, and write between two steps.

Two things go on at once: this thread reads and checks ops and writes their rows, a second one lets
SQLite index and commit what was written before (see `db.beside`). Transactions are short enough
that nobody waits longer than about a second for one; each leaves the tables in step with the log,
so a power cut costs the last one, and the history is simply loaded again.
"""

from __future__ import annotations

import contextlib
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from operator import itemgetter

from db import log
from db.batch import Told
from db.beside import Beside, beside_for, two_at_work
from db.bulk import Bulk, Check, Contradicted, Piece
from db.changes import Applied, Received
from db.errors import Cancelled
from db.outlay import Outlay
from db.pages import Item, Page, pages_of, pieces_of
from db.sharing import RECEIVED, Sharing, received

Progress = Callable[[int, int], None]

OPS_IN_LOAD = 6_000
"""How many ops one transaction takes in, about, while an officer works: a fifth of a second."""

OPS_IN_FIRST_LOAD = 48_000
"""The same where next to nothing was here, so that nobody is at work yet. Ids come in no order, and
each transaction writes nearly every page of their indexes."""

OPS_IN_PIECE = 8_000
"""How many are read, written or indexed between two questions whether to go on."""

MOST_ODD = 1_500
"""How many ops one transaction takes in the long way, which takes five times as much each."""

PIECES_AHEAD = 4

PAGES_IN_LOAD = 40_000
"""Pages of 4 KB that may wait in the log beside the store during a load; 1,000 is usual. The pages
of the indexes of ids change in each transaction."""

CACHE_IN_LOAD = 96_000
"""Kilobytes of pages that are held open during a load; the indexes of ids are all over."""

WAITS, GOES_ON = 2, 1
"""`PRAGMA synchronous`: whether a commit waits until the log is on the disk."""

TURN = 0.001
"""Seconds between two transactions in which whoever waits for the store gets it."""


class _Ahead:
    """Pieces that are read before their turn. What goes wrong is raised after those before it."""

    def __init__(self, pieces: Iterator[Piece], cancelled: Callable[[], bool]) -> None:
        self._pieces = pieces
        self._cancelled = cancelled
        self._ready: deque[Piece] = deque()
        self._ended = False
        self.failure: BaseException | None = None

    def ask(self) -> None:
        """Is it to go on?"""
        if self.failure is not None:
            return
        try:
            if self._cancelled():
                self.failure = Cancelled(
                    "Stopped. What was taken in so far is kept; the next time goes on from there."
                )
        except BaseException as error:  # noqa: BLE001
            self.failure = error

    def read(self) -> bool:
        """Read one piece more, unless there are enough; was there one?"""
        self.ask()
        if self.failure is not None or self._ended or len(self._ready) >= PIECES_AHEAD:
            return False
        try:
            piece = next(self._pieces, None)
        except BaseException as error:  # noqa: BLE001
            self.failure = error
            return False
        if piece is None:
            self._ended = True
            return False
        self._ready.append(piece)
        return True

    def next(self) -> Piece | None:
        """The next piece; None at the end, and when it is to stop."""
        if not self._ready:
            self.read()
        stopped = isinstance(self.failure, Cancelled)
        return self._ready.popleft() if self._ready and not stopped else None


class Loading(Sharing):
    """What a store does with a history that comes all at once."""

    def load(
        self,
        items: Iterable[Item],
        *,
        total: int = 0,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
        initiator: object | None = None,
    ) -> Received:
        """Take in very many ops as `receive` would, while they are read; see `load_pages`."""
        return self.load_pages(
            pages_of(items), total=total, progress=progress, cancelled=cancelled,
            initiator=initiator,
        )  # fmt: skip

    def load_pages(
        self,
        pages: Iterable[Page],
        *,
        check: Check | None = None,
        total: int = 0,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
        initiator: object | None = None,
    ) -> Received:
        """Take in very many ops, such as a snapshot's, as `receive` would, while they are read.

        Quick when they come record by record and little of it is here. `total` is how many there
        are, for `progress`, which is told after each transaction and may use the store;
        `cancelled` is asked within them too, and may not. `check` is asked about every op whose
        values were not seen to have their fields' form. Raises `InvalidInput`, `Cancelled` and
        what `check` or the pages raise; what was taken in until then is kept.
        """
        self._finish_judging()
        with self._reading():
            before = log.conflict_count(self._connection)
            first, bare = log.is_nearly_bare(self._connection), log.is_bare(self._connection)
        intake = self._intake()
        bulk = Bulk(self._connection, self._writer, intake, self.judge, bare=bare, check=check)
        size = OPS_IN_FIRST_LOAD if first else OPS_IN_LOAD
        pieces = map(bulk.sort_out, pieces_of(pages, min(size, OPS_IN_PIECE)))
        ahead = _Ahead(pieces, cancelled or (lambda: False))
        told, done = Told(), 0
        try:
            with self._many_pages(), two_at_work(), beside_for(ahead.ask) as beside:
                while (piece := ahead.next()) is not None:
                    pieces_taken: list[Piece] = []
                    try:
                        commit = _committing(beside, ahead)
                        with self._lock, self._without_waiting(), self._writing(commit):
                            self._write_some(piece, pieces_taken, bulk, ahead, beside, size)
                    except Contradicted:
                        self._write_singly(pieces_taken, bulk)
                    done += sum(len(piece.rows) for piece in pieces_taken)
                    told.add(intake.taken.touched)
                    intake.taken.touched.clear()
                    if progress is not None:
                        progress(done, max(done, total))
                    time.sleep(TURN)
                if ahead.failure is not None:
                    raise ahead.failure
        finally:
            self._tell(Applied("", RECEIVED, told.told(), initiator, "received"))
        with self._reading():
            conflicts = log.conflict_count(self._connection) - before
        return received(intake.taken, conflicts)

    def _write_some(
        self,
        piece: Piece | None,
        taken: list[Piece],
        bulk: Bulk,
        ahead: _Ahead,
        beside: Beside,
        size: int,
    ) -> None:
        """One transaction's work, begun with this piece; all of its pieces go into `taken`."""
        bulk.begin()
        all_laid: list[Outlay] = []
        done = odd = 0
        with beside:
            while piece is not None:
                taken.append(piece)
                laid = bulk.prepare(piece)
                all_laid.append(laid)
                beside.start(bulk.put, laid)  # after the one before
                self._clock.observe_all(map(itemgetter(3, 4), map(itemgetter(0), piece.rows)))
                done, odd = done + len(piece.rows), odd + len(laid.odd)
                ahead.read()
                piece = ahead.next() if done < size and odd < MOST_ODD else None
            beside.start(bulk.fill, all_laid)
            _wait_reading(beside, ahead)
        bulk.finish(all_laid)

    def _write_singly(self, pieces: list[Piece], bulk: Bulk) -> None:
        """What was to be one transaction, op by op: some of it says two things under one id."""
        bulk.give_up()
        rows = [row for piece in pieces for row in piece.rows]
        for start in range(0, len(rows), MOST_ODD):
            with self._lock, self._writing():
                bulk.take_singly(rows[start : start + MOST_ODD])

    @contextlib.contextmanager
    def _without_waiting(self) -> Iterator[None]:
        """Let one commit not wait for the disk.

        A power cut may then cost this transaction, and never part of it. Whoever notes anything
        down after it waits, in the same log, for all that came before too.
        """
        self._tune({"synchronous": GOES_ON})
        try:
            yield
        finally:
            self._tune({"synchronous": WAITS})

    @contextlib.contextmanager
    def _many_pages(self) -> Iterator[None]:
        """Let pages that change again and again be written to the store's file once."""
        meanwhile = {"wal_autocheckpoint": PAGES_IN_LOAD, "cache_size": -CACHE_IN_LOAD}
        with self._reading():
            usual = {
                name: int(self._connection.execute(f"PRAGMA {name}").fetchone()[0])
                for name in meanwhile
            }
            self._tune(meanwhile)
        try:
            yield
        finally:
            with self._reading():
                self._tune(usual)

    def _tune(self, settings: Mapping[str, int]) -> None:
        for name, value in settings.items():
            self._connection.execute(f"PRAGMA {name} = {value:d}")


def _committing(beside: Beside, ahead: _Ahead) -> Callable[[Callable[[], object]], None]:
    """Ends a transaction while the next piece is read."""

    def commit(end: Callable[[], object]) -> None:
        with beside:
            beside.start(end)
            _wait_reading(beside, ahead)

    return commit


def _wait_reading(beside: Beside, ahead: _Ahead) -> None:
    """Wait for the other thread, and read on meanwhile."""
    while beside.is_busy and ahead.read():
        pass
    beside.wait()


__all__ = ["Loading", "Progress"]
