"""Exchange with colleagues: signed, sealed files through a dumb shared folder."""

from __future__ import annotations

from engage_desktop.sync.engine import sync_once
from engage_desktop.sync.place import LocalPlace, Place
from engage_desktop.sync.team import (
    create_invite,
    create_team,
    has_team,
    join_team,
    membership,
    new_code,
)
from engage_desktop.sync.verify import FolderReport, verify_folder
from engage_desktop.sync.work import SetAside, SyncReceipt, Waiting

__all__ = [
    "FolderReport",
    "LocalPlace",
    "Place",
    "SetAside",
    "SyncReceipt",
    "Waiting",
    "create_invite",
    "create_team",
    "has_team",
    "join_team",
    "membership",
    "new_code",
    "sync_once",
    "verify_folder",
]
