"""Made-up stakeholders of a made-up county, the same on every run."""

from __future__ import annotations

import datetime as dt
import json
import math
import random
from collections import Counter

from engage_desktop.maps.people import Scored, Scores, Tie, Ties, Who
from engage_desktop.queries.peopled import Peopled
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.stakeholders.places import Spot

FIRST = (
    "Amina", "Bogdan", "Carys", "Dilys", "Ewa", "Femi", "Gwen", "Hamza", "Ines", "Joan", "Kofi",
    "Lowri", "Marek", "Nadia", "Owen", "Parveen", "Rhys", "Sian", "Tomasz", "Usha",
)  # fmt: skip
LAST = (
    "Ashworth", "Bakare", "Cartwright", "Dobson", "Entwistle", "Fairbairn", "Greenhalgh",
    "Hussain", "Iqbal", "Jankowska", "Kershaw", "Llewellyn", "Marsden", "Nowak", "Ollerton",
    "Pickersgill", "Rahman", "Satterthwaite", "Tattersall", "Whitworth",
)  # fmt: skip
KINDS = (
    ("Forum for Older People", "group", "voluntary", "vulnerable"),
    ("Voluntary Action", "organisation", "voluntary", "other_partner"),
    ("Patient Participation Group", "group", "ppg", "all_stakeholders"),
    ("District Council", "organisation", "council", "key_partner"),
    ("Health Scrutiny Committee", "committee", "council", "influencer"),
    ("Community Health Trust", "organisation", "provider", "nhs_partner"),
    ("Surgery", "organisation", "practice", "key_partner"),
    ("Echo", "organisation", "media", "influencer"),
)
TIES = (
    ("member_of", "Member of"), ("represents", "Represents"), ("funds", "Funds"),
    ("advises", "Advises"), ("refers_to", "Refers people to"), ("works_with", "Works with"),
    ("in_conflict", "Is in conflict with"), ("works_for", "Works for"),
)  # fmt: skip
TOWNS = (
    "Ashmere", "Brackley Green", "Colden", "Dunsop", "Eskbridge", "Fernhill", "Garthwaite",
    "Hollins", "Irwell Bank", "Kelbrook",
)  # fmt: skip


def people(count: int, seed: int = 4) -> list[Who]:
    """Two thirds of them people."""
    chance = random.Random(seed)
    specs = Stakeholder.specs()
    kinds, groups = specs["stakeholder_type"], specs["matrix_group"]
    found = []
    for number in range(count):
        name, nature, kind, group = KINDS[number // 3 % len(KINDS)]
        if number % 3:
            kind, nature = chance.choice(("public", "ppg", "staff", "council")), "person"
            name = f"{chance.choice(FIRST)} {chance.choice(LAST)}"
            group = chance.choice(("all_stakeholders", "influencer", ""))
        else:
            name = f"{TOWNS[number // 3 % len(TOWNS)]} {name}"
        found.append(
            Who(f"{number + 1:032x}", name, nature, kind, kinds.choice_label(kind), group,
                groups.choice_label(group) if group else "", False, number % 29 == 0)
        )  # fmt: skip
    return found


def scores(count: int, *, seed: int = 4, before: bool = False) -> Scores:
    """Everyone scored, most of them in the middle, as officers do; some have moved since."""
    chance = random.Random(seed)

    def score() -> int:
        return min(5, max(1, round(chance.gauss(3.1, 1.15))))

    levels = ("inform", "consult", "involve", "collaborate", "empower")
    placed = []
    for who in people(count, seed):
        now: dict[str, int | str] = {
            "power": score() if who.nature != "person" else max(1, score() - 1),
            "interest": score(), "impact": score(), "attitude": score() - 3,
            "attitude_wanted": min(2, score() - 2), "level": chance.choice(levels),
            "level_wanted": chance.choice(levels),
        }  # fmt: skip
        then = None
        if before and chance.random() < 0.8:
            then = {k: v for k, v in now.items() if not k.endswith("_wanted")}
            if chance.random() < 0.25:
                then["interest"] = max(1, int(now["interest"]) - chance.choice((1, 1, 2)))
        placed.append(Scored(who, now, then))
    occasion = "Start of the urgent care consultation" if before else ""
    return Scores(tuple(placed), tuple(people(3, 9)), 3, occasion)


def ties(count: int, seed: int = 4) -> Ties:
    """One large part round some hubs, and small parts of two to four beside it."""
    chance = random.Random(seed)
    some = people(count, seed)
    hubs = [who for who in some if who.nature != "person"][: max(1, count // 14)]
    found: list[Tie] = []

    def tie(one: Who, other: Who) -> None:
        kind, words = chance.choice(TIES) if one.nature != "person" else TIES[0]
        if one.id != other.id:
            key = f"{len(found) + 1:032x}"
            since = dt.date(2020 + len(found) % 6, 1 + len(found) % 12, 3)
            found.append(Tie(key, one.id, other.id, kind, words, started=since))

    at_hub = {hub.id for hub in hubs}
    for index, who in enumerate(some):
        if who.id in at_hub:
            if index and chance.random() < 0.9:
                tie(who, chance.choice(hubs))
        elif index % 13 == 0 and index + 1 < len(some):
            tie(who, some[index + 1])
        else:
            tie(who, chance.choice(hubs))
            if chance.random() < 0.2:
                tie(who, chance.choice(hubs))
    tied = {end for one in found for end in (one.one, one.other)}
    return Ties(tuple(w for w in some if w.id in tied), tuple(found), dt.date(2026, 11, 24))


def county(*, towns: int = 10, mapped: int = 10, seed: int = 4) -> Peopled:
    """Three districts of towns; the first `mapped` of them have a boundary, neighbours share it."""
    chance = random.Random(seed)
    across = math.ceil(math.sqrt(towns))
    corners = {
        (x, y): (
            -2.4 + 0.09 * x + chance.uniform(-0.03, 0.03),
            53.6 + 0.05 * y + chance.uniform(-0.017, 0.017),
        )
        for x in range(across + 1)
        for y in range(across + 1)
    }
    spots = [Spot("c" * 32, "Ribbleshire", "county", "County")]
    spots += [
        Spot(f"d{n:031x}", f"{name} District", "district", "District", "c" * 32)
        for n, name in enumerate(("East", "Moor", "Vale"))
    ]
    counts: Counter[str] = Counter()
    for number in range(towns):
        x, y = number % across, number // across
        ring = [corners[at] for at in ((x, y), (x + 1, y), (x + 1, y + 1), (x, y + 1), (x, y))]
        name = TOWNS[number % len(TOWNS)] + ("" if number < len(TOWNS) else f" {number}")
        boundary = {"type": "Polygon", "coordinates": [ring]} if number < mapped else None
        key, within = f"{number + 1:032x}", f"d{number % 3:031x}"
        spots.append(
            Spot(key, name, "locality", "Locality", within, f"E{number:08}",
                 chance.randrange(2_000, 60_000), json.dumps(boundary) if boundary else "")
        )  # fmt: skip
        counts[key] = int(chance.paretovariate(0.9)) if number % 4 else 0
        counts[within] += counts[key]
        counts["c" * 32] += counts[key]
    return Peopled(tuple(spots), counts, sum(counts.values()), 4)
