"""Taking events into the store within one transaction: told from those that are there, counted, and doubted at the end.

    with store.transaction() as connection:
        taking = Taking(connection, report)
        taking.add(rows)                        # as often as needed
        taking.finish(loud_since=0.0)

Rows go in as plain tuples through the driver: a transaction writes 50,000 a second so, with SQLAlchemy's own rows half
of that. They are numbered here, so that a chunk of which the database took fewer than it was given can be asked which
of them it has.

What is rolled up (`event_days`) are views, carts and purchases by day (UTC) and product, of sessions without a mark. A
session that is marked later is taken out of the days again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

import orjson
from sqlalchemy import Connection, func, select, text, update

from shopwright.catalog import migrations as m
from shopwright.catalog.chunks import chunked
from shopwright.catalog.events.doubts import (
    BOT,
    LOOKED_AT,
    POISON,
    PRODUCT_LEAST,
    PRODUCT_SHARE,
    Act,
    bot_like,
    loud,
    pushed,
)
from shopwright.catalog.events.names import CART, PURCHASE, VIEW
from shopwright.catalog.events.report import EventReport
from shopwright.catalog.events.row import Row

_ROLLED = {VIEW: 0, CART: 1, PURCHASE: 2}
_DAY_S = 86_400
_SESSIONS_HELD, _DAYS_HELD, _PRODUCTS_HELD = 100_000, 200_000, 500_000
_ASKED = 500
_EVENT = (
    "INSERT INTO events (number, key, session, name, time, products, query, value, currency, fields) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (key) DO NOTHING"
)
_DAYS = (
    "INSERT INTO event_days (day, product, views, carts, purchases) VALUES (?, ?, ?, ?, ?) ON CONFLICT (day, product) "
    "DO UPDATE SET views = event_days.views + excluded.views, carts = event_days.carts + excluded.carts, "
    "purchases = event_days.purchases + excluded.purchases"
)
_SESSION = (
    "INSERT INTO event_sessions (number, session_id, shopper_id, conversation, first, last, events, marks) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (number) DO UPDATE SET shopper_id = excluded.shopper_id, "
    "conversation = excluded.conversation, first = excluded.first, last = excluded.last, events = excluded.events"
)


class _Sitting:
    """A session as it is held in memory: its row, and the first line that brought an event of it."""

    __slots__ = ("conversation", "events", "first", "last", "line", "marks", "number", "shopper")

    def __init__(self, number: int, shopper: str | None, marks: int = 0) -> None:
        self.number, self.shopper, self.marks = number, shopper, marks
        self.conversation: str | None = None
        self.first, self.last, self.events, self.line = float("inf"), float("-inf"), 0, 0


class Taking:
    """Events on their way into the store. Nobody else may write events meanwhile: the transaction sees to it.

    Args:
        connection: in a transaction that writes.
        report: to count in.
        conversations: the conversation that a session belongs to, by its id, where that is known.
    """

    def __init__(
        self, connection: Connection, report: EventReport, conversations: dict[str, str] | None = None
    ) -> None:
        self._connection, self.report = connection, report
        self._conversations = conversations or {}
        self._postgres = connection.dialect.name == "postgresql"
        if self._postgres:
            connection.execute(text("LOCK TABLE events IN SHARE ROW EXCLUSIVE MODE"))
        self._next = int(connection.scalar(select(func.max(m.events.c.number))) or 0) + 1
        numbers = (m.event_sessions.c.number, m.events.c.session)  # emptied events keep the number of theirs
        self._next_session = 1 + max(int(connection.scalar(select(func.max(each))) or 0) for each in numbers)
        self._sittings: dict[str, _Sitting] = {}
        self._days: dict[tuple[int, str], list[int]] = {}
        self._conspicuous: dict[int, int] = {}
        self._looked_up: set[str] = set()
        self._unknown: set[str] = set()

    def add(self, rows: Sequence[tuple[int, Row]]) -> None:
        """Take events with the numbers of their lines; those whose key is there are duplicates."""
        self._know(rows)
        sittings, dumps, number = self._sittings, orjson.dumps, self._next
        made, named = [], set[str]()
        for _, (key, name, session, time, items, _, query, value, currency, fields) in rows:
            named.update(items)
            joined = items[0] if len(items) == 1 else "\n".join(items)
            told = dumps(fields) if fields else None
            made.append((number, key, sittings[session].number, name, time, joined, query, value, currency, told))
            number += 1
        self._look_up(named)
        if self._many(_EVENT, made) < len(made):
            rows = self._taken(rows)
        self._next = number
        self._count(rows)
        if len(self._sittings) > _SESSIONS_HELD:
            self._write_sittings()
        if len(self._days) > _DAYS_HELD:
            self._write_days()

    def finish(self, *, loud_since: float | None) -> None:
        """Doubt what came, and write what is held.

        Args:
            loud_since: also look for sources that have too much of everything, or of a product over all their
                sessions, among those that did something since then, or since the earliest event that came; this counts
                every session. None: do not.
        """
        self._write_sittings()
        self._write_days()
        self._doubt()
        if loud_since is not None:
            self._write_days()
            self._doubt_shares()
            self._doubt_pushers(min(loud_since, self.report.first or loud_since))
        self._write_days()

    # ── sessions ──

    def _know(self, rows: Sequence[tuple[int, Row]]) -> None:
        """Hold every session of these rows."""
        held = self._sittings
        fresh = {row.session: row.shopper for _, row in rows if row.session not in held}
        c = m.event_sessions.c
        for ids in chunked(fresh, _ASKED):
            for found in self._connection.execute(select(m.event_sessions).where(c.session_id.in_(ids))):
                sitting = self._sittings[found.session_id] = _Sitting(found.number, found.shopper_id, found.marks)
                sitting.first, sitting.last, sitting.events = found.first, found.last, found.events
                sitting.conversation = found.conversation
        for session_id, shopper in fresh.items():
            if session_id not in self._sittings:
                self._sittings[session_id] = _Sitting(self._next_session, shopper)
                self._next_session += 1

    def _look_up(self, items: set[str]) -> None:
        """Find out which of these products the catalogue does not have."""
        if len(self._looked_up) > _PRODUCTS_HELD:
            self._looked_up.clear()
            self._unknown.clear()
        fresh = items - self._looked_up
        self._looked_up |= fresh
        for ids in chunked(fresh, _ASKED):
            missing = set(ids)
            for c in (m.products.c.id, m.variants.c.id):
                missing.difference_update(self._connection.execute(select(c).where(c.in_(missing))).scalars())
            self._unknown |= missing

    def _count(self, rows: Sequence[tuple[int, Row]]) -> None:
        """Count events that were taken."""
        sittings, days, report, unknown = self._sittings, self._days, self.report, self._unknown
        for line, row in rows:
            sitting, time = sittings[row.session], row.time
            if not sitting.line:
                sitting.line, sitting.shopper = line, sitting.shopper or row.shopper
            sitting.events += 1
            if time < sitting.last:
                report.out_of_order += 1
                report.note("out of order", line, f"{sitting.last - time:.0f} s before the one that came before it")
            else:
                sitting.last = time
            if time < sitting.first:
                sitting.first = time
            if not unknown.isdisjoint(row.items):
                report.unknown += 1
                report.note("unknown product", line, next(item for item in row.items if item in unknown))
            if sitting.marks:
                report.marked["marked before"] += 1
                continue
            kind = _ROLLED.get(row.name)
            if kind is not None:
                day = int(time) // _DAY_S
                for item in row.items:
                    if (counts := days.get((day, item))) is None:
                        counts = days[day, item] = [0, 0, 0]
                    counts[kind] += 1
        report.stored += len(rows)

    def _write_sittings(self) -> None:
        made = []
        for session_id, one in self._sittings.items():
            if not one.line:
                continue
            conversation = one.conversation or self._conversations.get(session_id)
            span = (one.first, one.last, one.events, one.marks)
            made.append((one.number, session_id, one.shopper, conversation, *span))
            if one.events >= LOOKED_AT and not one.marks:
                self._conspicuous.setdefault(one.number, one.line)
            self.report.first = min(one.first, self.report.first or one.first)
            self.report.last = max(one.last, self.report.last or one.last)
        self._many(_SESSION, made)
        self._sittings.clear()

    def _write_days(self) -> None:
        made = [
            (datetime.fromtimestamp(day * _DAY_S, UTC).strftime("%Y-%m-%d"), item, *counts)
            for (day, item), counts in sorted(self._days.items())
            if any(counts)
        ]
        self._many(_DAYS, made)
        self._days.clear()

    # ── doubts ──

    def _doubt(self) -> None:
        """Look at every session that has enough events to be conspicuous."""
        for numbers in chunked(self._conspicuous, _ASKED):
            for number, acts in self._acts(numbers):
                line = self._conspicuous[number]
                if reason := bot_like(acts):
                    self._mark({number: acts}, BOT, reason, line)
                elif (products := pushed(acts)) and (item := self._owned(products)):
                    self._mark({number: acts}, POISON, "poison: product", line, f"product {item!r}")

    def _doubt_shares(self) -> None:
        """Mark all sessions of a source that has too much of everything."""
        c = m.event_sessions.c
        source, events = func.coalesce(c.shopper_id, c.session_id), func.sum(c.events)
        total = int(self._connection.scalar(select(events)) or 0)
        query = select(source.label("source"), events.label("events")).group_by(source)
        for row in self._connection.execute(query.order_by(events.desc()).limit(_ASKED)).all():
            if not loud(int(row.events), total):
                break
            mine = select(c.number).where(source == row.source, c.marks == 0)
            for numbers in chunked(self._connection.execute(mine).scalars().all(), _ASKED):
                line = next((self._conspicuous[one] for one in numbers if one in self._conspicuous), 0)
                detail = f"source {row.source!r} has {row.events:,} of {total:,} events"
                self._mark(dict(self._acts(numbers)), POISON, "poison: share", line, detail)

    def _doubt_pushers(self, since: float) -> None:
        """Mark all sessions of shoppers that have too much of a product over several of them."""
        c = m.event_sessions.c
        heavy = select(c.shopper_id).where(c.shopper_id.is_not(None), c.marks == 0).group_by(c.shopper_id)
        heavy = heavy.having(func.count() > 1, func.sum(c.events) >= PRODUCT_LEAST, func.max(c.last) >= since)
        for shopper in self._connection.execute(heavy).scalars().all():
            mine = select(c.number).where(c.shopper_id == shopper, c.marks == 0)
            numbers = self._connection.execute(mine).scalars().all()
            sessions = {number: acts for some in chunked(numbers, _ASKED) for number, acts in self._acts(some)}
            products = pushed(act for acts in sessions.values() for act in acts)
            if products and (item := self._owned(products)):
                line = next((self._conspicuous[one] for one in numbers if one in self._conspicuous), 0)
                detail = f"product {item!r} by {shopper!r} in {len(sessions):,} sessions"
                self._mark(sessions, POISON, "poison: product", line, detail)

    def _owned(self, products: dict[str, int]) -> str:
        """A product of which most is one source's doing; "" when there is none."""
        c = m.event_days.c
        counted = func.sum(c.views + c.carts + c.purchases)
        for items in chunked(products, _ASKED):
            query = select(c.product, counted.label("events")).where(c.product.in_(items)).group_by(c.product)
            for row in self._connection.execute(query):
                if products[row.product] > PRODUCT_SHARE * int(row.events):
                    return str(row.product)
        return ""

    def _mark(self, sessions: dict[int, list[Act]], mark: int, reason: str, line: int, detail: str = "") -> None:
        """Mark sessions, and take them out of the days."""
        c = m.event_sessions.c
        marked = update(m.event_sessions).where(c.number.in_(list(sessions)))
        self._connection.execute(marked.values(marks=c.marks.op("|")(mark)))
        for acts in sessions.values():
            for time, name, items in acts:
                if (kind := _ROLLED.get(name)) is not None:
                    for item in items:
                        self._days.setdefault((int(time) // _DAY_S, item), [0, 0, 0])[kind] -= 1
            self.report.marked[reason] += len(acts)
        self.report.note(reason, line, detail or f"{sum(map(len, sessions.values())):,} events")

    def _acts(self, numbers: Sequence[int]) -> Iterator[tuple[int, list[Act]]]:
        """The events of sessions, in order of time."""
        c = m.events.c
        there = c.session.in_(numbers), c.name.not_like("-%")
        query = select(c.session, c.time, c.name, c.products).where(*there).order_by(c.session, c.time)
        found: dict[int, list[Act]] = {}
        for session, time, name, items in self._connection.execute(query):
            found.setdefault(session, []).append((time, name, items.split("\n") if items else ()))
        yield from found.items()

    # ── the driver ──

    def _many(self, statement: str, rows: Sequence[tuple[Any, ...]]) -> int:
        """Run a statement for many rows; returns how many it wrote."""
        if not rows:
            return 0
        statement = statement.replace("?", "%s") if self._postgres else statement
        return self._connection.exec_driver_sql(statement, list(rows)).rowcount

    def _taken(self, rows: Sequence[tuple[int, Row]]) -> list[tuple[int, Row]]:
        """Those of the rows just written that the database took; the others are counted as duplicates."""
        query = select(m.events.c.number).where(m.events.c.number >= self._next)
        there = set(self._connection.execute(query).scalars())
        taken = []
        for number, (line, row) in enumerate(rows, self._next):
            if number in there:
                taken.append((line, row))
            else:
                self.report.duplicates += 1
                self.report.note("duplicate", line, f"{row.name} of session {row.session} was there already")
        return taken
