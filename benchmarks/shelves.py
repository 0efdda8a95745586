"""Workspaces of 1,000, 100,000 and 1,000,000 comments, made once and kept in `build/bench-cache`.

The words are drawn from a made-up vocabulary in which a few are very common, as in any language.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import random
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from db.changes import Change, Create
from db.keys import CHEAP
from db.typed import TypedTable
from engage_desktop.records.feedback import FFT, Comment, Response, Theme
from engage_desktop.records.registry import REGISTRY
from engage_desktop.workspace import Surroundings, Workspace

CACHE = Path("build/bench-cache")
PASSPHRASE = "only for benchmarks"
AROUND = Surroundings(cost=CHEAP)
"""The derivation of keys is measured apart; here it costs nothing."""

SIZES = (1_000, 100_000, 1_000_000)
STEP = 4_000
COMMON, RARE = "staff", "heronry"
FILLER = (
    "the", "and", "was", "very", "care", "waiting", "appointment", "friendly", "nurse", "doctor",
    "ward", "clean", "long", "parking", "helpful", "explained", "listened", "thank", "phone",
    "letter",
)  # fmt: skip


def vocabulary(chance: random.Random) -> list[str]:
    """Twenty thousand words that nobody uses."""
    parts = ["bra", "col", "den", "fer", "gim", "hol", "jas", "kel", "lor", "mun", "nap", "pes"]
    words = ["".join(word) for word in itertools.product(parts, repeat=4)]
    chance.shuffle(words)
    return words[:20_000]


def changes(count: int, new_id: Any) -> Iterator[Change]:
    """Themes, responses and comments: a response to every four comments."""
    chance = random.Random(count)
    rare_words = vocabulary(chance)
    themes = [Theme(id=new_id(), name=name.title()) for name in FILLER[:10]]
    yield from map(Create, themes)
    response = ""
    codes = [choice.code for choice in FFT]
    for number in range(count):
        if number % 4 == 0:
            response = new_id()
            month, day = 1 + number // 4 % 12, 1 + number // 48 % 28
            made = Response(
                id=response, service=f"Ward {number % 60}", received_on=f"2026-{month:02}-{day:02}",
                fft=chance.choice(codes), source="survey",
            )  # fmt: skip
            yield Create(made)
        words = chance.choices(FILLER, k=14) + chance.choices(rare_words, k=8)
        if number % 10 == 0:
            words.append(COMMON)
        if number % (count // 20) == 7:
            words.append(RARE)
        chance.shuffle(words)
        theme = themes[number % 10].id
        yield Create(Comment(id=new_id(), text=" ".join(words), response=response, themes=(theme,)))


def shape() -> str:
    """What the cached stores depend on: the tables, and this file."""
    made = [statement for cls in REGISTRY for statement in TypedTable(cls).ddl()]
    text = json.dumps(made) + Path(__file__).read_text() + Path("db/migrations.py").read_text()
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def shelf(count: int) -> Path:
    """The workspace with that many comments; made now if it is not there."""
    folder = CACHE / f"{count}-{shape()}"
    if (folder / "keys.json").exists() and (folder / "whole").exists():
        return folder
    for stale in CACHE.glob(f"{count}-*"):
        shutil.rmtree(stale)
    CACHE.mkdir(parents=True, exist_ok=True)
    begun = time.perf_counter()
    workspace, _ = Workspace.create(folder, officer="Bench", passphrase=PASSPHRASE, around=AROUND)
    with workspace:
        store = workspace.store
        every = changes(count, store.new_id)
        done = 0
        with store.batch("Fill") as batch:
            while part := list(itertools.islice(every, STEP)):
                done += len(batch.add(part))
                tell(f"making {count:,} comments once: {done:,} records")
        store.set_setting("window", {"area": "feedback"})
        store.set_setting("bench_seconds", time.perf_counter() - begun)
    (folder / "whole").touch()
    tell("")
    return folder


def tell(words: str) -> None:
    """Progress on one line, where somebody looks."""
    if sys.stderr.isatty():
        print(f"\r{words:<70}", end="\r" if not words else "", file=sys.stderr, flush=True)


def opened(count: int) -> Workspace:
    """The workspace of that size, open."""
    return Workspace.open(shelf(count), PASSPHRASE, around=AROUND)
