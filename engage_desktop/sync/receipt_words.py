"""An exchange's receipt in words, for screens and commands alike.

A receipt is what `SyncReceipt.as_json` gave: the last ones are kept as that.
"""

from __future__ import annotations

from typing import Any

from engage_desktop.plain import counted, listed
from engage_desktop.sync.authority import REASONS
from engage_desktop.sync.work import delivery_words


def receipt_words(receipt: dict[str, Any]) -> str:
    """One receipt in a line: "212 changes sent, 48 received, from Priya Nair (48)".

    What was said of who is in the team counts apart: "1 change to the team sent".
    """
    sent, received = int(receipt.get("sent", 0)), int(receipt.get("received", 0))
    team = _team_words(int(receipt.get("team_sent", 0)), int(receipt.get("team_received", 0)))
    parts = []
    if sent or received or not team:
        parts += [f"{counted(sent, 'change')} sent", f"{received:,} received"]
    whom = receipt.get("from_whom") or {}
    if whom:
        parts.append("from " + ", ".join(f"{name} ({n:,})" for name, n in sorted(whom.items())))
    if team:
        parts.append(f"and {team}" if parts else team)
    if receipt.get("through"):
        parts.append(str(receipt["through"]))
    return ", ".join(parts)


def _team_words(sent: int, received: int) -> str:
    if sent and received:
        return f"{counted(sent, 'change')} to the team sent and {received:,} received"
    if sent or received:
        verb = "sent" if sent else "received"
        return f"{counted(sent or received, 'change')} to the team {verb}"
    return ""


def missing_words(receipt: dict[str, Any]) -> list[str]:
    """What is known to exist and has not come: "Delivery 17 from Sam’s laptop"."""
    lines = []
    for waiting in receipt.get("waiting", []):
        words = delivery_words([int(n) for n in waiting["missing"]], waiting["officer"])
        lines.append(words[0].upper() + words[1:])
    count = int(receipt.get("attachments_missing", 0))
    if count:
        lines.append(counted(count, "attachment"))
    return lines


def files_aside(receipt: dict[str, Any]) -> list[tuple[str, str]]:
    """Files that were not used, by name, with the reason. Changes that do not count are told one
    by one elsewhere."""
    return [
        (file_words(item["file"]), item["reason"])
        for item in receipt.get("quarantined", [])
        if item["code"] not in REASONS or "/" in item["file"]
    ]


LONGEST_NAME = 44
"""Characters of a file's name that a line shows."""


def file_words(name: str) -> str:
    """A file's own name, without its folders and the middle of its hash."""
    last = name.rpartition("/")[2]
    if len(last) <= LONGEST_NAME:
        return last
    return f"{last[:20]}…{last[-20:]}"


def not_taken_words(receipt: dict[str, Any]) -> list[str]:
    """Whose laptops are waited for, and what for; nobody's that only has to exchange again soon."""
    alike: dict[tuple[int, int], list[str]] = {}
    for item in receipt.get("behind") or []:
        erasures = int(item["erasures"])
        days = 0 if erasures else int(item["days"])
        alike.setdefault((erasures, days), []).append(str(item["officer"]))
    return [_behind_words(names, *why) for why, names in alike.items()]


def _behind_words(names: list[str], erasures: int, days: int) -> str:
    one = len(names) == 1
    who = f"{names[0]}’s laptop has" if one else f"The laptops of {listed(names)} have"
    it, them, have = ("it", "it", "has") if one else ("they", "them", "have")
    next_step = f"{it.capitalize()} {have} to send and receive."
    if erasures:
        what = counted(erasures, "erasure")
        return (
            f"{who} not confirmed {what} yet: what was erased may still be on {them}. {next_step}"
        )
    return (
        f"{who} not taken the newest history for {counted(days, 'day')}, so older files stay in "
        f"the shared folder. {next_step}"
    )


__all__ = ["file_words", "files_aside", "missing_words", "not_taken_words", "receipt_words"]
