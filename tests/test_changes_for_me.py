"""What colleagues changed in what one leads or watches: on screen, on paper and in a letter."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import io
from dataclasses import replace

import pytest

from db.changes import Bin, Create, Edit
from db.errors import InvalidInput, NotFound
from db.fields import KindMeta
from engage_desktop import digest, watching
from engage_desktop.documents.digest_doc import render_digest
from engage_desktop.records.event import Event
from engage_desktop.records.filing import Attachment
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.records.venue import Venue
from tests.documents.reading import Reading
from tests.sync.laptops import Laptop

DAY = dt.date(2026, 11, 22)


@pytest.fixture
def pair(tmp_path):
    """Sam and Priya, and how they meet."""
    sam = Laptop(tmp_path / "sam", "Sam")
    priya = sam.invite("Priya", tmp_path / "priya")
    shared = tmp_path / "shared"
    shared.mkdir()

    def meet():
        for one in (sam, priya, sam):
            one.sync(shared)

    meet()
    yield sam, priya, meet
    for one in (sam, priya):
        one.close()


def add(laptop, record, why="Add"):
    laptop.store.apply([Create(record)], why)
    return record.id


def edit(laptop, kind, record_id, **values):
    laptop.store.apply([Edit(kind, record_id, values)], "Change it")


def told(laptop, **more):
    reader = laptop.store.reader()
    try:
        return watching.for_me(laptop.store, reader, **more)
    finally:
        reader.close()


def read_all(laptop):
    watching.mark_read(laptop.store, [each.news for each in told(laptop).shown])


def watch(laptop, kind, record_id, on=True):
    reader = laptop.store.reader()
    try:
        watching.watch(laptop.store, reader, kind, record_id, on=on)
    finally:
        reader.close()


def words(found):
    return [line.words for each in found.shown for entry in each.entries for line in entry.lines]


def test_what_i_lead_is_told_and_what_i_wrote_is_not(pair):
    sam, priya, meet = pair
    mine = add(sam, Event(id=sam.store.new_id(), name="Workshop", lead=" sam "))
    add(sam, Event(id=sam.store.new_id(), name="Forum", lead="Priya"))
    given = add(priya, Event(id=priya.store.new_id(), name="Handed over", lead="Sam"))
    meet()
    assert [each.news.id for each in told(sam).shown] == [given]
    edit(priya, "event", mine, expected=40)
    edit(sam, "event", mine, start_time="10:00")
    meet()
    found = told(sam)
    assert [each.news.id for each in found.shown] == [mine, given]
    assert words(found)[0] == "Expected: 40"
    assert found.shown[0].entries[0].officer == "Priya"
    assert not any("10:00" in line for line in words(found))
    assert [each.news.title for each in told(priya).shown] == ["Forum"]


def test_reading_marks_and_only_what_came_since_is_new(pair):
    sam, priya, meet = pair
    mine = add(sam, Event(id=sam.store.new_id(), name="Workshop", lead="Sam"))
    meet()
    edit(priya, "event", mine, expected=40)
    meet()
    assert told(sam).unread == 1
    read_all(sam)
    assert told(sam).unread == 0
    assert told(sam, unread_only=True).shown == ()
    edit(priya, "event", mine, expected=50)
    meet()
    [each] = told(sam, unread_only=True).shown
    assert [entry.new for entry in each.entries] == [True, False]


def test_work_that_comes_late_is_new_whatever_its_clock_said(pair):
    sam, priya, meet = pair
    mine = add(sam, Event(id=sam.store.new_id(), name="Workshop", lead="Sam"))
    meet()
    edit(priya, "event", mine, expected=40)
    meet()
    read_all(sam)
    priya.ms -= 400 * 86_400_000  # her clock jumps back by a year
    edit(priya, "event", mine, notes="Bring the gazebo")
    meet()
    [each] = told(sam, unread_only=True).shown
    assert any("gazebo" in line.words for entry in each.entries for line in entry.lines)


def test_any_record_can_be_watched_from_now_on(pair):
    sam, priya, meet = pair
    venue = add(sam, Venue(id=sam.store.new_id(), name="Mere Hall"))
    meet()
    edit(priya, "venue", venue, capacity=40)
    meet()
    assert told(sam).total == 0
    watch(sam, "venue", venue)
    assert told(sam).unread == 0, "what was there to be seen is not news"
    edit(priya, "venue", venue, capacity=60)
    meet()
    [each] = told(sam, unread_only=True).shown
    assert (each.news.watched, each.news.lead) == (True, False)
    watch(sam, "venue", venue, on=False)
    assert told(sam).total == 0
    with pytest.raises(NotFound):
        watch(sam, "venue", "0" * 32)


def test_parts_and_the_bin_are_news_of_their_record(pair):
    sam, priya, meet = pair
    mine = add(sam, Event(id=sam.store.new_id(), name="Workshop", lead="Sam"))
    meet()
    add(priya, Attachment(id=priya.store.new_id(), filename="poster.pdf", owner=mine))
    priya.store.apply([Bin("event", mine)], "Delete event")
    meet()
    said = words(told(sam))
    assert "Attachment. File: poster.pdf" in said
    assert "Moved to the bin" in said


def test_since_a_day_tells_what_was_read_too(pair):
    sam, priya, meet = pair
    mine = add(sam, Event(id=sam.store.new_id(), name="Workshop", lead="Sam"))
    meet()
    edit(priya, "event", mine, expected=40)
    meet()
    read_all(sam)
    assert told(sam, since_ms=priya.ms - 60_000).total == 1
    assert told(sam, since_ms=priya.ms + 60_000).total == 0


# -- paper and letters -----------------------------------------------------------------------


@pytest.fixture
def found(pair):
    sam, priya, meet = pair
    mine = add(sam, Event(id=sam.store.new_id(), name="Café “Ŵyth” 中", lead="Sam"))
    person = add(sam, Stakeholder(id=sam.store.new_id(), name="Ffion Price"))
    meet()
    watch(sam, "stakeholder", person)
    edit(priya, "event", mine, notes="Bring the gazebo")
    edit(priya, "stakeholder", person, phone="01632 960444")
    meet()
    return told(sam)


def test_a_letter_is_a_whole_message_and_says_no_more_than_it_may(found):
    made = digest.digest_of("Sam\r\nBcc: x@example.org", found.shown, DAY)
    data = digest.letter(made, to="sam@example.org", at=dt.datetime(2026, 11, 22, 9, tzinfo=dt.UTC))
    message = email.message_from_bytes(data, policy=email.policy.default)
    assert message.defects == []
    assert message["To"].addresses[0].addr_spec == "sam@example.org"
    assert message["Bcc"] is None
    assert message["Date"].datetime.year == 2026
    assert all(len(line) <= 998 for line in data.split(b"\r\n"))
    assert data.isascii()
    assert not message.is_multipart()
    body = message.get_content()
    assert "Café “Ŵyth” 中" in body
    assert "gazebo" in body
    assert "Ffion Price" in body
    assert "Phone was changed" in body or "was changed" in body
    assert "960444" not in body
    for bad in ("nobody", "a b@example.org", "a@b@c", "x@example.org\r\nBcc: y@example.org"):
        with pytest.raises(InvalidInput):
            digest.letter(made, to=bad)


def test_nothing_confidential_leaves(found):
    """As it would be with a confidential kind: neither title nor words, only that there is one."""
    first, *rest = found.shown
    shut = replace(first, entries=tuple(replace(e, confidential=True) for e in first.entries))
    made = digest.digest_of("Sam", [shut, *rest], DAY)
    assert made.withheld == 1
    text = digest.text_of(made)
    assert first.news.title not in text
    assert "1 confidential record was changed too" in text
    out = io.BytesIO()
    render_digest(made, out)
    assert first.news.title not in Reading(out.getvalue()).text


def test_an_op_of_a_confidential_kind_is_known_as_such(pair, monkeypatch):
    sam, priya, meet = pair
    venue = add(sam, Venue(id=sam.store.new_id(), name="Refuge"))
    meet()
    watch(sam, "venue", venue)
    edit(priya, "venue", venue, capacity=12)
    meet()
    meta: KindMeta = replace(Venue.meta, compartment="confidential")
    monkeypatch.setattr(Venue, "meta", meta)
    [each] = told(sam).shown
    assert each.confidential
    assert digest.digest_of("Sam", [each], DAY).items == ()


def test_the_paper_is_tagged_and_reads_in_order(found):
    out = io.BytesIO()
    report = render_digest(digest.digest_of("Sam", found.shown, DAY), out)
    paper = Reading(out.getvalue())
    text = paper.text
    assert paper.faults == []
    assert paper.texts("H1") == ["What changed for you, 22 Nov 2026"]
    assert report.pages == 1
    assert "What changed for you" in text
    assert "gazebo" in text
    assert "960444" not in text


def test_nothing_new_is_said_too(tmp_path):
    made = digest.digest_of("Sam", [], DAY)
    assert "Nothing that you lead or watch" in digest.text_of(made)
    out = io.BytesIO()
    assert render_digest(made, out).pages == 1
