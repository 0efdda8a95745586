"""The areas of the window, in the order of the rail. A page is made when it is first visited."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from db.record import Record, Registry
from ui.pages.page import Page, Surroundings
from ui.words import translate


@dataclass(frozen=True)
class Area:
    """`kinds` are the kinds of record that its page can show."""

    id: str
    name: str
    icon: str
    make: Callable[[Surroundings], Page]
    kinds: tuple[str, ...] = ()


def _today(around: Surroundings) -> Page:
    from ui.pages.today import TodayPage

    return TodayPage(around)


def _stakeholders(around: Surroundings) -> Page:
    from ui.pages.tabs_page import Tab, TabsPage

    register = translate("areas", "People and organisations with a stake in local health "
                         "services: who they speak for, how to reach them, what they need to "
                         "take part.")  # fmt: skip
    registry = around.context.registry
    own = tuple(kind for kind in _with_parts(registry, "stakeholder") if kind not in _BY_THEMSELVES)
    tabs = [
        Tab(translate("areas", "Register"), partial(_records, around, "stakeholder", register),
            own, ("next_contact", "ask_again")),
        Tab(translate("areas", "Maps"), partial(_maps, around), (), ("maps",)),
        Tab(translate("areas", "Lists"), partial(_lists, around), (), ("lists",)),
        Tab(translate("areas", "Duplicates"), partial(_duplicates, around), (),
            ("duplicates",)),
        Tab(translate("areas", "Contacts log"), partial(_listed, around, "interaction"),
            ("interaction",), ("promises",)),
        Tab(translate("areas", "Who sits where"), partial(_listed, around, "membership"),
            ("membership",), ("terms", "vacant")),
        Tab(translate("areas", "Places"), partial(_places, around), ("place",)),
    ]  # fmt: skip
    return TabsPage(translate("areas", "Stakeholders"), tabs)


_BY_THEMSELVES = ("interaction", "membership")
"""Parts of a stakeholder that are listed across all of them, too."""


def _listed(around: Surroundings, kind: str) -> Page:
    return _records(around, kind, around.context.registry[kind].meta.purpose)


def _places(around: Surroundings) -> Page:
    from ui.pages.places import PlacesPage

    return PlacesPage(around)


def _duplicates(around: Surroundings) -> Page:
    from ui.duplicates.page import DuplicatesPage

    return DuplicatesPage(around)


def _lists(around: Surroundings) -> Page:
    from ui.pages.standing_lists import StandingListsPage

    return StandingListsPage(around)


def _maps(around: Surroundings) -> Page:
    from ui.maps.page import MapsPage

    return MapsPage(around)


def _records(around: Surroundings, kind: str, purpose: str, *, by_hand: bool = True) -> Page:
    from ui.pages.records_page import RecordsPage

    registry = around.context.registry
    return RecordsPage(registry[kind], around, purpose=purpose, by_hand=by_hand)


def _comments(around: Surroundings, kind: str, purpose: str) -> Page:
    from ui.pages.feedback_page import CommentsPage

    return CommentsPage(around.context.registry[kind], around, purpose=purpose)


def _events(around: Surroundings) -> Page:
    from ui.pages.tabs_page import Tab, TabsPage

    name = translate("areas", "Events")
    events = translate("areas", "Workshops, stands, meetings and forums: when and where, who "
                       "comes, what they need, and what was heard.")  # fmt: skip
    venues = translate("areas", "Places where people meet, and what each is like to get into "
                       "and use. Checked, never guessed.")  # fmt: skip
    return TabsPage(
        name,
        [
            Tab(name, partial(_records, around, "event", events), ("event",)),
            Tab(translate("areas", "Venues"), partial(_records, around, "venue", venues),
                ("venue",)),
        ],
    )  # fmt: skip


def _feedback(around: Surroundings) -> Page:
    from ui.pages.tabs_page import Tab, TabsPage

    comments = translate("areas", "What people told us, in their words. Take it at a stand, "
                         "key in cards, or import a file.")  # fmt: skip
    responses = translate("areas", "One person’s feedback at one time. However many comments "
                          "it holds, it counts once.")  # fmt: skip
    themes = translate("areas", "The subjects that comments fall under. A theme with "
                       "comments asks for an answer.")  # fmt: skip
    counted = translate("areas", "Figures that others counted, such as contacts by "
                        "subject. Never people reached, never responses.")  # fmt: skip
    return TabsPage(
        translate("areas", "Feedback"),
        [
            Tab(translate("areas", "Comments"), partial(_comments, around, "comment", comments),
                ("comment",)),
            Tab(translate("areas", "Responses"), partial(_comments, around, "response", responses),
                ("response",), ("replies",)),
            Tab(translate("areas", "Themes"), partial(_records, around, "theme", themes),
                ("theme",), ("themes",)),
            Tab(translate("areas", "Counted returns"),
                partial(_records, around, "counted_return", counted), ("counted_return",)),
        ],
    )  # fmt: skip


def _you_said(around: Surroundings) -> Page:
    from ui.pages.records_page import RecordsPage

    return RecordsPage(
        around.context.registry["you_said"], around,
        purpose=translate("areas", "What people told us and what is being done about it. Each can "
                          "become an easy-read handout."),
    )  # fmt: skip


def _erasures(around: Surroundings) -> Page:
    from ui.pages.erasures import ErasuresPage

    return ErasuresPage(around)


def _readings(around: Surroundings) -> Page:
    from ui.pages.erasures import ReadingsPage

    return ReadingsPage(around)


def _reports(around: Surroundings) -> Page:
    from ui.pages.reports import SummaryPage
    from ui.pages.tabs_page import Tab, TabsPage

    receipts = translate("areas", "What each import took, what it did not take, and why.")
    return TabsPage(
        translate("areas", "Reports"),
        [
            Tab(translate("areas", "Summary"), partial(SummaryPage, around)),
            Tab(translate("areas", "Import receipts"),
                partial(_records, around, "import_receipt", receipts, by_hand=False),
                ("import_receipt",)),
            Tab(translate("areas", "Erasures"), partial(_erasures, around), ("erasure",)),
            Tab(translate("areas", "Confidential readings"), partial(_readings, around),
                ("reading",)),
        ],
    )  # fmt: skip


def _send_receive(around: Surroundings) -> Page:
    from ui.pages.colleagues_page import ColleaguesPage

    return ColleaguesPage(around)


def _team(around: Surroundings) -> Page:
    from ui.pages.team import TeamPage

    return TeamPage(around.context)


def areas(registry: Registry) -> list[Area]:
    """Every area in use. A kind that none of them shows gets an area of its own, before Reports.

    Those to come are not shown before they can be used.
    """
    first = [
        Area("today", translate("areas", "Today"), "today", _today),
        Area("stakeholder", translate("areas", "Stakeholders"), "groups", _stakeholders,
             (*_with_parts(registry, "stakeholder"), "place")),
        Area("event", translate("areas", "Events"), "event", _events, ("event", "venue")),
        Area("feedback", translate("areas", "Feedback"), "rate_review", _feedback,
             ("comment", "response", "theme", "counted_return")),
        Area("you_said", translate("areas", "You said, we did"), "campaign", _you_said,
             ("you_said",)),
    ]  # fmt: skip
    last = [
        Area(
            "reports",
            translate("areas", "Reports"),
            "bar_chart",
            _reports,
            ("import_receipt", "erasure", "reading"),
        ),
        Area("send", translate("areas", "Send and receive"), "sync", _send_receive),
        Area("team", translate("areas", "Team"), "diversity_3", _team),
    ]
    shown = {kind for area in (*first, *last) for kind in area.kinds}
    return [*first, *(_own_area(cls) for cls in registry if _stands_alone(cls, shown)), *last]


def _with_parts(registry: Registry, kind: str) -> tuple[str, ...]:
    """A kind and the kinds that are shown inside it."""
    return kind, *(cls.meta.name for cls in registry.parts_of(kind))


def _stands_alone(cls: type[Record], shown: set[str]) -> bool:
    return cls.meta.name not in shown and not cls.meta.parent


def _own_area(cls: type[Record]) -> Area:
    meta = cls.meta
    make = partial(_records, kind=meta.name, purpose=meta.purpose, by_hand=meta.by_hand)
    return Area(meta.name, meta.plural, meta.icon or "table", make, (meta.name,))
