"""What the program writes down about itself: erasures, and readings of what is confidential."""

from __future__ import annotations

from db.migrations import Migration, statements

ACCOUNTS = Migration(
    "0002-accounts",
    statements(
        'CREATE TABLE "erasure"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state INTEGER '
        'NOT NULL, "what" TEXT, "record" TEXT, "scope" TEXT, "fields" TEXT, "parts" INTEGER, '
        '"reason" TEXT, "refused" TEXT, "erased_at" TEXT, "officer" TEXT) STRICT',
        'CREATE INDEX "erasure__state" ON "erasure"(state)',
        'CREATE TABLE "reading"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state INTEGER '
        'NOT NULL, "what" TEXT, "record" TEXT, "way" TEXT, "read_at" TEXT, "officer" TEXT) '
        "STRICT",
        'CREATE INDEX "reading__state" ON "reading"(state)',
    ),
)
