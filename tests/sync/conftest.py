"""Laptops that close by themselves."""

from __future__ import annotations

import pytest

from engage_desktop.sync.place import LocalPlace
from tests.sync.laptops import Laptop


@pytest.fixture
def laptop(tmp_path):
    """Make laptops: laptop("Priya") founds, laptop("Sam", by=priya) joins."""
    made = []

    def make(officer, *, by=None, folder=None, **more):
        path = tmp_path / (folder or officer)
        new = Laptop(path, officer, **more) if by is None else by.invite(officer, path, **more)
        made.append(new)
        return new

    yield make
    for one in made:
        one.close()


@pytest.fixture
def pair(laptop):
    """Two laptops of one team; Priya founded it."""
    priya = laptop("Priya")
    return priya, laptop("Sam", by=priya)


@pytest.fixture
def opened(monkeypatch):
    """Every delivery that is read out of a shared folder, by name."""
    return read_below("b/", monkeypatch)


def read_below(folder, monkeypatch):
    """Whatever is read out of this folder of a shared one, from now on, by name."""
    names = []
    real = LocalPlace.open

    def spy(self, name):
        if self.folder.name != "sealed" and name.startswith(folder):
            names.append(name)
        return real(self, name)

    monkeypatch.setattr(LocalPlace, "open", spy)
    return names


@pytest.fixture
def shared(tmp_path):
    """An empty shared folder."""
    folder = tmp_path / "shared"
    folder.mkdir()
    return folder
