"""Record classes that cost nothing until a record is made or checked.

A record is a pydantic model. But importing pydantic and building a model for every kind takes a
quarter of the program's start, and a window full of rows needs neither: tables, lists and headings
are made from each field's `Spec` alone. So a kind's class body is kept as it is written, and its
pydantic model is built from it when somebody first makes a record, validates one, or asks the
class for anything that begins with `model_`. What is made is an instance of that model, which is a
subclass of the class that was written: `isinstance`, methods and typing see no difference.
"""

from __future__ import annotations

import inspect
import threading
import typing
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple, TypeVar

if TYPE_CHECKING:
    from pydantic import BaseModel

_LOCK = threading.RLock()
"""Two threads that need a kind first must get the same model."""

C = TypeVar("C")
F = TypeVar("F", bound=Callable[..., Any])


class Declared(NamedTuple):
    """A field as its class body says it."""

    metadata: tuple[Any, ...]
    required: bool
    default: Any


class Deferred(type):
    """A class whose pydantic model is built when it is wanted."""

    _held: dict[str, Any]
    _model: type[BaseModel] | None

    def __init__(cls, name: str, bases: tuple[type, ...], namespace: dict[str, Any]) -> None:
        super().__init__(name, bases, namespace)
        notes = inspect.get_annotations(cls)
        cls._own = {n: note for n, note in notes.items() if not _of_the_class(note)}
        cls._held = {n: v for n, v in namespace.items() if n in cls._own or _for_pydantic(n, v)}
        cls._model, cls._building = None, False
        for held in cls._held:
            delattr(cls, held)  # a model's class has no defaults as attributes either

    def __call__(cls, *values: Any, **named: Any) -> Any:
        return model_of(cls)(*values, **named)

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("model_") and not cls._building:
            return getattr(model_of(cls), name)
        raise AttributeError(f"type object {cls.__name__!r} has no attribute {name!r}")


def as_written(cls: type[C]) -> type[C]:
    """The class that was written, of itself or of the model that was built from it."""
    return next(base for base in cls.__mro__ if type(base) is Deferred)  # type: ignore[return-value]


def declared(cls: type) -> Mapping[str, Declared]:
    """Every field, the parents' first, without building a model where that can be told."""
    found: dict[str, Declared] = {}
    for base in reversed(cls.__mro__):
        if type(base) is not Deferred:
            continue
        for name, note in base._own.items():
            default = base._held.get(name)
            parts = typing.get_args(note) if typing.get_origin(note) is Annotated else ()
            if isinstance(note, str) or any(map(_of_pydantic, (*parts, default))):
                return _modelled(as_written(cls))  # type: ignore[arg-type]
            found[name] = Declared(parts[1:], name not in base._held, default)
    return found


def _modelled(cls: Deferred) -> Mapping[str, Declared]:
    return {
        name: Declared(
            tuple(info.metadata),
            info.is_required(),
            None if info.is_required() else info.get_default(call_default_factory=True),
        )
        for name, info in model_of(cls).model_fields.items()
    }


def model_of(cls: Deferred) -> type[BaseModel]:
    """The pydantic model of a class; built now if it is the first time. Safe from any thread."""
    with _LOCK:
        if type(cls) is not Deferred:
            return typing.cast("type[BaseModel]", cls)  # is one
        if cls._model is None:
            cls._building = True
            try:
                cls._model = _built(cls)
            finally:
                cls._building = False
        return cls._model


def _built(cls: Deferred) -> type[BaseModel]:
    from pydantic import BaseModel, model_validator

    parents = [model_of(base) for base in cls.__bases__ if isinstance(base, Deferred)]
    if not parents:
        return BaseModel
    whole = {n: f for n, f in vars(cls).items() if getattr(f, "_checks_the_whole", False)}
    namespace = {
        "__module__": cls.__module__,
        "__qualname__": cls.__qualname__,
        "__doc__": cls.__doc__,
        "__annotations__": dict(cls._own),
        **cls._held,
        **{name: model_validator(mode="after")(check) for name, check in whole.items()},
    }
    made: Any = _metaclass()(cls.__name__, (cls, *parents), namespace)
    return typing.cast("type[BaseModel]", made)


@cache
def _metaclass() -> Any:
    model_metaclass: Any = type(model_of(Model))  # type: ignore[arg-type]

    class Built(model_metaclass, Deferred):  # type: ignore[misc]
        """Of a finished model: everything as pydantic does it."""

        def __init__(cls, *arguments: Any, **named: Any) -> None:
            type.__init__(cls, *arguments)

        __call__ = type.__call__

    return Built


def _of_the_class(note: object) -> bool:
    if isinstance(note, str):
        return note.removeprefix("typing.").startswith("ClassVar")
    return typing.get_origin(note) is ClassVar


def _of_pydantic(thing: object) -> bool:
    return type(thing).__module__.partition(".")[0] in ("pydantic", "annotated_types")


def _for_pydantic(name: str, value: object) -> bool:
    return name == "model_config" or _of_pydantic(value)


if TYPE_CHECKING:
    Model = BaseModel
else:

    class Model(metaclass=Deferred):
        """The base of every deferred model; its own model is pydantic's `BaseModel`."""


def checks_the_whole(check: F) -> F:
    """Mark a method that holds a record's fields to a rule between them.

    It is called on the finished record, returns it, and raises `ValueError` with a sentence.
    """
    check._checks_the_whole = True  # type: ignore[attr-defined]
    return check


@dataclass(frozen=True, slots=True)
class Limits:
    """What a field's value must keep to beyond its `Spec`, in pydantic's words.

    `form` is a regular expression that the whole value matches.
    """

    ge: int | None = None
    le: int | None = None
    min_length: int | None = None
    max_length: int | None = None
    form: str | None = None

    __is_annotated_types_grouped_metadata__: ClassVar[bool] = True
    """By this pydantic knows that it stands for several rules."""

    def __iter__(self) -> Iterator[object]:
        from pydantic import Field

        rules = {
            "ge": self.ge, "le": self.le, "min_length": self.min_length,
            "max_length": self.max_length, "pattern": self.form,
        }  # fmt: skip
        said: Any = {name: value for name, value in rules.items() if value is not None}
        yield from Field(**said).metadata
