"""Backups: one file that holds everything, encrypted as it stands, and can be checked.

It is a ZIP without compression, so that any tool can look at its list. Inside: the key file
(locked with the passphrase and the recovery code, as in the workspace), a whole copy of the
store made while it is in use, the drafts and the attachments, and a list of their SHA-256 sums.
"""

from __future__ import annotations

import glob
import hashlib
import json
import re
import shutil
import zipfile
import zlib
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, BinaryIO

from db.connection import known_errors
from db.errors import Cancelled, KnownError, NotAWorkspace
from db.files import replacing

MANIFEST = "backup.json"
FORMAT = 1
EXPECTED = re.compile(r"[a-z][a-z0-9-]*(?:\.[a-z]+)?(?:/[0-9a-z]+){0,2}")
"""The names that a backup may hold: plain ones, none of which leads out of its folder."""
BLOCK = 1 << 20

Progress = Callable[[int, int], None]
IsCancelled = Callable[[], bool]


def _never() -> bool:
    return False


def stale_beside(path: Path, ending: str) -> list[Path]:
    """What a process that was killed left beside `path`: `.name.<mark>.<ending>`."""
    return list(path.parent.glob(f".{glob.escape(path.name)}.*.{ending}"))


def write_backup(
    target: Path, files: Iterable[tuple[str, Path]], *, ms: int, progress: Progress | None = None,
    cancelled: IsCancelled = _never,
) -> int:  # fmt: skip
    """Write `files` (name inside, path) into one backup. Returns its size in bytes.

    The target appears only when it is whole and has been read back. Raises `DiskFull`,
    `ReadOnly`, `Cancelled`.
    """
    with known_errors(target.name):
        listed = [(name, path, path.stat().st_size) for name, path in files]
    total = sum(size for _, _, size in listed) or 1
    done = 0
    sums: dict[str, dict[str, Any]] = {}
    with (
        replacing(target, private=True) as raw,
        zipfile.ZipFile(raw, "w", zipfile.ZIP_STORED) as archive,
    ):
        for name, path, _ in listed:
            digest = hashlib.sha256()
            size = 0
            with path.open("rb") as source, archive.open(name, "w", force_zip64=True) as entry:
                while block := source.read(BLOCK):
                    _stop_if(cancelled)
                    entry.write(block)
                    digest.update(block)
                    size += len(block)
                    done += len(block)
                    if progress is not None:
                        progress(done, total)
            sums[name] = {"sha256": digest.hexdigest(), "size": size}
        archive.writestr(MANIFEST, json.dumps({"format": FORMAT, "ms": ms, "files": sums}))
    verify_backup(target)
    return target.stat().st_size


def verify_backup(source: Path) -> dict[str, Any]:
    """Read every byte of a backup and return its list. Raises `NotAWorkspace`, saying why."""
    with known_errors(source.name):
        try:
            with zipfile.ZipFile(source) as archive:
                manifest = _manifest(archive, source)
                names = set(archive.namelist()) - {MANIFEST}
                if names != set(manifest["files"]):
                    raise _broken(source, "its list and its files differ")
                for name, wanted in manifest["files"].items():
                    with archive.open(name) as entry:
                        if _sum(entry) != wanted["sha256"]:
                            raise _broken(source, f"“{name}” in it is damaged")
        except (
            zipfile.BadZipFile, EOFError, KeyError, ValueError, TypeError, AttributeError,
            NotImplementedError, RuntimeError, zlib.error,
        ):  # fmt: skip
            raise _broken(source, "it is not a backup, or it is cut short") from None
    return dict(manifest)


def unpack_backup(
    source: Path, folder: Path, *, progress: Progress | None = None, cancelled: IsCancelled = _never
) -> None:
    """Check a backup, then lay its files into a new folder."""
    manifest = verify_backup(source)
    total = sum(int(item["size"]) for item in manifest["files"].values()) or 1
    done = 0
    with known_errors(folder.name), zipfile.ZipFile(source) as archive:
        for name in manifest["files"]:
            target = _inside(folder, name)
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as entry, target.open("xb") as file:
                while block := entry.read(BLOCK):
                    _stop_if(cancelled)
                    file.write(block)
                    done += len(block)
                    if progress is not None:
                        progress(done, total)


def remove_tree(folder: Path) -> None:
    """Take away a half-made folder of our own."""
    shutil.rmtree(folder, ignore_errors=True)


def _inside(folder: Path, name: str) -> Path:
    """Where a file of the backup belongs. Its list is no secret, so its names are not believed."""
    if not EXPECTED.fullmatch(name):
        raise NotAWorkspace(
            "This backup was tampered with: a file in it has no place in a workspace. "
            "Nothing was changed. Try an earlier backup."
        )
    return folder / name


def _manifest(archive: zipfile.ZipFile, source: Path) -> dict[str, Any]:
    manifest = json.loads(archive.read(MANIFEST))
    if manifest.get("format") != FORMAT:
        raise _broken(source, "it was made by a newer version of Engage Desktop")
    return dict(manifest)


def _sum(file: Any) -> str:
    digest = hashlib.sha256()
    source: BinaryIO = file
    while block := source.read(BLOCK):
        digest.update(block)
    return digest.hexdigest()


def _broken(source: Path, why: str) -> KnownError:
    return NotAWorkspace(
        f"“{source.name}” cannot be restored: {why}. Nothing was changed. Try an earlier backup."
    )


def _stop_if(cancelled: IsCancelled) -> None:
    if cancelled():
        raise Cancelled("Stopped. No backup was written and nothing was changed.")
