"""Documents to disk: the old file stays until the new one is whole.

The bytes go to a file beside the one wanted, are forced to the disk, and only then take its name.
A full disk or a read-only folder is told in a sentence, and what was there before is still there.
"""

from __future__ import annotations

import errno
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO, TypeVar

from db.errors import DiskFull, KnownError, NotFound, ReadOnly
from db.files import fresh
from engage_desktop.leaving import noted
from engage_desktop.outside import check_target_outside

Result = TypeVar("Result")

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_FORBIDDEN = frozenset({errno.EACCES, errno.EPERM, errno.EROFS})
_NOWHERE = frozenset({errno.ENOENT, errno.ENOTDIR})


def write_pdf(path: Path, render: Callable[[BinaryIO], Result]) -> Result:
    """Let `render` write a document, put it at `path`, and return what `render` returned.

    Raises InvalidInput for a path inside a workspace or a team's shared folder, and DiskFull,
    ReadOnly, NotFound or KnownError where the disk refuses; whatever `render` raises passes
    through. In every case a file already at `path` is left as it was.
    """
    path = Path(path)
    check_target_outside(path)
    if path.is_dir():
        raise KnownError(
            f"“{path.name}” is a folder. Nothing was written. Give the document a name of its own.",
            code="is_folder",
        )
    try:
        with noted(path), fresh(path) as out:
            return render(out)
    except OSError as error:
        raise _told(error, path) from error


def _told(error: OSError, path: Path) -> KnownError:
    kept = f"The document “{path.name}” was not saved; if there was one before, it is unchanged."
    if error.errno in _FULL:
        return DiskFull(f"The disk is full. {kept} Make some room, or save it somewhere else.")
    if error.errno in _FORBIDDEN:
        return ReadOnly(
            f"The folder “{path.parent.name}” may not be written to, or the document is open in "
            f"another program. {kept} Close it there, or save it somewhere else."
        )
    if error.errno in _NOWHERE:
        return NotFound(
            f"The folder “{path.parent.name}” is not there any more. {kept} Choose another folder."
        )
    reason = error.strerror or "the system gave no reason"
    return KnownError(f"The disk refused ({reason}). {kept} Try another folder.", code="not_saved")
