"""Out of the bin: as one change, except what only the taking back of a merge brings back."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing

from db.changes import Applied, Restore
from db.errors import InvalidInput, KnownError
from ui.form.context import Context
from ui.tasks import Ticket
from ui.words import translate


def put_back(context: Context, kind: str, ids: Sequence[str], why: str, said: str = "") -> Ticket:
    """Take records out of the bin as one change, and say so; or say why they stay there."""
    store = context.workspace.store

    def job(_ticket: Ticket) -> Applied:
        from engage_desktop.merging import KIND, why_not_put_back

        if kind == KIND:
            with closing(store.reader()) as reader:
                refusals = [why_not_put_back(reader, each) for each in ids]
            if any(refusals):
                raise InvalidInput(next(filter(None, refusals)))
        applied: Applied = store.apply([Restore(kind, each) for each in ids], why)
        return applied

    def failed(error: BaseException) -> None:
        fault = translate("record", "A fault in the program stopped this. Nothing was changed.")
        context.say(error.sentence if isinstance(error, KnownError) else fault)

    def done(_applied: Applied) -> None:
        if said:
            context.say(said)

    return context.tasks.write(job, done, failed)


__all__ = ["put_back"]
