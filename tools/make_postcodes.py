"""Make `resources/postcodes/gb.bin` from the package uk_postcodes_parsing, unpacked in a folder.

    python tools/make_postcodes.py FOLDER "February 2025"

FOLDER holds `uk_postcodes_parsing/outcodes/*.py`, of which each is one set of incodes; they are
read as text and never run. The form of the file is in `engage_desktop/stakeholders/postcodes.py`.
Postcodes of Northern Ireland are left out: their licence is another than the Open Government
Licence.
"""

from __future__ import annotations

import ast
import re
import struct
import sys
from pathlib import Path

from engage_desktop.stakeholders.postcodes import LETTERS, MAGIC, SECTOR_BYTES

OUTCODE = re.compile(r"[A-Z]{1,2}[0-9][0-9A-Z]?")
INCODE = re.compile(rf"[0-9][{LETTERS}]{{2}}")
NOT_OURS = "BT"


def incodes(file: Path) -> set[str]:
    """The set that a module keeps, read without running it."""
    for node in ast.parse(file.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Set):
            return set(ast.literal_eval(node.value))
    return set()


def packed(found: dict[str, set[str]], as_of: str) -> bytes:
    """Every district with the sectors it has, then 400 bits for each of these."""
    words = as_of.encode()
    index = [MAGIC, struct.pack(">BH", len(words), len(found)), words]
    bits = []
    for outcode, units in sorted(found.items()):
        sectors = sorted({unit[0] for unit in units})
        mask = sum(1 << int(sector) for sector in sectors)
        index.append(outcode.encode().ljust(4) + struct.pack(">H", mask))
        for sector in sectors:
            here = 0
            for unit in units:
                if unit[0] == sector:
                    here |= 1 << (LETTERS.index(unit[1]) * len(LETTERS) + LETTERS.index(unit[2]))
            bits.append(here.to_bytes(SECTOR_BYTES, "little"))
    return b"".join(index + bits)


def main() -> None:
    """Read the package's districts and write the file."""
    folder, as_of = Path(sys.argv[1]), sys.argv[2]
    found: dict[str, set[str]] = {}
    odd = 0
    for file in sorted((folder / "uk_postcodes_parsing" / "outcodes").glob("*.py")):
        name = file.stem.upper()
        if not OUTCODE.fullmatch(name) or name.startswith(NOT_OURS):
            continue
        whole = incodes(file)
        units = {unit for unit in whole if INCODE.fullmatch(unit)}
        odd += len(whole) - len(units)
        if units:
            found[name] = units
    target = Path("resources/postcodes/gb.bin")
    target.parent.mkdir(exist_ok=True)
    target.write_bytes(packed(found, as_of))
    count = sum(len(units) for units in found.values())
    print(f"{len(found):,} districts, {count:,} postcodes, {odd} left out for their form, "
          f"{target.stat().st_size:,} bytes")  # fmt: skip


if __name__ == "__main__":
    main()
