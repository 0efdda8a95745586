"""A field copy: one event and its people, on one laptop that goes out and comes back."""

from __future__ import annotations

import datetime as dt
import io

import pytest

from db.changes import Bin, Create, Edit
from db.erase import Erase
from db.errors import KnownError, NotFound, NotPermitted, NotThere
from db.keys import CHEAP
from db.store import RECORD_KEY
from engage_desktop.records.event import Event
from engage_desktop.records.feedback import Comment, Response, Theme
from engage_desktop.records.filing import Attachment
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.records.venue import Venue
from engage_desktop.sync.errors import BadInvitation, NotAllowed
from engage_desktop.sync.field_copy import is_field_copy, make_field_copy, take_field_copy
from engage_desktop.sync.field_register import copies
from engage_desktop.sync.field_scope import scope_of
from engage_desktop.sync.roster import Roster
from engage_desktop.sync.team import has_team, membership
from engage_desktop.sync.team_changes import change_role, revoke, rotate
from engage_desktop.sync.team_leaving import lost
from tests.sync.laptops import Laptop

CODE = "harvest plum 77"
NEEDLE = "Zebedee Otherwhere"
DAY_MS = 24 * 3_600_000


def add(laptop, cls, why="Add", **values) -> str:
    record = cls(id=laptop.store.new_id(), **values)
    laptop.store.apply([Create(record)], why)
    return record.id


def attach(laptop, owner: str, data: bytes) -> str:
    digest, size = laptop.blobs.put(io.BytesIO(data))
    return add(
        laptop, Attachment, filename="plan.pdf", owner=owner, digest=digest, size=size
    )  # fmt: skip


class County:
    """Two events, of which one goes out."""

    def __init__(self, office) -> None:
        self.office = office
        self.hall = add(office, Venue, name="Church hall")
        self.barn = add(office, Venue, name="Barn " + NEEDLE)
        self.employer = add(office, Stakeholder, name="Council " + NEEDLE, nature="organisation")
        self.ann = add(office, Stakeholder, name="Ann Fielding", organisation=self.employer)
        self.bob = add(office, Stakeholder, name="Bob Fielding", phone="01632 960111")
        self.zeb = add(office, Stakeholder, name=NEEDLE)
        self.binned = add(office, Stakeholder, name="Binned " + NEEDLE)
        self.theme = add(office, Theme, name="Parking")
        invited = (self.ann, self.bob, self.binned)
        self.fair = add(office, Event, name="Spring fair", venue=self.hall, invited=invited)
        office.store.apply([Bin("stakeholder", self.binned)], "Bin")
        self.other = add(office, Event, name="Other", venue=self.barn, invited=(self.zeb, self.ann))
        self.heard = add(office, Response, event=self.fair, respondent=self.zeb, notes=NEEDLE)
        self.words = add(office, Comment, response=self.heard, text=NEEDLE)
        self.plan = attach(office, self.fair, b"the plan of the fair")
        self.photo = attach(office, self.ann, b"a picture of Ann")
        self.secret = attach(office, self.zeb, NEEDLE.encode())


def everything_in(laptop) -> str:
    """Every row of every table but the index of words, which is asked by searching."""
    reader = laptop.store.reader()
    try:
        names = reader.sql("SELECT name FROM sqlite_master WHERE type = 'table'", ())
        tables = [name for (name,) in names if "fts" not in name and "search" not in name]
        return "".join(str(reader.sql(f'SELECT * FROM "{name}"', ())) for name in tables)
    finally:
        reader.close()


def found_in(laptop, word: str) -> list:
    reader = laptop.store.reader()
    try:
        return reader.search_all(word)
    finally:
        reader.close()


@pytest.fixture
def office(laptop, shared):
    made = laptop("Priya")
    made.sync(shared)
    return made


@pytest.fixture
def county(office):
    return County(office)


@pytest.fixture
def go(county, tmp_path, laptop):
    """Make a copy of the fair and begin a laptop with it."""

    def out(officer="Sam", **more) -> Laptop:
        file = tmp_path / f"{officer}.fieldcopy"
        office = county.office
        make_field_copy(
            office.store, office.blobs, county.fair, file, officer=officer, code=CODE, cost=CHEAP,
            randomness=office.random.randbytes, **more,
        )  # fmt: skip
        field = laptop(officer)
        field.ms = office.ms
        take_field_copy(
            field.store, field.blobs, file, CODE, randomness=field.random.randbytes
        )  # fmt: skip
        return field

    return out


def test_the_scope_is_complete_and_minimal(county) -> None:
    scope = scope_of(county.office.store, county.fair)
    assert scope.records == {
        county.fair: "event",
        county.hall: "venue",
        county.ann: "stakeholder",
        county.bob: "stakeholder",
        county.plan: "attachment",
        county.photo: "attachment",
        county.theme: "theme",
    }
    assert not scope.erased
    county.office.store.apply([Edit("event", county.fair, {"invited": [county.bob]})], "Less")
    less = scope_of(county.office.store, county.fair)
    assert set(scope.records) - set(less.records) == {county.ann, county.photo}
    with pytest.raises(NotFound, match="no such event"):
        scope_of(county.office.store, county.hall)


def test_the_laptop_holds_the_event_and_its_people_and_nothing_else(county, go) -> None:
    field = go()
    records = field.state()["records"]
    assert {record for _, record in records} == set(
        scope_of(county.office.store, county.fair).records
    )
    here, there = records, county.office.state()["records"]
    assert all(here[key] == there[key] for key in here)
    digest = field.store.get("attachment", county.photo).digest
    assert b"".join(field.blobs.read(digest)) == b"a picture of Ann"
    assert len(field.blobs.all()) == 2


def test_no_word_of_another_events_people_is_anywhere_in_it(county, go, shared) -> None:
    county.office.sync(shared, snapshot=True)
    field = go()
    field.sync(shared)
    rotate(county.office.store)
    add(county.office, Stakeholder, name=NEEDLE)
    county.office.sync(shared)
    field.sync(shared)
    said = everything_in(field)
    assert "Ann Fielding" in said, "the search of this test finds what is here"
    for word in ("Zebedee", "Otherwhere"):
        assert word not in said
        assert not found_in(field, word)
    assert found_in(field, "Fielding")
    mine = membership(field.store)
    assert mine.ring.identities == {}
    assert mine.blob_key != membership(county.office.store).blob_key
    assert field.store.get_secret(RECORD_KEY) == county.office.store.get_secret(RECORD_KEY)


def test_without_attachments_the_key_for_records_stays_at_the_office(county, go) -> None:
    store = county.office.store
    store.apply([Bin("attachment", county.plan), Bin("attachment", county.photo)], "Bin")
    assert go().store.get_secret(RECORD_KEY) != store.get_secret(RECORD_KEY)


def test_cards_go_in_come_back_and_cannot_be_opened_again_out_there(county, go, shared) -> None:
    field = go()
    card = Response(id=field.store.new_id(), event=county.fair)
    said = Comment(
        id=field.store.new_id(), response=card.id, text="No ramp", themes=(county.theme,)
    )
    field.store.apply([Create(card), Create(said)], "Key in a card")
    field.store.apply([Edit("comment", said.id, {"text": "There is no ramp"})], "Correct")
    with pytest.raises(NotPermitted):
        field.store.apply([Edit("stakeholder", county.ann, {"name": "X"})], "Not theirs")
    with pytest.raises(NotPermitted):
        field.store.apply([Edit("event", county.fair, {"attendance": 3})], "Not theirs")
    add(county.office, Stakeholder, name="Late " + NEEDLE)
    county.office.sync(shared)
    sent = field.sync(shared)
    assert (sent.sent, sent.received, sent.quarantined) == (3, 0, [])
    got = county.office.sync(shared)
    assert (got.received, got.quarantined) == (3, [])
    assert county.office.store.get("comment", said.id).text == "There is no ramp"
    assert not membership(field.store).ring.identities
    assert not [k for k in field.state()["records"] if k[0] == "response" and k[1] != card.id]


def test_what_others_wrote_is_passed_on_unopened(county, go, shared, tmp_path) -> None:
    field = go()
    county.office.sync(shared)
    field.sync(shared)
    stick = tmp_path / "stick"
    stick.mkdir()
    field.sync(stick, start=True)
    sam = county.office.invite("Kim", tmp_path / "Kim")
    sam.sync(stick)
    assert sam.store.get("stakeholder", county.zeb).name == NEEDLE
    sam.close()


def test_after_the_last_day_nothing_is_written_and_what_was_counts(county, go, shared) -> None:
    today = dt.datetime.fromtimestamp(county.office.ms / 1000, dt.UTC).date()
    field = go(last_day=today + dt.timedelta(days=1))
    card = add(field, Response, event=county.fair)
    field.ms += 4 * DAY_MS
    with pytest.raises(NotPermitted, match="last day has passed") as caught:
        add(field, Response, event=county.fair)
    assert caught.value.reason == "expired"
    assert field.sync(shared).sent == 1
    county.office.ms += 8 * DAY_MS
    assert county.office.sync(shared).received == 1
    assert county.office.store.where("response", card) == "live"
    assert county.office.store.set_aside() == []


def test_a_lost_copy_is_revoked_and_the_report_names_what_it_held(county, go, shared) -> None:
    field = go()
    before = add(field, Response, event=county.fair)
    field.sync(shared)
    county.office.sync(shared)
    (copy,) = copies(county.office.store)
    assert (copy.event, copy.officer, copy.state) == (county.fair, "Sam", "out")
    facts = lost(county.office.store, "Sam")
    assert [c.event for c in facts.copies] == [county.fair]
    assert facts.records == {"event": 1, "venue": 1, "stakeholder": 2, "attachment": 2, "theme": 1}
    revoke(county.office.store, "Sam", "Lost on a train")
    county.office.sync(shared)
    late = add(field, Response, event=county.fair)
    field.sync(shared)
    county.office.sync(shared)
    assert county.office.store.where("response", before) == "live"
    assert county.office.store.where("response", late) is None
    assert [c.state for c in copies(county.office.store)] == ["revoked"]


def test_other_roles_are_no_way_out_of_a_field_copy(county, go, shared) -> None:
    field = go()
    field.sync(shared)
    county.office.sync(shared)
    with pytest.raises(NotAllowed, match="field copy"):
        change_role(county.office.store, "Sam", "officer")
    with pytest.raises(NotAllowed, match="Only an admin"):
        make_field_copy(
            field.store, field.blobs, county.fair, field.folder.parent / "x", code=CODE, cost=CHEAP
        )


def test_an_erased_person_comes_along_bare(county, go) -> None:
    store = county.office.store
    store.erase(Erase("stakeholder", county.bob), "Erase for good")
    scope = scope_of(store, county.fair)
    assert scope.erased == {county.bob}
    assert scope.counts()["stakeholder"] == 1
    field = go()
    assert field.store.where("stakeholder", county.bob) == "erased"
    said = everything_in(field)
    assert "Ann Fielding" in said
    assert "Bob" not in said
    assert "960111" not in said
    assert not found_in(field, "Bob")


def test_what_a_revoked_colleague_wrote_before_is_in_the_copy(county, go, shared, tmp_path) -> None:
    kim = county.office.invite("Kim", tmp_path / "Kim")
    kim.sync(shared)
    county.office.sync(shared)
    kim.sync(shared)
    kim.store.apply([Edit("event", county.fair, {"summary": "Kim was here"})], "Note")
    kim.sync(shared)
    kim.close()
    county.office.sync(shared)
    revoke(county.office.store, "Kim")
    field = go()
    assert field.store.get("event", county.fair).summary == "Kim was here"
    field.store.reconsider(None)
    assert field.store.get("event", county.fair).summary == "Kim was here"


def test_a_file_that_was_cut_flipped_or_is_another_is_refused_and_leaves_nothing(
    county, tmp_path, laptop
) -> None:
    file, bad = tmp_path / "fair.fieldcopy", tmp_path / "bad.fieldcopy"
    office = county.office
    make_field_copy(office.store, office.blobs, county.fair, file, code=CODE, cost=CHEAP)
    whole = file.read_bytes()
    assert is_field_copy(file)
    assert NEEDLE.encode() not in whole
    assert b"Fielding" not in whole
    field = laptop("Sam")

    def refused(data: bytes, code=CODE) -> KnownError:
        bad.write_bytes(data)
        with pytest.raises(BadInvitation) as caught:
            take_field_copy(field.store, field.blobs, bad, code)
        assert field.state()["records"] == {}
        assert not has_team(field.store)
        return caught.value

    step = max(1, len(whole) // 60)
    for at in range(0, len(whole), step):
        flipped = bytearray(whole)
        flipped[at] ^= 1
        assert refused(bytes(flipped)).sentence
        assert refused(whole[:at]).sentence
    for at in (len(whole) - 1, len(whole) - step):
        assert "damaged" in refused(whole[:at]).sentence
    refused(whole + b"x")
    assert refused(whole, "harvest plum 78").code == "wrong_code"
    assert refused(whole, None).code == "code_needed"
    assert "not a field copy" in refused(b"PK\x03\x04 a letter").sentence
    with pytest.raises(NotThere):
        take_field_copy(field.store, field.blobs, tmp_path / "none", CODE)
    take_field_copy(field.store, field.blobs, file, CODE)
    assert field.store.where("event", county.fair) == "live"


def test_one_file_is_for_one_laptop(county, go, shared, tmp_path) -> None:
    one = go()
    two = Laptop(tmp_path / "two", "Second")
    take_field_copy(two.store, two.blobs, tmp_path / "Sam.fieldcopy", CODE)
    one.sync(shared)
    two.sync(shared)
    two.close()
    county.office.sync(shared)
    roster: Roster = membership(county.office.store).roster
    assert len(roster.held) == 2
    assert "Sam" not in {m.officer for m in roster.members.values()}


def test_a_copy_names_what_a_short_code_and_a_day_gone_by_are(county, tmp_path) -> None:
    office, file = county.office, tmp_path / "x.fieldcopy"
    with pytest.raises(KnownError, match="too short"):
        make_field_copy(office.store, office.blobs, county.fair, file, code="abc")
    with pytest.raises(KnownError, match="passed already"):
        make_field_copy(
            office.store, office.blobs, county.fair, file, last_day=dt.date(2020, 1, 1), cost=CHEAP
        )
    assert not file.exists()
    made = make_field_copy(office.store, office.blobs, county.fair, file, cost=CHEAP)
    assert len(made.code) >= 12
    assert made.records["stakeholder"] == 2
    assert [c.state for c in copies(office.store)] == ["waiting"]
