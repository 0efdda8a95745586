"""Addresses of shared places: what may be written, and that no password is ever in one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.errors import InvalidInput
from engage_desktop.sync.remote.address import is_address, parse_address


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("webdavs://cloud.example.org/team/", "webdavs://cloud.example.org/team"),
        ("https://cloud.example.org/dav/Our team", "webdavs://cloud.example.org/dav/Our%20team"),
        ("davs://sam@cloud.example.org:8443/x//y", "webdavs://cloud.example.org:8443/x/y"),
        ("webdav://127.0.0.1:8080/x", "webdav://127.0.0.1:8080/x"),
        ("webdav://[::1]:8080/x", "webdav://[::1]:8080/x"),
        ("sftp://sam@files.example.org/~/team", "sftp://files.example.org/~/team"),
        ("SFTP://Files.Example.org:2222/srv/t%20m", "sftp://files.example.org:2222/srv/t%20m"),
        ("s3://county-team", "s3://county-team"),
        (
            "s3://county-team/a/b/?region=eu-west-2&endpoint=https://s3.example.org/",
            "s3://county-team/a/b?endpoint=https://s3.example.org&region=eu-west-2",
        ),
    ],
)
def test_each_place_has_one_name(text, canonical):
    assert is_address(text)
    assert parse_address(text).text == canonical
    assert parse_address(canonical).text == canonical


def test_a_user_is_taken_and_not_part_of_the_name():
    assert parse_address("sftp://sam%40county@files.example.org/x").user == "sam@county"


@pytest.mark.parametrize(
    "text", ["/srv/team", "C:\\Team", "c://team", "team", "//server/share", "\\\\server\\share"]
)
def test_folders_are_no_addresses(text):
    assert not is_address(text)


@pytest.mark.parametrize(
    "text",
    [
        "ftp://files.example.org/x",
        "file:///srv/team",
        "webdavs://",
        "webdavs:///x",
        "webdavs://host:99999/x",
        "webdavs://[::1/x",
        "webdavs://cloud.example.org/a/../b",
        "webdavs://cloud.example.org/a/%2e%2e/b",
        "webdavs://cloud.example.org/x#y",
        "webdavs://cloud.example.org/x\ny",
        "webdavs://cloud.example.org/x?y=1",
        "sftp://files.example.org/a\\b",
        "s3://UPPER/x",
        "s3://b",
        "s3://county-team/x?secret=1",
        "s3://county-team/x?endpoint=s3.example.org",
        "s3://county-team/x?endpoint=https://sam@s3.example.org",
        "s3://county-team/x?region=a b",
        "webdav://cloud.example.org/x",
        "http://192.168.1.2/x",
        "s3://county-team?endpoint=http://s3.example.org",
    ],
)
def test_what_is_none_is_said_so(text):
    with pytest.raises(InvalidInput, match=r"Nothing was changed\.$"):
        parse_address(text)


@given(st.sampled_from(["webdavs", "https", "sftp", "s3"]), st.text(min_size=1, max_size=20))
def test_a_password_in_an_address_is_refused_and_never_repeated(scheme, secret):
    text = f"{scheme}://sam:hunter2{secret}@files.example.org/x"
    sentence, address = "", None
    try:
        address = parse_address(text)
    except InvalidInput as error:
        sentence = error.sentence
    assert "hunter2" not in sentence
    assert address is None or "hunter2" not in address.text


def test_what_looks_like_a_password_after_a_slash_is_refused_too():
    with pytest.raises(InvalidInput) as caught:
        parse_address("sftp://sam:hun/ter2@files.example.org/x")
    assert "ter2" not in caught.value.sentence
