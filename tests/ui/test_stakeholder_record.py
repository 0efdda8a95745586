"""An open stakeholder: tabs that fit, parts by either link, six steps, may we, e-mails."""

import datetime as dt

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QLabel, QPushButton

from db.changes import Edit
from db.query import ListQuery
from tests.ui.conftest import shown_window
from tests.ui.test_window import Recorded, settle
from ui.tasks import InlineTasks
from ui.widgets.base import unnamed
from ui.widgets.pills import Pill

TODAY = dt.date(2026, 5, 26)
DAY = dt.timedelta(days=1)


@pytest.fixture
def window(bench, qtbot):
    tasks = InlineTasks(bench.store)
    with shown_window(bench, tasks, Recorded, qtbot, today=lambda: TODAY) as made:
        yield made


@pytest.fixture
def opened(window, qtbot):
    """Open a record and give its tabs."""

    def show(record_id, kind="stakeholder"):
        window.open_record(kind, record_id)
        record = window.page.list_page.record
        qtbot.waitUntil(lambda: record.current is not None and record.current.form.built)
        settle(qtbot, window)
        return record.current

    return show


def shown_tabs(kind):
    return [kind.bar.tabText(t) for t in range(kind.bar.count()) if kind.bar.isTabVisible(t)]


def words(root):
    return [label.text() for label in root.findChildren(QLabel) if label.text()]


def pills(root):
    return [pill.text for pill in root.findChildren(Pill)]


def button(root, begins):
    return next(
        b for b in root.findChildren(QPushButton)
        if b.accessibleName().startswith(begins) and not b.isHidden()
    )  # fmt: skip


def records(bench, kind):
    reader = bench.store.reader()
    try:
        return [reader.get(kind, row.id) for row in reader.page(ListQuery(kind)).rows]
    finally:
        reader.close()


def test_tabs_that_hold_nothing_fold_under_more(window, opened, add, qtbot):
    person = add("stakeholder", name="Ada Fell")
    add("training", person=person, course="Chairing")
    kind = opened(person)
    assert shown_tabs(kind) == [
        "Details", "Contacts", "Permissions", "Training 1", "Who changed what",
    ]  # fmt: skip
    menu = kind.tabs.menu()
    folded = [action.text() for action in menu.actions()]
    assert folded == [
        "Memberships (none yet)", "Relationships (none yet)", "Earlier scores (none yet)",
        "Confidential notes (none yet)", "Files (none yet)",
    ]  # fmt: skip
    menu.actions()[0].trigger()
    assert kind.bar.tabText(kind.bar.currentIndex()) == "Memberships"
    assert kind.part_in_view == "membership"
    assert "Memberships" in shown_tabs(kind)
    menu.close()
    opened(add("stakeholder", name="Bo Fell"))
    assert "Memberships" not in shown_tabs(kind)
    assert kind.bar.currentIndex() == 0
    assert unnamed(window) == []


@pytest.mark.parametrize("percent", [100, 200])
def test_no_tab_is_cut_off(window, opened, add, percent):
    person = add("stakeholder", name="Ada Fell")
    for name in ("contact", "quotes"):
        add("permission", stakeholder=person, purpose=name)
    group = add("stakeholder", name="Carers", nature="group")
    add("membership", member=person, group=group)
    add("relationship", one=person, other=group)
    add("assessment", stakeholder=person, name="Start")
    window.set_look(percent=percent)
    kind = opened(person)
    bar = kind.bar
    last = max(bar.tabRect(t).right() for t in range(bar.count()) if bar.isTabVisible(t))
    assert last <= bar.width()
    assert kind.tabs.more.geometry().right() <= kind.tabs.width()
    assert set(shown_tabs(kind)) | {bar.tabText(t) for t in kind.tabs.folded} >= {
        "Details", "Permissions 2", "Memberships 1", "Relationships 1", "Earlier scores 1",
    }  # fmt: skip


def test_what_only_the_program_writes_is_shown_where_there_is_some(opened, add):
    person, other = add("stakeholder", name="Ada Fell"), add("stakeholder", name="A. Fell")
    kind = opened(person)
    offered = [kind.bar.tabText(t) for t in kind.tabs.folded] + shown_tabs(kind)
    assert not [name for name in offered if name.startswith(("Merges", "Not duplicates"))]
    add("distinct", one=person, other=other)
    kind = opened(other)
    kind = opened(person)
    assert "Not duplicates 1" in shown_tabs(kind)
    assert kind.children_panels["distinct"].verbs.isHidden()


def test_a_group_shows_its_members_and_adds_them_by_the_right_link(window, bench, opened, add):
    ada, group = add("stakeholder", name="Ada Fell"), add("stakeholder", name="PPG", nature="group")
    seat = add("membership", member=ada, group=group, role="chair", term_ends=TODAY + 30 * DAY)
    left = add("membership", member=ada, group=group, ended=TODAY - DAY)
    kind = opened(group)
    assert "Members 2" in shown_tabs(kind)
    panel = kind.children_panels["membership"]
    assert [part.id for part in panel._records] == [seat, left], "who left comes last"
    assert "Term ends on 25 Jun 2026" in pills(panel)
    assert any("Role: Chair" in text for text in words(panel))
    button(panel, "Add member").click()  # “Add membership” is another
    assert panel.adds["group"].accessibleName() == "Add member"
    panel.begin("group")
    assert panel.form.fields["group"].isHidden()
    assert not panel.form.fields["member"].isHidden()
    panel.form.fields["role"].editor.changed.emit()
    assert panel.save()
    made = [m for m in records(bench, "membership") if m.id not in (seat, left)]
    assert [(m.group, m.member) for m in made] == [(group, None)]
    window.open_record("stakeholder", group)
    assert "Seat vacant" in pills(panel)
    link = next(b for b in panel.findChildren(QPushButton) if b.text() == "Ada Fell")
    link.click()
    assert window.page.list_page.record.place == ("stakeholder", ada)
    own = window.page.list_page.record.current
    assert "Memberships 2" in shown_tabs(own)


def test_what_is_begun_for_one_group_is_no_draft_of_another(opened, add):
    one, two = (add("stakeholder", name=name, nature="group") for name in ("One", "Two"))
    panel = opened(one).children_panels["membership"]
    panel.begin("group")
    panel.form.fields["role_profile"].editor.show_value("Chairs it")
    panel.form.fields["role_profile"].editor.changed.emit()
    panel.form._keep_draft()
    drafts = panel.form._context.workspace.drafts
    assert drafts.get(f"membership:new:group:{one}") is not None
    panel = opened(two).children_panels["membership"]
    panel.begin("group")
    assert not panel.dirty
    assert panel.form.fields["group"].editor.raw() != one


def test_a_relationship_is_seen_from_both_ends(opened, add):
    one, other = add("stakeholder", name="Ada Fell"), add("stakeholder", name="Carers’ Voice")
    add("relationship", one=one, other=other, tie="represents")
    for whole, name, tab in ((one, "Carers’ Voice", "Relationships 1"),
                             (other, "Ada Fell", "Relationships to this 1")):  # fmt: skip
        kind = opened(whole)
        assert tab in shown_tabs(kind)
        panel = kind.children_panels["relationship"]
        assert name in [b.text() for b in panel.findChildren(QPushButton)]
        assert any("Represents" in text for text in words(panel))


def test_a_seat_found_by_itself_opens_inside_its_member(window, opened, add):
    ada, group = add("stakeholder", name="Ada Fell"), add("stakeholder", name="PPG", nature="group")
    seat = add("membership", member=ada, group=group)
    vacant = add("membership", group=group)
    kind = opened(seat, "membership")
    assert window.page.list_page.record.place == ("stakeholder", ada)
    assert kind.part_in_view == "membership"
    opened(vacant, "membership")
    assert window.page.list_page.record.place == ("stakeholder", group)


def test_a_contact_begins_with_today_and_who_types(bench, opened, add):
    person = add("stakeholder", name="Ada Fell")
    panel = opened(person).children_panels["interaction"]
    panel.begin()
    panel.form.fields["subject"].editor.show_value("Buses")
    panel.form.fields["subject"].editor.changed.emit()
    assert panel.save()
    (made,) = records(bench, "interaction")
    assert (made.day, made.officer, made.stakeholder) == (TODAY, "Sam Field", person)


def test_a_promise_that_is_overdue_is_seen_at_the_head(window, opened, add):
    person = add("stakeholder", name="Ada Fell", last_contact=TODAY - 90 * DAY)
    add("interaction", stakeholder=person, day=TODAY - 9 * DAY, promise="Send the map",
        due=TODAY - DAY)  # fmt: skip
    kind = opened(person)
    head = window.page.list_page.record
    assert "1 promise overdue" in pills(head.head.flags)
    assert "Promise overdue since 25 May 2026" in pills(kind.children_panels["interaction"])
    assert any(text == "17 May 2026" for text in words(kind)), "the later of field and log"


def test_the_six_steps_say_what_comes_next(window, bench, opened, add, qtbot):
    person = add("stakeholder", name="Ada Fell", formats=("easy_read",), needs=("easy_read",),
                 needs_asked=TODAY - 400 * DAY, needs_review=TODAY - DAY)  # fmt: skip
    kind = opened(person)
    steps = kind.own.steps
    assert steps.isVisible()
    assert steps.needs.text() == "Easy read"
    told = [tile.accessibleName() for tile in steps.grid._tiles]
    assert told[0] == "Identify: done. Asked 21 Apr 2025"
    assert told[5].startswith("Review: overdue.")
    head = window.page.list_page.record
    assert {"Has access needs", "Ask again about needs"} <= set(pills(head.head.flags))
    steps.next.click()
    assert kind.form.fields["needs_review"].isVisible()
    assert window.focusWidget() in kind.form.fields["needs_review"].editor.fields()
    window.hide_names()
    assert steps.needs.text() == "Hidden. F9 shows it again."
    window.hide_names()


def test_an_organisation_that_nobody_asked_has_no_steps(opened, add):
    assert opened(add("stakeholder", name="Mill", nature="organisation")).own.steps.isHidden()
    asked = add("stakeholder", name="Deaf club", nature="group", needs=("bsl",))
    assert not opened(asked).own.steps.isHidden()


def test_a_yes_is_withdrawn_in_one_action(window, bench, opened, add, qtbot):
    person = add("stakeholder", name="Ada Fell", bulletin="yes")
    line = add("permission", stakeholder=person, purpose="quotes", answer="yes", basis="consent",
               given_on=TODAY - 9 * DAY, source="Sign-up sheet")  # fmt: skip
    card = opened(person).own.may
    assert pills(card) == ["Not asked", "Not asked", "Yes", "Not asked", "Yes"]
    assert any("since 17 May 2026" in text and "Sign-up sheet" in text for text in words(card))
    button(card, "Withdraw: Quoting their words").click()
    dialog = card.dialog
    dialog.day.edit.setText("1/1/2020")
    dialog.take()
    assert "before the day of the answer" in dialog.problem.accessibleName()
    dialog.day.edit.setText("26/5/2026")
    dialog.how.edit.setText("Rang us")
    dialog.take()
    settle(qtbot, window)
    kept = bench.store.get("permission", line)
    assert (kept.withdrawn_on, kept.withdrawn_how) == (TODAY, "Rang us")
    assert pills(card)[2] == "Withdrawn"
    button(card, "Withdraw: The bulletin").click()
    card.dialog.take()
    settle(qtbot, window)
    assert bench.store.get("stakeholder", person).bulletin == "no"
    assert pills(card)[4] == "No"
    window.undo.undo()
    settle(qtbot, window)
    assert bench.store.get("stakeholder", person).bulletin == "yes"
    assert [p.purpose for p in records(bench, "permission")] == ["quotes"]


def test_do_not_contact_stands_above_all_and_a_child_needs_somebody(window, opened, add):
    person = add("stakeholder", name="Ada Fell", do_not_contact=True, bulletin="yes",
                 age_band="teens")  # fmt: skip
    card = opened(person).own.may
    assert pills(card)[0] == pills(card)[4] == "Do not contact"
    assert card.barred.isVisibleTo(card)
    assert card.child.isVisibleTo(card)
    head = window.page.list_page.record
    assert head._warning.isVisible()
    assert "Do not contact" in head._warning.accessibleName()
    assert "Who agrees for them?" in pills(head.head.flags)
    card = opened(add("stakeholder", name="Bo", age_band="teens", guardian="His aunt")).own.may
    assert not card.barred.isVisibleTo(card)
    assert not card.child.isVisibleTo(card)


def test_confidential_notes_are_read_when_their_tab_is_opened(window, bench, opened, add, qtbot):
    person = add("stakeholder", name="Ada Fell")
    add("confidential_note", stakeholder=person, text="Quockerwodger", about="A call")
    kind = opened(person)
    assert "Confidential notes 1" in shown_tabs(kind)
    assert records(bench, "reading") == []
    assert not [text for text in words(window) if "Quockerwodger" in text]
    kind.bar.setCurrentIndex(kind.tab_of("confidential_note"))
    settle(qtbot, window)
    assert [text for text in words(window) if "Quockerwodger" in text]
    assert [reading.way for reading in records(bench, "reading")] == ["opened"]
    opened(add("stakeholder", name="Bo Fell"))
    assert kind.bar.currentIndex() == 0
    opened(person)
    assert not [text for text in words(window) if "Quockerwodger" in text]


def test_names_in_parts_are_hidden_too(window, opened, add):
    ada, group = add("stakeholder", name="Ada Fell"), add("stakeholder", name="Deaf Club")
    add("membership", member=ada, group=group, notes="Signs")
    add("interaction", stakeholder=ada, subject="Buses", said="She cannot hear the driver")
    kind = opened(ada)
    window.hide_names()
    seen = words(kind) + [b.text() for b in kind.findChildren(QPushButton)]
    assert "D. C." in seen
    assert not [text for text in seen if "Deaf" in text or "driver" in text or "Signs" in text]
    window.hide_names()
    assert "Deaf Club" in [b.text() for b in kind.findChildren(QPushButton)]


MAIL = (
    b"From: Ada Fell <ada@example.org>\r\nTo: engage@example.org\r\n"
    b"Subject: The last bus\r\nDate: Sun, 24 May 2026 23:30:00 +0100\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\n\r\nIt leaves at half past five.\r\n"
)


def drop(view, *paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(9, 9), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )  # fmt: skip
    event.ignore()
    view.dropEvent(event)
    return event.isAccepted()


def test_an_e_mail_dropped_on_the_record_becomes_a_contact(
    window, bench, opened, add, qtbot, tmp_path
):
    person = add("stakeholder", name="Ada Fell", email="ada@example.org")
    kind = opened(person)
    view = window.page.list_page.record
    mail, picture, broken = (tmp_path / name for name in ("bus.eml", "bus.png", "broken.eml"))
    mail.write_bytes(MAIL)
    picture.write_bytes(b"png")
    broken.write_bytes(b"\x00\x01\x02 nothing of a mail")
    assert not drop(view, picture)
    assert not drop(view, mail, picture)
    assert drop(view, mail)
    settle(qtbot, window)
    (made,) = records(bench, "interaction")
    assert (made.subject, made.day, made.way, made.begun_by, made.officer) == (
        "The last bus", dt.date(2026, 5, 24), "email", "them", "Sam Field",
    )  # fmt: skip
    assert made.said == "It leaves at half past five."
    assert "Contacts 1" in shown_tabs(kind)
    assert drop(view, broken)
    settle(qtbot, window)
    assert "holds no e-mail" in window.toast.accessibleName()
    assert len(records(bench, "interaction")) == 1


def test_many_e_mails_at_once_are_all_taken_or_named(window, bench, opened, add, qtbot, tmp_path):
    person = add("stakeholder", name="Ada Fell", email="ada@example.org")
    kind = opened(person)
    view = window.page.list_page.record
    paths = [tmp_path / f"{number}.eml" for number in range(203)]
    for path in paths:
        path.write_bytes(MAIL)
    paths[7].write_bytes(b"\x00")
    assert drop(view, *paths)
    settle(qtbot, window)
    assert "Contacts 202" in shown_tabs(kind)
    said = "202 of 203 e-mails were added to the contacts."
    assert window.toast.accessibleName() == said
    told = kind.own.mail.told
    assert not told.isHidden()
    assert said in words(told)
    assert any("“7.eml” holds no e-mail" in each for each in words(told))
    assert not window.progress.isVisible()
    assert drop(view, paths[0], paths[1])
    settle(qtbot, window)
    assert window.toast.accessibleName() == "2 e-mails were added to the contacts."
    assert told.isHidden()
    assert drop(view, paths[0], paths[7])
    settle(qtbot, window)
    assert not told.isHidden()
    opened(add("stakeholder", name="Bo"))
    assert told.isHidden()


@pytest.mark.parametrize(
    ("errand", "tab", "title"),
    [
        ("promises", "Contacts log", "Send the map"), ("next_contact", "Register", "Bo"),
        ("ask_again", "Register", "Ada"), ("terms", "Who sits where", "Chair"),
        ("vacant", "Who sits where", "Secretary"),
    ],
)  # fmt: skip
def test_today_counts_and_leads_to_exactly_those(window, bench, add, qtbot, errand, tab, title):
    ada = add("stakeholder", name="Ada", needs_review=TODAY - DAY)
    add("stakeholder", name="Bo", next_contact=TODAY, needs_review=TODAY)
    add("stakeholder", name="Cy", next_contact=TODAY - DAY, do_not_contact=True)
    group = add("stakeholder", name="PPG", nature="group")
    add("interaction", stakeholder=ada, promise="Send the map", due=TODAY - DAY)
    add("interaction", stakeholder=ada, promise="Call", due=TODAY - DAY, kept_on=TODAY)
    add("interaction", stakeholder=ada, promise="Write", due=TODAY)
    add("membership", member=ada, group=group, role="chair", term_ends=TODAY + 60 * DAY)
    add("membership", member=ada, group=group, role="observer", term_ends=TODAY + 61 * DAY)
    add("membership", member=ada, group=group, term_ends=TODAY, ended=TODAY)
    add("membership", group=group, role="secretary")
    add("membership", group=group, role="member", ended=TODAY)
    window.go("today")
    settle(qtbot, window)
    needs = {need.concern: need.count for need in window.page.day.needs}
    assert needs == {"promise_overdue": 1, "contact_due": 1, "ask_again": 1, "term_ending": 1,
                     "seat_vacant": 1}  # fmt: skip
    window.go(errand)
    settle(qtbot, window)
    bar = window.page.bar
    assert bar.tabText(bar.currentIndex()) == tab
    model = window.page.list_page.pane.model
    qtbot.waitUntil(lambda: model.count_known and model.count == 1)
    row = model.row(0)
    assert title in " ".join([row.title, *map(str, row.values)]).replace("chair", "Chair").replace(
        "secretary", "Secretary"
    )


def test_a_list_shows_and_says_who_has_needs(window, bench, add, qtbot):
    add("stakeholder", name="Ada", needs=("bsl",), needs_review=TODAY - DAY, do_not_contact=True)
    plain = add("stakeholder", name="Bo")
    window.go("stakeholder")
    model = window.page.list_page.pane.model
    qtbot.waitUntil(lambda: model.rowCount() == 2)
    settle(qtbot, window)
    heard = [
        model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(2)
    ]  # fmt: skip
    assert heard[0].startswith("Ada, Do not contact, Has access needs, Ask again about needs")
    assert "needs" not in heard[1]
    view = window.page.list_page.pane.view
    before = view.viewport().grab().toImage()
    bench.store.apply([Edit("stakeholder", plain, {"formats": ["easy_read"]})], "Change")
    qtbot.waitUntil(lambda: [m.words for m in model.marks(model.row(1))] == ["Has access needs"])
    assert view.viewport().grab().toImage() != before


def test_the_window_asks_for_sensitive_seats_with_words_of_their_own(window, add, qtbot):
    add("membership", role="chair")
    window.go("terms")
    settle(qtbot, window)
    page = window.page.list_page
    menu = page.selected.list_menu()
    said = [action.text() for action in menu.actions()]
    assert "Export with what is marked sensitive…" in said
    assert "Print with what is marked sensitive…" in said
    asked = page.pane.query
    page.export_all()
    (call,) = [each for each in window.flows.asked if each[0] == "export_list"]
    assert call[1].where[:-1] == asked.where
    assert call[1].where[-1].path == "group.reveals"
    menu.close()


def test_a_tab_called_from_more_has_its_width(window, opened, add):
    kind = opened(add("stakeholder", name="Ada Fell"))
    window.set_look(percent=200)
    folded = kind.tabs.folded
    assert len(folded) > 4
    for tab in folded:
        kind.bar.setCurrentIndex(tab)
        shown = [each for each in range(kind.bar.count()) if kind.bar.isTabVisible(each)]
        assert tab in shown
        assert all(kind.bar.tabRect(each).width() > 20 for each in shown)
        assert kind.bar.sizeHint().width() <= kind.bar.width()


def test_labels_are_offered_for_who_is_written_to_and_for_nothing_else(window, add, qtbot):
    add("stakeholder", name="Ada Quickthorn")
    window.go("stakeholder")
    settle(qtbot, window)
    page = window.page.list_page
    labels = [a for a in page.selected.list_menu().actions() if "labels" in a.text()]
    assert [action.text() for action in labels] == ["Print address labels…"]
    labels[0].trigger()
    assert [call for call in window.flows.asked if call[0] == "print_labels"] == [
        ("print_labels", page.pane.query)
    ]
    window.go("terms")
    settle(qtbot, window)
    others = window.page.list_page.selected.list_menu().actions()
    assert not any("labels" in action.text() for action in others)
