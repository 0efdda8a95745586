"""Long work away from the window: one writer, a few interruptible readers, one thread for exchanges
and what is noted of the team, and threads apart for whatever waits for a server.

A job is a callable that knows nothing of Qt. Its answer comes back on the window's thread, to a
method of whoever asked, as long as that one still lives.
"""

from __future__ import annotations

import logging
import queue
import sys
import threading
import time
import weakref
from collections.abc import Callable
from typing import Any, Protocol

from PySide6.QtCore import QObject, Qt, Signal, Slot
from shiboken6 import isValid

from db.errors import Cancelled, KnownError
from engage_desktop.faults import outline

log = logging.getLogger(__name__)
Callback = Callable[[Any], None]

READERS = 2
APART_S = 2.0
"""How long closing waits for a job apart. It has been told to stop, and holds nothing of ours."""
PROGRESS_EVERY_S = 0.1
BREATHE_EVERY_S = 0.01
BREATH_S = 0.000_5
SWITCH_S = 0.000_5
"""Every call into Qt lets go of Python's lock, and getting it back from a busy job takes this long;
Python's own 5 ms made a page that takes 60 ms to build take 380 beside an import."""
_MAIN = threading.main_thread()


class ReaderLike(Protocol):
    """What a reader must be able to do here."""

    def interrupt(self) -> None:
        """Stop the query that runs, from another thread."""

    def close(self) -> None:
        """Let the connection go."""


class StoreLike(Protocol):
    """What is needed of the store: readers of their own."""

    def reader(self) -> Any:
        """A new read-only connection."""


class Ticket:
    """One piece of work: it can be cancelled, and reports how far it is."""

    def __init__(self, job: Callable[..., Any], hub: _Hub | None, key: object = None) -> None:
        self._job, self._hub, self.key = job, hub, key
        self._stop = threading.Event()
        self._lock = threading.Lock()  # so that stopping one query never hits the next
        self._interrupt: Callable[[], None] | None = None
        self._done: Any = None
        self._failed: Any = None
        self._progress: Any = None
        self._last = self._breathed = 0.0
        self.finished = False
        self.reads = self.apart = self.goes_on = False

    def stops_by(self, stop: Callable[[], None]) -> None:
        """For jobs that wait where nobody can ask: what ends that wait, from another thread."""
        with self._lock:
            self._interrupt = stop
            if self._stop.is_set():
                stop()

    @property
    def cancelled(self) -> bool:
        """True once somebody asked it to stop. Jobs ask often, and let the window live by it."""
        self._breathe()
        return self._stop.is_set()

    def _breathe(self) -> None:
        """Let go of Python's lock for long enough that another thread can take it.

        Reading from disk and store lets go of it too, but only for microseconds, and each time the
        window's wait begins anew: a job of many small reads can keep the window waiting for as
        long as it runs.
        """
        now = time.monotonic()
        if now - self._breathed > BREATHE_EVERY_S and threading.current_thread() is not _MAIN:
            time.sleep(BREATH_S)
            self._breathed = time.monotonic()

    def cancel(self) -> None:
        """Ask it to stop; its answer, if one comes, is not delivered."""
        self._stop.set()
        with self._lock:
            if self._interrupt is not None:
                self._interrupt()

    def check(self) -> None:
        """For jobs: raise `Cancelled` if somebody asked to stop."""
        if self.cancelled:
            raise Cancelled("Stopped.")

    def progress(self, done: int, total: int = 0, words: str = "") -> None:
        """For jobs: say how far it is, as often as you like; a few a second are shown."""
        self.check()
        now = time.monotonic()
        if self._progress is not None and (now - self._last > PROGRESS_EVERY_S or done >= total):
            self._last = now
            if self._hub is not None:
                self._hub.reported.emit(self, (done, total, words))

    def answers_to(
        self, done: Callback | None, failed: Callback | None, progress: Callback | None
    ) -> Ticket:
        """Who hears of it. Bound methods are held weakly, so that a closed page stays closed."""
        self._done, self._failed = _weak(done), _weak(failed)
        self._progress = _weak(progress)
        return self


def _weak(callback: Callback | None) -> Any:
    if callback is None:
        return None
    try:
        return weakref.WeakMethod(callback)  # type: ignore[arg-type]
    except TypeError:
        return lambda: callback


def _call(reference: Any, *arguments: object) -> bool:
    callback = reference() if reference is not None else None
    if callback is None:
        return False
    owner = getattr(callback, "__self__", None)
    if isinstance(owner, QObject) and not isValid(owner):
        return False
    callback(*arguments)
    return True


class _Hub(QObject):
    """Lives on the window's thread and hands answers on there."""

    answered = Signal(object, object, object)  # ticket, value, error
    reported = Signal(object, object)

    def __init__(self, tasks: Tasks) -> None:
        super().__init__()
        self._tasks = tasks
        self.answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self.reported.connect(self._report, Qt.ConnectionType.QueuedConnection)

    @Slot(object, object, object)
    def _deliver(self, ticket: Ticket, value: object, error: BaseException | None) -> None:
        self._tasks.settle(ticket, value, error)

    @Slot(object, object)
    def _report(self, ticket: Ticket, how_far: tuple[int, int, str]) -> None:
        if not ticket.cancelled and not ticket.finished:
            _call(ticket._progress, how_far)


class Tasks(QObject):
    """Runs jobs. `busy_changed` tells whether anything is at work; `wrote` comes after each
    writing job; `trouble` carries an error that nobody else took."""

    trouble = Signal(object)
    wrote = Signal()
    busy_changed = Signal(bool)

    def __init__(self, store: StoreLike, readers: int = READERS) -> None:
        super().__init__()
        sys.setswitchinterval(SWITCH_S)
        self._store = store
        self._hub = _Hub(self)
        self._writes: queue.SimpleQueue[Ticket | None] = queue.SimpleQueue()
        self._reads: queue.SimpleQueue[Ticket | None] = queue.SimpleQueue()
        self._team: queue.SimpleQueue[Ticket | None] = queue.SimpleQueue()
        self._open: set[Ticket] = set()
        self._latest: dict[object, Ticket] = {}
        self._apart: dict[Ticket, threading.Thread] = {}
        self._threads = [
            threading.Thread(
                target=self._write_all, args=(self._writes,), name="writer", daemon=True
            ),
            threading.Thread(target=self._write_all, args=(self._team,), name="team", daemon=True),
            *(
                threading.Thread(target=self._read_all, name=f"reader {n + 1}", daemon=True)
                for n in range(readers)
            ),
        ]
        for thread in self._threads:
            thread.start()

    @property
    def busy(self) -> bool:
        """True while any job is waiting or running."""
        return bool(self._open)

    def apart(
        self,
        job: Callable[[Ticket], Any],
        done: Callback | None = None,
        failed: Callback | None = None,
        progress: Callback | None = None,
    ) -> Ticket:
        """Run `job(ticket)` on a thread of its own, for what waits for a server: it holds up no
        other job, and counts neither as writing nor as busy. Stopped, its answer is not told.
        """
        ticket = Ticket(job, self._hub).answers_to(done, failed, progress)
        ticket.reads = ticket.apart = True
        self._begin(ticket)
        return ticket

    def _begin(self, ticket: Ticket) -> None:
        thread = threading.Thread(
            target=self._run, args=(ticket, ticket), name="apart", daemon=True
        )
        self._apart[ticket] = thread
        thread.start()

    def write(
        self,
        job: Callable[[Ticket], Any],
        done: Callback | None = None,
        failed: Callback | None = None,
        progress: Callback | None = None,
    ) -> Ticket:
        """Run `job(ticket)` on the one writing thread, after those asked before it."""
        return self._take(Ticket(job, self._hub).answers_to(done, failed, progress), self._writes)

    def team(
        self,
        job: Callable[[Ticket], Any],
        done: Callback | None = None,
        failed: Callback | None = None,
        progress: Callback | None = None,
        *,
        goes_on: bool = False,
    ) -> Ticket:
        """Run `job(ticket)` on the thread of whatever deals with colleagues' files or notes down
        who is in the team, after those asked before it. Saving goes on beside it.

        `goes_on` says that it may be stopped at any time and is taken up by the next one of its
        kind, as an exchange is: closing stops it. Everything else is finished first.
        """
        ticket = Ticket(job, self._hub).answers_to(done, failed, progress)
        ticket.goes_on = goes_on
        return self._take(ticket, self._team)

    def read(
        self,
        job: Callable[[Any], Any],
        done: Callback | None = None,
        failed: Callback | None = None,
        *,
        key: object = None,
    ) -> Ticket:
        """Run `job(reader)` on a reading thread.

        A new request with the same `key` stops the one before it.
        """
        ticket = Ticket(job, self._hub, key).answers_to(done, failed, None)
        ticket.reads = True
        if key is not None:
            earlier = self._latest.pop(key, None)
            if earlier is not None and not earlier.finished:
                earlier.cancel()
            self._latest[key] = ticket
        return self._take(ticket, self._reads)

    def _take(self, ticket: Ticket, line: queue.SimpleQueue[Ticket | None]) -> Ticket:
        self._open.add(ticket)
        if len(self._open) == 1:
            self.busy_changed.emit(True)
        line.put(ticket)
        return ticket

    def _write_all(self, line: queue.SimpleQueue[Ticket | None]) -> None:
        while (ticket := line.get()) is not None:
            self._run(ticket, ticket)

    def _read_all(self) -> None:
        reader = None
        try:
            while (ticket := self._reads.get()) is not None:
                if ticket.cancelled:
                    self._hub.answered.emit(ticket, None, Cancelled("Stopped."))
                    continue
                try:
                    if reader is None:
                        reader = self._store.reader()
                    ticket._interrupt = reader.interrupt
                except Exception as error:  # noqa: BLE001 - told to whoever asked
                    self._hub.answered.emit(ticket, None, error)
                    continue
                self._run(ticket, reader)
        finally:
            if reader is not None:
                reader.close()

    def _run(self, ticket: Ticket, argument: Any) -> None:
        value, error = None, None
        try:
            ticket.check()
            value = ticket._job(argument)
        except Exception as caught:  # noqa: BLE001 - told to whoever asked
            error = caught
        finally:
            with ticket._lock:
                ticket._interrupt = None
        try:
            self._hub.answered.emit(ticket, value, error)
        except RuntimeError:  # the window is gone; only a job apart may outlive it
            if not ticket.apart:
                raise

    def settle(self, ticket: Ticket, value: object, error: BaseException | None) -> None:
        """Hand an answer to whoever asked. Called on the window's thread."""
        ticket.finished = True
        self._open.discard(ticket)
        self._apart.pop(ticket, None)
        if self._latest.get(ticket.key) is ticket:
            del self._latest[ticket.key]
        if not self._open and not ticket.apart:
            self.busy_changed.emit(False)
        if not ticket.reads:
            self.wrote.emit()
        if error is None:
            if not ticket.cancelled:
                _call(ticket._done, value)
            return
        if ticket.cancelled:
            if ticket.reads:
                return
            error = Cancelled("Stopped.")
        elif not isinstance(error, (KnownError, OSError)):
            log.error("A job failed: %s", outline(type(error), error.__traceback__))
        told = _call(ticket._failed, error)
        if not told and not isinstance(error, Cancelled):
            self.trouble.emit(error)

    def flush(self) -> None:
        """Wait for everything that was saved so far to be written, and deliver the answers.

        Not for an exchange: that may wait for a server.
        """
        if not self._threads:
            return
        reached = threading.Event()
        self._writes.put(Ticket(lambda _t: reached.set(), self._hub))
        reached.wait()
        from PySide6.QtCore import QCoreApplication

        QCoreApplication.sendPostedEvents(self._hub)

    def close(self) -> None:
        """Finish the writes, stop reads and exchanges, end the threads. Safe to call twice."""
        threads, self._threads = self._threads, []
        for ticket in list(self._open):
            if ticket.reads or ticket.goes_on:
                ticket.cancel()
        apart, self._apart = self._apart, {}
        for ticket in apart:
            ticket.cancel()
        for thread in apart.values():
            thread.join(APART_S)
        lines = {"writer": self._writes, "team": self._team}
        for thread in threads:
            lines.get(thread.name, self._reads).put(None)
        for thread in threads:
            thread.join()


class InlineTasks(Tasks):
    """Runs every job at once, in place: for tests and the command line's screenshots."""

    def __init__(self, store: StoreLike) -> None:
        super().__init__(store, readers=0)
        super().close()
        self._reader: Any = None

    def _take(self, ticket: Ticket, line: queue.SimpleQueue[Ticket | None]) -> Ticket:
        value, error = None, None
        ticket._hub = None
        if line is self._reads and self._reader is None:
            self._reader = self._store.reader()
        try:
            value = ticket._job(self._reader if line is self._reads else ticket)
        except Exception as caught:  # noqa: BLE001 - told to whoever asked
            error = caught
        self.settle(ticket, value, error)
        return ticket

    def _begin(self, ticket: Ticket) -> None:
        self._take(ticket, self._writes)

    def flush(self) -> None:
        """Nothing ever waits."""

    def close(self) -> None:
        """Let the reader go."""
        if self._reader is not None:
            self._reader.close()
            self._reader = None
