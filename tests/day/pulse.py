"""Is the window alive? A pulse on its thread, and the culprit's lines when it stops.

A timer beats every 5 ms on the window's thread. Between two beats nothing else can be drawn or
pressed, so the longest time between two is the longest time for which the window was dead. What our
threads spent in the queue for a processor is taken off: that is other programs' doing. Beside it a
thread looks what the window's thread is at whenever the pulse is late, so that a failure names the
line and not only the milliseconds.
"""

from __future__ import annotations

import contextlib
import gc
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from PySide6.QtCore import QEventLoop, Qt, QTimer

from tests.heartbeat import allowed, kept_waiting

BEAT_MS = 5
LATE_S = 0.045
TRIES = 3
"""On a machine that others use, one unlucky second proves nothing: the best of so many counts."""


@dataclass
class Pulse:
    """The gaps between beats in ms, and what stood in their way."""

    gaps: list[float] = field(default_factory=list)
    seen: Counter[str] = field(default_factory=Counter)
    others: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._timer = QTimer()
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._beat)
        self._then = (time.perf_counter(), time.thread_time(), time.process_time())
        self._over, self._looks = threading.Event(), 0
        self._gui, self._tid = threading.get_ident(), threading.get_native_id()
        self._late: list[tuple[float, float, float, float]] = []
        self._queues: list[tuple[float, dict[str, int]]] = []
        self.long: list[tuple[float, float, float]] = []

    @property
    def longest(self) -> float:
        """The longest time the window was dead, in ms."""
        return max(self.gaps, default=0.0)

    def _beat(self) -> None:
        now = time.perf_counter(), time.thread_time(), time.process_time()
        gap, own, every = ((b - a) * 1000 for a, b in zip(self._then, now, strict=True))
        if gap > LATE_S * 1000:
            self._late.append((self._then[0], now[0], own, every - own))
        else:
            self.gaps.append(gap)
        self._then = now

    def _judge(self) -> None:
        """Take off what the threads waited for a processor: other programs had it meanwhile.

        Of the window's thread and of one other, which may have held Python's lock; never more
        than that, or many idle threads would excuse a dead window. Nor of the thread that looks,
        which waits often on a busy machine and holds the lock for a moment only.
        """
        me = str(self._tid)
        for began, ended, own, others in self._late:
            before = next((q for at, q in reversed(self._queues) if at <= began), {})
            after = next((q for at, q in self._queues if at >= ended), before)
            waits = {t: max(0, ns - before.get(t, ns)) / 1e6 for t, ns in after.items()}
            mine = waits.pop(me, 0.0)
            waits.pop(str(self._looks), None)
            gap = (ended - began) * 1000
            gap = max(own, gap - mine - max(waits.values(), default=0.0))
            self.gaps.append(gap)
            self.long.append((gap, own, others))

    def _watch(self) -> None:
        self._looks = threading.get_native_id()
        # Not on the window's thread: each look lets go of Python's lock, and getting it back from
        # a busy thread takes 5 ms.
        while not self._over.wait(0.01):
            self._queues.append((time.perf_counter(), kept_waiting()))
            if time.perf_counter() - self._then[0] > LATE_S:
                frames = sys._current_frames()
                self.seen[_where(frames.pop(self._gui, None))] += 1
                frames.pop(threading.get_ident(), None)
                for frame in frames.values():
                    self.others[_where(frame)] += 1

    @contextlib.contextmanager
    def watching(self) -> Iterator[Pulse]:
        """Beat while the block runs; its own event loop must turn in it."""
        self._queues.append((time.perf_counter(), kept_waiting()))
        self._then = (time.perf_counter(), time.thread_time(), time.process_time())
        watcher = threading.Thread(target=self._watch, name="pulse")
        watcher.start()
        gc.callbacks.append(self._swept)
        self._timer.start(BEAT_MS)
        try:
            yield self
        finally:
            self._timer.stop()
            gc.callbacks.remove(self._swept)
            self._beat()
            self._over.set()
            watcher.join()
            self._queues.append((time.perf_counter(), kept_waiting()))
            self._judge()

    def _swept(self, phase: str, info: dict[str, int]) -> None:
        """Python's own sweep stops every thread."""
        if phase == "start":
            self._sweep_began = time.perf_counter()
            return
        took = (time.perf_counter() - self._sweep_began) * 1000
        if took > LATE_S * 500:
            where = "the window's" if threading.get_ident() == self._gui else "another"
            self.others[f"a sweep of generation {info['generation']} for {took:.0f} ms on "
                        f"{where} thread"] += 1  # fmt: skip

    def report(self) -> str:
        """The longest gaps and where the window's thread was in them."""
        worst = "; ".join(
            f"{gap:.0f} ms (the window's own work {own:.0f}, other threads' {others:.0f})"
            for gap, own, others in sorted(self.long)[-5:]
        )
        return "\n".join((worst, *_lines(self.seen), "other threads:", *_lines(self.others)))


def _lines(seen: Counter[str]) -> list[str]:
    return [f"{count} times:\n{where}" for where, count in seen.most_common(6)]


def _where(frame: object) -> str:
    if frame is None:
        return "  ended"
    lines = [f for f in traceback.extract_stack(frame) if "/_pytest/" not in f.filename]  # type: ignore[arg-type]
    return " < ".join(f"{f.filename[-28:]}:{f.lineno} {f.name}" for f in reversed(lines[-7:]))


def turn_until(done: Callable[[], bool], seconds: float = 60.0) -> None:
    """Turn a real event loop until something is true."""
    loop, end = QEventLoop(), time.monotonic() + seconds
    look = QTimer()
    look.setInterval(10)
    failed: list[BaseException] = []

    def ask() -> None:
        try:
            if done() or time.monotonic() > end:
                loop.quit()
        except BaseException as error:  # noqa: BLE001 - in a slot it would be swallowed
            failed.append(error)
            loop.quit()

    look.timeout.connect(ask)
    look.start()
    while not done() and not failed and time.monotonic() <= end:
        loop.exec()  # what was true may be so no longer once the last events are dealt with
    look.stop()
    if failed:
        raise failed[0]
    assert done(), f"not reached within {seconds:.0f} s"


def idle_gap(seconds: float = 0.6) -> float:
    """The longest gap of a loop with nothing to do: what this machine itself costs now, in ms."""
    end = time.monotonic() + seconds
    with Pulse().watching() as pulse:
        turn_until(lambda: time.monotonic() > end, seconds + 30)
    return pulse.longest


def stays_alive(
    what: str, work: Callable[[], None], between: Callable[[], None] = lambda: None,
    tell: Callable[[str], None] = lambda _words: None,
) -> float:  # fmt: skip
    """Do `work` (which turns the loop) and hold the longest gap to what is allowed of such work.

    Tried up to three times when it was longer; `between` makes ready for the next try. Returns
    the longest gap of the best try in ms.
    """
    best, said = float("inf"), ""
    for number in range(TRIES):
        if number:
            between()
        idle = idle_gap()
        began = time.perf_counter()
        with Pulse().watching() as pulse:
            work()
        most = allowed((time.perf_counter() - began) * 1000)
        if pulse.longest < best:
            best, said = pulse.longest, pulse.report()
        more = f"\n{pulse.report()}" if pulse.longest > most else ""
        tell(f"{what}: longest gap {pulse.longest:.0f} ms, idle {idle:.0f} ms{more}")
        if pulse.longest <= most:
            return best
        if pulse.longest - max(0.0, idle - 2 * BEAT_MS) <= most:
            return best  # the machine itself was that late
    raise AssertionError(f"{what}: the window was dead for {best:.0f} ms; {said}")
