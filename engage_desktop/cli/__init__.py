"""The `engage` command: everything the window does with records and files, without a window."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engage_desktop.cli.common import Session


def main(argv: Sequence[str] | None = None, session: Session | None = None) -> int:
    """Run one command. Returns its exit code."""
    try:
        from engage_desktop.cli.run import main as run
    except KeyboardInterrupt:  # stopped before there was anything to stop
        return 130
    return run(argv, session)


__all__ = ["main"]
