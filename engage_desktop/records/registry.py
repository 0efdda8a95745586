"""Every kind of record there is. A new kind adds one line here.

The modules of kinds do without `from __future__ import annotations` and without pydantic: then a
field's `Spec` is read from its annotation as it stands, and no model is built at the start.
"""

from __future__ import annotations

from db.record import Registry
from engage_desktop.records.accounts import Erasure, Reading
from engage_desktop.records.contact import ConfidentialNote, Interaction, Permission
from engage_desktop.records.event import Event
from engage_desktop.records.feedback import Comment, Response, Theme
from engage_desktop.records.filing import Attachment, ImportReceipt
from engage_desktop.records.outcome import CountedReturn, EasyReadLine, YouSaid
from engage_desktop.records.place import Place
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.records.tidy import Assessment, Distinct, Merging
from engage_desktop.records.ties import Membership, Relationship, Training
from engage_desktop.records.venue import Venue

REGISTRY = Registry(
    [
        Stakeholder,
        Venue,
        Event,
        Theme,
        Response,
        Comment,
        YouSaid,
        EasyReadLine,
        CountedReturn,
        Attachment,
        ImportReceipt,
        Erasure,
        Reading,
        Place,
        Interaction,
        Permission,
        Membership,
        Relationship,
        Training,
        Assessment,
        ConfidentialNote,
        Merging,
        Distinct,
    ]
)
