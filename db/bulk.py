"""Taking in a whole history: the plain ops by the thousand, all others as `db.intake` does it.

A record is plain when nothing was known of it, its kind is one of ours, nothing in it speaks of
erasing, and its ops count without another op as their reason. Of a new laptop's first history that
is nearly everything. Whatever is not plain, or turns out not to be while it is written, is given to
`Intake` at the end of the same transaction. So both come to the same state, which the tests hold
them to; this way is only quicker.

`prepare` works out every row without writing any, `put` writes them without working anything out,
so that the two can go on at once. Where both need the store they take turns, a statement each:
SQLite keeps the last error with the connection, and one would be told what the other's came to.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from operator import eq, itemgetter

from sqlcipher3.dbapi2 import IntegrityError

from db import claims
from db.batch import MOST_TOLD
from db.changes import Op, Touched
from db.connection import Connection
from db.intake import Intake
from db.keeping import Keeper
from db.known import Known, Plain, rows_of
from db.outlay import Outlay, Tables
from db.pages import RECORD, Row, items_of, op_of
from db.plans import Plan, Plans
from db.standing import Claim, Judge, Source, Standing, Verdict, always_of

MOST_IDS = 600_000
"""Ids of records, and of change sets, that are remembered; beyond, they are looked up."""

Check = Callable[[Op], None]
"""Is asked about an op that was not seen to fit at a glance, and raises what it likes."""


class Contradicted(Exception):
    """Something that should have been new is here: one id stands for two things, or came twice."""


FEW = 4
"""Ops of one shape that are looked at one by one."""


class Piece:
    """Some ops, those about plain records apart."""

    __slots__ = ("odd", "plain", "rows")

    def __init__(self, rows: list[Row]) -> None:
        self.rows = rows
        self.plain: list[Plain] = []
        self.odd: list[Row] = []


class _Alone:
    """The evidence about an op that names no other, on a record of which nothing else is here."""

    def __init__(self, creations: Sequence[Claim]) -> None:
        self._creations = creations

    def op(self, op_id: str) -> None:
        """It names none."""

    def creations(self, record_id: str) -> Sequence[Claim]:
        """The ops that wrote the record down."""
        return self._creations


class Bulk:
    """Takes in pieces of a history. One transaction: `begin`; some pieces, each prepared and put;
    `fill` with all of them; `finish`."""

    def __init__(
        self, connection: Connection, keeper: Keeper, intake: Intake, judge: Judge | None, *,
        bare: bool, check: Check | None = None,
    ) -> None:  # fmt: skip
        self._connection = connection
        self._keeper = keeper
        self._registry = keeper.registry
        self._intake = intake
        self._always = always_of(judge)
        self._check = check
        self._plans = Plans(keeper.registry, keeper.tables)
        self._tables = Tables(keeper.tables)
        self._turn = threading.Lock()
        self._known = Known(connection, self._turn, complete=bare)
        self._judge = judge
        self._standings: dict[
            tuple[str, str, int, str, str], tuple[Standing | None, Source | None]
        ] = {}
        self._some_cite = False
        self._told = 0
        self._told_kinds: set[str] = set()

    # -- looking at ops, without the store ---------------------------------------------------

    def sort_out(self, rows: list[Row]) -> Piece:
        """Tell plain records from others. Raises what the check for odd ones raises."""
        piece = Piece(rows)
        plans = self._plans_of(rows)
        records = [row[RECORD] for row in rows]
        more = [*map(eq, records, records[1:]), False]
        at, size = 0, len(rows)
        plain, odd = piece.plain, piece.odd
        while at < size:
            plan = plans[at]
            if not more[at]:
                row = rows[at]
                if plan is None:
                    odd.append(row)
                else:
                    plain.append((row, plan, [row] if row[7] or plan.bins else None))
                at += 1
                continue
            end = at + 1
            while more[end - 1]:
                end += 1
            kind = plan.kind if plan is not None else None
            some = rows[at:end]
            told_once = len({(row[0][0], row[3]) for row in some}) == len(some)
            agree = plan is not None and all(p and p.kind == kind for p in plans[at:end])
            if plan is None or not (told_once and agree):
                odd += some
            else:
                plain.append((rows[at], plan, some))
            at = end
        return piece

    def _plans_of(self, rows: list[Row]) -> list[Plan | None]:
        """What to do with each op, those of one shape at a time."""
        shapes: dict[tuple[str, ...], list[int]] = {}
        for at, row in enumerate(rows):
            shapes.setdefault((row[4], *row[6]), []).append(at)
        found: list[Plan | None] = [None] * len(rows)
        for places in shapes.values():
            plan = self._plan_of_all([rows[at] for at in places])
            for at in places:
                found[at] = plan or self._plan(rows[at], rows, at)
        return found

    def _plan_of_all(self, rows: list[Row]) -> Plan | None:
        """What to do with ops of one shape; None where that has to be asked of each."""
        kind, values = rows[0][4], [row[6] for row in rows]
        plan = self._plans.of(kind, values[0])
        if plan is None or len(rows) < FEW or any(map(itemgetter(9), rows)):
            return None
        asked = {(row[0][1], row[0][7], id(row[1]), row[2]): row for row in rows}
        for row in asked.values():
            standing = self._standing(row)
            if not row[2] or standing is None or standing.verdict is not Verdict.COUNTS:
                return None
        columns = [*zip(*[value.values() for value in values], strict=True)]
        return plan if plan.all_fit(columns) else None

    def _plan(self, row: Row, rows: list[Row], at: int) -> Plan | None:
        """What to do with the op at a place of `rows`; None where it is not plain."""
        _, _, compartment, _, kind, _, values, _, _, because = row
        plan = self._plans.of(kind, values)
        if plan is None or not plan.fits([*values.values()]):
            if self._check is not None:
                self._check(op_of(row))
            return None
        if because or not compartment:
            return None
        standing = self._standing(row)
        if standing is None and self._judge is not None:
            (item,) = items_of([row])
            creations = [Claim(*made) for made in items_of(_about(rows, at)) if made[1].creates]
            standing = self._judge(Claim(*item), _Alone(creations))
        return plan if standing is not None and standing.verdict is Verdict.COUNTS else None

    def _standing(self, row: Row) -> Standing | None:
        """What every op of this author, file, kind and compartment comes to, if that is all."""
        head, source, compartment, _, kind, _, _, _, _, _ = row
        asked = (head[1], head[7], id(source), kind, compartment)
        known = self._standings.get(asked)
        if known is None:
            if len(self._standings) > MOST_IDS:
                self._standings.clear()
            # The file is held with it, or another could come to have its id.
            known = (self._always(head[1], head[7], source, kind, compartment), source)
            self._standings[asked] = known
        return known[0]

    # -- one transaction ---------------------------------------------------------------------

    def begin(self) -> None:
        """See what is here. Nobody else writes from now on."""
        self._known.look()
        self._some_cite = bool(
            self._connection.execute(
                "SELECT 1 FROM op WHERE because IS NOT NULL LIMIT 1"
            ).fetchone()
        )

    def prepare(self, piece: Piece) -> Outlay:
        """Work out the rows of what is plain, and take note of them as if they were written."""
        laid = Outlay(self._known, self._tables, self._plans)
        laid.odd += piece.odd
        with self._turn:
            is_erased = self._erased_too()
        plain = laid.apart(is_erased, piece.plain)
        plain = laid.apart(self._waited_for(plain), plain)
        plain = laid.apart(self._known.of_two_envelopes(plain), plain)
        plain = laid.apart(self._known.here(plain), plain)
        laid.lay(plain)
        return laid

    def put(self, laid: Outlay) -> None:
        """Write these rows. Next to nothing but SQLite runs meanwhile.

        Raises `Contradicted`; the transaction has to be taken back then, see `give_up`.
        """
        try:
            laid.put(self._connection, self._turn)
        except IntegrityError as error:
            raise Contradicted from error

    def fill(self, all_laid: Iterable[Outlay]) -> None:
        """Let the words in all these rows be found, once all of them are written.

        Any statement on another table makes FTS5 put away what it has gathered, as a segment of
        its own that has to be merged with the others later: with few it is a third quicker.
        """
        for kind, first, last in joined(span for laid in all_laid for span in laid.ranges):
            self._keeper.tables[kind].fill_index(self._connection, first, last)

    def finish(self, all_laid: Iterable[Outlay]) -> None:
        """Count what was written, and take in what is not plain."""
        odd: list[Row] = []
        for laid in all_laid:
            odd += laid.odd
            for (kind, state), count in laid.counts.items():
                self._keeper.count(kind, state, None, count)
            taken = self._intake.taken
            taken.new_ops += laid.new_ops
            taken.records.update(laid.keys.values())
            self._tell(laid)
        if odd:
            self._keeper.unlearn()
            self._intake.take(items_of(odd))
        self._known.end([row[0][0] for row in odd], self._keeper.known() if odd else {}, MOST_IDS)

    def give_up(self) -> None:
        """After the transaction was taken back: nothing is known any more without looking."""
        self._known.forget()

    def take_singly(self, rows: list[Row]) -> None:
        """Take in ops the other way, which tells which of two contents counts."""
        self._intake.take(items_of(rows))

    def _tell(self, laid: Outlay) -> None:
        """Note what listeners may hear of: some hundred records, or one of each kind."""
        kinds = {kind for kind, _ in laid.counts}
        if self._told <= MOST_TOLD or not kinds <= self._told_kinds:
            self._told_kinds |= kinds
            self._told += len(laid.plain)
            self._intake.taken.touched += [
                Touched(plan.kind, row[RECORD], laid.what(row[RECORD]))
                for row, plan, _ in laid.plain
            ]

    # -- what is not plain after all ---------------------------------------------------------

    def _erased_too(self) -> Callable[[Row], bool] | None:
        """Tells parts of what was erased."""
        erased = self._keeper.erased_ids()
        if not erased:
            return None
        parents = {cls.meta.name: cls.meta.parent for cls in self._registry if cls.meta.parent}
        return lambda row: row[4] in parents and row[6].get(parents[row[4]]) in erased

    def _waited_for(self, plain: list[Plain]) -> Callable[[Row], bool] | None:
        """Tells ops for which others wait that are here."""
        if not self._some_cite:
            return None
        ids = [f"{row[0][0]}:{row[3]}" for row in rows_of(plain)]
        with self._turn:
            found = claims.citing(self._connection, self._registry, ids)
            cited = {item.claim.op.because for item in found}
        return (lambda row: f"{row[0][0]}:{row[3]}" in cited) if cited else None


def joined(spans: Iterable[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Kinds with row keys from and to, those that meet as one."""
    found: list[tuple[str, int, int]] = []
    for kind, first, last in sorted(spans):
        if found and found[-1][0] == kind and first <= found[-1][2] + 1:
            first, last = found[-1][1], max(last, found[-1][2])
            found.pop()
        found.append((kind, first, last))
    return found


def _about(rows: list[Row], at: int) -> list[Row]:
    """The rows about one record that stand together, one of them at this place."""
    first = last = at
    while first and rows[first - 1][RECORD] == rows[at][RECORD]:
        first -= 1
    while last + 1 < len(rows) and rows[last + 1][RECORD] == rows[at][RECORD]:
        last += 1
    return rows[first : last + 1]
