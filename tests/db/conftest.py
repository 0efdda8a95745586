"""Real encrypted stores, made in a moment from one template, on clocks the test holds."""

import shutil
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest

from db.store import Store
from tests.db.laptops import KEY, KINDS, Laptop, template


@pytest.fixture(scope="session")
def blank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A closed, empty store with every kind and the specimen."""
    return template(tmp_path_factory.mktemp("template") / "store.db")


@pytest.fixture
def make_laptop(blank: Path, tmp_path: Path) -> Iterator[Callable[..., Laptop]]:
    """Stores of one team: each call makes another laptop. All are closed at the end."""
    made: list[Laptop] = []
    numbers = count()

    def make(officer: str = "Ann", **more: int) -> Laptop:
        path = tmp_path / f"store-{next(numbers)}.db"
        shutil.copyfile(blank, path)
        made.append(Laptop(path, officer, number=len(made), **more))
        return made[-1]

    yield make
    for laptop in made:
        laptop.close()


@pytest.fixture
def ann(make_laptop: Callable[..., Laptop]) -> Laptop:
    """One laptop."""
    return make_laptop("Ann")


@pytest.fixture
def store(ann: Laptop) -> Store:
    """One open store."""
    return ann.store


__all__ = ["KEY", "KINDS"]
