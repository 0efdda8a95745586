"""A bundle file: what is written comes back, and every change to it is refused by name."""

from __future__ import annotations

import dataclasses
import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engage_desktop.sync.canonical import canonical, sha256
from engage_desktop.sync.container import PartSource, frame, write_bundle
from engage_desktop.sync.cores import SNAPSHOT, Core, Covered, Mark, Sealed, read_core
from engage_desktop.sync.errors import REASONS, Refused
from engage_desktop.sync.keys import SigningKey, age_recipient, new_age_identity
from engage_desktop.sync.sealing import MOST_PLAIN, seal_lines

KEY = SigningKey(bytes(range(32)))
GENERAL = new_age_identity()
PEOPLE = new_age_identity()
CORE = Core(
    team="a" * 32,
    device="b" * 32,
    incarnation="c" * 32,
    seq=7,
    prev="d" * 64,
    deps=(("e" * 32, Mark("f" * 32, 3, "0" * 64)),),
    roster="1" * 64,
    attachments=(Sealed(f"blob/aa/{'3' * 64}-{'2' * 64}.age", "2" * 64, 10),),
)
LINES = {"general": [b'["one"]\n', b'["two"]\n'], "people": [b'["three"]\n']}


def made(lines=None, core=CORE, key=KEY):
    keys = {"general": GENERAL, "people": PEOPLE}
    out = io.BytesIO()
    parts = [
        PartSource(name, 1, age_recipient(keys[name]), rows)
        for name, rows in (LINES if lines is None else lines).items()
    ]
    digest = write_bundle(out, core, parts, key)
    assert digest == sha256(out.getvalue())
    return out.getvalue()


def opened(data, key=KEY):
    bundle = frame(io.BytesIO(data), len(data))
    bundle.verify(key.public)
    return bundle


def read_all(data):
    bundle = opened(data)
    keys = {"general": GENERAL, "people": PEOPLE}
    return {
        part.compartment: list(bundle.lines(part, [keys[part.compartment]]))
        for part in bundle.parts
    }


def reason(data):
    with pytest.raises(Refused) as caught:
        read_all(data)
    assert caught.value.code in REASONS
    assert caught.value.sentence == REASONS[caught.value.code]
    return caught.value.code


def test_what_is_written_comes_back():
    data = made()
    bundle = opened(data)
    assert bundle.core == CORE
    assert bundle.sha256 == sha256(data)
    assert read_all(data) == {"general": [b'["one"]', b'["two"]'], "people": [b'["three"]']}


def test_every_flipped_bit_is_refused_by_name():
    data = made({"general": [b'["x"]\n']})
    found = set()
    for at in range(len(data)):
        for bit in range(8):
            changed = bytearray(data)
            changed[at] ^= 1 << bit
            found.add(reason(bytes(changed)))
    assert "signature" in found
    assert found <= {"signature", "not_ours", "cut_short", "too_long", "header", "too_big"}


def test_every_truncation_and_extension_is_refused_by_name():
    data = made({"general": [b'["x"]\n']})
    assert reason(b"") == "empty"
    for length in range(1, len(data)):
        assert reason(data[:length]) == "cut_short"
    for more in (b"\0", b"\n", data):
        assert reason(data + more) == "too_long"


@settings(max_examples=50)
@given(st.binary(max_size=300))
def test_a_foreign_file_is_refused_by_name(data):
    assert reason(data) in {"empty", "not_ours", "cut_short"}


def test_another_key_is_refused():
    with pytest.raises(Refused) as caught:
        opened(made(), SigningKey(bytes(32)))
    assert caught.value.code == "signature"


def test_a_signature_for_another_purpose_does_not_pass():
    class Other(SigningKey):
        def sign(self, purpose, message):
            return super().sign("roster 1", message)

    assert reason(made(key=Other(KEY.seed))) == "signature"


def test_a_newer_layout_says_update():
    assert reason(made(core=dataclasses.replace(CORE, reader=2))) == "newer"


class Forging(SigningKey):
    """Stands for a member who signs whatever header suits them."""


def forged(change, lines=None):
    """A file whose header was changed and signed again by its rightful author."""
    data = made(lines)
    start = len(b"ENGAGE-BUNDLE\n") + 4
    length = int.from_bytes(data[start - 4 : start], "big")
    header = json.loads(data[start : start + length])
    change(header)
    raw = canonical(header)
    body = data[start + length : -64]
    whole = data[: start - 4] + len(raw).to_bytes(4, "big") + raw + body
    return whole + KEY.sign("bundle 1", bytes.fromhex(sha256(whole)))


def test_a_header_signed_anew_is_still_held_to_the_parts():
    assert reason(forged(lambda h: h["core"].update(seq=8))) == "mismatch"
    assert reason(forged(lambda h: h["core"].update(seq=0))) == "header"
    assert reason(forged(lambda h: h["core"].update(seq=True))) == "header"
    assert reason(forged(lambda h: h["core"].update(deps=[["x"]]))) == "header"
    assert reason(forged(lambda h: h["parts"].pop())) == "too_long"
    assert reason(forged(lambda h: h["parts"].reverse())) in {"damaged", "mismatch"}
    assert reason(forged(lambda h: h["parts"][0].update(sha256="0" * 64))) == "damaged"
    assert reason(forged(lambda h: h["parts"][0].update(compartment="people"))) == "header"


def test_a_claim_of_ten_gigabytes_is_refused_before_anything_is_read():
    assert reason(forged(lambda h: h["parts"][0].update(length=10 << 30))) == "cut_short"
    assert reason(forged(lambda h: h["parts"][0].update(plain=10 << 30))) == "too_big"
    assert reason(forged(lambda h: h["parts"][0].update(plain=MOST_PLAIN))) == "too_big"
    with pytest.raises(Refused) as caught:
        frame(io.BytesIO(b""), 10 << 30)
    assert caught.value.code == "too_big"


def test_what_unpacks_to_more_than_it_said_is_stopped():
    bomb = {"general": [b" " * (1 << 20)] * 40}
    assert reason(forged(lambda h: h["parts"][0].update(plain=1000), bomb)) == "unpacks"
    small = forged(lambda h: h["parts"][0].update(plain=10_000))
    assert reason(small) == "content"


def test_a_bomb_that_owns_up_is_too_big():
    def huge():
        for _ in range(80):
            yield b" " * (1 << 20)

    assert reason(made({"general": huge()})) == "too_big"


def test_the_wrong_key_does_not_open_a_part():
    bundle = opened(made())
    with pytest.raises(Refused) as caught:
        list(bundle.lines(bundle.parts[0], [PEOPLE]))
    assert caught.value.code == "cannot_open"


def test_nothing_of_the_contents_is_in_clear():
    needle = b"a-phrase-that-was-typed"
    assert needle not in made({"general": [b'["' + needle + b'"]\n']})


def test_sealing_asks_for_small_pieces():
    """A hundred-megabyte call would freeze the window."""
    asked = []

    def pieces():
        for _ in range(100):
            asked.append(1)
            yield bytes(1 << 16)

    sizes = []

    class Out(io.BytesIO):
        def write(self, data):
            sizes.append(len(data))
            return super().write(data)

    seal_lines(pieces(), Out(), age_recipient(GENERAL))
    assert len(asked) == 100
    assert max(sizes) <= 1 << 17


# -- what a snapshot stands for --------------------------------------------------------------

HASHES = [f"{n:064x}" for n in range(6)]


@given(
    rows=st.lists(
        st.tuples(
            st.sampled_from(["a" * 32, "b" * 32]), st.sampled_from(["c" * 32, "d" * 32]),
            st.integers(1, 4), st.sampled_from([None, "", *HASHES]),
        ),
        max_size=6,
    )
)  # fmt: skip
def test_each_bundle_a_snapshot_stands_for_keeps_the_one_it_follows(rows):
    covers = {
        Covered(device, Mark(incarnation, seq, HASHES[at]), prev)
        for at, (device, incarnation, seq, prev) in enumerate(rows)
    }
    core = dataclasses.replace(CORE, kind=SNAPSHOT, covers=tuple(covers))
    read = read_core(json.loads(canonical(core.as_json())))
    assert set(read.covers) == covers


def test_rows_that_do_not_say_what_follows_what_are_read_still():
    said = dataclasses.replace(CORE, kind=SNAPSHOT).as_json()
    said["covers"] = {"a" * 32: {"c" * 32: [[1, HASHES[1]], [2, HASHES[2]]]}}
    assert [item.prev for item in read_core(said).covers] == [None, None]
    said["covers"] = {"a" * 32: {"c" * 32: [[1, HASHES[1], ""], [2, HASHES[2], 1]]}}
    assert [item.prev for item in read_core(said).covers] == ["", HASHES[1]]


@pytest.mark.parametrize("follows", [1, 2, True, None, "x", HASHES[1][:9], [], {}])
def test_a_row_that_follows_nothing_there_is_refused(follows):
    said = dataclasses.replace(CORE, kind=SNAPSHOT).as_json()
    said["covers"] = {"a" * 32: {"c" * 32: [[1, HASHES[1], follows]]}}
    with pytest.raises((ValueError, TypeError)):
        read_core(said)
