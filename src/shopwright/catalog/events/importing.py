"""A file of events into the store, in one transaction: a kill or an unreadable end leaves nothing of it.

To go on after either is to import the file again; what was taken before is told by its key and counted as a duplicate.
Other writers of an SQLite store wait meanwhile (10 s for half a million events), so a large log goes in by the day.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from shopwright.catalog.chunks import chunked
from shopwright.catalog.events.kept import SKEW_S, Events
from shopwright.catalog.events.reading import EventFile, Read
from shopwright.catalog.events.report import EventReport
from shopwright.catalog.events.row import Row, Unfit
from shopwright.catalog.events.taking import Taking
from shopwright.errors import ConfigError

CHUNK = 5_000

Progress = Callable[[int, float], None]
"""Told how many lines were read, and which share of the file."""


def import_events(
    events: Events,
    path: Path,
    *,
    format: str | None = None,
    columns: Mapping[str, str] | None = None,
    progress: Progress | None = None,
) -> EventReport:
    """Read a file of events into the store.

    Args:
        format: one of `reading.FORMATS`; None: told from the content.
        columns: of a table, column to field.
        progress: told after each chunk.

    Raises:
        FeedError: the file cannot be read to its end; nothing was stored.
        ConfigError: the format or the columns are none, or the shop keeps no events.
        StoreError: nothing was stored.
    """
    started, started_at = time.perf_counter(), time.time()
    if not events.days:
        raise ConfigError("events_days is 0 in shop.toml, so no events are kept: set how many days they are")
    file = EventFile(path, format, columns)
    report = EventReport(path.name, file.format)
    with _no_collecting(), events.writing() as connection:
        taking = Taking(connection, report)
        for rows in chunked(sifted(file, report, events.oldest(), time.time() + SKEW_S), CHUNK):
            taking.add(rows)
            if progress:
                progress(report.read, min(file.bytes_read / max(file.total_bytes, 1), 1.0))
        taking.finish(loud_since=started_at)
        events.prune(connection)
    report.seconds = time.perf_counter() - started
    return report


@contextmanager
def _no_collecting() -> Iterator[None]:
    """Without the collector of cycles, which would walk all that is held, again and again; none are made here."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def sifted(read: Iterable[Read], report: EventReport, oldest: float, latest: float) -> Iterator[tuple[int, Row]]:
    """The events that can be taken, with their lines; everything else is counted.

    Args:
        oldest, latest: bounds of their times, in seconds since the epoch.
    """
    count = 0
    try:
        for count, (line, found) in enumerate(read, 1):
            if type(found) is Row:
                if oldest <= found.time <= latest:
                    yield line, found
                else:
                    _refuse(report, line, found, found.time > latest)
            elif isinstance(found, Unfit):
                report.refuse(found.reason, line, found.detail)
            else:
                report.others[str(found)[:80]] += 1
            report.read = count
    finally:
        report.read = count


def _refuse(report: EventReport, line: int, row: Row, future: bool) -> None:
    when = time.strftime("%Y-%m-%d %H:%M:%S", time.gmtime(row.time))
    if future:
        report.refuse("future", line, f"{when} UTC is more than {SKEW_S / 60:.0f} minutes from now")
    else:
        report.refuse("too old", line, f"{when} UTC is before the days that are kept (events_days in shop.toml)")
