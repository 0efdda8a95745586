"""A record class is written at once and becomes a pydantic model when one is needed."""

import subprocess
import sys
import threading
from typing import Annotated, Any, ClassVar

import pytest
from pydantic import BaseModel, Field, ValidationError

from db.errors import InvalidInput
from db.fields import FieldType, KindMeta, Spec
from db.model import Limits, as_written, checks_the_whole, declared, model_of
from db.record import Record, validated

ID = "0" * 32


def kind(name: str) -> KindMeta:
    return KindMeta(name=name, label=name.title(), plural=name.title(), compartment="general")


class Span(Record):
    meta: ClassVar[KindMeta] = kind("span")

    name: Annotated[str, Limits(min_length=2, max_length=5), Spec(FieldType.TEXT, "Name")]
    first: Annotated[int, Limits(ge=1, le=9), Spec(FieldType.INTEGER, "First")] = 1
    last: Annotated[int | None, Spec(FieldType.INTEGER, "Last")] = None
    mark: Annotated[str, Limits(form=r"^(|x+)$"), Spec(FieldType.TEXT, "Mark")] = ""
    signs: Annotated[dict[str, str], Spec(FieldType.FEATURES, "Signs")] = {}  # noqa: RUF012

    @checks_the_whole
    def _runs_forward(self) -> "Span":
        if self.last is not None and self.last < self.first:
            raise ValueError("It ends before it begins.")
        return self

    @classmethod
    def title_of(cls, values: Any) -> str:
        return f"{values.get('name')} {cls.specs()['first'].label}"


class Longer(Span):
    meta: ClassVar[KindMeta] = kind("longer")

    more: Annotated[str, Spec(FieldType.TEXT, "More")] = "and more"


class AsPydanticHasIt(Record):
    """Its own constraints and defaults are understood too, by building the model at once."""

    meta: ClassVar[KindMeta] = kind("other")

    name: Annotated[str, Field(min_length=2), Spec(FieldType.TEXT, "Name")]
    signs: Annotated[dict[str, str], Spec(FieldType.FEATURES, "Signs")] = Field(
        default_factory=dict
    )


def test_what_is_made_is_a_frozen_pydantic_record_of_the_class_that_was_written():
    made = Span(id=ID, name="abc")
    assert isinstance(made, Span)
    assert isinstance(made, BaseModel)
    assert type(made).__name__ == "Span"
    assert made == Span.model_validate({"id": ID, "name": "abc"})
    assert made.model_copy(update={"last": 4}) == Span(id=ID, name="abc", last=4)
    assert made.title == "abc First"
    with pytest.raises(ValidationError):
        made.name = "other"  # type: ignore[misc]


def test_the_model_is_the_same_every_time_and_leads_back_to_the_class():
    assert model_of(Span) is model_of(Span) is type(Span(id=ID, name="abc"))
    assert model_of(model_of(Span)) is model_of(Span)
    assert as_written(model_of(Span)) is as_written(Span) is Span
    assert type(Span(id=ID, name="abc")).specs() is Span.specs()


def test_a_record_has_its_own_copy_of_a_default():
    one, other = Span(id=ID, name="abc"), Span(id=ID, name="abc")
    one.signs["lit"] = "yes"
    assert other.signs == {}
    assert Span.specs()["signs"].default == {}


def test_a_class_has_no_defaults_as_attributes():
    assert not hasattr(Span, "first")
    with pytest.raises(AttributeError, match="no attribute 'model'"):
        _ = Span.model  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({}, "Name is needed."),
        ({"name": "a"}, "Name is needed."),
        ({"name": "abcdef"}, "Name is longer than 5 characters."),
        ({"name": "abc", "first": 0}, "First must be 1 or more."),
        ({"name": "abc", "first": 10}, "First must be 9 or less."),
        ({"name": "abc", "mark": "y"}, "Mark does not have the right form."),
        ({"name": "abc", "first": 3, "last": 2}, "It ends before it begins."),
        ({"name": "abc", "other": 2}, "There is no field called “other” here."),
        ({"name": "abc", "id": "no"}, "Id does not have the right form."),
    ],
)
def test_what_is_wrong_is_said_as_ever(values, says):
    with pytest.raises(InvalidInput) as wrong:
        validated(Span, {"id": ID, **values})
    assert wrong.value.sentence.casefold() == says.casefold()


def test_a_kind_may_build_on_another():
    made = Longer(id=ID, name="abc")
    assert isinstance(made, Span)
    assert list(Longer.specs()) == [*Span.specs(), "more"] == list(Longer.model_fields)[1:]
    assert made.more == "and more"
    with pytest.raises(InvalidInput, match="ends before"):
        validated(Longer, {"id": ID, "name": "abc", "first": 3, "last": 2})


@pytest.mark.parametrize("cls", [Span, Longer, AsPydanticHasIt])
def test_fields_are_declared_as_the_model_has_them(cls):
    for name, field in declared(cls).items():
        info = cls.model_fields[name]
        assert field.required is info.is_required()
        if not field.required:
            assert field.default == info.get_default(call_default_factory=True)
    assert list(declared(cls)) == list(cls.model_fields)


def test_threads_that_need_a_kind_first_get_one_model():
    class Fresh(Span):
        meta: ClassVar[KindMeta] = kind("fresh")

    begin = threading.Barrier(4)
    found: list[type] = []

    def make() -> None:
        begin.wait()
        found.append(type(Fresh(id=ID, name="abc")))

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 4
    assert len(set(found)) == 1


def test_specs_of_every_kind_are_read_without_pydantic():
    program = (
        "import sys\n"
        "from engage_desktop.records.registry import REGISTRY\n"
        "assert all(len(kind.specs()) for kind in REGISTRY)\n"
        "assert 'pydantic' not in sys.modules, 'pydantic came in'\n"
        "REGISTRY['theme'](id='0' * 32, name='Water')\n"
        "assert 'pydantic' in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", program], check=True, timeout=60)
