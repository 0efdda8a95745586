"""How long maps of stakeholders take to be laid out, and to be written as a file.

The network is like those of real registers: a few organisations and groups that many belong to.
Each figure stands against the two seconds that somebody would wait without asking why.
"""

from __future__ import annotations

import datetime as dt
import io
import random
import statistics
import time
from collections.abc import Callable

from benchmarks.timing import Figure, Report

WAIT_MS = 2000.0
TIMES = 5
TODAY = dt.date(2026, 1, 1)


def maps(report: Report) -> None:
    """Layouts and scenes at 60, 300 and 600 stakeholders; files at 300."""
    from engage_desktop.documents.map_doc import render_map
    from engage_desktop.maps import grid, network, svg

    for count in (60, 300, 600):
        scores, ties = _made(count)
        _figure(report, f"network of {count}: laid out", lambda t=ties: network.build(t))
        _figure(report, f"grid of {count}: laid out", lambda s=scores: grid.build(s))
        if count == 300:
            scene = network.build(ties)
            _figure(report, "network of 300: as SVG", lambda s=scene: svg.render(s))
            _figure(
                report, "network of 300: as PDF with its table",
                lambda t=ties: render_map(
                    lambda size, text: network.build(t, size=size, text=text), io.BytesIO()
                ),
            )  # fmt: skip
            _figure(
                report, "grid of 300: as PDF with its table",
                lambda s=scores: render_map(
                    lambda size, text: grid.build(s, size=size, text=text), io.BytesIO()
                ),
            )  # fmt: skip


def _figure(report: Report, words: str, job: Callable[[], object]) -> None:
    job()  # reads fonts, fills caches
    took = []
    for _ in range(TIMES):
        begun = time.process_time()
        job()
        took.append((time.process_time() - begun) * 1000)
    report.add(Figure(words, statistics.median(took), "ms", WAIT_MS, "two seconds", wanted=1))


def _made(count: int) -> tuple[object, object]:
    """Invented stakeholders, the same each time: one in fourteen is one that many are tied to."""
    from engage_desktop.maps.people import Scored, Scores, Tie, Ties, Who

    dice = random.Random(count)
    words = ("Harbour", "Voices", "Marlshire", "Okonjo", "Partnership", "Kittiwake")
    hubs = count // 14
    people = tuple(
        Who(f"{n:032x}", f"{dice.choice(words)} {dice.choice(words)} {n}",
            "organisation" if n < hubs else "person")
        for n in range(count)
    )  # fmt: skip
    kinds = (("represents", "Represents"), ("funds", "Funds"), ("member_of", "Member of"))
    pairs = [(n, dice.randrange(hubs)) for n in range(hubs, count)]
    pairs += [(n, dice.randrange(hubs)) for n in range(1, hubs)]
    pairs += [(dice.randrange(count), dice.randrange(hubs)) for _ in range(count // 5)]
    ties = tuple(
        Tie(f"{count + n:032x}", people[one].id, people[other].id, *dice.choice(kinds))
        for n, (one, other) in enumerate(pairs)
        if one != other
    )
    scored = tuple(
        Scored(who, {"power": dice.randint(1, 5), "interest": dice.randint(1, 5)}) for who in people
    )
    return Scores(scored), Ties(people, ties, TODAY)
