"""Whether a colleague's op has the form its fields have here.

A laptop that was tampered with, or a fault in some release, must not bring values into the
store that nothing else would let in. Kinds and fields that this version does not know pass: they
are kept as they came and understood after an upgrade.
"""

from __future__ import annotations

import datetime
import re
from typing import Any

from db.changes import BIN, Op
from db.fields import FieldType, Spec
from db.record import Registry

_ID = re.compile(r"[0-9a-f]{32}")


def fits(registry: Registry, op: Op) -> bool:
    """True when every value that this version understands has its field's form."""
    specs = registry[op.kind].specs() if op.kind in registry else {}
    for slot, value in op.values.items():
        name, colon, element = slot.partition(":")
        spec = specs.get(name)
        if slot == BIN:
            if not isinstance(value, bool):
                return False
        elif spec is not None and not _slot_fits(spec, bool(colon), element, value):
            return False
    return True


def _slot_fits(spec: Spec, is_element: bool, element: str, value: Any) -> bool:
    if spec.is_set != is_element:
        return False
    if value is None:
        return True
    if spec.is_set:
        if spec.type is FieldType.FEATURES:
            return element != "" and value in ("yes", "no")
        whole = spec.type is not FieldType.LINKS or _ID.fullmatch(element) is not None
        return element != "" and whole and type(value) is int and value == 1
    return _value_fits(spec, value)


def _value_fits(spec: Spec, value: Any) -> bool:
    match spec.type:
        case FieldType.INTEGER | FieldType.MONEY:
            return type(value) is int
        case FieldType.BOOLEAN:
            return type(value) is bool
        case FieldType.LINK:
            return isinstance(value, str) and _ID.fullmatch(value) is not None
        case FieldType.DATE:
            return isinstance(value, str) and _is_date(value)
        case _:
            return isinstance(value, str)


def _is_date(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True
