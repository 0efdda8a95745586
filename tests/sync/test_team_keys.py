"""Words, requests, and which keys a laptop has after the team changed."""

from __future__ import annotations

import datetime as dt
import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.errors import InvalidInput
from db.keys import CHEAP
from engage_desktop.sync import join_team
from engage_desktop.sync.canonical import canonical, parse_canonical
from engage_desktop.sync.enrol import (
    WORDS,
    plain_words,
    read_request,
    word_list,
    words_of,
    write_request,
)
from engage_desktop.sync.errors import Refused
from engage_desktop.sync.keys import Ring, SigningKey, new_age_identity, seal_to, unseal
from engage_desktop.sync.place import LocalPlace
from engage_desktop.sync.roster import KeysNeeded, Roster
from engage_desktop.sync.team import create_invite, membership
from engage_desktop.sync.team_asking import open_requests
from engage_desktop.sync.team_changes import change_role, keep_entry, revoke, rotate, tend
from tests.sync.laptops import Laptop
from tests.sync.rosters import AGE, MS


def test_the_words_are_short_plain_and_told_apart_by_their_first_four_letters():
    words = word_list()
    assert len(words) == 1024 == len(set(words))
    assert len({word[:4] for word in words}) == len(words)
    assert list(words) == sorted(words)
    assert all(word.isascii() and word.islower() and word.isalpha() for word in words)
    assert {len(word) for word in words} <= set(range(4, 10))
    near = [
        (one, other)
        for one, other in itertools.combinations(words, 2)
        if len(one) == len(other) and sum(map(str.__ne__, one, other)) < 2
    ]
    assert near == [], "no two differ in one letter only"


@given(st.binary(min_size=32, max_size=32), st.sampled_from(["team", "sign", "age", "nonce"]))
@settings(max_examples=50, deadline=None)
def test_the_words_change_with_every_part_and_are_read_back_however_typed(secret, part):
    said = {"team": "a" * 32, "sign": "b" * 64, "age": AGE, "nonce": secret.hex()}
    words = words_of(**said)
    assert len(words.split()) == WORDS
    assert words_of(**(said | {part: said[part] + "0"})) != words
    typed = "-".join(word[:4].upper() for word in words.split())
    assert " ".join(plain_words(typed)) == words == " ".join(plain_words(f"1. {words}."))


@pytest.mark.parametrize("typed", ["", "acorn", "acorn " * 9, "acornx " * 8, "aco " * 8])
def test_words_that_no_laptop_shows_are_named(typed):
    with pytest.raises(InvalidInput) as caught:
        plain_words(typed)
    assert "Nothing was changed" in caught.value.sentence


def test_every_flipped_bit_of_a_request_is_refused():
    key = SigningKey(bytes(32))
    good = write_request(
        key, team="a" * 32, device="b" * 32, officer="Sam", age=AGE, nonce="c" * 64, ms=MS
    )
    for at in range(len(good.text)):
        bad = bytearray(good.text)
        bad[at] ^= 1 << at % 8
        for text in (bytes(bad), good.text[:at]):
            with pytest.raises(Refused) as caught:
                read_request(text)
            assert caught.value.code in ("empty", "header", "signature")
    body = parse_canonical(good.text)["body"] | {"more": 1}
    seal = key.sign("join 1", canonical(body)).hex()
    with pytest.raises(Refused):
        read_request(canonical({"body": body, "seal": seal}))


def test_what_is_no_request_is_named_and_the_others_are_listed(laptop, shared):
    priya = laptop("Priya")
    priya.sync(shared)
    place = LocalPlace(shared, owner="x")
    (shared / "join").mkdir()
    (shared / "join" / "junk.json").write_bytes(b"{}")
    (shared / "join" / "empty.json").write_bytes(b"")
    key = SigningKey(bytes(32))
    more = {"device": "b" * 32, "officer": "Sam", "age": AGE, "nonce": "c" * 64, "ms": MS}
    good = write_request(key, team=membership(priya.store).team.id, **more)
    other = write_request(key, team="f" * 32, **more)
    for request in (good, other):
        place.put_if_absent(request.name, request.text)
    (shared / "join" / "copy (1).json").write_bytes(good.text)
    found, aside = open_requests(priya.store, place)
    assert [r.officer for r in found] == ["Sam"]
    assert sorted(item.code for item in aside) == ["empty", "header", "other_team"]


def test_a_ring_keeps_two_keys_of_one_epoch():
    one, two = Ring.new(["general"]), Ring.new(["general"])
    both = one.joined(two).joined(one)
    assert len(both.openers("general", 1)) == 2
    assert Ring.of(both.as_json()) == both
    assert Ring.of({"general": {"1": one.openers("general", 1)[0]}}) == one, "as kept before"
    secret = new_age_identity()
    assert unseal(secret, seal_to(one.recipients()["general"], b"x")) is None
    assert unseal(secret, "not sealed") is None


# -- keys after changes ------------------------------------------------------------------------


def openers(one, compartment):
    ring = membership(one.store).ring.identities.get(compartment, {})
    return {epoch: len(kept) for epoch, kept in ring.items()}


def test_a_revoked_laptop_gets_no_new_key_and_the_others_all_do(laptop, shared):
    priya = laptop("Priya")
    sam, alex = laptop("Sam", by=priya), laptop("Alex", by=priya)
    for one in (sam, alex, priya):
        one.sync(shared)
    revoke(priya.store, "Sam")
    for one in (priya, sam, alex):
        one.sync(shared)
    assert openers(sam, "general") == {1: 1}
    assert openers(alex, "general") == openers(priya, "general") == {1: 1, 2: 1}
    assert openers(alex, "confidential") == {}
    assert membership(alex.store).roster.recipient("general")[0] == 2
    assert membership(alex.store).roster.recipient("confidential")[0] == 1, "Sam held none of it"
    alex.add_venue("After")
    alex.sync(shared)
    priya.sync(shared)
    sam.sync(shared)
    assert priya.state() == alex.state()
    assert sam.state()["records"] == {}


def test_a_role_that_grew_gets_the_new_key_and_no_older_one(laptop, shared):
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya, role="reader")
    sam.sync(shared)
    priya.sync(shared)
    change_role(priya.store, "Sam", "officer")
    priya.sync(shared)
    sam.sync(shared)
    assert openers(sam, "people") == {2: 1}
    assert openers(sam, "general") == {1: 1}
    change_role(priya.store, "Sam", "reader")
    priya.sync(shared)
    sam.sync(shared)
    assert openers(sam, "people") == {2: 1}
    assert openers(priya, "people") == {1: 1, 2: 1, 3: 1}


def test_an_invitation_older_than_the_keys_is_made_good_by_an_admin_s_next_sync(laptop, shared):
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    rotate(priya.store)
    sam.sync(shared)
    assert openers(sam, "general") == {1: 1}
    priya.sync(shared)
    sam.sync(shared)
    assert openers(sam, "general") == {1: 1, 2: 1}
    before = membership(priya.store).roster.head
    priya.sync(shared)
    assert membership(priya.store).roster.head == before, "nothing more to do"


def test_two_admins_who_acted_apart_leave_a_key_to_make_and_the_rest_wait(laptop, shared):
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya, role="admin")
    alex, casey = laptop("Alex", by=priya), laptop("Casey", by=priya)
    jo = laptop("Jo", by=priya)
    for one in (sam, alex, casey, jo, priya, sam, alex):
        one.sync(shared)
    revoke(priya.store, "Casey")
    revoke(sam.store, "Jo")
    mine, theirs = membership(priya.store), membership(sam.store)
    both = Roster(mine.team, [*mine.roster.entries.values(), *theirs.roster.entries.values()])
    assert both.sealing("general") is None, "each new key is held by one who is out"
    with pytest.raises(KeysNeeded):
        both.recipient("general")
    alex.add_venue("Written meanwhile")
    known = membership(alex.store)
    for entry in both.graph.entries:
        if entry.sha256 not in known.roster.entries:
            known = keep_entry(alex.store, known, entry.text)
    receipt = alex.sync(shared)
    assert receipt.sent == 0
    assert any("wait here" in note for note in receipt.notes)
    priya.sync(shared)
    priya.sync(shared)
    assert alex.sync(shared).sent == 1
    priya.sync(shared)
    assert priya.state() == alex.state()
    assert tend(alex.store).roster.head == membership(priya.store).roster.head


def test_a_volunteer_s_invitation_carries_the_last_day(laptop, shared, tmp_path):
    priya = laptop("Priya")
    data = create_invite(priya.store, role="volunteer", last_day=dt.date(2026, 12, 24), cost=CHEAP)
    sam = Laptop(tmp_path / "Sam", "Sam")
    try:
        join_team(sam.store, data)
        end = membership(sam.store).roster.members[sam.store.device].expires
        moment = dt.datetime.fromtimestamp(end / 1000, dt.UTC).astimezone()
        assert (moment.date().isoformat(), moment.hour) == ("2026-12-24", 23)
    finally:
        sam.close()
    with pytest.raises(InvalidInput):
        create_invite(priya.store, role="officer", last_day=dt.date(2026, 12, 24))
