"""The events of one shop as they are kept: read by session and by day, pruned by age.

    events = Events(store, days=90)
    for session in events.sessions(since=time.time() - 30 * 86_400):
        ...                                     # a list of `Event`s, in order of time
    events.of_day("2026-01-01")                 # views, carts and purchases by product

Rows that hold words are only added at the end and emptied in place, as `forgetting` explains. Pruning empties rows that
are too old, and deletes those before the first that is not, but for a border of `_BORDER`: pages that run empty are so
never neighbours of a row that lives.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

import orjson
from sqlalchemy import Connection, delete, func, not_, or_, select

from shopwright.catalog import migrations as m
from shopwright.catalog.events.names import CART, PURCHASE, VIEW
from shopwright.catalog.forgetting import Cut
from shopwright.catalog.store import Store
from shopwright.types import Event, Money

SKEW_S = 300.0
"""How far another clock may be ahead of this one."""
LEARNED = frozenset((VIEW, CART, PURCHASE))
"""Names of events that tell what somebody wanted."""
_DAY_S = 86_400
_BORDER = 1_000
_SESSIONS = 2_000
_CACHE_KB = 65_536
_TOP, _VISITS = 10, 10


@dataclass(frozen=True, slots=True)
class ProductDays:
    """What happened to a product in some days."""

    product: str
    views: int
    carts: int
    purchases: int


@dataclass(frozen=True, slots=True)
class EventTotals:
    """What is kept: how many events by name, sessions, sessions by mark, and the days between them."""

    names: dict[str, int]
    sessions: int
    bots: int
    poisoned: int
    first: str
    last: str
    top: tuple[ProductDays, ...]


class Events:
    """The events of one shop; safe for many threads and processes.

    Args:
        store: that keeps them.
        days: how many are kept; 0: none are taken.
    """

    def __init__(self, store: Store, days: int) -> None:
        self.store, self.days = store, days

    def oldest(self) -> float:
        """The earliest time that is kept, in seconds since the epoch; with `days` 0 none is."""
        return time.time() - self.days * _DAY_S if self.days else float("inf")

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """A transaction of the store, with room in memory for SQLite's index.

        Raises:
            StoreError: nothing was written.
        """
        with self.store.transaction() as connection:
            if self.store.engine.dialect.name != "sqlite":
                yield connection
                return
            usual = connection.exec_driver_sql("PRAGMA cache_size").scalar()
            connection.exec_driver_sql(f"PRAGMA cache_size=-{_CACHE_KB}")
            try:
                yield connection
            finally:
                connection.exec_driver_sql(f"PRAGMA cache_size={int(usual or -2000)}")

    # ── reading ──

    def sessions(self, since: float = 0.0, *, marked: bool = False) -> Iterator[list[Event]]:
        """Sessions that did something since a time, each in order of time, whole, a few thousand in memory.

        Args:
            since: seconds since the epoch.
            marked: also those that look like bots or poison (`doubts`); nothing should learn from them.
        """
        s, e = m.event_sessions.c, m.events.c
        wanted = select(s.number).where(s.last >= since).order_by(s.number).limit(_SESSIONS)
        wanted = wanted if marked else wanted.where(s.marks == 0)
        columns = (s.session_id, s.shopper_id, e.session, e.name, e.time, e.products, e.query)
        query = select(*columns, e.value, e.currency, e.fields).join(m.event_sessions, s.number == e.session)
        query = query.where(e.name.not_like("-%")).order_by(e.session, e.time, e.number)
        last = 0
        while True:
            with self.store.reading() as connection:
                numbers = connection.execute(wanted.where(s.number > last)).scalars().all()
                if not numbers:
                    return
                chosen = query.where(e.session.between(numbers[0], numbers[-1]), s.last >= since)
                rows = connection.execute(chosen if marked else chosen.where(s.marks == 0)).all()
            for _, own in groupby(rows, key=lambda row: row.session):
                yield [_event(row) for row in own]
            last = numbers[-1]

    def product_sessions(self, since: float = 0.0) -> Iterator[list[tuple[str, str]]]:
        """What can be learned from: of each undoubted session (name, product id) in order of time, streamed.

        Names are those in `LEARNED`; a click in a list is left out, since the view that follows says the same. Sessions
        without any of them do not come.
        """
        for session in self.sessions(since):
            told = [(one.name, item) for one in session if one.name in LEARNED for item in one.items]
            if told:
                yield told

    def of_shopper(self, shopper_id: str) -> list[Event]:
        """All that is kept of a shopper's doings."""
        s, e = m.event_sessions.c, m.events.c
        columns = (s.session_id, s.shopper_id, e.name, e.time, e.products, e.query)
        query = select(*columns, e.value, e.currency, e.fields).join(m.event_sessions, s.number == e.session)
        query = query.where(s.shopper_id == shopper_id, e.name.not_like("-%"))
        with self.store.reading() as connection:
            return [_event(row) for row in connection.execute(query.order_by(e.time, e.number))]

    def of_conversation(self, session_id: str) -> list[Event]:
        """What was done in the visit that a conversation is part of, in order of time."""
        s, e = m.event_sessions.c, m.events.c
        columns = (s.session_id, s.shopper_id, e.session, e.name, e.time, e.products, e.query, e.value, e.currency)
        query = select(*columns, e.fields).join(m.event_sessions, s.number == e.session)
        query = query.where(or_(s.session_id == session_id, s.conversation == session_id), e.name.not_like("-%"))
        with self.store.reading() as connection:
            return [_event(row) for row in connection.execute(query.order_by(e.time, e.number)).all()]

    def recent(self, session_id: str = "", shopper_id: str = "", most: int = 200) -> list[Event]:
        """What was last done in a visit, or in any visit of a shopper, in order of time; either may be "".

        However many there are, no more are read than `most`: the last that came in, of the last `_VISITS` visits.
        """
        s, e = m.event_sessions.c, m.events.c
        here = [s.session_id == session_id, s.conversation == session_id] if session_id else []
        theirs = [s.shopper_id == shopper_id] if shopper_id else []
        if not here and not theirs:
            return []
        visits = select(s.number).where(or_(*here, *theirs)).order_by(s.last.desc()).limit(_VISITS)
        columns = (s.session_id, s.shopper_id, e.name, e.time, e.products, e.query, e.value, e.currency, e.fields)
        query = select(*columns).join(m.event_sessions, s.number == e.session).order_by(e.number.desc())
        query = query.where(e.name.not_like("-%"))
        found: list[Event] = []
        with self.store.reading() as connection:
            for number in connection.execute(visits).scalars().all():
                latest = query.where(e.session == number).limit(most - len(found))
                found += [_event(row) for row in connection.execute(latest)]
                if len(found) >= most:
                    break
        return sorted(found, key=lambda event: event.time)

    def of_day(self, first: str, last: str = "9999", limit: int | None = None) -> list[ProductDays]:
        """Views, carts and purchases by product from one day to another (ISO dates, both included), most viewed first.

        Sessions that look like bots or poison are not in it.
        """
        c = m.event_days.c
        sums = [func.sum(column) for column in (c.views, c.carts, c.purchases)]
        query = select(c.product, *sums).where(c.day.between(first, last)).group_by(c.product)
        with self.store.reading() as connection:
            rows = connection.execute(query.order_by(sums[0].desc(), c.product).limit(limit))
            return [ProductDays(product, int(views), int(carts), int(sold)) for product, views, carts, sold in rows]

    def totals(self) -> EventTotals:
        """What is kept, counted."""
        s, e = m.event_sessions.c, m.events.c
        names = select(e.name, func.count()).where(e.name.not_like("-%")).group_by(e.name).order_by(func.count().desc())
        with self.store.reading() as connection:
            counts = {name: int(count) for name, count in connection.execute(names)}
            marked = select(s.marks, func.count()).group_by(s.marks)
            marks = {int(mark): int(count) for mark, count in connection.execute(marked)}
            first, last = connection.execute(select(func.min(s.first), func.max(s.last))).one()
        return EventTotals(
            counts,
            sum(marks.values()),
            sum(count for mark, count in marks.items() if mark & 1),
            sum(count for mark, count in marks.items() if mark & 2),
            _date(first) if first is not None else "",
            _date(last) if last is not None else "",
            tuple(self.of_day("0000", limit=_TOP)),
        )

    # ── pruning ──

    def prune(self, connection: Connection) -> int:
        """Take away what is older than the days that are kept; returns how many events were emptied.

        Roll-ups, which name nobody, stay as long.
        """
        oldest = self.oldest()
        if oldest == float("inf"):
            oldest = time.time()
        e, s, d = m.events.c, m.event_sessions.c, m.decisions.c
        cut = Cut(connection)
        cut.events((e.time < oldest) & not_(e.name.like("-%")))
        first = connection.scalar(select(func.min(e.number)).where(e.name.not_like("-%")))
        if first is not None:
            connection.execute(delete(m.events).where(e.number < first - _BORDER))
        connection.execute(delete(m.event_sessions).where(s.last < oldest))
        connection.execute(delete(m.decisions).where(d.at < oldest))
        connection.execute(delete(m.event_days).where(m.event_days.c.day < _date(oldest)))
        return cut.rows.get("events", 0)


def _event(row: Any) -> Event:
    fields = orjson.loads(row.fields) if row.fields else {}
    worth = row.value is not None and row.currency
    return Event(
        name=row.name,
        session_id=row.session_id,
        time=row.time,
        items=tuple(row.products.split("\n")) if row.products else (),
        shopper_id=row.shopper_id,
        query=row.query,
        value=Money(Decimal(str(row.value)), row.currency) if worth else None,
        fields=fields,
    )


def _date(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
