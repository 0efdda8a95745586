"""One person's card: draft, changes, corrections, topics by letters, pace."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.changes import Create
from engage_desktop.capture.card import (
    ANSWERS,
    Card,
    Sitting,
    answer_for_key,
    answer_words,
    changes_for,
    corrections,
    minutes_left,
    topics_by_letters,
)
from engage_desktop.records.feedback import FFT
from ui.dialogs.strength import SHORTEST, strength_of

ids = st.text("0123456789abcdef", min_size=32, max_size=32)
cards = st.builds(
    Card,
    fft=st.sampled_from([choice.code for choice in FFT]),
    themes=st.lists(ids, max_size=3, unique=True).map(tuple),
    words=st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")),
    quote=st.sampled_from(["yes", "no", "not_asked"]),
    reply=st.booleans(),
)


@given(cards)
def test_a_draft_gives_the_card_back(card):
    assert Card.from_draft(card.draft()) == card


def test_a_draft_of_an_older_release_keeps_what_it_has():
    assert Card.from_draft({"words": "half a sen", "gone": 1}) == Card(words="half a sen")


def test_permissions_start_as_not_asked():
    assert Card().quote == "not_asked"
    assert Card().reply is False


@given(cards)
def test_a_card_is_one_response_with_one_comment(card):
    numbers = iter(f"{n:032x}" for n in range(2))
    sitting = Sitting("stand", service="GP practice")
    day = dt.date(2026, 5, 30)
    response, comment, changes = changes_for(card, sitting, lambda: next(numbers), day)
    assert [type(change) for change in changes] == [Create, Create]
    first, second = (change.record for change in changes)
    assert (first.id, second.id, second.response) == (response, comment, response)
    assert (first.fft, first.consent_quote, first.wants_reply) == (
        card.fft, card.quote, card.reply,
    )  # fmt: skip
    assert (second.text, second.answered) == (card.words.strip(), bool(card.words.strip()))
    assert first.received_on == day
    assert (first.service, first.source) == ("GP practice", "stand")


@given(cards, cards)
def test_a_correction_holds_only_what_differs(before, after):
    edits = corrections("a" * 32, "b" * 32, before, after)
    changed = {name for edit in edits for name in edit.values}
    assert ("fft" in changed) == (before.fft != after.fft)
    assert ("text" in changed) == (before.words.strip() != after.words.strip())
    assert ("themes" in changed) == (set(before.themes) != set(after.themes))
    assert corrections("a" * 32, "b" * 32, after, after) == []


def test_six_keys_answer_in_the_order_of_the_test():
    assert [answer_for_key(str(n)) for n in range(1, 7)] == [
        "very_good", "good", "neither", "poor", "very_poor", "dont_know",
    ]  # fmt: skip
    assert answer_for_key("0") == "not_asked"
    assert [answer_for_key(key) for key in ("7", "a", "", "²")] == [None] * 4
    assert answer_words("poor") == "4 Poor"
    assert len(ANSWERS) == 6


def test_topics_that_begin_with_the_letters_come_first():
    names = [("1", "Waiting times"), ("2", "Travel time"), ("3", "Staff"), ("4", "Time off")]
    assert [t for t, _ in topics_by_letters("tim", names)] == ["4", "1", "2"]
    assert [t for t, _ in topics_by_letters("  ", names)] == ["1", "2", "3", "4"]
    assert topics_by_letters("xyz", names) == []


@given(st.lists(st.floats(1, 179), max_size=40), st.integers(-5, 500))
def test_the_pace_is_this_sittings_own(seconds, to_go):
    minutes = minutes_left(seconds, to_go)
    if len(seconds) < 3 or to_go <= 0:
        assert minutes is None
    else:
        assert minutes is not None
        assert min(seconds) * to_go / 60 - 1 <= minutes <= max(seconds) * to_go / 60 + 1


@given(st.text(max_size=60))
def test_every_passphrase_gets_a_sentence(passphrase):
    judged = strength_of(passphrase)
    assert judged.words
    assert judged.enough == (len(passphrase) >= SHORTEST)
    assert 0 <= judged.level <= 4


@pytest.mark.parametrize(
    ("weak", "strong"),
    [
        ("aaaaaaaaaa", "bus hedge violin cider"),
        ("password1", "purple tractor meadow"),
        ("12345678", "x7!Kq2#mZp"),
    ],
)
def test_more_words_are_stronger(weak, strong):
    assert strength_of(weak).level < strength_of(strong).level


def test_a_nul_is_refused_in_words():
    with pytest.raises(ValueError, match="NUL"):
        changes_for(Card(words="a\0b"), Sitting("card"), lambda: "0" * 32, dt.date(2026, 1, 1))
