"""Files kept with a record: taken in, listed, copied out. Window and command line share this."""

from __future__ import annotations

import mimetypes
import stat
from collections.abc import Callable, Sequence
from pathlib import Path

from db.changes import Applied, Bin, Create
from db.errors import InvalidInput, NotFound, NotThere
from db.query import ListQuery
from db.reader import Reader
from db.record import validated
from engage_desktop.leaving import leaving
from engage_desktop.plain import counted
from engage_desktop.records.filing import Attachment
from engage_desktop.workspace import Workspace

KIND = Attachment.meta.name
_AT_ONCE = 500


def attach(
    workspace: Workspace, kind: str, record_id: str, files: Sequence[Path], *, note: str = "",
    why: str = "", cancelled: Callable[[], bool] | None = None,
) -> tuple[Applied, list[Attachment]]:  # fmt: skip
    """Keep copies of files, encrypted, with a record; one change, undone in one step.

    Raises `NotFound` for a record that is not there or in the bin, `InvalidInput` for a kind that
    holds no files, `NotThere` for a file that cannot be read, `DiskFull`, `ReadOnly`, `Cancelled`.
    """
    store = workspace.store
    meta = store.registry[kind].meta
    if not meta.by_hand:
        raise InvalidInput(f"No files can be added to {meta.plural.lower()}. Nothing was added.")
    if store.where(kind, record_id) != "live":
        raise NotFound(
            f"This {meta.label.lower()} is not here, or it is in the bin. Nothing was added. "
            "Put it back first, or choose another."
        )
    made: list[Attachment] = []
    for path in files:
        digest, size = _kept(workspace, path, cancelled)
        values = {
            "id": store.new_id(), "filename": path.name, "description": note, "owner": record_id,
            "size": size, "digest": digest, "media_type": mimetypes.guess_type(path.name)[0] or "",
        }  # fmt: skip
        record = validated(Attachment, values)
        assert isinstance(record, Attachment)
        made.append(record)
    words = "Add a file" if len(made) == 1 else f"Add {counted(len(made), 'file')}"
    applied = store.apply([Create(each) for each in made], why or words)
    return applied, made


def _kept(
    workspace: Workspace, path: Path, cancelled: Callable[[], bool] | None
) -> tuple[str, int]:  # fmt: skip
    try:
        if not stat.S_ISREG(path.stat().st_mode):  # a pipe would be waited for without end
            raise NotThere(f"“{path.name}” is not a file. Nothing was added. Choose a file.")
        file = path.open("rb")
    except OSError:
        raise NotThere(
            f"“{path.name}” could not be read. Nothing was added. See that it is there and that "
            "you may read it."
        ) from None
    with file:
        return workspace.blobs.put(file, cancelled=cancelled)


def attachments(reader: Reader, record_id: str = "", *, bin: bool = False) -> list[Attachment]:
    """The files of one record, or all there are, by name; those outside the bin, or in it."""
    if record_id:
        found = reader.children(KIND, record_id, bin=bin)
        return [each for each in found if isinstance(each, Attachment)]
    query = ListQuery(KIND, sort="filename", bin=bin)
    every: list[Attachment] = []
    while True:
        page = reader.page(query, offset=len(every), limit=_AT_ONCE)
        for row in page.rows:
            record = reader.get(KIND, row.id)
            assert isinstance(record, Attachment)
            every.append(record)
        if not page.more:
            return every


def detach(workspace: Workspace, attachment_id: str, *, why: str = "Delete a file") -> Applied:
    """Move a file into the bin, from where it can be put back. Raises `NotFound`."""
    return workspace.store.apply([Bin(KIND, attachment_id)], why)


def save_copy(workspace: Workspace, attachment: Attachment, target: Path) -> int:
    """Write a file's content, decrypted, outside the workspace. Returns its size in bytes.

    Of what is confidential it is written down first. Raises `NotFound` where the content is not on
    this laptop, `DamagedStore`, `DiskFull`, `ReadOnly`, `InvalidInput` for a place inside a
    workspace.
    """
    size = 0
    workspace.readings.note([(KIND, attachment.id)], "exported")
    with leaving(target) as file:
        for chunk in workspace.blobs.read(attachment.digest):
            file.write(chunk)
            size += len(chunk)
    return size
