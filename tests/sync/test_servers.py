"""Whole syncs through servers, what is trusted, and what becomes of passwords."""

from __future__ import annotations

import contextlib
import os

import pytest

from db.errors import KnownError, NotFound
from engage_desktop.sync import verify_folder
from engage_desktop.sync.errors import FolderUnavailable, LoginRefused, ServerNotTrusted
from engage_desktop.sync.place import LocalPlace
from engage_desktop.sync.remote import login as keeping
from engage_desktop.sync.remote.base import RemotePlace
from engage_desktop.sync.remote.book import (
    forget_place,
    keep_place_known,
    known_places,
    opened_place,
    remote_place,
)
from engage_desktop.sync.remote.login import Login
from tests.sync import servers

KINDS = ("webdav", "digest", "sftp", "s3")


@pytest.fixture(scope="module", autouse=True)
def running(tmp_path_factory):
    """The servers, by kind, begun before any test so that their threads are no test's."""
    made = tmp_path_factory.mktemp
    with contextlib.ExitStack() as stack:
        yield {
            "webdav": stack.enter_context(servers.webdav(made("webdav"))),
            "digest": stack.enter_context(servers.webdav(made("digest"), digest=True)),
            "secure": stack.enter_context(
                servers.webdav(made("tls"), tls=servers.self_signed(made("keys")))
            ),
            "sftp": stack.enter_context(servers.sftp(made("sftp"))),
            "s3": stack.enter_context(servers.s3()),
        }


@pytest.fixture(autouse=True)
def no_keychain(monkeypatch):
    """Tests never reach the keychain of whoever runs them."""
    monkeypatch.setattr(keeping, "system_keychain", lambda: None)


@pytest.fixture
def server(request, running):
    """The server that the test is given; mended afterwards."""
    yield running[request.param]
    running[request.param].trouble.over()


every = pytest.mark.parametrize("server", KINDS, indirect=True)


def place_on(server, folder, **more):
    more.setdefault("login", server.login())
    return remote_place(server.address(folder), more.pop("login"), host_key=server.host_key, **more)


# -- whole syncs -------------------------------------------------------------------------------


@every
def test_two_laptops_meet_on_a_server(laptop, server, tmp_path):
    folder = f"meet-{tmp_path.name}"
    server.make(folder)
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    with contextlib.closing(place_on(server, folder)) as place:
        hall = priya.add_venue("Village hall")
        first = priya.sync(place)
        assert first.sent
        assert sam.sync(place).received >= first.sent
        sam.edit_venue(hall, name="Village hall, upstairs")
        priya.edit_venue(hall, name="Village hall, downstairs")
        sam.add_comment("More ramps, please.")
        assert sam.sync(place).sent
        priya.sync(place)
        sam.sync(place)
        assert priya.state() == sam.state()
        assert len(priya.state()["conflicts"]) == 1
        idle = priya.sync(place)
        assert (idle.sent, idle.received, idle.quarantined, idle.waiting) == (0, 0, [], [])
        report = verify_folder(place)
        assert report.ok
        assert report.bundles >= 3
    copy = tmp_path / "copy"
    for name, data in server.files(folder).items():
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    assert verify_folder(LocalPlace(copy)).as_json() == report.as_json()


@every
def test_a_sync_that_the_server_dies_in_goes_on_later(laptop, server, tmp_path):
    folder = f"dies-{tmp_path.name}"
    server.make(folder)
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    for number in range(60):
        priya.add_venue(f"Hall {number} " + os.urandom(950).hex())
    with servers.cut(server.port) as between:
        place = remote_place(
            server.address(folder, between.port), server.login(), host_key=server.host_key,
            sleep=lambda seconds: None,
        )  # fmt: skip
        between.break_("up", 30_000)
        before = priya.state()
        with pytest.raises(FolderUnavailable):
            priya.sync(place)
        assert between.broken == 1
        assert priya.state() == before
        place.close()
    with contextlib.closing(place_on(server, folder)) as place:
        priya.sync(place)
        sam.sync(place)
        assert sam.state() == priya.state()
        assert verify_folder(place).ok


@every
def test_what_came_another_way_is_read_there_once_and_put_right(
    laptop, server, shared, tmp_path, monkeypatch
):
    folder = f"first-{tmp_path.name}"
    server.make(folder)
    priya = laptop("Priya")
    sam = laptop("Sam", by=priya)
    for number in range(3):
        priya.add_venue(f"Hall {number}")
        priya.sync(shared)
    sam.sync(shared)
    with contextlib.closing(place_on(server, folder)) as place:
        priya.sync(place, start=True)
        (shared / "b").rename(tmp_path / "b")
        wrong, swapped, *_ = sorted((tmp_path / "b").rglob("*.bundle"))
        first, second, third = sorted(n for n in server.files(folder) if n.startswith("b/"))
        place.remove(first)
        place.remove(second)
        altered = bytes([*wrong.read_bytes()[:-1], wrong.read_bytes()[-1] ^ 1])
        place.put_if_absent(first, altered)
        place.put_if_absent(second, wrong.read_bytes())
        read = []
        real = RemotePlace.open
        monkeypatch.setattr(
            RemotePlace, "open", lambda self, name: read.append(name) or real(self, name)
        )
        receipt = sam.sync(place)
        assert sorted(item.code for item in receipt.quarantined) == ["damaged", "misnamed"]
        assert sorted(n for n in read if n.startswith("b/") and "-again" not in n) == [
            first, second, third,
        ]  # fmt: skip
        there = {data for name, data in server.files(folder).items() if name.startswith("b/")}
        assert swapped.read_bytes() in there
        del read[:]
        sam.sync(place)
        assert second not in read
        assert third not in read


# -- who is trusted ----------------------------------------------------------------------------


@pytest.mark.parametrize("server", ["secure"], indirect=True)
def test_a_certificate_that_nobody_vouches_for_is_refused(server, monkeypatch, tmp_path):
    server.make("team")
    with contextlib.closing(place_on(server, "team")) as place:
        with pytest.raises(ServerNotTrusted, match="your password neither"):
            place.check()
        assert server.trouble.said == []  # not one request, so not the password
    monkeypatch.setenv("SSL_CERT_FILE", str(server.server.ssl_adapter.certificate))
    with contextlib.closing(place_on(server, "team")) as place:
        place.check()
        assert place.put_if_absent("b/1", b"over TLS")


@pytest.mark.parametrize("server", ["sftp"], indirect=True)
def test_an_sftp_servers_key_is_shown_once_and_held_to(server):
    server.make("keys")
    address = server.address("keys")
    with contextlib.closing(remote_place(address, server.login())) as place:
        with pytest.raises(ServerNotTrusted) as caught:
            place.check()
        assert caught.value.code == "host_key_unknown"
        assert caught.value.fingerprint == server.host_key
        assert server.host_key in caught.value.sentence
    pinned = server.host_key
    with contextlib.closing(remote_place(address, server.login(), host_key=pinned)) as place:
        place.check()
    server.change_key()
    with contextlib.closing(remote_place(address, server.login(), host_key=pinned)) as place:
        with pytest.raises(ServerNotTrusted, match="another key than before") as caught:
            place.check()
        assert caught.value.code == "host_key_changed"
    server.host_key = server.key.get_fingerprint()


@pytest.mark.parametrize("server", ["sftp"], indirect=True)
def test_a_private_key_does_in_place_of_a_password(server):
    server.make("by-key")
    with contextlib.closing(place_on(server, "by-key", login=server.key_login())) as place:
        assert place.put_if_absent("b/1", b"x")
    import asyncssh

    other = asyncssh.generate_private_key("ssh-ed25519").export_private_key().decode()
    stranger = place_on(server, "by-key", login=Login("sam", other, "key"))
    with contextlib.closing(stranger) as place, pytest.raises(LoginRefused):
        place.check()
    with contextlib.closing(place_on(server, "by-key", login=Login("sam", "no", "key"))) as place:
        with pytest.raises(KnownError, match="not a private key") as caught:
            place.check()
        assert caught.value.code == "bad_key"
    locked = server.client_key.export_private_key("pkcs8-pem", passphrase="x").decode()
    with contextlib.closing(place_on(server, "by-key", login=Login("sam", locked, "key"))) as place:
        with pytest.raises(KnownError) as caught:
            place.check()
        assert caught.value.code in ("locked_key", "bad_key")


@pytest.mark.parametrize("server", ["s3"], indirect=True)
def test_what_a_person_has_for_other_stores_is_left_alone(server, monkeypatch, tmp_path):
    (tmp_path / "config").write_text("[default]\nendpoint_url = http://192.0.2.1\n")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    monkeypatch.setenv("AWS_PROFILE", "another")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "another")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "another")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://192.0.2.1")
    with contextlib.closing(place_on(server, "mine")) as place:
        assert place.put_if_absent("b/1", b"x")


@pytest.mark.parametrize("server", ["webdav"], indirect=True)
def test_a_web_page_is_no_place(server):
    server.make("page")
    server.write("page", "index.html", b"<html>")
    address = server.address("page/index.html")
    odd = pytest.raises(FolderUnavailable, match="answers as no such place does")
    with contextlib.closing(remote_place(address, server.login())) as place, odd:
        place.check()


# -- passwords ---------------------------------------------------------------------------------


def bytes_below(folder):
    return b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())


@pytest.mark.parametrize("server", ["webdav"], indirect=True)
@pytest.mark.parametrize("room", [None, 1000, 10], ids=["none", "keychain", "too small"])
def test_a_password_is_kept_where_nobody_reads_it(server, laptop, monkeypatch, room):
    chain = None if room is None else servers.Chain(room)
    monkeypatch.setattr(keeping, "system_keychain", lambda: chain)
    server.make(f"kept-{room}")
    address = server.address(f"kept-{room}")
    priya = laptop("Priya")
    known = keep_place_known(priya.store, address, server.login())
    assert known.kept == ("keychain" if room == 1000 else "store")
    assert known_places(priya.store) == [known]
    with opened_place(address.text, priya.store) as place:
        assert isinstance(place, RemotePlace)
        assert place.put_if_absent("b/1", b"x")
    if room == 1000:
        assert servers.PASSWORD in str(chain.kept)
        assert not priya.store.get_secret(keeping._name(address.text))
    for form in (servers.PASSWORD, servers.PASSWORD.encode().hex()):
        assert form.encode() not in bytes_below(priya.folder)
    forget_place(priya.store, address)
    assert known_places(priya.store) == []
    assert chain is None or chain.kept == {}
    assert not priya.store.get_secret(keeping._name(address.text))
    with pytest.raises(NotFound, match="engage place add"), opened_place(address.text, priya.store):
        pass


@pytest.mark.parametrize("server", ["webdav"], indirect=True)
def test_a_keychain_that_lost_it_or_will_not_let_go(server, laptop, monkeypatch):
    chain = servers.Chain()
    monkeypatch.setattr(keeping, "system_keychain", lambda: chain)
    server.make("lost")
    address = server.address("lost")
    priya = laptop("Priya")
    keep_place_known(priya.store, address, server.login())
    monkeypatch.setattr(keeping, "system_keychain", lambda: None)
    with pytest.raises(KnownError, match="give the password") as caught:
        opened_place(address.text, priya.store).__enter__()
    assert caught.value.code == "no_login"
    with pytest.raises(KnownError, match="still known here"):
        forget_place(priya.store, address)
    assert len(known_places(priya.store)) == 1


def test_only_a_systems_own_keychain_is_used(monkeypatch):
    import keyring.backend

    class Plain:
        priority = 9.0

    found = [Plain()]
    monkeypatch.undo()
    monkeypatch.setattr(keyring.backend, "get_all_keyring", lambda: found)
    assert keeping.system_keychain() is None
    ours = type("Keyring", (), {"__module__": "keyring.backends.SecretService", "priority": 5.0})()
    found.append(ours)
    assert keeping.system_keychain() is ours

    def broken():
        raise RuntimeError

    monkeypatch.setattr(keyring.backend, "get_all_keyring", broken)
    assert keeping.system_keychain() is None


def test_a_login_does_not_show_its_secret():
    assert servers.PASSWORD not in repr(Login("sam", servers.PASSWORD))
