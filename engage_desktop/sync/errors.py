"""What can go wrong between laptops, in the officer's words.

`Refused` is about one file: it is set aside and named, and nothing in it is used. The others
stop a whole sync before anything was changed.
"""

from __future__ import annotations

from db.errors import InvalidInput, KnownError


class FolderUnavailable(KnownError):
    """The shared folder is not there, or is there but empty where it should not be."""

    code = "folder_unavailable"


class FolderEmptied(FolderUnavailable):
    """A folder that was used before holds nothing: an unplugged drive, or a new one."""


class LoginRefused(FolderUnavailable):
    """The server of a shared place does not take this laptop's user name and password."""

    code = "login_refused"


class ServerNotTrusted(FolderUnavailable):
    """The server of a shared place did not prove that it is the right one."""

    code = "server_not_trusted"


class FolderNotStarted(KnownError):
    """An empty folder that no team uses yet: the officer must say that it is the right one."""

    code = "folder_not_started"


class OtherTeam(KnownError):
    """The folder, file or invitation belongs to another team."""

    code = "other_team"


class NoTeam(KnownError):
    """This workspace is in no team yet."""

    code = "no_team"


class NotAllowed(KnownError):
    """The role of this laptop does not allow it."""

    code = "not_allowed"


class TeamEnds(NotAllowed):
    """Nobody could let a colleague in any more once this laptop left: it needs a clear yes."""

    code = "team_ends"


class OwnRights(NotAllowed):
    """An admin would give up what only admins may: it needs a clear yes."""

    code = "own_rights"


class NoLastDay(InvalidInput):
    """A role that ends was to be given, without saying when."""

    code = "no_last_day"


class BadInvitation(KnownError):
    """An invitation that cannot be used: damaged, too old, foreign, or the code is wrong."""

    code = "bad_invitation"


class Refused(KnownError):
    """One file that is set aside. `code` is the reason's name, for machines and tests."""

    code = "refused"


MISNAMED = "misnamed"
"""The one reason for which a file is named and what is in it counts all the same."""

REASONS: dict[str, str] = {
    "empty": "The file is empty. It may not have finished arriving.",
    "not_ours": "The file was not made by this application.",
    "cut_short": "The file is cut short. It may not have finished arriving.",
    "too_long": "The file goes on after its end, so it was changed or damaged.",
    "too_big": "The file claims to be larger than any that this application makes.",
    "header": "The file's description of itself cannot be read, so it was changed or damaged.",
    "damaged": "The file is damaged: its contents are not the ones it was named for.",
    MISNAMED: "The file is another whole delivery than its name says. What is in it counts.",
    "signature": "The file was changed after it was signed, or damaged on the way.",
    "other_team": "The file belongs to another team.",
    "newer": "The file was written by a newer version. Update this laptop to read it.",
    "stranger": "The file comes from a laptop that is not known to the team.",
    "held": "The file comes from a laptop whose invitation was used more than once.",
    "not_admin": "The file changes the team, and comes from a laptop that is no admin’s.",
    "revoked": "The file comes from a laptop that was taken out of the team.",
    "founded": "The file founds the team a second time.",
    "outdated": "The file tells the team’s history, and comes from a laptop that is no admin’s any "
    "more. No admin says that it holds it.",
    "nobody": "The file changes the role of a laptop that is not in the team.",
    "taken": "The file gives a laptop’s number to another laptop.",
    "name": "The file lets a laptop in under another name than its invitation is for.",
    "author": "The file holds changes in the name of somebody else than its sender.",
    "mismatch": "A part of the file belongs to another file.",
    "chain": "The file does not follow the one that it says it follows.",
    "content": "The file's contents do not have the form that they should.",
    "unpacks": "The file unpacks to far more than it should hold.",
    "cannot_open": "The file was locked with a key that does not open it.",
    "link": "It is a link to somewhere else, not a file, and was not followed.",
    "odd_name": "Its name is not in letters that this computer knows, so it was not opened.",
    "not_a_file": "It is not an ordinary file.",
    "no_right": "This laptop has no right to read the file. Ask whoever looks after the folder.",
    "vanished": "The file was there a moment ago and is gone, or cannot be read.",
}
"""Every reason for which a file is set aside, in words."""


def refused(code: str, more: str = "") -> Refused:
    """The refusal of that name; `more` adds a detail in words."""
    sentence = REASONS[code]
    return Refused(f"{sentence} {more}" if more else sentence, code=code)
