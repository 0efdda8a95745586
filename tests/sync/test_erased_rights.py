"""What gave an officer a right goes on giving it after the name was erased."""

from __future__ import annotations

from itertools import permutations

from db.changes import Op
from db.erasing import Erasures, left_of, right_of
from db.tellings import agreed
from engage_desktop.records.registry import REGISTRY
from engage_desktop.sync.fitting import fits

KEY = "a" * 32


def test_an_erased_lead_leaves_a_mark_that_only_its_name_fits() -> None:
    said = {"name": "Open day", "lead": "Robin Vale"}
    op = Op(KEY, 0, "event", "b" * 32, said, {}, "general", creates=True)
    eraser = frozenset({"c" * 32 + ":0"})
    for erasures, whole in ((Erasures(fields={"lead": eraser}), False), (Erasures(eraser), True)):
        left, named = left_of(op.id, said, {}, erasures, whole=whole, rights=["lead"])
        assert right_of(op.id, "Robin Vale") in left
        assert right_of(op.id, "Sam Hill") not in left
        assert right_of(f"{KEY}:1", "Robin Vale") not in left  # told by no other op's mark
        assert "Robin" not in str(left)
        bare = Op(KEY, 0, "event", "b" * 32, left, named, "general", creates=True)
        assert agreed([bare, op]) == agreed([op, bare]) == op
        assert fits(REGISTRY, bare)
        again = left_of(op.id, left, named, erasures, whole=whole, rights=["lead"])
        assert again == (left, named)


def test_of_two_rests_of_one_op_the_fuller_counts() -> None:
    """A laptop that scrubbed more, by an erasure that does not count any more, takes it back."""
    record = "b" * 32
    fuller = Op(KEY, 0, "event", record, {"name": "Open day", "_scrubbed:network": 1})
    barer = Op(KEY, 0, "event", record, {"_scrubbed": 1, "_scrubbed:network": 1})
    whole = Op(KEY, 0, "event", record, {"name": "Open day", "network": "x"})
    for ops in permutations([fuller, barer]):
        assert agreed(ops) == fuller
    for ops in permutations([fuller, barer, whole]):
        assert agreed(ops) == whole
