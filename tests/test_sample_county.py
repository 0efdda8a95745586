"""The sample county: figures exact, references whole, and nobody real in it."""

import json
import re
from collections import Counter
from collections.abc import Iterator
from itertools import chain
from typing import Any

import pytest

import resources
from engage_desktop.records.event import Event
from engage_desktop.records.feedback import Response
from engage_desktop.records.outcome import YouSaid
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.records.venue import Venue
from engage_desktop.sample_readers import readers

NAMES = sorted(file.stem for file in resources.path("sample").glob("*.json"))
Row = dict[str, Any]


def keys(name: str) -> set[str]:
    return {row["key"] for row in resources.sample(name)}


def answered_comments() -> Iterator[Row]:
    for response in resources.sample("responses"):
        yield from (c for c in response["comments"] if c["answered"])


def test_the_files_are_the_ones_promised() -> None:
    assert NAMES == [
        "bulletin",
        "contacts",
        "counted_returns",
        "events",
        "groups",
        "memberships",
        "places",
        "relationships",
        "responses",
        "scores",
        "stakeholders",
        "themes",
        "training",
        "venues",
        "you_said",
    ]


@pytest.mark.parametrize("name", NAMES)
def test_each_file_says_that_it_is_fictional(name: str) -> None:
    data = resources.read_json(f"sample/{name}.json")
    assert data["fictional"] is True
    assert data["county"] == "Marlshire (fictional)"


@pytest.mark.parametrize("name", [n for n in NAMES if n != "counted_returns"])
def test_keys_are_unique(name: str) -> None:
    assert len(keys(name)) == len(resources.sample(name))


def test_there_is_enough_to_look_at() -> None:
    assert len(keys("stakeholders")) >= 60
    assert len(keys("venues")) == 12
    assert len(keys("events")) >= 25
    assert len(keys("themes")) >= 15
    assert len(keys("responses")) >= 250
    assert len(keys("you_said")) >= 12


def test_every_reference_leads_somewhere() -> None:
    stakeholders, venues = keys("stakeholders"), keys("venues")
    events, themes = keys("events"), keys("themes")
    organisations = {s["key"] for s in resources.sample("stakeholders") if s["is_organisation"]}
    for person in resources.sample("stakeholders"):
        assert person["organisation"] is None or person["organisation"] in organisations
        assert not (person["is_organisation"] and person["organisation"])
    for event in resources.sample("events"):
        assert event["venue"] is None or event["venue"] in venues
        assert set(event["invited"]) <= stakeholders
    for response in resources.sample("responses"):
        assert response["event"] is None or response["event"] in events
        for comment in response["comments"]:
            assert set(comment["themes"]) <= themes
    assert {entry["theme"] for entry in resources.sample("you_said")} <= themes
    icons = set(resources.icon_ids())
    assert {theme["icon"] for theme in resources.sample("themes")} <= icons


def codes(record: Any, field: str) -> set[str]:
    return {choice.code for choice in record.specs()[field].choices}


def test_every_code_is_one_the_records_know() -> None:
    for row in resources.sample("stakeholders"):
        for field in ("stakeholder_type", "matrix_group", "bulletin"):
            assert row[field] in codes(Stakeholder, field)
        for field in ("speaks_for", "interests", "needs"):
            assert set(row[field]) <= codes(Stakeholder, field)
    for row in resources.sample("venues"):
        assert set(row["access"]) <= codes(Venue, "access")
        assert set(row["access"].values()) <= {"yes", "no"}
    for row in resources.sample("events"):
        assert row["event_type"] in codes(Event, "event_type")
        assert row["status"] in codes(Event, "status")
    for row in resources.sample("responses"):
        for field in ("source", "fft", "consent_quote"):
            assert row[field] in codes(Response, field)
    for row in resources.sample("you_said"):
        assert row["status"] in codes(YouSaid, "status")


def test_pals_contacts_by_subject_add_up_as_printed() -> None:
    pals = [row for row in resources.sample("counted_returns") if row["source"] == "PALS"]
    subjects = [row["count"] for row in pals if not row["is_total"]]
    assert subjects == [70, 57, 57, 24, 22, 22, 21, 21, 19, 19, 17, 16, 15, 13, 13, 12, 12, 9, 8]
    assert len(subjects) == 19
    assert sum(subjects) == 447
    totals = [(row["subject"], row["count"]) for row in pals if row["is_total"]]
    assert totals == [("All registered contacts", 744)]
    assert {(row["period_start"], row["period_end"]) for row in pals} == {
        ("2017-04-01", "2018-03-31")
    }


@pytest.mark.parametrize(
    ("network", "meetings"),
    [
        (
            "Marlshire Engagement Advisory Group",
            {"2017-04-11": 40, "2017-07-10": 27, "2017-10-16": 27, "2018-01-15": 34},
        ),
        (
            "PPG Chairs Network",
            {"2017-04-11": 34, "2017-07-10": 32, "2017-10-17": 33, "2018-01-22": 39},
        ),
    ],
)
def test_the_networks_met_each_quarter(network: str, meetings: dict[str, int]) -> None:
    rows = [e for e in resources.sample("events") if e["network"] == network and "date" in e]
    assert {e["date"]: e["attendance"] for e in rows} == meetings


def test_the_misprinted_year_is_explained() -> None:
    meeting = next(e for e in resources.sample("events") if e.get("date") == "2018-01-15")
    assert "15 January 2017" in meeting["notes"]


def test_an_event_has_one_kind_of_day_and_only_a_past_one_was_counted() -> None:
    coming = 0
    for event in resources.sample("events"):
        assert ("date" in event) != ("day_offset" in event)
        if event.get("day_offset", -1) > 0:
            coming += 1
            assert event["attendance"] is None
            assert event["status"] in {"planned", "confirmed"}
        else:
            assert event["status"] == "done"
    assert coming >= 8
    assert any(0 < e.get("day_offset", -1) <= 7 for e in resources.sample("events"))


def test_no_more_people_gave_feedback_at_an_event_than_came() -> None:
    given = Counter(r["event"] for r in resources.sample("responses") if r["event"])
    came = {e["key"]: e for e in resources.sample("events")}
    for key, count in given.items():
        assert count <= came[key]["attendance"]
        offsets = {r["day_offset"] for r in resources.sample("responses") if r["event"] == key}
        assert offsets == {came[key]["day_offset"]}


def test_comments_are_different_words_and_an_empty_one_was_asked() -> None:
    texts = [comment["text"] for comment in answered_comments()]
    assert len(texts) == len(set(texts)) > 250
    for response in resources.sample("responses"):
        assert response["day_offset"] < 0
        assert 1 <= len(response["comments"]) <= 3
        for comment in response["comments"]:
            assert comment["question"]
            assert comment["answered"] == bool(comment["text"])
            assert bool(comment["themes"]) == comment["answered"]


def test_the_answer_about_the_last_bus_counts_the_people_it_says() -> None:
    line = next(e for e in resources.sample("you_said") if e["key"] == "ys_lastbus")["easy_read"]
    survey = [r for r in resources.sample("responses") if r["source"] == "online"]
    assert any(f"{len(survey)} people answered" in part["heading"] for part in line)


def test_easy_read_is_short_one_idea_and_has_a_picture() -> None:
    pictures = {p.id for p in resources.pictograms()}
    for entry in resources.sample("you_said"):
        assert re.fullmatch(r"(20\d\d-\d\d Q[1-4])?", entry["quarter"])
        assert len(entry["easy_read"]) >= 3
        for line in entry["easy_read"]:
            assert line["pictogram"] in pictures
            for words in (line["heading"], line["sentence"]):
                assert 0 < len(words.split()) <= 15
                assert re.fullmatch(r"[^.?!;]+[.?!]", words)


@pytest.mark.parametrize("name", NAMES)
def test_nobody_real_can_be_reached_or_is_named(name: str) -> None:
    text = resources.read_text(f"sample/{name}.json")
    assert set(re.findall(r"@([\w.-]+\w)", text)) <= {"example.org"}
    for number in re.findall(r"\b0[\d ]{8,}\d", text):
        assert re.fullmatch(r"01632960\d{3}", number.replace(" ", ""))
    assert all(p.startswith("ZZ") for p in re.findall(r"\b[A-Z]{1,2}\d{1,2} \d[A-Z]{2}\b", text))
    places = r"Somerset|Taunton|Yeovil|Bridgwater|Barnsley|Liverpool|Rotherham|Musgrove|Wynford"
    assert not re.search(places, text)
    assert "http" not in text


def test_a_phone_number_belongs_to_one_record() -> None:
    files = (resources.sample(name) for name in ("stakeholders", "groups", "venues"))
    once = [row for row in readers() if not row["key"].startswith("t")]
    rows = [*chain(*files), *once]
    phones = [row["phone"] for row in rows if row.get("phone")]
    assert len(phones) == len(set(phones))


def test_every_protected_characteristic_has_a_group_that_speaks_for_it() -> None:
    nine = {
        item["code"]
        for item in resources.reference("protected_characteristics").items
        if item["in_act"]
    }
    spoken = {c for s in resources.sample("stakeholders") for c in s["speaks_for"]}
    assert nine <= spoken


def test_some_access_is_not_known_and_stays_so() -> None:
    features = {item["code"] for item in resources.reference("venue_features").items}
    for venue in resources.sample("venues"):
        assert set(venue["access"]) < features
        assert bool(venue["access"]) == bool(venue["access_checked_on"])
    assert any(not venue["access"] for venue in resources.sample("venues"))


@pytest.mark.parametrize("name", NAMES)
def test_the_text_is_tidy(name: str) -> None:
    text = json.dumps(resources.sample(name), ensure_ascii=False)
    assert "  " not in text
    assert not re.search(r"(?i)lorem|todo|xxx|~", text)
