"""The first tables of the domain. Frozen: a later change is a later migration."""

from __future__ import annotations

from db.migrations import Migration, statements

FIRST = Migration(
    "0001-first-records",
    statements(
        'CREATE TABLE "stakeholder"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state '
        'INTEGER NOT NULL, "name" TEXT, "nature" TEXT, "stakeholder_type" TEXT, '
        '"matrix_group" TEXT, "organisation" INTEGER, "job_title" TEXT, "email" TEXT, '
        '"phone" TEXT, "address" TEXT, "postcode" TEXT, "locality" TEXT, "do_not_contact" '
        'INTEGER, "bulletin" TEXT, "notes" TEXT) STRICT',
        'CREATE INDEX "stakeholder__state" ON "stakeholder"(state)',
        'CREATE INDEX "stakeholder__name__by" ON "stakeholder"(state, "name" COLLATE NOCASE)',
        'CREATE INDEX "stakeholder__organisation__by" ON "stakeholder"("organisation")',
        'CREATE TABLE "stakeholder__speaks_for"(pk INTEGER NOT NULL, element TEXT NOT NULL,'
        " value INTEGER NOT NULL, PRIMARY KEY(pk, element)) STRICT, WITHOUT ROWID",
        'CREATE INDEX "stakeholder__speaks_for__by" ON "stakeholder__speaks_for"(element, pk)',
        'CREATE TABLE "stakeholder__interests"(pk INTEGER NOT NULL, element TEXT NOT NULL, '
        "value INTEGER NOT NULL, PRIMARY KEY(pk, element)) STRICT, WITHOUT ROWID",
        'CREATE INDEX "stakeholder__interests__by" ON "stakeholder__interests"(element, pk)',
        'CREATE TABLE "stakeholder__needs"(pk INTEGER NOT NULL, element TEXT NOT NULL, '
        "value INTEGER NOT NULL, PRIMARY KEY(pk, element)) STRICT, WITHOUT ROWID",
        'CREATE INDEX "stakeholder__needs__by" ON "stakeholder__needs"(element, pk)',
        'CREATE VIRTUAL TABLE "stakeholder__fts" USING fts5("name", "job_title", "email", '
        '"phone", "locality", "notes", content=\'stakeholder\', content_rowid=\'pk\', '
        "tokenize='unicode61 remove_diacritics 2', prefix='3')",
        'CREATE TABLE "venue"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state INTEGER '
        'NOT NULL, "name" TEXT, "address" TEXT, "postcode" TEXT, "contact_name" TEXT, '
        '"phone" TEXT, "email" TEXT, "capacity" INTEGER, "checked_on" TEXT, "checked_by" '
        'TEXT, "notes" TEXT) STRICT',
        'CREATE INDEX "venue__state" ON "venue"(state)',
        'CREATE INDEX "venue__name__by" ON "venue"(state, "name" COLLATE NOCASE)',
        'CREATE INDEX "venue__checked_on__by" ON "venue"(state, "checked_on")',
        'CREATE TABLE "venue__access"(pk INTEGER NOT NULL, element TEXT NOT NULL, value '
        "TEXT NOT NULL, PRIMARY KEY(pk, element)) STRICT, WITHOUT ROWID",
        'CREATE INDEX "venue__access__by" ON "venue__access"(element, pk)',
        'CREATE VIRTUAL TABLE "venue__fts" USING fts5("name", "address", "postcode", '
        "\"notes\", content='venue', content_rowid='pk', tokenize='unicode61 "
        "remove_diacritics 2', prefix='3')",
        'CREATE TABLE "event"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state INTEGER '
        'NOT NULL, "name" TEXT, "event_type" TEXT, "date" TEXT, "start_time" TEXT, '
        '"end_time" TEXT, "venue" INTEGER, "status" TEXT, "lead" TEXT, "network" TEXT, '
        '"expected" INTEGER, "attendance" INTEGER, "summary" TEXT, "notes" TEXT) STRICT',
        'CREATE INDEX "event__state" ON "event"(state)',
        'CREATE INDEX "event__date__by" ON "event"(state, "date")',
        'CREATE INDEX "event__venue__by" ON "event"("venue")',
        'CREATE TABLE "event__invited"(pk INTEGER NOT NULL, element INTEGER NOT NULL, value'
        " INTEGER NOT NULL, PRIMARY KEY(pk, element)) STRICT, WITHOUT ROWID",
        'CREATE INDEX "event__invited__by" ON "event__invited"(element, pk)',
        'CREATE VIRTUAL TABLE "event__fts" USING fts5("name", "lead", "network", "summary",'
        " \"notes\", content='event', content_rowid='pk', tokenize='unicode61 "
        "remove_diacritics 2', prefix='3')",
        'CREATE TABLE "theme"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state INTEGER '
        'NOT NULL, "name" TEXT, "description" TEXT, "icon" TEXT, "on_stand" INTEGER) STRICT',
        'CREATE INDEX "theme__state" ON "theme"(state)',
        'CREATE INDEX "theme__name__by" ON "theme"(state, "name" COLLATE NOCASE)',
        'CREATE VIRTUAL TABLE "theme__fts" USING fts5("name", "description", '
        "content='theme', content_rowid='pk', tokenize='unicode61 remove_diacritics 2', "
        "prefix='3')",
        'CREATE TABLE "response"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state '
        'INTEGER NOT NULL, "source" TEXT, "service" TEXT, "provider" TEXT, "received_on" '
        'TEXT, "event" INTEGER, "place" TEXT, "fft" TEXT, "consent_quote" TEXT, '
        '"wants_reply" INTEGER, "respondent" INTEGER, "reference" TEXT, "notes" TEXT) '
        "STRICT",
        'CREATE INDEX "response__state" ON "response"(state)',
        'CREATE INDEX "response__received_on__by" ON "response"(state, "received_on")',
        'CREATE INDEX "response__event__by" ON "response"("event")',
        'CREATE INDEX "response__respondent__by" ON "response"("respondent")',
        'CREATE VIRTUAL TABLE "response__fts" USING fts5("service", "provider", "place", '
        "\"reference\", \"notes\", content='response', content_rowid='pk', tokenize='unicode61 "
        "remove_diacritics 2', prefix='3')",
        'CREATE TABLE "comment"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state INTEGER'
        ' NOT NULL, "text" TEXT, "response" INTEGER, "question" TEXT, "answered" INTEGER, '
        '"sentiment" TEXT, "raw_date" TEXT, "reference" TEXT) STRICT',
        'CREATE INDEX "comment__state" ON "comment"(state)',
        'CREATE INDEX "comment__response__by" ON "comment"("response")',
        'CREATE TABLE "comment__themes"(pk INTEGER NOT NULL, element INTEGER NOT NULL, '
        "value INTEGER NOT NULL, PRIMARY KEY(pk, element)) STRICT, WITHOUT ROWID",
        'CREATE INDEX "comment__themes__by" ON "comment__themes"(element, pk)',
        'CREATE VIRTUAL TABLE "comment__fts" USING fts5("text", content=\'comment\', '
        "content_rowid='pk', tokenize='unicode61 remove_diacritics 2', prefix='3')",
        'CREATE TABLE "you_said"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state '
        'INTEGER NOT NULL, "topic" TEXT, "theme" INTEGER, "you_said" TEXT, "we_did" TEXT, '
        '"quarter" TEXT, "status" TEXT, "outcome" TEXT) STRICT',
        'CREATE INDEX "you_said__state" ON "you_said"(state)',
        'CREATE INDEX "you_said__theme__by" ON "you_said"("theme")',
        'CREATE INDEX "you_said__quarter__by" ON "you_said"(state, "quarter" COLLATE NOCASE)',
        'CREATE VIRTUAL TABLE "you_said__fts" USING fts5("topic", "you_said", "we_did", '
        "\"outcome\", content='you_said', content_rowid='pk', tokenize='unicode61 "
        "remove_diacritics 2', prefix='3')",
        'CREATE TABLE "easy_read_line"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state '
        'INTEGER NOT NULL, "heading" TEXT, "sentence" TEXT, "pictogram" TEXT, "position" '
        'INTEGER, "you_said" INTEGER) STRICT',
        'CREATE INDEX "easy_read_line__state" ON "easy_read_line"(state)',
        'CREATE INDEX "easy_read_line__position__by" ON "easy_read_line"(state, "position")',
        'CREATE INDEX "easy_read_line__you_said__by" ON "easy_read_line"("you_said")',
        'CREATE TABLE "counted_return"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state '
        'INTEGER NOT NULL, "subject" TEXT, "count" INTEGER, "source" TEXT, "period_start" '
        'TEXT, "period_end" TEXT, "is_total" INTEGER, "notes" TEXT) STRICT',
        'CREATE INDEX "counted_return__state" ON "counted_return"(state)',
        'CREATE INDEX "counted_return__count__by" ON "counted_return"(state, "count")',
        'CREATE INDEX "counted_return__period_start__by" ON "counted_return"(state, '
        '"period_start")',
        'CREATE INDEX "counted_return__period_end__by" ON "counted_return"(state, "period_end")',
        'CREATE VIRTUAL TABLE "counted_return__fts" USING fts5("subject", "source", '
        "\"notes\", content='counted_return', content_rowid='pk', tokenize='unicode61 "
        "remove_diacritics 2', prefix='3')",
        'CREATE TABLE "attachment"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state '
        'INTEGER NOT NULL, "filename" TEXT, "description" TEXT, "owner" INTEGER, '
        '"media_type" TEXT, "size" INTEGER, "digest" TEXT) STRICT',
        'CREATE INDEX "attachment__state" ON "attachment"(state)',
        'CREATE INDEX "attachment__filename__by" ON "attachment"(state, "filename" COLLATE NOCASE)',
        'CREATE INDEX "attachment__owner__by" ON "attachment"("owner")',
        'CREATE VIRTUAL TABLE "attachment__fts" USING fts5("filename", "description", '
        "content='attachment', content_rowid='pk', tokenize='unicode61 remove_diacritics "
        "2', prefix='3')",
        'CREATE TABLE "import_receipt"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state '
        'INTEGER NOT NULL, "file_name" TEXT, "imported" TEXT, "file_digest" TEXT, "created"'
        ' INTEGER, "updated" INTEGER, "unchanged" INTEGER, "refused" INTEGER, "detail" '
        'TEXT, "mapping" TEXT) STRICT',
        'CREATE INDEX "import_receipt__state" ON "import_receipt"(state)',
        'CREATE VIRTUAL TABLE "import_receipt__fts" USING fts5("file_name", '
        "content='import_receipt', content_rowid='pk', tokenize='unicode61 "
        "remove_diacritics 2', prefix='3')",
    ),
)
