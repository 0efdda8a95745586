"""Time and chance, both of which a test can hold in its hand."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass

NowMs = Callable[[], int]
"""Milliseconds since 1970-01-01 UTC."""

Randomness = Callable[[int], bytes]
"""That many random bytes."""

LEAP_MS = 24 * 60 * 60 * 1000
"""A colleague's clock may be ahead of ours by this much before ours stops following it."""


def system_ms() -> int:
    """This machine's wall clock."""
    return time.time_ns() // 1_000_000


system_random: Randomness = os.urandom


@dataclass(slots=True)
class HybridClock:
    """A hybrid logical clock: never goes back, and is not poisoned by one laptop in the future.

    What is true is decided by which change supersedes which, never by this clock; it only picks
    which of several values in conflict is shown first.
    """

    now: NowMs
    ms: int = 0
    counter: int = 0

    def tick(self) -> tuple[int, int]:
        """A stamp later than every one before it."""
        wall = self.now()
        if wall > self.ms:
            self.ms, self.counter = wall, 0
        else:
            self.counter += 1
        return self.ms, self.counter

    def observe(self, ms: int, counter: int) -> None:
        """Follow a stamp that was received, unless it lies more than a day ahead of our wall."""
        self.observe_all([(ms, counter)])

    def observe_all(self, stamps: Iterable[tuple[int, int]]) -> None:
        """Follow the latest of very many."""
        limit = self.now() + LEAP_MS
        known = list(stamps)
        latest = max(known, default=(0, 0))
        if latest[0] > limit:
            latest = max((stamp for stamp in known if stamp[0] <= limit), default=(0, 0))
        if latest > (self.ms, self.counter):
            self.ms, self.counter = latest
