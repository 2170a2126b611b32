"""What shoppers searched for: a log in the store, one row a day and text, that costs a search some microseconds.

    log = SearchLog(store, recount)
    log.add("Oak shlef", page)                 # into memory; a thread writes it within seconds
    log.read(days=30)                          # most asked first, days added up

A row holds what was asked, in one spelling, how often, how many products it found, and where the search changed the
words: what was searched, by which means, and how many products have all that was typed and all that was searched.
Nobody is named: no session, no address, no hour; a text with an e-mail address in it, or of more than `LONGEST`
characters, is counted without its words.

Bounded: in memory `_HELD` texts between two writes; `DAILY` texts a day, `KEPT` of them once the day is over; `DAYS`
days. What does not fit is counted in the day's row without a text. Several processes may write: rows add up. A crash
loses at most `_EVERY_S` seconds, and what a store that is locked for long cannot take is tried again.
"""

from __future__ import annotations

import logging
import re
import threading
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import Connection, and_, case, delete, func, select
from sqlalchemy.dialects import postgresql, sqlite

from shopwright.catalog import migrations as m
from shopwright.catalog.background import Background
from shopwright.catalog.chunks import chunked
from shopwright.catalog.store import Store
from shopwright.errors import StoreError
from shopwright.types import SearchPage

logger = logging.getLogger(__name__)

DAYS = 90
"""Days that are kept, today included."""
DAILY, KEPT = 100_000, 20_000
"""Distinct texts of the day, and of a day that is over: the most asked."""
LONGEST = 80
"""Characters of a text that is kept."""
CORRECTION = "correction"
"""The means by which misspelled words became others."""

_EVERY_S = 5.0
_HELD = 20_000
_CHUNK = 500
_POPULAR, _POPULAR_LEAST = 5_000, 3
_OTHERS = ""
_ADDRESS = re.compile(r"\S@\S+\.\S")

Recount = Callable[[str, str], tuple[int, int]]
"""How many products have all that was typed, literally, and all that was searched."""


@dataclass(frozen=True, slots=True)
class Search:
    """A text that was searched for.

    Args:
        text: folded: lower case, no accents, single spaces.
        spelling: as somebody typed it.
        times: how often.
        results: products found, by words; None when nobody knows (it was filtered, or comes from another log).
        searched: what was searched in its place; "" for the text itself.
        means: how that came about: `CORRECTION`; "" where nothing was changed.
        as_typed, as_searched: products that have all that was typed, literally, and all that was searched; None where
            nothing was changed.
    """

    text: str
    spelling: str
    times: int = 1
    results: int | None = None
    searched: str = ""
    means: str = ""
    as_typed: int | None = None
    as_searched: int | None = None


def fold(query: str) -> str:
    """A query as it is counted: lower case, without accents and control characters, single spaces."""
    text = query if query.isascii() else _unaccented(query)
    if not text.isprintable():
        text = "".join(letter if letter.isprintable() else " " for letter in text)
    return " ".join(text.casefold().split())


def search_of(query: str, times: int = 1, results: int | None = None) -> Search | None:
    """A query as a row, without its words where they are not kept; None when it has none."""
    if len(query) > 10 * LONGEST:
        return Search(_OTHERS, "", times)
    text = fold(query)
    if not text:
        return None
    if len(text) > LONGEST or ("@" in text and _ADDRESS.search(text)):
        return Search(_OTHERS, "", times)
    spelling = " ".join(query.split()) if query.isprintable() else text
    return Search(text, spelling[:LONGEST], times, results)


class SearchLog:
    """The log of one store; safe for many threads and processes.

    Args:
        store: that keeps it.
        recount: asked by the writing thread about each query whose words were changed.
    """

    def __init__(self, store: Store, recount: Recount) -> None:
        self._store, self._recount = store, recount
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._pending: dict[tuple[str, str], Search] = {}
        self._writer = Background(self.flush, _EVERY_S, "log-searches")
        self._pruned = ""

    def add(self, query: str, page: SearchPage, *, filtered: bool = False) -> None:
        """Count a search that a shopper made; a blank one is none.

        Args:
            query: as typed.
            page: what it found.
            filtered: conditions were set as well, so that the number found says nothing about the words.
        """
        search = search_of(query, results=None if filtered else page.total)
        if search is None:
            return
        searched, means = _change(page)
        if search.text and searched:
            search = replace(search, searched=searched[:LONGEST], means=means)
        with self._lock:
            self._hold(date.today().isoformat(), search)
        self._writer.start()

    def take(self, searches: Iterable[Search]) -> int:
        """Add searches of another log to today's, all of them or none; returns how many there were.

        Raises:
            StoreError: nothing was written.
        """
        found: dict[str, Search] = {}
        for search in searches:
            found[search.text] = _sum(found.get(search.text), search)
        with self._writing:
            self._write([(date.today().isoformat(), search) for search in found.values()])
        return sum(search.times for search in found.values())

    def flush(self) -> bool:
        """Write what is held in memory; returns whether that could be done. What could not is held on to."""
        with self._writing:
            with self._lock:
                pending, self._pending = self._pending, {}
            if not pending:
                return True
            try:
                self._write([(day, self._counted(search)) for (day, _), search in pending.items()])
            except StoreError as error:
                logger.warning("the log of searches waits: %s", error)
                with self._lock:
                    for (day, _), search in pending.items():
                        self._hold(day, search)
                return False
            return True

    def close(self) -> None:
        """Write what is held and stop; searches that come later are forgotten."""
        self._writer.close()

    # ── reading ──

    def read(self, days: int = DAYS, *, least: int = 1, limit: int | None = None) -> list[Search]:
        """What was searched for in the last days, today included, most asked first; of each text the latest row.

        Args:
            days: how many.
            least: only texts that were asked so often.
            limit: at most so many.
        """
        c = m.searches.c
        times = func.sum(c.times)
        asked = select(c.text, times.label("times"), func.max(c.day).label("day"))
        asked = asked.where(c.day >= _first(days), c.text != _OTHERS).group_by(c.text).having(times >= least)
        most = asked.order_by(times.desc(), c.text).limit(limit).subquery()
        rest = (c.spelling, c.results, c.searched, c.means, c.as_typed, c.as_searched)
        query = select(most.c.text, most.c.times, *rest)
        query = query.join(m.searches, and_(c.text == most.c.text, c.day == most.c.day))
        with self._store.reading() as connection:
            rows = connection.execute(query.order_by(most.c.times.desc(), most.c.text)).mappings()
            return [Search(**dict(row) | {"times": int(row["times"])}) for row in rows]

    def spread(self, days: int = DAYS, *, least: int = 1) -> list[tuple[int, int, int]]:
        """How the searches of the last days spread over texts: how many times, so many texts were asked as often, and
        how many of all those searches found nothing. Most times first; `least` as of `read`.
        """
        c = m.searches.c
        times, failed = func.sum(c.times), func.sum(case((c.results == 0, c.times), else_=0))
        asked = select(times.label("times"), failed.label("failed"))
        each = asked.where(c.day >= _first(days), c.text != _OTHERS).group_by(c.text).having(times >= least).subquery()
        query = select(each.c.times, func.count(), func.sum(each.c.failed)).group_by(each.c.times)
        with self._store.reading() as connection:
            rows = connection.execute(query.order_by(each.c.times.desc()))
            return [(int(times), int(texts), int(failed)) for times, texts, failed in rows]

    def popular(self) -> list[tuple[str, int]]:
        """What was searched for `_POPULAR_LEAST` times and more in the days that are kept, with how often."""
        searches = self.read(least=_POPULAR_LEAST, limit=_POPULAR)
        return [(search.searched or search.spelling, search.times) for search in searches]

    def total(self, days: int = DAYS) -> int:
        """How many searches there were in the last days, those counted without a text included."""
        query = select(func.coalesce(func.sum(m.searches.c.times), 0)).where(m.searches.c.day >= _first(days))
        with self._store.reading() as connection:
            return int(connection.scalar(query) or 0)

    # ── writing ──

    def _hold(self, day: str, search: Search) -> None:
        """Add a search to what is held; call it with the lock."""
        key = (day, search.text)
        if key not in self._pending and len(self._pending) >= _HELD:
            key, search = (day, _OTHERS), Search(_OTHERS, "", search.times)
        self._pending[key] = _sum(self._pending.get(key), search)

    def _counted(self, search: Search) -> Search:
        """With the products that have what was typed and what was searched, where these differ."""
        if not search.searched:
            return search
        as_typed, as_searched = self._recount(search.spelling, search.searched)
        return replace(search, as_typed=as_typed, as_searched=as_searched)

    def _write(self, rows: Sequence[tuple[str, Search]]) -> None:
        """Add rows to those that exist, in one transaction; make room once a day."""
        with self._store.transaction() as connection:
            for day in sorted({day for day, _ in rows}):
                searches = self._fitting(connection, day, [search for of, search in rows if of == day])
                self._upsert(connection, day, searches)
            today = date.today().isoformat()
            if self._pruned != today:
                self._prune(connection, today)
        self._pruned = today

    def _fitting(self, connection: Connection, day: str, searches: list[Search]) -> list[Search]:
        """What the day has room for, in the order of texts; the rest as one row without a text."""
        c = m.searches.c
        room = DAILY - int(connection.scalar(select(func.count()).select_from(m.searches).where(c.day == day)) or 0)
        if len(searches) <= room:
            return sorted(searches, key=lambda search: search.text)
        known = {_OTHERS}
        for texts in chunked([search.text for search in searches], _CHUNK):
            known.update(connection.scalars(select(c.text).where(c.day == day, c.text.in_(texts))))
        fresh = sorted((search for search in searches if search.text not in known), key=lambda search: -search.times)
        kept = {search.text: search for search in searches if search.text in known}
        kept.update((search.text, search) for search in fresh[: max(room, 0)])
        for search in fresh[max(room, 0) :]:
            kept[_OTHERS] = _sum(kept.get(_OTHERS), Search(_OTHERS, "", search.times))
        return sorted(kept.values(), key=lambda search: search.text)

    def _upsert(self, connection: Connection, day: str, searches: Sequence[Search]) -> None:
        """Add to the rows of a day. What a search found replaces what an earlier one did, unless it is unknown."""
        if not searches:
            return
        dialect = postgresql if self._store.engine.dialect.name == "postgresql" else sqlite
        statement = dialect.insert(m.searches)
        old, new = m.searches.c, statement.excluded
        changed = {
            name: case((new.results.is_(None), old[name]), else_=new[name])
            for name in ("results", "searched", "means", "as_typed", "as_searched")
        }
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["day", "text"], set_={"times": old.times + new.times, **changed}
            ),
            [{"day": day, **{name: getattr(search, name) for name in Search.__slots__}} for search in searches],
        )

    def _prune(self, connection: Connection, today: str) -> None:
        """Drop days that are too old; of days that are over keep the texts that were asked most."""
        c = m.searches.c
        connection.execute(delete(m.searches).where(c.day < _first(DAYS)))
        full = select(c.day).where(c.day < today).group_by(c.day).having(func.count() > KEPT + 1)
        for day in connection.scalars(full).all():
            ranked = select(c.text, c.times).where(c.day == day, c.text != _OTHERS)
            rare = connection.execute(ranked.order_by(c.times.desc(), c.text).offset(KEPT)).all()
            self._upsert(connection, day, [Search(_OTHERS, "", sum(row.times for row in rare))])
            for texts in chunked([row.text for row in rare], _CHUNK):
                connection.execute(delete(m.searches).where(c.day == day, c.text.in_(texts)))


def _change(page: SearchPage) -> tuple[str, str]:
    """What was searched in place of what was typed, and by which means; "" twice where nothing was changed."""
    return (page.searched, CORRECTION) if page.searched else ("", "")


def _sum(before: Search | None, after: Search) -> Search:
    """Two rows of one text: the times of both, and what the later one found where it is known."""
    if before is None:
        return after
    found = before if after.results is None else after
    return replace(found, spelling=before.spelling, times=before.times + after.times)


def _first(days: int) -> str:
    """The first of the last days."""
    return (date.today() - timedelta(days=max(days, 1) - 1)).isoformat()


def _unaccented(text: str) -> str:
    return "".join(
        letter for letter in unicodedata.normalize("NFKD", text[: 10 * LONGEST]) if not unicodedata.combining(letter)
    )
