"""A server that lies, leads elsewhere or cannot prove who it is: harmless, and told."""

import contextlib
import socket

import pytest
from cheroot import wsgi

from engage_desktop.sync.errors import FolderUnavailable
from engage_desktop.sync.remote.address import parse_address
from engage_desktop.sync.remote.book import remote_place
from engage_desktop.sync.remote.login import Login
from engage_desktop.sync.remote.trying import Wish, try_place
from tests.sync import servers

SECRET = "gazebo in the rain"
SAM = Login("sam", SECRET)


class Liar:
    """Answers as it is told, and remembers what it was asked with."""

    def __init__(self):
        self.asked = []
        self.answer = lambda environ: ("404 Not Found", [], b"")
        self.server = wsgi.Server(("127.0.0.1", 0), self, numthreads=2, max=2)

    def __call__(self, environ, start_response):
        self.asked.append(dict(environ))
        environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        status, headers, body = self.answer(environ)
        start_response(status, [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def address(self, folder):
        return parse_address(f"webdav://127.0.0.1:{self.port}/{folder}")


@pytest.fixture(scope="module")
def liars():
    with contextlib.ExitStack() as stack:
        made = (Liar(), Liar())
        for liar in made:
            liar.port = stack.enter_context(servers._serving(liar.server))
        yield made


@pytest.fixture
def liar(liars):
    for each in liars:
        each.asked.clear()
    return liars[0]


def listing(*hrefs):
    one = "<d:response><d:href>{}</d:href><d:propstat><d:prop>{}</d:prop><d:status>HTTP/1.1 200 OK"
    one += "</d:status></d:propstat></d:response>"
    folder = "<d:resourcetype><d:collection/></d:resourcetype>"
    file = "<d:resourcetype/><d:getcontentlength>3</d:getcontentlength>"
    rows = [one.format("/team/", folder), *(one.format(href, file) for href in hrefs)]
    body = f'<?xml version="1.0"?><d:multistatus xmlns:d="DAV:">{"".join(rows)}</d:multistatus>'
    return "207 Multi-Status", [("Content-Type", "application/xml")], body.encode()


def test_names_that_lead_out_of_the_place_are_never_used(liar):
    bad = (
        "/team/../../etc/passwd", "/team/b/..%2F..%2Fetc%2Fpasswd", "/team/b/%2e%2e/x",
        "/team/b/a%00b", "/team/b/a%0Ab", "/team//etc/passwd", "/team/b/c%5Cd",
    )  # fmt: skip
    liar.answer = lambda _environ: listing(*bad, "/team/b/good")
    place = remote_place(liar.address("team"), SAM, pauses=())
    with contextlib.closing(place):
        entries = list(place.entries())
        names = [entry.name for entry in entries if not entry.problem]
        assert "b/good" in names
        assert not any(".." in name.split("/") or name.startswith("/") for name in names)
        assert not any(ord(sign) < 32 or sign == "\\" for name in names for sign in name)
        odd = [entry for entry in entries if entry.problem]  # named to the officer, never opened
        assert {entry.problem for entry in odd} == {"odd_name"}
        assert not any(ord(sign) < 32 for entry in odd for sign in entry.name)
        asked = len(liar.asked)
        out = [e.name for e in odd if ".." in e.name.split("/") or e.name.startswith("/")]
        assert out
        for name in out:
            with pytest.raises(ValueError, match="not a name inside a folder"):
                place.open(name)
        assert len(liar.asked) == asked


def test_to_another_server_nobody_follows(liars, liar):
    elsewhere = liars[1]
    there = [("Location", f"http://127.0.0.1:{elsewhere.port}/team/")]
    liar.answer = lambda _environ: ("301 Moved Permanently", there, b"")
    elsewhere.answer = lambda _environ: listing()
    place = remote_place(liar.address("team"), SAM, pauses=())
    with contextlib.closing(place):
        with pytest.raises(FolderUnavailable, match="sends this laptop on to another server"):
            place.check()
        with pytest.raises(FolderUnavailable):
            place.put_if_absent("b/1", b"x")
    assert elsewhere.asked == []
    found = try_place(Wish(liar.address("team"), SAM), seconds=60)
    assert found.what == "elsewhere"
    assert not found.fits
    assert elsewhere.asked == []


def test_within_a_server_one_is_led_on_and_signs_in_anew(liar):
    def answer(environ):
        if environ["PATH_INFO"].startswith("/old"):
            return "301 Moved Permanently", [("Location", "/team/")], b""
        return listing()

    liar.answer = answer
    place = remote_place(liar.address("old"), SAM, pauses=())
    with contextlib.closing(place):
        place.check()
    assert [each["PATH_INFO"] for each in liar.asked] == ["/old/", "/team/"]
    assert all(each["HTTP_AUTHORIZATION"].startswith("Basic ") for each in liar.asked)
    liar.answer = lambda _environ: ("302 Found", [("Location", "/team/")], b"")
    with contextlib.closing(place), pytest.raises(FolderUnavailable):
        place.check()  # round and round


def test_a_web_page_is_no_folder_and_a_nextcloud_is_guessed_at(liar):
    liar.answer = lambda _environ: ("200 OK", [("Content-Type", "text/html")], b"<html>Welcome")
    found = try_place(Wish(liar.address(""), SAM), seconds=60)
    assert found.what == "odd"
    assert "Is it a Nextcloud?" in found.sentence
    assert SECRET not in found.sentence


def test_nobody_there():
    with socket.socket() as kept:  # and nobody else can begin to listen there
        kept.bind(("127.0.0.1", 0))
        address = parse_address(f"sftp://127.0.0.1:{kept.getsockname()[1]}/x")
        found = try_place(Wish(address, SAM), seconds=60)
    assert found.what == "unreachable"


@pytest.mark.parametrize("kind", ["webdav", "sftp"])
def test_a_name_that_no_server_has(kind, monkeypatch):
    def unknown(*_args, **_more):
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", unknown)
    scheme = {"webdav": "https", "sftp": "sftp"}[kind]
    found = try_place(Wish(parse_address(f"{scheme}://nowhere.invalid/x"), SAM), seconds=60)
    assert found.what == "no_server"
    assert "There is no server nowhere.invalid" in found.sentence


@pytest.mark.parametrize(
    ("ends_in", "host", "wrong"),
    [
        (30, "127.0.0.1", "does not know who issued it"),
        (-1, "127.0.0.1", "It has ended"),
        (30, "127.0.0.2", "for a server of another name"),
    ],
)
def test_what_is_wrong_with_a_certificate(tmp_path, monkeypatch, ends_in, host, wrong, liar):
    tls = servers.self_signed(tmp_path, ends_in, host)
    if "who issued" not in wrong:  # else not knowing the issuer is told first
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    said = []
    app = lambda environ, start_response: said.append(environ)  # noqa: E731
    server = wsgi.Server(("127.0.0.1", 0), app, numthreads=2, max=2)
    server.ssl_adapter = tls
    server.error_log = lambda *_args, **_more: None
    with servers._serving(server) as port:
        found = try_place(Wish(parse_address(f"https://127.0.0.1:{port}/x"), SAM), seconds=60)
    assert found.what == "server_not_trusted"
    assert wrong in found.sentence
    assert f"issued by “{host}” and ends on" in found.sentence
    assert said == [], "not one request reached it"


def test_an_odd_folder_name_is_one_like_any_other(tmp_path):
    from urllib.parse import quote

    name = "Team A ü (2) & b@c 100% #1"
    with servers.webdav(tmp_path) as server:
        server.make(name)
        place = remote_place(server.address(quote(name)), server.login(), owner="aa")
        with contextlib.closing(place):
            assert place.put_if_absent("b/1", b"x")
            assert [entry.name for entry in place.entries()] == ["b/1"]
            with place.open("b/1") as file:
                assert file.read() == b"x"
            assert place.remove("b/1")
        deep = remote_place(server.address(quote(f"{name}/50% more")), server.login())
        with contextlib.closing(deep):
            deep.make()
        assert (tmp_path / name / "50% more").is_dir()
