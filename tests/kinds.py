"""A kind of record with every field type there is, for tests that it needs three places only.

The three places are the model, one line in a registry and one migration; all are here. Table,
form, import, export, sync and search must take this kind without being told of it.

    kind = every_field_kind()
    store = Store.create(path, key, kind.registry, kind.migrations, officer=..., device=...)
    links = kind.make_links(store)          # the records its links point to
    store.apply([Create(kind.record(store.new_id(), **links))], "Add a specimen")

For a whole `Workspace`, call `kind.plant(monkeypatch)` first: it stands in for the two lines that
a real kind adds to the registry and to the list of migrations.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, ClassVar

import pytest
from pydantic import Field

from db.changes import Create
from db.fields import KindMeta, Retention
from db.migrations import Migration, statements
from db.record import Record, Registry
from db.store import Store
from engage_desktop.migrations import MIGRATIONS
from engage_desktop.records import words as w
from engage_desktop.records.registry import REGISTRY

COLOURS = w.choices(red="Red", green="Green", blue="Blue")
TOOLS = w.choices(map="Map", rope="Rope", torch="Torch")
SIGNS = w.choices(lit="Lit", raised="Raised letters", bilingual="In two languages")


class Specimen(Record):
    """One field of each `FieldType`, in the order of the enumeration."""

    meta: ClassVar[KindMeta] = KindMeta(
        name="specimen",
        label="Specimen",
        plural="Specimens",
        compartment=w.GENERAL,
        retention=Retention("found_on", 12, "Tests only"),
        columns=("name", "found_on", "colour", "weight", "price", "kept", "place", "tools"),
        sort="name",
        icon="label",
        aliases=("sample_piece",),
    )

    name: Annotated[str, Field(min_length=1), w.text("Specimen name", searchable=True)]
    story: Annotated[str, w.long_text("Story", searchable=True)] = ""
    writes_from: Annotated[str, w.email("Writes from")] = ""
    rings_from: Annotated[str, w.phone("Rings from")] = ""
    lies_at: Annotated[str, w.postcode("Lies at")] = ""
    seen_at: Annotated[str, w.url("Seen at")] = ""
    found_on: Annotated[dt.date | None, w.date_field("Found on")] = None
    catalogued: Annotated[dt.datetime | None, w.moment("Catalogued at")] = None
    shown_from: Annotated[str, w.time_field("Shown from")] = ""
    colour: Annotated[str, w.choice("Colour", choices=COLOURS)] = ""
    weight: Annotated[int | None, Field(ge=0), w.number("Weight", unit="grams")] = None
    price: Annotated[int | None, w.money("Price")] = None
    kept: Annotated[bool, w.yes_no("Kept")] = False
    place: Annotated[str | None, w.link("Found at", target="venue")] = None
    tools: Annotated[tuple[str, ...], w.choice_set("Tools", choices=TOOLS)] = ()
    subjects: Annotated[tuple[str, ...], w.links("Subjects", target="theme")] = ()
    signs: Annotated[dict[str, str], w.features("Signs", choices=SIGNS)] = Field(
        default_factory=dict
    )


SPECIMEN_MIGRATION = Migration(
    "9000-specimen",
    statements(
        'CREATE TABLE "specimen"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state INTEGER '
        'NOT NULL, "name" TEXT, "story" TEXT, "writes_from" TEXT, "rings_from" TEXT, '
        '"lies_at" TEXT, "seen_at" TEXT, "found_on" TEXT, "catalogued" TEXT, "shown_from" '
        'TEXT, "colour" TEXT, "weight" INTEGER, "price" INTEGER, "kept" INTEGER, "place" '
        "INTEGER) STRICT",
        'CREATE INDEX "specimen__state" ON "specimen"(state)',
        'CREATE INDEX "specimen__name__by" ON "specimen"(state, "name" COLLATE NOCASE)',
        'CREATE INDEX "specimen__found_on__by" ON "specimen"(state, "found_on")',
        'CREATE INDEX "specimen__place__by" ON "specimen"("place")',
        'CREATE TABLE "specimen__tools"(pk INTEGER NOT NULL, element TEXT NOT NULL, value '
        "INTEGER NOT NULL, PRIMARY KEY(pk, element)) STRICT, WITHOUT ROWID",
        'CREATE INDEX "specimen__tools__by" ON "specimen__tools"(element, pk)',
        'CREATE TABLE "specimen__subjects"(pk INTEGER NOT NULL, element INTEGER NOT NULL, value '
        "INTEGER NOT NULL, PRIMARY KEY(pk, element)) STRICT, WITHOUT ROWID",
        'CREATE INDEX "specimen__subjects__by" ON "specimen__subjects"(element, pk)',
        'CREATE TABLE "specimen__signs"(pk INTEGER NOT NULL, element TEXT NOT NULL, value '
        "TEXT NOT NULL, PRIMARY KEY(pk, element)) STRICT, WITHOUT ROWID",
        'CREATE INDEX "specimen__signs__by" ON "specimen__signs"(element, pk)',
        'CREATE VIRTUAL TABLE "specimen__fts" USING fts5("name", "story", '
        "content='specimen', content_rowid='pk', tokenize='unicode61 remove_diacritics 2', "
        "prefix='3')",
    ),
)

VALUES: Mapping[str, Any] = {
    "name": "Pebble from the ford",
    "story": "Found after rain.\n\nSmooth, with a vein of quartz; “like a map”, said Ann.",
    "writes_from": "finder@example.org",
    "rings_from": "01632 960123",
    "lies_at": "ZZ9 9ZZ",
    "seen_at": "https://example.org/pebble?kind=quartz",
    "found_on": "2026-03-27",
    "catalogued": "2026-03-28T14:30:00Z",
    "shown_from": "09:05",
    "colour": "green",
    "weight": 340,
    "price": 1250,
    "kept": True,
    "tools": ["rope", "torch"],
    "signs": {"lit": "yes", "raised": "no"},
}
"""A value for every field but the links, in JSON form."""

OTHER_VALUES: Mapping[str, Any] = {
    "name": "Naïve carving, the fox’s",
    "story": "=SUM(A1) begins like a formula and is not one",
    "writes_from": "",
    "rings_from": "+44 1632 960999",
    "lies_at": "",
    "seen_at": "",
    "found_on": None,
    "catalogued": None,
    "shown_from": "23:59",
    "colour": "",
    "weight": 0,
    "price": -5,
    "kept": False,
    "tools": [],
    "signs": {"bilingual": "no"},
}
"""Other values for the same fields: empty, nought, negative, with marks that trip files up."""


@dataclass(frozen=True)
class EveryFieldKind:
    """The kind, and all it takes to use it."""

    cls: type[Record] = Specimen
    migration: Migration = SPECIMEN_MIGRATION
    registry: Registry = field(default_factory=lambda: Registry([*REGISTRY, Specimen]))
    migrations: tuple[Migration, ...] = (*MIGRATIONS, SPECIMEN_MIGRATION)
    values: Mapping[str, Any] = field(default_factory=lambda: dict(VALUES))
    other_values: Mapping[str, Any] = field(default_factory=lambda: dict(OTHER_VALUES))

    def make_links(self, store: Store) -> dict[str, Any]:
        """Make a venue and two themes in `store`; values for `place` and `subjects`."""
        venue = REGISTRY["venue"](id=store.new_id(), name="Ford Mill")
        themes = [REGISTRY["theme"](id=store.new_id(), name=name) for name in ("Water", "Stone")]
        store.apply([Create(venue), *(Create(theme) for theme in themes)], "Make ready")
        return {"place": venue.id, "subjects": sorted(theme.id for theme in themes)}

    def record(self, record_id: str, **more: Any) -> Record:
        """A record with `values`, overlaid with `more`."""
        return self.cls.model_validate({"id": record_id, **self.values, **more})

    def plant(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Let `Workspace` know this kind, until the test ends."""
        monkeypatch.setattr("engage_desktop.workspace.REGISTRY", self.registry)
        monkeypatch.setattr("engage_desktop.workspace.MIGRATIONS", self.migrations)


class Whisper(Record):
    """A kind that few may read."""

    meta: ClassVar[KindMeta] = KindMeta(
        name="whisper",
        label="Whisper",
        plural="Whispers",
        compartment=w.CONFIDENTIAL,
        columns=("words",),
        sort="-pk",
        icon="label",
    )

    words: Annotated[str, Field(min_length=1), w.text("Words", searchable=True)]


WHISPER_MIGRATION = Migration(
    "9001-whisper",
    statements(
        'CREATE TABLE "whisper"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state INTEGER '
        'NOT NULL, "words" TEXT) STRICT',
        'CREATE INDEX "whisper__state" ON "whisper"(state)',
        'CREATE VIRTUAL TABLE "whisper__fts" USING fts5("words", content=\'whisper\', '
        "content_rowid='pk', tokenize='unicode61 remove_diacritics 2', prefix='3')",
    ),
)


def confidential_kind() -> EveryFieldKind:
    """A kind in the compartment "confidential", ready to use."""
    return EveryFieldKind(
        Whisper, WHISPER_MIGRATION, Registry([*REGISTRY, Whisper]),
        (*MIGRATIONS, WHISPER_MIGRATION), {"words": "Softly"}, {"words": "Louder"},
    )  # fmt: skip


def every_field_kind() -> EveryFieldKind:
    """The kind with every field type, ready to use."""
    return EveryFieldKind()
