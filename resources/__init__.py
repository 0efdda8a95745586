"""Fonts, icons, pictograms, reference lists and the sample county: data only, and one way to it.

Everything is found next to this file, so the same calls work from a checkout, from an installed
wheel and inside a frozen application. A name that does not exist raises `MissingResourceError`,
which says what was asked for and what there is instead.
"""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path, PurePosixPath
from typing import Any

__all__ = [
    "MissingResourceError",
    "Pictogram",
    "Reference",
    "font_families",
    "font_path",
    "fonts",
    "icon_ids",
    "icon_svg",
    "path",
    "pictogram_svg",
    "pictograms",
    "read_bytes",
    "read_json",
    "read_text",
    "reference",
    "reference_names",
    "sample",
]

_HERE = Path(__file__).resolve().parent

# The weights each family ships with. A family not listed here is not ours to promise.
_FONTS: dict[str, tuple[str, ...]] = {
    "Atkinson Hyperlegible Next": ("Regular", "Medium", "SemiBold", "Bold"),
    "Lexend": ("Regular", "Bold"),
    "Noto Sans": ("Regular", "Bold"),
}


class MissingResourceError(KeyError):
    """A font, icon, list or file was asked for that the application does not carry."""

    def __str__(self) -> str:
        """The sentence itself: KeyError would print it in quotation marks."""
        return str(self.args[0])


@dataclass(frozen=True)
class Pictogram:
    """One picture for easy read, with the words an officer might type to find it."""

    id: str
    label: str
    tags: tuple[str, ...]
    file: str
    set: str


@dataclass(frozen=True)
class Reference:
    """A list shipped for the organisation to edit, with the place it was taken from.

    Every item has a code and a label. `more` holds what belongs to the list as a whole, such as
    the question that the six answers of the Friends and Family Test reply to.
    """

    name: str
    source: str
    as_of: str
    items: tuple[dict[str, Any], ...]
    more: dict[str, Any]


def path(name: str) -> Path:
    """The file or folder `name`, written with forward slashes and relative to this package.

    Raises MissingResourceError if it does not exist or would lie outside the package.
    """
    parts = PurePosixPath(name).parts
    found = _HERE.joinpath(*parts)
    if not parts or ".." in parts or PurePosixPath(name).is_absolute() or not found.exists():
        raise MissingResourceError(f"There is no resource called “{name}”.")
    return found


def read_bytes(name: str) -> bytes:
    """The contents of `name` as they stand."""
    return path(name).read_bytes()


def read_text(name: str) -> str:
    """The text of `name`, which is always UTF-8."""
    return path(name).read_text(encoding="utf-8")


def read_json(name: str) -> Any:
    """The parsed contents of `name`, read afresh, so that a caller may change its own copy."""
    return json.loads(read_text(name))


def font_families() -> dict[str, tuple[str, ...]]:
    """Every family with the weights it has."""
    return dict(_FONTS)


def font_path(family: str, weight: str = "Regular") -> Path:
    """The static TrueType file of one weight of one family.

    Raises MissingResourceError naming the families, or the weights of the family, that exist.
    """
    if family not in _FONTS:
        raise MissingResourceError(
            f"There is no font family called “{family}”; there are {', '.join(_FONTS)}."
        )
    if weight not in _FONTS[family]:
        raise MissingResourceError(
            f"{family} has no weight called “{weight}”; it has {', '.join(_FONTS[family])}."
        )
    return path(f"fonts/{family.replace(' ', '')}-{weight}.ttf")


def fonts() -> list[Path]:
    """Every font file, for a window that registers them all at start."""
    return [font_path(family, weight) for family, weights in _FONTS.items() for weight in weights]


def icon_ids() -> list[str]:
    """The names that `icon_svg` takes, in order."""
    return sorted(file.stem for file in path("icons").glob("*.svg"))


@cache
def icon_svg(icon_id: str) -> str:
    """The SVG text of an icon for the screen: black paths without a fill of their own."""
    return _svg(f"icons/{icon_id}.svg", f"There is no icon called “{icon_id}”.")


@cache
def pictograms() -> tuple[Pictogram, ...]:
    """Every picture for easy read, in the order they are offered."""
    rows = read_json("pictograms/pictograms.json")
    return tuple(Pictogram(**{**row, "tags": tuple(row["tags"])}) for row in rows)


@cache
def pictogram_svg(pictogram_id: str) -> str:
    """The SVG text of a picture for easy read: paths of one colour, filled even-odd or non-zero.

    The healthicons paths say `fill="currentColor"` and name their fill rule; the Material ones
    say neither and mean non-zero.
    """
    missing = f"There is no pictogram called “{pictogram_id}”."
    for pictogram in pictograms():
        if pictogram.id == pictogram_id:
            return _svg(pictogram.file, missing)
    raise MissingResourceError(missing)


def reference_names() -> list[str]:
    """The names that `reference` takes, in order."""
    return sorted(file.stem for file in path("reference").glob("*.json"))


def reference(name: str) -> Reference:
    """One editable list with its source.

    Raises MissingResourceError naming the lists that exist.
    """
    try:
        data = read_json(f"reference/{name}.json")
    except MissingResourceError as error:
        raise MissingResourceError(
            f"There is no reference list called “{name}”; there are {', '.join(reference_names())}."
        ) from error
    source, as_of, items = data.pop("source"), data.pop("as_of"), tuple(data.pop("items"))
    return Reference(name, source, as_of, items, data)


def sample(name: str) -> list[dict[str, Any]]:
    """The rows of one file of the fictional sample county, such as "events" or "venues"."""
    rows: list[dict[str, Any]] = read_json(f"sample/{name}.json")["items"]
    return rows


def _svg(name: str, missing: str) -> str:
    try:
        return read_text(name)
    except MissingResourceError as error:
        raise MissingResourceError(missing) from error
