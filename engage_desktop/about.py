"""Which program this is, and whose work is in it."""

from __future__ import annotations

import platform
from dataclasses import dataclass

import resources
from db.connection import engine_versions
from engage_desktop import __version__

NAME = "Engage Desktop"


@dataclass(frozen=True, slots=True)
class Work:
    """Something in the program that others made."""

    what: str
    part: str
    """fonts, icons, pictograms or postcodes."""
    licence: str
    text: str
    """The licence itself, as it came with the work."""


def versions() -> dict[str, str]:
    """What somebody who helps needs to know; nothing about the officer or their work."""
    sqlite, sqlcipher = engine_versions()
    return {
        "version": __version__,
        "system": f"{platform.system()} {platform.release()} ({platform.machine()})",
        "python": platform.python_version(),
        "sqlite": sqlite,
        "sqlcipher": sqlcipher,
    }


def works() -> list[Work]:
    """The work of others that is shipped, with its licences."""
    rows = resources.read_json("credits.json")["works"]
    return [Work(row["what"], row["part"], row["licence"], resources.read_text(row["text"]))
            for row in rows]  # fmt: skip


def notices() -> list[str]:
    """What the owners of the data want said."""
    return list(resources.read_json("credits.json")["notices"])


__all__ = ["NAME", "Work", "notices", "versions", "works"]
