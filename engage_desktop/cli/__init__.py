"""The `engage` command: everything the window does with records and files, without a window."""

from __future__ import annotations

from engage_desktop.cli.run import main

__all__ = ["main"]
