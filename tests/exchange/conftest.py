"""A store for each test, and a colleague's store of the same team."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from db.store import RECORD_KEY, Store
from engage_desktop.migrations import MIGRATIONS
from engage_desktop.records.registry import REGISTRY

MakeStore = Callable[..., Store]


@pytest.fixture
def make_store(tmp_path: Path) -> Iterator[MakeStore]:
    """Makes stores that are closed afterwards; all of one team unless told otherwise."""
    made: list[Store] = []

    def make(registry=REGISTRY, migrations=MIGRATIONS, team: bytes = b"t" * 32) -> Store:  # type: ignore[no-untyped-def]
        number = len(made)
        store = Store.create(
            tmp_path / f"store-{number}.db",
            b"k" * 32,
            registry,
            migrations,
            officer=f"Officer {number}",
            device=f"{number:032x}",
        )
        store.set_secret(RECORD_KEY, team)
        made.append(store)
        return store

    yield make
    for store in made:
        store.close()


@pytest.fixture
def store(make_store: MakeStore) -> Store:
    """An empty store."""
    return make_store()


@pytest.fixture
def shared_data() -> Path:
    """The folder of public sample files, which is kept beside the project and not in it."""
    found = next(
        (p / "shared/data" for p in Path(__file__).parents if (p / "shared/data").is_dir()), None
    )
    if found is None:
        pytest.skip("the folder of public sample files (../shared/data) is not here")
    return found
