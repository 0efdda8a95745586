"""From what people have at hand to an address."""

import pytest

from db.errors import InvalidInput
from engage_desktop.sync.remote.spelling import kind_of, understood


@pytest.mark.parametrize(
    ("text", "kind", "address"),
    [
        ("https://files.example.org/team", "webdav", "webdavs://files.example.org/team"),
        ("files.example.org/team", "webdav", "webdavs://files.example.org/team"),
        ("  davs://files.example.org/team/ ", "webdav", "webdavs://files.example.org/team"),
        (
            "https://cloud.example.org/apps/files/?dir=/Team%20A/North&fileid=12",
            "webdav",
            "webdavs://cloud.example.org/remote.php/dav/files/sam%20p/Team%20A/North",
        ),
        (
            "https://example.org/cloud/index.php/apps/files/files/77?dir=/",
            "webdav",
            "webdavs://example.org/cloud/remote.php/dav/files/sam%20p",
        ),
        (
            "https://cloud.example.org/remote.php/dav/files/sam/Team",
            "webdav",
            "webdavs://cloud.example.org/remote.php/dav/files/sam/Team",
        ),
        ("sftp://files.example.org/srv/team", "sftp", "sftp://files.example.org/srv/team"),
        ("files.example.org:/srv/team", "sftp", "sftp://files.example.org/srv/team"),
        ("sam@files.example.org:team", "sftp", "sftp://files.example.org/~/team"),
        ("files.example.org:~/team", "sftp", "sftp://files.example.org/~/team"),
        ("files.example.org:2022/srv", "sftp", "sftp://files.example.org:2022/srv"),
        ("[::1]:/srv", "sftp", "sftp://[::1]/srv"),
        ("bucket/team", "s3", "s3://bucket/team"),
        ("s3://bucket", "s3", "s3://bucket"),
    ],
)
def test_what_is_meant(text, kind, address):
    assert understood(text, kind, user="sam p").text == address


def test_an_object_stores_options():
    found = understood(
        "s3://bucket/team", "s3", endpoint="https://store.example.org", region="eu-west-2"
    )
    assert (found.endpoint, found.region) == ("https://store.example.org", "eu-west-2")
    assert understood(found.text, "s3") == found
    assert understood("https://store.example.org/bucket/team", "s3").text == (
        "s3://bucket/team?endpoint=https://store.example.org"
    )
    assert understood("bucket", "s3", endpoint="store.example.org").endpoint == (
        "https://store.example.org"
    )


@pytest.mark.parametrize(
    ("text", "kind", "said"),
    [
        ("", "webdav", "Type the server's address"),
        ("http://files.example.org/team", "webdav", "not protected"),
        ("https://sam:secret@files.example.org/team", "webdav", "must not hold a password"),
        ("sam:secret@files.example.org:/srv", "sftp", "must not hold a password"),
        ("https://cloud.example.org/apps/files?dir=/../x", "webdav", "leads up again"),
        ("ftp://files.example.org", "sftp", "begins with"),
        ("http://store.example.org/bucket", "s3", "not protected"),
        ("A Bucket!", "s3", "bucket"),
    ],
)
def test_what_will_not_do_is_said_without_repeating_it(text, kind, said):
    with pytest.raises(InvalidInput, match=said) as caught:
        understood(text, kind, user="sam")
    assert "secret" not in caught.value.sentence


def test_a_page_for_people_needs_the_persons_name():
    with pytest.raises(InvalidInput, match="your user name there is needed"):
        understood("https://cloud.example.org/apps/files/", "webdav")


def test_the_kind_is_told_by_the_beginning():
    assert [kind_of(each) for each in ("https://x", "SFTP://x", "s3://x", "x", "ftp://x")] == [
        "webdav", "sftp", "s3", "", "",
    ]  # fmt: skip
