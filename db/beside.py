"""What a very long job leans on: a second thread for the database, and a collector that rests."""

from __future__ import annotations

import contextlib
import gc
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotYet
from types import TracebackType
from typing import Any

TURN_TAKEN = 0.001
"""Seconds that a thread keeps the interpreter from the other, at most; 0.005 is usual."""

ASKED_EVERY = 0.1
"""Seconds between two questions whether to go on, while the second thread is at work."""


class Beside:
    """Runs one call at a time in a thread of its own, while this thread does something else.

    SQLite lets go of the interpreter while a statement runs: a second core builds the search index
    and writes pages while this one reads on. The caller must hold the store's lock and leave its
    connection alone until `wait` has returned.
    """

    def __init__(self, ask: Callable[[], object], thread: ThreadPoolExecutor) -> None:
        self._ask = ask
        self._thread = thread
        self._job: Future[Any] | None = None

    def __enter__(self) -> Beside:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None,
        where: TracebackType | None,
    ) -> None:  # fmt: skip
        """Nothing is running any more, whatever happened, before a transaction is taken back."""
        if self._job is not None:
            self._job.exception()
            self._job = None

    def start(self, call: Callable[..., object], *args: object) -> None:
        """Begin a call; the one before it has to be over."""
        self.wait()
        self._job = self._thread.submit(call, *args)

    def wait(self) -> Any:
        """Wait for its end, asking now and then; what it gave. Raises what it raised."""
        while self._job is not None:
            with contextlib.suppress(NotYet):
                self._job.exception(ASKED_EVERY)
                job, self._job = self._job, None
                return job.result()
            self._ask()
        return None

    @property
    def is_busy(self) -> bool:
        """Is a call being run?"""
        return self._job is not None and not self._job.done()


@contextlib.contextmanager
def beside_for(ask: Callable[[], object]) -> Iterator[Beside]:
    """The second thread, gone at the end."""
    with ThreadPoolExecutor(1, "beside") as thread:
        yield Beside(ask, thread)


@contextlib.contextmanager
def two_at_work() -> Iterator[None]:
    """Let two threads work through rows by the thousand.

    The collector of cycles looks less often, as rows hold none: it took an eighth of the time of
    a whole history. And a thread that comes back from SQLite gets on sooner.
    """
    usual, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(2_000_000, 50, 100)
    sys.setswitchinterval(TURN_TAKEN)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        sys.setswitchinterval(interval)
