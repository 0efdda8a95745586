"""Workspaces that meet in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from benchmarks.shelves import AROUND, PASSPHRASE
from engage_desktop.sync import LocalPlace, join_team, sync_once
from engage_desktop.workspace import Workspace


def laptop(folder: Path, officer: str, invitation: bytes | None = None) -> Workspace:
    """A workspace, in the team of whoever invited it."""
    workspace, _ = Workspace.create(folder, officer=officer, passphrase=PASSPHRASE, around=AROUND)
    if invitation is not None:
        join_team(workspace.store, invitation)
    return workspace


def sync(workspace: Workspace, shared: Path, **more: Any) -> Any:
    """One sync with a folder."""
    place = LocalPlace(shared, owner=workspace.store.device[:8])
    keep = workspace.folder / "sync"
    return sync_once(workspace.store, workspace.blobs, place, keep=keep, **more)
