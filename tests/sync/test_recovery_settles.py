"""The recovery key settles what admins did apart by itself: no new admin is made for it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.errors import InvalidInput
from db.keys import CHEAP
from engage_desktop.sync import team_changes
from engage_desktop.sync.errors import BadInvitation, NotAllowed
from engage_desktop.sync.roster import Roster
from engage_desktop.sync.team import membership
from engage_desktop.sync.team_changes import revoke, settle
from engage_desktop.sync.team_recovery import make_recovery, settle_with_recovery
from tests.sync.rosters import picture
from tests.sync.test_roster_fold import ACTS, played


@given(acts=ACTS, late=st.integers(0, 1 << 12), shuffle=st.randoms(use_true_random=False))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_settlement_by_the_recovery_key_is_the_same_in_whatever_order_it_came(
    acts, late, shuffle
):
    office = played(acts)
    a, b = office.devices[:2]
    recovery = office.make_recovery(a)
    before = list(office.roster().graph.entries)
    one, two = office.revoke(a, b, before), office.revoke(b, a, before)
    good = office.roster().graph.number
    office.settle(
        recovery,
        keep=[e for e in (one,) if e.sha256 in good],
        drop=[e for e in (two,) if e.sha256 in good],
    )
    apart = office.roster().graph
    mask = 0
    for i in range(len(apart.entries)):
        if i < 4 or late >> i % 13 & 1:
            mask |= apart.seen[i] | 1 << i
    seen = [e for i, e in enumerate(apart.entries) if mask >> i & 1]
    office.settle(office.devices[2], seen, drop=[e for e in (one,) if e in seen])
    wanted = picture(office.roster())
    for _ in range(3):
        mixed = list(office.entries)
        shuffle.shuffle(mixed)
        assert picture(Roster(office.team, mixed)) == wanted
        half = Roster(office.team, mixed[: len(mixed) // 2])
        rest = Roster(office.team, [*half.entries.values(), *mixed[len(mixed) // 2 :]])
        assert picture(rest) == wanted


def shas(store, device):
    """The revocations of a laptop."""
    return [
        e.sha256
        for e in membership(store).roster.graph.entries
        if e.type == "revoke" and e.body["device"] == device
    ]


@pytest.fixture
def quarrel(laptop, shared):
    """Two admins who took each other out, and an officer; the recovery key's bytes."""
    priya = laptop("Priya")
    kept = []
    make_recovery(priya.store, kept.append, cost=CHEAP)
    sam, alex = laptop("Sam", by=priya, role="admin"), laptop("Alex", by=priya)
    for one in (priya, sam, alex, priya, sam):
        one.sync(shared)
    revoke(priya.store, "Sam")
    sam.add_venue("Sam’s hall")
    sam.sync(shared)
    alex.sync(shared)
    revoke(sam.store, "Priya")
    for one in (priya, sam, alex, priya, sam):
        one.sync(shared)
    return priya, sam, alex, kept[0]


def test_an_officer_with_the_safe_s_key_settles_and_makes_no_admin(quarrel, shared):
    priya, sam, alex, key = quarrel
    roles = {m.officer: m.role for m in membership(alex.store).roster.members.values()}
    assert roles == {"Alex": "officer"}
    assert [a.reason for a in alex.store.set_aside()] == ["revoked"]
    settle_with_recovery(
        alex.store, key, keep=shas(alex.store, priya.store.device),
        drop=shas(alex.store, sam.store.device),
    )  # fmt: skip
    assert alex.store.set_aside() == [], "judged anew here too, not only where it came by a file"
    assert membership(alex.store).role == "officer"
    for one in (alex, sam, priya, alex, sam, priya):
        one.sync(shared)
    for one in (priya, sam, alex):
        roster = membership(one.store).roster
        assert {m.officer: m.role for m in roster.members.values()} == {
            "Sam": "admin", "Alex": "officer",
        }  # fmt: skip
        assert roster.disputes == []
    assert alex.state() == sam.state()


def test_an_admin_s_own_settlement_is_judged_by_at_once(laptop, shared):
    priya = laptop("Priya")
    sam, alex = (laptop(n, by=priya, role="admin") for n in ("Sam", "Alex"))
    for one in (priya, sam, alex, priya, sam, alex):
        one.sync(shared)
    revoke(alex.store, "Sam")
    hall = sam.add_venue("Sam’s hall")
    sam.sync(shared)
    priya.sync(shared)
    revoke(sam.store, "Alex")
    for one in (alex, sam, priya):
        one.sync(shared)
    assert [a.reason for a in priya.store.set_aside()] == ["revoked"]
    settle(priya.store, drop=shas(priya.store, sam.store.device))
    assert priya.store.set_aside() == []
    assert priya.store.get("venue", hall).name == "Sam’s hall"


def test_a_settlement_that_was_cut_off_is_judged_by_at_the_next_sync(quarrel, shared, monkeypatch):
    priya, sam, alex, key = quarrel

    def cut(*_):
        raise KeyboardInterrupt

    said = shas(alex.store, sam.store.device)
    with monkeypatch.context() as patch:
        patch.setattr(team_changes, "judge_again", cut)
        with pytest.raises(KeyboardInterrupt):
            settle_with_recovery(alex.store, key, drop=said)
    assert [a.reason for a in alex.store.set_aside()] == ["revoked"]
    assert membership(alex.store).roster.members[sam.store.device].role == "admin"
    alex.sync(shared)
    assert alex.store.set_aside() == []
    for one in (sam, priya, alex):
        one.sync(shared)
    assert alex.state() == sam.state()


def test_what_the_key_may_not_settle_is_said(quarrel, laptop, shared):
    _, sam, alex, key = quarrel
    own = shas(alex.store, sam.store.device)
    with pytest.raises(InvalidInput):
        settle_with_recovery(alex.store, key)
    with pytest.raises(InvalidInput):
        settle_with_recovery(alex.store, key, keep=own, drop=own)
    with pytest.raises(BadInvitation):
        settle_with_recovery(alex.store, b"no key", drop=own)
    other = laptop("Ann")
    make_recovery(other.store, (kept := []).append, cost=CHEAP)
    with pytest.raises(BadInvitation) as caught:
        settle_with_recovery(alex.store, kept[0], drop=own)
    assert caught.value.code == "other_team"
    settle_with_recovery(alex.store, key, drop=own)
    alex.sync(shared)
    sam.sync(shared)
    make_recovery(sam.store, (newer := []).append, cost=CHEAP)
    sam.sync(shared)
    alex.sync(shared)
    with pytest.raises(NotAllowed):
        settle_with_recovery(alex.store, key, keep=own)
    settle_with_recovery(alex.store, newer[0], keep=own)
