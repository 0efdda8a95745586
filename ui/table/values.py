"""How a value stands in a list: one line, short, and covered where names are hidden."""

from __future__ import annotations

from typing import Any

from db.fields import FieldType, Spec
from db.record import Record, Registry
from engage_desktop.records import values
from ui.words import initials, translate

LONGEST = 300
"""Characters of a long text that a list shows."""


def shown(spec: Spec, value: Any, *, hidden: bool = False) -> str:
    """The value as a cell's words."""
    if value is None or value in ("", (), {}):
        return ""
    if hidden and spec.sensitive:
        return translate("table", "Hidden")
    if spec.type is FieldType.LINK:
        return str(value)
    if spec.type is FieldType.INTEGER:
        return f"{int(value):,}"
    if spec.type is FieldType.CHOICES:
        return ", ".join(spec.choice_label(code) for code in value)
    if spec.type is FieldType.LINKS:
        return ", ".join(str(title) for title in value)
    text = values.told(spec, value)
    if len(text) > LONGEST:
        text = text[:LONGEST] + "…"
    return " ".join(text.split())


def title_shown(kind: type[Record], title: str, *, hidden: bool = False) -> str:
    """A record's title; its initials where names are hidden and the kind has a sensitive field."""
    if hidden and any(spec.sensitive for spec in kind.specs().values()):
        return initials(title)
    return title


def spec_at(registry: Registry, kind: str, path: str) -> Spec:
    """The field at the end of a path such as "response.service"."""
    *steps, name = path.split(".")
    for step in steps:
        kind = registry[kind].specs()[step].target
    return registry[kind].specs()[name]


def kinds_on(registry: Registry, kind: str, paths: tuple[str, ...]) -> frozenset[str]:
    """Every kind whose changes may show in a list with these columns."""
    found = {kind}
    for path in paths:
        here = kind
        for step in path.split("."):
            spec = registry[here].specs()[step]
            if spec.target:
                here = spec.target
                found.add(here)
    return frozenset(found)
