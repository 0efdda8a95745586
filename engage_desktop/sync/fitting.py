"""Whether a colleague's op has the form its fields have here.

A laptop that was tampered with, or a fault in some release, must not bring values into the
store that nothing else would let in. Kinds and fields that this version does not know pass: they
are kept as they came and understood after an upgrade.
"""

from __future__ import annotations

from db.changes import BIN, Op
from db.erasing import is_mark
from db.record import Registry


def fits(registry: Registry, op: Op) -> bool:
    """True when every value that this version understands has its field's form."""
    specs = registry[op.kind].specs() if op.kind in registry else {}
    for slot, value in op.values.items():
        name, colon, element = slot.partition(":")
        spec = specs.get(name)
        if is_mark(slot):
            if type(value) is not int or value != 1:
                return False
        elif slot == BIN:
            if not isinstance(value, bool):
                return False
        elif spec is not None and not spec.fits(value, element if colon else None):
            return False
    return True
