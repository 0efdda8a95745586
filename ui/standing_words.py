"""How this laptop stands towards its colleagues, in the few words at the foot of the rail."""

from __future__ import annotations

from engage_desktop.queries.standing import Standing
from ui.folder_watch import AWAY, HERE, REFUSED
from ui.widgets.rail import Status
from ui.words import moment_words, translate


def status_of(found: Standing, server: str) -> Status:
    """`server` is what is known of a server where one is shared through; see `ServerWatch`."""
    as_of = (
        translate("window", "Data as of {when}").format(when=moment_words(found.last_ms))
        if found.last_ms
        else translate("window", "Only on this laptop")
    )
    if found.server:
        place = {
            HERE: translate("window", "Server reached"),
            AWAY: translate("window", "Server not reached"),
            REFUSED: translate("window", "Server refused this laptop"),
        }.get(server, translate("window", "Shared on a server"))
        return Status(place, as_of, found.to_send, offline=server in (AWAY, REFUSED))
    if found.folder_here:
        place = translate("window", "Shared folder found")
    elif found.folder_here is None:
        place = translate("window", "No shared folder yet")
    else:
        place = translate("window", "Working offline")
    return Status(place, as_of, found.to_send, offline=not found.folder_here)
