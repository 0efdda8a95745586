"""Who is in the team is a function of the set of entries, and no order or accident changes it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.standing import Source
from engage_desktop.sync.canonical import canonical, parse_canonical
from engage_desktop.sync.entries import certificate, enrol_entry, read_entry
from engage_desktop.sync.errors import REASONS, Refused
from engage_desktop.sync.fold import Fold, State
from engage_desktop.sync.graph import numbers
from engage_desktop.sync.keys import SigningKey
from engage_desktop.sync.roles import ROLES, rank
from engage_desktop.sync.roster import Roster
from tests.sync.rosters import AGE, MS, Office, picture

QUICK = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

ACTS = st.lists(
    st.tuples(
        st.sampled_from(["approve", "invite", "revoke", "role", "settle", "recovery", "leave"]),
        st.integers(0, 9),  # who acts
        st.integers(0, 9),  # on whom
        st.sampled_from(ROLES),
        st.integers(0, 1 << 12),  # what they had seen
    ),
    min_size=1,
    max_size=9,
)


def played(acts, seed=0) -> Office:
    """Laptops that act each having seen a part of what the others did, closed under ancestors."""
    office = Office(seed, admins=3)
    recovery = office.make_recovery(office.devices[0])
    for what, actor, about, role, sight in acts:
        whole = office.roster().graph
        mask = 0
        for i in range(len(whole.entries)):
            if i < 4 or sight >> (i - 4) % 13 & 1:
                mask |= whole.seen[i] | 1 << i
        seen = [e for i, e in enumerate(whole.entries) if mask >> i & 1]
        by = office.devices[actor % len(office.devices)]
        if actor == 9:
            by = recovery
        whom = office.devices[about % len(office.devices)]
        match what:
            case "approve":
                office.approve(by, role, seen)
            case "invite" if by != recovery:
                office.invite(by, role, seen)
            case "revoke":
                office.revoke(by, whom, seen)
            case "role":
                office.role(by, whom, role, seen)
            case "leave" if by != recovery:
                office.sign(by, "leave", seen, device=by)
            case "recovery":
                office.make_recovery(by, seen)
            case "settle":
                half = seen[3::2]
                office.settle(by, seen, keep=half[::2], drop=half[1::2], closed=[whom])
    return office


@given(acts=ACTS, shuffle=st.randoms(use_true_random=False))
@QUICK
def test_the_fold_is_the_same_in_whatever_order_entries_came(acts, shuffle):
    office = played(acts)
    wanted = picture(office.roster())
    for _ in range(3):
        mixed = list(office.entries)
        shuffle.shuffle(mixed)
        assert picture(Roster(office.team, mixed + mixed[: len(mixed) // 2])) == wanted


@given(acts=ACTS, shuffle=st.randoms(use_true_random=False), share=st.integers(0, 20))
@QUICK
def test_evidence_only_ever_turns_pending_into_good_or_bad(acts, shuffle, share):
    """Monotone: what is good or bad stays so, whatever else arrives, and nothing needs a delete."""
    office = played(acts)
    mixed = list(office.entries)
    shuffle.shuffle(mixed)
    part, whole = office.roster(mixed[: max(1, share)]), office.roster()
    assert set(part.graph.number) <= set(whole.graph.number)
    assert part.bad.items() <= whole.bad.items()
    assert not whole.pending & set(part.graph.number)


@given(acts=ACTS)
@QUICK
def test_bad_entries_change_nothing_for_those_who_dropped_them(acts):
    office = played(acts)
    whole = office.roster()
    rest = office.roster(e for e in office.entries if e.sha256 not in whole.bad)
    assert {d: m.role for d, m in rest.members.items()} == {
        d: m.role for d, m in whole.members.items()
    }
    assert rest.head == whole.head


@given(acts=ACTS, thief=st.integers(0, 2), made=st.sampled_from(["approve", "invite"]))
@QUICK
def test_an_admin_who_was_taken_out_can_make_nobody(acts, thief, made):
    """Whatever the team did, and however old the heads are that the thief cites."""
    office = played(acts)
    before = list(office.entries)
    whose = office.devices[thief]
    keeper = next(
        (d for d in office.devices if d != whose and office.roster().members.get(d)
         and office.roster().members[d].role == "admin"), None,
    )  # fmt: skip
    if keeper is None or whose not in office.roster().members:
        return
    office.revoke(keeper, whose)
    seen = before[:4]
    new = office.approve(whose, "admin", seen) if made == "approve" else office.invite(
        whose, "admin", seen
    )  # fmt: skip
    theirs = office.approve(new, "admin", office.roster().graph.entries[:4])
    roster = office.roster()
    assert new not in roster.members
    assert theirs not in roster.members


@given(acts=ACTS, shares=st.lists(st.integers(0, 1 << 12), max_size=4))
@QUICK
def test_what_is_told_from_a_part_is_what_all_of_it_comes_to(acts, shares):
    """A state goes on from that of the part which all the rest had seen; from nothing, it is as
    plain as it can be."""
    office = played(acts)
    fold = Fold(office.team.root, office.team.id, office.entries)
    graph = fold.graph
    some = [sum(1 << i for i in range(len(graph.entries)) if share >> i & 1) for share in shares]
    for those in [*graph.seen, graph.everything, *some]:
        whole = graph.closure(graph.entries[i].sha256 for i in numbers(those))
        told, plain = fold.state(whole), State(graph, fold.index, whole)
        assert (told.counts, told.verdicts) == (plain.counts, plain.verdicts)
        part = graph.common(whole)
        assert part & whole == part
        assert part < whole or not whole
        assert all(graph.seen[i] & part == part for i in numbers(whole & ~part))
        assert all(graph.seen[i] & ~part == 0 for i in numbers(part))
        assert graph.newest(whole) == [
            i for i in numbers(whole) if not any(graph.had_seen(j, i) for j in numbers(whole))
        ]


@pytest.mark.parametrize("apart", [False, True], ids=["one admin", "two admins"])
def test_a_long_history_costs_each_entry_about_the_same(monkeypatch, apart):
    """Each entry is looked at a few times, however many came before."""
    office = Office(admins=2)
    first, second = office.devices
    about = office.approve(first)
    seen = [office.entries[-1]]
    for at in range(60):
        role = ("officer", "reader")[at % 2]
        both = [office.role(first, about, role, seen)]
        if apart:
            both.append(office.role(second, first, "admin", seen))
        seen = both
    looked = []
    holds = State._holds

    def counted(self, *given):
        looked.append(given)
        return holds(self, *given)

    monkeypatch.setattr(State, "_holds", counted)
    roster = office.roster()
    assert not roster.bad
    assert roster.members[about].role == "reader"
    assert len(looked) < 4 * len(office.entries)


def test_one_invitation_used_very_often_costs_each_entry_about_the_same(monkeypatch):
    office = Office()
    admin, device, join = office.devices[0], office.laptop(), SigningKey(bytes(range(32)))
    cert = certificate(
        office.keys[admin], team=office.team.id, admin_device=admin, join=join.public,
        role="officer", until_ms=MS + 1,
    )  # fmt: skip
    seen = list(office.entries)
    for number in range(40):
        text = enrol_entry(
            join, SigningKey(bytes([number] * 32)), cert=cert, id=device, officer="I", age=AGE,
            parents=seen, ms=MS,
        )  # fmt: skip
        office.entries.append(read_entry(text, office.team.id))
    looked = []
    elder = State._is_elder

    def counted(self, *given):
        looked.append(given)
        return elder(self, *given)

    monkeypatch.setattr(State, "_is_elder", counted)
    roster = office.roster()
    assert not roster.bad
    assert device in roster.held
    assert len(looked) < 2 * len(office.entries)


def test_two_admins_who_revoke_each_other_are_both_out_until_a_third_reviews():
    office = Office()
    a, b, c = office.devices
    before = list(office.entries)
    one = office.revoke(a, b, before)
    two = office.revoke(b, a, before)
    assert office.roles() == ["", "", "admin"]
    assert {d.why for d in office.roster().disputes} == {"quarrel"}
    office.settle(c, keep=[one], drop=[two])
    assert office.roles() == ["admin", "", "admin"]
    assert office.roster().disputes == []


def test_two_admins_and_no_third_need_the_recovery_key():
    office = Office(admins=2)
    a, b = office.devices
    recovery = office.make_recovery(a)
    before = list(office.entries)
    one, two = office.revoke(a, b, before), office.revoke(b, a, before)
    assert office.roles() == ["", ""]
    unable = office.settle(a, drop=[two])
    assert office.roster().bad[unable.sha256] == "revoked"
    office.settle(recovery, [e for e in office.entries if e != unable], keep=[one], drop=[two])
    assert office.roles() == ["admin", ""]


def test_a_settlement_closes_a_laptop_against_what_nobody_had_seen():
    office = Office(admins=3)
    a, b, c = office.devices
    recovery = office.make_recovery(a)
    before = list(office.entries)
    office.revoke(b, a, before)
    old = office.revoke(a, c, before)
    assert office.roles() == ["", "admin", ""]
    office.settle(recovery, drop=[old], closed=[a])
    assert office.roles() == ["", "admin", "admin"]
    office.revoke(a, b, before)  # the thief goes on, citing what was before
    office.role(a, c, "reader", before)
    assert office.roles() == ["", "admin", "admin"]


def test_of_two_roles_given_apart_the_lesser_holds_until_somebody_settles():
    office = Office()
    a, b, c = office.devices
    d = office.approve(a, "reader")
    before = list(office.entries)
    high = office.role(a, d, "officer", before)
    low = office.role(b, d, "commissioner", before)
    assert office.roles()[3] == "commissioner"
    assert [x.why for x in office.roster().disputes] == ["apart"]
    office.settle(c, keep=[high], drop=[low])
    assert office.roles()[3] == "officer"
    office.role(a, d, "volunteer", expires=MS)
    assert office.roles()[3] == "volunteer"
    assert office.roster().members[d].expires == MS


def test_what_an_honest_admin_did_unseen_waits_for_a_review_and_can_be_kept():
    office = Office()
    a, b, c = office.devices
    before = list(office.entries)
    new = office.approve(a, "officer", before)
    approval = office.entries[-1]
    office.revoke(b, a, before)
    assert new in office.roster().held
    assert office.roster().disputes[0].why == "void"
    office.settle(c, keep=[approval])
    assert office.roster().members[new].role == "officer"
    seen = Office()
    inside = seen.approve(seen.devices[0], "officer")
    seen.revoke(seen.devices[1], seen.devices[0])
    assert inside in seen.roster().members, "who revoked had seen it and let it stand"


def test_a_role_is_nothing_to_a_laptop_whose_admission_does_not_count():
    office = Office()
    a, b, c = office.devices
    new = office.approve(a, "admin")
    approval = office.entries[-1]
    office.role(b, new, "admin")
    office.settle(c, drop=[approval])
    roster = office.roster()
    assert new not in roster.members
    assert roster.role_at(new, roster.head, None) == ""
    theirs = office.approve(new, "admin")
    assert theirs not in office.roster().members


def test_a_new_recovery_key_ends_the_old_one():
    office = Office()
    a = office.devices[0]
    recovery = office.make_recovery(a)
    before = list(office.entries)
    old_key = office.recovery
    office.recovery = type(old_key)(b"\7" * 32)
    office.make_recovery(a)
    office.recovery = old_key
    late, apart = office.approve(recovery, "admin"), office.approve(recovery, "admin", before)
    roster = office.roster()
    assert late not in roster.members
    assert apart not in roster.members
    assert len(roster.recoveries) == 1


@pytest.mark.parametrize("forger", ["officer", "stranger", "reader", "nobody"])
def test_only_admins_change_the_team(forger):
    office = Office()
    a = office.devices[0]
    if forger == "stranger":
        whose, reason = office.laptop(), "stranger"
    else:
        whose, reason = (
            office.approve(a, "reader" if forger == "reader" else "officer"),
            "not_admin",
        )
    if forger == "nobody":
        office.revoke(a, whose)
        reason = "revoked"
    before = list(office.entries)
    office.approve(whose, "admin", before)
    office.revoke(whose, a, before)
    office.role(whose, whose, "admin", before)
    office.settle(whose, before, closed=[a])
    office.make_recovery(whose, before)
    roster = office.roster()
    assert len(roster.bad) == 5
    assert {reason} == set(roster.bad.values())
    assert roster.members[a].role == "admin"


def test_every_flipped_bit_and_cut_of_every_type_of_entry_is_refused_by_name():
    office = Office()
    a, b, _ = office.devices
    d = office.approve(a)
    office.invite(b)
    office.role(a, d, "reader", marks={"a" * 32: [3, "b" * 64]})
    office.make_recovery(a)
    office.revoke(b, d)
    office.sign(a, "share", keys={a: {"sealed": "", "reads": ["general"]}})
    rotate = {
        "epochs": {"general": {"epoch": 2, "to": AGE, "held": [a]}},
        "sealed": {},
        "recovery": {},
    }
    office.sign(a, "rotate", rotate=rotate)
    office.settle(b, drop=[office.entries[-1]])
    good = office.roster()
    assert (good.bad, good.pending) == ({}, frozenset())
    codes = set()
    for whole in office.entries[1:]:
        others = [e for e in office.entries if e != whole]
        before = {d: m.role for d, m in office.roster(others).members.items()}
        for at in range(0, len(whole.text), 7):
            flipped = bytearray(whole.text)
            flipped[at] ^= 1 << at % 8
            for text in (bytes(flipped), whole.text[:at]):
                try:
                    entry = read_entry(text, office.team.id, whole.name)
                except Refused as error:
                    codes.add(error.code)
                else:
                    raise AssertionError(f"taken for {whole.type}: {entry.body}")
            try:  # in a file of its own name its form, its signature or its parents tell
                entry = read_entry(bytes(flipped), office.team.id)
            except Refused:
                continue
            roster = office.roster([*others, entry])
            assert roster.bad.get(entry.sha256) in REASONS or entry.sha256 in roster.pending
            assert {d: m.role for d, m in roster.members.items()} == before
    assert {"header", "damaged", "empty"} <= codes <= set(REASONS)


def test_an_entry_that_says_less_than_its_type_needs_is_refused():
    office = Office()
    a = office.devices[0]
    d = office.approve(a)
    whole = office.revoke(a, d)
    for name in ("device", "marks", "why", "rotate", "by", "ms"):
        body = {k: v for k, v in parse_canonical(whole.text)["body"].items() if k != name}
        seal = office.keys[a].sign("roster 1", canonical(body)).hex()
        text = canonical({"body": body, "signatures": {"by": seal}})
        if name == "ms":
            with pytest.raises(Refused, match="description"):
                read_entry(text, office.team.id)
            continue
        entry = read_entry(text, office.team.id)
        roster = office.roster([*office.entries[:-1], entry])
        assert roster.bad[entry.sha256] == "header"
        assert d in roster.members


# -- rights ------------------------------------------------------------------------------------


def at(device, seq, sha="c" * 64, row="a" * 32) -> Source:
    return Source(device, row, seq, sha)


def test_a_demotion_counts_from_its_mark_for_those_who_had_not_seen_it():
    office = Office()
    a = office.devices[0]
    d = office.approve(a)
    old = office.roster().head
    office.role(a, d, "reader", marks={"a" * 32: [3, "c" * 64]})
    roster = office.roster()
    assert roster.role_at(d, old, at(d, 2)) == "officer"
    assert roster.role_at(d, old, at(d, 3)) == "officer"
    assert roster.role_at(d, old, at(d, 3, "d" * 64)) == "reader", "another file of that number"
    assert roster.role_at(d, old, at(d, 4)) == "reader"
    assert roster.role_at(d, old, at(d, 1, row="e" * 32)) == "reader", "a row nobody knew"
    assert roster.role_at(d, old, None) == "reader"
    assert roster.role_at(d, roster.head, at(d, 9)) == "reader"
    assert roster.role_at(d, old, at(d, 2), lambda file, mark: False) == "reader"
    assert roster.role_at(d, old, at(d, 2), lambda file, mark: None) is None


def test_of_two_files_the_one_from_before_the_newest_limit_is_less_late():
    office = Office()
    a = office.devices[0]
    d = office.approve(a)
    office.role(a, d, "reader", marks={"a" * 32: [1, "c" * 64]})
    office.role(a, d, "officer", marks={"a" * 32: [2, "c" * 64]})
    office.role(a, d, "reader", marks={"a" * 32: [4, "c" * 64]})
    lateness = office.roster().lateness
    late = [lateness(at(d, seq)) for seq in (1, 2, 4, 5)]
    assert late == sorted(set(late)), "each behind one limit more"
    assert late[0] == ()
    copied = lateness(at(d, 1, row="e" * 32))
    assert copied == late[-1], "a row nobody knew lies behind every limit"
    other = office.approve(a)
    office.revoke(a, other)
    assert lateness(at(other, 1)) == (), "that roster had not heard of it"
    assert office.roster().lateness(at(other, 1)) > late[-1], "no right at all is the latest"


def test_rights_wait_for_entries_that_are_not_here():
    office = Office()
    a = office.devices[0]
    d = office.approve(a)
    head = office.roster().head
    less = office.roster(office.entries[:-1])
    assert less.role_at(d, head, None) is None
    assert less.role_at(d, less.head, None) == ""
    assert less.role_at(d, "", None) == ""
    assert less.role_at(a, "", None) == "admin", "the founder wrote before there was a team"


@given(acts=ACTS, seq=st.integers(1, 5))
@QUICK
def test_more_evidence_of_limits_never_gives_a_right_to_who_is_out(acts, seq):
    """A laptop that is out now had a right only by heads that did not know it was out."""
    office = played(acts)
    roster = office.roster()
    for device in office.devices:
        role = roster.role_at(device, roster.head, at(device, seq))
        assert role == (roster.members[device].role if device in roster.members else "")
        for entry in roster.graph.entries:
            then = roster.role_at(device, entry.sha256, None)
            assert then is not None
            limits = roster.state.limits(device)
            unseen = [i for i in limits if not roster.closure(entry.sha256) >> i & 1]
            for i in unseen:
                limit = roster.graph.entries[i]
                if limit.type != "leave":  # its laptop says itself what it had seen
                    assert rank(then) <= rank(limit.body.get("role", ""))


def test_an_invitation_puts_nobody_out_whom_the_team_has_known_for_long():
    """Whoever has an invitation may write any laptop's number into the entry that they sign."""
    office = Office(admins=2)
    a, b = office.devices[0], office.devices[1]
    found = [e for e in office.entries if e.type == "found"]
    d = office.approve(b)
    join, key = SigningKey(b"j" * 32), SigningKey(b"k" * 32)
    cert = certificate(
        office.keys[a], team=office.team.id, admin_device=a, join=join.public, role="reader",
        until_ms=MS + 1,
    )  # fmt: skip
    fake = enrol_entry(
        join, key, cert=cert, id=b, officer="I", age=AGE, parents=found, ms=MS
    )  # fmt: skip
    office.entries.append(read_entry(fake, office.team.id))
    roster = office.roster()
    assert {m.sign for m in roster.members.values()} == {office.keys[x].public for x in (a, b, d)}
    assert roster.members[b].role == "admin"
