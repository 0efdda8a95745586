"""A workspace: one folder that holds an officer's records, drafts, attachments and keys.

keys.json, keys-copy.json   the locked store key, twice
store.db                    the records, encrypted
drafts.db                   what is being typed, encrypted
blobs/                      attachments, encrypted
lock, attempts.json         one program at a time; wrong passphrases are slowed
"""

from __future__ import annotations

import contextlib
import secrets
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from db.blobs import Blobs
from db.connection import Connection, copy_into, known_errors
from db.drafts import Drafts
from db.erase import Steps
from db.errors import (
    DiskFull,
    DriveTrouble,
    KnownError,
    NotAWorkspace,
    ReadOnly,
    StoreBusy,
    WrongPassphrase,
)
from db.files import sweep, sync_folder, tighten
from db.keys import KeyFile, new_code
from db.lock import FolderLock
from db.store import RECORD_KEY, Store
from engage_desktop.erased import ERASED_FILES
from engage_desktop.founding import (
    DRAFTS,
    UNFINISHED,
    check_empty,
    check_finished,
    check_new,
    check_passphrase,
    check_still_empty,
    clear,
    make_to_last,
)
from engage_desktop.leaving import noted, sweep_noted
from engage_desktop.migrations import MIGRATIONS
from engage_desktop.outside import KEYS, STORE, check_target_outside
from engage_desktop.plain import counted
from engage_desktop.readings import Readings
from engage_desktop.records.registry import REGISTRY
from engage_desktop.rules import judge_by_the_team
from engage_desktop.unlocking import Surroundings, TooSoon, mend_keys, unlock

if TYPE_CHECKING:  # what a backup needs is loaded when one is made
    from db.backup import IsCancelled, Progress

BLOBS = "blobs"
LEAST_ROOM = 1 << 18
"""Bytes that SQLite's log and index may want beside a store while it is opened."""


class Workspace:
    """An open workspace. Close it, or use it in a `with` statement."""

    def __init__(
        self, folder: Path, store: Store, key: bytes, lock: FolderLock, around: Surroundings
    ) -> None:
        self.folder = folder
        self.store = store
        self.blobs = Blobs(folder / BLOBS, key, lambda: store.get_secret(RECORD_KEY))
        self.drafts = Drafts(folder / DRAFTS, key, now=around.now)
        self.readings = Readings(store)
        self.recovered = list(store.recovered)
        self._key = key
        self._lock = lock
        self._around = around
        self._take_up()

    def _take_up(self) -> None:
        tighten(self.folder)  # one an earlier release made, or a copy, may be open to all
        swept = sweep(self.folder) + (sweep(self.folder / BLOBS) if self.blobs_exist else 0)
        swept += sweep_noted()
        if self.drafts.lost:
            self.recovered.append(
                "The file of drafts was damaged and has been set aside. "
                "Everything that was saved is here; something half typed may be gone."
            )
        if self.store.get_setting("session_open", False):
            waiting = len(self.drafts.names())
            words = "Last time the program stopped without closing. Everything saved is here."
            if waiting:
                words += f" {counted(waiting, 'draft')} can be taken up again."
            if swept:
                words += " Unfinished files were cleared away."
            self.recovered.insert(0, words)
        self.finish_erasures()
        try:
            self.store.set_setting("session_open", True)
        except (DiskFull, DriveTrouble) as error:
            if isinstance(error, DriveTrouble) and not _is_full(self.folder):
                raise
            self.recovered.append(
                "The disk is full: everything can be read, and nothing can be saved until there "
                "is some room on it."
            )

    @property
    def blobs_exist(self) -> bool:
        """Has anything been attached yet?"""
        return (self.folder / BLOBS).is_dir()

    @property
    def officer(self) -> str:
        """Whose workspace this is."""
        return self.store.officer

    @property
    def name(self) -> str:
        """What the folder is called."""
        return self.folder.name

    # -- making and opening ----------------------------------------------------------------

    @classmethod
    def create(
        cls, folder: Path, *, officer: str, passphrase: str, around: Surroundings | None = None,
        to_fill: bool = False,
    ) -> tuple[Workspace, str]:  # fmt: skip
        """Make a workspace in a new or empty folder. Returns it with its recovery code.

        The code is shown once and kept nowhere. One that is still `to_fill` opens only after
        `filled`, so that half of it is never taken for all. Raises `KnownError` for a folder in
        use, a passphrase under 8 characters, or a disk that cannot be written; nothing is left
        then.
        """
        around = around or Surroundings()
        folder = folder.expanduser().absolute()
        check_new(folder, officer, passphrase)
        made = not folder.exists()
        with known_errors(folder.name):
            make_to_last(folder)
        try:
            lock = FolderLock(folder / "lock")
        except BaseException:
            if made:
                with contextlib.suppress(OSError):
                    folder.rmdir()
            raise
        try:
            check_still_empty(folder)
            key, code = around.randomness(32), new_code(around.randomness)
            try:
                store = Store.create(
                    folder / STORE, key, REGISTRY, MIGRATIONS, officer=officer.strip(),
                    device=around.randomness(16).hex(), now=around.now,
                    randomness=around.randomness,
                )  # fmt: skip
                try:
                    store.set_setting("incarnation", around.randomness(8).hex())
                    store.set_setting(UNFINISHED, to_fill)
                    keys = KeyFile.make(
                        key, passphrase, code, around.randomness(16).hex(), around.cost,
                        around.randomness,
                    )  # fmt: skip
                    keys.save(*(folder / name for name in KEYS))
                except BaseException:
                    store.close()
                    raise
                return cls._over(folder, store, key, lock, around), code
            except BaseException:
                clear(folder, whole=made)
                raise
        except BaseException:
            lock.release()
            raise

    @classmethod
    def _over(
        cls, folder: Path, store: Store, key: bytes, lock: FolderLock, around: Surroundings
    ) -> Workspace:
        """A workspace over an open store, which is closed again if that fails."""
        try:
            return cls(folder, store, key, lock, around)
        except BaseException:
            store.close()
            raise

    @classmethod
    def open(cls, folder: Path, secret: str, *, around: Surroundings | None = None) -> Workspace:
        """Open with the passphrase or the recovery code.

        Raises `WrongPassphrase` (slowed after three tries: `TooSoon`), `NotAWorkspace`,
        `NewerVersion`, `DamagedStore`, `StoreBusy`, `ReadOnly`, `DiskFull`.
        """
        folder = folder.expanduser().absolute()
        try:
            return cls._opened(folder, secret, around or Surroundings())
        except ReadOnly as error:
            raise ReadOnly(
                f"“{folder.name}” lies in a read-only place, or is not yours to write in, and "
                "opening it needs to write a little. Nothing was changed. Copy the whole folder "
                "to a place of your own and open it there, or ask for the right to write in this "
                "one."
            ) from error
        except (DiskFull, DriveTrouble) as error:
            if isinstance(error, DriveTrouble) and not _is_full(folder):
                raise
            raise DiskFull(
                f"The disk is full, so “{folder.name}” cannot be opened: that needs a little room. "
                "Everything in it is kept as it was. Make some room on the disk and open it again."
            ) from error

    @classmethod
    def _opened(cls, folder: Path, secret: str, around: Surroundings) -> Workspace:
        if not folder.is_dir():
            raise NotAWorkspace(
                f"There is no folder “{folder.name}” here. Nothing was changed. If it is on a "
                "drive, plug the drive in; otherwise choose another folder."
            )
        keys = KeyFile.load(*(folder / name for name in KEYS))
        lock = FolderLock(folder / "lock")
        try:
            key = unlock(folder, keys, secret, around)
            mend_keys(folder, keys)
            store = Store.open(
                folder / STORE, key, REGISTRY, MIGRATIONS, now=around.now,
                randomness=around.randomness, before_upgrade=_keep_copy(folder, around),
            )  # fmt: skip
            check_finished(store, folder)
            judge_by_the_team(store)
            return cls._over(folder, store, key, lock, around)
        except BaseException:
            lock.release()
            raise

    def filled(self) -> None:
        """What a new workspace was made for is in it, whole."""
        self.store.set_setting(UNFINISHED, False)

    def close(self) -> None:
        """Close everything; the workspace can be opened again at once."""
        with contextlib.ExitStack() as closing:  # each of these, whatever becomes of the others
            closing.callback(self._lock.release)
            closing.callback(self.store.close)
            closing.callback(self.drafts.close)
            with contextlib.suppress(KnownError):
                self.store.set_setting("session_open", False)

    def __enter__(self) -> Workspace:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # -- erasing ---------------------------------------------------------------------------

    def finish_erasures(self, *, progress: Steps | None = None) -> bool:
        """Take away the last remains of what was erased, wherever this workspace keeps any.

        False where another window or command still reads them, or the disk is full: then it is
        done when this is called next, at the latest when the workspace is opened again.
        """
        if not self.store.unfinished_erasures():
            return True
        try:
            self._remove_old_copies()
        except OSError:
            return False  # held by another program: nothing is confirmed while one is there
        try:
            self.store.finish_erasures(
                self.blobs, self.drafts, removed=self._note_erased_file, progress=progress
            )
        except (StoreBusy, DiskFull, DriveTrouble, ReadOnly):
            return False
        return True

    def _remove_old_copies(self) -> None:
        """Those from before an upgrade hold all that was there then. Raises `OSError`."""
        for copy in self.folder.glob("before-upgrade-*.db"):
            copy.unlink(missing_ok=True)
        sync_folder(self.folder)  # or a power cut brings them back after it was confirmed

    def _note_erased_file(self, digest: str) -> None:
        noted = self.store.get_setting(ERASED_FILES, [])
        self.store.set_setting(ERASED_FILES, sorted({*noted, digest}))

    # -- keys ------------------------------------------------------------------------------

    def accepts(self, secret: str) -> bool:
        """Does this open the workspace? For unlocking a window; slowed like `open`."""
        keys = KeyFile.load(*(self.folder / name for name in KEYS))
        try:
            return unlock(self.folder, keys, secret, self._around) == self._key
        except TooSoon:
            raise
        except WrongPassphrase:
            return False

    def change_passphrase(self, passphrase: str) -> None:
        """Lock the store key with a new passphrase. The old one opens nothing any more."""
        check_passphrase(passphrase)
        keys = KeyFile.load(*(self.folder / name for name in KEYS))
        self._save(
            keys.with_passphrase(self._key, passphrase, self._around.cost, self._around.randomness)
        )

    def new_recovery_code(self, code: str = "") -> str:
        """A new recovery code, shown once. The old one opens nothing any more.

        `code` is one that `db.keys.new_code` drew and the officer has noted already.
        """
        code = code or new_code(self._around.randomness)
        keys = KeyFile.load(*(self.folder / name for name in KEYS))
        self._save(keys.with_recovery(self._key, code, self._around.cost, self._around.randomness))
        return code

    def _save(self, keys: KeyFile) -> None:
        keys.save(*(self.folder / name for name in KEYS))

    # -- backup ----------------------------------------------------------------------------

    def backup(
        self, target: Path, *, progress: Progress | None = None,
        cancelled: IsCancelled = lambda: False,
    ) -> int:  # fmt: skip
        """Write everything into one file, while the workspace is in use. Returns its size.

        Nothing already at `target` is lost unless the new backup is whole. Raises `DiskFull`,
        `ReadOnly`, `Cancelled`, `InvalidInput` for a target inside a workspace.
        """
        from db.backup import write_backup

        check_target_outside(target, sealed=True)
        mark = secrets.token_hex(6)
        copy, drafts = (self.folder / f".{mark}.{name}.tmp" for name in (STORE, DRAFTS))
        try:
            self.store.snapshot(copy)
            self.drafts.snapshot(drafts)
            files = [(KEYS[0], self.folder / KEYS[0]), (STORE, copy), (DRAFTS, drafts)]
            files += [(f"{BLOBS}/{d[:2]}/{d}", self.blobs.path(d)) for d in self.blobs.all()]
            with noted(target):
                return write_backup(
                    target, files, ms=self._around.now(), progress=progress, cancelled=cancelled
                )
        finally:
            copy.unlink(missing_ok=True)
            drafts.unlink(missing_ok=True)

    @classmethod
    def restore(
        cls, source: Path, folder: Path, secret: str, *, around: Surroundings | None = None,
        progress: Progress | None = None, cancelled: IsCancelled = lambda: False,
    ) -> Workspace:  # fmt: skip
        """Lay a backup into a new folder and open it.

        The folder appears only when the backup is whole, its secret opens it and the store
        passes its check. The restored laptop begins a new life in the eyes of its colleagues, so
        that no number is used twice.
        """
        from db.backup import remove_tree, stale_beside, unpack_backup

        around = around or Surroundings()
        folder = folder.expanduser().absolute()
        check_empty(folder, "Choose a new or empty folder to restore into.")
        if not source.is_file():
            raise NotAWorkspace(f"There is no file “{source.name}”. Nothing was changed.")
        for stale in stale_beside(folder, "restoring"):
            remove_tree(stale)  # what a killed restore left
        staging = folder.with_name(f".{folder.name}.{secrets.token_hex(4)}.restoring")
        try:
            with known_errors(folder.name):
                staging.mkdir(parents=True, mode=0o700)
            unpack_backup(source, staging, progress=progress, cancelled=cancelled)
            with cls.open(staging, secret, around=around) as workspace:
                report = workspace.store.check()
                if not report.ok:
                    raise NotAWorkspace(
                        f"“{source.name}” is a backup of a damaged workspace: "
                        f"{report.problems[0]} Nothing was changed. Try an earlier backup."
                    )
                workspace.store.set_setting("incarnation", around.randomness(8).hex())
            with known_errors(folder.name):
                if folder.exists():
                    folder.rmdir()
                staging.replace(folder)
                sync_folder(folder.parent)
        except BaseException:
            remove_tree(staging)
            raise
        return cls.open(folder, secret, around=around)


def _is_full(folder: Path) -> bool:
    """Is there no room to open a store? SQLite tells of its index only that it could not write."""
    with contextlib.suppress(OSError):
        return shutil.disk_usage(folder).free < LEAST_ROOM
    return False


def _keep_copy(folder: Path, around: Surroundings) -> Callable[[Connection], None]:
    def keep(connection: Connection) -> None:
        target = folder / f"before-upgrade-{around.now()}.db"
        half = folder / f".{target.name}.tmp"
        copy_into(connection, half)
        half.replace(target)

    return keep


__all__ = ["KEYS", "Surroundings", "TooSoon", "Workspace"]
