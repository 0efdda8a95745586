"""Files that rows bring with them, such as the picture on a card: kept with the row's record."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from db.blobs import Blobs
from db.changes import Change, Create, Restore
from db.errors import Cancelled
from db.record import validated
from db.store import Store
from engage_desktop.exchange.tables import CancelCheck, CardFile, Table
from engage_desktop.records.filing import Attachment

KIND = Attachment.meta.name
NOTE = "From a contact’s card"


@dataclass(frozen=True, slots=True)
class FilePlan:
    """The files an import would keep: for each id of an attachment whose it is. `back` are those
    that an undone import left in the bin."""

    table: Table
    owners: Mapping[str, str]
    back: frozenset[str]
    rows: Mapping[int, str]


def plan_files(store: Store, table: Table, rows: Mapping[int, str]) -> FilePlan:
    """Which files of the rows that were taken (row: id of its record) are not here yet."""
    owners: dict[str, str] = {}
    back: set[str] = set()
    for file in table.files() if table.files is not None else ():
        owner = rows.get(file.row)
        if owner is None:
            continue
        each = _id(store, owner, file)
        where = store.where(KIND, each)
        if where is None:
            owners[each] = owner
        elif where == "bin" and store.was_undone(KIND, each):
            owners[each] = owner
            back.add(each)
    return FilePlan(table, owners, frozenset(back), rows)


def file_changes(
    store: Store, blobs: Blobs, plan: FilePlan, cancelled: CancelCheck | None
) -> Iterator[Change]:
    """Keep each file's content and give the change that makes its record. Raises `Cancelled`."""
    done: set[str] = set()
    for file in plan.table.files() if plan.table.files is not None else ():
        owner = plan.rows.get(file.row)
        each = _id(store, owner, file) if owner is not None else ""
        if each not in plan.owners or each in done:
            continue
        if cancelled is not None and cancelled():
            raise Cancelled("The import was stopped. Nothing was kept of it.")
        done.add(each)
        digest, size = blobs.put(io.BytesIO(file.data))
        if each in plan.back:
            yield Restore(KIND, each)
            continue
        values = {
            "id": each, "filename": file.name, "description": NOTE, "owner": owner, "size": size,
            "digest": digest, "media_type": file.media_type,
        }  # fmt: skip
        yield Create(validated(Attachment, values))


def _id(store: Store, owner: str, file: CardFile) -> str:
    return store.derived_id(KIND, owner, hashlib.sha256(file.data).hexdigest())
