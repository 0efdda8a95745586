"""What a member with a valid key, or whoever writes to the folder, may sign and put there: nothing
is believed that is not bound to who signed it, and nothing stops the others' work."""

from __future__ import annotations

import io

import pytest

from db.changes import ChangeSetHead, Op, device_mark
from db.errors import InvalidInput, NotFound
from db.standing import Source
from engage_desktop.plain import moment_words
from engage_desktop.sync import LocalPlace, membership
from engage_desktop.sync.acks import Ack, write_ack
from engage_desktop.sync.books import MOST_ROWS_CITED, Books
from engage_desktop.sync.canonical import canonical, sha256
from engage_desktop.sync.container import PartSource, write_bundle
from engage_desktop.sync.cores import SNAPSHOT, Core, Covered, Mark, Sealed
from engage_desktop.sync.entries import MOST_ENTRY, enrol_entry, found_entry
from engage_desktop.sync.field_register import copies
from engage_desktop.sync.keys import SigningKey, age_recipient, new_age_identity
from engage_desktop.sync.roles import COMPARTMENTS
from engage_desktop.sync.roster import MOST_TIPS
from engage_desktop.sync.snapshot_lines import write_items
from engage_desktop.sync.team_asking import approve, ask, enter_from
from engage_desktop.sync.team_changes import MOST_MARKS, marks_of, revoke
from engage_desktop.sync.team_leaving import leave
from engage_desktop.sync.team_view import look
from engage_desktop.sync.verify import verify_folder
from tests.sync.test_hostile import codes, forged, head_of, op, put


def write_entry(shared, body, signatures=None):
    """Put a roster entry as anybody might write it who may write to the folder."""
    text = canonical({"body": body, "signatures": signatures or {}})
    (shared / "roster" / f"{body['n']:06d}-{sha256(text)}.json").write_bytes(text)


def seen_by(laptop):
    reader = laptop.store.reader()
    try:
        return look(laptop.store, reader)
    finally:
        reader.close()


@pytest.mark.parametrize("ms", [None, "soon", 1.5, -1, 1 << 60, True])
def test_an_entry_of_a_stranger_does_not_stop_the_team_page(pair, shared, ms):
    priya, sam = pair
    priya.sync(shared)
    sam.sync(shared)
    body = {
        "format": 1, "kind": "roster", "team": membership(priya.store).team.id, "type": "leave",
        "n": 9, "parents": ["0" * 64], "by": "1" * 32, "device": "1" * 32,
    }  # fmt: skip
    write_entry(shared, body if ms is None else body | {"ms": ms})
    priya.sync(shared)
    assert copies(priya.store) == []
    assert len(seen_by(priya).laptops) == 2


def snapshot_of(laptop, mine, position, items, covers=(), roster=""):
    core = Core(
        team=mine.team.id, device=laptop.store.device, incarnation=position.incarnation,
        seq=position.seq, prev=position.sha256, roster=roster or mine.roster.head, kind=SNAPSHOT,
        covers=tuple(covers),
    )  # fmt: skip
    parts = []
    for name in COMPARTMENTS:
        _, to = mine.roster.recipient(name)
        those = [item for item in items if item[1].compartment == name]
        parts.append(PartSource(name, 1, to, write_items(those)))
    out = io.BytesIO()
    return write_bundle(out, core, parts, mine.sign), out.getvalue()


def test_an_admin_who_was_taken_out_makes_no_history(laptop, shared, tmp_path):
    """Whoever keeps a lost admin's laptop could tell a history in which others wrote what they
    never did, and which stands for what they did write."""
    priya = laptop("Priya")
    alex, sam = laptop("Alex", by=priya, role="admin"), laptop("Sam", by=priya)
    alex.add_venue("Library")
    for one in (alex, sam, priya, alex, sam):
        one.sync(shared)
    mine, position = membership(alex.store), Books(alex.store).position()
    revoke(priya.store, "Alex")
    priya.sync(shared)
    sam.add_venue("Church hall")
    sam.sync(shared)
    his = sam.store.device
    head = ChangeSetHead(
        device_mark(his) + "7" * 16, his, "Sam", sam.ms, 0, "x", None, mine.roster.head
    )
    lie = Op(head.id, 0, "venue", "8" * 32, {"name": "Never said"}, {}, "general", creates=True)
    (bundle,) = (shared / "b" / his).iterdir()
    sha = bundle.name[9:-7]
    incarnation = Books(sam.store).position().incarnation
    covers = [Covered(his, Mark(incarnation, 1, sha), "")]
    name, data = snapshot_of(
        alex, mine, position, [(head, lie, Source(his, incarnation, 1, sha))], covers
    )
    (shared / "snap").mkdir(exist_ok=True)
    (shared / "snap" / f"{name}.snapshot").write_bytes(data)
    receipt = priya.sync(shared)
    assert not priya.store.exists("venue", "8" * 32)
    assert "outdated" in codes(receipt)
    assert [item.code for item in verify_folder(LocalPlace(shared)).noticed] == ["outdated"]
    assert "Church hall" in {v[1] for v in priya.state()["records"].values()}


def test_an_attachment_is_found_whatever_another_member_says_of_it(pair, shared):
    priya, sam = pair
    sam.sync(shared)
    name = f"blob/aa/{'a' * 64}-{'b' * 64}.age"
    put(shared, sam, forged(sam, attachments=(Sealed(name, "c" * 64, 5),)))
    receipt = priya.sync(shared)
    assert codes(receipt) == ["header"]
    assert Books(priya.store).to_fetch() == {}


FAR = [(1 << 48) - 1, 253_402_300_800_000, 253_402_300_799_999]


@pytest.mark.parametrize("ms", FAR)
def test_a_moment_that_no_calendar_has_is_said_all_the_same(pair, shared, ms):
    assert moment_words(ms)
    priya, sam = pair
    sam.sync(shared)
    head = head_of(sam, membership(sam.store))
    head = ChangeSetHead(head.id, head.device, head.officer, ms, 0, "x", None, head.roster_head)
    put(shared, sam, forged(sam, head, [op(values={"name": "Late"})]))
    name, data = write_ack(
        membership(sam.store).sign, membership(sam.store).team.id, Ack(sam.store.device, ms * 30)
    )
    (shared / "ack").mkdir(exist_ok=True)
    (shared / name).write_bytes(data)
    priya.sync(shared)
    assert priya.store.get("venue", "8" * 32).name == "Late"
    view = seen_by(priya)
    assert all(moment_words(each.heard_ms) and moment_words(each.wrote_ms) for each in view.laptops)
    priya.add_venue("Afterwards")
    priya.sync(shared)
    assert sam.sync(shared).quarantined == []


def leaves(laptop, how_many):
    """Entries in which a laptop says over and over that it leaves, none knowing of another."""
    mine = membership(laptop.store)
    parent = [e.sha256 for e in mine.roster.graph.entries if e.body.get("device") == mine.device]
    for ms in range(how_many):
        body = {
            "format": 1, "kind": "roster", "team": mine.team.id, "type": "leave", "n": 5,
            "parents": parent, "ms": ms, "by": mine.device, "device": mine.device,
        }  # fmt: skip
        yield body, {"by": mine.sign.sign("roster 1", canonical(body)).hex()}


def test_a_member_who_leaves_over_and_over_stops_nobody(laptop, shared):
    """Each change names what its author had seen of the team: that must have an end."""
    priya = laptop("Priya")
    robin, sam = laptop("Robin", by=priya, role="reader"), laptop("Sam", by=priya)
    for one in (robin, sam, priya):
        one.sync(shared)
    for body, signatures in leaves(robin, MOST_TIPS + 20):
        write_entry(shared, body, signatures)
    sam.sync(shared)
    roster = membership(sam.store).roster
    assert len(roster.graph.tips) > MOST_TIPS
    assert roster.head.count(",") < 3
    assert set(roster.members) == {priya.store.device, sam.store.device}
    sam.add_venue("Church hall")
    sam.sync(shared)
    priya.sync(shared)
    assert priya.state() == sam.state()
    revoke(priya.store, "Sam")
    priya.sync(shared)
    sam.sync(shared)
    assert not membership(sam.store).role


def test_a_member_with_rows_without_end_can_be_taken_out(laptop, shared, monkeypatch):
    """A revocation names the last good file of each row; each file names those of all others."""
    assert MOST_MARKS * 150 < MOST_ENTRY - (64 << 10), "and the new keys for everybody"
    monkeypatch.setattr("engage_desktop.sync.team_changes.MOST_MARKS", 9)
    priya = laptop("Priya")
    robin, sam = laptop("Robin", by=priya), laptop("Sam", by=priya)
    for one in (robin, sam, priya):
        one.sync(shared)
    robin.add_venue("Really his")
    robin.sync(shared)
    for number in range(MOST_ROWS_CITED + 5):
        put(shared, robin, forged(robin, incarnation=f"{number:032x}"))
    priya.sync(shared)
    assert len(marks_of(priya.store, robin.store.device)) == 9
    revoke(priya.store, "Robin")
    priya.add_venue("Church hall")
    priya.sync(shared)
    assert len(Books(priya.store).cited_heads(but="")) <= MOST_ROWS_CITED + 2
    sam.sync(shared)
    assert priya.state() == sam.state()
    names = {title for _, title, _ in sam.state()["records"].values()}
    assert names == {"Church hall", "Really his"}


def their_keys():
    """A key of their own for every compartment, and who can open what is sealed to it."""
    identity = new_age_identity()
    new = {"epoch": (1 << 31) - 1, "to": age_recipient(identity), "held": []}
    rotate = {"epochs": dict.fromkeys(COMPARTMENTS, new), "sealed": {}, "recovery": {}}
    return identity, rotate


@pytest.mark.parametrize("type_", ["leave", "salute"])
@pytest.mark.parametrize("rotate", [their_keys()[1], {}, {"epochs": {"people": 5}}])
def test_who_is_no_admin_changes_no_key(laptop, shared, type_, rotate):
    """Only an admin's word says to which keys everything is sealed from now on."""
    priya = laptop("Priya")
    robin, sam = laptop("Robin", by=priya, role="reader"), laptop("Sam", by=priya)
    for one in (robin, sam, priya):
        one.sync(shared)
    mine = membership(robin.store)
    body = {
        "format": 1, "kind": "roster", "team": mine.team.id, "type": type_, "n": 9, "ms": 5,
        "parents": mine.roster.graph.tips, "by": mine.device, "device": mine.device,
        "rotate": rotate,
    }  # fmt: skip
    write_entry(shared, body, {"by": mine.sign.sign("roster 1", canonical(body)).hex()})
    sam.sync(shared)
    assert {e.to for e in membership(sam.store).roster.epochs} == set(
        membership(sam.store).roster.founder.body["recipients"].values()
    )
    priya.sync(shared)


def test_an_invitation_changes_no_key(laptop, shared, tmp_path):
    """Whoever joins signs their own entry, with the key that the invitation brought."""
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    priya.sync(shared)
    sam.sync(shared)
    join = {}

    def told(key, device, **more):
        join["key"] = key
        return enrol_entry(key, device, **more)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engage_desktop.sync.team.enrol_entry", told)
        robin = laptop("Robin", by=priya, role="reader")
    mine = membership(robin.store)
    (entry,) = [e for e in mine.roster.graph.entries if e.body.get("device") == mine.device]
    _, rotate = their_keys()
    body = dict(entry.body) | {"rotate": rotate}
    message = canonical(body)
    write_entry(
        shared, body,
        {"join": join["key"].sign("roster 1", message).hex(),
         "device": mine.sign.sign("roster 1", message).hex()},
    )  # fmt: skip
    sam.sync(shared)
    roster = membership(sam.store).roster
    assert robin.store.device in roster.members
    assert {e.to for e in roster.epochs} == set(roster.founder.body["recipients"].values())


def test_what_a_laptop_that_is_out_says_of_the_team_stops_no_sync(laptop, shared):
    priya = laptop("Priya")
    robin, sam = laptop("Robin", by=priya), laptop("Sam", by=priya)
    for one in (robin, sam, priya):
        one.sync(shared)
    revoke(priya.store, "Robin")
    priya.sync(shared)
    robin.sync(shared)
    mine = membership(robin.store)
    body = {
        "format": 1, "kind": "roster", "team": mine.team.id, "type": "leave", "n": 9, "ms": 5,
        "parents": mine.roster.graph.tips, "by": mine.device, "device": mine.device,
    }  # fmt: skip
    write_entry(shared, body, {"by": mine.sign.sign("roster 1", canonical(body)).hex()})
    assert codes(sam.sync(shared)) == ["revoked"]
    assert [item.code for item in verify_folder(LocalPlace(shared)).bad] == ["revoked"]


def test_the_last_number_is_not_the_last_word(laptop, shared):
    """Numbers of entries only put them in order: a member who takes the last must not end them."""
    priya = laptop("Priya")
    robin, sam = laptop("Robin", by=priya, role="reader"), laptop("Sam", by=priya)
    for one in (robin, sam, priya):
        one.sync(shared)
    ((body, _),) = leaves(robin, 1)
    body |= {"n": (1 << 31) - 1}
    mine = membership(robin.store)
    write_entry(shared, body, {"by": mine.sign.sign("roster 1", canonical(body)).hex()})
    priya.sync(shared)
    revoke(priya.store, "Sam")
    priya.sync(shared)
    assert membership(sam.store).role
    sam.sync(shared)
    assert not membership(sam.store).role


def test_a_stranger_s_entry_spoils_no_invitation(laptop, shared):
    priya = laptop("Priya")
    priya.sync(shared)
    body = {
        "format": 1, "kind": "roster", "team": membership(priya.store).team.id, "type": "leave",
        "n": 9, "ms": 5, "parents": ["0" * 64], "by": "1" * 32, "device": "1" * 32,
    }  # fmt: skip
    write_entry(shared, body)
    priya.sync(shared)
    sam = laptop("Sam", by=priya)
    sam.add_venue("Library")
    sam.sync(shared)
    assert priya.sync(shared).received == 1


def test_whoever_kept_the_founding_key_founds_nothing_again(laptop, shared):
    """The founder's laptop may be lost: what it was founded with must let nobody in."""
    kept = []

    def told(root, *more, **said):
        kept.append(root)
        return found_entry(root, *more, **said)

    priya = laptop("Priya")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("engage_desktop.sync.team.found_entry", told)
        alex = laptop("Alex", by=priya, role="admin")
    assert priya.store.get_secret("team_root_key") is None
    for one in (alex, priya, alex):
        one.sync(shared)
    revoke(alex.store, "Priya")
    alex.sync(shared)
    key, mine = SigningKey(bytes(32)), membership(priya.store)
    text = found_entry(
        kept[0], key, id="5" * 32, officer="Robin", age=age_recipient(new_age_identity()),
        recipients=mine.ring.recipients(), ms=5,
    )  # fmt: skip
    (shared / "roster" / f"000001-{sha256(text)}.json").write_bytes(text)
    receipt = alex.sync(shared)
    assert codes(receipt) == ["founded"]
    assert set(membership(alex.store).roster.members) == {alex.store.device}
    robin = laptop("Robin")
    place = LocalPlace(shared)
    asked = ask(robin.store, place)
    approve(alex.store, [asked.request], asked.words)
    alex.sync(shared)
    entered = enter_from(robin.store, place)
    assert "5" * 32 not in entered.roster.known


def test_a_laptop_that_left_can_be_taken_out_for_good(laptop, shared):
    """Whoever left by themselves keeps their keys, and could go on writing as of before."""
    priya = laptop("Priya")
    robin, sam = laptop("Robin", by=priya), laptop("Sam", by=priya)
    robin.add_venue("Library")
    for one in (robin, sam, priya):
        one.sync(shared)
    before = head_of(robin, membership(robin.store))
    leave(robin.store)
    robin.sync(shared)
    priya.sync(shared)
    assert robin.store.device not in membership(priya.store).roster.members
    revoke(priya.store, "Robin")
    with pytest.raises(InvalidInput, match="already"):
        revoke(priya.store, "Robin")
    with pytest.raises(NotFound, match="In it: Priya, Sam"):
        revoke(priya.store, "Casey")
    put(shared, robin, forged(robin, before, [op(creates=True)]))
    for one in (priya, sam):
        one.sync(shared)
        assert [a.reason for a in one.store.set_aside()] == ["revoked"]
        assert {title for _, title, _ in one.state()["records"].values()} == {"Library"}
    assert priya.state() == sam.state()


def test_an_admin_is_told_of_a_newcomer_under_a_colleague_s_name(laptop, shared, tmp_path):
    """Whoever joins by an invitation gives their own name, and a commissioner's rights go by it."""
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    for one in (priya, sam):
        one.sync(shared)
    assert priya.sync(shared).notes == []
    other = priya.invite("sam ", tmp_path / "other", role="commissioner")
    try:
        other.sync(shared)
        (note,) = priya.sync(shared).notes
        assert note.startswith("A laptop came in under the name of sam, and Sam has one already.")
        assert f"engage team revoke WS {other.store.device[:8]}" in note
        assert priya.sync(shared).notes == sam.sync(shared).notes == []
    finally:
        other.close()


def test_what_only_a_laptop_that_is_out_has_seen_is_not_waited_for(laptop, shared):
    """A liar's gaps could never be closed."""
    priya = laptop("Priya")
    robin, sam = laptop("Robin", by=priya), laptop("Sam", by=priya)
    priya.add_venue("Church hall")
    for one in (priya, robin, sam, priya):
        one.sync(shared)
    far = (1 << 53) - 1
    never = [Mark("e" * 32, far, digit * 64) for digit in "ab"]
    liars = ((priya.store.device, never[0]), (sam.store.device, never[1]))
    put(shared, robin, forged(robin, deps=liars))
    put(shared, sam, forged(sam, deps=((priya.store.device, Mark("e" * 32, 7, "d" * 64)),)))
    waiting = {w.officer: w.missing for w in priya.sync(shared).waiting}
    assert waiting.keys() == {"Priya", "Sam"}
    assert waiting["Priya"][-1] == waiting["Sam"][-1] == far
    revoke(priya.store, "Robin")
    assert {w.officer: w.missing[-1] for w in priya.sync(shared).waiting} == {"Priya": 7}
    gaps = {gap.officer: gap.missing[-1] for gap in verify_folder(LocalPlace(shared)).gaps}
    assert gaps == {"Priya": 7}
