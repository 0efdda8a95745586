"""Seeds by the number, in one process or in several."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Iterable
from concurrent.futures import ProcessPoolExecutor

from db.standing import Verdict
from tests.sync.model.check import check, check_newcomer
from tests.sync.model.keys import cheap_signatures
from tests.sync.model.world import World


def play(seed: int, say: Callable[[str], None] = lambda line: None) -> Counter[str]:
    """One seed; what there was in it. Raises `AssertionError`, with the seed in a note."""
    with cheap_signatures():
        try:
            world = World(seed, say)
            world.play()
            world.meet()
            whole = check(world)
            if seed % 3 == 0:
                check_newcomer(world, whole)
        except BaseException as error:
            error.add_note(f"seed {seed}: python -m tests.sync.model {seed}")
            raise
        return Counter({
            "ops": len(whole.standings),
            "aside": sum(s.verdict is Verdict.ASIDE for s in whole.standings.values()),
            "waiting": sum(s.verdict is Verdict.WAITING for s in whole.standings.values()),
            "entries": len(world.entries),
            "files": len(world.folder),
            "conflicts": sum(len(m.conflicts) for m in whole.records.values()),
            "binned": sum(m.binned for m in whole.records.values()),
            "erased": sum(m.erasures.any for m in whole.records.values()),
            "disputes": len(whole.roster.disputes),
            "spoiled": len(world.spoiled),
        }) + world.happened  # fmt: skip


def play_all(seeds: Iterable[int]) -> Counter[str]:
    """Every seed, one after the other."""
    found: Counter[str] = Counter()
    for seed in seeds:
        found += play(seed)
    return found


def play_in_parallel(
    seeds: range, processes: int, say: Callable[[str], None] = print, each: int = 500
) -> Counter[str]:
    """Every seed, shared out. A failure stops all and names its seed."""
    runs = [seeds[at : at + each] for at in range(0, len(seeds), each)]
    found: Counter[str] = Counter()
    with ProcessPoolExecutor(processes) as pool:
        for done, part in enumerate(pool.map(play_all, runs), 1):
            found += part
            if done % 10 == 0 or done == len(runs):
                say(f"{min(done * each, len(seeds)):,} seeds: {found['ops']:,} changes, no fault")
    return found


if __name__ == "__main__":
    first, count = map(int, sys.argv[1:3])
    figures = play_in_parallel(range(first, first + count), 2)
    print(dict(sorted(figures.items())))  # noqa: T201
