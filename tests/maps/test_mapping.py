"""What the maps read, against real stores."""

from __future__ import annotations

import datetime as dt

import pytest

from db.changes import Bin, Edit
from db.errors import InvalidInput, NotFound
from engage_desktop.queries.mapping import Keep, occasions, scored
from tests.maps.conftest import Office


def test_those_with_both_scores_are_placed_and_the_others_counted(office: Office) -> None:
    ann = office.who("Ann", power=4, interest=2, stakeholder_type="council", attitude=-1)
    office.who("Bob", power=4)
    office.who("Cai")
    gone = office.who("Dee", power=1, interest=1)
    office.workspace.store.apply([Bin("stakeholder", gone)], "Remove Dee")
    found = scored(office.reader, "interest", "power")
    assert [one.who.id for one in found.placed] == [ann]
    assert found.placed[0].now == {"power": 4, "interest": 2, "attitude": -1}
    assert found.placed[0].who.type_words == "Council"
    assert ([who.name for who in found.others], found.others_count) == (["Bob", "Cai"], 2)


def test_an_earlier_occasion_stands_beside_today(office: Office) -> None:
    ann = office.who("Ann", power=4, interest=2)
    bob = office.who("Bob")
    day = dt.date(2026, 3, 1)
    for who, power in ((ann, 1), (bob, 3)):
        office.add("assessment", stakeholder=who, name="Start of it", scored_on=day,
                   power=power, interest=5)  # fmt: skip
    office.add("assessment", stakeholder=ann, name="Start of it", power=5, interest=5,
               scored_on=dt.date(2026, 3, 2))  # fmt: skip
    found = scored(office.reader, "interest", "power", occasion="start of  it")
    assert found.placed[0].before == {"power": 5, "interest": 5}
    assert (found.occasion, found.occasion_day, found.gone) == (
        "Start of it", dt.date(2026, 3, 2), 1,
    )  # fmt: skip
    assert [(o.name, o.stakeholders) for o in occasions(office.reader)] == [("Start of it", 2)]
    with pytest.raises(NotFound, match="No scores were frozen as “End of it”"):
        scored(office.reader, "interest", "power", occasion="End of it")


def test_a_map_is_narrowed_by_matrix_group_type_and_membership(office: Office) -> None:
    forum = office.who("Forum", nature="group", power=2, interest=4)
    ann = office.who("Ann", power=4, interest=2, matrix_group="influencer")
    office.who("Bob", power=3, interest=3, stakeholder_type="media")
    left = dt.date(2026, 6, 30)
    office.add("membership", member=ann, group=forum, started=dt.date(2026, 1, 1), ended=left)

    def names(keep: Keep) -> set[str]:
        return {one.who.name for one in scored(office.reader, "interest", "power", keep).placed}

    assert names(Keep(matrix_group="influencer")) == {"Ann"}
    assert names(Keep(stakeholder_type="media")) == {"Bob"}
    assert names(Keep(members_of=forum)) == {"Forum", "Ann"}
    assert names(Keep(members_of=forum, on=left)) == {"Forum", "Ann"}
    assert names(Keep(members_of=forum, on=left + dt.timedelta(days=1))) == {"Forum"}
    assert names(Keep(members_of=forum, on=dt.date(2025, 12, 31))) == {"Forum"}
    assert scored(office.reader, "interest", "power", Keep(members_of=forum)).scope == (
        "members of “Forum”"
    )


def test_members_of_a_sensitive_group_are_shown_only_when_asked_for(office: Office) -> None:
    forum = office.who("Forum", nature="group", reveals=True, power=2, interest=4)
    ann = office.who("Ann", power=4, interest=2)
    office.add("membership", member=ann, group=forum)
    with pytest.raises(InvalidInput, match="says something protected about a person"):
        scored(office.reader, "interest", "power", Keep(members_of=forum))
    asked = scored(office.reader, "interest", "power", Keep(members_of=forum, sensitive=True))
    assert {one.who.name for one in asked.placed} == {"Forum", "Ann"}
    office.workspace.store.apply([Edit("stakeholder", ann, {"name": "Ann E"})], "Name")
    with pytest.raises(NotFound, match="That group is not here"):
        scored(office.reader, "interest", "power", Keep(members_of="f" * 32))
