"""A place on a server, chosen, tried, kept, changed and forgotten in the window; real servers."""

import contextlib
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from db.changes import Create, Edit
from engage_desktop.records.event import Event
from engage_desktop.sync import desk as exchange_desk
from engage_desktop.sync import join_team
from engage_desktop.sync.invite import OFFERED
from engage_desktop.sync.remote import login as keeping
from engage_desktop.sync.remote.book import keep_place_known, known_places
from engage_desktop.workspace import Workspace
from tests.sync import servers
from tests.ui_flows.helpers import PASSPHRASE, clipped
from ui.dialogs.place import TRY, WHERE, WHO, PlaceDialog
from ui.pages.send_receive import SendReceivePage
from ui.theme import theme
from ui.widgets.base import unnamed

KINDS = ("webdav", "sftp", "s3")


pytestmark = pytest.mark.usefixtures("chain")


def only(kind):
    return pytest.mark.parametrize("server", [kind], indirect=True)


every = pytest.mark.parametrize("server", KINDS, indirect=True)


@pytest.fixture
def dialog(workspace, tasks, shown):
    made = PlaceDialog(workspace.store, tasks, seconds=60)
    made.came = []
    made.kept.connect(made.came.append)
    return shown(made, None)


@pytest.fixture
def page(context, shown, qtbot):
    made = shown(SendReceivePage(context), (1170, 712))
    qtbot.waitUntil(lambda: made.exchange is not None)
    return made


def say_where(dialog, server, folder=""):
    address = server.address(folder or server.folder)
    if server.kind == "s3":
        dialog.where.kinds.choose("s3")
        dialog.where.endpoint.edit.setText(address.endpoint)
    dialog.where.address.edit.setText(address.text.partition("?")[0])
    dialog.where._typed(dialog.where.address.text)
    dialog.onward()
    assert dialog._at == WHO


def sign_in(dialog, login):
    dialog.who.user.edit.setText(login.user)
    dialog.who.password.edit.setText(login.secret)


def settled(dialog, qtbot):
    qtbot.waitUntil(lambda: dialog.trial.finding is not None)
    return dialog.trial.finding


def try_it(dialog, server, qtbot, login=None, folder="", *, yes=True):
    """Fill everything in and try; says yes to a host key that is not known yet."""
    say_where(dialog, server, folder)
    sign_in(dialog, login or server.login())
    dialog.onward()
    finding = settled(dialog, qtbot)
    if yes and finding.what == "host_key_unknown":
        dialog.onward()
        finding = settled(dialog, qtbot)
    return finding


# -- choosing ----------------------------------------------------------------------------------


@every
def test_a_place_is_tried_kept_and_used(dialog, server, workspace, chain, qtbot):
    finding = try_it(dialog, server, qtbot)
    assert (finding.what, finding.fits) == ("empty", True)
    assert dialog.found.found.isVisible()
    assert server.files(server.folder) == {}, "trying leaves nothing there"
    assert known_places(workspace.store) == [], "nothing is kept before one says so"
    dialog.onward()
    qtbot.waitUntil(lambda: len(dialog.came) == 1)
    [place] = known_places(workspace.store)
    assert place == dialog.came[0]
    assert place.kept == "keychain"
    assert server.login().secret in str(chain.kept)
    assert place.host_key == server.host_key
    assert dialog.who.password.text == ""
    receipt = exchange_desk.send_and_receive(workspace, place.address)
    assert receipt.sent == 0
    assert "team.json" in server.files(server.folder)


@every
def test_a_wrong_password_is_said_and_amended(dialog, server, workspace, qtbot):
    finding = try_it(dialog, server, qtbot, server.wrong_login())
    assert finding.what == "login_refused"
    assert "did not take this user name" in finding.sentence
    assert server.wrong_login().secret not in finding.sentence
    assert not finding.fits
    dialog.back.click()
    assert dialog._at == WHO
    sign_in(dialog, server.login())
    dialog.onward()
    finding = settled(dialog, qtbot)
    if finding.what == "host_key_unknown":  # nothing was kept, so it is asked about again
        dialog.onward()
        finding = settled(dialog, qtbot)
    assert finding.what == "empty"
    assert known_places(workspace.store) == []


@every
def test_a_place_that_may_only_be_read_is_not_kept(dialog, server, qtbot):
    login = server.login(servers.ROBIN) if server.kind != "webdav" else server.login()
    folder = f"read/{server.folder}" if server.kind == "webdav" else server.folder
    finding = try_it(dialog, server, qtbot, login, folder)
    assert finding.what == "read_only"
    assert "may only read there" in finding.sentence
    assert not finding.fits


@every
def test_a_full_place_is_said_to_be_full(dialog, server, qtbot):
    server.trouble.full = True
    finding = try_it(dialog, server, qtbot)
    if server.kind == "sftp":  # its first 32 KiB always fit
        assert finding.fits
    else:
        assert finding.what == "full"


@pytest.mark.parametrize("server", ["webdav", "sftp"], indirect=True)
def test_a_folder_that_is_not_there_is_made(dialog, server, qtbot):
    deep = f"{server.folder}/2027/north"
    finding = try_it(dialog, server, qtbot, folder=deep)
    assert finding.what == "absent"
    assert "has no such folder" in finding.sentence
    assert not (server.root / deep).exists()
    assert "Make the folder" in dialog.go.accessibleName()
    dialog.go.click()
    assert settled(dialog, qtbot).what == "empty"
    assert (server.root / deep).is_dir()


@only("sftp")
def test_a_folder_that_one_may_not_make_is_said_so(dialog, server, qtbot):
    login = server.login(servers.ROBIN)
    assert try_it(dialog, server, qtbot, login, f"{server.folder}/2027").what == "absent"
    dialog.go.click()
    finding = settled(dialog, qtbot)
    assert finding.what == "denied"
    assert "does not let you make it" in finding.sentence


@only("s3")
def test_a_bucket_that_is_not_there_is_made(dialog, server, qtbot):
    finding = try_it(dialog, server, qtbot, folder="no-such-bucket")
    assert finding.what == "absent"
    assert "has no such bucket" in finding.sentence
    dialog.go.click()
    assert settled(dialog, qtbot).what == "empty"
    server._store.delete_bucket("no-such-bucket")


@every
def test_whose_place_it_is(dialog, server, workspace, around, qtbot, tmp_path):
    server.write(server.folder, "holiday.txt", b"sun")
    finding = try_it(dialog, server, qtbot)
    assert (finding.what, finding.tone, finding.fits) == ("other_files", "warning", True)
    dialog.onward()
    qtbot.waitUntil(lambda: len(dialog.came) == 1)
    address = dialog.came[0].address
    other, _ = Workspace.create(
        tmp_path / "Ann", officer="Ann Hale", passphrase=PASSPHRASE, around=around
    )
    with other:
        keep_place_known(other.store, server.address(server.folder), server.login(),
                         server.host_key)  # fmt: skip
        exchange_desk.send_and_receive(other, address)
    again(dialog, server, qtbot)
    assert dialog.trial.finding.what == "team", "and one is in none yet"
    exchange_desk.write_delivery(workspace, tmp_path / "founds.engage")
    again(dialog, server, qtbot)
    assert dialog.trial.finding.what == "other_team"
    assert not dialog.trial.finding.fits
    server.take_away(server.folder)
    with contextlib.suppress(FileExistsError):
        server.make(server.folder)
    exchange_desk.send_and_receive(workspace, address, start=True)
    again(dialog, server, qtbot)
    assert dialog.trial.finding.what == "ours"


def again(dialog, server, qtbot):
    """Try what is known, with the password that was kept."""
    dialog.show()
    dialog.known.show_places(known_places(dialog.known._store))
    dialog._go_to(WHERE)
    dialog.known.buttons[0].click()
    assert dialog._at == WHO
    assert dialog.who.password.text == ""
    dialog.onward()
    settled(dialog, qtbot)


# -- who the server is -------------------------------------------------------------------------


@only("sftp")
def test_an_unknown_key_is_shown_and_asked_about(dialog, server, workspace, qtbot):
    finding = try_it(dialog, server, qtbot, yes=False)
    assert finding.what == "host_key_unknown"
    assert dialog.found.print.accessibleName() == server.host_key
    assert server.host_key.startswith("SHA256:")
    assert dialog.found.print.text().replace("\u200b", "") == server.host_key
    assert "Ask whoever runs the server" in words_of(dialog.found.key)
    assert "Yes, it is this one" in dialog.go.accessibleName()
    dialog.close_button.click()
    assert known_places(workspace.store) == []


@only("sftp")
def test_a_changed_key_is_refused_and_cannot_be_waved_through(
    dialog, server, workspace, page, qtbot
):
    finding = try_it(dialog, server, qtbot)
    dialog.onward()
    qtbot.waitUntil(lambda: len(dialog.came) == 1)
    page.use_folder(dialog.came[0].address)
    qtbot.waitUntil(lambda: page.exchange.folder != "")
    before = server.host_key
    server.change_key()
    try:
        again(dialog, server, qtbot)
        finding = dialog.trial.finding
        assert finding.what == "host_key_changed"
        assert before in finding.sentence
        assert server.key.get_fingerprint() in finding.sentence
        assert "forget the place and add it again" in finding.sentence
        assert not dialog.found.key.isVisible()
        dialog.onward()
        settled(dialog, qtbot)
        assert dialog.trial.finding.what == "host_key_changed", "trying again does not help"
        page.exchange_now()
        qtbot.waitUntil(lambda: not page.busy)
        assert "another key than before" in page.problem.sentence
        dialog.close_button.click()
        other = PlaceDialog(workspace.store, page._tasks, seconds=60)
        server.make("elsewhere")
        assert try_it(other, server, qtbot, folder="elsewhere").what == "host_key_changed", (
            "another folder of a known server is no way round it"
        )
        other.close()
    finally:
        server.host_key = server.key.get_fingerprint()


def test_a_certificate_that_is_not_trusted_is_described(dialog, tmp_path_factory, qtbot):
    tls = servers.self_signed(tmp_path_factory.mktemp("keys"))
    with servers.webdav(tmp_path_factory.mktemp("tls"), tls=tls) as server:
        server.folder = "team"
        server.make("team")
        finding = try_it(dialog, server, qtbot)
    assert finding.what == "server_not_trusted"
    assert "It was issued by “127.0.0.1” and ends on " in finding.sentence
    assert "does not know who issued it" in finding.sentence
    assert "Your password was not sent" in finding.sentence
    assert server.trouble.said == []


# -- a server that does not answer ------------------------------------------------------------


@every
def test_no_answer_is_waited_for_so_long_and_no_longer(
    workspace, tasks, shown, server, silent, qtbot
):
    dialog = shown(PlaceDialog(workspace.store, tasks, seconds=0.3), None)
    say_silent(dialog, server, silent)
    finding = settled(dialog, qtbot)
    assert finding.what == "no_answer"
    assert "no answer from 127.0.0.1" in finding.sentence
    assert "within 0.3 seconds" in finding.sentence
    dialog.close()


@pytest.mark.alive
@every
def test_it_is_stopped_at_once_while_a_server_says_nothing(
    workspace, tasks, shown, server, silent, qtbot, heartbeat
):
    dialog = shown(PlaceDialog(workspace.store, tasks, seconds=600), None)
    with heartbeat:
        say_silent(dialog, server, silent)
        qtbot.waitUntil(dialog.found.waiting.isVisible)
        assert not tasks.busy, "nothing else waits for it"
        threads = list(tasks._apart.values())
        QTest.keyClick(dialog.focusWidget(), Qt.Key.Key_Escape)
        assert dialog.trial.finding.what == "stopped"
        assert dialog.isVisible()
        qtbot.waitUntil(lambda: not any(thread.is_alive() for thread in threads))
    assert heartbeat.worst < heartbeat.most
    assert known_places(workspace.store) == []
    dialog.reject()
    assert not dialog.isVisible()


def say_silent(dialog, server, port):
    if server.kind == "s3":
        dialog.where.kinds.choose("s3")
        dialog.where.endpoint.edit.setText(f"http://127.0.0.1:{port}")
        dialog.where.address.edit.setText("s3://bucket/team")
    else:
        scheme = {"webdav": "http", "sftp": "sftp"}[server.kind]
        dialog.where.address.edit.setText(f"{scheme}://127.0.0.1:{port}/team")
        dialog.where._typed(dialog.where.address.text)
    dialog.onward()
    sign_in(dialog, keeping.Login("sam", "a secret word"))
    dialog.onward()


@every
def test_an_exchange_with_a_silent_server_is_stopped_at_once(
    page, workspace, server, silent, qtbot
):
    address = server.address("team", silent)
    keep_place_known(workspace.store, address, server.login(), server.host_key)
    page.use_folder(address.text)
    qtbot.waitUntil(lambda: page.exchange.folder == address.text)
    page.exchange_now()
    assert page.busy
    [thread] = page._tasks._apart.values()
    saved = []
    record = Event(id=workspace.store.new_id(), name="Forum")
    page._tasks.write(lambda _t: workspace.store.apply([Create(record)], "Add event"), saved.append)
    qtbot.waitUntil(lambda: saved != [])
    assert page.busy, "saving did not wait for the server"
    page.stop()
    assert not page.busy
    assert page.problem.sentence.startswith("Stopped.")
    assert page.now.isEnabled()
    qtbot.waitUntil(lambda: not thread.is_alive())


@only("sftp")
def test_an_exchange_is_stopped_at_once_in_the_middle_of_a_file(
    page, workspace, server, qtbot, monkeypatch
):
    address = server.address(server.folder)
    keep_place_known(workspace.store, address, server.login(), server.host_key)
    exchange_desk.send_and_receive(workspace, address.text)
    page.use_folder(address.text)
    qtbot.waitUntil(lambda: page.exchange.folder == address.text)
    held, let_go = threading.Event(), threading.Event()
    real = servers._Folder.write

    def write(self, *what):
        held.set()
        assert let_go.wait(60)
        return real(self, *what)

    def bundles():
        return [name for name in server.files(server.folder) if name.endswith(".bundle")]

    monkeypatch.setattr(servers._Folder, "write", write)
    before = bundles()
    record = Event(id=workspace.store.new_id(), name="Forum")
    workspace.store.apply([Create(record)], "Add event")
    page.exchange_now()
    qtbot.waitUntil(held.is_set)
    page.stop()
    qtbot.waitUntil(lambda: not page.busy)
    let_go.set()
    monkeypatch.setattr(servers._Folder, "write", real)
    assert page.problem.sentence.startswith("Stopped.")
    assert bundles() == before
    exchange(page, qtbot)
    assert page.problem.sentence == ""
    assert len(bundles()) == len(before) + 1


# -- changing and forgetting -------------------------------------------------------------------


@every
def test_what_is_forgotten_leaves_no_password(page, server, workspace, chain, qtbot):
    address = server.address(server.folder)
    keep_place_known(workspace.store, address, server.login(), server.host_key)
    page.use_folder(address.text)
    qtbot.waitUntil(lambda: page.exchange.folder == address.text)
    assert "Change server" in page.folder_card.server.accessibleName()
    assert chain.kept != {}
    dialog = page.use_server()
    forget = dialog.known.buttons[1]
    forget.click()
    assert chain.kept != {}, "it is asked about first"
    dialog.known.yes.click()
    qtbot.waitUntil(lambda: known_places(workspace.store) == [])
    qtbot.waitUntil(lambda: page.exchange.folder == "")
    assert chain.kept == {}
    assert not workspace.store.get_secret(keeping._name(address.text))
    assert not dialog.known._card.isVisible()
    assert "forgotten on this laptop" in page.done.accessibleName()
    dialog.close()
    for data in (path.read_bytes() for path in workspace.folder.rglob("*") if path.is_file()):
        assert server.login().secret.encode() not in data


@only("webdav")
def test_from_a_folder_to_a_server_and_back_keeps_what_was_exchanged(
    page, server, workspace, qtbot, tmp_path
):
    shared = tmp_path / "Shared drive"
    shared.mkdir()
    page.use_folder(str(shared))
    qtbot.waitUntil(lambda: page.exchange.folder == str(shared))
    record = Event(id=workspace.store.new_id(), name="Forum")
    workspace.store.apply([Create(record)], "Add event")
    exchange(page, qtbot)
    address = server.address(server.folder)
    dialog = page.use_server()
    assert try_it(dialog, server, qtbot).fits
    dialog.onward()
    qtbot.waitUntil(lambda: page.exchange.folder == address.text)
    assert "All that was exchanged so far stays on this laptop" in page.done.accessibleName()
    assert "“Shared drive” stays as it is" in page.done.accessibleName()
    exchange(page, qtbot)
    assert page.confirm.isVisible(), "a second place of the team is confirmed"
    page.confirm.buttons.itemAt(0).widget().click()
    page_rests(page, qtbot)
    there = {n for n in server.files(server.folder) if n.startswith("b/")}
    here = {p.relative_to(shared).as_posix() for p in (shared / "b").rglob("*.bundle")}
    assert here <= there
    page.use_folder(str(shared))
    qtbot.waitUntil(lambda: page.exchange.folder == str(shared))
    assert "stays known here with its password" in page.done.accessibleName()
    assert len(known_places(workspace.store)) == 1
    assert page.exchange.receipts, "the history of exchanges stays"


@every
def test_two_laptops_meet_on_a_server_in_the_window(
    page, server, workspace, around, qtbot, tmp_path
):
    dialog = page.use_server()
    assert try_it(dialog, server, qtbot).fits
    dialog.onward()
    address = server.address(server.folder).text
    qtbot.waitUntil(lambda: page.exchange.folder == address)
    record = Event(id=workspace.store.new_id(), name="Forum")
    workspace.store.apply([Create(record)], "Add event")
    exchange_desk.invite(workspace, tmp_path / "priya.invite", "officer", 7, "seven words")
    exchange(page, qtbot)
    assert page.exchange.to_send == 0
    assert "127.0.0.1" in page.folder.text() or server.folder in page.folder.text()
    priya, _ = Workspace.create(
        tmp_path / "Priya", officer="Priya Nair", passphrase=PASSPHRASE, around=around
    )
    with priya:
        join_team(priya.store, (tmp_path / "priya.invite").read_bytes(), "seven words")
        keep_place_known(priya.store, server.address(server.folder), server.login(),
                         server.host_key)  # fmt: skip
        exchange_desk.send_and_receive(priya, address)
        assert priya.store.get("event", record.id).name == "Forum"
        priya.store.apply([Edit("event", record.id, {"notes": "Bring a ramp"})], "Change event")
        exchange_desk.send_and_receive(priya, address)
    exchange(page, qtbot)
    assert workspace.store.get("event", record.id).notes == "Bring a ramp"
    assert "Priya Nair" in page.came.accessibleName()


def exchange(page, qtbot):
    page.exchange_now()
    page_rests(page, qtbot)


def page_rests(page, qtbot):
    qtbot.waitUntil(lambda: not page.busy)
    page.refresh()
    qtbot.waitUntil(lambda: not page._tasks.busy)


# -- by hand, by eye and by ear ---------------------------------------------------------------


@every
def test_all_of_it_by_keyboard(dialog, server, workspace, hands, qtbot):
    enter = Qt.Key.Key_Return
    address = server.address(server.folder)
    dialog.where.address.edit.setFocus()
    if server.kind == "s3":
        dialog.where.kinds.radios["webdav"].setFocus()
        hands.press(Qt.Key.Key_Down)
        hands.press(Qt.Key.Key_Down)
        assert dialog.where.kinds.kind == "s3"
        hands.press(Qt.Key.Key_Tab)
    hands.type(address.text.partition("?")[0])
    hands.press(enter)
    if server.kind == "s3":
        hands.type(address.endpoint)
        hands.press(enter)
        hands.press(enter)
    assert dialog._at == WHO
    hands.type(server.login().user)
    hands.press(enter)
    hands.type(server.login().secret)
    hands.press(enter)
    assert dialog._at == TRY
    finding = settled(dialog, qtbot)
    if finding.what == "host_key_unknown":
        hands.press(enter)
        settled(dialog, qtbot)
    assert dialog.focusWidget() is dialog.go
    hands.press(enter)
    qtbot.waitUntil(lambda: len(dialog.came) == 1)
    assert known_places(workspace.store)[0].address == address.text


def test_a_browsers_address_is_understood_and_plain_http_refused(dialog, qtbot):
    where = dialog.where
    where.address.edit.setText("http://files.example.org/team")
    dialog.onward()
    assert dialog._at == WHERE
    assert "not protected" in where.address.problem
    where.address.edit.setText("https://sam:secret@files.example.org/team")
    dialog.onward()
    assert "must not hold a password" in where.address.problem
    assert "secret" not in where.address.problem
    where.address.edit.setText("https://cloud.example.org/index.php/apps/files/?dir=/Team%20A")
    dialog.onward()
    assert dialog._at == WHO
    assert where.address_for("sam").url == (
        "https://cloud.example.org/remote.php/dav/files/sam/Team%20A"
    )
    dialog.onward()
    assert "your user name there is needed" in dialog.who.user.problem


def words_of(widget):
    return " ".join(label.text() for label in widget.findChildren(QLabel))


@every
def test_a_secret_is_nowhere_but_in_its_field(dialog, server, workspace, qtbot, caplog):
    secret = server.login().secret
    caplog.set_level(0)
    QGuiApplication.clipboard().clear()
    try_it(dialog, server, qtbot)
    said = [words_of(dialog), dialog.found.found.accessibleName(), caplog.text]
    for widget in dialog.findChildren(QWidget):
        said += [widget.accessibleName(), widget.accessibleDescription(), widget.toolTip()]
    said += [repr(dialog.trial.wish), repr(dialog.trial.finding)]
    assert not any(secret in each for each in said)
    assert secret not in QGuiApplication.clipboard().text()
    dialog.onward()
    qtbot.waitUntil(lambda: len(dialog.came) == 1)
    assert dialog.who.password.text == ""
    assert secret not in str(workspace.store.settings(""))


@pytest.mark.parametrize("percent", [100, 200])
@pytest.mark.parametrize("kind", KINDS)
def test_every_step_is_named_and_whole(
    workspace, tasks, shown, running, qtbot, percent, kind, tmp_path
):
    theme().set(percent=percent)
    server = running[kind]
    server.folder = f"look-{tmp_path.name}"
    server.make(server.folder)
    keep_place_known(workspace.store, server.address("before"), server.login(), "SHA256:x")
    dialog = shown(PlaceDialog(workspace.store, tasks, seconds=60), None)
    dialog.known.buttons[1].click()
    assert_whole(dialog, qtbot)
    say_where(dialog, server)
    assert_whole(dialog, qtbot)
    sign_in(dialog, server.login())
    dialog.onward()
    settled(dialog, qtbot)
    assert_whole(dialog, qtbot)
    dialog.close()


def assert_whole(dialog, qtbot):
    qtbot.wait(40)
    assert unnamed(dialog) == []
    assert clipped(dialog) == []
    buttons = [b for b in dialog.findChildren(QPushButton) if b.isVisible()]
    assert all(b.accessibleName() for b in buttons)


def test_the_page_needs_no_server_library(tmp_path):
    import subprocess
    import sys

    code = (
        "import sys, ui.pages.send_receive\n"
        "bad = {'httpx', 'paramiko', 'botocore', 'fsspec', 'webdav4'} & set(sys.modules)\n"
        "sys.exit(str(bad) if bad else 0)"
    )
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_address_that_an_invitation_told_is_filled_in(workspace, tasks, context, shown, qtbot):
    workspace.store.set_setting(OFFERED, "webdavs://cloud.example.org/Team")
    page = shown(SendReceivePage(context), (1170, 712))
    qtbot.waitUntil(lambda: page.exchange is not None)
    assert page.folder.text() == "Your team shares through a server"
    assert "Team on" in page.folder_card.words.text()
    dialog = page.use_server()
    assert dialog.where.address.text == "https://cloud.example.org/Team"
    assert known_places(workspace.store) == [], "nothing is known before it was tried"
    dialog.close()
    page.use_folder(str(workspace.folder.parent))
    qtbot.waitUntil(lambda: page.exchange.folder != "")
    assert page.folder.text() == workspace.folder.parent.name
