"""Entries, requests and acks are small signed papers, all read in one way and held to one form."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engage_desktop.sync.acks import MOST_ACK, read_ack
from engage_desktop.sync.canonical import canonical
from engage_desktop.sync.enrol import MOST_REQUEST, read_request
from engage_desktop.sync.entries import MOST_ENTRY, read_entry
from engage_desktop.sync.errors import Refused
from engage_desktop.sync.papers import read_paper
from tests.sync.rosters import Office

READERS = {
    "entry": (lambda data: read_entry(data, "a" * 32), MOST_ENTRY),
    "request": (read_request, MOST_REQUEST),
    "ack": (lambda data: read_ack(data, Office(admins=1).roster()), MOST_ACK),
}


@pytest.mark.parametrize("name", READERS)
def test_each_kind_of_paper_is_held_to_its_size_and_frame(name):
    read, most = READERS[name]
    for data, code in (
        (b"", "empty"),
        (b"x" * (most + 1), "too_big"),
        (b"[" * 20_000, "too_big" if most < 20_000 else "header"),
        (b"[" * 9_000, "header"),
        (b"null", "header"),
        (b"\xff\xfe", "header"),
        (b'{"body":{"kind":"roster"}}', "header"),
        (b'{"body":null,"seal":1}', "header"),
        (b'{"body":[],"signatures":{}}', "header"),
        (b'{"body": {"kind":"join"},"seal":""}', "header"),
    ):
        with pytest.raises(Refused) as caught:
            read(data)
        assert caught.value.code == code, data[:40]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)


@given(body=JSON, seal=JSON, kind=st.sampled_from(["roster", "join", "ack"]))
def test_whatever_json_stands_in_them_they_are_refused_and_never_break(body, seal, kind):
    if isinstance(body, dict):
        body["kind"] = kind
    for name, beside in (("entry", "signatures"), ("request", "seal"), ("ack", "signature")):
        with pytest.raises(Refused):
            READERS[name][0](canonical({"body": body, beside: seal}))


def test_a_paper_is_given_back_as_it_stands():
    text = canonical({"body": {"kind": "ack", "x": 1}, "signature": "s"})
    assert read_paper(text, 99, "ack", "signature") == ({"kind": "ack", "x": 1}, "s")
    with pytest.raises(Refused):
        read_paper(text, 99, "join", "signature")
