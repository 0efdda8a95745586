"""Very many rows by one statement.

The driver takes and gives back the interpreter for each row of `executemany`, so nothing else gets
on meanwhile. One statement for thousands of rows leaves it alone while SQLite works. There is a
statement for each power of two; rows that are wanting are made of zeros, and are not put in.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AbstractContextManager
from typing import Any

from db.connection import Connection

MOST_ROWS = 8_192
"""In one statement, which stays in memory with its values."""

MOST_VALUES = 160_000


class Block:
    """Puts rows into a table, given as one flat list of their values."""

    def __init__(self, table: str, columns: Mapping[str, str]) -> None:
        """`columns` tells what goes into each: "?" where it takes the next value of a row, or SQL
        around that. The first column takes a value above zero."""
        self._table = table
        self._names = ", ".join(columns)
        self._forms = list(columns.values())
        self.width = sum("?" in form for form in self._forms)
        most = MOST_ROWS
        while most * self.width > MOST_VALUES:
            most //= 2
        self._most = most
        self._statements: dict[int, str] = {}

    def put(
        self, connection: Connection, values: list[Any], turn: AbstractContextManager[Any]
    ) -> None:
        """Put in the rows of these values; `turn` is held for each statement."""
        width, step = self.width, self._most * self.width
        for start in range(0, len(values), step):
            some = values[start : start + step]
            rows = len(some) // width
            size = 1 << (rows - 1).bit_length()
            some += [0] * ((size - rows) * width)
            statement = self._statement(size)
            with turn:
                connection.execute(statement, some)

    def _statement(self, size: int) -> str:
        known = self._statements.get(size)
        if known is not None:
            return known
        taken, number = [], 0
        for form in self._forms:
            number += "?" in form
            taken.append(form.replace("?", f"column{number}"))
        row = f"({', '.join('?' * self.width)})"
        made = self._statements[size] = (
            f"INSERT OR FAIL INTO {self._table}({self._names}) SELECT {', '.join(taken)} "
            f"FROM (VALUES {', '.join([row] * size)}) WHERE column1 > 0"
        )
        return made
