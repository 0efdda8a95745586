"""Who may change what, asked of the judge by hand and of a real store."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.changes import ChangeSetHead, Create, Edit, Op
from db.errors import NotPermitted
from db.standing import COUNTING, Claim, Source, Standing, Verdict
from engage_desktop.records.event import Event
from engage_desktop.records.feedback import Response
from engage_desktop.records.registry import REGISTRY
from engage_desktop.records.venue import Venue
from engage_desktop.sync.authority import REASONS, judge_for
from engage_desktop.sync.roles import ROLES, Rule, role_named
from engage_desktop.sync.team import membership
from engage_desktop.sync.team_changes import change_role, revoke
from tests.sync.rosters import MS, Office


class Known:
    """Evidence in one's hand."""

    def __init__(self, ops=(), creations=()) -> None:
        self.ops = dict(ops)
        self.made = tuple(creations)

    def op(self, op_id):
        return self.ops.get(op_id)

    def creations(self, record_id):
        return self.made


def claim(office, device, kind="venue", *, ms=MS, compartment=None, heads=None, **more) -> Claim:
    officer = f"O{office.devices.index(device)}"
    head = ChangeSetHead(
        "1" * 32, device, officer, ms, 0, "why",
        roster_head=office.roster().head if heads is None else heads,
    )  # fmt: skip
    where = REGISTRY[kind].meta.compartment if compartment is None else compartment
    values = more.pop("values", {"name": "x"})
    op = Op("1" * 32, 0, kind, "2" * 32, values, compartment=where, **more)
    return Claim(head, op, Source(device, "a" * 32, 9, "b" * 64))


def said(office, asked, evidence=None) -> str:
    judge = judge_for(office.roster(), REGISTRY)
    standing = judge(asked, evidence or Known())
    head, op = asked.head, asked.op
    at_once = judge.always(head.device, head.roster_head, asked.source, op.kind, op.compartment)
    assert at_once in (None, standing)
    assert standing.reason in {"", *REASONS}
    return f"{standing.verdict.name} {standing.reason}".strip()


def test_what_an_officer_may_do_is_said_of_thousands_at_once():
    office = Office()
    device = office.approve(office.devices[0], "officer")
    asked = claim(office, device)
    judge = judge_for(office.roster(), REGISTRY)
    args = (device, asked.head.roster_head, asked.source, "venue")
    assert judge.always(*args, "general") == COUNTING
    assert judge.always(*args, "people").reason == "compartment"
    volunteer = office.approve(office.devices[0], "volunteer")  # who wrote it down matters
    later = office.roster().head
    judge = judge_for(office.roster(), REGISTRY)
    assert judge.always(volunteer, later, asked.source, "comment", "people") is None


def test_each_role_changes_what_its_data_says_in_each_compartment():
    office = Office()
    for name in ROLES:
        device = office.approve(office.devices[0], name)
        role = role_named(name)
        for kind in ("venue", "stakeholder"):
            reads = REGISTRY[kind].meta.compartment in role.reads
            wanted = {
                Rule.READS: "COUNTS" if reads else "ASIDE role",
                Rule.LEADS: "ASIDE not_lead" if reads else "ASIDE role",
                Rule.OWN_BATCH: "ASIDE role",
                Rule.NOTHING: "ASIDE role",
            }[role.changes]
            assert said(office, claim(office, device, kind)) == wanted


def test_an_op_must_come_in_its_kind_s_compartment():
    office = Office()
    a = office.devices[0]
    assert said(office, claim(office, a, "stakeholder", compartment="general")) == (
        "ASIDE compartment"
    )
    assert said(office, claim(office, a, "attachment", compartment="confidential")) == "COUNTS"
    officer = office.approve(a)
    hidden = claim(office, officer, "attachment", compartment="confidential")
    assert said(office, hidden) == "ASIDE role"


def test_strangers_and_those_who_are_out_are_told_apart():
    office = Office()
    a = office.devices[0]
    stranger = office.laptop()
    assert said(office, claim(office, stranger)) == "ASIDE stranger"
    out = office.approve(a)
    before = office.roster().head
    office.revoke(a, out, marks={"a" * 32: [9, "b" * 64]})
    assert said(office, claim(office, out)) == "ASIDE revoked"
    assert said(office, claim(office, out, heads=before)) == "COUNTS"
    assert said(office, claim(office, a, heads="f" * 64)) == "WAITING roster"


def test_a_volunteer_keys_in_cards_and_changes_only_its_own_until_the_last_day():
    office = Office()
    device = office.approve(office.devices[0], "volunteer", expires=MS)
    other = office.devices[1]
    made = claim(office, device, "response", creates=True)
    edit = claim(office, device, "response")
    assert said(office, made) == "COUNTS"
    assert said(office, edit) == "WAITING evidence"
    theirs = claim(office, other, "response", creates=True)
    assert said(office, edit, Known(creations=[made])) == "COUNTS"
    assert said(office, edit, Known(creations=[made, theirs])) == "ASIDE not_creator"
    assert said(office, made, Known(creations=[theirs])) == "ASIDE not_creator"
    assert said(office, claim(office, device, "event", creates=True)) == "ASIDE role"
    assert said(office, claim(office, device, "response", creates=True, ms=MS + 1)) == (
        "ASIDE expired"
    )


@given(verdict=st.sampled_from(Verdict), same=st.booleans(), named=st.booleans())
def test_a_commissioner_cites_the_change_that_named_them(verdict, same, named):
    office = Office()
    device = office.approve(office.devices[0], "commissioner")
    cited = claim(office, office.devices[0], "event", values={"lead": "O3" if named else "O1"})
    if not same:
        cited = Claim(cited.head, Op("1" * 32, 0, "event", "9" * 32, cited.op.values))
    asked = claim(office, device, "event", because="5" * 32 + ":0")
    assert said(office, asked) == "WAITING evidence"
    evidence = Known({asked.op.because: (cited, Standing(verdict))})
    if not (same and named):
        wanted = "ASIDE not_lead"
    else:
        wanted = {
            Verdict.COUNTS: "COUNTS",
            Verdict.WAITING: "WAITING evidence",
            Verdict.ASIDE: "ASIDE not_lead",
        }[verdict]
    assert said(office, asked, evidence) == wanted


# -- over a real store -------------------------------------------------------------------------


def test_a_store_with_a_judge_takes_in_only_what_its_author_might_do(laptop, shared):
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    hall = sam.add_venue("Church hall")
    sam.sync(shared)
    priya.sync(shared)
    change_role(priya.store, "Sam", "reader")
    sam.edit_venue(hall, name="Changed without knowing")
    sam.sync(shared)
    mine = membership(priya.store)
    priya.store.judge = judge_for(mine.roster, REGISTRY)
    priya.sync(shared)
    assert priya.store.get("venue", hall).name == "Church hall"
    (aside,) = priya.store.set_aside()
    assert (aside.officer, aside.reason, aside.verdict) == ("Sam", "role", Verdict.ASIDE)
    sam.sync(shared)
    theirs = membership(sam.store)
    assert theirs.role == "reader"
    sam.store.judge = judge_for(theirs.roster, REGISTRY)
    sam.store.reconsider()
    assert sam.store.get("venue", hall).name == "Church hall", "the same on the laptop itself"
    with pytest.raises(NotPermitted):
        sam.edit_venue(hall, name="And now knowing")
    assert sam.state()["records"] == priya.state()["records"]


def test_what_a_revoked_laptop_had_sent_counts_and_the_rest_is_taken_back(laptop, shared):
    priya = laptop("Priya")
    sam, alex = laptop("Sam", by=priya), laptop("Alex", by=priya)
    first = sam.add_venue("Sent in time")
    sam.sync(shared)
    priya.sync(shared)
    late = sam.add_venue("Sent too late")
    sam.sync(shared)
    alex.sync(shared)
    assert alex.store.get("venue", late).name == "Sent too late"
    revoke(priya.store, "Sam")
    priya.sync(shared)
    alex.sync(shared)
    for one in (priya, alex):
        one.store.judge = judge_for(membership(one.store).roster, REGISTRY)
        one.store.reconsider()
        records = one.state()["records"]
        assert ("venue", first) in records
        assert ("venue", late) not in records
    assert [a.reason for a in alex.store.set_aside()] == ["revoked"]
    assert priya.state() == alex.state()


def test_own_changes_are_held_to_the_role_before_they_are_written(laptop, shared):
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    sam.sync(shared)
    priya.sync(shared)
    change_role(priya.store, "Sam", "volunteer", last_day=dt.date(2096, 9, 1))
    priya.sync(shared)
    sam.sync(shared)
    sam.store.judge = judge_for(membership(sam.store).roster, REGISTRY)
    response = Response(id=sam.store.new_id())
    sam.store.apply([Create(response)], "Key in a card")
    sam.store.apply([Edit("response", response.id, {"source": "stand"})], "Mend it")
    before = sam.state()
    for record in (
        Venue(id=sam.store.new_id(), name="Hall"),
        Event(id=sam.store.new_id(), name="E"),
    ):
        with pytest.raises(NotPermitted):
            sam.store.apply([Create(record)], "More than a volunteer may")
    assert sam.state() == before
