"""Values as officers write them, and back.

`show` gives the form a person types in a form and finds in an export; `parse` reads what
a person types or a file holds. `parse(spec, show(spec, value)) == value` for every value a record
can keep, so that whatever is shown can be typed, pasted or imported again.

Links are the one exception: a value here is whatever text stands for the target, because finding
the record it names takes a store.
"""

from __future__ import annotations

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from db.fields import FieldType, Spec
from engage_desktop.plain import MONTHS, short_date

_MONTHS = tuple(month.lower() for month in MONTHS)
_WEEKDAY = re.compile(r"^(mon|tues?|wed(nes)?|thu(rs)?|fri|sat(ur)?|sun)(day)?[,.]?\s+", re.I)
_ISO = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})(?:[T ]00:00(?::00(?:\.0+)?)?Z?)?")
_NUMBERS = re.compile(r"(\d{1,2})\s*[/.\- ]\s*(\d{1,2})\s*[/.\- ]\s*(\d{4}|\d{2})(?: 00:00(:00)?)?")
_DAY_MONTH = re.compile(
    r"(\d{1,2})(?:st|nd|rd|th)?[\s\-/]+(?:of\s+)?([a-z]+)\.?,?[\s\-/]+(\d{4}|\d{2})"
)
_MONTH_DAY = re.compile(r"([a-z]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4}|\d{2})")
_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?:[:.]00)?\s*(am|pm|a\.m\.|p\.m\.)?")
_MOMENT = re.compile(
    r"(.+?)[T ]+(\d{1,2})[:.](\d{2}(?::\d{2}(?:\.\d{1,6})?)?)\s*(Z|[+-]\d{2}:?\d{2})?"
)
_MONEY = re.compile(r"(-?)\s*£?\s*(-?)(\d{1,3}(?:,\d{3})+|\d+)?(?:\.(\d{1,2})0*)?")
_WHOLE = re.compile(r"([+-]?)(\d{1,3}(?:[,\u00a0 ]\d{3})+|\d+)(?:\.0*)?", re.ASCII)

_LONGEST_NUMBER = 60  # characters; far more than any number that can be kept has

YES = frozenset({"yes", "y", "true", "t", "1", "x", "✓", "✔", "on"})
NO = frozenset({"no", "n", "false", "f", "0", "off"})
UNKNOWN = frozenset({"", "not known", "unknown", "?", "n/k"})


def show(spec: Spec, value: Any) -> str:
    """The value as an officer reads it; empty text where there is none.

    Dates are day/month/year, money is pounds and pence, choices are their words, sets are joined
    by semicolons. Accepts the forms a record holds and those its JSON holds.
    """
    if value is None:
        return ""
    return _SHOW.get(spec.type, _show_text)(spec, value)


def told(spec: Spec, value: Any) -> str:
    """The value within words that are only read: as `show`, but a day as every screen and command
    tells one, "28 Sep 2026"."""
    text = show(spec, value)
    if spec.type not in (FieldType.DATE, FieldType.DATETIME) or not text:
        return text
    day = value if isinstance(value, dt.date) else _stored_date(str(value))
    if day is None:
        return text
    clock = text.partition(" ")[2]
    words = short_date(f"{day.year:04d}-{day.month:02d}-{day.day:02d}")
    return f"{words}, {clock}" if clock else words


def parse(spec: Spec, text: str) -> Any:
    """The value that `text` says. Raises `ValueError` with a sentence for people.

    Nothing written gives `None` for dates, numbers, yes/no and links, and the empty text, set or
    mapping otherwise. One-line and long texts come back exactly as they were written.
    """
    return _PARSE.get(spec.type, _parse_text)(spec, text)


def fold(text: str) -> str:
    """A word as people compare words: case, apostrophes, dashes and spacing do not count."""
    plain = unicodedata.normalize("NFKC", text).casefold()
    plain = plain.replace("’", "'").replace("‘", "'")
    return " ".join(re.sub(r"[\s_\-–—]+", " ", plain).split())


def read_date(text: str) -> dt.date | None:
    """A date in one of the forms people use; day before month. `None` for empty text.

    Takes 27/3/2026, 27.3.26, 2026-03-27, 27 March 2026 and March 27, 2026, with or without a
    weekday. A two-figure year is 1970 to 2069. Raises `ValueError` with a sentence.
    """
    plain = _WEEKDAY.sub("", " ".join(text.split())).casefold()
    if not plain:
        return None
    if match := _ISO.fullmatch(plain.upper()):
        year, month, day = (int(part) for part in match.groups())
        return _date(text, year, month, day)
    if match := _NUMBERS.fullmatch(plain):
        day, month = int(match[1]), int(match[2])
        if month > 12 >= day:
            raise ValueError(
                f"“{text.strip()}” seems to have its month first. "
                "Type it as day/month/year, for example 27/3/2026."
            )
        return _date(text, _year(match[3]), month, day)
    if match := _DAY_MONTH.fullmatch(plain):
        return _date(text, _year(match[3]), _month(text, match[2]), int(match[1]))
    if match := _MONTH_DAY.fullmatch(plain):
        return _date(text, _year(match[3]), _month(text, match[1]), int(match[2]))
    raise _no_date(text)


def split_elements(text: str) -> list[str]:
    """The parts of a list written as `a; b; "c; d"`. Empty parts are dropped."""
    found: list[str] = []
    for match in re.finditer(r'\s*(?:"((?:[^"]|"")*)"\s*|([^;\n]*))(?:;|\n|$)', text):
        if match[1] is not None:
            found.append(match[1].replace('""', '"'))
        elif match[2].strip():
            found.append(match[2].strip())
    return found


def join_elements(parts: Iterable[str]) -> str:
    """Parts as one line that `split_elements` takes apart again."""
    return "; ".join(_quoted(part) for part in parts)


def _quoted(part: str) -> str:
    if part and part == part.strip() and not re.search(r'[;\n"]', part):
        return part
    return '"' + part.replace('"', '""') + '"'


# ---- shown ---------------------------------------------------------------------------------


def _show_text(spec: Spec, value: Any) -> str:
    return str(value)


def _show_date(spec: Spec, value: Any) -> str:
    day = value if isinstance(value, dt.date) else _stored_date(str(value))
    return f"{day.day}/{day.month}/{day.year:04d}" if day else str(value)


def _stored_date(text: str) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text[:10])
    except ValueError:
        return None


def _show_moment(spec: Spec, value: Any) -> str:
    moment = value if isinstance(value, dt.datetime) else dt.datetime.fromisoformat(str(value))
    spec_of_time = "minutes"
    if moment.microsecond:
        spec_of_time = "microseconds"
    elif moment.second:
        spec_of_time = "seconds"
    clock = moment.time().isoformat(spec_of_time)
    zone = moment.isoformat()[len(moment.replace(tzinfo=None).isoformat()) :]
    return f"{_show_date(spec, moment.date())} {clock}{' ' + zone if zone else ''}"


def _show_time(spec: Spec, value: Any) -> str:
    return value.strftime("%H:%M") if isinstance(value, dt.time) else str(value)


def _show_choice(spec: Spec, value: Any) -> str:
    return spec.choice_label(str(value))


def _show_whole(spec: Spec, value: Any) -> str:
    return str(int(value))


def _show_money(spec: Spec, value: Any) -> str:
    pence = int(value)
    sign = "-" if pence < 0 else ""
    return f"{sign}£{abs(pence) // 100:,}.{abs(pence) % 100:02d}"


def _show_yes_no(spec: Spec, value: Any) -> str:
    return "Yes" if value else "No"


def _show_set(spec: Spec, value: Any) -> str:
    if isinstance(value, str):
        value = (value,)
    return join_elements(spec.choice_label(str(item)) for item in value)


def _show_features(spec: Spec, value: Any) -> str:
    words = {"yes": "Yes", "no": "No"}
    return join_elements(
        f"{spec.choice_label(code)}: {words.get(answer, answer)}" for code, answer in value.items()
    )


_SHOW: Mapping[FieldType, Callable[[Spec, Any], str]] = {
    FieldType.DATE: _show_date,
    FieldType.DATETIME: _show_moment,
    FieldType.TIME: _show_time,
    FieldType.CHOICE: _show_choice,
    FieldType.INTEGER: _show_whole,
    FieldType.MONEY: _show_money,
    FieldType.BOOLEAN: _show_yes_no,
    FieldType.CHOICES: _show_set,
    FieldType.LINKS: _show_set,
    FieldType.FEATURES: _show_features,
}

# ---- read ----------------------------------------------------------------------------------


def _parse_text(spec: Spec, text: str) -> str:
    return text


def _parse_stripped(spec: Spec, text: str) -> str:
    return text.strip()


def _no_date(text: str) -> ValueError:
    return ValueError(
        f"“{_short(text)}” is not a date. Type it as day/month/year, for example 27/3/2026."
    )


def _short(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= 40 else plain[:39] + "…"


def _year(digits: str) -> int:
    year = int(digits)
    if len(digits) == 4:
        return year
    return 2000 + year if year < 70 else 1900 + year


def _month(text: str, word: str) -> int:
    for number, name in enumerate(_MONTHS, 1):
        if len(word) >= 3 and (name.startswith(word) or (word == "sept" and number == 9)):
            return number
    raise _no_date(text)


def _date(text: str, year: int, month: int, day: int) -> dt.date:
    try:
        return dt.date(year, month, day)
    except ValueError:
        raise _no_date(text) from None


def _parse_date(spec: Spec, text: str) -> dt.date | None:
    return read_date(text)


def _parse_moment(spec: Spec, text: str) -> dt.datetime | None:
    plain = text.strip()
    if not plain:
        return None
    match = _MOMENT.fullmatch(plain)
    if not match:
        day = read_date(plain)
        assert day is not None
        return dt.datetime(day.year, day.month, day.day).astimezone()
    day = read_date(match[1])
    try:
        clock = dt.time.fromisoformat(f"{int(match[2]):02d}:{match[3]}")
    except ValueError:
        raise ValueError(_not_time(spec)) from None
    if day is None:
        raise _no_date(text)
    moment = dt.datetime.combine(day, clock)
    if match[4] is None:
        return moment.astimezone()
    return dt.datetime.fromisoformat(moment.isoformat() + match[4])


def _not_time(spec: Spec) -> str:
    return f"{spec.label} is not a time. Type it as hours and minutes, for example 14:30."


def _parse_time(spec: Spec, text: str) -> str:
    plain = text.strip().casefold()
    if not plain:
        return ""
    named = {"noon": "12:00", "midday": "12:00", "midnight": "00:00"}.get(plain)
    if named:
        return named
    match = _CLOCK.fullmatch(plain)
    if not match or not (match[2] or match[3]):
        raise ValueError(_not_time(spec))
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        if not 1 <= hour <= 12:
            raise ValueError(_not_time(spec))
        hour = hour % 12 + (12 if match[3].startswith("p") else 0)
    if hour > 23 or minute > 59:
        raise ValueError(_not_time(spec))
    return f"{hour:02d}:{minute:02d}"


def _parse_whole(spec: Spec, text: str) -> int | None:
    plain = text.strip()
    if spec.unit and plain.endswith(spec.unit):
        plain = plain[: -len(spec.unit)].strip()
    if not plain:
        return None
    match = _WHOLE.fullmatch(plain) if len(plain) <= _LONGEST_NUMBER else None
    if not match or (not plain.isascii() and not plain.replace(" ", "").isascii()):
        raise ValueError(f"{spec.label} must be a whole number, not “{_short(text)}”.")
    return int(match[1] + re.sub(r"\D", "", match[2]))


def _parse_money(spec: Spec, text: str) -> int | None:
    plain = text.strip()
    if not plain:
        return None
    short = len(plain) <= _LONGEST_NUMBER
    if short and (pence := re.fullmatch(r"(-?\d+)\s*p", plain)):
        return int(pence[1])
    match = _MONEY.fullmatch(plain) if short else None
    if not match or not (match[3] or match[4]) or not re.search(r"\d", plain):
        raise ValueError(
            f"{spec.label} must be an amount of money, for example £1.20, not “{_short(text)}”."
        )
    amount = int((match[3] or "0").replace(",", "")) * 100 + int((match[4] or "").ljust(2, "0"))
    return -amount if match[1] or match[2] else amount


def _parse_yes_no(spec: Spec, text: str) -> bool | None:
    word = fold(text)
    if not word:
        return None
    if word in YES:
        return True
    if word in NO:
        return False
    raise ValueError(f"{spec.label} must be yes or no, not “{_short(text)}”.")


def _code(spec: Spec, text: str) -> str:
    """The code of a choice written as its code, its words or an alias of it.

    The text itself where others may be typed.
    """
    for choice in spec.choices:
        if text == choice.code:
            return choice.code
    for choice in spec.choices:
        if text == choice.label:
            return choice.code
    word = fold(text)
    for choice in spec.choices:
        if word in (fold(choice.label), fold(choice.code)):
            return choice.code
    for choice in spec.choices:
        if word in map(fold, choice.aliases):
            return choice.code
    if spec.open_choices or not spec.choices:
        return text
    allowed = ", ".join(choice.label for choice in spec.choices)
    raise ValueError(f"{spec.label} cannot be “{_short(text)}”. It is one of: {allowed}.")


def _parse_choice(spec: Spec, text: str) -> str:
    return _code(spec, text) if text.strip() else ""


def _parse_choices(spec: Spec, text: str) -> tuple[str, ...]:
    parts = split_elements(text)
    if len(parts) == 1 and "," in parts[0] and '"' not in text:
        parts = _by_comma(spec, parts[0])
    return tuple(sorted({_code(spec, part) for part in parts}))


def _by_comma(spec: Spec, text: str) -> list[str]:
    """Take commas as separators only where every part is then a choice; labels hold commas too."""
    known = {fold(word) for choice in spec.choices for word in (choice.code, choice.label)}
    parts = [part.strip() for part in text.split(",") if part.strip()]
    if fold(text) not in known and all(fold(part) in known for part in parts):
        return parts
    return [text]


def _parse_link(spec: Spec, text: str) -> str | None:
    return text.strip() or None


def _parse_links(spec: Spec, text: str) -> tuple[str, ...]:
    return tuple(sorted(set(split_elements(text))))


def _parse_features(spec: Spec, text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for part in split_elements(text):
        name, colon, answer = part.rpartition(":")
        if not colon or (not spec.open_choices and fold(answer) not in YES | NO | UNKNOWN):
            name, answer = part, "yes"
        word = fold(answer)
        if word in UNKNOWN:
            continue
        if word not in YES | NO:
            raise ValueError(f"{spec.label}: “{_short(part)}” must end in yes or no.")
        found[_code(spec, name.strip())] = "yes" if word in YES else "no"
    return found


_PARSE: Mapping[FieldType, Callable[[Spec, str], Any]] = {
    FieldType.EMAIL: _parse_stripped,
    FieldType.DATE: _parse_date,
    FieldType.DATETIME: _parse_moment,
    FieldType.TIME: _parse_time,
    FieldType.CHOICE: _parse_choice,
    FieldType.INTEGER: _parse_whole,
    FieldType.MONEY: _parse_money,
    FieldType.BOOLEAN: _parse_yes_no,
    FieldType.LINK: _parse_link,
    FieldType.CHOICES: _parse_choices,
    FieldType.LINKS: _parse_links,
    FieldType.FEATURES: _parse_features,
}
