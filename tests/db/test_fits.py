"""One rule says which values fit a field: what the model accepts fits, and the other way about."""

import datetime as dt
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from db.changes import BIN, Op, from_slots, to_slots
from db.fields import LARGEST, FieldType, Spec
from db.record import Record, field_of
from engage_desktop.records.registry import REGISTRY
from engage_desktop.sync.fitting import fits
from tests.kinds import COLOURS, SIGNS, TOOLS, Specimen, every_field_kind

SPECS = Specimen.specs()
ID = st.binary(min_size=16, max_size=16).map(bytes.hex)
WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
MINUTES = st.integers(-23 * 60, 23 * 60)
ZONES = MINUTES.map(lambda n: dt.timezone(dt.timedelta(minutes=n))) | st.none()
RULES_OF_A_RELEASE = {"colour", "tools", "signs", "writes_from", "weight"}
"""Fields whose model also asks which code, what sign or how an address looks."""


def codes(choices: Any) -> Any:
    return st.sampled_from([choice.code for choice in choices])


MODELS = st.fixed_dictionaries(
    {"id": ID, "name": WORDS.filter(bool)},
    optional={
        "story": WORDS,
        "writes_from": st.just("stall@example.org") | st.just(""),
        "rings_from": WORDS,
        "lies_at": WORDS,
        "seen_at": WORDS,
        "found_on": st.dates() | st.none(),
        "catalogued": st.datetimes(timezones=ZONES) | st.none(),
        "shown_from": st.times().map(lambda time: f"{time:%H:%M}") | st.just(""),
        "colour": codes(COLOURS) | st.just(""),
        "weight": st.integers(0, LARGEST) | st.none(),
        "price": st.integers(-LARGEST, LARGEST) | st.none(),
        "kept": st.booleans(),
        "place": ID | st.none(),
        "tools": st.sets(codes(TOOLS)).map(tuple),
        "subjects": st.sets(ID, max_size=3).map(tuple),
        "signs": st.dictionaries(codes(SIGNS), st.sampled_from(["yes", "no"])),
    },
)


def slot_fits(specs: Any, slot: str, value: Any) -> bool:
    name, colon, element = slot.partition(":")
    return bool(specs[name].fits(value, element if colon else None))


@given(MODELS)
def test_what_the_model_accepts_fits_and_comes_back(values: dict[str, Any]) -> None:
    kept = Specimen.model_validate(values).model_dump(mode="json", exclude={"id"})
    slots = to_slots(SPECS, kept)
    assert [slot for slot, value in slots.items() if not slot_fits(SPECS, slot, value)] == []
    again = Specimen.model_validate({"id": values["id"], **from_slots(SPECS, slots)})
    assert to_slots(SPECS, again.model_dump(mode="json", exclude={"id"})) == slots


ANYTHING = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20), ID,
    st.integers(-(10**20), 10**20), st.sampled_from(["yes", "no", "", "\0", "\ud800", 0, 1, 1.0]),
    st.dates().map(str), st.dates().map(lambda day: f"{day:%Y%m%d}"), st.datetimes().map(str),
    st.datetimes(timezones=ZONES).map(dt.datetime.isoformat), st.times().map(str),
    st.times().map(lambda time: f"{time:%H:%M}"), st.lists(st.integers(), max_size=2),
    st.sampled_from(["2026-W01-1", "2026-02-30", "2026-01-01T25:00:00Z", "٢٠٢٦-٠١-٠١", "1:2"]),
)  # fmt: skip


@given(st.sampled_from(sorted(set(SPECS) - RULES_OF_A_RELEASE)), ANYTHING, ANYTHING)
def test_what_fits_the_model_accepts_as_it_is(name: str, value: Any, element: Any) -> None:
    spec = SPECS[name]
    if not spec.is_set:
        if value is None or value == "" or not spec.fits(value):
            return
        taken = value
    elif not isinstance(element, str) or value is None or not spec.fits(value, element):
        return
    else:
        taken = (element,)
    model = field_of(Specimen, name, taken)
    kept = Specimen.model_construct(**{name: model}).model_dump(mode="json", include={name})[name]
    if spec.type is FieldType.DATETIME:  # written more shortly: +00:00 as Z, no idle noughts
        assert dt.datetime.fromisoformat(kept) == dt.datetime.fromisoformat(value)
    else:
        assert kept == (list(taken) if spec.is_set else value)


@given(st.sampled_from(sorted(SPECS)), ANYTHING)
def test_what_the_model_keeps_as_it_is_fits(name: str, value: Any) -> None:
    if SPECS[name].is_set or value is None:
        return
    try:
        model = field_of(Specimen, name, value)
    except (ValidationError, UnicodeEncodeError):
        return
    kept = Specimen.model_construct(**{name: model}).model_dump(mode="json", include={name})[name]
    for slot, each in to_slots(SPECS, {name: kept}).items():
        assert slot_fits(SPECS, slot, each)


@pytest.mark.parametrize("cls", list(REGISTRY), ids=lambda cls: cls.meta.name)
def test_every_fields_own_default_fits(cls: type[Record]) -> None:
    for name, spec in cls.specs().items():
        if not spec.is_set and not spec.required:
            assert spec.fits(cls.model_fields[name].get_default(call_default_factory=True)), name


@pytest.mark.parametrize(
    ("kind", "value", "element"),
    [
        (FieldType.INTEGER, True, None),
        (FieldType.INTEGER, LARGEST + 1, None),
        (FieldType.INTEGER, 2.0, None),
        (FieldType.BOOLEAN, 1, None),
        (FieldType.DATE, "20260101", None),
        (FieldType.DATE, "2026-W01-1", None),
        (FieldType.DATE, "2026-02-30", None),
        (FieldType.DATETIME, "2026-01-01", None),
        (FieldType.TIME, "25:00", None),
        (FieldType.TEXT, "half \ud800", None),
        (FieldType.TEXT, "nul \0", None),
        (FieldType.TEXT, "x", "element"),
        (FieldType.LINK, "hall", None),
        (FieldType.CHOICES, True, "code"),
        (FieldType.CHOICES, 1, ""),
        (FieldType.CHOICES, 1, "\ud800"),
        (FieldType.CHOICES, 1, None),
        (FieldType.LINKS, 1, "hall"),
        (FieldType.FEATURES, "maybe", "loop"),
    ],
)
def test_neither_store_nor_sync_takes_what_does_not_fit(
    kind: FieldType, value: Any, element: str | None
) -> None:
    assert not Spec(kind, "A field").fits(value, element)
    name = next(name for name, spec in SPECS.items() if spec.type is kind)
    slot = name if element is None else f"{name}:{element}"
    assert from_slots(SPECS, {slot: value}) == {}
    registry = every_field_kind().registry
    op = Op("0" * 32, 0, "specimen", "0" * 32, {slot: value, BIN: False}, {})
    assert not fits(registry, op)


def test_a_later_releases_codes_are_kept() -> None:
    assert SPECS["colour"].fits("violet")
    assert SPECS["tools"].fits(1, "compass")
    assert SPECS["writes_from"].fits("not as we know them")
