"""How long the event loop was held up, told apart from how busy the machine was."""

import contextlib
import os
import time
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer

MOST_MS = 100
"""The longest silence a person should ever meet: held to by `make bench`, on a quiet machine."""

LOOSE_MS = (4 * MOST_MS, 10 * MOST_MS)
"""What a test allows, which must not fail because its machine is slow: see `allowed`."""

_strict = False


def be_strict() -> None:
    """Hold every silence to `MOST_MS` from here on."""
    global _strict
    _strict = True


def allowed(work_ms: float) -> float:
    """The longest silence allowed, in ms, in work that took `work_ms` altogether.

    A job on the window's own thread is silent for as long as it takes, so a silence is held
    against the time of the work it is part of: a third of it, within `LOOSE_MS`. That tells a job
    in the wrong place from a slow machine; whether it is 90 ms or 110 is for `make bench`.
    """
    least, most = LOOSE_MS
    return MOST_MS if _strict else min(most, max(least, work_ms / 3))


_THREADS = Path("/proc/self/task")


def kept_waiting() -> dict[str, int]:
    """For each thread of ours: nanoseconds it was ready to run while others had the processor.

    Linux alone tells; elsewhere nothing is known and nothing is taken off.
    """
    told = {}
    with contextlib.suppress(OSError):
        for thread in os.listdir(_THREADS):
            with contextlib.suppress(OSError, ValueError, IndexError):
                told[thread] = int((_THREADS / thread / "schedstat").read_text().split()[1])
    return told


def queued_ms(before: dict[str, int], after: dict[str, int]) -> float:
    """Milliseconds between two answers of `kept_waiting`, over all threads."""
    return sum(max(0, ns - before.get(thread, 0)) for thread, ns in after.items()) / 1e6


class Heartbeat(QObject):
    """Beats every 5 ms on the window's thread; `worst` is the longest silence, in milliseconds,
    and `most` what is allowed of one.

    Time that our threads spent in the queue for a processor is taken off: it says how many other
    programs ran, and a test must not fail for that. Of every thread, because the window may wait
    for Python's lock while the thread that holds it waits for a processor.
    """

    def __init__(self) -> None:
        super().__init__()
        self.worst, self._last, self._queued = 0.0, time.perf_counter(), kept_waiting()
        self._began, self._longest_work = self._last, 0.0
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(5)
        self._timer.timeout.connect(self._beat)

    def __enter__(self) -> "Heartbeat":
        QCoreApplication.processEvents()
        self._last, self._queued = time.perf_counter(), kept_waiting()
        self._began = self._last
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._beat()
        self._timer.stop()
        self._longest_work = max(self._longest_work, (self._last - self._began) * 1000)

    @property
    def most(self) -> float:
        """The longest silence allowed in the longest of the blocks it has beaten in, in ms."""
        return allowed(self._longest_work)

    def _beat(self) -> None:
        now, queued = time.perf_counter(), kept_waiting()
        silence = (now - self._last) * 1000 - queued_ms(self._queued, queued)
        self.worst = max(self.worst, silence)
        self._last, self._queued = now, queued
