"""An e-mail kept as a file becomes a contact; whatever is in it, it is words and files."""

import datetime as dt
import os
from email.message import EmailMessage

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from db.changes import Bin, Create
from db.errors import InvalidInput, KnownError, NotFound, NotThere
from db.keys import CHEAP
from engage_desktop.attachments import attachments
from engage_desktop.mail_in import MOST_FILES, as_text, contact_from_mail, read_mail
from engage_desktop.mails_in import MOST_NAMED, Delivery, contacts_from_mails
from engage_desktop.records.stakeholder import Stakeholder
from engage_desktop.workspace import Surroundings, Workspace

TODAY = dt.date(2026, 5, 26)


@pytest.fixture(scope="module")
def workspace(tmp_path_factory):
    made, _ = Workspace.create(
        tmp_path_factory.mktemp("mail") / "Sam", officer="Sam Pike", passphrase="bus hedge violin",
        around=Surroundings(cost=CHEAP),
    )  # fmt: skip
    yield made
    made.close()


@pytest.fixture
def person(workspace):
    made = Stakeholder(id=workspace.store.new_id(), name="Ada Fell", email="Ada@example.org")
    workspace.store.apply([Create(made)], "Add")
    return made.id


def mail(**heads):
    message = EmailMessage()
    message["From"] = "Ada Fell <ada@example.org>"
    message["To"] = "engage@example.org"
    message["Subject"] = "The last bus – again"
    message["Date"] = "Sun, 24 May 2026 23:30:00 +0100"
    for name, value in heads.items():
        del message[name]
        message[name] = value
    return message


def kept(folder, content, name="bus.eml"):
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.as_bytes())
    return path


def test_words_day_and_attachments_become_one_change(workspace, person, tmp_path):
    message = mail()
    message.set_content("It leaves at half past five.\n\n\n\nToo early.\n")
    message.add_alternative("<p>It leaves at <b>half past five</b>.</p>", subtype="html")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="bus.pdf")
    inner = mail(Subject="Before")
    inner.set_content("Earlier words")
    message.add_attachment(inner)
    path = kept(tmp_path, message)
    taken = contact_from_mail(workspace, person, path, today=TODAY)
    applied, contact = taken.applied, taken.contact
    assert (contact.subject, contact.day, contact.begun_by, contact.officer, contact.way) == (
        "The last bus – again", dt.date(2026, 5, 24), "them", "Sam Pike", "email",
    )  # fmt: skip
    assert contact.said == "It leaves at half past five.\n\nToo early."
    reader = workspace.store.reader()
    try:
        files = attachments(reader, contact.id)
    finally:
        reader.close()
    assert sorted(file.filename for file in files) == ["attachment 2.eml", "bus.pdf"]
    held = {file.filename: b"".join(workspace.blobs.read(file.digest)) for file in files}
    assert held["bus.pdf"] == b"%PDF-1.7"
    assert b"Earlier words" in held["attachment 2.eml"]
    workspace.store.undo(applied.change_set)
    assert workspace.store.where("interaction", contact.id) == "bin" or (
        workspace.store.where("interaction", contact.id) is None
    )


def test_a_page_is_read_as_words(workspace, person, tmp_path):
    message = mail()
    message.set_content(
        "<html><head><title>No</title><style>p {color: red}</style></head><body>"
        "<script>alert('x')</script><p>Dear&nbsp;Sam,</p><ul><li>The bus</li><li>The step</li>"
        "</ul>Ada &lt;3<br>Fell<img src='http://example.org/pixel.png'></body></html>",
        subtype="html",
    )
    contact = contact_from_mail(workspace, person, kept(tmp_path, message), today=TODAY).contact
    assert contact.said == "Dear Sam,\n\n- The bus\n\n- The step\n\nAda <3\nFell"


def test_who_began_it_is_known_by_the_address(workspace, person, tmp_path):
    for sender, to, begun_by in (
        ("Sam <sam@example.org>", "ADA@example.org", "us"),
        ("Bo <bo@example.org>", "sam@example.org", ""),
    ):
        message = mail(From=sender, To=to)
        message.set_content("Words")
        made = contact_from_mail(workspace, person, kept(tmp_path, message), today=TODAY).contact
        assert made.begun_by == begun_by


@pytest.mark.parametrize(
    ("head", "subject", "day"),
    [
        (b"Subject: =?utf-8?q?Caf=C3=A9?=\nDate: nonsense\n", "Café", TODAY),
        (b"Subject: =?unknown-9?q?Caf=C3=A9?=\nFrom: x\n", None, TODAY),
        (b"Subject: two\n lines\nDate: Tue, 3 Mar 2026 09:00 GMT\n", "two lines",
         dt.date(2026, 3, 3)),
        (b"From: \xff\xfe <a@\xff>\nDate: Tue, 99 Mar 2026\n", "bus", TODAY),
    ],
)  # fmt: skip
def test_headings_that_break_the_rules_are_read_as_far_as_they_go(
    workspace, person, tmp_path, head, subject, day
):
    path = kept(tmp_path, head + b"Content-Type: text/plain; charset=martian\n\nW\xf6rds \x00\n")
    contact = contact_from_mail(workspace, person, path, today=TODAY).contact
    assert contact.day == day
    assert contact.said == "Wörds"
    if subject is not None:
        assert contact.subject == subject


@pytest.mark.parametrize(
    "head",
    [
        b"From: x\nContent-Type: text/plain; charset*0*=utf-8''a; charset*1=b\n",
        b"From: x\nContent-Type: text/plain; charset*=utf-8'\0'a\n",
        b"From: x\nContent-Type: multipart/mixed; boundary*\n",
        b"From: <\nSubject: x\n",
        b"From: ann@[example.org\nTo: a@[\n",
        b"To: x\nSubject: =?utf-8?q?Ann: <ann@example.org\nDate: (\n",
    ],
)
def test_no_heading_ends_in_a_fault(tmp_path, head):
    try:
        told = read_mail(kept(tmp_path, head + b"\nWords\n")).words
    except InvalidInput as error:
        told = error.sentence
        assert "Nothing was added" in told
    else:
        assert told == "Words"


def test_an_e_mail_nested_without_end_is_told_in_a_sentence(tmp_path):
    nested = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (n, n) for n in range(3_000)
    )
    with pytest.raises(InvalidInput, match="breaks the rules"):
        read_mail(kept(tmp_path, b"Subject: x\n" + nested + b"\nWords\n"))


def test_words_before_and_behind_a_picture_are_all_read(tmp_path):
    message = mail()
    message.set_content("Before the picture.")
    message.add_alternative("<p>Before the picture, as a page.</p>", subtype="html")
    message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="a.png")
    for words, kind in (("Behind it.", "plain"), ("<p>And the foot.</p>", "html")):
        part = EmailMessage()
        part.set_content(words, subtype=kind)
        message.attach(part)
    found = read_mail(kept(tmp_path, message))
    assert found.words == "Before the picture.\n\nBehind it.\n\nAnd the foot."
    assert [name for name, _ in found.files] == ["a.png"]


def test_words_saved_as_text(workspace, person, tmp_path):
    path = kept(
        tmp_path, "From: Ada <ada@example.org>\nSent: 3 March 2026 09:00\nSubject: Bus\n\nHello"
        .encode("utf-8-sig"), "note.txt",
    )  # fmt: skip
    contact = contact_from_mail(workspace, person, path, today=TODAY).contact
    assert (contact.subject, contact.day, contact.begun_by) == (
        "Bus", dt.date(2026, 3, 3), "them",
    )  # fmt: skip
    bare = kept(tmp_path, b"She rang about the bus", "Call of Monday.txt")
    os.utime(bare, (1_700_000_000, 1_700_000_000))
    contact = contact_from_mail(workspace, person, bare, today=TODAY).contact
    assert (contact.subject, contact.said) == ("Call of Monday", "She rang about the bus")
    assert contact.day == dt.datetime.fromtimestamp(1_700_000_000).astimezone().date()


@pytest.mark.parametrize("name", [
    "../../etc/passwd", "C:\\temp\\a.doc", "a\x00b.txt", "", "." * 300, "x" * 400 + ".pdf", "CON:",
])  # fmt: skip
def test_a_files_name_is_only_a_name(workspace, person, tmp_path, name):
    message = mail()
    message.set_content("Words")
    message.add_attachment(b"abc", maintype="application", subtype="octet-stream", filename="q.q")
    raw = message.as_bytes().replace(b'"q.q"', b'"' + name.encode() + b'"')
    found = read_mail(kept(tmp_path, raw))
    for file, _ in found.files:
        assert file == file.strip()
        assert file
        assert len(file) <= 200
        assert not set(file) & set('/\\\0:"<>|?*')


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.eml", b"", "is empty"),
        ("a.eml", b"\x00\x01\x02 nothing", "holds no e-mail"),
        ("a.msg", b"Subject: x\n\nWords", "is no e-mail file"),
        ("a.txt", b" \n ", "is empty"),
    ],
)
def test_a_file_that_is_none_is_told_in_a_sentence(
    workspace, person, tmp_path, name, content, said
):
    with pytest.raises(InvalidInput, match=said) as told:
        contact_from_mail(workspace, person, kept(tmp_path, content, name), today=TODAY)
    assert "Nothing was added" in told.value.sentence


def test_what_is_not_there_is_told(workspace, person, tmp_path):
    for path in (tmp_path / "gone.eml", tmp_path):
        with pytest.raises(NotThere, match="Nothing was added"):
            contact_from_mail(workspace, person, path, today=TODAY)
    workspace.store.apply([Bin("stakeholder", person)], "Delete")
    message = mail()
    message.set_content("Words")
    for someone in (person, "0" * 32):
        with pytest.raises(NotFound):
            contact_from_mail(workspace, someone, kept(tmp_path, message), today=TODAY)


def test_more_words_than_a_contact_holds_are_cut_and_the_file_is_kept(
    workspace, person, tmp_path, monkeypatch
):
    monkeypatch.setattr("engage_desktop.mail_in.LONGEST_WORDS", 40)
    message = mail()
    message.set_content("word " * 30)
    path = kept(tmp_path, message)
    contact = contact_from_mail(workspace, person, path, today=TODAY).contact
    assert len(contact.said) <= 40
    reader = workspace.store.reader()
    try:
        (file,) = attachments(reader, contact.id)
    finally:
        reader.close()
    assert b"".join(workspace.blobs.read(file.digest)) == path.read_bytes()


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=400), st.booleans(), st.sampled_from(["x.eml", "x.txt"]))
def test_no_bytes_end_in_anything_but_words_or_a_sentence(tmp_path, content, headed, name):
    head = b"Subject: x\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n--b\n"
    path = kept(tmp_path, (head if headed else b"") + content, name)
    try:
        found = read_mail(path)
    except KnownError as error:
        told = error.sentence
    else:
        told = "Nothing was added"
        assert "\0" not in found.words + found.subject
        assert (found.words + found.subject).encode() is not None
    assert "Nothing was added" in told


@given(st.text(alphabet="<>/&;!-pbr \n\"'=aé", max_size=80))
def test_no_page_breaks_the_reader(html):
    assert isinstance(as_text(html), str)


def test_attachments_above_the_most_stay_in_the_file_which_is_kept(workspace, person, tmp_path):
    message = mail()
    message.set_content("See all of these")
    for number in range(MOST_FILES + 3):
        message.add_attachment(
            b"%d" % number, maintype="image", subtype="png", filename=f"{number}.png"
        )
    path = kept(tmp_path, message)
    taken = contact_from_mail(workspace, person, path, today=TODAY)
    assert "203 attachments: the first 200 are kept by themselves, the other 3 in" in taken.note
    reader = workspace.store.reader()
    try:
        files = {each.filename: each for each in attachments(reader, taken.contact.id)}
    finally:
        reader.close()
    assert len(files) == MOST_FILES + 1
    assert "200.png" not in files
    assert b"".join(workspace.blobs.read(files["bus.eml"].digest)) == path.read_bytes()


def delivered(workspace, person, paths, stop=lambda: False):
    seen, delivery = [], Delivery(len(paths))
    contacts_from_mails(
        workspace, person, paths, delivery, today=TODAY,
        progress=lambda *far: seen.append(far), cancelled=stop,
    )  # fmt: skip
    return delivery, seen


def letters(folder, count, name="mail"):
    message = mail()
    message.set_content("Words")
    return [kept(folder, message, f"{name} {number}.eml") for number in range(count)]


def contacts_of(workspace, person):
    reader = workspace.store.reader()
    try:
        return len(reader.children("interaction", person))
    finally:
        reader.close()


def test_each_of_many_files_is_accounted_for(workspace, person, tmp_path):
    good = letters(tmp_path, 3)
    bad = [kept(tmp_path, b"\0", f"bad {number}.eml") for number in range(MOST_NAMED + 2)]
    delivery, seen = delivered(workspace, person, [*good[:2], *bad, good[2], tmp_path / "no.eml"])
    assert (delivery.taken, delivery.left, len(delivery.refused)) == (3, 0, MOST_NAMED + 3)
    assert contacts_of(workspace, person) == 3
    assert delivery.words == "3 of 26 e-mails were added to the contacts."
    details = delivery.details()
    assert "“bad 0.eml” holds no e-mail" in details[0]
    assert details[-1] == "3 more files could not be taken either."
    assert len(details) == MOST_NAMED + 1
    assert seen == [(number, 26) for number in range(26)]


def test_who_stops_it_hears_what_was_added_and_what_is_left(workspace, person, tmp_path):
    paths = letters(tmp_path, 4)
    asked = iter([False, False, True])
    delivery, _ = delivered(workspace, person, paths, lambda: next(asked))
    assert (delivery.taken, delivery.left, contacts_of(workspace, person)) == (2, 2, 2)
    assert delivery.words == "2 of 4 e-mails were added to the contacts."
    assert delivery.details() == [
        "You stopped it. What was added stays.", "2 files not looked at. Add those again.",
    ]  # fmt: skip


def test_what_would_stop_every_file_ends_it(workspace, person, tmp_path):
    workspace.store.apply([Bin("stakeholder", person)], "Delete")
    delivery, _ = delivered(workspace, person, letters(tmp_path, 2))
    assert (delivery.taken, delivery.left) == (0, 2)
    assert "in the bin" in delivery.details()[0]
    single, _ = delivered(workspace, person, letters(tmp_path, 1))
    assert "in the bin" in single.words
    assert single.details() == []


def test_one_file_and_all_files_are_said_in_a_line(workspace, person, tmp_path):
    assert delivered(workspace, person, letters(tmp_path, 1))[0].words == (
        "The e-mail was added to the contacts."
    )
    every, _ = delivered(workspace, person, letters(tmp_path, 2))
    assert (every.words, every.details()) == ("2 e-mails were added to the contacts.", [])
