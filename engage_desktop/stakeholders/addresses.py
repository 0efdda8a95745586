"""An address as it stands on an envelope, and the order in which a round is walked."""

from __future__ import annotations

import re

_NUMBER = re.compile(r"\d+\s*[A-Za-z]?(?:\s*[-/–]\s*\d+\s*[A-Za-z]?)?$")
_FLAT = re.compile(r"(?:flat|unit|apartment|apt|room|no\.?)\s+\w{1,4}$", re.IGNORECASE)
_POSTCODE = re.compile(r"([A-Z]{1,2})(\d{1,2}?)([A-Z]?)(?:(\d)([A-Z]{2}))?", re.ASCII)
"""Area, district and its letter; then, where they are said, sector and unit."""
_LAST = (1, "", 0, "", 0, "")


def address_lines(address: str, postcode: str) -> tuple[str, ...]:
    """The lines under the name, the postcode last and alone.

    Line ends in the address part it; where it was written in one line, its commas do. A number
    stays with its street and a flat with its house. A postcode that stands in the address as well
    is written once.
    """
    code = " ".join(postcode.upper().split())
    whole = address.strip()
    parts = whole.split("\n") if "\n" in whole else whole.split(",")
    lines: list[str] = []
    for part in parts:
        said = " ".join(part.split()).strip(" ,")
        if code:
            said = _without(said, code)
        if not said:
            continue
        if lines and "\n" not in whole and _goes_on(lines[-1]):
            lines[-1] += (" " if _numbered(lines[-1]) else ", ") + said
        else:
            lines.append(said)
    return (*lines, code) if code else tuple(lines)


def round_key(postcode: str) -> tuple[int, str, int, str, int, str]:
    """Sorts postcodes as a round goes: ZZ2 before ZZ10. What has none comes last."""
    found = _POSTCODE.fullmatch("".join(postcode.upper().split()))
    if found is None:
        return _LAST
    area, district, letter, sector, unit = found.groups()
    return (0, area, int(district), letter, int(sector or 0), unit or "")


def _goes_on(line: str) -> bool:
    return _numbered(line) or bool(_FLAT.fullmatch(line))


def _numbered(line: str) -> bool:
    return bool(_NUMBER.fullmatch(line.rpartition(", ")[2]))


def _without(line: str, code: str) -> str:
    bare = re.escape(code).replace(r"\ ", r"\s*")
    return re.sub(rf"[\s,]*\b{bare}$", "", line, flags=re.IGNORECASE)
