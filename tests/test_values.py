"""Values as officers write them: whatever is shown can be read again."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.fields import Choice, FieldType, Spec
from engage_desktop.plain import day_words, long_date
from engage_desktop.records.registry import REGISTRY
from engage_desktop.records.values import fold, parse, read_date, show, told

SPECS = [(kind.meta.name, spec) for kind in REGISTRY for spec in kind.specs().values()]
EVERY_TYPE = [
    Spec(
        kind,
        "Field",
        choices=(Choice("a", "First, of all"), Choice("b", "Second; last"), Choice("c", "c: d")),
        name=kind.value,
    )
    for kind in FieldType
]

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\0"), max_size=60
) | st.sampled_from(["=1+1", "'=x", "a\u00a0b", "line\r\nline", '"quoted"', " edge "])


def values(spec: Spec) -> st.SearchStrategy[object]:
    """Any value a record can keep in this field."""
    codes = [choice.code for choice in spec.choices]
    known = {fold(word) for choice in spec.choices for word in (choice.code, choice.label)}
    code: st.SearchStrategy[str] = st.sampled_from(codes) if codes else TEXTS.filter(bool)
    if codes and spec.open_choices:
        code = code | TEXTS.filter(lambda text: bool(text.strip()) and fold(text) not in known)
    ids = st.text("0123456789abcdef", min_size=32, max_size=32)
    match spec.type:
        case FieldType.DATE:
            return st.none() | st.dates()
        case FieldType.DATETIME:
            return st.none() | st.datetimes(timezones=st.just(dt.UTC))
        case FieldType.TIME:
            return st.just("") | st.times().map(lambda t: t.strftime("%H:%M"))
        case FieldType.CHOICE:
            return st.just("") | code.filter(lambda text: bool(text.strip()))
        case FieldType.INTEGER | FieldType.MONEY:
            return st.none() | st.integers(-(2**62), 2**62)
        case FieldType.BOOLEAN:
            return st.none() | st.booleans()
        case FieldType.LINK:
            return st.none() | ids
        case FieldType.CHOICES:
            return st.sets(code).map(lambda s: tuple(sorted(s)))
        case FieldType.LINKS:
            return st.sets(ids).map(lambda s: tuple(sorted(s)))
        case FieldType.FEATURES:
            return st.dictionaries(code.map(str.strip).filter(bool), st.sampled_from(["yes", "no"]))
        case FieldType.EMAIL:
            return st.just("ann@example.org")
        case _:
            return TEXTS


@given(st.data())
def test_what_is_shown_is_read_again_for_every_field_of_every_kind(data: st.DataObject) -> None:
    _, spec = data.draw(st.sampled_from(SPECS))
    value = data.draw(values(spec))
    assert parse(spec, show(spec, value)) == value


@given(st.data())
def test_what_is_shown_is_read_again_for_every_type_of_field(data: st.DataObject) -> None:
    spec = data.draw(st.sampled_from(EVERY_TYPE))
    value = data.draw(values(spec))
    assert parse(spec, show(spec, value)) == value


@pytest.mark.parametrize("spec", EVERY_TYPE, ids=lambda spec: spec.name)
def test_nothing_shown_for_nothing_and_nothing_read_from_it(spec: Spec) -> None:
    assert show(spec, None) == ""
    assert not parse(spec, "")


def spec_of(kind: FieldType, **more: object) -> Spec:
    return Spec(kind, "Field", **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "text",
    [
        "27/3/2026",
        "27/03/26",
        "27.3.2026",
        "27-3-2026",
        "2026-03-27",
        "2026-03-27 00:00:00",
        "27 March 2026",
        "27th mar 26",
        "Friday 27 March 2026",
        "March 27, 2026",
        " 27 / 3 / 2026 ",
    ],
)
def test_a_date_is_read_in_the_forms_people_write(text: str) -> None:
    assert parse(spec_of(FieldType.DATE), text) == dt.date(2026, 3, 27)


@pytest.mark.parametrize(
    "text", ["31/2/2026", "3/27/2026", "soon", "2026", "27 Mrz 2026", "0/1/26"]
)
def test_a_date_that_is_not_one_gets_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="day/month/year"):
        parse(spec_of(FieldType.DATE), text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2:30pm", "14:30"),
        ("2.30 PM", "14:30"),
        ("14.30", "14:30"),
        ("9am", "09:00"),
        ("12am", "00:00"),
        ("12:05 p.m.", "12:05"),
        ("noon", "12:00"),
        ("14:30:00", "14:30"),
    ],
)
def test_a_time_is_read_in_the_forms_people_write(text: str, value: str) -> None:
    assert parse(spec_of(FieldType.TIME), text) == value


@pytest.mark.parametrize("text", ["25:00", "13pm", "14:70", "half past two", "14"])
def test_a_time_that_is_not_one_gets_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="not a time"):
        parse(spec_of(FieldType.TIME), text)


@pytest.mark.parametrize(
    ("text", "pence"),
    [
        ("£1.20", 120),
        ("1.2", 120),
        ("-£3", -300),
        ("£-3", -300),
        ("45p", 45),
        ("1,234.50", 123450),
        (".50", 50),
        ("1.200", 120),
    ],
)
def test_money_is_read_in_pence(text: str, pence: int) -> None:
    assert parse(spec_of(FieldType.MONEY), text) == pence


@pytest.mark.parametrize("text", ["£", "1.234", "12,34", "free", "$4", "-"])
def test_money_that_is_not_gets_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match="amount of money"):
        parse(spec_of(FieldType.MONEY), text)


def test_numbers_yes_and_no_and_choices_are_read_in_any_case() -> None:
    assert parse(spec_of(FieldType.INTEGER, unit="people"), "1,234 people") == 1234
    assert parse(spec_of(FieldType.INTEGER), "12.0") == 12
    with pytest.raises(ValueError, match="whole number"):
        parse(spec_of(FieldType.INTEGER), "1.5")
    assert parse(spec_of(FieldType.BOOLEAN), "Y") is True
    assert parse(spec_of(FieldType.BOOLEAN), "FALSE") is False
    with pytest.raises(ValueError, match="yes or no"):
        parse(spec_of(FieldType.BOOLEAN), "maybe")
    fft = REGISTRY["response"].specs()["fft"]
    assert parse(fft, "VERY GOOD") == "very_good"
    assert parse(fft, "Don't know") == "dont_know"
    with pytest.raises(ValueError, match="It is one of: Very good"):
        parse(fft, "superb")


def test_sets_are_split_by_semicolon_and_by_comma_only_between_choices() -> None:
    spec = Spec(
        FieldType.CHOICES, "Set", choices=(Choice("a", "Lift, working"), Choice("b", "Ramp"))
    )
    assert parse(spec, "ramp; lift, working") == ("a", "b")
    assert parse(spec, "Lift, working") == ("a",)
    assert parse(spec, "a, b") == ("a", "b")
    assert parse(Spec(FieldType.LINKS, "Set"), '"x; y"; z') == ("x; y", "z")


def test_features_left_unsaid_stay_unknown() -> None:
    spec = Spec(FieldType.FEATURES, "Access", choices=(Choice("a", "Lift, working"),))
    assert parse(spec, "Lift, working: not known") == {}
    assert parse(spec, "Lift, working") == {"a": "yes"}
    assert parse(spec, "Lift, working: No") == {"a": "no"}
    with pytest.raises(ValueError, match="one of"):
        parse(spec, "Loop: yes")


@given(st.dates(min_value=dt.date(1000, 1, 1)))
def test_a_day_is_told_in_one_way_and_can_be_typed_so(day: dt.date) -> None:
    spec = Spec(FieldType.DATE, "Day")
    assert told(spec, day) == told(spec, day.isoformat()) == day_words(day)
    assert parse(spec, told(spec, day)) == day
    assert told(spec, None) == ""


def test_a_moment_is_told_with_its_day_in_words() -> None:
    spec = Spec(FieldType.DATETIME, "When")
    assert told(spec, "2026-09-28T14:05:00") == "28 Sep 2026, 14:05"
    at = dt.datetime(2026, 9, 28, 14, 5, tzinfo=dt.UTC)
    assert told(spec, at) == "28 Sep 2026, 14:05 +00:00"


@given(st.dates(min_value=dt.date(1000, 1, 1)))
def test_a_date_in_full_is_english_in_every_country(day: dt.date) -> None:
    assert read_date(long_date(day)) == day
