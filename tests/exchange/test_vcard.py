"""Cards read line by line: every version, and what programs get wrong."""

from __future__ import annotations

import io
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage_desktop.exchange.vcard import Card, escaped, is_vcard, read_cards, unescaped
from tests.exchange.card_files import DOT, NEWER, NEWEST, OLD


def cards(text: str | bytes) -> list[Card]:
    return list(read_cards(io.BytesIO(text.encode() if isinstance(text, str) else text)))


def said(card: Card) -> list[tuple[str, str]]:
    return [(each.name, each.text) for each in card.properties]


def one(body: str, version: str = "3.0") -> Card:
    (card,) = cards(f"BEGIN:VCARD\nVERSION:{version}\n{body}\nEND:VCARD\n")
    return card


def test_quoted_printable_goes_over_soft_line_breaks_in_its_own_encoding() -> None:
    (card,) = cards(OLD)
    assert card.version == "2.1"
    assert card.every("N")[0].parts()[:2] == ["Brödel", "René"]
    assert card.first("FN") == "Dr René Brödel"
    assert card.first("NOTE") == "Likes a call first.\nNever before ten\\nhonestly"
    assert card.first("LABEL") == "12 Long Street\nMere\nWessex ZZ1 2AB"


def test_a_folded_line_keeps_its_space_in_2_1_and_none_later() -> None:
    assert cards(OLD)[0].every("ADR")[0].parts()[2] == "12 Long Street"
    assert "be folded in the middle" in cards(NEWER)[0].first("NOTE")


def test_base64_is_put_together_folded_or_not() -> None:
    assert cards(OLD)[0].every("PHOTO")[0].binary == DOT
    assert cards(OLD)[0].every("KEY")[0].binary == b"hello"
    assert cards(NEWEST)[1].every("PHOTO")[0].binary == DOT
    assert cards(NEWEST)[1].every("PHOTO")[0].media_type == "image/png"
    flat = one("PHOTO;ENCODING=b:aGVs\nbG8=\nTEL:1")
    assert (flat.every("PHOTO")[0].binary, flat.first("TEL")) == (b"hello", "1")
    broken = one("PHOTO;ENCODING=b:not base64!")
    assert (broken.every("PHOTO")[0].binary, broken.first("PHOTO")) == (None, "not base64!")


def test_kinds_and_preferences_are_read_old_and_new() -> None:
    found = one(
        'A;WORK;FAX;PREF:1\nB;TYPE=work,Fax:2\nC;TYPE="work,fax";PREF=7:3\nD;TYPE=a;TYPE=b:4'
    )
    kinds = {each.name: (each.types, each.preference) for each in found.properties}
    assert kinds == {
        "A": (("work", "fax", "pref"), 1), "B": (("work", "fax"), 101),
        "C": (("work", "fax"), 7), "D": (("a", "b"), 101),
    }  # fmt: skip


def test_a_group_and_quoted_parameters_are_taken_apart() -> None:
    found = one('item1.X-A;LABEL="a:b;c^nd":v', "4.0").properties[0]
    assert (found.group, found.name, found.params["LABEL"]) == ("item1", "X-A", ("a:b;c\nd",))
    assert one('TEL;X="never closed:1').first("TEL") == "1"


def test_escapes_are_undone_once_and_not_in_2_1() -> None:
    assert one(r"NOTE:a\, b\; c\n\\n \x").first("NOTE") == "a, b; c\n\\n \\x"
    assert one(r"NOTE:C:\new\; \, \\", "2.1").first("NOTE") == "C:\\new; , \\"


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\r")))
def test_what_is_escaped_comes_back(text: str) -> None:
    assert unescaped(escaped(text), "4.0") == text
    assert "\n" not in escaped(text)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_any_encoding_and_line_end(encoding: str, end: str) -> None:
    text = "BEGIN:VCARD\nVERSION:3.0\nFN:Zoë Ĵones\nNOTE:fol\n ded\nEND:VCARD\n"
    data = text.replace("\n", end).encode(encoding)
    assert is_vcard(data[:4096])
    if end == "\r" and encoding.startswith("utf-16"):
        return  # no program writes these
    (card,) = cards(data)
    assert (card.first("FN"), card.first("NOTE"), card.whole) == ("Zoë Ĵones", "folded", True)


def test_windows_letters_are_read_where_it_is_not_utf_8() -> None:
    (card,) = cards("BEGIN:VCARD\nFN:Zoë – “Z”\nEND:VCARD\n".encode("cp1252"))
    assert card.first("FN") == "Zoë – “Z”"
    (card,) = cards("BEGIN:VCARD\nFN;CHARSET=koi8-r:Анна\nEND:VCARD\n".encode("koi8-r"))
    assert card.first("FN") == "Анна"
    (card,) = cards(b"BEGIN:VCARD\nFN;CHARSET=nonsense:Ann\nEND:VCARD\n")
    assert card.first("FN") == "Ann"


def test_a_card_without_an_end_costs_no_other_card() -> None:
    found = cards(NEWER)
    assert [(c.number, c.whole, c.agent_of, c.first("FN", "ORG")) for c in found] == [
        (1, True, 0, "Sam Field"), (2, True, 1, "Jo Reed"), (3, False, 0, "No End"),
        (4, True, 0, "Mere Deaf Club"),
    ]  # fmt: skip
    (last,) = cards("BEGIN:VCARD\nFN:Cut off")
    assert (last.whole, last.first("FN")) == (False, "Cut off")


def test_a_card_within_a_card_stands_by_itself_and_is_named() -> None:
    old = cards(
        "BEGIN:VCARD\nVERSION:2.1\nN:A;B\nAGENT:\nBEGIN:VCARD\nVERSION:2.1\nN:C;D\nEND:VCARD\n"
        "TEL;CELL:1\nEND:VCARD\nBEGIN:VCARD\nFN:Next\nEND:VCARD\n"
    )
    assert [c.agent_of for c in old] == [0, 1, 0]
    assert said(old[0]) == [("N", "A;B"), ("AGENT", "D C"), ("TEL", "1")]
    assert said(cards(NEWER)[1]) == [("FN", "Jo Reed"), ("TEL", "01632 960023")]
    deep = "FN:deepest"
    for _ in range(9):
        deep = f"FN:x\nAGENT:{escaped(f'BEGIN:VCARD{chr(10)}{deep}{chr(10)}END:VCARD')}"
    assert len(cards(f"BEGIN:VCARD\n{deep}\nEND:VCARD\n")) == 4, "and what lies deeper is text"


def test_a_line_that_is_no_property_is_kept() -> None:
    card = cards(OLD)[0]
    assert card.odd == ["this line is no property"]
    assert cards("words before\nBEGIN:VCARD\nFN:A\n?:b\nEND:VCARD\nwords after\n")[0].odd == ["?:b"]


@given(st.lists(st.text(string.printable, max_size=30), max_size=12))
def test_any_lines_are_read(lines: list[str]) -> None:
    body = "\n".join(lines)
    found = cards(f"BEGIN:VCARD\nVERSION:3.0\n{body}\nFN:Last\nEND:VCARD\n")
    assert found[0].number == 1
    assert is_vcard(b"BEGIN:VCARD")
    for card in found:
        assert all(each.name == each.name.upper() for each in card.properties)


@given(st.binary(max_size=300))
def test_any_bytes_are_read(data: bytes) -> None:
    for card in cards(b"BEGIN:VCARD\r\n" + data):
        assert card.number > 0
