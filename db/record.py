"""The base of everything that is kept, and the registry of its kinds.

Domain models subclass `Record`; this package never imports them. A kind is added by writing its
model, one line in the domain's registry and one migration.
"""

import re
import types
import typing
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from db.errors import InvalidInput, NotFound
from db.fields import ID, KindMeta, Spec
from db.model import Limits, Model, as_written, declared

if TYPE_CHECKING:
    from pydantic import ConfigDict, TypeAdapter, ValidationError

RecordId = Annotated[str, Limits(form=rf"^{ID.pattern}$")]
"""128 random (or, for imports, derived) bits as 32 lower-case hexadecimal digits."""


LONGEST_TITLE = 200
"""Characters."""


class Record(Model):
    """One thing an officer writes down.

    Subclasses set `meta` and annotate every field with a `Spec`. Values are what JSON can hold
    after `model_dump(mode="json")`; money is an integer of pence, dates are `datetime.date`.
    """

    model_config: ClassVar["ConfigDict"] = {
        "extra": "forbid",
        "validate_assignment": False,
        "str_strip_whitespace": False,
        "frozen": True,
        "defer_build": True,  # a kind costs its 5 ms when it is first checked
    }

    meta: ClassVar[KindMeta]

    id: RecordId

    @classmethod
    def specs(cls) -> Mapping[str, Spec]:
        """Every field but the id, in the order of the model."""
        return _specs(as_written(cls))

    @classmethod
    def title_of(cls, values: Mapping[str, Any]) -> str:
        """The words by which a record is known in lists, links and messages.

        The default takes the first field. Override it on a kind that is known otherwise; use
        only the record's own values, which may be missing.
        """
        first = next(iter(cls.specs()))
        return str(values.get(first) or "")

    @classmethod
    def short_title(cls, values: Mapping[str, Any]) -> str:
        """`title_of`, cut to `LONGEST_TITLE`: a title goes into every list that points here."""
        title = cls.title_of(values)
        return title if len(title) <= LONGEST_TITLE else title[: LONGEST_TITLE - 1] + "…"

    @property
    def title(self) -> str:
        """This record's title."""
        return self.short_title(self.model_dump(mode="json"))


@cache
def _specs(cls: type[Record]) -> Mapping[str, Spec]:
    found: dict[str, Spec] = {}
    for name, info in declared(cls).items():
        if name == "id":
            continue
        spec = next((item for item in info.metadata if isinstance(item, Spec)), None)
        if spec is None:
            raise TypeError(f"{cls.__name__}.{name} has no Spec in its annotation.")
        found[name] = spec.named(name, info.required, info.default)
    return types.MappingProxyType(found)


class Registry:
    """The kinds a store knows, by name."""

    def __init__(self, kinds: Iterable[type[Record]]) -> None:
        self._kinds: dict[str, type[Record]] = {}
        for cls in kinds:
            if cls.meta.name in self._kinds:
                raise ValueError(f"Two kinds are called {cls.meta.name!r}.")
            if not re.fullmatch(r"[a-z][a-z_]*[a-z]", cls.meta.name) or "__" in cls.meta.name:
                raise ValueError(f"{cls.meta.name!r} cannot be a table's name.")
            self._kinds[cls.meta.name] = cls

    def __iter__(self) -> Iterator[type[Record]]:
        return iter(self._kinds.values())

    def __contains__(self, name: object) -> bool:
        return name in self._kinds

    def __getitem__(self, name: str) -> type[Record]:
        """The kind of that name. Raises `NotFound` with the names there are."""
        try:
            return self._kinds[name]
        except KeyError:
            known = ", ".join(sorted(self._kinds))
            raise NotFound(
                f"There is no kind of record called “{name}”. Kinds here: {known}."
            ) from None

    def find(self, word: str) -> type[Record]:
        """The kind a person means by a word: its name, label, plural or an alias, any case.

        What one kind is called comes before what another is called besides.
        """
        wanted = _as_a_name(word.strip())
        for cls in self:
            if wanted in map(_as_a_name, (cls.meta.name, cls.meta.label, cls.meta.plural)):
                return cls
        for cls in self:
            if wanted in map(_as_a_name, cls.meta.aliases):
                return cls
        return self[word]

    def parts_of(self, kind: str) -> list[type[Record]]:
        """The kinds that are shown inside a kind: those that belong to it, and those that name it
        by a link of their `also`. Without those that belong to any kind, as files do."""
        return [
            cls for cls in self
            if any(
                cls.specs()[link].target == kind
                for link in (cls.meta.parent, *cls.meta.also) if link
            )
        ]  # fmt: skip

    def names(self) -> list[str]:
        """Kind names in the order they were registered."""
        return list(self._kinds)


def _as_a_name(word: str) -> str:
    return word.casefold().replace("-", "_").replace(" ", "_")


def validated(cls: type[Record], values: Mapping[str, Any]) -> Record:
    """Build a record, or raise `InvalidInput` with one plain sentence for each field at fault."""
    from pydantic import ValidationError

    try:
        record = cls.model_validate(dict(values))
    except ValidationError as error:
        problems = problems_of(cls, error)
        raise InvalidInput(" ".join(problems.values()), problems) from None
    # Only asked of what is written here: a colleague's older release may have let it by.
    found: dict[str, str] = {}
    for name, spec in cls.specs().items():
        value = getattr(record, name)
        if spec.required and isinstance(value, str) and not value.strip():
            found[name] = f"{spec.label} is needed."
        elif spec.rule is not None and value:
            try:
                spec.rule(value)
            except ValueError as problem:
                found[name] = str(problem)
    if found:
        raise InvalidInput(" ".join(found.values()), found)
    return record


@cache
def _adapter(cls: type[Record], name: str) -> "TypeAdapter[Any]":
    from pydantic import TypeAdapter

    info = cls.model_fields[name]
    form: Any = Annotated[(info.annotation, *info.metadata)]
    return TypeAdapter(form)


def field_of(cls: type[Record], name: str, value: Any) -> Any:
    """One field's value in its own type. Raises pydantic's `ValidationError`."""
    return _adapter(cls, name).validate_python(value)


def field_in_json(cls: type[Record], name: str, value: Any) -> Any:
    """One field's value in its kept form, whatever the record's other fields hold.

    Raises `InvalidInput`.
    """
    from pydantic import ValidationError

    adapter = _adapter(cls, name)
    try:
        return adapter.dump_python(adapter.validate_python(value), mode="json")
    except ValidationError as error:
        sentence = _sentence(cls.specs()[name].label, error.errors()[0])
        raise InvalidInput(sentence, {name: sentence}) from None


def problems_of(cls: type[Record], error: "ValidationError") -> dict[str, str]:
    """Turn pydantic's findings into sentences with the field's own label."""
    specs = cls.specs()
    problems: dict[str, str] = {}
    for item in error.errors():
        name = str(item["loc"][0]) if item["loc"] else ""
        label = specs[name].label if name in specs else (name or cls.meta.label)
        problems.setdefault(name, _sentence(label, item))
    return problems


def _sentence(label: str, item: typing.Mapping[str, Any]) -> str:
    kind = item["type"]
    context = item.get("ctx", {})
    match kind:
        case "missing" | "string_too_short":
            return f"{label} is needed."
        case "string_too_long":
            return f"{label} is longer than {context['max_length']:,} characters."
        case "greater_than_equal":
            return f"{label} must be {context['ge']} or more."
        case "less_than_equal":
            return f"{label} must be {context['le']} or less."
        case "extra_forbidden":
            return f"There is no field called “{item['loc'][0]}” here."
        case "value_error":
            return str(context.get("error", item["msg"]))
        case "literal_error" | "enum":
            return f"{label} must be one of {context.get('expected', 'the choices listed')}."
        case "string_unicode":
            return f"{label} holds half a character, which cannot be kept. Type or copy it again."
        case "string_pattern_mismatch":
            return f"{label} does not have the right form."
    if kind.startswith("date"):
        return f"{label} is not a date. Type it as day/month/year, for example 27/3/2026."
    if kind.startswith("time"):
        return f"{label} is not a time. Type it as hours and minutes, for example 14:30."
    if kind.startswith("int") or kind == "finite_number":
        return f"{label} must be a whole number."
    if kind.startswith("bool"):
        return f"{label} must be yes or no."
    return _FORMS.get(kind, f"{label} does not have the right form.").format(label=label)


_FORMS = {
    "string_type": "{label} must be text.",
    "dict_type": "{label} must give each part a value of its own.",
    "tuple_type": "{label} must be a list.",
    "list_type": "{label} must be a list.",
    "set_type": "{label} must be a list.",
    "frozen_set_type": "{label} must be a list.",
}
"""What pydantic calls a value of the wrong shape, in an officer's words."""
