"""Stakeholders in full: how to reach them, what they need, where they stand, who sits where."""

from __future__ import annotations

from db.migrations import Migration, statements

STAKEHOLDERS = Migration(
    "0003-stakeholders",
    statements(
        'ALTER TABLE "stakeholder" ADD COLUMN "owner" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "mobile" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "other_phone" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "other_email" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "website" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "reveals" INTEGER',
        'ALTER TABLE "stakeholder" ADD COLUMN "involvement" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "letters_in" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "needs_note" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "needs_asked" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "needs_shared" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "needs_met" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "needs_review" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "last_contact" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "next_contact" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "contact_every" INTEGER',
        'ALTER TABLE "stakeholder" ADD COLUMN "channel" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "review_on" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "power" INTEGER',
        'ALTER TABLE "stakeholder" ADD COLUMN "interest" INTEGER',
        'ALTER TABLE "stakeholder" ADD COLUMN "impact" INTEGER',
        'ALTER TABLE "stakeholder" ADD COLUMN "attitude" INTEGER',
        'ALTER TABLE "stakeholder" ADD COLUMN "attitude_wanted" INTEGER',
        'ALTER TABLE "stakeholder" ADD COLUMN "level" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "level_wanted" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "they_want" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "we_need" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "age_band" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "guardian" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "competence_by" TEXT',
        'ALTER TABLE "stakeholder" ADD COLUMN "competence_on" TEXT',
        'CREATE INDEX "stakeholder__needs_asked__by" ON "stakeholder"(state, "needs_asked")',
        'CREATE INDEX "stakeholder__needs_shared__by" ON "stakeholder"(state, "needs_shared")',
        'CREATE INDEX "stakeholder__needs_review__by" ON "stakeholder"(state, "needs_review")',
        'CREATE INDEX "stakeholder__last_contact__by" ON "stakeholder"(state, "last_contact")',
        'CREATE INDEX "stakeholder__next_contact__by" ON "stakeholder"(state, "next_contact")',
        'CREATE INDEX "stakeholder__review_on__by" ON "stakeholder"(state, "review_on")',
        'CREATE INDEX "stakeholder__competence_on__by" ON "stakeholder"(state, "competence_on")',
        'CREATE INDEX "stakeholder__email__plain" ON "stakeholder"(lower("email"))',
        'CREATE INDEX "stakeholder__phone__plain" ON "stakeholder"(substr(replace('
        "replace(replace(replace(replace(\"phone\", ' ', ''), '-', ''), '(', ''), ')', ''), "
        "'.', ''), -9))",
        'CREATE INDEX "stakeholder__postcode__plain" ON "stakeholder"'
        "(replace(upper(\"postcode\"), ' ', ''))",
        'CREATE INDEX "stakeholder__mobile__plain" ON "stakeholder"(substr(replace('
        "replace(replace(replace(replace(\"mobile\", ' ', ''), '-', ''), '(', ''), ')', ''), "
        "'.', ''), -9))",
        'CREATE INDEX "stakeholder__other_phone__plain" ON "stakeholder"(substr(replace('
        "replace(replace(replace(replace(\"other_phone\", ' ', ''), '-', ''), '(', ''), ')', ''), "
        "'.', ''), -9))",
        'CREATE INDEX "stakeholder__other_email__plain" ON "stakeholder"(lower("other_email"))',
        'CREATE TABLE "stakeholder__places"(pk INTEGER NOT NULL, element INTEGER NOT NULL, '
        "value INTEGER NOT NULL, PRIMARY KEY(pk, element)) STRICT, WITHOUT ROWID",
        'CREATE INDEX "stakeholder__places__by" ON "stakeholder__places"(element, pk)',
        'CREATE TABLE "stakeholder__communities"(pk INTEGER NOT NULL, element TEXT NOT NULL, '
        "value INTEGER NOT NULL, PRIMARY KEY(pk, element)) STRICT, WITHOUT ROWID",
        'CREATE INDEX "stakeholder__communities__by" ON "stakeholder__communities"(element, pk)',
        'CREATE TABLE "stakeholder__languages"(pk INTEGER NOT NULL, element TEXT NOT NULL, '
        "value INTEGER NOT NULL, PRIMARY KEY(pk, element)) STRICT, WITHOUT ROWID",
        'CREATE INDEX "stakeholder__languages__by" ON "stakeholder__languages"(element, pk)',
        'CREATE TABLE "stakeholder__contact_methods"(pk INTEGER NOT NULL, element TEXT NOT '
        "NULL, value INTEGER NOT NULL, PRIMARY KEY(pk, element)) STRICT, WITHOUT ROWID",
        'CREATE INDEX "stakeholder__contact_methods__by" ON '
        '"stakeholder__contact_methods"(element, pk)',
        'CREATE TABLE "stakeholder__formats"(pk INTEGER NOT NULL, element TEXT NOT NULL, '
        "value INTEGER NOT NULL, PRIMARY KEY(pk, element)) STRICT, WITHOUT ROWID",
        'CREATE INDEX "stakeholder__formats__by" ON "stakeholder__formats"(element, pk)',
        'CREATE TABLE "stakeholder__professionals"(pk INTEGER NOT NULL, element TEXT NOT '
        "NULL, value INTEGER NOT NULL, PRIMARY KEY(pk, element)) STRICT, WITHOUT ROWID",
        'CREATE INDEX "stakeholder__professionals__by" ON '
        '"stakeholder__professionals"(element, pk)',
        'CREATE TABLE "stakeholder__support"(pk INTEGER NOT NULL, element TEXT NOT NULL, '
        "value INTEGER NOT NULL, PRIMARY KEY(pk, element)) STRICT, WITHOUT ROWID",
        'CREATE INDEX "stakeholder__support__by" ON "stakeholder__support"(element, pk)',
        'CREATE TABLE "stakeholder__needs_tell"(pk INTEGER NOT NULL, element TEXT NOT NULL, '
        "value INTEGER NOT NULL, PRIMARY KEY(pk, element)) STRICT, WITHOUT ROWID",
        'CREATE INDEX "stakeholder__needs_tell__by" ON "stakeholder__needs_tell"(element, pk)',
        'CREATE TABLE "place"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state INTEGER '
        'NOT NULL, "name" TEXT, "level" TEXT, "within" INTEGER, "code" TEXT, "postcodes" '
        'TEXT, "list_size" INTEGER, "as_of" TEXT, "boundary" TEXT, "notes" TEXT) STRICT',
        'CREATE INDEX "place__state" ON "place"(state)',
        'CREATE INDEX "place__name__by" ON "place"(state, "name" COLLATE NOCASE)',
        'CREATE INDEX "place__within__by" ON "place"("within")',
        'CREATE INDEX "place__as_of__by" ON "place"(state, "as_of")',
        'CREATE VIRTUAL TABLE "place__fts" USING fts5("name", "code", "notes", '
        "content='place', content_rowid='pk', tokenize='unicode61 remove_diacritics 2', "
        "prefix='3')",
        'CREATE TABLE "permission"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state '
        'INTEGER NOT NULL, "stakeholder" INTEGER, "purpose" TEXT, "answer" TEXT, "basis" '
        'TEXT, "given_on" TEXT, "source" TEXT, "until" TEXT, "withdrawn_on" TEXT, '
        '"withdrawn_how" TEXT, "notes" TEXT) STRICT',
        'CREATE INDEX "permission__state" ON "permission"(state)',
        'CREATE INDEX "permission__stakeholder__by" ON "permission"("stakeholder")',
        'CREATE INDEX "permission__given_on__by" ON "permission"(state, "given_on")',
        'CREATE INDEX "permission__until__by" ON "permission"(state, "until")',
        'CREATE INDEX "permission__withdrawn_on__by" ON "permission"(state, "withdrawn_on")',
        'CREATE TABLE "interaction"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state '
        'INTEGER NOT NULL, "stakeholder" INTEGER, "day" TEXT, "way" TEXT, "begun_by" TEXT, '
        '"subject" TEXT, "said" TEXT, "officer" TEXT, "event" INTEGER, "promise" TEXT, '
        '"promised_by" TEXT, "due" TEXT, "kept_on" TEXT) STRICT',
        'CREATE INDEX "interaction__state" ON "interaction"(state)',
        'CREATE INDEX "interaction__stakeholder__by" ON "interaction"("stakeholder")',
        'CREATE INDEX "interaction__day__by" ON "interaction"(state, "day")',
        'CREATE INDEX "interaction__event__by" ON "interaction"("event")',
        'CREATE INDEX "interaction__due__by" ON "interaction"(state, "due")',
        'CREATE INDEX "interaction__kept_on__by" ON "interaction"(state, "kept_on")',
        'CREATE TABLE "interaction__others"(pk INTEGER NOT NULL, element INTEGER NOT NULL, '
        "value INTEGER NOT NULL, PRIMARY KEY(pk, element)) STRICT, WITHOUT ROWID",
        'CREATE INDEX "interaction__others__by" ON "interaction__others"(element, pk)',
        'CREATE VIRTUAL TABLE "interaction__fts" USING fts5("subject", "said", "promise", '
        "content='interaction', content_rowid='pk', tokenize='unicode61 remove_diacritics "
        "2', prefix='3')",
        'CREATE TABLE "membership"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state '
        'INTEGER NOT NULL, "member" INTEGER, "group" INTEGER, "role" TEXT, "came_by" TEXT, '
        '"elected_on" TEXT, "started" TEXT, "term_ends" TEXT, "ended" TEXT, "role_profile" '
        'TEXT, "named_support" TEXT, "induction_on" TEXT, "notes" TEXT) STRICT',
        'CREATE INDEX "membership__state" ON "membership"(state)',
        'CREATE INDEX "membership__member__by" ON "membership"("member")',
        'CREATE INDEX "membership__group__by" ON "membership"("group")',
        'CREATE INDEX "membership__elected_on__by" ON "membership"(state, "elected_on")',
        'CREATE INDEX "membership__started__by" ON "membership"(state, "started")',
        'CREATE INDEX "membership__term_ends__by" ON "membership"(state, "term_ends")',
        'CREATE INDEX "membership__ended__by" ON "membership"(state, "ended")',
        'CREATE INDEX "membership__induction_on__by" ON "membership"(state, "induction_on")',
        'CREATE TABLE "relationship"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state '
        'INTEGER NOT NULL, "one" INTEGER, "tie" TEXT, "other" INTEGER, "started" TEXT, '
        '"ended" TEXT, "notes" TEXT) STRICT',
        'CREATE INDEX "relationship__state" ON "relationship"(state)',
        'CREATE INDEX "relationship__one__by" ON "relationship"("one")',
        'CREATE INDEX "relationship__other__by" ON "relationship"("other")',
        'CREATE INDEX "relationship__started__by" ON "relationship"(state, "started")',
        'CREATE INDEX "relationship__ended__by" ON "relationship"(state, "ended")',
        'CREATE TABLE "training"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state INTEGER '
        'NOT NULL, "person" INTEGER, "course" TEXT, "done_on" TEXT, "valid_until" TEXT, '
        '"given_by" TEXT, "notes" TEXT) STRICT',
        'CREATE INDEX "training__state" ON "training"(state)',
        'CREATE INDEX "training__person__by" ON "training"("person")',
        'CREATE INDEX "training__done_on__by" ON "training"(state, "done_on")',
        'CREATE INDEX "training__valid_until__by" ON "training"(state, "valid_until")',
        'CREATE VIRTUAL TABLE "training__fts" USING fts5("course", content=\'training\', '
        "content_rowid='pk', tokenize='unicode61 remove_diacritics 2', prefix='3')",
        'CREATE TABLE "assessment"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state '
        'INTEGER NOT NULL, "stakeholder" INTEGER, "name" TEXT, "scored_on" TEXT, "power" '
        'INTEGER, "interest" INTEGER, "impact" INTEGER, "attitude" INTEGER, "level" TEXT) '
        "STRICT",
        'CREATE INDEX "assessment__state" ON "assessment"(state)',
        'CREATE INDEX "assessment__stakeholder__by" ON "assessment"("stakeholder")',
        'CREATE INDEX "assessment__scored_on__by" ON "assessment"(state, "scored_on")',
        'CREATE TABLE "confidential_note"(pk INTEGER PRIMARY KEY REFERENCES record(pk), '
        'state INTEGER NOT NULL, "stakeholder" INTEGER, "written_on" TEXT, "about" TEXT, '
        '"text" TEXT, "officer" TEXT) STRICT',
        'CREATE INDEX "confidential_note__state" ON "confidential_note"(state)',
        'CREATE INDEX "confidential_note__stakeholder__by" ON "confidential_note"("stakeholder")',
        'CREATE INDEX "confidential_note__written_on__by" ON "confidential_note"(state, '
        '"written_on")',
        'CREATE TABLE "merging"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state INTEGER '
        'NOT NULL, "kept" INTEGER, "away" INTEGER, "merged_on" TEXT, "officer" TEXT, "moved" '
        'TEXT, "undone_on" TEXT) STRICT',
        'CREATE INDEX "merging__state" ON "merging"(state)',
        'CREATE INDEX "merging__kept__by" ON "merging"("kept")',
        'CREATE INDEX "merging__away__by" ON "merging"("away")',
        'CREATE INDEX "merging__merged_on__by" ON "merging"(state, "merged_on")',
        'CREATE INDEX "merging__undone_on__by" ON "merging"(state, "undone_on")',
        'CREATE TABLE "distinct"(pk INTEGER PRIMARY KEY REFERENCES record(pk), state INTEGER '
        'NOT NULL, "one" INTEGER, "other" INTEGER, "officer" TEXT) STRICT',
        'CREATE INDEX "distinct__state" ON "distinct"(state)',
        'CREATE INDEX "distinct__one__by" ON "distinct"("one")',
        'CREATE INDEX "distinct__other__by" ON "distinct"("other")',
    ),
)
