"""What somebody is sent to a list to see, as a filter of that list."""

from __future__ import annotations

import datetime as dt

from db.query import Condition
from engage_desktop.stakeholders.parts import TERM_SOON_DAYS
from ui.pages.filters import Option
from ui.words import translate


def wish_of(errand: str, today: dt.date) -> tuple[str, Option] | None:
    """The field to filter by, and what is asked of it; None where the whole list is meant."""
    day = today.isoformat()
    soon = (today + dt.timedelta(days=TERM_SOON_DAYS)).isoformat()
    held = Condition("ended", "empty")
    match errand:
        case "replies":
            return "wants_reply", _option(
                translate("filter", "Yes"), Condition("wants_reply", "=", True)
            )
        case "promises":
            return "due", _option(
                translate("filter", "Overdue"),
                Condition("due", "<", day),
                Condition("kept_on", "empty"),
            )
        case "next_contact":
            return "next_contact", _option(
                translate("filter", "Due by today"),
                Condition("next_contact", "<=", day),
                Condition("do_not_contact", "!=", True),
            )
        case "ask_again":
            return "needs_review", _option(
                translate("filter", "Overdue"), Condition("needs_review", "<", day)
            )
        case "terms":
            return "term_ends", _option(
                translate("filter", "Within {n} days").format(n=TERM_SOON_DAYS),
                Condition("term_ends", "<=", soon),
                held,
            )
        case "vacant":
            return "member", _option(
                translate("filter", "Nobody"),
                Condition("member", "=", None),
                Condition("group", "!=", None),
                held,
            )
    return None


def _option(words: str, *where: Condition) -> Option:
    return Option(words, where)
