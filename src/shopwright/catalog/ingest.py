"""Ingest: a feed goes into the store in one transaction.

Rows stream through in chunks, so memory stays constant; a row that is refused is reported with its line and reason and
the rest goes in. An unreadable feed, a full disk or a killed process leave the store as it was.

A product whose content did not change keeps its sequence, so that neither the index nor the encoder does work for it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import orjson
from sqlalchemy import Connection, delete, insert, select, update

from shopwright.catalog import migrations as m
from shopwright.catalog.chunks import chunked
from shopwright.catalog.codec import digest, dump_product
from shopwright.catalog.feeds import Feed, open_feed
from shopwright.catalog.store import Store
from shopwright.errors import FeedError, RowError
from shopwright.types import Product

_CHUNK = 2_000
_REFUSALS_KEPT = 10_000

Progress = Callable[[int, float | None], None]
"""Called with the number of rows read and the share of the file read (None when unknown)."""


Written = Callable[[str, Product | None], None]
"""Called with every product that is written, or None for one that is removed: what `Store.changes` gives afterwards."""


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did.

    Args:
        accepted: products in the feed that are now in the store; of these `added` were new, `changed` differed from
            what was there, `unchanged` did not.
        removed: products deleted because a full feed no longer holds them.
        refused: rows left out; `refusals` holds (line, reason) of the first 10,000, line 0 when unknown.
        columns: how the feed's columns were understood.
        notes: what the reader changed on the way (a text that was cut, a stray row of a group).
    """

    source: str
    format: str
    accepted: int = 0
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    refused: int = 0
    refusals: tuple[tuple[int, str], ...] = ()
    columns: Mapping[str, str] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    seconds: float = 0.0


@dataclass(slots=True)
class _Tally:
    added: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    refusals: list[tuple[int, str]] = field(default_factory=list)

    def refuse(self, error: RowError) -> None:
        self.refused += 1
        if len(self.refusals) < _REFUSALS_KEPT:
            self.refusals.append((error.line or 0, error.reason))


def ingest(
    store: Store,
    path: Path,
    *,
    full: bool = False,
    columns: Mapping[str, str] | None = None,
    currency: str | None = None,
    progress: Progress | None = None,
    written: Written | None = None,
) -> IngestReport:
    """Read a feed file into the store.

    Args:
        full: the feed is complete, so products that it does not hold are removed.
        columns: overrides of the guessed column map, source column -> field.
        currency: ISO code for prices that name none.
        written: told of what changes, before the transaction ends; so a search index can take it in meanwhile.

    Raises:
        FeedError: the file cannot be read as a feed, or holds no acceptable product.
        StoreError: the store could not be written.
    """
    feed = open_feed(path, columns=columns, currency=currency)
    return ingest_items(
        store, feed, source=str(path), format=feed.format, full=full, feed=feed, progress=progress, written=written
    )


def ingest_items(
    store: Store,
    items: Iterable[Product | RowError],
    *,
    source: str,
    format: str = "memory",
    full: bool = False,
    feed: Feed | None = None,
    progress: Progress | None = None,
    written: Written | None = None,
) -> IngestReport:
    """Put products into the store in one transaction; rows that are errors are reported. See `ingest`."""
    started = time.perf_counter()
    tally = _Tally()
    with store.transaction() as connection:
        sequence = store.raise_sequence(connection)
        seen: set[str] = set()
        rows = 0
        for chunk in chunked(_with_lines(items, feed), _CHUNK):
            rows += len(chunk)
            batch = _unique(chunk, seen, tally)
            changed = _write(store, connection, batch, sequence, tally)
            if written:
                for product_id in changed:
                    written(product_id, batch[product_id])
            if progress:
                progress(rows, feed.bytes_read / feed.total_bytes if feed and feed.total_bytes else None)
        if not seen:
            first = f"; the first reason: {tally.refusals[0][1]}" if tally.refusals else ""
            raise FeedError(f"{source}: none of {rows} rows is a product{first}. Nothing was changed.")
        gone = _remove_unseen(store, connection, sequence) if full else ()
        if written:
            for product_id in gone:
                written(product_id, None)
        report = IngestReport(
            source=source,
            format=format,
            accepted=len(seen),
            added=tally.added,
            changed=tally.changed,
            unchanged=tally.unchanged,
            removed=len(gone),
            refused=tally.refused,
            refusals=tuple(tally.refusals),
            columns=dict(feed.columns) if feed else {},
            notes=tuple(feed.notes) if feed else (),
            seconds=time.perf_counter() - started,
        )
        _record(connection, report)
    return report


def _with_lines(
    items: Iterable[Product | RowError], feed: Feed | None
) -> Iterator[tuple[Product | RowError, int | None]]:
    """Each item with the line it came from; taken at once, since a chunk is read ahead."""
    return ((item, feed.line if feed else None) for item in items)


def _unique(chunk: list[tuple[Product | RowError, int | None]], seen: set[str], tally: _Tally) -> dict[str, Product]:
    fresh: dict[str, Product] = {}
    for item, line in chunk:
        if isinstance(item, RowError):
            tally.refuse(item)
        elif item.id in seen:
            reason = f"id {item.id!r} stands twice in this feed: the first row was kept, give each its own"
            tally.refuse(RowError(reason, line))
        else:
            seen.add(item.id)
            fresh[item.id] = item
    return fresh


def _write(store: Store, connection: Connection, batch: dict[str, Product], sequence: int, tally: _Tally) -> list[str]:
    """Insert or replace the products that are new or differ; returns their ids."""
    if not batch:
        return []
    bodies = {product_id: dump_product(product) for product_id, product in batch.items()}
    query = select(m.products.c.id, m.products.c.digest).where(m.products.c.id.in_(list(batch)))
    known = {row.id: row.digest for row in connection.execute(query)}
    rows: list[dict[str, Any]] = []
    same: list[str] = []
    for product_id, body in bodies.items():
        mark = digest(body)
        if known.get(product_id) == mark:
            same.append(product_id)
        else:
            rows.append({"id": product_id, "body": body, "digest": mark, "sequence": sequence, "ingest": sequence})
    changed = [row["id"] for row in rows if row["id"] in known]
    tally.added += len(rows) - len(changed)
    tally.changed += len(changed)
    tally.unchanged += len(same)
    if same:
        connection.execute(update(m.products).where(m.products.c.id.in_(same)).values(ingest=sequence))
    if changed:
        connection.execute(delete(m.variants).where(m.variants.c.product_id.in_(changed)))
    store.upsert(connection, m.products, rows)
    written = [row["id"] for row in rows]
    connection.execute(delete(m.removed).where(m.removed.c.id.in_(written)))
    owners = {variant.id: product_id for product_id in written for variant in batch[product_id].variants}
    store.upsert(connection, m.variants, [{"id": key, "product_id": owner} for key, owner in owners.items()])
    return written


def _remove_unseen(store: Store, connection: Connection, sequence: int) -> Sequence[str]:
    gone = connection.execute(select(m.products.c.id).where(m.products.c.ingest < sequence)).scalars().all()
    store.remove_products(connection, gone, sequence)
    return gone


def _record(connection: Connection, report: IngestReport) -> None:
    row = {"source": report.source, "finished": time.time(), "report": orjson.dumps(asdict(report))}
    connection.execute(insert(m.ingests), row)
