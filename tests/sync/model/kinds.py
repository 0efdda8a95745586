"""The kinds of record that laptops of the model write, in this release and in one two before."""

from __future__ import annotations

import random
from typing import Annotated, Any

from db.record import Record, Registry
from engage_desktop.records.event import Event
from engage_desktop.records.feedback import Comment
from engage_desktop.records.stakeholder import Stakeholder
from tests.kinds import every_field_kind

REGISTRY = every_field_kind().registry
"""This release, N: it knows all there is."""

OFFICERS = ("Priya", "Sam", "Alex", "Robin", "Casey", "Jo")

KINDS = ("event", "stakeholder", "comment", "specimen")
_LEFT_OUT = {"event": ("lead", "network"), "stakeholder": ("bulletin",), "comment": ("question",)}


def _older(cls: type[Record]) -> type[Record]:
    """A kind as it was before it had some of its fields."""
    gone = _LEFT_OUT[cls.meta.name]
    fields = {n: i for n, i in cls.model_fields.items() if n != "id" and n not in gone}
    body: dict[str, Any] = {"__annotations__": {}, "__module__": __name__, "meta": cls.meta}
    for name, info in fields.items():
        kept = tuple(i for i in info.metadata if type(i).__name__ == "Spec")
        body["__annotations__"][name] = Annotated[(info.annotation, *kept)]
        if not info.is_required():
            body[name] = info.get_default(call_default_factory=True)
    return type(cls.__name__, (Record,), body)


OLD_REGISTRY = Registry([_older(cls) for cls in (Event, Stakeholder, Comment)])
"""Release N-2: it lacks one kind, and fields of the others."""


def values(chance: random.Random, kind: str) -> dict[str, Any]:
    """Slots to write, of which those that say nothing new are left out later."""
    pick = chance.choice
    choices: dict[str, dict[str, Any]] = {
        "event": {"name": pick("abc"), "network": pick("xyz"), "lead": pick(OFFICERS)},
        "stakeholder": {
            "name": pick("abc"),
            "do_not_contact": pick([True, False]),
            "bulletin": pick(["yes", "no", "not_asked"]),
        },
        "comment": {"text": pick(["one", "two", "three\nlines"]), "question": pick("pq")},
        "specimen": {
            "name": pick("abc"),
            "price": pick([100, 250]),
            f"tools:{pick(['map', 'rope'])}": pick([1, 1, None]),
            f"signs:{pick(['lit', 'raised'])}": pick(["yes", "no", None]),
        },
    }
    found = choices[kind]
    names = chance.sample(sorted(found), chance.randint(1, len(found)))
    return {name: found[name] for name in names}
