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
        spec = specs.get(slot)
        if spec is not None:
            fine = spec.fits(value)
        elif is_mark(slot):
            fine = type(value) is int and value == 1
        elif slot == BIN:
            fine = isinstance(value, bool)
        else:
            name, colon, element = slot.partition(":")
            spec = specs.get(name)
            fine = spec is None or spec.fits(value, element if colon else None)
        if not fine:
            return False
    return True
