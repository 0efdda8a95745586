"""`python -m benchmarks`: every figure in one run, as a table and in `build/bench.json`."""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.timing import HEADINGS, Report, row

PARTS = ("lists", "imports", "window", "memory", "exchange", "maps", "frames", "duplicates")


def main() -> int:
    """Measure what is asked for, by default everything."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", help=f"of: {', '.join(PARTS)}")
    parser.add_argument("--data", type=Path, help="the file of 7,908 comments")
    parser.add_argument("--small", action="store_true", help="without the million comments")
    parser.add_argument("--out", type=Path, default=Path("build/bench.json"))
    asked = parser.parse_args()
    unknown = set(asked.parts) - set(PARTS)
    if unknown:
        parser.error(f"there is no part called {', '.join(sorted(unknown))}")
    report = Report()
    print(row(*HEADINGS))
    for part in asked.parts or PARTS:
        measure(part, report, asked)
    report.save(asked.out)
    print(f"Written to {asked.out}")
    return 0


def measure(part: str, report: Report, asked: argparse.Namespace) -> None:
    """One part, imported only when it is wanted."""
    from benchmarks.shelves import SIZES

    sizes = SIZES[:2] if asked.small else SIZES
    if part == "lists":
        from benchmarks.lists import lists

        lists(report, sizes)
    elif part == "imports":
        from benchmarks.imports import imports

        imports(report, asked.data)
    elif part == "exchange":
        from benchmarks.exchange import exchange

        exchange(report, asked.data, small=asked.small)
    elif part == "maps":
        from benchmarks.maps import maps

        maps(report)
    elif part == "frames":
        from benchmarks.frames import frames

        frames(report)
    elif part == "duplicates":
        from benchmarks.duplicates import duplicates

        duplicates(report, small=asked.small)
    elif part == "window":
        from benchmarks.window import window

        window(report)
    else:
        from benchmarks.window import memory

        memory(report, sizes[-1])


if __name__ == "__main__":
    raise SystemExit(main())
