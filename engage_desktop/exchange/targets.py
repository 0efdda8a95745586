"""Where a column of a file can go: every field of a kind, its id, and its links by id.

"feedback" is the one word that names two kinds at once: a row is then a comment together with
the response it belongs to, and paths begin with "response." or "comment.".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from db.errors import InvalidInput
from db.fields import LINK_TYPES, FieldType, Spec
from db.record import Record, Registry

FEEDBACK = "feedback"
CARDS_ARE = "stakeholder"
"""What contacts' cards are."""

_FEEDBACK_PARTS = ("comment", "response")


@dataclass(frozen=True, slots=True)
class Target:
    """One place for a column. `spec` is None for the record's own id.

    `by_id` is true where a link is given by its target's id instead of its title.
    """

    path: str
    kind: str
    field: str
    spec: Spec | None
    heading: str
    by_id: bool = False

    @property
    def is_link(self) -> bool:
        """Does it point to another record?"""
        return self.spec is not None and self.spec.type in LINK_TYPES


@dataclass(frozen=True, slots=True)
class Shape:
    """What a row of a file can hold: one kind, or a comment with its response."""

    word: str
    kinds: tuple[type[Record], ...]
    targets: Mapping[str, Target]

    @property
    def row_kind(self) -> str:
        """The kind of which each row makes one."""
        return self.kinds[0].meta.name

    @property
    def is_feedback(self) -> bool:
        """Are these responses with their comments?"""
        return len(self.kinds) > 1

    @property
    def plural(self) -> str:
        """What people call many of them."""
        return "comments" if self.is_feedback else self.kinds[0].meta.plural

    @property
    def sheet_names(self) -> tuple[str, ...]:
        """What a workbook's sheet of these is called."""
        if self.is_feedback:
            return ("Feedback",)
        meta = self.kinds[0].meta
        return (meta.plural, meta.label, meta.name)

    def target(self, path: str) -> Target:
        """The target of that path. Raises `InvalidInput` naming those there are."""
        plain = path.strip()
        if not self.is_feedback:
            plain = plain.removeprefix(self.row_kind + ".")
        if plain not in self.targets:
            known = ", ".join(sorted(p for p in self.targets if not p.endswith("#id")))
            raise InvalidInput(f"There is no field “{path}” for {self.word}. Fields: {known}.")
        return self.targets[plain]


def shape_of(registry: Registry, word: str) -> Shape:
    """The shape a person means by a word: "feedback", or any name of a kind."""
    if word.strip().casefold() == FEEDBACK and all(p in registry for p in _FEEDBACK_PARTS):
        kinds = tuple(registry[name] for name in _FEEDBACK_PARTS)
        return Shape(FEEDBACK, kinds, _feedback_targets(kinds))
    cls = registry.find(word)
    found: dict[str, Target] = {}
    labels = _labels([cls])
    for target in _targets(cls, "", labels):
        found[target.path] = target
    return Shape(cls.meta.name, (cls,), found)


def check_cards_are(registry: Registry, shape: Shape, file_name: str) -> None:
    """Raises `InvalidInput` where contacts' cards are to become something else than people."""
    if shape.row_kind != CARDS_ARE:
        raise InvalidInput(
            f"“{file_name}” holds contacts’ cards: people and organisations, not "
            f"{shape.plural.lower()}. Nothing was imported. Import it as "
            f"{registry[CARDS_ARE].meta.plural.lower()}."
        )


def _feedback_targets(kinds: tuple[type[Record], ...]) -> dict[str, Target]:
    labels = _labels(list(kinds))
    found: dict[str, Target] = {}
    for cls in kinds:
        for target in _targets(cls, cls.meta.name + ".", labels):
            if target.path.split("#")[0] != "comment.response":
                found[target.path] = target
    return found


def _labels(kinds: list[type[Record]]) -> list[str]:
    return [spec.label for cls in kinds for spec in cls.specs().values()]


def _targets(cls: type[Record], prefix: str, labels: list[str]) -> list[Target]:
    kind, name = cls.meta.name, cls.meta.label
    found = [Target(prefix + "id", kind, "id", None, f"{name} id")]
    for field, spec in cls.specs().items():
        alone = labels.count(spec.label) == 1
        heading = spec.label if alone else f"{name}: {spec.label}"
        found.append(Target(prefix + field, kind, field, spec, heading))
        if spec.type in LINK_TYPES:
            ids = "ids" if spec.type is FieldType.LINKS else "id"
            found.append(
                Target(f"{prefix}{field}#id", kind, field, spec, f"{heading} ({ids})", by_id=True)
            )
    return found


def can_be_named(cls: type[Record]) -> bool:
    """Can a record of this kind be made from its title alone?"""
    specs = list(cls.specs().values())
    return specs[0].required and not any(spec.required for spec in specs[1:])
