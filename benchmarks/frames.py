"""How long a frame of a map takes with 300 stakeholders: moved, dragged on, and drawn sharp."""

from __future__ import annotations

import datetime as dt
import os
import random
import statistics
import time
from collections.abc import Callable

from benchmarks.timing import Figure, Report

NODES, TIES, FRAMES = 300, 450, 60
SIZE = (1150, 520)
FRAME_MS = 1000 / 60


def frames(report: Report) -> None:
    """Each figure against the time that one frame of sixty a second has."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QPointF
    from PySide6.QtWidgets import QApplication

    from engage_desktop.maps.scene import Mark
    from ui.maps.canvas import MapCanvas
    from ui.theme import theme

    app = QApplication.instance() or QApplication([])
    theme()
    canvas = MapCanvas("Map")
    canvas.resize(*SIZE)
    canvas.show()
    app.processEvents()

    def timed(change: Callable[[int], object]) -> float:
        found = []
        for number in range(FRAMES):
            change(number)
            begun = time.process_time()
            canvas.repaint()
            found.append((time.process_time() - begun) * 1000)
        return statistics.quantiles(found, n=20)[-1]

    for name, scene in scenes().items():
        canvas.show_scene(scene, movable=True)
        canvas.fit()
        canvas.repaint()
        dragged = next(item.key for item in scene.walk() if isinstance(item, Mark))
        acts: dict[str, Callable[[int], object]] = {
            "moved": lambda n: canvas.pan(QPointF(3 if n % 40 < 20 else -3, 1)),
            "zoomed": lambda n: canvas.zoom_by(1.02 if n % 40 < 20 else 1 / 1.02),
            "dragged on": lambda n, key=dragged: canvas.hold(key, QPointF(100 + 9 * n, 80 + 5 * n)),
            "drawn sharp": lambda _n: canvas.sharpen(),
        }
        for what, change in acts.items():
            took = timed(change)
            canvas.let_go()
            words = f"{name}, {NODES}, {what}: 19 of 20 frames"
            report.add(Figure(words, took, "ms", FRAME_MS, "a frame of 60 a second", wanted=1))
    canvas.close()


def scenes() -> dict[str, object]:
    """A network and a grid of invented stakeholders, the same each time."""
    from engage_desktop.maps import grid, network
    from engage_desktop.maps.people import Scored, Scores, Tie, Ties, Who

    dice = random.Random(1)
    natures = ("person", "organisation", "group", "committee")
    words = ("Harbour", "Voices", "Marlshire", "Okonjo", "Partnership", "Kittiwake")
    people = tuple(
        Who(f"{n:032x}", f"{dice.choice(words)} {dice.choice(words)} {n}", dice.choice(natures))
        for n in range(NODES)
    )
    kinds = ("represents", "funds", "advises", "member_of")
    ties = tuple(
        Tie(f"{NODES + n:032x}", one.id, other.id, dice.choice(kinds), "Tied to")
        for n, (one, other) in enumerate(dice.sample(people, 2) for _ in range(TIES))
    )
    scored = tuple(
        Scored(who, {"power": dice.randint(1, 5), "interest": dice.randint(1, 5)}) for who in people
    )
    size = (float(SIZE[0]), float(SIZE[1]))
    return {
        "network": network.build(Ties(people, ties, dt.date(2026, 1, 1)), size=size, text=13),
        "grid": grid.build(Scores(scored), size=size, text=13),
    }
