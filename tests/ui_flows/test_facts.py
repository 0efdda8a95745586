"""The head of an open record says what the day says."""

from db.changes import Bin, Create
from db.record import validated
from engage_desktop.queries.today import coming_events
from engage_desktop.records.registry import REGISTRY
from tests.ui_flows.helpers import TODAY
from ui.pages.facts import facts


def test_an_events_head_and_the_day_agree_on_who_needs_what(workspace):
    store = workspace.store

    def add(kind, **values):
        record = validated(REGISTRY[kind], {"id": store.new_id(), **values})
        store.apply([Create(record)], "Add")
        return record.id

    hall = add("venue", name="Mere Hall", access={"changing_places": "no"})
    guest = add("stakeholder", name="J. Pike", needs=["hoist"])
    meeting = add("event", name="Open day", date=TODAY, venue=hall, invited=[guest])

    def seen():
        reader = store.reader()
        try:
            head = facts(reader, reader.get("event", meeting), TODAY)
            [coming] = [e for e in coming_events(reader, TODAY, TODAY) if e.id == meeting]
            return head.warning, coming.unmet
        finally:
            reader.close()

    warning, unmet = seen()
    assert unmet
    assert all(need in warning[1] for need in ("Mere Hall", *unmet))
    store.apply([Bin("stakeholder", guest)], "Delete")
    assert seen() == (None, ())
