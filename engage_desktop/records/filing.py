"""Papers that belong to other records: attachments, and receipts of what was imported."""

from typing import Annotated, ClassVar

from db.fields import KindMeta, Retention
from db.model import Limits
from db.record import Record
from engage_desktop.records import words as w


class Attachment(Record):
    """A file kept, encrypted, with a record. The bytes are found by `digest`."""

    meta: ClassVar[KindMeta] = KindMeta(
        name="attachment",
        label="Attachment",
        plural="Attachments",
        compartment=w.PEOPLE,
        retention=Retention("recorded", 72, "As the record it belongs to"),
        columns=("filename", "media_type", "size", "description"),
        sort="filename",
        icon="attach_file",
        parent="owner",
        follows="owner",
        by_hand=False,
        made_by="An attachment is made with its file.",
    )

    filename: Annotated[str, Limits(min_length=1, max_length=255), w.text("File", searchable=True)]
    description: Annotated[str, w.text("Description", searchable=True)] = ""
    owner: Annotated[str | None, w.link("Belongs to")] = None
    media_type: Annotated[str, w.text("Type", advanced=True)] = ""
    size: Annotated[int, Limits(ge=0), w.number("Size", unit="bytes", advanced=True)] = 0
    digest: Annotated[
        str,
        Limits(form=r"^([0-9a-f]{64})?$"),
        w.text("Fingerprint", advanced=True, file=True),
    ] = ""


class ImportReceipt(Record):
    """What one import took, what it did not take, and why."""

    meta: ClassVar[KindMeta] = KindMeta(
        name="import_receipt",
        label="Import receipt",
        plural="Import receipts",
        compartment=w.PEOPLE,
        retention=Retention("recorded", 72, "Proof of where data came from"),
        columns=("file_name", "imported", "created", "updated", "unchanged", "refused"),
        sort="-pk",
        icon="download",
        aliases=("receipt",),
        by_hand=False,
        follows="imported",
        made_by="An import writes its own receipt.",
    )

    file_name: Annotated[str, Limits(min_length=1), w.text("File", searchable=True, width=32)]
    imported: Annotated[str, w.text("Kind")] = ""
    file_digest: Annotated[str, w.text("SHA-256 of the file", advanced=True)] = ""
    created: Annotated[int, w.number("Created", unit="records")] = 0
    updated: Annotated[int, w.number("Updated", unit="records")] = 0
    unchanged: Annotated[int, w.number("Already here", unit="records")] = 0
    refused: Annotated[int, w.number("Not taken", unit="rows")] = 0
    detail: Annotated[str, w.long_text("Row by row")] = ""
    mapping: Annotated[str, w.long_text("Columns as they were matched", advanced=True)] = ""
