"""Opening what a passphrase or a recovery code locks, and slowing down whoever guesses."""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass, field
from pathlib import Path

from db.clock import NowMs, Randomness, system_ms, system_random
from db.errors import DiskFull, ReadOnly, WrongPassphrase
from db.keys import WRONG, KdfCost, KeyFile
from engage_desktop.outside import KEYS
from engage_desktop.plain import counted

FREE_TRIES = 3
LONGEST_WAIT_S = 60
MOST_TRIES = 20
"""Wrong tries are counted no further: the wait has long reached its longest."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a test may hold in its hand: time, chance and the cost of a passphrase."""

    now: NowMs = system_ms
    randomness: Randomness = system_random
    cost: KdfCost = field(default_factory=KdfCost)


class TooSoon(WrongPassphrase):
    """Wrong, or not tried yet: `wait_s` seconds must pass before the next try."""

    def __init__(self, wait_s: int) -> None:
        wait = counted(wait_s, "second")
        super().__init__(f"{WRONG} Try again in {wait}.")
        self.wait_s = wait_s


def unlock(folder: Path, keys: KeyFile, secret: str, around: Surroundings) -> bytes:
    """The store key. After three wrong tries each further one has to wait, up to a minute."""
    path = folder / "attempts.json"
    count, last = _attempts(path)
    if last > around.now():  # the clock was wrong, and is right again: the wait begins now
        last = around.now()
        _note(path, count, last)
    wait = _wait_s(count) - (around.now() - last) // 1000
    if count >= FREE_TRIES and wait > 0:
        raise TooSoon(int(min(wait, LONGEST_WAIT_S)))
    try:
        key = keys.open(secret)
    except WrongPassphrase:
        _note(path, count + 1, around.now())
        if count + 1 >= FREE_TRIES:
            raise TooSoon(_wait_s(count + 1)) from None
        raise
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
    return key


def _note(path: Path, count: int, ms: int) -> None:
    with contextlib.suppress(OSError):
        path.write_text(json.dumps([count, ms]))


def _attempts(path: Path) -> tuple[int, int]:
    try:
        count, last = json.loads(path.read_text())
        return min(int(count), MOST_TRIES), int(last)
    except (OSError, ValueError, TypeError, OverflowError, RecursionError):
        return 0, 0


def _wait_s(count: int) -> int:
    return 0 if count < FREE_TRIES else int(min(2 ** (count - FREE_TRIES), LONGEST_WAIT_S))


def mend_keys(folder: Path, keys: KeyFile) -> None:
    """Write anew whichever copy of the key file is missing or damaged, where there is room."""
    for name in KEYS:
        path = folder / name
        try:
            whole = KeyFile.from_bytes(path.read_bytes()) == keys
        except (OSError, ValueError, KeyError, TypeError):
            whole = False
        if not whole:
            with contextlib.suppress(ReadOnly, DiskFull):
                keys.save(path)
