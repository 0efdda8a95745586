"""An invitation that says for whom it is: nobody joins with it under another name."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import InvalidInput
from db.keys import CHEAP
from engage_desktop.sync import LocalPlace, create_invite, has_team, join_team, verify_folder
from engage_desktop.sync.canonical import canonical
from engage_desktop.sync.entries import LONGEST_NAME, certificate, enrol_entry, read_entry
from engage_desktop.sync.errors import BadInvitation
from engage_desktop.sync.forms import _is_name
from engage_desktop.sync.invite import read_invitation
from engage_desktop.sync.keys import SigningKey, age_recipient, new_age_identity
from engage_desktop.sync.names import name_to_invite, plain_name
from engage_desktop.sync.roster import Roster
from engage_desktop.sync.team import membership
from tests.sync.rosters import AGE, MS, Office, picture

NAMES = ("Zoë Ó Brien", "Priya Nair", "Weiß", "İrem", "Ｓａｍ")
SPELLINGS = (
    lambda name: name,
    str.upper,
    str.casefold,
    lambda name: unicodedata.normalize("NFD", name),
    lambda name: unicodedata.normalize("NFC", name),
    lambda name: "  " + name.replace(" ", " \t ") + " ",
    lambda name: name.replace(" ", "\N{NO-BREAK SPACE}"),
)


def invitation(priya, officer):
    return create_invite(priya.store, officer=officer, cost=CHEAP)


def forged(thief, data):
    """The entry of a tampered program that joins all the same."""
    brought = read_invitation(data, None)
    roster = membership(thief.by.store).roster
    text = enrol_entry(
        SigningKey(brought.join_seed), SigningKey(b"t" * 32), cert=brought.certificate,
        id="7" * 32, officer=thief.name, age=age_recipient(new_age_identity()),
        parents=roster.cited, ms=thief.by.store.now(),
    )  # fmt: skip
    return read_entry(text, roster.team.id)


class Thief:
    def __init__(self, name, by):
        self.name, self.by = name, by


def test_another_name_is_refused_with_what_to_do_and_nothing_changes(laptop, shared):
    priya, sam, ann = laptop("Priya"), laptop("Sam"), laptop("Ann Tully")
    data = invitation(priya, "Ann Tully")
    before = sam.store.get_setting("roster_head")
    with pytest.raises(BadInvitation) as caught:
        join_team(sam.store, data)
    assert caught.value.code == "other_name"
    assert caught.value.sentence == (
        "This invitation is for Ann Tully, and the name here is Sam. Nothing was changed. If you "
        "are Ann Tully, begin your workspace under that name. If not, ask an admin for an "
        "invitation in your own name."
    )
    assert not has_team(sam.store)
    assert sam.store.get_setting("roster_head") == before
    join_team(ann.store, data)  # it was not used up
    ann.sync(shared)
    priya.sync(shared)
    members = membership(priya.store).roster.members.values()
    assert sorted(m.officer for m in members) == ["Ann Tully", "Priya"]


@given(
    name=st.sampled_from(NAMES),
    one=st.sampled_from(SPELLINGS),
    two=st.sampled_from(SPELLINGS),
)
def test_how_a_name_is_spelt_does_not_matter(name, one, two):
    assert plain_name(one(name)) == plain_name(two(name))
    assert plain_name(plain_name(one(name))) == plain_name(name)
    assert plain_name(name_to_invite(two(name))) == plain_name(name)


@given(one=st.text(max_size=12), two=st.text(max_size=12))
def test_names_are_one_only_where_their_letters_are(one, two):
    def letters(name):
        folded = unicodedata.normalize("NFD", unicodedata.normalize("NFD", name).casefold())
        return folded.split()

    assert (plain_name(one) == plain_name(two)) == (letters(one) == letters(two))


def test_another_spelling_of_the_name_joins(laptop):
    priya = laptop("Priya")
    zoe = laptop("zoe\u0308  o brien")
    join_team(zoe.store, invitation(priya, " Zoë O Brien "))
    assert membership(zoe.store).role == "officer"


def test_one_that_names_nobody_lets_in_whoever_has_it(laptop):
    priya, sam = laptop("Priya"), laptop("Sam")
    data = create_invite(priya.store, cost=CHEAP)
    assert "for" not in read_invitation(data, None).certificate["body"]
    join_team(sam.store, data)
    assert membership(sam.store).role == "officer"


@pytest.mark.parametrize("bad", ["", "  \t", "Priya\x07", "P" * (LONGEST_NAME + 1), "a\u200bb"])
def test_a_name_that_is_none_is_refused_and_founds_no_team(laptop, bad):
    priya = laptop("Priya")
    with pytest.raises(InvalidInput, match="Nothing was made"):
        create_invite(priya.store, officer=bad, cost=CHEAP)
    assert not has_team(priya.store)


def test_names_may_hold_what_joins_letters():
    """The sign between is not seen, and without it the name is another word."""
    assert name_to_invite("\u0646\u0627\u0632\u200c\u0647\u0631\u0627")
    with pytest.raises(InvalidInput, match="can be seen"):
        name_to_invite("Priya\u202eNair")


def test_whether_a_name_is_one_does_not_depend_on_the_python_that_reads_it():
    """The form of an entry is judged by every laptop, and each release knows more letters."""
    for name, is_one in (("Priya", True), ("a\u0378", True), ("\U000e0fff", True), ("", False),
                         ("a\nb", False), ("a\x07", False), ("a\x9d", False)):  # fmt: skip
        assert _is_name(name) is is_one
    assert not _is_name("P" * (LONGEST_NAME + 1))
    assert not _is_name(7)


def test_a_tampered_program_does_not_come_in_under_another_name(laptop, shared):
    """Every laptop refuses it by the admin's word alone, and so does who checks the folder."""
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    for one in (priya, sam):
        one.sync(shared)
    entry = forged(Thief("Priya", priya), invitation(priya, "Ann Tully"))
    (shared / entry.name).write_bytes(entry.text)
    for one in (priya, sam):
        (aside,) = one.sync(shared).quarantined
        assert (aside.code, aside.file) == ("name", entry.name)
        assert "under another name than its invitation is for" in aside.reason
        officers = [m.officer for m in membership(one.store).roster.members.values()]
        assert sorted(officers) == ["Priya", "Sam"]
    assert [bad.code for bad in verify_folder(LocalPlace(shared)).bad] == ["name"]


def test_who_takes_the_name_out_of_the_invitation_has_no_admin_s_word(laptop):
    priya = laptop("Priya")
    data = invitation(priya, "Ann Tully")
    brought = read_invitation(data, None)
    body = {key: value for key, value in brought.certificate["body"].items() if key != "for"}
    text = enrol_entry(
        SigningKey(brought.join_seed), SigningKey(b"t" * 32),
        cert={"body": body, "signature": brought.certificate["signature"]}, id="7" * 32,
        officer="Sam", age=age_recipient(new_age_identity()),
        parents=membership(priya.store).roster.cited, ms=priya.store.now(),
    )  # fmt: skip
    mine = membership(priya.store)
    entry = read_entry(text, mine.team.id)
    assert Roster(mine.team, [*mine.roster.entries.values(), entry]).bad == {
        entry.sha256: "signature"
    }


@given(
    order=st.randoms(use_true_random=False),
    names=st.lists(st.sampled_from(["Ann", "ann ", "Sam", None]), min_size=1, max_size=4),
    told=st.sampled_from([None, "Ann", 7, "", "A\nB"]),
)
def test_the_roster_holds_to_the_name_whatever_comes_first(order, names, told):
    office = Office(admins=1)
    first = office.devices[0]
    want = {}
    for name in names:
        device, join = office.laptop(), SigningKey(office.random.randbytes(32))
        cert = certificate(
            office.keys[first], team=office.team.id, admin_device=first, join=join.public,
            role="officer", until_ms=MS + 1,
        )  # fmt: skip
        if told is not None:
            said = cert["body"] | {"for": told}
            seal = office.keys[first].sign("invitation 1", canonical(said)).hex()
            cert = {"body": said, "signature": seal}
        text = enrol_entry(
            join, office.keys[device], cert=cert, id=device, officer=name or "O", age=AGE,
            parents=office.roster().graph.entries, ms=MS,
        )  # fmt: skip
        entry = read_entry(text, office.team.id)
        office.entries.append(entry)
        is_form = told in (None, "Ann")
        same = told is None or plain_name(name or "O") == "ann"
        want[entry.sha256] = "" if is_form and same else "name" if is_form else "header"
    roster = office.roster()
    assert roster.bad == {sha: reason for sha, reason in want.items() if reason}
    shuffled = list(office.entries)
    order.shuffle(shuffled)
    assert picture(office.roster(shuffled)) == picture(roster)


def test_an_admin_is_not_asked_about_a_second_laptop_that_an_admin_named(laptop, shared):
    priya = laptop("Priya")
    sam, other = laptop("Sam", by=priya), laptop("sam")
    for one in (priya, sam, priya):
        one.sync(shared)
    join_team(other.store, invitation(priya, "Sam"))
    other.sync(shared)
    assert priya.sync(shared).notes == []
    assert len(membership(priya.store).roster.members) == 3
