"""In which compartment a change of this laptop's travels: who may read it once laptops share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from db.connection import Connection
from db.fields import FieldType, is_id
from db.record import Registry


def compartment_of(
    connection: Connection, registry: Registry, kind: str, values: Mapping[str, Any]
) -> str:
    """The compartment of a record of `kind` that holds `values`.

    A file goes with the record it belongs to, and an import's receipt with what was imported:
    their names and rows say as much as the records do. Where that is not known, a kind's own.
    """
    meta = registry[kind].meta
    named = values.get(meta.follows) if meta.follows else None
    if not isinstance(named, str):
        return meta.compartment
    if registry[kind].specs()[meta.follows].type is not FieldType.LINK:
        owner = named
    elif is_id(named):
        row = connection.execute(
            "SELECT pk, kind FROM record WHERE id = ?", (bytes.fromhex(named),)
        ).fetchone()
        if row is None:
            return meta.compartment
        owner = str(row[1])
        if owner not in registry or registry[owner].meta.follows:
            return latest_compartment(connection, int(row[0])) or meta.compartment
    else:
        return meta.compartment
    if owner in registry and not registry[owner].meta.follows:
        return registry[owner].meta.compartment
    return meta.compartment


def latest_compartment(connection: Connection, pk: int) -> str:
    """The compartment of what was last written about a record; "" when that is not known."""
    row = connection.execute(
        "SELECT compartment FROM op WHERE record = ? ORDER BY change_set DESC, idx DESC LIMIT 1",
        (pk,),
    ).fetchone()
    return str(row[0]) if row else ""
