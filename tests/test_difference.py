"""Where two texts differ: nothing is lost, nothing that both have is marked."""

from __future__ import annotations

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from engage_desktop.difference import MOST_WORDS, compared, folded, said

TEXTS = st.lists(st.sampled_from(["the", "bus", "was", "late", ".", "\n\n", " ", "Café"])).map(
    " ".join
) | st.text(max_size=80)


def whole(pieces):
    return "".join(piece.text for piece in pieces)


@given(TEXTS, TEXTS)
def test_the_pieces_are_the_texts(one, other):
    first, second = compared(one, other)
    assert (whole(first), whole(second)) == (one, other)
    assert all(a.mark != b.mark for a, b in pairwise(first))
    same = "".join(p.text for p in first if not p.mark)
    assert same == "".join(p.text for p in second if not p.mark)


@given(TEXTS)
def test_what_is_equal_is_never_marked(text):
    assert not any(piece.mark for side in compared(text, text) for piece in side)


def test_the_words_that_differ_are_marked_and_said():
    first, second = compared(
        "We meet at ten in Mere Hall.", "We meet at two in Mere Hall, upstairs."
    )
    assert [p.text.strip() for p in first if p.mark] == ["ten", "Hall."]
    assert said(second) == "Only here: “two”; “Hall, upstairs.”."
    assert said(compared("a", "a b")[0]) == "Nothing that the other does not have."


def test_long_texts_take_no_time_and_little_room():
    words = [f"word{n}" for n in range(MOST_WORDS * 20)]
    other = [*words[:100], "changed", *words[101:]]
    began = time.thread_time()  # work, not waiting for a processor
    first, _ = compared(" ".join(words), " ".join(other))
    assert [p.text.strip() for p in first if p.mark] == ["word100"]
    assert len(whole(folded(first))) < 2_000
    turned = compared(" ".join(words), " ".join(reversed(words)))
    assert whole(turned[0]) == " ".join(words)
    assert time.thread_time() - began < 5
    assert len(whole(folded(turned[0], 500))) <= 501
