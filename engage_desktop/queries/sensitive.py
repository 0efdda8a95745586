"""Rows that say something protected about a person by being there at all.

A membership of a group that reveals (a support group, a faith network) goes into no file and onto
no paper unless it is asked for. A query that itself says something about that has been asked.
"""

from __future__ import annotations

from dataclasses import replace

from db.query import Condition, ListQuery
from db.reader import Reader

_REVEALS = {"membership": "group.reveals"}
"""By kind, the path that says so."""
_WHATEVER = 2
"""Neither yes nor no, so that “is not this” holds for every row."""


def only_plain(query: ListQuery) -> ListQuery:
    """The same list without what reveals, unless it was asked for."""
    path = _REVEALS.get(query.kind)
    if path is None or any(condition.path == path for condition in query.where):
        return query
    return replace(query, where=(*query.where, Condition(path, "!=", True)))


def with_sensitive(query: ListQuery) -> ListQuery:
    """The same list, asked for whole."""
    path = _REVEALS.get(query.kind)
    if path is None:
        return query
    return replace(query, where=(*query.where, Condition(path, "!=", _WHATEVER)))


def may_reveal(kind: str) -> bool:
    """Can a row of this kind reveal something by being there?"""
    return kind in _REVEALS


def left_out(reader: Reader, query: ListQuery) -> int:
    """How many rows `only_plain` leaves out."""
    plain = only_plain(query)
    return 0 if plain is query else reader.count(query) - reader.count(plain)
