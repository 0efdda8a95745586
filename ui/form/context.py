"""What a form is given from outside: the store's door, long work, and where links lead."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from db.changes import Applied, Change
from engage_desktop.readings import Readings
from ui.rights import RightsWatch
from ui.tasks import Callback, Tasks, Ticket


def _nowhere(kind: str, record_id: str) -> None:
    """A link that leads nowhere: for forms that stand alone."""


def _not_begun(kind: str, defaults: Mapping[str, Any]) -> None:
    """For forms that stand alone: nothing is begun from them."""


def local_day() -> dt.date:
    """Today, as the laptop's clock has it."""
    return dt.datetime.now().astimezone().date()


@dataclass
class Context:
    """`workspace` has store, drafts and blobs; `open_record(kind, id)` shows a record,
    `begin_record(kind, defaults)` starts one; `say(words)` shows a passing message.
    `exchanger` is the window's one `ui.exchange.Exchanger`, where there is a window;
    `go(where)` leads to another area; `finish(last)` closes the window and its workspace, and does
    `last` then; `today()` is the day that the window works with."""

    workspace: Any
    tasks: Tasks
    open_record: Callable[[str, str], None] = _nowhere
    begin_record: Callable[[str, Mapping[str, Any]], None] = _not_begun
    say: Callable[..., None] = field(default=lambda *_a, **_k: None)
    exchanger: Any = None
    go: Callable[[str], None] = field(default=lambda _where: None)
    finish: Callable[[Callable[[], None]], None] = field(default=lambda _last: None)
    today: Callable[[], dt.date] = local_day

    @property
    def registry(self) -> Any:
        """Every kind of record."""
        return self.workspace.store.registry

    @cached_property
    def readings(self) -> Readings:
        """Where it is written down that something confidential is shown."""
        known: Readings | None = getattr(self.workspace, "readings", None)
        return known or Readings(self.workspace.store)

    @cached_property
    def rights(self) -> RightsWatch:
        """What the officer's role lets them add and change."""
        return RightsWatch(self.workspace, self.tasks)

    def apply(
        self,
        changes: list[Change],
        why: str,
        done: Callback | None = None,
        failed: Callback | None = None,
        *,
        initiator: object | None = None,
    ) -> Ticket:
        """Change the store, on the writing thread. `done` gets what was applied."""
        store = self.workspace.store

        def job(_ticket: Ticket) -> Applied:
            applied: Applied = store.apply(changes, why, initiator=initiator)
            return applied

        return self.tasks.write(job, done, failed)
