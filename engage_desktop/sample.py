"""The sample county: fictional people and places with the figures of a real annual report.

Everything in it says that it is fictional. Days in the near past and future are laid around the
day on which it is made, so that Today always has something to show.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import resources
from db.changes import Change, Create
from db.store import Store
from engage_desktop.records.registry import REGISTRY
from engage_desktop.sample_readers import bulletin_field, permissions, readers

Progress = Callable[[int, int], None]

RENAMED = {
    "venue": {"access_checked_on": "checked_on", "access_checked_by": "checked_by"},
    "event": {"title": "name"},
}
STEP = 200


def fill(store: Store, *, today: dt.date, progress: Progress | None = None) -> int:
    """Write the sample into an empty store, as one change that undo passes over.

    Returns how many records there are. Raises as `Store.apply` does.
    """
    loader = _Loader(store, today)
    changes: list[Change] = [Create(record) for record in loader.records()]
    with store.batch("Fill with the sample", undoable=False) as batch:
        for at in range(0, len(changes), STEP):
            batch.add(changes[at : at + STEP])
            if progress is not None:
                progress(min(at + STEP, len(changes)), len(changes))
    store.set_setting("sample", True)
    return len(changes)


class _Loader:
    """Turns the files of `resources/sample` into records, keys into ids, offsets into dates."""

    def __init__(self, store: Store, today: dt.date) -> None:
        self._store = store
        self._today = today

    def records(self) -> Iterator[Any]:
        for kind, name in (("theme", "themes"), ("place", "places")):
            yield from self._each(kind, resources.sample(name))
        yield from self._each("stakeholder", self._stakeholders())
        for kind, name in (
            ("venue", "venues"), ("event", "events"), ("counted_return", "counted_returns"),
            ("membership", "memberships"), ("relationship", "relationships"),
            ("training", "training"), ("interaction", "contacts"),
        ):  # fmt: skip
            yield from self._each(kind, resources.sample(name))
        yield from self._each("permission", permissions())
        yield from self._each("assessment", self._frozen())
        yield from self._feedback()

    def _feedback(self) -> Iterator[Any]:
        for item in resources.sample("responses"):
            yield self._make("response", item["key"], item)
            for number, comment in enumerate(item["comments"]):
                values = {**comment, "response": item["key"]}
                yield self._make("comment", f"{item['key']}-{number}", values)
        for item in resources.sample("you_said"):
            yield self._make("you_said", item["key"], item)
            for number, line in enumerate(item["easy_read"], start=1):
                values = {**line, "you_said": item["key"], "position": number}
                yield self._make("easy_read_line", f"{item['key']}-{number}", values)

    def _stakeholders(self) -> Iterator[dict[str, Any]]:
        """The register: those of the files with today's scores, and the bulletin's readers."""
        scores = {item["key"]: item for item in resources.sample("scores")}
        for item in (*resources.sample("stakeholders"), *resources.sample("groups")):
            yield {**item, **scores.get(item["key"], {})}
        for item in readers():
            yield {**item, "bulletin": bulletin_field(item["answer"]),
                   "do_not_contact": item["answer"] == "do_not_contact"}  # fmt: skip

    def _frozen(self) -> Iterator[dict[str, Any]]:
        """The scores that were kept when a consultation began."""
        told = resources.read_json("sample/scores.json")
        for item in told["items"]:
            if "start" in item:
                yield {
                    **item["start"],
                    "key": item["key"],
                    "stakeholder": item["key"],
                    "name": told["occasion"],
                    "scored_on_in_days": told["scored_on_in_days"],
                }

    def _each(self, kind: str, items: Iterable[dict[str, Any]]) -> Iterator[Any]:
        for index, item in enumerate(items):
            yield self._make(kind, str(item.get("key", index)), item)

    def _make(self, kind: str, key: str, item: dict[str, Any]) -> Any:
        cls = REGISTRY[kind]
        specs = cls.specs()
        values: dict[str, Any] = {"id": self._id(kind, key)}
        for name, value in self._named(kind, item):
            spec = specs.get(name)
            if spec is None or value is None:
                continue
            if spec.target and isinstance(value, list):
                value = [self._id(spec.target, each) for each in value]
            elif spec.target:
                value = self._id(spec.target, value)
            values[name] = value
        return cls.model_validate(values)

    def _named(self, kind: str, item: dict[str, Any]) -> Iterator[tuple[str, Any]]:
        for name, value in item.items():
            if name == "day_offset":
                if value is not None:
                    yield ("date" if kind == "event" else "received_on"), self._day(value)
            elif name.endswith("_in_days"):
                yield name.removesuffix("_in_days"), self._day(value)
            elif name == "is_organisation":
                yield "nature", "organisation" if value else "person"
            else:
                yield RENAMED.get(kind, {}).get(name, name), value

    def _day(self, offset: int) -> str:
        return (self._today + dt.timedelta(days=offset)).isoformat()

    def _id(self, kind: str, key: str) -> str:
        return self._store.derived_id("sample", kind, key)
