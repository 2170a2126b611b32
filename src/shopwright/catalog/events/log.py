"""Events as they come while the shop is open: held in memory, written by a thread a second later.

    log = EventLog(Events(store, days=90))
    log.add([row_of("view_item", "s1", time.time(), ("coat-1",), id="e-1")])

An event that was taken before, in this batch, an earlier one or a file, is told by its key when it is written, so a
batch may be sent again. When more events wait than `most` the log refuses further ones (`StoreError`), until the thread
has written some: whoever sends them waits and sends them again. A crash loses what the last second brought.

The thread also does what takes time now and then: it looks for sources that are too loud, learns what became of the
assistant's decisions, and once a day takes away what is too old.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence

from shopwright.catalog.background import Background
from shopwright.catalog.chunks import chunked
from shopwright.catalog.events.decisions import Decisions
from shopwright.catalog.events.importing import CHUNK
from shopwright.catalog.events.kept import Events
from shopwright.catalog.events.report import EventReport
from shopwright.catalog.events.row import Row
from shopwright.catalog.events.taking import Taking
from shopwright.errors import StoreError

logger = logging.getLogger(__name__)

MOST = 50_000
"""Events that may wait."""
_EVERY_S, _NOW_AND_THEN_S, _DAY_S = 1.0, 600.0, 86_400.0


class EventLog:
    """The events of an open shop; safe for many threads and processes.

    Args:
        kept: the events that are there.
        most: events that may wait for the thread.
    """

    def __init__(self, kept: Events, most: int = MOST) -> None:
        self.kept, self.most = kept, most
        self.report = EventReport("http")
        """What became of the events that this log took."""
        self._lock, self._writing = threading.Lock(), threading.Lock()
        self._pending: list[tuple[int, Row]] = []
        self._conversations: dict[str, str] = {}
        self._received = 0
        self._writer = Background(self.flush, _EVERY_S, "log-events")
        self._looked = self._pruned = float("-inf")

    def add(self, rows: Sequence[Row], conversation: str | None = None, sifting: EventReport | None = None) -> None:
        """Take events, all of them or none.

        Args:
            conversation: the assistant's session that their sessions belong to.
            sifting: an account of those of the same batch that were refused, to be added to this log's own.

        Raises:
            StoreError: too many wait.
        """
        with self._lock:
            if len(self._pending) + len(rows) > self.most:
                raise StoreError(f"{len(self._pending):,} events wait to be written: send these again in a few seconds")
            self._pending += enumerate(rows, self._received + 1)
            self._received += len(rows)
            for reason, count in sifting.refused.items() if sifting else ():
                self.report.refused[reason] += count
                self.report.read += count
            if conversation:
                self._conversations.update((row.session, conversation) for row in rows)
        self._writer.start()

    def flush(self) -> bool:
        """Write what waits; returns whether that could be done. What could not waits on."""
        with self._writing:
            with self._lock:
                pending, self._pending = self._pending, []
                conversations, self._conversations = self._conversations, {}
            try:
                self._write(pending, conversations)
            except StoreError as error:
                logger.warning("events wait: %s", error)
                with self._lock:
                    self._pending = pending + self._pending
                    self._conversations = conversations | self._conversations
                return False
            return True

    def close(self) -> None:
        """Write what waits and stop; events that come later are lost."""
        self._writer.close()

    def _write(self, pending: list[tuple[int, Row]], conversations: dict[str, str]) -> None:
        if not pending:
            return
        now, report = time.monotonic(), EventReport("http", read=len(pending))
        shares, prunes = now - self._looked > _NOW_AND_THEN_S, now - self._pruned > _DAY_S
        with self.kept.writing() as connection:
            taking = Taking(connection, report, conversations)
            for rows in chunked(pending, CHUNK):
                taking.add(rows)
            taking.finish(loud_since=time.time() - 2 * _NOW_AND_THEN_S if shares else None)
            if prunes:
                self.kept.prune(connection)
        self.report.merge(report)
        if shares:
            self._looked = now
            Decisions(self.kept.store).settle(time.time())
        self._pruned = now if prunes else self._pruned
